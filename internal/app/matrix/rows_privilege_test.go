package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/abuse"
	"hanse/internal/domain/agreement"
	"hanse/internal/domain/privilege"
	"hanse/internal/kit/actor"
)

const ownCompany = "the own company alone"

// privilegeRows are who may open and export tickets, and what users agree to.
var privilegeRows = []row{
	{name: "privilege.Has", verb: actor.ViewTicketPrivileges, open: ownCompany, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Privilege.Has(ctx, by, privilege.Export))
	}},
	{name: "privilege.Policy", verb: actor.ViewTicketPrivileges, open: ownCompany, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Privilege.Policy(ctx, by))
	}},
	{name: "privilege.Set", verb: actor.ManageTicketPrivileges, open: ownCompany, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Privilege.Set(ctx, by, "none", true)
	}},
	{name: "privilege.Grants", verb: actor.ManageTicketPrivileges, open: ownCompany, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Privilege.Grants(ctx, by))
	}},
	{name: "privilege.Holders", verb: actor.ManageTicketPrivileges, open: ownCompany, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Privilege.Holders(ctx, by))
	}},
	{name: "privilege.Grant", verb: actor.ManageTicketPrivileges, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Privilege.Grant(ctx, by, x.user, privilege.Export, true)
	}},
	{name: "abuse.Report", verb: actor.ReportAbuse, open: ownCompany, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Abuse.Report(ctx, by, abuse.Report{Kind: abuse.Infringement}))
	}},
	{name: "agreement.Latest", verb: actor.ViewTicketAgreements, open: "the same for everybody", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Agreement.Latest(ctx, by, agreement.Ticket))
	}},
	{name: "agreement.Versions", verb: actor.ViewTicketAgreements, open: "the same for everybody", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Agreement.Versions(ctx, by))
	}},
	{name: "agreement.Mine", verb: actor.SignTicketAgreement, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Agreement.Mine(ctx, by))
	}},
	{name: "agreement.Reached", verb: actor.ManageTicketAgreements, open: "numbers of all companies, for the vendor", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Agreement.Reached(ctx, by))
	}},
	{name: "agreement.Signed", verb: actor.SignTicketAgreement, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Agreement.Signed(ctx, by, agreement.Ticket))
	}},
	{name: "agreement.Sign", verb: actor.SignTicketAgreement, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Agreement.Sign(ctx, by, 0, ""))
	}},
	{name: "agreement.Publish", verb: actor.ManageTicketAgreements, open: "the same for everybody", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Agreement.Publish(ctx, by, agreement.Version{}))
	}},
}
