package taxonomy_test

import (
	"net/url"
	"strings"
	"testing"

	domain "hanse/internal/domain/taxonomy"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/edge/portal/taxonomy"
	"hanse/internal/kit/actor"
)

func TestTheVendorChangesWhatATicketCanBeOnPages(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) { taxonomy.Register(p.Site, p.Taxonomy) })
	c := p.As(p.VendorUser(actor.SupportEngineer))
	const kinds = "/desk/taxonomy/kinds/"
	paths := []string{"/desk/taxonomy"}
	for _, k := range domain.Kinds {
		paths = append(paths, kinds+string(k))
		if !k.Fixed() {
			paths = append(paths, kinds+string(k)+"/new")
		}
		c.Get(kinds + string(k) + "/entries.csv").Want(200)
	}
	portaltest.Check(t, c, append(paths, kinds+"problem_type/entries/"+domain.TechFault, kinds+"field/entries/symptoms", kinds+"severity/entries/CORE_DOWN", kinds+"template?q=xyz")...)

	if got := c.Get(kinds + "product?q=ecs").Want(200).Doc.Find("#entries-table tbody tr").Length(); got != 1 {
		t.Errorf("%d products are found by their acronym, want one", got)
	}
	at := kinds + "problem_type/entries/" + domain.Billing
	form := url.Values{"edition": {"0"}, "name_en": {"Money"}, "name_zh": {""}, "case_type": {"0"}, "place": {"5"}}
	bad := c.Post(at, form)
	if bad.Status != 422 || bad.Doc.Find("#f-name_en").AttrOr("value", "") != "Money" || bad.Doc.Find("#e-name_zh").Length() != 1 {
		t.Errorf("a form without a Chinese name: %d, %q", bad.Status, bad.Text("main"))
	}
	form.Set("name_zh", "钱款")
	if got := c.Post(at, form).Want(200); got.Path != kinds+"problem_type" || !strings.Contains(got.Text("#entries-table tbody tr:first-child"), "Money") {
		t.Errorf("saved: %s %q, want it first in the list", got.Path, got.Text("#entries-table tbody tr:first-child"))
	}
	if got := c.Post(at, form); got.Status != 409 {
		t.Errorf("the same form again: %d, want a conflict", got.Status)
	}
	c.Post(at+"/retire", url.Values{"edition": {"1"}}).Want(200)
	if got := c.Get(at).Want(200).Text("main"); !strings.Contains(got, "Offer again") {
		t.Errorf("a retired entry says %q", got)
	}
	c.Post(at+"/restore", url.Values{"edition": {"2"}}).Want(200)
	field := url.Values{"id": {"rack"}, "name_en": {"Rack"}, "name_zh": {"机柜"}, "type": {"2"}, "place": {"900"}, "options": {"a | Left | 左\nb | Right | 右"}}
	c.Post(kinds+"field/new", field).Want(200)
	if got := c.Get(kinds + "field/entries/rack").Want(200).Doc.Find("#f-options").Text(); got != "a | Left | 左\nb | Right | 右\n" {
		t.Errorf("options: %q", got)
	}

	reader := p.As(p.VendorUser(actor.Auditor))
	if got := reader.Get(at).Want(200); strings.Contains(got.Text("main"), "Save") || strings.Contains(got.Text("main"), "Retire") {
		t.Errorf("an auditor can save: %q", got.Text("main"))
	}
	if got := reader.Post(at, form); got.Status != 403 {
		t.Errorf("an auditor saves: %d, want 403", got.Status)
	}
	p.As(p.Partner("North")).Get("/desk/taxonomy").Want(404)
	c.Get(kinds + "colour").Want(404)
	c.Get(kinds + "severity/new").Want(404)
}
