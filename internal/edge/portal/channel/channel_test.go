package channel_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/edge/portal/channel"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func start(t *testing.T) (*portaltest.Portal, actor.Actor) {
	t.Helper()
	p := portaltest.New(t, func(p *portaltest.Portal) { channel.Register(p.Site, p.Roster, p.Qualification, p.Audit) })
	return p, p.Partner("Northwind Networks")
}

func TestPartnersAreListedFilteredPagedAndExported(t *testing.T) {
	p, _ := start(t)
	p.Partner("Baltic Systems", account.Distributor)
	c := p.As(p.Vendor())
	for query, want := range map[string]int{"": 2, "?q=baltic": 1, "?channel=distributor": 1, "?market=china": 0, "?market=overseas": 2, "?state=frozen": 0, "?limit=1": 1} {
		page := c.Get("/channel" + query).Want(200)
		if got := page.Doc.Find("#partners-table tbody tr").Length(); got != want {
			t.Errorf("GET /channel%s lists %d, want %d", query, got, want)
		}
	}
	next, ok := c.Get("/channel?limit=1").Doc.Find("a[rel=next]").Attr("href")
	if !ok {
		t.Fatal("no way to the second page")
	}
	if got := c.Get(next).Want(200).Text("#partners-table tbody th"); got != "Northwind Networks" {
		t.Errorf("the second page lists %q", got)
	}
	if csv := c.Get("/channel.csv?q=baltic").Want(200).Body; !strings.Contains(csv, "Baltic") || strings.Contains(csv, "Northwind") {
		t.Errorf("GET /channel.csv?q=baltic = %q", csv)
	}
	c.Get("/channel.xlsx").Want(200)
}

func TestAPartnerIsInvited(t *testing.T) {
	p, _ := start(t)
	c := p.As(p.VendorUser(actor.ChannelManager))
	refused := c.Post("/channel/invite", url.Values{"company": {"New Co"}, "country": {"xx"}}).Want(422)
	if refused.Doc.Find("#f-company").AttrOr("value", "") != "New Co" {
		t.Error("the refused form lost what was typed")
	}
	page := c.Post("/channel/invite", url.Values{"company": {"New Co"}, "country": {"SG"}, "market": {"overseas"}, "channel": {"reseller"},
		"contact": {"Nia"}, "email": {"nia@new.example"}, "lang": {"en"}}).Want(200)
	if page.H1() != "New Co" {
		t.Errorf("after inviting, the page is %q", page.H1())
	}
}

func TestAPartnerIsFrozenWithAReasonAndUnfrozen(t *testing.T) {
	p, by := start(t)
	c, base := p.As(p.Vendor()), "/channel/"+by.Account
	c.Get(base + "/freeze").Want(200)
	c.Post(base+"/freeze", url.Values{"reason": {""}}).Want(422)
	page := c.Post(base+"/freeze", url.Values{"reason": {"Contract ended"}}).Want(200)
	if !strings.Contains(page.Text("main"), "Contract ended") || !page.Has("a[href$='/unfreeze']") {
		t.Errorf("the frozen partner's page says %q", page.Text("main"))
	}
	c.Get(base + "/unfreeze").Want(200)
	if c.Post(base+"/unfreeze", url.Values{"reason": {"Renewed"}}).Want(200).Has("a[href$='/unfreeze']") {
		t.Error("the partner is still frozen")
	}
	if !strings.Contains(c.Get(base+"/history").Want(200).Text("main"), "Contract ended") {
		t.Error("the history doesn't tell the reason")
	}
	c.Get(base + "/history.csv").Want(200)
}

func TestACriticalEventIsRecordedAndLifted(t *testing.T) {
	p, by := start(t)
	c, base := p.As(p.VendorUser(actor.Reviewer)), "/channel/"+by.Account
	c.Post(base+"/critical/new", url.Values{"summary": {"Shared account"}, "effect": {"delay"}}).Want(422)
	page := c.Post(base+"/critical/new", url.Values{"occurred_on": {"2026-02-01"}, "summary": {"Shared account"}, "effect": {"bar"}}).Want(200)
	lift, ok := page.Doc.Find("#critical-table a[href$='/lift']").Attr("href")
	if !ok {
		t.Fatalf("the event can't be lifted: %s", page.Text("main"))
	}
	portaltest.Check(t, c, base+"/events", lift)
	c.Post(lift, url.Values{"reason": {""}}).Want(422)
	page = c.Post(lift, url.Values{"reason": {"Explained"}}).Want(200)
	if page.Has("#critical-table a[href$='/lift']") {
		t.Error("the lifted event can be lifted again")
	}
	c.Get(base + "/events.csv").Want(200)
}

func TestAnInspectionIsRecordedWithItsFiles(t *testing.T) {
	p, by := start(t)
	c, base := p.As(p.VendorUser(actor.Reviewer)), "/channel/"+by.Account
	form := url.Values{"inspected_on": {"2026-02-01"}, "inspector": {"Ina"}, "what.0": {"cloud-lab"}, "result.0": {"ok"}, "what.8": {"Spare parts"}, "result.8": {"missing"}, "passed": {"no"}}
	refused := c.Upload(base+"/inspections/new", form, "files", "report.pdf", []byte("%PDF-1.4\n%%EOF\n")).Want(422)
	if refused.Doc.Find("#f-what-8").AttrOr("value", "") != "Spare parts" {
		t.Error("the refused form lost what was typed")
	}
	form.Set("findings", "No spare parts")
	page := c.Upload(base+"/inspections/new", form, "files", "report.pdf", []byte("%PDF-1.4\n%%EOF\n")).Want(200)
	file, ok := page.Doc.Find("#inspections-table a[download]").Attr("href")
	if !ok || !strings.Contains(page.Text("#inspections-table"), "Spare parts") {
		t.Fatalf("the inspection isn't listed with its file: %s", page.Text("main"))
	}
	if got := c.Get(file).Want(200).Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
		t.Errorf("the file comes as %q", got)
	}
	portaltest.Check(t, c, base+"/events")
	c.Get(base + "/inspections.xlsx").Want(200)
}

func TestOnlyTheVendorsRolesComeIn(t *testing.T) {
	p, by := start(t)
	base := "/channel/" + by.Account
	own, support := p.As(by), p.As(p.VendorUser(actor.SupportEngineer))
	for _, path := range []string{"/channel", "/channel.csv", base, base + "/events", base + "/history", base + "/freeze"} {
		if got := own.Get(path).Status; got != 404 && got != 403 {
			t.Errorf("a partner's GET %s = %d, want 404 or 403", path, got)
		}
	}
	for _, path := range []string{"/channel/invite", "/channel/registrations", base + "/freeze", base + "/critical/new", base + "/inspections/new", base + "/history"} {
		if got := support.Get(path).Status; got != 403 {
			t.Errorf("GET %s without the role = %d, want 403", path, got)
		}
	}
	support.Get(base).Want(200)
	if got := support.Get("/channel/none").Status; got != 404 {
		t.Errorf("GET of no partner = %d, want 404", got)
	}
}

func TestEveryPageSpeaksBothLanguages(t *testing.T) {
	p, by := start(t)
	base := "/channel/" + by.Account
	portaltest.Check(t, p.As(p.Vendor()), "/channel", "/channel?q=zzz", "/channel/invite", "/channel/registrations", "/channel/registrations?state=refused",
		base, base+"/freeze", base+"/unfreeze", base+"/events", base+"/critical/new", base+"/inspections/new", base+"/history")
}
