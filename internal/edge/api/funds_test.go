package api_test

import (
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// funded is a partner with 100.00 and a resale customer, whose books are connected.
func funded(t *testing.T, a *apptest.App) (finance *client, customer string) {
	t.Helper()
	vendor := company(t, a, actor.Vendor, "Vendor")
	north, east := company(t, a, actor.Partner, "North"), company(t, a, actor.Customer, "East")
	must(t, a.DB.Update(t.Context(), func(tx *db.Tx) error {
		if _, err := account.Relate(t.Context(), tx, cli, actor.Associate, north, east, account.Resale); err != nil {
			return err
		}
		return ledger.Connect(t.Context(), tx, north, east, ledger.MoneyUnits...)
	}))
	ledgertest.Give(t, a.DB, vendor, north, ledger.Cash, 10_000)
	return user(t, a, north, actor.PartnerFinance), east
}

func TestFundsMoveOnceUnderAKeyAndEachAmountHasItsEntries(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		p, east := funded(t, a)
		body := map[string]string{"to": east, "amount": "60.00", "memo": "November"}
		var would, first struct {
			Transfer, Number, Book, Amount, Allocatable string
			Receiver                                    string `json:"receiver_balance"`
		}
		p.call("POST", "/api/v1/funds/allocate?dry_run=true", body).want(200).into(&would)
		if would.Transfer != "" || would.Allocatable != "40.00" || would.Receiver != "60.00" {
			t.Errorf("dry run = %+v, want 40.00 left, 60.00 received, no transfer", would)
		}
		keyed := p.with("Idempotency-Key", "order-1")
		once := keyed.call("POST", "/api/v1/funds/allocate", body).want(200)
		once.into(&first)
		again := keyed.call("POST", "/api/v1/funds/allocate", body).want(200)
		if string(again.body) != string(once.body) || again.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("the key once more = %s, want the first answer %s", again.body, once.body)
		}
		keyed.call("POST", "/api/v1/funds/allocate", map[string]string{"to": east, "amount": "60.01"}).refused(422, "HANSE.INVALID")
		p.call("POST", "/api/v1/funds/allocate", map[string]string{"to": east, "amount": "40.01"}).refused(422, "HANSE.INVALID")
		p.call("POST", "/api/v1/funds/allocate", map[string]string{"to": east, "amount": "1.005"}).refused(422, "HANSE.INVALID")
		p.call("POST", "/api/v1/funds/reclaim", map[string]string{"to": east, "amount": "10"}).want(200)
		if n := spent(t, a); n != 5 {
			t.Errorf("%d signatures are written down, want the 5 of calls without a key that change something, or that were refused", n)
		}
		for _, path := range []string{"funds", "funds/receivers", "funds/records", "entries", "entries?account_kind=clearing&unit=CNY&ref=" + east,
			"balance?kind=cash", "holds", "transfers/" + first.Transfer} {
			p.call("GET", "/api/v1/accounts/"+p.id+"/"+path, nil).want(200)
		}
		customer := user(t, a, east, actor.CustomerAdmin)
		customer.call("GET", "/api/v1/accounts/"+p.id+"/funds", nil).refused(404, "HANSE.NOT_FOUND")
		customer.call("GET", "/api/v1/accounts/"+p.id+"/transfers/"+first.Transfer, nil).want(200)
		ledgertest.Has(t, a.DB, east, ledger.Allocated, 5_000)
		ledgertest.Balanced(t, a.DB)
	})
}

// spent counts the signatures that every node remembers.
func spent(t *testing.T, a *apptest.App) int64 {
	t.Helper()
	n, err := db.One(t.Context(), a.DB.Read(), db.Int, `SELECT COUNT(*) FROM nonce`)
	must(t, err)
	return n
}

func TestABatchOfTheInterfaceIsCheckedAndPosted(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		p, east := funded(t, a)
		var b struct {
			ID, State, Total string
			Bad              int64 `json:"bad_rows"`
			Done             int64 `json:"done_rows"`
		}
		p.call("POST", "/api/v1/funds/batches/list", map[string]any{"kind": "allocate", "lines": []map[string]string{{"to": east, "amount": "25"}, {"to": "nobody", "amount": "1"}}}).
			want(201).into(&b)
		if b.State != "checked" || b.Bad != 1 || b.Total != "25.00" {
			t.Errorf("the batch = %+v, want one good row of 25.00 and a bad one", b)
		}
		p.call("POST", "/api/v1/funds/batches/list", map[string]any{"kind": "unbind", "lines": []map[string]string{{"to": east, "amount": "25"}}}).want(422)
		p.call("POST", "/api/v1/funds/batches?kind=unbind&name=x.csv", "receiver,amount\n").want(422)
		path := "/api/v1/funds/batches/" + b.ID
		p.call("POST", path+"/confirm", nil).want(200)
		must(t, a.Runner.Drain(t.Context()))
		p.call("GET", path, nil).want(200).into(&b)
		if b.State != "done" || b.Done != 1 {
			t.Errorf("the batch = %+v, want one row done", b)
		}
		p.call("GET", path+"/rows?state=bad", nil).want(200)
		p.call("GET", path+"/to-correct", nil).want(200)
		ledgertest.Has(t, a.DB, east, ledger.Allocated, 2_500)
		ledgertest.Balanced(t, a.DB)
	})
}
