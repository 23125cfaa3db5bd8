package verify_test

import (
	"net/url"
	"testing"

	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/edge/portal/verify"
)

func TestAnUnknownNumberIsSaidInBothLanguages(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) { verify.Register(p.Site, p.Qualification, p.Badge, p.Press) })
	c := p.Nobody()
	portaltest.Check(t, c, "/verify", "/verify?number=")
	page := c.Get("/verify?" + url.Values{"number": {"h3c–star-2026- 000001"}}.Encode()).Want(404)
	if page.Path != "/verify/H3C-STAR-2026-000001" {
		t.Errorf("a typed number leads to %s, want its clean form", page.Path)
	}
	if got := page.Text(".done"); page.Text(".done.bad h2") != "No such certificate" || page.Text(".done [lang=zh-Hans] strong") != "查无此证书" {
		t.Errorf("the verdict is %q", got)
	}
	if n := page.Doc.Find("h1").Length(); n != 1 {
		t.Errorf("%d headings of level 1, want one", n)
	}
	if j := c.Get("/verify/H3C-STAR-2026-000001.json"); j.Status != 404 || j.Header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("as JSON = %d %s", j.Status, j.Header.Get("Content-Type"))
	}
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) { verify.Register(p.Site, p.Qualification, p.Badge, p.Press) })
	c := p.Nobody()
	for range 40 {
		if page := c.Get("/verify/X"); page.Status == 429 {
			if page.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			return
		}
	}
	t.Error("40 lookups in a row were all answered")
}
