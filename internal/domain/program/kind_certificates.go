package program

import (
	"slices"

	"hanse/internal/kit/i18n"
)

// Certificates asks for so many certificates, whoever holds them. One person
// may give several; lines on one ladder share the certificates, each filling
// one place of all of them, the higher a lower one where needed (business rules
// 3.2).
type Certificates struct{ Accepted }

// evaluate reads the staffing, which was solved for all lines of the track
// together.
func (k *Certificates) evaluate(s *scene, l *Line, n Need) LineResult {
	r := countResult(len(s.staffed[l.ID].slots), n.Count)
	r.Slots = s.staffed[l.ID].slots
	return r
}

// explain tells those whose certificates another line needs from those who have
// none that suits.
func (k *Certificates) explain(s *scene, l *Line, n Need, r *LineResult, p *holder) (Other, bool) {
	if o, ok := s.absent(p); ok {
		return o, true
	}
	accepts := s.v.plan.accepts[l.ID]
	if line := s.staffed[l.ID].used[p.person.ID]; line != "" {
		if c, _, ok := p.best(accepts); ok {
			other, _ := s.v.Line(line)
			return Other{Person: p.person.ID, Reason: UsedElsewhere, Certificate: c, Line: line,
				Why: i18n.M("program.why.certificate_used", i18n.A{"line": other.Title.Msg(), "code": c.Code})}, true
		}
	}
	return s.shortfall(p, accepts, k.wanted(s.v)), true
}

// gap names a certificate where a renewal or a confirmation would do, else the
// one that lacks.
func (k *Certificates) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	args := i18n.A{"n": n.Count - r.Have, "certificate": k.wanted(s.v)}
	for _, o := range r.Others {
		args["day"], args["code"] = o.Certificate.ExpiresOn.String(), o.Certificate.Code
		if p, ok := s.f.Person(o.Person); ok {
			args["person"] = p.label()
			switch o.Reason {
			case TooShort:
				return i18n.M("program.gap.certificates_renew", args)
			case Expired:
				return i18n.M("program.gap.certificates_lapsed", args)
			case NotConfirmed:
				if c, ok := s.heldByAbsent(p, s.v.plan.accepts[l.ID]); ok {
					args["code"] = c.Code
					return i18n.M("program.gap.certificates_confirm", args)
				}
			}
		}
	}
	return i18n.M("program.gap.certificates", args)
}

// Managers asks for so many dedicated project managers: appointed by the
// partner, each holding a certificate.
type Managers struct{ Accepted }

// evaluate counts all who qualify; a person is appointed once, so nobody is
// counted twice.
func (k *Managers) evaluate(s *scene, l *Line, n Need) LineResult {
	var slots []Slot
	for i := range s.holders {
		p := &s.holders[i]
		if p.absence != "" || !s.appointed(p) {
			continue
		}
		if c, _, ok := p.best(s.v.plan.accepts[l.ID]); ok {
			slots = append(slots, s.slot(p, c))
		}
	}
	r := countResult(len(slots), n.Count)
	r.Slots = slots
	return r
}

// appointed tells whether the partner appointed a person as project manager.
func (s *scene) appointed(p *holder) bool { return slices.Contains(s.f.ProjectManagers, p.person.ID) }

// explain says of those who hold a certificate that nobody appointed them.
func (k *Managers) explain(s *scene, l *Line, n Need, r *LineResult, p *holder) (Other, bool) {
	if o, ok := s.absent(p); ok {
		return o, true
	}
	accepts := s.v.plan.accepts[l.ID]
	c, _, holds := p.best(accepts)
	switch {
	case s.appointed(p):
		return s.shortfall(p, accepts, k.wanted(s.v)), true
	case holds:
		return Other{Person: p.person.ID, Reason: NotAppointed, Certificate: c,
			Why: i18n.M("program.why.not_appointed_holder", i18n.A{"code": c.Code})}, true
	}
	return Other{Person: p.person.ID, Reason: NotAppointed, Why: i18n.M("program.why.not_appointed")}, true
}

// gap names somebody who only has to be appointed, else what lacks.
func (k *Managers) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	for _, o := range r.Others {
		if o.Reason == NotAppointed && o.Certificate.Code != "" {
			p, _ := s.f.Person(o.Person)
			return i18n.M("program.gap.appoint", i18n.A{"n": n.Count - r.Have, "person": p.label(), "code": o.Certificate.Code})
		}
	}
	if m, ok := s.nearMiss(r, s.v.plan.accepts[l.ID]); ok {
		return m
	}
	return i18n.M("program.gap.managers", i18n.A{"n": n.Count - r.Have, "certificate": k.wanted(s.v)})
}
