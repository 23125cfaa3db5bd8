package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
)

var orderRows = []row{
	{name: "subscription.View", verb: actor.ViewPlan, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		_, _, err := a.Subscription.View(ctx, by, x.account)
		return err
	}},
	{name: "subscription.Served", verb: actor.ViewPlan, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Subscription.Served(ctx, by, x.account))
	}},
	{name: "subscription.List", verb: actor.ViewPlan, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Subscription.List(ctx, by, x.account))
	}},
	{name: "subscription.SetAutoRenew", verb: actor.ManagePlan, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Subscription.SetAutoRenew(ctx, by, x.of("plan"), subscription.Auto{}))
	}},
	{name: "subscription.SetDeductDay", verb: actor.ManagePlan, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Subscription.SetDeductDay(ctx, by, x.of("plan"), 3))
	}},
	{name: "subscription.SetUnify", verb: actor.ManagePlan, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Subscription.SetUnify(ctx, by, x.of("plan"), 1))
	}},
	{name: "order.Quote", verb: actor.PlaceOrder, open: "prices for the own account alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Order.Quote(ctx, by, order.Ask{Kind: order.Renew, Term: rate.Months(1)}))
	}},
	{name: "order.Place", verb: actor.PlaceOrder, open: "a token is the own account's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Order.Place(ctx, by, order.Placing{Token: "nothing"}))
	}},
	{name: "order.Asked", verb: actor.PlaceOrder, open: "a token is the own account's", call: func(_ context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Order.Asked(by, "nothing"))
	}},
	{name: "order.Choose", verb: actor.PlaceOrder, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Order.Choose(ctx, by, x.of("order"), order.Choice{}))
	}},
	{name: "order.Options", verb: actor.PayOrder, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Order.Options(ctx, by, []string{x.of("order")}))
	}},
	{name: "order.Pay", verb: actor.PayOrder, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Order.Pay(ctx, by, order.Paying{Orders: []string{x.of("order")}, Way: order.Balance}))
	}},
	{name: "order.CancelOrders", verb: actor.PlaceOrder, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		all, err := a.Order.CancelOrders(ctx, by, []string{x.of("order")})
		if err == nil {
			err = all[0]
		}
		return err
	}},
	{name: "order.Get", verb: actor.ViewOrders, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Order.Get(ctx, by, x.of("order")))
	}},
	{name: "order.Timeline", verb: actor.ViewOrders, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Order.Timeline(ctx, by, x.of("order")))
	}},
	{name: "order.Refunds", verb: actor.ViewOrders, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Order.Refunds(ctx, by, x.of("order")))
	}},
	{name: "order.List", verb: actor.ViewOrders, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Order.List(ctx, by, order.Filter{Account: x.account}))
	}},
	{name: "order.Count", verb: actor.ViewOrders, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Order.Count(ctx, by, order.Filter{Account: x.account}))
	}},
	{name: "order.Reviews", verb: actor.ReviewRefund, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Order.Reviews(ctx, by, order.Filter{}))
	}},
	{name: "order.DecideRefund", verb: actor.ReviewRefund, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Order.DecideRefund(ctx, by, x.account, x.of("order"), true, ""))
	}},
}

// fillOrders gives the strangers a plan and an order that waits for its payment.
func fillOrders(w *world, by, _ actor.Actor) {
	ctx := w.t.Context()
	must(w.t, w.a.Setting.Change(ctx, actor.Actor{Kind: actor.Vendor, User: "usr_admin", Name: "Admin", Roles: []actor.Role{actor.VendorAdmin}, Via: "session"}, setting.Change{Key: setting.EligiblePrograms, Value: "h3c-star"}))
	q, err := w.a.Order.Quote(ctx, by, order.Ask{Kind: order.Buy, Level: rate.Standard, Term: rate.Months(1)})
	must(w.t, err)
	o, err := w.a.Order.Place(ctx, by, order.Placing{Token: q.Token, Agreed: 1})
	must(w.t, err)
	w.stranger.more["order"] = o.No
}
