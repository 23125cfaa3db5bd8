package app

import (
	"context"
	"errors"

	"hanse/internal/domain/abuse"
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
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/record"
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
	"hanse/internal/edge/api"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/mailer"
	"hanse/internal/kit/pdf"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/vault"
	"hanse/programs"
)

// Modules are the business modules, lowest first.
type Modules struct {
	Vault         *vault.Vault
	Press         *pdf.Press
	Setting       *setting.Service
	Login         *login.Service
	Account       *account.Service
	Confirm       *confirm.Service
	Ledger        *ledger.Service
	Funds         *funds.Service
	Bill          *bill.Service
	Payment       *payment.Service
	TestBank      *payment.Test // nil unless online payments are only played
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
	Privilege     *privilege.Service
	Agreement     *agreement.Service
	Abuse         *abuse.Service
	Ticket        *ticket.Service
	Contact       *contact.Service
	TicketDraft   *ticketdraft.Service
	Desk          *desk.Service
	Macro         *macro.Service
	TicketMail    *ticketmail.Service
	Taxonomy      *taxonomy.Service
	Equipment     *equipment.Service
	Notify        *notify.Service
}

// hashers is how many passwords are hashed at one time: each takes 32 MiB.
const hashers = 4

// modules makes the business modules and registers their subscribers, jobs and schedules.
func (a *App) modules(ctx context.Context) (err error) {
	if a.Vault, err = vault.New(a.Secret); err != nil {
		return err
	}
	lib, err := programs.Library()
	if err != nil {
		return err
	}
	params, cost := secret.Standard(), 0
	if a.Light {
		params, cost = secret.Light(), 10
	}
	a.Press = pdf.NewPress()
	a.Setting = setting.New(a.DB)
	a.Login = login.New(a.DB, a.Vault, secret.NewHasher(params, hashers), login.Config{AllowPlain: a.DemoClock != "", PowCost: cost})
	a.Account = account.New(a.DB, a.Login, a.Vault)
	a.Confirm = confirm.New(a.DB, a.Login)
	a.Ledger = ledger.New(a.DB)
	a.Funds = funds.New(funds.Config{DB: a.DB, Ledger: a.Ledger, Codes: a.Confirm, Files: a.Files, Login: distribution.OfLogin})
	a.treasury()
	a.Credential = credential.New(a.DB, func() *program.Catalogue { return lib.Catalogue })
	a.Roster = roster.New(roster.Config{DB: a.DB, Credentials: a.Credential, Files: a.Files, Partner: roster.IsPartner, NewPerson: account.InsertPerson})
	a.RealName = realname.New(realname.Config{DB: a.DB, Vault: a.Vault, Files: a.Files, Working: calendar.Standard()})
	a.Member = member.New(member.Config{DB: a.DB, Vault: a.Vault, Roster: a.Roster, Accounts: a.Account})
	a.Record = record.New(record.Config{DB: a.DB, Credentials: a.Credential, Files: a.Files})
	a.Address = address.New(address.Config{DB: a.DB, Login: a.Login, Vault: a.Vault, Roster: a.Roster, Files: a.Files, Records: address.FromFeeds(a.Record), Feeds: a.Record, NameHolders: realname.Holders})
	a.Material = material.New(a.DB, a.Files, calendar.Standard())
	a.Qualification = qualification.New(a.DB, a.Files, qualification.Wire(a.Roster, calendar.Standard(), a.Press.CheckName), a.Log)
	a.Simulation = simulation.New(a.DB, a.Qualification, a.Log)
	a.Badge = badge.New(badge.Config{DB: a.DB, Vault: a.Vault, BaseURL: a.Config.BaseURL, Source: badge.Wire(a.Qualification), Fetch: badge.NewFetch()})
	a.Qualification.AttachCredentials(a.Badge.File)
	a.Declaration = declaration.New(declaration.Config{DB: a.DB, Credentials: a.Credential, Files: a.Files, Working: calendar.Standard(), Examine: a.Badge.Examine})
	a.Path = path.New(a.DB, a.Qualification)
	a.Round = round.New(a.DB, a.Qualification)
	a.Duty = duty.New(a.DB, a.Files, a.Qualification)
	a.Voucher = voucher.New(a.DB, a.Confirm)
	a.Voucher.LimitManagers(distribution.ServedBy)
	a.Voucher.LetMany(a.Files, distribution.OfLogin)
	a.Bill = bill.New(a.DB, a.Files)
	a.Distribution = distribution.New(distribution.Config{DB: a.DB, Vault: a.Vault, Login: a.Login, Accounts: a.Account, Confirm: a.Confirm, Quotas: voucher.ReturnQuotas, Plan: subscription.Valid})
	a.Budget = budget.New(budget.Config{DB: a.DB, Confirm: a.Confirm, Distribution: a.Distribution})
	a.Delegation = delegation.New(delegation.Config{DB: a.DB, Accounts: a.Account, Distribution: a.Distribution, Confirm: a.Confirm})
	a.Entitlement = entitlement.New(a.DB)
	a.Product = product.New(a.DB)
	a.Tier = tier.New(a.DB)
	a.Eligibility = eligibility.New(a.DB, a.Qualification)
	a.Subscription = subscription.New(a.DB)
	a.Account.BindSubs(subscription.Binds)
	a.Order = order.New(order.Config{DB: a.DB, Vault: a.Vault, Payments: a.Payment, Received: a.Treasury.Received, Codes: a.Confirm,
		Eligible: a.Eligibility.Check, Exhausted: a.Budget.Exhausted})
	a.Contract = contract.New(a.DB, a.Files, a.Treasury)
	if err := a.tickets(); err != nil {
		return err
	}
	a.Notify = notify.New(a.DB, a.Log, notify.Accounts{}, a.sender(), a.texts(),
		notify.Config{BaseURL: a.Config.BaseURL, Brand: i18n.Text(i18n.English, i18n.M("ui.app")), Vault: a.Vault, Mailed: a.mailed})
	a.register()
	api.Register(a.Runner, a.DB)
	if err := a.Distribution.OpenBooks(ctx); err != nil {
		return err
	}
	return a.loadPrograms(ctx)
}

