package bss_test

import (
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
)

const (
	orders    = "/v2/orders/customer-orders"
	payPath   = "/v3/orders/customer-orders/pay"
	resources = "/v2/orders/subscriptions/resources/"
)

// buys orders a month of STANDARD and gives its number.
func (w *world) buys(by actor.Actor) string {
	w.t.Helper()
	q, err := w.order.Quote(w.t.Context(), by, order.Ask{Kind: order.Buy, Level: rate.Standard, Term: rate.Months(1)})
	fixture.Must(w.t, err)
	o, err := w.order.Place(w.t.Context(), by, order.Placing{Token: q.Token, Agreed: 1})
	fixture.Must(w.t, err)
	return o.No
}

// pays pays an order without coupons or discounts.
func (w *world) pays(by actor.Actor, no string) answer {
	w.t.Helper()
	return w.call(by, "POST", payPath, `{"order_id":"`+no+`","use_coupon":"NO","use_discount":"NO"}`)
}

func (w *world) planOf(by actor.Actor) subscription.Subscription {
	w.t.Helper()
	s, ok, err := subscription.Of(w.t.Context(), w.DB.Read(), by.Account)
	fixture.Must(w.t, err)
	if !ok {
		w.t.Fatal("there's no plan")
	}
	return s
}

func TestAPlanIsPaidRenewedAndGivenBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		by := w.provider
		no := w.buys(by)
		if a := w.pays(by, no); a.status != 400 || a.code() != "CBC.99005003" {
			t.Errorf("with too little money: %d %s", a.status, a.raw)
		}
		ledgertest.Give(t, w.DB, w.vendor.Account, by.Account, ledger.Cash, 19_000_00)
		if a := w.pays(by, strings.ToLower(no)); a.status != 204 || a.raw != "" {
			t.Errorf("paid: %d %q, want 204 without a body", a.status, a.raw)
		}
		ledgertest.Has(t, w.DB, by.Account, ledger.Cash, 11_500_00)
		id := w.planOf(by).ID
		renew := `{"resource_ids":["` + id + `"],"period_type":2,"period_num":`
		w.bad(by, "POST", resources+"renew", renew+`2,"is_auto_pay":1}`, 400, "CBC.30050006")
		w.bad(by, "POST", resources+"renew", renew+`1}`, 400, "CBC.99003100")
		w.bad(by, "POST", resources+"unsubscribe", `{"resource_ids":["`+id+`"],"unsubscribe_type":1}`, 400, "CBC.99003100")
		a := w.good(by, "GET", orders+"?status=6", "")
		unpaid, _ := a.list("order_infos")[0]["order_id"].(string)
		if a = w.good(by, "PUT", orders+"/cancel", `{"order_id":"`+unpaid+`"}`); a.status != 204 {
			t.Errorf("cancelled: %d %s", a.status, a.raw)
		}
		twice := func() answer {
			r := w.request(by, "POST", resources+"renew", renew+`1,"is_auto_pay":1}`)
			r.Header.Set("Idempotency-Key", "renewal")
			return w.do(r)
		}
		if first, second := twice(), twice(); first.status != 200 || first.raw != second.raw {
			t.Errorf("one key twice: %s, %s", first.raw, second.raw)
		}
		ledgertest.Has(t, w.DB, by.Account, ledger.Cash, 3_000_00)
		a = w.good(by, "POST", resources+"unsubscribe", `{"resource_ids":["`+id+`"],"unsubscribe_type":1,"unsubscribe_reason_type":5,"unsubscribe_reason":"over"}`)
		ids, _ := a.body["order_ids"].([]any)
		refund, _ := ids[0].(string)
		ledgertest.Has(t, w.DB, by.Account, ledger.Cash, 20_000_00)
		a = w.good(by, "GET", orders+"/details/"+refund, "")
		if !strings.Contains(a.raw, `"amount_after_discount":-17000.00,"official_amount":-17000.00`) || !strings.Contains(a.raw, `"period_num":null`) {
			t.Errorf("the refund: %s", a.raw)
		}
		a = w.good(by, "GET", orders+"/refund-orders?order_id="+refund, "")
		if !strings.Contains(a.raw, `"measure_id":"1"`) {
			t.Errorf("the refund's lines: %s", a.raw)
		}
		w.bad(by, "POST", resources+"unsubscribe", `{"resource_ids":["`+id+`"],"unsubscribe_type":1}`, 400, "CBC.30000067")
	})
}

