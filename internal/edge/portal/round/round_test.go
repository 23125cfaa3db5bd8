package round_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/portaltest"
	rounds "hanse/internal/edge/portal/round"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// start is the portal with a small path, a partner who holds its role, and a reviewer.
func start(t *testing.T) (p *portaltest.Portal, partner, reviewer actor.Actor) {
	p = portaltest.New(t, func(p *portaltest.Portal) { rounds.Register(p.Site, p.Round) })
	problems, err := p.Qualification.Load(t.Context(), "../../../domain/round/testdata/programs")
	fixture.Must(t, err)
	if len(problems) > 0 {
		t.Fatal(problems[0].Text("en"))
	}
	partner, reviewer = p.Partner("North"), p.VendorUser(actor.Reviewer)
	hold(t, p, partner, reviewer)
	return p, partner, reviewer
}

// passed makes a case on Huawei Cloud that has passed.
func passed(t *testing.T, p *portaltest.Portal, by, reviewer actor.Actor) string {
	ctx := t.Context()
	m, err := p.Material.Create(ctx, by, material.NewMaterial{Partner: by.Account, Kind: material.Case, Fields: material.Fields{Title: "Bank moves", Summary: "S",
		Customer: "Bank", FinishedOn: calendar.DayOf(p.Clock.Now()).AddDays(-30), HuaweiCloud: true}})
	fixture.Must(t, err)
	_, err = p.Material.AddFile(ctx, by, m.ID, "case.pdf", bytes.NewReader([]byte("%PDF-1.4\n%%EOF\n")))
	fixture.Must(t, err)
	m, err = p.Material.Submit(ctx, by, m.ID, m.Edition+1)
	fixture.Must(t, err)
	_, err = p.Material.Pass(ctx, reviewer, m.ID, m.Edition)
	fixture.Must(t, err)
	return m.ID
}

func hold(t *testing.T, p *portaltest.Portal, by, reviewer actor.Actor) {
	ctx, q := t.Context(), p.Qualification
	fixture.Must(t, q.SetFacts(ctx, by, by.Account, qualification.ServiceFacts{Hotline: program.Hotline7x24, HotlineNumber: "+65 6000 0000"}))
	a, err := q.Draft(ctx, by, qualification.DraftInput{Program: "path-test", Level: "role"})
	fixture.Must(t, err)
	f := a.Form
	f.Company, f.Country, f.Address, f.ContactName, f.ContactEmail = "North", "SG", "1 Harbour Road", "Lin Yu", "lin@north.example"
	f.ApplicantName, f.ApplicantEmail, f.ManagerName = "Mo Chen", "mo@north.example", "Dee"
	a, err = q.SaveForm(ctx, by, a.ID, a.Edition, f)
	fixture.Must(t, err)
	a, err = q.AttachMaterials(ctx, by, a.ID, a.Edition, []string{passed(t, p, by, reviewer)})
	fixture.Must(t, err)
	a, err = q.Submit(ctx, by, a.ID, a.Edition, true)
	fixture.Must(t, err)
	a, err = q.Start(ctx, reviewer, a.ID, a.Edition)
	fixture.Must(t, err)
	_, err = q.Approve(ctx, reviewer, a.ID, a.Edition)
	fixture.Must(t, err)
	p.Drain()
}

