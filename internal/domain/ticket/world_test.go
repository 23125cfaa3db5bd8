package ticket_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/attachment"
	"hanse/internal/domain/contact"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// A world has the vendor's desk with two engineers, a partner that serves a customer, and a second partner.
type world struct {
	*fixture.World
	t                   *testing.T
	d                   *db.DB
	clock               *clock.Manual
	s                   *ticket.Service
	files               *attachment.Service
	runner              *jobs.Runner
	anna, bert, auditor actor.Actor // of the vendor
	partner, seller     actor.Actor // its administrator, an account manager
	other               actor.Actor // another partner
	customer, user      actor.Actor // the partner's
	told                []ticket.Happened
}

func each(t *testing.T, f func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(t, d, c)
		f(t, w)
		ledgertest.Balanced(t, d)
	})
}

func newWorld(t *testing.T, d *db.DB, c *clock.Manual) *world {
	t.Helper()
	store, err := blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	w := &world{World: fixture.New(t, d), t: t, d: d, clock: c, files: attachment.New(d, store)}
	w.s = ticket.New(d, contact.New(d, w.Login))
	clocks := sla.New(d)
	clocks.Follow(w.s.Follow)
	w.runner = jobs.NewRunner(d, slog.New(slog.DiscardHandler))
	w.s.Register(w.runner)
	clocks.Register(w.runner)
	for _, what := range []string{"opened", "said", "offered", "closed", "auto_closed", "closing_soon", "urged", "handed", "handed_back", "merged", "assigned", "reopened"} {
		w.runner.On("ticket."+what, "test.hear."+what, func(_ context.Context, _ *db.Tx, e outbox.Event) error {
			x, err := outbox.As[ticket.Happened](e)
			w.told = append(w.told, x)
			return err
		})
	}
	fixture.Must(t, w.runner.Prepare(t.Context()))
	admin := w.Vendor()
	w.anna, w.bert, w.auditor = w.VendorUser(actor.SupportEngineer), w.VendorUser(actor.SupportEngineer), w.VendorUser(actor.Auditor)
	w.anna.Name, w.bert.Name = "Anna", "Bert"
	w.partner, w.other, w.customer = w.Partner("Lighthouse"), w.Partner("Beacon"), w.Customer("Harbour")
	w.seller, w.user = w.User(w.partner.Account, actor.AccountManager), w.User(w.customer.Account, actor.CustomerUser)
	_, err = w.Account.Associate(t.Context(), admin, account.Association{Account: w.partner.Account, Other: w.customer.Account, Kind: account.Referral})
	fixture.Must(t, err)
	return w
}

// plan gives an account a plan for a year.
func (w *world) plan(by actor.Actor, l rate.Level) {
	w.t.Helper()
	fixture.Must(w.t, w.d.Update(w.t.Context(), func(tx *db.Tx) error {
		q := rate.Quote{Level: l, Term: rate.Years(1), Row: rate.Price{Level: l, Term: rate.Years(1), Minor: 100}}
		_, err := subscription.Begin(w.t.Context(), tx, by, by.Account, "Plan", "CS1", rate.History{}.Bought("CS1", q, rate.Paid{Cash: 100}, tx.Now))
		return err
	}))
}

func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.clock.Advance(d)
	w.drain()
}

func (w *world) drain() { w.t.Helper(); fixture.Must(w.t, w.runner.Drain(w.t.Context())) }

// left is what the month of an account still has.
func (w *world) left(by actor.Actor) int64 {
	w.t.Helper()
	x, err := entitlement.Available(w.t.Context(), w.d.Read(), by.Account, entitlement.Ticket, w.clock.Now())
	fixture.Must(w.t, err)
	return x.Left
}

func business(body string) ticket.Opening {
	return ticket.Opening{Body: body, ProblemType: taxonomy.Billing}
}

func (w *world) technical(body string) ticket.Opening {
	w.t.Helper()
	set, err := taxonomy.Read(w.t.Context(), w.d.Read())
	fixture.Must(w.t, err)
	return ticket.Opening{Body: body, ProblemType: taxonomy.TechFault, Region: set.Regions()[0].ID, Product: product(set), Extra: extra(set)}
}

// product is one that a technical fault may be about.
func product(set *taxonomy.Set) string {
	kind, _ := set.ProblemType(taxonomy.TechFault)
	for _, p := range set.Products() {
		if p.Technical && kind.In(p.Category) {
			return p.ID
		}
	}
	return ""
}

// extra fills in what a technical fault must say.
func extra(set *taxonomy.Set) map[string]string {
	out := map[string]string{}
	for _, f := range set.Fields(taxonomy.TechFault, product(set)) {
		if !f.Required {
			continue
		}
		switch {
		case len(f.Options) > 0:
			out[f.Key] = f.Options[0].Value
		case f.Type == taxonomy.DateField:
			out[f.Key] = "2026-03-01"
		default:
			out[f.Key] = "1"
		}
	}
	return out
}

func (w *world) open(by actor.Actor, in ticket.Opening) ticket.Ticket {
	w.t.Helper()
	x, err := w.s.Open(w.t.Context(), by, in)
	fixture.Must(w.t, err)
	return x
}

func (w *world) act(by actor.Actor, no string, a ticket.Action, text string) ticket.Ticket {
	w.t.Helper()
	x, err := w.s.Act(w.t.Context(), by, no, ticket.Deed{Action: a, Text: text})
	if err != nil {
		w.t.Fatalf("%s %s: %v", a, no, err)
	}
	return x
}

func (w *world) say(by actor.Actor, no, body string) ticket.Said {
	w.t.Helper()
	x, err := w.s.Say(w.t.Context(), by, no, ticket.Saying{Body: body})
	if err != nil {
		w.t.Fatalf("say %q in %s: %v", body, no, err)
	}
	return x
}

func (w *world) upload(by actor.Actor, name string) string {
	w.t.Helper()
	a, err := w.files.Put(w.t.Context(), by, attachment.Upload{Source: attachment.Incident, Name: name, Body: bytes.NewReader([]byte("line of a log\n"))})
	fixture.Must(w.t, err)
	return a.ID
}

// refused checks that an error has a reason, and that its words name no key.
func refused(t *testing.T, what string, err error, want ticket.Why) {
	t.Helper()
	if got := ticket.WhyOf(err); got != want {
		t.Errorf("%s: %v (%q), want the reason %q", what, err, got, want)
	} else if strings.Contains(err.Error(), "ticket.") {
		t.Errorf("%s: the refusal shows a key: %v", what, err)
	}
}
