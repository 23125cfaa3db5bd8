// Package outbox keeps what happened, so that others can react to it later.
//
// A verb appends its event in its own transaction. The job runner hands each event on to every subscriber as a
// job, so delivery is at least once and the effect, which commits with the job, exactly once.
package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/relay"
)

// An Event is one thing that happened, as a subscriber gets it.
type Event struct {
	Account string // the account that it belongs to
	ID      string
	Kind    string
	Subject string // the thing's id
	Payload json.RawMessage
	At      time.Time // business instant

	fact Fact // what was emitted, when this process did
}

// A Fact is what a module emits: a struct that names its kind ("qualification.granted"), owner and subject.
type Fact interface {
	// Event gives the kind, the owning account's id and the subject's id.
	Event() (kind, account, subject string)
}

// Append stores an event in the caller's transaction.
func Append(ctx context.Context, tx *db.Tx, f Fact) error {
	e, err := event(tx, f)
	if err != nil {
		return err
	}
	return db.Pipeline(ctx, tx, db.Plain(nil, `INSERT INTO event (account_id, id, kind, subject, payload, at, handed_on)
		VALUES ($1, $2, $3, $4, $5, $6, TRUE)`, e.Account, e.ID, e.Kind, e.Subject, string(e.Payload), db.Micros(e.At)),
		waits(tx, []relay.Key{{Account: e.Account, ID: e.ID}}))
}

// AppendAll stores many events in the caller's transaction, in their order, in one round trip.
func AppendAll(ctx context.Context, tx *db.Tx, facts []Fact) error {
	statements, err := Statements(tx, facts)
	if err != nil || len(statements) == 0 {
		return err
	}
	return db.Pipeline(ctx, tx, statements...)
}

// As decodes an event's payload into the struct that was emitted. It's not to be changed: others may get the same one.
func As[T Fact](e Event) (f T, err error) {
	if f, ok := e.fact.(T); ok {
		return f, nil
	}
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

// Take takes about limit events that nobody has handed on yet, oldest first. That they are taken commits with the jobs
// that the caller makes of them. ErrNoRow when another process takes some of the same ones.
func Take(ctx context.Context, tx *db.Tx, limit int) ([]Event, error) {
	older, err := takeOlder(ctx, tx, limit)
	if err != nil || len(older) > 0 {
		return older, err
	}
	var rows []string
	var keys []relay.Key
	err = db.Each(ctx, tx, func(r db.Row) (x [2]string, err error) { return x, r.Scan(&x[0], &x[1]) }, func(x [2]string) error {
		if len(keys) < limit {
			rows, keys = append(rows, x[0]), append(keys, relay.Split(x[1])...)
		}
		return nil
	}, `SELECT id, events FROM event_waiting ORDER BY at, id COLLATE "C" LIMIT $1`, limit)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	in, args := db.In(1, rows)
	n, err := db.Exec(ctx, tx, `DELETE FROM event_waiting WHERE id IN `+in, args...)
	if err == nil && n != int64(len(rows)) {
		err = db.ErrNoRow
	}
	if err != nil {
		return nil, err
	}
	return remembered(ctx, tx, keys)
}

// remembered are the events of keys, in their order; those that this process wrote needn't be read.
func remembered(ctx context.Context, tx *db.Tx, keys []relay.Key) ([]Event, error) {
	found := make(map[string]Event, len(keys))
	var accounts, ids []string
	for _, k := range keys {
		if e, ok := recent.Take(k.ID); ok {
			found[k.ID] = e
			continue
		}
		accounts, ids = append(accounts, k.Account), append(ids, k.ID)
	}
	rows := db.Set{Table: "event", Columns: []db.Column{{Name: "account_id", Values: accounts}, {Name: "id", Values: ids}}}
	err := db.Pipeline(ctx, tx, db.PlanByKeys(), rows.Find(strings.Split(columns, ", "), false, func(r db.Row) error {
		e, err := scan(r)
		found[e.ID] = e
		return err
	}))
	out := make([]Event, 0, len(keys))
	for _, k := range keys {
		if e, ok := found[k.ID]; ok {
			out = append(out, e)
		}
	}
	return out, err
}

// takeOlder marks the events that a program before this one has left.
func takeOlder(ctx context.Context, tx *db.Tx, limit int) ([]Event, error) {
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
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM event_waiting) OR EXISTS (SELECT 1 FROM event WHERE NOT handed_on)`)
}

// Lag returns how many events wait and since when the oldest does (business instant): for the metrics.
func Lag(ctx context.Context, q db.Querier) (n int64, oldest time.Time, err error) {
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&n, db.Time(&oldest)) },
		`SELECT CAST(coalesce(sum(amount), 0) AS BIGINT), min(at) FROM (SELECT amount, at FROM event_waiting
		UNION ALL SELECT 1, at FROM event WHERE NOT handed_on) w`)
	return n, oldest, err
}
