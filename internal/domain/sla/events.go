package sla

import "time"

// An About names the clock that an event is about.
type About struct {
	Subject  string `json:"subject"` // the ticket's id
	Number   string `json:"number"`
	Account  string `json:"account"`
	Desk     string `json:"desk"`
	Team     string `json:"team"`
	Plan     string `json:"plan"`
	Severity string `json:"severity"`
	Kind     Kind   `json:"kind"`
	Run      int64  `json:"run"`
}

func about(c Case, k Kind, run int64) About {
	return About{Subject: c.Subject, Number: c.Number, Account: c.Account, Desk: c.Desk, Team: c.Team, Plan: c.Plan, Severity: c.Severity, Kind: k, Run: run}
}

// Warned says that a part of a limit has gone: each step once in a run.
type Warned struct {
	About
	Percent int       `json:"percent"`
	Due     time.Time `json:"due"`
	Opens   time.Time `json:"opens,omitzero"` // when the clock's calendar works again; zero: it does, or just did
}

// Event names the fact.
func (w Warned) Event() (kind, account, subject string) { return "sla.warned", w.Account, w.Subject }

// Breached says that a limit was missed: once in a run.
type Breached struct {
	About
	Due   time.Time `json:"due"`
	At    time.Time `json:"at"`             // when it was noted
	Opens time.Time `json:"opens,omitzero"` // when the clock's calendar works again; zero: it does, or just did
}

// Event names the fact.
func (b Breached) Event() (kind, account, subject string) {
	return "sla.breached", b.Account, b.Subject
}
