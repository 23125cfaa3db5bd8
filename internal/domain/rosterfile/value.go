package rosterfile

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
	"hanse/internal/kit/text"
)

var (
	yearFirst  = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$`)
	digitsOnly = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	dayMonth   = regexp.MustCompile(`^(\d{1,2})[ -]([a-z]{3,9})\.?,?[ -](\d{4})$`)
	monthDay   = regexp.MustCompile(`^([a-z]{3,9})\.? (\d{1,2})(?:, ?| )(\d{4})$`)
	ambiguous  = regexp.MustCompile(`^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})$`)
	clockTime  = regexp.MustCompile(`[ t]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?z?$`)
	serialDay  = regexp.MustCompile(`^\d{5}(\.\d+)?$`)
)

// The years in which people are employed and certificates valid; another year
// is a typing error.
const (
	firstYear = 1950
	lastYear  = 2199
)

// ParseDay reads a date as people and spreadsheets write it: year first with
// any separator, eight digits, 年月日, an English month name, or a
// spreadsheet's day number. A clock time after it is dropped. Forms that read
// differently in different countries, such as 3/4/2026, are refused. A non-zero
// message says why.
func ParseDay(s string) (calendar.Day, i18n.Msg) {
	if len(s) == len("2026-11-20") && s[4] == '-' {
		if d, err := calendar.ParseDay(s); err == nil {
			return inRange(d)
		}
	}
	s = clockTime.ReplaceAllString(text.Fold(s), "")
	compact := strings.ReplaceAll(s, " ", "")
	switch m := yearFirst.FindStringSubmatch(compact); {
	case m != nil:
		return dayOf(m[1], number(m[2]), m[3])
	case ambiguous.MatchString(compact):
		return calendar.None, i18n.M("rosterfile.date_order")
	case serialDay.MatchString(compact):
		return serial(compact)
	}
	if m := digitsOnly.FindStringSubmatch(compact); m != nil {
		return dayOf(m[1], number(m[2]), m[3])
	}
	if m := dayMonth.FindStringSubmatch(s); m != nil {
		return dayOf(m[3], month(m[2]), m[1])
	}
	if m := monthDay.FindStringSubmatch(s); m != nil {
		return dayOf(m[3], month(m[1]), m[2])
	}
	return calendar.None, i18n.M("rosterfile.date")
}

func serial(s string) (calendar.Day, i18n.Msg) {
	v, _ := strconv.ParseFloat(s, 64)
	t, ok := sheet.SerialTime(v, false)
	if !ok {
		return calendar.None, i18n.M("rosterfile.date")
	}
	return inRange(calendar.Date(t.Date()))
}

func dayOf(year string, m int, day string) (calendar.Day, i18n.Msg) {
	y, d := number(year), number(day)
	date := calendar.Date(y, time.Month(m), d)
	if gotY, gotM, gotD := date.Split(); m == 0 || gotY != y || int(gotM) != m || gotD != d {
		return calendar.None, i18n.M("rosterfile.date_missing")
	}
	return inRange(date)
}

func inRange(d calendar.Day) (calendar.Day, i18n.Msg) {
	if y, _, _ := d.Split(); y < firstYear || y > lastYear || d == calendar.None {
		return calendar.None, i18n.M("rosterfile.date_range", i18n.A{"first": strconv.Itoa(firstYear), "last": strconv.Itoa(lastYear)})
	}
	return d, i18n.Msg{}
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// month is the number of an English month by name or first letters, or 0.
func month(name string) int {
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(strings.ToLower(m.String()), name) || name == "sept" && m == time.September {
			return int(m)
		}
	}
	return 0
}

// parseBool reads yes and no in both languages; ok is false for anything else.
func parseBool(s string) (value, ok bool) {
	switch text.Fold(s) {
	case "true", "yes", "y", "t", "1", "是", "已登记", "√", "✓":
		return true, true
	case "false", "no", "n", "f", "0", "否", "未登记", "×":
		return false, true
	}
	return false, false
}
