// Package portal is the pages that people use: one handler with all areas, the assets, and the navigation.
package portal

import (
	"log/slog"
	"net/http"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/address"
	"hanse/internal/domain/agreement"
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
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/login"
	"hanse/internal/domain/macro"
	"hanse/internal/domain/material"
	"hanse/internal/domain/member"
	"hanse/internal/domain/notify"
	"hanse/internal/domain/order"
	"hanse/internal/domain/path"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/privilege"
	"hanse/internal/domain/product"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/record"
	"hanse/internal/domain/report"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/round"
	"hanse/internal/domain/setting"
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
	"hanse/internal/edge/portal/agentpay"
	ticketagreements "hanse/internal/edge/portal/agreement"
	"hanse/internal/edge/portal/asset"
	billpages "hanse/internal/edge/portal/bill"
	"hanse/internal/edge/portal/book"
	budgetpages "hanse/internal/edge/portal/budget"
	"hanse/internal/edge/portal/channel"
	"hanse/internal/edge/portal/company"
	contractpages "hanse/internal/edge/portal/contract"
	"hanse/internal/edge/portal/customer"
	declarations "hanse/internal/edge/portal/declaration"
	delegationpages "hanse/internal/edge/portal/delegation"
	deskpages "hanse/internal/edge/portal/desk"
	"hanse/internal/edge/portal/dispute"
	"hanse/internal/edge/portal/draft"
	duties "hanse/internal/edge/portal/duty"
	plandays "hanse/internal/edge/portal/entitlement"
	devices "hanse/internal/edge/portal/equipment"
	"hanse/internal/edge/portal/feed"
	"hanse/internal/edge/portal/finance"
	"hanse/internal/edge/portal/forecast"
	"hanse/internal/edge/portal/home"
	"hanse/internal/edge/portal/join"
	"hanse/internal/edge/portal/live"
	"hanse/internal/edge/portal/mailbox"
	materials "hanse/internal/edge/portal/material"
	"hanse/internal/edge/portal/me"
	memberpages "hanse/internal/edge/portal/member"
	"hanse/internal/edge/portal/message"
	orderpages "hanse/internal/edge/portal/order"
	"hanse/internal/edge/portal/page"
	pathpages "hanse/internal/edge/portal/path"
	"hanse/internal/edge/portal/people"
	planpages "hanse/internal/edge/portal/plan"
	"hanse/internal/edge/portal/policy"
	ticketprivileges "hanse/internal/edge/portal/privilege"
	prices "hanse/internal/edge/portal/product"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/review"
	rounds "hanse/internal/edge/portal/round"
	"hanse/internal/edge/portal/signin"
	"hanse/internal/edge/portal/site"
	slapages "hanse/internal/edge/portal/sla"
	"hanse/internal/edge/portal/static"
	subaccounts "hanse/internal/edge/portal/subaccount"
	"hanse/internal/edge/portal/system"
	taxonomypages "hanse/internal/edge/portal/taxonomy"
	"hanse/internal/edge/portal/thread"
	tickets "hanse/internal/edge/portal/ticket"
	deskmail "hanse/internal/edge/portal/ticketmail"
	moneypages "hanse/internal/edge/portal/treasury"
	"hanse/internal/edge/portal/verify"
	vouchers "hanse/internal/edge/portal/voucher"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/cursor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/mailer"
	"hanse/internal/kit/pdf"
	"hanse/internal/kit/vault"
	"hanse/internal/kit/web"
)

// Deps is what the portal needs of the program. Demo adds the bar with the business clock and the mailbox of Sink
// and Inbox, which are nil in production. Started is the wall instant of the start, for the health page.
type Deps struct {
	Log     *slog.Logger
	Clock   *clock.Clock
	DB      *db.DB
	Vault   *vault.Vault
	Blobs   *blob.Store
	Audit   *audit.Service
	Jobs    *jobs.Service
	Press   *pdf.Press
	Working *calendar.Working // by which deadlines are computed; nil is the standard one
	BaseURL string
	HTTPS   bool
	Version string
	Started time.Time

	Setting       *setting.Service
	Login         *login.Service
	Accounts      *account.Service
	Confirm       *confirm.Service
	Ledger        *ledger.Service
	Funds         *funds.Service
	Bill          *bill.Service
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
	Voucher       *voucher.Service
	Attachment    *attachment.Service
	Contact       *contact.Service
	Ticket        *ticket.Service
	TicketDraft   *ticketdraft.Service
	TicketMail    *ticketmail.Service
	MailListening string // where mails to desks are taken by SMTP; "" = nowhere
	Desk          *desk.Service
	Macro         *macro.Service
	Taxonomy      *taxonomy.Service
	SLA           *sla.Service
	Equipment     *equipment.Service
	Notify        *notify.Service

	Demo  bool
	Sink  *mailer.Sink
	Inbox *mailer.Inbox
}

// Server answers the portal's requests.
type Server struct {
	http.Handler
	site *site.Site
}

// New builds the portal.
func New(d Deps) (*Server, error) {
	assets, err := asset.New(static.Files)
	if err != nil {
		return nil, err
	}
	s := site.New(site.Deps{Log: d.Log, Clock: d.Clock, Assets: assets, Vault: d.Vault,
		Cursors: cursor.New(d.Vault.Key("cursor")), Login: d.Login, Accounts: d.Accounts, Notify: d.Notify, Blobs: d.Blobs,
		BaseURL: d.BaseURL, Secure: d.HTTPS, Demo: d.Demo})
	if d.Working == nil {
		d.Working = calendar.Standard()
	}
	s.AddMenu(menu()...)
	s.Raw("GET "+asset.Prefix, assets)
	areas(s, d)
	return &Server{asset.NewCompressor().Wrap(s), s}, nil
}

