package report

import (
	"context"

	"hanse/internal/domain/batch"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// funds are a partner's batches that wait to be confirmed, and a balance that runs low.
func (b *board) funds(ctx context.Context) error {
	if b.Funds == nil || !b.isPartner() || !b.by.Can(actor.MoveFunds) {
		return nil
	}
	batches, err := b.Funds.Many().Batches(ctx, b.by, "", mostQueued)
	if err != nil {
		return err
	}
	for _, x := range batches {
		if x.State != batch.Checked {
			continue
		}
		about := i18n.Raw(x.FileName)
		if x.FileName == "" {
			about = i18n.M("finance.batch.list")
		}
		b.need(Need{Area: Money, Title: i18n.M("finance.duty.batch", i18n.A{"sum": x.Unit + " " + money.Text(x.Total), "n": x.Good()}), About: about,
			Href: "/finance/batches/" + x.ID, Action: i18n.M("finance.duty.open"), Left: i18n.M("finance.batch.s.checked"), Alarm: Soon})
	}
	return b.lowBalance(ctx)
}

// lowBalance speaks of companies that had money at all: others needn't be reminded of it.
func (b *board) lowBalance(ctx context.Context) error {
	o, err := b.Funds.Overview(ctx, b.by, b.by.Account)
	if err != nil || o.Cash.Seq == 0 {
		return err
	}
	low, err := setting.Int(ctx, b.DB.Read(), setting.BalanceLow, b.now)
	if err != nil || o.Allocatable() >= int64(low)*100 {
		return err
	}
	b.need(Need{Area: Money, Title: i18n.M("finance.duty.low", i18n.A{"sum": o.Unit + " " + money.Text(o.Allocatable())}), Href: "/finance",
		Action: i18n.M("finance.duty.open"), Alarm: Soon})
	return nil
}
