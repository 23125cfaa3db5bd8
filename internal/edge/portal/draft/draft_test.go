package draft_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hanse/internal/domain/account"
	"hanse/internal/edge/portal/draft"
	"hanse/internal/edge/portal/policy"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

func start(t *testing.T) *portaltest.Portal {
	t.Helper()
	return portaltest.New(t, func(p *portaltest.Portal) {
		draft.Register(p.Site, p.Simulation)
		policy.Register(p.Site, p.Qualification, p.Credential, p.Simulation)
	})
}

// begin starts a draft from the version in force by the form, and returns its address.
func begin(t *testing.T, c *portaltest.Client) string {
	t.Helper()
	page := c.Upload("/drafts", url.Values{"name": {"Stricter in 2026"}, "from": {"h3c-star@2025"}, "number": {"2026"}}, "cases", "", nil).Want(200)
	if !strings.HasPrefix(page.Path, "/drafts/drf_") {
		t.Fatalf("a new draft leads to %s: %.300s", page.Path, page.Text("main"))
	}
	return page.Path
}

// form reads the editor's form.
func form(p *portaltest.Page) url.Values {
	edition, _ := p.Doc.Find("#edit input[name=edition]").Attr("value")
	return url.Values{"edition": {edition}, "source": {p.Doc.Find("#f-source").Text()}, "cases": {p.Doc.Find("#f-cases").Text()}, "do": {"save"}}
}

const oneCase = "program: h3c-star@2026\nat: 2026-10-01\ncases:\n  - name: Nobody reaches nothing\n    roster: []\n    expect: {best_level: none}\n"

func stricter(source string) string {
	return strings.Replace(source, "need: {three-star: 1, four-star: 2}", "need: {three-star: 1, four-star: 3}", 1)
}

func TestADraftIsWrittenSimulatedAndPublishedByThePagesAlone(t *testing.T) {
	p := start(t)
	p.Partner("North", account.SolutionProvider)
	c := p.As(p.VendorUser(actor.ProgramManager))
	path := begin(t, c)
	f := form(c.Get(path).Want(200))
	f.Set("source", stricter(f.Get("source")))
	f.Set("cases", oneCase)
	page := c.Post(path, f).Want(200)
	if page.Path != path || !strings.Contains(page.Text("#cases"), "holds") || page.Has("#problems table") {
		t.Fatalf("after saving at %s: %.600s", page.Path, page.Text("main"))
	}
	if page := c.Get(path + "/changes").Want(200); !strings.Contains(page.Text("#changes"), "Senior engineers") {
		t.Errorf("the difference says %.300s", page.Text("#changes"))
	}
	if page := c.Get(path + "/publish").Want(200); !page.Has("#publish button[disabled]") {
		t.Error("a draft that wasn't simulated is offered for publication")
	}
	page = c.Post("/simulations", url.Values{"draft": {strings.TrimPrefix(path, "/drafts/")}, "for": {"hold"}}).Want(200)
	if page.Doc.Find("#simulation[hx-get]").Length() != 1 {
		t.Error("a running simulation doesn't show how far it is")
	}
	p.Drain()
	result := c.Get(page.Path).Want(200)
	if !strings.Contains(result.Text("main"), "1 stay") {
		t.Errorf("the result says %.400s", result.Text("main"))
	}
	today := calendar.DayOf(p.Clock.Now())
	ready := c.Get(path + "/publish").Want(200)
	edition, _ := ready.Doc.Find("#form input[name=edition]").Attr("value")
	c.Post(path+"/publish", url.Values{"edition": {edition}, "from": {today.AddDays(-1).String()}}).Want(422)
	page = c.Post(path+"/publish", url.Values{"edition": {edition}, "from": {today.AddDays(30).String()}}).Want(200)
	if page.Path != "/programs/h3c-star@2026" {
		t.Fatalf("publishing leads to %s: %.400s", page.Path, page.Text("main"))
	}
	if tests := c.Get("/programs/h3c-star@2026/tests").Want(200); !strings.Contains(tests.Text("#tests"), "Nobody reaches nothing") {
		t.Errorf("the version's cases are %.200s", tests.Text("#tests"))
	}
	if again := c.Post(path+"/publish", url.Values{"edition": {edition}, "from": {today.String()}}); again.Status != 409 {
		t.Errorf("publishing again = %d, want 409", again.Status)
	}
}

func TestWhatIsWrongIsShownWithItsPlaceAndWhatWasTypedStays(t *testing.T) {
	p := start(t)
	c := p.As(p.VendorUser(actor.ProgramManager))
	path := begin(t, c)
	f := form(c.Get(path))
	broken := strings.Replace(f.Get("source"), "hotline: {}", "hotlines: {}", 1)
	f.Set("source", broken)
	f.Set("do", "check")
	page := c.Post(path, f).Want(200)
	var places []string
	page.Doc.Find("#problems a[data-jump]").Each(func(_ int, link *goquery.Selection) {
		jump, _ := link.Attr("data-jump")
		line, _, _ := strings.Cut(jump, ":")
		n, err := strconv.Atoi(line)
		if err == nil {
			places = append(places, strings.TrimSpace(strings.Split(broken, "\n")[n-1]))
		}
	})
	if !slices.Contains(places, "hotlines: {}") {
		t.Errorf("the problems are at %q, and the mistake isn't among them", places)
	}
	if page.Doc.Find("#f-source").Text() != broken {
		t.Error("what was typed is gone after a check")
	}
	if kept := form(c.Get(path)); kept.Get("source") == broken {
		t.Error("a check kept the text")
	}
	fragment := c.Post(path+"/check", f).Want(200)
	if fragment.Has("h1") || !strings.Contains(fragment.Body, "data-jump") {
		t.Errorf("the script's answer is %.200s", fragment.Body)
	}
	f.Set("do", "save")
	c.Post(path, f).Want(200)
	stale := c.Post(path, f)
	if stale.Status != 200 { // the same text again changes nothing, but the edition is old
		if stale.Status != 409 || stale.Doc.Find("#f-source").Text() != broken {
			t.Errorf("a stale save = %d, and the text is kept: %v", stale.Status, stale.Doc.Find("#f-source").Text() == broken)
		}
	}
	history := c.Get(path + "/history").Want(200)
	if history.Doc.Find("#history tbody tr").Length() != 2 {
		t.Errorf("history: %.300s", history.Text("#history"))
	}
	back := c.Post(path+"/history/1", url.Values{"edition": {"2"}}).Want(200)
	if form(back).Get("source") == broken {
		t.Error("the first text isn't taken up again")
	}
}

