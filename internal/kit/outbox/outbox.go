// Package outbox keeps what happened, so that others can react to it later.
//
// A verb appends its event in its own transaction. The job runner hands each event on to every subscriber as a
// job, so delivery is at least once and the effect, which commits with the job, exactly once.
package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/id"
)

// An Event is one thing that happened, as a subscriber gets it.
type Event struct {
	Account string // the account that it belongs to
	ID      string
	Kind    string
	Subject string // the thing's id
	Payload json.RawMessage
	At      time.Time // business instant
}

// A Fact is what a module emits: a struct that names its kind ("qualification.granted"), owner and subject.
type Fact interface {
	// Event gives the kind, the owning account's id and the subject's id.
	Event() (kind, account, subject string)
}

// Append stores an event in the caller's transaction.
func Append(ctx context.Context, tx *db.Tx, f Fact) error {
	kind, account, subject := f.Event()
	payload, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("event %s: %w", kind, err)
	}
	return db.Change(ctx, tx, `INSERT INTO event (account_id, id, kind, subject, payload, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		account, id.New("evt", tx.Wall), kind, subject, string(payload), db.Micros(tx.Now))
}

// AppendAll stores many events in the caller's transaction, in their order, as one statement.
func AppendAll(ctx context.Context, tx *db.Tx, facts []Fact) error {
	if len(facts) == 0 {
		return nil
	}
	st, err := Statement(tx, facts)
	if err != nil {
		return err
	}
	return db.Pipeline(ctx, tx, st)
}

// As decodes an event's payload into the struct that was emitted.
func As[T Fact](e Event) (f T, err error) {
	if err = json.Unmarshal(e.Payload, &f); err != nil {
		err = fmt.Errorf("event %s %s: %w", e.Kind, e.ID, err)
	}
	return f, err
}

const columns = `account_id, id, kind, subject, payload, at`

func scan(r db.Row) (e Event, err error) {
	var payload string
	err = r.Scan(&e.Account, &e.ID, &e.Kind, &e.Subject, &payload, db.Time(&e.At))
	e.Payload = json.RawMessage(payload)
	return e, err
}

// Take marks up to limit events that nobody has handed on yet, and returns them, oldest first. The mark commits
// with the jobs that the caller makes of them. ErrNoRow when another process takes some of the same ones.
func Take(ctx context.Context, tx *db.Tx, limit int) ([]Event, error) {
	events, err := db.All(ctx, tx, scan, `SELECT `+columns+` FROM event WHERE NOT handed_on ORDER BY at, id COLLATE "C" LIMIT $1`, limit)
	if err != nil || len(events) == 0 {
		return nil, err
	}
	n := len(events)
	accounts, ids, yes := make([]string, n), make([]string, n), make([]bool, n)
	for i, e := range events {
		accounts[i], ids[i], yes[i] = e.Account, e.ID, true
	}
	// By keys: nearly all rows are handed on, and a plan for finding and marking at once compares each with each.
	return events, db.Pipeline(ctx, tx, db.PlanByKeys(), db.Set{Table: "event", Columns: []db.Column{{Name: "handed_on", Values: yes},
		{Name: "account_id", Values: accounts}, {Name: "id", Values: ids}, {Name: "(NOT handed_on)", Values: yes}}}.Update(3))
}

// Get returns one event.
func Get(ctx context.Context, q db.Querier, account, id string) (Event, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM event WHERE account_id = $1 AND id = $2`, account, id)
}

// Waiting tells cheaply whether there's an event to hand on.
func Waiting(ctx context.Context, q db.Querier) (bool, error) {
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM event WHERE NOT handed_on)`)
}

// Lag returns how many events wait and since when the oldest does (business instant): for the metrics.
func Lag(ctx context.Context, q db.Querier) (n int64, oldest time.Time, err error) {
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&n, db.Time(&oldest)) },
		`SELECT count(*), min(at) FROM event WHERE NOT handed_on`)
	return n, oldest, err
}
