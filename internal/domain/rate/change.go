package rate

import (
	"time"
)

// mayChange finds the running period, or says why the level can't change.
func (h History) mayChange(to Level, at time.Time) (int, Level, error) {
	if err := h.needRunning(at); err != nil {
		return 0, Basic, err
	}
	run, _ := h.Running(at)
	p := h.Periods[run]
	now := p.Segments[p.segment(at)].Level
	if now == to {
		return run, now, refuse(SameLevel, "level", string(to))
	}
	return run, now, nil
}

// needRunning tells a plan that is over from one that never was.
func (h History) needRunning(at time.Time) error {
	if _, ok := h.Running(at); ok {
		return nil
	}
	if e := h.Expiry(); !e.IsZero() && at.After(e) {
		return refuse(Expired, "plan", day(e).String())
	}
	return refuse(NotRunning, "plan", "")
}

// Upgrade prices the way to a higher level for what remains: of the running period from the day after the instant's,
// and of each paid period ahead whole. Every period is a line. It fails with NotRunning, Expired, SameLevel, NotHigher
// or NoPrice.
func Upgrade(s Sheet, h History, to Level, at time.Time, d *Discount) (Quote, error) {
	run, now, err := h.mayChange(to, at)
	if err != nil {
		return Quote{}, err
	}
	if to.Rank() < now.Rank() {
		return Quote{}, &Refusal{Why: NotHigher, Field: "level", Value: string(to), Limit: string(now)}
	}
	q := Quote{At: at, Start: at.Truncate(time.Second).UTC(), End: h.Expiry(), Term: h.Periods[run].Term, Level: to}
	var fees []fee
	for i := run; i < len(h.Periods); i++ {
		p := h.Periods[i]
		row, err := price(s, to, p.Term)
		if err != nil {
			return Quote{}, err
		}
		if i == run {
			q.Row = row
		}
		q.Parts = append(q.Parts, Part{Period: i, Row: row})
		fees = append(fees, upgradeFee(p, p.segment(at), row, p.remaining(at)))
	}
	q = charge(q, d, fees...)
	for i := range q.Parts {
		q.Parts[i].Due = q.Lines[i].Minor
	}
	return q, nil
}

// upgradeFee is the new list price less the old level's for what remains. Once the level has changed, the old one counts
// for its share of what the segment was worth instead.
func upgradeFee(p Period, segment int, row Price, left length) fee {
	s, begun := p.Segments[segment], p.begun(segment)
	old, text := perUnit(s.Row).mul(left.is), unitText(s.Row)
	if segment > 0 {
		worth := s.Value.Actual()
		old, text = whole(worth).mul(left.is).over(begun.is), perUnitText(worth, begun)
	}
	return fee{key: LineUpgrade, order: p.Order, row: row, of: func(row Price) (exact, string) {
		return perUnit(row).mul(left.is).sub(old), "(" + unitText(row) + " − " + text + ") × " + left.inBrackets()
	}}
}

// Downgrade reckons what a lower level gives back, without a handling fee: of each period the value that remains less
// the lower level's price for as long. Vouchers don't come back. The quote describes what the plan is then; nothing is
// due. It fails with NotRunning, Expired, SameLevel, NotLower, ToBasic or NoPrice.
func Downgrade(s Sheet, h History, to Level, at time.Time) (Back, Quote, error) {
	run, now, err := h.mayChange(to, at)
	switch {
	case err != nil:
		return Back{}, Quote{}, err
	case to == Basic:
		return Back{}, Quote{}, refuse(ToBasic, "level", string(to))
	case to.Rank() > now.Rank():
		return Back{}, Quote{}, &Refusal{Why: NotLower, Field: "level", Value: string(to), Limit: string(now)}
	}
	q := Quote{At: at, Start: at.Truncate(time.Second).UTC(), End: h.Expiry(), Term: h.Periods[run].Term, Level: to}
	var b Back
	for i := run; i < len(h.Periods); i++ {
		p := h.Periods[i]
		row, err := price(s, to, p.Term)
		if err != nil {
			return Back{}, Quote{}, err
		}
		if i == run {
			q.Row = row
		}
		b = b.lower(p, i, row, at)
	}
	b.Total = b.Return.Actual()
	q.Parts = b.Parts
	return b, q, nil
}

// lower adds one period's part of a downgrade.
func (b Back) lower(p Period, index int, row Price, at time.Time) Back {
	i := p.segment(at)
	s, left, begun := p.Segments[i], p.remaining(at), p.begun(i)
	had := s.Value.money()
	old := whole(had.Actual()).mul(left.is).over(begun.is)
	fresh := perUnit(row).mul(left.is)
	back := had.Apportion(roundCents(old.sub(fresh).notNegative()))
	// The rest is what the new segment is worth: its price, and never more than was paid for the old one.
	stay := had.Minus(back)
	value := stay.Apportion(roundCents(fresh))
	value.Voucher = s.Value.Voucher
	worth := had.Apportion(max(roundCents(old), back.Actual()))
	b.Parts = append(b.Parts, Part{Period: index, Row: row, Return: back, Value: value})
	b.Lines = append(b.Lines, Line{Key: LineDowngrade, Order: p.Order, Minor: -back.Actual(),
		Formula: lowerText(had.Actual(), row, left, begun, old.cmp(fresh) < 0)})
	kept := worth.atLeast(back).Minus(back)
	b.Paid, b.Consumed = b.Paid.Plus(back).Plus(kept), b.Consumed.Plus(kept)
	b.Return = b.Return.Plus(back)
	return b
}

// atLeast raises each source to another's.
func (p Paid) atLeast(q Paid) Paid {
	a, b := p.sources(), q.sources()
	for i := range a {
		a[i] = max(a[i], b[i])
	}
	return ofSources(a)
}

// lowerText writes "(17,000.00 − 8,500.00) × (15/31 + 2/30)"; a value that stands for another length is divided by it.
func lowerText(value int64, row Price, left, begun length, nothing bool) string {
	text := "(" + perUnitText(value, begun) + " − " + unitText(row) + ") × " + left.inBrackets()
	if nothing {
		return "max(0, " + text + ")"
	}
	return text
}

// perUnitText writes what a value is for one month or year of the length that it stood for.
func perUnitText(value int64, begun length) string {
	switch begun.text {
	case "0": // it began on the expiry day and is worth nothing
		return amount(0)
	case "1":
		return amount(value)
	}
	return amount(value) + " / " + begun.inBrackets()
}
