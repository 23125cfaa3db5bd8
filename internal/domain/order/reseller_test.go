package order_test

import (
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// A reseller's own orders spend what its distributor allocated and vouchers from its own quota (business rules 4.2).
func TestAResellerPaysItsOwnOrderWithAllocatedFundsAndItsOwnVoucher(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		ctx := t.Context()
		distributor := w.Partner("Harbour Distribution", account.Distributor)
		w.buyer = w.Partner("North", account.Reseller)
		w.buyer.Via = "key" // a program isn't asked for a code
		fixture.Must(t, w.d.Update(ctx, func(tx *db.Tx) error {
			if _, err := account.Relate(ctx, tx, w.vendor, actor.Associate, distributor.Account, w.buyer.Account, account.ResellerOf); err != nil {
				return err
			}
			return ledger.Connect(ctx, tx, distributor.Account, w.buyer.Account, ledger.MoneyUnits...)
		}))
		ledgertest.Give(t, w.d, w.vendor.Account, distributor.Account, ledger.Cash, 1_000_000)
		money := funds.New(funds.Config{DB: w.d, Ledger: ledger.New(w.d), Codes: confirm.New(w.d, w.Login)})
		_, err := money.Allocate(ctx, distributor, funds.In{To: w.buyer.Account, Minor: 800_000})
		fixture.Must(t, err)

		now := w.clock.Now()
		q, err := w.vouchers.Grant(ctx, w.vendor, voucher.NewQuota{Partner: distributor.Account, Kind: voucher.Plain, Currency: "CNY", Minor: 100_000, EffectiveAt: now, ExpireAt: now.AddDate(1, 0, 0)})
		fixture.Must(t, err)
		parts, err := w.vouchers.Split(ctx, distributor, voucher.Split{Quota: q.ID, Resellers: []string{w.buyer.Account}, Minor: 100_000})
		fixture.Must(t, err)
		own, err := w.vouchers.Issue(ctx, w.buyer, voucher.Issue{Quota: parts[0].Made, Customers: []string{w.buyer.Account}, Minor: 100_000})
		fixture.Must(t, err)
		fixture.Must(t, own[0].Err)

		o := w.place(order.Ask{Kind: order.Buy, Level: rate.Standard, Term: rate.Months(1)})
		out, err := w.s.Pay(ctx, w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Balance, Choice: &order.Choice{Coupons: []string{own[0].Made}}, Key: "own"})
		fixture.Must(t, err)
		if p := out.Paid[0].Paid; p.Cash != 750_000 || p.Voucher != 100_000 {
			t.Errorf("paid %+v, want 7,500.00 of the allocated money and the voucher of 1,000.00", p)
		}
		w.cash(50_000)
		w.level(rate.Standard)
	})
}
