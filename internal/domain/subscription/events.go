package subscription

import (
	"time"

	"hanse/internal/domain/rate"
)

// Changed is plan.began, .renewed, .changed (the level), .shortened (renewed periods were given back), .cancelled,
// .reminded (Days before the expiry), .grace, .retention, .released and .auto_set: it belongs to the account.
type Changed struct {
	What         string     `json:"what"`
	Account      string     `json:"account"`
	AccountName  string     `json:"account_name"`
	Subscription string     `json:"subscription"`
	Level        rate.Level `json:"level"`
	From         rate.Level `json:"from,omitempty"`
	Serves       rate.Level `json:"serves"`
	State        State      `json:"state"`
	ExpiresAt    time.Time  `json:"expires_at"`
	GraceUntil   time.Time  `json:"grace_until"`
	ReleaseAt    time.Time  `json:"release_at"`
	Days         int        `json:"days,omitempty"`
	Order        string     `json:"order,omitempty"`
	AutoRenew    bool       `json:"auto_renew"`
}

// Event names the event.
func (c Changed) Event() (kind, account, subject string) {
	return "plan." + c.What, c.Account, c.Subscription
}

func (s Subscription) changed(what string) Changed {
	return Changed{What: what, Account: s.Account, AccountName: s.AccountName, Subscription: s.ID, Level: s.Level, Serves: s.Serves(), State: s.State,
		ExpiresAt: s.Expires, GraceUntil: s.GraceUntil, ReleaseAt: s.ReleaseAt, AutoRenew: s.AutoRenew}
}
