package qualify_test

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/edge/portal/portaltest"
	"hanse/test/browser"
)

var only = flag.String("only", "", "look at this page alone")

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// TestPagesFitAndAreAccessible opens every page in a browser: no serious finding of axe, nothing wider than the
// screen, in both languages, light and dark, wide and narrow. It leaves pictures in test/artifacts.
func TestPagesFitAndAreAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser many times")
	}
	w := newWorld(t)
	c, v := w.As(w.partner), w.As(w.vendor)
	number := w.granted("three-star")
	first := w.submitted(c, "four-star")
	draftOf := w.Partner("Southern Cross Systems")
	south := w.As(draftOf)
	draft := w.draft(south, "two-star")
	paper := c.Get("/applications/" + first + "/application.pdf").Want(200).Body
	south.Upload("/applications/"+draft+"/evidence", url.Values{"then": {"stay"}}, "evidence:application-form", "signed form.pdf", []byte(paper)).Want(200)
	v.Post("/reviews/"+first+"/start", url.Values{"edition": {w.edition(first)}}).Want(200)
	v.Post("/reviews/"+first+"/comments", url.Values{"text": {"Checked the copies by phone."}, "internal": {"on"}}).Want(200)
	ch := "/channel/" + w.partner.Account
	views := []sight{
		{c, "overview", "/qualifications"}, {c, "program", "/qualifications/h3c-star?level=four-star"},
		{c, "asof", "/qualifications/h3c-star?for=hold&at=" + (today(w.Portal) + 250).String()},
		{c, "begin", "/qualifications/h3c-star/apply"}, {c, "applications", "/applications"}, {c, "submitted", "/applications/" + first + "/submitted"},
		{c, "status", "/applications/" + first}, {c, "certificates", "/certificates"}, {c, "certificate", "/certificates/" + number},
		{south, "draft", "/applications/" + draft}, {south, "form", "/applications/" + draft + "/form"},
		{south, "evidence", "/applications/" + draft + "/evidence"}, {south, "check", "/applications/" + draft + "/check"},
		{south, "withdraw", "/applications/" + draft + "/withdraw"}, {south, "south", "/qualifications"},
		{v, "queue", "/reviews"}, {v, "review", "/reviews/" + first}, {v, "return", "/reviews/" + first + "/return"},
		{v, "reject", "/reviews/" + first + "/reject"}, {v, "approve", "/reviews/" + first + "/approve"},
		{v, "inspect", "/reviews/" + first + "/inspect"}, {v, "suspend", "/certificates/" + number + "/suspend"},
		{v, "door", ch + "/qualifications/h3c-star"},
		{w.Nobody(), "verify", "/verify/" + number}, {w.Nobody(), "unknown", "/verify/NONE"}, {w.Nobody(), "verifyform", "/verify"},
	}
	for _, o := range []browser.Options{{Width: 1440, Height: 1000, Lang: "en", Scheme: "light"}, {Width: 390, Height: 844, Lang: "zh-CN", Scheme: "dark"}} {
		for _, s := range views {
			if *only == "" || *only == s.name {
				s.look(t, w, o)
			}
		}
	}
}

// A sight is a page as somebody sees it.
type sight struct {
	c    *portaltest.Client
	name string
	path string
}

// look is a test of its own, so that its window is closed before the next one opens.
func (s sight) look(t *testing.T, w *world, o browser.Options) {
	t.Helper()
	t.Run(fmt.Sprintf("%s-%d-%s", s.name, o.Width, o.Scheme), func(t *testing.T) { s.open(t, w, o) })
}

func (s sight) open(t *testing.T, w *world, o browser.Options) {
	t.Helper()
	lang := map[string]string{"en": "en", "zh-CN": "zh-Hans"}[o.Lang]
	s.c.Lang = lang
	s.c.Get("/verify") // keeps the language with the person
	p := browser.New(t, w.URL, o)
	for _, k := range s.c.Cookies() {
		p.Cookie(k.Name, k.Value)
	}
	p.Go(s.path)
	p.Axe()
	p.Fits()
	p.Shot("q-" + s.name + "-" + lang)
}

// TestPagesOfALostLevelFit does the same for a level that is under watch, and for one that was cancelled.
func TestPagesOfALostLevelFit(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser many times")
	}
	w := newWorld(t)
	number := w.granted("four-star")
	id := w.applied
	w.later(201)
	c, v := w.As(w.partner), w.As(w.vendor)
	views := []sight{{c, "watch-overview", "/qualifications"}, {c, "watch-program", "/qualifications/h3c-star?for=hold"}, {c, "watch-certificate", "/certificates/" + number},
		{v, "review-over", "/reviews/" + id}}
	for _, o := range []browser.Options{{Width: 1440, Height: 1000, Lang: "zh-CN", Scheme: "light"}, {Width: 390, Height: 844, Lang: "en", Scheme: "dark"}} {
		for _, s := range views {
			s.look(t, w, o)
		}
	}
	q, err := w.Qualification.Qualification(t.Context(), w.vendor, number)
	fixture.Must(t, err)
	v.Post("/certificates/"+number+"/cancel", url.Values{"edition": {itoa(q.Edition)}, "reason": {"The copies were forged."}}).Want(200)
	for _, s := range []sight{{c, "cancelled", "/certificates/" + number}, {w.Nobody(), "verify-cancelled", "/verify/" + number}, {c, "after", "/qualifications"}} {
		s.look(t, w, browser.Options{Width: 1440, Height: 1000, Lang: "en", Scheme: "dark"})
	}
}

// TestPagesOfPathsAndLabelsFit does the same for what is held side by side and reviewed in phases.
func TestPagesOfPathsAndLabelsFit(t *testing.T) {
	if testing.Short() {
		t.Skip("opens a browser many times")
	}
	w := newLabelled(t)
	c, v := w.As(w.partner), w.As(w.second)
	id := w.handedIn(c)
	w.does(w.vendor, id, "start", nil).Want(200)
	w.does(w.vendor, id, "pass", nil).Want(200)
	views := []sight{{c, "label-overview", "/qualifications"}, {c, "label-program", "/qualifications/path-service"}, {c, "label-status", "/applications/" + id},
		{w.As(w.vendor), "label-review", "/reviews/" + id}}
	for _, s := range views {
		s.look(t, w.world, browser.Options{Width: 1440, Height: 1000, Lang: "en", Scheme: "light"})
	}
	w.does(w.vendor, id, "return", url.Values{"reason:material:case": {"The customer isn't named."}}).Want(200)
	for _, s := range []sight{{c, "label-returned", "/applications/" + id}, {c, "label-materials", "/applications/" + id + "/materials"}} {
		s.look(t, w.world, browser.Options{Width: 390, Height: 844, Lang: "zh-CN", Scheme: "dark"})
	}
	w.later(31)
	for _, s := range []sight{{c, "label-banned", "/qualifications/" + label}, {v, "label-bans", "/channel/" + w.partner.Account + "/attestations"}} {
		s.look(t, w.world, browser.Options{Width: 1440, Height: 1000, Lang: "zh-CN", Scheme: "light"})
	}
}
