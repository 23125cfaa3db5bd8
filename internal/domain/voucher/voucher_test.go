package voucher_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

func TestAQuotaIsSplitSpentAndTakenBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		q := w.grant(w.distributor, nil)
		out, err := w.s.Split(ctx, w.distributor, voucher.Split{Quota: q.ID, Resellers: []string{w.reseller.Account, w.reseller2.Account}, Minor: 300_00, Key: "k"})
		fixture.Must(t, err)
		again, err := w.s.Split(ctx, w.distributor, voucher.Split{Quota: q.ID, Resellers: []string{w.reseller.Account, w.reseller2.Account}, Minor: 300_00, Key: "k"})
		fixture.Must(t, err)
		if out[0].Err != nil || out[1].Err != nil || out[0].Made != again[0].Made || again[0].Err != nil {
			t.Fatalf("Split() = %+v, again %+v", out, again)
		}
		w.left(q.ID, 400_00)
		child := w.quota(out[0].Made)
		if child.ParentAccount != w.distributor.Account || child.Parent != q.ID || !child.ExpireAt.Equal(q.ExpireAt) || child.Balance != 300_00 {
			t.Errorf("the reseller's quota = %+v", child)
		}
		v := w.give(w.reseller, child, w.near, 120_00)
		back, err := w.s.TakeBack(ctx, w.distributor, voucher.TakeBack{Quotas: []string{child.ID, out[1].Made, "1"}, Remark: "end of the campaign"})
		fixture.Must(t, err)
		w.refused(back[2].Err, voucher.NoQuota)
		w.left(q.ID, 400_00+180_00+300_00)
		if got := w.quota(child.ID); got.Kept != voucher.TakenBack || got.Balance != 0 {
			t.Errorf("taken back: %+v", got)
		}
		_, taken, err := w.s.Reclaim(ctx, w.reseller, voucher.Reclaim{Voucher: v.ID})
		fixture.Must(t, err)
		if taken != 120_00 {
			t.Errorf("Reclaim() took %d, want 12000", taken)
		}
		w.left(q.ID, 1000_00) // the reseller's quota has ended: it went on home
		if n := len(w.records(w.distributor, voucher.QuotaSplit)); n != 2 {
			t.Errorf("%d records of handing out, want 2", n)
		}
		if rs := w.records(w.distributor, voucher.QuotaReclaimed); len(rs) != 2 || rs[1].Amount != 180_00 || rs[1].Remark != "end of the campaign" {
			t.Errorf("records of taking back: %+v", rs)
		}
	})
}

func TestEachCustomerGetsItsOwnAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		q := w.grant(w.provider, nil)
		in := voucher.Issue{Quota: q.ID, Customers: []string{w.one.Account, w.near.Account, w.referral.Account, w.provider.Account, "nobody", w.two.Account}, Minor: 400_00, Key: "k"}
		out, err := w.s.Issue(ctx, w.provider, in)
		fixture.Must(t, err)
		for i, want := range []voucher.Why{"", voucher.NotCustomer, "", voucher.ToSelf, voucher.NotCustomer, voucher.Short} {
			if got := voucher.WhyOf(out[i].Err); got != want {
				t.Errorf("customer %d: %q (%v), want %q", i, got, out[i].Err, want)
			}
		}
		w.left(q.ID, 200_00)
		again, err := w.s.Issue(ctx, w.provider, in)
		fixture.Must(t, err)
		if again[0].Made != out[0].Made || again[0].Err != nil {
			t.Errorf("sent again: %+v, want voucher %s", again[0], out[0].Made)
		}
		in.Minor = 1_00
		other, err := w.s.Issue(ctx, w.provider, in)
		fixture.Must(t, err)
		if other[0].Err == nil || fault.KindOf(other[0].Err) != fault.KindInvalid {
			t.Errorf("the key with another amount: %v, want a refusal", other[0].Err)
		}
		program := w.provider
		program.Via = "key"
		out, err = w.s.Issue(ctx, program, voucher.Issue{Quota: q.ID, Customers: []string{w.referral.Account}, Minor: 1_00})
		fixture.Must(t, err)
		w.refused(out[0].Err, voucher.WrongModel)
		vs, _, err := w.s.Vouchers(ctx, w.referral, voucher.VoucherFilter{})
		fixture.Must(t, err)
		_, _, err = w.s.Reclaim(ctx, w.provider, voucher.Reclaim{Voucher: vs[0].ID})
		w.refused(err, voucher.ReferralVoucher)
	})
}

