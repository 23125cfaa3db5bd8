package company_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/edge/portal/company"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func TestAnAdministratorSwitchesCodesOnAndOff(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) {
		company.Register(p.Site, p.Roster, p.Qualification, p.Tier)
		company.RegisterConfirmation(p.Site, p.Confirm)
	})
	admin := p.Partner("North")
	c := p.As(admin)
	portaltest.Check(t, c, "/company/confirmation")
	page := c.Post("/company/confirmation", url.Values{"on": {"true"}})
	page.Want(200)
	if !strings.Contains(page.Text("main"), "are confirmed with a code") {
		t.Errorf("the page after switching on says %.200q", page.Text("main"))
	}
	portaltest.Check(t, c, "/company/confirmation")
	p.As(p.User(admin.Account, actor.PartnerFinance)).Get("/company/confirmation").Want(403)
	p.As(p.Customer("East")).Get("/company/confirmation").Want(200)
}
