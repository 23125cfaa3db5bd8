package rate_test

import (
	"fmt"
	"math/big"
	"strings"

	"hanse/internal/domain/rate"
)

// explained reckons the formulas that people see again, with nothing but their text: each makes the figure beside it. It
// looks at a third of them.
func (w *world) explained(lines []rate.Line) {
	if w.IntN(3) != 0 {
		return
	}
	for _, l := range lines {
		got, err := reckon(l.Formula)
		if err != nil {
			w.fails("formula %q: %v", l.Formula, err)
			continue
		}
		want := l.Minor
		if want < 0 {
			want = -want
		}
		if got != want {
			w.fails("formula %q makes %d, the %s line says %d", l.Formula, got, l.Key, want)
		}
	}
}

// reckon computes a formula in cents, rounded half up.
func reckon(text string) (int64, error) {
	r := &reader{rest: strings.ReplaceAll(text, ",", "")}
	v := r.sum()
	if r.err == nil && strings.TrimSpace(r.rest) != "" {
		r.err = fmt.Errorf("not understood from %q on", r.rest)
	}
	if r.err != nil {
		return 0, r.err
	}
	v.Mul(v, big.NewRat(100, 1)).Add(v, big.NewRat(1, 2))
	floor := new(big.Int).Div(v.Num(), v.Denom())
	return floor.Int64(), nil
}

// A reader takes a formula apart from the left.
type reader struct {
	rest string
	err  error
}

// takes goes past a sign if it stands next.
func (r *reader) takes(sign string) bool {
	rest := strings.TrimLeft(r.rest, " ")
	if !strings.HasPrefix(rest, sign) {
		return false
	}
	r.rest = rest[len(sign):]
	return true
}

func (r *reader) sum() *big.Rat {
	v := r.product()
	for r.err == nil {
		switch {
		case r.takes("+"):
			v = new(big.Rat).Add(v, r.product())
		case r.takes("−"):
			v = new(big.Rat).Sub(v, r.product())
		default:
			return v
		}
	}
	return v
}

func (r *reader) product() *big.Rat {
	v := r.value()
	for r.err == nil {
		switch {
		case r.takes("×"):
			v = new(big.Rat).Mul(v, r.value())
		case r.takes("/"):
			d := r.value()
			if d.Sign() == 0 { // nothing is left to be shared on the expiry day
				return new(big.Rat)
			}
			v = new(big.Rat).Quo(v, d)
		default:
			return v
		}
	}
	return v
}

// value is a number, a percentage, a bracket, or the larger or smaller of two sums; the comma between two sums was taken
// out with those of the numbers, a space is what is left of it.
func (r *reader) value() *big.Rat {
	switch {
	case r.takes("max(0 "):
		return r.closed(func(v *big.Rat) *big.Rat {
			if v.Sign() < 0 {
				return new(big.Rat)
			}
			return v
		})
	case r.takes("min("):
		a := r.sum()
		return r.closed(func(b *big.Rat) *big.Rat {
			if a.Cmp(b) < 0 {
				return a
			}
			return b
		})
	case r.takes("("):
		return r.closed(func(v *big.Rat) *big.Rat { return v })
	}
	rest := strings.TrimLeft(r.rest, " ")
	n := len(rest) - len(strings.TrimLeft(rest, "0123456789."))
	v, ok := new(big.Rat).SetString(rest[:n])
	if !ok {
		r.err = fmt.Errorf("no number at %q", rest)
		return new(big.Rat)
	}
	r.rest = rest[n:]
	if r.takes("%") {
		v.Mul(v, big.NewRat(1, 100))
	}
	return v
}

func (r *reader) closed(f func(*big.Rat) *big.Rat) *big.Rat {
	v := r.sum()
	if r.err == nil && !r.takes(")") {
		r.err = fmt.Errorf("no bracket at %q", r.rest)
	}
	return f(v)
}
