package rate

import (
	"math/big"
	"strconv"
	"strings"
)

// exact is a fraction of whole numbers; amounts are in cents.
type exact struct{ r *big.Rat }

func fraction(a, b int64) exact { return exact{big.NewRat(a, b)} }

func whole(a int64) exact { return fraction(a, 1) }

func (e exact) add(f exact) exact { return exact{new(big.Rat).Add(e.r, f.r)} }
func (e exact) sub(f exact) exact { return exact{new(big.Rat).Sub(e.r, f.r)} }
func (e exact) mul(f exact) exact { return exact{new(big.Rat).Mul(e.r, f.r)} }

// over divides; a division by nothing is nothing, as for a segment that began on the expiry day.
func (e exact) over(f exact) exact {
	if f.r.Sign() == 0 {
		return whole(0)
	}
	return exact{new(big.Rat).Quo(e.r, f.r)}
}

func (e exact) cmp(f exact) int { return e.r.Cmp(f.r) }

// notNegative is max(0, e).
func (e exact) notNegative() exact {
	if e.r.Sign() < 0 {
		return whole(0)
	}
	return e
}

// roundCents rounds half up to the cent; amounts below zero round away from it at the half.
func roundCents(e exact) int64 {
	num, den := new(big.Int).Abs(e.r.Num()), e.r.Denom()
	num.Lsh(num, 1).Add(num, den)
	n := num.Quo(num, new(big.Int).Lsh(den, 1)).Int64()
	if e.r.Sign() < 0 {
		return -n
	}
	return n
}

// amount writes cents for a formula: "17,000.00".
func amount(minor int64) string {
	sign := ""
	if minor < 0 {
		sign, minor = "−", -minor
	}
	digits := strconv.FormatInt(minor/100, 10)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return sign + b.String() + "." + strconv.FormatInt(minor%100+100, 10)[1:]
}

// percent writes ten-thousandths: "10%", "12.5%".
func percent(parts int64) string {
	s := strconv.FormatFloat(float64(parts)/100, 'f', -1, 64)
	return s + "%"
}
