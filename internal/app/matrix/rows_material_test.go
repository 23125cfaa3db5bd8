package matrix_test

import (
	"bytes"
	"context"
	"strings"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/material"
	"hanse/internal/kit/actor"
)

var materialRows = []row{
	{name: "material.Create", verb: actor.EditMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Material.Create(ctx, by, material.NewMaterial{Partner: x.account, Kind: "none"}))
	}},
	{name: "material.Save", verb: actor.EditMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Material.Save(ctx, by, x.of("material"), 1, material.Fields{Title: "Case"}))
	}},
	{name: "material.AddFile", verb: actor.EditMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Material.AddFile(ctx, by, x.of("material"), "case.pdf", strings.NewReader("%PDF-1.4")))
	}},
	{name: "material.RemoveFile", verb: actor.EditMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Material.RemoveFile(ctx, by, x.of("material"), "fil_none")
	}},
	{name: "material.OpenFile", verb: actor.ViewMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		f, _, err := a.Material.OpenFile(ctx, by, x.of("material"), "fil_none")
		if f != nil {
			f.Close()
		}
		return err
	}},
	{name: "material.Submit", verb: actor.EditMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Material.Submit(ctx, by, x.of("material"), 1))
	}},
	{name: "material.TakeBack", verb: actor.EditMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Material.TakeBack(ctx, by, x.of("material"), 1))
	}},
	{name: "material.Revise", verb: actor.EditMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Material.Revise(ctx, by, x.of("material"), 1))
	}},
	{name: "material.Withdraw", verb: actor.EditMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Material.Withdraw(ctx, by, x.of("material"), 1))
	}},
	{name: "material.Pass", verb: actor.ReviewMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Material.Pass(ctx, by, x.of("material"), 1))
	}},
	{name: "material.Fail", verb: actor.ReviewMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Material.Fail(ctx, by, x.of("material"), 1, []string{"Not enough."}))
	}},
	{name: "material.Revoke", verb: actor.ReviewMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Material.Revoke(ctx, by, x.of("material"), 1, []string{"False."}))
	}},
	{name: "material.List", verb: actor.ViewMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Material.List(ctx, by, material.Filter{Account: x.account}))
	}},
	{name: "material.Material", verb: actor.ViewMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Material.Material(ctx, by, x.of("material")))
	}},
	{name: "material.Attachable", verb: actor.ViewMaterial, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Material.Attachable(ctx, by, x.account))
	}},
	{name: "material.Queue", verb: actor.ListReviews, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Material.Queue(ctx, by, material.QueueFilter{}))
	}},
	{name: "material.QueueCounts", verb: actor.ListReviews, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Material.QueueCounts(ctx, by))
	}},
}

// fillMaterials gives the stranger a case with a file.
func fillMaterials(w *world, by, _ actor.Actor) {
	m, err := w.a.Material.Create(w.t.Context(), by, material.NewMaterial{Partner: by.Account, Kind: material.Case, Fields: material.Fields{Title: "Theirs"}})
	must(w.t, err)
	_, err = w.a.Material.AddFile(w.t.Context(), by, m.ID, "case.pdf", bytes.NewReader([]byte("%PDF-1.4\n%%EOF\n")))
	must(w.t, err)
	w.stranger.more["material"] = m.ID
}