func TestADistributorActsForItsResellersCustomers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		q := w.grant(w.distributor, nil)
		out, err := w.s.Split(ctx, w.distributor, voucher.Split{Quota: q.ID, Resellers: []string{w.reseller.Account}, Minor: 500_00})
		fixture.Must(t, err)
		in := voucher.Issue{Partner: w.reseller.Account, Quota: out[0].Made, Customers: []string{w.near.Account, w.one.Account}, Minor: 100_00}
		got, err := w.s.Issue(ctx, w.distributor, in)
		fixture.Must(t, err)
		fixture.Must(t, got[0].Err)
		w.refused(got[1].Err, voucher.ResellersNamed)
		_, err = w.s.Issue(ctx, w.provider, in)
		w.refused(err, voucher.NotReseller)
		_, _, err = w.s.Reclaim(ctx, w.distributor, voucher.Reclaim{Partner: w.reseller.Account, Voucher: got[0].Made})
		fixture.Must(t, err)
		w.left(out[0].Made, 500_00)
		own, err := w.s.Issue(ctx, w.reseller, voucher.Issue{Quota: out[0].Made, Customers: []string{w.reseller.Account}, Minor: 50_00})
		fixture.Must(t, err)
		fixture.Must(t, own[0].Err) // for its own orders
	})
}

func TestWhatAQuotaForbids(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, c := range []struct {
			name   string
			limits voucher.Limits
			in     voucher.Issue
			whole  voucher.Why
			one    voucher.Why
		}{
			{"too small", voucher.Limits{FaceMin: 100_00}, voucher.Issue{Minor: 99_99}, voucher.FaceLow, ""},
			{"too large", voucher.Limits{FaceMax: 100_00}, voucher.Issue{Minor: 100_01}, voucher.FaceHigh, ""},
			{"for own orders", voucher.Limits{OwnUse: true}, voucher.Issue{Minor: 1}, voucher.OwnUse, ""},
			{"a wider service", voucher.Limits{Services: []string{"hws.service.type.ec2"}}, voucher.Issue{Minor: 1, Services: []string{"hws.service.type.obs"}}, voucher.Wider, ""},
			{"an unknown service", voucher.Limits{}, voucher.Issue{Minor: 1, Services: []string{"hws.service.type.none"}}, voucher.NoService, ""},
			{"a malformed product", voucher.Limits{}, voucher.Issue{Minor: 1, Products: []string{"a b"}}, voucher.NoProduct, ""},
			{"a wider kind of order", voucher.Limits{Orders: []string{"new"}}, voucher.Issue{Minor: 1, Orders: []string{"renew"}}, voucher.OrdersWider, ""},
			{"named customers", voucher.Limits{Customers: []string{"other"}}, voucher.Issue{Minor: 1}, "", voucher.NamedOnly},
			{"the named customer", voucher.Limits{Customers: []string{w.one.Account}}, voucher.Issue{Minor: 1}, "", ""},
			{"too much value", voucher.Limits{ValueEach: 100}, voucher.Issue{Minor: 101}, "", voucher.TooMuch},
			{"first partner", voucher.Limits{FirstOnly: true}, voucher.Issue{Minor: 1}, "", ""},
		} {
			q := w.grant(w.provider, func(n *voucher.NewQuota) { n.Limits = c.limits })
			c.in.Quota, c.in.Customers = q.ID, []string{w.one.Account}
			out, err := w.s.Issue(t.Context(), w.provider, c.in)
			if got := voucher.WhyOf(err); got != c.whole || c.whole == "" && err != nil {
				t.Errorf("%s: refused with %q (%v), want %q", c.name, got, err, c.whole)
			} else if err == nil && voucher.WhyOf(out[0].Err) != c.one {
				t.Errorf("%s: the customer is refused with %v, want %q", c.name, out[0].Err, c.one)
			}
		}
		q := w.grant(w.provider, func(n *voucher.NewQuota) { n.Limits.PerCustomer = 1 })
		v := w.give(w.provider, q, w.one, 1_00)
		out, err := w.s.Issue(t.Context(), w.provider, voucher.Issue{Quota: q.ID, Customers: []string{w.one.Account}, Minor: 1_00})
		fixture.Must(t, err)
		w.refused(out[0].Err, voucher.TooMany)
		_, _, err = w.s.Reclaim(t.Context(), w.provider, voucher.Reclaim{Voucher: v.ID})
		fixture.Must(t, err)
		w.give(w.provider, q, w.one, 1_00) // what came back doesn't count
	})
}

