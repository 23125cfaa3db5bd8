package entitlement

import (
	"context"
	"time"

	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// termsAt is what the catalogue says of the levels at an instant: prices and what they buy change together.
func termsAt(ctx context.Context, q db.Querier, at time.Time) (product.Terms, error) {
	c, err := product.At(ctx, q, at)
	return c.Terms, err
}

// allowance is what a plan gives of a unit in one period. A level whose catalogue says no number of tickets has as many as
// it needs. Terms of months may be without days.
func allowance(t product.Terms, p Plan, u Unit) (n int64, uncapped bool) {
	if p.Level == Basic {
		return 0, false
	}
	quota := t.Of(rate.Level(p.Level))
	switch u {
	case Ticket:
		return int64(quota.Tickets), quota.Tickets == 0
	case Training:
		return int64(quota.Trainings), false
	}
	if p.Monthly && t.YearlyOnly {
		return 0, false
	}
	if u == Consulting {
		return int64(quota.Consulting), false
	}
	return int64(quota.KeyEvents), false
}

// yearOf is the first day of the plan year that a day is in, counted from the plan's first day. A plan of 29 February
// has its years begin on 28 February, and on the 29th where there is one.
func yearOf(start, day calendar.Day) calendar.Day {
	from, _, _ := start.Split()
	to, _, _ := day.Split()
	for n := to - from; n > 0; n-- {
		if y := start.AddYears(n); y <= day {
			return y
		}
	}
	return start
}

// nextYear is the first day of the plan year after the one that begins on a day.
func nextYear(start, year calendar.Day) calendar.Day {
	from, _, _ := start.Split()
	this, _, _ := year.Split()
	return start.AddYears(this - from + 1)
}

// span is the month or plan year of a unit that an instant is in.
func span(p Plan, u Unit, at time.Time) (name string, from, until time.Time) {
	day := calendar.DayOf(at)
	if u.byMonth() {
		from := day.MonthStart()
		return from.String()[:7], from.Time(), from.AddMonths(1).Time()
	}
	year := yearOf(p.YearStart, day)
	return year.String(), year.Time(), nextYear(p.YearStart, year).Time()
}

// lastDay is the last day before an instant, as messages carry it.
func lastDay(until time.Time) string { return calendar.DayOf(until.Add(-1)).String() }
