package audit

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// Service reads and verifies the log.
type Service struct{ db *db.DB }

// New returns the service.
func New(d *db.DB) *Service { return &Service{db: d} }

// batch is how many entries are sealed in one transaction: some ten milliseconds, after which others get their turn.
const batch = 2000

// Seal puts waiting entries into the chain, oldest first, and returns how many. Two processes may call it at
// once: the second finds the sequence number taken and does nothing.
func (s *Service) Seal(ctx context.Context) (int, error) {
	total := 0
	for {
		n := 0
		err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
			n, err = sealBatch(ctx, tx)
			return err
		})
		if db.Violates(err) {
			return total, nil // another process took the sequence number, and with it these entries
		}
		if err != nil {
			return total, err
		}
		if total += n; n < batch {
			return total, nil
		}
	}
}

func sealBatch(ctx context.Context, tx *db.Tx) (int, error) {
	waiting, err := claimWaiting(ctx, tx, batch)
	if err != nil || len(waiting) == 0 {
		return 0, err
	}
	seq, hash, err := head(ctx, tx)
	if err != nil {
		return 0, err
	}
	c := newChain(seq, hash)
	hashes := make([][]byte, len(waiting))
	for i, e := range waiting {
		hashes[i] = c.next(e)
	}
	return len(waiting), insertSeals(ctx, tx, seq, waiting, hashes)
}

// A Report is the result of Verify. Broken is empty when the chain holds.
type Report struct {
	Sealed  int64     `json:"sealed"`
	Waiting int64     `json:"waiting"`
	Oldest  time.Time `json:"oldest_waiting,omitzero"`
	Head    string    `json:"head"` // hash of the newest seal: note it elsewhere to detect a cut tail
	Broken  string    `json:"broken,omitempty"`
}

// Verify walks the chain from its first row. Broken names the first row that is missing or was changed.
func (s *Service) Verify(ctx context.Context) (Report, error) {
	var r Report
	c := newChain(0, nil)
	err := eachSealed(ctx, s.db.Read(), func(x *sealed) error {
		r.Sealed++
		switch {
		case x.seq != r.Sealed:
			r.Broken = fmt.Sprintf("seal %d is missing", r.Sealed)
		case x.missing:
			r.Broken = fmt.Sprintf("entry %s (seal %d) is missing", x.entry.ID, x.seq)
		case !bytes.Equal(c.next(x.entry), x.hash):
			r.Broken = fmt.Sprintf("entry %s (seal %d) was changed", x.entry.ID, x.seq)
		}
		if r.Broken != "" {
			return errStop
		}
		return nil
	})
	if err != nil && err != errStop {
		return r, err
	}
	r.Head = hex.EncodeToString(c.hash)
	if r.Broken == "" {
		r.Broken, err = unaccounted(ctx, s.db.Read())
		if err != nil {
			return r, err
		}
	}
	r.Waiting, r.Oldest, err = pendingState(ctx, s.db.Read())
	return r, err
}

// A Filter narrows the log; empty fields don't. From and To are business instants.
type Filter struct {
	About, Actor, Verb, Subject string
	From, To                    time.Time
	Before                      string // cursor: the id of the last entry seen
	BeforeAt                    time.Time
	Limit                       int
}

// List returns entries, newest first. Auditors and the vendor's administrators may.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) ([]Entry, error) {
	if err := by.May(actor.ViewAudit); err != nil {
		return nil, err
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	return list(ctx, s.db.Read(), f)
}

// History returns what was done to one subject, oldest first, for the timeline of a thing that the caller has
// already been allowed to see.
func History(ctx context.Context, q db.Querier, kind, id string) ([]Entry, error) {
	return history(ctx, q, kind+":"+id)
}

// Lag returns how many entries aren't sealed yet and since when the oldest waits (wall instant): for the metrics.
func Lag(ctx context.Context, q db.Querier) (n int64, oldest time.Time, err error) {
	return pendingState(ctx, q)
}
