// Package notify tells people what happened: in the message center of the portal, and by mail.
//
// It subscribes to the events of the modules below; none of them knows it. A message is made in the transaction
// that takes the event, once for each reader; mail and short messages go out from jobs, after that. What is said
// to whom is one table in subscriptions.go.
package notify

import (
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// A Tone says how a message looks: shape, word and colour.
type Tone string

// The tones.
const (
	Good    Tone = "good"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
	Neutral Tone = "neutral"
)

// A Message is one line of the message center, for one reader.
type Message struct {
	Account string
	ID      string
	User    string // the reader
	Kind    string // the event's kind
	Tone    Tone
	Title   i18n.Msg
	Body    i18n.Msg
	Link    string    // path in the portal, "" = none
	At      time.Time // business instant of the event
	Read    time.Time // zero = not read
}

// A Note is what an event gives reason to say, before it's known who reads it.
type Note struct {
	// Account's users with one of Roles read it; Roles empty = User alone. For a person, Account is the
	// personal account and User is it too.
	Account string
	Roles   []actor.Role
	User    string
	// To is an address of somebody who can't sign in (yet): they get mail only.
	To     string
	ToLang string

	Tone  Tone
	Title i18n.Msg
	Body  i18n.Msg
	Link  string
	// Action names what the link does, in the mail.
	Action i18n.Msg
	// Quiet keeps it out of the mail; MailOnly out of the message center.
	Quiet    bool
	MailOnly bool
	// Later is when the mail goes, zero for at once. Who gets it is found out anew then, and whether there's still reason.
	Later time.Time
	// SMS sends Body as a short message to To.
	SMS bool
	// Secret is sealed for the mail by the module that made it: a code, shown big, or a path with a token, used
	// instead of Link. It's forgotten once sent.
	Secret string

	// Ticket is the number of the ticket that it's about: its mail can be answered. Message is the message whose words
	// the mail brings, "" = none. Desk says that the reader serves the ticket.
	Ticket  string
	Message string
	Desk    bool
}

// A Reader is somebody to tell: a user of an account, or a person.
type Reader struct {
	Account string
	User    string
	Name    string
	Mail    string
	Lang    string
}

// outgoing is one mail or short message on its way.
type outgoing struct {
	Account, ID, Channel, Recipient, Lang string
	Title                                 i18n.Msg
	Body                                  []i18n.Msg
	Action                                i18n.Msg
	Link, Secret, State                   string
	At                                    time.Time
}
