package audit

import (
	"hanse/internal/kit/db"
)

// Statements are what RecordAll does, for a caller who sends them together with statements of its own.
func Statements(tx *db.Tx, deeds []Deed) ([]db.Statement, error) {
	n := len(deeds)
	text := func() []string { return make([]string, n) }
	account, ids, who, name, via, ip := text(), text(), text(), text(), text(), text()
	request, verb, subject, about, detail := text(), text(), text(), text(), text()
	at, wall := make([]int64, n), make([]int64, n)
	for i, d := range deeds {
		e, err := entry(tx, d)
		if err != nil {
			return nil, err
		}
		account[i], ids[i], at[i], wall[i] = e.Account, e.ID, e.At.UnixMicro(), e.Wall.UnixMicro()
		who[i], name[i], via[i], ip[i], request[i] = e.Actor, e.ActorName, e.Via, e.IP, e.Request
		verb[i], subject[i], about[i], detail[i] = string(e.Verb), e.Subject, e.About, e.Detail
	}
	rows := db.Set{Table: "audit_entry", Columns: []db.Column{{Name: "account_id", Values: account}, {Name: "id", Values: ids},
		{Name: "at", Values: at}, {Name: "wall_at", Values: wall}, {Name: "actor", Values: who}, {Name: "actor_name", Values: name},
		{Name: "via", Values: via}, {Name: "ip", Values: ip}, {Name: "request", Values: request}, {Name: "verb", Values: verb},
		{Name: "subject", Values: subject}, {Name: "about", Values: about}, {Name: "detail", Values: detail}}}
	waiting := db.Set{Table: "audit_pending", Columns: []db.Column{{Name: "account_id", Values: account}, {Name: "id", Values: ids},
		{Name: "wall_at", Values: wall}}}
	return []db.Statement{rows.Insert(""), waiting.Insert("")}, nil
}