func TestALargeQuotaNeedsASecondPairOfEyes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		q := w.grant(w.provider, func(n *voucher.NewQuota) { n.Minor = 2_000_000_00 })
		if q.Kept != voucher.Proposed {
			t.Fatalf("state %s, want proposed", q.Kept)
		}
		if _, err := w.s.Quota(ctx, w.provider, q.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("the partner sees what isn't approved: %v", err)
		}
		_, err := w.s.Decide(ctx, w.finance, q.Account, q.ID, q.Edition, true)
		if fault.KindOf(err) != fault.KindConflict {
			t.Errorf("approved by whoever asked: %v", err)
		}
		q, err = w.s.Decide(ctx, w.second, q.Account, q.ID, q.Edition, true)
		fixture.Must(t, err)
		w.left(q.ID, 2_000_000_00)
		q, err = w.s.Adjust(ctx, w.finance, q.Account, q.ID, q.Edition, voucher.Change{Minor: 5_000_000_00, EffectiveAt: q.EffectiveAt, ExpireAt: q.ExpireAt})
		fixture.Must(t, err)
		_, err = w.s.Issue(ctx, w.provider, voucher.Issue{Quota: q.ID, Customers: []string{w.one.Account}, Minor: 1_00})
		w.refused(err, voucher.WrongState) // it's being adjusted
		q, err = w.s.Decide(ctx, w.second, q.Account, q.ID, q.Edition, false)
		fixture.Must(t, err)
		w.left(q.ID, 2_000_000_00)
		q, err = w.s.Adjust(ctx, w.finance, q.Account, q.ID, q.Edition, voucher.Change{Minor: 1_000_00, EffectiveAt: q.EffectiveAt, ExpireAt: q.ExpireAt})
		fixture.Must(t, err)
		w.left(q.ID, 1_000_00)
		q, err = w.s.SetState(ctx, w.finance, q.Account, q.ID, q.Edition, voucher.Held)
		fixture.Must(t, err)
		_, err = w.s.Issue(ctx, w.provider, voucher.Issue{Quota: q.ID, Customers: []string{w.one.Account}, Minor: 1_00})
		w.refused(err, voucher.WrongState)
		_, err = w.s.SetState(ctx, w.finance, q.Account, q.ID, q.Edition, voucher.Disabled)
		fixture.Must(t, err)
		w.left(q.ID, 0)
		if _, err := w.s.SetState(ctx, w.provider, q.Account, q.ID, q.Edition, voucher.Normal); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a partner changes its quota: %v", err)
		}
	})
}

func TestWhatExpiresGoesHomeAtItsInstant(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		q := w.grant(w.provider, nil)
		out, err := w.s.Issue(ctx, w.provider, voucher.Issue{Quota: q.ID, Customers: []string{w.one.Account}, Minor: 100_00, ExpireAt: w.clock.Now().AddDate(0, 0, 10).Add(time.Hour)})
		fixture.Must(t, err)
		w.pass(10 * 24 * time.Hour)
		if v := w.voucher(out[0].Made); v.State(w.clock.Now()) != voucher.Usable || w.told["voucher.expiring"] != 1 {
			t.Errorf("an hour before: %+v, told %v", v, w.told)
		}
		w.pass(time.Hour)
		if v := w.voucher(out[0].Made); v.Kept != "expired" || v.Balance != 0 {
			t.Errorf("expired: %+v", v)
		}
		w.left(q.ID, 1000_00)
		if rs := w.records(w.provider, voucher.ExpiredBack); len(rs) != 1 || rs[0].Amount != 100_00 {
			t.Errorf("records of expiry: %+v", rs)
		}
		w.give(w.provider, q, w.two, 250_00)
		w.pass(21 * 24 * time.Hour)
		if got := w.quota(q.ID); got.Kept != voucher.Lapsed || got.Balance != 0 {
			t.Errorf("the quota after its end: %+v", got)
		}
		b, err := ledger.BalanceOf(ctx, w.DB.Read(), ledger.Place{Owner: w.Vendor().Account, Kind: ledger.Granted, Unit: "CNY.voucher"})
		if err != nil || b.Minor != 0 {
			t.Errorf("everything went home: %d, %v", b.Minor, err)
		}
		p, err := w.s.Proof(ctx, w.provider, q.ID)
		if err != nil || p.Value != p.Balance+p.Resellers+p.Vouchers+p.Lapsed-p.Back {
			t.Errorf("Proof() = %+v, %v", p, err)
		}
	})
}

