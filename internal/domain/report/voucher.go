package report

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/batch"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// ahead is how long before its end something with value left is shown.
const ahead = 14 * 24 * time.Hour

// vouchers are quotas that wait for a second pair of eyes, for the vendor; quotas that end with value left, for a
// partner; and vouchers that end, for a customer.
func (b *board) vouchers(ctx context.Context) error {
	switch {
	case b.Voucher == nil || !b.by.Can(actor.ViewVouchers):
		return nil
	case b.isVendor() && b.by.Can(actor.GrantQuotas):
		return b.grants(ctx)
	case b.isPartner() && b.by.Can(actor.IssueVouchers):
		return errors.Join(b.voucherBatches(ctx), b.endingQuotas(ctx))
	case b.by.Kind == actor.Customer:
		return b.endingVouchers(ctx)
	}
	return nil
}

// voucherBatches are vouchers from a file that wait to be confirmed.
func (b *board) voucherBatches(ctx context.Context) error {
	if b.Voucher.Many() == nil {
		return nil
	}
	all, err := b.Voucher.Many().Batches(ctx, b.by, "", mostQueued)
	for _, x := range all {
		if x.State == batch.Checked {
			b.need(Need{Area: Money, Title: i18n.M("vouchers.need.batch", i18n.A{"sum": x.Unit + " " + money.Text(x.Total), "n": x.Good()}), About: i18n.Raw(x.FileName),
				Href: "/vouchers/batches/" + x.ID, Action: i18n.M("finance.duty.open"), Left: i18n.M("finance.batch.s.checked"), Alarm: Soon})
		}
	}
	return err
}

func (b *board) grants(ctx context.Context) error {
	list, _, err := b.Voucher.Quotas(ctx, b.by, voucher.QuotaFilter{States: []voucher.QuotaState{voucher.Proposed, voucher.Adjusting}, Page: voucher.Page{Limit: mostQueued}})
	for _, q := range list {
		if q.AskedBy == b.by.User || q.Kept == voucher.Adjusting && q.Pending == nil {
			continue
		}
		b.need(Need{Area: Money, Title: i18n.M("vouchers.need.decide", i18n.A{"partner": i18n.Raw(q.HolderName)}), About: i18n.Raw(q.ID), Href: "/quotas/" + q.ID,
			Action: i18n.M("vouchers.need.decide.do"), Left: q.Kept.Label(), Alarm: Soon})
	}
	return err
}

func (b *board) endingQuotas(ctx context.Context) error {
	list, _, err := b.Voucher.Quotas(ctx, b.by, voucher.QuotaFilter{States: []voucher.QuotaState{voucher.Normal}, Expire: voucher.Span{To: b.now.Add(ahead)}, Page: voucher.Page{Limit: mostQueued}})
	for _, q := range list {
		if q.Balance == 0 {
			continue
		}
		n := Need{Area: Money, Title: i18n.M("vouchers.need.quota"), About: i18n.Raw(q.ID), Href: "/vouchers/quotas/" + q.ID, Action: i18n.M("vouchers.need.quota.do"), Due: q.ExpireAt}
		n.Left, n.Alarm = until(n.Due, b.now)
		b.need(n)
	}
	return err
}

func (b *board) endingVouchers(ctx context.Context) error {
	list, _, err := b.Voucher.Vouchers(ctx, b.by, voucher.VoucherFilter{State: voucher.Usable, Expire: voucher.Span{To: b.now.Add(ahead)}, Page: voucher.Page{Limit: mostQueued}})
	for _, v := range list {
		n := Need{Area: Money, Title: i18n.M("vouchers.need.use"), About: i18n.Raw(v.ID), Href: "/vouchers/issued/" + v.ID, Action: i18n.M("vouchers.need.use.do"), Due: v.ExpireAt}
		n.Left, n.Alarm = until(n.Due, b.now)
		b.need(n)
	}
	return err
}
