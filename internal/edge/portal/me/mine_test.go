package me_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/address"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/record"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/pow"
)

func captcha(t *testing.T, p *portaltest.Portal) string {
	t.Helper()
	c, err := p.Login.Challenge()
	fixture.Must(t, err)
	solved, err := pow.Solve(c)
	fixture.Must(t, err)
	return solved
}

// mailed is the path behind the button of the latest mail to an address.
func mailed(t *testing.T, p *portaltest.Portal, to string) string {
	t.Helper()
	p.Drain()
	for _, m := range p.Sink.List() {
		if m.To[0] != to {
			continue
		}
		i := strings.Index(m.Text, "/me/emails/confirm?token=")
		if i < 0 {
			continue
		}
		return strings.Fields(m.Text[i:])[0]
	}
	t.Fatalf("no mail to %s", to)
	return ""
}

// associate goes the whole way in the portal.
func associate(t *testing.T, p *portaltest.Portal, c *portaltest.Client, email string) *portaltest.Page {
	t.Helper()
	c.Post("/me/emails", url.Values{"email": {email}, "altcha": {captcha(t, p)}}).Want(200)
	link := mailed(t, p, email)
	page := c.Get(link).Want(200)
	token := page.Doc.Find(`main input[name="token"]`).AttrOr("value", "")
	return c.Post("/me/emails/confirm", url.Values{"token": {token}})
}

const exams = `provider,candidate_id,email,first_name,last_name,exam_code,exam_title,delivery_date,score,pass_mark,result,registration_id
PEARSON_VUE,C100,ann@exam.example,Ann,Lee,H12-811,HCIA-Datacom,2026-01-10,810,600,PASS,R1
PEARSON_VUE,C100,ann@exam.example,Ann,Lee,H12-821,HCIP-Datacom,2026-02-10,400,600,FAIL,R2
`

func importFeed(t *testing.T, p *portaltest.Portal, text string) {
	t.Helper()
	imp, err := p.Record.ImportNow(t.Context(), actor.Program("cli"), "exams.csv", strings.NewReader(text), false, nil)
	fixture.Must(t, err)
	if imp.State != record.Done || imp.Errors > 0 {
		list, _ := p.Record.RowErrors(t.Context(), p.Vendor(), imp.ID, 0, 10)
		t.Fatalf("import: %s %v %+v", imp.State, imp.Failure, list)
	}
	p.Drain()
}

func TestAnEngineerAssociatesAnAddressAndSeesTheRecordsThatWaited(t *testing.T) {
	p := start(t)
	importFeed(t, p, exams)
	c := p.As(p.Person("Ann Lee"))
	if page := c.Get("/me/records").Want(200); !strings.Contains(page.Text("main"), "No address") {
		t.Errorf("without an address: %s", page.Text("main"))
	}
	done := associate(t, p, c, "ann@exam.example").Want(200)
	if done.H1() != "Associated" || !strings.Contains(done.Text("main"), "2 records") {
		t.Errorf("after confirming: %s", done.Text("main"))
	}
	p.Drain()
	page := c.Get("/me/records").Want(200)
	for _, want := range []string{"H12-811", "H12-821", "400", "exams.csv", "Pass", "Fail"} {
		if !strings.Contains(strings.ToLower(page.Text("#exams")), strings.ToLower(want)) {
			t.Errorf("the exams lack %q: %s", want, page.Text("#exams"))
		}
	}
	if page := c.Get("/me/certificates").Want(200); !strings.Contains(page.Text("#ahead"), "HCIA-DATACOM") {
		t.Errorf("the passed exam's certificate isn't on the time line: %s", page.Text("main"))
	}
	if page := c.Get("/me/next").Want(200); !strings.Contains(page.Text("main"), "HCIP-DATACOM") || !strings.Contains(page.Text("main"), "ann@exam.example") {
		t.Errorf("what comes next: %.600s", page.Text("main"))
	}
	if page := c.Get("/me/emails").Want(200); !strings.Contains(page.Text("#emails-table"), "Associated") {
		t.Errorf("the list: %s", page.Text("#emails-table"))
	}
	var x struct {
		Records []struct {
			Result string `json:"result"`
		} `json:"records"`
	}
	fixture.Must(t, json.Unmarshal([]byte(c.Get("/me/export.json").Want(200).Body), &x))
	if len(x.Records) != 2 {
		t.Errorf("the export has %d records, want 2", len(x.Records))
	}
	if csv := c.Get("/me/export.csv").Want(200).Body; !strings.Contains(csv, "H12-821") || !strings.Contains(csv, "certificate,HCIA-DATACOM") {
		t.Errorf("the table: %s", csv)
	}
}

