package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/simulation"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// none of the drafts and simulations exist: they are the vendor's alone, and a permitted call finds nothing.
const (
	noDraft      = "drf_00000000000000000000000000"
	noSimulation = "sim_00000000000000000000000000"
)

// simulationRows are the verbs about drafts, simulations and publication.
var simulationRows = []row{
	{name: "simulation.StartDraft", verb: actor.ManagePrograms, open: "drafts are the vendor's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Simulation.StartDraft(ctx, by, simulation.NewDraft{}))
	}},
	{name: "simulation.SaveDraft", verb: actor.ManagePrograms, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Simulation.SaveDraft(ctx, by, noDraft, 1, "program: x", ""))
	}},
	{name: "simulation.DiscardDraft", verb: actor.ManagePrograms, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Simulation.DiscardDraft(ctx, by, noDraft, 1)
	}},
	{name: "simulation.Publish", verb: actor.ManagePrograms, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Simulation.Publish(ctx, by, noDraft, 1, calendar.None))
	}},
	{name: "simulation.Bases", verb: actor.ManagePrograms, open: "names of versions", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Simulation.Bases(ctx, by))
	}},
	{name: "simulation.Draft", verb: actor.ViewDrafts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Simulation.Draft(ctx, by, noDraft))
	}},
	{name: "simulation.Drafts", verb: actor.ViewDrafts, open: "drafts are the vendor's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Simulation.Drafts(ctx, by, simulation.DraftFilter{}))
	}},
	{name: "simulation.Saves", verb: actor.ViewDrafts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Simulation.Saves(ctx, by, noDraft, "", 1))
	}},
	{name: "simulation.Save", verb: actor.ViewDrafts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Simulation.Save(ctx, by, noDraft, 1))
	}},
	{name: "simulation.Check", verb: actor.ViewDrafts, open: "looks at the text that it's given", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Simulation.Check(ctx, by, "program: x", ""))
	}},
	{name: "simulation.CompareDraft", verb: actor.ViewDrafts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Simulation.CompareDraft(ctx, by, noDraft, ""))
	}},
	{name: "simulation.Readiness", verb: actor.ViewDrafts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Simulation.Readiness(ctx, by, noDraft))
	}},
	{name: "simulation.Simulate", verb: actor.ManagePrograms, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Simulation.Simulate(ctx, by, simulation.Ask{Draft: noDraft}))
	}},
	{name: "simulation.CancelSimulation", verb: actor.ManagePrograms, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Simulation.CancelSimulation(ctx, by, noSimulation)
	}},
	{name: "simulation.ResumeSimulation", verb: actor.ManagePrograms, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Simulation.ResumeSimulation(ctx, by, noSimulation)
	}},
	{name: "simulation.Try", verb: actor.ViewDrafts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Simulation.Try(ctx, by, simulation.Trial{Ref: "nothing@0"}, nil))
	}},
	{name: "simulation.Simulation", verb: actor.ViewDrafts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Simulation.Simulation(ctx, by, noSimulation))
	}},
	{name: "simulation.Simulations", verb: actor.ViewDrafts, open: "simulations are the vendor's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Simulation.Simulations(ctx, by, simulation.Filter{}))
	}},
	{name: "simulation.Outcomes", verb: actor.ViewDrafts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Simulation.Outcomes(ctx, by, noSimulation, simulation.OutcomeFilter{}))
	}},
	{name: "simulation.EachOutcome", verb: actor.ViewDrafts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Simulation.EachOutcome(ctx, by, noSimulation, nil)
	}},
	{name: "simulation.Explain", verb: actor.ViewDrafts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Simulation.Explain(ctx, by, noSimulation, x.account))
	}},
}
