package simulation_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/simulation"
	"hanse/internal/kit/actor"
)

// TestASimulationSaysOfEachPartnerWhatAnEvaluationOfBothVersionsSays compares the pass over the packed fleet with one
// evaluation for each partner, for random fleets, drafts, instants and purposes. HANSE_SEED repeats a run.
func TestASimulationSaysOfEachPartnerWhatAnEvaluationOfBothVersionsSays(t *testing.T) {
	seed := rand.Uint64()
	if n, err := strconv.ParseUint(os.Getenv("HANSE_SEED"), 10, 64); err == nil {
		seed = n
	}
	t.Logf("HANSE_SEED=%d", seed)
	each(t, func(w *world) {
		r := rand.New(rand.NewPCG(seed, 1))
		fleet := w.channel(r, 40)
		w.drain()
		moved := 0
		for n := range 12 {
			d := w.draft(fmt.Sprint("draft-", n), func(s string) string { return mutate(r, s) })
			a := simulation.Ask{Draft: d.ID, Against: pick(r, []string{"", "h3c-star@2022", "h3c-star@old"}),
				At: w.c.Now().Add(time.Duration(r.IntN(700)) * 24 * time.Hour), For: pick(r, []program.Purpose{program.Hold, program.Apply})}
			m := w.simulate(a)
			if m.State != simulation.Done || m.Counts.Partners() != int64(len(fleet)) {
				t.Fatalf("simulation %d: %s after %d partners, want all %d", n, m.State, m.Counts.Partners(), len(fleet))
			}
			moved += w.compare(m, fleet)
		}
		if moved < 20 {
			t.Errorf("only %d partners gained or lost in all: the cases are too tame", moved)
		}
	})
}

// mutate makes some lines ask for more or less at every level.
func mutate(r *rand.Rand, source string) string {
	return regexp.MustCompile(`need: \{[^}]*\d+}`).ReplaceAllStringFunc(source, func(s string) string {
		more := r.IntN(3) - 1
		if r.IntN(3) > 0 || strings.Contains(s, "x") {
			return s // hotlines are no numbers
		}
		return regexp.MustCompile(`\d+`).ReplaceAllStringFunc(s, func(digits string) string {
			n, err := strconv.Atoi(digits)
			if err != nil {
				panic(err)
			}
			return strconv.Itoa(max(1, n+more))
		})
	})
}

// compare checks every partner of a simulation, and its figures; it returns how many gained or lost.
func (w *world) compare(m simulation.Simulation, fleet []actor.Actor) (moved int) {
	w.t.Helper()
	old, new, err := w.s.Versions(w.ctx(), m)
	w.must(err)
	all := map[string]simulation.Outcome{}
	w.must(w.s.EachOutcome(w.ctx(), w.auditor, m.ID, func(o *simulation.Outcome) error {
		all[o.Account] = *o
		return nil
	}))
	kept, _, err := w.s.Outcomes(w.ctx(), w.manager, m.ID, simulation.OutcomeFilter{OldLevel: simulation.AnyLevel, NewLevel: simulation.AnyLevel, Limit: 500})
	w.must(err)
	stored := map[string]simulation.Outcome{}
	for _, o := range kept {
		stored[o.Account] = o
	}
	var gain, lose, stay int64
	for _, p := range fleet {
		f, err := w.q.Facts(w.ctx(), w.manager, p.Account, m.At)
		w.must(err)
		want := expected(old, new, f, m)
		want.Account, want.Name = p.Account, all[p.Account].Name
		if got := all[p.Account]; got != want {
			w.t.Errorf("%s against %s at %s for %s: %+v, want %+v", m.Ref, m.Against, m.At, m.For, got, want)
		}
		switch got, ok := stored[p.Account]; {
		case want.Effect == simulation.Stay && ok:
			w.t.Errorf("kept %+v, for whom nothing changes and who holds nothing", got)
		case want.Effect != simulation.Stay && got != want:
			w.t.Errorf("kept %+v, want %+v", got, want)
		}
		switch want.Effect {
		case simulation.Gain:
			gain++
		case simulation.Lose:
			lose++
		default:
			stay++
		}
	}
	if c := m.Counts; c.Gain != gain || c.Lose != lose || c.Stay != stay {
		w.t.Errorf("counts %d, %d, %d, want %d, %d, %d", c.Gain, c.Lose, c.Stay, gain, lose, stay)
	}
	return int(gain + lose)
}

// expected is the outcome by the plain way.
func expected(old, new *program.Version, f *program.Facts, m simulation.Simulation) simulation.Outcome {
	level := func(v *program.Version) (program.Evaluation, string, bool) {
		e := program.Evaluate(v, f, m.At, m.For)
		if ok, _ := v.Eligible(f); m.For == program.Apply && !ok {
			return e, "", false
		}
		return e, e.BestLevel, true
	}
	line := func(e program.Evaluation, eligible bool, level string) string {
		if !eligible {
			return simulation.EligibilityLine
		}
		if l, ok := e.Level(level); ok {
			return l.Deciding.Line
		}
		for _, l := range e.Levels {
			if !l.Met {
				return l.Deciding.Line
			}
		}
		return ""
	}
	before, was, could := level(old)
	after, is, can := level(new)
	o := simulation.Outcome{Effect: simulation.Stay, OldLevel: was, NewLevel: is}
	switch n := new.LevelIndex(is) - new.LevelIndex(was); {
	case n < 0:
		o.Effect, o.Line = simulation.Lose, line(after, can, was)
	case n > 0:
		o.Effect, o.Line = simulation.Gain, line(before, could, is)
	default:
		o.Line = line(after, can, "")
	}
	return o
}
