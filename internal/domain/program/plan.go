package program

import (
	"cmp"
	"slices"
)

// A plan is what Parse derives from a version once, so that evaluations need
// not.
type plan struct {
	cat     *Catalogue
	tracks  []Track
	accepts map[string]ranks // certificates that a line accepts, by line id
	listed  ranks            // all certificates that some line accepts
	shared  map[string]bool  // ladders on which a person fills one place at most
	lines   map[[2]string][]*Line
}

// mainTrack is the one track of a version that names none.
const mainTrack = "main"

// newPlan derives what evaluations need. The version has been checked, so every
// name in it resolves.
func newPlan(v *Version, cat *Catalogue) *plan {
	p := &plan{cat: cat, tracks: v.Tracks, accepts: map[string]ranks{}, listed: ranks{},
		shared: map[string]bool{}, lines: map[[2]string][]*Line{}}
	for _, l := range v.Ladders {
		p.shared[l.ID] = l.DistinctPersons
	}
	if len(p.tracks) == 0 {
		p.tracks = []Track{{ID: mainTrack, Title: v.Title}}
	}
	for i := range v.Lines {
		p.addLine(v, &v.Lines[i])
	}
	return p
}

// addLine notes which certificates a line accepts and which levels and tracks
// ask it.
func (p *plan) addLine(v *Version, l *Line) {
	accepts := ranks{}
	switch k := l.Ask.(type) {
	case *Certified:
		accepts = k.accepts(v)
	case *Certificates:
		accepts = k.accepts(v)
	case *Managers:
		accepts = k.accepts(v)
	case *CertificateTypes:
		for _, code := range k.Types {
			for c, r := range k.accepts(v, code) {
				accepts[c] = r
			}
		}
	}
	p.accepts[l.ID] = accepts
	for c, r := range accepts {
		p.listed[c] = max(p.listed[c], r)
	}
	for level := range l.Need {
		for _, t := range p.tracks {
			if l.In(t.ID) {
				key := [2]string{level, t.ID}
				p.lines[key] = append(p.lines[key], l)
			}
		}
	}
}

// asked are the lines that a level asks in a track, in the program's order.
func (p *plan) asked(level, track string) []*Line { return p.lines[[2]string{level, track}] }

// groups are the lines of certified staff, those that share persons together,
// each group from the highest rung down.
func (p *plan) groups(lines []*Line) [][]*Line {
	return p.grouped(lines, func(l *Line) (string, bool, bool) {
		k, ok := l.Ask.(*Certified)
		if !ok {
			return "", false, false
		}
		return k.Ladder, p.shared[k.Ladder], true
	})
}

// certificateGroups are the lines that count certificates, those on one ladder
// together, because each certificate counts once on it.
func (p *plan) certificateGroups(lines []*Line) [][]*Line {
	return p.grouped(lines, func(l *Line) (string, bool, bool) {
		k, ok := l.Ask.(*Certificates)
		if !ok {
			return "", false, false
		}
		return k.Ladder, k.Ladder != "", true
	})
}

// grouped joins the lines that of takes by their ladder, where they share it.
func (p *plan) grouped(lines []*Line, of func(l *Line) (ladder string, shared, ok bool)) [][]*Line {
	byLadder := map[string]int{}
	var out [][]*Line
	for _, l := range lines {
		ladder, shares, ok := of(l)
		if !ok {
			continue
		}
		if i, there := byLadder[ladder]; there && shares {
			out[i] = append(out[i], l)
			continue
		}
		byLadder[ladder] = len(out)
		out = append(out, []*Line{l})
	}
	for _, g := range out {
		slices.SortStableFunc(g, func(a, b *Line) int { return cmp.Compare(p.height(b), p.height(a)) })
	}
	return out
}

// height is the lowest rung that a line accepts.
func (p *plan) height(l *Line) int {
	low := 1 << 20
	for _, r := range p.accepts[l.ID] {
		low = min(low, r)
	}
	return low
}

// ladder finds one of the version's ladders.
func (v *Version) ladder(id string) (*Ladder, bool) {
	for i := range v.Ladders {
		if v.Ladders[i].ID == id {
			return &v.Ladders[i], true
		}
	}
	return &Ladder{}, false
}
