package order

import (
	"context"
	"math/big"
	"slices"
	"time"

	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// ServiceType is the plan's service in the vendor's API and in the limits of vouchers; the product is the level.
const ServiceType = "hws.service.type.supportplan"

// A bill is what an order costs with a choice of discount and coupons.
type bill struct {
	price  rate.Quote
	chosen Chosen
	coupon *product.Coupon // the discount coupon among them
	money  int64           // what remains to be paid with money
}

// paid is the bill by source, with the money that isn't told apart yet as cash.
func (b bill) paid() (p rate.Paid) {
	for _, u := range b.chosen.Uses {
		switch u.Kind {
		case VoucherCoupon:
			p.Voucher += u.Minor
		case CashCoupon:
			p.CashCoupon += u.Minor
		}
	}
	p.Cash = b.money
	return p
}

// offerFor is the kind of order as discounts and coupons name it.
func offerFor(k Kind) string {
	switch k {
	case Renew:
		return product.OrderRenew
	case Change:
		return product.OrderChange
	case Pack:
		return product.OrderPack
	}
	return product.OrderNew
}

// askedDiscount finds the discount that a quote was asked with: a discount of the account, or a discount coupon.
func (s *Service) askedDiscount(ctx context.Context, q db.Querier, g ground, out *Quote) (*rate.Discount, error) {
	if out.Ask.Discount == "" {
		return nil, nil
	}
	level := out.Ask.Level
	if level == "" {
		level = g.plan.Level
	}
	o, err := offer(ctx, q, g.account.ID, out.Ask.Discount, offerFor(out.Ask.Kind), level, g.at)
	if err == nil {
		out.Offer = &o
		return &o.Discount, nil
	}
	if WhyOf(err) != NoDiscount {
		return nil, err
	}
	c, missing := product.CouponOf(ctx, q, g.account.ID, out.Ask.Discount)
	if missing == nil && c.State(g.at) == product.Usable && c.Fits(offerFor(out.Ask.Kind), level) {
		return &c.Discount, nil
	}
	return nil, err
}

// offer finds a discount that holds for an account and an order.
func offer(ctx context.Context, q db.Querier, account, id, order string, l rate.Level, at time.Time) (o product.Offer, err error) {
	all, err := product.Discounts(ctx, q, account, at)
	if err != nil {
		return o, err
	}
	for _, o := range all {
		if o.ID == id && o.Fits(order, l) {
			return o, nil
		}
	}
	return o, refuse(NoDiscount, i18n.A{"id": id})
}

// price computes an order's price anew with a choice. Prices and instant are those of its quote.
func (s *Service) price(ctx context.Context, q db.Querier, o Order, c Choice, at time.Time) (b bill, err error) {
	if len(c.Coupons) > MostCoupons {
		return b, refuse(TooManyTaken, i18n.A{"n": MostCoupons})
	}
	b.chosen.Choice = c
	cat, err := product.Version(ctx, q, o.Catalogue)
	if err != nil {
		return b, err
	}
	var plan subscription.Subscription
	if o.Subscription != "" {
		if plan, err = subscription.Get(ctx, q, o.Account, o.Subscription); err != nil {
			return b, err
		}
	}
	var d *rate.Discount
	var off product.Offer
	if c.Discount != "" {
		if off, err = offer(ctx, q, o.Account, c.Discount, offerFor(o.Kind), o.Level, at); err != nil {
			return b, err
		}
		d = &off.Discount
	}
	if err := b.discountCoupon(ctx, q, o, off, at); err != nil {
		return b, err
	}
	if d == nil && b.coupon != nil {
		d = &b.coupon.Discount
	}
	if b.price, err = sell(cat.Sheet, o, plan.History, d); err != nil {
		return b, asFault(err)
	}
	if d != nil && c.Discount != "" {
		b.chosen.Offer = &Offered{ID: off.ID, Kind: off.Kind, Names: off.Names, NoReason: off.NoReason, Minor: b.price.Discount}
	}
	if err := b.useCoupon(off); err != nil {
		return b, err
	}
	return b, b.vouchers(ctx, q, o, off, at)
}

// sell asks the arithmetic for the price of an order.
func sell(sheet rate.Sheet, o Order, h rate.History, d *rate.Discount) (rate.Quote, error) {
	switch o.Kind {
	case Pack:
		return rate.Packs(sheet, o.Packs, o.QuotedAt)
	case Renew:
		return rate.Renew(sheet, h, o.Term, o.Unify, o.QuotedAt, d)
	case Change:
		return rate.Upgrade(sheet, h, o.Level, o.QuotedAt, d)
	}
	return rate.Buy(sheet, o.Level, o.Term, o.QuotedAt, d)
}

// discountCoupon takes the discount coupon out of the chosen ones. At most one is taken.
func (b *bill) discountCoupon(ctx context.Context, q db.Querier, o Order, off product.Offer, at time.Time) error {
	for i, id := range b.chosen.Coupons {
		if slices.Contains(b.chosen.Coupons[:i], id) {
			return refuse(NoCoupon, i18n.A{"id": id})
		}
		c, err := product.CouponOf(ctx, q, o.Account, id)
		if fault.KindOf(err) == fault.KindNotFound {
			continue
		}
		if err != nil {
			return err
		}
		if st := c.State(at); st == product.Locked && c.Order != o.No || st == product.Used {
			return refuse(CouponTaken, i18n.A{"id": id})
		} else if st != product.Usable && st != product.Locked || !c.Fits(offerFor(o.Kind), o.Level) || b.coupon != nil {
			return refuse(NoCoupon, i18n.A{"id": id})
		}
		if off.ID != "" && off.Mode == rate.Fixed && c.Mode == rate.Fixed {
			return refuse(Excluded, i18n.A{"id": id})
		}
		b.coupon = &c
	}
	return nil
}

// useCoupon lets the discount coupon take its part, after the discount when there's one.
func (b *bill) useCoupon(off product.Offer) error {
	c := b.coupon
	if c == nil {
		return nil
	}
	if off.ID == "" {
		b.chosen.Uses = append(b.chosen.Uses, Use{ID: c.ID, Kind: DiscountCoupon, Minor: b.price.Discount})
		return nil
	}
	ratio := int64(voucher.Whole)
	if b.price.List > 0 {
		ratio = b.price.Due * voucher.Whole / b.price.List
	}
	if m := c.Bars(off, ratio); !m.IsZero() {
		why := Excluded
		if c.Limits.MinRatio > ratio {
			why = TooLow
		}
		return refuse(why, i18n.A{"id": c.ID, "why": m})
	}
	minor, formula := min(c.Minor, b.price.Due), money.Text(c.Minor)
	switch c.Mode {
	case rate.Ratio:
		minor = share(b.price.Due, c.Ratio)
		formula = money.Text(b.price.Due) + " × " + product.Percent(c.Ratio)
	case rate.Fixed:
		return refuse(Excluded, i18n.A{"id": c.ID})
	}
	b.price.Lines = append(slices.Clone(b.price.Lines), rate.Line{Key: "coupon", Formula: "−" + formula, Minor: -minor})
	b.price.Discount += minor
	b.price.Due -= minor
	b.chosen.Uses = append(b.chosen.Uses, Use{ID: c.ID, Kind: DiscountCoupon, Minor: minor})
	return nil
}

// share is a part of an amount in ten-thousandths, rounded half up once.
func share(minor, parts int64) int64 {
	n := new(big.Int).Mul(big.NewInt(minor), big.NewInt(parts))
	return n.Add(n, big.NewInt(voucher.Whole/2)).Div(n, big.NewInt(voucher.Whole)).Int64()
}

// vouchers lets the chosen vouchers and cash coupons pay, one after another, vouchers first.
func (b *bill) vouchers(ctx context.Context, q db.Querier, o Order, off product.Offer, at time.Time) error {
	left := b.price.Due
	var held []voucher.Voucher
	if len(b.chosen.Coupons) > len(b.chosen.Uses) {
		all, err := voucher.UsableBy(ctx, q, o.Account, at)
		if err != nil {
			return err
		}
		held = all
	}
	for _, kind := range []voucher.Kind{voucher.Plain, voucher.Coupon} {
		for _, id := range b.chosen.Coupons {
			if b.coupon != nil && b.coupon.ID == id {
				continue
			}
			i := slices.IndexFunc(held, func(v voucher.Voucher) bool { return v.ID == id })
			if i < 0 {
				return refuse(NoCoupon, i18n.A{"id": id})
			}
			v := held[i]
			if v.Kind != kind {
				continue
			}
			most, err := b.mostOf(v, o, off, at)
			if err != nil {
				return err
			}
			if n := min(most, left); n > 0 {
				b.chosen.Uses = append(b.chosen.Uses, Use{ID: id, Kind: useKind(kind), Minor: n})
				left -= n
			}
		}
	}
	b.money = left
	return nil
}

func useKind(k voucher.Kind) int {
	if k == voucher.Coupon {
		return CashCoupon
	}
	return VoucherCoupon
}

// mostOf is the most that a voucher can pay.
func (b *bill) mostOf(v voucher.Voucher, o Order, off product.Offer, at time.Time) (int64, error) {
	if b.coupon != nil && !b.coupon.Limits.WithVouchers {
		return 0, refuse(TwoKinds, i18n.A{"id": v.ID})
	}
	most, why := voucher.Fits(v, b.asVoucherOrder(o, off), at)
	switch why {
	case "":
		return most, nil
	case voucher.LockedElsewhere:
		return 0, refuse(CouponTaken, i18n.A{"id": v.ID})
	case voucher.OtherDiscount:
		return 0, refuse(Excluded, i18n.A{"id": v.ID, "why": why.Message(nil)})
	}
	return 0, refuse(NoCoupon, i18n.A{"id": v.ID, "why": why.Message(nil)})
}

// asVoucherOrder is the order as vouchers see it.
func (b *bill) asVoucherOrder(o Order, off product.Offer) voucher.Order {
	x := voucher.Order{ID: o.No, Kind: string(o.Kind), FirstOfService: o.Kind == Buy, Lines: []voucher.Line{{Service: ServiceType, Product: string(o.Level), Minor: b.price.Due}}}
	if o.Kind == Pack {
		x.Kind = string(Buy)
	}
	if off.ID != "" {
		x.PartnerDiscount = off.Kind.ByPartner()
		x.Contract = off.Kind == product.Commercial
		x.Promotion = off.Kind == product.Promotion
	}
	if b.price.Discount > 0 && b.price.List > 0 {
		x.Rate = b.price.Due * voucher.Whole / b.price.List
	}
	return x
}