func TestAPartnerReadsItsCustomersOrdersAndNobodyElses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		no, own := w.buys(w.lighthouse), w.buys(w.provider)
		ids := func(by actor.Actor, query string) (out []any) {
			for _, o := range w.good(by, "GET", orders+query, "").list("order_infos") {
				out = append(out, o["order_id"])
			}
			return out
		}
		for _, x := range []struct {
			by    actor.Actor
			query string
			want  string
		}{
			{w.lighthouse, "", no},
			{w.north, "?customer_id=" + w.lighthouse.Account, no},
			{w.north, "?method=sub_customer", no},
			{w.harbour, "?customer_id=" + w.lighthouse.Account + "&indirect_partner_id=" + w.north.Account, no},
			{w.harbour, "?method=sub_customer&indirect_partner_id=" + w.north.Account, no},
			{w.provider, "?order_id=" + strings.ToLower(own), own},
			{w.provider, "?order_type=1&order_by=createTime", own},
			{w.provider, "?method=sub_customer", ""},
			{w.provider, "?order_type=2", ""},
			{w.provider, "?service_type_code=hws.service.type.ec2", ""},
			{w.provider, "?payment_time_begin=2001-01-01T00:00:00Z", ""},
		} {
			got := ids(x.by, x.query)
			if x.want == "" && len(got) > 0 || x.want != "" && (len(got) != 1 || got[0] != x.want) {
				t.Errorf("%s%s = %v, want %q", orders, x.query, got, x.want)
			}
		}
		w.bad(w.provider, "GET", orders+"?customer_id="+w.lighthouse.Account, "", 403, "CBC.0155")
		w.bad(w.lighthouse, "GET", orders+"?method=sub_customer", "", 403, "CBC.0155")
		w.bad(w.provider, "GET", orders+"/details/"+no, "", 400, "CBC.30000010")
		w.bad(w.harbour, "GET", orders+"/details/"+no, "", 400, "CBC.30000010")
		w.good(w.harbour, "GET", orders+"/details/"+no+"?indirect_partner_id="+w.north.Account, "")
		if a := w.pays(w.north, no); a.code() != "CBC.30000010" {
			t.Errorf("a partner pays its customer's order: %s", a.raw)
		}
	})
}

func TestAutomaticPaymentTakesTheCommercialDiscountFirst(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		by := w.provider
		ledgertest.Give(t, w.DB, w.vendor.Account, by.Account, ledger.Cash, 19_000_00)
		w.pays(by, w.buys(by))
		for kind, ratio := range map[product.OfferKind]int64{product.Commercial: 1000, product.PartnerRatio: 2000, product.Promotion: 3000} {
			o := product.Offer{Account: by.Account, Kind: kind, Names: product.Names{EN: "Test", ZH: "测试"}, Discount: rate.Discount{Mode: rate.Ratio, Ratio: ratio},
				From: w.clock.Now(), Until: w.clock.Now().AddDate(1, 0, 0)}
			switch kind {
			case product.Promotion:
				o.Account = ""
			case product.PartnerRatio:
				o.Grantor = w.harbour.Account
			}
			_, err := w.product.Grant(t.Context(), w.vendor, o)
			fixture.Must(t, err)
		}
		w.clock.Shift(2 * time.Second)
		body := `{"resource_ids":["` + w.planOf(by).ID + `"],"period_type":2,"period_num":1`
		a := w.good(by, "POST", "/v2/bills/ratings/period-resources/renew-rate", body+`}`)
		best := 0
		for _, x := range a.list("optional_discount_rating_results") {
			if x["amount"] == "6800.00" && string(x["best_offer"].(interface{ String() string }).String()) == "1" {
				best++
			}
		}
		if best != 1 || len(a.list("optional_discount_rating_results")) != 2 {
			t.Errorf("offers: %s, want the partner's as the best and no promotion", a.raw)
		}
		w.good(by, "POST", resources+"renew", body+`,"is_auto_pay":1}`)
		ledgertest.Has(t, w.DB, by.Account, ledger.Cash, 20_000_00-8_500_00-7_650_00)
	})
}