func TestAVoucherIsLockedUsedAndReturned(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		q := w.grant(w.provider, nil)
		v := w.give(w.provider, q, w.one, 100_00)
		order := voucher.Order{ID: "CS1", Kind: "new", Lines: []voucher.Line{{Minor: 80_00}}}
		fixture.Must(t, w.in(func(ctx context.Context, tx *db.Tx) error { return voucher.Lock(ctx, tx, w.one.Account, v.ID, "CS1") }))
		w.refused(w.in(func(ctx context.Context, tx *db.Tx) error { return voucher.Lock(ctx, tx, w.one.Account, v.ID, "CS2") }), voucher.LockedElsewhere)
		_, _, err := w.s.Reclaim(ctx, w.provider, voucher.Reclaim{Voucher: v.ID})
		w.refused(err, voucher.NotReclaimable)
		pay := func(minor int64, key string) error {
			return w.in(func(ctx context.Context, tx *db.Tx) error {
				_, err := voucher.Use(ctx, tx, w.one, voucher.Payment{Customer: w.one.Account, Voucher: v.ID, Order: order, Minor: minor, Key: key})
				return err
			})
		}
		w.refused(pay(80_01, "k1"), voucher.MoreThanCanBe)
		fixture.Must(t, pay(80_00, "k1"))
		fixture.Must(t, pay(80_00, "k1")) // sent again: taken once
		if got := w.voucher(v.ID); got.Balance != 20_00 || got.LockOrder != "" || got.Uses != 1 {
			t.Errorf("after use: %+v", got)
		}
		refund := func(minor int64, key string) error {
			return w.in(func(ctx context.Context, tx *db.Tx) error {
				_, err := voucher.Return(ctx, tx, w.one, voucher.Refund{Customer: w.one.Account, Of: "k1", Minor: minor, Key: key})
				return err
			})
		}
		fixture.Must(t, refund(30_00, "r1"))
		fixture.Must(t, refund(30_00, "r1"))
		w.refused(refund(50_01, "r2"), voucher.MoreThanUsed)
		if got := w.voucher(v.ID); got.Balance != 50_00 {
			t.Errorf("after a return: %+v", got)
		}
		_, taken, err := w.s.Reclaim(ctx, w.provider, voucher.Reclaim{Voucher: v.ID})
		if err != nil || taken != 50_00 {
			t.Errorf("Reclaim() = %d, %v, want all that is left", taken, err)
		}
		fixture.Must(t, refund(50_00, "r3")) // no voucher any more: its quota gets it
		w.left(q.ID, 1000_00)
		if rs := w.records(w.provider, voucher.Unsubscribed); len(rs) != 1 || rs[0].Amount != 50_00 {
			t.Errorf("records of returns: %+v", rs)
		}
	})
}

func TestPartingTakesVouchersBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		q := w.grant(w.provider, nil)
		w.give(w.provider, q, w.one, 100_00)
		w.give(w.provider, q, w.one, 50_00)
		w.give(w.provider, q, w.two, 10_00)
		var back int64
		fixture.Must(t, w.in(func(ctx context.Context, tx *db.Tx) (err error) {
			back, err = voucher.ReclaimAll(ctx, tx, w.provider, w.provider.Account, w.one.Account, voucher.Unbound)
			return err
		}))
		if back != 150_00 {
			t.Errorf("ReclaimAll() = %d, want 15000", back)
		}
		w.left(q.ID, 990_00)
		if rs := w.records(w.provider, voucher.Unbound); len(rs) != 2 {
			t.Errorf("records: %+v", rs)
		}
		d := w.grant(w.distributor, nil)
		out, err := w.s.Split(t.Context(), w.distributor, voucher.Split{Quota: d.ID, Resellers: []string{w.reseller.Account}, Minor: 300_00})
		fixture.Must(t, err)
		fixture.Must(t, out[0].Err)
		fixture.Must(t, w.in(func(ctx context.Context, tx *db.Tx) error {
			_, err := voucher.ReturnQuotas(ctx, tx, w.distributor, w.distributor.Account, w.reseller.Account)
			return err
		}))
		w.left(d.ID, 1000_00)
	})
}

