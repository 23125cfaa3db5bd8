package matrix_test

import (
	"context"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/domain/product"
	"hanse/internal/domain/tier"
	"hanse/internal/kit/actor"
)

// missingVersion is a version that nothing has.
const missingVersion = 999_999

var productRows = []row{
	{name: "product.Versions", verb: actor.ViewPrices, open: "prices are everybody's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Product.Versions(ctx, by))
	}},
	{name: "product.Catalogue", verb: actor.ViewPrices, open: "prices are everybody's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Product.Catalogue(ctx, by, 0))
	}},
	{name: "product.NewDraft", verb: actor.ManagePrices, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Product.NewDraft(ctx, by))
	}},
	{name: "product.Save", verb: actor.ManagePrices, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Product.Save(ctx, by, product.Catalogue{Version: missingVersion}))
	}},
	{name: "product.Publish", verb: actor.ManagePrices, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Product.Publish(ctx, by, missingVersion, 1, time.Time{}))
	}},
	{name: "product.Withdraw", verb: actor.ManagePrices, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Product.Withdraw(ctx, by, missingVersion)
	}},
	{name: "product.Agreements", verb: actor.ViewPrices, open: "the agreement is everybody's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Product.Agreements(ctx, by))
	}},
	{name: "product.Agreement", verb: actor.ViewPrices, open: "the agreement is everybody's", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Product.Agreement(ctx, by, 0))
	}},
	{name: "product.SaveAgreement", verb: actor.ManagePrices, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Product.SaveAgreement(ctx, by, product.Agreement{Version: missingVersion}))
	}},
	{name: "product.PublishAgreement", verb: actor.ManagePrices, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Product.PublishAgreement(ctx, by, missingVersion, 1, time.Time{}))
	}},
	{name: "product.WithdrawAgreement", verb: actor.ManagePrices, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Product.WithdrawAgreement(ctx, by, missingVersion)
	}},
	{name: "product.Offers", verb: actor.ViewDiscounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Product.Offers(ctx, by, x.account, "", 0))
	}},
	{name: "product.Grant", verb: actor.GrantDiscounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Product.Grant(ctx, by, product.Offer{Account: x.account}))
	}},
	{name: "product.End", verb: actor.GrantDiscounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Product.End(ctx, by, nothing, "over")
	}},
	{name: "product.ListCoupons", verb: actor.ViewDiscounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Product.ListCoupons(ctx, by, x.account, "", 0))
	}},
	{name: "product.GrantCoupon", verb: actor.GrantDiscounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Product.GrantCoupon(ctx, by, product.Coupon{Account: x.account}))
	}},
	{name: "product.WithdrawCoupon", verb: actor.GrantDiscounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Product.WithdrawCoupon(ctx, by, nothing, "over")
	}},

	{name: "tier.Tier", verb: actor.ViewTiers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Tier.Tier(ctx, by, x.account))
	}},
	{name: "tier.State", verb: actor.StateTiers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Tier.State(ctx, by, tier.Statement{Account: x.account, Level: tier.Top + 1}))
	}},
	{name: "eligibility.Who", verb: actor.ViewSubAccounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Eligibility.Who(ctx, by, x.account))
	}},

	{name: "account.SubAccountsOf", verb: actor.ViewSubAccounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Account.SubAccountsOf(ctx, by, x.account))
	}},
	{name: "account.AskSub", verb: actor.ManageSubAccounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Account.AskSub(ctx, by, x.account, "a name that nobody has"))
	}},
	{name: "account.CreateSub", verb: actor.ManageSubAccounts, open: ownAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Account.CreateSub(ctx, by, account.NewSub{}))
	}},
	{name: "account.AnswerSub", verb: actor.AnswerSubAccounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.AnswerSub(ctx, by, x.of("subaccount"), true)
	}},
	{name: "account.WithdrawSub", verb: actor.ManageSubAccounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.WithdrawSub(ctx, by, x.of("subaccount"))
	}},
	{name: "account.EndSub", verb: actor.AnswerSubAccounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.EndSub(ctx, by, x.of("subaccount"))
	}},
	{name: "account.AskRename", verb: actor.ManageSubAccounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.AskRename(ctx, by, x.of("subaccount"))
	}},
	{name: "account.Rename", verb: actor.AnswerSubAccounts, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Account.Rename(ctx, by, x.of("subaccount"), true)
	}},
}

// fillSubAccounts gives the stranger a sub-account.
func fillSubAccounts(w *world, by, _ actor.Actor) {
	x, err := w.a.Account.CreateSub(w.t.Context(), by, account.NewSub{Contact: "Sub", Email: "sub@stranger.example"})
	must(w.t, err)
	if w.stranger.more == nil {
		w.stranger.more = map[string]string{}
	}
	w.stranger.more["subaccount"] = x.ID
}
