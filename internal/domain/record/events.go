package record

import (
	"context"
	"slices"

	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
)

// Imported is emitted when an import has ended after it applied something: done, failed or cancelled half-way.
type Imported struct {
	Account string      `json:"account"` // the vendor's, "" when it came by the command line
	Import  string      `json:"import"`
	Feed    Feed        `json:"feed"`
	Name    string      `json:"name"` // of the file
	By      string      `json:"by"`
	State   ImportState `json:"state"`
	Counts  Counts      `json:"counts"`
}

// Event names the event.
func (e Imported) Event() (string, string, string) { return "record.imported", e.Account, e.Import }

// Reverted is emitted when an import was undone.
type Reverted struct {
	Account string `json:"account"`
	Import  string `json:"import"`
	Feed    Feed   `json:"feed"`
	Name    string `json:"name"`
	By      string `json:"by"`
	Lines   int64  `json:"lines"` // that were taken back
}

// Event names the event.
func (e Reverted) Event() (string, string, string) { return "record.undone", e.Account, e.Import }

// Arrived is emitted when records became persons', or those that they have changed: once for a part of a file, or for
// an association.
type Arrived struct {
	Account string   `json:"account"`
	Persons []string `json:"persons"`
}

// Event names the event.
func (e Arrived) Event() (string, string, string) { return "record.arrived", e.Account, e.Account }

// Overdue is emitted once when a feed has brought nothing for longer than its greatest expected lag.
type Overdue struct {
	Account string `json:"account"`
	Feed    Feed   `json:"feed"`
	Days    int    `json:"days"` // since the last import
	Lag     int    `json:"lag"`  // days expected at most
}

// Event names the event.
func (e Overdue) Event() (string, string, string) { return "record.overdue", e.Account, string(e.Feed) }

func tellArrived(ctx context.Context, tx *db.Tx, account string, persons []string) error {
	for some := range slices.Chunk(persons, batch) {
		if err := outbox.Append(ctx, tx, Arrived{account, some}); err != nil {
			return err
		}
	}
	return nil
}
