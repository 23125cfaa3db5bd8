package voucher_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/voucher"
	"hanse/internal/edge/portal/portaltest"
	vouchers "hanse/internal/edge/portal/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

type ground struct {
	*portaltest.Portal
	t                                                *testing.T
	finance, second, distributor, reseller, customer actor.Actor
}

// start is the portal with a distributor, its reseller, and the reseller's resale customer.
func start(t *testing.T) *ground {
	p := portaltest.New(t, func(p *portaltest.Portal) { vouchers.Register(p.Site, p.Voucher, p.Confirm, p.DB) })
	g := &ground{Portal: p, t: t, finance: p.VendorUser(actor.VendorFinance), second: p.VendorUser(actor.VendorFinance),
		distributor: p.Partner("Harbour", account.Distributor), reseller: p.Partner("Pier One", account.Reseller), customer: p.Customer("Near")}
	for _, x := range []account.Association{{Account: g.distributor.Account, Other: g.reseller.Account, Kind: account.ResellerOf}, {Account: g.reseller.Account, Other: g.customer.Account, Kind: account.Resale}} {
		_, err := p.Account.Associate(t.Context(), p.Vendor(), x)
		fixture.Must(t, err)
	}
	return g
}

func (g *ground) until(days int) string { return calendar.DayOf(g.Clock.Now()).AddDays(days).String() }

// form sends a form of a page with its hidden fields.
func (g *ground) form(c *portaltest.Client, at, action string, v url.Values) *portaltest.Page {
	g.t.Helper()
	page := c.Get(at)
	page.Want(200)
	for _, name := range []string{"key", "edition"} {
		if x, ok := page.Doc.Find("input[name=" + name + "]").First().Attr("value"); ok {
			v.Set(name, x)
		}
	}
	return c.Post(action, v)
}

func (g *ground) grant(amount string) string {
	g.t.Helper()
	page := g.form(g.As(g.finance), "/quotas/new", "/quotas", url.Values{"partner": {g.distributor.Account}, "kind": {"0"}, "currency": {"CNY"}, "amount": {amount}, "expire_at": {g.until(30)}})
	page.Want(200)
	return strings.TrimPrefix(page.Path, "/quotas/")
}

func TestAQuotaGoesDownTheChainAndAVoucherToTheCustomer(t *testing.T) {
	g := start(t)
	quota := g.grant("1,000.00")
	harbour, pier, near := g.As(g.distributor), g.As(g.reseller), g.As(g.customer)
	page := g.form(harbour, "/vouchers/split?quota="+quota, "/vouchers/split", url.Values{"quota": {quota}, "reseller": {g.reseller.Account}, "amount": {"400"}})
	page.Want(200)
	child := page.Text("#outcome td a")
	if child == "" {
		t.Fatalf("no quota was handed out:\n%s", page.Text("#outcome"))
	}
	page = g.form(pier, "/vouchers/issue?quota="+child, "/vouchers/issue", url.Values{"quota": {child}, "customer": {g.customer.Account}, "amount": {"0"}})
	if page.Status != 422 || !page.Has("#e-amount") {
		t.Fatalf("an amount of zero: %d", page.Status)
	}
	page = g.form(pier, "/vouchers/issue?quota="+child, "/vouchers/issue", url.Values{"quota": {child}, "customer": {g.customer.Account}, "amount": {"150.50"}, "ids": {"nobody"}})
	page.Want(200)
	id := page.Text("#outcome td a")
	if !strings.HasPrefix(id, "CP") || strings.Count(page.Text("#outcome tbody"), "Failed") != 1 {
		t.Fatalf("issued: %s", page.Text("#outcome"))
	}
	g.Drain()
	if got := near.Get("/vouchers").Text("#list tbody"); !strings.Contains(got, id) || !strings.Contains(got, "150.50") {
		t.Errorf("the customer's vouchers: %s", got)
	}
	portaltest.Check(t, harbour, "/vouchers", "/vouchers/children", "/vouchers/quotas/"+quota, "/vouchers/quotas/"+child, "/vouchers/split", "/vouchers/issue", "/vouchers/records", "/vouchers/pickups",
		"/vouchers/take-back?id="+child)
	portaltest.Check(t, pier, "/vouchers", "/vouchers/issued", "/vouchers/issued/"+id, "/vouchers/issued/"+id+"/reclaim", "/vouchers/pickups/new", "/vouchers/records")
	portaltest.Check(t, near, "/vouchers", "/vouchers/pickups", "/vouchers/issued/"+id)
	portaltest.Check(t, g.As(g.finance), "/quotas", "/quotas/new", "/quotas/"+quota, "/quotas/"+quota+"/adjust", "/vouchers/issued", "/vouchers/issued/"+id)
	for _, at := range []string{"/vouchers/export/quotas.csv", "/vouchers/export/issued.csv", "/vouchers/export/records.xlsx"} {
		pier.Get(at).Want(200)
	}
	pier.Post("/vouchers/issued/"+id+"/freeze", url.Values{}).Want(200)
	if page := pier.Post("/vouchers/issued/"+id+"/reclaim", url.Values{}); page.Status != 409 && page.Status != 422 {
		t.Errorf("a frozen voucher is reclaimed: %d", page.Status)
	}
	pier.Post("/vouchers/issued/"+id+"/unfreeze", url.Values{}).Want(200)
	if page := pier.Post("/vouchers/issued/"+id+"/reclaim", url.Values{}); !strings.Contains(page.Body, "150.50") || page.Path != "/vouchers/issued/"+id {
		t.Errorf("reclaimed: %s", page.Text("main"))
	}
	harbour.Post("/vouchers/take-back", url.Values{"id": {child}}).Want(200)
	q, err := g.Voucher.Quota(t.Context(), g.finance, quota)
	if fixture.Must(t, err); q.Balance != 1000_00 {
		t.Errorf("the quota holds %d, want all of it", q.Balance)
	}
	ledgertest.Balanced(t, g.DB)
}

