package qualification

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/db"
)

// A FleetBatch is some partners with their packed facts, in the order of their ids. The list is valid until the function
// that gets it returns; the fleet is that function's to keep.
type FleetBatch struct {
	Fleet    *program.Fleet
	Partners []Partner // by their number in the fleet
}

// ReadFleet packs the facts of all partners whose id is greater than after ("" = all), as of an instant, for the
// versions of a library, and hands them on in batches. Rosters and facts stream by, so that memory doesn't grow with
// the people and certificates of the channel; what the vendor granted, which is little, is read whole beforehand. It
// asks no permission.
func (s *Service) ReadFleet(ctx context.Context, q db.Querier, lib *program.Library, at time.Time, after string, use func(*FleetBatch) error) error {
	granted, err := readGranted(ctx, q, at)
	if err != nil {
		return err
	}
	r := &fleetReader{lib: lib, after: after, use: use, granted: granted}
	var stop [2]func()
	r.partners, stop[0] = pull(func(yield func(Partner) error) error { return s.src.EachPartner(ctx, q, yield) })
	defer stop[0]()
	r.facts, stop[1] = pull(func(yield func(declaredFacts) error) error {
		return eachServiceFacts(ctx, q, at, func(x ownedFacts) error {
			d := declaredFacts{account: x.account}
			if err := json.Unmarshal([]byte(x.body), &d.facts); err != nil {
				return fmt.Errorf("service facts of %s: %w", x.account, err)
			}
			return yield(d)
		})
	})
	defer stop[1]()
	if err := r.reset(); err != nil {
		return err
	}
	err = s.src.Fleet(ctx, q, r.row)
	if err == nil {
		err = r.advance("") // partners without anybody come after the last row
	}
	if err == nil {
		err = r.flush()
	}
	return err
}

// A fleetReader merges the streams of partners, of their facts and of their people.
type fleetReader struct {
	lib      *program.Library
	after    string
	use      func(*FleetBatch) error
	partners *puller[Partner]
	facts    *puller[declaredFacts]
	granted  map[string]granted

	batch           FleetBatch
	most            int    // partners in a batch
	current         string // whose rows are coming
	known           bool   // and that it's a partner to be read
	person          int
	named           []string
	manager         string
	projectManagers []string
}

// declaredFacts are service facts in the stream of all partners'.
type declaredFacts struct {
	account string
	facts   ServiceFacts
}

// granted is what the vendor granted, passed and attested to one partner.
type granted struct {
	holdings  []program.Holding
	materials []program.Material
	attested  []program.Attestation
}

