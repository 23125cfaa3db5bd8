package bss

import (
	"strings"
	"time"

	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/kit/i18n"
)

// options are what an unpaid order of the caller could take.
func (c *call) options(no string) (order.Options, error) {
	x, err := c.api.Order.Options(c.ctx(), c.by, []string{strings.ToUpper(no)})
	if missing(err) || order.WhyOf(err) == order.Moved {
		err = noOrder()
	}
	return x, err
}

// pending reads the number of an unpaid order from the query and what it could take.
func (c *call) pending() (o order.Order, x order.Options, err error) {
	f := c.query()
	no := f.must("order_id", f.arg("order_id"), mostID)
	if err := f.err(); err != nil {
		return o, x, err
	}
	if x, err = c.options(no); err != nil {
		return o, x, err
	}
	return x.Orders[0], x, nil
}

// A wireUsableCoupon is a coupon that an order can take.
type wireUsableCoupon struct {
	ID        string    `json:"coupon_id"`
	Code      string    `json:"coupon_code"`
	Status    int32     `json:"status"`
	Type      int32     `json:"coupon_type"`
	Measure   int32     `json:"measure_id"`
	Face      number    `json:"face_value"`
	Effective string    `json:"effective_time"`
	Expire    string    `json:"expire_time"`
	PlanName  string    `json:"plan_name"`
	PlanDesc  string    `json:"plan_desc"`
	Limits    []wireUse `json:"use_limits"`
	Active    string    `json:"active_time"`
	Used      string    `json:"last_used_time,omitempty"`
	Created   string    `json:"create_time"`
	Version   int32     `json:"coupon_version"`
	Balance   number    `json:"balance"`
	Order     string    `json:"used_by_order_id,omitempty"`
	Usage     string    `json:"coupon_usage"`
	Group     int32     `json:"coupon_group"`
}

// What the wire says of every coupon that an order can take.
const (
	couponUsable  = 2
	singleUse     = 1
	cloudServices = 0
)

func (c *call) orderCoupon(x order.Option) wireUsableCoupon {
	if v := x.Voucher; v != nil {
		return wireUsableCoupon{ID: v.ID, Code: v.ID, Status: couponUsable, Type: int32(x.Kind), Measure: yuan, Face: number(v.Face), Effective: instant(v.ValidAt), Expire: instant(v.ExpireAt),
			PlanDesc: v.Memo, Limits: uses(*v), Active: instant(v.ValidAt), Used: instant(v.LastUsedAt), Created: instant(v.CreatedAt), Version: reusable, Balance: number(v.Balance),
			Order: v.LockOrder, Group: cloudServices}
	}
	d := *x.Coupon
	out := wireUsableCoupon{ID: d.ID, Code: d.ID, Status: couponUsable, Type: int32(x.Kind), Measure: yuan, Face: couponFace(d.Discount), Effective: instant(d.From),
		Expire: instant(d.Until.Add(-time.Second)), PlanName: i18n.Say(c.ctx(), d.Names.Msg()), Limits: []wireUse{}, Active: instant(d.From), Created: instant(d.CreatedAt), Version: singleUse,
		Balance: couponFace(d.Discount), Order: d.Order, Group: cloudServices}
	for i, k := range d.Keys() {
		out.Limits = append(out.Limits, wireUse{ID: d.ID + "-" + itoa(i+1), Key: k[0], Value1: k[1]})
	}
	return out
}

// couponFace is a discount coupon's amount; of a ratio, the percent that it takes off.
func couponFace(d rate.Discount) number {
	if d.Mode == rate.Ratio {
		return number(d.Ratio)
	}
	return number(d.Minor)
}

// A wireMost is how many coupons of a type an order takes.
type wireMost struct {
	Type  int32 `json:"coupon_type"`
	Group int32 `json:"coupon_group"`
	Most  int32 `json:"use_quantity_value"`
}

// listOrderCouponsByOrderId lists the coupons that an unpaid order of the caller can take.
func listOrderCouponsByOrderId(c *call) (any, error) {
	_, x, err := c.pending()
	if err != nil {
		return nil, err
	}
	out := struct {
		Count int                `json:"count"`
		List  []wireUsableCoupon `json:"user_coupons"`
		Most  []wireMost         `json:"coupon_max_use_quantity"`
	}{List: []wireUsableCoupon{}, Most: []wireMost{{order.DiscountCoupon, cloudServices, 1}, {order.VoucherCoupon, cloudServices, order.MostCoupons}, {order.CashCoupon, cloudServices, order.MostCoupons}}}
	for _, p := range x.Coupons {
		if p.Why.IsZero() || p.Chosen {
			out.List = append(out.List, c.orderCoupon(p))
		}
	}
	out.Count = len(out.List)
	return out, nil
}

// The discounts of an order by their numbers on the wire.
const (
	byPromotion = 0
	byContract  = 2
	byPartner   = 3
)

// offerType is the number of a discount among those of an order; what a partner grants, by contract or not, is one.
func offerType(k product.OfferKind) int32 {
	switch {
	case k == product.Promotion:
		return byPromotion
	case k.ByPartner():
		return byPartner
	}
	return byContract
}

// A wireOffer is a discount that an order can take. The value is what is taken off: of the price, a share from 0 to 1;
// or an amount.
type wireOffer struct {
	ID     string           `json:"discount_id"`
	Value  string           `json:"discount_value"`
	Type   int32            `json:"discount_type"`
	Orders []wireOfferOrder `json:"orders"`
}

