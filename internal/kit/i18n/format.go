package i18n

import (
	"strconv"
	"strings"
	"time"
)

func (l *Loc) zh() bool { return strings.HasPrefix(l.Lang, "zh") }

// Date is 2026-11-20 in Chinese and 20 Nov 2026 in English, in the reader's zone.
func (l *Loc) Date(t time.Time) string {
	if l.zh() {
		return t.In(l.TZ).Format("2006-01-02")
	}
	return t.In(l.TZ).Format("2 Jan 2006")
}

// DateTime is Date with the time of day, 24 hours.
func (l *Loc) DateTime(t time.Time) string { return l.Date(t) + " " + t.In(l.TZ).Format("15:04") }

// Day formats a calendar day given as 2026-11-20; anything else is shown as it is.
func (l *Loc) Day(iso string) string {
	t, err := time.Parse("2006-01-02", iso)
	if err != nil {
		return iso
	}
	return (&Loc{l.Lang, time.UTC}).Date(t)
}

// Money formats integer minor units (two decimals) with their currency: no floats. A unit in small letters is no currency
// but a thing that's counted (ticket), in whole pieces.
func (l *Loc) Money(minor int64, currency string) string {
	if currency != "" && currency[0] >= 'a' && currency[0] <= 'z' {
		return l.Int(minor)
	}
	symbol, ok := map[string]string{"CNY": "CN¥", "USD": "US$", "EUR": "€"}[currency]
	if l.zh() && currency == "CNY" {
		symbol = "¥"
	}
	if !ok {
		symbol = currency + "\u00a0"
	}
	sign := ""
	if minor < 0 {
		sign, minor = "−", -minor
	}
	cents := strconv.FormatInt(minor%100+100, 10)[1:]
	return sign + symbol + group(minor/100) + "." + cents
}

// Int groups digits: 1,234,567.
func (l *Loc) Int(n int64) string {
	if n < 0 {
		return "−" + group(-n)
	}
	return group(n)
}

func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
