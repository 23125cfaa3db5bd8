package matrix_test

import (
	"context"
	"strings"
	"time"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/account"
	"hanse/internal/domain/batch"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
)

var voucherRows = []row{
	{name: "batch.Upload", verb: actor.IssueVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Many().Upload(ctx, by, batch.NewBatch{Work: voucher.IssueMany, Partner: x.account, Terms: "{}"}, "x.csv", strings.NewReader("")))
	}},
	{name: "batch.List", verb: actor.IssueVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Many().List(ctx, by, batch.NewBatch{Work: voucher.IssueMany, Partner: x.account, Terms: "{}"}))
	}},
	{name: "batch.Confirm", verb: actor.IssueVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Voucher.Many().Confirm(ctx, by, x.of("many"), "")
	}},
	{name: "batch.Cancel", verb: actor.IssueVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Voucher.Many().Cancel(ctx, by, x.of("many"))
	}},
	{name: "batch.Batch", verb: actor.ViewVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Many().Batch(ctx, by, x.of("many")))
	}},
	{name: "batch.Rows", verb: actor.ViewVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Many().Rows(ctx, by, x.of("many"), "", 0, 10))
	}},
	{name: "batch.Batches", verb: actor.ViewVouchers, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Voucher.Many().Batches(ctx, by, "", 10))
	}},
	{name: "batch.SameFile", verb: actor.ViewVouchers, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Voucher.Many().SameFile(ctx, by, batch.Batch{Work: voucher.IssueMany}))
	}},
	{name: "voucher.Grant", verb: actor.GrantQuotas, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Grant(ctx, by, voucher.NewQuota{Partner: x.account}))
	}},
	{name: "voucher.Decide", verb: actor.GrantQuotas, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Decide(ctx, by, x.account, x.of("quota"), 1, true))
	}},
	{name: "voucher.Adjust", verb: actor.GrantQuotas, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Adjust(ctx, by, x.account, x.of("quota"), 1, voucher.Change{}))
	}},
	{name: "voucher.SetState", verb: actor.GrantQuotas, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.SetState(ctx, by, x.account, x.of("quota"), 1, voucher.Held))
	}},
	{name: "voucher.Split", verb: actor.SplitQuotas, open: "it asks for a distributor, and for an own quota", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Split(ctx, by, voucher.Split{Quota: x.of("quota"), Resellers: []string{x.account}, Minor: 1}))
	}},
	{name: "voucher.TakeBack", verb: actor.SplitQuotas, open: "it asks for a distributor, and answers for each quota", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.TakeBack(ctx, by, voucher.TakeBack{Quotas: []string{x.of("quota")}}))
	}},
	{name: "voucher.Issue", verb: actor.IssueVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Issue(ctx, by, voucher.Issue{Partner: x.account, Quota: x.of("quota"), Customers: []string{x.user}, Minor: 1}))
	}},
	{name: "voucher.Reclaim", verb: actor.IssueVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Voucher.Reclaim(ctx, by, voucher.Reclaim{Voucher: x.of("voucher")}))
	}},
	{name: "voucher.SetFrozen", verb: actor.IssueVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.SetFrozen(ctx, by, "", x.of("voucher"), true))
	}},
	{name: "voucher.Recipients", verb: actor.IssueVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Recipients(ctx, by, x.account, false))
	}},
	{name: "voucher.BuyPickup", verb: actor.BuyPickups, open: "it names a customer", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.BuyPickup(ctx, by, voucher.NewPickup{Customer: x.user, Currency: "CNY", Minor: 1, Ratio: 1}))
	}},
	{name: "voucher.Quotas", verb: actor.ViewVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Voucher.Quotas(ctx, by, voucher.QuotaFilter{Partner: x.account}))
	}},
	{name: "voucher.ChildQuotas", verb: actor.ViewVouchers, open: "the own ones alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Voucher.ChildQuotas(ctx, by, voucher.QuotaFilter{}))
	}},
	{name: "voucher.Quota", verb: actor.ViewVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Quota(ctx, by, x.of("quota")))
	}},
	{name: "voucher.Proof", verb: actor.ViewVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Proof(ctx, by, x.of("quota")))
	}},
	{name: "voucher.QuotaEntries", verb: actor.ViewVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.QuotaEntries(ctx, by, x.of("quota"), ledger.Mark{}, 0))
	}},
	{name: "voucher.Vouchers", verb: actor.ViewVouchers, open: "a customer narrows its own by who issued them", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Voucher.Vouchers(ctx, by, voucher.VoucherFilter{}))
	}},
	{name: "voucher.Held", verb: actor.ViewVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Voucher.Held(ctx, by, voucher.VoucherFilter{Customer: x.account}))
	}},
	{name: "voucher.Voucher", verb: actor.ViewVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.Voucher(ctx, by, x.of("voucher")))
	}},
	{name: "voucher.VoucherEntries", verb: actor.ViewVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Voucher.VoucherEntries(ctx, by, x.of("voucher")))
	}},
	{name: "voucher.Records", verb: actor.ViewVouchers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Voucher.Records(ctx, by, voucher.RecordFilter{Partner: x.account}))
	}},
	{name: "voucher.Pickups", verb: actor.ViewVouchers, open: "a customer narrows its own by who bought them", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Voucher.Pickups(ctx, by, voucher.PickupFilter{}))
	}},
	{name: "voucher.Changes", verb: actor.ViewVouchers, open: "one's own", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Voucher.Changes(ctx, by, voucher.ChangeFilter{}))
	}},
}

// fillVouchers gives the stranger a quota and a voucher issued out of it.
func fillVouchers(w *world, by, _ actor.Actor) {
	ctx, finance := w.t.Context(), actor.Actor{}
	for _, a := range w.actors {
		if a.Has(actor.VendorFinance) && a.Kind == actor.Vendor {
			finance = a
		}
	}
	q, err := w.a.Voucher.Grant(ctx, finance, voucher.NewQuota{Partner: by.Account, Currency: "CNY", Minor: 1000, ExpireAt: w.a.DB.Clock().Now().Add(time.Hour)})
	must(w.t, err)
	customer := w.company(actor.Customer, "Theircustomer")
	_, err = w.a.Account.Associate(ctx, cli, account.Association{Account: by.Account, Other: customer, Kind: account.Resale})
	must(w.t, err)
	out, err := w.a.Voucher.Issue(ctx, by, voucher.Issue{Quota: q.ID, Customers: []string{customer}, Minor: 100})
	must(w.t, err)
	must(w.t, out[0].Err)
	w.stranger.more["quota"], w.stranger.more["voucher"] = q.ID, out[0].Made
	b, err := w.a.Voucher.Many().List(ctx, by, batch.NewBatch{Work: voucher.IssueMany, Terms: voucher.Terms{Quota: q.ID}.Text(), Lines: []batch.Line{{To: "nobody", Amount: "1"}}})
	must(w.t, err)
	w.stranger.more["many"] = b.ID
}
