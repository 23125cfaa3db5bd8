package simulation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// A RunState says how far a simulation is.
type RunState string

// The states of a simulation.
const (
	Waiting   RunState = "waiting"
	Running   RunState = "running"
	Done      RunState = "done"
	Cancelled RunState = "cancelled"
)

// Label names a state.
func (s RunState) Label() i18n.Msg {
	switch s {
	case Waiting:
		return i18n.M("simulation.run.waiting")
	case Running:
		return i18n.M("simulation.run.running")
	case Done:
		return i18n.M("simulation.run.done")
	}
	return i18n.M("simulation.run.cancelled")
}

// A Simulation is all partners under two versions.
type Simulation struct {
	ID         string
	Draft      string // "" = of a loaded version
	Program    string
	Ref        string // of the new text
	Source     string // the new text, as it was simulated; empty in lists
	Hash       string // of that text
	Against    string // the version that it was compared with
	At         time.Time
	For        program.Purpose
	State      RunState
	Total      int64
	Partners   int64 // looked at so far
	Counts     Counts
	AskedBy    string // user id
	AskedName  string
	CreatedAt  time.Time
	FinishedAt time.Time

	turn int64
	last string
}

// Under tells whether it still runs, so that a page shows progress.
func (s Simulation) Under() bool { return s.State == Waiting || s.State == Running }

// Share is how far it is, from 0 to 1.
func (s Simulation) Share() float64 {
	switch {
	case s.State == Done:
		return 1
	case s.Total == 0:
		return 0
	}
	return min(1, float64(s.Partners)/float64(s.Total))
}

func (s Simulation) subject() audit.Subject { return audit.Subject{Kind: "simulation", ID: s.ID} }

// An Ask is what to simulate: a draft's kept text or a loaded version, against a version ("" = the one in force), at
// an instant (zero = now) not in the past, for a purpose ("" = hold).
type Ask struct {
	Draft   string
	Ref     string
	Against string
	At      time.Time
	For     program.Purpose
}

// Simulate has a simulation run in the background. Program managers and the vendor's administrators may. Invalid when
// the text has problems or there's nothing to compare it with. While the same question runs, it's the answer.
func (s *Service) Simulate(ctx context.Context, by actor.Actor, a Ask) (Simulation, error) {
	if err := mayManage(by); err != nil {
		return Simulation{}, err
	}
	source, err := s.sourceOf(ctx, a)
	if err != nil {
		return Simulation{}, err
	}
	x, err := s.question(ctx, source, a)
	if err != nil {
		return Simulation{}, err
	}
	m := Simulation{Draft: a.Draft, Program: x.new.Version.Program, Ref: x.new.Version.Ref(), Source: source, Hash: hash(source),
		Against: x.old.Version.Ref(), At: x.at, For: x.purpose, State: Waiting, Counts: newCounts(), AskedBy: by.User, AskedName: by.Name}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		running, err := readRunning(ctx, tx, m)
		if err == nil {
			m = running
			return nil
		}
		if !errors.Is(err, db.ErrNoRow) {
			return err
		}
		m.ID, m.CreatedAt = id.New("sim", tx.Wall), tx.Now
		if err := insertSimulation(ctx, tx, m); err != nil {
			return err
		}
		if err := addRun(ctx, tx, m); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.ManagePrograms, m.subject(), map[string]any{"did": "simulate", "ref": m.Ref,
			"against": m.Against, "sha256": m.Hash, "at": m.At, "for": m.For})
	})
	return m, err
}

func (s *Service) sourceOf(ctx context.Context, a Ask) (string, error) {
	if a.Draft != "" {
		d, err := getDraft(ctx, s.db.Read(), a.Draft)
		return d.Source, err
	}
	v, err := s.version(ctx, a.Ref)
	if err != nil {
		return "", err
	}
	source, _, _ := s.q.Source(v.Ref())
	return source, nil
}

