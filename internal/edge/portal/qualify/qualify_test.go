package qualify_test

import (
	"github.com/PuerkitoBio/goquery"
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func TestEveryPageStandsInEveryLanguage(t *testing.T) {
	w := newWorld(t)
	c := w.As(w.partner)
	portaltest.Check(t, c, "/qualifications", "/qualifications/h3c-star", "/qualifications/h3c-star?for=hold&level=two-star&track=credits&all=1",
		"/qualifications/h3c-star?at=2020-01-01", "/qualifications/h3c-star?at=nonsense", "/qualifications/h3c-star/apply", "/applications", "/certificates")
	id := w.draft(c, "four-star")
	a := "/applications/" + id
	portaltest.Check(t, c, a, a+"/target", a+"/form", a+"/evidence", a+"/check", a+"/withdraw", "/applications")
	w.filled(c, id)
	portaltest.Check(t, c, a, a+"/evidence", a+"/check")
	check := c.Get(a + "/check")
	c.Post(a+"/submit", url.Values{"edition": {value(check, "#truth input[name=edition]")}, "truthful": {"on"}}).Want(200)
	portaltest.Check(t, c, a, a+"/submitted", "/qualifications")
	v := w.As(w.vendor)
	portaltest.Check(t, v, "/channel/"+w.partner.Account+"/qualifications", "/channel/"+w.partner.Account+"/qualifications/h3c-star",
		"/channel/"+w.partner.Account+"/applications", "/channel/"+w.partner.Account+a, "/channel/"+w.partner.Account+"/certificates", "/certificates")
}

func TestTheOverviewSaysTheStateAndTheNextStep(t *testing.T) {
	w := newWorld(t)
	p := w.As(w.partner).Get("/qualifications").Want(200)
	star := p.Doc.Find(".level").FilterFunction(func(_ int, s *goquery.Selection) bool {
		return strings.Contains(s.Find("header").Text(), "Star-rated")
	})
	if got := star.Length(); got != 1 {
		t.Fatalf("%d cards, want one for the star program: %s", got, p.Text(".level"))
	}
	if got := star.Find(".actions").Text(); !strings.Contains(got, "Apply for Four-star") {
		t.Errorf("the card's action is %q, want to apply for four stars", got)
	}
	if got := p.Text(".head .next"); !strings.Contains(got, "Four-star") {
		t.Errorf("the second line is %q, want what to do", got)
	}
}

func TestALineOpensToWhoCountsAndWhoDoesNot(t *testing.T) {
	w := newWorld(t)
	p := w.As(w.partner).Get("/qualifications/h3c-star?level=four-star&track=certificates").Want(200)
	line := p.Text("#l-senior-engineer")
	for _, want := range []string{"Ada Lund", "Bo Chen", "H3CSE", "Eli Kok"} {
		if !strings.Contains(line, want) {
			t.Errorf("the line of senior engineers lacks %q: %s", want, line)
		}
	}
	if n := p.Doc.Find("#l-senior-engineer .who:not(.out):not(.vacant)").Length(); n != 2 {
		t.Errorf("%d people fill the line, want 2", n)
	}
	hold := w.As(w.partner).Get("/qualifications/h3c-star?level=four-star&track=certificates&for=hold").Want(200)
	if n := hold.Doc.Find("#l-senior-engineer .out").Length(); n == p.Doc.Find("#l-senior-engineer .out").Length() && hold.Text("#l-senior-engineer") == line {
		t.Error("applying and keeping explain the short certificate in the same way")
	}
	late := w.As(w.partner).Get("/qualifications/h3c-star?level=four-star&track=certificates&at=" + (today(w.Portal) + 300).String()).Want(200)
	if !late.Has("#l-senior-engineer .vacant") {
		t.Errorf("300 days on the place of Bo Chen isn't vacant: %s", late.Text("#l-senior-engineer"))
	}
}

func TestAnApplicationGoesFromDraftToConfirmation(t *testing.T) {
	w := newWorld(t)
	c := w.As(w.partner)
	id := w.draft(c, "four-star")
	check := c.Get("/applications/" + id + "/check").Want(200)
	if n := check.Doc.Find("#missing .tasks li").Length(); n < 5 {
		t.Errorf("%d things are said to be missing, want each file", n)
	}
	edition := value(check, "#truth input[name=edition]")
	refused := c.Post("/applications/"+id+"/submit", url.Values{"edition": {edition}}).Want(422)
	if !refused.Has(".summary a[href='#f-truthful']") || !strings.HasPrefix(refused.Text("title"), "Error") {
		t.Errorf("the refusal doesn't lead to the tick: %s", refused.Text(".summary"))
	}
	w.filled(c, id)
	done := c.Get("/applications/" + id + "/check").Want(200)
	form := url.Values{"edition": {value(done, "#truth input[name=edition]")}, "truthful": {"on"}}
	for range 2 { // the second is a double click
		p := c.Post("/applications/"+id+"/submit", form).Want(200)
		if p.Path != "/applications/"+id+"/submitted" || p.Text(".done .ref") != id {
			t.Fatalf("submit leads to %s with number %q", p.Path, p.Text(".done .ref"))
		}
	}
	if stale := c.Post("/applications/"+id+"/form", url.Values{"edition": {"1"}}); stale.Status != 409 {
		t.Errorf("a stale form = %d, want 409", stale.Status)
	}
	again := c.Post("/applications", url.Values{"program": {"h3c-star"}, "level": {"four-star"}}).Want(200)
	if again.Path != "/applications/"+id {
		t.Errorf("a second application leads to %s, want the one under way", again.Path)
	}
}

func TestARefusedFileLeavesTheOthersAndSaysWhy(t *testing.T) {
	w := newWorld(t)
	c := w.As(w.partner)
	id := w.draft(c, "four-star")
	p := c.Upload("/applications/"+id+"/evidence", url.Values{"then": {"stay"}}, "evidence:application-form", "x.pdf", []byte("no document")).Want(422)
	if !p.Has(".invalid .err") {
		t.Errorf("no error at the file: %.300s", p.Text("#evidence"))
	}
	c.Upload("/applications/"+id+"/evidence", url.Values{"then": {"stay"}}, "evidence:application-form", "signed <b>.png", picture()).Want(200)
	page := c.Get("/applications/" + id + "/evidence").Want(200)
	href, _ := page.Doc.Find(".places a[translate]").Attr("href")
	f := c.Get(href).Want(200)
	for name, want := range map[string]string{"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN"} {
		if got := f.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if got := f.Header.Get("Content-Security-Policy"); !strings.Contains(got, "sandbox") {
		t.Errorf("policy of a file = %q, want a sandbox", got)
	}
	remove, _ := page.Doc.Find("button[form=remove]").Attr("formaction")
	if left := c.Post(remove, nil).Want(200); left.Has("button[form=remove]") {
		t.Error("the removed file is still there")
	}
}

func TestAReturnedApplicationLeadsToWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	c, v := w.As(w.partner), w.As(w.vendor)
	id := w.submitted(c, "three-star")
	v.Post("/reviews/"+id+"/start", url.Values{"edition": {w.edition(id)}}).Want(200)
	v.Post("/reviews/"+id+"/return", url.Values{"edition": {w.edition(id)}, "until": {(today(w.Portal) + 10).String()},
		"reason:form.address": {"Give the street"}, "reason:line:hotline": {"Send the contract"}}).Want(200)
	p := c.Get("/applications/" + id).Want(200)
	if got := p.Doc.Find("#reasons a[href$='/form#f-form-address']").Length(); got != 1 {
		t.Errorf("the reason doesn't lead to its field: %s", p.Text("#reasons"))
	}
	w.enclose(c, id)
	check := c.Get("/applications/" + id + "/check").Want(200)
	form := url.Values{"edition": {value(check, "#truth input[name=edition]")}, "truthful": {"on"}}
	c.Post("/applications/"+id+"/submit", form).Want(200)
	v.Post("/reviews/"+id+"/start", url.Values{"edition": {w.edition(id)}}).Want(200)
	v.Post("/reviews/"+id+"/reject", url.Values{"edition": {w.edition(id)}, "reason:": {"Not enough"}}).Want(200)
	repeated := c.Post("/applications/"+id+"/repeat", nil).Want(200)
	if !strings.Contains(repeated.Text("#reasons"), "Not enough") {
		t.Errorf("the repeated application doesn't say why: %s", repeated.Text("main"))
	}
	draft := strings.TrimPrefix(repeated.Path, "/applications/")
	w.withdraw(c, draft)
}

func (w *world) withdraw(c *portaltest.Client, id string) {
	w.t.Helper()
	confirm := c.Get("/applications/" + id + "/withdraw").Want(200)
	p := c.Post("/applications/"+id+"/withdraw", url.Values{"edition": {value(confirm, "input[name=edition]")}}).Want(200)
	if got := p.Text(".title .status"); got != "Withdrawn" {
		w.t.Errorf("status after withdrawing = %q", got)
	}
}

func TestACertificateIsShownPrintedAndDecidedOn(t *testing.T) {
	w := newWorld(t)
	number := w.granted("four-star")
	c, v := w.As(w.partner), w.As(w.vendor)
	page := "/certificates/" + number
	portaltest.Check(t, c, page, "/certificates", "/qualifications", "/qualifications/h3c-star")
	portaltest.Check(t, v, page, page+"/suspend", page+"/cancel")
	if p := c.Get(page); p.Doc.Find(".certificate .qr").Length() != 1 || !strings.Contains(p.Text(".certificate"), number) {
		t.Errorf("the certificate lacks code or number: %s", p.Text(".certificate"))
	}
	if f := c.Get(page + "/certificate.pdf").Want(200); !strings.HasPrefix(f.Body, "%PDF-") {
		t.Error("the download is no PDF")
	}
	if p := c.Get(page + "/suspend"); p.Status != 403 {
		t.Errorf("a partner opens the page to suspend: %d, want 403", p.Status)
	}
	q, err := w.Qualification.Qualification(t.Context(), w.vendor, number)
	fixture.Must(t, err)
	edition := url.Values{"edition": {itoa(q.Edition)}}
	if p := v.Post(page+"/suspend", edition); p.Status != 422 || !p.Has("#e-reason") {
		t.Errorf("suspending without a reason = %d", p.Status)
	}
	edition.Set("reason", "Spare parts misused")
	p := v.Post(page+"/suspend", edition).Want(200)
	if !p.Has(".void-stamp") || !strings.Contains(p.Text("main"), "Spare parts misused") {
		t.Errorf("a suspended certificate isn't marked: %s", p.Text("main"))
	}
	portaltest.Check(t, v, page, page+"/reinstate")
	if stale := v.Post(page+"/cancel", edition); stale.Status != 409 {
		t.Errorf("a decision on an old page = %d, want 409", stale.Status)
	}
}

func TestALostPlaceShowsWatchAndVacancy(t *testing.T) {
	w := newWorld(t)
	number := w.granted("four-star")
	w.later(201) // the certificates of Eli Kok and Bo Chen have lapsed
	c := w.As(w.partner)
	p := c.Get("/certificates/" + number).Want(200)
	if !strings.Contains(p.Text(".notice.warn"), "under watch") || !p.Has("#vacancies") {
		t.Errorf("no watch or vacancy on the certificate: %.600s", p.Text("main"))
	}
	portaltest.Check(t, c, "/certificates/"+number, "/qualifications", "/qualifications/h3c-star?for=hold")
	w.later(120)
	portaltest.Check(t, c, "/certificates/"+number, "/qualifications")
}

func TestStrangersFindNothingAndRolesAreAsked(t *testing.T) {
	w := newWorld(t)
	number := w.granted("three-star")
	list, _, err := w.Qualification.Applications(t.Context(), w.vendor, qualification.ApplicationFilter{})
	fixture.Must(t, err)
	id := list[0].ID
	stranger := w.As(w.Partner("Other Networks"))
	for _, path := range []string{"/applications/" + id, "/applications/" + id + "/check", "/applications/" + id + "/application.pdf",
		"/certificates/" + number, "/certificates/" + number + "/certificate.pdf", "/reviews/" + id, "/channel/" + w.partner.Account + "/qualifications"} {
		if p := stranger.Get(path); p.Status != 404 && p.Status != 403 {
			t.Errorf("GET %s by a stranger = %d, want 404 or 403", path, p.Status)
		}
	}
	if p := stranger.Get("/applications/" + id); p.Status != 404 {
		t.Errorf("a stranger's application = %d, want 404", p.Status)
	}
	if p := stranger.Post("/applications/"+id+"/withdraw", url.Values{"edition": {"1"}}); p.Status != 404 {
		t.Errorf("withdrawing a stranger's application = %d, want 404", p.Status)
	}
	finance := w.As(w.User(w.partner.Account, actor.PartnerFinance))
	if p := finance.Get("/qualifications"); p.Status != 403 {
		t.Errorf("the overview for finance = %d, want 403", p.Status)
	}
	finance.Get("/certificates/" + number).Want(200)
	if p := w.Nobody().Get("/qualifications"); !strings.HasPrefix(p.Path, "/login") {
		t.Errorf("nobody is led to %s, want to sign in", p.Path)
	}
}

func TestListsAreExported(t *testing.T) {
	w := newWorld(t)
	number := w.granted("two-star")
	c := w.As(w.partner)
	if p := c.Get("/certificates.csv").Want(200); !strings.Contains(p.Body, number) {
		t.Errorf("certificates.csv lacks %s: %s", number, p.Body)
	}
	if p := c.Get("/applications.csv?state=approved").Want(200); strings.Count(p.Body, "\n") != 2 {
		t.Errorf("applications.csv = %q, want a head and one row", p.Body)
	}
	c.Get("/applications.xlsx").Want(200)
}

func TestThePublicPageFollowsTheState(t *testing.T) {
	w := newWorld(t)
	number := w.granted("four-star")
	c, page := w.Nobody(), "/verify/"+number
	portaltest.Check(t, c, page)
	if p := c.Get(page).Want(200); p.Text(".done.good h2") != "Valid" || !strings.Contains(p.Text("#facts"), "Northern Light Networks") {
		t.Errorf("a valid certificate says %q", p.Text("main"))
	}
	if got := c.Get(page + ".json").Want(200).Body; !strings.Contains(got, `"verdict":"valid"`) || strings.Contains(got, "lin@north.example") {
		t.Errorf("as JSON: %s", got)
	}
	q, err := w.Qualification.Qualification(t.Context(), w.vendor, number)
	fixture.Must(t, err)
	w.As(w.vendor).Post("/certificates/"+number+"/cancel", url.Values{"edition": {itoa(q.Edition)}, "reason": {"A forged copy"}}).Want(200)
	p := c.Get(page).Want(200)
	if p.Text(".done.bad h2") != "Cancelled" || strings.Contains(p.Text("main"), "forged") {
		t.Errorf("a cancelled certificate says %q; the reason is nobody's business", p.Text("main"))
	}
	if f := w.As(w.partner).Get("/certificates/" + number + "/certificate.pdf"); f.Status != 409 {
		t.Errorf("a cancelled certificate is printed: %d", f.Status)
	}
	portaltest.Check(t, w.As(w.partner), "/certificates/"+number)
}
