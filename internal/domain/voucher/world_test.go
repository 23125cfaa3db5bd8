package voucher_test

import (
	"context"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// A world has a vendor with two of finance, a distributor with two resellers, the first with a resale customer; and a
// solution provider with two resale customers and a referral one.
type world struct {
	*fixture.World
	t                                *testing.T
	clock                            *clock.Manual
	runner                           *jobs.Runner
	s                                *voucher.Service
	finance, second                  actor.Actor
	distributor, reseller, reseller2 actor.Actor
	provider                         actor.Actor
	near, one, two, referral         actor.Actor // customers: the reseller's, the provider's
	told                             map[string]int
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := found(t, d, c)
		test(t, w)
		if !t.Failed() {
			w.holds()
		}
	})
}

func found(t *testing.T, d *db.DB, c *clock.Manual) *world {
	f := fixture.New(t, d)
	w := &world{World: f, t: t, clock: c, runner: f.Runner(), s: voucher.New(d, nil), told: map[string]int{}}
	w.s.Register(w.runner)
	w.finance, w.second = f.VendorUser(actor.VendorFinance), f.VendorUser(actor.VendorFinance)
	w.distributor, w.provider = f.Partner("Harbour", account.Distributor), f.Partner("Lighthouse")
	w.reseller, w.reseller2 = f.Partner("Pier One", account.Reseller), f.Partner("Pier Two", account.Reseller)
	w.near, w.one, w.two, w.referral = f.Customer("Near"), f.Customer("One"), f.Customer("Two"), f.Customer("Referral")
	for _, x := range []account.Association{
		{Account: w.distributor.Account, Other: w.reseller.Account, Kind: account.ResellerOf},
		{Account: w.distributor.Account, Other: w.reseller2.Account, Kind: account.ResellerOf},
		{Account: w.reseller.Account, Other: w.near.Account, Kind: account.Resale},
		{Account: w.provider.Account, Other: w.one.Account, Kind: account.Resale},
		{Account: w.provider.Account, Other: w.two.Account, Kind: account.Resale},
		{Account: w.provider.Account, Other: w.referral.Account, Kind: account.Referral},
	} {
		_, err := f.Account.Associate(t.Context(), f.Vendor(), x)
		fixture.Must(t, err)
	}
	for _, k := range []string{"quota.proposed", "quota.granted", "quota.split", "quota.taken_back", "quota.frozen", "quota.disabled", "voucher.issued",
		"voucher.reclaimed", "voucher.expired", "voucher.expiring", "pickup.bought", "pickup.expired"} {
		w.runner.On(k, "test-"+k, func(context.Context, *db.Tx, outbox.Event) error { w.told[k]++; return nil })
	}
	fixture.Must(t, w.runner.Prepare(t.Context()))
	return w
}

func (w *world) holds() {
	w.t.Helper()
	ledgertest.Balanced(w.t, w.DB)
}

// pass lets time pass and everything happen that is due.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.clock.Advance(d)
	fixture.Must(w.t, w.runner.Drain(w.t.Context()))
}

// grant gives a partner a quota of 1000.00 for thirty days.
func (w *world) grant(to actor.Actor, edit func(*voucher.NewQuota)) voucher.Quota {
	w.t.Helper()
	now := w.clock.Now()
	n := voucher.NewQuota{Partner: to.Account, Currency: "CNY", Minor: 1000_00, EffectiveAt: now, ExpireAt: now.AddDate(0, 0, 30)}
	if edit != nil {
		edit(&n)
	}
	q, err := w.s.Grant(w.t.Context(), w.finance, n)
	fixture.Must(w.t, err)
	return q
}

// give issues one voucher and returns it.
func (w *world) give(by actor.Actor, q voucher.Quota, to actor.Actor, minor int64) voucher.Voucher {
	w.t.Helper()
	out, err := w.s.Issue(w.t.Context(), by, voucher.Issue{Quota: q.ID, Customers: []string{to.Account}, Minor: minor})
	fixture.Must(w.t, err)
	fixture.Must(w.t, out[0].Err)
	return w.voucher(out[0].Made)
}

func (w *world) voucher(id string) voucher.Voucher {
	w.t.Helper()
	v, err := w.s.Voucher(w.t.Context(), w.Vendor(), id)
	fixture.Must(w.t, err)
	return v
}

func (w *world) quota(id string) voucher.Quota {
	w.t.Helper()
	q, err := w.s.Quota(w.t.Context(), w.Vendor(), id)
	fixture.Must(w.t, err)
	return q
}

func (w *world) left(id string, want int64) {
	w.t.Helper()
	if q := w.quota(id); q.Balance != want {
		w.t.Errorf("quota %s holds %d, want %d", id, q.Balance, want)
	}
}

func (w *world) refused(err error, want voucher.Why) {
	w.t.Helper()
	if got := voucher.WhyOf(err); got != want {
		w.t.Errorf("refused with %q (%v), want %q", got, err, want)
	}
}

// records counts the records of an operation in a partner's list.
func (w *world) records(by actor.Actor, op voucher.Operation) []voucher.Record {
	w.t.Helper()
	list, _, err := w.s.Records(w.t.Context(), by, voucher.RecordFilter{Operations: []voucher.Operation{op}})
	fixture.Must(w.t, err)
	return list
}

func (w *world) in(f func(ctx context.Context, tx *db.Tx) error) error {
	return w.DB.Update(w.t.Context(), func(tx *db.Tx) error { return f(w.t.Context(), tx) })
}

func (w *world) cash(a actor.Actor, minor int64) {
	w.t.Helper()
	ledgertest.Give(w.t, w.DB, w.Vendor().Account, a.Account, ledger.Cash, minor)
}
