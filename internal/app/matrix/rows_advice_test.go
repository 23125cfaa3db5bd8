package matrix_test

import (
	"context"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
)

var adviceRows = []row{
	{name: "qualification.Advice", verb: actor.ViewEvaluation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Advice(ctx, by, x.account, "h3c-star@2025", time.Time{}, qualification.AdviceAsk{}))
	}},
	{name: "qualification.Forecast", verb: actor.ViewEvaluation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Forecast(ctx, by, x.account, "h3c-star@2025", time.Time{}, 0, program.Hold))
	}},
	{name: "qualification.WhatIf", verb: actor.ViewEvaluation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.WhatIf(ctx, by, x.account, "h3c-star@2025", time.Time{}, 0, program.Hold, nil))
	}},
	{name: "qualification.OverviewAt", verb: actor.ViewEvaluation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.OverviewAt(ctx, by, x.account, time.Unix(1_800_000_000, 0)))
	}},
	{name: "qualification.ChannelForecast", verb: actor.ViewEvaluation, only: vendorOnly, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Qualification.ChannelForecast(ctx, by, "h3c-star@2025", time.Time{}, 0))
	}},
	{name: "qualification.ChannelFalls", verb: actor.ViewEvaluation, only: vendorOnly, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Qualification.ChannelFalls(ctx, by, qualification.FallFilter{Ref: "h3c-star@2025"}))
	}},
}
