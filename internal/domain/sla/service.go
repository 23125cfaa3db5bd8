package sla

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
)

// Service has the verbs of calendars, policies and the report, the sweep, and the passes after a change.
type Service struct {
	db     *db.DB
	follow func(ctx context.Context, tx *db.Tx, moved []Clocks) error
}

// New returns the service.
func New(d *db.DB) *Service { return &Service{db: d} }

// Follow names the one function that's told, in the same transaction, which tickets' earliest deadlines a change of
// policy or calendar moved: for whoever keeps them beside the ticket. Call it before Register.
func (s *Service) Follow(f func(ctx context.Context, tx *db.Tx, moved []Clocks) error) { s.follow = f }

// sorted are the calendars by their ids.
func (b Book) sorted() []Calendar {
	out := make([]Calendar, 0, len(b.Calendars))
	for _, c := range b.Calendars {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Calendar) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Calendars returns every calendar as it's in force, by id, and the versions that will be. Whoever may see the service
// levels may.
func (s *Service) Calendars(ctx context.Context, by actor.Actor) (now, ahead []CalendarVersion, err error) {
	if err := by.May(actor.ViewSLA); err != nil {
		return nil, nil, err
	}
	at := s.db.Clock().Now()
	own, err := calendarsInForce(ctx, s.db.Read(), at)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range Shipped() {
		if !slices.ContainsFunc(own, func(v CalendarVersion) bool { return v.ID == c.ID }) {
			now = append(now, CalendarVersion{Calendar: c})
		}
	}
	now = append(now, own...)
	slices.SortFunc(now, func(a, b CalendarVersion) int { return strings.Compare(a.ID, b.ID) })
	ahead, err = planned(ctx, s.db.Read(), at)
	return now, ahead, err
}

// Calendar returns all versions of a calendar, the last first, the shipped one at the end. NotFound without any.
func (s *Service) Calendar(ctx context.Context, by actor.Actor, calendar string) ([]CalendarVersion, error) {
	if err := by.May(actor.ViewSLA); err != nil {
		return nil, err
	}
	all, err := versions(ctx, s.db.Read(), calendar)
	if err != nil {
		return nil, err
	}
	for _, c := range Shipped() {
		if c.ID == calendar {
			all = append(all, CalendarVersion{Calendar: c})
		}
	}
	if len(all) == 0 {
		return nil, fault.NotFound()
	}
	return all, nil
}

// SaveCalendar adds a version of a calendar that holds from an instant on, which isn't past; the zero instant is now. An
// empty id makes a new calendar. Base is the version that was edited: when somebody else has saved one since, it's a
// Conflict. The vendor's administrators may.
func (s *Service) SaveCalendar(ctx context.Context, by actor.Actor, c Calendar, base int64, effective time.Time) (v CalendarVersion, err error) {
	if err := by.May(actor.ManageSLA); err != nil {
		return v, err
	}
	c.Name = strings.TrimSpace(c.Name)
	if err := c.Check(); err != nil {
		return v, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		v = CalendarVersion{Calendar: c, Effective: effective, MadeAt: tx.Now, MadeBy: by.Name}
		if v.Effective, err = from(effective, tx.Now); err != nil {
			return err
		}
		if v.ID == "" {
			v.ID = id.New("cal", tx.Wall)
		} else if err := s.follows(ctx, tx, v.ID, base); err != nil {
			return err
		}
		v.Version = base + 1
		if err := insertCalendar(ctx, tx, v); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManageSLA, audit.Subject{Kind: "sla_calendar", ID: v.ID, Account: by.Account},
			map[string]any{"name": v.Name, "version": v.Version, "from": v.Effective.UTC().Format(time.RFC3339), "zone": v.Zone})
	})
	if db.Violates(err) {
		err = fault.Conflict(i18n.Msg{})
	}
	return v, err
}

// follows asks whether base is the last version of a calendar.
func (s *Service) follows(ctx context.Context, q db.Querier, calendar string, base int64) error {
	all, err := versions(ctx, q, calendar)
	if err != nil {
		return err
	}
	known := slices.ContainsFunc(Shipped(), func(c Calendar) bool { return c.ID == calendar })
	switch {
	case len(all) == 0 && !known:
		return fault.NotFound()
	case len(all) == 0 && base != 0, len(all) > 0 && all[0].Version != base:
		return fault.Conflict(i18n.M("sla.stale"))
	}
	return nil
}

