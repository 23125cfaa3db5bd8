package ticket_test

import (
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/privilege"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func TestWhoMayNotOpenTicketsIsNotOfferedIt(t *testing.T) {
	x := start(t)
	user, s := x.As(x.User(x.partner.Account, actor.ServiceManager)), privilege.New(x.DB)
	if user.Get("/tickets").Want(200).Doc.Find("a[href='/tickets/new']").Length() == 0 {
		t.Error("without a policy the form isn't offered")
	}
	page := user.Get("/tickets/new?type=" + taxonomy.Billing).Want(200)
	if got := page.Text("#agreement"); !strings.Contains(got, "Not signed by you yet, version 1") || page.Doc.Find("#agreement a[href='/ticket-agreements/10']").Length() != 1 {
		t.Errorf("the agreement: %q", got)
	}
	fixture.Must(t, s.Set(t.Context(), x.partner, privilege.Create, true))
	if user.Get("/tickets").Want(200).Doc.Find("a[href='/tickets/new']").Length() != 0 {
		t.Error("under the policy the form is offered")
	}
	if got := user.Get("/tickets/new").Want(403).Text("main"); !strings.Contains(got, "Ask one of its administrators") {
		t.Errorf("the form says %s", got)
	}
	portaltest.Check(t, x.As(x.partner), "/tickets", "/tickets/new?type="+taxonomy.Billing)
}
