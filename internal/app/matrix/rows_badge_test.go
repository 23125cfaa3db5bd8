package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/badge"
	"hanse/internal/kit/actor"
)

var badgeRows = []row{
	{name: "badge.Keys", verb: actor.ViewIssuerKeys, open: "the installation's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Badge.Keys(ctx, by))
	}},
	{name: "badge.Rotate", verb: actor.ManageIssuerKeys, open: "the installation's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Badge.Rotate(ctx, by, badge.Change{Active: nothing, Reason: "Yearly."}))
	}},
	{name: "badge.Revoke", verb: actor.ManageIssuerKeys, open: "the installation's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Badge.Revoke(ctx, by, nothing, "Stolen."))
	}},
	{name: "badge.SignAllAnew", verb: actor.ManageIssuerKeys, open: "the installation's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Badge.SignAllAnew(ctx, by)
	}},
	{name: "badge.SignAnew", verb: actor.ManageIssuerKeys, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Badge.SignAnew(ctx, by, x.number))
	}},
}
