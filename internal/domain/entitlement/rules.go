package entitlement

import (
	"context"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// keys are the settings of what a level gives of a unit in one period.
func keys(l Level, u Unit) (setting.Key, bool) {
	switch {
	case l == Standard && u == Ticket:
		return setting.PlanTickets, true
	case l == Standard && u == Consulting:
		return setting.PlanConsultingStandard, true
	case l == Premium && u == Consulting:
		return setting.PlanConsultingPremium, true
	case l == Standard && u == Event:
		return setting.PlanEventStandard, true
	case l == Premium && u == Event:
		return setting.PlanEventPremium, true
	case l != Basic && u == Training:
		return setting.PlanTrainings, true
	}
	return "", false
}

// allowance is what a plan gives of a unit in one period. PREMIUM has as many tickets as it needs. Terms of months may
// be without days, which a setting says.
func allowance(ctx context.Context, q db.Querier, p Plan, u Unit, at time.Time) (n int64, uncapped bool, err error) {
	if p.Level == Premium && u == Ticket {
		return 0, true, nil
	}
	key, ok := keys(p.Level, u)
	if !ok {
		return 0, false, nil
	}
	if p.Monthly && !u.byMonth() {
		days, err := setting.Bool(ctx, q, setting.PlanMonthlyDays, at)
		if err != nil || !days {
			return 0, false, err
		}
	}
	k, err := setting.Int(ctx, q, key, at)
	return int64(k), false, err
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
