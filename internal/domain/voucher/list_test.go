package voucher_test

import (
	"context"
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

func TestListsNarrowCountAndPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		q := w.grant(w.provider, nil)
		plain := voucher.Plain
		var ids []string
		for range 3 {
			ids = append(ids, w.give(w.provider, q, w.one, 10_00).ID)
		}
		later, err := w.s.Issue(ctx, w.provider, voucher.Issue{Quota: q.ID, Customers: []string{w.two.Account}, Minor: 5_00, ValidAt: w.clock.Now().Add(time.Hour)})
		fixture.Must(t, err)
		for _, c := range []struct {
			name string
			f    voucher.VoucherFilter
			want int64
		}{
			{"all", voucher.VoucherFilter{}, 4},
			{"of one customer", voucher.VoucherFilter{Customer: w.one.Account}, 3},
			{"usable", voucher.VoucherFilter{State: voucher.Usable}, 3},
			{"not active", voucher.VoucherFilter{State: voucher.NotActive}, 1},
			{"by id", voucher.VoucherFilter{ID: ids[1]}, 1},
			{"plain ones of resale customers", voucher.VoucherFilter{Kind: &plain, Resale: true}, 4},
			{"created before now, exclusive", voucher.VoucherFilter{Created: voucher.Span{To: w.clock.Now()}}, 0},
			{"expiring within the quota's end", voucher.VoucherFilter{Expire: voucher.Span{From: q.ExpireAt.Add(-1 * time.Microsecond), To: q.ExpireAt.Add(time.Microsecond)}}, 4},
			{"of another quota", voucher.VoucherFilter{Quota: "1"}, 0},
		} {
			c.f.Count, c.f.Limit = true, 1
			list, total, err := w.s.Vouchers(ctx, w.provider, c.f)
			if fixture.Must(t, err); total != c.want || len(list) != int(min(c.want, 1)) {
				t.Errorf("%s: %d of %d, want %d", c.name, len(list), total, c.want)
			}
		}
		first, _, err := w.s.Vouchers(ctx, w.provider, voucher.VoucherFilter{Page: voucher.Page{Limit: 2}})
		fixture.Must(t, err)
		rest, _, err := w.s.Vouchers(ctx, w.provider, voucher.VoucherFilter{Page: voucher.Page{Limit: 9, Before: first[1].ID}})
		if fixture.Must(t, err); first[0].ID != later[0].Made || len(rest) != 2 || rest[1].ID != ids[0] {
			t.Errorf("newest first: %v then %v", first, rest)
		}
		qs, n, err := w.s.Quotas(ctx, w.provider, voucher.QuotaFilter{States: voucher.StatesOfCode(0), Kind: &plain, IDs: []string{q.ID}, Page: voucher.Page{Count: true}})
		if fixture.Must(t, err); n != 1 || qs[0].Balance != 1000_00-35_00 {
			t.Errorf("quotas in force: %d %+v", n, qs)
		}
		rs, n, err := w.s.Records(ctx, w.provider, voucher.RecordFilter{Operations: []voucher.Operation{voucher.Issued}, Vouchers: ids[:1], Page: voucher.Page{Count: true}})
		if fixture.Must(t, err); n != 1 || rs[0].Amount != 10_00 || rs[0].Result() != "0" {
			t.Errorf("records of one voucher: %d %+v", n, rs)
		}
	})
}

func TestAnAccountManagerServesOwnCustomersAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		manager := w.User(w.provider.Account, actor.AccountManager)
		w.s.LimitManagers(func(_ context.Context, _ db.Querier, partner, user string) ([]string, error) {
			if partner == w.provider.Account && user == manager.User {
				return []string{w.one.Account}, nil
			}
			return nil, nil
		})
		q := w.grant(w.provider, nil)
		theirs := w.give(w.provider, q, w.two, 10_00)
		out, err := w.s.Issue(ctx, manager, voucher.Issue{Quota: q.ID, Customers: []string{w.one.Account, w.two.Account}, Minor: 1_00})
		fixture.Must(t, err)
		fixture.Must(t, out[0].Err)
		w.refused(out[1].Err, voucher.NotInCharge)
		list, _, err := w.s.Vouchers(ctx, manager, voucher.VoucherFilter{})
		if fixture.Must(t, err); len(list) != 1 || list[0].Customer != w.one.Account {
			t.Errorf("the manager sees %+v", list)
		}
		if _, err := w.s.Voucher(ctx, manager, theirs.ID); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("another's customer's voucher: %v", err)
		}
		_, _, err = w.s.Reclaim(ctx, manager, voucher.Reclaim{Voucher: theirs.ID})
		w.refused(err, voucher.NotInCharge)
	})
}

func TestACustomersChangesComeFromTheBooks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.give(w.provider, w.grant(w.provider, nil), w.referral, 10_00)
		list, total, err := w.s.Changes(ctx, w.referral, voucher.ChangeFilter{Voucher: v.ID, Kinds: []string{ledger.Issue}, Sign: 1})
		if fixture.Must(t, err); total != 1 || list[0].Minor != 10_00 || list[0].After != 10_00 {
			t.Errorf("changes: %d %+v", total, list)
		}
		same, _, err := w.s.Changes(ctx, w.referral, voucher.ChangeFilter{Number: list[0].Number()})
		if fixture.Must(t, err); len(same) != 1 {
			t.Errorf("by number: %+v", same)
		}
		_, _, err = w.s.Changes(ctx, w.one, voucher.ChangeFilter{})
		w.refused(err, voucher.NotForAgency)
	})
}
