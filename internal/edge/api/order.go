package api

import (
	"context"
	"net/url"
	"time"

	"hanse/internal/domain/order"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// PlanOrder is an order of the support plan.
type PlanOrder struct {
	No          string      `json:"no"`
	Account     string      `json:"account_id"`
	AccountName string      `json:"account_name"`
	Kind        string      `json:"kind" enum:"new,renew,change,unsubscribe,pack"`
	State       int         `json:"state" doc:"1 reviewing, 2 refunding, 3 processing, 4 cancelled, 5 completed, 6 unpaid, 9 to be confirmed"`
	Level       string      `json:"level"`
	From        string      `json:"from_level"`
	Term        PlanTerm    `json:"term"`
	Packs       int         `json:"packs,omitempty"`
	Cancel      int         `json:"cancel,omitempty"`
	Plan        string      `json:"plan_id,omitempty"`
	Catalogue   int64       `json:"catalogue_version"`
	Currency    string      `json:"currency"`
	Lines       []PlanLine  `json:"lines"`
	List        string      `json:"list"`
	Discount    string      `json:"discount"`
	Due         string      `json:"due" doc:"Before coupons"`
	Refund      *PlanRefund `json:"refund,omitempty"`
	DiscountID  string      `json:"discount_id,omitempty"`
	Coupons     []string    `json:"coupon_ids"`
	Paid        PlanSources `json:"paid"`
	Actual      string      `json:"actual" doc:"Really paid; of a refund, given back"`
	Way         string      `json:"way,omitempty" enum:"balance,online,agent"`
	PaidBy      string      `json:"paid_by,omitempty"`
	Contract    string      `json:"contract_id,omitempty"`
	Payment     string      `json:"payment_id,omitempty"`
	Agreement   int64       `json:"agreement_version,omitempty"`
	AgreedAt    time.Time   `json:"agreed_at,omitzero"`
	Reason      int         `json:"reason,omitempty"`
	Words       string      `json:"words,omitempty"`
	Cause       string      `json:"cause,omitempty" doc:"Why it was cancelled: buyer, deadline, changed, refused, provisioning"`
	Deadline    time.Time   `json:"deadline,omitzero"`
	CreatedAt   time.Time   `json:"created_at"`
	PaidAt      time.Time   `json:"paid_at,omitzero"`
	DoneAt      time.Time   `json:"done_at,omitzero"`
	DryRun      bool        `json:"dry_run,omitempty"`
}

func toOrder(o order.Order) PlanOrder {
	out := PlanOrder{No: o.No, Account: o.Account, AccountName: o.AccountName, Kind: string(o.Kind), State: int(o.State), Level: string(o.Level), From: string(o.From), Term: toTerm(o.Term),
		Packs: o.Packs, Cancel: o.Cancel, Plan: o.Subscription, Catalogue: o.Catalogue, Currency: o.Currency, Lines: []PlanLine{}, List: money.Text(o.List), Discount: money.Text(o.Discount),
		Due: money.Text(o.Due), Refund: toRefund(o.Back), DiscountID: o.Chosen.Discount, Coupons: o.Chosen.Coupons, Paid: toSources(o.Paid.Paid), Actual: money.Text(o.Actual), Way: string(o.Way),
		PaidBy: o.PaidBy, Contract: o.Contract, Payment: o.Payment, Agreement: o.Agreement, AgreedAt: o.AgreedAt, Reason: o.Reason, Words: o.Words, Cause: string(o.Cause),
		Deadline: o.Deadline, CreatedAt: o.CreatedAt, PaidAt: o.PaidAt, DoneAt: o.DoneAt}
	if o.Price != nil {
		out.Lines = each(o.Price.Lines, toPlanLine)
	}
	if out.Coupons == nil {
		out.Coupons = []string{}
	}
	return out
}

type orderPath struct {
	No string `path:"no" maxLength:"26"`
}

// OrderOption is a discount or a coupon that an order might take.
type OrderOption struct {
	ID     string `json:"id"`
	Kind   int    `json:"kind,omitempty" doc:"300 discount coupon, 301 voucher, 302 cash coupon; absent for a discount"`
	Amount string `json:"amount" doc:"The most that it takes off or pays"`
	Chosen bool   `json:"chosen"`
	Why    string `json:"why_not,omitempty"`
}

func toOptions(ctx context.Context, in []order.Option) []OrderOption {
	return each(in, func(x order.Option) OrderOption {
		return OrderOption{x.ID, x.Kind, money.Text(x.Minor), x.Chosen, i18n.Say(ctx, x.Why)}
	})
}

// SkippedOrder is an order that a payment leaves out.
type SkippedOrder struct {
	No  string `json:"no"`
	Why string `json:"why"`
}

func toSkipped(ctx context.Context, in []order.Skip) []SkippedOrder {
	return each(in, func(x order.Skip) SkippedOrder { return SkippedOrder{x.No, i18n.Say(ctx, x.Why)} })
}

// OrderPaying pays orders.
type OrderPaying struct {
	Orders   []string  `json:"order_nos" minItems:"1" maxItems:"30"`
	Way      string    `json:"way" enum:"balance,online"`
	Discount *string   `json:"discount_id,omitempty" doc:"With one order: replaces its choice, together with coupon_ids"`
	Coupons  *[]string `json:"coupon_ids,omitempty" maxItems:"3"`
	Code     string    `json:"code,omitempty" maxLength:"10" doc:"Identity code, for people's sessions"`
}

func (p OrderPaying) choice() *order.Choice {
	if p.Discount == nil && p.Coupons == nil {
		return nil
	}
	c := &order.Choice{}
	if p.Discount != nil {
		c.Discount = *p.Discount
	}
	if p.Coupons != nil {
		c.Coupons = *p.Coupons
	}
	return c
}

// OrderPaid is what became of a payment.
type OrderPaid struct {
	Paid    []PlanOrder    `json:"paid"`
	Skipped []SkippedOrder `json:"skipped"`
	Amount  string         `json:"amount" doc:"Money that was taken, or is to be paid online"`
	Payment string         `json:"payment_id,omitempty"`
	PayURL  string         `json:"pay_url,omitempty" doc:"Where the payer goes on"`
	DryRun  bool           `json:"dry_run,omitempty"`
}

func (a *API) orders() {
	a.readOrders()
	a.placeOrders()
	a.payOrders()
	a.refundReviews()
}

func (a *API) readOrders() {
	add(a, Operation{Method: "GET", Path: "/api/v1/orders", ID: "list_orders", Tag: supportTag, Summary: "Orders, newest first: the own ones, for the vendor all, for a partner those of a customer too", Verb: actor.ViewOrders},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Company string    `query:"company_id" maxLength:"64"`
			State   int       `query:"state"`
			Kind    string    `query:"kind" maxLength:"20"`
			From    time.Time `query:"from" doc:"Placed at or after"`
			To      time.Time `query:"to" doc:"Placed before"`
		}) (out struct {
			Orders []PlanOrder `json:"orders"`
			Next   string      `json:"next_cursor,omitempty"`
		}, err error) {
			rows, err := a.Order.List(ctx, by, order.Filter{Account: in.Company, State: order.State(in.State), Kind: order.Kind(in.Kind), From: in.From, To: in.To, Before: in.Cursor, Limit: in.Limit})
			if len(rows) == in.Limit {
				out.Next = rows[len(rows)-1].No
			}
			out.Orders = each(rows, toOrder)
			return out, err
		})
	add(a, Operation{Method: "GET", Path: "/api/v1/orders/{no}", ID: "show_order", Tag: supportTag, Summary: "An order with every line's computation and its amounts by source", Verb: actor.ViewOrders},
		func(ctx context.Context, by actor.Actor, in *orderPath) (PlanOrder, error) {
			o, err := a.Order.Get(ctx, by, in.No)
			return toOrder(o), err
		})
}

