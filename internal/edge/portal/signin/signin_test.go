package signin_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"encoding/json"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/edge/portal/channel"
	"hanse/internal/edge/portal/me"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/pow"
)

func start(t *testing.T) *portaltest.Portal {
	t.Helper()
	return portaltest.New(t, func(p *portaltest.Portal) {
		me.Register(p.Site, p.Credential, p.Roster, p.Address)
		channel.Register(p.Site, p.Roster, p.Qualification, p.Audit)
	})
}

// secret is what the newest event of a kind carries sealed: a link or a code.
func secret(t *testing.T, p *portaltest.Portal, kind string) string {
	t.Helper()
	all, err := db.All(t.Context(), p.DB.Read(), db.String, `SELECT payload FROM event WHERE kind = $1 ORDER BY id DESC`, kind)
	if err != nil || len(all) == 0 {
		t.Fatalf("no event %s: %v", kind, err)
	}
	var x struct{ Sealed string }
	fixture.Must(t, json.Unmarshal([]byte(all[0]), &x))
	text, err := p.Vault.Open("mail", x.Sealed)
	fixture.Must(t, err)
	return text
}

func captcha(t *testing.T, p *portaltest.Portal) string {
	t.Helper()
	challenge, err := p.Login.Challenge()
	fixture.Must(t, err)
	solution, err := pow.Solve(challenge)
	fixture.Must(t, err)
	return solution
}

func TestSigningInLeadsWhereOneWantedToGoAndNeverElsewhere(t *testing.T) {
	p := start(t)
	by := p.Partner("Northwind")
	c := p.Nobody()
	page := c.Get("/me/keys").Want(200)
	if got := page.Doc.Find("input[name=next]").AttrOr("value", ""); got != "/me/keys" {
		t.Fatalf("the sign-in page leads to %q", got)
	}
	wrong := c.Post("/login", url.Values{"name": {p.Email(by)}, "password": {"nonsense"}, "next": {"/me/keys"}}).Want(422)
	if wrong.Doc.Find("#f-name").AttrOr("value", "") != p.Email(by) || wrong.Doc.Find("#f-password").AttrOr("value", "") != "" {
		t.Error("the refused form lost the name, or kept the password")
	}
	page = c.Post("/login", url.Values{"name": {p.Email(by)}, "password": {fixture.Password}, "next": {"/me/keys"}}).Want(200)
	if page.Path != "/me/keys" {
		t.Errorf("after signing in one is at %s", page.Path)
	}
	c = p.Nobody()
	page = c.Post("/login", url.Values{"name": {p.Email(by)}, "password": {fixture.Password}, "next": {"//evil.example/"}})
	if page.Path != "/" {
		t.Errorf("next=//evil.example/ leads to %s", page.Path)
	}
	c.Post("/logout", nil).Want(200)
	if got := c.Get("/me").Path; !strings.HasPrefix(got, "/login") {
		t.Errorf("after signing out, /me is at %s", got)
	}
}

func TestWhatWasTypedWhenTheSessionEndedIsThereAfterSigningIn(t *testing.T) {
	p := start(t)
	by := p.Partner("Northwind")
	c := p.As(by)
	p.Clock.AdvanceWall(60 * 24 * time.Hour)
	page := c.Post("/me/keys", url.Values{"note": {"typed for long"}}).Want(200)
	kept := page.Doc.Find("input[name=kept]").AttrOr("value", "")
	if kept == "" {
		t.Fatalf("nothing is kept: %s", page.Path)
	}
	page = c.Post("/login", url.Values{"name": {p.Email(by)}, "password": {fixture.Password}, "kept": {kept}}).Want(200)
	form := page.Doc.Find("form[action='/me/keys']")
	if got := form.Find("input[name=note]").AttrOr("value", ""); got != "typed for long" {
		t.Errorf("what was typed is %q: %s", got, page.Text("main"))
	}
	if got := c.Get("/login/kept?token=" + kept).Path; got != "/" {
		t.Errorf("a kept form can be taken twice: %s", got)
	}
}

func TestAForgottenPasswordIsReplacedByTheMailedLinkOnce(t *testing.T) {
	p := start(t)
	by := p.Partner("Northwind")
	c := p.Nobody()
	c.Post("/reset", url.Values{"email": {p.Email(by)}}).Want(422)
	c.Post("/reset", url.Values{"email": {p.Email(by)}, "altcha": {captcha(t, p)}}).Want(200)
	p.Drain()
	link := secret(t, p, "login.reset_requested")
	c.Get(link).Want(200)
	_, token, _ := strings.Cut(link, "token=")
	fresh := "a harbour far in the north 7"
	c.Post("/reset", url.Values{"token": {token}, "password": {fresh}, "again": {"x"}}).Want(422)
	c.Post("/reset", url.Values{"token": {token}, "password": {fresh}, "again": {fresh}}).Want(200)
	if got := c.Get(link).Status; got == 200 {
		t.Error("the link works twice")
	}
	if got := c.Post("/login", url.Values{"name": {p.Email(by)}, "password": {fresh}, "next": {"/me"}}).Want(200).Path; got != "/me" {
		t.Errorf("signing in with the new password ends at %s", got)
	}
}

