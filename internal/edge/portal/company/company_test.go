package company_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/company"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func start(t *testing.T) (*portaltest.Portal, actor.Actor) {
	t.Helper()
	p := portaltest.New(t, func(p *portaltest.Portal) { company.Register(p.Site, p.Roster, p.Qualification, p.Tier) })
	return p, p.Partner("Northwind Networks")
}

func TestTheProfileIsEditedOnceAndAStalePageIsToldSo(t *testing.T) {
	p, by := start(t)
	c := p.As(by)
	form := c.Get("/company/edit").Want(200)
	data := url.Values{"name": {"Northwind Networks Pte Ltd"}, "country": {"SG"}, "address": {"1 Harbour Road"}, "contact": {"Ann Lee"},
		"email": {"info@north.example"}, "version": {form.Doc.Find("input[name=version]").AttrOr("value", "")}, "market": {"china"}, "has_channel": {""}}
	page := c.Post("/company/edit", data).Want(200)
	if !strings.Contains(page.Text("#profile"), "Northwind Networks Pte Ltd") || strings.Contains(page.Text("#profile"), "China") {
		t.Errorf("after editing the profile says %q", page.Text("#profile"))
	}
	c.Post("/company/edit", data).Want(409)
	data.Set("country", "Singapore")
	refused := c.Post("/company/edit", data).Want(422)
	if !refused.Has("[role=alert]") || refused.Doc.Find("#f-address").AttrOr("value", "") != "1 Harbour Road" {
		t.Error("the refused form lost what was typed")
	}
}

func TestUsersAreInvitedChangedDeactivatedAndBack(t *testing.T) {
	p, by := start(t)
	c, other := p.As(by), p.User(by.Account, actor.ServiceManager)
	c.Post("/company/users/invite", url.Values{"email": {"nobody"}, "name": {""}}).Want(422)
	page := c.Post("/company/users/invite", url.Values{"email": {"dee@north.example"}, "name": {"Dee"}, "roles": {"service_manager"}, "lang": {"en"}}).Want(200)
	revoke, ok := page.Doc.Find("#invitations-table a[href$='/revoke']").Attr("href")
	if !ok {
		t.Fatalf("the invitation isn't listed: %s", page.Text("main"))
	}
	c.Get(revoke).Want(200)
	if c.Post(revoke, nil).Want(200).Has("#invitations-table") {
		t.Error("the revoked invitation is still listed")
	}
	path := "/company/users/" + other.User
	c.Post(path, url.Values{}).Want(422)
	c.Post(path, url.Values{"roles": {"partner_finance", "service_manager"}}).Want(200)
	c.Get(path + "/deactivate").Want(200)
	page = c.Post(path+"/deactivate", nil).Want(200)
	if !page.Has("form[action='" + path + "/reactivate']") {
		t.Errorf("the user can't be reactivated: %s", page.Text("#users"))
	}
	c.Post(path+"/reactivate", nil).Want(200)
	if got := c.Post("/company/users/"+by.User+"/deactivate", nil).Status; got == 200 {
		t.Error("the last administrator could go")
	}
	if got := c.Get("/company/users?q=" + url.QueryEscape(other.Name)).Want(200).Doc.Find("#users-table tbody tr").Length(); got != 1 {
		t.Errorf("the filter by name lists %d users, want 1", got)
	}
	c.Get("/company/users.csv").Want(200)
}