func TestALargeGrantWaitsForASecondPairOfEyes(t *testing.T) {
	g := start(t)
	quota := g.grant("3000000")
	desk := g.As(g.second)
	if g.As(g.distributor).Get("/vouchers/quotas/"+quota).Status != 404 {
		t.Error("the partner sees a quota that isn't approved")
	}
	page := g.form(desk, "/quotas/"+quota, "/quotas/"+quota+"/decide", url.Values{"agree": {"yes"}})
	page.Want(200)
	page = g.form(desk, "/quotas/"+quota, "/quotas/"+quota+"/state", url.Values{"to": {string(voucher.Held)}})
	page.Want(200)
	page = g.form(desk, "/quotas/"+quota+"/adjust", "/quotas/"+quota+"/adjust", url.Values{"amount": {"2000000"}, "expire_at": {g.until(40)}, "face_max": {"500"}})
	page.Want(200)
	q, err := g.Voucher.Quota(t.Context(), g.second, quota)
	if fixture.Must(t, err); q.Balance != 2_000_000_00 || q.Limits.FaceMax != 500_00 || q.Kept != voucher.Held {
		t.Errorf("adjusted: %+v", q)
	}
}

func TestAPickupVoucherIsBoughtOnThePage(t *testing.T) {
	g := start(t)
	ledgertest.Give(t, g.DB, g.Vendor().Account, g.reseller.Account, ledger.Cash, 500_00)
	pier := g.As(g.reseller)
	v := url.Values{"customer": {g.customer.Account}, "amount": {"200"}, "ratio": {"50%"}, "orders": {"new"}, "expire_at": {g.until(9)}}
	page := g.form(pier, "/vouchers/pickups/new", "/vouchers/pickups", v)
	page.Want(200)
	if again := pier.Post("/vouchers/pickups", v); again.Status != 200 {
		t.Errorf("sent twice: %d", again.Status)
	}
	if got := page.Text("#list tbody"); !strings.Contains(got, "PV") || !strings.Contains(got, "50.00 %") {
		t.Errorf("pickup vouchers: %s", got)
	}
	ledgertest.Has(t, g.DB, g.reseller.Account, ledger.Cash, 300_00)
	if page := g.As(g.customer).Get("/vouchers/pickups"); !strings.Contains(page.Text("#list tbody"), "PV") {
		t.Error("the customer doesn't see it")
	}
}

func TestAFileOfVouchersIsLookedAtConfirmedAndCorrected(t *testing.T) {
	g := start(t)
	quota := g.grant("1,000.00")
	page := g.form(g.As(g.distributor), "/vouchers/split?quota="+quota, "/vouchers/split", url.Values{"quota": {quota}, "reseller": {g.reseller.Account}, "amount": {"100"}})
	child := page.Text("#outcome td a")
	pier := g.As(g.reseller)
	pier.Get("/vouchers/batches/template.csv").Want(200)
	bad := pier.Upload("/vouchers/issue/file", url.Values{"quota": {child}, "expire_time": {"soon"}, "memo": {"Autumn"}}, "file", "a.csv", []byte("receiver,amount\nNear,10\n"))
	if value, _ := bad.Doc.Find("input[name=memo]").Attr("value"); bad.Status != 422 || !bad.Has("#e-expire_time, #e-expire-time") || value != "Autumn" {
		t.Fatalf("a day that is none: %d, memo %q", bad.Status, value)
	}
	if none := pier.Upload("/vouchers/issue/file", url.Values{"quota": {child}}, "file", "a.csv", []byte("who,how much\nNear,10\n")); none.Status != 422 || !none.Has("#e-file") {
		t.Errorf("a file without columns: %d", none.Status)
	}
	page = pier.Upload("/vouchers/issue/file", url.Values{"quota": {child}}, "file", "autumn.csv", []byte("receiver,amount,memo\nNear,10.50,First\nFar,1,\nNear,60,\n")).Want(200)
	at := page.Path
	g.Drain()
	portaltest.Check(t, pier, "/vouchers/issue/file", at, at+"/cancel", "/vouchers/batches", at+"?state=bad")
	if page = pier.Get(at).Want(200); !strings.Contains(page.Text(".head"), "2 of 3 rows") || !strings.Contains(page.Text("#rows-table"), "Far") {
		t.Errorf("before it's confirmed: %s %s", page.Text(".head"), page.Text("#rows-table"))
	}
	pier.Post(at+"/confirm", nil).Want(200)
	g.Drain()
	if page = pier.Get(at).Want(200); !strings.Contains(page.Text("#rows-table"), "CP") || strings.Count(page.Text("#rows-table"), "Posted") != 2 {
		t.Errorf("afterwards: %s", page.Text("#rows-table"))
	}
	if got := pier.Get(at + "/to-correct.csv").Want(200); !strings.Contains(got.Body, "Far,1,") {
		t.Errorf("to correct: %s", got.Body)
	}
	g.As(g.distributor).Get(at).Want(404)
	g.As(g.customer).Get("/vouchers/issue/file").Want(403)
	ledgertest.Balanced(t, g.DB)
}