// from is the instant from which a version holds: not a past one, since deadlines that were kept would be missed then.
func from(effective, now time.Time) (time.Time, error) {
	switch {
	case effective.IsZero():
		return now, nil
	case effective.Before(now.Add(-time.Minute)):
		return effective, fault.Invalid("effective", i18n.M("sla.past", i18n.A{"value": effective.UTC().Format("2006-01-02 15:04 MST")}))
	}
	return effective, nil
}

// Policies returns all versions of the policy, the last first, the shipped one at the end, and the id of the one in
// force.
func (s *Service) Policies(ctx context.Context, by actor.Actor) (all []Policy, inForce string, err error) {
	if err := by.May(actor.ViewSLA); err != nil {
		return nil, "", err
	}
	if all, err = policies(ctx, s.db.Read()); err != nil {
		return nil, "", err
	}
	b, err := BookAt(ctx, s.db.Read(), s.db.Clock().Now())
	return append(all, ShippedPolicy()), b.Policy.ID, err
}

// Policy returns one version; "" is the shipped one.
func (s *Service) Policy(ctx context.Context, by actor.Actor, version string) (Policy, error) {
	if err := by.May(actor.ViewSLA); err != nil {
		return Policy{}, err
	}
	if version == "" {
		return ShippedPolicy(), nil
	}
	p, err := policyByID(ctx, s.db.Read(), version)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return p, err
}

// SavePolicy adds a version of the policy that holds from p.Effective on, which isn't past; the zero instant is now. Its
// id, maker and instant of making are the service's. The vendor's administrators may.
func (s *Service) SavePolicy(ctx context.Context, by actor.Actor, p Policy) (Policy, error) {
	if err := by.May(actor.ManageSLA); err != nil {
		return p, err
	}
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if p.Effective, err = from(p.Effective, tx.Now); err != nil {
			return err
		}
		b, err := BookAt(ctx, tx, p.Effective)
		if err != nil {
			return err
		}
		if err := p.Check(b.Calendars); err != nil {
			return err
		}
		p.ID, p.MadeAt, p.MadeBy = id.New("slp", tx.Wall), tx.Now, by.Name
		if err := insertPolicy(ctx, tx, p); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManageSLA, audit.Subject{Kind: "sla_policy", ID: p.ID, Account: by.Account},
			map[string]any{"from": p.Effective.UTC().Format(time.RFC3339), "rules": len(p.Rules), "note": p.Note})
	})
	return p, err
}

// Passes returns the last passes over the live tickets, the newest first.
func (s *Service) Passes(ctx context.Context, by actor.Actor) ([]Progress, error) {
	if err := by.May(actor.ViewSLA); err != nil {
		return nil, err
	}
	return passes(ctx, s.db.Read(), 10)
}

// A Sample is what a rule would make of a ticket that's opened at an instant.
type Sample struct {
	Rule   Rule
	Kind   Kind
	Limit  time.Duration
	Due    time.Time
	Reach  bool // false: the calendar has too little working time
	Lines  []Line
	Zone   string
	Always bool
}

// Sample reckons deadlines by a draft: a policy with calendars (those that the draft doesn't bring are those in force)
// for a ticket opened at an instant.
func (s *Service) Sample(ctx context.Context, by actor.Actor, p Policy, own []Calendar, opened time.Time) ([]Sample, error) {
	if err := by.May(actor.ViewSLA); err != nil {
		return nil, err
	}
	b, err := BookAt(ctx, s.db.Read(), s.db.Clock().Now())
	if err != nil {
		return nil, err
	}
	for _, c := range own {
		b.Calendars[c.ID] = c
	}
	var out []Sample
	for _, r := range p.Rules {
		for _, k := range Kinds() {
			if r.Limit(k) > 0 {
				out = append(out, sample(r, k, b.Calendars[r.Calendar], opened))
			}
		}
	}
	return out, nil
}

func sample(r Rule, k Kind, c Calendar, opened time.Time) Sample {
	t := Target{Kind: k, Limit: r.Limit(k), Calendar: c}
	segments := []Segment{{From: opened, Running: true, Why: Opened}}
	x := Sample{Rule: r, Kind: k, Limit: t.Limit, Zone: c.Zone, Always: c.Always}
	if x.Due, x.Reach = Deadline(segments, t); x.Reach {
		x.Lines = Ahead(segments, t, opened)
	}
	return x
}
