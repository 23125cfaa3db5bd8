package bss_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/login"
	"hanse/internal/edge/bss"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

var nonce atomic.Int64

const (
	adjust    = "/v2/accounts/partner-accounts/adjust-amount"
	reclaim   = "/v2/accounts/partner-accounts/reclaim"
	fund      = "/v2/accounts/partner-accounts/indirect-partner-adjust"
	fundBack  = "/v2/accounts/partner-accounts/indirect-partner-reclaim"
	balances  = "/v2/accounts/partner-accounts/balances"
	records   = "/v3/accounts/partner-accounts/adjust-records"
	statement = "/v2/accounts/partner-accounts/account-change-records"
)

func TestMoneyGoesDownTheChannelAndBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.good(w.harbour, "POST", fund, `{"indirect_partner_id":"`+w.north.Account+`","amount":"99.99"}`)
		if id, _ := a.body["transfer_id"].(string); !strings.HasPrefix(id, "AD") {
			t.Errorf("transfer_id %q, want AD…", id)
		}
		w.good(w.harbour, "POST", adjust, `{"customer_id":"`+w.lighthouse.Account+`","amount":10.5,"indirect_partner_id":"`+w.north.Account+`"}`)
		a = w.good(w.harbour, "POST", reclaim, `{"customer_id":"`+w.lighthouse.Account+`","amount":"0.50","indirect_partner_id":"`+w.north.Account+`"}`)
		if id, _ := a.body["trans_id"].(string); !strings.HasPrefix(id, "RE") {
			t.Errorf("trans_id %q, want RE…", id)
		}
		w.good(w.harbour, "POST", fundBack, `{"indirect_partner_id":"`+w.north.Account+`","amount":9.99}`)
		ledgertest.Has(t, w.DB, w.harbour.Account, ledger.Cash, 910_00)
		ledgertest.Has(t, w.DB, w.north.Account, ledger.Cash, 1080_00)
		ledgertest.Has(t, w.DB, w.lighthouse.Account, ledger.Allocated, 10_00)
		a = w.good(w.harbour, "GET", balances+"?indirect_partner_id="+w.north.Account, "")
		if got := a.list("account_balances")[0]; !strings.Contains(a.raw, `"account_type":1,"amount":1080.00,"currency":"CNY","designated_amount":0.00`) {
			t.Errorf("balances of the reseller %v in %s", got, a.raw)
		}
		a = w.good(w.harbour, "GET", records+"?indirect_partner_id="+w.north.Account, "")
		if rows := a.list("records"); a.raw == "" || len(rows) != 2 || rows[0]["operation_type"] != "SOURCE_OPERATION_BERETRIEVE" || rows[0]["amount"] != "0.50" || rows[1]["customer_name"] != "Lighthouse" {
			t.Errorf("adjust records of the reseller: %s", a.raw)
		}
		a = w.good(w.harbour, "GET", records+"?limit=1&offset=1&customer_id="+w.north.Account, "")
		if rows := a.list("records"); len(rows) != 1 || rows[0]["amount"] != "99.99" || string(a.body["total_count"].(interface{ String() string }).String()) != "2" {
			t.Errorf("second own adjust record: %s", a.raw)
		}
		a = w.good(w.harbour, "GET", statement+"?balance_type=BALANCE_TYPE_DEBIT&trade_type=BEADJUST", "")
		rows := a.list("records")
		if len(rows) != 1 || rows[0]["change_amount"] != "99.99" || rows[0]["type"] != "2" || rows[0]["balance_after_change"] != "900.01" || rows[0]["account_name"] != "North" ||
			rows[0]["trade_detail_type"] != "SOURCE_OPERATION_BEADJUST" {
			t.Errorf("the distributor's statement: %s", a.raw)
		}
	})
}

