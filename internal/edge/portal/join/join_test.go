package join_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/edge/portal/join"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/pow"
)

func start(t *testing.T) *portaltest.Portal {
	t.Helper()
	return portaltest.New(t, func(p *portaltest.Portal) { join.Register(p.Site, p.Address) })
}

func captcha(t *testing.T, p *portaltest.Portal) string {
	t.Helper()
	c, err := p.Login.Challenge()
	fixture.Must(t, err)
	solved, err := pow.Solve(c)
	fixture.Must(t, err)
	return solved
}

func TestAHumanMakesAPersonalAccountWithTheCodeOfTheMail(t *testing.T) {
	p := start(t)
	c := p.Nobody()
	if got := c.Get("/register/person?email=ann@mail.example&next=/me/companies").Want(200).Doc.Find("#f-email").AttrOr("value", ""); got != "ann@mail.example" {
		t.Errorf("the invitation's address is %q in the form", got)
	}
	form := url.Values{"name": {"Ann Lee"}, "email": {"ann@mail.example"}, "password": {fixture.Password}, "again": {"another"}, "next": {"/me/companies"}}
	if page := c.Post("/register/person", form).Want(422); !strings.Contains(page.Text("main"), "differ") || page.Doc.Find("#f-name").AttrOr("value", "") != "Ann Lee" {
		t.Errorf("two passwords: %s", page.Text("main"))
	}
	form.Set("again", fixture.Password)
	form.Set("altcha", captcha(t, p))
	page := c.Post("/register/person", form).Want(200)
	at := page.Path
	p.Drain()
	mails := p.Sink.List()
	if len(mails) != 1 || mails[0].To[0] != "ann@mail.example" {
		t.Fatalf("mails: %+v", mails)
	}
	c.Post(at, url.Values{"code": {"12"}}).Want(422)
	code := ""
	for _, word := range strings.Fields(mails[0].Text) {
		if len(word) == 6 && strings.Trim(word, "0123456789") == "" {
			code = word
		}
	}
	if page = c.Post(at, url.Values{"code": {code}}).Want(200); !strings.HasPrefix(page.Path, "/login?next=%2Fme%2Fcompanies") {
		t.Errorf("after the code one is at %s, want sign-in with the way on", page.Path)
	}
	c.Get(at).Want(404)
}

func TestTheAnswerForAKnownAddressIsTheSame(t *testing.T) {
	p := start(t)
	known := p.Email(p.Person("Bob Ray"))
	c := p.Nobody()
	bodies := map[string]string{}
	for _, email := range []string{known, "nobody@mail.example"} {
		form := url.Values{"name": {"X"}, "email": {email}, "password": {fixture.Password}, "again": {fixture.Password}, "altcha": {captcha(t, p)}}
		page := c.Post("/register/person", form).Want(200)
		bodies[email] = page.Text("main")
	}
	if bodies[known] != bodies["nobody@mail.example"] {
		t.Errorf("known: %s\nunknown: %s", bodies[known], bodies["nobody@mail.example"])
	}
}

func TestEveryPageSpeaksBothLanguages(t *testing.T) {
	p := start(t)
	c := p.Nobody()
	portaltest.Check(t, c, "/register/person")
	form := url.Values{"name": {"X"}, "email": {"x@mail.example"}, "password": {fixture.Password}, "again": {fixture.Password}, "altcha": {captcha(t, p)}}
	portaltest.Check(t, c, c.Post("/register/person", form).Want(200).Path)
}