func TestAPickupVoucherIsPaidForUsedAndLost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.cash(w.provider, 1000_00)
		n := voucher.NewPickup{Customer: w.one.Account, Currency: "CNY", Minor: 600_00, Ratio: 5000, ExpireAt: w.clock.Now().AddDate(0, 0, 5), Key: "k"}
		p, err := w.s.BuyPickup(ctx, w.provider, n)
		fixture.Must(t, err)
		again, err := w.s.BuyPickup(ctx, w.provider, n)
		if err != nil || again.ID != p.ID {
			t.Errorf("sent again: %+v, %v", again, err)
		}
		ledgertest.Has(t, w.DB, w.provider.Account, ledger.Cash, 400_00)
		n.Key, n.Customer = "", w.referral.Account
		_, err = w.s.BuyPickup(ctx, w.provider, n)
		w.refused(err, voucher.WrongModel)
		n.Customer, n.Minor = w.two.Account, 400_01
		if _, err := w.s.BuyPickup(ctx, w.provider, n); err == nil {
			t.Error("bought with more than there is")
		}
		use := func(minor int64, key string) error {
			return w.in(func(ctx context.Context, tx *db.Tx) error {
				_, err := voucher.UsePickup(ctx, tx, w.one, voucher.Payment{Customer: w.one.Account, Voucher: p.ID, Minor: minor, Key: key,
					Order: voucher.Order{ID: "CS1", Kind: "new", Lines: []voucher.Line{{Minor: 400_00}}}})
				return err
			})
		}
		w.refused(use(200_01, "u"), voucher.MoreThanCanBe)
		fixture.Must(t, use(200_00, "u"))
		ledgertest.Has(t, w.DB, w.Vendor().Account, ledger.Revenue, 200_00)
		w.pass(5 * 24 * time.Hour)
		ledgertest.Has(t, w.DB, w.Vendor().Account, ledger.Revenue, 600_00)
		ledgertest.Has(t, w.DB, w.provider.Account, ledger.Cash, 400_00)
		if w.told["pickup.bought"] != 1 || w.told["pickup.expired"] != 1 {
			t.Errorf("told %v", w.told)
		}
	})
}

func TestTwoAtOnceTakeNoMoreThanThereIs(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		q := w.grant(w.provider, nil)
		var group sync.WaitGroup
		fine := make(chan bool, 4)
		for _, c := range []actor.Actor{w.one, w.two, w.one, w.two} {
			group.Go(func() {
				out, err := w.s.Issue(t.Context(), w.provider, voucher.Issue{Quota: q.ID, Customers: []string{c.Account}, Minor: 400_00})
				fine <- err == nil && out[0].Err == nil
			})
		}
		group.Wait()
		close(fine)
		n := 0
		for ok := range fine {
			if ok {
				n++
			}
		}
		if n != 2 {
			t.Errorf("%d of four vouchers of 400.00 out of 1000.00, want 2", n)
		}
		w.left(q.ID, 200_00)
	})
}

func TestReclaimAndUseAtOnceTakeItOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		q := w.grant(w.provider, nil)
		for i := range 4 {
			v := w.give(w.provider, q, w.one, 100_00)
			var group sync.WaitGroup
			var used, back error
			group.Go(func() {
				used = w.in(func(ctx context.Context, tx *db.Tx) error {
					_, err := voucher.Use(ctx, tx, w.one, voucher.Payment{Customer: w.one.Account, Voucher: v.ID, Minor: 100_00, Key: v.ID,
						Order: voucher.Order{ID: "CS1", Lines: []voucher.Line{{Minor: 100_00}}}})
					return err
				})
			})
			group.Go(func() { _, _, back = w.s.Reclaim(t.Context(), w.provider, voucher.Reclaim{Voucher: v.ID}) })
			group.Wait()
			if (used == nil) == (back == nil) {
				t.Errorf("round %d: used %v, reclaimed %v: exactly one must hold", i, used, back)
			}
		}
	})
}
