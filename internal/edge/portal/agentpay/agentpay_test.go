package agentpay_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/edge/portal/agentpay"
	contracts "hanse/internal/edge/portal/contract"
	orders "hanse/internal/edge/portal/order"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

// TestAPartnerIsAskedPaysAndDeclinesOnItsPages goes from the buyer's pay page to the partner's balance.
func TestAPartnerIsAskedPaysAndDeclinesOnItsPages(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) {
		orders.Register(p.Site, orders.Deps{DB: p.DB, Orders: p.Order, Payments: p.Payment, Confirm: p.Confirm})
		agentpay.Register(p.Site, p.DB, p.Order, p.Confirm)
		contracts.Register(p.Site, p.DB, p.Contract, p.Order, p.Press)
	})
	master, sub, vendor := p.Partner("Lighthouse"), p.Customer("Lighthouse"), p.Vendor()
	x, err := p.Account.AskSub(t.Context(), master, sub.Account, "Lighthouse")
	fixture.Must(t, err)
	fixture.Must(t, p.Account.AnswerSub(t.Context(), sub, x.ID, true))
	ledgertest.Give(t, p.DB, vendor.Account, master.Account, ledger.Cash, 850_000)
	no := place(t, p, sub)
	buyer, payer := p.As(sub), p.As(master)
	ask := buyer.Post("/orders/pay", url.Values{"no": {no}, "way": {"agent"}, "do": {"pay"}}).Want(200)
	if !strings.HasPrefix(ask.Path, "/orders/agent?") || !strings.Contains(ask.Text("main"), "Lighthouse") {
		t.Fatalf("the way leads to %s: %s", ask.Path, ask.Text("main"))
	}
	asked := buyer.Post("/orders/agent", url.Values{"no": {no}, "words": {"Please."}}).Want(200)
	if asked.Path != "/orders/"+no || !asked.Has("#agent form") {
		t.Errorf("after asking: %s, %s", asked.Path, asked.Text("main"))
	}
	rows, _, err := p.Order.Agents(t.Context(), master, order.AgentFilter{})
	fixture.Must(t, err)
	page := "/payments-asked/" + rows[0].ID
	portaltest.Check(t, payer, "/payments-asked", page)
	portaltest.Check(t, buyer, "/orders/agent?no="+no, "/orders/"+no)
	if got := buyer.Get(page).Status; got != 404 {
		t.Errorf("the buyer opens the partner's page: %d", got)
	}
	if got := p.As(p.Partner("Stranger")).Get(page).Status; got != 404 {
		t.Errorf("a stranger: %d", got)
	}
	if f := payer.Get("/payments-asked.csv?state=REQUESTED").Want(200).Body; !strings.Contains(f, no+",") || strings.Count(f, "\n") != 2 {
		t.Errorf("the file: %s", f)
	}
	if got := buyer.Get("/payments-asked.csv").Status; got != 404 {
		t.Errorf("the buyer loads the partners' list: %d", got)
	}
	payer.Post(page+"/decline", url.Values{"words": {""}}).Want(422)
	done := payer.Post(page+"/pay", url.Values{"minor": {"850000"}}).Want(200)
	if done.Has("#agent-pay") || !strings.Contains(done.Text("main"), "Paid by the partner") {
		t.Errorf("paid: %s", done.Text("main"))
	}
	ledgertest.Has(t, p.DB, master.Account, ledger.Cash, 0)
	payer.Post(page+"/pay", url.Values{"minor": {"850000"}}).Want(200)
	ledgertest.Balanced(t, p.DB)
}

func place(t *testing.T, p *portaltest.Portal, by actor.Actor) string {
	t.Helper()
	by.Via = "key"
	q, err := p.Order.Quote(t.Context(), by, order.Ask{Kind: order.Buy, Level: rate.Standard, Term: rate.Months(1)})
	fixture.Must(t, err)
	o, err := p.Order.Place(t.Context(), by, order.Placing{Token: q.Token, Agreed: 1})
	fixture.Must(t, err)
	return o.No
}

// TestAContractGoesFromApplicationToMoneyOnItsPages walks both sides.
func TestAContractGoesFromApplicationToMoneyOnItsPages(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) {
		orders.Register(p.Site, orders.Deps{DB: p.DB, Orders: p.Order, Payments: p.Payment, Confirm: p.Confirm})
		contracts.Register(p.Site, p.DB, p.Contract, p.Order, p.Press)
	})
	master, sub, vendor := p.Partner("Lighthouse"), p.Customer("Lighthouse"), p.Vendor()
	x, err := p.Account.AskSub(t.Context(), master, sub.Account, "Lighthouse")
	fixture.Must(t, err)
	fixture.Must(t, p.Account.AnswerSub(t.Context(), sub, x.ID, true))
	no := place(t, p, sub)
	buyer, finance := p.As(sub), p.As(vendor)
	portaltest.Check(t, buyer, "/contracts", "/contracts/new?no="+no)
	applied := buyer.Post("/contracts", url.Values{"no": {no}, "title": {"Lighthouse Ltd."}}).Want(200)
	page := applied.Path
	if !strings.HasPrefix(page, "/contracts/HT") || !strings.Contains(applied.Text("main"), "Lighthouse Ltd.") {
		t.Fatalf("applied: %s %s", page, applied.Text("main"))
	}
	for _, lang := range []string{"en", "zh-Hans"} {
		if b := buyer.Get(page + "/paper/" + lang).Want(200); !strings.HasPrefix(b.Body, "%PDF") {
			t.Errorf("the paper in %s is no PDF", lang)
		}
	}
	portaltest.Check(t, finance, "/contracts", page)
	if f := buyer.Get("/contracts.csv").Want(200).Body; !strings.Contains(f, "8500.00") || strings.Count(f, "\n") != 2 {
		t.Errorf("the file: %s", f)
	}
	if f := p.As(p.Customer("Stranger")).Get("/contracts.csv").Want(200).Body; strings.Count(f, "\n") != 1 {
		t.Errorf("a stranger's file: %s", f)
	}
	edition := func() string { return finance.Get(page).Doc.Find("input[name=edition]").AttrOr("value", "") }
	finance.Post(page+"/issue", url.Values{"edition": {"99"}}).Want(409)
	finance.Post(page+"/issue", url.Values{"edition": {edition()}}).Want(200)
	pdf := []byte(buyer.Get(page + "/paper/en").Body)
	finance.Upload(page+"/scan", url.Values{"edition": {edition()}}, "file", "signed.pdf", pdf).Want(200)
	buyer.Get(page + "/scan").Want(200)
	finance.Post(page+"/fund", url.Values{"edition": {edition()}, "top_up": {"top_none"}}).Want(422)
	if got := p.As(p.Partner("Stranger")).Get(page).Status; got != 404 {
		t.Errorf("a stranger: %d", got)
	}
	portaltest.Check(t, buyer, page)
}
