package report

import (
	"context"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// subAccounts are companies that want the reader's account as their sub-account.
func (b *board) subAccounts(ctx context.Context) error {
	if b.isVendor() || !b.by.Can(actor.AnswerSubAccounts) {
		return nil
	}
	own, err := b.Accounts.SubAccountsOf(ctx, b.by, b.by.Account)
	for _, x := range own.Asked {
		b.need(Need{Area: Channel, Title: i18n.M("subaccounts.need", i18n.A{"master": i18n.Raw(x.MasterName)}), Href: "/company/sub-accounts",
			Action: i18n.M("subaccounts.need.do"), Left: x.State.Label(), Alarm: Soon})
	}
	return err
}