func (a *API) placeOrders() {
	add(a, Operation{Method: "POST", Path: "/api/v1/orders", ID: "place_order", Tag: supportTag, Keyed: true, Verb: actor.PlaceOrder,
		Summary: "Order what a quote promised: a purchase then waits for its payment, a refund is carried out or goes to review. An Idempotency-Key makes a repetition harmless"},
		func(ctx context.Context, by actor.Actor, in *struct {
			DryRun bool `query:"dry_run" doc:"Say what would happen and do nothing"`
			Body   struct {
				Token     string `json:"token" minLength:"1" maxLength:"4096"`
				Agreed    int64  `json:"agreement_version,omitempty" doc:"The version of the agreement that is agreed to: with new, change and pack"`
				Confirmed bool   `json:"confirmed,omitempty" doc:"Amount and fees of an unsubscription are confirmed"`
				Reason    int    `json:"reason,omitempty" minimum:"0" maximum:"7" doc:"Of an unsubscription: 1 to 7"`
				Words     string `json:"words,omitempty" maxLength:"500" doc:"With reason 7"`
			}
		}) (PlanOrder, error) {
			b := in.Body
			o, err := a.Order.Place(ctx, by, order.Placing{Token: b.Token, Agreed: b.Agreed, Confirmed: b.Confirmed, Reason: b.Reason, Words: b.Words, Key: idempotencyKey(ctx), DryRun: in.DryRun})
			out := toOrder(o)
			if out.DryRun = in.DryRun; in.DryRun {
				out.No = ""
			}
			return out, err
		})
	add(a, Operation{Method: "PUT", Path: "/api/v1/orders/{no}/choice", ID: "choose_for_order", Tag: supportTag, Summary: "Keep a discount and coupons with an unpaid order; the coupons are locked to it", Verb: actor.PlaceOrder},
		func(ctx context.Context, by actor.Actor, in *struct {
			orderPath
			Body struct {
				Discount string   `json:"discount_id,omitempty" maxLength:"64"`
				Coupons  []string `json:"coupon_ids,omitempty" maxItems:"3"`
			}
		}) (PlanOrder, error) {
			o, err := a.Order.Choose(ctx, by, in.No, order.Choice{Discount: in.Body.Discount, Coupons: in.Body.Coupons})
			return toOrder(o), err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/orders/cancellations", ID: "cancel_orders", Tag: supportTag, Summary: "Cancel unpaid orders; each succeeds or fails by itself", Verb: actor.PlaceOrder},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Orders []string `json:"order_nos" minItems:"1" maxItems:"30"`
			}
		}) (out struct {
			Cancelled []string       `json:"cancelled"`
			Skipped   []SkippedOrder `json:"skipped"`
		}, err error) {
			errs, err := a.Order.CancelOrders(ctx, by, in.Body.Orders)
			out.Cancelled, out.Skipped = []string{}, []SkippedOrder{}
			for i, e := range errs {
				if e == nil {
					out.Cancelled = append(out.Cancelled, in.Body.Orders[i])
				} else {
					out.Skipped = append(out.Skipped, SkippedOrder{in.Body.Orders[i], i18n.Say(ctx, fault.Of(e).Msg)})
				}
			}
			return out, err
		})
}

