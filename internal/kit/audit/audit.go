// Package audit keeps who did what, when and from where.
//
// A verb records its row in its own transaction, so there's no deed without a row and no row without a deed. A
// sequencer then seals the rows into a hash chain in batches: no chain is a lock on a hot path. Rows are never
// changed; Verify names the first one that was.
package audit

import (
	"context"
	"crypto/sha256"
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

// Record adds a row in the caller's transaction. Detail says what changed; it must not hold secrets.
func Record(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, s Subject, detail map[string]any) error {
	if detail == nil {
		detail = map[string]any{}
	}
	text, err := json.Marshal(detail) // map keys come sorted, so the text is canonical
	if err != nil {
		return fmt.Errorf("audit %s: %w", verb, err)
	}
	e := Entry{
		Account: by.Account, ID: id.New("aud", tx.Wall), At: tx.Now, Wall: tx.Wall,
		Actor: by.User, ActorName: by.Name, Via: by.Via, IP: by.IP, Request: by.Request,
		Verb: verb, Subject: s.Kind + ":" + s.ID, About: s.Account, Detail: string(text),
	}
	if e.Account == "" {
		e.Account = "-"
	}
	return insert(ctx, tx, e)
}

// seal continues the chain: the hash covers the previous hash and every column of the entry.
func seal(previous []byte, seq int64, e Entry) []byte {
	text, err := json.Marshal([]any{
		seq, e.Account, e.ID, e.At.UnixMicro(), e.Wall.UnixMicro(), e.Actor, e.ActorName, e.Via, e.IP, e.Request,
		e.Verb, e.Subject, e.About, e.Detail,
	})
	if err != nil {
		panic(err) // strings and numbers can't fail to encode
	}
	h := sha256.New()
	h.Write(previous)
	h.Write(text)
	return h.Sum(nil)
}