func TestRefusalsOfPlansHaveTheirCodes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		by := w.provider
		ledgertest.Give(t, w.DB, w.vendor.Account, by.Account, ledger.Cash, 19_000_00)
		late := w.buys(by)
		w.clock.Shift(400 * 24 * time.Hour)
		if a := w.pays(by, late); a.code() != "CBC.99003110" {
			t.Errorf("after the deadline: %d %s", a.status, a.raw)
		}
		w.good(by, "PUT", orders+"/cancel", `{"order_id":"`+late+`"}`)
		w.pays(by, w.buys(by))
		id := w.planOf(by).ID
		const renewRate, auto = "/v2/bills/ratings/period-resources/renew-rate", resources + "autorenew/"
		for _, x := range []struct{ method, path, body, code string }{
			{"POST", resources + "renew", `{"resource_ids":["` + id + `"],"period_type":3,"period_num":4}`, "CBC.99000092"},
			{"POST", resources + "renew", `{"resource_ids":["` + id + `"],"period_type":4,"period_num":1}`, "CBC.0100"},
			{"POST", resources + "renew", `{"resource_ids":["` + id + `"],"period_type":2}`, "CBC.0100"},
			{"POST", resources + "renew", `{"resource_ids":[],"period_type":2,"period_num":1}`, "CBC.0100"},
			{"POST", resources + "unsubscribe", `{"resource_ids":["` + id + `"],"unsubscribe_type":2}`, "CBC.99003128"},
			{"POST", resources + "unsubscribe", `{"resource_ids":["` + id + `"]}`, "CBC.0100"},
			{"POST", auto + id, `{"auto_renew_times":-1}`, "CBC.0100"},
			{"POST", auto + id, `{"period_type":"DAY"}`, "CBC.0100"},
			{"POST", auto + "sub_nothing", ``, "CBC.99003012"},
			{"POST", auto, ``, "CBC.0100"},
			{"DELETE", auto + id, ``, "CBC.99003605"},
			{"POST", renewRate, `{"resource_ids":["` + id + `","` + id + `"],"period_type":2,"period_num":1}`, "CBC.30050012"},
			{"GET", orders + "/refund-orders?order_id=" + late, ``, "CBC.99005026"},
			{"GET", orders + "/order-coupons?order_id=" + late, ``, "CBC.30000010"},
			{"GET", orders + "?status=7", ``, "CBC.0100"},
			{"GET", orders + "?create_time_begin=2024-01-01T00:00:00Z&create_time_end=2025-01-01T00:00:02Z", ``, "CBC.0100"},
		} {
			w.bad(by, x.method, x.path, x.body, 400, x.code)
		}
		if a := w.call(by, "GET", orders+"/details/a/b", ""); a.status != 404 || a.code() != "APIGW.0101" {
			t.Errorf("a longer path: %d %s", a.status, a.raw)
		}
		if a := w.call(by, "POST", auto+id, ``); a.status != 204 || a.raw != "" {
			t.Errorf("renewing by itself: %d %q", a.status, a.raw)
		}
		if s := w.planOf(by); !s.AutoRenew || s.RenewLeft != subscription.Unlimited || s.RenewTerm != rate.Months(1) {
			t.Errorf("the plan: %+v", s)
		}
		w.good(by, "POST", auto+id, `{"auto_renew_times":3,"period_type":"YEAR"}`)
		w.good(by, "POST", auto+id, `{}`)
		if s := w.planOf(by); s.RenewLeft != 3 || s.RenewTerm != rate.Years(1) {
			t.Errorf("absent fields change the plan: %+v", s)
		}
		w.clock.Shift(35 * 24 * time.Hour)
		runner := w.Runner()
		w.plans.Register(runner)
		fixture.Must(t, runner.Drain(t.Context()))
		w.bad(by, "POST", auto+id, `{"auto_renew_times":4}`, 400, "CBC.99003602")
		a := w.good(by, "POST", "/v2/orders/suscriptions/resources/query", `{"status_list":[5],"limit":500}`)
		if rows := a.list("data"); len(rows) != 1 || rows[0]["resource_id"] != id || !strings.Contains(a.raw, `"expire_policy":3`) {
			t.Errorf("resources in grace: %s", a.raw)
		}
	})
}
