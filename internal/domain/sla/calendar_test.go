package sla_test

import (
	"testing"
	"time"

	"hanse/internal/domain/sla"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
)

// in reads a clock time on the wall of a zone.
func in(t testing.TB, zone, s string) time.Time {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, z)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func parse(t testing.TB, text string) []sla.Hours {
	t.Helper()
	h, err := sla.ParseHours(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// office works from Monday to Friday with a lunch break.
func office(t testing.TB, zone string) sla.Calendar {
	c := sla.Calendar{ID: "office", Name: "Office", Zone: zone, Days: map[string][]sla.Hours{}}
	for day := time.Monday; day <= time.Friday; day++ {
		c.Week[day] = parse(t, "9-12, 13-18")
	}
	return c
}

// nights works from 22:00 to 06:00, which are two intervals of each day.
func nights(t testing.TB, zone string) sla.Calendar {
	c := sla.Calendar{ID: "nights", Name: "Nights", Zone: zone}
	for day := range c.Week {
		c.Week[day] = parse(t, "00:00-06:00 22:00-24:00")
	}
	return c
}

func TestWorkingTimeIsCountedWhereTheWallShowsIt(t *testing.T) {
	china := sla.Shipped()[1]
	half := office(t, "Asia/Shanghai")
	half.Days["2026-02-16"] = parse(t, "09:00-12:00")
	half.Days["2026-11-21"] = parse(t, "10:00-16:00")
	half.Days["2026-11-20"] = nil
	for _, c := range []struct {
		name     string
		calendar sla.Calendar
		from, to string
		want     string
	}{
		{"Chatwoot 13392: business hours are honoured, not wall time", office(t, "Asia/Shanghai"), "2026-11-20 17:00", "2026-11-23 10:00", "2h"},
		{"Chatwoot 14009: a lunch break doesn't count", office(t, "Asia/Shanghai"), "2026-11-20 11:30", "2026-11-20 13:30", "1h"},
		{"frappe 2212: two intervals on one day", office(t, "Asia/Shanghai"), "2026-11-20 00:00", "2026-11-21 00:00", "8h"},
		{"osTicket 6739: from one weekend day to another is nothing", office(t, "Asia/Shanghai"), "2026-11-21 08:00", "2026-11-22 23:59", "0"},
		{"osTicket 6739: Sunday evening to Monday morning", office(t, "Asia/Shanghai"), "2026-11-22 20:00", "2026-11-23 09:30", "30m"},
		{"a make-up Saturday of the shipped calendar works", china, "2026-10-10 00:00", "2026-10-11 00:00", "8h"},
		{"the National Day holiday doesn't", china, "2026-10-01 00:00", "2026-10-08 00:00", "0"},
		{"Spring Festival with the make-up days around it", china, "2026-02-14 00:00", "2026-03-01 00:00", "48h"},
		{"a fixed holiday of a year not yet announced", china, "2027-01-01 00:00", "2027-01-02 00:00", "0"},
		{"Zammad 390: a half day has its own hours", half, "2026-02-16 00:00", "2026-02-17 00:00", "3h"},
		{"a working Saturday with hours of its own", half, "2026-11-21 00:00", "2026-11-22 00:00", "6h"},
		{"a Friday off", half, "2026-11-20 00:00", "2026-11-21 00:00", "0"},
		{"the spring night in Berlin is an hour short", nights(t, "Europe/Berlin"), "2026-03-28 22:00", "2026-03-29 06:00", "7h"},
		{"the autumn night in Berlin is an hour long", nights(t, "Europe/Berlin"), "2026-10-24 22:00", "2026-10-25 06:00", "9h"},
		{"office hours don't feel either", office(t, "Europe/Berlin"), "2026-10-23 00:00", "2026-10-27 00:00", "16h"},
		{"round the clock through the spring night", sla.Calendar{Zone: "Europe/Berlin", Always: true}, "2026-03-28 22:00", "2026-03-29 06:00", "7h"},
		{"midnight that a change leaves out", nights(t, "America/Santiago"), "2026-09-05 22:00", "2026-09-06 06:00", "7h"},
	} {
		want, err := time.ParseDuration(c.want)
		if err != nil {
			t.Fatal(err)
		}
		from, to := in(t, c.calendar.Zone, c.from), in(t, c.calendar.Zone, c.to)
		if got := c.calendar.Between(from, to); got != want {
			t.Errorf("%s: Between(%s, %s) = %s, want %s", c.name, c.from, c.to, got, want)
		}
		if got := c.calendar.Between(to, from); got != -want {
			t.Errorf("%s: backwards it's %s, want %s", c.name, got, -want)
		}
	}
}

func TestAnHourThatTheWallShowsTwiceCountsTwice(t *testing.T) {
	c := sla.Calendar{Zone: "Europe/Berlin"}
	c.Week[time.Sunday] = parse(t, "02:15-02:45")
	from := in(t, "Europe/Berlin", "2026-10-25 00:00")
	if got := c.Between(from, from.Add(24*time.Hour)); got != time.Hour {
		t.Errorf("Between = %s, want twice half an hour", got)
	}
	if got, ok := c.After(from, 45*time.Minute); !ok || got.Format("15:04") != "01:30" { // 02:30 of the second hour is 01:30 UTC
		t.Errorf("After 45 minutes = %s %v, want 01:30 UTC", got, ok)
	}
}

func TestAfterIsTheFirstInstantByWhichTheTimeHasGone(t *testing.T) {
	c := office(t, "Asia/Shanghai")
	for _, x := range []struct{ from, d, want string }{
		{"2026-11-20 09:00", "3h", "2026-11-20 12:00"},
		{"2026-11-20 09:00", "3h1m", "2026-11-20 13:01"},
		{"2026-11-20 17:30", "30m", "2026-11-20 18:00"},
		{"2026-11-20 17:30", "31m", "2026-11-23 09:01"},
		{"2026-11-21 10:00", "8h", "2026-11-23 18:00"},
		{"2026-11-21 10:00", "0", "2026-11-21 10:00"},
	} {
		d, err := time.ParseDuration(x.d)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := c.After(in(t, c.Zone, x.from), d); !ok || !got.Equal(in(t, c.Zone, x.want)) {
			t.Errorf("After(%s, %s) = %s %v, want %s", x.from, x.d, got, ok, x.want)
		}
	}
	if got, ok := (sla.Calendar{Zone: "UTC", Days: map[string][]sla.Hours{"2026-11-20": parse(t, "9-12")}}).After(in(t, "UTC", "2026-11-20 10:00"), 3*time.Hour); ok {
		t.Errorf("a calendar without a working week has a deadline %s", got)
	}
}

func TestACalendarIsRefusedByTheNameOfItsField(t *testing.T) {
	good := office(t, "Asia/Shanghai")
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		field string
		spoil func(c *sla.Calendar)
	}{
		{"name", func(c *sla.Calendar) { c.Name = " " }},
		{"zone", func(c *sla.Calendar) { c.Zone = "Asia/Peking" }},
		{"zone", func(c *sla.Calendar) { c.Zone = "Local" }},
		{"week", func(c *sla.Calendar) { c.Week = [7][]sla.Hours{} }},
		{"week.1", func(c *sla.Calendar) { c.Week[1] = []sla.Hours{{From: 540, To: 720}, {From: 700, To: 800}} }},
		{"week.1", func(c *sla.Calendar) { c.Week[1] = []sla.Hours{{From: 800, To: 900}, {From: 540, To: 720}} }},
		{"week.2", func(c *sla.Calendar) { c.Week[2] = []sla.Hours{{From: 540, To: 540}} }},
		{"week.3", func(c *sla.Calendar) { c.Week[3] = []sla.Hours{{From: 540, To: 1441}} }},
		{"week.4", func(c *sla.Calendar) { c.Week[4] = []sla.Hours{{From: -1, To: 60}} }},
		{"days.2026-02-30", func(c *sla.Calendar) { c.Days = map[string][]sla.Hours{"2026-02-30": nil} }},
		{"days.2026-02-20", func(c *sla.Calendar) { c.Days = map[string][]sla.Hours{"2026-02-20": {{From: 60, To: 0}}} }},
	} {
		bad := office(t, "Asia/Shanghai")
		c.spoil(&bad)
		f := fault.Of(bad.Check())
		if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
			t.Errorf("%+v: refused %+v, want the field %s", bad, f, c.field)
		}
	}
}

