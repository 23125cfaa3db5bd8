package report

import (
	"context"
	"time"

	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// lapses is how long before its expiry a plan that doesn't renew by itself is shown.
const lapses = 15 * 24 * time.Hour

// orders are refunds that wait for the vendor's finance; for a buyer, orders to pay and a plan that lapses.
func (b *board) orders(ctx context.Context) error {
	switch {
	case b.Order == nil:
		return nil
	case b.isVendor() && b.by.Can(actor.ReviewRefund):
		return b.refundReviews(ctx)
	case !b.isVendor() && b.by.Can(actor.PayOrder):
		if err := b.lapsingPlan(ctx); err != nil {
			return err
		}
		return b.ordersToPay(ctx)
	}
	return nil
}

func (b *board) refundReviews(ctx context.Context) error {
	list, err := b.Order.Reviews(ctx, b.by, order.Filter{Limit: mostQueued})
	for _, o := range list {
		n := Need{Area: Money, Title: i18n.M("order.need.review", i18n.A{"company": i18n.Raw(o.AccountName)}), About: i18n.Raw(o.No), Href: "/reviews/refunds/" + o.No,
			Action: i18n.M("order.need.review.do"), Left: o.State.Label(), Alarm: Soon}
		if o.Back != nil {
			n.About = amountOf(o.Currency, o.Back.Total)
		}
		b.need(n)
	}
	return err
}

func (b *board) ordersToPay(ctx context.Context) error {
	list, err := b.Order.List(ctx, b.by, order.Filter{State: order.Pending, Limit: mostQueued})
	for _, o := range list {
		n := Need{Area: Money, Title: i18n.M("order.need.pay", i18n.A{"title": o.Title()}), About: amountOf(o.Currency, o.Due), Href: "/orders/" + o.No,
			Action: i18n.M("order.need.pay.do"), Due: o.Deadline}
		n.Left, n.Alarm = until(n.Due, b.now)
		b.need(n)
	}
	return err
}

// lapsingPlan is a plan that ends soon and doesn't renew by itself, or that is over and can still be renewed.
func (b *board) lapsingPlan(ctx context.Context) error {
	p, ok, err := subscription.Of(ctx, b.DB.Read(), b.by.Account)
	if err != nil || !ok || p.State == subscription.Active && (p.AutoRenew || p.Over().Sub(b.now) > lapses) {
		return err
	}
	n := Need{Area: Money, Title: i18n.M("order.need.lapses", i18n.A{"level": subscription.LevelLabel(p.Level)}), Href: "/plan/renew", Action: i18n.M("order.need.lapses.do"), Due: p.Over()}
	n.Left, n.Alarm = until(n.Due, b.now)
	if p.State != subscription.Active {
		n.Due = p.GraceUntil
		if p.State == subscription.Retention {
			n.Due = p.ReleaseAt
		}
		n.Title = i18n.M("order.need.over", i18n.A{"level": subscription.LevelLabel(p.Level), "state": p.State.Label()})
		n.Left, _ = until(n.Due, b.now)
		n.Alarm = Urgent
	}
	if p.Serves() == rate.Basic {
		n.About = subscription.LevelLabel(rate.Basic)
	}
	b.need(n)
	return nil
}
