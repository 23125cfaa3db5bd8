package program

import (
	"cmp"
	"slices"
)

// staffing is who fills a line of certified staff, or one that counts
// certificates.
type staffing struct {
	slots []Slot
	used  map[string]string // persons used in the line's group -> a line they fill
}

// A demand is a line with places to fill and what a level wants of it.
type demand struct {
	line    *Line
	accepts ranks
	want    int
}

// A filler is what can fill one place: a person by any certificate, or a single
// certificate.
type filler struct {
	holder *holder
	certs  []held
}

// A candidate is a filler that suits a line, with the certificate by which it
// does.
type candidate struct {
	holder *holder
	cert   Certificate
	rank   int
	index  int // in the group's fillers
}

// staff fills the lines of one group: demands come from the highest rung down.
func (s *scene) staff(ds []demand, fillers []filler) {
	masks := make([]uint16, len(fillers))
	lists := make([][]candidate, len(ds))
	var m matcher
	for i, f := range fillers {
		for l, d := range ds {
			if c, rank, ok := best(f.certs, d.accepts); ok {
				masks[i] |= 1 << l
				lists[l] = append(lists[l], candidate{f.holder, c, rank, i})
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

// persons are the people who count, as fillers.
func (s *scene) persons() []filler {
	var out []filler
	for i := range s.holders {
		if p := &s.holders[i]; p.absence == "" {
			out = append(out, filler{p, p.certs})
		}
	}
	return out
}

// certificates are the counting certificates of the people who count, as
// fillers. Two records of one certificate of a person are one: the one that
// ends last.
func (s *scene) certificates() []filler {
	var out []filler
	for i := range s.holders {
		p := &s.holders[i]
		for j, c := range p.certs {
			twin := slices.ContainsFunc(p.certs[:j], func(x held) bool { return x.why == "" && x.cert.Code == c.cert.Code })
			if p.absence == "" && c.why == "" && !twin {
				out = append(out, filler{p, p.certs[j : j+1]})
			}
		}
	}
	return out
}

// assign names who fills what. For one place after the other it takes the first
// candidate (lowest sufficient certificate, latest expiry, person id) with whom
// all other places can still be filled.
func (s *scene) assign(ds []demand, lists [][]candidate, masks []uint16, m *matcher, open [maxLines]int32) {
	used := map[string]string{}
	taken := make([]bool, len(masks))
	for l, d := range ds {
		slices.SortFunc(lists[l], compareCandidates)
		var slots []Slot
		hopeless := map[uint16]bool{}
		for _, c := range lists[l] {
			mask := masks[c.index]
			if open[l] == 0 {
				break
			}
			if taken[c.index] || hopeless[mask] {
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
			taken[c.index] = true
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
		cmp.Compare(a.holder.person.ID, b.holder.person.ID), cmp.Compare(a.cert.Code, b.cert.Code))
}
