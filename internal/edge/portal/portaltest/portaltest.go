// Package portaltest starts the portal's pages in a test: all modules on a fresh SQLite database, people with a
// session each, and a client that reads pages as a browser without scripts does.
//
// It needs no page but those that the test registers, so that an area is tested while others are being changed.
package portaltest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/address"
	"hanse/internal/domain/attachment"
	"hanse/internal/domain/badge"
	"hanse/internal/domain/bill"
	"hanse/internal/domain/budget"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/contact"
	"hanse/internal/domain/contract"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/declaration"
	"hanse/internal/domain/delegation"
	"hanse/internal/domain/desk"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/duty"
	"hanse/internal/domain/eligibility"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/equipment"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/macro"
	"hanse/internal/domain/material"
	"hanse/internal/domain/member"
	"hanse/internal/domain/notify"
	"hanse/internal/domain/order"
	"hanse/internal/domain/path"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/product"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/record"
	"hanse/internal/domain/report"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/round"
	"hanse/internal/domain/simulation"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/domain/ticketdraft"
	"hanse/internal/domain/ticketmail"
	"hanse/internal/domain/tier"
	"hanse/internal/domain/treasury"
	"hanse/internal/domain/voucher"
	"hanse/internal/edge/portal/asset"
	"hanse/internal/edge/portal/signin"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/static"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/mailer"
	"hanse/internal/kit/pdf"
	"hanse/programs"
)

// A Portal is a server with every module behind it. Its clock stands still, and no job runs by itself: Drain.
type Portal struct {
	*fixture.World
	Site          *site.Site
	Clock         *clock.Manual
	Log           *slog.Logger
	Confirm       *confirm.Service
	Ledger        *ledger.Service
	Bill          *bill.Service
	Funds         *funds.Service
	Payment       *payment.Service
	TestBank      *payment.Test
	Treasury      *treasury.Service
	Credential    *credential.Service
	Roster        *roster.Service
	Record        *record.Service
	Address       *address.Service
	Material      *material.Service
	RealName      *realname.Service
	Member        *member.Service
	Qualification *qualification.Service
	Badge         *badge.Service
	Declaration   *declaration.Service
	Simulation    *simulation.Service
	Path          *path.Service
	Round         *round.Service
	Duty          *duty.Service
	Voucher       *voucher.Service
	Distribution  *distribution.Service
	Budget        *budget.Service
	Delegation    *delegation.Service
	Entitlement   *entitlement.Service
	Product       *product.Service
	Tier          *tier.Service
	Eligibility   *eligibility.Service
	Subscription  *subscription.Service
	Order         *order.Service
	Contract      *contract.Service
	Attachment    *attachment.Service
	SLA           *sla.Service
	Ticket        *ticket.Service
	TicketMail    *ticketmail.Service
	TicketDraft   *ticketdraft.Service
	Desk          *desk.Service
	Macro         *macro.Service
	Taxonomy      *taxonomy.Service
	Contact       *contact.Service
	Equipment     *equipment.Service
	Notify        *notify.Service
	Report        *report.Service
	Audit         *audit.Service
	Jobs          *jobs.Service
	Runner        *jobs.Runner
	Blobs         *blob.Store
	Press         *pdf.Press
	Sink          *mailer.Sink
	Inbox         *mailer.Inbox
	URL           string

	t testing.TB
}

// New starts the portal with the pages that register adds to p.Site; those of signing in are there always.
func New(t testing.TB, register ...func(p *Portal)) *Portal {
	t.Helper()
	return Whole(t, func(p *Portal) http.Handler {
		assets, err := asset.New(static.Files)
		must(t, err)
		p.Site = site.New(site.Deps{Log: p.Log, Clock: p.Clock.Clock, Assets: assets, Vault: p.Vault,
			Cursors: cursor.New(p.Vault.Key("cursor")), Login: p.Login, Accounts: p.Account, Notify: p.Notify, Blobs: p.Blobs,
			BaseURL: p.URL})
		p.Site.Raw("GET "+asset.Prefix, assets)
		signin.Register(p.Site)
		for _, add := range register {
			add(p)
		}
		return asset.NewCompressor().Wrap(p.Site)
	})
}

