package program

import (
	"cmp"
	"slices"
)

// staffing is who fills a line of certified staff.
type staffing struct {
	slots []Slot
	used  map[string]string // persons used in the line's group -> the line they fill
}

// A demand is a line of certified staff with what a level wants of it.
type demand struct {
	line    *Line
	accepts ranks
	want    int
}

// A candidate is a person who could fill a place of a line.
type candidate struct {
	holder *holder
	cert   Certificate
	rank   int
	index  int // in the group's persons
}

// staff fills the lines of one group of certified staff: demands come from the
// highest rung down.
func (s *scene) staff(ds []demand) {
	masks := make([]uint16, len(s.holders))
	lists := make([][]candidate, len(ds))
	var m matcher
	for i := range s.holders {
		p := &s.holders[i]
		if p.absence != "" {
			continue
		}
		for l, d := range ds {
			if c, rank, ok := p.best(d.accepts); ok {
				masks[i] |= 1 << l
				lists[l] = append(lists[l], candidate{p, c, rank, i})
			}
		}
		if masks[i] != 0 {
			m.add(masks[i])
		}
	}
	var want, have [maxLines]int32
	for l, d := range ds {
		want[l] = int32(d.want)
	}
	m.fill(&want, len(ds), &have)
	s.assign(ds, lists, masks, &m, have)
}

// assign names the persons. For one place after the other it takes the first
// candidate (lowest sufficient certificate, latest expiry, person id) with whom
// all other places can still be filled.
func (s *scene) assign(ds []demand, lists [][]candidate, masks []uint16, m *matcher, open [maxLines]int32) {
	used := map[string]string{}
	for l, d := range ds {
		slices.SortFunc(lists[l], compareCandidates)
		var slots []Slot
		hopeless := map[uint16]bool{}
		for _, c := range lists[l] {
			mask := masks[c.index]
			if open[l] == 0 {
				break
			}
			if used[c.holder.person.ID] != "" || hopeless[mask] {
				continue
			}
			open[l]--
			m.remove(mask)
			if !m.can(open, len(ds)) {
				m.add(mask)
				open[l]++
				hopeless[mask] = true
				continue
			}
			used[c.holder.person.ID] = d.line.ID
			slots = append(slots, s.slot(c.holder, c.cert))
		}
		s.staffed[d.line.ID] = staffing{slots, used}
	}
}

// can tells whether all open places can be filled at once.
func (m *matcher) can(open [maxLines]int32, lines int) bool {
	var have [maxLines]int32
	m.fill(&open, lines, &have)
	return have == open
}

// compareCandidates is the stated order of choice: lowest sufficient
// certificate, latest expiry, person id.
func compareCandidates(a, b candidate) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.cert.ExpiresOn, a.cert.ExpiresOn),
		cmp.Compare(a.holder.person.ID, b.holder.person.ID))
}
