// Package sla runs the clocks of tickets: how long a first response, an update and a solution may take, and what of
// that time has gone.
//
// The lower half is pure. A Calendar says which instants are working time; Segments say when a clock ran and when it
// waited; Elapsed, Deadline and Explain follow from the two. Segments know neither policy nor calendar, so whatever
// changes in the middle (policy, plan, severity, calendar) derives a new deadline from the same segments, and no
// minute that was waited is ever lost.
//
// The upper half keeps calendars and policies as versions, the clocks of each ticket, and what was missed.
package sla

import "time"

// A Kind is one of a ticket's clocks.
type Kind string

// The clocks. None of them overrides another: each has its own limit and its own deadline.
const (
	First    Kind = "first"    // until the vendor's first human reply; once
	Update   Kind = "update"   // while a customer waits for an answer, after the first; each wait is a run of its own
	Solution Kind = "solution" // until the ticket is solved; goes on when it's opened again
)

// Kinds are all clocks in the order in which they're shown.
func Kinds() []Kind { return []Kind{First, Update, Solution} }

// A Why says what a segment of a clock was about.
type Why string

// What makes a clock run.
const (
	Opened  Why = "opened"
	Spoke   Why = "spoke"    // the customer wrote
	Resumed Why = "resumed"  // a pause ended
	Again   Why = "reopened" // after it was solved
)

// What makes a clock wait. The first three are reasons that Pause and Resume take; they may hold at once.
const (
	Waiting   Why = "waiting" // for the customer: an answer or a confirmation
	Paused    Why = "paused"  // put aside by the desk
	AtPartner Why = "partner" // a partner's desk has the ticket
	Done      Why = "done"    // solved, until it was opened again
	Closed    Why = "closed"  // no working time; only in explanations
)

// A Target is what a clock is held to.
type Target struct {
	Kind     Kind
	Limit    time.Duration // of working time; 0: measured, but not limited
	Calendar Calendar
}
