// Package calendar owns the business zone and all arithmetic on days, months,
// terms, working days and working hours.
//
// An instant is a time.Time in UTC. A Day is a date in the business zone and
// has no clock time; the two meet only in DayOf and Day.Time.
package calendar

import (
	"fmt"
	"time"
)

// Zone is the business zone: Beijing, UTC+8 all year, no daylight saving.
var Zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Day is a date in the business zone, in days since 1970-01-01. The zero Day
// means "none" and prints as the empty string, as a TEXT column stores it.
type Day int32

// None is the absent day: no end, not left, no expiry given.
const None Day = 0

// The days that a Day may name. Anything else in a file or form is a typing
// error, and a sane range keeps month arithmetic free of overflow.
var (
	minDay = Date(1900, time.January, 1)
	maxDay = Date(2999, time.December, 31)
)

const secondsPerDay = 24 * 60 * 60

// DayOf is the business day on which t falls.
func DayOf(t time.Time) Day {
	return dayOfUnix(t.Unix() + int64(zoneOffset()/time.Second))
}

// Date is the day with that year, month and day of month; values beyond the
// month's end roll over as in time.Date.
func Date(year int, month time.Month, day int) Day {
	return dayOfUnix(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix())
}

// ParseDay reads "2006-01-02". It refuses dates that do not exist, years
// before 1900 or after 2999, and the empty string.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return None, fmt.Errorf("day %q: not a date like 2026-11-20", s)
	}
	d := dayOfUnix(t.Unix())
	if d < minDay || d > maxDay || d == None {
		return None, fmt.Errorf("day %q: outside 1900-01-01 to 2999-12-31", s)
	}
	return d, nil
}

// ParseOptional is ParseDay that takes the empty string as None; it reads what
// Day.String wrote.
func ParseOptional(s string) (Day, error) {
	if s == "" {
		return None, nil
	}
	return ParseDay(s)
}

// String is the ISO form "2026-11-20", or "" for None.
func (d Day) String() string {
	if d == None {
		return ""
	}
	return d.utc().Format(time.DateOnly)
}

// IsNone says that the day is absent.
func (d Day) IsNone() bool { return d == None }

// Time is the first instant of the day in the business zone, in UTC.
func (d Day) Time() time.Time { return d.utc().Add(-zoneOffset()) }

// End is the first instant after the day: its 24:00, in UTC.
func (d Day) End() time.Time { return (d + 1).Time() }

// AddDays moves by n days.
func (d Day) AddDays(n int) Day { return d + Day(n) }

// AddMonths moves by n natural months and stays in the month it reaches:
// 31 January and one month is the last of February.
func (d Day) AddMonths(n int) Day {
	year, month, day := d.Split()
	first := Date(year, month+time.Month(n), 1)
	return first + Day(min(day, first.DaysInMonth())-1)
}

// AddYears moves by n years; 29 February becomes 28 February in a year
// without one.
func (d Day) AddYears(n int) Day { return d.AddMonths(12 * n) }

// Split gives year, month and day of month.
func (d Day) Split() (int, time.Month, int) { return d.utc().Date() }

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// DaysInMonth is the length of the day's month.
func (d Day) DaysInMonth() int {
	year, month, _ := d.Split()
	return int(Date(year, month+1, 1) - Date(year, month, 1))
}

// MonthStart is the first day of the day's natural month.
func (d Day) MonthStart() Day {
	year, month, _ := d.Split()
	return Date(year, month, 1)
}

// MonthEnd is the last day of the day's natural month.
func (d Day) MonthEnd() Day { return d.MonthStart() + Day(d.DaysInMonth()-1) }

// YearStart is 1 January of the day's year.
func (d Day) YearStart() Day {
	year, _, _ := d.Split()
	return Date(year, time.January, 1)
}

// YearEnd is 31 December of the day's year.
func (d Day) YearEnd() Day {
	year, _, _ := d.Split()
	return Date(year, time.December, 31)
}

// TermEnd is the last day of a term of n natural months that begins on d, both
// days included: the day before the same date n months on. Where that month
// lacks the date the term ends on the month's last day.
func TermEnd(d Day, months int) Day {
	end := d.AddMonths(months)
	_, _, from := d.Split()
	if _, _, to := end.Split(); to < from {
		return end
	}
	return end - 1
}

// YearFrom is the last day of a year's validity that begins on d: the day
// before the same date next year, and 28 February for 29 February
// (business rules 2.5).
func YearFrom(d Day) Day { return TermEnd(d, 12) }

// MarshalText writes the ISO form, so that JSON and YAML carry days as text.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote; empty text is None.
func (d *Day) UnmarshalText(b []byte) error {
	day, err := ParseOptional(string(b))
	if err != nil {
		return err
	}
	*d = day
	return nil
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

func zoneOffset() time.Duration { return 8 * time.Hour }

// dayOfUnix floors, so that instants before 1970 fall on the right day.
func dayOfUnix(sec int64) Day {
	day := sec / secondsPerDay
	if sec%secondsPerDay < 0 {
		day--
	}
	return Day(day)
}
