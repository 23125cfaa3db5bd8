package rate

// Paid is an amount by where it came from, in minor units. The first four are in the order in which remainders fall:
// the last one that isn't empty takes the cent. A voucher isn't money.
type Paid struct {
	Cash        int64 `json:"cash,omitempty"`
	Credit      int64 `json:"credit,omitempty"`
	StoredValue int64 `json:"stored_value,omitempty"`
	CashCoupon  int64 `json:"cash_coupon,omitempty"`
	Voucher     int64 `json:"voucher,omitempty"`
}

// Actual is what was really paid: everything but vouchers.
func (p Paid) Actual() int64 { return p.Cash + p.Credit + p.StoredValue + p.CashCoupon }

// All is everything, with vouchers.
func (p Paid) All() int64 { return p.Actual() + p.Voucher }

// Plus adds source by source.
func (p Paid) Plus(q Paid) Paid {
	return Paid{p.Cash + q.Cash, p.Credit + q.Credit, p.StoredValue + q.StoredValue, p.CashCoupon + q.CashCoupon,
		p.Voucher + q.Voucher}
}

// Minus subtracts source by source.
func (p Paid) Minus(q Paid) Paid {
	return Paid{p.Cash - q.Cash, p.Credit - q.Credit, p.StoredValue - q.StoredValue, p.CashCoupon - q.CashCoupon,
		p.Voucher - q.Voucher}
}

// money is p without its voucher part.
func (p Paid) money() Paid {
	p.Voucher = 0
	return p
}

// sources lists the four that are money, in the order of remainders.
func (p Paid) sources() [4]int64 { return [4]int64{p.Cash, p.Credit, p.StoredValue, p.CashCoupon} }

func ofSources(s [4]int64) Paid { return Paid{s[0], s[1], s[2], s[3], 0} }

// Apportion spreads an amount over p's money by share: each source half up to the cent, the last takes what is left.
// No source gives more than it has, however the cents fall. An amount above p.Actual() is cut to it.
func (p Paid) Apportion(amount int64) Paid {
	have := p.sources()
	parts := spread(have[:], amount)
	return ofSources([4]int64(parts))
}

// Spread is Apportion with the voucher as a source too, before the cash coupon: for dividing a payment between the
// periods that it paid for.
func (p Paid) Spread(amount int64) Paid {
	parts := spread([]int64{p.Cash, p.Credit, p.StoredValue, p.Voucher, p.CashCoupon}, amount)
	return Paid{parts[0], parts[1], parts[2], parts[4], parts[3]}
}

// spread divides an amount by the weights, which are also the most that each may get.
func spread(have []int64, amount int64) []int64 {
	out := make([]int64, len(have))
	var sum int64
	for _, n := range have {
		sum += n
	}
	amount = min(amount, sum)
	if amount <= 0 {
		return out
	}
	left, behind := amount, sum
	for i, n := range have {
		behind -= n
		share := roundCents(fraction(n, 1).mul(fraction(amount, sum)))
		// What the others behind can't hold has to be taken here; what isn't there can't.
		share = min(max(share, left-behind), n, left)
		out[i] = share
		left -= share
	}
	return out
}
