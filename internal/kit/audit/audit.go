// Package audit keeps who did what, when and from where.
//
// A verb records its row in its own transaction, so there's no deed without a row and no row without a deed. A
// sequencer then seals the rows into a hash chain in batches: no chain is a lock on a hot path. Rows are never
// changed; Verify names the first one that was.
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/id"
)

// An Entry is one deed.
type Entry struct {
	Account   string // on whose behalf; "-" when nobody was signed in
	ID        string
	At        time.Time // business instant
	Wall      time.Time // wall instant
	Actor     string
	ActorName string
	Via       string
	IP        string
	Request   string
	Verb      actor.Verb
	Subject   string // kind:id
	About     string // the account that the subject belongs to
	Detail    string // canonical JSON object
}

// A Subject is what something was done to: its kind, its id, and the account that owns it.
type Subject struct{ Kind, ID, Account string }

// A Deed is what Record and RecordAll take: who did what to which thing, and what changed by it.
type Deed struct {
	By      actor.Actor
	Verb    actor.Verb
	Subject Subject
	Detail  map[string]any // must not hold secrets
	// JSON is the detail already written, a canonical JSON object, for callers with thousands of deeds; Detail is
	// then not looked at.
	JSON string
}

// Record adds a row in the caller's transaction. Detail says what changed; it must not hold secrets.
func Record(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, s Subject, detail map[string]any) error {
	e, err := entry(tx, Deed{By: by, Verb: verb, Subject: s, Detail: detail})
	if err != nil {
		return err
	}
	return insert(ctx, tx, e)
}

// RecordAll adds a row for each deed in the caller's transaction, in their order, in one round trip however many
// there are.
func RecordAll(ctx context.Context, tx *db.Tx, deeds []Deed) error {
	if len(deeds) == 0 {
		return nil
	}
	statements, err := Statements(tx, deeds)
	if err != nil {
		return err
	}
	return db.Pipeline(ctx, tx, statements...)
}

func entry(tx *db.Tx, d Deed) (Entry, error) {
	if d.JSON == "" && d.Detail == nil {
		d.JSON = "{}"
	}
	if d.JSON == "" {
		text, err := json.Marshal(d.Detail) // map keys come sorted, so the text is canonical
		if err != nil {
			return Entry{}, fmt.Errorf("audit %s: %w", d.Verb, err)
		}
		d.JSON = string(text)
	}
	e := Entry{
		Account: d.By.Account, ID: id.New("aud", tx.Wall), At: tx.Now, Wall: tx.Wall,
		Actor: d.By.User, ActorName: d.By.Name, Via: d.By.Via, IP: d.By.IP, Request: d.By.Request,
		Verb: d.Verb, Subject: d.Subject.Kind + ":" + d.Subject.ID, About: d.Subject.Account, Detail: d.JSON,
	}
	if e.Account == "" {
		e.Account = "-"
	}
	return e, nil
}
