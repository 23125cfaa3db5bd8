package audit

import (
	"context"
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
	p, err := s.place(ctx, e)
	return e, p, err
}

// skew is by how much the clocks of two nodes may differ and an entry's seal is still found quickly.
const skew = time.Minute

// place finds an entry's seal; none while it waits. Seals have no index by entry, which each entry would pay for: they
// were made in the order of time, and not before the entry.
func (s *Service) place(ctx context.Context, e Entry) (Place, error) {
	first, err := s.sealedSince(ctx, e.Wall.Add(-skew))
	if err != nil {
		return Place{}, err
	}
	p, err := sealOf(ctx, s.db.Read(), e, first)
	if p.Seq == 0 && err == nil && first > 1 && s.db.Clock().Wall().Sub(e.Wall) > time.Hour {
		return sealOf(ctx, s.db.Read(), e, 1) // a clock was wrong
	}
	return p, err
}

// sealedSince is the number of the first seal that was made at an instant or later.
func (s *Service) sealedSince(ctx context.Context, at time.Time) (int64, error) {
	last, _, err := head(ctx, s.db.Read())
	if err != nil {
		return 0, err
	}
	low, high := int64(1), last+1
	for low < high {
		middle := (low + high) / 2
		sealed, err := db.One(ctx, s.db.Read(), db.Int, `SELECT sealed_at FROM audit_seal WHERE seq = $1`, middle)
		switch {
		case errors.Is(err, db.ErrNoRow):
			return 1, nil // somebody removed it
		case err != nil:
			return 0, err
		case sealed < at.UnixMicro():
			low = middle + 1
		default:
			high = middle
		}
	}
	return low, nil
}
