package member

import (
	"cmp"
	"time"

	"hanse/internal/kit/calendar"
)

// A Letter is what one person is sent. Sealed is the link's path, sealed for "mail". Person is empty for people who
// can't sign in yet: they get mail alone.
type Letter struct {
	Invitation string  `json:"invitation"`
	Person     string  `json:"person,omitempty"`
	Name       string  `json:"name"`
	Channel    Channel `json:"channel"`
	Address    string  `json:"address"`
	Lang       string  `json:"lang"`
	Sealed     string  `json:"sealed"`
}

// Sent says that somebody is invited: member.invited.
type Sent struct {
	Account     string    `json:"account"`
	AccountName string    `json:"account_name"`
	InvitedBy   string    `json:"invited_by"`
	Days        int       `json:"days"`
	ExpiresAt   time.Time `json:"expires_at"`
	Letter      Letter    `json:"letter"`
}

// Event names the fact.
func (e Sent) Event() (kind, account, subject string) {
	return "member.invited", e.Account, e.Letter.Invitation
}

// Asked says that people of a roster are asked to confirm (member.asked), or reminded of it (member.reminded).
type Asked struct {
	Account     string       `json:"account"`
	AccountName string       `json:"account_name"`
	Reminder    bool         `json:"reminder"`
	CountsUntil calendar.Day `json:"counts_until"`
	DaysLeft    int          `json:"days_left"`
	Letters     []Letter     `json:"letters"`
}

// Event names the fact.
func (e Asked) Event() (kind, account, subject string) {
	if e.Reminder {
		return "member.reminded", e.Account, e.Account
	}
	return "member.asked", e.Account, e.Account
}

// Answered says what became of an invitation or a binding: member.accepted, .refused, .revoked, .expired, .unbound.
type Answered struct {
	What        string       `json:"what"`
	Account     string       `json:"account"`
	AccountName string       `json:"account_name"`
	Invitation  string       `json:"invitation"`
	Kind        Kind         `json:"kind"`
	Binding     string       `json:"binding"`
	Person      string       `json:"person"`
	Name        string       `json:"name"`
	Reason      string       `json:"reason"`
	By          string       `json:"by"` // person, partner
	On          calendar.Day `json:"on"`
}

// Event names the fact.
func (e Answered) Event() (kind, account, subject string) {
	return "member." + e.What, e.Account, cmp.Or(e.Invitation, e.Binding)
}

// Lapsing says that people of a partner will soon no longer count because they haven't confirmed (member.lapsing), or
// no longer do from this day on (member.lapsed).
type Lapsing struct {
	Account string       `json:"account"`
	On      calendar.Day `json:"on"` // first day on which they don't count
	People  int          `json:"people"`
	Over    bool         `json:"over"`
}

// Event names the fact.
func (e Lapsing) Event() (kind, account, subject string) {
	if e.Over {
		return "member.lapsed", e.Account, e.Account
	}
	return "member.lapsing", e.Account, e.Account
}
