// Package ticketmail lets people write to a desk by mail, and sends them what is said on their tickets.
//
// A mail is stored whole before it is acknowledged, and worked on by a job: it becomes a ticket, a message of one, the
// mark that a mail of ours came back, or it's held for the desk to look at. Which ticket an answer belongs to is found
// in the order of the ticket systems' practice: our signed address, our signed Message-IDs, Message-IDs of others that we
// know, the number in the subject from somebody who takes part. Whoever isn't known opens nothing: the mail is held, and
// one polite answer says so.
//
// What automatic programs send adds words to a ticket and does nothing else: no state moves, and nothing is answered.
package ticketmail

import (
	"slices"
	"strings"
	"time"

	"hanse/internal/kit/i18n"
)

// A State is what became of a mail.
type State string

// The states.
const (
	Received  State = "received"  // stored; a job works on it
	Done      State = "done"      // it became a part of a ticket, or told of a mail that came back
	Held      State = "held"      // somebody at the desk decides
	Ignored   State = "ignored"   // there's nothing to do with it
	Discarded State = "discarded" // somebody at the desk decided that
)

// States lists all.
func States() []State { return []State{Held, Received, Done, Ignored, Discarded} }

// Label is what users call a state.
func (s State) Label() i18n.Msg {
	switch s {
	case Received:
		return i18n.M("ticketmail.state.received")
	case Done:
		return i18n.M("ticketmail.state.done")
	case Held:
		return i18n.M("ticketmail.state.held")
	case Discarded:
		return i18n.M("ticketmail.state.discarded")
	}
	return i18n.M("ticketmail.state.ignored")
}

// A Kind is what a mail was taken for.
type Kind string

// The kinds.
const (
	Opening Kind = "opening"
	Reply   Kind = "reply"
	Auto    Kind = "auto"
	Bounce  Kind = "bounce"
)

// Label is what users call a kind; nothing for none.
func (k Kind) Label() i18n.Msg {
	switch k {
	case Opening:
		return i18n.M("ticketmail.kind.opening")
	case Reply:
		return i18n.M("ticketmail.kind.reply")
	case Auto:
		return i18n.M("ticketmail.kind.auto")
	case Bounce:
		return i18n.M("ticketmail.kind.bounce")
	}
	return i18n.Msg{}
}

// A Reason says why a mail is held or ignored.
type Reason string

// The reasons.
const (
	Unknown   Reason = "unknown"   // nobody signs in with the sender's address
	NoRight   Reason = "no_right"  // the sender may not open tickets
	Several   Reason = "several"   // the sender acts for several companies
	Stranger  Reason = "stranger"  // the sender takes no part in the ticket
	Unproven  Reason = "unproven"  // in the name of the desk, without its signed address; or the server in front doubts the sender
	OtherDesk Reason = "other"     // the sender's desk is another one
	Refused   Reason = "refused"   // the ticket's rules refuse it; the detail says why
	TooLarge  Reason = "too_large" // only its head was taken
	TooMany   Reason = "too_many"  // too many mails of one sender
	Infected  Reason = "infected"  // the virus scanner refused it: only its head was kept
	Automatic Reason = "automatic" // an automatic mail that belongs to no ticket
	Unmatched Reason = "unmatched" // a mail came back that isn't ours
	Delayed   Reason = "delayed"   // the other server goes on trying
	Ours      Reason = "ours"      // a mail of ours that came back to us
	NoDesk    Reason = "no_desk"   // none of our addresses is among its recipients
)

// Label is what users call a reason.
func (r Reason) Label() i18n.Msg {
	if m, ok := reasons[r]; ok {
		return m
	}
	return i18n.Msg{}
}

var reasons = map[Reason]i18n.Msg{
	Unknown: i18n.M("ticketmail.reason.unknown"), NoRight: i18n.M("ticketmail.reason.no_right"), Several: i18n.M("ticketmail.reason.several"),
	Stranger: i18n.M("ticketmail.reason.stranger"), Unproven: i18n.M("ticketmail.reason.unproven"), OtherDesk: i18n.M("ticketmail.reason.other"),
	Refused: i18n.M("ticketmail.reason.refused"), TooLarge: i18n.M("ticketmail.reason.too_large"), TooMany: i18n.M("ticketmail.reason.too_many"),
	Infected: i18n.M("ticketmail.reason.infected"), Automatic: i18n.M("ticketmail.reason.automatic"), Unmatched: i18n.M("ticketmail.reason.unmatched"),
	Delayed: i18n.M("ticketmail.reason.delayed"), Ours: i18n.M("ticketmail.reason.ours"), NoDesk: i18n.M("ticketmail.reason.no_desk"),
}

// A Way says by what the ticket of a mail was found.
type Way string

// The ways, in their order.
const (
	ByAddress Way = "address" // our signed address
	ByOurID   Way = "our_id"  // a signed Message-ID of ours
	ByTheirID Way = "their_id"
	BySubject Way = "subject"
	ByHand    Way = "hand" // somebody at the desk chose it
)

// A Mail is one mail that came in. Instants are business time.
type Mail struct {
	Account    string // the desk's
	ID         string
	Door       string
	MessageID  string
	Sender     string
	SenderName string
	Subject    string
	Recipients []string
	Size       int64
	Hash       string
	HeadOnly   bool
	State      State
	Kind       Kind
	Reason     Reason
	Detail     []i18n.Msg
	Way        Way
	No         string // the ticket
	Message    string // of the ticket
	Refused    []Refusal
	HandledBy  string
	Edition    int64
	At         time.Time
	ChangedAt  time.Time
}

// A Refusal is a file of a mail that the virus scanner refused. It isn't kept.
type Refusal struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// A Sent is one mail of ours to one reader.
type Sent struct {
	Account   string
	ID        string
	No        string
	Message   string
	DeskSide  bool
	To        string
	Name      string
	Lang      string
	Kind      string
	Title     i18n.Msg
	Body      i18n.Msg
	Action    i18n.Msg
	Link      string
	Base      string // the desk's address
	MessageID string
	Answers   string
	State     string
	Reason    string
	At        time.Time
}

// The states of a Sent.
const (
	waiting  = "waiting"
	sent     = "sent"
	failed   = "failed"   // our mail server refused it
	returned = "returned" // another one did, later
	dropped  = "dropped"  // what it was about is gone
)

// A ByMail is what mail has to do with a message of a ticket.
type ByMail struct {
	Mail   string // id of the mail that it came as, "" for one written in the portal
	Sender string
	Quoted int
	Auto   bool
	Failed []Delivery
}

// A Delivery is a mail of a message that didn't arrive.
type Delivery struct {
	To, Reason string
	At         time.Time
}

// Fold splits a message's text into what its author wrote and what was quoted, "" when nothing was.
func (b ByMail) Fold(body string) (own, quoted string) {
	if b.Quoted <= 0 || b.Quoted >= len(body) {
		return body, ""
	}
	return strings.TrimRight(body[:b.Quoted], "\n "), body[b.Quoted:]
}

// A Mailbox is how the reading of one goes. Instants are wall time.
type Mailbox struct {
	Name     string
	Pulled   int64
	Twice    int64
	PulledAt time.Time
	GoodAt   time.Time
	Error    string
}

// An Address is one by which a desk is written to.
type Address struct {
	Address string
	Account string
	Name    string // of the desk
	Fixed   bool   // it stands in the configuration
}

// domainOf is what follows the @.
func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}

// baseOf takes the part behind a plus out of an address.
func baseOf(address string) string {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + domain
}

// unique keeps the first of each.
func unique(all []string) []string {
	var out []string
	for _, s := range all {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
