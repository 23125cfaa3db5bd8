// Package report reads across the modules for the home page: what needs somebody, and what they keep an eye on.
//
// It owns no table and changes nothing. It asks the modules' own verbs, each of which is one or a few queries for
// its whole list and decides by itself what the reader may see; nothing here is asked once per row.
package report

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/address"
	"hanse/internal/domain/bill"
	"hanse/internal/domain/contract"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/declaration"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/duty"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/material"
	"hanse/internal/domain/member"
	"hanse/internal/domain/notify"
	"hanse/internal/domain/order"
	"hanse/internal/domain/path"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/record"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/round"
	"hanse/internal/domain/ticket"
	"hanse/internal/domain/treasury"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
)

// Deps are the modules that are read.
type Deps struct {
	DB            *db.DB
	Qualification *qualification.Service
	Roster        *roster.Service
	Credential    *credential.Service
	Material      *material.Service
	Path          *path.Service
	Round         *round.Service
	Duty          *duty.Service
	Entitlement   *entitlement.Service // nil: no plans
	Contract      *contract.Service    // nil: no contracts
	Ticket        *ticket.Service      // nil: no tickets
	Order         *order.Service       // nil: nobody orders
	Voucher       *voucher.Service
	Bill          *bill.Service         // nil: nothing is billed
	Funds         *funds.Service        // nil: nobody moves money
	Treasury      *treasury.Service     // nil: no money comes in
	Distribution  *distribution.Service // nil: nobody has customers
	Member        *member.Service       // nil: nobody is invited
	RealName      *realname.Service     // nil: no names are verified
	Accounts      *account.Service
	Notify        *notify.Service
	Jobs          *jobs.Service
	Audit         *audit.Service
	Address       *address.Service     // nil: nobody associates addresses
	Record        *record.Service      // nil: no feeds
	Declaration   *declaration.Service // nil: nobody declares certificates
}

// Service makes home pages.
type Service struct{ Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d} }

// A Need is one thing that waits for the reader.
type Need struct {
	Area   Area
	Title  i18n.Msg
	About  i18n.Msg // for whom, about what
	Href   string
	Action i18n.Msg  // what one does there
	Due    time.Time // zero: no deadline
	Left   i18n.Msg  // time left in words, or the state where there's no deadline
	Alarm  Alarm
}

// Area is where a need comes from, for its icon.
type Area string

// The areas.
const (
	Reviews        Area = "reviews"
	Qualifications Area = "qualifications"
	People         Area = "people"
	Channel        Area = "channel"
	Programs       Area = "programs"
	System         Area = "system"
	Messages       Area = "messages"
	Money          Area = "money"
	Support        Area = "support"
)

// Alarm says how much a need presses.
type Alarm int

// The alarms, calmest first.
const (
	Calm   Alarm = iota // whenever it suits
	Soon                // within days, or something is lost later
	Urgent              // overdue, or something is lost already
)

// Home is what one reader's home page shows. Parts that aren't the reader's business are empty.
type Home struct {
	Now   time.Time
	Needs []Need // the most pressing first

	Programs []qualification.ProgramView // partner: one card each
	Held     []qualification.Qualification
	Expiries *roster.Heat
	People   *roster.Counts

	Queue   []qualification.QueueItem // reviewers: by working time left
	Queued  bool                      // the reader has a queue, be it empty
	Channel []ChannelView
	Losses  []qualification.Qualification // suspended or on watch, in the whole channel

	Chain   *Chain // auditors
	Unusual []audit.Entry

	Own     []credential.Certificate // a person's own, the next to lapse first; nil for others
	Company *account.Account         // customers and finance
	specs   map[string]*program.Version
	Tickets *Tickets // those who open tickets
	Users   int      // active users of the company; 0: not the reader's business
}

// Name is a level with its program, in words; what no version is known of is shown by its ids.
func (h Home) Name(programID, version, level string) i18n.Msg {
	v, ok := h.specs[programID+"@"+version]
	if !ok {
		return i18n.Raw(programID + " · " + level)
	}
	return i18n.M("report.level", i18n.A{"program": v.Title.Msg(), "level": LevelTitle(v, level)})
}

// ChannelView is how many partners stand at each level of a program's version in force.
type ChannelView struct {
	Version *program.Version
	Levels  []qualification.LevelCount
}

// Chain is how far the audit log is sealed.
type Chain struct {
	Waiting int64
	Oldest  time.Time // wall instant of the entry that waits longest; zero when none does
}

// The sizes of the lists: home shows the top, the areas' own pages all.
const (
	mostNeeds    = 30
	mostQueued   = 10
	mostLosses   = 10
	mostUnusual  = 8
	mostMessages = 5
	heatMonths   = 12
	lapseDays    = 90 // how far ahead a lapsing certificate is looked for
)

// Home gathers everything for somebody signed in.
func (s *Service) Home(ctx context.Context, by actor.Actor) (Home, error) {
	if err := by.May(actor.OwnMessages); err != nil {
		return Home{}, err
	}
	b := &board{Service: s, by: by, now: s.DB.Clock().Now()}
	b.home.Now, b.today = b.now, calendar.DayOf(b.now)
	for _, part := range []func(context.Context) error{
		b.partner, b.staffing, b.imports, b.holdings, b.reviews, b.claims, b.addresses, b.declarations, b.materials, b.feeds, b.rounds, b.duties, b.planDays, b.orders, b.vouchers, b.funds, b.treasury, b.payments, b.arrears, b.distribution, b.subAccounts, b.paths, b.members, b.realNames, b.registrations, b.channel, b.programs, b.jobs, b.audit, b.own, b.company, b.tickets, b.served, b.heldMail, b.messages,
	} {
		if err := part(ctx); err != nil {
			return Home{}, err
		}
	}
	if err := b.names(ctx); err != nil {
		return Home{}, err
	}
	slices.SortStableFunc(b.home.Needs, pressing)
	b.home.Needs = b.home.Needs[:min(len(b.home.Needs), mostNeeds)]
	return b.home, nil
}

// pressing sorts by time left; what has no deadline comes after, the louder alarm first.
func pressing(a, b Need) int {
	switch {
	case a.Due.IsZero() != b.Due.IsZero():
		if a.Due.IsZero() {
			return 1
		}
		return -1
	case a.Due.IsZero():
		return cmp.Compare(b.Alarm, a.Alarm)
	}
	return a.Due.Compare(b.Due)
}

// A board is a home page in the making.
type board struct {
	*Service
	by    actor.Actor
	now   time.Time
	today calendar.Day
	home  Home
}

func (b *board) need(n Need) { b.home.Needs = append(b.home.Needs, n) }

func (b *board) isPartner() bool { return b.by.Kind == actor.Partner }

func (b *board) isVendor() bool { return b.by.Kind == actor.Vendor }

// names keeps the versions at hand, which come from memory, so that levels are shown by name.
func (b *board) names(ctx context.Context) error {
	if len(b.home.Queue)+len(b.home.Losses)+len(b.home.Held) == 0 {
		return nil
	}
	all, err := b.Qualification.Versions(ctx, b.by)
	b.home.specs = map[string]*program.Version{}
	for _, x := range all {
		b.home.specs[x.Ref] = x.Version
	}
	return err
}
