// Package entitlement keeps what a support plan entitles its buyer to: technical tickets by natural month and the
// packs bought on top, consulting and key-event days by plan year, a training a month (business rules 1.2, 1.4).
//
// Units are counted in the ledger: the vendor's granted account gives them to the partner's entitlement account of
// their month or plan year, a draw takes them to what the vendor has delivered, the end of the period takes back what
// is left. A period's row says how much that should be, and is the lock under which it changes; the ledger keeps the
// balance from going below zero whatever happens at once.
//
// OnPlan, OnPack, Draw and Available join the caller's transaction and ask no permission of their own. The package
// knows no subscriptions and no orders: those tell it what was bought.
package entitlement

import (
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A Level is the level of a support plan.
type Level string

// The levels, lowest first.
const (
	Basic    Level = "BASIC"
	Standard Level = "STANDARD"
	Premium  Level = "PREMIUM"
)

// Label is what users call a level.
func (l Level) Label() i18n.Msg {
	switch l {
	case Standard:
		return i18n.M("entitlement.level.standard")
	case Premium:
		return i18n.M("entitlement.level.premium")
	}
	return i18n.M("entitlement.level.basic")
}

// A Unit is what is counted.
type Unit string

// The units.
const (
	Ticket     Unit = ledger.TicketUnit
	Consulting Unit = ledger.ConsultingUnit
	Event      Unit = ledger.EventUnit
	Training   Unit = ledger.TrainingUnit
)

// Units are all, in the order in which they're shown.
func Units() []Unit { return []Unit{Ticket, Consulting, Event, Training} }

// Label is what users call a unit.
func (u Unit) Label() i18n.Msg {
	switch u {
	case Ticket:
		return i18n.M("entitlement.unit.ticket")
	case Consulting:
		return i18n.M("entitlement.unit.consulting")
	case Event:
		return i18n.M("entitlement.unit.event")
	case Training:
		return i18n.M("entitlement.unit.training")
	}
	return i18n.Raw(string(u))
}

// byMonth tells whether a unit lapses with the natural month; the others do with the plan year.
func (u Unit) byMonth() bool { return u == Ticket || u == Training }

// A Plan is what is served to the account that bought it.
type Plan struct {
	Account   string
	Level     Level
	From      time.Time    // since when this level holds
	Until     time.Time    // the first instant that isn't served any more: after the grace period. Not asked for BASIC.
	YearStart calendar.Day // from which plan years count; None = the day of From
	Monthly   bool         // the running term is counted in months

	edition int64
}

// Running tells whether the plan gives anything at an instant.
func (p Plan) Running(at time.Time) bool {
	return p.Level != Basic && p.Level != "" && !at.Before(p.From) && at.Before(p.Until)
}

// Unlimited is a total, or what is left, without a limit.
const Unlimited = -1

// Left is what an account has of a unit in the running month or plan year.
type Left struct {
	Unit     Unit
	Level    Level // BASIC when nothing is served
	Period   string
	From     time.Time
	Until    time.Time // when what is left lapses
	Base     int64     // what the level gives; Unlimited
	Extra    int64     // from packs
	Total    int64     // both; Unlimited
	Used     int64
	Held     int64 // asked for and not decided
	Left     int64 // Unlimited
	Forgiven int64 // used beyond what the level gives, before it was lowered
}

// Taking asks for units. The same key is the same draw.
type Taking struct {
	Account string
	Unit    Unit
	N       int64
	Subject string // kind:id of what uses them
	Memo    string
	Key     string
	At      time.Time // decides the month or plan year; zero = now
}

// Drawn is what a draw did.
type Drawn struct {
	Transfer string // in the ledger
	Period   string
	Left     int64 // Unlimited
	Replayed bool
}
