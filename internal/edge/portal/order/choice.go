package order

import (
	"context"
	"net/url"

	"hanse/internal/domain/order"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/rate"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/reckoning"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// withCustomer puts the customer before the trail, for its partner.
func withCustomer(ctx context.Context, v door.View, h ui.HeadView) ui.HeadView {
	h.Trail = append([]ui.Crumb{{Href: "/customers", Label: i18n.T(ctx, "customers.title")}, {Href: v.Base, Label: door.Data(ctx, v.Name)}}, h.Trail...)
	return h
}

// files are the list's files; a customer's list has none of its own.
func files(v door.View) []ui.LinkView {
	if v.Base != "" && !v.Vendor {
		return nil
	}
	return door.Files(v, "/orders")
}

// refundLabel names a line of a refund.
func refundLabel(ctx context.Context, x order.RefundLine) string {
	return i18n.Say(ctx, rate.Line{Key: x.Key}.Label())
}

func (v payView) next(ctx context.Context) string {
	if v.code {
		return i18n.T(ctx, "orders.pay.next.code")
	}
	return i18n.T(ctx, "orders.pay.next")
}

// sums are what is due, what takes off of it, and what remains to be paid with money.
func (v payView) sums(ctx context.Context) []ui.Fact {
	out := []ui.Fact{{Label: i18n.T(ctx, "reckoning.due"), Body: reckoning.Sum(v.x.Due)}}
	if v.x.Money != v.x.Due {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "orders.pay.coupons"), Body: reckoning.Sum(v.x.Money - v.x.Due)})
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "orders.pay.money"), Body: reckoning.Sum(v.x.Money)})
}

// discounts are those that the order could take, with what each takes off or why it can't.
func (v payView) discounts(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "", Label: i18n.T(ctx, "orders.discount.none")}}
	for _, x := range v.x.Discounts {
		out = append(out, ui.Option{Value: x.ID, Label: i18n.Say(ctx, x.Offer.Names.Msg()), Hint: off(ctx, x), Disabled: !x.Why.IsZero() && !x.Chosen})
	}
	return out
}

// coupons are those that the account has, with what each takes off or pays, or why it can't.
func (v payView) coupons(ctx context.Context) (out []ui.Option) {
	for _, x := range v.x.Coupons {
		label := i18n.T(ctx, "orders.coupon.label", i18n.A{"kind": useLabel(x.Kind), "name": i18n.Raw(door.Data(ctx, x.ID))})
		if x.Coupon != nil {
			label = i18n.T(ctx, "orders.coupon.label", i18n.A{"kind": useLabel(x.Kind), "name": x.Coupon.Names.Msg()})
		}
		out = append(out, ui.Option{Value: x.ID, Label: label, Hint: off(ctx, x), Disabled: !x.Why.IsZero() && !x.Chosen})
	}
	return out
}

// off says what an option is worth, or why it can't be taken.
func off(ctx context.Context, x order.Option) string {
	if !x.Why.IsZero() {
		return i18n.Say(ctx, x.Why)
	}
	return i18n.T(ctx, "orders.coupon.worth", i18n.A{"sum": reckoning.Money(ctx, x.Minor)})
}

// ways are the four ways to pay, each with what it has or why it isn't open.
func (v payView) ways(ctx context.Context) []ui.Option {
	online, partner := i18n.T(ctx, "orders.way.online.hint"), i18n.T(ctx, "orders.way.agent.none")
	if !v.x.Online {
		online = i18n.T(ctx, "orders.way.online.none")
	}
	if v.agent != "" {
		partner = i18n.T(ctx, "orders.way.agent.hint", i18n.A{"partner": door.Data(ctx, v.agent)})
	}
	return []ui.Option{
		{Value: string(order.Balance), Label: i18n.Say(ctx, order.Balance.Label()), Hint: i18n.T(ctx, "orders.way.balance.hint", i18n.A{"sum": reckoning.Money(ctx, v.x.Have)})},
		{Value: string(order.Online), Label: i18n.Say(ctx, order.Online.Label()), Hint: online, Disabled: !v.x.Online},
		{Value: string(order.Agent), Label: i18n.Say(ctx, order.Agent.Label()), Hint: partner, Disabled: v.agent == ""},
		{Value: contractFirst, Label: i18n.T(ctx, "orders.way.contract"), Hint: i18n.T(ctx, "orders.way.contract.hint"), Disabled: !v.Can(actor.PlaceOrder)},
	}
}

// open tells whether the payer can still go on at the provider's page.
func (v resultView) open() bool {
	return v.payment.State == payment.Created || v.payment.State == payment.Pending
}

// pending tells whether an order still waits for its payment.
func (v resultView) pending() bool {
	for _, o := range v.orders {
		if o.State == order.Pending {
			return true
		}
	}
	return false
}

// again is the page of paying for what is still unpaid.
func (v resultView) again() string {
	q := url.Values{}
	for _, o := range v.orders {
		if o.State == order.Pending {
			q.Add("no", o.No)
		}
	}
	return "/orders/pay?" + q.Encode()
}
