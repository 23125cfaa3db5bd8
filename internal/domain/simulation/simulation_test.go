package simulation_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/program"
	"hanse/internal/domain/simulation"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/outbox"
)

func TestAStricterDraftIsSimulatedAndPublishedForEverybody(t *testing.T) {
	each(t, func(w *world) {
		big, small := w.firm("Big", "2028-01-01"), w.partner("Small", account.Reseller)
		w.drain()
		d := w.draft("2026", stricter)
		if d.Ref() != "h3c-star@2026" || d.Edition != 2 {
			t.Fatalf("draft %s, edition %d", d.Ref(), d.Edition)
		}
		r, err := w.s.Readiness(w.ctx(), w.auditor, d.ID)
		w.must(err)
		if r.Ready() || r.Checked.Failed() == 0 || r.Simulation != nil {
			t.Fatalf("a stricter text with the old cases: %+v, want failing cases and no simulation", r.Steps)
		}
		_, err = w.s.Publish(w.ctx(), w.manager, d.ID, d.Edition, r.From)
		w.wants(fault.KindInvalid, err, "publishing before it's ready")
		if got := fields(err); got != "cases simulation" {
			t.Errorf("refused for %s, want cases and simulation", got)
		}
		d, err = w.s.SaveDraft(w.ctx(), w.manager, d.ID, d.Edition, d.Source, oneCase("h3c-star@2026", "none"))
		w.must(err)
		m := w.simulate(simulation.Ask{Draft: d.ID})
		if c := m.Counts; m.State != simulation.Done || c.Lose != 1 || c.Stay != 1 || c.Lines[simulation.Lose]["senior-engineer"] != 1 ||
			c.Moves["four-star>three-star"] != 1 || c.Old["four-star"] != 1 || c.New["three-star"] != 1 || c.New[""] != 1 {
			t.Fatalf("simulation %s: %+v", m.State, c)
		}
		e, err := w.s.Explain(w.ctx(), w.auditor, m.ID, big.Account)
		w.must(err)
		if e.Before.BestLevel != "four-star" || e.After.BestLevel != "three-star" || e.Stored == nil || e.Stored.Line != "senior-engineer" {
			t.Errorf("explanation: %s, %s, %+v", e.Before.BestLevel, e.After.BestLevel, e.Stored)
		}
		w.publishes(d, big, small)
	})
}

// publishes publishes a simulated draft, and looks at every place where it must be seen.
func (w *world) publishes(d simulation.Draft, big, small actor.Actor) {
	w.t.Helper()
	_, err := w.s.Publish(w.ctx(), w.manager, d.ID, d.Edition, day("2020-01-01"))
	w.wants(fault.KindInvalid, err, "publishing for the past")
	_, err = w.s.Publish(w.ctx(), w.auditor, d.ID, d.Edition, day("2026-09-01"))
	w.wants(fault.KindDenied, err, "publishing by an auditor")
	ref, err := w.s.Publish(w.ctx(), w.manager, d.ID, d.Edition, day("2026-09-01"))
	w.must(err)
	v, ok := w.q.Find(ref)
	if !ok || v.EffectiveFrom != day("2026-09-01") {
		w.t.Fatalf("%s isn't loaded, or for another day: %+v", ref, v)
	}
	if _, cases, _ := w.q.Source(ref); !strings.Contains(cases, "One case") {
		w.t.Errorf("the test cases didn't come along: %.80q", cases)
	}
	other := w.another(nil) // a restart, or another process
	if v, ok := other.Find(ref); !ok || v.EffectiveFrom != day("2026-09-01") {
		w.t.Errorf("another process doesn't know %s", ref)
	}
	w.drain()
	results, err := w.q.Results(w.ctx(), w.manager, big.Account)
	w.must(err)
	found := false
	for _, r := range results {
		found = found || r.Version == "2026" && r.HoldLevel == "three-star"
	}
	if !found {
		w.t.Errorf("no result under the new version: %+v", results)
	}
	if n := len(w.told["program.published"]); n != 1 {
		w.t.Errorf("told %d times of the publication, want once", n)
	}
	if got := w.told["program.announced"]; len(got) != 1 || got[0].Account != big.Account {
		w.t.Errorf("announced to %+v, want the one for whom something changes", got)
	} else if a, err := outbox.As[simulation.Announced](got[0]); err != nil || a.OldLevel != "four-star" || a.NewEN == "" || a.LineZH == "" || a.From != day("2026-09-01") {
		w.t.Errorf("announcement %+v, %v", a, err)
	}
	_, err = w.s.Publish(w.ctx(), w.manager, d.ID, d.Edition, day("2026-09-01"))
	w.wants(fault.KindConflict, err, "publishing twice")
	w.wants(fault.KindConflict, w.s.DiscardDraft(w.ctx(), w.manager, d.ID, d.Edition+1), "discarding what is published")
	_ = small
}