func TestHoursAreReadAsPeopleTypeThem(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"9-12, 13-18", "[09:00-12:00 13:00-18:00]"},
		{"09:00–12:30；13:30～17:00", "[09:00-12:30 13:30-17:00]"},
		{"9：00 - 12：00", "[09:00-12:00]"},
		{"22:00-23:59", "[22:00-24:00]"},
		{"0:00-24:00", "[00:00-24:00]"},
		{"", "[]"}, {"off", "[]"}, {"休", "[]"},
		{"9-25", "refused"}, {"9", "refused"}, {"9:60-10", "refused"}, {"24:01-24:02", "refused"}, {"a-b", "refused"}, {"9-", "refused"}, {"009-12", "refused"},
	} {
		got, err := sla.ParseHours(c.text)
		text := "refused"
		if err == nil {
			text = ""
			for i, h := range got {
				if i > 0 {
					text += " "
				}
				text += h.String()
			}
			text = "[" + text + "]"
		}
		if text != c.want {
			t.Errorf("ParseHours(%q) = %s, want %s", c.text, text, c.want)
		}
	}
}

func TestLimitsAreReadAsPeopleTypeThem(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration
		back string
	}{
		{"", 0, ""}, {"90", 90 * time.Minute, "1 h 30 min"}, {"30 min", 30 * time.Minute, "30 min"}, {"3h", 3 * time.Hour, "3 h"},
		{" 1 H 30 Min ", 90 * time.Minute, "1 h 30 min"}, {"2小时30分钟", 150 * time.Minute, "2 h 30 min"}, {"16 hours", 16 * time.Hour, "16 h"}, {"0", 0, ""},
	} {
		got, err := sla.ParseLimit(c.text)
		if err != nil || got != c.want || sla.LimitText(got) != c.back {
			t.Errorf("ParseLimit(%q) = %s %v, written %q; want %s, %q", c.text, got, err, sla.LimitText(got), c.want, c.back)
		}
	}
	for _, bad := range []string{"h", "3 days", "-5", "1.5h", "30 min 1 h", "1h1h", "three", "99999999999999999999"} {
		if got, err := sla.ParseLimit(bad); err == nil {
			t.Errorf("ParseLimit(%q) = %s, want a refusal", bad, got)
		}
	}
}

