package account_test

import (
	"context"
	"errors"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

func TestSubAccountsBelongUnderOneMaster(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx, w := t.Context(), fixture.New(t, d)
		w.Vendor()
		master, other, sub := w.Partner("Lighthouse"), w.Partner("Harbour"), w.Customer("ＬＩＧＨＴＨＯＵＳＥ")
		is := func(what string, err error, want fault.Kind) {
			t.Helper()
			if fault.KindOf(err) != want {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err := w.Account.AskSub(ctx, master, sub.Account, "Harbour")
		is("a wrong name", err, fault.KindNotFound)
		_, err = w.Account.AskSub(ctx, master, master.Account, "Lighthouse")
		is("itself", err, fault.KindNotFound)
		x, err := w.Account.AskSub(ctx, master, sub.Account, "lighthouse")
		fixture.Must(t, err)
		_, err = w.Account.AskSub(ctx, master, sub.Account, "lighthouse")
		is("asked twice", err, fault.KindConflict)
		y, err := w.Account.AskSub(ctx, other, sub.Account, "lighthouse")
		fixture.Must(t, err)
		is("the master answers", w.Account.AnswerSub(ctx, master, x.ID, true), fault.KindNotFound)
		fixture.Must(t, w.Account.AnswerSub(ctx, sub, x.ID, true))
		is("a second master", w.Account.AnswerSub(ctx, sub, y.ID, true), fault.KindConflict)
		fixture.Must(t, w.Account.WithdrawSub(ctx, other, y.ID))
		_, err = w.Account.AskSub(ctx, other, sub.Account, "lighthouse")
		is("asking one that has a master", err, fault.KindConflict)
		_, err = w.Account.AskSub(ctx, other, master.Account, "Lighthouse")
		is("asking a master", err, fault.KindConflict)

		group, err := account.Group(ctx, d.Read(), sub.Account)
		fixture.Must(t, err)
		if len(group) != 2 || group[0].ID != master.Account || group[1].ID != sub.Account {
			t.Errorf("the group is %v", group)
		}
		is("nothing to rename", w.Account.AskRename(ctx, master, x.ID), fault.KindConflict)
		is("a stranger ends it", w.Account.EndSub(ctx, other, x.ID), fault.KindNotFound)

		own, err := w.Account.SubAccountsOf(ctx, sub, sub.Account)
		fixture.Must(t, err)
		if own.Master == nil || own.Master.Master != master.Account || len(own.Asked) != 0 {
			t.Errorf("the sub-account sees %+v", own)
		}
		bound := errors.New("bound")
		w.Account.BindSubs(func(context.Context, db.Querier, string) error { return fault.Conflict(i18n.Raw(bound.Error())) })
		is("ending what is bound", w.Account.EndSub(ctx, master, x.ID), fault.KindConflict)
	})
}

func TestAMasterMakesASubAccountWithItsName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx, w := t.Context(), fixture.New(t, d)
		w.Vendor()
		master := w.Partner("Lighthouse")
		x, err := w.Account.CreateSub(ctx, master, account.NewSub{Contact: "Mo Chen", Email: "mo@lighthouse.example"})
		fixture.Must(t, err)
		a, err := account.Get(ctx, d.Read(), x.Account)
		fixture.Must(t, err)
		if a.Kind != actor.Customer || a.Name != "Lighthouse" || !x.Created {
			t.Errorf("it made %+v", a)
		}
		if _, err := w.Account.CreateSub(ctx, master, account.NewSub{Contact: "Mo Chen", Email: "mo"}); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a wrong address: %v", err)
		}
		if _, err := w.Account.CreateSub(ctx, w.Customer("Sea"), account.NewSub{}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a customer makes one: %v", err)
		}
		subs, err := account.SubAccounts(ctx, d.Read(), master.Account)
		fixture.Must(t, err)
		if len(subs) != 1 {
			t.Errorf("the master has %d", len(subs))
		}
	})
}
