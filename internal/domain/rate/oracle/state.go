package oracle

import "time"

// State tells where a plan stands with so many days of grace and of retention: "none", "active", "grace", "retention",
// "released". The days are whole Beijing days after the last one, inclusive.
func (p Plan) State(t time.Time, grace, retention int) string {
	if len(p.paid) == 0 {
		return "none"
	}
	today, last := dayOf(second(t)), p.paid[len(p.paid)-1].endDay
	if today <= last {
		return "active"
	}
	for day := last + 1; day <= last+grace; day++ {
		if day == today {
			return "grace"
		}
	}
	for day := last + grace + 1; day <= last+grace+retention; day++ {
		if day == today {
			return "retention"
		}
	}
	return "released"
}

// NextTry is the first automatic renewal strictly after an instant: daily at 03:00 from so many days before the expiry
// through the last day on which the plan is kept. The zero time when there is none.
func (p Plan) NextTry(before, grace, retention int, after time.Time) time.Time {
	if len(p.paid) == 0 {
		return time.Time{}
	}
	last := p.paid[len(p.paid)-1].endDay
	for day := last - before; day <= last+grace+retention; day++ {
		if try := int64(day)*whole - beijing + 3*hour; try > second(after) {
			return instant(try)
		}
	}
	return time.Time{}
}

// ChangesWithin counts the level changes of the days before an instant.
func (p Plan) ChangesWithin(t time.Time, days int) int {
	n := 0
	for _, at := range p.changes {
		if t.Sub(at) < time.Duration(days)*24*time.Hour {
			n++
		}
	}
	return n
}
