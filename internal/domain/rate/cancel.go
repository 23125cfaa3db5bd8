package rate

import (
	"fmt"
	"strconv"
	"time"
)

// noReason is the window of the five-day rule, counted from the first purchase.
const noReason = 5 * 24 * time.Hour

// Cancel reckons what an unsubscription gives back. Kind 1 is everything: within five days of the first purchase, with
// the rule's quota left, all that was paid and all vouchers; otherwise the running segment's value less what is
// consumed and the handling fee, without its vouchers, and every period that hasn't begun in full. Kind 2 is those
// periods alone. It fails with BadKind, NotRunning, Expired, BenefitUsed, and for kind 2 NoFuture, ChangedBefore,
// Promotion or InvoicedAgent.
func Cancel(h History, kind int, at time.Time, r Rules) (Back, error) {
	if kind != CancelAll && kind != CancelFuture {
		return Back{}, refuse(BadKind, "kind", strconv.Itoa(kind))
	}
	if err := h.needRunning(at); err != nil {
		return Back{}, err
	}
	if r.BenefitUsed {
		return Back{}, refuse(BenefitUsed, "plan", day(h.Expiry()).String())
	}
	var b Back
	ahead := h.future(at)
	switch {
	case kind == CancelFuture:
		if err := h.mayDropFuture(at); err != nil {
			return Back{}, err
		}
	case h.NoReason(at, r):
		b.NoReason = true
		for i, p := range h.Periods[:ahead] {
			b = b.whole(LineBack, i, p)
		}
	default:
		run, _ := h.Running(at)
		b = b.segment(run, h.Periods[run], at, r)
	}
	for i, p := range h.Periods[ahead:] {
		b = b.whole(LineFuture, ahead+i, p)
	}
	b.Return = b.Paid.Minus(b.Consumed).Minus(b.Fee)
	b.Total = b.Return.Actual()
	b.Vouchers = b.Return.Voucher > 0
	b.Review = r.ReviewOver > 0 && b.Total > r.ReviewOver
	return b, nil
}

// NoReason tells whether the five-day rule would give everything back at an instant: strictly less than 5 x 24 hours
// after the first purchase, some of the year's quota left, and no promotion.
func (h History) NoReason(at time.Time, r Rules) bool {
	return r.NoReasonLeft > 0 && len(h.Periods) > 0 && !h.Periods[0].Promotion && at.Before(h.First.Add(noReason))
}

// mayDropFuture holds the conditions of kind 2.
func (h History) mayDropFuture(at time.Time) error {
	periods := h.Periods[h.future(at):]
	if len(periods) == 0 {
		return refuse(NoFuture, "kind", strconv.Itoa(CancelFuture))
	}
	for _, p := range periods {
		switch from := day(p.Start).String(); {
		case len(p.Segments) > 1:
			return refuse(ChangedBefore, "plan", from)
		case p.Promotion:
			return refuse(Promotion, "plan", from)
		case p.Agent && p.Invoiced:
			return refuse(InvoicedAgent, "plan", from)
		}
	}
	return nil
}

// whole gives a period back in full, with its vouchers.
func (b Back) whole(key string, index int, p Period) Back {
	b.Lines = append(b.Lines, Line{Key: key, Order: p.Order, Formula: amount(p.Paid.Actual()), Minor: -p.Paid.Actual()})
	b.Parts = append(b.Parts, Part{Period: index, Return: p.Paid})
	b.Paid = b.Paid.Plus(p.Paid)
	return b
}

// segment settles the running segment: consumed by the hour, a handling fee on the whole value, the rest back. Each
// is shared by the sources; none of them gives more than it has.
func (b Back) segment(index int, p Period, at time.Time, r Rules) Back {
	s := p.Segments[p.segment(at)]
	paid := s.Value.money()
	all := paid.Actual()
	hours, total := used(s.Start, p.End, at, r.Days)
	spent := paid.Apportion(roundCents(whole(all).mul(fraction(hours, total))))
	share := r.feeRate(p.Term, s.Start, at)
	full := paid.Apportion(roundCents(whole(all).mul(fraction(share, 10_000))))
	fee, left := full.sources(), paid.Minus(spent).sources()
	for i := range fee {
		fee[i] = min(fee[i], left[i])
	}
	charged := ofSources(fee)
	back := paid.Minus(spent).Minus(charged)

	feeText := amount(all) + " × " + percent(share)
	if charged != full {
		feeText = fmt.Sprintf("min(%s, %s − %s)", feeText, amount(all), amount(spent.Actual()))
		// A source that has less left than its share of the fee makes the fee smaller by cents.
		if cents := min(full.Actual(), all-spent.Actual()) - charged.Actual(); cents > 0 {
			feeText += " − " + amount(cents)
		}
	}
	b.Lines = append(b.Lines,
		Line{Key: LineConsumed, Order: p.Order, Minor: spent.Actual(),
			Formula: fmt.Sprintf("%s × %d/%d", amount(all), hours, total)},
		Line{Key: LineFee, Order: p.Order, Minor: charged.Actual(), Formula: feeText},
		Line{Key: LineBack, Order: p.Order, Minor: -back.Actual(),
			Formula: fmt.Sprintf("%s − %s − %s", amount(all), amount(spent.Actual()), amount(charged.Actual()))})
	b.Parts = append(b.Parts, Part{Period: index, Return: back})
	b.Paid, b.Consumed, b.Fee = b.Paid.Plus(paid), b.Consumed.Plus(spent), b.Fee.Plus(charged)
	return b
}

// feeRate is the handling fee of a term that was used since a start, in ten-thousandths. A year of use includes its
// anniversary instant, to the second; what is used beyond the last year has the last year's rate.
func (r Rules) feeRate(t Term, start, at time.Time) int64 {
	fees := r.Fees
	if fees == (Fees{}) {
		fees = StandardFees()
	}
	var rates []int64
	switch {
	case r.WaiveFee:
		return 0
	case t.Unit == Month:
		rates = []int64{fees.Month}
	case t.Num == 1:
		rates = []int64{fees.Year1}
	case t.Num == 2:
		rates = fees.Year2[:]
	default:
		rates = fees.Year3[:]
	}
	i, at := 0, at.Truncate(time.Second)
	for i < len(rates)-1 && at.After(yearsLater(start, i+1)) {
		i++
	}
	return rates[i]
}
