package program

import (
	"cmp"
	"slices"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A Question asks for the cheapest way to a level.
type Question struct {
	Level        string
	Track        string       // empty: whichever is best
	From         calendar.Day // today
	Ready        calendar.Day // the day on which the level is to be met; None: as early as the plan allows
	Purpose      Purpose
	Alternatives int // how many other plans to look for at most
}

// Advice is the answer: the cheapest plan and others worth a look.
type Advice struct {
	Level  string
	From   calendar.Day
	Best   Plan
	Others []Plan // distinct from the best, cheapest first
}

// A Plan is who does what so that a level is met on a day. It is the cheapest
// of its track at that day: fewest unpriced steps come first between tracks,
// then fewest newcomers, least cost, fewest weeks, fewest persons.
type Plan struct {
	Track    string
	Ready    calendar.Day // the day for which it was made: certificates count on it as an application wants
	Late     bool         // it takes longer than until Ready
	Actions  []Action     // by person
	Steps    []Step       // what no person can do, or no catalogue prices
	Hires    int
	Cost     Cost
	Weeks    int      // each person one exam after the other, persons side by side
	Persons  int      // who have something to do
	Exact    bool     // proven: no plan is better in any respect
	Above    int      // percent that the cost may lie above the least; 0: proven to be the least
	Compared Compared // what the search looked at
	Without  string   // an alternative that leaves this person alone; empty: the cheapest of its track
}

// Compared is what a search looked at.
type Compared struct {
	People  int // on the roster on the day, newcomers aside
	Kinds   int // of persons: those who hold the same are one kind
	Options int // that a person of some kind has
}

// ActionKind is what a person does.
type ActionKind string

// The kinds of action, in the order in which a person takes them.
const (
	ActHire     ActionKind = "hire"     // one more engineer
	ActRegister ActionKind = "register" // as after-sales engineer
	ActConfirm  ActionKind = "confirm"  // an unconfirmed binding
	ActName     ActionKind = "name"     // to the vendor
	ActService  ActionKind = "service"  // is appointed service manager
	ActManage   ActionKind = "manage"   // is appointed project manager
	ActRenew    ActionKind = "renew"    // a certificate that is held
	ActTake     ActionKind = "take"     // a certificate that is not
)

// An Action is one thing a person does.
type Action struct {
	Kind   ActionKind
	Person string       // "new-1" is the first newcomer
	Code   string       // the certificate, for take and renew
	Until  calendar.Day // the last day on which it is of use
	Held   calendar.Day // renew: the last valid day of what is held
	Cost   Cost
	Weeks  int
}

// A Step is what must happen besides, without a price.
type Step struct {
	Line string
	Gap  i18n.Msg
}

// Met tells that nothing remains to be done.
func (p *Plan) Met() bool { return len(p.Actions) == 0 && len(p.Steps) == 0 }

// Priced tells whether the plan costs anything that the catalogue knows.
func (p *Plan) Priced() bool { return p.Cost.Minor > 0 }

// Compare orders plans: the better first.
func (p *Plan) Compare(o *Plan) int {
	return cmp.Or(cmp.Compare(len(p.Steps), len(o.Steps)), cmp.Compare(p.Hires, o.Hires),
		cmp.Compare(p.Cost.Minor, o.Cost.Minor), cmp.Compare(p.Weeks, o.Weeks), cmp.Compare(p.Persons, o.Persons))
}

// Advise finds the cheapest plan by which a partner meets a level. It is a pure
// function and deterministic. A person fills lines by certificates to take or
// renew (price and weeks are the catalogue's; what is passed by the day counts
// on it), by being registered, confirmed, named or appointed; when people are
// short, newcomers are hired, as few as will do. What no person brings is a
// step of the plan.
func Advise(v *Version, f *Facts, ask Question) Advice {
	a := Advice{Level: ask.Level, From: ask.From}
	var plans []Plan
	for _, t := range v.plan.tracks {
		if ask.Track == "" || ask.Track == t.ID {
			plans = append(plans, advise(v, f, ask, t.ID, ""))
		}
	}
	slices.SortStableFunc(plans, func(x, y Plan) int { return x.Compare(&y) })
	if len(plans) == 0 {
		return a
	}
	a.Best = plans[0]
	a.Others = plans[1:]
	if ask.Alternatives > 0 {
		a.addOthers(v, f, ask)
	}
	if len(a.Others) > ask.Alternatives {
		a.Others = a.Others[:ask.Alternatives]
	}
	return a
}

// addOthers looks for plans of the best track that leave one of its persons
// alone, the one with the most to pay first.
func (a *Advice) addOthers(v *Version, f *Facts, ask Question) {
	for _, person := range a.Best.dearest(ask.Alternatives) {
		p := advise(v, f, ask, a.Best.Track, person)
		same := func(o Plan) bool { return slices.Equal(o.Actions, p.Actions) && o.Track == p.Track }
		if same(a.Best) || slices.ContainsFunc(a.Others, same) {
			continue
		}
		a.Others = append(a.Others, p)
	}
	slices.SortStableFunc(a.Others, func(x, y Plan) int { return x.Compare(&y) })
}

// dearest are the persons of a plan who can be spared in theory, by what they
// cost.
func (p *Plan) dearest(n int) []string {
	cost := map[string]int64{}
	var people []string
	for _, x := range p.Actions {
		if isNewcomer(x.Person) {
			continue
		}
		if !slices.Contains(people, x.Person) {
			people = append(people, x.Person)
		}
		cost[x.Person] += x.Cost.Minor
	}
	slices.SortStableFunc(people, func(a, b string) int { return cmp.Compare(cost[b], cost[a]) })
	return people[:min(n, len(people))]
}

// maxRounds is how often the day is moved out to when a plan is ready.
const maxRounds = 6

// advise plans one track. Without a given day it plans for today, sees how long
// that takes, and plans for the day on which it is done: by then other
// certificates may have lapsed.
func advise(v *Version, f *Facts, ask Question, track, without string) Plan {
	ready := ask.Ready
	if ready.IsNone() {
		ready = ask.From
	}
	var p Plan
	for range maxRounds {
		p = newAdvisor(v, f, ask, track, ready, without).plan()
		done := ask.From.AddDays(7 * p.Weeks)
		p.Late = done > ready
		if !p.Late || !ask.Ready.IsNone() {
			break
		}
		ready = done
	}
	return p
}

// Certificates are the codes that some line of the version accepts, sorted.
func (v *Version) Certificates() []string {
	var out []string
	for code := range v.plan.listed {
		out = append(out, code)
	}
	slices.Sort(out)
	return out
}