// question checks an ask for a text.
func (s *Service) question(ctx context.Context, source string, a Ask) (question, error) {
	x := question{at: a.At, purpose: a.For}
	if now := s.db.Clock().Now(); x.at.IsZero() || calendar.DayOf(x.at) == calendar.DayOf(now) {
		x.at = now
	} else if x.at.Before(now) {
		return x, fault.Invalid("at", i18n.M("simulation.error.past"))
	}
	switch x.purpose {
	case "":
		x.purpose = program.Hold
	case program.Hold, program.Apply:
	default:
		return x, fault.Invalid("for", i18n.M("simulation.error.purpose"))
	}
	parsed, problems := program.Parse(SourceFile, []byte(source), s.catalogue())
	if len(problems) > 0 {
		return x, fault.Invalid("source", i18n.M("simulation.error.problems", i18n.A{"n": len(problems)}))
	}
	x.new = parsed
	var err error
	x.old, err = s.against(ctx, x, a.Against)
	return x, err
}

// against finds what a text is compared with.
func (s *Service) against(ctx context.Context, x question, ref string) (*program.Parsed, error) {
	v := x.new.Version
	if err := s.q.Sync(ctx); err != nil {
		return nil, err
	}
	if ref == "" {
		if in, ok := s.q.InForceOn(v.Program, calendar.DayOf(x.at)); ok {
			ref = in.Ref()
		}
	}
	source, _, ok := s.q.Source(ref)
	if !ok {
		return nil, fault.Invalid("against", i18n.M("simulation.error.no_other", i18n.A{"program": v.Program}))
	}
	old, problems := program.Parse(ref, []byte(source), s.catalogue())
	if len(problems) > 0 {
		return nil, problems
	}
	switch {
	case old.Version.Program != v.Program:
		return nil, fault.Invalid("against", i18n.M("simulation.error.other_program", i18n.A{"program": v.Program}))
	case ref == v.Ref():
		return nil, fault.Invalid("against", i18n.M("simulation.error.same", i18n.A{"ref": ref}))
	}
	return old, nil
}

func addRun(ctx context.Context, tx *db.Tx, m Simulation) error {
	return jobs.Add(ctx, tx, jobs.New{Kind: runJob, Key: fmt.Sprint(m.ID, ":", m.turn), Payload: m.ID})
}

// CancelSimulation stops a simulation; what it found so far stays, and it can be resumed. Conflict when it has ended.
func (s *Service) CancelSimulation(ctx context.Context, by actor.Actor, simulation string) error {
	return s.turn(ctx, by, simulation, "cancel", func(tx *db.Tx, m Simulation) error {
		return cancelSimulation(ctx, tx, m.ID)
	})
}

// ResumeSimulation goes on with a cancelled simulation where it stopped. Conflict unless it's cancelled.
func (s *Service) ResumeSimulation(ctx context.Context, by actor.Actor, simulation string) error {
	return s.turn(ctx, by, simulation, "resume", func(tx *db.Tx, m Simulation) error {
		if err := resumeSimulation(ctx, tx, m.ID); err != nil {
			return err
		}
		m.turn++
		return addRun(ctx, tx, m)
	})
}

func (s *Service) turn(ctx context.Context, by actor.Actor, simulation, what string, f func(*db.Tx, Simulation) error) error {
	if err := mayManage(by); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		m, err := getSimulation(ctx, tx, simulation)
		if err != nil {
			return err
		}
		if err := f(tx, m); err != nil {
			return stale(err)
		}
		return audit.Record(ctx, tx, by, actor.ManagePrograms, m.subject(), map[string]any{"did": what})
	})
}

// errGone says that somebody cancelled the simulation, or that another worker does it.
var errGone = errors.New("the simulation is no longer this worker's")

// onRun does a simulation, or what is left of it after a crash: each batch is stored together with its place.
func (s *Service) onRun(ctx context.Context, j jobs.Job) error {
	var simulation string
	if err := json.Unmarshal(j.Payload, &simulation); err != nil {
		return err
	}
	m, err := getSimulation(ctx, s.db.Read(), simulation)
	if err != nil || !m.Under() {
		return err
	}
	if err := s.run(ctx, m); !errors.Is(err, errGone) {
		return err
	}
	return nil
}

