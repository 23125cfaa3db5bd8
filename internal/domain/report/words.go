package report

import (
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// soon is how many days before a deadline it begins to press.
const soon = 30

// workday is how long a working day is taken to be when working time is put into words.
const workday = 8 * time.Hour

// until puts the time left to a deadline into words. A deadline at midnight is the end of the day before.
func until(due, now time.Time) (i18n.Msg, Alarm) {
	if due.IsZero() {
		return i18n.Msg{}, Calm
	}
	left := int(calendar.DayOf(due.Add(-time.Microsecond)) - calendar.DayOf(now))
	switch {
	case !due.After(now):
		return i18n.M("report.left.overdue", i18n.A{"n": max(-left, 1)}), Urgent
	case left == 0:
		return i18n.M("report.left.today"), Urgent
	case left <= soon:
		return i18n.M("report.left.days", i18n.A{"n": left}), Soon
	}
	return i18n.M("report.left.days", i18n.A{"n": left}), Calm
}

// Working puts working time left into words: of a review, say. It tells days until the last one begins.
func Working(left time.Duration) (i18n.Msg, Alarm) {
	switch {
	case left <= -workday:
		return i18n.M("report.left.working_overdue_days", i18n.A{"n": int(-left / workday)}), Urgent
	case left <= 0:
		return i18n.M("report.left.working_overdue_hours", i18n.A{"n": max(int(-left/time.Hour), 1)}), Urgent
	case left < workday:
		return i18n.M("report.left.working_hours", i18n.A{"n": max(int(left/time.Hour), 1)}), Soon
	}
	return i18n.M("report.left.working_days", i18n.A{"n": int(left / workday)}), Calm
}