// areas registers all pages, in the order of the navigation.
func areas(s *site.Site, d Deps) {
	signin.Register(s)
	reports := report.New(report.Deps{DB: d.DB, Ticket: d.Ticket, Funds: d.Funds, Treasury: d.Treasury, Bill: d.Bill, Qualification: d.Qualification, Roster: d.Roster, Credential: d.Credential, Address: d.Address, Record: d.Record, Declaration: d.Declaration, Material: d.Material, Member: d.Member, RealName: d.RealName, Path: d.Path, Round: d.Round, Duty: d.Duty, Entitlement: d.Entitlement, Order: d.Order, Contract: d.Contract, Voucher: d.Voucher, Distribution: d.Distribution,
		Accounts: d.Accounts, Notify: d.Notify, Jobs: d.Jobs, Audit: d.Audit})
	home.Register(s, reports)
	book.Register(s, d.DB, d.Ledger, d.Accounts)
	message.Register(s, d.Notify)
	qualify.Register(s, d.Qualification, d.Press)
	forecast.Register(s, d.Qualification)
	people.Register(s, d.Roster, d.Qualification)
	people.RegisterRecords(s, reports, d.Roster, d.Credential.Catalogue)
	memberpages.Register(s, d.Member, d.RealName, d.Roster, d.Qualification)
	company.Register(s, d.Roster, d.Qualification, d.Tier)
	company.RegisterConfirmation(s, d.Confirm)
	subaccounts.Register(s, d.Eligibility, d.Tier)
	prices.Register(s, d.Product)
	channel.Register(s, d.Roster, d.Qualification, d.Audit)
	join.Register(s, d.Address)
	me.Register(s, d.Credential, d.Roster, d.Address)
	review.Register(s, d.Qualification)
	dispute.Register(s, d.Address)
	materials.Register(s, d.Material, d.Qualification.Library)
	declarations.Register(s, d.Declaration, d.Credential.Catalogue, d.DB)
	rounds.Register(s, d.Round)
	duties.Register(s, d.Duty)
	plandays.Register(s, d.Entitlement, d.BaseURL)
	customer.Register(s, d.DB, d.Distribution, d.Confirm)
	budgetpages.Register(s, d.DB, d.Budget, d.Distribution, d.Confirm)
	delegationpages.Register(s, d.DB, d.Delegation, d.Distribution, d.Confirm)
	moneypages.Register(s, moneypages.Deps{DB: d.DB, Treasury: d.Treasury, Payments: d.Payment, Bank: d.TestBank, Confirm: d.Confirm, Accounts: d.Accounts})
	planpages.Register(s, planpages.Deps{DB: d.DB, Plans: d.Subscription, Orders: d.Order, Eligibility: d.Eligibility})
	orderpages.Register(s, orderpages.Deps{DB: d.DB, Orders: d.Order, Payments: d.Payment, Confirm: d.Confirm})
	agentpay.Register(s, d.DB, d.Order, d.Confirm)
	contractpages.Register(s, d.DB, d.Contract, d.Order, d.Press)
	vouchers.Register(s, d.Voucher, d.Confirm, d.DB)
	hub := live.New(live.Config{DB: d.DB, Log: d.Log, Latest: ticket.Latest})
	uploads := thread.Register(s, thread.Deps{DB: d.DB, Attachments: d.Attachment, Find: d.Ticket.Attachment})
	tickets.Register(s, tickets.Deps{DB: d.DB, Tickets: d.Ticket, Drafts: d.TicketDraft, Contacts: d.Contact, Uploads: uploads, Hub: hub, Agreements: agreement.New(d.DB)})
	deskpages.Register(s, deskpages.Deps{DB: d.DB, Desk: d.Desk, Tickets: d.Ticket, Macros: d.Macro, Uploads: uploads, Hub: hub})
	ticketprivileges.Register(s, privilege.New(d.DB))
	ticketagreements.Register(s, agreement.New(d.DB))
	pathpages.Register(s, d.Path)
	finance.Register(s, d.Funds, d.Confirm, d.DB)
	billpages.Register(s, d.Bill, d.DB, d.Press)
	taxonomypages.Register(s, d.Taxonomy)
	slapages.Register(s, d.SLA)
	devices.Register(s, d.Equipment)
	verify.Register(s, d.Qualification, d.Badge, d.Press)
	policy.Register(s, d.Qualification, d.Credential, d.Simulation)
	draft.Register(s, d.Simulation)
	feed.Register(s, d.Record, d.DB)
	deskmail.Register(s, deskmail.Deps{Mail: d.TicketMail, Listening: d.MailListening})
	system.Register(s, system.Deps{DB: d.DB, Audit: d.Audit, Jobs: d.Jobs, Setting: d.Setting, Badge: d.Badge, Working: d.Working, Version: d.Version, Started: d.Started})
	if d.Demo {
		mailbox.Register(s, d.Sink, d.Inbox)
	}
}

// Failure is the page for a request that failed before it reached a page: too many of them, or a fault inside.
func (s *Server) Failure(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(i18n.With(r.Context(), i18n.Pick(r, ""), calendar.Zone))
		v := page.FailureView{Shell: s.site.Shell(r, i18n.Msg{}), Status: status, Request: web.Of(r.Context()).ID, Back: "/"}
		if err := s.site.Show(w, r, status, page.Failure(v)); err != nil {
			http.Error(w, http.StatusText(status), status)
		}
	})
}
