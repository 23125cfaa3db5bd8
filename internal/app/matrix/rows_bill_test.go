package matrix_test

import (
	"context"
	"io"
	"strings"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/bill"
	"hanse/internal/kit/actor"
)

const ofMetering = "consumption comes for the whole channel"

// billRows are the verbs about consumption and bills.
var billRows = []row{
	{name: "bill.Upload", verb: actor.ImportConsumption, open: ofMetering, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Bill.Upload(ctx, by, "c.csv", strings.NewReader("name\nnothing\n"), true))
	}},
	{name: "bill.ImportNow", verb: actor.ImportConsumption, open: ofMetering, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Bill.ImportNow(ctx, by, "c.csv", strings.NewReader("name\nnothing\n"), true, nil))
	}},
	{name: "bill.Import", verb: actor.ViewConsumption, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Bill.Import(ctx, by, x.of("consumption")))
	}},
	{name: "bill.Imports", verb: actor.ViewConsumption, open: ofMetering, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Bill.Imports(ctx, by, "", 10))
	}},
	{name: "bill.RowErrors", verb: actor.ViewConsumption, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Bill.RowErrors(ctx, by, x.of("consumption"), 0, 10))
	}},
	{name: "bill.WriteErrors", verb: actor.ViewConsumption, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Bill.WriteErrors(ctx, by, x.of("consumption"), "en", io.Discard)
	}},
	{name: "bill.Cancel", verb: actor.ImportConsumption, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Bill.Cancel(ctx, by, x.of("consumption"))
	}},
	{name: "bill.Bills", verb: actor.ViewBills, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Bill.Bills(ctx, by, x.account))
	}},
	{name: "bill.Bill", verb: actor.ViewBills, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Bill.Bill(ctx, by, x.account, "2026-03", bill.OverCustomers))
	}},
	{name: "bill.Charges", verb: actor.ViewBills, open: "what isn't one's own is an empty list", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Bill.Charges(ctx, by, "", by.Account, "2026-03"))
	}},
	{name: "bill.Lines", verb: actor.ViewBills, open: "what isn't one's own is an empty list", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Bill.Lines(ctx, by, bill.LineFilter{Customer: by.Account, Cycle: "2026-03"}))
	}},
	{name: "bill.InArrears", verb: actor.ViewBills, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Bill.InArrears(ctx, by, x.account, 10))
	}},
	{name: "bill.Book", verb: actor.ViewBills, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Bill.Book(ctx, by, x.account, "2026-03"))
	}},
}
