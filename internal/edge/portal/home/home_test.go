package home_test

import (
	"strings"
	"testing"

	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/home"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func start(t *testing.T) *portaltest.Portal {
	t.Helper()
	return portaltest.New(t, func(p *portaltest.Portal) { home.Register(p.Site, p.Report) })
}

// people gives a partner engineers; H3CSE of the first ends soon.
func people(t *testing.T, p *portaltest.Portal, admin actor.Actor) {
	t.Helper()
	const file = "person_id,name,email,certificate,issued_on,expires_on\n" +
		"E1,Amara Osei,amara@north.example,H3CSE,2024-01-10,2026-04-01\n" +
		"E2,Ben Tan,ben@north.example,H3CNE,2025-01-10,2028-01-09\n"
	if _, err := p.Roster.ImportNow(t.Context(), admin, admin.Account, "north.csv", strings.NewReader(file), false, func(roster.Import) {}); err != nil {
		t.Fatal(err)
	}
	p.Drain()
}

func TestHomeReadsInEveryLanguageForEveryRole(t *testing.T) {
	p := start(t)
	admin := p.Partner("North")
	people(t, p, admin)
	for _, r := range actor.RolesOf(actor.Vendor) {
		portaltest.Check(t, p.As(p.VendorUser(r)), "/")
	}
	for _, r := range actor.RolesOf(actor.Partner) {
		portaltest.Check(t, p.As(p.User(admin.Account, r)), "/")
	}
	portaltest.Check(t, p.As(p.Customer("Shop")), "/")
	portaltest.Check(t, p.As(p.Person("Amara Osei")), "/")
}

func TestAPartnerSeesLevelsWhatDecidesAndWhenCertificatesEnd(t *testing.T) {
	p := start(t)
	admin := p.Partner("North")
	people(t, p, admin)
	page := p.As(admin).Get("/").Want(200)
	if page.H1() != "Home" || page.Doc.Find(".level").Length() != 1 {
		t.Fatalf("home has heading %q and %d level cards, want Home and one", page.H1(), page.Doc.Find(".level").Length())
	}
	if got := page.Text(".level .decides"); !strings.Contains(got, "For Two-star") {
		t.Errorf("the card says %q, want what two-star needs", got)
	}
	if got := page.Text("#people"); !strings.Contains(got, "H3CSE") || !strings.Contains(got, "2026-04") && !strings.Contains(got, "Apr") {
		t.Errorf("the months are %q, want H3CSE in April", got)
	}
	if page.Has("#queue") || page.Has("#channel") || page.Has("#chain") {
		t.Error("a partner sees parts of the vendor's home")
	}
}

func TestReviewersSeeTheQueueAndAuditorsTheChain(t *testing.T) {
	p := start(t)
	p.Partner("North")
	if page := p.As(p.VendorUser(actor.Reviewer)).Get("/").Want(200); !page.Has("#queue .empty") || page.Has("#chain") {
		t.Errorf("a reviewer's home: %.300s", page.Text("main"))
	}
	if page := p.As(p.VendorUser(actor.Auditor)).Get("/").Want(200); !page.Has("#chain") || !strings.Contains(page.Text("#chain"), "seal") {
		t.Errorf("an auditor's home: %.300s", page.Text("main"))
	}
	if page := p.As(p.VendorUser(actor.ProgramManager)).Get("/").Want(200); page.Doc.Find("#channel figure, #channel svg").Length() == 0 {
		t.Errorf("a program manager's home has no chart: %.300s", page.Text("main"))
	}
}

func TestNobodyIsSentToTheSignInPage(t *testing.T) {
	p := start(t)
	if page := p.Nobody().Get("/"); page.Path != "/login" {
		t.Errorf("GET / without a session ends at %s, want /login", page.Path)
	}
}
