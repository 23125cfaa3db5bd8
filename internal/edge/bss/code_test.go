package bss_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/db"
)

const (
	customers = "/v2/partners/sub-customers"
	coupons   = "/v2/promotions/benefits/partner-coupons"
)

// lastCode is the code that was sent last.
func (w *world) lastCode() string {
	w.t.Helper()
	p, err := db.One(w.t.Context(), w.DB.Read(), db.String, `SELECT payload FROM event WHERE kind = 'login.code_requested' ORDER BY id DESC LIMIT 1`)
	fixture.Must(w.t, err)
	var x struct{ Sealed string }
	fixture.Must(w.t, json.Unmarshal([]byte(p), &x))
	code, err := w.Vault.Open("mail", x.Sealed)
	fixture.Must(w.t, err)
	return code
}

func TestACodeThatExpiredHasItsOwnCode(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.good(w.provider, "POST", "/v2/bases/verificationcode/send", `{"receiver_type":2,"email":"it@kaunas.example","timeout":3}`)
		code := w.lastCode()
		wrong := "000000"
		if code == wrong {
			wrong = "000001"
		}
		body := func(code string) string {
			return `{"xaccount_id":"k1","xaccount_type":"p","email":"it@kaunas.example","domain_area":"LT","verification_code":"` + code + `"}`
		}
		w.bad(w.provider, "POST", customers, body(wrong), 400, "CBC.99004010")
		w.clock.AdvanceWall(3 * time.Minute)
		w.bad(w.provider, "POST", customers, body(wrong), 400, "CBC.99004010")
		w.bad(w.provider, "POST", customers, body(code), 400, "CBC.99004008")
		w.good(w.provider, "POST", "/v2/bases/verificationcode/send", `{"receiver_type":2,"email":"it@kaunas.example"}`)
		for code = w.lastCode(); wrong == code; {
			wrong = "000002"
		}
		for range 5 {
			w.bad(w.provider, "POST", customers, body(wrong), 400, "CBC.99004010")
		}
		w.bad(w.provider, "POST", customers, body(code), 400, "CBC.99004009")
	})
}

func TestACustomerIsUnfrozenUnderTheTypeOfItsFreezeAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		made := w.good(w.provider, "POST", customers, `{"xaccount_id":"k1","xaccount_type":"p"}`)
		id, _ := made.body["domain_id"].(string)
		w.good(w.provider, "POST", customers+"/freeze", `{"customer_ids":["`+id+`"],"reason":"Late"}`)
		w.bad(w.provider, "POST", customers+"/unfreeze", `{"customer_ids":["`+id+`"],"reason":"Paid","unfreeze_type":"ACCOUNT_AND_RESOURCE"}`, 400, "CBC.0101")
		a := w.good(w.provider, "POST", customers+"/unfreeze", `{"customer_ids":["`+id+`","`+w.cave.Account+`"],"reason":"Paid"}`)
		if rows := a.list("error_details"); len(rows) != 1 || rows[0]["error_code"] != "CBC.99000000" {
			t.Errorf("one of two: %s", a.raw)
		}
	})
}

func TestACompanyThatAnotherManagesGetsNoCoupons(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		q, err := w.voucher.Grant(ctx, w.vendor, voucher.NewQuota{Partner: w.provider.Account, Currency: "CNY", Minor: 100_00, EffectiveAt: w.clock.Now(), ExpireAt: w.clock.Now().AddDate(0, 1, 0)})
		fixture.Must(t, err)
		holding := w.Partner("Holding")
		x, err := w.Account.AskSub(ctx, holding, w.mill.Account, "Mill")
		fixture.Must(t, err)
		body := `{"quota_id":"` + q.ID + `","customer_ids":["` + w.mill.Account + `"],"face_value":1}`
		if a := w.good(w.provider, "POST", coupons, body); len(a.list("coupon_infos")) != 1 {
			t.Errorf("before it's managed: %s", a.raw)
		}
		fixture.Must(t, w.Account.AnswerSub(ctx, w.mill, x.ID, true))
		a := w.good(w.provider, "POST", coupons, strings.Replace(body, ":1}", ":2}", 1))
		if rows := a.list("error_details"); len(rows) != 1 || rows[0]["error_code"] != "CBC.50000034" || rows[0]["id"] != w.mill.Account {
			t.Errorf("managed by another company: %s", a.raw)
		}
	})
}
