package declaration

import (
	"time"

	"hanse/internal/kit/calendar"
)

// Changed is declaration.submitted, .given, .refused, .returned, .withdrawn, .revoked, .unknown (evidence is wanted),
// and .overdue (an alarm for the vendor, told once).
type Changed struct {
	What        string       `json:"what"` // the kind of event
	Person      string       `json:"person"`
	Name        string       `json:"name"` // the account's
	Declaration string       `json:"declaration"`
	Kind        Kind         `json:"kind"`
	Number      string       `json:"number"`
	Code        string       `json:"code"`
	Lookup      Lookup       `json:"lookup,omitempty"`
	IssuedOn    calendar.Day `json:"issued_on"`
	Reason      string       `json:"reason,omitempty"`
	Due         time.Time    `json:"due,omitzero"`
}

// Event names the event.
func (c Changed) Event() (kind, account, subject string) { return c.What, c.Person, c.Declaration }