func oneCase(ref, level string) string {
	return "program: " + ref + "\nat: 2026-10-01\ncases:\n  - name: One case\n    roster: []\n    expect: {best_level: " + level + "}\n"
}

func fields(err error) string {
	var out []string
	if f := fault.Of(err); f != nil {
		for _, x := range f.Fields {
			out = append(out, x.Name)
		}
	}
	return strings.Join(out, " ")
}

func TestASimulationLetsOnlyItsOwnTextBePublishedAndForADayOnly(t *testing.T) {
	each(t, func(w *world) {
		d := w.draft("2026", stricter)
		d, err := w.s.SaveDraft(w.ctx(), w.manager, d.ID, d.Edition, d.Source, oneCase(d.Ref(), "none"))
		w.must(err)
		ready := func() bool {
			r, err := w.s.Readiness(w.ctx(), w.manager, d.ID)
			w.must(err)
			return r.Ready()
		}
		w.simulate(simulation.Ask{Draft: d.ID})
		if !ready() {
			t.Fatal("not ready after a simulation")
		}
		before := d
		d, err = w.s.SaveDraft(w.ctx(), w.manager, d.ID, d.Edition, d.Source+"# one remark more\n", d.Cases)
		w.must(err)
		if ready() {
			t.Error("ready, though the text was changed after the simulation")
		}
		_, err = w.s.SaveDraft(w.ctx(), w.manager, d.ID, before.Edition, "text: lost", "")
		w.wants(fault.KindConflict, err, "saving over what somebody else saved")
		d, err = w.s.SaveDraft(w.ctx(), w.manager, d.ID, d.Edition, before.Source, before.Cases)
		w.must(err)
		if !ready() {
			t.Error("not ready with the simulated text again")
		}
		w.c.Advance(24*time.Hour + time.Minute)
		if ready() {
			t.Error("ready by a simulation older than a day")
		}
		saves, _, err := w.s.Saves(w.ctx(), w.auditor, d.ID, "", 10)
		w.must(err)
		if len(saves) != 5 || saves[0].Edition != 5 {
			t.Errorf("%d saves, want the five texts", len(saves))
		}
		old, err := w.s.Save(w.ctx(), w.auditor, d.ID, 4)
		w.must(err)
		if !strings.Contains(old.Source, "one remark more") {
			t.Error("the text of a save is lost")
		}
	})
}

func TestASimulationIsCancelledAndResumed(t *testing.T) {
	each(t, func(w *world) {
		w.firm("Big", "2028-01-01")
		d := w.draft("2026", stricter)
		m, err := w.s.Simulate(w.ctx(), w.manager, simulation.Ask{Draft: d.ID})
		w.must(err)
		again, err := w.s.Simulate(w.ctx(), w.manager, simulation.Ask{Draft: d.ID})
		w.must(err)
		if again.ID != m.ID {
			t.Error("a second click starts a second simulation")
		}
		w.wants(fault.KindConflict, w.s.ResumeSimulation(w.ctx(), w.manager, m.ID), "resuming what runs")
		w.must(w.s.CancelSimulation(w.ctx(), w.manager, m.ID))
		w.drain()
		m, err = w.s.Simulation(w.ctx(), w.manager, m.ID)
		w.must(err)
		if m.State != simulation.Cancelled || m.Partners != 0 {
			t.Errorf("a cancelled simulation is %s after %d partners", m.State, m.Partners)
		}
		w.must(w.s.ResumeSimulation(w.ctx(), w.manager, m.ID))
		w.drain()
		m, err = w.s.Simulation(w.ctx(), w.manager, m.ID)
		w.must(err)
		if m.State != simulation.Done || m.Partners != 1 || m.Total != 1 || m.Share() != 1 {
			t.Errorf("after resuming: %s, %d of %d", m.State, m.Partners, m.Total)
		}
		w.wants(fault.KindConflict, w.s.CancelSimulation(w.ctx(), w.manager, m.ID), "cancelling what is done")
	})
}

