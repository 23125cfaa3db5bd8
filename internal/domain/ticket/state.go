package ticket

import (
	"slices"

	"hanse/internal/kit/i18n"
)

// A State is where a ticket stands, as a number of the vendor's API.
type State int

// The states.
const (
	Waiting    State = 0 // nobody has accepted it
	Processing State = 1
	ToConfirm  State = 2 // a result is offered, the customer is asked to confirm
	Done       State = 3
	Cancelled  State = 4
	Paused     State = 5
	Invalid    State = 12 // closed by the desk; a merged one too
	Deleted    State = 13
	AskedBack  State = 17 // the customer is asked for more
)

// States lists all states as users meet them.
func States() []State {
	return []State{Waiting, Processing, AskedBack, ToConfirm, Paused, Done, Cancelled, Invalid, Deleted}
}

// Label is what users call a state.
func (s State) Label() i18n.Msg {
	switch s {
	case Processing:
		return i18n.M("ticket.state.processing")
	case ToConfirm:
		return i18n.M("ticket.state.to_confirm")
	case Done:
		return i18n.M("ticket.state.done")
	case Cancelled:
		return i18n.M("ticket.state.cancelled")
	case Paused:
		return i18n.M("ticket.state.paused")
	case Invalid:
		return i18n.M("ticket.state.invalid")
	case Deleted:
		return i18n.M("ticket.state.deleted")
	case AskedBack:
		return i18n.M("ticket.state.asked_back")
	}
	return i18n.M("ticket.state.waiting")
}

// Active tells whether somebody still has to do something.
func (s State) Active() bool {
	return s == Waiting || s == Processing || s == ToConfirm || s == Paused || s == AskedBack
}

// Final tells whether nothing more is to be done.
func (s State) Final() bool { return !s.Active() }

// forCustomer tells whether the customer is waited for.
func (s State) forCustomer() bool { return s == ToConfirm || s == AskedBack }

// An Action is something that moves a ticket, or may.
type Action string

// The actions of the customer's side.
const (
	Cancel Action = "cancel"
	Close  Action = "close"
	Press  Action = "press" // urge
	Delete Action = "delete"
	Reply  Action = "reply" // a message
)

// The actions of the desk, and of the program.
const (
	Accept     Action = "accept"
	Offer      Action = "offer" // a result
	Ask        Action = "ask"   // for more information
	Pause      Action = "pause"
	Resume     Action = "resume"
	TakeBack   Action = "take_back" // the result, or the question
	Invalidate Action = "invalidate"
	Reopen     Action = "reopen"
	Restore    Action = "restore"   // a deleted one
	HandOver   Action = "hand_over" // to the vendor's desk
	HandBack   Action = "hand_back"
	AutoClose  Action = "auto_close"
)

var (
	customerActions = []Action{Close, Cancel, Press, Delete, Reply}
	deskActions     = []Action{Accept, Offer, Ask, Pause, Resume, TakeBack, Invalidate, Reopen, Restore, HandOver, HandBack}
)

// AllActions lists every action.
func AllActions() []Action { return slices.Concat(customerActions, deskActions, []Action{AutoClose}) }

// Label is what users call an action: a button's words.
func (a Action) Label() i18n.Msg {
	switch a {
	case Cancel:
		return i18n.M("ticket.action.cancel")
	case Close:
		return i18n.M("ticket.action.close")
	case Press:
		return i18n.M("ticket.action.press")
	case Delete:
		return i18n.M("ticket.action.delete")
	case Reply:
		return i18n.M("ticket.action.reply")
	case Accept:
		return i18n.M("ticket.action.accept")
	case Offer:
		return i18n.M("ticket.action.offer")
	case Ask:
		return i18n.M("ticket.action.ask")
	}
	return a.deskLabel()
}

func (a Action) deskLabel() i18n.Msg {
	switch a {
	case Pause:
		return i18n.M("ticket.action.pause")
	case Resume:
		return i18n.M("ticket.action.resume")
	case TakeBack:
		return i18n.M("ticket.action.take_back")
	case Invalidate:
		return i18n.M("ticket.action.invalidate")
	case Reopen:
		return i18n.M("ticket.action.reopen")
	case Restore:
		return i18n.M("ticket.action.restore")
	case HandOver:
		return i18n.M("ticket.action.hand_over")
	case HandBack:
		return i18n.M("ticket.action.hand_back")
	}
	return i18n.M("ticket.action.auto_close")
}

// A step is one cell of the table: an action in a state, and the state after it.
type step struct {
	from State
	do   Action
	to   State
}

// steps is the one table of how tickets move. What isn't in it is refused. Restore leads back to the state before the
// deletion, cancelling what is being processed is a setting, and a reply to what is done has its window: the verbs see to
// these.
var steps = []step{
	{Waiting, Cancel, Cancelled}, {Waiting, Press, Waiting}, {Waiting, Reply, Waiting},
	{Waiting, Accept, Processing}, {Waiting, Invalidate, Invalid}, {Waiting, HandOver, Waiting}, {Waiting, HandBack, Waiting},

	{Processing, Close, Done}, {Processing, Press, Processing}, {Processing, Reply, Processing},
	{Processing, Offer, ToConfirm}, {Processing, Ask, AskedBack}, {Processing, Pause, Paused}, {Processing, Invalidate, Invalid},
	{Processing, HandOver, Processing}, {Processing, HandBack, Processing},

	{ToConfirm, Close, Done}, {ToConfirm, Reply, Processing}, {ToConfirm, TakeBack, Processing}, {ToConfirm, AutoClose, Done},

	{AskedBack, Close, Done}, {AskedBack, Reply, Processing}, {AskedBack, TakeBack, Processing}, {AskedBack, AutoClose, Done},
	{AskedBack, HandOver, Processing}, {AskedBack, HandBack, Processing},

	{Paused, Close, Done}, {Paused, Press, Paused}, {Paused, Reply, Paused}, {Paused, Resume, Processing},
	{Paused, HandOver, Processing}, {Paused, HandBack, Processing},

	{Done, Close, Done}, {Done, Delete, Deleted}, {Done, Reply, Processing}, {Done, Reopen, Processing},
	{Cancelled, Delete, Deleted},
	{Invalid, Delete, Deleted},
	{Deleted, Restore, Done},
}

