package matrix_test

import (
	"bytes"
	"context"
	"strings"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/duty"
	"hanse/internal/kit/actor"
)

var dutyRows = []row{
	{name: "duty.Publish", verb: actor.PublishPolicy, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Duty.Publish(ctx, by, duty.NewDocument{Topic: "none"}, strings.NewReader("")))
	}},
	{name: "duty.Unpublish", verb: actor.PublishPolicy, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Duty.Unpublish(ctx, by, x.of("none"))
	}},
	{name: "duty.Policies", verb: actor.ViewDuties, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Duty.Policies(ctx, by, x.account))
	}},
	{name: "duty.Documents", verb: actor.ViewDuties, only: vendorOnly, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Duty.Documents(ctx, by))
	}},
	{name: "duty.OpenDocument", verb: actor.ViewDuties, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		f, _, err := a.Duty.OpenDocument(ctx, by, x.of("none"))
		if f != nil {
			f.Close()
		}
		return err
	}},
	{name: "duty.Confirm", verb: actor.DoDuties, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Duty.Confirm(ctx, by, x.account, "pol_none")
	}},
	{name: "duty.Request", verb: actor.DoDuties, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Duty.Request(ctx, by, x.account, duty.Request{}))
	}},
	{name: "duty.Move", verb: actor.DoDuties, also: actor.AnswerDuties, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Duty.Move(ctx, by, x.of("spare"), 1, duty.Withdrawn, ""))
	}},
	{name: "duty.Requests", verb: actor.ViewDuties, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Duty.Requests(ctx, by, x.account, "", "", 0))
	}},
	{name: "duty.OneRequest", verb: actor.ViewDuties, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Duty.OneRequest(ctx, by, x.of("spare")))
	}},
	{name: "duty.Reports", verb: actor.ViewDuties, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Duty.Reports(ctx, by, x.account))
	}},
	{name: "duty.Report", verb: actor.ViewDuties, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Duty.Report(ctx, by, x.account, "2026-Q1"))
	}},
	{name: "duty.Received", verb: actor.ViewDuties, only: vendorOnly, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Duty.Received(ctx, by, duty.Sent, "", 0))
	}},
	{name: "duty.Send", verb: actor.DoDuties, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Duty.Send(ctx, by, x.account, "2026-Q1", 1, duty.Quarter{Projects: -1}))
	}},
	{name: "duty.Read", verb: actor.AnswerDuties, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Duty.Read(ctx, by, x.account, "2026-Q1", 1, ""))
	}},
}

// fillDuties gives the stranger a policy and a request.
func fillDuties(w *world, by, reviewer actor.Actor) {
	ctx := w.t.Context()
	_, err := w.a.Duty.Publish(ctx, reviewer, duty.NewDocument{Topic: "other", TitleEN: "Visits", TitleZH: "拜访"}, bytes.NewReader([]byte("%PDF-1.4\n%%EOF\n")))
	must(w.t, err)
	r, err := w.a.Duty.Request(ctx, by, by.Account, duty.Request{Part: "Fan", Quantity: 1, Equipment: "S7503", Reason: "Theirs"})
	must(w.t, err)
	w.stranger.more["spare"] = r.ID
}
