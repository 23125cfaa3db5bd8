package api_test

import (
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
)

func TestAPlanIsQuotedOrderedAndPaidOnceUnderAKey(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		vendor := company(t, a, actor.Vendor, "Vendor")
		master, sub := company(t, a, actor.Partner, "Lighthouse"), company(t, a, actor.Customer, "Lighthouse")
		x, err := a.Account.AskSub(t.Context(), actor.Actor{Kind: actor.Partner, Account: master, Roles: []actor.Role{actor.PartnerAdmin}, User: "m", Name: "M"}, sub, "Lighthouse")
		must(t, err)
		must(t, a.Account.AnswerSub(t.Context(), actor.Actor{Kind: actor.Customer, Account: sub, Roles: []actor.Role{actor.CustomerAdmin}, User: "s", Name: "S"}, x.ID, true))
		ledgertest.Give(t, a.DB, vendor, sub, ledger.Cash, 1_000_000)
		c := user(t, a, sub, actor.CustomerAdmin)
		var q struct {
			Token, Due string
			Lines      []struct{ Formula, Amount string }
		}
		c.call("POST", "/api/v1/plan/quotes", map[string]any{"kind": "new", "level": "STANDARD", "term": map[string]any{"unit": "MONTH", "num": 1}}).want(200).into(&q)
		if q.Due != "8500.00" || len(q.Lines) != 1 || q.Lines[0].Formula == "" {
			t.Fatalf("quote = %+v, want 8500.00 with its formula", q)
		}
		body := map[string]any{"token": q.Token, "agreement_version": 1}
		c.call("POST", "/api/v1/orders", map[string]any{"token": q.Token}).refused(422, "HANSE.INVALID")
		var dry, o, again struct {
			No    string
			State int
		}
		c.call("POST", "/api/v1/orders?dry_run=true", body).want(200).into(&dry)
		keyed := c.with("Idempotency-Key", "place-1")
		keyed.call("POST", "/api/v1/orders", body).want(200).into(&o)
		keyed.call("POST", "/api/v1/orders", body).want(200).into(&again)
		if dry.No != "" || o.No == "" || o.No != again.No || o.State != 6 {
			t.Errorf("dry run %+v, order %+v, once more %+v", dry, o, again)
		}
		c.call("GET", "/api/v1/order-payments/options?no="+o.No, nil).want(200)
		pay := map[string]any{"order_nos": []string{o.No}, "way": "balance"}
		c.call("POST", "/api/v1/order-payments?dry_run=true", pay).want(200)
		ledgertest.Has(t, a.DB, sub, ledger.Cash, 1_000_000)
		paid := c.with("Idempotency-Key", "pay-1")
		for range 2 {
			paid.call("POST", "/api/v1/order-payments", pay).want(200)
		}
		ledgertest.Has(t, a.DB, sub, ledger.Cash, 150_000)
		c.call("PATCH", "/api/v1/plan/settings", map[string]any{"deduct_day": 1}).refused(422, "HANSE.INVALID")
		c.call("PATCH", "/api/v1/plan/settings", map[string]any{"auto_renew": true, "unified_day": -1}).want(200)
		for _, path := range []string{"/api/v1/plan", "/api/v1/orders", "/api/v1/orders/" + o.No} {
			c.call("GET", path, nil).want(200)
		}
		user(t, a, company(t, a, actor.Customer, "Other"), actor.CustomerAdmin).call("GET", "/api/v1/orders/"+o.No, nil).refused(404, "HANSE.NOT_FOUND")
		ledgertest.Balanced(t, a.DB)
	})
}
