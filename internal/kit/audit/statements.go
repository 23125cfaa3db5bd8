package audit

import (
	"hanse/internal/kit/db"
	"hanse/internal/kit/relay"
)

// Statements are what RecordAll does, for a caller who sends them together with statements of its own.
func Statements(tx *db.Tx, deeds []Deed) ([]db.Statement, error) {
	n := len(deeds)
	text := func() []string { return make([]string, n) }
	account, ids, who, name, via, ip := text(), text(), text(), text(), text(), text()
	request, verb, subject, about, detail := text(), text(), text(), text(), text()
	at, wall := make([]int64, n), make([]int64, n)
	written := make([]Entry, n)
	for i, d := range deeds {
		e, err := entry(tx, d)
		if err != nil {
			return nil, err
		}
		written[i] = e
		account[i], ids[i], at[i], wall[i] = e.Account, e.ID, e.At.UnixMicro(), e.Wall.UnixMicro()
		who[i], name[i], via[i], ip[i], request[i] = e.Actor, e.ActorName, e.Via, e.IP, e.Request
		verb[i], subject[i], about[i], detail[i] = string(e.Verb), e.Subject, e.About, e.Detail
	}
	rows := db.Set{Table: "audit_entry", Columns: []db.Column{{Name: "account_id", Values: account}, {Name: "id", Values: ids},
		{Name: "at", Values: at}, {Name: "wall_at", Values: wall}, {Name: "actor", Values: who}, {Name: "actor_name", Values: name},
		{Name: "via", Values: via}, {Name: "ip", Values: ip}, {Name: "request", Values: request}, {Name: "verb", Values: verb},
		{Name: "subject", Values: subject}, {Name: "about", Values: about}, {Name: "detail", Values: detail}}}
	return []db.Statement{rows.Insert(""), waits(written...)}, nil
}

// waits is the row that tells the sequencer of entries that are written together. Those that it finds in memory it needn't
// read.
func waits(all ...Entry) db.Statement {
	keys := make([]relay.Key, len(all))
	for i, e := range all {
		keys[i] = relay.Key{Account: e.Account, ID: e.ID}
		recent.Keep(e.ID, e)
	}
	return db.Plain(nil, `INSERT INTO audit_waiting (id, wall_at, amount, entries) VALUES ($1, $2, $3, $4)`,
		all[0].ID, db.Micros(all[0].Wall), int64(len(all)), relay.Join(keys))
}

// recent are the entries that this process wrote last.
var recent = relay.NewMemory[Entry](20_000)
