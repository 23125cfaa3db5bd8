package policy_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hanse/internal/edge/portal/policy"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func start(t *testing.T) *portaltest.Portal {
	t.Helper()
	return portaltest.New(t, func(p *portaltest.Portal) { policy.Register(p.Site, p.Qualification, p.Credential, p.Simulation) })
}

const newest = "/programs/h3c-star@2025"

func TestProgramPagesReadInEveryLanguage(t *testing.T) {
	p := start(t)
	all := []string{"/programs", newest, newest + "/changes", newest + "/tests", newest + "/source", "/programs/h3c-star@old/changes", "/catalogue", "/catalogue?provider=huawei-talent", "/programs/path-service@2025", "/programs/competency-ascend-cloud@2025"}
	portaltest.Check(t, p.As(p.Partner("North")), all...)
	portaltest.Check(t, p.As(p.VendorUser(actor.ProgramManager)), append(all, newest+"/retire")...)
}

func TestAPolicySetsLevelsSideBySide(t *testing.T) {
	p := start(t)
	page := p.As(p.Partner("North")).Get(newest).Want(200)
	if n := page.Doc.Find("#track-main table thead th, [id^=track-] table thead th").Length(); n < 4 {
		t.Errorf("the matrix has %d headings, want the requirement and three levels", n)
	}
	if !page.Has("#rules") || !page.Has("#evidence") {
		t.Errorf("rules or evidence are missing: %.400s", page.Text("main"))
	}
	if page.Has(`a[href$="/retire"]`) {
		t.Error("a partner is offered to retire a version")
	}
}

func TestAllShippedCasesHold(t *testing.T) {
	p := start(t)
	c := p.As(p.VendorUser(actor.Auditor))
	for _, ref := range []string{"h3c-star@old", "h3c-star@2022", "h3c-star@2025"} {
		page := c.Get("/programs/" + ref + "/tests").Want(200)
		if bad := page.Doc.Find("#tests .bad").Length(); bad != 0 || page.Doc.Find("#tests tbody tr").Length() == 0 {
			t.Errorf("%s: %d cases don't hold: %.300s", ref, bad, page.Text("#tests"))
		}
	}
}

func TestAVersionIsLoadedAndRetiredByProgramManagersOnly(t *testing.T) {
	p := start(t)
	reviewer, manager := p.As(p.VendorUser(actor.Reviewer)), p.As(p.VendorUser(actor.ProgramManager))
	for _, path := range []string{"/programs", "/programs/h3c-star@old/retire"} {
		reviewer.Post(path, url.Values{}).Want(403)
	}
	reviewer.Get("/programs/h3c-star@old/retire").Want(403)
	if page := manager.Post("/programs", url.Values{}).Want(200); !strings.Contains(page.Text("[role=status]"), "0 new versions") {
		t.Errorf("loading again says %q", page.Text("[role=status]"))
	}
	if page := manager.Get("/programs/h3c-star@old/retire").Want(200); !strings.Contains(page.Text("main"), "h3c-star@old") {
		t.Error("the question doesn't name the version")
	}
	manager.Post("/programs/h3c-star@old/retire", url.Values{}).Want(200)
	if page := manager.Get("/programs").Want(200); !strings.Contains(page.Text("main"), "Retired") {
		t.Errorf("the list says %.300s", page.Text("main"))
	}
	manager.Post("/programs/h3c-star@old/retire", url.Values{}).Want(409)
	manager.Get("/programs/h3c-star@2099").Want(404)
}

func TestTheCatalogueIsExported(t *testing.T) {
	p := start(t)
	c := p.As(p.Partner("North"))
	if file := c.Get("/catalogue.csv").Want(200); !strings.Contains(file.Body, "H3CSE") {
		t.Errorf("the catalogue's file is %.200q", file.Body)
	}
}

func TestTheCatalogueDrawsLaddersOverTheirTable(t *testing.T) {
	p := start(t)
	c := p.As(p.Partner("North"))
	page := c.Get("/catalogue?provider=huawei-talent").Want(200)
	if n := page.Doc.Find("#ladder-datacom ol.ladder > li").Length(); n != 3 {
		t.Errorf("the Datacom ladder has %d steps, want 3", n)
	}
	page.Doc.Find("ol.ladder a").Each(func(_ int, a *goquery.Selection) {
		href := a.AttrOr("href", "")
		tab, id, _ := strings.Cut(href, "#")
		if c.Get(tab).Want(200).Doc.Find("tr#"+id).Length() != 1 {
			t.Errorf("the step %s leads to no row: %s", a.Text(), href)
		}
	})
	row := page.Doc.Find("tr#certificate-hcie-datacom")
	for _, want := range []string{"H12-891", "H12-892", "CN¥9,800.00", "24 weeks"} {
		if !strings.Contains(row.Text(), want) {
			t.Errorf("the row of HCIE-DATACOM lacks %s: %s", want, row.Text())
		}
	}
	if head := page.Text("#provider-huawei-talent thead"); !strings.Contains(head, "training e-mail") || !strings.Contains(head, "exam e-mail") {
		t.Errorf("the heads do not say which e-mail books what: %s", head)
	}
}
