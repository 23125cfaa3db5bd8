// Package oracle computes support plans a second time, from the text of business rules 1.5 to 1.12 alone. It is slow and
// simple on purpose: it walks hour by hour and day by day and keeps a plain list of what was paid. It shares no code with
// package rate, so that the two can be held against each other.
package oracle

import (
	"errors"
	"math/big"
	"time"
)

// Level is the place of a support level: 0 basic, 1 standard, 2 premium.
type Level int

// The levels, ascending.
const (
	Basic Level = iota
	Standard
	Premium
)

// Refusals. Each is one sentence of the rules that forbids the step.
var (
	ErrNotBasic   = errors.New("a purchase starts from basic")
	ErrNoPlan     = errors.New("no paid plan runs at this instant")
	ErrDirection  = errors.New("the wanted level is not above, or not below, the present one")
	ErrNoPrice    = errors.New("the price list has no such row")
	ErrBenefit    = errors.New("a value-added benefit was used")
	ErrNoFuture   = errors.New("no future period is paid")
	ErrChanged    = errors.New("the level changed before the future period starts")
	ErrPromotion  = errors.New("the renewal came from a promotion")
	ErrInvoiced   = errors.New("the partner paid and has been invoiced")
	ErrTerm       = errors.New("a term is 1 to 11 months or 1 to 3 years")
	ErrUnifiedDay = errors.New("a unified day is 1 to 28 or the last of the month")
)

// Length is a purchased term: Months alone, or Years alone.
type Length struct{ Months, Years int }

// valid holds for what is sold (business rules 1.9).
func (l Length) valid() bool {
	return l.Years == 0 && l.Months >= 1 && l.Months <= 11 || l.Months == 0 && l.Years >= 1 && l.Years <= 3
}

// months is how far the calendar moves.
func (l Length) months() int { return l.Months + 12*l.Years }

// units is the term in its own unit.
func (l Length) units() int64 { return int64(l.Months + l.Years) }

// List is a price list: for each level the price of one month and of one, two and three years, and one pack.
type List struct {
	Month [3]int64
	Year  [3][4]int64 // by level and number of years
	Pack  int64
}

// row is the row that a term uses: one month, or so many years.
func (l List) row(level Level, length Length) (int64, bool) {
	p := l.Month[level]
	if length.Years > 0 {
		p = l.Year[level][length.Years]
	}
	return p, p > 0
}

// unit is the price of one month of a monthly row, or of one year of a yearly one.
func unit(row int64, length Length) *big.Rat {
	if length.Years > 0 {
		return part(row, int64(length.Years))
	}
	return whole64(row)
}

// A piece is a stretch of a paid period at one level. The first piece is as bought, a change begins the next.
type piece struct {
	level Level
	from  int64    // instant at which it begins to be used
	unit  *big.Rat // list price of its level per month or year
	worth Purse    // what it is worth at from, by source; vouchers are carried along
	left  *big.Rat // units that were left at from
}

// A paid period is one purchase or renewal.
type paid struct {
	order     string
	first     bool // the purchase, not a renewal
	promotion bool
	invoiced  bool // paid by the partner and invoiced to it
	length    Length
	begin     int64
	termDay   int // the last day without unified extra days
	endDay    int // the last day
	anchor    int // day of month that later periods count from
	in, out   Purse
	pieces    []piece
}

// now is the piece that counts at present, or will once the period begins.
func (p *paid) now() *piece { return &p.pieces[len(p.pieces)-1] }

// end is 23:59:59 of the last day (business rules 1.7).
func (p *paid) end() int64 { return lastSecond(p.endDay) }

// changed tells whether a level change has touched the period, also before it began.
func (p *paid) changed() bool { return len(p.pieces) > 1 }

// Plan is a subscription as a list of paid periods that follow one another. The zero Plan is basic.
type Plan struct {
	paid  []paid
	packs []int64 // instants at which ten tickets were paid
	used  []int64 // instants at which technical tickets were submitted

	changes []time.Time // instants of level changes, to the nanosecond
	slip    Slip
}

// A Slip is a mistake made on purpose: a comparison that does not notice it is worth nothing.
type Slip int

// The slips.
const (
	None                 Slip = iota
	NoGuard                   // r is not capped at what was bought
	FeeOnRest                 // the fee is taken of what is left, not of what was paid
	StartedHour               // a started hour counts as used
	FutureWithoutVoucher      // a future period gives back money alone
	LostAnchor                // the renewed period counts from the day it ends on
	ListValue                 // after a change the old level still counts at its list price
)