func (s *Service) run(ctx context.Context, m Simulation) error {
	total, err := account.CountPartners(ctx, s.db.Read())
	if err != nil {
		return err
	}
	if err := s.db.Update(ctx, func(tx *db.Tx) error { return gone(beginSimulation(ctx, tx, m.ID, total)) }); err != nil {
		return err
	}
	x, err := s.again(ctx, m)
	if err != nil {
		return err
	}
	err = s.pass(ctx, x, m.last, func(all []Outcome) error { return s.keepAll(ctx, &m, all) })
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := gone(finishSimulation(ctx, tx, m)); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, Finished{Simulation: m.ID, Draft: m.Draft, Ref: m.Ref, Against: m.Against, By: m.AskedBy,
			Gain: m.Counts.Gain, Lose: m.Counts.Lose, Stay: m.Counts.Stay})
	})
}

func gone(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return errGone
	}
	return err
}

// again is the question of a simulation, to be asked once more.
func (s *Service) again(ctx context.Context, m Simulation) (x question, err error) {
	x = question{at: m.At, purpose: m.For}
	var problems program.Problems
	if x.new, problems = program.Parse(m.Ref, []byte(m.Source), s.catalogue()); len(problems) > 0 {
		return x, problems
	}
	if _, err := s.version(ctx, m.Against); err != nil {
		return x, err
	}
	old, _, _ := s.q.Source(m.Against)
	if x.old, problems = program.Parse(m.Against, []byte(old), s.catalogue()); len(problems) > 0 {
		return x, problems
	}
	return x, nil
}

// keepAll stores a batch in one transaction, or in the parts that a test wants.
func (s *Service) keepAll(ctx context.Context, m *Simulation, all []Outcome) error {
	for len(all) > 0 {
		n := len(all)
		if s.split != nil {
			var err error
			if n, err = s.split(); err != nil {
				return err
			}
		}
		if err := s.keep(ctx, m, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// keep stores a batch and the place where it ends.
func (s *Service) keep(ctx context.Context, m *Simulation, all []Outcome) error {
	var next Simulation
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		next = *m
		next.Counts = m.Counts.clone()
		for i := range all {
			next.Counts.add(&all[i])
		}
		next.Partners += int64(len(all))
		next.last = all[len(all)-1].Account
		if err := gone(advanceSimulation(ctx, tx, m.last, next)); err != nil {
			return err
		}
		return addOutcomes(ctx, tx, m.ID, all)
	})
	if err == nil {
		*m = next
	}
	return err
}

// A Trial is a simulation that nobody keeps: for the command line. Source is a text; without it Ref is a loaded
// version.
type Trial struct {
	Source  string
	Ref     string
	Against string
	At      time.Time
	For     program.Purpose
}

// A Tried is what a trial compared, with the figures.
type Tried struct {
	Old, New *program.Version
	At       time.Time
	For      program.Purpose
	Counts   Counts
}

// Try simulates at once and hands each outcome on, in the order of partners; use may be nil. Who may is as for Draft,
// and the command line.
func (s *Service) Try(ctx context.Context, by actor.Actor, t Trial, use func(*Outcome) error) (Tried, error) {
	if err := mayView(by); err != nil {
		return Tried{}, err
	}
	source := clean(t.Source)
	a := Ask{Ref: t.Ref, Against: t.Against, At: t.At, For: t.For}
	if source == "" {
		var err error
		if source, err = s.sourceOf(ctx, a); err != nil {
			return Tried{}, err
		}
	}
	x, err := s.question(ctx, source, a)
	if err != nil {
		return Tried{}, err
	}
	out := Tried{Old: x.old.Version, New: x.new.Version, At: x.at, For: x.purpose, Counts: newCounts()}
	err = s.pass(ctx, x, "", func(all []Outcome) error { return each(all, &out.Counts, use) })
	return out, err
}

func each(all []Outcome, c *Counts, use func(*Outcome) error) error {
	for i := range all {
		if c != nil {
			c.add(&all[i])
		}
		if use == nil {
			continue
		}
		if err := use(&all[i]); err != nil {
			return err
		}
	}
	return nil
}