type wireOfferOrder struct {
	Order string          `json:"order_id"`
	Lines []wireOfferLine `json:"order_line_items"`
}

type wireOfferLine struct {
	IDs    []string `json:"order_line_item_ids"`
	Mode   int32    `json:"discount_mode"`
	Amount number   `json:"discount_amount"`
	Ratio  string   `json:"discount_ratio"`
}

// offerMode is the number of a discount's way on the wire, and its value.
func offerMode(d rate.Discount) (mode int32, value string) {
	switch d.Mode {
	case rate.Fixed:
		return 1, ""
	case rate.Off:
		return 2, number(d.Minor).text()
	}
	return 0, product.Decimal(d.Ratio)
}

// listOrderDiscounts lists the discounts that an unpaid order of the caller can take.
func listOrderDiscounts(c *call) (any, error) {
	o, x, err := c.pending()
	if err != nil {
		return nil, err
	}
	out := struct {
		List []wireOffer `json:"discounts"`
	}{[]wireOffer{}}
	for _, p := range x.Discounts {
		if !p.Why.IsZero() && !p.Chosen {
			continue
		}
		mode, value := offerMode(p.Offer.Discount)
		ratio := "0"
		if p.Offer.Mode == rate.Ratio {
			ratio = value
		}
		out.List = append(out.List, wireOffer{p.ID, value, offerType(p.Offer.Kind), []wireOfferOrder{{o.No, []wireOfferLine{{[]string{lineID(o.No)}, mode, number(p.Minor), ratio}}}}})
	}
	return out, nil
}

// A wirePick names a coupon or a discount by id and type.
type wirePick struct {
	ID   *string `json:"id"`
	Type *int32  `json:"type"`
}

// payOrders pays an unpaid order of the caller from its balance. What isn't to be used is left aside, whatever is named.
func payOrders(c *call) (any, error) {
	in, err := decode[struct {
		Order       *string    `json:"order_id"`
		UseCoupon   *string    `json:"use_coupon"`
		UseDiscount *string    `json:"use_discount"`
		Coupons     []wirePick `json:"coupon_infos"`
		Discounts   []wirePick `json:"discount_infos"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	no := strings.ToUpper(f.must("order_id", in.Order, mostID))
	if f.mustWord("use_coupon", in.UseCoupon, "YES", "NO") != "YES" {
		in.Coupons = nil
	} else {
		f.picks("coupon_infos", in.Coupons, order.MostCoupons, order.DiscountCoupon, order.VoucherCoupon, order.CashCoupon, 303)
	}
	if f.mustWord("use_discount", in.UseDiscount, "YES", "NO") != "YES" {
		in.Discounts = nil
	} else {
		f.picks("discount_infos", in.Discounts, 1, byPromotion, byContract, byPartner)
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	choice, err := c.choice(no, in.Coupons, in.Discounts)
	if err != nil {
		return nil, err
	}
	_, err = c.api.Order.Pay(c.ctx(), c.by, order.Paying{Orders: []string{no}, Way: order.Balance, Choice: &choice, Key: key})
	if missing(err) {
		err = noOrder()
	}
	return nil, err
}

// picks checks that each names an id once, and a type of those possible.
func (f *form) picks(name string, in []wirePick, most int, possible ...int32) {
	ids := make([]string, len(in))
	for i, p := range in {
		if p.ID != nil {
			ids[i] = *p.ID
		}
		if p.Type == nil {
			f.refuse(name+".type", "", i18n.M("wire.missing"))
		}
		f.one(name+".type", p.Type, 0, possible...)
	}
	f.list(name, ids, 1, most)
}

// choice is what was picked for an order. What is named as something that it isn't is refused; what isn't there at all is
// for the verb to refuse.
func (c *call) choice(no string, coupons, discounts []wirePick) (out order.Choice, err error) {
	if len(coupons)+len(discounts) == 0 {
		return out, nil
	}
	x, err := c.api.Order.Options(c.ctx(), c.by, []string{no})
	switch {
	case missing(err):
		return out, noOrder()
	case err != nil && order.WhyOf(err) != order.Moved: // paid already: perhaps by a call that is repeated
		return out, err
	}
	f := &form{}
	for _, p := range coupons {
		for _, have := range x.Coupons {
			if have.ID == *p.ID && int32(have.Kind) != *p.Type {
				f.refuse("coupon_infos.type", itoa(int(*p.Type)), i18n.M("bss.other_type", i18n.A{"id": have.ID, "type": have.Kind}))
			}
		}
		out.Coupons = append(out.Coupons, *p.ID)
	}
	for _, p := range discounts {
		for _, have := range x.Discounts {
			if t := offerType(have.Offer.Kind); have.ID == *p.ID && t != *p.Type {
				f.refuse("discount_infos.type", itoa(int(*p.Type)), i18n.M("bss.other_type", i18n.A{"id": have.ID, "type": t}))
			}
		}
		out.Discount = *p.ID
	}
	return out, f.err()
}

// cancelCustomerOrder cancels an unpaid order of the caller.
func cancelCustomerOrder(c *call) (any, error) {
	in, err := decode[struct {
		Order *string `json:"order_id"`
	}](c)
	if err != nil {
		return nil, err
	}
	f := &form{}
	no := strings.ToUpper(f.must("order_id", in.Order, mostID))
	if err := f.err(); err != nil {
		return nil, err
	}
	errs, err := c.api.Order.CancelOrders(c.ctx(), c.by, []string{no})
	if err != nil {
		return nil, err
	}
	return nil, errs[0]
}
