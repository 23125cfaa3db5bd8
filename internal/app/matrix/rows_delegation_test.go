package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/delegation"
	"hanse/internal/kit/actor"
)

const noDelegation = "dlg_00000000000000000000000000"

var delegationRows = []row{
	{name: "delegation.Ask", verb: actor.AskDelegation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Delegation.Ask(ctx, by, delegation.Wish{Customer: x.account}))
	}},
	{name: "delegation.Approve", verb: actor.AnswerDelegation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Delegation.Approve(ctx, by, noDelegation, 1, ""))
	}},
	{name: "delegation.Refuse", verb: actor.AnswerDelegation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Delegation.Refuse(ctx, by, noDelegation, 1, "No."))
	}},
	{name: "delegation.Revoke", verb: actor.AnswerDelegation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Delegation.Revoke(ctx, by, noDelegation, 1, "No.", ""))
	}},
	{name: "delegation.Withdraw", verb: actor.AskDelegation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Delegation.Withdraw(ctx, by, noDelegation, 1))
	}},
	{name: "delegation.Delegation", verb: actor.ViewDelegations, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Delegation.Delegation(ctx, by, noDelegation))
	}},
	{name: "delegation.Delegations", verb: actor.ViewDelegations, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Delegation.Delegations(ctx, by, x.account, "", 0))
	}},
	{name: "delegation.Waiting", verb: actor.AnswerDelegation, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Delegation.Waiting(ctx, by))
	}},
}
