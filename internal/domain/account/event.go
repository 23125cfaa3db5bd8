package account

import "hanse/internal/kit/actor"

// Registered says that somebody asked to register a company; the address isn't confirmed yet.
type Registered struct {
	Account string `json:"account"`
	Company string `json:"company"`
	Contact string `json:"contact"`
	Email   string `json:"email"`
	Lang    string `json:"lang"`
}

// Event names the fact.
func (e Registered) Event() (kind, account, subject string) {
	return "account.registered", e.Account, e.Account
}

// Confirmed says that a registration waits for the vendor's decision.
type Confirmed Registered

// Event names the fact.
func (e Confirmed) Event() (kind, account, subject string) {
	return "account.confirmed", e.Account, e.Account
}

// Decided says that the vendor approved or refused a registration. Approved, it carries the contact's link: Sealed
// is its path, sealed for "mail", and Days is how long it works.
type Decided struct {
	Account  string `json:"account"`
	Company  string `json:"company"`
	Contact  string `json:"contact"`
	Email    string `json:"email"`
	Lang     string `json:"lang"`
	Approved bool   `json:"approved"`
	Reason   string `json:"reason"`
	Sealed   string `json:"sealed"`
	Days     int    `json:"days"`
}

// Event names the fact.
func (e Decided) Event() (kind, account, subject string) {
	if e.Approved {
		return "account.approved", e.Account, e.Account
	}
	return "account.refused", e.Account, e.Account
}

// InvitationSent says that somebody shall get a link to become a user: of a company that is new here (Partner, event
// account.invited) or of one that is here (user.invited). Sealed is the link's path, sealed for "mail".
type InvitationSent struct {
	Account     string     `json:"account"`
	AccountName string     `json:"account_name"`
	Kind        actor.Kind `json:"kind"`
	ID          string     `json:"id"`
	Email       string     `json:"email"`
	Name        string     `json:"name"`
	Lang        string     `json:"lang"`
	InvitedBy   string     `json:"invited_by"` // name
	Partner     bool       `json:"partner"`
	Sealed      string     `json:"sealed"`
	Days        int        `json:"days"`
}

// Event names the fact.
func (e InvitationSent) Event() (kind, account, subject string) {
	if e.Partner {
		return "account.invited", e.Account, e.ID
	}
	return "user.invited", e.Account, e.ID
}

// UserChanged says what became of a user: user.joined, user.deactivated, user.reactivated, user.roles_changed.
type UserChanged struct {
	What        string       `json:"what"` // joined, deactivated, reactivated, roles_changed
	Account     string       `json:"account"`
	AccountName string       `json:"account_name"`
	User        string       `json:"user"`
	Identity    string       `json:"identity"`
	Name        string       `json:"name"`
	Email       string       `json:"email"`
	Lang        string       `json:"lang"`
	Roles       []actor.Role `json:"roles"`
}

// Event names the fact.
func (e UserChanged) Event() (kind, account, subject string) {
	return "user." + e.What, e.Account, e.User
}

// Changed says what became of a company: account.edited, account.frozen, account.unfrozen.
type Changed struct {
	What    string `json:"what"` // edited, frozen, unfrozen
	Account string `json:"account"`
	Company string `json:"company"`
	Reason  string `json:"reason"`
}

// Event names the fact.
func (e Changed) Event() (kind, account, subject string) {
	return "account." + e.What, e.Account, e.Account
}

// Associated says that two companies work together from a day on.
type Associated struct {
	Account string `json:"account"`
	ID      string `json:"id"`
	Other   string `json:"other"`
	Kind    Link   `json:"kind"`
	Since   string `json:"since"`
	Until   string `json:"until"`
}

// Event names the fact.
func (e Associated) Event() (kind, account, subject string) {
	return "association.added", e.Account, e.ID
}

// Unassociated says that two companies no longer work together.
type Unassociated struct {
	Account string `json:"account"`
	ID      string `json:"id"`
	Other   string `json:"other"`
	Kind    Link   `json:"kind"`
	Until   string `json:"until"`
}

// Event names the fact.
func (e Unassociated) Event() (kind, account, subject string) {
	return "association.ended", e.Account, e.ID
}
