package program

import (
	"slices"
	"strings"

	"hanse/internal/kit/i18n"
)

// Accepted says which certificates fill a place.
type Accepted struct {
	Ladder  string   `yaml:"ladder,omitempty" doc:"Ladder that ranks the certificates"`
	AtLeast string   `yaml:"at_least,omitempty" doc:"This certificate, its equals on the ladder, and all higher"`
	Only    []string `yaml:"only,omitempty" doc:"Exactly these certificates, instead of at_least"`
}

// Certified asks for so many distinct persons, each holding a certificate.
// Lines on a ladder with distinct persons share the persons: each fills at most
// one place of all of them.
type Certified struct{ Accepted }

// accepts are the certificates that fill a place, with their rungs.
func (k *Accepted) accepts(v *Version) ranks {
	ladder, _ := v.ladder(k.Ladder)
	out := ranks{}
	for _, code := range k.Only {
		out[code] = max(0, ladder.Rung(code))
	}
	if k.AtLeast != "" {
		for r := max(0, ladder.Rung(k.AtLeast)); r < len(ladder.Rungs); r++ {
			for _, code := range ladder.Rungs[r] {
				out[code] = r
			}
		}
	}
	return out
}

// wanted names the certificates in words: those of the lowest rung, without the
// variants of the one that is asked.
func (k *Accepted) wanted(v *Version) i18n.Msg {
	if k.AtLeast == "" {
		return i18n.Raw(strings.Join(k.Only, " / "))
	}
	names := []string{k.AtLeast}
	ladder, _ := v.ladder(k.Ladder)
	for _, code := range ladder.Rungs[ladder.Rung(k.AtLeast)] {
		if !strings.HasPrefix(code, k.AtLeast) {
			names = append(names, code)
		}
	}
	return i18n.M("program.accept.at_least", i18n.A{"code": strings.Join(names, " / ")})
}

// evaluate reads the staffing, which was solved for all lines of the track
// together.
func (k *Certified) evaluate(s *scene, l *Line, n Need) LineResult {
	r := countResult(len(s.staffed[l.ID].slots), n.Count)
	r.Slots = s.staffed[l.ID].slots
	return r
}

// explain tells those whom another line needs from those who lack the
// certificate.
func (k *Certified) explain(s *scene, l *Line, n Need, r *LineResult, p *holder) (Other, bool) {
	accepts := s.v.plan.accepts[l.ID]
	if o, ok := s.absent(p); ok {
		return o, true
	}
	if line := s.staffed[l.ID].used[p.person.ID]; line != "" {
		other, _ := s.v.Line(line)
		c, _, _ := p.best(accepts)
		if c.Code == "" {
			return s.shortfall(p, accepts, k.wanted(s.v)), true
		}
		return Other{Person: p.person.ID, Reason: UsedElsewhere, Certificate: c, Line: line,
			Why: i18n.M("program.why.used_elsewhere", i18n.A{"line": other.Title.Msg(), "code": c.Code})}, true
	}
	return s.shortfall(p, accepts, k.wanted(s.v)), true
}

// gap names a person where a renewal or a registration would do, else the
// certificate that lacks.
func (k *Certified) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	missing := n.Count - r.Have
	if m, ok := s.nearMiss(r, s.v.plan.accepts[l.ID]); ok {
		return m
	}
	return i18n.M("program.gap.certified", i18n.A{"n": missing, "certificate": k.wanted(s.v)})
}

// CertificateTypes asks for so many different certificate types out of a list;
// one person may hold several.
type CertificateTypes struct {
	Types  []string `yaml:"types" doc:"The certificate types"`
	Ladder string   `yaml:"ladder,omitempty" doc:"Ladder whose higher certificates stand for a type on it"`
}

// accepts are the certificates that stand for one type.
func (k *CertificateTypes) accepts(v *Version, code string) ranks {
	out := ranks{code: 0}
	ladder, ok := v.ladder(k.Ladder)
	if !ok || ladder.Rung(code) < 0 {
		return out
	}
	for r := ladder.Rung(code) + 1; r < len(ladder.Rungs); r++ {
		for _, higher := range ladder.Rungs[r] {
			out[higher] = r
		}
	}
	return out
}

// evaluate takes the types in the file's order, until enough are there, each
// with its best holder.
func (k *CertificateTypes) evaluate(s *scene, l *Line, n Need) LineResult {
	var slots []Slot
	for _, code := range k.Types {
		if len(slots) == n.Count {
			break
		}
		if c, ok := s.bestHolder(k.accepts(s.v, code)); ok {
			slots = append(slots, s.slot(c.holder, c.cert))
		}
	}
	r := countResult(len(slots), n.Count)
	r.Slots = slots
	return r
}

// bestHolder is the first of all persons who hold one of the certificates.
func (s *scene) bestHolder(accepts ranks) (candidate, bool) {
	var found []candidate
	for i := range s.holders {
		if c, rank, ok := s.holders[i].best(accepts); ok && s.holders[i].absence == "" {
			found = append(found, candidate{&s.holders[i], c, rank, i})
		}
	}
	if len(found) == 0 {
		return candidate{}, false
	}
	return slices.MinFunc(found, compareCandidates), true
}

// explain looks at all types at once: a person may help with any of them.
func (k *CertificateTypes) explain(s *scene, l *Line, n Need, r *LineResult, p *holder) (Other, bool) {
	if o, ok := s.absent(p); ok {
		return o, true
	}
	return s.shortfall(p, s.v.plan.accepts[l.ID], i18n.Raw(strings.Join(k.Types, " / "))), true
}

// gap names the types that nobody holds: those still needed are among them.
func (k *CertificateTypes) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	var open []string
	for _, code := range k.Types {
		if _, ok := s.bestHolder(k.accepts(s.v, code)); !ok {
			open = append(open, code)
		}
	}
	return i18n.M("program.gap.types", i18n.A{"n": n.Count - r.Have, "types": strings.Join(open, " / ")})
}
