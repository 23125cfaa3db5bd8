package desk_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/desk"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ticket"
	deskpages "hanse/internal/edge/portal/desk"
	"hanse/internal/edge/portal/live"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/edge/portal/thread"
	"hanse/internal/kit/actor"
)

func start(t *testing.T) (*portaltest.Portal, *desk.Service) {
	t.Helper()
	p := portaltest.New(t, func(p *portaltest.Portal) {
		deskpages.Register(p.Site, deskpages.Deps{DB: p.DB, Desk: p.Desk, Tickets: p.Ticket, Macros: p.Macro,
			Uploads: thread.Register(p.Site, thread.Deps{DB: p.DB, Attachments: p.Attachment, Find: p.Ticket.Attachment}),
			Hub:     live.New(live.Config{DB: p.DB, Log: p.Log, Latest: ticket.Latest})})
	})
	return p, p.Desk
}

func TestADeskIsSetUpWithoutScripts(t *testing.T) {
	p, s := start(t)
	chen := p.VendorUser(actor.SupportEngineer)
	admin := p.As(p.VendorUser(actor.VendorAdmin))
	portaltest.Check(t, admin, "/desk/teams", "/desk/teams/new", "/desk/rules", "/desk/rules/new", "/desk/macros", "/desk/macros/new", "/desk/answers", "/desk/answers/new")

	page := admin.Post("/desk/teams", url.Values{"name": {"Network"}, "members": {chen.User}, "lead": {chen.User}, "fallback": {"on"}, "edition": {"0"}}).Want(200)
	if page.Path != "/desk/teams" || !strings.Contains(page.Text("#teams"), "Network") || !strings.Contains(page.Text("#teams"), chen.Name) {
		t.Fatalf("after saving a team: %s\n%s", page.Path, page.Text("main"))
	}
	setup, err := s.Setup(t.Context(), chen)
	fixture.Must(t, err)
	team := setup.Teams[0]
	page = admin.Post("/desk/teams", url.Values{"name": {"network"}, "members": {chen.User}}).Want(422)
	if page.Doc.Find("#f-name").AttrOr("value", "") != "network" || page.Doc.Find(".summary a[href='#f-name']").Length() != 1 {
		t.Error("a name that is taken isn't refused at its field with what was typed")
	}

	admin.Post("/desk/rules", url.Values{"name": {"Severe"}, "severities": {"PROD_DOWN"}, "plans": {"PREMIUM"}, "team": {team.ID}, "pick": {"least"}, "active": {"on"}, "edition": {"0"}}).Want(200)
	admin.Post("/desk/rules", url.Values{"name": {"Everything"}, "team": {team.ID}, "pick": {"turn"}, "active": {"on"}, "edition": {"0"}}).Want(200)
	page = admin.Get("/desk/rules?problem_type=&severity=PROD_DOWN&plan=PREMIUM").Want(200)
	if got := page.Text("#try .notice"); !strings.Contains(got, "Severe") || !strings.Contains(got, "severity, support plan") {
		t.Errorf("trying: %q", got)
	}
	rules, err := s.Rules(t.Context(), chen)
	fixture.Must(t, err)
	admin.Post("/desk/rules/"+rules[1].ID+"/up", url.Values{"edition": {"1"}}).Want(200)
	if first := admin.Get("/desk/rules").Text("#rules-table tbody tr:first-child th"); !strings.Contains(first, "Everything") {
		t.Errorf("first rule = %q", first)
	}

	page = admin.Post("/desk/macros", url.Values{"name": {"Ask for logs"}, "move": {"ask"}, "then": {"next"}, "active": {"on"}, "reply_en": {"Dear {kunde}"}}).Want(422)
	if !strings.Contains(page.Text(".summary"), "{kunde}") || page.Text("#f-reply_en") != "Dear {kunde}" {
		t.Errorf("an unknown variable: %s", page.Text(".summary"))
	}
	admin.Post("/desk/macros", url.Values{"name": {"Ask for logs"}, "move": {"ask"}, "then": {"next"}, "active": {"on"}, "reply_en": {"Dear {contact}, please send the log."}}).Want(200)
	admin.Post("/desk/answers", url.Values{"name": {"Greeting"}, "keywords": {"hello"}, "body_en": {"Hello {contact}"}, "body_zh": {"{contact}您好"}}).Want(200)
	portaltest.Check(t, admin, "/desk/teams", "/desk/teams/"+team.ID, "/desk/rules", "/desk/rules/"+rules[0].ID, "/desk/macros", "/desk/answers", "/desk/answers?q=hello", "/desk/answers?q=zzz")

	// An engineer reads all of it and says when he's away; the rest isn't offered, and isn't his to do.
	engineer := p.As(chen)
	portaltest.Check(t, engineer, "/desk/teams", "/desk/rules", "/desk/macros", "/desk/answers")
	if engineer.Get("/desk/teams").Doc.Find("a[href='/desk/teams/new']").Length() > 0 {
		t.Error("an engineer is offered what he may not do")
	}
	engineer.Get("/desk/teams/new").Want(403)
	engineer.Post("/desk/teams", url.Values{"name": {"Mine"}}).Want(403)
	page = engineer.Post("/desk/teams/away", url.Values{"user": {chen.User}, "until": {"2001-01-01"}}).Want(422)
	if !strings.Contains(page.Text(".summary"), "2001-01-01") {
		t.Errorf("a day that is over: %s", page.Text(".summary"))
	}

	// A partner's desk is its own.
	north := p.As(p.Partner("North"))
	if got := north.Get("/desk/teams").Want(200).Text("main"); strings.Contains(got, "Network") {
		t.Error("a partner sees the vendor's team")
	}
	north.Get("/desk/teams/" + team.ID).Want(404)
	p.As(p.Customer("Acme")).Get("/desk/teams").Want(404)
}
