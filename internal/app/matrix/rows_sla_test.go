package matrix_test

import (
	"context"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/sla"
	"hanse/internal/kit/actor"
)

var slaRows = []row{
	{name: "sla.Calendars", verb: actor.ViewSLA, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.SLA.Calendars(ctx, by))
	}},
	{name: "sla.Calendar", verb: actor.ViewSLA, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.SLA.Calendar(ctx, by, sla.ChinaID))
	}},
	{name: "sla.SaveCalendar", verb: actor.ManageSLA, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.SLA.SaveCalendar(ctx, by, sla.Calendar{}, 0, time.Time{}))
	}},
	{name: "sla.Policies", verb: actor.ViewSLA, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.SLA.Policies(ctx, by))
	}},
	{name: "sla.Policy", verb: actor.ViewSLA, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.SLA.Policy(ctx, by, ""))
	}},
	{name: "sla.SavePolicy", verb: actor.ManageSLA, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.SLA.SavePolicy(ctx, by, sla.Policy{}))
	}},
	{name: "sla.Passes", verb: actor.ViewSLA, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.SLA.Passes(ctx, by))
	}},
	{name: "sla.Sample", verb: actor.ViewSLA, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.SLA.Sample(ctx, by, sla.ShippedPolicy(), nil, a.Clock.Now()))
	}},
	{name: "sla.Report", verb: actor.ViewSLA, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.SLA.Report(ctx, by, sla.Whole(a.Clock.Now(), 6), sla.ByPlan))
	}},
	{name: "sla.Behind", verb: actor.ViewSLA, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.SLA.Behind(ctx, by, sla.Whole(a.Clock.Now(), 6), sla.First, sla.AllTickets, "", 0))
	}},
}
