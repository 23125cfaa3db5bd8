package matrix_test

import (
	"context"
	"strings"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/domain/declaration"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
)

var declarationRows = []row{
	{name: "declaration.ByNumber", verb: actor.OwnDeclaration, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.ByNumber(ctx, by, declaration.Entry{Name: "?", Number: "?"}))
	}},
	{name: "declaration.Start", verb: actor.OwnDeclaration, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.Start(ctx, by, declaration.Entry{Name: "?", Number: "?"}))
	}},
	{name: "declaration.Look", verb: actor.OwnDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.Look(ctx, by, x.of("declaration"), 1))
	}},
	{name: "declaration.Save", verb: actor.OwnDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.Save(ctx, by, x.of("declaration"), 1, declaration.Entry{Name: "Somebody", Number: "12345"}))
	}},
	{name: "declaration.AddFile", verb: actor.OwnDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.AddFile(ctx, by, x.of("declaration"), declaration.OtherFile, "a.pdf", strings.NewReader("%PDF-1.4")))
	}},
	{name: "declaration.RemoveFile", verb: actor.OwnDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Declaration.RemoveFile(ctx, by, x.of("declaration"), "fil_none")
	}},
	{name: "declaration.OwnFile", verb: actor.OwnDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Declaration.OwnFile(ctx, by, x.of("declaration"), "fil_none"))
	}},
	{name: "declaration.Submit", verb: actor.OwnDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.Submit(ctx, by, x.of("declaration"), 1))
	}},
	{name: "declaration.Withdraw", verb: actor.OwnDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.Withdraw(ctx, by, x.of("declaration"), 1))
	}},
	{name: "declaration.Own", verb: actor.OwnDeclaration, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Declaration.Own(ctx, by, declaration.Filter{}))
	}},
	{name: "declaration.One", verb: actor.OwnDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.One(ctx, by, x.of("declaration")))
	}},
	{name: "declaration.OpenFile", verb: actor.ReviewDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Declaration.OpenFile(ctx, by, x.of("declaration"), "fil_none"))
	}},
	{name: "declaration.Queue", verb: actor.ReviewDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Declaration.Queue(ctx, by, declaration.Filter{}))
	}},
	{name: "declaration.QueueCounts", verb: actor.ReviewDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Declaration.QueueCounts(ctx, by))
	}},
	{name: "declaration.Case", verb: actor.ReviewDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.Case(ctx, by, x.of("declaration")))
	}},
	{name: "declaration.Approve", verb: actor.ReviewDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.Approve(ctx, by, x.of("declaration"), 1))
	}},
	{name: "declaration.Refuse", verb: actor.ReviewDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.Refuse(ctx, by, x.of("declaration"), 1, "No."))
	}},
	{name: "declaration.Return", verb: actor.ReviewDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.Return(ctx, by, x.of("declaration"), 1, "Again."))
	}},
	{name: "declaration.Revoke", verb: actor.ReviewDeclaration, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Declaration.Revoke(ctx, by, x.of("declaration"), 1, "False."))
	}},
}

// fillDeclarations gives another person a declaration.
func fillDeclarations(w *world, _, _ actor.Actor) {
	ctx, email := w.t.Context(), "declarer@stranger.example"
	person, err := w.a.Account.CreatePerson(ctx, cli, account.NewPerson{Name: "Stranger Declarer", Email: email, Password: password})
	must(w.t, err)
	who, _, err := login.FindName(ctx, w.a.DB.Read(), email)
	must(w.t, err)
	d, err := w.a.Declaration.Start(ctx, actor.Actor{Account: person, Kind: actor.Person, User: person, Identity: who.ID, Person: person, Via: "session"},
		declaration.Entry{Name: "Stranger Declarer", Number: "PMP-1", Code: "PMP"})
	must(w.t, err)
	w.stranger.more["declaration"] = d.ID
}
