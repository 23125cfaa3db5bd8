// Package cover finds the cheapest way to fill places by people: an integer
// program in which each member of a class picks at most one option, an option
// costs something and gives something to several places, and every place wants
// a number.
//
// The search is branch and bound over classes of identical members. It keeps
// the cheapest way to each rest of the needs and drops what a bound shows to
// lead nowhere. The bound is Lagrangian: every place gets a price, a member
// brings at most what its best option is worth beyond its cost. All of it is
// deterministic.
package cover

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// A Problem is what is needed and who can give it.
type Problem struct {
	Need    []int   // by place; at most Places places of at most MostNeed each
	Classes []Class // in the order of preference among equals
	Most    int64   // ways that cost more are of no interest; 0: all are
}

// A Class is a number of members with the same options; each picks one at most.
type Class struct {
	N       int
	Options []Option
}

// An Option is what a member can do. Its cost is at least 1, so that nobody
// does what nobody needs.
type Option struct {
	Cost int64
	Gain []uint8 // by place
}

// A Pick is a number of members of a class that take an option, both by index.
type Pick struct{ Class, Option, N int }

// A Solution is the best way that was found.
type Solution struct {
	Picks []Pick // by class, then option
	Cost  int64
	Bound int64 // no way costs less
	Exact bool  // none costs less than Cost
}

// The largest problem: beyond it, Solve returns ErrTooLarge.
const (
	Places   = 24
	MostNeed = 127
)

// What Solve refuses.
var (
	ErrTooLarge   = errors.New("too many places or too large a need")
	ErrImpossible = errors.New("no way meets the needs")
	ErrUnknown    = errors.New("no way was found before the budget was spent")
)

// Budget is how many steps a search takes before it settles for the best way
// so far: about a tenth of a second.
const Budget = 500_000

// Solve finds a cheapest way, or within so many steps (0: Budget) one whose
// distance from the cheapest is bounded.
func Solve(p Problem, budget int) (Solution, error) {
	s, err := newSearch(p)
	if err != nil {
		return Solution{}, err
	}
	if budget <= 0 {
		budget = Budget
	}
	if s.need == (vector{}) {
		return Solution{Exact: true}, nil
	}
	s.trim()
	s.best = s.most()
	if p.Most > 0 {
		s.best = min(s.best, p.Most+1)
	}
	s.greedy(nil)
	s.price()
	s.greedy(s.lambda)
	s.left = budget
	exact := s.run()
	switch {
	case s.chosen == nil && exact:
		return Solution{}, ErrImpossible
	case s.chosen == nil:
		return Solution{}, ErrUnknown
	}
	out := Solution{Picks: s.picks(), Cost: s.best}
	out.Bound, out.Exact = s.best, exact
	if !exact {
		out.Bound = min(s.best, max(0, int64(math.Ceil(s.root-0.5))))
		out.Exact = out.Bound == s.best
	}
	return out, nil
}

// An item is an option of a class with its gain packed.
type item struct {
	class, option int
	cost          int64
	gain          vector
}

// A search is one problem being solved.
type search struct {
	places  int
	need    vector
	total   int      // sum of the needs: as many members are of use at most
	classes [][]item // by class: options worth a look
	n       []int    // by class: members, total at most
	lambda  []float64
	suffix  []float64 // by class: what it and those after it bring at most, a negative number
	root    float64
	left    int

	best   int64
	chosen []item // of the best way, one entry a member
}

func newSearch(p Problem) (*search, error) {
	s := &search{places: len(p.Need)}
	if s.places > Places {
		return nil, ErrTooLarge
	}
	for i, n := range p.Need {
		if n > MostNeed {
			return nil, ErrTooLarge
		}
		s.need.set(i, uint8(max(0, n)))
		s.total += max(0, n)
	}
	for c, class := range p.Classes {
		var items []item
		for o, x := range class.Options {
			it := item{c, o, max(1, x.Cost), vector{}}
			for i, g := range x.Gain {
				it.gain.set(i, min(g, s.need.at(i)))
			}
			if it.gain != (vector{}) {
				items = append(items, it)
			}
		}
		s.classes = append(s.classes, items)
		s.n = append(s.n, min(class.N, s.total))
	}
	return s, nil
}

// trim drops options that others make superfluous: when as many other members
// as can be of use at all give at least as much for at most the same, one of
// them is always free to stand in.
func (s *search) trim() {
	var all []item
	for _, items := range s.classes {
		all = append(all, items...)
	}
	slices.SortFunc(all, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(b.gain.sum(), a.gain.sum()),
			cmp.Compare(a.class, b.class), cmp.Compare(a.option, b.option))
	})
	same := map[vector]int{}
	var kept []item
	for c := range s.classes {
		s.classes[c] = nil
	}
	for _, it := range all {
		if same[it.gain] >= s.total || s.superfluous(kept, it) {
			continue
		}
		same[it.gain] += s.n[it.class]
		kept = append(kept, it)
		s.classes[it.class] = append(s.classes[it.class], it)
	}
}

// most is more than any way costs.
func (s *search) most() (sum int64) {
	for c, items := range s.classes {
		dear := int64(0)
		for _, it := range items {
			dear = max(dear, it.cost)
		}
		sum += dear * int64(s.n[c])
	}
	return sum + 1
}

// superfluous tells whether enough members of other classes, or a better option
// of the own class, stand before an item.
func (s *search) superfluous(kept []item, it item) bool {
	seen := map[int]bool{}
	others := 0
	for _, k := range kept {
		if !k.gain.covers(it.gain) {
			continue
		}
		if k.class == it.class {
			return true
		}
		if !seen[k.class] {
			seen[k.class] = true
			if others += s.n[k.class]; others >= s.total {
				return true
			}
		}
	}
	return false
}
