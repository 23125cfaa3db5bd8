package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Route finds the team and the owner of a ticket by the desk's rules, in the ticket's transaction: the first active
// rule that fits decides. Without one the desk's team for the rest has it, without that nobody. It holds the team's
// row to the end of the transaction, so that two tickets at once go to two people.
func Route(ctx context.Context, tx *db.Tx, f Facts) (Routed, error) {
	r, ok, err := matching(ctx, tx, f)
	if err != nil {
		return Routed{}, err
	}
	if !ok {
		return fallback(ctx, tx, f.Desk)
	}
	t, err := hold(ctx, tx, f.Desk, r.Team)
	if err != nil {
		return Routed{}, err
	}
	return r.give(ctx, tx, tx.Now, t, f, func(user string) error { return given(ctx, tx, f.Desk, t.ID, user) })
}

// matching finds the first rule that fits and whose team still works.
func matching(ctx context.Context, q db.Querier, f Facts) (Rule, bool, error) {
	all, err := rules(ctx, q, f.Desk)
	if err != nil || len(all) == 0 {
		return Rule{}, false, err
	}
	ts, err := teams(ctx, q, f.Desk)
	if err != nil {
		return Rule{}, false, err
	}
	live := map[string]bool{}
	for _, t := range ts {
		live[t.ID] = t.Active
	}
	r, ok := first(slices.DeleteFunc(all, func(r Rule) bool { return !live[r.Team] }), f)
	return r, ok, nil
}

// fallback is the team that has what no rule sends anywhere.
func fallback(ctx context.Context, q db.Querier, desk string) (Routed, error) {
	_, id, err := duty(ctx, q, desk)
	if err != nil {
		return Routed{}, err
	}
	t, err := team(ctx, q, desk, id)
	switch {
	case errors.Is(err, db.ErrNoRow) || err == nil && !t.Active:
		return Routed{Why: i18n.M("desk.why.nothing")}, nil
	case err != nil:
		return Routed{}, err
	}
	return Routed{Team: t.ID, TeamName: t.Name, Why: i18n.M("desk.why.fallback", i18n.A{"team": i18n.Raw(t.Name)})}, nil
}

// give finds the owner within the rule's team. note is told who it is when somebody is chosen among several.
func (r Rule) give(ctx context.Context, q db.Querier, at time.Time, t Team, f Facts, note func(user string) error) (Routed, error) {
	out := Routed{Team: t.ID, TeamName: t.Name, Rule: r.ID, RuleName: r.Name}
	p, how, err := choose(ctx, q, at, t, r.Pick, r.User, f.Load)
	if err != nil {
		return out, err
	}
	out.Owner, out.OwnerName, out.Why = p.ID, p.Name, r.why(t.Name, how)
	if p.ID == "" || r.Pick == PickUser || r.Pick == PickLead {
		return out, nil
	}
	return out, note(p.ID)
}

// choose finds a team's owner for a ticket and says how. Who is away or has left is passed over; then the team has it.
func choose(ctx context.Context, q db.Querier, at time.Time, t Team, pick Pick, user string, load Load) (Person, i18n.Msg, error) {
	if pick == PickNone {
		return Person{}, i18n.M("desk.how.none"), nil
	}
	staff, err := Staff(ctx, q, t.Desk)
	if err != nil {
		return Person{}, i18n.Msg{}, err
	}
	today := calendar.DayOf(at)
	here := slices.DeleteFunc(staff, func(p Person) bool { return p.Away(today) })
	if pick == PickLead || pick == PickUser {
		if pick == PickLead {
			user = t.Lead
		}
		i := slices.IndexFunc(here, func(p Person) bool { return p.ID == user })
		if i < 0 {
			return Person{}, i18n.M("desk.how.away"), nil
		}
		return here[i], i18n.M("desk.how.fixed", i18n.A{"name": i18n.Raw(here[i].Name)}), nil
	}
	here = slices.DeleteFunc(here, func(p Person) bool { return !slices.Contains(p.Teams, t.ID) })
	slices.SortFunc(here, func(a, b Person) int { return strings.Compare(a.ID, b.ID) })
	return among(ctx, q, t, pick, here, load)
}

