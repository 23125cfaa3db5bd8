package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/path"
	"hanse/internal/kit/actor"
)

var pathRows = []row{
	{name: "path.Paths", verb: actor.ViewPaths, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Path.Paths(ctx, by, x.account))
	}},
	{name: "path.Memberships", verb: actor.ViewPaths, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Path.Memberships(ctx, by, x.account))
	}},
	{name: "path.Path", verb: actor.ViewPaths, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Path.Path(ctx, by, x.account, "path-service"))
	}},
	{name: "path.Choose", verb: actor.ChoosePath, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Path.Choose(ctx, by, x.account, "path-service"))
	}},
	{name: "path.Leave", verb: actor.ChoosePath, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Path.Leave(ctx, by, x.account, "path-service")
	}},
	{name: "path.Accept", verb: actor.ChoosePath, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Path.Accept(ctx, by, x.account, nothing))
	}},
	{name: "path.Decline", verb: actor.ChoosePath, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Path.Decline(ctx, by, x.account, nothing, ""))
	}},
	{name: "path.Invitations", verb: actor.ViewPaths, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Path.Invitations(ctx, by, x.account))
	}},
	{name: "path.Inviting", verb: actor.InvitePath, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Path.Inviting(ctx, by, x.account, path.Distributing))
	}},
	{name: "path.Invite", verb: actor.InvitePath, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Path.Invite(ctx, by, x.account, "path-none", ""))
	}},
	{name: "path.Withdraw", verb: actor.InvitePath, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Path.Withdraw(ctx, by, x.account, nothing))
	}},
	{name: "path.Invited", verb: actor.InvitePath, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Path.Invited(ctx, by, "", "", 10))
	}},
}