// readGranted reads it for all partners, one query for each kind. It is read before the streams are opened: each of
// those keeps a connection.
func readGranted(ctx context.Context, q db.Querier, at time.Time) (map[string]granted, error) {
	out := map[string]granted{}
	err := eachHolding(ctx, q, at, func(x ownedHolding) error {
		g := out[x.account]
		g.holdings = append(g.holdings, x.Holding)
		out[x.account] = g
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = material.EachFact(ctx, q, at, func(partner string, m program.Material) error {
		g := out[partner]
		g.materials = append(g.materials, m)
		out[partner] = g
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, eachAttestation(ctx, q, at, func(x Attestation) error {
		g := out[x.Account]
		g.attested = append(g.attested, x.fact())
		out[x.Account] = g
		return nil
	})
}

// fleetBatch is how many partners are packed and evaluated together: fewer the more versions there are, because each
// gives a result for each partner, so that a batch stays at a few megabytes.
func fleetBatch(versions int) int { return max(250, 12_000/max(3, versions)) }

func (r *fleetReader) reset() (err error) {
	r.batch.Partners = r.batch.Partners[:0]
	if r.batch.Fleet, err = program.NewFleet(r.lib); err != nil {
		return err
	}
	r.most = fleetBatch(len(r.batch.Fleet.Versions()))
	r.batch.Fleet.Grow(r.most, 4*r.most, 12*r.most)
	return nil
}

func (r *fleetReader) flush() error {
	if len(r.batch.Partners) == 0 {
		return nil
	}
	if err := r.use(&r.batch); err != nil {
		return err
	}
	return r.reset()
}

// row takes one certificate of one person.
func (r *fleetReader) row(x *roster.FleetRow) error {
	if x.Partner != r.current {
		if err := r.advance(x.Partner); err != nil {
			return err
		}
		r.current, r.person = x.Partner, -1
	}
	if !r.known {
		return nil
	}
	if x.Person != r.person {
		r.person = x.Person
		r.batch.Fleet.Person(x.BoundOn, x.LeftOn, x.Registered, slices.Contains(r.named, x.Binding), r.manager != "" && r.manager == x.Binding)
		if x.Unconfirmed {
			r.batch.Fleet.Unconfirmed(x.CountsUntil)
		}
		if slices.Contains(r.projectManagers, x.Binding) {
			r.batch.Fleet.Appointed()
		}
	}
	if x.Code != "" {
		r.batch.Fleet.Certificate(r.lib.Catalogue.Code([]byte(x.Code)), x.IssuedOn, x.ExpiresOn)
	}
	return nil
}

// advance begins every partner up to and including the one whose rows come next ("" = all that are left).
func (r *fleetReader) advance(next string) error {
	r.known = false
	for !r.known {
		p, ok, err := r.partners.peek()
		if err != nil || !ok || next != "" && p.ID > next {
			return err
		}
		r.partners.drop()
		if p.ID <= r.after {
			if p.ID == next {
				return nil
			}
			continue
		}
		if len(r.batch.Partners) == r.most {
			if err := r.flush(); err != nil {
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

// begin starts a partner with everything that doesn't hang on its people.
func (r *fleetReader) begin(p Partner) error {
	declared, err := take(r.facts, p.ID, func(x declaredFacts) string { return x.account })
	if err != nil {
		return err
	}
	var sf ServiceFacts
	if n := len(declared); n > 0 {
		sf = declared[n-1].facts
	}
	r.named, r.manager = sf.NamedEngineers, sf.ServiceManager
	r.projectManagers = sf.ProjectManagers
	f, g := assemble(p, nil, sf), r.granted[p.ID]
	f.Holdings, f.Materials, f.Attestations = g.holdings, g.materials, g.attested
	r.batch.Fleet.Begin(f)
	r.batch.Partners = append(r.batch.Partners, p)
	return nil
}

var errStopped = errors.New("stopped")

// pullAtOnce is how many rows go from the reading goroutine to the asking one together.
const pullAtOnce = 256

// pull turns a function that pushes rows into one that is asked for them. It reads ahead on a goroutine of its own, a
// few hundred rows at most. stop must be called.
func pull[T any](each func(yield func(T) error) error) (p *puller[T], stop func()) {
	chunks, ended, done := make(chan chunk[T], 2), make(chan struct{}), make(chan struct{})
	send := func(c chunk[T]) error {
		select {
		case chunks <- c:
			return nil
		case <-ended:
			return errStopped
		}
	}
	go func() {
		defer close(done)
		defer close(chunks)
		var rows []T
		err := each(func(v T) error {
			if rows = append(rows, v); len(rows) < pullAtOnce {
				return nil
			}
			full := rows
			rows = make([]T, 0, pullAtOnce)
			return send(chunk[T]{rows: full})
		})
		if !errors.Is(err, errStopped) {
			_ = send(chunk[T]{rows, err}) // nobody asks any more: nothing is lost
		}
	}()
	return &puller[T]{chunks: chunks}, func() { close(ended); <-done }
}

// A chunk is some rows, and why no more follow.
type chunk[T any] struct {
	rows []T
	err  error
}

// A puller gives rows in order and can look one ahead.
type puller[T any] struct {
	chunks <-chan chunk[T]
	rows   []T
	err    error
}

func (p *puller[T]) peek() (v T, ok bool, err error) {
	for len(p.rows) == 0 {
		if p.err != nil {
			return v, false, p.err
		}
		c, more := <-p.chunks
		if !more {
			return v, false, nil
		}
		p.rows, p.err = c.rows, c.err
	}
	return p.rows[0], true, nil
}

func (p *puller[T]) drop() { p.rows = p.rows[1:] }

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
