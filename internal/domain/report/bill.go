package report

import (
	"context"

	"hanse/internal/domain/account"
	"hanse/internal/domain/bill"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// arrears are customers of a partner that owe something, and what a customer owes itself.
func (b *board) arrears(ctx context.Context) error {
	if b.Bill == nil || b.isVendor() || !b.by.Can(actor.ViewBills) {
		return nil
	}
	if b.by.Kind == actor.Customer {
		owed, err := bill.Arrears(ctx, b.DB.Read(), b.by.Account)
		if err == nil && owed > 0 {
			b.need(Need{Area: Money, Title: i18n.M("bill.need.own"), About: i18n.Raw(i18n.From(ctx).Money(owed, "CNY")), Href: "/bills", Action: i18n.M("bill.need.look"), Alarm: Urgent})
		}
		return err
	}
	list, err := b.Bill.InArrears(ctx, b.by, "", mostQueued)
	if err != nil {
		return err
	}
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.Customer
	}
	names, err := account.Names(ctx, b.DB.Read(), ids)
	for _, c := range list {
		b.need(Need{Area: Money, Title: i18n.M("bill.need.arrears"), About: i18n.Raw(names[c.Customer] + " · " + i18n.From(ctx).Money(c.Debt, "CNY")),
			Href: "/bills/" + string(c.Cycle) + "/" + c.Customer, Action: i18n.M("bill.need.look"), Left: i18n.M("bill.need.since", i18n.A{"cycle": string(c.Cycle)}), Alarm: Soon})
	}
	return err
}
