package product

import (
	"maps"
	"strconv"

	"hanse/internal/domain/rate"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// A Difference is one thing that two versions say differently; a zero message stands for nothing. Percent is how much a
// price rises (or falls, negative), in hundredths of a percent; 0 where there's nothing to compare.
type Difference struct {
	What    i18n.Msg
	Was     i18n.Msg
	Becomes i18n.Msg
	Percent int64
}

// Compare lists what a later version says differently than an earlier one, in the order of the page.
func Compare(a, b Catalogue) (out []Difference) {
	for _, l := range Levels {
		for _, t := range Rows {
			x, _ := a.Sheet.Row(l, t)
			y, _ := b.Sheet.Row(l, t)
			if x.Minor != y.Minor {
				out = append(out, amounts(i18n.M("product.diff.price", i18n.A{"level": LevelLabel(l), "term": TermLabel(t)}), x.Minor, y.Minor))
			}
		}
	}
	if a.Sheet.Pack != b.Sheet.Pack {
		out = append(out, amounts(i18n.M("product.pack"), a.Sheet.Pack, b.Sheet.Pack))
	}
	out = append(out, compareTerms(a.Terms, b.Terms)...)
	return append(out, compareItems(a.Items, b.Items)...)
}

func amounts(what i18n.Msg, was, becomes int64) Difference {
	d := Difference{What: what, Was: amount(was), Becomes: amount(becomes)}
	if was > 0 && becomes > 0 {
		d.Percent = (becomes - was) * 10000 / was
	}
	return d
}

func amount(minor int64) i18n.Msg {
	if minor == 0 {
		return i18n.Msg{}
	}
	return i18n.Raw(money.Text(minor))
}

func compareTerms(a, b Terms) (out []Difference) {
	number := func(what i18n.Msg, x, y int) {
		if x != y {
			out = append(out, Difference{What: what, Was: i18n.Raw(strconv.Itoa(x)), Becomes: i18n.Raw(strconv.Itoa(y))})
		}
	}
	word := func(what i18n.Msg, x, y bool) {
		if x != y {
			out = append(out, Difference{What: what, Was: yes(x), Becomes: yes(y)})
		}
	}
	number(i18n.M("product.terms.pack_tickets"), a.PackTickets, b.PackTickets)
	for _, l := range Levels {
		x, y := a.Of(l), b.Of(l)
		of := func(what i18n.Msg) i18n.Msg {
			return i18n.M("product.diff.term", i18n.A{"level": LevelLabel(l), "what": what})
		}
		number(of(i18n.M("product.terms.tickets")), x.Tickets, y.Tickets)
		word(of(i18n.M("product.terms.packs")), x.Packs, y.Packs)
		number(of(i18n.M("product.terms.consulting")), x.Consulting, y.Consulting)
		number(of(i18n.M("product.terms.key_events")), x.KeyEvents, y.KeyEvents)
		number(of(i18n.M("product.terms.trainings")), x.Trainings, y.Trainings)
	}
	word(i18n.M("product.terms.yearly_only"), a.YearlyOnly, b.YearlyOnly)
	return out
}

func yes(b bool) i18n.Msg {
	if b {
		return i18n.M("product.yes")
	}
	return i18n.M("product.no")
}

func compareItems(a, b []Item) (out []Difference) {
	had := map[string]Item{}
	for _, x := range a {
		had[x.Code] = x
	}
	for _, y := range b {
		x, ok := had[y.Code]
		delete(had, y.Code)
		if !ok {
			out = append(out, Difference{What: i18n.Both(y.Title), Becomes: y.Cell(rate.Standard)})
			continue
		}
		if !maps.Equal(x.Title, y.Title) {
			out = append(out, Difference{What: i18n.M("product.diff.title"), Was: i18n.Both(x.Title), Becomes: i18n.Both(y.Title)})
		}
		for _, c := range []struct {
			l    rate.Level
			x, y map[string]string
		}{{rate.Basic, x.Basic, y.Basic}, {rate.Standard, x.Standard, y.Standard}, {rate.Premium, x.Premium, y.Premium}} {
			if !maps.Equal(c.x, c.y) {
				out = append(out, Difference{What: i18n.M("product.diff.term", i18n.A{"level": LevelLabel(c.l), "what": i18n.Both(y.Title)}), Was: i18n.Both(c.x), Becomes: i18n.Both(c.y)})
			}
		}
	}
	for _, x := range a { // in the order of the table
		if x, gone := had[x.Code]; gone {
			out = append(out, Difference{What: i18n.Both(x.Title), Was: x.Cell(rate.Standard)})
		}
	}
	return out
}

// LevelLabel is what users call a level.
func LevelLabel(l rate.Level) i18n.Msg {
	switch l {
	case rate.Standard:
		return i18n.M("product.level.standard")
	case rate.Premium:
		return i18n.M("product.level.premium")
	}
	return i18n.M("product.level.basic")
}

// TermLabel is a term in words.
func TermLabel(t rate.Term) i18n.Msg {
	if t.Unit == rate.Year {
		return i18n.M("product.term.years", i18n.A{"n": t.Num})
	}
	return i18n.M("product.term.months", i18n.A{"n": t.Num})
}

// OrderLabel is a kind of order in words.
func OrderLabel(order string) i18n.Msg {
	switch order {
	case OrderNew:
		return i18n.M("product.order.new")
	case OrderRenew:
		return i18n.M("product.order.renew")
	case OrderChange:
		return i18n.M("product.order.change")
	}
	return i18n.M("product.order.pack")
}

// DiscountLabel says what a discount does: 10 % off, 7,000.00 instead, 500.00 off.
func DiscountLabel(d rate.Discount) i18n.Msg {
	switch d.Mode {
	case rate.Ratio:
		return i18n.M("product.mode.ratio", i18n.A{"percent": Percent(d.Ratio)})
	case rate.Fixed:
		return i18n.M("product.mode.fixed", i18n.A{"amount": money.Text(d.Minor)})
	}
	return i18n.M("product.mode.off", i18n.A{"amount": money.Text(d.Minor)})
}
