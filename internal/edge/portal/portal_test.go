package portal_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"hanse/internal/edge/portal"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
	"hanse/test/browser"
)

// start is the whole portal, in a demonstration or not.
func start(t *testing.T, demo bool) *portaltest.Portal {
	t.Helper()
	return portaltest.Whole(t, func(p *portaltest.Portal) http.Handler {
		s, err := portal.New(portal.Deps{Log: p.Log, Clock: p.Clock.Clock, DB: p.DB, Vault: p.Vault, Blobs: p.Blobs, Audit: p.Audit, Jobs: p.Jobs,
			Press: p.Press, BaseURL: p.URL, Version: "test", Setting: p.Setting, Login: p.Login, Accounts: p.Account, Credential: p.Credential,
			Roster: p.Roster, Material: p.Material, Member: p.Member, RealName: p.RealName, Record: p.Record, Address: p.Address, Declaration: p.Declaration, Qualification: p.Qualification, Badge: p.Badge, Simulation: p.Simulation, Path: p.Path, Round: p.Round, Duty: p.Duty, Confirm: p.Confirm, Funds: p.Funds, Ledger: p.Ledger, Bill: p.Bill, Payment: p.Payment, TestBank: p.TestBank, Treasury: p.Treasury, Voucher: p.Voucher,
			Distribution: p.Distribution, Budget: p.Budget, Delegation: p.Delegation, Entitlement: p.Entitlement, Product: p.Product, Tier: p.Tier,
			Eligibility: p.Eligibility, Subscription: p.Subscription, Order: p.Order, Contract: p.Contract, Attachment: p.Attachment, Contact: p.Contact, Ticket: p.Ticket, TicketDraft: p.TicketDraft, TicketMail: p.TicketMail, Desk: p.Desk, Macro: p.Macro, Taxonomy: p.Taxonomy, SLA: p.SLA, Equipment: p.Equipment, Notify: p.Notify, Demo: demo, Sink: p.Sink, Inbox: p.Inbox})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

// mostBytes is what a first visit may cost over the wire.
const mostBytes = 100_000

func TestAFirstVisitIsLight(t *testing.T) {
	p := start(t, false)
	c := p.As(p.Partner("North"))
	for path, jar := range map[string]http.CookieJar{"/login": nil, "/register": nil, "/": c.Jar()} {
		total, parts := browser.Weight(t, jar, p.URL+path)
		t.Logf("GET %s: %d bytes in %d parts", path, total, len(parts))
		if total > mostBytes {
			t.Errorf("GET %s costs %d bytes, want %d at most:\n%s", path, total, mostBytes, strings.Join(parts, "\n"))
		}
	}
}

func TestTheMenuLeadsSomewhereForEveryRole(t *testing.T) {
	p := start(t, false)
	vendor, partner, customer := p.Vendor(), p.Partner("North"), p.Customer("Shop")
	for _, of := range []actor.Actor{vendor, partner, customer} {
		for _, role := range actor.RolesOf(of.Kind) {
			c := p.As(p.User(of.Account, role))
			links := c.Get("/").Want(200).Doc.Find(".side nav a").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("href", "") })
			if !slices.Contains(links, "/messages") {
				t.Errorf("%s isn't led to the messages: %v", role, links)
			}
			for _, href := range links {
				if page := c.Get(href); page.Status != 200 {
					t.Errorf("the menu leads %s to %s = %d", role, href, page.Status)
				}
			}
		}
	}
}

func TestTheDemoMailboxIsThereInADemonstrationOnly(t *testing.T) {
	if page := start(t, false).Nobody().Get("/demo/mail"); page.Status != 404 {
		t.Errorf("GET /demo/mail in production = %d, want 404", page.Status)
	}
	p := start(t, true)
	p.Partner("North")
	p.Nobody().Get("/demo/mail").Want(200)
	p.Nobody().Get("/demo/mail/9999").Want(404)
}

func TestAFailureBeforeAnyPageIsAPageToo(t *testing.T) {
	p := start(t, false)
	s, err := portal.New(portal.Deps{Log: p.Log, Clock: p.Clock.Clock, DB: p.DB, Vault: p.Vault, Login: p.Login, Notify: p.Notify})
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range []int{429, 500} {
		w := httptest.NewRecorder()
		s.Failure(status).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if w.Code != status || !strings.Contains(w.Body.String(), "<h1>") {
			t.Errorf("Failure(%d) = %d %.200s", status, w.Code, w.Body)
		}
	}
}
