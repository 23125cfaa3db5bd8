package message_test

import (
	"fmt"
	"net/url"
	"regexp"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/edge/portal/message"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

func start(t *testing.T) *portaltest.Portal {
	t.Helper()
	return portaltest.New(t, func(p *portaltest.Portal) { message.Register(p.Site, p.Notify) })
}

// tell makes messages for a partner's administrator: somebody joins the company.
func tell(t *testing.T, p *portaltest.Portal, admin actor.Actor, n int) {
	t.Helper()
	for i := range n {
		email := fmt.Sprintf("new%d@north.example", i)
		if err := p.Account.InviteUser(t.Context(), admin, admin.Account, account.InviteUser{Email: email, Name: "New", Roles: []actor.Role{actor.ServiceManager}, Lang: "en"}); err != nil {
			t.Fatal(err)
		}
		p.Drain()
		mails := p.Sink.List()
		if len(mails) == 0 {
			t.Fatal("no invitation was sent")
		}
		token := tokenOf(t, mails[0].Text)
		if _, err := p.Account.AcceptInvitation(t.Context(), actor.Nobody("", "", "en"), account.Accept{Token: token, Name: "New", Password: "quiet winter river 9"}); err != nil {
			t.Fatal(err)
		}
		p.Drain()
	}
}

func TestMessagePagesReadInEveryLanguage(t *testing.T) {
	p := start(t)
	admin := p.Partner("North")
	c := p.As(admin)
	portaltest.Check(t, c, "/messages", "/messages?show=unread")
	tell(t, p, admin, 1)
	portaltest.Check(t, c, "/messages")
}

func TestOpeningAMessageMarksItAsReadAndGoesThere(t *testing.T) {
	p := start(t)
	admin := p.Partner("North")
	tell(t, p, admin, 2)
	c := p.As(admin)
	list := c.Get("/messages?show=unread").Want(200)
	const letters = `#messages a[href^="/messages/"]`
	before := list.Doc.Find(letters).Length()
	first, ok := list.Doc.Find(letters).First().Attr("href")
	if !ok {
		t.Fatalf("no message in the list: %s", list.Text("main"))
	}
	if p := c.Post(first, url.Values{}); p.Path != "/company/users" {
		t.Errorf("POST %s went to %s, want /company/users", first, p.Path)
	}
	if got := c.Get("/messages?show=unread").Doc.Find(letters).Length(); got != before-1 {
		t.Errorf("%d unread messages after opening one of %d", got, before)
	}
	if page := c.Get(first).Want(200); page.H1() == "" {
		t.Error("a message's page has no heading")
	}
	c.Post("/messages", url.Values{}).Want(200)
	if page := c.Get("/messages?show=unread"); !page.Has(".empty") {
		t.Errorf("after reading all, unread shows %q", page.Text("#messages"))
	}
}

func TestStrangersDoNotReadMessages(t *testing.T) {
	p := start(t)
	admin := p.Partner("North")
	tell(t, p, admin, 1)
	first, _ := p.As(admin).Get("/messages").Doc.Find("#messages a").First().Attr("href")
	other := p.As(p.Partner("South"))
	other.Get(first).Want(404)
	other.Post(first, url.Values{}).Want(404)
	if page := p.Nobody().Get("/messages"); page.Path != "/login?next=%2Fmessages" {
		t.Errorf("nobody's GET /messages ends at %s, want the sign-in page", page.Path)
	}
}

// tokenOf finds the token of the link in an invitation.
func tokenOf(t *testing.T, text string) string {
	t.Helper()
	m := regexp.MustCompile(`token=([A-Za-z0-9_-]+)`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no link in %q", text)
	}
	return m[1]
}
