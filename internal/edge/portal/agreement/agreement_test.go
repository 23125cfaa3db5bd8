package agreement_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/agreement"
	pages "hanse/internal/edge/portal/agreement"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func TestAnAgreementIsReadSignedAndPublishedAnew(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) { pages.Register(p.Site, agreement.New(p.DB)) })
	partner, customer := p.As(p.Partner("North")), p.As(p.Customer("Acme"))
	vendor, engineer := p.As(p.VendorUser(actor.VendorAdmin)), p.As(p.VendorUser(actor.SupportEngineer))
	for _, c := range []*portaltest.Client{partner, customer, vendor, engineer} {
		portaltest.Check(t, c, "/ticket-agreements", "/ticket-agreements/10", "/ticket-agreements/12")
	}
	portaltest.Check(t, vendor, "/ticket-agreements/10/new")
	engineer.Get("/ticket-agreements/10/new").Want(403)
	partner.Post("/ticket-agreements/10/new", url.Values{"title_en": {"x"}}).Want(403)
	partner.Get("/ticket-agreements/20").Want(404)
	if got := partner.Get("/ticket-agreements").Text("#agreements-table"); strings.Count(got, "Not signed") != 3 {
		t.Errorf("before signing: %s", got)
	}
	page := partner.Post("/ticket-agreements/10/sign", nil).Want(200)
	if got := page.Text("#agreements-table"); page.Path != "/ticket-agreements" || strings.Count(got, "Not signed") != 2 {
		t.Errorf("after signing: %s\n%s", page.Path, got)
	}
	if page = partner.Get("/ticket-agreements/10"); page.Doc.Find("#sign").Length() != 0 || !strings.Contains(page.Text("main"), "You signed version 1") {
		t.Errorf("what is signed: %s", page.Text("main"))
	}
	engineer.Post("/ticket-agreements/10/sign", nil).Want(403)
	if got := vendor.Get("/ticket-agreements").Text("#agreements-table"); !strings.Contains(got, "1 user has signed") {
		t.Errorf("the vendor reads %s", got)
	}
	page = vendor.Post("/ticket-agreements/10/new", url.Values{"title_en": {"Agreement"}, "title_zh": {""}, "body_en": {"1. New."}, "body_zh": {"1. 新。"}}).Want(422)
	if page.Doc.Find("#f-title_en").AttrOr("value", "") != "Agreement" || page.Doc.Find(".summary a[href='#f-title_zh']").Length() != 1 {
		t.Errorf("without a Chinese title: %s", page.Text(".summary"))
	}
	page = vendor.Post("/ticket-agreements/10/new", url.Values{"title_en": {"Agreement"}, "title_zh": {"协议"}, "body_en": {"1. New."}, "body_zh": {"1. 新。"}}).Want(200)
	if page.Path != "/ticket-agreements/20" || !strings.Contains(page.Text("#text"), "1. New.") {
		t.Errorf("after publishing: %s\n%s", page.Path, page.Text("main"))
	}
	if got := partner.Get("/ticket-agreements/20").Text("main"); !strings.Contains(got, "I agree") {
		t.Errorf("the new version isn't offered for signing: %s", got)
	}
	partner.Post("/ticket-agreements/10/sign", nil).Want(409)
	portaltest.Check(t, partner, "/ticket-agreements", "/ticket-agreements/10", "/ticket-agreements/20")
}