// Next is the state after an action; ok is false when the table has no such step.
func Next(s State, a Action) (to State, ok bool) {
	for _, x := range steps {
		if x.from == s && x.do == a {
			return x.to, true
		}
	}
	return s, false
}

// Actions are what a side may do in a state by the table alone, messages left out. Closing what is done stays possible
// and isn't offered.
func Actions(s State, side Side) (out []Action) {
	all := deskActions
	switch side {
	case Customer:
		all = customerActions
	case Desk:
	default:
		return nil
	}
	for _, a := range all {
		if _, ok := Next(s, a); ok && a != Reply && (a != Close || s != Done) {
			out = append(out, a)
		}
	}
	return out
}

// A Logged is the kind of a row of the log: up to 999 as the vendor's API numbers them, above our own.
type Logged int

// What the vendor's API knows.
const (
	LogOpened    Logged = 0
	LogUrged     Logged = 2
	LogClosed    Logged = 3
	LogCancelled Logged = 4
	LogScored    Logged = 5
	LogDeleted   Logged = 13
	LogRejected  Logged = 16 // the customer sends the result back
	LogExported  Logged = 84
	LogAnswered  Logged = 85 // the customer answers what it was asked
	LogContact   Logged = 114
	LogNoContact Logged = 115
)

// What it doesn't.
const (
	LogAccepted    Logged = 1001
	LogOffered     Logged = 1002
	LogAsked       Logged = 1003
	LogPaused      Logged = 1004
	LogResumed     Logged = 1005
	LogTakenBack   Logged = 1006
	LogInvalid     Logged = 1007
	LogReopened    Logged = 1008
	LogRestored    Logged = 1009
	LogAssigned    Logged = 1010
	LogHanded      Logged = 1011
	LogHandedBack  Logged = 1012
	LogChanged     Logged = 1013
	LogMerged      Logged = 1014 // this one went into another
	LogTook        Logged = 1015 // another went into this one
	LogUnmerged    Logged = 1016
	LogSplit       Logged = 1017
	LogAutoClosed  Logged = 1018
	LogWithdrawn   Logged = 1019
	LogLabelled    Logged = 1020
	LogRelated     Logged = 1021
	LogClosingSoon Logged = 1022
	LogGaveBack    Logged = 1023 // a merge was undone
	LogExtra       Logged = 1024
	LogNoUnit      Logged = 1025 // it became technical without a unit of the plan
	LogMoved       Logged = 1026 // to the desk that serves the customer now
)

// logLabels are all kinds in words.
var logLabels = map[Logged]i18n.Msg{
	LogOpened:      i18n.M("ticket.log.opened"),
	LogUrged:       i18n.M("ticket.log.urged"),
	LogClosed:      i18n.M("ticket.log.closed"),
	LogCancelled:   i18n.M("ticket.log.cancelled"),
	LogScored:      i18n.M("ticket.log.scored"),
	LogDeleted:     i18n.M("ticket.log.deleted"),
	LogRejected:    i18n.M("ticket.log.rejected"),
	LogExported:    i18n.M("ticket.log.exported"),
	LogAnswered:    i18n.M("ticket.log.answered"),
	LogContact:     i18n.M("ticket.log.contact"),
	LogNoContact:   i18n.M("ticket.log.no_contact"),
	LogAccepted:    i18n.M("ticket.log.accepted"),
	LogOffered:     i18n.M("ticket.log.offered"),
	LogAsked:       i18n.M("ticket.log.asked"),
	LogPaused:      i18n.M("ticket.log.paused"),
	LogResumed:     i18n.M("ticket.log.resumed"),
	LogTakenBack:   i18n.M("ticket.log.taken_back"),
	LogInvalid:     i18n.M("ticket.log.invalid"),
	LogReopened:    i18n.M("ticket.log.reopened"),
	LogRestored:    i18n.M("ticket.log.restored"),
	LogAssigned:    i18n.M("ticket.log.assigned"),
	LogHanded:      i18n.M("ticket.log.handed"),
	LogHandedBack:  i18n.M("ticket.log.handed_back"),
	LogChanged:     i18n.M("ticket.log.changed"),
	LogMerged:      i18n.M("ticket.log.merged"),
	LogTook:        i18n.M("ticket.log.took"),
	LogUnmerged:    i18n.M("ticket.log.unmerged"),
	LogSplit:       i18n.M("ticket.log.split"),
	LogAutoClosed:  i18n.M("ticket.log.auto_closed"),
	LogWithdrawn:   i18n.M("ticket.log.withdrawn"),
	LogLabelled:    i18n.M("ticket.log.labelled"),
	LogRelated:     i18n.M("ticket.log.related"),
	LogClosingSoon: i18n.M("ticket.log.closing_soon"),
	LogGaveBack:    i18n.M("ticket.log.gave_back"),
	LogExtra:       i18n.M("ticket.log.extra"),
	LogNoUnit:      i18n.M("ticket.log.no_unit"),
	LogMoved:       i18n.M("ticket.log.moved"),
}

// Label is a row of the log in words, without who did it.
func (k Logged) Label() i18n.Msg {
	if m, ok := logLabels[k]; ok {
		return m
	}
	return i18n.M("ticket.log.other")
}
