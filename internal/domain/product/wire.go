package product

import (
	"strconv"
	"strings"
)

// Keys are a coupon's limits under the vendor's names for them, with their values.
func (c Coupon) Keys() [][2]string {
	out := [][2]string{
		{"usageTimes", "1"},
		{"simultaneousUseWithEmpowerDiscount", bit(c.Limits.WithPartner)},
		{"simultaneousUseWithContractDiscount", bit(c.Limits.WithCommercial)},
		{"simultaneousUseWithPromotionDiscount", bit(c.Limits.WithPromotion)},
	}
	if c.Limits.MinRatio > 0 {
		out = append(out, [2]string{"minConsumeDiscount", Decimal(c.Limits.MinRatio)})
	}
	for _, o := range c.Orders {
		out = append(out, [2]string{"subscribeType", o})
	}
	if len(c.Levels) > 0 {
		ls := make([]string, len(c.Levels))
		for i, l := range c.Levels {
			ls[i] = string(l)
		}
		out = append(out, [2]string{"productId", strings.Join(ls, ",")})
	}
	return out
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// Decimal writes ten-thousandths as a decimal: 9500 is 0.95.
func Decimal(n int64) string {
	s := strconv.FormatInt(n/10000, 10) + "." + strconv.FormatInt(10000+n%10000, 10)[1:]
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// Percent writes ten-thousandths as percent: 1050 is 10.5 %.
func Percent(n int64) string {
	s := strconv.FormatInt(n/100, 10) + "." + strconv.FormatInt(100+n%100, 10)[1:]
	return strings.TrimRight(strings.TrimRight(s, "0"), ".") + " %"
}
