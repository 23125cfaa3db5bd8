package matrix_test

import (
	"context"
	"strings"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/batch"
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
	{name: "batch.Upload (funds)", verb: actor.MoveFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Many().Upload(ctx, by, batch.NewBatch{Partner: x.account, Work: ledger.Allocate}, "x.csv", strings.NewReader("")))
	}},
	{name: "batch.List (funds)", verb: actor.MoveFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Many().List(ctx, by, batch.NewBatch{Partner: x.account, Work: ledger.Allocate}))
	}},
	{name: "batch.Confirm (funds)", verb: actor.MoveFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Funds.Many().Confirm(ctx, by, x.of("batch"), "")
	}},
	{name: "batch.Cancel (funds)", verb: actor.MoveFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Funds.Many().Cancel(ctx, by, x.of("batch"))
	}},
	{name: "batch.Batch (funds)", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Many().Batch(ctx, by, x.of("batch")))
	}},
	{name: "batch.Batches (funds)", verb: actor.ViewFunds, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Funds.Many().Batches(ctx, by, "", 10))
	}},
	{name: "batch.Rows (funds)", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Funds.Many().Rows(ctx, by, x.of("batch"), "", 0, 10))
	}},
	{name: "batch.SameFile (funds)", verb: actor.ViewFunds, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Funds.Many().SameFile(ctx, by, batch.Batch{}))
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
	b, err := w.a.Funds.Many().List(w.t.Context(), by, batch.NewBatch{Work: ledger.Allocate, Lines: []batch.Line{{To: "nobody", Amount: "1"}}})
	must(w.t, err)
	w.stranger.more["batch"] = b.ID
}
