package declaration_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/declaration"
	"hanse/internal/domain/fixture"
	pages "hanse/internal/edge/portal/declaration"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func start(t *testing.T) *portaltest.Portal {
	return portaltest.New(t, func(p *portaltest.Portal) { pages.Register(p.Site, p.Declaration, p.Credential.Catalogue, p.DB) })
}

const pdf = "%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

func edition(c *portaltest.Client, path string) string {
	v, _ := c.Get(path).Doc.Find("input[name=edition]").First().Attr("value")
	return v
}

func TestACertificateIsDeclaredWithEvidenceAndApproved(t *testing.T) {
	p := start(t)
	by := p.Person("Chen Wei")
	person, reviewer := p.As(by), p.As(p.VendorUser(actor.Reviewer))
	entries := url.Values{"name": {"Chen Wei"}, "number": {"PMP-4711"}, "code": {""}, "issued_on": {"2025-11-03"}}
	page := person.Post("/me/declarations/new", entries).Want(422)
	if v, _ := page.Doc.Find("#f-number").Attr("value"); v != "PMP-4711" {
		t.Errorf("what was typed is %q, want PMP-4711", v)
	}
	entries.Set("code", "PMP")
	page = person.Post("/me/declarations/new", entries).Want(200)
	path := page.Path
	entries.Set("edition", edition(person, path))
	entries.Set("then", "submit")
	if page = person.Post(path, entries).Want(422); !strings.Contains(page.Text(".error-summary, [role=alert]"), "file is missing") {
		t.Errorf("without evidence: %s", page.Text("main"))
	}
	person.Upload(path+"/files", url.Values{"role": {"certificate"}}, "file", "a.json", []byte(`{"no": "credential"}`)).Want(422)
	person.Upload(path+"/files", url.Values{"role": {"certificate"}}, "file", "pmp.pdf", []byte(pdf)).Want(200)
	entries.Set("edition", edition(person, path))
	person.Post(path, entries).Want(200)
	if got := reviewer.Get("/reviews/declarations").Want(200).Text("table"); !strings.Contains(got, "PMP-4711") {
		t.Errorf("queue = %q", got)
	}
	desk := "/declarations/" + strings.TrimPrefix(path, "/me/declarations/")
	n := edition(reviewer, desk)
	reviewer.Post(desk+"/refuse", url.Values{"edition": {n}, "reason": {""}}).Want(422)
	reviewer.Post(desk+"/approve", url.Values{"edition": {n}}).Want(200)
	if page = reviewer.Post(desk+"/return", url.Values{"edition": {n}, "reason": {"No."}}); page.Status != 409 {
		t.Errorf("a second decision: %d, want 409", page.Status)
	}
	if page = person.Get(path).Want(200); !strings.Contains(page.Text(".head"), "Accepted") {
		t.Errorf("at the end: %s", page.Text(".head"))
	}
	p.As(p.Person("Somebody Else")).Get(path).Want(404)
	p.As(p.VendorUser(actor.SupportEngineer)).Get("/reviews/declarations").Want(403)
	person.Get(desk).Want(403)
}

func TestDeclarationPagesAreWholeInEveryLanguage(t *testing.T) {
	p := start(t)
	by := p.Person("Chen Wei")
	d, err := p.Declaration.ByNumber(t.Context(), by, declaration.Entry{Name: "Chen Wei", Number: "99-1234"})
	fixture.Must(t, err)
	x, err := p.Declaration.Start(t.Context(), by, declaration.Entry{Name: "Chen Wei", Number: "IPMA-1", Code: "IPMA-C"})
	fixture.Must(t, err)
	_, err = p.Declaration.AddFile(t.Context(), by, x.ID, declaration.Certificate, "scan.pdf", strings.NewReader(pdf))
	fixture.Must(t, err)
	portaltest.Check(t, p.As(by), "/me/declarations", "/me/declarations/number", "/me/declarations/new", "/me/declarations/"+d.ID, "/me/declarations/"+x.ID)
	portaltest.Check(t, p.As(p.VendorUser(actor.Reviewer)), "/reviews/declarations", "/reviews/declarations?state=draft", "/declarations/"+x.ID, "/declarations/"+d.ID)
}
