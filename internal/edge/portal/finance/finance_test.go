package finance_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/edge/portal/finance"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

type ground struct {
	*portaltest.Portal
	vendor, distributor, north, south, customer actor.Actor
}

func newGround(t *testing.T) *ground {
	p := portaltest.New(t, func(p *portaltest.Portal) { finance.Register(p.Site, p.Funds, p.Confirm, p.DB) })
	g := &ground{Portal: p, vendor: p.Vendor()}
	g.distributor, g.north, g.south = p.Partner("Harbour", account.Distributor), p.Partner("North", account.Reseller), p.Partner("South", account.Reseller)
	g.customer = p.Customer("Lighthouse")
	relate := func(a, b actor.Actor, k account.Link) {
		fixture.Must(t, p.DB.Update(t.Context(), func(tx *db.Tx) error {
			if _, err := account.Relate(t.Context(), tx, g.vendor, actor.Associate, a.Account, b.Account, k); err != nil {
				return err
			}
			return ledger.Connect(t.Context(), tx, a.Account, b.Account, ledger.MoneyUnits...)
		}))
	}
	relate(g.distributor, g.north, account.ResellerOf)
	relate(g.distributor, g.south, account.ResellerOf)
	relate(g.north, g.customer, account.Resale)
	ledgertest.Give(t, p.DB, g.vendor.Account, g.distributor.Account, ledger.Cash, 100_000)
	return g
}

func has(t *testing.T, page *portaltest.Page, words ...string) {
	t.Helper()
	page.Want(200)
	for _, w := range words {
		if !strings.Contains(page.Text("main"), w) {
			t.Errorf("%s lacks %q: %.600s", page.Path, w, page.Text("main"))
		}
	}
}

func TestADistributorAllocatesAndTakesBack(t *testing.T) {
	g := newGround(t)
	c := g.As(g.distributor)
	portaltest.Check(t, c, "/finance", "/finance/allocate", "/finance/reclaim", "/finance/records", "/finance/entries", "/finance/batches")
	form := c.Get("/finance/allocate?to=" + g.north.Account)
	key, _ := form.Doc.Find(`#one input[name=key]`).Attr("value")
	typed := url.Values{"to": {g.north.Account}, "amount": {"1,2,3"}, "memo": {"November"}, "key": {key}}
	refused := c.Post("/finance/allocate", typed)
	refused.Want(422)
	if memo, _ := refused.Doc.Find("#f-memo").Attr("value"); memo != "November" {
		t.Errorf("the memo after a refusal is %q, want what was typed", memo)
	}
	typed.Set("amount", "250.50")
	typed.Set("check", "1")
	has(t, c.Post("/finance/allocate", typed), "CN¥749.50", "Nothing has moved yet")
	typed.Del("check")
	done := c.Post("/finance/allocate", typed)
	has(t, done, "CN¥250.50", "Harbour", "North", "November")
	portaltest.Check(t, c, done.Path)
	if again := c.Post("/finance/allocate", typed); again.Path != done.Path {
		t.Errorf("the same form once more leads to %s, want %s", again.Path, done.Path)
	}
	ledgertest.Has(t, g.DB, g.north.Account, ledger.Cash, 25_050)
	portaltest.Check(t, c, "/finance", "/finance/records", "/finance/entries?account=cash", "/finance/entries?with="+g.north.Account, "/finance?of="+g.north.Account)
	has(t, g.As(g.north).Get(done.Path), "CN¥250.50")
	g.As(g.south).Get(done.Path).Want(404)
	g.As(g.south).Get("/finance?of=" + g.north.Account).Want(404)
	has(t, c.Post("/finance/reclaim", url.Values{"to": {g.north.Account}, "amount": {"50.50"}}), "CN¥50.50")
	ledgertest.Has(t, g.DB, g.distributor.Account, ledger.Cash, 80_000)
	portaltest.Check(t, g.As(g.vendor), "/channel/"+g.distributor.Account+"/finance", "/channel/"+g.distributor.Account+"/finance/entries",
		"/channel/"+g.distributor.Account+"/finance/records")
	if csv := c.Get("/finance/entries.csv"); !strings.Contains(csv.Body, "250.50") {
		t.Errorf("entries.csv lacks the allocation: %.300s", csv.Body)
	}
	g.As(g.User(g.distributor.Account, actor.AccountManager)).Get("/finance").Want(403)
	ledgertest.Balanced(t, g.DB)
}

func TestSeveralAndAFileAreShownBeforeTheyArePosted(t *testing.T) {
	g := newGround(t)
	c := g.As(g.distributor)
	c.Post("/finance/allocate/many", url.Values{"amount_all": {"1"}}).Want(422)
	batch := c.Post("/finance/allocate/many", url.Values{"id": {g.north.Account, g.south.Account}, "amount_all": {"100"}, "amount." + g.south.Account: {"50.5"}})
	has(t, batch, "CN¥150.50", "North", "South")
	portaltest.Check(t, c, batch.Path, batch.Path+"/cancel")
	ledgertest.Has(t, g.DB, g.north.Account, ledger.Cash, 0)
	c.Post(batch.Path+"/confirm", nil)
	g.Drain()
	has(t, c.Get(batch.Path), "2 of 2 rows were posted")
	ledgertest.Has(t, g.DB, g.south.Account, ledger.Cash, 5_050)

	file := c.Upload("/finance/allocate/file", url.Values{"memo_file": {"December"}}, "file", "december.csv", []byte("receiver,amount\nNorth,10\nNobody,20\n"))
	g.Drain()
	has(t, c.Get(file.Path), "1 of 2 rows can be posted", "Nobody", "december.csv")
	portaltest.Check(t, c, file.Path, file.Path+"?state=bad", "/finance/batches")
	c.Post(file.Path+"/confirm", nil)
	g.Drain()
	has(t, c.Get(file.Path), "1 of 2 rows were posted")
	if csv := c.Get(file.Path + "/to-correct.csv"); !strings.Contains(csv.Body, "Nobody") {
		t.Errorf("the rows to correct lack Nobody: %s", csv.Body)
	}
	c.Upload("/finance/allocate/file", nil, "file", "x.csv", []byte("a,b\n1,2\n")).Want(422)
	ledgertest.Balanced(t, g.DB)
}

func TestAPageAsksForACodeWhenTheCompanyWantsIt(t *testing.T) {
	g := newGround(t)
	fixture.Must(t, g.Confirm.SetSwitch(t.Context(), g.distributor, true))
	c := g.As(g.distributor)
	portaltest.Check(t, c, "/finance/allocate")
	typed := url.Values{"to": {g.north.Account}, "amount": {"10"}, "key": {"k1"}}
	c.Post("/finance/allocate", typed).Want(422)
	typed.Set("send_code", "1")
	sent := c.Post("/finance/allocate", typed)
	has(t, sent, "A code is on its way")
	if amount, _ := sent.Doc.Find("#f-amount").Attr("value"); amount != "10" {
		t.Errorf("the amount beside the code is %q, want what was typed", amount)
	}
	ledgertest.Has(t, g.DB, g.north.Account, ledger.Cash, 0)
}
