package calendar

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04", s, Zone)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func clock(v time.Time) string { return v.In(Zone).Format("2006-01-02 15:04") }

func TestWorkingDaysSkipRestAndHolidaysAndUseMakeUpDays(t *testing.T) {
	w := Standard()
	for _, c := range []struct {
		name string
		from string
		n    int
		due  string
	}{
		{"within a week", "2026-11-16 10:30", 3, "2026-11-20 00:00"},
		{"over a weekend", "2026-11-19 10:30", 3, "2026-11-25 00:00"},
		{"from Saturday counts from Monday", "2026-11-21 10:30", 1, "2026-11-24 00:00"},
		{"over the National Day holiday with a make-up Saturday", "2026-09-30 09:00", 3, "2026-10-11 00:00"},
		{"over the Spring Festival", "2026-02-14 17:00", 1, "2026-02-25 00:00"},
		{"a make-up Sunday counts", "2025-09-26 12:00", 1, "2025-09-29 00:00"},
		{"a fixed holiday of a year not yet announced", "2026-12-31 12:00", 1, "2027-01-05 00:00"},
		{"none from a working day", "2026-11-20 12:00", 0, "2026-11-21 00:00"},
		{"none from a Sunday", "2026-11-22 12:00", 0, "2026-11-24 00:00"},
		{"back over a weekend", "2026-11-23 12:00", -1, "2026-11-21 00:00"},
		{"after working hours the clock stays", "2026-11-16 23:59", 1, "2026-11-18 00:00"},
	} {
		if got := clock(w.DueAfter(at(t, c.from), c.n)); got != c.due {
			t.Errorf("%s: DueAfter(%s, %d) = %s, want %s", c.name, c.from, c.n, got, c.due)
		}
	}
}

func TestWorkingHoursRunInIntervalsOnly(t *testing.T) {
	w := Standard()
	for _, c := range []struct {
		from  string
		hours time.Duration
		to    string
	}{
		{"2026-11-20 11:00", 2 * time.Hour, "2026-11-20 14:00"},
		{"2026-11-20 12:30", time.Hour, "2026-11-20 14:00"},
		{"2026-11-20 17:00", time.Hour, "2026-11-20 18:00"},
		{"2026-11-20 17:00", 2 * time.Hour, "2026-11-23 10:00"},
		{"2026-11-21 03:00", 8 * time.Hour, "2026-11-23 18:00"},
		{"2026-09-30 18:00", 8 * time.Hour, "2026-10-08 18:00"},
		{"2026-11-21 03:00", 0, "2026-11-21 03:00"},
	} {
		if got := w.WorkingBetween(at(t, c.from), at(t, c.to)); got != c.hours {
			t.Errorf("WorkingBetween(%s, %s) = %s, want %s", c.from, c.to, got, c.hours)
		}
	}
}

func TestNewWorkingRefusesHoursThatMakeNoSense(t *testing.T) {
	h := time.Hour
	for name, week := range map[string]Week{
		"no hours at all": {},
		"empty interval":  OfficeWeek(Interval{9 * h, 9 * h}),
		"overlap":         OfficeWeek(Interval{9 * h, 13 * h}, Interval{12 * h, 18 * h}),
		"beyond the day":  OfficeWeek(Interval{9 * h, 25 * h}),
		"before the day":  OfficeWeek(Interval{-h, h}),
	} {
		if _, err := NewWorking(week, Holidays{}); err == nil {
			t.Errorf("NewWorking with %s: no error", name)
		}
	}
}

