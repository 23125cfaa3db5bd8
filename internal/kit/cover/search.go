package cover

import (
	"cmp"
	"math"
	"slices"
)

// price finds the prices of the places that give the highest lower bound: steps
// along the subgradient, from short places to surplus ones, that get smaller.
func (s *search) price() {
	lambda, best := make([]float64, s.places), math.Inf(-1)
	need := s.need.floats(s.places)
	step := float64(s.best) / float64(max(1, s.total))
	worse := 0
	for range 160 {
		value, short := s.lagrangian(lambda, need)
		if value > best+1e-9 {
			best, worse = value, 0
			s.lambda = slices.Clone(lambda)
		} else if worse++; worse == 6 {
			step, worse = step/2, 0
		}
		norm := 0.0
		for i, g := range short {
			if g > 0 || lambda[i] > 0 {
				norm += g * g
			}
		}
		if norm == 0 {
			break
		}
		for i, g := range short {
			lambda[i] = max(0, lambda[i]+step*g/math.Sqrt(norm))
		}
	}
	s.root = best
	s.suffixes()
}

// lagrangian is the bound of a set of prices, and what each place lacks when
// everybody does what pays best.
func (s *search) lagrangian(lambda, need []float64) (value float64, short []float64) {
	short = slices.Clone(need)
	for i, x := range need {
		value += lambda[i] * x
	}
	for c, items := range s.classes {
		worth, pick := 0.0, -1
		for i := range items {
			if w := s.worth(&items[i], lambda); w < worth {
				worth, pick = w, i
			}
		}
		if pick < 0 {
			continue
		}
		value += float64(s.n[c]) * worth
		for i := range short {
			short[i] -= float64(s.n[c]) * float64(items[pick].gain.at(i))
		}
	}
	return value, short
}

// worth is the cost of an option beyond what its gain is worth.
func (s *search) worth(it *item, lambda []float64) float64 {
	w := float64(it.cost)
	for i := range s.places {
		w -= lambda[i] * float64(it.gain.at(i))
	}
	return w
}

// suffixes orders the classes, the most tempting first, and sums what each and
// all after it can bring.
func (s *search) suffixes() {
	if s.lambda == nil {
		s.lambda = make([]float64, s.places)
	}
	best := make([]float64, len(s.classes))
	order := make([]int, 0, len(s.classes))
	for c, items := range s.classes {
		for i := range items {
			best[c] = min(best[c], s.worth(&items[i], s.lambda))
		}
		if len(items) > 0 && s.n[c] > 0 {
			order = append(order, c)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(best[a], best[b]) })
	classes, n := make([][]item, len(order)), make([]int, len(order))
	s.suffix = make([]float64, len(order)+1)
	for i, c := range order {
		classes[i], n[i] = s.classes[c], s.n[c]
	}
	for i := len(order) - 1; i >= 0; i-- {
		s.suffix[i] = s.suffix[i+1] + float64(n[i])*best[order[i]]
	}
	s.classes, s.n = classes, n
}

// greedy takes, again and again, the option that is cheapest for what it gives,
// then drops what turns out not to be needed. Prices weigh the places; nil
// weighs all alike. It keeps the result when it is the best so far and says
// whether it met the needs.
func (s *search) greedy(lambda []float64) {
	left, rest := slices.Clone(s.n), s.need
	var chosen []item
	for rest != (vector{}) {
		var pick item
		at, ratio := -1, math.Inf(1)
		for c, items := range s.classes {
			if left[c] == 0 {
				continue
			}
			for i := range items {
				if r := float64(items[i].cost) / s.use(&items[i], rest, lambda); r < ratio {
					pick, at, ratio = items[i], c, r
				}
			}
		}
		if at < 0 {
			return // an earlier choice took what only one member could give: the search will see
		}
		left[at]--
		rest = rest.less(pick.gain)
		chosen = append(chosen, pick)
	}
	s.keep(s.spare(chosen))
}

// use is how much an option gives of what is still needed.
func (s *search) use(it *item, rest vector, lambda []float64) (u float64) {
	for i := range s.places {
		weight := 1.0
		if lambda != nil {
			weight = lambda[i] + 1e-6
		}
		u += weight * float64(min(it.gain.at(i), rest.at(i)))
	}
	return u
}

