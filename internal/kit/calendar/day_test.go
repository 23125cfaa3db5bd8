package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustDay(t *testing.T, s string) Day {
	t.Helper()
	d, err := ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestADayFollowsTheBusinessZone(t *testing.T) {
	for _, c := range []struct{ instant, want string }{
		{"2026-11-19T15:59:59.999999Z", "2026-11-19"},
		{"2026-11-19T16:00:00Z", "2026-11-20"},
		{"2026-11-20T00:00:00+08:00", "2026-11-20"},
		{"1969-12-31T15:59:59Z", "1969-12-31"},
		{"1969-12-31T16:00:00Z", ""},
		{"1901-03-01T00:00:00Z", "1901-03-01"},
	} {
		at, err := time.Parse(time.RFC3339Nano, c.instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := DayOf(at).String(); got != c.want {
			t.Errorf("DayOf(%s) = %q, want %q", c.instant, got, c.want)
		}
	}
}

func TestParseDayRefusesWhatIsNoDate(t *testing.T) {
	for _, s := range []string{"", "2026-02-29", "2026-13-01", "2026-1-1", "20261120", "1899-12-31", "3000-01-01", "1970-01-01", " 2026-01-01", "２０２６-01-01"} {
		if d, err := ParseDay(s); err == nil {
			t.Errorf("ParseDay(%q) = %s, want an error", s, d)
		}
	}
	if d, err := ParseOptional(""); d != None || err != nil {
		t.Errorf(`ParseOptional("") = %v, %v, want None`, d, err)
	}
}

func TestMonthsYearsAndTermsClampToTheMonth(t *testing.T) {
	for _, c := range []struct {
		name       string
		got        func(Day) Day
		from, want string
	}{
		{"one month", func(d Day) Day { return d.AddMonths(1) }, "2026-01-31", "2026-02-28"},
		{"one month in a leap year", func(d Day) Day { return d.AddMonths(1) }, "2028-01-31", "2028-02-29"},
		{"two months keep the day", func(d Day) Day { return d.AddMonths(2) }, "2026-01-31", "2026-03-31"},
		{"one month back over the year", func(d Day) Day { return d.AddMonths(-1) }, "2026-01-31", "2025-12-31"},
		{"thirteen months back", func(d Day) Day { return d.AddMonths(-13) }, "2026-03-31", "2025-02-28"},
		{"a year from the leap day", func(d Day) Day { return d.AddYears(1) }, "2024-02-29", "2025-02-28"},
		{"validity from an ordinary day", YearFrom, "2026-11-22", "2027-11-21"},
		{"validity from the leap day", YearFrom, "2024-02-29", "2025-02-28"},
		{"validity from the day after it", YearFrom, "2023-03-01", "2024-02-29"},
		{"validity from new year", YearFrom, "2026-01-01", "2026-12-31"},
		{"a month's term from the 31st", func(d Day) Day { return TermEnd(d, 1) }, "2026-01-31", "2026-02-28"},
		{"a month's term from the 15th", func(d Day) Day { return TermEnd(d, 1) }, "2026-01-15", "2026-02-14"},
		{"month start", Day.MonthStart, "2026-11-22", "2026-11-01"},
		{"month end", Day.MonthEnd, "2028-02-03", "2028-02-29"},
		{"year start", Day.YearStart, "2026-11-22", "2026-01-01"},
		{"year end", Day.YearEnd, "2026-11-22", "2026-12-31"},
	} {
		if got := c.got(mustDay(t, c.from)); got.String() != c.want {
			t.Errorf("%s from %s = %s, want %s", c.name, c.from, got, c.want)
		}
	}
}

func TestDaysRoundTripThroughTextAndInstants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Day(rapid.Int32Range(int32(minDay), int32(maxDay)).Draw(t, "day"))
		if back, err := ParseOptional(d.String()); err != nil || back != d {
			t.Fatalf("ParseOptional(%q) = %d, %v, want %d", d.String(), back, err, d)
		}
		if DayOf(d.Time()) != d || DayOf(d.End()) != d+1 || DayOf(d.End().Add(-1)) != d {
			t.Fatalf("day %s does not span [%s, %s)", d, d.Time(), d.End())
		}
	})
}

func TestATermHasNoGapAndNoOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Day(rapid.Int32Range(int32(minDay), int32(maxDay)-5000).Draw(t, "day"))
		n := rapid.IntRange(1, 60).Draw(t, "months")
		y, m, day := d.Split()
		want := time.Date(y, m+time.Month(n), day, 0, 0, 0, 0, time.UTC)
		// time.Date rolls a missing date into the next month; the term then
		// ends with the month before.
		if want.Day() != day {
			want = want.AddDate(0, 0, 1-want.Day())
		}
		if got := TermEnd(d, n); got.String() != want.AddDate(0, 0, -1).Format(time.DateOnly) {
			t.Fatalf("TermEnd(%s, %d) = %s, want the day before %s", d, n, got, want)
		}
	})
}
