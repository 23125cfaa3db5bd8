package outbox

import (
	"encoding/json"
	"fmt"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/id"
	"hanse/internal/kit/relay"
)

// Statements are what AppendAll does, for a caller who sends them together with statements of its own.
func Statements(tx *db.Tx, facts []Fact) ([]db.Statement, error) {
	n := len(facts)
	if n == 0 {
		return nil, nil
	}
	keys := make([]relay.Key, n)
	accounts, ids, kinds := make([]string, n), make([]string, n), make([]string, n)
	subjects, payloads, at, done := make([]string, n), make([]string, n), make([]int64, n), make([]bool, n)
	for i, f := range facts {
		e, err := event(tx, f)
		if err != nil {
			return nil, err
		}
		keys[i] = relay.Key{Account: e.Account, ID: e.ID}
		accounts[i], ids[i], kinds[i] = e.Account, e.ID, e.Kind
		subjects[i], payloads[i], at[i], done[i] = e.Subject, string(e.Payload), e.At.UnixMicro(), true
	}
	rows := db.Set{Table: "event", Columns: []db.Column{{Name: "account_id", Values: accounts}, {Name: "id", Values: ids},
		{Name: "kind", Values: kinds}, {Name: "subject", Values: subjects}, {Name: "payload", Values: payloads},
		{Name: "at", Values: at}, {Name: "handed_on", Values: done}}}
	return []db.Statement{rows.Insert(""), waits(tx, keys)}, nil
}

// waits is the row that tells the job runner of events that are written together.
func waits(tx *db.Tx, keys []relay.Key) db.Statement {
	return db.Plain(nil, `INSERT INTO event_waiting (id, at, amount, events) VALUES ($1, $2, $3, $4)`,
		keys[0].ID, db.Micros(tx.Now), int64(len(keys)), relay.Join(keys))
}

// recent are the events that this process wrote last: handing them on needn't read them.
var recent = relay.NewMemory[Event](4000)

// event makes a fact an event, which is remembered.
func event(tx *db.Tx, f Fact) (Event, error) {
	kind, account, subject := f.Event()
	payload, err := json.Marshal(f)
	if err != nil {
		return Event{}, fmt.Errorf("event %s: %w", kind, err)
	}
	e := Event{Account: account, ID: id.New("evt", tx.Wall), Kind: kind, Subject: subject, Payload: payload, At: time.UnixMicro(tx.Now.UnixMicro()).UTC(), fact: f}
	recent.Keep(e.ID, e)
	return e, nil
}
