// Package desk holds how tickets are shared out and served: teams and their members, the rules that say who gets a
// ticket, macros and canned answers, kept views, and who looks at a ticket right now.
//
// A desk is an account that serves tickets: the vendor, or a partner for its customers. Everything here belongs to one
// desk. Tickets themselves are another module's: it asks Route in its own transaction.
package desk

import (
	"slices"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A Team is some of a desk's people.
type Team struct {
	Desk     string
	ID       string
	Name     string
	Lead     string // user; "" = none
	LeadName string
	Active   bool
	Fallback bool // gets what no rule sends anywhere
	Members  []Person
	Edition  int64

	last string // the member who was given a ticket last
}

// A Person is somebody who may own tickets of a desk.
type Person struct {
	ID    string
	Name  string
	Until calendar.Day // last day of an absence; 0 = is here
	Teams []string     // ids of the active teams
}

// Away tells whether rules give nothing to the person on a day.
func (p Person) Away(day calendar.Day) bool { return p.Until >= day }

// A Duty says who is above the teams.
type Duty struct {
	User    string // is told when teams are late; "" = nobody
	Name    string
	Edition int64
}

// A Pick says how a rule finds the owner within its team.
type Pick string

// The ways to find an owner.
const (
	PickNone  Pick = "none"  // nobody yet: the team takes it from the queue
	PickLeast Pick = "least" // who has the fewest unfinished tickets
	PickTurn  Pick = "turn"  // one after the other
	PickLead  Pick = "lead"
	PickUser  Pick = "user" // always the same one
)

// Picks lists the ways.
func Picks() []Pick { return []Pick{PickNone, PickLeast, PickTurn, PickLead, PickUser} }

// Label names the way.
func (p Pick) Label() i18n.Msg {
	switch p {
	case PickLeast:
		return i18n.M("desk.pick.least")
	case PickTurn:
		return i18n.M("desk.pick.turn")
	case PickLead:
		return i18n.M("desk.pick.lead")
	case PickUser:
		return i18n.M("desk.pick.user")
	}
	return i18n.M("desk.pick.none")
}

// Asks is what a ticket must be for a rule. A list that is empty asks nothing; of several values one must fit.
type Asks struct {
	ProblemTypes []string `json:"problem_types,omitempty"`
	Categories   []string `json:"categories,omitempty"`
	Products     []string `json:"products,omitempty"`
	Severities   []string `json:"severities,omitempty"`
	Regions      []string `json:"regions,omitempty"`
	Plans        []string `json:"plans,omitempty"`
	Accounts     []string `json:"accounts,omitempty"`
	Languages    []string `json:"languages,omitempty"`
}

// A Rule sends tickets to a team. Rules are tried in their order; the first that fits decides.
type Rule struct {
	Desk     string
	ID       string
	Position int64
	Name     string
	Asks     Asks
	Team     string
	TeamName string
	Pick     Pick
	User     string // with PickUser
	UserName string
	Active   bool
	Edition  int64
}

// Then says where an engineer goes after a macro.
type Then string

// What comes after a macro.
const (
	Stay    Then = "stay"
	NextOne Then = "next" // the next ticket of the queue
	Queue   Then = "queue"
)

// Label names it.
func (t Then) Label() i18n.Msg {
	switch t {
	case NextOne:
		return i18n.M("desk.then.next")
	case Queue:
		return i18n.M("desk.then.queue")
	}
	return i18n.M("desk.then.stay")
}

// A Move is what a macro does with a ticket's state.
type Move string

// The moves of a macro.
const (
	NoMove Move = ""
	Accept Move = "accept"
	Ask    Move = "ask"   // the reply asks for information
	Offer  Move = "offer" // the reply is the result
	Pause  Move = "pause"
	Resume Move = "resume"
)

// Moves lists the moves.
func Moves() []Move { return []Move{Accept, Ask, Offer, Pause, Resume} }

// Label names the move.
func (m Move) Label() i18n.Msg {
	switch m {
	case Accept:
		return i18n.M("desk.move.accept")
	case Ask:
		return i18n.M("desk.move.ask")
	case Offer:
		return i18n.M("desk.move.offer")
	case Pause:
		return i18n.M("desk.move.pause")
	case Resume:
		return i18n.M("desk.move.resume")
	}
	return i18n.M("desk.move.none")
}

// OwnerMe stands in a macro for whoever uses it; OwnerNobody takes the owner away.
const (
	OwnerMe     = "me"
	OwnerNobody = "nobody"
)

// Content is what a macro does. Empty parts do nothing. The texts have variables.
type Content struct {
	ReplyEN  string `json:"reply_en,omitempty"`
	ReplyZH  string `json:"reply_zh,omitempty"`
	Note     string `json:"note,omitempty"`
	Move     Move   `json:"move,omitempty"`
	Severity string `json:"severity,omitempty"`
	Type     string `json:"problem_type,omitempty"`
	Product  string `json:"product,omitempty"`
	Team     string `json:"team,omitempty"`
	Owner    string `json:"owner,omitempty"` // a user, OwnerMe or OwnerNobody

	Label   []int64 `json:"label,omitempty"`   // labels of the desk that it puts on
	Unlabel []int64 `json:"unlabel,omitempty"` // and takes off
}

// empty tells whether it does nothing.
func (c Content) empty() bool {
	return c.ReplyEN == "" && c.ReplyZH == "" && c.Note == "" && c.Move == NoMove && c.Severity == "" && c.Type == "" && c.Product == "" && c.Team == "" &&
		c.Owner == "" && len(c.Label)+len(c.Unlabel) == 0
}

// A Macro is a set of changes with one name.
type Macro struct {
	Desk     string
	ID       string
	Name     string
	Team     string // only for this team's members; "" = for everybody
	TeamName string
	Content
	Then    Then
	Active  bool
	Edition int64
}

// Reply is the macro's reply for a reader's language: the other one when there's no text in it.
func (c Content) Reply(lang string) string { return either(lang, c.ReplyEN, c.ReplyZH) }

// An Answer is a text that engineers need again and again. It has variables.
type Answer struct {
	Desk     string
	ID       string
	Name     string
	Keywords string // apart by spaces
	Team     string
	TeamName string
	BodyEN   string
	BodyZH   string
	Edition  int64
}

// Body is the text for a reader's language: the other one when there's none in it.
func (a Answer) Body(lang string) string { return either(lang, a.BodyEN, a.BodyZH) }

func either(lang, en, zh string) string {
	if lang == i18n.Chinese && zh != "" || en == "" {
		return zh
	}
	return en
}

// A View is a look at the queue that somebody keeps: a query of the queue's page.
type View struct {
	Desk   string
	ID     string
	User   string
	Name   string
	Shared bool // with everybody of the desk
	Query  string
}

// A Mode is what somebody does on a ticket's page.
type Mode string

// The modes.
const (
	Reading Mode = "reading"
	Typing  Mode = "typing"
)

// A Present is somebody who looks at a ticket right now.
type Present struct {
	User  string
	Name  string
	Mode  Mode
	Since time.Time // wall clock
}

// Msg says who does what: "Chen Wei is typing an answer".
func (p Present) Msg() i18n.Msg {
	a := i18n.A{"name": i18n.Raw(p.Name)}
	if p.Mode == Typing {
		return i18n.M("desk.present.typing", a)
	}
	return i18n.M("desk.present.reading", a)
}

// works tells whether roles let somebody own tickets.
func works(roles []actor.Role) bool { return actor.Actor{Roles: roles}.Can(actor.WorkTickets) }

// The bounds of entries.
const (
	mostName    = 80
	mostText    = 8000
	mostTeams   = 100
	mostMembers = 200
	mostRules   = 200
	mostMacros  = 300
	mostAnswers = 1000
	mostViews   = 30
	mostValues  = 200 // of one condition
)

func named(teams []Team, id string) string {
	if i := slices.IndexFunc(teams, func(t Team) bool { return t.ID == id }); i >= 0 {
		return teams[i].Name
	}
	return ""
}
