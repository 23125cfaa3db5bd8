package material

import "time"

// Changed is material.submitted, .passed, .failed, .revoked, .taken_back, .withdrawn, and .overdue (an alarm for the
// vendor, told once).
type Changed struct {
	What     string    `json:"what"` // the kind of event
	Partner  string    `json:"partner"`
	Name     string    `json:"name"` // the partner's
	Material string    `json:"material"`
	Kind     Kind      `json:"kind"`
	Title    string    `json:"title"`
	Version  int64     `json:"version"`
	Reasons  []string  `json:"reasons,omitempty"`
	Due      time.Time `json:"due,omitzero"`
}

// Event names the event.
func (c Changed) Event() (kind, account, subject string) { return c.What, c.Partner, c.Material }