func TestACompanyRegistersIsDecidedOnAndItsContactBecomesAdministrator(t *testing.T) {
	p := start(t)
	vendor := p.As(p.VendorUser(actor.ChannelManager))
	p.Partner("北方 Networks")
	c := p.Nobody()
	form := url.Values{"company": {"北方 networks"}, "country": {"SG"}, "market": {account.Overseas}, "channel": {"reseller"}, "contact": {"Lin Mei"},
		"email": {"lin@north.example"}, "altcha": {captcha(t, p)}}
	refused := c.Post("/register", form).Want(422)
	if refused.Doc.Find("input[name=channel][value=reseller][checked]").Length() != 1 || refused.Doc.Find("#f-contact").AttrOr("value", "") != "Lin Mei" {
		t.Error("the refused registration lost what was typed")
	}
	form.Set("agreed", "on")
	form.Set("altcha", captcha(t, p))
	page := c.Post("/register", form).Want(200)
	c.Post(page.Path, url.Values{"code": {"000000x"}}).Want(422)
	c.Post(page.Path, url.Values{"code": {secret(t, p, "login.code_requested")}}).Want(200)

	queue := vendor.Get("/channel/registrations").Want(200)
	decide, ok := queue.Doc.Find("#registrations-table a").Attr("href")
	if !ok {
		t.Fatalf("the registration isn't in the queue: %s", queue.Text("main"))
	}
	one := vendor.Get(decide).Want(200)
	if !strings.Contains(one.Text(".notice"), "same name") {
		t.Errorf("the company with the same name isn't pointed out: %s", one.Text("main"))
	}
	portaltest.Check(t, vendor, "/channel/registrations", decide)
	vendor.Post(decide, url.Values{"decision": {"refuse"}, "reason": {""}}).Want(422)
	vendor.Post(decide, url.Values{"decision": {"approve"}}).Want(200)
	if got := vendor.Post(decide, url.Values{"decision": {"approve"}}).Status; got != 409 {
		t.Errorf("deciding twice = %d, want 409", got)
	}
	accept(t, p, secret(t, p, "account.approved"))
}

// accept follows the link of an invitation and signs in.
func accept(t *testing.T, p *portaltest.Portal, link string) {
	t.Helper()
	c := p.Nobody()
	portaltest.Check(t, c, link)
	_, token, _ := strings.Cut(link, "token=")
	c.Lang = "en"
	c.Post("/invitation", url.Values{"token": {token}, "name": {"Lin Mei"}, "password": {"short"}, "again": {"short"}}).Want(422)
	c.Post("/invitation", url.Values{"token": {token}, "name": {"Lin Mei"}, "password": {fixture.Password}, "again": {fixture.Password}}).Want(200)
	if got := c.Post("/login", url.Values{"name": {"lin@north.example"}, "password": {fixture.Password}, "next": {"/me"}}).Want(200).Path; got != "/me" {
		t.Errorf("the new administrator ends at %s", got)
	}
}

func TestLanguageAppearanceAndSpacingAreKept(t *testing.T) {
	p := start(t)
	c := p.As(p.Partner("Northwind"))
	page := c.Post("/prefs", url.Values{"theme": {"dark"}, "back": {"/me"}}).Want(200)
	if page.Path != "/me" || page.Doc.Find("html").AttrOr("data-theme", "") != "dark" {
		t.Errorf("after choosing dark one is at %s with %q", page.Path, page.Doc.Find("html").AttrOr("data-theme", ""))
	}
	if got := c.Post("/prefs", url.Values{"theme": {"light"}, "back": {"https://evil.example"}}).Path; got != "/" {
		t.Errorf("back=https://evil.example leads to %s", got)
	}
}

func TestEveryPageSpeaksBothLanguages(t *testing.T) {
	p := start(t)
	p.Partner("Northwind")
	c := p.Nobody()
	portaltest.Check(t, c, "/login", "/login?kept=x", "/reset", "/register", "/register/0123456789abcdef0123456789abcdef")
	path, err := p.Account.EnsureFirstAdmin(t.Context())
	fixture.Must(t, err)
	portaltest.Check(t, c, path)
}
