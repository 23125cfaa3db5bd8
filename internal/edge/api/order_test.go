package api_test

import (
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
)

// planBuyer makes a vendor, a partner, and a sub-account of the same name, which may buy.
func planBuyer(t *testing.T, a *apptest.App) (vendor, master, sub string) {
	t.Helper()
	vendor = company(t, a, actor.Vendor, "Vendor")
	master, sub = company(t, a, actor.Partner, "Lighthouse"), company(t, a, actor.Customer, "Lighthouse")
	x, err := a.Account.AskSub(t.Context(), actor.Actor{Kind: actor.Partner, Account: master, Roles: []actor.Role{actor.PartnerAdmin}, User: "m", Name: "M"}, sub, "Lighthouse")
	must(t, err)
	must(t, a.Account.AnswerSub(t.Context(), actor.Actor{Kind: actor.Customer, Account: sub, Roles: []actor.Role{actor.CustomerAdmin}, User: "s", Name: "S"}, x.ID, true))
	return vendor, master, sub
}

// placePlan orders a month of STANDARD and returns the order's number.
func placePlan(c *client) string {
	var q struct{ Token string }
	c.call("POST", "/api/v1/plan/quotes", map[string]any{"kind": "new", "level": "STANDARD", "term": map[string]any{"unit": "MONTH", "num": 1}}).want(200).into(&q)
	var o struct{ No string }
	c.call("POST", "/api/v1/orders", map[string]any{"token": q.Token, "agreement_version": 1}).want(200).into(&o)
	return o.No
}

func TestAPlanIsQuotedOrderedAndPaidOnceUnderAKey(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		vendor, _, sub := planBuyer(t, a)
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

func TestAPartnerPaysWhatItsSubAccountAsks(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		vendor, master, sub := planBuyer(t, a)
		ledgertest.Give(t, a.DB, vendor, master, ledger.Cash, 1_000_000)
		buyer, partner := user(t, a, sub, actor.CustomerAdmin), user(t, a, master, actor.PartnerFinance)
		no := placePlan(buyer)
		type request struct{ ID, State, Amount string }
		ask := func() request {
			var out struct {
				Requests []request `json:"agent_payments"`
			}
			buyer.call("POST", "/api/v1/agent-payments", map[string]any{"order_nos": []string{no}, "words": "Please."}).want(200).into(&out)
			return out.Requests[0]
		}
		x := ask()
		partner.call("POST", "/api/v1/agent-payments/"+x.ID+"/refusal", map[string]any{}).refused(422, "HANSE.INVALID")
		partner.call("POST", "/api/v1/agent-payments/"+x.ID+"/refusal", map[string]any{"words": "Next month."}).want(200)
		x = ask()
		path := "/api/v1/agent-payments/" + x.ID + "/payment"
		buyer.call("POST", path, map[string]any{}).refused(403, "HANSE.DENIED")
		partner.call("POST", path+"?dry_run=true", map[string]any{"amount": x.Amount}).want(200)
		ledgertest.Has(t, a.DB, master, ledger.Cash, 1_000_000)
		partner.call("POST", path, map[string]any{"amount": x.Amount}).want(200)
		ledgertest.Has(t, a.DB, master, ledger.Cash, 150_000)
		var o struct {
			State  int
			PaidBy string `json:"paid_by"`
		}
		buyer.call("GET", "/api/v1/orders/"+no, nil).want(200).into(&o)
		if o.State != 5 || o.PaidBy != master {
			t.Errorf("order = %+v, want it paid by %s", o, master)
		}
		ledgertest.Balanced(t, a.DB)
	})
}

func TestAContractIsAppliedForTakenBackAndIssued(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		vendor, _, sub := planBuyer(t, a)
		buyer, finance := user(t, a, sub, actor.CustomerAdmin), user(t, a, vendor, actor.VendorFinance)
		apply := map[string]any{"order_nos": []string{placePlan(buyer)}, "title": "Lighthouse"}
		type contract struct {
			No, State, Due string
			Edition        int64
		}
		var dry, c contract
		buyer.call("POST", "/api/v1/contracts?dry_run=true", apply).want(200).into(&dry)
		buyer.call("POST", "/api/v1/contracts", apply).want(200).into(&c)
		if dry.No != "" || c.State != "APPLIED" || c.Due != "8500.00" {
			t.Errorf("dry run %+v, contract %+v", dry, c)
		}
		path := "/api/v1/contracts/" + c.No
		buyer.call("POST", path+"/issue", map[string]any{"edition": c.Edition}).refused(403, "HANSE.DENIED")
		finance.call("POST", path+"/issue", map[string]any{"edition": c.Edition + 7}).refused(409, "HANSE.CONFLICT")
		buyer.call("POST", path+"/withdrawal", map[string]any{"edition": c.Edition}).want(200).into(&c)
		if c.State != "CANCELLED" {
			t.Errorf("contract = %+v, want it cancelled", c)
		}
		buyer.call("POST", "/api/v1/contracts", apply).want(200).into(&c)
		path = "/api/v1/contracts/" + c.No
		finance.call("POST", path+"/issue", map[string]any{"edition": c.Edition}).want(200).into(&c)
		finance.call("POST", path+"/funding", map[string]any{"edition": c.Edition, "top_up_id": "none"}).refused(422, "HANSE.INVALID")
		buyer.call("POST", path+"/withdrawal", map[string]any{"edition": c.Edition}).refused(409, "HANSE.CONFLICT")
		user(t, a, company(t, a, actor.Customer, "Other"), actor.CustomerAdmin).call("GET", path, nil).refused(404, "HANSE.NOT_FOUND")
		ledgertest.Balanced(t, a.DB)
	})
}