func TestRefusalsOfMoneyHaveTheirCodes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		north, light, other := w.north.Account, w.lighthouse.Account, w.cave.Account
		for _, c := range []struct {
			by         actor.Actor
			path, body string
			status     int
			code       string
		}{
			{w.harbour, fund, `{"indirect_partner_id":"` + north + `","amount":1000.01}`, 400, "CBC.99005003"},
			{w.harbour, fundBack, `{"indirect_partner_id":"` + north + `","amount":1000.01}`, 400, "CBC.99005003"},
			{w.harbour, fund, `{"indirect_partner_id":"` + w.foreign.Account + `","amount":1}`, 400, "CBC.99000037"},
			{w.harbour, fundBack, `{"indirect_partner_id":"` + w.foreign.Account + `","amount":1}`, 400, "CBC.99000037"},
			{w.harbour, fund, `{"indirect_partner_id":"nobody","amount":1}`, 400, "CBC.99000037"},
			{w.harbour, fund, `{"indirect_partner_id":"` + light + `","amount":1}`, 400, "CBC.99000037"},
			{w.harbour, adjust, `{"customer_id":"` + light + `","amount":1,"indirect_partner_id":"` + w.foreign.Account + `"}`, 400, "CBC.99000037"},
			{w.harbour, adjust, `{"customer_id":"` + light + `","amount":1}`, 400, "CBC.99000035"},
			{w.harbour, adjust, `{"customer_id":"` + other + `","amount":1,"indirect_partner_id":"` + north + `"}`, 400, "CBC.99000035"},
			{w.harbour, adjust, `{"customer_id":"` + north + `","amount":1}`, 400, "CBC.99000035"},
			{w.harbour, adjust, `{"customer_id":"` + w.tide.Account + `","amount":1,"indirect_partner_id":"` + north + `"}`, 400, "CBC.99005024"},
			{w.harbour, adjust, `{"customer_id":"` + light + `","amount":1000.01,"indirect_partner_id":"` + north + `"}`, 400, "CBC.99005003"},
			{w.harbour, reclaim, `{"customer_id":"` + light + `","amount":1,"indirect_partner_id":"` + north + `"}`, 400, "CBC.99000047"},
			{w.provider, reclaim, `{"customer_id":"` + light + `","amount":1}`, 400, "CBC.99000035"},
			{w.provider, adjust, `{"customer_id":"` + w.mill.Account + `","amount":0}`, 400, "CBC.0100"},
			{w.provider, adjust, `{"customer_id":"` + w.mill.Account + `","amount":1.005}`, 400, "CBC.0100"},
			{w.provider, adjust, `{"customer_id":"` + w.mill.Account + `"}`, 400, "CBC.0100"},
			{w.provider, adjust, `{"customer_id":5,"amount":1}`, 400, "CBC.0100"},
			{w.provider, adjust, `[]`, 400, "CBC.0100"},
			{w.provider, adjust, ``, 400, "CBC.0100"},
		} {
			w.bad(c.by, "POST", c.path, c.body, c.status, c.code)
		}
		a := w.bad(w.provider, "POST", adjust, `{"customer_id":"`+w.mill.Account+`","amount":1.005}`, 400, "CBC.0100")
		if msg := a.body["error_msg"].(string); !strings.Contains(msg, `amount="1.005"`) {
			t.Errorf("error_msg %q, want field, value and reason", msg)
		}
		// The id of somebody who distributes to nobody is left aside.
		w.good(w.provider, "POST", adjust, `{"customer_id":"`+w.mill.Account+`","amount":1,"indirect_partner_id":"nobody"}`)
	})
}

func TestTheSameKeyMovesMoneyOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		send := func(amount string) answer {
			r := w.request(w.harbour, "POST", fund, `{"indirect_partner_id":"`+w.north.Account+`","amount":`+amount+`}`)
			r.Header.Set("Idempotency-Key", "october")
			return w.do(r)
		}
		first, second := send("5"), send("5")
		if first.status != 200 || first.raw != second.raw || second.header.Get("Idempotency-Replayed") != "true" || first.header.Get("Idempotency-Replayed") != "" {
			t.Errorf("twice with one key: %s, %s", first.raw, second.raw)
		}
		if third := send("6"); third.status != 400 || third.code() != "CBC.0101" {
			t.Errorf("the key with another amount: %d %s", third.status, third.raw)
		}
		ledgertest.Has(t, w.DB, w.north.Account, ledger.Cash, 1005_00)
	})
}