// Whole starts what build makes of the modules: for tests of the portal with all its areas.
func Whole(t testing.TB, build func(p *Portal) http.Handler) *Portal {
	t.Helper()
	c := clock.Fake(dbtest.Start)
	d, err := db.Open(dbtest.SQLite(t), c.Clock)
	must(t, err)
	t.Cleanup(func() { d.Close() })
	p := &Portal{World: fixture.New(t, d), Clock: c, Log: quiet(t), t: t}
	server := httptest.NewUnstartedServer(nil)
	p.URL = "http://" + server.Listener.Addr().String()
	p.modules(d)
	server.Config.Handler = build(p)
	server.Start()
	t.Cleanup(server.Close)
	return p
}

// modules makes what stands above fixture's modules, wired as the program does it.
func (p *Portal) modules(d *db.DB) {
	var err error
	p.Blobs, err = blob.New(p.t.TempDir(), blob.Scan{})
	must(p.t, err)
	lib, err := programs.Library()
	must(p.t, err)
	p.Sink, err = mailer.NewSink(1000, p.Clock.Wall)
	must(p.t, err)
	p.t.Cleanup(func() { p.Sink.Close() })
	p.Inbox, p.Press = mailer.NewInbox(1000, p.Clock.Wall), pdf.NewPress()
	mail, err := mailer.New(p.Sink.Config("Hanse <noreply@test.example>"), p.Clock.Wall)
	must(p.t, err)

	p.Runner, p.Audit, p.Jobs = p.World.Runner(), audit.New(d), jobs.NewService(d)
	p.Confirm = confirm.New(d, p.Login)
	p.Ledger = ledger.New(d)
	p.Funds = funds.New(funds.Config{DB: d, Ledger: p.Ledger, Codes: p.Confirm, Files: p.Blobs, Login: distribution.OfLogin})
	p.TestBank = payment.NewTest(d, p.Vault, "")
	p.Payment = payment.New(payment.Config{DB: d, Providers: []payment.Provider{p.TestBank}})
	p.Treasury = treasury.New(treasury.Config{DB: d, Vault: p.Vault, Files: p.Blobs, Payments: p.Payment, Confirm: p.Confirm, Working: calendar.Standard(), Reclaim: p.reclaim})
	p.Credential = credential.New(d, func() *program.Catalogue { return lib.Catalogue })
	p.Roster = roster.New(roster.Config{DB: d, Credentials: p.Credential, Files: p.Blobs, NewPerson: account.InsertPerson})
	p.RealName = realname.New(realname.Config{DB: d, Vault: p.Vault, Files: p.Blobs, Working: calendar.Standard()})
	p.Member = member.New(member.Config{DB: d, Vault: p.Vault, Roster: p.Roster, Accounts: p.Account})
	p.Record = record.New(record.Config{DB: d, Credentials: p.Credential, Files: p.Blobs})
	p.Address = address.New(address.Config{DB: d, Login: p.Login, Vault: p.Vault, Roster: p.Roster, Files: p.Blobs, Records: address.FromFeeds(p.Record), Feeds: p.Record, NameHolders: realname.Holders})
	p.Material = material.New(d, p.Blobs, calendar.Standard())
	p.Qualification = qualification.New(d, p.Blobs, qualification.Wire(p.Roster, calendar.Standard(), p.Press.CheckName), p.Log)
	_, err = p.Qualification.Load(p.t.Context(), "")
	must(p.t, err)
	p.Simulation = simulation.New(d, p.Qualification, p.Log)
	p.Badge = badge.New(badge.Config{DB: d, Vault: p.Vault, BaseURL: p.URL, Source: badge.Wire(p.Qualification)})
	p.Qualification.AttachCredentials(p.Badge.File)
	p.Declaration = declaration.New(declaration.Config{DB: d, Credentials: p.Credential, Files: p.Blobs, Working: calendar.Standard(), Examine: p.Badge.Examine})
	p.Path = path.New(d, p.Qualification)
	p.Round = round.New(d, p.Qualification)
	p.Duty = duty.New(d, p.Blobs, p.Qualification)
	p.Voucher = voucher.New(d, p.Confirm)
	p.Voucher.LetMany(p.Blobs, distribution.OfLogin)
	p.Bill = bill.New(d, p.Blobs)
	p.Taxonomy, p.Contact, p.Equipment = taxonomy.New(d), contact.New(d, p.Login), equipment.New(d, p.Blobs)
	p.Distribution = distribution.New(distribution.Config{DB: d, Vault: p.Vault, Login: p.Login, Accounts: p.Account, Confirm: p.Confirm})
	p.Budget = budget.New(budget.Config{DB: d, Confirm: p.Confirm, Distribution: p.Distribution})
	p.Entitlement = entitlement.New(d)
	p.Delegation = delegation.New(delegation.Config{DB: d, Accounts: p.Account, Distribution: p.Distribution, Confirm: p.Confirm})
	p.Product, p.Tier, p.Eligibility = product.New(d), tier.New(d), eligibility.New(d, p.Qualification)
	p.Subscription = subscription.New(d)
	p.Order = order.New(order.Config{DB: d, Vault: p.Vault, Payments: p.Payment, Received: p.Treasury.Received, Codes: p.Confirm, Eligible: p.Eligibility.Check, Exhausted: p.Budget.Exhausted})
	p.Contract = contract.New(d, p.Blobs, p.Treasury)
	p.Attachment, p.SLA, p.TicketDraft = attachment.New(d, p.Blobs), sla.New(d), ticketdraft.New(d)
	p.Ticket, p.Desk = ticket.New(d, p.Contact), desk.New(d)
	p.Macro = macro.New(d, p.Desk, p.Ticket)
	p.TicketMail = ticketmail.New(ticketmail.Config{DB: d, Log: slog.New(slog.DiscardHandler), Vault: p.Vault, Files: p.Blobs, Uploads: p.Attachment, Tickets: p.Ticket,
		Directory: p.Account, Mail: mail, BaseURL: "https://portal.example", Brand: "Hanse", Address: "support@vendor.example", From: "Hanse <noreply@vendor.example>", Node: "test"})
	p.SLA.Follow(p.Ticket.Follow)
	p.Notify = notify.New(d, p.Log, notify.Accounts{}, mail, p.Inbox,
		notify.Config{BaseURL: p.URL, Brand: "Hanse", Vault: p.Vault})
	p.Report = report.New(report.Deps{DB: d, Ticket: p.Ticket, Funds: p.Funds, Bill: p.Bill, Qualification: p.Qualification, Roster: p.Roster, Credential: p.Credential, Address: p.Address, Declaration: p.Declaration, Record: p.Record, Material: p.Material, Member: p.Member, RealName: p.RealName, Path: p.Path, Round: p.Round, Duty: p.Duty, Entitlement: p.Entitlement, Order: p.Order, Voucher: p.Voucher, Distribution: p.Distribution,
		Accounts: p.Account, Notify: p.Notify, Jobs: p.Jobs, Audit: p.Audit})
	p.Ledger.Register(p.Runner)
	p.Funds.Register(p.Runner)
	p.Bill.Register(p.Runner)
	p.Equipment.Register(p.Runner)
	p.Payment.Register(p.Runner)
	p.Treasury.Register(p.Runner)
	p.Roster.Register(p.Runner)
	p.Record.Register(p.Runner)
	p.Address.Register(p.Runner)
	p.Material.Register(p.Runner)
	p.RealName.Register(p.Runner)
	p.Member.Register(p.Runner)
	p.Qualification.Register(p.Runner)
	p.Badge.Register(p.Runner)
	p.Declaration.Register(p.Runner)
	p.Simulation.Register(p.Runner)
	p.Path.Register(p.Runner)
	p.Round.Register(p.Runner)
	p.Duty.Register(p.Runner)
	p.Voucher.Register(p.Runner)
	p.Distribution.Register(p.Runner)
	p.Budget.Register(p.Runner)
	p.Delegation.Register(p.Runner)
	p.Entitlement.Register(p.Runner)
	p.Tier.Register(p.Runner)
	p.Subscription.Register(p.Runner)
	p.Order.Register(p.Runner)
	p.Contract.Register(p.Runner)
	p.Attachment.Register(p.Runner)
	p.SLA.Register(p.Runner)
	p.Ticket.Register(p.Runner)
	p.TicketMail.Register(p.Runner)
	p.Desk.Register(p.Runner)
	p.TicketDraft.Register(p.Runner)
	p.Notify.Register(p.Runner)
	must(p.t, p.Runner.Prepare(p.t.Context()))
}

// quiet is a log that shows warnings with the test's output.
func quiet(t testing.TB) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// Drain does everything that's due: jobs, subscribers, schedules.
func (p *Portal) Drain() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	must(p.t, p.Runner.Drain(ctx))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (p *Portal) reclaim(ctx context.Context, by actor.Actor, in treasury.Return) (string, error) {
	out, err := p.Funds.Reclaim(ctx, by, funds.In{To: in.Customer, As: actor.Customer, Minor: in.Minor, Unit: in.Unit, Key: in.Key, Memo: in.Memo, Code: in.Code})
	return out.Number, err
}
