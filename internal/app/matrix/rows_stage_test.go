package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
)

// stageRows are the verbs about reviews in phases, materials of applications, bans and attestations.
var stageRows = []row{
	{name: "qualification.Pass", verb: actor.DecideReview, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Pass(ctx, by, x.application, 1, ""))
	}},
	{name: "qualification.AttachMaterials", verb: actor.EditApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.AttachMaterials(ctx, by, x.application, 1, nil))
	}},
	{name: "qualification.MaterialChoices", verb: actor.EditApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.MaterialChoices(ctx, by, x.application))
	}},
	{name: "qualification.Bans", verb: actor.ViewApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Bans(ctx, by, x.account))
	}},
	{name: "qualification.LiftBan", verb: actor.LiftBan, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Qualification.LiftBan(ctx, by, x.account, "ban_none", "over")
	}},
	{name: "qualification.Attest", verb: actor.RecordInspection, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Attest(ctx, by, qualification.NewAttestation{Partner: x.account}))
	}},
	{name: "qualification.WithdrawAttestation", verb: actor.RecordInspection, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Qualification.WithdrawAttestation(ctx, by, x.account, "att_none", "wrong")
	}},
	{name: "qualification.Attestations", verb: actor.ViewApplication, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Qualification.Attestations(ctx, by, x.account))
	}},
}
