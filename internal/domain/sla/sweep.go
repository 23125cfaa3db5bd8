package sla

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
)

// How much one transaction of a pass takes, and how many such a sweep does before it lets others have their turn; what
// is left is due again a minute later.
const (
	batch      = 200
	maxBatches = 100
	sweepEvery = time.Minute
)

// Register adds the sweep over what's due, every minute, and the passes after a change of policy.
func (s *Service) Register(r *jobs.Runner) {
	r.Every("sla.sweep", jobs.Latest(s.db.Clock().Now, jobs.Interval(sweepEvery)), func(ctx context.Context, _ time.Time) error {
		err := s.Renew(ctx)
		_, sweeping := s.Sweep(ctx)
		return errors.Join(err, sweeping)
	})
	r.Inside("sla.rederive", func(ctx context.Context, tx *db.Tx, j jobs.Job) error { return s.pass(ctx, tx, j.Key) })
}

// Sweep warns of what runs out and notes what was missed. It reads and writes only the tickets of which a clock is due,
// in batches of a transaction each, and returns how many there were. The schedule's.
func (s *Service) Sweep(ctx context.Context) (touched int, err error) {
	for range maxBatches {
		n := 0
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			subjects, err := due(ctx, tx, tx.Now, batch)
			n = len(subjects)
			if err != nil || n == 0 {
				return err
			}
			_, err = s.reckon(ctx, tx, subjects)
			return err
		})
		if touched += n; err != nil || n < batch {
			return touched, err
		}
	}
	return touched, nil
}

// reckon settles and derives the clocks of tickets, passes on those whose earliest deadline moved, and returns how many
// these are.
func (s *Service) reckon(ctx context.Context, tx *db.Tx, subjects []string) (int, error) {
	all, err := load(ctx, tx, subjects, true)
	if err != nil {
		return 0, err
	}
	b, err := BookAt(ctx, tx, tx.Now)
	if err != nil {
		return 0, err
	}
	var moved []Clocks
	for _, t := range all {
		was, before := snapshot(t), t.view()
		t.settle(b, tx.Now)
		t.derive(b, tx.Now)
		if err := t.write(ctx, tx, was); err != nil {
			return 0, err
		}
		if after := t.view(); !after.Due.Equal(before.Due) || after.DueKind != before.DueKind {
			moved = append(moved, after)
		}
	}
	if len(moved) > 0 && s.follow != nil {
		err = s.follow(ctx, tx, moved)
	}
	return len(moved), err
}

// A Progress is a pass over all live tickets after the policy or a calendar changed.
type Progress struct {
	ID       string
	Stamp    string // which versions it reckons with
	Total    int64
	Done     int64
	Changed  int64 // tickets whose deadline moved
	Started  time.Time
	Finished time.Time
	cursor   string
}

// Renew starts a pass over all live tickets when other versions are in force than those of the last pass. Until its turn
// comes a ticket has its old deadline; whatever happens to it meanwhile reckons with the new versions at once.
func (s *Service) Renew(ctx context.Context) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		b, err := BookAt(ctx, tx, tx.Now)
		if err != nil {
			return err
		}
		last, err := lastPass(ctx, tx)
		if err != nil && !errors.Is(err, db.ErrNoRow) {
			return err
		}
		first := errors.Is(err, db.ErrNoRow)
		p := Progress{ID: id.New("slr", tx.Wall), Stamp: b.stamp(), Started: tx.Now}
		if !first && last.Stamp == p.Stamp || first && p.Stamp == (Book{}).stamp() {
			return nil
		}
		if p.Total, err = countLive(ctx, tx); err != nil {
			return err
		}
		if err := insertPass(ctx, tx, p); err != nil {
			return err
		}
		return s.next(ctx, tx, p)
	})
}

// stamp names the versions that are in force; what was shipped has no name.
func (b Book) stamp() string {
	parts := []string{b.Policy.ID}
	for _, c := range b.sorted() {
		if c.Version > 0 {
			parts = append(parts, c.ID+"@"+strconv.FormatInt(c.Version, 10))
		}
	}
	return strings.Join(parts, " ")
}

// next makes the job of a pass's next batch.
func (s *Service) next(ctx context.Context, tx *db.Tx, p Progress) error {
	return jobs.Add(ctx, tx, jobs.New{Kind: "sla.rederive", Key: p.ID + " " + p.cursor, Payload: p.ID})
}

// pass does one batch of a pass, in the job's transaction. A pass that another one has overtaken stops: the other
// reckons with what's newer.
func (s *Service) pass(ctx context.Context, tx *db.Tx, key string) error {
	number, _, _ := strings.Cut(key, " ")
	p, err := passByID(ctx, tx, number)
	if err != nil {
		return err
	}
	last, err := lastPass(ctx, tx)
	if err != nil {
		return err
	}
	subjects, err := liveAfter(ctx, tx, p.cursor, batch)
	if err != nil {
		return err
	}
	if last.ID != p.ID || len(subjects) == 0 {
		p.Finished = tx.Now
		return updatePass(ctx, tx, p)
	}
	moved, err := s.reckon(ctx, tx, subjects)
	if err != nil {
		return err
	}
	p.cursor = subjects[len(subjects)-1]
	p.Done, p.Changed = p.Done+int64(len(subjects)), p.Changed+int64(moved)
	if err := updatePass(ctx, tx, p); err != nil {
		return err
	}
	return s.next(ctx, tx, p)
}
