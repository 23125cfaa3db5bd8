package order_test

import (
	"testing"

	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
)

func TestThePlanOfTheSourceDocumentIsBoughtAndGivenBack(t *testing.T) {
	each(t, "2019-12-11 17:04:33", func(w *world) {
		w.give(850_000)
		q := w.quote(order.Ask{Kind: order.Buy, Level: rate.Standard, Term: rate.Months(1)})
		if q.Due() != 850_000 || q.After != at("2020-01-11 23:59:59") {
			t.Errorf("quote: due %d until %v", q.Due(), q.After)
		}
		o := w.buy(rate.Standard, rate.Months(1))
		if o.State != order.Completed || o.Actual != 850_000 || len(o.No) > 26 || o.No[:8] != "CS191211" {
			t.Errorf("paid: %+v", o)
		}
		w.cash(0)
		w.level(rate.Standard)
		p := w.plan()
		if p.State != subscription.Active || p.Begun != at("2019-12-11 17:04:33") || p.Expires != at("2020-01-11 23:59:59") {
			t.Errorf("plan: %+v", p)
		}
	})
}
