package agentpay

import (
	"context"
	"net/url"

	"hanse/internal/domain/order"
	"hanse/internal/domain/subscription"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/reckoning"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// due is what the orders cost without coupons, which a partner's payment takes none of.
func (v askView) due() (sum int64) {
	for _, o := range v.x.Orders {
		sum += o.Due
	}
	return sum
}

// what is an order in a few words.
func what(ctx context.Context, o order.Order) string {
	a := i18n.A{"title": o.Title(), "level": subscription.LevelLabel(o.Level), "from": subscription.LevelLabel(o.From), "term": subscription.TermLabel(o.Term)}
	switch o.Kind {
	case order.Pack:
		return i18n.Say(ctx, o.Title())
	case order.Change:
		return i18n.T(ctx, "orders.what.change", a)
	}
	return i18n.T(ctx, "orders.what.term", a)
}

func (v listView) tabs(ctx context.Context) (out []ui.Tab) {
	out = append(out, ui.Tab{Href: "/payments-asked", Label: i18n.T(ctx, "agentpay.all"), Current: v.now == ""})
	for _, s := range order.AgentStates() {
		out = append(out, ui.Tab{Href: door.With("/payments-asked", url.Values{"state": {string(s)}}), Label: i18n.Say(ctx, s.Label()), Current: v.now == s})
	}
	return out
}

func (v showView) state(ctx context.Context) string {
	return i18n.T(ctx, "agentpay.one.state", i18n.A{"what": what(ctx, v.x.Order), "sum": reckoning.Money(ctx, v.x.Minor), "state": v.x.State.Label()})
}

func (v showView) next(ctx context.Context) string {
	switch v.x.State {
	case order.AgentRequested:
		return i18n.T(ctx, "agentpay.one.next.open", i18n.A{"until": i18n.From(ctx).DateTime(v.x.Order.Deadline)})
	case order.AgentPaid:
		return i18n.T(ctx, "agentpay.one.next.paid")
	}
	return i18n.T(ctx, "agentpay.one.next.over")
}

func (v showView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	out := []ui.Fact{{Label: i18n.T(ctx, "agentpay.f.account"), Body: data(x.AccountName)}, {Label: i18n.T(ctx, "agentpay.f.no"), Body: number(v)},
		{Label: i18n.T(ctx, "agentpay.f.what"), Value: what(ctx, x.Order)}, {Label: i18n.T(ctx, "agentpay.f.amount"), Body: reckoning.Sum(x.Minor)},
		{Label: i18n.T(ctx, "agentpay.f.asker"), Body: data(x.AskedName)}, {Label: i18n.T(ctx, "agentpay.f.asked"), Body: ui.Time(x.CreatedAt)}}
	if v.By.Vendor() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "agentpay.f.partner"), Body: data(x.PartnerName)})
	}
	if x.State == order.AgentRequested {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "agentpay.f.until"), Body: ui.Time(x.Order.Deadline)})
	} else {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "agentpay.f.ended"), Body: ui.Time(x.EndedAt)})
	}
	if x.Words != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "agentpay.f.message"), Body: data(x.Words)})
	}
	if x.Answer != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "agentpay.f.answer"), Body: data(x.Answer)})
	}
	return out
}
