package program

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"hanse/internal/kit/calendar"
)

// bruteFill tries every assignment and returns the largest vector of filled
// places, earlier lines first, and the largest sum of any.
func bruteFill(masks []uint16, want []int32) (best []int32, most int32) {
	have := make([]int32, len(want))
	best = slices.Clone(have)
	var try func(i int, sum int32)
	try = func(i int, sum int32) {
		if i == len(masks) {
			most = max(most, sum)
			if slices.Compare(have, best) > 0 {
				copy(best, have)
			}
			return
		}
		try(i+1, sum)
		for l := range want {
			if masks[i]&(1<<l) != 0 && have[l] < want[l] {
				have[l]++
				try(i+1, sum+1)
				have[l]--
			}
		}
	}
	try(0, 0)
	return best, most
}

func TestTheMatcherAgreesWithExhaustiveSearch(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	var m matcher // one for all cases: its memory must not carry anything over
	for i := range 20_000 {
		lines := 1 + r.IntN(4)
		masks := make([]uint16, r.IntN(7))
		want := make([]int32, lines)
		for l := range want {
			want[l] = int32(r.IntN(4))
		}
		m.reset()
		for p := range masks {
			masks[p] = uint16(r.IntN(1 << lines))
			m.add(masks[p])
		}
		var wants, have [maxLines]int32
		copy(wants[:], want)
		m.fill(&wants, lines, &have)
		best, most := bruteFill(masks, want)
		var sum int32
		for _, n := range have {
			sum += n
		}
		if !slices.Equal(have[:lines], best) || sum != most {
			t.Fatalf("case %d: masks %b want %v: filled %v, exhaustive search fills %v, %d at most", i, masks, want,
				have[:lines], best, most)
		}
	}
}

// tangled is a version whose lines of one ladder accept sets that overlap
// without being nested.
func tangled(r *rand.Rand) *Version {
	codes := []string{"c0", "c1", "c2", "c3", "c4"}
	v := &Version{Program: "t", Number: "1", Levels: []Level{{ID: "top"}},
		Ladders: []Ladder{{ID: "x", DistinctPersons: true, Rungs: [][]string{{"c0", "c1"}, {"c2"}, {"c3", "c4"}}}}}
	for i := range 2 + r.IntN(3) {
		only := slices.Clone(codes)
		r.Shuffle(len(only), func(a, b int) { only[a], only[b] = only[b], only[a] })
		v.Lines = append(v.Lines, Line{ID: fmt.Sprintf("l%d", i), Kind: "certified",
			Ask: &Certified{Accepted: Accepted{Ladder: "x", Only: only[:1+r.IntN(4)]}}, Need: map[string]Need{"top": {Count: 1 + r.IntN(2)}}})
	}
	cat := &Catalogue{byCode: map[string]int{}}
	for i, c := range codes {
		cat.byCode[c] = i
		cat.Certificates = append(cat.Certificates, CertificateType{Code: c, ValidityMonths: 36})
	}
	v.plan = newPlan(v, cat)
	return v
}

// bruteStaffing finds the staffing that the order asks for: the best vector of
// filled places from the highest line down, and among those the first by the
// candidates' order, place after place.
func bruteStaffing(s *scene, ds []demand) map[string][]string {
	masks := make([]uint16, len(s.holders))
	want := make([]int32, len(ds))
	lists := make([][]candidate, len(ds))
	for l, d := range ds {
		want[l] = int32(d.want)
		for i := range s.holders {
			if c, rank, ok := s.holders[i].best(d.accepts); ok && s.holders[i].absence == "" {
				masks[i] |= 1 << l
				lists[l] = append(lists[l], candidate{&s.holders[i], c, rank, i})
			}
		}
		slices.SortFunc(lists[l], compareCandidates)
	}
	best, _ := bruteFill(masks, want)
	used := map[int]bool{}
	out := map[string][]string{}
	// The first complete choice of a depth-first walk in the candidates' order
	// is the first in that order.
	var walk func(l, from int, open int32) bool
	walk = func(l, from int, open int32) bool {
		if open == 0 {
			if l+1 == len(ds) {
				return true
			}
			return walk(l+1, 0, best[l+1])
		}
		for i := from; i < len(lists[l]); i++ {
			c := lists[l][i]
			if used[c.index] {
				continue
			}
			used[c.index] = true
			out[ds[l].line.ID] = append(out[ds[l].line.ID], c.holder.person.ID)
			if walk(l, i+1, open-1) {
				return true
			}
			used[c.index] = false
			out[ds[l].line.ID] = out[ds[l].line.ID][:len(out[ds[l].line.ID])-1]
		}
		return false
	}
	walk(0, 0, best[0])
	return out
}

func TestTheChoiceOfPersonsIsTheFirstInTheStatedOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	today := calendar.Date(2026, 1, 1)
	for i := range 20_000 {
		v := tangled(r)
		f := &Facts{}
		for p := range r.IntN(7) {
			x := Person{ID: fmt.Sprintf("p%d", p), Registered: r.IntN(8) > 0}
			for range r.IntN(3) {
				x.Certificates = append(x.Certificates, Certificate{Code: fmt.Sprintf("c%d", r.IntN(5)), ExpiresOn: today.AddDays(r.IntN(4) - 1)})
			}
			f.People = append(f.People, x)
		}
		s := newScene(v, f, today.Time(), Hold)
		lines := v.plan.asked("top", mainTrack)
		s.staffAll("top", lines)
		var ds []demand
		for _, l := range v.plan.groups(lines)[0] {
			ds = append(ds, demand{l, v.plan.accepts[l.ID], l.Need["top"].Count})
		}
		want := bruteStaffing(s, ds)
		for _, l := range lines {
			var got []string
			for _, slot := range s.staffed[l.ID].slots {
				got = append(got, slot.Person)
			}
			if !slices.Equal(got, want[l.ID]) {
				t.Fatalf("case %d, line %s %+v: filled by %v, exhaustive search says %v\n%+v", i, l.ID, l.Ask, got, want[l.ID], f.People)
			}
		}
	}
}