// among chooses one of those who are here.
func among(ctx context.Context, q db.Querier, t Team, pick Pick, here []Person, load Load) (Person, i18n.Msg, error) {
	if len(here) == 0 {
		return Person{}, i18n.M("desk.how.nobody"), nil
	}
	if pick == PickTurn {
		p, _ := next(here, t.last)
		return p, i18n.M("desk.how.turn", i18n.A{"name": i18n.Raw(p.Name)}), nil
	}
	loads := map[string]int64{}
	if load != nil {
		ids := make([]string, len(here))
		for i, p := range here {
			ids[i] = p.ID
		}
		var err error
		if loads, err = load(ctx, q, t.Desk, ids); err != nil {
			return Person{}, i18n.Msg{}, err
		}
	}
	p, n, _ := least(here, loads, t.last)
	return p, i18n.M("desk.how.least", i18n.A{"name": i18n.Raw(p.Name), "n": n}), nil
}

// TeamOf reads a team; NotFound when the desk has none with the id.
func TeamOf(ctx context.Context, q db.Querier, desk, id string) (Team, error) {
	t, err := team(ctx, q, desk, id)
	return t, lost(err)
}

// Belongs lists the teams of a user: for the views of "my team".
func Belongs(ctx context.Context, q db.Querier, desk, user string) ([]string, error) {
	pairs, err := members(ctx, q, desk, "", user)
	out := make([]string, len(pairs))
	for i, x := range pairs {
		out[i] = x[0]
	}
	return out, err
}

// Staff lists everybody who may own tickets of a desk, by name.
func Staff(ctx context.Context, q db.Querier, desk string) ([]Person, error) {
	users, err := account.ActiveUsers(ctx, q, desk)
	if err != nil {
		return nil, err
	}
	away, err := absences(ctx, q, desk)
	if err != nil {
		return nil, err
	}
	pairs, err := members(ctx, q, desk, "", "")
	if err != nil {
		return nil, err
	}
	in := map[string][]string{}
	for _, x := range pairs {
		in[x[1]] = append(in[x[1]], x[0])
	}
	var out []Person
	for _, u := range users {
		if works(u.Roles) {
			out = append(out, Person{ID: u.ID, Name: u.Name, Until: away[u.ID], Teams: in[u.ID]})
		}
	}
	slices.SortFunc(out, func(a, b Person) int { return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID) })
	return out, nil
}

// Works finds somebody who may own tickets of a desk; ok is false when there's no such person.
func Works(ctx context.Context, q db.Querier, desk, user string) (p Person, ok bool, err error) {
	u, err := account.UserOf(ctx, q, desk, user)
	if errors.Is(err, db.ErrNoRow) {
		return p, false, nil
	}
	return Person{ID: u.ID, Name: u.Name}, err == nil && works(u.Roles), err
}

// Escalation says who is told when a ticket gets late: users of the desk, "" for nobody.
type Escalation struct{ Owner, Lead, Duty string }

// Users lists them, each once: the owner first.
func (e Escalation) Users() (out []string) {
	for _, u := range []string{e.Owner, e.Lead, e.Duty} {
		if u != "" && !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}

// Escalate finds who is told when a ticket of a team and an owner gets late.
func Escalate(ctx context.Context, q db.Querier, desk, teamID, owner string) (Escalation, error) {
	e := Escalation{Owner: owner}
	d, _, err := duty(ctx, q, desk)
	if err != nil {
		return e, err
	}
	e.Duty = d.User
	if teamID == "" {
		return e, nil
	}
	t, err := team(ctx, q, desk, teamID)
	if errors.Is(err, db.ErrNoRow) {
		return e, nil
	}
	e.Lead = t.Lead
	return e, err
}

func lost(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.NotFound()
	}
	return err
}
