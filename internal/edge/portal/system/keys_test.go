package system_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/edge/portal/system"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// TestAnAdministratorChangesTheSigningKeyAndRevokesIt goes through the pages without scripts.
func TestAnAdministratorChangesTheSigningKeyAndRevokesIt(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) {
		system.Register(p.Site, system.Deps{DB: p.DB, Audit: p.Audit, Jobs: p.Jobs, Setting: p.Setting, Badge: p.Badge, Working: calendar.Standard(), Version: "test"})
	})
	c := p.As(p.Vendor())
	portaltest.Check(t, c, "/system/keys", "/system/keys/rotate", "/system/keys/sign")
	if page := c.Post("/system/keys/rotate", url.Values{"active": {""}, "reason": {""}}).Want(422); page.Text("#e-reason, .field.invalid") == "" {
		t.Errorf("no reason: %s", page.Text("main"))
	}
	first := c.Post("/system/keys/rotate", url.Values{"active": {""}, "reason": {"The first one."}, "resign": {"on"}}).Want(200)
	if first.Path != "/system/keys" || first.Doc.Find("#keys tbody tr").Length() != 1 {
		t.Errorf("after the first key: %s\n%s", first.Path, first.Text("main"))
	}
	c.Post("/system/keys/rotate", url.Values{"active": {""}, "reason": {"A page that is old."}}).Want(409)
	revoke, _ := first.Doc.Find("#keys tbody a[href$=revoke]").Attr("href")
	portaltest.Check(t, c, revoke, "/system/keys")
	after := c.Post(revoke, url.Values{"reason": {"A laptop was stolen."}}).Want(200)
	if rows := after.Doc.Find("#keys tbody tr"); rows.Length() != 2 || !strings.Contains(rows.Eq(1).Text(), "Revoked") || !strings.Contains(rows.Eq(1).Text(), "A laptop was stolen.") {
		t.Errorf("after revoking: %s", after.Text("#keys"))
	}
	c.Post(revoke, url.Values{"reason": {"Again."}}).Want(409)
	c.Post("/system/keys/sign", nil).Want(200)
	c.Get("/system/keys/bky_none/revoke").Want(404)
	auditor := p.As(p.VendorUser(actor.Auditor))
	if page := auditor.Get("/system/keys").Want(200); page.Doc.Find("a[href$=rotate]").Length() != 0 {
		t.Error("an auditor is offered to change the key")
	}
	auditor.Get("/system/keys/rotate").Want(403)
	p.As(p.VendorUser(actor.Reviewer)).Get("/system/keys").Want(403)
}
