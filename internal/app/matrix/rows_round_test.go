package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/round"
	"hanse/internal/kit/actor"
)

var roundRows = []row{
	{name: "round.Scopes", verb: actor.ViewRounds, open: "the program's own stages", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Round.Scopes(ctx, by))
	}},
	{name: "round.Plan", verb: actor.ManageRounds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Round.Plan(ctx, by, round.Plan{}))
	}},
	{name: "round.Change", verb: actor.ManageRounds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Round.Change(ctx, by, x.of("round"), 1, round.Plan{}))
	}},
	{name: "round.Cancel", verb: actor.ManageRounds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Round.Cancel(ctx, by, x.of("round"), 1))
	}},
	{name: "round.Publish", verb: actor.ManageRounds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Round.Publish(ctx, by, x.of("round"), 1))
	}},
	{name: "round.Rounds", verb: actor.ViewRounds, open: "rounds are announced to every partner", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Round.Rounds(ctx, by))
	}},
	{name: "round.Round", verb: actor.ViewRounds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Round.Round(ctx, by, x.of("round")))
	}},
	{name: "round.Entries", verb: actor.ViewRounds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Round.Entries(ctx, by, round.Filter{Round: x.of("round")}))
	}},
	{name: "round.Queue", verb: actor.ListReviews, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Round.Queue(ctx, by, "", 10))
	}},
	{name: "round.Own", verb: actor.ViewRounds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Round.Own(ctx, by, x.account))
	}},
	{name: "round.Entry", verb: actor.ViewRounds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Round.Entry(ctx, by, x.of("entry")))
	}},
	{name: "round.Submit", verb: actor.EnterRound, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Round.Submit(ctx, by, x.of("entry"), 1, nil))
	}},
	{name: "round.Pass", verb: actor.DecideReview, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Round.Pass(ctx, by, x.of("entry"), 1))
	}},
	{name: "round.Return", verb: actor.DecideReview, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Round.Return(ctx, by, x.of("entry"), 1, []string{"Say more."}))
	}},
	{name: "round.Fail", verb: actor.DecideReview, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Round.Fail(ctx, by, x.of("entry"), 1, []string{"No."}))
	}},
}
