package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
)

var ledgerRows = []row{
	{name: "ledger.Check", verb: actor.CheckBooks, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ledger.Check(ctx, by))
	}},
	{name: "ledger.Ask", verb: actor.CheckBooks, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ledger.Ask(ctx, by))
	}},
	{name: "ledger.Proofs", verb: actor.ViewBooks, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ledger.Proofs(ctx, by, "", 0))
	}},
	{name: "ledger.Proof", verb: actor.ViewBooks, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ledger.Proof(ctx, by, "chk_00000000000000000000000000"))
	}},
	{name: "ledger.Sums", verb: actor.ViewBooks, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Ledger.Sums(ctx, by))
	}},
	{name: "ledger.Book", verb: actor.ViewBooks, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ledger.Book(ctx, by, x.account))
	}},
	{name: "ledger.BookEntries", verb: actor.ViewBooks, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Ledger.BookEntries(ctx, by, ledger.Statement{Owner: x.account}))
	}},
	{name: "ledger.BookTransfer", verb: actor.ViewBooks, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		_, _, _, err := a.Ledger.BookTransfer(ctx, by, x.account, "tra_00000000000000000000000000")
		return err
	}},
}
