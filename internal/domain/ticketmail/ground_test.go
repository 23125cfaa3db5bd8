package ticketmail

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/attachment"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/mailer"
	"hanse/internal/kit/mailin"
)

const (
	deskMail = "support@vendor.example"
	weiMail  = "wei@northwind.example"
)

// outbox keeps what is sent.
type outboxed struct {
	mu   sync.Mutex
	sent []mailer.Message
	err  error
}

func (o *outboxed) Send(_ context.Context, m mailer.Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.sent = append(o.sent, m)
	}
	return o.err
}

func (o *outboxed) to(address string) (out []mailer.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.sent {
		if m.To == address {
			out = append(out, m)
		}
	}
	return out
}

// A ground is a desk with an address, a partner's engineer who writes to it, and the mail that goes out.
type ground struct {
	*fixture.World
	t       *testing.T
	clock   *clock.Manual
	s       *Service
	tickets *ticket.Service
	files   *blob.Store
	out     *outboxed
	runner  *jobs.Runner

	vendor, wei, engineer actor.Actor
}

func newGround(t *testing.T, d *db.DB, c *clock.Manual, change ...func(*Config)) *ground {
	t.Helper()
	g := &ground{World: fixture.New(t, d), t: t, clock: c, out: &outboxed{}}
	g.vendor = g.Vendor()
	g.engineer = g.VendorUser(actor.SupportEngineer)
	g.wei = g.user(g.Partner("Northwind").Account, weiMail, "Chen Wei", actor.PartnerAdmin)
	var err error
	g.files, err = blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	uploads := attachment.New(d, g.files)
	g.tickets = ticket.New(d, nil)
	cfg := Config{DB: d, Log: slog.New(slog.DiscardHandler), Vault: g.World.Vault, Files: g.files, Uploads: uploads, Tickets: g.tickets, Directory: g.Account,
		Mail: g.out, BaseURL: "https://portal.example", Brand: "Hanse", Address: deskMail, From: "Hanse <noreply@vendor.example>", Node: "test"}
	for _, f := range change {
		f(&cfg)
	}
	g.s = New(cfg)
	g.runner = g.Runner()
	g.tickets.Register(g.runner)
	g.s.Register(g.runner)
	return g
}

func (g *ground) user(account_, email, name string, roles ...actor.Role) actor.Actor {
	g.t.Helper()
	a, err := account.Get(g.t.Context(), g.DB.Read(), account_)
	fixture.Must(g.t, err)
	u, err := g.Account.CreateUser(g.t.Context(), actor.Program("test"), account.NewUser{Account: account_, Email: email, Name: name, Password: fixture.Password,
		Lang: "en", Roles: roles})
	fixture.Must(g.t, err)
	return actor.Actor{Account: account_, Kind: a.Kind, User: u.ID, Name: u.Name, Identity: u.Identity, Roles: u.Roles, Via: "session", Lang: "en"}
}

func (g *ground) set(key setting.Key, value string) {
	g.t.Helper()
	fixture.Must(g.t, g.Setting.Change(g.t.Context(), g.vendor, setting.Change{Key: key, Value: value}))
}

// open is a ticket of the partner's, made in the portal.
func (g *ground) open(title string, copies ...string) ticket.Ticket {
	g.t.Helper()
	x, err := g.tickets.Open(g.t.Context(), g.wei, ticket.Opening{Title: title, Body: "The router in rack 7 is down.", ProblemType: taxonomy.AccountHelp, CC: copies, Lang: "en"})
	fixture.Must(g.t, err)
	return x
}

// store hands a mail in as a mail server would.
func (g *ground) store(raw string) {
	g.t.Helper()
	b := bytes.ReplaceAll(bytes.ReplaceAll([]byte(raw), []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	fixture.Must(g.t, g.s.Store(g.t.Context(), mailin.Incoming{Raw: b, Size: int64(len(b))}))
}

func (g *ground) drain() {
	g.t.Helper()
	fixture.Must(g.t, g.runner.Drain(g.t.Context()))
}

// newest is the mail that came in last.
func (g *ground) newest() Mail {
	g.t.Helper()
	all, err := g.s.List(g.t.Context(), g.vendor, Filter{All: true, Limit: 1})
	fixture.Must(g.t, err)
	if len(all) == 0 {
		g.t.Fatal("no mail came in")
	}
	return all[0]
}

// take hands a mail in, works on it, and returns what became of it.
func (g *ground) take(raw string) Mail {
	g.t.Helper()
	g.store(raw)
	g.drain()
	return g.newest()
}

func (g *ground) messages(no string) []ticket.Message {
	g.t.Helper()
	all, _, err := g.tickets.Messages(g.t.Context(), g.engineer, no, ticket.Page{})
	fixture.Must(g.t, err)
	return all
}

func (g *ground) find(no string) ticket.Ticket {
	g.t.Helper()
	x, err := ticket.Find(g.t.Context(), g.DB.Read(), no)
	fixture.Must(g.t, err)
	return x
}

// notice tells a reader of a message, as the notifications do, and returns the mail that went out.
func (g *ground) notice(no, message string, to actor.Actor, mail string) mailer.Message {
	g.t.Helper()
	fixture.Must(g.t, g.DB.Update(g.t.Context(), func(tx *db.Tx) error {
		taken, err := g.s.Notify(g.t.Context(), tx, Notice{Kind: "ticket.said", No: no, Message: message, Account: to.Account, User: to.User, Name: to.Name, Mail: mail,
			Lang: "en", Link: "/tickets/" + no})
		if err == nil && !taken {
			g.t.Errorf("the notice to %s isn't taken", mail)
		}
		return err
	}))
	g.drain()
	all := g.out.to(mail)
	if len(all) == 0 {
		g.t.Fatalf("no mail went to %s", mail)
	}
	return all[len(all)-1]
}

// answered is a ticket that the desk has answered, with the mail that tells its opener.
func (g *ground) answered(title string, copies ...string) (ticket.Ticket, mailer.Message) {
	g.t.Helper()
	x := g.open(title, copies...)
	said, err := g.tickets.Say(g.t.Context(), g.engineer, x.No, ticket.Saying{Body: "Did you restart it?"})
	fixture.Must(g.t, err)
	return x, g.notice(x.No, said.Message.ID, g.wei, weiMail)
}

func letterOf(id, from, to, subject, body string, extra ...string) string {
	out := "From: " + from + "\nTo: " + to + "\nSubject: " + subject + "\nMessage-ID: <" + id + ">\nDate: Fri, 20 Nov 2026 10:00:00 +0800\n"
	for _, e := range extra {
		out += e + "\n"
	}
	return out + "\n" + body + "\n"
}

// one is a database for tests of what doesn't differ.
func one(t *testing.T) (*db.DB, *clock.Manual) {
	t.Helper()
	c := clock.Fake(dbtest.Start)
	d, err := db.Open(dbtest.SQLite(t), c.Clock)
	fixture.Must(t, err)
	t.Cleanup(func() { d.Close() })
	return d, c
}
