package cover_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"hanse/internal/kit/cover"
)

// exhaustive is the least cost of all ways, or -1.
func exhaustive(p cover.Problem) int64 {
	best := int64(-1)
	var members [][]cover.Option
	for _, c := range p.Classes {
		for range c.N {
			members = append(members, c.Options)
		}
	}
	var try func(i int, rest []int, cost int64)
	try = func(i int, rest []int, cost int64) {
		if best >= 0 && cost >= best {
			return
		}
		met := true
		for _, n := range rest {
			met = met && n <= 0
		}
		if met {
			best = cost
			return
		}
		if i == len(members) {
			return
		}
		try(i+1, rest, cost)
		for _, o := range members[i] {
			next := make([]int, len(rest))
			for j := range rest {
				next[j] = rest[j] - int(o.Gain[j])
			}
			try(i+1, next, cost+o.Cost)
		}
	}
	try(0, p.Need, 0)
	return best
}

func random(r *rand.Rand) cover.Problem {
	places := 1 + r.IntN(4)
	p := cover.Problem{}
	for range places {
		p.Need = append(p.Need, r.IntN(4))
	}
	for range 1 + r.IntN(4) {
		c := cover.Class{N: 1 + r.IntN(2)}
		for range 1 + r.IntN(3) {
			o := cover.Option{Cost: int64(1 + r.IntN(12))}
			for range places {
				o.Gain = append(o.Gain, uint8(r.IntN(3)))
			}
			c.Options = append(c.Options, o)
		}
		p.Classes = append(p.Classes, c)
	}
	return p
}

func TestTheSolutionIsTheCheapestOfAllWays(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	met := 0
	for i := range 20_000 {
		p := random(r)
		want := exhaustive(p)
		got, err := cover.Solve(p, 0)
		if want < 0 {
			if !errors.Is(err, cover.ErrImpossible) {
				t.Fatalf("problem %d %+v: %+v, %v; no way meets the needs", i, p, got, err)
			}
			continue
		}
		met++
		if err != nil || !got.Exact || got.Cost != want || got.Bound != want {
			t.Fatalf("problem %d %+v: %+v, %v; exhaustive search finds %d", i, p, got, err, want)
		}
		check(t, p, got)
	}
	if met < 10_000 {
		t.Errorf("only %d problems could be solved; the test proves little", met)
	}
}

// check holds that the picks are what the solution says they are.
func check(t *testing.T, p cover.Problem, s cover.Solution) {
	t.Helper()
	cost, gain, used := int64(0), make([]int, len(p.Need)), make([]int, len(p.Classes))
	for _, k := range s.Picks {
		o := p.Classes[k.Class].Options[k.Option]
		cost += int64(k.N) * o.Cost
		used[k.Class] += k.N
		for i, g := range o.Gain {
			gain[i] += k.N * int(g)
		}
	}
	for i, n := range p.Need {
		if gain[i] < n {
			t.Fatalf("picks %v give %v of %v", s.Picks, gain, p.Need)
		}
	}
	for c, n := range used {
		if n > p.Classes[c].N {
			t.Fatalf("picks %v use %d of %d members of class %d", s.Picks, n, p.Classes[c].N, c)
		}
	}
	if cost != s.Cost {
		t.Fatalf("picks %v cost %d, the solution says %d", s.Picks, cost, s.Cost)
	}
}

func TestASpentBudgetStatesABoundThatHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for i := range 5_000 {
		p := random(r)
		want := exhaustive(p)
		got, err := cover.Solve(p, 1)
		if err != nil {
			continue // so short a search may miss the only way
		}
		if got.Bound > want || got.Cost < want || got.Exact && got.Cost != want {
			t.Fatalf("problem %d %+v: %+v; the least cost is %d", i, p, got, want)
		}
		check(t, p, got)
	}
}

func TestWaysThatCostTooMuchAreOfNoInterest(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for i := range 5_000 {
		p := random(r)
		want := exhaustive(p)
		if want <= 0 {
			continue
		}
		p.Most = want - 1
		if got, err := cover.Solve(p, 0); p.Most > 0 && !errors.Is(err, cover.ErrImpossible) {
			t.Fatalf("problem %d %+v: %+v, %v; the least cost is %d", i, p, got, err, want)
		}
		p.Most = want
		if got, err := cover.Solve(p, 0); err != nil || got.Cost != want {
			t.Fatalf("problem %d %+v: %+v, %v; the least cost is %d", i, p, got, err, want)
		}
	}
}

func TestALargerProblemThanTheSearchTakesIsRefused(t *testing.T) {
	for name, need := range map[string][]int{"places": make([]int, cover.Places+1), "need": {cover.MostNeed + 1}} {
		if _, err := cover.Solve(cover.Problem{Need: need}, 0); !errors.Is(err, cover.ErrTooLarge) {
			t.Errorf("too large in %s: %v, want ErrTooLarge", name, err)
		}
	}
}

func TestNothingNeededCostsNothing(t *testing.T) {
	got, err := cover.Solve(cover.Problem{Need: []int{0}}, 0)
	if err != nil || got.Cost != 0 || !got.Exact || len(got.Picks) != 0 {
		t.Errorf("%+v, %v; want nothing", got, err)
	}
}
