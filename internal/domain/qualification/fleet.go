package qualification

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/roster"
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
	r := &refresh{s: s, at: at, lib: s.stand().active}
	var stop [3]func()
	r.partners, stop[0] = pull(func(yield func(Partner) error) error { return s.src.EachPartner(ctx, q, yield) })
	defer stop[0]()
	r.facts, stop[1] = pull(func(yield func(ownedFacts) error) error { return eachServiceFacts(ctx, q, at, yield) })
	defer stop[1]()
	r.results, stop[2] = pull(func(yield func(Result) error) error { return eachResult(ctx, q, yield) })
	defer stop[2]()
	if err := r.reset(); err != nil {
		return r.done, err
	}
	err := s.src.Fleet(ctx, q, func(row *roster.FleetRow) error { return r.row(ctx, row) })
	if err == nil {
		err = r.advance(ctx, "") // partners without anybody come after the last row
	}
	if err == nil {
		err = r.flush(ctx)
	}
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
	s        *Service
	at       time.Time
	lib      *program.Library
	partners *puller[Partner]
	facts    *puller[ownedFacts]
	results  *puller[Result]

	fleet   *program.Fleet
	ids     []string // of the fleet's partners
	current string   // whose rows are coming
	known   bool     // and that it's a partner
	person  int
	named   []string
	manager string
	writing chan error // the outcome of the batch that is being stored; nil = none is
	done    Refreshed
}

// refreshBatch is how many partners are packed and evaluated together: a few megabytes.
const refreshBatch = 4000

func (r *refresh) reset() (err error) {
	r.ids = r.ids[:0]
	if r.fleet, err = program.NewFleet(r.lib); err != nil {
		return err
	}
	r.fleet.Grow(refreshBatch, 4*refreshBatch, 12*refreshBatch)
	return nil
}

// row takes one certificate of one person.
func (r *refresh) row(ctx context.Context, x *roster.FleetRow) error {
	if x.Partner != r.current {
		if err := r.advance(ctx, x.Partner); err != nil {
			return err
		}
		r.current, r.person = x.Partner, -1
	}
	if !r.known {
		return nil
	}
	if x.Person != r.person {
		r.person = x.Person
		r.fleet.Person(x.BoundOn, x.LeftOn, x.Registered, slices.Contains(r.named, x.Binding), r.manager != "" && r.manager == x.Binding)
	}
	if x.Code != "" {
		r.fleet.Certificate(r.lib.Catalogue.Code([]byte(x.Code)), x.IssuedOn, x.ExpiresOn)
	}
	return nil
}

// advance begins every partner up to and including the one whose rows come next ("" = all that are left).
func (r *refresh) advance(ctx context.Context, next string) error {
	r.known = false
	for !r.known {
		p, ok, err := r.partners.peek()
		if err != nil || !ok || next != "" && p.ID > next {
			return err
		}
		r.partners.drop()
		if len(r.ids) == refreshBatch {
			if err := r.flush(ctx); err != nil {
				return err
			}
		}
		if err := r.begin(p); err != nil {
			return err
		}
		r.known = p.ID == next
	}
	return nil
}

func (r *refresh) begin(p Partner) error {
	declared, err := take(r.facts, p.ID, func(x ownedFacts) string { return x.account })
	if err != nil {
		return err
	}
	var sf ServiceFacts
	if n := len(declared); n > 0 {
		if err := json.Unmarshal([]byte(declared[n-1].body), &sf); err != nil {
			return fmt.Errorf("service facts of %s: %w", p.ID, err)
		}
	}
	r.named, r.manager = sf.NamedEngineers, sf.ServiceManager
	r.fleet.Begin(assemble(p, nil, sf))
	r.ids = append(r.ids, p.ID)
	r.done.Partners++
	return nil
}