// With is the plan for one who makes that mistake.
func (p Plan) With(s Slip) Plan {
	p.slip = s
	return p
}

// copied is a Plan that can be changed without touching this one.
func (p Plan) copied() Plan {
	out := Plan{packs: p.packs, used: p.used, slip: p.slip}
	out.changes = append(out.changes, p.changes...)
	for _, one := range p.paid {
		one.pieces = append([]piece(nil), one.pieces...)
		out.paid = append(out.paid, one)
	}
	return out
}

// running finds the period that holds the second, -1 when none does.
func (p Plan) running(at int64) int {
	for i := range p.paid {
		if p.paid[i].begin <= at && at < p.paid[i].end()+1 {
			return i
		}
	}
	return -1
}

// LevelAt is the level paid for at an instant; it is basic when no period runs, also in the days of grace.
func (p Plan) LevelAt(t time.Time) Level {
	at := second(t)
	i := p.running(at)
	if i < 0 {
		return Basic
	}
	// A piece that begins later than asked for does not count yet.
	level := p.paid[i].pieces[0].level
	for _, one := range p.paid[i].pieces {
		if one.from <= at {
			level = one.level
		}
	}
	return level
}

// Expiry is the last second of the last paid period, the zero time without one.
func (p Plan) Expiry() time.Time {
	if len(p.paid) == 0 {
		return time.Time{}
	}
	return instant(p.paid[len(p.paid)-1].end())
}

// Period is what is known of a paid period: what is left paid for it, and what its present piece is worth.
type Period struct {
	From, To    time.Time
	Level       Level
	Paid, Worth Purse
}

// Periods lists the paid periods that are kept.
func (p Plan) Periods() []Period {
	var all []Period
	for i := range p.paid {
		one := &p.paid[i]
		all = append(all, Period{From: instant(one.begin), To: instant(one.end()), Level: one.now().level,
			Paid: one.in.less(one.out), Worth: one.now().worth})
	}
	return all
}

// all is how many units a period holds: its term and the fraction bought to reach the unified day.
func (p *paid) all() *big.Rat {
	return plus(whole64(p.length.units()), p.fraction())
}

// fraction is the extra days of a unified expiry in months, for a yearly term in twelfths of a year.
func (p *paid) fraction() *big.Rat {
	sum := new(big.Rat)
	for day := p.termDay + 1; day <= p.endDay; day++ {
		sum = plus(sum, part(1, int64(dates()[day].length)))
	}
	if p.length.Years > 0 {
		sum = times(sum, part(1, 12))
	}
	return sum
}

// remaining is r of the rules: how many units are left of the period at an instant. The change day is never counted.
func (p Plan) remaining(one *paid, at int64) *big.Rat {
	today := dayOf(at)
	// What has not begun is there whole.
	if at < one.begin {
		return one.all()
	}
	// "r on the purchase day: exactly the purchased number" (1.12). A renewed period has no purchase day in it.
	if one.first && today == dayOf(one.begin) && p.slip != NoGuard {
		return one.all()
	}
	left := one.leftMonths(today)
	if one.length.Years > 0 {
		left = one.leftYears(today)
	}
	if p.slip == NoGuard {
		return left
	}
	// The cap is the term and the fraction bought for a unified expiry (1.8, 1.12).
	return smaller(left, one.all())
}

// leftMonths counts the days left by the length of their month.
func (p *paid) leftMonths(today int) *big.Rat {
	var days [32]int64
	for day := today + 1; day <= p.endDay; day++ {
		days[dates()[day].length]++
	}
	sum := new(big.Rat)
	for n := 28; n <= 31; n++ {
		sum = plus(sum, part(days[n], int64(n)))
	}
	return sum
}

// leftYears counts the days left in years of 365 days, without any 29 February.
func (p *paid) leftYears(today int) *big.Rat {
	n := int64(0)
	for day := today + 1; day <= p.endDay; day++ {
		if d := dates()[day]; d.month != 2 || d.day != 29 {
			n++
		}
	}
	return part(n, 365)
}

// Flagged marks the last period: it came from a promotion, or a partner paid it and has been invoiced.
func (p Plan) Flagged(promotion, invoiced bool) Plan {
	out := p.copied()
	last := &out.paid[len(out.paid)-1]
	last.promotion, last.invoiced = promotion, invoiced
	return out
}