func TestWhatADraftGetsWrongIsSaidWithItsPlace(t *testing.T) {
	each(t, func(w *world) {
		d := w.draft("2026", stricter)
		c, err := w.s.Check(w.ctx(), w.auditor, strings.Replace(d.Source, "hotline: {}", "hotlines: {}", 1), d.Cases)
		w.must(err)
		if len(c.Problems) == 0 || c.Problems[0].Line < 50 || c.Version != nil || c.Good() {
			t.Errorf("an unknown key: %+v", c.Problems)
		}
		c, err = w.s.Check(w.ctx(), w.auditor, strings.Replace(d.Source, `version: "2026"`, `version: "2022"`, 1), d.Cases)
		w.must(err)
		if len(c.Problems) != 1 || c.Problems[0].Line != 6 || len(c.CaseProblems) != 1 {
			t.Errorf("a number that is taken, and cases of another version: %+v, %+v", c.Problems, c.CaseProblems)
		}
		c, err = w.s.Check(w.ctx(), w.auditor, d.Source, d.Cases)
		w.must(err)
		if len(c.Problems) != 0 || c.Failed() == 0 || c.Failed() == len(c.Cases) {
			t.Errorf("a good text with cases of the old one: %v, %d of %d fail", c.Problems, c.Failed(), len(c.Cases))
		}
		c, err = w.s.Check(w.ctx(), w.auditor, "\x00", "")
		if w.wants(fault.KindInvalid, err, "bytes that are no text"); len(c.Cases) > 0 {
			t.Error("cases of nothing")
		}
		for name, n := range map[string]simulation.NewDraft{
			"name number": {From: "h3c-star@2025", Number: "a b"}, "number": {Name: "x", From: "h3c-star@2025", Number: "2022"}, "source": {Name: "x"},
		} {
			_, err := w.s.StartDraft(w.ctx(), w.manager, n)
			if got := fields(err); got != name {
				t.Errorf("StartDraft(%+v) is refused for %q, want %q", n, got, name)
			}
		}
		for what, a := range map[string]simulation.Ask{
			"at": {Draft: d.ID, At: w.c.Now().AddDate(0, 0, -2)}, "for": {Draft: d.ID, For: "fun"}, "against": {Draft: d.ID, Against: "h3c-star@1900"},
		} {
			_, err := w.s.Simulate(w.ctx(), w.manager, a)
			if got := fields(err); got != what {
				t.Errorf("Simulate(%+v) is refused for %q, want %q", a, got, what)
			}
		}
	})
}

func TestOnlyProgramManagersWriteAndAuditorsLook(t *testing.T) {
	each(t, func(w *world) {
		d := w.draft("2026", stricter)
		m := w.simulate(simulation.Ask{Draft: d.ID})
		reviewer, partner := w.f.VendorUser(actor.Reviewer), w.f.Partner("North")
		for _, by := range []actor.Actor{reviewer, partner} {
			_, err := w.s.Draft(w.ctx(), by, d.ID)
			w.wants(fault.KindDenied, err, "reading a draft")
			_, err = w.s.Simulation(w.ctx(), by, m.ID)
			w.wants(fault.KindDenied, err, "reading a simulation")
		}
		_, err := w.s.SaveDraft(w.ctx(), w.auditor, d.ID, d.Edition, d.Source, "")
		w.wants(fault.KindDenied, err, "an auditor saving")
		_, err = w.s.Simulate(w.ctx(), w.auditor, simulation.Ask{Draft: d.ID})
		w.wants(fault.KindDenied, err, "an auditor simulating")
		_, err = w.s.Draft(w.ctx(), w.manager, "drf_nothing")
		w.wants(fault.KindNotFound, err, "a draft that isn't there")
		_, err = w.s.Explain(w.ctx(), w.auditor, m.ID, "00000000000000000000000000000000")
		w.wants(fault.KindNotFound, err, "explaining nobody")
	})
}

