package matrix_test

import (
	"context"
	"io"
	"strings"

	"hanse/internal/app/apptest"
	"hanse/internal/kit/actor"
)

const ofNobody = "a feed belongs to the whole channel"

// recordRows are the verbs about the vendor's feeds. Their imports are of no company: there's no stranger's.
var recordRows = []row{
	{name: "record.Upload", verb: actor.ImportRecords, open: ofNobody, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Record.Upload(ctx, by, "feed.csv", strings.NewReader("name\nnothing\n")))
	}},
	{name: "record.ImportNow", verb: actor.ImportRecords, open: ofNobody, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Record.ImportNow(ctx, by, "feed.csv", strings.NewReader("name\nnothing\n"), true, nil))
	}},
	{name: "record.Import", verb: actor.ViewFeeds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Record.Import(ctx, by, x.of("feed")))
	}},
	{name: "record.Imports", verb: actor.ViewFeeds, open: ofNobody, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Record.Imports(ctx, by, "", 10))
	}},
	{name: "record.RowErrors", verb: actor.ViewFeeds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Record.RowErrors(ctx, by, x.of("feed"), 0, 10))
	}},
	{name: "record.WriteErrors", verb: actor.ViewFeeds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Record.WriteErrors(ctx, by, x.of("feed"), "en", io.Discard)
	}},
	{name: "record.Confirm", verb: actor.ImportRecords, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Record.Confirm(ctx, by, x.of("feed"))
	}},
	{name: "record.Cancel", verb: actor.ImportRecords, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Record.Cancel(ctx, by, x.of("feed"))
	}},
	{name: "record.Undo", verb: actor.ImportRecords, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Record.Undo(ctx, by, x.of("feed"))
	}},
	{name: "record.UndoNow", verb: actor.ImportRecords, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Record.UndoNow(ctx, by, x.of("feed")))
	}},
}
