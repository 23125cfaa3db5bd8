package order_test

import (
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
)

func TestAFrameworkContractWaivesTheHandlingFeeAsLongAsItHolds(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(850_000)
		w.buy(rate.Standard, rate.Months(1))
		w.goTo("2026-03-16 15:10:00")
		ask := order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll}
		fee := func(what string, want int64) {
			t.Helper()
			if q := w.quote(ask); q.Back.Fee.Actual() != want || q.Back.Consumed.Actual() != 383_004 {
				t.Errorf("%s: %+v, want a fee of %d", what, q.Back, want)
			}
		}
		contract := func(l rate.Level, days int) {
			t.Helper()
			_, err := w.products.Grant(t.Context(), w.vendor, product.Offer{Account: w.buyer.Account, Kind: product.Commercial, Names: product.Names{EN: "Frame 2026", ZH: "框架合同"}, WaivesFee: true,
				Discount: rate.Discount{Mode: rate.Ratio, Ratio: 500}, Levels: []rate.Level{l}, Until: w.clock.Now().AddDate(0, 0, days)})
			fixture.Must(t, err)
		}
		fee("without a contract", 85_000)
		contract(rate.Premium, 30)
		fee("with one about another level", 85_000)
		contract(rate.Standard, 30)
		fee("with one about this level", 0)
		back := w.place(ask)
		if back.Actual != 466_996 {
			t.Errorf("given back: %+v", back.Back)
		}
		w.cash(466_996)
		ledgertest.Balanced(t, w.DB)
	})
}

func TestAContractThatHasEndedWaivesNothing(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(850_000)
		_, err := w.products.Grant(t.Context(), w.vendor, product.Offer{Account: w.buyer.Account, Kind: product.Commercial, Names: product.Names{EN: "Frame 2025", ZH: "框架合同"}, WaivesFee: true,
			Discount: rate.Discount{Mode: rate.Ratio, Ratio: 500}, Until: w.clock.Now().AddDate(0, 0, 10)})
		fixture.Must(t, err)
		w.buy(rate.Standard, rate.Months(1))
		w.goTo("2026-03-16 15:10:00")
		if q := w.quote(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll}); q.Back.Fee.Actual() != 85_000 {
			t.Errorf("after the contract's end: %+v, want the fee", q.Back)
		}
	})
}