func TestALinkOpenedBySomebodyElseConfirmsNothing(t *testing.T) {
	p := start(t)
	ann, bob := p.As(p.Person("Ann Lee")), p.As(p.Person("Bob Ray"))
	ann.Post("/me/emails", url.Values{"email": {"ann@exam.example"}, "altcha": {captcha(t, p)}}).Want(200)
	link := mailed(t, p, "ann@exam.example")
	bob.Get(link).Want(409)
	if got := p.Nobody().Get(link).Path; !strings.HasPrefix(got, "/login") {
		t.Errorf("without a session one is at %s, want sign-in", got)
	}
	if got := ann.Get("/me/emails").Text("#emails-table"); !strings.Contains(got, "Waiting") {
		t.Errorf("opening the link changed something: %s", got)
	}
}

func TestARefusedAddressLeadsToADisputeAndItsHolderAnswers(t *testing.T) {
	p := start(t)
	ann, bob := p.As(p.Person("Ann Lee")), p.As(p.Person("Bob Ray"))
	associate(t, p, ann, "x@exam.example").Want(200)
	page := associate(t, p, bob, "x@exam.example").Want(409)
	if strings.Contains(page.Body, "Ann Lee") || page.Doc.Find(`a[href="/me/disputes"]`).Length() == 0 {
		t.Errorf("the refusal: %s", page.Text("main"))
	}
	if got := bob.Get("/me/disputes").Want(200).Text("#claimed-table"); !strings.Contains(got, "x@exam.example") {
		t.Errorf("Bob's claim: %s", got)
	}
	held := ann.Get("/me/disputes").Want(200)
	action := held.Doc.Find("#contested form").AttrOr("action", "")
	id := strings.TrimSuffix(strings.TrimPrefix(action, "/me/disputes/"), "/answer")
	ann.Post(action, url.Values{"answer-" + id: {"Mine since 2020."}}).Want(200)
	if got := ann.Get("/me/disputes").Want(200).Text("#contested"); !strings.Contains(got, "Mine since 2020.") || strings.Contains(got, "Bob") {
		t.Errorf("what is contested: %s", got)
	}
}

func TestAMissingRecordIsReportedWithEvidenceAfterFourWeeksOnly(t *testing.T) {
	p := start(t)
	c := p.As(p.Person("Ann Lee"))
	associate(t, p, c, "x@exam.example").Want(200)
	today := calendar.DayOf(p.Clock.Now())
	form := url.Values{"kind": {"exam"}, "email": {"x@exam.example"}, "provider": {"PEARSON_VUE"}, "code": {"H12-821"}, "date": {today.AddDays(-3).String()}, "note": {"Room 4"}}
	page := c.Post("/me/missing", form).Want(422)
	if !strings.Contains(page.Text("main"), "expected by "+today.AddDays(25).String()) || page.Text("#f-note") != "Room 4" {
		t.Errorf("too early: %s", page.Text("main"))
	}
	form.Set("date", today.AddDays(-40).String())
	c.Upload("/me/missing", form, "evidence", "score.pdf", []byte("%PDF-1.4\n%%EOF\n")).Want(200)
	if got := c.Get("/me/missing").Want(200).Text("#missing-table"); !strings.Contains(got, "H12-821") || !strings.Contains(got, "Waiting for the vendor") {
		t.Errorf("the list: %s", got)
	}
	list, err := p.Address.MissingOf(t.Context(), c.By)
	if err != nil || len(list) != 1 || list[0].Evidence.Name != "score.pdf" || list[0].State != address.MissingOpen {
		t.Errorf("stored: %+v, %v", list, err)
	}
}

func TestThePagesOfAPersonSpeakBothLanguages(t *testing.T) {
	p := start(t)
	importFeed(t, p, exams)
	c, bob := p.As(p.Person("Ann Lee")), p.As(p.Person("Bob Ray"))
	portaltest.Check(t, c, "/me/emails", "/me/records", "/me/next", "/me/missing", "/me/missing/new", "/me/disputes", "/me/disputes/new", "/me/certificates")
	associate(t, p, c, "ann@exam.example").Want(200)
	associate(t, p, bob, "ann@exam.example").Want(409)
	c.Post("/me/emails", url.Values{"email": {"b@exam.example"}, "altcha": {captcha(t, p)}}).Want(200)
	link := mailed(t, p, "b@exam.example")
	portaltest.Check(t, c, link, "/me/emails", "/me/records", "/me/next", "/me/missing/new", "/me/disputes", "/me/certificates")
	portaltest.Check(t, bob, "/me/disputes", "/me/emails")
	remove := c.Get("/me/emails").Doc.Find(`a[href$="/remove"]`).AttrOr("href", "")
	portaltest.Check(t, c, remove)
	portaltest.Check(t, p.As(p.Partner("North")), "/me/emails")
}
