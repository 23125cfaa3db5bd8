package oracle

import "math/big"

// Exact fractions, written short: what is computed with them is never rounded before cents.
func whole64(n int64) *big.Rat     { return new(big.Rat).SetInt64(n) }
func part(n, of int64) *big.Rat    { return big.NewRat(n, of) }
func plus(a, b *big.Rat) *big.Rat  { return new(big.Rat).Add(a, b) }
func minus(a, b *big.Rat) *big.Rat { return new(big.Rat).Sub(a, b) }
func times(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }
func smaller(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

// over divides; nothing over nothing is nothing, as on the expiry day, when no time is left to share.
func over(a, b *big.Rat) *big.Rat {
	if b.Sign() == 0 {
		return new(big.Rat)
	}
	return new(big.Rat).Quo(a, b)
}

// cents rounds half up to a whole cent; what is below zero is charged and paid back as zero.
func cents(a *big.Rat) int64 {
	if a.Sign() <= 0 {
		return 0
	}
	doubled := new(big.Int).Mul(a.Num(), big.NewInt(2))
	doubled.Add(doubled, a.Denom())
	return doubled.Quo(doubled, new(big.Int).Mul(a.Denom(), big.NewInt(2))).Int64()
}

// The places of a Purse, in the order in which remainders are given out: the last one present takes the cent.
const (
	Cash = iota
	Credit
	Card
	Coupon
	Voucher
	sources = Voucher // vouchers are not value
)

// Purse is money by where it came from.
type Purse [5]int64

// Actual is what counts as paid: all but vouchers.
func (p Purse) Actual() int64 { return p[Cash] + p[Credit] + p[Card] + p[Coupon] }

// add and less work source by source.
func (p Purse) add(q Purse) Purse {
	for i := range p {
		p[i] += q[i]
	}
	return p
}

func (p Purse) less(q Purse) Purse {
	for i := range p {
		p[i] -= q[i]
	}
	return p
}

// bare is the purse without its vouchers.
func (p Purse) bare() Purse {
	p[Voucher] = 0
	return p
}

// money is the order of the sources for what is charged and given back; every also has the vouchers, for dividing a payment.
func money() []int { return []int{Cash, Credit, Card, Coupon} }
func every() []int { return []int{Cash, Credit, Card, Voucher, Coupon} }

// shared spreads an amount over the sources of a purse by their shares, each rounded half up, the last present one takes
// the rest. No source gives more than it has nor less than nothing: what the last cannot take the one before it takes.
func shared(amount int64, p Purse, order []int) Purse {
	var out Purse
	all := int64(0)
	var present []int
	for _, s := range order {
		if all += p[s]; p[s] != 0 {
			present = append(present, s)
		}
	}
	if all == 0 {
		return out
	}
	rest := min(amount, all)
	last := len(present) - 1
	for _, s := range present[:last] {
		out[s] = cents(times(whole64(min(amount, all)), part(p[s], all)))
		rest -= out[s]
	}
	out[present[last]] = rest
	for i := last; i > 0; i-- {
		s := present[i]
		fits := min(max(out[s], 0), p[s])
		out[present[i-1]] += out[s] - fits
		out[s] = fits
	}
	return out
}

// divided pays each period's fee out of a payment, one period after another; the last one takes what is left.
func divided(in Purse, each []int64) []Purse {
	out := make([]Purse, len(each))
	for k, fee := range each {
		out[k] = in
		if k < len(each)-1 {
			out[k] = shared(fee, in, every())
		}
		in = in.less(out[k])
	}
	return out
}
