package qualification

import (
	"context"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// Refreshed is what a full pass found.
type Refreshed struct {
	Partners  int
	Rows      int // results that were missing and are stored now
	Different int // results that differed from the stored ones: time passed, or the incremental path missed something
}

// RefreshAll evaluates every partner for every active version and stores what differs. Rosters, facts and stored
// results stream by in the order of partners, packed in batches, so that memory doesn't grow with the channel. At
// night it checks the incremental path; after a new version it's what fills the results.
func (s *Service) RefreshAll(ctx context.Context, at time.Time) (Refreshed, error) {
	at = s.now(at)
	q := s.db.Read()
	r := &refresh{s: s, at: at}
	var stop func()
	r.results, stop = pull(func(yield func(Result) error) error { return eachResult(ctx, q, yield) })
	defer stop()
	err := s.ReadFleet(ctx, q, s.stand().active, at, "", func(b *FleetBatch) error { return r.flush(ctx, b) })
	if late := r.written(); err == nil {
		err = late
	}
	if err == nil {
		s.log.Info("all evaluation results checked", "partners", r.done.Partners, "new", r.done.Rows, "different", r.done.Different)
	}
	return r.done, err
}

// A refresh is one full pass.
type refresh struct {
	s       *Service
	at      time.Time
	results *puller[Result]
	writing chan error // the outcome of the batch that is being stored; nil = none is
	done    Refreshed
}

// flush evaluates the batch, compares it with what is stored, and stores what is new. What differs is evaluated again
// in a transaction of its own, so that a pass never undoes what is newer than its reading.
func (r *refresh) flush(ctx context.Context, b *FleetBatch) error {
	computed := r.evaluate(b)
	versions := len(b.Fleet.Versions())
	r.done.Partners += len(b.Partners)
	var fresh []Result
	for i, p := range b.Partners {
		stored, err := take(r.results, p.ID, func(x Result) string { return x.Account })
		if err != nil {
			return err
		}
		differs := false
		for _, x := range computed[i*versions : (i+1)*versions] {
			switch j := indexResult(stored, x); {
			case j < 0:
				fresh = append(fresh, x)
			case !stored[j].same(x):
				r.done.Different++
				differs = true
			}
		}
		if differs {
			if err := r.s.db.UpdateAt(ctx, r.at, func(tx *db.Tx) error { return r.s.settle(ctx, tx, p.ID) }); err != nil {
				return err
			}
		}
	}
	r.done.Rows += len(fresh)
	return r.write(ctx, fresh)
}

// write stores new results while the next batch is read; it waits until those of the batch before are stored.
func (r *refresh) write(ctx context.Context, fresh []Result) error {
	if err := r.written(); err != nil || len(fresh) == 0 {
		return err
	}
	done := make(chan error, 1)
	r.writing = done
	go func() {
		done <- r.s.db.UpdateAt(ctx, r.at, func(tx *db.Tx) error { return addResults(ctx, tx, fresh) })
	}()
	return nil
}

// written waits for the batch that is being stored.
func (r *refresh) written() error {
	if r.writing == nil {
		return nil
	}
	err := <-r.writing
	r.writing = nil
	return err
}

func indexResult(rs []Result, x Result) int {
	return slices.IndexFunc(rs, func(y Result) bool { return y.Program == x.Program && y.Version == x.Version })
}

// evaluate computes the results of the batch, by partner, then version.
func (r *refresh) evaluate(b *FleetBatch) []Result {
	vs := b.Fleet.Versions()
	out := make([]Result, len(b.Partners)*len(vs))
	day := calendar.DayOf(r.at)
	b.Fleet.Evaluate(day, program.Hold, 0, func(partner int, x *program.Result) {
		for v, spec := range vs {
			o := &out[partner*len(vs)+v]
			o.Account, o.Program, o.Version, o.At = b.Partners[partner].ID, spec.Program, spec.Number, r.at
			if best := x.Best[v]; best >= 0 {
				o.HoldLevel = spec.Levels[best].ID
			}
		}
	})
	charts := make([]program.Chart, len(vs))
	for v := range vs {
		charts[v] = b.Fleet.Chart(v)
	}
	b.Fleet.Evaluate(day, program.Apply, 0, func(partner int, x *program.Result) {
		for v, spec := range vs {
			o := &out[partner*len(vs)+v]
			if best := x.Best[v]; best >= 0 {
				o.ApplyLevel = spec.Levels[best].ID
			}
			o.NextLevel, o.Line = charts[v].Next(x)
		}
	})
	return out
}
