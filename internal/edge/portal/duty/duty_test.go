package duty_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	duties "hanse/internal/edge/portal/duty"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

var pdf = []byte("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")

// start is the portal with a small star, which North holds, on the day on which its first report is asked.
func start(t *testing.T) (p *portaltest.Portal, partner, reviewer actor.Actor) {
	p = portaltest.New(t, func(p *portaltest.Portal) { duties.Register(p.Site, p.Duty) })
	problems, err := p.Qualification.Load(t.Context(), "../../../domain/duty/testdata/programs")
	fixture.Must(t, err)
	if len(problems) > 0 {
		t.Fatal(problems[0].Text("en"))
	}
	partner, reviewer = p.Partner("North"), p.VendorUser(actor.Reviewer)
	hold(t, p, partner, reviewer)
	p.Clock.MoveTo(calendar.Date(2026, time.April, 1).Time().Add(10 * time.Hour))
	p.Drain()
	return p, partner, reviewer
}

func hold(t *testing.T, p *portaltest.Portal, by, reviewer actor.Actor) {
	ctx, q := t.Context(), p.Qualification
	fixture.Must(t, q.SetFacts(ctx, by, by.Account, qualification.ServiceFacts{Hotline: program.Hotline7x24, HotlineNumber: "+65 6000 0000"}))
	a, err := q.Draft(ctx, by, qualification.DraftInput{Program: "h3c-star", Level: "one-star"})
	fixture.Must(t, err)
	f := a.Form
	f.Company, f.Country, f.Address, f.ContactName, f.ContactEmail = "North", "SG", "1 Harbour Road", "Lin Yu", "lin@north.example"
	f.ApplicantName, f.ApplicantEmail, f.ManagerName = "Mo Chen", "mo@north.example", "Dee"
	a, err = q.SaveForm(ctx, by, a.ID, a.Edition, f)
	fixture.Must(t, err)
	a, err = q.Submit(ctx, by, a.ID, a.Edition, true)
	fixture.Must(t, err)
	a, err = q.Start(ctx, reviewer, a.ID, a.Edition)
	fixture.Must(t, err)
	_, err = q.Approve(ctx, reviewer, a.ID, a.Edition)
	fixture.Must(t, err)
	p.Drain()
}

func edition(c *portaltest.Client, at string) string {
	v, _ := c.Get(at).Doc.Find("input[name=edition]").First().Attr("value")
	return v
}

func part() url.Values {
	return url.Values{"part": {"Fan tray"}, "quantity": {"2"}, "equipment": {"S7503 SN 1"}, "reason": {"One fan stands still."}}
}

func TestAPolicyIsPublishedReadAndWithdrawn(t *testing.T) {
	p, partner, reviewer := start(t)
	desk, admin := p.As(reviewer), p.As(partner)
	typed := url.Values{"topic": {"service"}, "title_en": {"Dispatch of tickets"}, "title_zh": {""}}
	page := desk.Upload("/service/policies", typed, "file", "policy.pdf", pdf)
	if got, _ := page.Doc.Find("#f-title_en").Attr("value"); page.Status != 422 || !page.Has("#e-title_zh") || got != "Dispatch of tickets" {
		t.Fatalf("without a Chinese title: %d, English title %q", page.Status, got)
	}
	typed.Set("title_zh", "派单办法")
	if page = desk.Upload("/service/policies", typed, "file", "policy.txt", []byte("no document")); page.Status != 422 || !page.Has("#e-file") {
		t.Fatalf("a text file: %d %s", page.Status, page.Text("main"))
	}
	if page = desk.Upload("/service/policies", typed, "file", "", nil); page.Status != 422 || !page.Has("#e-file") {
		t.Fatalf("no file: %d %s", page.Status, page.Text("main"))
	}
	desk.Upload("/service/policies", typed, "file", "policy.pdf", pdf).Want(200)
	p.Drain()
	link, _ := admin.Get("/service-duties").Want(200).Doc.Find("#policies a").First().Attr("href")
	if got := admin.Get(link + "/file"); got.Status != 200 || got.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the file: %d %s", got.Status, got.Header.Get("Content-Type"))
	}
	for range 2 {
		if page = admin.Post(link, nil).Want(200); !strings.Contains(page.Text("#receipts"), partner.Name) {
			t.Fatalf("no receipt: %s", page.Text("main"))
		}
	}
	if got := desk.Get("/service/policies").Want(200).Text("#policies td.num"); got != "1" {
		t.Errorf("%q partners have read it, want 1", got)
	}
	ask := strings.Replace(link, "/service-duties/", "/service/", 1) + "/withdraw"
	if page = desk.Get(ask).Want(200); !strings.Contains(page.Text("main"), "Dispatch of tickets") {
		t.Errorf("the confirm page doesn't name the policy: %s", page.Text("main"))
	}
	desk.Post(ask, nil).Want(200)
	if page = desk.Post(ask, nil); page.Status != 409 {
		t.Errorf("withdrawn twice: %d, want 409", page.Status)
	}
	admin.Get(link).Want(404)
}