// spare drops the members that are not needed, the most expensive first.
func (s *search) spare(chosen []item) []item {
	slices.SortStableFunc(chosen, func(a, b item) int { return cmp.Compare(b.cost, a.cost) })
	for i := 0; i < len(chosen); {
		rest := s.need
		for j, x := range chosen {
			if j != i {
				rest = rest.less(x.gain)
			}
		}
		if rest == (vector{}) {
			chosen = slices.Delete(chosen, i, i+1)
			continue
		}
		i++
	}
	return chosen
}

// keep remembers a way that is cheaper than the best so far.
func (s *search) keep(chosen []item) {
	cost := int64(0)
	for _, x := range chosen {
		cost += x.cost
	}
	if cost < s.best {
		s.best, s.chosen = cost, slices.Clone(chosen)
	}
}

// A node is the cheapest way to a rest of the needs that was found so far.
type node struct {
	rest vector
	cost int64
	from int32 // node
	pick int32 // item of the class at hand; -1 at the beginning
	at   int32 // class
}

// run searches class by class, member by member. It returns false when the
// budget is spent.
func (s *search) run() bool {
	nodes := []node{{rest: s.need, from: -1, pick: -1}}
	known := map[vector]int32{s.need: 0}
	all := []int32{0}
	for c := range s.classes {
		if len(all) == 0 {
			break
		}
		all = s.alive(nodes, known, all, c)
		front := all
		for member := 0; member < s.n[c] && len(front) > 0; member++ {
			var next []int32
			for _, from := range front {
				if s.left -= len(s.classes[c]); s.left < 0 {
					return false
				}
				next = s.extend(&nodes, known, next, from, c)
			}
			front = next
			all = append(all, next...)
		}
	}
	return true
}

// alive are the nodes that can still lead to something cheaper, each rest once.
func (s *search) alive(nodes []node, known map[vector]int32, all []int32, c int) []int32 {
	var out []int32
	for _, i := range all {
		x := &nodes[i]
		if known[x.rest] != i {
			continue
		}
		if s.hopeless(x, c) {
			delete(known, x.rest)
			continue
		}
		out = append(out, i)
	}
	return out
}

// hopeless tells whether no way on from a node beats the best one.
func (s *search) hopeless(x *node, c int) bool {
	bound := float64(x.cost) + s.suffix[c]
	for i := range s.places {
		bound += s.lambda[i] * float64(x.rest.at(i))
	}
	return bound > float64(s.best)-0.5
}

// extend lets one more member of a class pick.
func (s *search) extend(nodes *[]node, known map[vector]int32, next []int32, from int32, c int) []int32 {
	x := (*nodes)[from]
	for i := range s.classes[c] {
		it := &s.classes[c][i]
		y := node{x.rest.less(it.gain), x.cost + it.cost, from, int32(i), int32(c)}
		if y.rest == x.rest || y.cost >= s.best {
			continue
		}
		if old, ok := known[y.rest]; ok && (*nodes)[old].cost <= y.cost || s.hopeless(&y, c) {
			continue
		}
		*nodes = append(*nodes, y)
		id := int32(len(*nodes) - 1)
		if y.rest == (vector{}) {
			s.keep(s.trace(*nodes, id))
			continue
		}
		known[y.rest] = id
		next = append(next, id)
	}
	return next
}

// trace are the members that lead to a node.
func (s *search) trace(nodes []node, id int32) (chosen []item) {
	for ; nodes[id].pick >= 0; id = nodes[id].from {
		chosen = append(chosen, s.classes[nodes[id].at][nodes[id].pick])
	}
	return chosen
}

// picks counts the chosen members by class and option.
func (s *search) picks() (out []Pick) {
	slices.SortFunc(s.chosen, func(a, b item) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.option, b.option))
	})
	for _, x := range s.chosen {
		if n := len(out); n > 0 && out[n-1].Class == x.class && out[n-1].Option == x.option {
			out[n-1].N++
			continue
		}
		out = append(out, Pick{x.class, x.option, 1})
	}
	return out
}

func (v *vector) floats(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(v.at(i))
	}
	return out
}