// TestARoundGoesThroughThePortal plans a round, hands in, sends back, corrects and decides, all by pages.
func TestARoundGoesThroughThePortal(t *testing.T) {
	p, partner, reviewer := start(t)
	manager, admin, desk := p.As(p.VendorUser(actor.ProgramManager)), p.As(partner), p.As(reviewer)
	today := calendar.DayOf(p.Clock.Now())
	form := url.Values{"year": {"2026"}, "scope": {"path-test role"}, "opens_on": {today.String()}, "closes_on": {today.AddDays(9).String()},
		"changes_until": {today.AddDays(5).String()}, "result_on": {today.AddDays(40).String()}}
	page := manager.Post("/rounds", form)
	if page.Status != 422 || !page.Has("#e-changes_until") {
		t.Fatalf("corrections that end before the window: %d", page.Status)
	}
	form.Set("changes_until", today.AddDays(20).String())
	page = manager.Post("/rounds", form).Want(200)
	p.Drain()
	round := page.Path
	list := admin.Get("/rounds").Want(200)
	entry, ok := list.Doc.Find("#entries th a").First().Attr("href")
	if !ok {
		t.Fatalf("the partner has no entry: %s", list.Text("main"))
	}
	edition := func(c *portaltest.Client) string {
		v, _ := c.Get(entry).Doc.Find("input[name=edition]").First().Attr("value")
		return v
	}
	if page = admin.Post(entry, url.Values{"edition": {edition(admin)}}); page.Status != 422 || !page.Has("#e-materials") {
		t.Errorf("handed in without a case: %d %s", page.Status, page.Text("main"))
	}
	m, _ := admin.Get(entry).Doc.Find("input[name=materials]").First().Attr("value")
	admin.Post(entry, url.Values{"edition": {edition(admin)}, "materials": {m}}).Want(200)
	if q := desk.Get("/reviews/rounds").Want(200); !q.Has("a[href='" + entry + "']") {
		t.Fatalf("the queue lacks the entry: %s", q.Text("main"))
	}
	desk.Post(entry+"/return", url.Values{"edition": {edition(desk)}, "reason": {"Name the servers."}}).Want(200)
	if page = admin.Get(entry).Want(200); !strings.Contains(page.Text("main"), "Name the servers.") {
		t.Error("the reason isn't shown")
	}
	admin.Post(entry, url.Values{"edition": {edition(admin)}, "materials": {m}}).Want(200)
	desk.Post(entry+"/pass", url.Values{"edition": {edition(desk)}}).Want(200)
	if page = admin.Get(entry).Want(200); strings.Contains(page.Text(".head"), "Passed") {
		t.Error("the partner sees the decision before the day of results")
	}
	p.Clock.Advance(41 * 24 * time.Hour)
	p.Drain()
	if page = admin.Get(entry).Want(200); !strings.Contains(page.Text(".head"), "Passed") {
		t.Errorf("on the day of results: %s", page.Text(".head"))
	}
	if page = manager.Get(round).Want(200); !strings.Contains(page.Text(".head"), "Finished") {
		t.Errorf("the round: %s", page.Text(".head"))
	}
}

func TestPagesOfAnnualReviewsAreWholeInEveryLanguage(t *testing.T) {
	p, partner, reviewer := start(t)
	manager, admin, desk := p.As(p.VendorUser(actor.ProgramManager)), p.As(partner), p.As(reviewer)
	portaltest.Check(t, admin, "/rounds")
	today := calendar.DayOf(p.Clock.Now())
	page := manager.Post("/rounds", url.Values{"year": {"2026"}, "scope": {"path-test role"}, "opens_on": {today.String()}, "closes_on": {today.AddDays(9).String()},
		"changes_until": {today.AddDays(20).String()}, "result_on": {today.AddDays(40).String()}}).Want(200)
	p.Drain()
	entry, _ := admin.Get("/rounds").Doc.Find("#entries th a").First().Attr("href")
	portaltest.Check(t, manager, "/rounds", "/rounds/new", page.Path, entry)
	portaltest.Check(t, admin, "/rounds", entry)
	portaltest.Check(t, desk, "/reviews/rounds", entry, "/channel/"+partner.Account+"/rounds")
	if file := manager.Get(page.Path + "/entries.csv"); file.Status != 200 || !strings.Contains(file.Body, "North") {
		t.Errorf("entries.csv: %d %s", file.Status, file.Body)
	}
	other := p.As(p.Partner("South"))
	other.Get(entry).Want(404)
	other.Get(page.Path).Want(404)
	other.Post(page.Path+"/cancel", url.Values{"edition": {"1"}}).Want(403)
}
