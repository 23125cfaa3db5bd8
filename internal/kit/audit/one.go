package audit

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// A Place is where an entry stands in the chain. Seq is 0 while it waits for its seal.
type Place struct {
	Seq      int64
	Hash     string // hexadecimal; covers the hash before it and every column of the entry
	SealedAt time.Time
}

// Entry returns one entry with its place in the chain. Who may is as for List; NotFound when there's none.
func (s *Service) Entry(ctx context.Context, by actor.Actor, account, id string) (Entry, Place, error) {
	if err := by.May(actor.ViewAudit); err != nil {
		return Entry{}, Place{}, err
	}
	e, err := db.One(ctx, s.db.Read(), scan, `SELECT `+columns+` FROM audit_entry WHERE account_id = $1 AND id = $2`, account, id)
	if errors.Is(err, db.ErrNoRow) {
		return e, Place{}, fault.NotFound()
	}
	if err != nil {
		return e, Place{}, err
	}
	p, err := db.One(ctx, s.db.Read(), func(r db.Row) (p Place, err error) {
		var hash []byte
		err = r.Scan(&p.Seq, &hash, db.Time(&p.SealedAt))
		p.Hash = hex.EncodeToString(hash)
		return p, err
	}, `SELECT seq, hash, sealed_at FROM audit_seal WHERE account_id = $1 AND entry_id = $2`, account, id)
	if errors.Is(err, db.ErrNoRow) {
		return e, Place{}, nil // it waits
	}
	return e, p, err
}
