package desk

import (
	"context"
	"slices"

	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

// Load counts the unfinished tickets of users of a desk, in one query. Users without any may be left out.
type Load func(ctx context.Context, q db.Querier, desk string, users []string) (map[string]int64, error)

// Facts are what rules look at.
type Facts struct {
	Desk        string
	ProblemType string
	Category    string
	Product     string
	Severity    string
	Region      string
	Plan        string // BASIC, STANDARD, PREMIUM
	Account     string // whose ticket it is
	Lang        string // of whoever opened it
	Load        Load   // nil = nobody has any
}

// Routed is what became of a ticket.
type Routed struct {
	Team      string // "" = no rule fits and there's no team for the rest
	TeamName  string
	Owner     string // "" = nobody yet
	OwnerName string
	Rule      string // "" = none fits
	RuleName  string
	Why       i18n.Msg // for the log and the page
}

// A condition is one kind of thing that a rule asks for.
type condition struct {
	label  i18n.Msg
	values func(*Asks) *[]string
	fact   func(Facts) string
}

// conditions are all there are, in the order in which they're shown.
var conditions = []condition{
	{i18n.M("desk.ask.problem_type"), func(a *Asks) *[]string { return &a.ProblemTypes }, func(f Facts) string { return f.ProblemType }},
	{i18n.M("desk.ask.category"), func(a *Asks) *[]string { return &a.Categories }, func(f Facts) string { return f.Category }},
	{i18n.M("desk.ask.product"), func(a *Asks) *[]string { return &a.Products }, func(f Facts) string { return f.Product }},
	{i18n.M("desk.ask.severity"), func(a *Asks) *[]string { return &a.Severities }, func(f Facts) string { return f.Severity }},
	{i18n.M("desk.ask.region"), func(a *Asks) *[]string { return &a.Regions }, func(f Facts) string { return f.Region }},
	{i18n.M("desk.ask.plan"), func(a *Asks) *[]string { return &a.Plans }, func(f Facts) string { return f.Plan }},
	{i18n.M("desk.ask.account"), func(a *Asks) *[]string { return &a.Accounts }, func(f Facts) string { return f.Account }},
	{i18n.M("desk.ask.language"), func(a *Asks) *[]string { return &a.Languages }, func(f Facts) string { return f.Lang }},
}

// Labels names the kinds of things that are asked for.
func (a Asks) Labels() (out []i18n.Msg) {
	for _, c := range conditions {
		if len(*c.values(&a)) > 0 {
			out = append(out, c.label)
		}
	}
	return out
}

// Fit tells whether a ticket is what is asked for.
func (a Asks) Fit(f Facts) bool {
	for _, c := range conditions {
		if values := *c.values(&a); len(values) > 0 && !slices.Contains(values, c.fact(f)) {
			return false
		}
	}
	return true
}

// first finds the first active rule that fits.
func first(rules []Rule, f Facts) (Rule, bool) {
	for _, r := range rules {
		if r.Active && r.Asks.Fit(f) {
			return r, true
		}
	}
	return Rule{}, false
}

// why says which rule decided and what it looked at.
func (r Rule) why(team string, how i18n.Msg) i18n.Msg {
	a := i18n.A{"rule": i18n.Raw(r.Name), "team": i18n.Raw(team), "how": how}
	if asked := r.Asks.Labels(); len(asked) > 0 {
		a["asked"] = asked
		return i18n.M("desk.why.rule", a)
	}
	return i18n.M("desk.why.rule_any", a)
}

// next is the member after the one who was last, in the order of ids, so that everybody has a turn however the team
// changes in between.
func next(members []Person, last string) (Person, bool) {
	if len(members) == 0 {
		return Person{}, false
	}
	for _, m := range members {
		if m.ID > last {
			return m, true
		}
	}
	return members[0], true
}

// least is the member with the fewest unfinished tickets; of several the one whose turn it is.
func least(members []Person, loads map[string]int64, last string) (Person, int64, bool) {
	if len(members) == 0 {
		return Person{}, 0, false
	}
	low := loads[members[0].ID]
	for _, m := range members {
		low = min(low, loads[m.ID])
	}
	free := slices.DeleteFunc(slices.Clone(members), func(m Person) bool { return loads[m.ID] != low })
	p, ok := next(free, last)
	return p, low, ok
}
