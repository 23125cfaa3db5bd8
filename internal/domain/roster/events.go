package roster

import "hanse/internal/kit/calendar"

// After each of these events the partner's evaluation may be another. Whoever keeps evaluations listens to all.

// Bound is emitted when one person is bound by hand.
type Bound struct {
	Account string `json:"account"`
	Binding string `json:"binding"`
	Person  string `json:"person"`
	Name    string `json:"name"`
}

// Event names the event.
func (e Bound) Event() (string, string, string) { return "roster.bound", e.Account, e.Binding }

// Changed is emitted when people of a partner or their certificates changed, other than by the partner's own
// import.
type Changed struct {
	Account  string   `json:"account"`
	Bindings []string `json:"bindings"`
	Why      string   `json:"why"` // corrected, certificate, elsewhere
}

// Event names the event.
func (e Changed) Event() (string, string, string) { return "roster.changed", e.Account, e.Account }

// Left is emitted when somebody who was there gets a day of leaving, by a file or by a reported exit.
type Left struct {
	Account string       `json:"account"`
	Binding string       `json:"binding"`
	Person  string       `json:"person"`
	Name    string       `json:"name"`
	LeftOn  calendar.Day `json:"left_on"` // first day no longer there
}

// Event names the event.
func (e Left) Event() (string, string, string) { return "roster.left", e.Account, e.Binding }

// Imported is emitted when an import has ended after it changed something: done, failed or cancelled half-way.
type Imported struct {
	Account string       `json:"account"`
	Import  string       `json:"import"`
	Name    string       `json:"name"` // of the file
	By      string       `json:"by"`
	State   ImportState  `json:"state"`
	Counts  ImportCounts `json:"counts"`
}

// Event names the event.
func (e Imported) Event() (string, string, string) { return "roster.imported", e.Account, e.Import }