func TestHolidayFilesAreStrict(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"unknown key":        {"years: [2026]\nfree: []\n", "unknown field"},
		"outside the years":  {"years: [2026]\nholidays: [{name: A, from: 2027-01-01}]\n", "not listed"},
		"backwards":          {"years: [2026]\nholidays: [{name: A, from: 2026-01-03, to: 2026-01-01}]\n", "in order"},
		"too long":           {"years: [2026]\nholidays: [{name: A, from: 2026-01-03, to: 2026-12-01}]\n", "at most"},
		"no such date":       {"years: [2026]\nworkdays: [2026-02-30]\n", "not a date"},
		"both off and on":    {"years: [2026]\nholidays: [{name: A, from: 2026-01-03}]\nworkdays: [2026-01-03]\n", "also the holiday"},
		"fixed date":         {"fixed: [13-01]\n", "not like"},
		"workday other year": {"years: [2026]\nworkdays: [2025-01-03]\n", "not listed"},
	} {
		_, err := ParseHolidays([]byte(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: ParseHolidays error = %v, want one with %q", name, err, c.want)
		}
	}
}

// The official list moves days: what is worked on a weekend was taken from a
// weekday, so the year's working days stay weekdays less statutory days.
func TestTheShippedHolidaysBalance(t *testing.T) {
	for year, want := range map[int]int{2025: 248, 2026: 248} {
		w, n := Standard(), 0
		for d := Date(year, 1, 1); d <= Date(year, 12, 31); d++ {
			if w.IsWorking(d) {
				n++
			}
			if w.holidays.workdays[d] && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
				t.Errorf("make-up day %s is not on a weekend", d)
			}
		}
		if n != want {
			t.Errorf("working days in %d = %d, want %d", year, n, want)
		}
	}
	if w := Standard(); !w.Covers(Date(2026, 5, 1)) || w.Covers(Date(2024, 5, 1)) {
		t.Error("Covers does not follow the listed years")
	}
}

// drawWorking makes a small random calendar and an instant in or near it.
func drawWorking(t *rapid.T) (*Working, time.Time) {
	start := Date(2026, 1, 1)
	h := Holidays{off: map[Day]string{}, workdays: map[Day]bool{}}
	for range rapid.IntRange(0, 25).Draw(t, "holidays") {
		h.off[start+Day(rapid.IntRange(0, 60).Draw(t, "off"))] = "x"
	}
	for range rapid.IntRange(0, 5).Draw(t, "makeups") {
		d := start + Day(rapid.IntRange(0, 60).Draw(t, "on"))
		delete(h.off, d)
		h.workdays[d] = true
	}
	w, err := NewWorking(OfficeWeek(OfficeHours()...), h)
	if err != nil {
		t.Fatal(err)
	}
	minute := rapid.IntRange(0, 60*24*60).Draw(t, "minute")
	return w, start.Time().Add(time.Duration(minute) * time.Minute)
}

func TestWorkingDaysAgreeWithCountingDayByDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, from := drawWorking(t)
		n := rapid.IntRange(0, 30).Draw(t, "n")
		// The oracle walks one day at a time and asks only IsWorking.
		due := DayOf(from)
		for !w.IsWorking(due) && n == 0 {
			due++
		}
		for left := n; left > 0; {
			if due++; w.IsWorking(due) {
				left--
			}
		}
		if got := w.DueAfter(from, n); !got.Equal(due.End()) {
			t.Fatalf("DueAfter(%s, %d) = %s, want %s", clock(from), n, clock(got), clock(due.End()))
		}
	})
}

func TestTheTimeBetweenAgreesWithCountingMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, from := drawWorking(t)
		n := rapid.IntRange(0, 3*24*60).Draw(t, "minutes")
		want := time.Duration(0)
		for m := range n {
			at := from.Add(time.Duration(m) * time.Minute)
			passed := at.Sub(DayOf(at).Time())
			for _, i := range w.hours(DayOf(at)) {
				if passed >= i.From && passed < i.To {
					want += time.Minute
				}
			}
		}
		to := from.Add(time.Duration(n) * time.Minute)
		if got := w.WorkingBetween(from, to); got != want {
			t.Fatalf("WorkingBetween(%s, %s) = %s, want %s", clock(from), clock(to), got, want)
		}
		if got := w.WorkingBetween(to, from); got != -want {
			t.Fatalf("WorkingBetween backwards = %s, want %s", got, -want)
		}
	})
}
