//go:build bench

package bench

import (
	"log/slog"
	"runtime/debug"
	"strings"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/program"
	"hanse/internal/domain/simulation"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/jobs"
)

// measureSimulations simulates one draft over the whole channel, as the portal does it: everybody evaluated under both
// versions, those who gain and lose stored. The plain way is, for each partner, one query for its people, one evaluation
// under each version, and one statement where they differ.
func measureSimulations(t *testing.T, r *report) {
	t.Run("postgres", func(t *testing.T) { measureSimulation(t, r, dbtest.Postgres(t), "PostgreSQL", true) })
	t.Run("sqlite", func(t *testing.T) { measureSimulation(t, r, dbtest.SQLite(t), "SQLite", false) })
}

func measureSimulation(t *testing.T, r *report, dsn, name string, held bool) {
	w := newWorld(t, dsn)
	r.say("%s: planted in %v", name, round(timed(func() { plant(t, w) })))
	s := simulation.New(w.d, w.stars, slog.New(slog.DiscardHandler))
	runner := jobs.NewRunner(w.d, slog.New(slog.DiscardHandler))
	s.Register(runner)
	by := fixture.New(t, w.d).Vendor()
	by.Roles = []actor.Role{actor.ProgramManager}
	draft, spec := stricterDraft(t, s, by)
	var fast, plain, unstored, single samples
	var extra int64
	times := rounds
	if !held {
		times = 1
	}
	for n := range times {
		simulate := func() {
			debug.FreeOSMemory()
			before := private()
			peak := watchMemory()
			fast = append(fast, timed(func() { simulateOnce(t, r, s, runner, by, draft, n == 0) }))
			extra = max(extra, peak()-before)
		}
		slow := func() {
			plain = append(plain, scaled(timed(func() { eachUnder(t, w, n, true, inForce(t, w), spec) })))
			unstored = append(unstored, scaled(timed(func() { eachUnder(t, w, n, false, inForce(t, w), spec) })))
			single = append(single, scaled(timed(func() { eachUnder(t, w, n, false, spec) })))
		}
		if n%2 == 0 {
			simulate()
			slow()
		} else {
			slow()
			simulate()
		}
	}
	r.say("%s: one draft simulated, changes stored          %v", name, fast)
	r.say("%s: plain way, %d partners scaled to all       %v", name, sample, plain)
	r.say("%s: plain way without storing, scaled likewise   %v", name, unstored)
	r.say("%s: of one version only, nothing stored          %v", name, single)
	if !held {
		r.say("%-58s %9.4g", name+": simulation, ratio to the plain way", medianRatio(plain, fast))
		return
	}
	r.limit(name+": simulation, ratio to the plain way", medianRatio(plain, fast), leastRatio, "", true)
	r.say("%-58s %9.4g", name+": ratio to the plain way that stores nothing", medianRatio(unstored, fast))
	r.say("%-58s %9.4g", name+": ratio to one version and nothing stored", medianRatio(single, fast))
	r.limit(name+": simulation, extra memory", float64(extra)/(1<<20), mostMemory, "MiB", false)
}

// stricterDraft asks more engineers of every level than the version in force.
func stricterDraft(t *testing.T, s *simulation.Service, by actor.Actor) (id string, spec *program.Version) {
	t.Helper()
	d, err := s.StartDraft(t.Context(), by, simulation.NewDraft{Name: "Stricter", From: "h3c-star@2025", Number: "bench"})
	must(t, err)
	text := strings.NewReplacer("need: {two-star: 2, three-star: 2, four-star: 2}", "need: {two-star: 4, three-star: 4, four-star: 4}",
		"need: {two-star: 200, three-star: 450, four-star: 600}", "need: {two-star: 250, three-star: 400, four-star: 600}").Replace(d.Source)
	d, err = s.SaveDraft(t.Context(), by, d.ID, d.Edition, text, "")
	must(t, err)
	c, err := s.Check(t.Context(), by, d.Source, "")
	must(t, err)
	must(t, c.Problems.Err())
	return d.ID, c.Version
}

// simulateOnce runs the whole job, from the click to the result.
func simulateOnce(t *testing.T, r *report, s *simulation.Service, runner *jobs.Runner, by actor.Actor, draft string, say bool) {
	t.Helper()
	m, err := s.Simulate(t.Context(), by, simulation.Ask{Draft: draft})
	must(t, err)
	must(t, runner.Drain(t.Context()))
	m, err = s.Simulation(t.Context(), by, m.ID)
	must(t, err)
	if m.State != simulation.Done || m.Counts.Partners() != partners {
		t.Fatalf("simulation: %s after %d partners, want all %d", m.State, m.Counts.Partners(), partners)
	}
	if say {
		r.say("of %d partners %d gain and %d lose", partners, m.Counts.Gain, m.Counts.Lose)
	}
}

func inForce(t *testing.T, w *world) *program.Version {
	t.Helper()
	v, ok := w.lib.Find("h3c-star@2025")
	if !ok {
		t.Fatal("h3c-star@2025 isn't there")
	}
	return v
}

// eachUnder is the plain way: a query for the people, an evaluation of each version, and a statement where the first
// and the last differ. The facts are such that a level hangs on the people alone.
func eachUnder(t *testing.T, w *world, round int, store bool, versions ...*program.Version) {
	t.Helper()
	for i := range sample {
		id := partner(i*(partners/sample) + round)
		people, err := readPeople(t.Context(), w.d.Read(), id)
		must(t, err)
		f := &program.Facts{People: people, Hotline: program.Hotline7x24, IssueTracking: program.TrackingAutomatic, ServiceEmail: true, EventsAttended: 3}
		if len(people) > 0 {
			f.ServiceManager = people[0].ID
		}
		var found []string
		for _, v := range versions {
			found = append(found, program.Evaluate(v, f, dbtest.Start, program.Hold).BestLevel)
		}
		if last := found[len(found)-1]; store && found[0] != last {
			must(t, w.d.Update(t.Context(), func(tx *db.Tx) error { return storeResult(t.Context(), tx, id, versions[len(versions)-1], last) }))
		}
	}
}