func TestARequestGoesFromAskedToReceived(t *testing.T) {
	p, partner, reviewer := start(t)
	desk, admin := p.As(reviewer), p.As(partner)
	bad := part()
	bad.Set("quantity", "many")
	page := admin.Post("/service-duties/parts", bad)
	if got, _ := page.Doc.Find("#f-quantity").Attr("value"); page.Status != 422 || got != "many" || page.Doc.Find("#f-reason").Text() != "One fan stands still." {
		t.Fatalf("a quantity that is no number: %d, %q", page.Status, got)
	}
	own := admin.Post("/service-duties/parts", part()).Want(200).Path
	at := strings.Replace(own, "/service-duties/", "/service/", 1)
	if list := desk.Get("/service/parts").Want(200); !list.Has("a[href='" + at + "']") {
		t.Fatalf("the queue lacks %s", at)
	}
	first := edition(desk, at)
	if page = desk.Post(at+"/refused", url.Values{"edition": {first}}); page.Status != 422 || !page.Has("#e-answer") {
		t.Errorf("refused without words: %d", page.Status)
	}
	desk.Post(at+"/accepted", url.Values{"edition": {first}}).Want(200)
	if page = desk.Post(at+"/refused", url.Values{"edition": {first}, "answer": {"No."}}); page.Status != 409 {
		t.Errorf("refused from a stale page: %d, want 409", page.Status)
	}
	desk.Post(at+"/shipped", url.Values{"edition": {edition(desk, at)}, "answer": {"Tracking 42"}}).Want(200)
	if page = admin.Get(own).Want(200); !strings.Contains(page.Text("main"), "Tracking 42") {
		t.Errorf("the vendor's words aren't shown: %s", page.Text("main"))
	}
	if page = admin.Post(own+"/received", url.Values{"edition": {edition(admin, own)}}).Want(200); !strings.Contains(page.Text(".head"), "Received") {
		t.Errorf("at the end: %s", page.Text(".head"))
	}
	if got := admin.Get("/service-duties/parts.csv"); got.Status != 200 || !strings.Contains(got.Body, "Fan tray") {
		t.Errorf("the export: %d %q", got.Status, got.Body)
	}
}

func TestAReportIsSentAndRead(t *testing.T) {
	p, partner, reviewer := start(t)
	desk, admin := p.As(reviewer), p.As(partner)
	own, at := "/service-duties/reports/2026-Q1", "/service/reports/"+partner.Account+"/2026-Q1"
	form := url.Values{"edition": {edition(admin, own)}, "projects": {"x"}, "complaints": {"0"}, "summary": {"Quiet."}}
	page := admin.Post(own, form)
	if got, _ := page.Doc.Find("#f-projects").Attr("value"); page.Status != 422 || !page.Has("#e-projects") || got != "x" || page.Doc.Find("#f-summary").Text() != "Quiet." {
		t.Fatalf("figures that are none: %d %q", page.Status, got)
	}
	form.Set("projects", "3")
	admin.Post(own, form).Want(200)
	if list := desk.Get("/service/reports").Want(200); !list.Has("a[href='" + at + "']") {
		t.Fatalf("the queue lacks %s: %s", at, list.Text("main"))
	}
	desk.Post(at, url.Values{"edition": {edition(desk, at)}, "remark": {"Thank you."}}).Want(200)
	if page = admin.Get(own).Want(200); !strings.Contains(page.Text("main"), "Thank you.") || page.Has("form[action='"+own+"']") {
		t.Errorf("after it was read: %s", page.Text("main"))
	}
}

func TestDutyPagesAreWholeInEveryLanguage(t *testing.T) {
	p, partner, reviewer := start(t)
	admin, desk := p.As(partner), p.As(reviewer)
	portaltest.Check(t, admin, "/service-duties", "/service-duties/parts")
	portaltest.Check(t, desk, "/service", "/service/parts", "/service/reports", "/service/policies/new")
	desk.Upload("/service/policies", url.Values{"topic": {"other"}, "title_en": {"Visits"}, "title_zh": {"拜访"}}, "file", "v.pdf", pdf).Want(200)
	own := admin.Post("/service-duties/parts", part()).Want(200).Path
	policy, _ := admin.Get("/service-duties").Doc.Find("#policies a").First().Attr("href")
	vendor := strings.Replace(own, "/service-duties/", "/service/", 1)
	report := "/service-duties/reports/2026-Q1"
	portaltest.Check(t, admin, "/service-duties", policy, "/service-duties/parts", "/service-duties/parts/new", own, report)
	channel := "/channel/" + partner.Account
	portaltest.Check(t, desk, "/service/policies", strings.Replace(policy, "/service-duties/", "/service/", 1)+"/withdraw", "/service/parts", "/service/parts?state=all", vendor,
		"/service/reports?state=due", "/service/reports/"+partner.Account+"/2026-Q1", channel+"/service-duties", channel+policy, channel+own, channel+"/service-duties/parts", channel+report)
}

func TestStrangersDoNotSeeDuties(t *testing.T) {
	p, partner, _ := start(t)
	own := p.As(partner).Post("/service-duties/parts", part()).Want(200).Path
	other := p.As(p.Partner("South"))
	for _, path := range []string{own, "/service-duties/reports/2026-Q1", "/service/parts", "/service/policies", "/service/reports", "/service/parts.csv", "/service/reports.csv",
		"/service/reports/" + partner.Account + "/2026-Q1", "/channel/" + partner.Account + "/service-duties"} {
		other.Get(path).Want(404)
	}
	other.Post(own+"/withdrawn", url.Values{"edition": {"1"}}).Want(404)
	p.As(p.VendorUser(actor.SupportEngineer)).Get("/service/parts").Want(403)
}
