package simulation

import (
	"context"

	"hanse/internal/domain/account"
	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/id"
)

func getSimulation(ctx context.Context, q db.Querier, simulation string) (Simulation, error) {
	if !id.Has("sim", simulation) {
		return Simulation{}, fault.NotFound()
	}
	m, err := readSimulation(ctx, q, simulation)
	return m, found(err)
}

// Simulation is one simulation and how far it is. Who may is as for Draft.
func (s *Service) Simulation(ctx context.Context, by actor.Actor, simulation string) (Simulation, error) {
	if err := mayView(by); err != nil {
		return Simulation{}, err
	}
	return getSimulation(ctx, s.db.Read(), simulation)
}

// A Filter narrows the list of simulations; After is the id of the last one seen.
type Filter struct {
	Draft string // "" = all
	After string
	Limit int
}

// Simulations lists simulations, newest first, without texts. Who may is as for Draft.
func (s *Service) Simulations(ctx context.Context, by actor.Actor, f Filter) ([]Simulation, string, error) {
	if err := mayView(by); err != nil {
		return nil, "", err
	}
	n := limit(f.Limit)
	rows, err := listSimulations(ctx, s.db.Read(), f.Draft, f.After, n+1)
	out, next := page(rows, n, func(m Simulation) string { return m.ID })
	return out, next, err
}

// Versions are the two versions of a simulation, as they were simulated. Whoever has the simulation may.
func (s *Service) Versions(ctx context.Context, m Simulation) (old, new *program.Version, err error) {
	x, err := s.again(ctx, m)
	if err != nil {
		return nil, nil, err
	}
	return x.old.Version, x.new.Version, nil
}

// An OutcomeFilter narrows the list of outcomes; After is the account of the last one seen.
type OutcomeFilter struct {
	Effect   Effect // "" = all that are kept
	Line     string // "" = any
	OldLevel string // AnyLevel = any, "" = none
	NewLevel string
	HeldOnly bool // only those who hold a qualification of the program
	After    string
	Limit    int
}

// AnyLevel doesn't narrow.
const AnyLevel = "*"

// Outcomes lists by name the partners for whom something changes, and those who hold a qualification of the program.
// Who may is as for Draft.
func (s *Service) Outcomes(ctx context.Context, by actor.Actor, simulation string, f OutcomeFilter) ([]Outcome, string, error) {
	if _, err := s.Simulation(ctx, by, simulation); err != nil {
		return nil, "", err
	}
	n := limit(f.Limit)
	name := ""
	if f.After != "" {
		o, err := readOutcome(ctx, s.db.Read(), simulation, f.After)
		if err != nil {
			return nil, "", found(err)
		}
		name = o.Name
	}
	rows, err := listOutcomes(ctx, s.db.Read(), simulation, f, name, n+1)
	out, next := page(rows, n, func(o Outcome) string { return o.Account })
	return out, next, err
}

// EachOutcome evaluates everybody anew as the simulation did, at its instant, and hands each outcome on, also of those
// for whom nothing changes: for a file of all. Who may is as for Draft.
func (s *Service) EachOutcome(ctx context.Context, by actor.Actor, simulation string, use func(*Outcome) error) error {
	m, err := s.Simulation(ctx, by, simulation)
	if err != nil {
		return err
	}
	x, err := s.again(ctx, m)
	if err != nil {
		return err
	}
	return s.pass(ctx, x, "", func(all []Outcome) error { return each(all, nil, use) })
}

// An Explained is one partner under both versions, line by line, with the facts of today as of the instant.
type Explained struct {
	Simulation  Simulation
	Partner     string
	Name        string
	Old, New    *program.Version
	Facts       *program.Facts
	Before      program.Evaluation
	After       program.Evaluation
	OldEligible bool
	NewEligible bool
	Stored      *Outcome // what the simulation said; nil = nothing changes, or it hasn't come to it yet
}

// Explain shows why a partner gains, loses or stays. Who may is as for Draft; NotFound for what is no partner.
func (s *Service) Explain(ctx context.Context, by actor.Actor, simulation, partner string) (Explained, error) {
	m, err := s.Simulation(ctx, by, simulation)
	if err != nil {
		return Explained{}, err
	}
	facts, err := s.q.Facts(ctx, by, partner, m.At)
	if err != nil {
		return Explained{}, err
	}
	x, err := s.again(ctx, m)
	if err != nil {
		return Explained{}, err
	}
	a, err := account.Get(ctx, s.db.Read(), partner)
	if err != nil {
		return Explained{}, err
	}
	e := Explained{Simulation: m, Partner: partner, Name: a.Name, Old: x.old.Version, New: x.new.Version, Facts: facts,
		Before: program.Evaluate(x.old.Version, facts, m.At, m.For), After: program.Evaluate(x.new.Version, facts, m.At, m.For)}
	e.OldEligible, _ = e.Old.Eligible(facts)
	e.NewEligible, _ = e.New.Eligible(facts)
	o, err := readOutcome(ctx, s.db.Read(), simulation, partner)
	if found(err) == nil {
		e.Stored = &o
	} else if fault.KindOf(found(err)) != fault.KindNotFound {
		return e, err
	}
	return e, nil
}
