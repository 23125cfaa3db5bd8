package rate

import (
	"fmt"
	"strconv"
	"time"

	"hanse/internal/kit/calendar"
)

// maxYears is how far ahead a plan may be paid.
const maxYears = 10

// maxPacks keeps a typing error from becoming an order.
const maxPacks = 1000

// unitText writes the list price of one month or one year.
func unitText(row Price) string {
	if row.Term.Num > 1 {
		return amount(row.Minor) + " / " + strconv.Itoa(row.Term.Num)
	}
	return amount(row.Minor)
}

// A fee is a line before its discount: its price row, and how the amount follows from a row.
type fee struct {
	key, order string
	row        Price
	of         func(row Price) (exact, string)
}

// charge makes the lines of fees, lowered by a discount, each rounded once.
func charge(q Quote, d *Discount, fees ...fee) Quote {
	off := int64(0)
	if d != nil && d.Mode == Off {
		off = max(d.Minor, 0)
	}
	for _, f := range fees {
		list, formula := f.of(f.row)
		line := Line{Key: f.key, Order: f.order, Formula: formula, List: roundCents(list.notNegative())}
		line.Minor = line.List
		switch {
		case d == nil:
		case d.Mode == Ratio:
			share := min(max(d.Ratio, 0), 10_000)
			line.Minor = roundCents(list.notNegative().mul(fraction(10_000-share, 10_000)))
			line.Formula += " × (1 − " + percent(share) + ")"
		case d.Mode == Fixed && f.row.Term == fees[0].row.Term:
			own := f.row
			own.Minor = max(d.Minor, 0)
			special, text := f.of(own)
			if fixed := roundCents(special.notNegative()); fixed < line.List {
				line.Minor, line.Formula, list = fixed, text, special
			}
		case off > 0 && line.List > 0:
			line.Formula += " − " + amount(off)
			list = list.sub(whole(off))
			cut := min(off, line.List)
			line.Minor -= cut
			off -= cut
		}
		if list.r.Sign() < 0 {
			line.Formula = "max(0, " + line.Formula + ")"
		}
		q.Lines = append(q.Lines, line)
		q.List += line.List
		q.Due += line.Minor
	}
	q.Discount = q.List - q.Due
	return q
}

// term is the fee of a whole term.
func term(key string, row Price, t Term) fee {
	return fee{key: key, row: row, of: func(row Price) (exact, string) {
		times := int64(t.Num / max(row.Term.Num, 1))
		if times == 1 {
			return whole(row.Minor), amount(row.Minor)
		}
		return whole(row.Minor).mul(whole(times)), fmt.Sprintf("%s × %d", amount(row.Minor), times)
	}}
}

// price finds a row or says which level or term has none.
func price(s Sheet, l Level, t Term) (Price, error) {
	if !t.Valid() {
		return Price{}, refuse(BadTerm, "term", t.String())
	}
	row, ok := s.Row(l, t)
	if !ok {
		return Price{}, refuse(NoPrice, "level", string(l)+" "+t.String())
	}
	return row, nil
}

// String writes "3 MONTH".
func (t Term) String() string { return fmt.Sprintf("%d %s", t.Num, t.Unit) }

// Buy prices a first purchase. It fails with BadTerm or NoPrice; whether the buyer may is for History.MayBuy.
func Buy(s Sheet, l Level, t Term, at time.Time, d *Discount) (Quote, error) {
	row, err := price(s, l, t)
	if err != nil {
		return Quote{}, err
	}
	start, anchor := at.Truncate(time.Second).UTC(), anchorOf(at)
	end := lastSecond(after(day(start), t, anchor))
	q := Quote{At: at, Start: start, TermEnd: end, End: end, Anchor: anchor, Term: t, Level: l, Row: row}
	return charge(q, d, term(LineBuy, row, t)), nil
}

// Packs prices ticket packs, which hold from payment to the end of that calendar month. It fails with BadNumber or
// NoPrice.
func Packs(s Sheet, n int, at time.Time) (Quote, error) {
	if n < 1 || n > maxPacks {
		return Quote{}, &Refusal{Why: BadNumber, Field: "packs", Value: strconv.Itoa(n), Limit: strconv.Itoa(maxPacks)}
	}
	if s.Pack <= 0 {
		return Quote{}, refuse(NoPrice, "packs", strconv.Itoa(n))
	}
	q := Quote{At: at, Start: at.Truncate(time.Second).UTC(), End: MonthOver(at).Add(-time.Second), Level: Standard}
	row := Price{Level: Standard, Minor: s.Pack}
	q.Row = row
	return charge(q, nil, fee{key: LinePack, row: row, of: func(row Price) (exact, string) {
		if n == 1 {
			return whole(row.Minor), amount(row.Minor)
		}
		return whole(row.Minor).mul(whole(int64(n))), fmt.Sprintf("%s × %d", amount(row.Minor), n)
	}}), nil
}

// Renew prices another term behind the expiry, at the plan's level. unify moves the new expiry on to a day of the
// month (1 to 28, -1 for the last; 0: not), which costs the days between. It fails with NotRunning when there's no
// plan, Gone when even the new term would be over, BadTerm, BadUnify, NoPrice or TooLong.
func Renew(s Sheet, h History, t Term, unify int, at time.Time, d *Discount) (Quote, error) {
	if h.Expiry().IsZero() {
		return Quote{}, refuse(NotRunning, "plan", "")
	}
	if unify < -1 || unify > 28 {
		return Quote{}, refuse(BadUnify, "unify", strconv.Itoa(unify))
	}
	last := h.Periods[len(h.Periods)-1]
	level := last.Segments[len(last.Segments)-1].Level
	row, err := price(s, level, t)
	if err != nil {
		return Quote{}, err
	}
	expiry, anchor := after(day(last.End), t, h.Anchor), h.Anchor
	ends := expiry
	if unify != 0 {
		ends, anchor = unified(expiry, unify), unify
	}
	switch {
	case ends < day(at):
		return Quote{}, refuse(Gone, "plan", day(last.End).String())
	case ends > day(at).AddYears(maxYears):
		return Quote{}, &Refusal{Why: TooLong, Field: "term", Value: t.String(), Limit: strconv.Itoa(maxYears)}
	}
	q := Quote{At: at, Start: last.End.Add(time.Second), TermEnd: lastSecond(expiry), End: lastSecond(ends),
		Anchor: anchor, Term: t, Level: level, Row: row}
	fees := []fee{term(LineRenew, row, t)}
	if ends > expiry {
		fees = append(fees, extraFee(row, t.Unit, expiry+1, ends))
	}
	return charge(q, d, fees...), nil
}

// extraFee is that of the days up to a unified expiry.
func extraFee(row Price, u Unit, from, to calendar.Day) fee {
	return fee{key: LineExtra, row: row, of: func(row Price) (exact, string) {
		l := extra(u, from, to)
		text := l.text
		if u == Month {
			text = l.inBrackets()
		}
		return perUnit(row).mul(l.is), unitText(row) + " × " + text
	}}
}
