package bill

import (
	"errors"
	"math/bits"
	"strconv"
	"strings"
)

// Exact is an amount of 8 decimals, as the vendor's metering states it: a whole number of hundred-millionths of the
// currency's unit. Sums of it lose nothing; only a bill's total is rounded, once.
type Exact int64

const (
	perUnit  = 100_000_000
	perMinor = perUnit / 100
	// maxLine bounds one line: a hundred million of the currency. Nine hundred of those at the limit fit into a sum.
	maxLine = 100_000_000 * perUnit
)

// The reasons for which a text is no amount.
var (
	ErrSyntax   = errors.New("not a number")
	ErrTooFine  = errors.New("more than eight decimals")
	ErrTooLarge = errors.New("too large")
	// ErrOverflow is a sum that can't be counted any more. Nothing is changed then.
	ErrOverflow = errors.New("the sum is too large")
)

// FromMinor makes an exact amount of minor units.
func FromMinor(minor int64) Exact { return Exact(minor * perMinor) }

// ParseExact reads an amount with up to eight decimals: "12.3456", "1,234.5", "-0.00000001". Zeros behind the eighth
// are fine, an exponent isn't.
func ParseExact(text string) (Exact, error) {
	s := strings.ReplaceAll(strings.TrimSpace(text), ",", "")
	negative := strings.HasPrefix(s, "-")
	whole, part, dotted := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+"), ".")
	if !digits(whole) || !digits(part) || whole == "" && part == "" || dotted && part == "" {
		return 0, ErrSyntax
	}
	part = strings.TrimRight(part, "0")
	if len(part) > 8 {
		return 0, ErrTooFine
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > 9 {
		return 0, ErrTooLarge
	}
	n, err := strconv.ParseInt("0"+whole+part+strings.Repeat("0", 8-len(part)), 10, 64)
	switch {
	case err != nil:
		return 0, ErrSyntax
	case n > maxLine:
		return 0, ErrTooLarge
	case negative:
		n = -n
	}
	return Exact(n), nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// String writes at least two decimals and no zeros behind them: "12.30", "0.00000001".
func (e Exact) String() string {
	sign, n := "", uint64(e)
	if e < 0 {
		sign, n = "-", -n
	}
	part := strings.TrimRight(strconv.FormatUint(perUnit+n%perUnit, 10)[1:], "0")
	return sign + strconv.FormatUint(n/perUnit, 10) + "." + part + strings.Repeat("0", max(0, 2-len(part)))
}

// MarshalText writes what String does: JSON carries exact amounts as text, never as floats.
func (e Exact) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (e *Exact) UnmarshalText(b []byte) (err error) {
	*e, err = ParseExact(string(b))
	return err
}

// Round is the amount in minor units, half up: a half goes away from zero, so that a correction gives back exactly
// what was charged. It's applied once, to a total (business rules 4.7).
func (e Exact) Round() int64 {
	n := int64(e) / perMinor
	switch rest := int64(e) % perMinor; {
	case rest >= perMinor/2:
		n++
	case rest <= -perMinor/2:
		n--
	}
	return n
}

// plus adds and says whether the sum still counts.
func (e Exact) plus(f Exact) (Exact, error) {
	sum := e + f
	if (sum > e) != (f > 0) && f != 0 {
		return 0, ErrOverflow
	}
	return sum, nil
}

// share is a rate in hundredths of a percent of an amount, rounded half up at the eighth decimal.
func (e Exact) share(rate int64) Exact {
	sign, n := Exact(1), uint64(e)
	if e < 0 {
		sign, n = -1, -n
	}
	hi, lo := bits.Mul64(n, uint64(rate))
	lo, carry := bits.Add64(lo, 5000, 0)
	q, _ := bits.Div64(hi+carry, lo, 10_000)
	return sign * Exact(q)
}
