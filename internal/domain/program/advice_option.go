package program

import (
	"cmp"
	"errors"
	"math/bits"
	"slices"

	"hanse/internal/kit/cover"
)

// An option is what one person of a kind can do, and what it brings.
type option struct {
	do    flags
	exams uint64 // by index in advisor.exams
	gain  []uint8
	money int64
	weeks int
	after profile
}

// maxOptions is how many options of one kind are looked at.
const maxOptions = 400

// options are the sensible ways in which a person of a kind helps with the
// places: those that no other beats in gain, money and weeks alike. Exams are
// added one by one, each only if it brings something; whatever helps in the end
// helps in some order.
func (a *advisor) options(p profile, places []seat) []option {
	if p.unlucky {
		return nil
	}
	before := gains(&p, places)
	var out []option
	for _, do := range a.moves(p, places) {
		x := option{do: do, after: p}
		x.after.asks &^= do
		x.after.has |= do & (doName | doService | doManage)
		x.after.here = p.bound && x.after.asks == 0
		x.gain = gained(&x.after, before, places)
		out = append(out, x) // even without a gain: exams may bring it
	}
	for i := 0; i < len(out); i++ {
		for e := range a.exams {
			if len(out) > maxOptions {
				a.rough = true
				break
			}
			if x, ok := a.extend(&out[i], e, before, places); ok {
				out = addOption(out, x)
			}
		}
	}
	return undominated(out)
}

// undominated are the options that help and that no other beats; of equals the
// first.
func undominated(all []option) (out []option) {
	for i := range all {
		beaten := !all[i].helps()
		for j := range all {
			beaten = beaten || j != i && notWorse(&all[j], &all[i]) && (j < i || !notWorse(&all[i], &all[j]))
		}
		if !beaten {
			out = append(out, all[i])
		}
	}
	return out
}

// moves are the combinations of things that can be done with a person besides
// exams, fewest first. Being counted is one thing, whatever it takes.
func (a *advisor) moves(p profile, places []seat) []flags {
	var single []flags
	if p.asks != 0 {
		single = append(single, p.asks)
	}
	for _, do := range []flags{doName, doService, doManage} {
		if p.has&do == 0 && a.wants(do, places) {
			single = append(single, do)
		}
	}
	var out []flags
	for set := range 1 << len(single) {
		var do flags
		for i, f := range single {
			if set&(1<<i) != 0 {
				do |= f
			}
		}
		if p.asks&doHire == 0 || do&doHire != 0 {
			out = append(out, do)
		}
	}
	slices.SortStableFunc(out, func(x, y flags) int { return bits.OnesCount8(uint8(x)) - bits.OnesCount8(uint8(y)) })
	return out
}

// wants tells whether some place asks for a thing to be done with a person.
func (a *advisor) wants(do flags, places []seat) bool {
	everything := profile{bound: true, here: true, codes: ^uint64(0), has: doName | doService | doManage}
	without := everything
	without.has &^= do
	return slices.ContainsFunc(places, func(x seat) bool { return x.gives(&everything) > x.gives(&without) })
}

// extend adds an exam if it brings something more.
func (a *advisor) extend(o *option, e int, before []int, places []seat) (option, bool) {
	x := &a.exams[e]
	if o.exams&(1<<e) != 0 || x.after(o.after) == o.after {
		return option{}, false
	}
	n := option{do: o.do, exams: o.exams | 1<<e, money: o.money + x.cost.Minor, weeks: o.weeks + x.weeks, after: x.after(o.after)}
	n.gain = gained(&n.after, before, places)
	return n, !slices.Equal(n.gain, o.gain)
}

// addOption keeps an option unless one that is there already is as good and
// open to the same exams.
func addOption(out []option, x option) []option {
	for i := range out {
		if out[i].do&x.do == x.do && notWorse(&out[i], &x) {
			return out
		}
	}
	return append(out, x)
}

// notWorse tells whether an option is as good as another in every respect.
func notWorse(o, x *option) bool {
	if o.money > x.money || o.weeks > x.weeks {
		return false
	}
	for i, g := range x.gain {
		if o.gain[i] < g {
			return false
		}
	}
	return true
}

func (o *option) helps() bool {
	return slices.ContainsFunc(o.gain, func(g uint8) bool { return g > 0 })
}

// gains is what a profile gives to each place.
func gains(p *profile, places []seat) []int {
	out := make([]int, len(places))
	for i := range places {
		out[i] = places[i].gives(p)
	}
	return out
}

// gained is what a profile gives more than before, to each place at most what
// it needs.
func gained(p *profile, before []int, places []seat) []uint8 {
	out := make([]uint8, len(places))
	for i := range places {
		out[i] = uint8(max(0, min(places[i].gives(p)-before[i], places[i].need, 0x7f)))
	}
	return out
}

// A choiceSet is the problem of one combination of places, before it is handed
// to the search: all options of all kinds.
type choiceSet struct {
	places  []seat
	kinds   []kind
	options [][]option
	total   int // sum of the needs
}

