package program

import (
	"slices"
	"strconv"

	"hanse/internal/kit/i18n"
)

// Persons asks for so many distinct registered engineers.
type Persons struct {
	Certified bool `yaml:"certified,omitempty" doc:"Count only holders of a valid certificate that some line accepts"`
}

// evaluate counts all who qualify, beyond the need as well: the number is of
// interest in itself.
func (k *Persons) evaluate(s *scene, l *Line, n Need) LineResult {
	var slots []Slot
	for i := range s.holders {
		p := &s.holders[i]
		if p.absence != "" {
			continue
		}
		c, _, ok := p.best(s.v.plan.listed)
		if k.Certified && !ok {
			continue
		}
		if !k.Certified {
			c = Certificate{}
		}
		slots = append(slots, s.slot(p, c))
	}
	r := countResult(len(slots), n.Count)
	r.Slots = slots
	return r
}

// explain has something to say about holders only; without that condition
// everybody present counts.
func (k *Persons) explain(s *scene, l *Line, n Need, r *LineResult, p *holder) (Other, bool) {
	if o, ok := s.absent(p); ok {
		return o, true
	}
	return s.shortfall(p, s.v.plan.listed, i18n.M("program.accept.listed")), true
}

// gap asks for registrations, or for certificates where only holders count.
func (k *Persons) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	missing := n.Count - r.Have
	if !k.Certified {
		return i18n.M("program.gap.persons", i18n.A{"n": missing})
	}
	if m, ok := s.nearMiss(r, s.v.plan.listed); ok {
		return m
	}
	return i18n.M("program.gap.certified_persons", i18n.A{"n": missing})
}

// NamedEngineers asks for so many engineers whom the partner named to the
// vendor; they must be registered with it.
type NamedEngineers struct{}

// evaluate ignores names that are not on the roster or no longer count.
func (k *NamedEngineers) evaluate(s *scene, l *Line, n Need) LineResult {
	var slots []Slot
	for i := range s.holders {
		p := &s.holders[i]
		if p.absence == "" && slices.Contains(s.f.NamedEngineers, p.person.ID) {
			slots = append(slots, s.slot(p, Certificate{}))
		}
	}
	r := countResult(len(slots), n.Count)
	r.Slots = slots
	return r
}

// explain says of everybody present that nobody named them.
func (k *NamedEngineers) explain(s *scene, l *Line, n Need, r *LineResult, p *holder) (Other, bool) {
	if o, ok := s.absent(p); ok {
		return o, true
	}
	return Other{Person: p.person.ID, Reason: NotNamed, Why: i18n.M("program.why.not_named")}, true
}

// gap asks to name more engineers.
func (k *NamedEngineers) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	return i18n.M("program.gap.named", i18n.A{"n": n.Count - r.Have})
}

// ServiceManager asks for a service manager who works for the partner on the
// day; a manager need not be an engineer.
type ServiceManager struct{ impersonal }

// evaluate wants the manager to be with the partner on the day.
func (k *ServiceManager) evaluate(s *scene, l *Line, n Need) LineResult {
	p, ok := s.f.Person(s.f.ServiceManager)
	met := ok && s.f.ServiceManager != "" && p.Bound(s.day) && s.v.People.trusts(p, s.day)
	r := yesResult(met)
	if met {
		r.Slots = []Slot{{Person: p.ID}}
	}
	return r
}

// gap tells apart that there is no manager, that the roster does not know the
// person, that the person is away, and that the person did not confirm.
func (k *ServiceManager) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	p, ok := s.f.Person(s.f.ServiceManager)
	switch {
	case s.f.ServiceManager == "":
		return i18n.M("program.gap.manager")
	case !ok:
		return i18n.M("program.gap.manager_unknown", i18n.A{"person": s.f.ServiceManager})
	case p.Bound(s.day):
		return i18n.M("program.gap.manager_unconfirmed", i18n.A{"person": p.label()})
	}
	return i18n.M("program.gap.manager_away", i18n.A{"person": p.label()})
}

// label is how messages call a person.
func (p *Person) label() string {
	if p.Name != "" {
		return p.Name
	}
	return p.ID
}

// countResult is the result of a line that counts.
func countResult(have, need int) LineResult {
	return LineResult{Need: need, Have: have, Met: have >= need,
		Needs: i18n.Raw(strconv.Itoa(need)), Has: i18n.Raw(strconv.Itoa(have))}
}

// yesResult is the result of a line that is met or not.
func yesResult(met bool) LineResult {
	r := LineResult{Need: 1, Met: met, Needs: i18n.M("program.need.yes"), Has: i18n.M("program.has.no")}
	if met {
		r.Have, r.Has = 1, i18n.M("program.has.yes")
	}
	return r
}