// TestWhenWorkBeginsAgainIsKnown, on the wall of China: 9 to 12 and 13 to 18 o'clock, Monday to Friday.
func TestWhenWorkBeginsAgainIsKnown(t *testing.T) {
	china, always := sla.Shipped()[1], sla.Shipped()[0]
	at := func(text string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04:05", text, calendar.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, c := range []struct{ name, at, want string }{
		{"within working time", "2026-03-06 10:00:00", ""},
		{"at its first instant", "2026-03-06 09:00:00", ""},
		{"before it", "2026-03-06 08:59:59", "2026-03-06 09:00:00"},
		{"in the first minutes of the break", "2026-03-06 12:00:40", ""},
		{"in the break", "2026-03-06 12:30:00", "2026-03-06 13:00:00"},
		{"noted a minute after the day", "2026-03-06 18:01:00", ""},
		{"in the evening", "2026-03-06 18:30:00", "2026-03-09 09:00:00"},
		{"on Saturday", "2026-03-07 11:00:00", "2026-03-09 09:00:00"},
		{"in the night to a working day", "2026-03-09 02:00:00", "2026-03-09 09:00:00"},
		{"on a holiday", "2026-10-01 10:00:00", "2026-10-08 09:00:00"},
	} {
		want := time.Time{}
		if c.want != "" {
			want = at(c.want)
		}
		if got := china.Opens(at(c.at)); !got.Equal(want) {
			t.Errorf("%s, %s: Opens = %v, want %v", c.name, c.at, got, want)
		}
		if got := always.Opens(at(c.at)); !got.IsZero() {
			t.Errorf("%s, round the clock: Opens = %v, want at once", c.name, got)
		}
	}
	if got := (sla.Calendar{}).Opens(at("2026-03-06 10:00:00")); !got.IsZero() {
		t.Errorf("a calendar without working time: Opens = %v, want at once", got)
	}
}
