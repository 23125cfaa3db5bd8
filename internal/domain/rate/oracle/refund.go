package oracle

import "time"

// Return is what comes back, by source, and how it came about. Vouchers come back in the Voucher place of Back.
type Return struct {
	Paid, Consumed, Fee, Back Purse
	NoReason, Review          bool
	Lines                     []int64 // downgrade: one a period

	from  int
	units []Return1
}

// Return1 is the part of a downgrade that belongs to one period.
type Return1 struct {
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
		r := one.remaining(at)
		worth := one.now().worth
		lower := times(unit(row, one.length), r)
		back := cents(minus(one.share(r), lower))
		part := Return1{Back: shared(back, worth)}
		part.Worth = shared(min(cents(lower), worth.Actual()-back), worth.less(part.Back).bare())
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
		left := one.remaining(at)
		one.out = one.out.add(part.Back)
		one.pieces = append(one.pieces, piece{level: to, from: max(at, one.begin), unit: unit(row, one.length),
			worth: part.Worth, left: left})
	}
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
	if kind == 1 && p.noReason(at, terms) {
		out.NoReason = true
		for n := range p.paid {
			out.add(p.paid[n].in, Purse{}, Purse{}, p.paid[n].in.less(p.paid[n].out))
		}
		return out.reviewed(terms), nil
	}
	if kind == 1 {
		out = p.paid[i].used(at, terms)
	}
	for n := i + 1; n < len(p.paid); n++ {
		worth := p.paid[n].now().worth
		out.add(worth, Purse{}, Purse{}, worth)
	}
	return out.reviewed(terms), nil
}

func (p Plan) mayCancel(kind, running int, terms Terms) error {
	switch {
	case running < 0:
		return ErrNoPlan
	case terms.BenefitUsed:
		return ErrBenefit
	case kind == 1:
		return nil
	case running == len(p.paid)-1:
		return ErrNoFuture
	}
	for n := running + 1; n < len(p.paid); n++ {
		switch one := &p.paid[n]; {
		case one.changed():
			return ErrChanged
		case one.promotion:
			return ErrPromotion
		case one.invoiced:
			return ErrInvoiced
		}
	}
	return nil
}

// noReason holds strictly before five days from the first purchase, while the year has instances left.
func (p Plan) noReason(at int64, terms Terms) bool {
	first := &p.paid[0]
	return first.first && !first.promotion && terms.Left > 0 && at < first.begin+5*24*hour
}

// used charges the running piece for its hours and the fee.
func (p *paid) used(at int64, terms Terms) Return {
	now := p.now()
	worth := now.worth.bare()
	spent, all := hours(now.from, at), hours(now.from, p.end()+1)
	if terms.Days {
		spent, all = int64(dayOf(at)-dayOf(now.from)), int64(p.endDay+1-dayOf(now.from))
	}
	out := Return{Paid: now.worth}
	out.Consumed = shared(cents(times(whole64(worth.Actual()), part(spent, all))), worth)
	if !terms.Waived {
		out.Fee = shared(cents(times(whole64(worth.Actual()), part(p.feeRate(at), 100))), worth)
	}
	for s := range sources {
		out.Fee[s] = min(out.Fee[s], worth[s]-out.Consumed[s])
		out.Back[s] = worth[s] - out.Consumed[s] - out.Fee[s]
	}
	return out
}

// feeRate is the handling fee in per cent: by the prepaid term and the years used.
func (p *paid) feeRate(at int64) int64 {
	table := map[int][]int64{0: {10}, 1: {10}, 2: {15, 10}, 3: {15, 10, 5}}[p.length.Years]
	year := 0
	for year < len(table)-1 && at > anniversary(p.now().from, year+1) {
		year++
	}
	return table[year]
}

func (r *Return) add(paid, consumed, fee, back Purse) {
	r.Paid = r.Paid.add(paid)
	r.Consumed = r.Consumed.add(consumed)
	r.Fee = r.Fee.add(fee)
	r.Back = r.Back.add(back)
}

func (r Return) reviewed(terms Terms) Return {
	r.Review = r.Back.Actual() > terms.Review
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
