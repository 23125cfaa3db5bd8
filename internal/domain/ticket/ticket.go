// Package ticket keeps tickets: what a partner or customer asks, what its desk answers, and everything that is done on
// the way (reference of the ticket API, section 4).
//
// One table says which action leads from which state to which. Every change runs in one transaction that holds the
// ticket, takes the next number of the ticket's own sequence for each message and each row of its log, moves the clocks
// (domain/sla), and leaves an audit row and an event. So the newest number is the ticket's edition: whoever answers says
// which one he has seen, and is told what happened since instead of talking past it.
//
// A ticket belongs to one account and is served by one desk: the vendor's, or that of the partner that serves a customer
// or sold the equipment. Technical tickets at the vendor's desk take one unit of the plan's month in the same
// transaction.
package ticket

import (
	"time"

	"hanse/internal/domain/attachment"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/i18n"
)

// A Side is where somebody stands towards a ticket.
type Side string

// The sides.
const (
	Customer Side = "customer" // the ticket's account
	Desk     Side = "desk"     // the account that serves it now
	Third    Side = "third"    // a partner's desk that has handed it over
	System   Side = "system"   // the program
	Reader   Side = ""         // the vendor's staff at a ticket of a partner's desk: only reads
)

// A Source is how a ticket or message came.
type Source string

// The sources.
const (
	Portal Source = "portal"
	API    Source = "api"
	Mail   Source = "mail"
	Phone  Source = "phone" // written down by an engineer
	Abuse  Source = "abuse"
)

// Sources lists all.
func Sources() []Source { return []Source{Portal, API, Mail, Phone, Abuse} }

// Label is what users call a source.
func (s Source) Label() i18n.Msg {
	switch s {
	case API:
		return i18n.M("ticket.source.api")
	case Mail:
		return i18n.M("ticket.source.mail")
	case Phone:
		return i18n.M("ticket.source.phone")
	case Abuse:
		return i18n.M("ticket.source.abuse")
	}
	return i18n.M("ticket.source.portal")
}

// A Contact is how the customer wants to be reached. RemindTime is "0" for any time, or hours such as 09:00-18:00.
type Contact struct {
	Mobile     string `json:"mobile,omitempty"`
	AreaCode   string `json:"area_code,omitempty"`
	Mail       string `json:"mail,omitempty"`
	RemindTime string `json:"remind_time,omitempty"`
}

// A Ticket is one request for help. Instants are business time; the zero time is none.
type Ticket struct {
	Account, AccountName string
	No                   string
	State                State
	Before               State // of a deleted one: what it can be restored to
	Edition              int64 // the newest number of its sequence
	Title                string
	Text                 string // how the first message begins

	Desk, DeskName       string
	VendorDesk           bool   // the vendor's desk serves it
	WasVendor            bool   // the vendor's desk serves it, or did
	Partner, PartnerName string // whose desk serves it or did; "" = no partner's
	Handed               bool   // that partner has handed it over

	OpenedBy, OpenedName string
	OpenedMain           bool // by an administrator of its account
	Source               Source
	Lang                 string

	ProblemType   string
	TypeNames     taxonomy.Names
	CaseType      string // taxonomy.Consultation or Fault
	Technical     bool
	Category      string
	CategoryNames taxonomy.Names
	Product       string
	ProductNames  taxonomy.Names
	Region        string
	RegionNames   taxonomy.Names
	Severity      string
	SeverityNames taxonomy.Names
	Plan          rate.Level
	PlanOwner     string // whose plan it is served by; "" = nobody's

	Team, TeamName   string
	Owner, OwnerName string
	Routing          i18n.Msg // why it went there

	Contact   Contact
	CC        []string
	Project   string
	Serial    string
	Extra     map[string]string
	Extension map[string]string

	Judgement        string
	Score, ScoreOf   int64 // points given, of how many
	RootCause        string
	Solution         string
	Urged            int64
	UrgedAt          time.Time
	OpenedAt         time.Time
	AcceptedAt       time.Time
	FirstReplyAt     time.Time // of a human of the desk that serves it
	SolvedAt         time.Time
	StateAt          time.Time
	TouchedAt        time.Time // the newest message that everybody sees
	AutoCloseAt      time.Time
	ResumeAt         time.Time // of a paused one
	ScoredAt         time.Time
	CustomerSeq      int64 // the newest message of the customer's side
	DeskSeq          int64 // and of the other
	MergedInto       string
	Drawn, DrawnFrom string // the ledger's transfer that took one of a plan's month, and whose

	Due      time.Time // of the clock that runs out first; zero when none runs
	DueKind  sla.Kind
	Breached bool
}

func (t Ticket) subject() audit.Subject {
	return audit.Subject{Kind: "ticket", ID: t.No, Account: t.Account}
}

// A Message is something said, or a note of a desk for itself.
type Message struct {
	Account       string
	No            string
	ID            string
	Seq           int64 // its place in the ticket
	Changed       int64 // the number of its last change
	Side          Side
	Internal      bool
	Desk          string // whose note it is
	Auto          bool   // written by a program
	Source        Source
	AuthorAccount string
	Author        string // user
	AuthorName    string
	AuthorMail    string
	AuthorMain    bool
	First         bool
	Body          string // "" once it was withdrawn
	WithdrawnAt   time.Time
	MovedFrom     string // the number under which it was written, before a merge
	MovedSeq      int64
	At            time.Time
	Files         []attachment.Attachment
}

// Withdrawn tells whether its author took it back.
func (m Message) Withdrawn() bool { return !m.WithdrawnAt.IsZero() }

// An Operator is what kind of somebody did something, as the vendor's API counts.
type Operator int

// The operators.
const (
	ByCustomer Operator = 0
	ByEngineer Operator = 1
	BySystem   Operator = 2
	ByPartner  Operator = 3
)

// An Entry is one row of a ticket's log.
type Entry struct {
	Account      string
	No           string
	ID           string
	Seq          int64
	Kind         Logged
	Visible      bool   // customers read it
	Desk         string // whose it is when they don't
	Operator     Operator
	OperatorID   string
	OperatorName string
	From, To     State
	Text         string
	At           time.Time
}

// A Label is an account's own word for some of its tickets, or as a desk for some that it serves. Only that
// account's people read it.
type Label struct {
	Account string
	ID      int64 // fits 32 bits
	Name    string
	Color   string // #rrggbb
}

// A Relation is another ticket that has to do with one.
type Relation struct {
	No, Title, OpenedName string
	State                 State
}

// A Score is how content somebody was in one dimension.
type Score struct {
	Dimension int
	Points    int64
	Total     int64
	Step      int64
	Names     taxonomy.Names
	Category  string
	By        string
	At        time.Time
}

// A View is a ticket as one reader sees it.
type View struct {
	Ticket
	Side        Side
	Actions     []Action // that the reader may be offered now
	CanSay      bool
	CanNote     bool
	CanScore    bool
	CanWork     bool // assign, change
	CanHandOver bool
	CanHandBack bool
	Labels      []Label
	Relations   []Relation
	Scores      []Score
	Merged      []string // tickets that went into this one
	Unread      int64
	ReadSeq     int64 // how far the reader has read
}
