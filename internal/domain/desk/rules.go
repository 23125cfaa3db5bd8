package desk

import (
	"context"
	"slices"
	"strings"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	kittext "hanse/internal/kit/text"
)

// Rules lists the desk's rules in their order. Who works at the desk may, and auditors.
func (s *Service) Rules(ctx context.Context, by actor.Actor) ([]Rule, error) {
	if err := by.May(actor.ViewDesk); err != nil {
		return nil, err
	}
	q := s.db.Read()
	all, err := rules(ctx, q, by.Account)
	if err != nil {
		return nil, err
	}
	at, err := setup(ctx, q, by.Account)
	for i := range all {
		all[i].TeamName = named(at.Teams, all[i].Team)
		if p, ok := at.Person(all[i].User); ok {
			all[i].UserName = p.Name
		}
	}
	return all, err
}

// SaveRule adds a rule at the end or changes one. The desk's administrators may.
func (s *Service) SaveRule(ctx context.Context, by actor.Actor, in Rule) (Rule, error) {
	if err := by.May(actor.ManageDesk); err != nil {
		return in, err
	}
	in.clean()
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := rules(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		at, err := setup(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		if in.ID != "" && !slices.ContainsFunc(all, func(r Rule) bool { return r.ID == in.ID }) {
			return fault.NotFound()
		}
		if err := in.check(at, len(all)); err != nil {
			return err
		}
		given := in.ID
		in.Desk = by.Account
		if err := s.putRule(ctx, tx, all, &in); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "desk_rule", in.ID, map[string]any{"did": did(given), "name": in.Name, "active": in.Active})
	})
	return in, err
}

func (s *Service) putRule(ctx context.Context, tx *db.Tx, all []Rule, in *Rule) error {
	if in.ID == "" {
		in.ID, in.Edition, in.Position = id.New("rule", tx.Wall), 1, 1
		if len(all) > 0 {
			in.Position = all[len(all)-1].Position + 1
		}
		return insertRule(ctx, tx, *in)
	}
	in.Position = all[slices.IndexFunc(all, func(r Rule) bool { return r.ID == in.ID })].Position
	if err := updateRule(ctx, tx, *in); err != nil {
		return stale(err)
	}
	in.Edition++
	return nil
}

func (r *Rule) clean() {
	r.Name = kittext.Clean(r.Name)
	if r.Pick != PickUser {
		r.User = ""
	}
	for _, c := range conditions {
		values := c.values(&r.Asks)
		var kept []string
		for _, v := range *values {
			if v = strings.TrimSpace(v); v != "" && !slices.Contains(kept, v) {
				kept = append(kept, v)
			}
		}
		*values = kept
	}
}

func (r Rule) check(at Setup, have int) error {
	var fs fault.Fields
	checkName(&fs, r.Name)
	if t, ok := at.Team(r.Team); !ok || !t.Active && r.Active {
		fs.Add("team", r.Team, i18n.M("desk.no_team"))
	}
	if !slices.Contains(Picks(), r.Pick) {
		fs.Add("pick", string(r.Pick), i18n.M("desk.bad_pick"))
	}
	if _, ok := at.Person(r.User); r.Pick == PickUser && !ok {
		fs.Add("user", r.User, i18n.M("desk.no_person"))
	}
	for _, c := range conditions {
		if n := len(*c.values(&r.Asks)); n > mostValues {
			fs.Add("asks", "", i18n.M("desk.too_many", i18n.A{"n": mostValues}))
		}
	}
	if r.ID == "" && have >= mostRules {
		fs.Add("name", r.Name, i18n.M("desk.too_many", i18n.A{"n": mostRules}))
	}
	return fs.Err()
}

// MoveRule puts a rule one place up or down. The desk's administrators may.
func (s *Service) MoveRule(ctx context.Context, by actor.Actor, ruleID string, up bool, edition int64) error {
	if err := by.May(actor.ManageDesk); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := rules(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(r Rule) bool { return r.ID == ruleID })
		if i < 0 {
			return fault.NotFound()
		}
		if all[i].Edition != edition {
			return stale(db.ErrNoRow)
		}
		to := i + 1
		if up {
			to = i - 1
		}
		if to < 0 || to >= len(all) {
			return nil
		}
		all[i], all[to] = all[to], all[i]
		if err := number(ctx, tx, all); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "desk_rule", ruleID, map[string]any{"did": "moved", "name": all[to].Name, "up": up})
	})
}

// number writes the order of the rules where it differs: two that were added at once may have one position.
func number(ctx context.Context, tx *db.Tx, all []Rule) error {
	for i, r := range all {
		if r.Position == int64(i+1) {
			continue
		}
		r.Position = int64(i + 1)
		if err := updateRule(ctx, tx, r); err != nil {
			return stale(err)
		}
	}
	return nil
}

// RemoveRule takes a rule away. The desk's administrators may.
func (s *Service) RemoveRule(ctx context.Context, by actor.Actor, ruleID string, edition int64) error {
	if err := by.May(actor.ManageDesk); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		all, err := rules(ctx, tx, by.Account)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(r Rule) bool { return r.ID == ruleID }) {
			return fault.NotFound()
		}
		if err := deleteRule(ctx, tx, by.Account, ruleID, edition); err != nil {
			return stale(err)
		}
		return s.record(ctx, tx, by, "desk_rule", ruleID, map[string]any{"did": "removed"})
	})
}

// Try tells where a ticket would go now, and writes nothing. Who works at the desk may, and auditors.
func (s *Service) Try(ctx context.Context, by actor.Actor, f Facts) (Routed, error) {
	if err := by.May(actor.ViewDesk); err != nil {
		return Routed{}, err
	}
	f.Desk = by.Account
	q := s.db.Read()
	r, ok, err := matching(ctx, q, f)
	if err != nil {
		return Routed{}, err
	}
	if !ok {
		return fallback(ctx, q, f.Desk)
	}
	t, err := team(ctx, q, f.Desk, r.Team)
	if err != nil {
		return Routed{}, err
	}
	return r.give(ctx, q, s.db.Clock().Now(), t, f, func(string) error { return nil })
}
