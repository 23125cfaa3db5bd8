package me_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/edge/portal/me"
	"hanse/internal/edge/portal/portaltest"
)

func start(t *testing.T) *portaltest.Portal {
	t.Helper()
	return portaltest.New(t, func(p *portaltest.Portal) { me.Register(p.Site, p.Credential, p.Roster, p.Address) })
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	p := start(t)
	by := p.Partner("Northwind")
	here, there := p.As(by), p.As(by)
	page := here.Get("/me/sessions").Want(200)
	if got := page.Doc.Find("#sessions-table tbody tr").Length(); got != 2 {
		t.Fatalf("%d sessions are listed, want 2", got)
	}
	here.Post("/me/sessions/end", nil).Want(200)
	if got := there.Get("/me").Path; !strings.HasPrefix(got, "/login") {
		t.Errorf("the ended session still opens %s", got)
	}
	here.Get("/me").Want(200)
}

func TestThePasswordChangesWithTheOldOneOnly(t *testing.T) {
	p := start(t)
	c := p.As(p.Partner("Northwind"))
	fresh := "a harbour far in the north 7"
	c.Post("/me/password", url.Values{"old": {"wrong"}, "password": {fresh}, "again": {fresh}}).Want(422)
	c.Post("/me/password", url.Values{"old": {fixture.Password}, "password": {fresh}, "again": {"other"}}).Want(422)
	page := c.Post("/me/password", url.Values{"old": {fixture.Password}, "password": {fresh}, "again": {fresh}}).Want(200)
	if strings.Contains(page.Body, fresh) {
		t.Error("the page holds the password")
	}
}

func TestAKeysSecretIsShownOnceAndTheKeyIsRotatedAndDisabled(t *testing.T) {
	p := start(t)
	by := p.Partner("Northwind")
	c := p.As(by)
	page := c.Post("/me/keys", url.Values{"note": {"Build server"}}).Want(201)
	key, secret := page.Text("#access-key"), page.Text("#secret-key")
	if key == "" || secret == "" {
		t.Fatalf("the secret isn't shown: %s", page.Text("main"))
	}
	list := c.Get("/me/keys").Want(200)
	if strings.Contains(list.Body, secret) || !strings.Contains(list.Text("#keys-table"), "Build server") {
		t.Errorf("the list of keys is wrong: %s", list.Text("#keys-table"))
	}
	c.Get("/me/keys/" + key + "/rotate").Want(200)
	if again := c.Post("/me/keys/"+key+"/rotate", nil).Want(201); again.Text("#secret-key") == secret {
		t.Error("the rotated key has the old secret")
	}
	c.Get("/me/keys/" + key + "/disable").Want(200)
	c.Post("/me/keys/"+key+"/disable", nil).Want(200)
	if got := p.As(p.Partner("Other")).Post("/me/keys/"+key+"/disable", nil).Status; got != 404 {
		t.Errorf("a stranger's disabling = %d, want 404", got)
	}
	c.Get("/me/keys/" + key + "/eat").Want(404)
}

func TestEveryPageSpeaksBothLanguages(t *testing.T) {
	p := start(t)
	by := p.Partner("Northwind")
	c := p.As(by)
	portaltest.Check(t, c, "/me/keys")
	key := c.Post("/me/keys", url.Values{"note": {"Build server"}}).Want(201).Text("#access-key")
	portaltest.Check(t, c, "/me", "/me/sessions", "/me/keys", "/me/keys/"+key+"/rotate", "/me/keys/"+key+"/disable")
	portaltest.Check(t, p.As(p.Person("Ann Lee")), "/me", "/me/certificates", "/me/sessions")
}
