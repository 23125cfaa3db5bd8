package oracle

import (
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
	each     []int64 // due of each period that a change touches
	units    []*big.Rat
	lasting  []*big.Rat // what the old level is still worth in each period
	fromThis int        // the first period a change touches
}

// reduced applies a discount to one exact amount; price makes the amount for another row price.
func (c *Cut) reduced(row int64, price func(row int64) *big.Rat) int64 {
	switch {
	case c == nil || c.Off > 0:
		return cents(price(row))
	case c.Ratio > 0:
		return cents(times(price(row), part(10000-c.Ratio, 10000)))
	}
	return cents(price(c.Fixed))
}

// off takes an amount from the sum, never below nothing.
func (c *Cut) off(sum int64) int64 {
	if c == nil || c.Off == 0 {
		return sum
	}
	return max(0, sum-c.Off)
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
	day := dayOf(at)
	anchor := dates()[day].day
	end := stepMonths(day, length.months(), anchor)
	price := termPrice(length)
	b := Bill{From: instant(at), To: instant(lastSecond(end)), level: level, length: length, row: row,
		termDay: end, endDay: end, anchor: anchor}
	b.Lines = []int64{cents(price(row))}
	b.List = b.Lines[0]
	b.Due = cut.off(cut.reduced(row, price))
	return b, nil
}

// termPrice is the price of a term: so many months, or the one row of so many years.
func termPrice(length Length) func(row int64) *big.Rat {
	return func(row int64) *big.Rat { return times(unit(row, length), whole64(length.units())) }
}

// Buy is the plan after a purchase that was paid so. A plan that has ended is forgotten.
func (p Plan) Buy(order string, b Bill, in Purse) Plan {
	one := paid{order: order, first: true, length: b.length, begin: second(b.From), termDay: b.termDay, endDay: b.endDay,
		anchor: b.anchor, in: in}
	one.pieces = []piece{{level: b.level, from: one.begin, unit: unit(b.row, b.length), worth: in, left: one.all()}}
	return Plan{paid: []paid{one}, packs: p.packs, used: p.used}
}

// PriceRenew prices a renewal at the level of the last period; unify is 0 for none, 1 to 28, or -1.
func (p Plan) PriceRenew(list List, length Length, unify int, cut *Cut) (Bill, error) {
	if len(p.paid) == 0 {
		return Bill{}, ErrNoPlan
	}
	if !length.valid() {
		return Bill{}, ErrTerm
	}
	if unify < -1 || unify > 28 {
		return Bill{}, ErrUnifiedDay
	}
	last := &p.paid[len(p.paid)-1]
	level := last.now().level
	row, ok := list.row(level, length)
	if !ok {
		return Bill{}, ErrNoPrice
	}
	one := paid{length: length, begin: last.end() + 1, anchor: last.anchor}
	one.termDay = stepMonths(last.endDay, length.months(), last.anchor)
	one.endDay = one.termDay
	if unify != 0 {
		one.anchor = unify
		for !onDay(one.endDay, unify) {
			one.endDay++
		}
	}
	price := termPrice(length)
	extra := func(row int64) *big.Rat { return times(unit(row, length), one.fraction()) }
	b := Bill{From: instant(one.begin), To: instant(one.end()), level: level, length: length, row: row,
		termDay: one.termDay, endDay: one.endDay, anchor: one.anchor}
	b.Lines = []int64{cents(price(row)), cents(extra(row))}
	b.List = b.Lines[0] + b.Lines[1]
	b.Due = cut.off(cut.reduced(row, price) + cut.reduced(row, extra))
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
func (p Plan) PriceUpgrade(list List, to Level, t time.Time, cut *Cut) (Bill, error) {
	at := second(t)
	i, err := p.standing(to, at, true)
	if err != nil {
		return Bill{}, err
	}
	b := Bill{From: instant(at), To: p.Expiry(), level: to, fromThis: i}
	sum := int64(0)
	for n := i; n < len(p.paid); n++ {
		one := &p.paid[n]
		row, ok := list.row(to, one.length)
		if !ok {
			return Bill{}, ErrNoPrice
		}
		r := one.remaining(at)
		old := one.oldValue(r)
		price := func(row int64) *big.Rat { return minus(times(unit(row, one.length), r), old) }
		line := cents(price(row))
		due := cut.reduced(row, price)
		b.Lines, b.each = append(b.Lines, line), append(b.each, due)
		b.units, b.lasting = append(b.units, r), append(b.lasting, old)
		b.List += line
		sum += due
	}
	b.Due = cut.off(sum)
	return b, nil
}

// Upgrade is the plan after a paid upgrade. list is the price list that the bill used.
func (p Plan) Upgrade(list List, b Bill, in Purse) Plan {
	out := p.copied()
	fees := divided(in, b.each)
	for k := range b.each {
		one := &out.paid[b.fromThis+k]
		old := one.now().worth
		kept := min(cents(b.lasting[k]), old.Actual())
		worth := shared(kept, old)
		worth[Voucher] = old[Voucher]
		row, _ := list.row(b.level, one.length)
		one.in = one.in.add(fees[k])
		one.pieces = append(one.pieces, piece{level: b.level, from: max(second(b.From), one.begin),
			unit: unit(row, one.length), worth: worth.add(fees[k]), left: b.units[k]})
	}
	return out
}

// divided spreads each source of a payment over the periods by their part of the fee; the last present takes the cent.
func divided(in Purse, each []int64) []Purse {
	out := make([]Purse, len(each))
	all, last := int64(0), 0
	for k, n := range each {
		if all += n; n > 0 {
			last = k
		}
	}
	for s, amount := range in {
		rest := amount
		for k := range last {
			if all > 0 {
				out[k][s] = min(rest, cents(times(whole64(amount), part(each[k], all))))
				rest -= out[k][s]
			}
		}
		out[last][s] = rest
	}
	return out
}
