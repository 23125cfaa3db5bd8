package api

import (
	"context"
	"time"

	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/money"
)

// Reduction is what a discount or coupon does, for what, and when.
type Reduction struct {
	Name   LocalText `json:"name"`
	Mode   string    `json:"mode" enum:"RATIO,FIXED,OFF"`
	Ratio  string    `json:"ratio_off,omitempty" doc:"Share taken off, such as 0.125"`
	Amount string    `json:"amount,omitempty" maxLength:"24" doc:"The price instead, or the amount off"`
	Levels []string  `json:"levels,omitempty" doc:"Missing = all"`
	Orders []string  `json:"order_kinds,omitempty" doc:"new, renew, change, pack; missing = all"`
	From   time.Time `json:"from,omitzero" doc:"Missing = now"`
	Until  time.Time `json:"until" doc:"Exclusive"`
}

// Discount is one that an account, or everybody, has.
type Discount struct {
	ID      string `json:"id"`
	Kind    string `json:"kind" enum:"PROMOTION,COMMERCIAL,CONTRACT,PARTNER_RATIO"`
	Code    int    `json:"discount_type" doc:"200 promotion, 605 commercial, 606 and 607 granted by a partner"`
	Account string `json:"account_id,omitempty" doc:"Missing = everybody"`
	Grantor string `json:"grantor_id,omitempty"`
	Reduction
	NoReason  bool      `json:"no_reason_return"`
	WaivesFee bool      `json:"waives_fee,omitempty" doc:"Its contract waives the handling fee of unsubscriptions"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
	Reason    string    `json:"reason,omitempty"`
}

// DiscountCoupon is a discount that one account may use once.
type DiscountCoupon struct {
	ID      string `json:"id"`
	Type    int    `json:"coupon_type"`
	Account string `json:"account_id"`
	State   string `json:"state" enum:"usable,locked,used,withdrawn,expired"`
	Order   string `json:"order_id,omitempty"`
	Reduction
	Limits CouponLimits `json:"limits"`
}

// CouponLimits say beside what a coupon may be used.
type CouponLimits struct {
	WithPartner    bool   `json:"with_partner_discounts"`
	WithCommercial bool   `json:"with_commercial_discounts"`
	WithPromotion  bool   `json:"with_promotions"`
	WithVouchers   bool   `json:"with_vouchers"`
	MinRatio       string `json:"min_discount_ratio,omitempty" doc:"Smallest share still to pay beside a discount, such as 0.8"`
}

func toReduction(n product.Names, d rate.Discount, levels []rate.Level, orders []string, from, until time.Time) Reduction {
	out := Reduction{Name: LocalText{n.EN, n.ZH}, Mode: string(d.Mode), Levels: each(levels, str[rate.Level]), Orders: orders, From: from, Until: until}
	if d.Mode == rate.Ratio {
		out.Ratio = product.Decimal(d.Ratio)
	} else {
		out.Amount = money.Text(d.Minor)
	}
	return out
}

func (x Reduction) discount(fs *fault.Fields) (d rate.Discount, levels []rate.Level) {
	d.Mode = rate.Mode(x.Mode)
	if d.Mode == rate.Ratio {
		d.Ratio = share(fs, "ratio_off", x.Ratio)
	} else {
		d.Minor = money.Field(fs, "amount", x.Amount)
	}
	for _, l := range x.Levels {
		levels = append(levels, rate.Level(l))
	}
	return d, levels
}

func toDiscount(o product.Offer) Discount {
	return Discount{ID: o.ID, Kind: string(o.Kind), Code: o.Kind.Code(), Account: o.Account, Grantor: o.Grantor, NoReason: o.NoReason, WaivesFee: o.WaivesFee, EndedAt: o.EndedAt, Reason: o.Reason,
		Reduction: toReduction(o.Names, o.Discount, o.Levels, o.Orders, o.From, o.Until)}
}

func toCoupon(at time.Time) func(product.Coupon) DiscountCoupon {
	return func(c product.Coupon) DiscountCoupon {
		x := DiscountCoupon{ID: c.ID, Type: product.CouponType, Account: c.Account, State: string(c.State(at)), Order: c.Order,
			Reduction: toReduction(c.Names, c.Discount, c.Levels, c.Orders, c.From, c.Until),
			Limits:    CouponLimits{WithPartner: c.Limits.WithPartner, WithCommercial: c.Limits.WithCommercial, WithPromotion: c.Limits.WithPromotion, WithVouchers: c.Limits.WithVouchers}}
		if c.Limits.MinRatio > 0 {
			x.Limits.MinRatio = product.Decimal(c.Limits.MinRatio)
		}
		return x
	}
}

type grantedPage struct {
	Account string `query:"account_id" maxLength:"32" doc:"Missing: the vendor's staff see all, others their own"`
	Before  string `query:"before" maxLength:"40" doc:"Id of the last one seen"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type reasonBody struct {
	Reason string `json:"reason" maxLength:"500"`
}

func (a *API) discounts() {
	const tag, path = "Discounts", "/api/v1/discounts"
	add(a, Operation{Method: "GET", Path: path, ID: "list_discounts", Tag: tag, Summary: "Discounts, newest first", Verb: actor.ViewDiscounts},
		func(ctx context.Context, by actor.Actor, in *grantedPage) (out struct {
			Discounts []Discount `json:"discounts"`
			Next      string     `json:"next_before,omitempty"`
		}, err error) {
			list, next, err := a.Product.Offers(ctx, by, in.Account, in.Before, in.Limit)
			out.Discounts, out.Next = each(list, toDiscount), next
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path, ID: "grant_discount", Tag: tag, Summary: "Grant a discount to an account or to everybody", Verb: actor.GrantDiscounts},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Kind     string `json:"kind" enum:"PROMOTION,COMMERCIAL,CONTRACT,PARTNER_RATIO"`
				Account  string `json:"account_id,omitempty" maxLength:"32"`
				Grantor  string `json:"grantor_id,omitempty" maxLength:"32"`
				NoReason bool   `json:"no_reason_return,omitempty"`
				Waives   bool   `json:"waives_fee,omitempty" doc:"For a COMMERCIAL or CONTRACT discount of one account"`
				Reduction
			}
		}) (Discount, error) {
			var fs fault.Fields
			b := in.Body
			d, levels := b.discount(&fs)
			if err := fs.Err(); err != nil {
				return Discount{}, err
			}
			o, err := a.Product.Grant(ctx, by, product.Offer{Kind: product.OfferKind(b.Kind), Account: b.Account, Grantor: b.Grantor, NoReason: b.NoReason, WaivesFee: b.Waives, Discount: d, Levels: levels,
				Orders: b.Orders, From: b.From, Until: b.Until, Names: product.Names{EN: b.Name.EN, ZH: b.Name.ZH}})
			return toDiscount(o), err
		})
	add(a, Operation{Method: "POST", Path: path + "/{id}/end", ID: "end_discount", Tag: tag, Summary: "End a discount now", Verb: actor.GrantDiscounts},
		func(ctx context.Context, by actor.Actor, in *struct {
			ID   string `path:"id" maxLength:"40"`
			Body reasonBody
		}) (none, error) {
			return none{}, a.Product.End(ctx, by, in.ID, in.Body.Reason)
		})
	a.coupons(tag)
}

