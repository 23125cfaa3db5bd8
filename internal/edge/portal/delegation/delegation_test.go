package delegation_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	pages "hanse/internal/edge/portal/delegation"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

func TestAPartnerAsksAndACustomerApprovesAndRevokes(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) { pages.Register(p.Site, p.DB, p.Delegation, p.Distribution, p.Confirm) })
	partner, customer := p.Partner("Baltic"), p.Customer("Lighthouse")
	sales := p.User(partner.Account, actor.AccountManager)
	_, err := p.Account.Associate(t.Context(), p.Vendor(), account.Association{Account: partner.Account, Other: customer.Account, Kind: account.Resale})
	fixture.Must(t, err)
	p.Drain()
	baltic, light := p.As(partner), p.As(customer)
	portaltest.Check(t, light, "/delegations")
	form := url.Values{"customer": {customer.Account}, "user_id": {sales.User}, "until": {"2020-01-01"}, "reason": {"We order for you."}}
	refused := baltic.Post("/delegations", form).Want(422)
	if got := refused.Text("textarea[name=reason]"); !strings.Contains(got, "We order") {
		t.Errorf("what was typed is %q", got)
	}
	form.Set("until", calendar.DayOf(p.Clock.Now()).AddDays(20).String())
	asked := baltic.Post("/delegations", form).Want(200).Path
	portaltest.Check(t, baltic, "/delegations", asked)
	portaltest.Check(t, light, "/delegations", asked)
	light.Post(asked+"/approve", url.Values{"version": {"1"}}).Want(200)
	if got := light.Get(asked).Text("h1"); !strings.Contains(got, "Lighthouse") {
		t.Errorf("the heading is %q", got)
	}
	light.Post(asked+"/revoke", url.Values{"version": {"2"}}).Want(422)
	light.Post(asked+"/revoke", url.Values{"version": {"2"}, "reason": {"Enough."}}).Want(200)
	portaltest.Check(t, light, asked)
	portaltest.Check(t, p.As(p.Vendor()), "/channel/"+partner.Account+"/delegations", asked)
	if p.As(p.Partner("Stranger")).Get(asked).Status != 404 {
		t.Error("a stranger sees it")
	}
}
