// Package delegation lets a partner's people act for a customer, with the customer's word (business rules 4.7).
//
// The partner asks for one of its users, until a day and with a reason. The customer's administrator approves with an
// identity code, or refuses. From then on that human is also a user of the customer's account, with the least of its
// roles: the switcher shows the account, and everything that is done there stands in the customer's own audit log. The
// customer revokes it whenever it wants; it also ends by its day, when the partner gives it back, when the user leaves
// the partner, and with the association.
package delegation

import (
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A State says where a delegation stands.
type State string

// The states. Asked waits for the customer; in Active the user acts for it.
const (
	Asked     State = "asked"
	Active    State = "active"
	Refused   State = "refused"   // by the customer
	Withdrawn State = "withdrawn" // by the partner, before or after the answer
	Revoked   State = "revoked"   // by the customer
	Expired   State = "expired"   // by its day, or with what it rested on
)

// Label is a state in words.
func (s State) Label() i18n.Msg {
	switch s {
	case Asked:
		return i18n.M("delegation.state.asked")
	case Active:
		return i18n.M("delegation.state.active")
	case Refused:
		return i18n.M("delegation.state.refused")
	case Withdrawn:
		return i18n.M("delegation.state.withdrawn")
	case Revoked:
		return i18n.M("delegation.state.revoked")
	}
	return i18n.M("delegation.state.expired")
}

// A Delegation is one user of a partner who acts, or shall act, for a customer.
type Delegation struct {
	Customer     string
	CustomerName string
	ID           string
	Partner      string
	PartnerName  string
	User         string // in the partner's company
	UserName     string
	State        State
	Reason       string
	Words        string // of a refusal, or of an end
	Until        calendar.Day
	AskedBy      string
	AskedAt      time.Time
	AnsweredBy   string
	AnsweredAt   time.Time
	EndedAt      time.Time
	Version      int64

	seat  string
	fresh bool
}

// Open tells whether it waits or works.
func (d Delegation) Open() bool { return d.State == Asked || d.State == Active }

// Changed says what became of a delegation: delegation.asked, .approved, .refused, .withdrawn, .revoked, .expired.
type Changed struct {
	What         string `json:"what"`
	ID           string `json:"id"`
	Customer     string `json:"customer"`
	CustomerName string `json:"customer_name"`
	Partner      string `json:"partner"`
	PartnerName  string `json:"partner_name"`
	UserName     string `json:"user_name"`
	Until        string `json:"until"`
	Text         string `json:"text"`
}

// Event names the fact.
func (c Changed) Event() (kind, account, subject string) {
	return "delegation." + c.What, c.Customer, c.ID
}
