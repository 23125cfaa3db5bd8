package report

import (
	"context"

	"hanse/internal/domain/contract"
	"hanse/internal/domain/order"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// payments are orders that a partner was asked to pay, and contracts that wait for the vendor's finance.
func (b *board) payments(ctx context.Context) error {
	switch {
	case b.isVendor() && b.Contract != nil && b.by.Can(actor.HandleContract):
		return b.contracts(ctx)
	case b.Order != nil && b.by.Kind == actor.Partner && b.by.Can(actor.PayForCustomer):
		return b.askedToPay(ctx)
	}
	return nil
}

func (b *board) askedToPay(ctx context.Context) error {
	rows, _, err := b.Order.Agents(ctx, b.by, order.AgentFilter{State: order.AgentRequested, Limit: mostQueued})
	for _, x := range rows {
		n := Need{Area: Money, Title: i18n.M("agentpay.need", i18n.A{"account": i18n.Raw(x.AccountName), "no": x.No}), About: amountOf(x.Order.Currency, x.Minor),
			Href: "/payments-asked/" + x.ID, Action: i18n.M("agentpay.need.do"), Due: x.Order.Deadline}
		n.Left, n.Alarm = until(n.Due, b.now)
		b.need(n)
	}
	return err
}

func (b *board) contracts(ctx context.Context) error {
	for _, x := range []struct {
		state contract.State
		title func(i18n.A) i18n.Msg
	}{
		{contract.Applied, func(a i18n.A) i18n.Msg { return i18n.M("contract.need.issue", a) }},
		{contract.Issued, func(a i18n.A) i18n.Msg { return i18n.M("contract.need.sign", a) }},
		{contract.Signed, func(a i18n.A) i18n.Msg { return i18n.M("contract.need.fund", a) }},
	} {
		rows, _, err := b.Contract.List(ctx, b.by, contract.Filter{State: x.state, Limit: mostQueued})
		if err != nil {
			return err
		}
		for _, c := range rows {
			b.need(Need{Area: Money, Title: x.title(i18n.A{"account": i18n.Raw(c.AccountName), "no": c.No}), About: amountOf(c.Currency, c.Due), Href: "/contracts/" + c.No,
				Action: i18n.M("contract.need.do"), Left: c.State.Label(), Alarm: Soon})
		}
	}
	return nil
}
