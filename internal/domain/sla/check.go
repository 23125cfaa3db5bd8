package sla

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// The most that a calendar has: a date file of a century would make each deadline slow.
const (
	maxIntervals = 12
	maxDays      = 1000
	maxName      = 80
)

// Check refuses a calendar by the names of its fields: name, zone, week.0 to week.6, days.2026-10-01, and week when the
// calendar has no working time at all.
func (c Calendar) Check() error {
	var fs fault.Fields
	if name := strings.TrimSpace(c.Name); name == "" || len([]rune(name)) > maxName {
		fs.Add("name", c.Name, i18n.M("sla.calendar.bad_name", i18n.A{"most": maxName}))
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		fs.Add("zone", c.Zone, i18n.M("sla.calendar.bad_zone", i18n.A{"value": c.Zone}))
	}
	if c.Always {
		return fs.Err()
	}
	works := false
	for day, hours := range c.Week {
		works = works || len(hours) > 0
		checkHours(&fs, "week."+strconv.Itoa(day), hours)
	}
	if !works {
		fs.Add("week", "", i18n.M("sla.calendar.no_work"))
	}
	if len(c.Days) > maxDays {
		fs.Add("days", strconv.Itoa(len(c.Days)), i18n.M("sla.calendar.too_many_days", i18n.A{"n": len(c.Days), "most": maxDays}))
	}
	for date, hours := range c.Days {
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			fs.Add("days."+date, date, i18n.M("sla.calendar.bad_date", i18n.A{"value": date}))
		}
		checkHours(&fs, "days."+date, hours)
	}
	return fs.Err()
}

// checkHours refuses intervals that leave the day, are empty, out of order or overlap.
func checkHours(fs *fault.Fields, field string, hours []Hours) {
	if len(hours) > maxIntervals {
		fs.Add(field, HoursText(hours), i18n.M("sla.hours.too_many", i18n.A{"most": maxIntervals}))
		return
	}
	last := Hours{}
	for _, h := range hours {
		switch {
		case h.From < 0 || h.To > dayMinutes:
			fs.Add(field, h.String(), i18n.M("sla.hours.outside", i18n.A{"value": h.String()}))
		case h.To <= h.From:
			fs.Add(field, h.String(), i18n.M("sla.hours.empty", i18n.A{"value": h.String()}))
		case h.From < last.To:
			fs.Add(field, h.String(), i18n.M("sla.hours.overlap", i18n.A{"value": h.String(), "other": last.String()}))
		default:
			last = h
			continue
		}
		return
	}
}

// String writes "09:00-12:00".
func (h Hours) String() string { return clock(h.From) + "-" + clock(h.To) }

func clock(m Minute) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// HoursText writes "09:00-12:00, 13:00-18:00", as ParseHours reads it.
func HoursText(hours []Hours) string {
	all := make([]string, len(hours))
	for i, h := range hours {
		all[i] = h.String()
	}
	return strings.Join(all, ", ")
}

// ParseHours reads what a person types: intervals such as "9:00-12:00, 13:00-18:00", with comma, semicolon or space
// between them, also in full-width signs; nothing, "-" and "off" are no hours at all. An end of 24:00, or of 23:59,
// is the day's end.
func ParseHours(text string) ([]Hours, error) {
	text = strings.NewReplacer("，", ",", "；", ",", ";", ",", "、", ",", "：", ":", "–", "-", "—", "-", "～", "-", "~", "-", "－", "-").Replace(text)
	text = strings.ReplaceAll(strings.ReplaceAll(text, " -", "-"), "- ", "-")
	hours := []Hours{}
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' || r == '\r' }) {
		if part == "-" || part == "off" || part == "休" {
			continue
		}
		from, to, found := strings.Cut(part, "-")
		a, okA := parseClock(from)
		b, okB := parseClock(to)
		if !found || !okA || !okB {
			return nil, fmt.Errorf("hours %q: not like 09:00-12:00", part)
		}
		if b == dayMinutes-1 {
			b = dayMinutes
		}
		hours = append(hours, Hours{a, b})
	}
	return hours, nil
}

// ReadHours is ParseHours for a form: what can't be read is refused under the field's name.
func ReadHours(fs *fault.Fields, name, text string) []Hours {
	hours, err := ParseHours(text)
	if err != nil {
		fs.Add(name, text, i18n.M("sla.hours.unreadable", i18n.A{"value": text}))
	}
	return hours
}

// parseClock reads 9, 9:00, 09:30 and 24:00.
func parseClock(s string) (Minute, bool) {
	hour, minute, colon := strings.Cut(s, ":")
	h, err := strconv.Atoi(hour)
	m := 0
	if err == nil && colon {
		m, err = strconv.Atoi(minute)
	}
	if err != nil || h < 0 || m < 0 || m > 59 || len(hour) > 2 || len(minute) > 2 || h*60+m > dayMinutes {
		return 0, false
	}
	return h*60 + m, true
}

// ParseLimit reads a limit of working time as people type it: 90, 90 min, 3h, 1 h 30 min, 2小时30分钟; a bare number is
// minutes, nothing is no limit.
func ParseLimit(text string) (time.Duration, error) {
	rest := strings.ToLower(strings.Join(strings.Fields(text), ""))
	if rest == "" {
		return 0, nil
	}
	sum := time.Duration(0)
	for last := time.Duration(1<<63 - 1); rest != ""; {
		n := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		number, err := strconv.Atoi(rest[:n])
		unit, length := unitOf(rest[n:])
		if err != nil || number > 1_000_000 || unit == 0 || unit >= last {
			return 0, fmt.Errorf("limit %q: not like 1 h 30 min", text)
		}
		sum, last, rest = sum+time.Duration(number)*unit, unit, rest[n+length:]
	}
	return sum, nil
}

// unitOf is the unit at the beginning of a text; a text that's over means minutes.
func unitOf(s string) (time.Duration, int) {
	if s == "" {
		return time.Minute, 0
	}
	for _, u := range []struct {
		word string
		is   time.Duration
	}{{"hours", time.Hour}, {"hour", time.Hour}, {"h", time.Hour}, {"小时", time.Hour}, {"minutes", time.Minute}, {"minute", time.Minute}, {"min", time.Minute},
		{"m", time.Minute}, {"分钟", time.Minute}, {"分", time.Minute}} {
		if strings.HasPrefix(s, u.word) {
			return u.is, len(u.word)
		}
	}
	return 0, 0
}

// LimitText writes a limit as ParseLimit reads it; nothing for none.
func LimitText(d time.Duration) string {
	h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case d <= 0:
		return ""
	case h == 0:
		return fmt.Sprintf("%d min", m)
	case m == 0:
		return fmt.Sprintf("%d h", h)
	}
	return fmt.Sprintf("%d h %d min", h, m)
}
