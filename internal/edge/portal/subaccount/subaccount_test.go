package subaccount_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/edge/portal/portaltest"
	pages "hanse/internal/edge/portal/subaccount"
	"hanse/internal/kit/actor"
)

const list = "/company/sub-accounts"

func open(t *testing.T) *portaltest.Portal {
	return portaltest.New(t, func(p *portaltest.Portal) { pages.Register(p.Site, p.Eligibility, p.Tier) })
}

// press sends the one form of a page whose address ends so.
func press(t *testing.T, c *portaltest.Client, step string) *portaltest.Page {
	t.Helper()
	f := c.Get(list).Want(200).Doc.Find("form[action$='/" + step + "']")
	if f.Length() != 1 {
		t.Fatalf("%d buttons %s", f.Length(), step)
	}
	return c.Post(f.AttrOr("action", ""), nil)
}

func TestAMasterAsksASubAccountAnswersAndRenames(t *testing.T) {
	p := open(t)
	p.Vendor()
	master, customer := p.Partner("Lighthouse"), p.Customer("Beacon")
	m, s := p.As(master), p.As(customer)
	if got := m.Get(list).Want(200).Text("#who-table"); !strings.Contains(got, "Missing") || !strings.Contains(got, "sub-account") {
		t.Errorf("the page says %q of who may buy", got)
	}
	portaltest.Check(t, m, list)
	refused := m.Post(list, url.Values{"account": {customer.Account}, "name": {"Wrong"}}).Want(422)
	if v := refused.Doc.Find("#associate input[name=name]").AttrOr("value", ""); v != "Wrong" {
		t.Errorf("what was typed became %q", v)
	}
	m.Post(list, url.Values{"account": {customer.Account}, "name": {"beacon"}}).Want(200)
	portaltest.Check(t, s, list)
	press(t, s, "accept").Want(200)
	press(t, m, "ask-rename").Want(200)
	portaltest.Check(t, s, list)
	portaltest.Check(t, m, list)
	if got := press(t, s, "rename").Want(200).Body; !strings.Contains(got, "This account may buy a support plan") {
		t.Error("the renamed sub-account isn't told that it may buy")
	}
	portaltest.Check(t, p.As(p.Vendor()), "/channel/"+master.Account+list)
	press(t, m, "end").Want(200)
	p.As(p.Partner("Stranger")).Get("/channel/" + master.Account + list).Want(404)
}

func TestAMasterCreatesASubAccount(t *testing.T) {
	p := open(t)
	p.Vendor()
	m := p.As(p.Partner("Lighthouse"))
	refused := m.Post(list+"/new", url.Values{"contact": {"Mo"}, "email": {"mo"}}).Want(422)
	if refused.Doc.Find("#create .error-summary, #create [role=alert], #create [aria-invalid=true]").Length() == 0 {
		t.Error("the form doesn't say what is wrong")
	}
	m.Post(list+"/new", url.Values{"contact": {"Mo"}, "email": {"mo@lighthouse.example"}}).Want(200)
	if got := m.Get(list).Text("#subs-table"); !strings.Contains(got, "Lighthouse") || !strings.Contains(got, "Same as the master") {
		t.Errorf("the list shows %q", got)
	}
	portaltest.Check(t, m, list)
}

func TestTheTierIsShownAndStatedByTheVendor(t *testing.T) {
	p := open(t)
	partner := p.Partner("Lighthouse")
	m, v := p.As(partner), p.As(p.VendorUser(actor.VendorFinance))
	portaltest.Check(t, m, "/company/tier")
	page := "/channel/" + partner.Account + "/company/tier"
	portaltest.Check(t, v, page)
	v.Post(page, url.Values{"level": {"4"}, "edition": {"0"}}).Want(422)
	v.Post(page, url.Values{"level": {"4"}, "edition": {"0"}, "reason": {"strategic"}}).Want(200)
	v.Post(page, url.Values{"level": {"3"}, "edition": {"0"}, "reason": {"late"}}).Want(409)
	if got := m.Get("/company/tier").Want(200).Text("main"); !strings.Contains(got, "Customer tier V4") || !strings.Contains(got, "15 days") || !strings.Contains(got, "strategic") {
		t.Errorf("the partner reads %q", got)
	}
	portaltest.Check(t, m, "/company/tier")
	portaltest.Check(t, v, page)
	m.Post(page, url.Values{"level": {"5"}}).Want(404)
}
