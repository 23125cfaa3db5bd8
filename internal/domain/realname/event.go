package realname

import "time"

// Changed says what became of a claim to a name: realname.submitted, .verified, .refused, .revoked, .withdrawn and
// .overdue (the review).
type Changed struct {
	What   string    `json:"what"`   // submitted, verified, refused, revoked, withdrawn, overdue
	Person string    `json:"person"` // or company
	Case   string    `json:"case"`
	Name   string    `json:"name"`
	Reason string    `json:"reason"`
	Due    time.Time `json:"due"` // of the review
	// Company says that it is a company's name; IDType is the document.
	Company bool   `json:"company"`
	IDType  string `json:"id_type"`
}

// Event names the fact.
func (e Changed) Event() (kind, account, subject string) {
	return "realname." + e.What, e.Person, e.Case
}
