package oracle

import (
	"errors"
	"math/big"
	"time"
)

// Cut is a discount: a part taken off in ten-thousandths, another price of the row, or an amount off the sum.
type Cut struct {
	Ratio, Fixed, Off int64
}

// Bill is what a purchase, renewal or upgrade costs. Lines are the parts before the discount; Due is after it.
type Bill struct {
	From, To  time.Time
	Lines     []int64
	List, Due int64

	level    Level
	length   Length
	row      int64
	termDay  int
	endDay   int
	anchor   int
	list     List    // a change keeps the list that it used
	each     []int64 // due of each period that a change touches
	fromThis int     // the first period a change touches
}

// reduced applies a discount to one exact amount; price makes the amount for another row price.
func (c *Cut) reduced(row int64, price func(row int64) *big.Rat) int64 {
	switch {
	case c == nil || c.Off > 0: // the amount off comes once, from the sum
		return cents(price(row))
	case c.Ratio > 0:
		return cents(times(price(row), part(10000-c.Ratio, 10000)))
	}
	return cents(price(c.Fixed))
}

// off takes an amount from the lines, from the first on, and never makes one negative.
func (c *Cut) off(lines ...int64) int64 {
	if c == nil {
		return total(lines)
	}
	rest := c.Off
	for i := range lines {
		n := min(rest, lines[i])
		lines[i] -= n
		rest -= n
	}
	return total(lines)
}

func total(lines []int64) int64 {
	sum := int64(0)
	for _, n := range lines {
		sum += n
	}
	return sum
}

// PriceBuy prices a first purchase.
func (p Plan) PriceBuy(list List, level Level, length Length, t time.Time, cut *Cut) (Bill, error) {
	at := second(t)
	if p.running(at) >= 0 {
		return Bill{}, ErrNotBasic
	}
	if !length.valid() {
		return Bill{}, ErrTerm
	}
	row, ok := list.row(level, length)
	if !ok {
		return Bill{}, ErrNoPrice
	}
	// The same day of the month so many months later (1.7).
	day := dayOf(at)
	end := stepMonths(day, length.months(), dates()[day].day)
	price := termPrice(length)
	b := Bill{From: instant(at), To: instant(lastSecond(end)), level: level, length: length, row: row}
	b.Lines = []int64{cents(price(row))}
	b.List = b.Lines[0]
	b.Due = cut.off(cut.reduced(row, price))
	return b, nil
}

// termPrice is the price of a term: so many months, or the one row of so many years.
func termPrice(length Length) func(row int64) *big.Rat {
	return func(row int64) *big.Rat { return times(unit(row, length), whole64(length.units())) }
}

// Buy is the plan after a purchase that was paid so at an instant, which begins then. A plan that has ended is forgotten.
func (p Plan) Buy(order string, b Bill, in Purse, t time.Time) Plan {
	at := second(t)
	anchor := dates()[dayOf(at)].day
	end := stepMonths(dayOf(at), b.length.months(), anchor)
	one := paid{order: order, first: true, length: b.length, begin: at, termDay: end, endDay: end, anchor: anchor, in: in}
	one.pieces = []piece{{level: b.level, from: one.begin, unit: unit(b.row, b.length), worth: in, left: one.all()}}
	return Plan{paid: []paid{one}, packs: p.packs, used: p.used, slip: p.slip}
}

// PriceRenew prices a renewal at the level of the last period; unify is 0 for none, 1 to 28, or -1.
func (p Plan) PriceRenew(list List, length Length, unify int, cut *Cut) (Bill, error) {
	if len(p.paid) == 0 {
		return Bill{}, ErrNoPlan
	}
	var no error
	if !length.valid() {
		no = ErrTerm
	}
	if unify < -1 || unify > 28 {
		no = errors.Join(no, ErrUnifiedDay)
	}
	if no != nil {
		return Bill{}, no
	}
	// Months are added to the old expiry, from the anchor of the order before; the old hour is not shared (1.7, 1.12).
	last := &p.paid[len(p.paid)-1]
	level := last.now().level
	row, ok := list.row(level, length)
	if !ok {
		return Bill{}, ErrNoPrice
	}
	one := paid{length: length, begin: last.end() + 1, anchor: last.anchor}
	if p.slip == LostAnchor && one.anchor > 0 {
		one.anchor = dates()[last.endDay].day
	}
	one.termDay = stepMonths(last.endDay, length.months(), one.anchor)
	// A unified renewal goes on to the first such day and makes it the anchor, also when it is there already (1.9, 1.12).
	one.endDay = one.termDay
	if unify != 0 {
		one.anchor = unify
		for !onDay(one.endDay, unify) {
			one.endDay++
		}
	}
	// The term costs what it always costs, the extra days their part of a month's price on top.
	price := termPrice(length)
	extra := func(row int64) *big.Rat { return times(unit(row, length), one.fraction()) }
	b := Bill{From: instant(one.begin), To: instant(one.end()), level: level, length: length, row: row,
		termDay: one.termDay, endDay: one.endDay, anchor: one.anchor}
	b.Lines = []int64{cents(price(row)), cents(extra(row))}
	b.List = b.Lines[0] + b.Lines[1]
	b.Due = cut.off(cut.reduced(row, price), cut.reduced(row, extra))
	return b, nil
}

