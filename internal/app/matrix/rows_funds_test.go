package matrix_test

import (
	"context"
	"strings"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
)

var fundsRows = []row{
	{name: "confirm.Needed", verb: actor.ConfirmCode, open: "it changes and shows nothing", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Confirm.Needed(ctx, a.DB.Read(), by, confirm.Adjust))
	}},
	{name: "confirm.Use", verb: actor.ConfirmCode, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Confirm.Use(ctx, by, confirm.Adjust, "none", "")
	}},
	{name: "confirm.Send", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Confirm.Send(ctx, by, confirm.Adjust, "none"))
	}},
	{name: "confirm.SendBy", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Confirm.SendBy(ctx, by, confirm.Adjust, "by mail", "email"))
	}},
	{name: "confirm.Places", verb: actor.OwnSession, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Confirm.Places(ctx, by))
	}},
	{name: "confirm.Switch", verb: actor.SwitchCodes, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Confirm.Switch(ctx, by))
	}},
	{name: "confirm.SetSwitch", verb: actor.SwitchCodes, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Confirm.SetSwitch(ctx, by, false)
	}},
	{name: "funds.Allocate", verb: actor.MoveFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Allocate(ctx, by, funds.In{Partner: x.account, To: x.user, Minor: 1}))
	}},
	{name: "funds.Reclaim", verb: actor.MoveFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Reclaim(ctx, by, funds.In{Partner: x.account, To: x.user, Minor: 1}))
	}},
	{name: "funds.Upload", verb: actor.MoveFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Upload(ctx, by, funds.NewBatch{Partner: x.account, Kind: ledger.Allocate}, "x.csv", strings.NewReader("")))
	}},
	{name: "funds.List", verb: actor.MoveFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.List(ctx, by, funds.NewBatch{Partner: x.account, Kind: ledger.Allocate}))
	}},
	{name: "funds.Confirm", verb: actor.MoveFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Funds.Confirm(ctx, by, x.of("batch"), "")
	}},
	{name: "funds.Cancel", verb: actor.MoveFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Funds.Cancel(ctx, by, x.of("batch"))
	}},
	{name: "funds.Batch", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Batch(ctx, by, x.of("batch")))
	}},
	{name: "funds.Batches", verb: actor.ViewFunds, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Funds.Batches(ctx, by, "", 10))
	}},
	{name: "funds.BatchRows", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.BatchRows(ctx, by, x.of("batch"), "", 0, 10))
	}},
	{name: "funds.SameFile", verb: actor.ViewFunds, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Funds.SameFile(ctx, by, funds.Batch{}))
	}},
	{name: "funds.Overview", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Overview(ctx, by, x.account))
	}},
	{name: "funds.Receivers", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Funds.Receivers(ctx, by, x.account, "", 10))
	}},
	{name: "funds.Receiver", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Receiver(ctx, by, x.account, x.user))
	}},
	{name: "funds.Entries", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Funds.Entries(ctx, by, ledger.Statement{Owner: x.account}))
	}},
	{name: "funds.CountEntries", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.CountEntries(ctx, by, ledger.Statement{Owner: x.account}, 10))
	}},
	{name: "funds.Months", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Months(ctx, by, x.account, "2026-01", "2026-12"))
	}},
	{name: "funds.BalanceAt", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.BalanceAt(ctx, by, ledger.Place{Owner: x.account, Kind: ledger.Cash, Unit: ledger.CNY}, time.UnixMicro(1).UTC()))
	}},
	{name: "funds.Holds", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Holds(ctx, by, x.account, true, "", 10))
	}},
	{name: "funds.Transfer", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Transfer(ctx, by, x.account, x.of("transfer")))
	}},
	{name: "funds.AdjustRecords", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Funds.AdjustRecords(ctx, by, funds.RecordFilter{Partner: x.account}))
	}},
}

// fillFunds gives the stranger a batch.
func fillFunds(w *world, by, _ actor.Actor) {
	b, err := w.a.Funds.List(w.t.Context(), by, funds.NewBatch{Kind: ledger.Allocate, Lines: []funds.Line{{To: "nobody", Amount: "1"}}})
	must(w.t, err)
	w.stranger.more["batch"] = b.ID
}