// register gives the runner the subscribers, jobs and schedules of every module.
func (a *App) register() {
	for _, m := range []interface{ Register(*jobs.Runner) }{
		a.Login, a.Account, a.Ledger, a.Funds, a.Bill, a.Payment, a.Treasury, a.Roster, a.Record, a.Address, a.Material, a.RealName, a.Member,
		a.Qualification, a.Badge, a.Declaration, a.Simulation, a.Path, a.Round, a.Duty, a.Voucher, a.Distribution, a.Budget, a.Delegation, a.Entitlement,
		a.Tier, a.Subscription, a.Order, a.Contract, a.Attachment, a.SLA, a.Ticket, a.Desk, a.TicketDraft, a.TicketMail, a.Equipment, a.Notify,
	} {
		m.Register(a.Runner)
	}
}

// tickets makes the modules of tickets and of the desks that serve them.
func (a *App) tickets() error {
	a.Attachment = attachment.New(a.DB, a.Files)
	a.SLA = sla.New(a.DB)
	a.Privilege = privilege.New(a.DB)
	a.Agreement = agreement.New(a.DB)
	a.Contact = contact.New(a.DB, a.Login)
	a.Ticket = ticket.New(a.DB, a.Contact)
	a.Abuse = abuse.New(a.DB, a.Ticket)
	a.TicketDraft = ticketdraft.New(a.DB)
	a.Desk = desk.New(a.DB)
	a.Macro = macro.New(a.DB, a.Desk, a.Ticket)
	a.SLA.Follow(a.Ticket.Follow)
	a.Taxonomy, a.Equipment = taxonomy.New(a.DB), equipment.New(a.DB, a.Files)
	return a.ticketMail()
}

// treasury makes the modules through which money comes in and goes out. A demonstration always has the test provider.
func (a *App) treasury() {
	c := payment.Config{DB: a.DB, BaseURL: a.Config.BaseURL}
	if a.Config.Payments == "test" || a.DemoClock != "" {
		a.TestBank = payment.NewTest(a.DB, a.Vault, a.Config.BaseURL)
		c.Providers = append(c.Providers, a.TestBank)
	}
	a.Payment = payment.New(c)
	a.Treasury = treasury.New(treasury.Config{DB: a.DB, Vault: a.Vault, Files: a.Files, Payments: a.Payment, Confirm: a.Confirm, Working: calendar.Standard(),
		Reclaim: func(ctx context.Context, by actor.Actor, in treasury.Return) (string, error) {
			out, err := a.Funds.Reclaim(ctx, by, funds.In{To: in.Customer, As: actor.Customer, Minor: in.Minor, Unit: in.Unit, Key: in.Key, Scene: "refund", Memo: in.Memo, Code: in.Code})
			return out.Number, err
		}})
}

// sender is the mail server, or the error that says that there's none: mails then wait as failed jobs, which an
// administrator sees and can send again.
func (a *App) sender() notify.Mailer {
	if a.Mail == nil {
		return nowhere{}
	}
	return a.Mail
}

func (a *App) texts() mailer.SMS {
	if a.Inbox == nil {
		return nowhere{}
	}
	return a.Inbox
}

// nowhere is the provider of an installation that has none.
type nowhere struct{}

// Send always fails.
func (nowhere) Send(context.Context, mailer.Message) error {
	return errors.New("no mail server is configured: set --smtp-host")
}

// SendSMS always fails.
func (nowhere) SendSMS(context.Context, mailer.Text) error {
	return errors.New("no provider for text messages is configured")
}

// loadPrograms reads the shipped and the installation's own program files. A broken file is told in the log and
// on the programs page; the others work.
func (a *App) loadPrograms(ctx context.Context) error {
	problems, err := a.Qualification.Load(ctx, a.Config.Programs)
	for _, p := range problems {
		a.Log.Warn("program file", "problem", p.Text(i18n.English))
	}
	return err
}
