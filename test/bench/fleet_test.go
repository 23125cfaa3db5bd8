//go:build bench

package bench

import (
	"context"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// sample is how many partners the plain way does in a round; its time is scaled up to all.
const sample = 1000

// The limits of a full pass.
const (
	leastRatio = 20
	mostMemory = 64.0 // MiB beyond what the program had
)

// measureFleets evaluates the whole channel, from the database to stored results, against the plain way: for each
// partner one query and one evaluation.
func measureFleets(t *testing.T, r *report) {
	r.say("%d partners (the %d largest hold a tenth), %d certificates, %d versions of programs", partners, largest, certificates, len(newWorld(t, dbtest.SQLite(t)).lib.Versions()))
	t.Run("postgres", func(t *testing.T) { measureFleet(t, r, dbtest.Postgres(t), "PostgreSQL", true) })
	t.Run("sqlite", func(t *testing.T) { measureFleet(t, r, dbtest.SQLite(t), "SQLite", false) })
}

// measureFleet holds the limits when held says so; otherwise one round shows the figures.
func measureFleet(t *testing.T, r *report, dsn, name string, held bool) {
	w := newWorld(t, dsn)
	r.say("%s: planted in %v", name, round(timed(func() { plant(t, w) })))
	var bulk, again, plain, unstored samples
	var extra int64
	times := rounds
	if !held {
		times = 1
	}
	for n := range times {
		clearResults(t, w)
		fast := func() {
			took, memory := fullPass(t, w)
			bulk, extra = append(bulk, took), max(extra, memory)
			again = append(again, timed(func() { refresh(t, w) }))
		}
		slow := func() {
			plain = append(plain, scaled(timed(func() { eachPartner(t, w, n, true) })))
			unstored = append(unstored, scaled(timed(func() { eachPartner(t, w, n, false) })))
		}
		if n%2 == 0 {
			fast()
			slow()
		} else {
			slow()
			clearResults(t, w)
			fast()
		}
	}
	r.say("%s: everything evaluated and stored              %v", name, bulk)
	r.say("%s: everything evaluated and compared again      %v", name, again)
	r.say("%s: plain way, %d partners scaled to all       %v", name, sample, plain)
	r.say("%s: plain way without storing, scaled likewise   %v", name, unstored)
	if !held {
		r.say("%-58s %9.4g", name+": ratio to the plain way", medianRatio(plain, bulk))
		r.say("%-58s %9.4g MiB", name+": extra memory", float64(extra)/(1<<20))
		return
	}
	r.limit(name+": ratio to the plain way", medianRatio(plain, bulk), leastRatio, "", true)
	r.say("%-58s %9.4g", name+": ratio to the plain way that stores nothing", medianRatio(unstored, bulk))
	r.limit(name+": extra memory", float64(extra)/(1<<20), mostMemory, "MiB", false)
}

func scaled(d time.Duration) time.Duration { return d * partners / sample }

// clearResults empties the table: a pass then stores every result, which is the most it can have to do.
func clearResults(t *testing.T, w *world) {
	t.Helper()
	text := `DELETE FROM evaluation_result`
	if w.d.Postgres() {
		text = `TRUNCATE evaluation_result` // what is deleted would stay in the way of the next round
	}
	must(t, w.d.Update(t.Context(), func(tx *db.Tx) error { _, err := db.Exec(t.Context(), tx, text); return err }))
}

// fullPass is one pass, with the growth of the memory that the process occupies.
func fullPass(t *testing.T, w *world) (took time.Duration, extra int64) {
	t.Helper()
	debug.FreeOSMemory() // what planting left must not be there for the pass to use
	before := private()
	peak := watchMemory()
	took = timed(func() { refresh(t, w) })
	return took, peak() - before
}

func refresh(t *testing.T, w *world) {
	t.Helper()
	done, err := w.stars.RefreshAll(t.Context(), dbtest.Start)
	must(t, err)
	if done.Partners != partners || done.Different != 0 {
		t.Fatalf("RefreshAll = %+v, want %d partners and no difference", done, partners)
	}
}

// watchMemory looks at the process many times a second until its result is called, which is the most it saw.
func watchMemory() (peak func() int64) {
	stop, most := make(chan bool), make(chan int64)
	go func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		var high int64
		for {
			high = max(high, private())
			select {
			case <-stop:
				most <- high
				return
			case <-tick.C:
			}
		}
	}()
	return func() int64 { close(stop); return <-most }
}

// eachPartner is the plain way: a query for the people, an evaluation for each version, and a statement for each
// result. The partners of a sample are spread evenly over small and large.
func eachPartner(t *testing.T, w *world, round int, store bool) {
	t.Helper()
	for i := range sample {
		id := partner(i*(partners/sample) + round)
		people, err := readPeople(t.Context(), w.d.Read(), id)
		must(t, err)
		f := &program.Facts{People: people, Hotline: program.Hotline7x24, IssueTracking: program.TrackingAutomatic, ServiceEmail: true, EventsAttended: 3}
		var found []string
		for _, v := range w.lib.Versions() {
			found = append(found, program.Evaluate(v, f, dbtest.Start, program.Hold).BestLevel)
		}
		if !store {
			continue
		}
		must(t, w.d.Update(t.Context(), func(tx *db.Tx) error {
			for k, v := range w.lib.Versions() {
				if err := storeResult(t.Context(), tx, id, v, found[k]); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

// readPeople is as lean as one query for one partner can be.
func readPeople(ctx context.Context, q db.Querier, id string) ([]program.Person, error) {
	return db.All(ctx, q, func(r db.Row) (p program.Person, err error) {
		var bound, left, held string
		if err := r.Scan(&p.ID, &bound, &left, &p.Registered, &held); err != nil {
			return p, err
		}
		p.BoundOn, p.LeftOn = program.ISODay([]byte(bound)), program.ISODay([]byte(left))
		for one := range strings.SplitSeq(strings.TrimPrefix(held, ";"), ";") {
			if part := strings.Split(one, ":"); len(part) == 3 {
				issued, err := strconv.Atoi(part[1])
				if err != nil {
					return p, err
				}
				p.Certificates = append(p.Certificates, program.Certificate{Code: part[0], IssuedOn: calendar.Day(issued)})
			}
		}
		return p, nil
	}, `SELECT id, bound_on, left_on, registered, held FROM binding WHERE account_id = $1`, id)
}

func storeResult(ctx context.Context, tx *db.Tx, id string, v *program.Version, level string) error {
	return db.Change(ctx, tx, `INSERT INTO evaluation_result (account_id, program_id, version, hold_level, apply_level, next_level, line, at)
		VALUES ($1, $2, $3, $4, $4, '', '', $5) ON CONFLICT (account_id, program_id, version) DO UPDATE SET hold_level = excluded.hold_level`,
		id, v.Program, v.Number, level, dbtest.Start.UnixMicro())
}