func TestWhoIsNotKnownIsRefusedAsTheGatewayDoes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		gatewayError := func(name string, a answer, status int, code string) {
			t.Helper()
			if a.status != status || a.code() != code || a.body["request_id"] != a.header.Get("X-Request-Id") || a.body["request_id"] == "" {
				t.Errorf("%s: %d %s, want %d %s with the request id", name, a.status, a.raw, status, code)
			}
		}
		plain, _ := http.NewRequest("GET", w.url+balances, nil)
		gatewayError("no proof", w.do(plain), 401, "APIGW.0301")
		r := w.request(w.harbour, "GET", balances, "")
		r.URL.RawQuery = "indirect_partner_id=x"
		gatewayError("changed after signing", w.do(r), 401, "APIGW.0301")
		gatewayError("unknown path", w.call(w.harbour, "GET", "/v2/nothing", ""), 404, "APIGW.0101")
		gatewayError("unknown path of v3", w.call(w.harbour, "GET", "/v3/accounts/nothing", ""), 404, "APIGW.0101")
		gatewayError("another method", w.call(w.harbour, "DELETE", balances, ""), 404, "APIGW.0101")
		body := `{"indirect_partner_id":"` + w.north.Account + `","amount":1}`
		first := w.request(w.harbour, "POST", fund, body)
		second := first.Clone(t.Context())
		second.Body, _ = first.GetBody()
		if a := w.do(first); a.status != 200 {
			t.Fatalf("first: %s", a.raw)
		}
		gatewayError("a signature used twice", w.do(second), 401, "APIGW.0301")
		token, _ := http.NewRequest("GET", w.url+balances, nil)
		token.Header.Set("X-Auth-Token", "nonsense")
		if a := w.do(token); a.status != 401 || a.code() != "CBC.0154" {
			t.Errorf("a token that is none: %d %s", a.status, a.raw)
		}
		ledgertest.Has(t, w.DB, w.north.Account, ledger.Cash, 1001_00)
	})
}

func TestATokenIsAsGoodAsASignature(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x, err := w.Login.IssueToken(t.Context(), fixture.Nobody(), login.TokenRequest{Name: w.Email(w.harbour), DomainName: "Harbour", Password: fixture.Password})
		fixture.Must(t, err)
		r, _ := http.NewRequest("GET", w.url+balances, nil)
		r.Header.Set("X-Auth-Token", x.Value)
		if a := w.do(r); a.status != 200 || len(a.list("account_balances")) != 5 {
			t.Errorf("with a token: %d %s", a.status, a.raw)
		}
	})
}

func TestErrorsSpeakTheReadersLanguage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(t, d, c, 0)
		for header, want := range map[string]string{"": "参数错误", "zh_CN": "参数错误", "fr_FR": "参数错误", "en_US": "Parameter error", "EN-us": "Parameter error"} {
			r, _ := http.NewRequest("GET", w.url+statement, nil)
			x, err := w.Login.IssueToken(t.Context(), fixture.Nobody(), login.TokenRequest{Name: w.Email(w.harbour), DomainName: "Harbour", Password: fixture.Password})
			fixture.Must(t, err)
			r.Header.Set("X-Auth-Token", x.Value)
			r.Header.Set("X-Language", header)
			if a := w.do(r); a.code() != "CBC.0100" || !strings.HasPrefix(a.body["error_msg"].(string), want) {
				t.Errorf("X-Language %q: %s, want %s…", header, a.raw, want)
			}
		}
	})
}

func TestOneOperationIsLimitedForEachAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(t, d, c, bss.DefaultRate)
		count := func(by actor.Actor, path string) (n int) {
			for range 25 {
				switch a := w.call(by, "GET", path, ""); {
				case a.status == 200:
					n++
				case a.status != 429 || a.code() != "APIGW.0308" || a.header.Get("Retry-After") == "":
					t.Fatalf("%s = %d %s", path, a.status, a.raw)
				}
			}
			return n
		}
		if n := count(w.harbour, balances); n != 10 {
			t.Errorf("%d of 25 at once, want 10", n)
		}
		if n := count(w.harbour, statement+"?balance_type=BALANCE_TYPE_DEBIT"); n != 20 {
			t.Errorf("%d of 25 of the ledger, want 20", n)
		}
		if n := count(w.provider, balances); n != 10 {
			t.Errorf("%d of 25 of another account, want 10", n)
		}
		c.AdvanceWall(time.Second)
		if n := count(w.harbour, balances); n != 10 {
			t.Errorf("%d of 25 a second later, want 10", n)
		}
	})
}