// flush evaluates the batch, compares it with what is stored, and stores what is new. What differs is evaluated again
// in a transaction of its own, so that a pass never undoes what is newer than its reading.
func (r *refresh) flush(ctx context.Context) error {
	if len(r.ids) == 0 {
		return nil
	}
	computed := r.evaluate()
	versions := len(r.fleet.Versions())
	var fresh []Result
	for i, id := range r.ids {
		stored, err := take(r.results, id, func(x Result) string { return x.Account })
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
			if err := r.s.db.UpdateAt(ctx, r.at, func(tx *db.Tx) error { return r.s.settle(ctx, tx, id) }); err != nil {
				return err
			}
		}
	}
	r.done.Rows += len(fresh)
	if err := r.write(ctx, fresh); err != nil {
		return err
	}
	return r.reset()
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
func (r *refresh) evaluate() []Result {
	vs := r.fleet.Versions()
	out := make([]Result, len(r.ids)*len(vs))
	day := calendar.DayOf(r.at)
	r.fleet.Evaluate(day, program.Hold, 0, func(partner int, x *program.Result) {
		for v, spec := range vs {
			o := &out[partner*len(vs)+v]
			o.Account, o.Program, o.Version, o.At = r.ids[partner], spec.Program, spec.Number, r.at
			if best := x.Best[v]; best >= 0 {
				o.HoldLevel = spec.Levels[best].ID
			}
		}
	})
	charts := make([]chart, len(vs))
	for v, spec := range vs {
		charts[v] = newChart(r.fleet, v, spec)
	}
	r.fleet.Evaluate(day, program.Apply, 0, func(partner int, x *program.Result) {
		for v, spec := range vs {
			o := &out[partner*len(vs)+v]
			if best := x.Best[v]; best >= 0 {
				o.ApplyLevel = spec.Levels[best].ID
			}
			o.NextLevel, o.Line = charts[v].decide(x)
		}
	})
	return out
}

// A chart knows which lines each level asks in each track, to read a fleet's bits.
type chart struct {
	v      *program.Version
	first  int // of the version's stages in a fleet's result
	tracks int
	asked  []uint64 // by level, then track
}

func newChart(f *program.Fleet, version int, v *program.Version) chart {
	tracks := v.Tracks
	if len(tracks) == 0 {
		tracks = []program.Track{{ID: "main"}}
	}
	c := chart{v: v, first: f.Stage(version, 0, 0), tracks: len(tracks)}
	for _, l := range v.Levels {
		for _, t := range tracks {
			var asked uint64
			for i := range v.Lines {
				if _, need := v.Lines[i].Need[l.ID]; need && v.Lines[i].In(t.ID) {
					asked |= 1 << i
				}
			}
			c.asked = append(c.asked, asked)
		}
	}
	return c
}

// decide finds the lowest level that isn't met, and the first unmet line of its nearest track, as the engine does.
func (c chart) decide(x *program.Result) (level, line string) {
	for l := range c.v.Levels {
		var nearest uint64
		met := false
		for t := range c.tracks {
			i := l*c.tracks + t
			unmet := c.asked[i] &^ x.Met[c.first+i]
			if unmet == 0 && c.asked[i] != 0 {
				met = true
				break
			}
			if t == 0 || bits.OnesCount64(unmet) < bits.OnesCount64(nearest) {
				nearest = unmet
			}
		}
		if met {
			continue
		}
		if nearest != 0 {
			line = c.v.Lines[bits.TrailingZeros64(nearest)].ID
		}
		return c.v.Levels[l].ID, line
	}
	return "", ""
}

var errStopped = errors.New("stopped")

// pull turns a function that pushes rows into one that is asked for them. stop must be called.
func pull[T any](each func(yield func(T) error) error) (p *puller[T], stop func()) {
	next, stop := iter.Pull2(func(yield func(T, error) bool) {
		err := each(func(v T) error {
			if !yield(v, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			var zero T
			yield(zero, err)
		}
	})
	return &puller[T]{next: next}, stop
}

// A puller gives rows in order and can look one ahead.
type puller[T any] struct {
	next func() (T, error, bool)
	head T
	full bool
}

func (p *puller[T]) peek() (T, bool, error) {
	if !p.full {
		v, err, ok := p.next()
		if err != nil || !ok {
			return v, false, err
		}
		p.head, p.full = v, true
	}
	return p.head, true, nil
}

func (p *puller[T]) drop() { p.full = false }

// take gives all rows of an owner, past those of owners that come before. Owners come in ascending order.
func take[T any](p *puller[T], owner string, of func(T) string) ([]T, error) {
	var out []T
	for {
		v, ok, err := p.peek()
		if err != nil || !ok || of(v) > owner {
			return out, err
		}
		if of(v) == owner {
			out = append(out, v)
		}
		p.drop()
	}
}
