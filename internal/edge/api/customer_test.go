package api_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
)

func TestACustomerIsCreatedTaggedAndGetsVouchersOfABatch(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		vendor := company(t, a, actor.Vendor, "Vendor")
		p := user(t, a, company(t, a, actor.Partner, "North"), actor.PartnerAdmin)
		at := "/api/v1/partners/" + p.id + "/customers"
		var free struct{ Free bool }
		p.call("GET", "/api/v1/customer-identity?kind=name&value=kaunas", nil).want(200).into(&free)
		body := map[string]string{"name": "Kaunas Logistics", "country": "LT", "model": "resale", "contact": "Jonas", "email": "it@kaunas.example", "login_name": "kaunas"}
		bad := map[string]string{"name": "", "country": "LT", "model": "resale", "contact": "", "email": "nobody"}
		if e := p.call("POST", at, bad).refused(422, "HANSE.INVALID"); !free.Free || len(e.Fields) != 3 {
			t.Errorf("free %t, refused %+v, want three fields", free.Free, e)
		}
		var made struct{ ID string }
		once := p.with("Idempotency-Key", "crm-1").call("POST", at, body).want(201)
		once.into(&made)
		if again := p.with("Idempotency-Key", "crm-1").call("POST", at, body).want(201); string(again.body) != string(once.body) {
			t.Errorf("the key once more: %s, want %s", again.body, once.body)
		}
		p.call("POST", at, body).refused(422, "HANSE.INVALID")
		p.call("POST", at+"/"+made.ID+"/remind", nil).want(204)
		user(t, a, vendor, actor.ChannelManager).call("PUT", "/api/v1/customers/"+made.ID+"/new-customer-tag", map[string]string{"tag": "N"}).want(204)
		p.call("GET", "/api/v1/partners/"+p.id+"/new-customer-tags?customer="+made.ID, nil).want(200)

		finance := user(t, a, vendor, actor.VendorFinance)
		var quota struct{ ID string }
		now := a.DB.Clock().Now()
		finance.call("POST", "/api/v1/voucher-quotas", map[string]any{"partner": p.id, "kind": "voucher", "currency": "CNY", "value": "100.00", "expire_at": now.AddDate(0, 1, 0)}).want(201).into(&quota)
		var b struct {
			ID, State, Total, Issued string
			Bad                      int64 `json:"bad_rows"`
			Done                     int64 `json:"done_rows"`
		}
		p.call("POST", "/api/v1/voucher-batches/list?"+url.Values{"quota": {quota.ID}}.Encode(), map[string]any{"lines": []map[string]string{{"to": "kaunas", "amount": "10.50"}, {"to": "Nobody", "amount": "1"}}}).want(201).into(&b)
		if b.State != "checked" || b.Bad != 1 || b.Total != "10.50" {
			t.Fatalf("listed: %+v", b)
		}
		p.call("POST", "/api/v1/voucher-batches/"+b.ID+"/confirm", nil).want(200)
		must(t, a.Runner.Drain(t.Context()))
		p.call("GET", "/api/v1/voucher-batches/"+b.ID, nil).want(200).into(&b)
		rows := p.call("GET", "/api/v1/voucher-batches/"+b.ID+"/rows?state=done", nil).want(200)
		if b.State != "done" || b.Done != 1 || b.Issued != "10.50" || !strings.Contains(string(rows.body), `"voucher":"CP`) {
			t.Errorf("done: %+v %s", b, rows.body)
		}
		ledgertest.Balanced(t, a.DB)
	})
}
