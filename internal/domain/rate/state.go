package rate

import (
	"strconv"
	"time"

	"hanse/internal/kit/calendar"
)

// A State is what a plan is in.
type State string

// The states.
const (
	None      State = "NONE"      // never bought
	Active    State = "ACTIVE"    // served at its level
	Grace     State = "GRACE"     // over, still served
	Retention State = "RETENTION" // served as BASIC, can still be renewed
	Released  State = "RELEASED"  // gone: by time, or unsubscribed
)

// Days are how long grace and retention last, in whole business days. They depend on the customer's tier.
type Days struct{ Grace, Retention int }

// State is the plan's state at an instant. Grace begins at 00:00 after the expiry day.
func (h History) State(at time.Time, d Days) State {
	if len(h.Periods) == 0 || at.Before(h.First) {
		return None
	}
	if !h.Ended.IsZero() && !at.Before(h.Ended) {
		return Released
	}
	grace, released := h.Until(d)
	switch {
	case at.Before(h.Periods[len(h.Periods)-1].End.Add(time.Second)):
		return Active
	case at.Before(grace):
		return Grace
	case at.Before(released):
		return Retention
	}
	return Released
}

// Until gives the instants at which grace and retention are over; without a plan both are zero.
func (h History) Until(d Days) (graceEnds, released time.Time) {
	if len(h.Periods) == 0 {
		return time.Time{}, time.Time{}
	}
	last := day(h.Periods[len(h.Periods)-1].End).AddDays(max(d.Grace, 0))
	return last.End(), last.AddDays(max(d.Retention, 0)).End()
}

// Served is the level that a plan is served at: its own while it's active or in grace, otherwise BASIC.
func (h History) Served(at time.Time, d Days) Level {
	switch h.State(at, d) {
	case Active:
		return h.Level(at)
	case Grace:
		last := h.Periods[len(h.Periods)-1]
		return last.Segments[len(last.Segments)-1].Level
	}
	return Basic
}

// DaysLeft is the number of business days from the instant's to the expiry day: 0 on that day, negative after it.
func DaysLeft(h History, at time.Time) int {
	if h.Expiry().IsZero() {
		return 0
	}
	return int(day(h.Expiry()) - day(at))
}

// MayBuy is nil when a new purchase is possible: never bought, or the last plan is gone. Otherwise NotBasic.
func (h History) MayBuy(at time.Time, d Days) error {
	if s := h.State(at, d); s != None && s != Released {
		return refuse(NotBasic, "plan", day(h.Expiry()).String())
	}
	return nil
}

// MayPack is NotStandard unless the plan is served at STANDARD, the only level whose tickets are counted.
func (h History) MayPack(at time.Time, d Days) error {
	if l := h.Served(at, d); l != Standard {
		return refuse(NotStandard, "level", string(l))
	}
	return nil
}

// MayRenew is nil while the plan isn't gone. Otherwise NotRunning or Gone.
func (h History) MayRenew(at time.Time, d Days) error {
	switch h.State(at, d) {
	case None:
		return refuse(NotRunning, "plan", "")
	case Released:
		last := h.Periods[len(h.Periods)-1].End
		if !h.Ended.IsZero() {
			last = h.Ended
		}
		return refuse(Gone, "plan", day(last).String())
	}
	return nil
}

// MayChange is TooOften when the level has changed so many times already within some days before an instant.
func (h History) MayChange(at time.Time, limit, days int) error {
	since := at.AddDate(0, 0, -days)
	seen := map[string]bool{}
	for _, p := range h.Periods {
		for _, s := range p.Segments[1:] {
			if s.At.After(since) {
				seen[s.Order] = true
			}
		}
	}
	if len(seen) < limit {
		return nil
	}
	return &Refusal{Why: TooOften, Field: "plan", Value: strconv.Itoa(len(seen)), Limit: strconv.Itoa(days)}
}

// defaultDeduct is how many days before the expiry the first automatic renewal is tried.
const defaultDeduct = 7

// NextTry is the first instant after a given one at which an automatic renewal is tried: at 03:00 Beijing, from
// deductDay (2 to 7, 0 for 7) days before the expiry, every day until the last day of retention.
func NextTry(expiry time.Time, deductDay int, d Days, after time.Time) (time.Time, bool) {
	if expiry.IsZero() {
		return time.Time{}, false
	}
	if deductDay == 0 {
		deductDay = defaultDeduct
	}
	first := day(expiry).AddDays(-deductDay)
	last := day(expiry).AddDays(max(d.Grace, 0) + max(d.Retention, 0))
	for next := max(first, day(after)); next <= last; next++ {
		if t := next.Time().Add(3 * time.Hour); t.After(after) {
			return t, true
		}
	}
	return time.Time{}, false
}

// ticketsPerPack is what one pack adds to the month's quota.
const ticketsPerPack = 10

// Tickets is how many technical tickets are left in a calendar month: never below zero.
func Tickets(limit, packs, submitted int) int { return max(0, limit+ticketsPerPack*packs-submitted) }

// MonthOver is 00:00 of the first of the next calendar month: packs and quotas are void from then on.
func MonthOver(at time.Time) time.Time { return (calendar.DayOf(at).MonthEnd() + 1).Time() }
