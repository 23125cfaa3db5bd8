package simulation

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// FreshFor is how long a simulation lets its text be published, by the business clock.
const FreshFor = 24 * time.Hour

// A Step is one thing that a publication requires.
type Step struct {
	ID   string // problems, cases, simulation
	OK   bool
	What i18n.Msg
}

// Readiness is what stands between a draft and its publication.
type Readiness struct {
	Checked    Checked
	Simulation *Simulation // the newest finished one of exactly this text; nil = none
	Steps      []Step
	From       calendar.Day // as the text says; None while it has problems
}

// Ready tells whether every step is done.
func (r Readiness) Ready() bool {
	return !slices.ContainsFunc(r.Steps, func(x Step) bool { return !x.OK })
}

// Readiness tells what a draft's kept text still needs. Who may is as for Draft.
func (s *Service) Readiness(ctx context.Context, by actor.Actor, draft string) (Readiness, error) {
	d, err := s.Draft(ctx, by, draft)
	if err != nil {
		return Readiness{}, err
	}
	return s.readiness(ctx, s.db.Read(), d, s.db.Clock().Now())
}

func (s *Service) readiness(ctx context.Context, q db.Querier, d Draft, now time.Time) (r Readiness, err error) {
	r.Checked, r.From = s.check(d.Source, d.Cases), calendar.None
	if v := r.Checked.Version; v != nil {
		r.From = v.EffectiveFrom
	}
	m, err := readFinished(ctx, q, d.Hash())
	if err == nil {
		r.Simulation = &m
	} else if !errors.Is(err, db.ErrNoRow) {
		return r, err
	}
	r.Steps = []Step{r.problems(), r.cases(), s.simulated(r, d, now)}
	return r, nil
}

func (r Readiness) problems() Step {
	if n := len(r.Checked.Problems); n > 0 {
		return Step{"problems", false, i18n.M("simulation.step.problems", i18n.A{"n": n})}
	}
	return Step{"problems", true, i18n.M("simulation.step.no_problems")}
}

func (r Readiness) cases() Step {
	c := r.Checked
	switch n := len(c.Cases); {
	case len(c.CaseProblems) > 0:
		return Step{"cases", false, i18n.M("simulation.step.cases_broken", i18n.A{"n": len(c.CaseProblems)})}
	case n == 0:
		return Step{"cases", false, i18n.M("simulation.step.no_cases")}
	case c.Failed() > 0:
		return Step{"cases", false, i18n.M("simulation.step.cases_failed", i18n.A{"n": c.Failed(), "all": n})}
	default:
		return Step{"cases", true, i18n.M("simulation.step.cases_hold", i18n.A{"n": n})}
	}
}

// simulated asks for a simulation of this text over everybody within a day, against the version in force. The first
// version of a program has nothing to be compared with, and nobody loses by it.
func (s *Service) simulated(r Readiness, d Draft, now time.Time) Step {
	inForce, any := s.q.InForceOn(d.Program, calendar.DayOf(now))
	m := r.Simulation
	switch {
	case !any && !s.knows(d.Program):
		return Step{"simulation", true, i18n.M("simulation.step.first")}
	case m == nil:
		return Step{"simulation", false, i18n.M("simulation.step.none")}
	case now.Sub(m.FinishedAt) > FreshFor:
		return Step{"simulation", false, i18n.M("simulation.step.old", i18n.A{"at": calendar.DayOf(m.FinishedAt).String()})}
	case any && m.Against != inForce.Ref():
		return Step{"simulation", false, i18n.M("simulation.step.other", i18n.A{"ref": m.Against, "in_force": inForce.Ref()})}
	}
	return Step{"simulation", true, i18n.M("simulation.step.fresh", i18n.A{"gain": m.Counts.Gain, "lose": m.Counts.Lose, "stay": m.Counts.Stay})}
}

func (s *Service) knows(programID string) bool { return slices.Contains(s.q.Programs(), programID) }

// Publish makes a draft a version that applications use from a day on, today or later. Program managers and the
// vendor's administrators may. Conflict with what is missing when the draft isn't ready, when it changed since the
// edition was read, or when its number was taken meanwhile.
func (s *Service) Publish(ctx context.Context, by actor.Actor, draft string, edition int64, from calendar.Day) (ref string, err error) {
	if err := mayManage(by); err != nil {
		return "", err
	}
	if err := s.q.Sync(ctx); err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := getDraft(ctx, tx, draft)
		if err != nil {
			return err
		}
		if d.Edition != edition || d.State != Open {
			return fault.Conflict(i18n.Msg{})
		}
		r, err := s.readiness(ctx, tx, d, tx.Now)
		if err != nil {
			return err
		}
		if err := r.refuse(from, calendar.DayOf(tx.Now)); err != nil {
			return err
		}
		ref, err = s.publish(ctx, tx, by, d, r, from)
		return err
	})
	if err != nil {
		return "", err
	}
	return ref, s.q.Sync(ctx)
}