func TestServiceFactsAreDeclaredWithRowsOfProjectsAndKeepTheirHistory(t *testing.T) {
	p, by := start(t)
	ann, err := p.Roster.Bind(t.Context(), by, by.Account, roster.Entry{Number: "E1", Name: "Ann Lee", Registered: true})
	if err != nil {
		t.Fatal(err)
	}
	c := p.As(by)
	edition := func() string {
		return c.Get("/company/service/edit").Want(200).Doc.Find("input[name=edition]").AttrOr("value", "")
	}
	form := url.Values{"edition": {edition()}, "hotline": {"7x24"}, "hotline_number": {""}, "service_email": {"help"}, "service_manager": {ann},
		"issue_tracking": {"automatic"}, "events_attended": {"x"}, "credits": {"12"}, "named_engineers": {ann}, "gear.router": {"2"}, "gear.ap": {"1"},
		"projects.0.name": {""}, "projects.0.list_price_usd": {""}, "projects.0.finished_on": {""},
		"projects.1.name": {"Airport"}, "projects.1.list_price_usd": {"1,200,000"}, "projects.1.finished_on": {"2026-01-31"}}
	refused := c.Post("/company/service/edit", form).Want(422)
	if refused.Doc.Find("#f-projects-0-name").AttrOr("value", "") != "Airport" || refused.Doc.Find("input[name=named_engineers][checked]").Length() != 1 {
		t.Errorf("the refused form lost what was typed")
	}
	form.Set("events_attended", "3")
	refused = c.Post("/company/service/edit", form).Want(422)
	for _, field := range []string{"hotline_number", "service_email"} {
		if !refused.Has("[role=alert] a[href='#f-" + field + "']") {
			t.Errorf("%s isn't refused: %s", field, refused.Text("[role=alert]"))
		}
	}
	form.Set("hotline_number", "400 123")
	form.Set("service_email", "help@north.example")
	page := c.Post("/company/service/edit", form).Want(200)
	if !strings.Contains(page.Text("#projects"), "Airport") || !strings.Contains(page.Text("#service"), "Ann Lee") {
		t.Errorf("the declaration isn't shown: %s", page.Text("main"))
	}
	c.Post("/company/service/edit", form).Want(409)
	form.Set("edition", edition())
	form.Set("hotline", "5x8")
	p.Clock.Advance(1000000000)
	page = c.Post("/company/service/edit", form).Want(200)
	if got := page.Doc.Find("#history li").Length(); got != 2 {
		t.Errorf("the history has %d editions, want 2", got)
	}
	c.Get("/company/service.csv").Want(200)
}

func TestStrangersAndWrongRolesAreTurnedAway(t *testing.T) {
	p, by := start(t)
	other := p.Partner("Other")
	stranger, finance := p.As(other), p.As(p.User(by.Account, actor.PartnerFinance))
	for _, path := range []string{"/company/users/" + by.User, "/company/users/" + by.User + "/deactivate", "/channel/" + by.Account + "/company",
		"/company/invitations/none/revoke"} {
		if got := stranger.Get(path).Status; got != 404 {
			t.Errorf("a stranger's GET %s = %d, want 404", path, got)
		}
	}
	for _, path := range []string{"/company/edit", "/company/users", "/company/users/invite", "/company/service", "/company/users.csv"} {
		if got := finance.Get(path).Status; got != 403 {
			t.Errorf("GET %s without the role = %d, want 403", path, got)
		}
	}
	finance.Get("/company").Want(200)
}

func TestTheVendorHasBothDoors(t *testing.T) {
	p, by := start(t)
	v := p.As(p.Vendor())
	base := "/channel/" + by.Account
	portaltest.Check(t, v, "/company", "/company/users", "/company/users/invite", base+"/company", base+"/company/edit", base+"/company/users", base+"/company/service")
	edit := v.Get(base + "/company/edit").Want(200)
	form := url.Values{"has_channel": {"1"}, "market": {"china"}, "channel": {"reseller"}, "name": {"Northwind"}, "country": {"SG"},
		"version": {edit.Doc.Find("input[name=version]").AttrOr("value", "")}}
	page := v.Post(base+"/company/edit", form).Want(200)
	if !strings.Contains(page.Text("#profile"), "China") {
		t.Errorf("the market wasn't changed: %s", page.Text("#profile"))
	}
	if v.Get(base + "/company/service").Has("a[href$='/service/edit']") {
		t.Error("the vendor is offered to declare for the partner")
	}
}

func TestEveryPageSpeaksBothLanguages(t *testing.T) {
	p, by := start(t)
	if _, err := p.Roster.Bind(t.Context(), by, by.Account, roster.Entry{Number: "E1", Name: "Ann Lee", Registered: true}); err != nil {
		t.Fatal(err)
	}
	c, other := p.As(by), p.User(by.Account, actor.ServiceManager)
	c.Post("/company/users/invite", url.Values{"email": {"dee@north.example"}, "name": {"Dee"}, "roles": {"service_manager"}, "lang": {"en"}}).Want(200)
	portaltest.Check(t, c, "/company/service")
	c.Post("/company/service/edit", url.Values{"edition": {"0"}, "hotline": {"none"}, "issue_tracking": {"manual"}, "projects.0.name": {"Airport"},
		"projects.0.list_price_usd": {"10"}, "projects.0.finished_on": {"2026-01-31"}, "gear.ap": {"2"}}).Want(200)
	portaltest.Check(t, c, "/company", "/company/edit", "/company/users", "/company/users/invite", "/company/users/"+other.User,
		"/company/users/"+other.User+"/deactivate", "/company/service", "/company/service/edit")
}
