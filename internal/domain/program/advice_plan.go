package program

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hanse/internal/kit/calendar"
)

// plan solves the track and words the result.
func (a *advisor) plan() Plan {
	p := Plan{Track: a.track, Ready: a.ready, Exact: true, Without: a.without}
	var best *found
	lowest := int64(0) // money without which no combination does
	variants := a.variants()
	for i, places := range variants {
		set := a.set(places)
		x, err := set.best(planBudget / len(variants))
		p.Compared.add(a, set)
		if err != nil {
			a.rough = true
			continue
		}
		if low := x.leastMoney(); i == 0 || low < lowest {
			lowest = low
		}
		p.Exact = p.Exact && x.exact && x.tidy
		if best == nil || x.compare(best) < 0 {
			best = &x
		}
	}
	if best != nil {
		a.act(&p, best)
	}
	p.Exact = p.Exact && !a.rough
	if !p.Exact {
		p.Above = above(p.Cost.Minor, lowest)
	}
	a.addSteps(&p)
	return p
}

// leastMoney is the least that the search proved to be needed, by as many hires
// as were found.
func (f *found) leastMoney() int64 {
	if f.exact {
		return f.money()
	}
	least := f.w.paid(f.bound) - int64(f.w.hires(f))*(f.w.hire/f.w.person)
	return max(0, least)
}

// above is by how many percent an amount may lie above a lower bound.
func above(have, bound int64) int {
	switch {
	case have <= bound:
		return 0
	case bound <= 0:
		return 100
	}
	return int((100*(have-bound) + bound - 1) / bound)
}

func (c *Compared) add(a *advisor, s *choiceSet) {
	people, kinds, options := 0, 0, 0
	for i, k := range s.kinds {
		if k.profile.unlucky || len(k.people) == 0 {
			continue
		}
		people += len(k.people)
		kinds++
		options += len(s.options[i])
	}
	c.People, c.Kinds, c.Options = people, kinds, c.Options+options
}

// act names the persons, the first of each kind by id, and lists what they do.
func (a *advisor) act(p *Plan, f *found) {
	next := make([]int, len(f.set.kinds))
	for _, x := range f.picks {
		o := &f.set.options[x.kind][x.option]
		for range x.n {
			k := &f.set.kinds[x.kind]
			person := ""
			if o.do&doHire != 0 {
				p.Hires++
				person = fmt.Sprintf("%s%d", newcomer, p.Hires)
			} else {
				person = k.people[next[x.kind]]
				next[x.kind]++
			}
			p.Actions = append(p.Actions, a.actions(person, o)...)
			p.Persons++
			p.Weeks = max(p.Weeks, o.weeks)
		}
	}
	slices.SortStableFunc(p.Actions, func(x, y Action) int {
		return cmp.Or(cmp.Compare(isNewcomerOrder(x.Person), isNewcomerOrder(y.Person)), cmp.Compare(x.Person, y.Person))
	})
	for _, x := range p.Actions {
		p.Cost.Minor += x.Cost.Minor
		if x.Cost.Minor > 0 {
			p.Cost.Currency = x.Cost.Currency
		}
	}
}

// newcomer begins the ids of persons who are not there yet.
const newcomer = "new-"

func isNewcomer(person string) bool { return strings.HasPrefix(person, newcomer) }

func isNewcomerOrder(person string) int {
	if isNewcomer(person) {
		return 1
	}
	return 0
}

// actionOf says how each thing to do is called, in the order of doing.
var actionOf = []struct {
	do   flags
	kind ActionKind
}{{doHire, ActHire}, {doRegister, ActRegister}, {doConfirm, ActConfirm}, {doName, ActName}, {doService, ActService},
	{doManage, ActManage}}

// actions are the things that one person does.
func (a *advisor) actions(person string, o *option) (out []Action) {
	for _, x := range actionOf {
		if o.do&x.do != 0 {
			out = append(out, Action{Kind: x.kind, Person: person, Until: a.ready})
		}
	}
	var exams []Action
	for i := range a.exams {
		if o.exams&(1<<i) == 0 {
			continue
		}
		x := Action{Kind: ActTake, Person: person, Code: a.exams[i].code, Until: a.ready, Cost: a.exams[i].cost, Weeks: a.exams[i].weeks}
		if held, ok := a.held(person, x.Code); ok {
			x.Kind, x.Held = ActRenew, held
			if a.ask.From <= held {
				x.Until = min(a.ready, held)
			}
		}
		exams = append(exams, x)
	}
	slices.SortStableFunc(exams, func(x, y Action) int { return cmp.Compare(x.Until, y.Until) })
	return append(out, exams...)
}

// held is the last valid day of a certificate that a person has.
func (a *advisor) held(person, code string) (calendar.Day, bool) {
	p, ok := a.f.Person(person)
	if !ok {
		return calendar.None, false
	}
	last, found := calendar.None, false
	for _, c := range p.Certificates {
		if t, _ := a.v.plan.cat.Find(c.Code); t.Code == code {
			last, found = max(last, a.v.plan.cat.Expiry(c)), true
		}
	}
	return last, found
}

// addSteps evaluates the facts with the plan carried out: whatever is still not
// met is a step.
func (a *advisor) addSteps(p *Plan) {
	s := newScene(a.v, p.Apply(a.v, a.f), a.ready.Time(), a.ask.Purpose)
	for _, r := range s.track(a.ask.Level, a.track).Lines {
		if !r.Met {
			p.Steps = append(p.Steps, Step{r.ID, r.Gap})
		}
	}
}

// Apply returns the facts as they are on the plan's day when everybody has done
// their part; the facts given stay as they are.
func (p *Plan) Apply(v *Version, f *Facts) *Facts {
	g := *f
	g.People = slices.Clone(f.People)
	g.NamedEngineers, g.ProjectManagers = slices.Clone(f.NamedEngineers), slices.Clone(f.ProjectManagers)
	for _, x := range p.Actions {
		if x.Kind == ActHire {
			g.People = append(g.People, Person{ID: x.Person, Registered: true, BoundOn: p.Ready})
			continue
		}
		i := slices.IndexFunc(g.People, func(y Person) bool { return y.ID == x.Person })
		if i < 0 {
			continue
		}
		person := &g.People[i]
		switch x.Kind {
		case ActRegister:
			person.Registered = true
		case ActConfirm:
			person.Unconfirmed, person.CountsUntil = false, calendar.None
		case ActName:
			g.NamedEngineers = append(g.NamedEngineers, x.Person)
		case ActService:
			g.ServiceManager = x.Person
		case ActManage:
			g.ProjectManagers = append(g.ProjectManagers, x.Person)
		default:
			person.pass(v.plan.cat, x.Code, p.Ready)
		}
	}
	return &g
}

// pass adds a certificate earned on a day and renews those that it renews.
func (p *Person) pass(cat *Catalogue, code string, d calendar.Day) {
	certs := slices.Clone(p.Certificates)
	for i, c := range certs {
		certs[i].ExpiresOn = cat.Refreshed(c, []Pass{{code, d}})
	}
	p.Certificates = append(certs, Certificate{Code: code, IssuedOn: d})
}
