package bss

import (
	"encoding/json"
	"time"

	"hanse/internal/kit/money"
)

// A number is an amount that is sent as a JSON number with two decimals. It's written from minor units: no float
// ever holds money.
type number int64

// MarshalJSON writes 123450 as 1234.50.
func (n number) MarshalJSON() ([]byte, error) { return []byte(n.text()), nil }

func (n number) text() string { return money.Text(int64(n)) }

// A dec is an amount in a request: a JSON number, or the same in quotes as the SDK sends it. It's kept as text and
// read exactly.
type dec struct {
	text string
	set  bool
}

// UnmarshalJSON takes a number or a string; null is the same as nothing. Anything else is kept too, for the refusal.
func (d *dec) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	d.set, d.text = true, string(b)
	if b[0] == '"' {
		return json.Unmarshal(b, &d.text)
	}
	return nil
}

// stamp is the wire's form of instants: UTC, whole seconds.
const stamp = "2006-01-02T15:04:05Z"

// instant writes an instant; nothing when there's none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stamp)
}

// month writes the billing cycle of an instant.
func month(day string) string {
	if len(day) < 7 {
		return ""
	}
	return day[:7]
}

// wireList makes a list that is never null: [] says that there's none.
func wireList[A, B any](in []A, f func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}

// yuan is what amounts are in: the main unit of the currency.
const yuan = 1

func ptr[T any](v T) *T { return &v }
