package privilege_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/privilege"
	"hanse/internal/edge/portal/portaltest"
	pages "hanse/internal/edge/portal/privilege"
	"hanse/internal/kit/actor"
)

func TestAnAdministratorSaysWhoMayOpenAndExportTickets(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) { pages.Register(p.Site, privilege.New(p.DB)) })
	by := p.Partner("North")
	user := p.User(by.Account, actor.ServiceManager)
	admin, reader := p.As(by), p.As(user)
	portaltest.Check(t, admin, "/ticket-privileges")
	portaltest.Check(t, reader, "/ticket-privileges")
	if got := reader.Get("/ticket-privileges").Text("#own"); !strings.Contains(got, "Open tickets Yes") && !strings.Contains(got, "Open ticketsYes") {
		t.Errorf("without a policy the user reads %q", got)
	}
	page := admin.Post("/ticket-privileges", url.Values{"create": {"granted"}, "export": {"granted"}}).Want(200)
	if got := page.Text("main"); !strings.Contains(got, "Who was granted it opens tickets.") || !strings.Contains(got, "Changed by "+by.Name) {
		t.Errorf("after the change: %s", got)
	}
	give := page.Doc.Find("#users-table input[name=user][value='" + user.User + "']")
	if give.Length() != 2 || page.Doc.Find("#users-table input[name=user][value='"+by.User+"']").Length() != 0 {
		t.Errorf("%d grants are offered for the user, and some for the administrator", give.Length())
	}
	if got := reader.Get("/ticket-privileges").Text("#own"); strings.Contains(got, "Yes") {
		t.Errorf("under the policy the user reads %q", got)
	}
	page = admin.Post("/ticket-privileges/users", url.Values{"user": {user.User}, "privilege": {"createCase"}, "on": {"true"}}).Want(200)
	if got := page.Text("#users-table"); !strings.Contains(got, "Granted by "+by.Name) || !strings.Contains(got, "Take back") {
		t.Errorf("after the grant: %s", got)
	}
	portaltest.Check(t, admin, "/ticket-privileges")
	if got := reader.Get("/ticket-privileges").Text("#own"); !strings.Contains(got, "Yes") || !strings.Contains(got, "No") {
		t.Errorf("with one grant the user reads %q", got)
	}
	reader.Post("/ticket-privileges", url.Values{"create": {"all"}, "export": {"all"}}).Want(403)
	reader.Post("/ticket-privileges/users", url.Values{"user": {user.User}, "privilege": {"export"}, "on": {"true"}}).Want(403)
	p.As(p.Partner("South")).Post("/ticket-privileges/users", url.Values{"user": {user.User}, "privilege": {"export"}, "on": {"true"}}).Want(404)
	p.As(p.VendorUser(actor.SupportEngineer)).Get("/ticket-privileges").Want(403)
	portaltest.Check(t, p.As(p.Customer("Acme")), "/ticket-privileges")
}
