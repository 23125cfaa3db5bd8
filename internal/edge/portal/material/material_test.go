package material_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/material"
	materials "hanse/internal/edge/portal/material"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

var pdf = []byte("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")

func start(t *testing.T) *portaltest.Portal {
	return portaltest.New(t, func(p *portaltest.Portal) { materials.Register(p.Site, p.Material, p.Qualification.Library) })
}

// entries is a case that can be handed in.
func entries(edition string) url.Values {
	return url.Values{"edition": {edition}, "title": {"Bank moves"}, "summary": {"Two hundred servers."}, "customer": {"Bank"}, "finished_on": {"2026-01-10"}, "huawei_cloud": {"on"}}
}

// TestACaseGoesFromDraftToPassed walks the pages of both sides.
func TestACaseGoesFromDraftToPassed(t *testing.T) {
	p := start(t)
	admin, reviewer := p.As(p.Partner("North")), p.As(p.VendorUser(actor.Reviewer))
	page := admin.Post("/materials", url.Values{"kind": {"case"}, "title": {"Bank moves"}}).Want(200)
	path := page.Path
	if page.H1() != "Bank moves" {
		t.Fatalf("after creating: %q at %s", page.H1(), path)
	}
	edition := func(c *portaltest.Client, at string) string {
		v, _ := c.Get(at).Doc.Find("input[name=edition]").First().Attr("value")
		return v
	}
	refused := entries(edition(admin, path))
	refused.Set("then", "submit")
	refused.Set("customer", "")
	page = admin.Post(path, refused)
	if page.Status != 422 || !page.Has("#e-customer") || page.Doc.Find("#f-summary").Text() != "Two hundred servers." {
		t.Errorf("without customer and file: %d, %s", page.Status, page.Text(".errors"))
	}
	admin.Upload(path+"/files", nil, "file", "case.pdf", pdf).Want(200)
	good := entries(edition(admin, path))
	good.Set("then", "submit")
	if page = admin.Post(path, good).Want(200); !strings.Contains(page.Text(".head"), "Under review") {
		t.Fatalf("after handing in: %s", page.Text(".head"))
	}
	desk := strings.Replace(path, "/materials/", "/reviews/materials/", 1)
	if list := reviewer.Get("/reviews/materials").Want(200); !list.Has("a[href='" + desk + "']") {
		t.Fatalf("the queue lacks %s", desk)
	}
	if page = reviewer.Post(desk+"/fail", url.Values{"edition": {edition(reviewer, desk)}, "reason": {""}}); page.Status != 422 {
		t.Errorf("sent back without a reason: %d", page.Status)
	}
	reviewer.Post(desk+"/fail", url.Values{"edition": {edition(reviewer, desk)}, "reason": {"Name the servers."}}).Want(200)
	if page = admin.Get(path).Want(200); !strings.Contains(page.Text("main"), "Name the servers.") {
		t.Errorf("the reason isn't shown: %s", page.Text("main"))
	}
	good.Set("edition", edition(admin, path))
	admin.Post(path, good).Want(200)
	stale := edition(reviewer, desk)
	reviewer.Post(desk+"/pass", url.Values{"edition": {stale}}).Want(200)
	if page = reviewer.Post(desk+"/fail", url.Values{"edition": {stale}, "reason": {"No."}}); page.Status != 409 {
		t.Errorf("a second decision: %d, want 409", page.Status)
	}
	if page = admin.Get(path).Want(200); !strings.Contains(page.Text(".head"), "Passed") {
		t.Errorf("at the end: %s", page.Text(".head"))
	}
	file, _ := admin.Get(path).Doc.Find("#files a").First().Attr("href")
	if got := admin.Get(file); got.Status != 200 || got.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the file: %d %s", got.Status, got.Header.Get("Content-Type"))
	}
}

func TestMaterialPagesAreWholeInEveryLanguage(t *testing.T) {
	p := start(t)
	by := p.Partner("North")
	admin, reviewer := p.As(by), p.As(p.VendorUser(actor.Reviewer))
	m, err := p.Material.Create(t.Context(), by, material.NewMaterial{Partner: by.Account, Kind: material.BusinessPlan, Fields: material.Fields{Title: "Plan"}})
	fixture.Must(t, err)
	portaltest.Check(t, admin, "/materials", "/cases", "/plans-of-business", "/materials/new", "/materials/new?kind=offering", "/materials/"+m.ID)
	portaltest.Check(t, reviewer, "/reviews/materials", "/reviews/materials/"+m.ID, "/channel/"+by.Account+"/materials")
}

func TestStrangersDoNotSeeMaterials(t *testing.T) {
	p := start(t)
	by := p.Partner("North")
	m, err := p.Material.Create(t.Context(), by, material.NewMaterial{Partner: by.Account, Kind: material.Case, Fields: material.Fields{Title: "Secret"}})
	fixture.Must(t, err)
	other := p.As(p.Partner("South"))
	other.Get("/materials/" + m.ID).Want(404)
	other.Post("/materials/"+m.ID, entries("1")).Want(404)
	p.As(p.VendorUser(actor.SupportEngineer)).Get("/reviews/materials").Want(403)
}
