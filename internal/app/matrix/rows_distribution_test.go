package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/kit/actor"
)

const ownCompanyAlone = "it's about the own company alone"

var distributionRows = []row{
	{name: "distribution.Customers", verb: actor.ViewCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		_, _, _, err := a.Distribution.Customers(ctx, by, distribution.Filter{Partner: x.account})
		return err
	}},
	{name: "distribution.Customer", verb: actor.ViewCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Customer(ctx, by, x.account, x.of("customer")))
	}},
	{name: "distribution.History", verb: actor.ViewCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.History(ctx, by, x.account, x.of("customer")))
	}},
	{name: "distribution.Managers", verb: actor.ViewCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Managers(ctx, by, x.account))
	}},
	{name: "distribution.NewTags", verb: actor.ViewCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.NewTags(ctx, by, x.account, nil, 0, 0))
	}},
	{name: "distribution.Announcements", verb: actor.ViewCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Announcements(ctx, by, x.account))
	}},
	{name: "distribution.Invitations", verb: actor.ViewCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Distribution.Invitations(ctx, by, x.account, false, "", 0))
	}},
	{name: "distribution.Invitation", verb: actor.ViewCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Distribution.Invitation(ctx, by, x.account, x.of("offer")))
	}},
	{name: "distribution.Records", verb: actor.ViewCustomers, open: "an account manager is denied, whose customers alone he sees", only: recordReader, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Distribution.Records(ctx, by, x.account, "", "", 0))
	}},
	{name: "distribution.Assign", verb: actor.ManageCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Distribution.Assign(ctx, by, x.account, x.user, nil)
	}},
	{name: "distribution.Describe", verb: actor.LabelCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Distribution.Describe(ctx, by, x.account, x.of("customer"), "Theirs", "V1")
	}},
	{name: "distribution.SetTag", verb: actor.TagCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Distribution.SetTag(ctx, by, distribution.Tag{Customer: x.of("customer")})
	}},
	{name: "distribution.CreateCustomer", verb: actor.CreateCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.CreateCustomer(ctx, by, distribution.NewCustomer{Partner: x.account}))
	}},
	{name: "distribution.Remind", verb: actor.CreateCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Distribution.Remind(ctx, by, x.account, x.of("customer"), "")
	}},
	{name: "distribution.Waits", verb: actor.ViewCustomers, open: "it's asked with a customer that the caller has read", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Distribution.Waits(ctx, by, distribution.Customer{}))
	}},
	{name: "distribution.SendCustomerCode", verb: actor.CreateCustomers, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Distribution.SendCustomerCode(ctx, by, "none", "", "en", 0)
	}},
	{name: "distribution.CheckIdentity", verb: actor.CreateCustomers, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Distribution.CheckIdentity(ctx, by, "name", "somebody"))
	}},
	{name: "distribution.Freeze", verb: actor.FreezeCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Freeze(ctx, by, distribution.FreezeIn{Partner: x.account}))
	}},
	{name: "distribution.Unfreeze", verb: actor.FreezeCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Unfreeze(ctx, by, distribution.FreezeIn{Partner: x.account}))
	}},
	{name: "distribution.Invite", verb: actor.InviteCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Invite(ctx, by, distribution.NewInvitation{Partner: x.account, Kind: "none"}))
	}},
	{name: "distribution.Invite", verb: actor.InviteResellers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Invite(ctx, by, distribution.NewInvitation{Partner: x.account, Kind: account.ResellerOf}))
	}},
	{name: "distribution.Revoke", verb: actor.InviteCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Distribution.Revoke(ctx, by, x.account, x.of("offer"))
	}},
	{name: "distribution.Announce", verb: actor.InviteCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Announce(ctx, by, distribution.NewAnnouncement{Partner: x.account}))
	}},
	{name: "distribution.Unannounce", verb: actor.InviteCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Distribution.Unannounce(ctx, by, x.account, "pre_none")
	}},
	{name: "distribution.Offer", verb: actor.ReadOffer, open: "whoever has the link may", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Distribution.Offer(ctx, by, "none"))
	}},
	{name: "distribution.SignUp", verb: actor.TakeOffer, open: "whoever has the link may", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Distribution.SignUp(ctx, by, distribution.Newcomer{Token: "none"})
	}},
	{name: "distribution.Accept", verb: actor.AnswerOffer, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Distribution.Accept(ctx, by, "none")
	}},
	{name: "distribution.Decline", verb: actor.AnswerOffer, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Distribution.Decline(ctx, by, "none")
	}},
	{name: "distribution.Waiting", verb: actor.AnswerOffer, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Distribution.Waiting(ctx, by))
	}},
	{name: "distribution.MyPartner", verb: actor.ViewMyPartner, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Distribution.MyPartner(ctx, by))
	}},
	{name: "distribution.Precheck", verb: actor.ChangeAssociation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Distribution.Precheck(ctx, by, x.of("customer"), distribution.Dissociate))
	}},
	{name: "distribution.Ask", verb: actor.ChangeAssociation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Ask(ctx, by, distribution.NewRequest{With: x.of("customer"), Operation: distribution.Dissociate}))
	}},
	{name: "distribution.Answer", verb: actor.ChangeAssociation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Answer(ctx, by, x.of("association_request"), 1, true, "", ""))
	}},
	{name: "distribution.Withdraw", verb: actor.ChangeAssociation, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Withdraw(ctx, by, x.of("association_request"), 1))
	}},
	{name: "distribution.Request", verb: actor.ViewCustomers, also: actor.ViewMyPartner, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Request(ctx, by, x.of("association_request")))
	}},
	{name: "distribution.Requests", verb: actor.ViewCustomers, also: actor.ViewMyPartner, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Distribution.Requests(ctx, by, x.account, "", "", 0))
	}},
	{name: "distribution.Resellers", verb: actor.ViewResellers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		_, _, _, err := a.Distribution.Resellers(ctx, by, distribution.ResellerFilter{Distributor: x.account})
		return err
	}},
	{name: "distribution.Reseller", verb: actor.ViewResellers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Distribution.Reseller(ctx, by, x.account, "none"))
	}},
	{name: "distribution.MoveCustomers", verb: actor.MoveCustomers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Distribution.MoveCustomers(ctx, by, x.account, x.account, []string{x.of("customer")}, "Theirs")
	}},
	{name: "distribution.Restrict", verb: actor.RestrictPartner, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Distribution.Restrict(ctx, by, x.account, "")
	}},
	{name: "distribution.Unrestrict", verb: actor.RestrictPartner, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Distribution.Unrestrict(ctx, by, x.account, "")
	}},
}

// recordReader leaves out who sees own customers alone.
func recordReader(by actor.Actor) bool {
	return by.Kind != actor.Partner || by.Has(actor.PartnerAdmin, actor.PartnerFinance)
}

// fillDistribution gives the stranger a customer, a link and a request.
func fillDistribution(w *world, by, _ actor.Actor) {
	ctx := w.t.Context()
	c, err := w.a.Distribution.CreateCustomer(ctx, by, distribution.NewCustomer{XAccountID: "theirs", Model: account.Referral})
	must(w.t, err)
	x, err := w.a.Distribution.Invite(ctx, by, distribution.NewInvitation{Kind: account.Resale})
	must(w.t, err)
	r, err := w.a.Distribution.Ask(ctx, by, distribution.NewRequest{With: c.ID, Operation: distribution.Dissociate, Reason: "Theirs", Acknowledged: true})
	must(w.t, err)
	w.stranger.more["customer"], w.stranger.more["offer"], w.stranger.more["association_request"] = c.ID, x.ID, r.ID
}
