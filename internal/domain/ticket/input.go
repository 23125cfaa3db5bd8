package ticket

import (
	"time"

	"hanse/internal/domain/rate"
)

// An Opening is a new ticket. Account is "" for the actor's own; desk people and the program name one that they serve.
// Key is what makes a repetition find the same ticket.
type Opening struct {
	Account     string
	Title       string // "" = how the body begins
	Body        string
	ProblemType string
	Category    string
	Product     string
	Region      string
	Severity    string
	Contact     Contact
	CC          []string
	Project     string
	Serial      string
	Extra       map[string]string
	Extension   map[string]string
	Attachments []string

	VerifyCode    string // of a contact that isn't known
	PhoneVerified string // ids of contacts that were verified
	MailVerified  string

	Source Source
	Lang   string
	Key    string
}

// A Saying is a message. Seen is the edition on the writer's page, 0 = doesn't matter. AsName and AsMail are for the
// program alone, which writes what somebody without a sign-in sent by mail, on the customer's side. Auto moves nothing:
// an answer from a machine.
type Saying struct {
	Body        string
	Attachments []string
	Internal    bool
	Seen        int64
	Key         string
	Source      Source
	AsName      string
	AsMail      string
	Auto        bool
}

// A Said is what became of a message.
type Said struct {
	Message  Message
	Ticket   Ticket // where it went: a merged one's target
	Replayed bool
}

// A Deed is an action on a ticket. Text is the customer's judgement for Close; of the desk's actions it's words for the
// customer, sent as a message. RootCause is for Offer, Until for Pause, Scores for Close.
type Deed struct {
	Action      Action
	Seen        int64
	Text        string
	RootCause   string
	Until       time.Time
	Scores      []Scoring
	Attachments []string
	Key         string
	Source      Source
}

// A Scoring is what the customer gives in one dimension.
type Scoring struct {
	Dimension int
	Points    int64
}

// A Changing says what a ticket is about instead; nil leaves it. WithoutUnit lets a ticket become technical though its plan's
// month gives nothing for it.
type Changing struct {
	Seen        int64
	WithoutUnit bool
	Title       *string
	ProblemType *string
	Category    *string
	Product     *string
	Region      *string
	Severity    *string
}

func (c Changing) empty() bool {
	return c.Title == nil && c.ProblemType == nil && c.Category == nil && c.Product == nil && c.Region == nil && c.Severity == nil
}

// An Assigning gives a ticket to a team and one of the desk's people; nil leaves it, "" is nobody, and "me" as the owner
// is the actor.
type Assigning struct {
	Seen  int64
	Team  *string
	Owner *string
}

// A Bundle is several things that a desk does at once, all or none: a macro, a reply that also asks, an action on many.
// Say is the reply; with Ask it's a question, with Offer the result. Note is internal. Label and Unlabel are labels of the desk.
type Bundle struct {
	Seen      int64
	Key       string
	Accept    bool
	Resume    bool
	TakeBack  bool
	Change    *Changing
	Team      *string
	Owner     *string
	Label     []int64
	Unlabel   []int64
	Note      string
	Say       *Saying
	Ask       bool
	Offer     bool
	RootCause string
	Pause     bool
	Until     time.Time
}

// A Handing gives a ticket to the other desk. Text is a note that both desks read, and no customer.
type Handing struct {
	Seen int64
	Text string
}

// A Splitting says what a ticket made of one message is about; "" = as the origin.
type Splitting struct {
	Title       string
	ProblemType string
	Severity    string
	Key         string
}

// A Page chooses messages. Limit 0 = as many as there may be (500). Before and BeforeSeq read backwards: the last ones before.
type Page struct {
	Offset    int
	Limit     int
	AfterSeq  int64
	BeforeSeq int64
	Before    time.Time
}

// A ContactEdit changes how the customer is reached and who gets copies; nil leaves it, an empty one removes it.
type ContactEdit struct {
	Contact       *Contact
	CC            *[]string
	VerifyCode    string
	PhoneVerified string
	MailVerified  string
}

// A Quota is what a plan's month has left for technical tickets. Amounts are -1 without a limit.
type Quota struct {
	Bound      bool // the problem type counts
	Level      rate.Level
	Used       int64
	Total      int64
	Left       int64
	Resets     time.Time
	Owner      string // whose plan it is
	OwnerName  string
	CanBuyPack bool
	Partner    string // the partner whose desk would have it, by name: then nothing counts
}

// none tells whether there's nothing to draw: the level gives none, or the month has no more.
func (q Quota) none() bool { return q.Owner == "" || q.Level == rate.Basic || q.Left == 0 }

// A Served is who would serve a new ticket of an account.
type Served struct {
	Desk   string
	Name   string
	Vendor bool
}