// onDay tells whether a day is the unified day of its month; -1 is the last day.
func onDay(day, unify int) bool {
	d := dates()[day]
	return d.day == unify || unify == -1 && d.day == d.length
}

// Renew is the plan after a paid renewal.
func (p Plan) Renew(order string, b Bill, in Purse, promotion, invoiced bool) Plan {
	out := p.copied()
	one := paid{order: order, length: b.length, begin: second(b.From), termDay: b.termDay, endDay: b.endDay,
		anchor: b.anchor, in: in, promotion: promotion, invoiced: invoiced}
	one.pieces = []piece{{level: b.level, from: one.begin, unit: unit(b.row, b.length), worth: in, left: one.all()}}
	out.paid = append(out.paid, one)
	return out
}

// standing finds the running period for a change to another level.
func (p Plan) standing(to Level, at int64, up bool) (int, error) {
	i := p.running(at)
	if i < 0 {
		return i, ErrNoPlan
	}
	from := p.paid[i].now().level
	if up && to <= from || !up && (to >= from || to == Basic) {
		return i, ErrDirection
	}
	return i, nil
}

// oldValue is what the present level is worth for the units left: list price before any change, after one the share of
// what the piece was worth.
func (p *paid) oldValue(r *big.Rat) *big.Rat {
	if !p.changed() {
		return times(p.now().unit, r)
	}
	return p.share(r)
}

// share is the part of the present piece's worth that belongs to the units left.
func (p *paid) share(r *big.Rat) *big.Rat {
	return over(times(whole64(p.now().worth.Actual()), r), p.now().left)
}

// PriceUpgrade prices a higher level for the rest of the running period and every period paid after it, each by itself.
// A fixed price stands for the row of the running period, so it counts for periods on the same row.
func (p Plan) PriceUpgrade(list List, to Level, t time.Time, cut *Cut) (Bill, error) {
	at := second(t)
	i, err := p.standing(to, at, true)
	if err != nil {
		return Bill{}, err
	}
	b := Bill{From: instant(at), To: p.Expiry(), level: to, fromThis: i, list: list}
	for n := i; n < len(p.paid); n++ {
		one := &p.paid[n]
		row, ok := list.row(to, one.length)
		if !ok {
			return Bill{}, ErrNoPrice
		}
		// (P_new - P_old) x r, rounded once for each period (1.8); a later change takes C x r(t2) / r(t1) for the old level.
		r := p.remaining(one, at)
		old := one.oldValue(r)
		if p.slip == ListValue {
			old = times(one.now().unit, r)
		}
		price := func(row int64) *big.Rat { return minus(times(unit(row, one.length), r), old) }
		mine := cut
		if cut != nil && cut.Fixed > 0 && one.length.Years != p.paid[i].length.Years {
			mine = nil
		}
		b.Lines, b.each = append(b.Lines, cents(price(row))), append(b.each, mine.reduced(row, price))
	}
	b.List = total(b.Lines)
	b.Due = cut.off(b.each...)
	return b, nil
}

// Upgrade is the plan after an upgrade that was paid so at an instant, which may be later than its quote: the fee stays
// that of the quote, the new piece begins when it is paid.
func (p Plan) Upgrade(b Bill, in Purse, t time.Time) Plan {
	at := second(t)
	out := p.copied()
	i := out.running(at)
	fees := divided(in, b.each)
	for len(fees) > 1 && b.fromThis < i { // a period has ended since the quote: its fee counts for the running one
		fees[1] = fees[1].add(fees[0])
		fees, b.fromThis = fees[1:], b.fromThis+1
	}
	for k, fee := range fees {
		one := &out.paid[i+k]
		// C is the old piece's remaining value, never more than was paid for it, and the fee (1.12).
		left := out.remaining(one, at)
		old := one.now().worth
		worth := shared(min(cents(one.oldValue(left)), old.Actual()), old, money())
		worth[Voucher] = old[Voucher]
		row, _ := b.list.row(b.level, one.length)
		one.in = one.in.add(fee)
		one.pieces = append(one.pieces, piece{level: b.level, from: max(at, one.begin), unit: unit(row, one.length),
			worth: worth.add(fee), left: left})
	}
	out.changes = append(out.changes, t)
	return out
}
