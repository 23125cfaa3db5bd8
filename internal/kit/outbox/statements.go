package outbox

import (
	"encoding/json"
	"fmt"

	"hanse/internal/kit/db"
	"hanse/internal/kit/id"
)

// Statement is what AppendAll does, for a caller who sends it together with statements of its own.
func Statement(tx *db.Tx, facts []Fact) (db.Statement, error) {
	n := len(facts)
	accounts, ids, kinds := make([]string, n), make([]string, n), make([]string, n)
	subjects, payloads, at := make([]string, n), make([]string, n), make([]int64, n)
	for i, f := range facts {
		kind, account, subject := f.Event()
		payload, err := json.Marshal(f)
		if err != nil {
			return db.Statement{}, fmt.Errorf("event %s: %w", kind, err)
		}
		accounts[i], ids[i], kinds[i] = account, id.New("evt", tx.Wall), kind
		subjects[i], payloads[i], at[i] = subject, string(payload), tx.Now.UnixMicro()
	}
	return db.Set{Table: "event", Columns: []db.Column{{Name: "account_id", Values: accounts}, {Name: "id", Values: ids},
		{Name: "kind", Values: kinds}, {Name: "subject", Values: subjects}, {Name: "payload", Values: payloads},
		{Name: "at", Values: at}}}.Insert(""), nil
}
