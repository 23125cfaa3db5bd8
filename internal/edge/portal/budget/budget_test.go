package budget_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	pages "hanse/internal/edge/portal/budget"
	"hanse/internal/edge/portal/portaltest"
)

func TestADistributorAllowsAndAResellerSetsABudget(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) { pages.Register(p.Site, p.DB, p.Budget, p.Distribution, p.Confirm) })
	distributor, reseller, customer := p.Partner("Harbour", account.Distributor), p.Partner("North", account.Reseller), p.Customer("Lighthouse")
	for _, x := range []account.Association{{Account: distributor.Account, Other: reseller.Account, Kind: account.ResellerOf}, {Account: reseller.Account, Other: customer.Account, Kind: account.Resale}} {
		_, err := p.Account.Associate(t.Context(), p.Vendor(), x)
		fixture.Must(t, err)
	}
	p.Drain()
	north, harbour := p.As(reseller), p.As(distributor)
	page := "/budgets/" + customer.Account
	if got := north.Get("/budgets").Want(200).Body; !strings.Contains(got, "let you set budgets") {
		t.Error("the reseller isn't told that it may not")
	}
	amount := "amount-" + reseller.Account
	if got := harbour.Post("/budget-rights/"+reseller.Account, url.Values{amount: {"x"}}).Want(422).Body; !strings.Contains(got, "isn’t an amount") && !strings.Contains(got, "isn&#39;t an amount") {
		t.Error("a limit that is no amount isn't named")
	}
	harbour.Post("/budget-rights/"+reseller.Account, url.Values{"allowed-" + reseller.Account: {"1"}, amount: {"500"}}).Want(200)
	portaltest.Check(t, harbour, "/budgets")
	refused := north.Post(page, url.Values{"budget_amount": {"500.01"}, "budget_type": {"MONTHLY"}}).Want(422)
	if v, _ := refused.Doc.Find("input[name=budget_amount]").Attr("value"); v != "500.01" || !strings.Contains(refused.Body, "500.00") {
		t.Errorf("what was typed is %q", v)
	}
	north.Post(page, url.Values{"budget_amount": {"400"}, "budget_type": {"MONTHLY"}, "auto": {"1"}}).Want(200)
	if got := north.Get("/budgets").Text("#budgets-table"); !strings.Contains(got, "CN¥400.00") || !strings.Contains(got, "0 %") {
		t.Errorf("the list shows %q", got)
	}
	portaltest.Check(t, north, "/budgets", page)
	portaltest.Check(t, p.As(p.Vendor()), "/channel/"+reseller.Account+"/budgets")
	north.Post(page+"/remove", nil).Want(200)
	if p.As(p.Partner("Stranger")).Get(page).Status != 404 {
		t.Error("a stranger sees the page")
	}
}
