package program_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"hanse/internal/domain/program"
)

// personal are the kinds of line that persons fill: advice must leave none of them open.
var personal = []string{"certified", "certificate_types", "certificates", "managers", "persons", "named_engineers", "service_manager"}

// TestAdviceFillsEveryLineOfPeopleOfEveryShippedProgram asks for every level of every program that ships: with the
// plan carried out, only lines that no person fills are open, and those are its steps.
func TestAdviceFillsEveryLineOfPeopleOfEveryShippedProgram(t *testing.T) {
	lib := shipped(t)
	r := rand.New(rand.NewPCG(51, 52))
	plans, inexact := 0, 0
	for _, v := range lib.Versions() {
		for _, l := range v.Levels {
			for range 8 {
				f := randomFacts(r, r.IntN(6))
				a := program.Advise(v, f, program.Question{Level: l.ID, From: day, Purpose: program.Apply, Alternatives: 2})
				for _, p := range append([]program.Plan{a.Best}, a.Others...) {
					plans++
					if !p.Exact {
						inexact++
					}
					checkPlan(t, v, f, l.ID, &p)
				}
			}
		}
	}
	t.Logf("%d plans for %d versions", plans, len(lib.Versions()))
	if inexact > 0 {
		t.Errorf("%d of %d plans for small partners aren't exact", inexact, plans)
	}
}

func checkPlan(t *testing.T, v *program.Version, f *program.Facts, level string, p *program.Plan) {
	t.Helper()
	var steps []string
	for _, s := range p.Steps {
		steps = append(steps, s.Line)
	}
	e := program.Evaluate(v, p.Apply(v, f), p.Ready.Time(), program.Apply)
	lr, _ := e.Level(level)
	for _, track := range lr.Tracks {
		if track.Track != p.Track {
			continue
		}
		for _, x := range track.Lines {
			line, _ := v.Line(x.ID)
			switch {
			case x.Met == slices.Contains(steps, x.ID):
				t.Errorf("%s %s %s: met %t, among the steps %t\n%+v", v.Ref(), level, x.ID, x.Met, !x.Met, p)
			case !x.Met && slices.Contains(personal, line.Kind):
				t.Errorf("%s %s: the plan leaves %s open, a line of people\n%+v\n%+v", v.Ref(), level, x.ID, p.Actions, f.People)
			}
		}
	}
}
