package oracle

import (
	"errors"
	"time"
)

// Return is what comes back, by source, and how it came about. Vouchers come back in the Voucher place of Back.
type Return struct {
	Paid, Consumed, Fee, Back Purse
	NoReason, Review          bool
	Lines                     []int64 // downgrade: one a period

	from  int
	units []lowered
}

// lowered is the part of a downgrade that belongs to one period.
type lowered struct {
	Back, Worth Purse
}

// Terms are the circumstances of an unsubscription.
type Terms struct {
	Left        int   // no-reason instances left this year
	Review      int64 // more than this is reviewed
	Days        bool  // count days instead of hours
	BenefitUsed bool
	Waived      bool // a framework contract waives the fee
}

// PriceDowngrade tells what a lower level gives back for the rest of the running period and every later one.
func (p Plan) PriceDowngrade(list List, to Level, t time.Time) (Return, error) {
	at := second(t)
	i, err := p.standing(to, at, false)
	if err != nil {
		return Return{}, err
	}
	out := Return{from: i}
	for n := i; n < len(p.paid); n++ {
		one := &p.paid[n]
		row, ok := list.row(to, one.length)
		if !ok {
			return Return{}, ErrNoPrice
		}
		// What was paid for a unit, less the lower price of one, for the units left; never below nothing (1.8).
		r := p.remaining(one, at)
		worth := one.now().worth
		lower := times(unit(row, one.length), r)
		back := cents(minus(one.share(r), lower))
		part := lowered{Back: shared(back, worth, money())}
		// The lower level's price stays in the plan, and never more than is left of what was paid (1.12).
		part.Worth = shared(min(cents(lower), worth.Actual()-back), worth.less(part.Back), money())
		part.Worth[Voucher] = worth[Voucher]
		out.Lines = append(out.Lines, back)
		out.units = append(out.units, part)
		out.Back = out.Back.add(part.Back)
	}
	return out, nil
}

// Downgrade is the plan after a downgrade for which the list was used.
func (p Plan) Downgrade(list List, to Level, t time.Time) Plan {
	at := second(t)
	r, err := p.PriceDowngrade(list, to, t)
	if err != nil {
		return p
	}
	out := p.copied()
	for k, part := range r.units {
		one := &out.paid[r.from+k]
		row, _ := list.row(to, one.length)
		left := p.remaining(one, at)
		one.out = one.out.add(part.Back)
		one.pieces = append(one.pieces, piece{level: to, from: max(at, one.begin), unit: unit(row, one.length),
			worth: part.Worth, left: left})
	}
	out.changes = append(out.changes, t)
	return out
}

// PriceCancel tells what an unsubscription gives back: kind 1 everything, kind 2 the future periods alone.
func (p Plan) PriceCancel(kind int, t time.Time, terms Terms) (Return, error) {
	at := second(t)
	i := p.running(at)
	if err := p.mayCancel(kind, i, terms); err != nil {
		return Return{}, err
	}
	var out Return
	// Everything paid comes back, what downgrades returned has come back already (1.10, 1.12).
	if kind == 1 && p.noReason(at, terms) {
		out.NoReason = true
		for n := range p.paid {
			out.add(p.paid[n].in, Purse{}, Purse{}, p.paid[n].in.less(p.paid[n].out))
		}
		return out.reviewed(terms), nil
	}
	if kind == 1 {
		out = p.paid[i].used(at, terms, p.slip)
	}
	// Periods that have not begun come back whole, with their vouchers (1.10).
	for n := i + 1; n < len(p.paid); n++ {
		worth := p.paid[n].now().worth
		if p.slip == FutureWithoutVoucher {
			worth = worth.bare()
		}
		out.add(worth, Purse{}, Purse{}, worth)
	}
	return out.reviewed(terms), nil
}

// mayCancel joins every reason against an unsubscription.
func (p Plan) mayCancel(kind, running int, terms Terms) error {
	var no []error
	if running < 0 {
		no = append(no, ErrNoPlan)
	}
	if terms.BenefitUsed {
		no = append(no, ErrBenefit)
	}
	if kind == 1 || running < 0 {
		return errors.Join(no...)
	}
	if running == len(p.paid)-1 {
		no = append(no, ErrNoFuture)
	}
	for n := running + 1; n < len(p.paid); n++ {
		one := &p.paid[n]
		if one.changed() {
			no = append(no, ErrChanged)
		}
		if one.promotion {
			no = append(no, ErrPromotion)
		}
		if one.invoiced {
			no = append(no, ErrInvoiced)
		}
	}
	return errors.Join(no...)
}

// noReason holds strictly before five days from the first purchase, while the year has instances left.
func (p Plan) noReason(at int64, terms Terms) bool {
	first := &p.paid[0]
	return first.first && !first.promotion && terms.Left > 0 && at < first.begin+5*24*hour
}

// used charges the running piece for its hours and the fee.
func (p *paid) used(at int64, terms Terms, slip Slip) Return {
	now := p.now()
	worth := now.worth.bare()
	// Vouchers are not value: consumed and fee are taken of money alone, on the running piece alone (1.10, 1.12).
	spent, all := hours(now.from, at), hours(now.from, p.end()+1)
	if slip == StartedHour {
		spent = min(spent+1, all)
	}
	if terms.Days {
		spent, all = int64(dayOf(at)-dayOf(now.from)), int64(p.endDay+1-dayOf(now.from))
	}
	out := Return{Paid: now.worth}
	out.Consumed = shared(cents(times(whole64(worth.Actual()), part(spent, all))), worth, money())
	if base := worth.Actual(); !terms.Waived {
		if slip == FeeOnRest {
			base -= out.Consumed.Actual()
		}
		out.Fee = shared(cents(times(whole64(base), part(p.feeRate(at), 100))), worth, money())
	}
	// The fee of a source is at most what the consumed part left of it, so that the lines add up (1.12).
	for s := range sources {
		out.Fee[s] = min(out.Fee[s], worth[s]-out.Consumed[s])
		out.Back[s] = worth[s] - out.Consumed[s] - out.Fee[s]
	}
	return out
}

// feeRate is the handling fee in per cent: by the prepaid term and the years used.
func (p *paid) feeRate(at int64) int64 {
	// "Up to and including the anniversary instant; past the last bracket the last one" (1.12).
	table := map[int][]int64{0: {10}, 1: {10}, 2: {15, 10}, 3: {15, 10, 5}}[p.length.Years]
	year := 0
	for year < len(table)-1 && at > anniversary(p.now().from, year+1) {
		year++
	}
	return table[year]
}

// add puts a period's part to the whole.
func (r *Return) add(paid, consumed, fee, back Purse) {
	r.Paid = r.Paid.add(paid)
	r.Consumed = r.Consumed.add(consumed)
	r.Fee = r.Fee.add(fee)
	r.Back = r.Back.add(back)
}

// reviewed marks a refund of strictly more than the limit, measured on the whole (1.12).
func (r Return) reviewed(terms Terms) Return {
	r.Review = terms.Review > 0 && r.Back.Actual() > terms.Review
	return r
}

// Cancel is the plan after an unsubscription: basic, or without its future periods.
func (p Plan) Cancel(kind int, t time.Time) Plan {
	out := p.copied()
	if kind == 1 {
		out.paid = nil
		return out
	}
	out.paid = out.paid[:p.running(second(t))+1]
	return out
}
