package rate

import (
	"slices"
	"time"
)

// Running is the index of the period that runs at an instant: its last second is still in it.
func (h History) Running(at time.Time) (int, bool) {
	if !h.Ended.IsZero() && !at.Before(h.Ended) {
		return 0, false
	}
	for i, p := range h.Periods {
		if !at.Before(p.Start) && at.Before(p.End.Add(time.Second)) {
			return i, true
		}
	}
	return 0, false
}

// Current is the running period and segment.
func (h History) Current(at time.Time) (Period, Segment, bool) {
	i, ok := h.Running(at)
	if !ok {
		return Period{}, Segment{}, false
	}
	p := h.Periods[i]
	return p, p.Segments[p.segment(at)], true
}

// segment is the index of the last segment that has begun; before the period begins it's the last one of all.
func (p Period) segment(at time.Time) int {
	for i := len(p.Segments) - 1; i > 0; i-- {
		if !at.Before(p.Segments[i].Start) || at.Before(p.Start) {
			return i
		}
	}
	return 0
}

// Level is the level of the running period, BASIC when none runs. A plan in grace doesn't run: whether it's still
// served is for the caller, who knows the days.
func (h History) Level(at time.Time) Level {
	_, s, ok := h.Current(at)
	if !ok {
		return Basic
	}
	return s.Level
}

// Expiry is the last second of the last paid period; zero when there's no plan, or it was unsubscribed.
func (h History) Expiry() time.Time {
	if len(h.Periods) == 0 || !h.Ended.IsZero() {
		return time.Time{}
	}
	return h.Periods[len(h.Periods)-1].End
}

// Future lists the periods that haven't begun.
func (h History) Future(at time.Time) []Period {
	i := h.future(at)
	return slices.Clone(h.Periods[i:])
}

// future is the index of the first period that hasn't begun.
func (h History) future(at time.Time) int {
	for i, p := range h.Periods {
		if at.Before(p.Start) {
			return i
		}
	}
	return len(h.Periods)
}

// clone copies whatever a method may change.
func (h History) clone() History {
	h.Periods = slices.Clone(h.Periods)
	for i := range h.Periods {
		h.Periods[i].Segments = slices.Clone(h.Periods[i].Segments)
	}
	return h
}

// Bought begins a new history with a purchase that was paid at an instant: the plan starts then, not when it was
// quoted.
func (h History) Bought(order string, q Quote, p Paid, at time.Time) History {
	start := at.Truncate(time.Second).UTC()
	anchor := anchorOf(start)
	end := lastSecond(after(day(start), q.Term, anchor))
	return History{First: start, Anchor: anchor, Periods: []Period{{
		Order: order, Term: q.Term, Start: start, TermEnd: end, End: end, Anchor: anchor, Paid: p,
		Segments: []Segment{{Order: order, Level: q.Level, Start: start, At: start, Row: q.Row, Value: p}},
	}}}
}

// Renewed appends a paid period right behind the expiry, however late it was paid.
func (h History) Renewed(order string, q Quote, p Paid, at time.Time) History {
	if h.Expiry().IsZero() {
		return h
	}
	h = h.clone()
	h.Periods = append(h.Periods, Period{
		Order: order, Renewal: true, Term: q.Term, Start: q.Start, TermEnd: q.TermEnd, End: q.End, Anchor: q.Anchor,
		Paid: p, Segments: []Segment{{Order: order, Level: q.Level, Start: q.Start, At: at.UTC(), Row: q.Row, Value: p}},
	})
	h.Anchor = q.Anchor
	return h
}

// Flag marks the period of an order: it came from a promotion, a partner paid it, it was invoiced to that partner.
func (h History) Flag(order string, promotion, agent, invoiced bool) History {
	h = h.clone()
	for i := range h.Periods {
		if p := &h.Periods[i]; p.Order == order {
			p.Promotion, p.Agent, p.Invoiced = promotion, agent, invoiced
		}
	}
	return h
}

// change starts a new segment in a period; one that hasn't begun has the new level from its first second.
func (p *Period) change(order string, l Level, row Price, value Paid, at time.Time) {
	start := at.Truncate(time.Second).UTC()
	if start.Before(p.Start) {
		start = p.Start
	}
	p.Segments = append(p.Segments, Segment{Order: order, Level: l, Start: start, At: at.UTC(), Row: row, Value: value})
}

// Upgraded starts the new segments at the instant of payment; what was paid is divided between the periods as it was
// quoted. A part of a period that ended between quote and payment counts for the running one. When nothing runs any
// more the history stays as it is: such an order can't be paid.
func (h History) Upgraded(order string, q Quote, p Paid, at time.Time) History {
	run, ok := h.Running(at)
	if !ok {
		return h
	}
	h = h.clone()
	rest, carried := p, Paid{}
	for i, part := range q.Parts {
		fee := rest
		if i < len(q.Parts)-1 {
			fee = rest.Spread(part.Due)
		}
		rest = rest.Minus(fee)
		if part.Period < run || part.Period >= len(h.Periods) {
			carried = carried.Plus(fee)
			continue
		}
		fee, carried = fee.Plus(carried), Paid{}
		period := &h.Periods[part.Period]
		value := period.left(at).Plus(fee)
		period.Paid = period.Paid.Plus(fee)
		period.change(order, q.Level, part.Row, value, at)
	}
	return h
}

// left is what an upgrade carries over of the segment that it ends: the list price of what remains, later the share
// of the segment's value, and never more than was paid for it. Vouchers go along.
func (p Period) left(at time.Time) Paid {
	i := p.segment(at)
	s, r := p.Segments[i], p.remaining(at)
	worth := s.unit().mul(r.is)
	if i > 0 {
		worth = whole(s.Value.Actual()).mul(r.is).over(p.begun(i).is)
	}
	out := s.Value.Apportion(roundCents(worth))
	out.Voucher = s.Value.Voucher
	return out
}

// unit is the list price of one month or one year.
func (s Segment) unit() exact { return perUnit(s.Row) }

func perUnit(row Price) exact { return fraction(row.Minor, int64(max(row.Term.Num, 1))) }

// Downgraded starts the new segments with what the downgrade left.
func (h History) Downgraded(order string, b Back, q Quote, at time.Time) History {
	h = h.clone()
	for _, part := range b.Parts {
		if part.Period >= len(h.Periods) {
			continue
		}
		period := &h.Periods[part.Period]
		period.Paid = period.Paid.Minus(part.Return)
		period.change(order, q.Level, part.Row, part.Value, at)
	}
	return h
}

// Cancelled ends the plan at an instant (kind 1), or takes the periods away that haven't begun (kind 2).
func (h History) Cancelled(kind int, at time.Time) History {
	h = h.clone()
	h.Periods = h.Periods[:h.future(at)]
	if kind == CancelAll {
		h.Ended = at.UTC()
	}
	if n := len(h.Periods); n > 0 {
		h.Anchor = h.Periods[n-1].Anchor
	}
	return h
}