// TestAWorkerThatDiesIsFollowedByOneThatGoesOn stops a pass between batches, as a killed process does.
func TestAWorkerThatDiesIsFollowedByOneThatGoesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := newWorld(t, d, c)
		for i := range 3 {
			w.firm(fmt.Sprint("Firm ", i), "2028-01-01")
		}
		w.drain()
		draft := w.draft("2026", stricter)
		errKilled := errors.New("killed")
		simulation.StopAfter(w.s, 1, errKilled)
		m, err := w.s.Simulate(w.ctx(), w.manager, simulation.Ask{Draft: draft.ID})
		w.must(err)
		w.drain()
		m, err = w.s.Simulation(w.ctx(), w.manager, m.ID)
		w.must(err)
		if m.State != simulation.Running || m.Partners != 1 {
			t.Fatalf("a worker that died left %s after %d partners", m.State, m.Partners)
		}
		simulation.StopAfter(w.s, 0, nil)
		c.Advance(time.Hour)
		w.drain()
		m, err = w.s.Simulation(w.ctx(), w.manager, m.ID)
		w.must(err)
		kept, _, err := w.s.Outcomes(w.ctx(), w.manager, m.ID, simulation.OutcomeFilter{OldLevel: simulation.AnyLevel, NewLevel: simulation.AnyLevel})
		w.must(err)
		if m.State != simulation.Done || m.Counts.Lose != 3 || len(kept) != 3 {
			t.Errorf("after the second worker: %s, %+v, %d kept", m.State, m.Counts, len(kept))
		}
	})
}

func TestTheListPagesByNameAndNarrows(t *testing.T) {
	each(t, func(w *world) {
		for _, n := range []string{"Delta", "Alpha", "Charlie", "Bravo"} {
			w.firm(n, "2028-01-01")
		}
		w.drain()
		m := w.simulate(simulation.Ask{Draft: w.draft("2026", stricter).ID})
		var names []string
		f := simulation.OutcomeFilter{Effect: simulation.Lose, Line: "senior-engineer", OldLevel: "four-star", NewLevel: simulation.AnyLevel, Limit: 3}
		for {
			list, next, err := w.s.Outcomes(w.ctx(), w.manager, m.ID, f)
			w.must(err)
			for _, o := range list {
				names = append(names, o.Name)
			}
			if f.After = next; next == "" {
				break
			}
		}
		if got := strings.Join(names, " "); got != "Alpha Bravo Charlie Delta" {
			t.Errorf("by name: %s", got)
		}
		none, _, err := w.s.Outcomes(w.ctx(), w.manager, m.ID, simulation.OutcomeFilter{OldLevel: simulation.AnyLevel, NewLevel: simulation.AnyLevel, HeldOnly: true})
		w.must(err)
		if len(none) != 0 {
			t.Errorf("%d hold a qualification, want none", len(none))
		}
	})
}

func TestATrialKeepsNothing(t *testing.T) {
	each(t, func(w *world) {
		w.firm("Big", "2028-01-01")
		w.drain()
		source, _, _ := w.q.Source("h3c-star@2025")
		text := strings.Replace(stricter(source), `version: "2025"`, `version: "trial"`, 1)
		n := 0
		tried, err := w.s.Try(w.ctx(), actor.Program("cli"), simulation.Trial{Source: text}, func(o *simulation.Outcome) error { n++; return nil })
		w.must(err)
		if tried.Counts.Lose != 1 || n != 1 || tried.Old.Ref() != "h3c-star@2025" || tried.For != program.Hold {
			t.Errorf("trial: %+v, %d outcomes", tried.Counts, n)
		}
		list, _, err := w.s.Simulations(w.ctx(), w.manager, simulation.Filter{})
		w.must(err)
		if len(list) != 0 {
			t.Errorf("%d simulations are kept", len(list))
		}
	})
}
