// Package money reads and writes amounts: whole minor units (fen, cents) in an int64, never floats.
package money

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Max is the largest amount of one posting: a thousand billion of the currency, so that sums of millions of them
// stay far from the end of an int64.
const Max int64 = 1_000_000_000_000_00

// An Amount is minor units of a currency.
type Amount struct {
	Minor    int64
	Currency string // ISO 4217
}

// The reasons for which a text is no amount.
var (
	ErrSyntax   = errors.New("not a number")
	ErrTooFine  = errors.New("more than two decimals")
	ErrTooLarge = errors.New("too large")
)

// typed takes out what people type for looks, and turns wide signs into plain ones.
var typed = strings.NewReplacer(" ", "", "\u00a0", "", "，", ",", "．", ".", "−", "-")

// Parse reads an amount as people and programs write it: "1234.5", "1,234.50", "１２.00" without a currency. It may
// be zero or negative; more than two decimals are refused, not rounded, but zeros behind the second are fine.
func Parse(text string) (int64, error) {
	s := typed.Replace(strings.TrimSpace(text))
	neg := strings.HasPrefix(s, "-")
	whole, part, dot := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	whole, ok := ungroup(whole)
	if !ok || dot && part == "" || !digits(part) {
		return 0, ErrSyntax
	}
	if len(strings.TrimRight(part, "0")) > 2 {
		return 0, ErrTooFine
	}
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil || n > math.MaxInt64/2 {
		return 0, ErrTooLarge
	}
	if neg {
		n = -n
	}
	return n, nil
}

// ungroup takes the commas out of "1,234,567"; a comma anywhere else isn't a number.
func ungroup(s string) (string, bool) {
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if g == "" || !digits(g) || len(groups) > 1 && (i > 0 && len(g) != 3 || i == 0 && len(g) > 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// Positive reads an amount that is to be moved: above zero, at most Max, two decimals. The problem is zero when it's
// fine.
func Positive(text string) (minor int64, problem i18n.Msg) {
	n, err := Parse(text)
	switch {
	case strings.TrimSpace(text) == "":
		return 0, i18n.M("money.missing")
	case errors.Is(err, ErrTooFine):
		return 0, i18n.M("money.too_fine", i18n.A{"value": text})
	case errors.Is(err, ErrTooLarge) || err == nil && n > Max:
		return 0, i18n.M("money.too_large", i18n.A{"value": text, "max": Text(Max)})
	case err != nil:
		return 0, i18n.M("money.syntax", i18n.A{"value": text})
	case n <= 0:
		return 0, i18n.M("money.not_positive", i18n.A{"value": text})
	}
	return n, i18n.Msg{}
}

// Field reads a form's or request's amount and adds what is wrong with it to the refused fields.
func Field(fs *fault.Fields, name, text string) int64 {
	n, problem := Positive(text)
	if !problem.IsZero() {
		fs.Add(name, text, problem)
	}
	return n
}

// Text writes minor units with two decimals and without a currency: "1234.50". It's what the API sends.
func Text(minor int64) string {
	sign := ""
	u := uint64(minor)
	if minor < 0 {
		sign, u = "-", -u
	}
	return sign + strconv.FormatUint(u/100, 10) + "." + strconv.FormatUint(u%100+100, 10)[1:]
}