func (r Readiness) refuse(from, today calendar.Day) error {
	var fs fault.Fields
	for _, x := range r.Steps {
		if !x.OK {
			fs.Add(x.ID, "", x.What)
		}
	}
	if v := r.Checked.Version; from.IsNone() || from < today {
		fs.Add("from", from.String(), i18n.M("simulation.error.from", i18n.A{"today": today.String()}))
	} else if v != nil && !v.EffectiveUntil.IsNone() && from > v.EffectiveUntil {
		fs.Add("from", from.String(), i18n.M("simulation.error.until", i18n.A{"until": v.EffectiveUntil.String()}))
	}
	return fs.Err()
}

func (s *Service) publish(ctx context.Context, tx *db.Tx, by actor.Actor, d Draft, r Readiness, from calendar.Day) (string, error) {
	if err := endDraft(ctx, tx, d.ID, d.Edition, Published, d.Ref()); err != nil {
		return "", stale(err)
	}
	source := d.Source
	if from != r.From {
		source = setKey(source, "effective_from", from.String())
	}
	// A text may write the key in a way that isn't found: then the day must be written there.
	if c := s.check(source, ""); c.Version == nil || c.Version.EffectiveFrom != from {
		return "", fault.Invalid("from", i18n.M("simulation.error.from_text"))
	}
	ref, err := s.q.Shelve(ctx, tx, by, qualification.NewVersion{Source: source, Cases: d.Cases})
	if err != nil {
		return "", err
	}
	v := r.Checked.Version
	e := PublishedVersion{Ref: ref, Draft: d.ID, ProgramEN: v.Title.En, ProgramZH: v.Title.Zh, From: from, By: by.User, ByName: by.Name}
	if m := r.Simulation; m != nil {
		e.Simulation, e.Gain, e.Lose, e.Stay = m.ID, m.Counts.Gain, m.Counts.Lose, m.Counts.Stay
		if err := addAnnounce(ctx, tx, announcement{Simulation: m.ID, From: from}); err != nil {
			return "", err
		}
	}
	if err := outbox.Append(ctx, tx, e); err != nil {
		return "", err
	}
	return ref, audit.Record(ctx, tx, by, actor.ManagePrograms, d.subject(), map[string]any{"did": "publish", "ref": ref,
		"from": from.String(), "simulation": e.Simulation, "sha256": d.Hash()})
}

// An announcement tells partners about a published version, some at a time.
type announcement struct {
	Simulation string       `json:"simulation"`
	From       calendar.Day `json:"from"`
	After      string       `json:"after"` // the last partner that was told
}

func addAnnounce(ctx context.Context, tx *db.Tx, a announcement) error {
	return jobs.Add(ctx, tx, jobs.New{Kind: announceJob, Key: a.Simulation + ":" + a.After, Payload: a})
}

// announceAtOnce is how many partners one transaction tells.
const announceAtOnce = 200

// onAnnounce tells the next partners and makes the job for those after them.
func (s *Service) onAnnounce(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var a announcement
	if err := json.Unmarshal(j.Payload, &a); err != nil {
		return err
	}
	m, err := getSimulation(ctx, tx, a.Simulation)
	if err != nil {
		return err
	}
	x, err := s.again(ctx, m)
	if err != nil {
		return err
	}
	all, err := outcomesByAccount(ctx, tx, m.ID, a.After, announceAtOnce)
	if err != nil || len(all) == 0 {
		return err
	}
	for _, o := range all {
		if err := outbox.Append(ctx, tx, announced(x, m, o, a.From)); err != nil {
			return err
		}
	}
	a.After = all[len(all)-1].Account
	return addAnnounce(ctx, tx, a)
}

func announced(x question, m Simulation, o Outcome, from calendar.Day) Announced {
	v := x.new.Version
	e := Announced{Partner: o.Account, Ref: m.Ref, ProgramEN: v.Title.En, ProgramZH: v.Title.Zh, From: from, Effect: o.Effect,
		OldLevel: o.OldLevel, NewLevel: o.NewLevel, Line: o.Line}
	if l, ok := x.old.Version.Level(o.OldLevel); ok {
		e.OldEN, e.OldZH = l.Title.En, l.Title.Zh
	}
	if l, ok := v.Level(o.NewLevel); ok {
		e.NewEN, e.NewZH = l.Title.En, l.Title.Zh
	}
	of := v
	if o.Effect == Gain {
		of = x.old.Version
	}
	if l, ok := of.Line(o.Line); ok {
		e.LineEN, e.LineZH = l.Title.En, l.Title.Zh
	}
	return e
}
