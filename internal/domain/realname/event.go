package realname

import "time"

// Changed says what became of a claim to a name: realname.submitted, .verified, .refused, .revoked, .withdrawn and
// .overdue (the review).
type Changed struct {
	What   string    `json:"what"` // submitted, verified, refused, revoked, withdrawn, overdue
	Person string    `json:"person"`
	Case   string    `json:"case"`
	Name   string    `json:"name"`
	Reason string    `json:"reason"`
	Due    time.Time `json:"due"` // of the review
}

// Event names the fact.
func (e Changed) Event() (kind, account, subject string) {
	return "realname." + e.What, e.Person, e.Case
}