func (a *API) coupons(tag string) {
	const path = "/api/v1/discount-coupons"
	add(a, Operation{Method: "GET", Path: path, ID: "list_discount_coupons", Tag: tag, Summary: "Discount coupons, newest first", Verb: actor.ViewDiscounts},
		func(ctx context.Context, by actor.Actor, in *grantedPage) (out struct {
			Coupons []DiscountCoupon `json:"coupons"`
			Next    string           `json:"next_before,omitempty"`
		}, err error) {
			list, next, err := a.Product.ListCoupons(ctx, by, in.Account, in.Before, in.Limit)
			out.Coupons, out.Next = each(list, toCoupon(a.DB.Clock().Now())), next
			return out, err
		})
	add(a, Operation{Method: "POST", Path: path, ID: "grant_discount_coupon", Tag: tag, Summary: "Give an account a discount coupon", Verb: actor.GrantDiscounts},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Account string       `json:"account_id" maxLength:"32"`
				Limits  CouponLimits `json:"limits,omitzero"`
				Reduction
			}
		}) (DiscountCoupon, error) {
			var fs fault.Fields
			b := in.Body
			d, levels := b.discount(&fs)
			l := product.Limits{WithPartner: b.Limits.WithPartner, WithCommercial: b.Limits.WithCommercial, WithPromotion: b.Limits.WithPromotion, WithVouchers: b.Limits.WithVouchers,
				MinRatio: share(&fs, "min_discount_ratio", b.Limits.MinRatio)}
			if err := fs.Err(); err != nil {
				return DiscountCoupon{}, err
			}
			c, err := a.Product.GrantCoupon(ctx, by, product.Coupon{Account: b.Account, Discount: d, Levels: levels, Orders: b.Orders, From: b.From, Until: b.Until, Limits: l,
				Names: product.Names{EN: b.Name.EN, ZH: b.Name.ZH}})
			return toCoupon(a.DB.Clock().Now())(c), err
		})
	add(a, Operation{Method: "POST", Path: path + "/{id}/withdraw", ID: "withdraw_discount_coupon", Tag: tag, Summary: "Take back a coupon that no order holds", Verb: actor.GrantDiscounts},
		func(ctx context.Context, by actor.Actor, in *struct {
			ID   string `path:"id" maxLength:"40"`
			Body reasonBody
		}) (none, error) {
			return none{}, a.Product.WithdrawCoupon(ctx, by, in.ID, in.Body.Reason)
		})
}