func (a *API) payOrders() {
	add(a, Operation{Method: "GET", Path: "/api/v1/order-payments/options", ID: "show_payment_options", Tag: supportTag, Summary: "What paying orders would take, and what each way could pay", Verb: actor.PayOrder},
		func(ctx context.Context, by actor.Actor, in *struct {
			Orders []string `query:"no" minItems:"1" maxItems:"30"`
		}) (out struct {
			Due       string         `json:"due" doc:"Before coupons"`
			Money     string         `json:"money" doc:"What remains to be paid with money"`
			Available string         `json:"available" doc:"On the balance, with the credit line"`
			Short     string         `json:"short"`
			Online    bool           `json:"online"`
			Partner   string         `json:"partner_id,omitempty" doc:"Who could pay on behalf"`
			Code      bool           `json:"code_needed"`
			Discounts []OrderOption  `json:"discounts"`
			Coupons   []OrderOption  `json:"coupons"`
			Skipped   []SkippedOrder `json:"skipped"`
		}, err error) {
			x, err := a.Order.Options(ctx, by, in.Orders)
			out.Due, out.Money, out.Available, out.Short = money.Text(x.Due), money.Text(x.Money), money.Text(x.Have), money.Text(x.Short)
			out.Online, out.Code = x.Online, x.CodeNeeded
			if x.Partner != nil {
				out.Partner = x.Partner.Account
			}
			out.Discounts, out.Coupons, out.Skipped = toOptions(ctx, x.Discounts), toOptions(ctx, x.Coupons), toSkipped(ctx, x.Skipped)
			return out, err
		})
	add(a, Operation{Method: "POST", Path: "/api/v1/order-payments", ID: "pay_orders", Tag: supportTag, Keyed: true, Verb: actor.PayOrder,
		Summary: "Pay orders from the balance, or begin an online payment. An Idempotency-Key makes a repetition harmless"}, a.payTheOrders)
}

func (a *API) payTheOrders(ctx context.Context, by actor.Actor, in *struct {
	DryRun bool `query:"dry_run" doc:"Say what would happen and do nothing"`
	Body   OrderPaying
}) (OrderPaid, error) {
	b := in.Body
	back := func(payment string) string {
		return "/orders/result?" + url.Values{"no": b.Orders, "payment": {payment}}.Encode()
	}
	x, err := a.Order.Pay(ctx, by, order.Paying{Orders: b.Orders, Way: order.Way(b.Way), Choice: b.choice(), Code: b.Code, Key: idempotencyKey(ctx), Return: back, DryRun: in.DryRun})
	return OrderPaid{each(x.Paid, toOrder), toSkipped(ctx, x.Skipped), money.Text(x.Minor), x.Payment.ID, x.Payment.PayURL, in.DryRun}, err
}

func (a *API) refundReviews() {
	add(a, Operation{Method: "POST", Path: "/api/v1/accounts/{account}/orders/{no}/refund-decision", ID: "decide_refund", Tag: supportTag, Summary: "Approve a large refund, or refuse it with words", Verb: actor.ReviewRefund},
		func(ctx context.Context, by actor.Actor, in *struct {
			orderPath
			Account string `path:"account" maxLength:"64"`
			Body    struct {
				Approve bool   `json:"approve"`
				Words   string `json:"words,omitempty" maxLength:"500"`
			}
		}) (PlanOrder, error) {
			o, err := a.Order.DecideRefund(ctx, by, in.Account, in.No, in.Body.Approve, in.Body.Words)
			return toOrder(o), err
		})
}