// set collects the options of all kinds, newcomers last.
func (a *advisor) set(places []seat) *choiceSet {
	s := &choiceSet{places: places, kinds: slices.Clone(a.kinds)}
	for _, p := range places {
		s.total += p.need
	}
	s.kinds = append(s.kinds, kind{profile: profile{bound: true, asks: doHire}})
	for _, k := range s.kinds {
		s.options = append(s.options, a.options(k.profile, places))
	}
	return s
}

// A weighing puts hires, money and persons into one number, in this order of
// weight.
type weighing struct{ person, hire int64 }

func (s *choiceSet) weighing() weighing {
	dear := int64(0)
	for _, os := range s.options {
		for _, o := range os {
			dear = max(dear, o.money)
		}
	}
	w := weighing{person: int64(s.total) + 1}
	w.hire = (int64(s.total)*dear + 1) * w.person
	return w
}

func (w weighing) of(o *option) int64 {
	c := o.money*w.person + 1
	if o.do&doHire != 0 {
		c += w.hire
	}
	return c
}

// paid is the part of a cost that hires and money make.
func (w weighing) paid(cost int64) int64 { return cost / w.person }

// problem is what the search solves: the options that take no more than so many
// weeks. The index maps its options back.
func (s *choiceSet) problem(w weighing, weeks int) (cover.Problem, [][]int) {
	p := cover.Problem{}
	index := make([][]int, len(s.kinds))
	for _, x := range s.places {
		p.Need = append(p.Need, x.need)
	}
	for k := range s.kinds {
		c := cover.Class{N: len(s.kinds[k].people)}
		if s.kinds[k].profile.asks&doHire != 0 {
			c.N = s.total
		}
		for i := range s.options[k] {
			if o := &s.options[k][i]; o.weeks <= weeks {
				c.Options = append(c.Options, cover.Option{Cost: w.of(o), Gain: o.gain})
				index[k] = append(index[k], i)
			}
		}
		p.Classes = append(p.Classes, c)
	}
	return p, index
}

// A found is a solution with what it means.
type found struct {
	set   *choiceSet
	picks []pick
	cost  int64
	bound int64
	w     weighing
	weeks int
	exact bool // proven to cost least
	tidy  bool // proven to take the fewest weeks and persons as well
}

// A pick is so many persons of a kind doing an option.
type pick struct{ kind, option, n int }

// The search of a plan takes so many steps at most, of which each search for
// fewer weeks takes a part.
const (
	planBudget  = 300_000
	weeksBudget = 60_000
)

// solve finds the cheapest choice of options within so many weeks a person, if
// it costs so much at most (0: anything).
func (s *choiceSet) solve(w weighing, weeks int, most int64, budget int) (found, error) {
	p, index := s.problem(w, weeks)
	p.Most = most
	x, err := cover.Solve(p, budget)
	if err != nil {
		return found{}, err
	}
	f := found{set: s, cost: x.Cost, bound: x.Bound, exact: x.Exact, w: w, tidy: x.Exact}
	for _, k := range x.Picks {
		o := index[k.Class][k.Option]
		f.picks = append(f.picks, pick{k.Class, o, k.N})
		f.weeks = max(f.weeks, s.options[k.Class][o].weeks)
	}
	return f, nil
}

// best finds the least cost, then the fewest weeks that it can be had in, then
// the fewest persons.
func (s *choiceSet) best(budget int) (found, error) {
	w := s.weighing()
	best, err := s.solve(w, 1<<30, 0, budget)
	if err != nil {
		return best, err
	}
	weeks, tidy := s.shorter(best.weeks), best.tidy
	most := (w.paid(best.cost)+1)*w.person - 1
	for low, high := 0, len(weeks); low < high; {
		mid := (low + high) / 2
		x, err := s.solve(w, weeks[mid], most, weeksBudget)
		if err != nil {
			low, tidy = mid+1, tidy && errors.Is(err, cover.ErrImpossible)
			continue
		}
		x.exact, x.bound = best.exact, best.bound
		tidy = x.tidy && tidy
		best, high = x, mid
	}
	best.tidy = tidy
	return best, nil
}

// shorter are the weeks that single options take, those below a number.
func (s *choiceSet) shorter(than int) (weeks []int) {
	for _, os := range s.options {
		for _, o := range os {
			if o.weeks < than {
				weeks = append(weeks, o.weeks)
			}
		}
	}
	slices.Sort(weeks)
	return slices.Compact(weeks)
}

// compare orders what was found for different combinations of places.
func (f *found) compare(o *found) int {
	return cmp.Or(cmp.Compare(f.w.hires(f), o.w.hires(o)), cmp.Compare(f.money(), o.money()),
		cmp.Compare(f.weeks, o.weeks), cmp.Compare(f.persons(), o.persons()))
}

func (weighing) hires(f *found) (n int) {
	for _, p := range f.picks {
		if f.set.options[p.kind][p.option].do&doHire != 0 {
			n += p.n
		}
	}
	return n
}

func (f *found) money() (sum int64) {
	for _, p := range f.picks {
		sum += int64(p.n) * f.set.options[p.kind][p.option].money
	}
	return sum
}

func (f *found) persons() (n int) {
	for _, p := range f.picks {
		n += p.n
	}
	return n
}