func TestEveryPageOfDraftsAndSimulationsReadsInEveryLanguage(t *testing.T) {
	p := start(t)
	north := p.Partner("North", account.SolutionProvider)
	c := p.As(p.VendorUser(actor.ProgramManager))
	portaltest.Check(t, c, "/drafts", "/drafts/new", "/simulations")
	path := begin(t, c)
	f := form(c.Get(path))
	f.Set("source", stricter(f.Get("source")))
	c.Post(path, f).Want(200)
	run := c.Post("/simulations", url.Values{"draft": {strings.TrimPrefix(path, "/drafts/")}, "for": {"apply"}}).Want(200).Path
	portaltest.Check(t, c, run)
	p.Drain()
	pages := []string{"/programs", "/drafts", path, path + "/changes", path + "/changes?against=h3c-star@old", path + "/history", path + "/history/1", path + "/publish",
		"/simulations", run, run + "/partners", run + "/partners?effect=lose&line=senior-engineer", run + "/partners/" + north.Account,
		run + "/partners/" + north.Account + "?level=four-star", "/programs/h3c-star@2025/changes?against=h3c-star@old"}
	portaltest.Check(t, c, append(pages, path+"/discard", "/simulations/new?draft="+strings.TrimPrefix(path, "/drafts/"), "/simulations/new?ref=h3c-star@2022")...)
	portaltest.Check(t, p.As(p.VendorUser(actor.Auditor)), pages...)
	for _, file := range []string{run + "/partners.csv", run + "/everybody.csv"} {
		if got := c.Get(file).Want(200); !strings.HasPrefix(strings.TrimPrefix(got.Body, "\ufeff"), "partner_id,") {
			t.Errorf("%s begins with %.60q", file, got.Body)
		}
	}
	if got := c.Get(run + "/everybody.csv").Want(200); !strings.Contains(got.Body, north.Account) {
		t.Error("the file of everybody lacks a partner for whom nothing changes")
	}
	c.Get(run + "/partners.xlsx").Want(200)
}

func TestDraftsAreTheVendorsAloneAndOfProgramManagersToChange(t *testing.T) {
	p := start(t)
	manager, auditor, reviewer := p.As(p.VendorUser(actor.ProgramManager)), p.As(p.VendorUser(actor.Auditor)), p.As(p.VendorUser(actor.Reviewer))
	path := begin(t, manager)
	f := form(manager.Get(path))
	for _, c := range []*portaltest.Client{reviewer, p.As(p.Partner("North"))} {
		c.Get(path).Want(403)
		c.Get("/drafts").Want(403)
		c.Get("/simulations").Want(403)
		c.Post(path, f).Want(403)
	}
	page := auditor.Get(path).Want(200)
	if page.Has("#edit button") || !page.Has("#f-source[readonly]") {
		t.Error("an auditor is offered to change a draft")
	}
	auditor.Post(path, f).Want(403)
	auditor.Get("/drafts/new").Want(403)
	auditor.Get(path + "/discard").Want(403)
	manager.Get("/drafts/drf_nothing").Want(404)
	manager.Get("/simulations/new?ref=h3c-star@1900").Want(404)
	manager.Post(path+"/discard", url.Values{"edition": {"1"}}).Want(200)
	if page := manager.Get(path).Want(200); page.Has("#edit button") || !strings.Contains(page.Text("main"), "discarded") {
		t.Errorf("a discarded draft says %.200s", page.Text("main"))
	}
	manager.Post(path+"/discard", url.Values{"edition": {"2"}}).Want(409)
}

func TestARefusedStartKeepsWhatWasTyped(t *testing.T) {
	p := start(t)
	c := p.As(p.VendorUser(actor.ProgramManager))
	page := c.Upload("/drafts", url.Values{"name": {"Mine"}, "from": {"h3c-star@2025"}, "number": {"2022"}}, "cases", "", nil).Want(422)
	if got, _ := page.Doc.Find("#f-name").Attr("value"); got != "Mine" || !page.Has("#e-number") {
		t.Errorf("name %q, errors %.200s", got, page.Text("form"))
	}
	page = c.Upload("/drafts", url.Values{"name": {"From a file"}, "from": {""}}, "source", "my.yaml", []byte("program: h3c-star\nversion: \"9\"\n")).Want(200)
	if !strings.HasPrefix(page.Path, "/drafts/drf_") || !page.Has("#problems table") {
		t.Errorf("a draft from a broken file leads to %s", page.Path)
	}
}
