package order_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

func month(l rate.Level) order.Ask {
	return order.Ask{Kind: order.Buy, Level: l, Term: rate.Months(1)}
}

// TestThePlanOfTheSourceDocumentIsBoughtAndGivenBack is the user guide's own case.
func TestThePlanOfTheSourceDocumentIsBoughtAndGivenBack(t *testing.T) {
	each(t, "2019-12-11 17:04:33", func(t *testing.T, w *world) {
		w.set(setting.NoReasonPerYear, "0")
		w.give(850_000)
		q := w.quote(month(rate.Standard))
		if q.Due() != 850_000 || q.After != at("2020-01-11 23:59:59") {
			t.Errorf("quote: due %d until %v", q.Due(), q.After)
		}
		o := w.buy(rate.Standard, rate.Months(1))
		if o.State != order.Completed || o.Actual != 850_000 || len(o.No) > 26 || o.No[:8] != "CS191211" {
			t.Errorf("paid: %+v", o)
		}
		w.cash(0)
		w.level(rate.Standard)
		p := w.plan()
		if p.State != subscription.Active || !p.Begun.Equal(at("2019-12-11 17:04:33")) || !p.Expires.Equal(at("2020-01-11 23:59:59")) {
			t.Errorf("plan: %+v", p)
		}
		w.goTo("2019-12-11 17:40:00")
		q = w.quote(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
		if q.Back.Consumed.Actual() != 0 || q.Back.Fee.Actual() != 85_000 || q.Total() != 765_000 || q.NoReasonLeft != 0 || q.NoReasonDay.String() != "2019-12-31" {
			t.Errorf("unsubscribing: %+v, %d left until %s", q.Back, q.NoReasonLeft, q.NoReasonDay)
		}
		back := w.place(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
		if back.State != order.Completed || back.Actual != 765_000 {
			t.Errorf("given back: %+v", back)
		}
		w.cash(765_000)
		w.level(rate.Basic)
		lines, err := w.s.Refunds(t.Context(), w.buyer, back.No)
		fixture.Must(t, err)
		got := ""
		for _, l := range lines {
			got += fmt.Sprintf("%s %d %v; ", l.Key, l.Minor, l.Base == o.No)
		}
		if want := "consumed 0 true; fee 85000 true; back -765000 true; "; got != want {
			t.Errorf("lines: %s, want %s", got, want)
		}
		if _, err := w.s.Refunds(t.Context(), w.buyer, o.No); order.WhyOf(err) != order.NoRefund {
			t.Errorf("lines of a purchase: %v", err)
		}
	})
}

func TestWithinFiveDaysEverythingComesBackVouchersToo(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(750_000)
		id := w.voucher(voucher.Plain, 100_000, voucher.Limits{})
		o := w.place(month(rate.Standard))
		_, err := w.s.Choose(t.Context(), w.buyer, o.No, order.Choice{Coupons: []string{id}})
		fixture.Must(t, err)
		o = w.pay(o)
		if o.Paid.Voucher != 100_000 || o.Actual != 750_000 {
			t.Errorf("paid: %+v", o.Paid)
		}
		w.left(id, 0)
		w.goTo("2026-03-07 09:19:59")
		back := w.place(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
		if !back.Back.NoReason || back.NoReasonYear != 2026 || back.Actual != 750_000 {
			t.Errorf("given back: %+v", back)
		}
		w.left(id, 100_000)
		w.cash(750_000)
		w.give(100_000)
		w.buy(rate.Standard, rate.Months(1))
		if q := w.quote(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll}); q.NoReasonLeft != 9 {
			t.Errorf("left of the year: %d, want 9", q.NoReasonLeft)
		}
	})
}

func TestAfterFiveDaysVouchersStayAndCashCouponsComeBackByShare(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(600_000)
		plain, coupon := w.voucher(voucher.Plain, 100_000, voucher.Limits{}), w.voucher(voucher.Coupon, 150_000, voucher.Limits{})
		o := w.place(month(rate.Standard))
		out, err := w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Balance, Choice: &order.Choice{Coupons: []string{coupon, plain}}})
		fixture.Must(t, err)
		if p := out.Paid[0].Paid; p.Cash != 600_000 || p.CashCoupon != 150_000 || p.Voucher != 100_000 || out.Minor != 600_000 {
			t.Errorf("paid: %+v", out)
		}
		w.goTo("2026-03-16 15:10:00")
		back := w.place(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
		if back.Actual != 269_644+67_411 {
			t.Errorf("given back: %+v", back.Back)
		}
		w.cash(269_644)
		w.left(coupon, 67_411)
		w.left(plain, 0)
	})
}

func TestLevelsGoUpAndDownForWhatRemains(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(2_000_000)
		w.buy(rate.Standard, rate.Months(1))
		w.goTo("2026-03-16 15:10:00")
		up := w.place(order.Ask{Kind: order.Change, Level: rate.Premium})
		if up.Due != 467_957 || !strings.Contains(up.Price.Lines[0].Formula, "15/31 + 2/30") {
			t.Errorf("upgrade: %d, %s", up.Due, up.Price.Lines[0].Formula)
		}
		w.pay(up)
		w.level(rate.Premium)
		w.cash(2_000_000 - 850_000 - 467_957)
		w.goTo("2026-03-16 16:00:00")
		down := w.place(order.Ask{Kind: order.Change, Level: rate.Standard})
		if down.State != order.Completed || down.Actual != 467_957 {
			t.Errorf("downgrade on the same day: %+v", down.Back)
		}
		w.level(rate.Standard)
		_, err := w.s.Quote(t.Context(), w.buyer, order.Ask{Kind: order.Change, Level: rate.Premium})
		if rate.WhyOf(err) != rate.TooOften || fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a third change: %v", err)
		}
		if _, err := w.s.Quote(t.Context(), w.buyer, order.Ask{Kind: order.Change, Level: rate.Basic}); rate.WhyOf(err) == "" {
			t.Errorf("down to BASIC: %v", err)
		}
	})
}

func TestAQuoteHoldsForFifteenMinutesToTheCent(t *testing.T) {
	each(t, "2026-03-15 23:50:00", func(t *testing.T, w *world) {
		w.give(5_000_000)
		w.clock.Shift(at("2026-03-02 09:20:00").Sub(w.clock.Now()))
		w.buy(rate.Standard, rate.Months(1))
		w.goTo("2026-03-15 23:50:00")
		up := order.Ask{Kind: order.Change, Level: rate.Premium}
		q, late := w.quote(up), w.quote(up)
		w.goTo("2026-03-16 00:04:59")
		o, err := w.s.Place(t.Context(), w.buyer, order.Placing{Token: q.Token, Agreed: 1, DryRun: true})
		if err != nil || o.Due != q.Due() {
			t.Errorf("within 15 minutes, on another day: %d, %v, want %d", o.Due, err, q.Due())
		}
		if all, err := w.s.List(t.Context(), w.buyer, order.Filter{State: order.Pending}); err != nil || len(all) != 0 {
			t.Errorf("a dry run left %d orders, %v", len(all), err)
		}
		w.goTo("2026-03-16 00:05:00")
		_, err = w.s.Place(t.Context(), w.buyer, order.Placing{Token: late.Token, Agreed: 1})
		var again *order.Requoted
		if !errors.As(err, &again) || again.Quote.Due() >= late.Due() || fault.KindOf(err) != fault.KindConflict {
			t.Fatalf("after 15 minutes: %v", err)
		}
		o, err = w.s.Place(t.Context(), w.buyer, order.Placing{Token: again.Quote.Token, Agreed: 1})
		if err != nil || o.Due != again.Quote.Due() {
			t.Errorf("the new quote: %d, %v", o.Due, err)
		}
		for name, token := range map[string]string{"another's": q.Token, "broken": q.Token[1:], "empty": ""} {
			by := w.buyer
			if name == "another's" {
				by = w.partner
			}
			if _, err := w.s.Place(t.Context(), by, order.Placing{Token: token, Agreed: 1}); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("%s token: %v", name, err)
			}
		}
	})
}

func TestAQuoteEndsWhenThePlanChanges(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(5_000_000)
		w.buy(rate.Standard, rate.Months(1))
		cancel := w.quote(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
		w.pay(w.place(order.Ask{Kind: order.Renew, Term: rate.Months(1)}))
		_, err := w.s.Place(t.Context(), w.buyer, order.Placing{Token: cancel.Token, Confirmed: true, Reason: 1})
		var again *order.Requoted
		if !errors.As(err, &again) || again.Quote.Total() != 1_700_000 {
			t.Errorf("after a renewal: %v", err)
		}
	})
}

func TestWhatMustBeTickedIsAskedFor(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(5_000_000)
		q := w.quote(month(rate.Standard))
		for _, in := range []order.Placing{{Token: q.Token}, {Token: q.Token, Agreed: 99}} {
			if _, err := w.s.Place(t.Context(), w.buyer, in); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("agreed %d: %v", in.Agreed, err)
			}
		}
		o, err := w.s.Place(t.Context(), w.buyer, order.Placing{Token: q.Token, Agreed: 1, Key: "k1"})
		fixture.Must(t, err)
		if o.Agreement != 1 || !o.AgreedAt.Equal(w.clock.Now()) {
			t.Errorf("agreement: %d at %v", o.Agreement, o.AgreedAt)
		}
		if again, err := w.s.Place(t.Context(), w.buyer, order.Placing{Token: q.Token, Agreed: 1, Key: "k1"}); err != nil || again.No != o.No {
			t.Errorf("the same key: %s, %v, want %s", again.No, err, o.No)
		}
		w.pay(o)
		token := w.quote(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll}).Token
		for _, in := range []order.Placing{{Reason: 1}, {Confirmed: true}, {Confirmed: true, Reason: 8}, {Confirmed: true, Reason: 7},
			{Confirmed: true, Reason: 7, Words: strings.Repeat("x", 501)}} {
			in.Token = token
			if _, err := w.s.Place(t.Context(), w.buyer, in); fault.KindOf(err) != fault.KindInvalid {
				t.Errorf("%+v: %v", in, err)
			}
		}
	})
}

func TestOneUnfinishedOrderOfThePlanBlocksTheOthers(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(5_000_000)
		first := w.place(month(rate.Standard))
		_, err := w.s.Quote(t.Context(), w.buyer, month(rate.Standard))
		w.refusal(err, order.OpenOrder)
		w.pay(first)
		change := w.place(order.Ask{Kind: order.Change, Level: rate.Premium})
		for _, a := range []order.Ask{{Kind: order.Renew, Term: rate.Months(1)}, {Kind: order.Unsubscribe, Cancel: 1}, {Kind: order.Change, Level: rate.Premium}} {
			_, err := w.s.Quote(t.Context(), w.buyer, a)
			w.refusal(err, order.OpenOrder)
		}
		pack := w.place(order.Ask{Kind: order.Pack, Packs: 2})
		if pack.Due != 560_000 || !pack.Deadline.Equal(at("2026-03-09 09:20:00")) {
			t.Errorf("packs: %d until %v", pack.Due, pack.Deadline)
		}
		w.give(5_000_000)
		w.pay(change)
		w.drain()
		if o := w.get(pack.No); o.State != order.Cancelled || o.Cause != order.ByChange {
			t.Errorf("packs of a PREMIUM plan: state %d, %s", o.State, o.Cause)
		}
		w.pay(w.place(order.Ask{Kind: order.Renew, Term: rate.Months(2)}))
		if p := w.plan(); !p.Expires.Equal(at("2026-06-02 23:59:59")) {
			t.Errorf("expires %v", p.Expires)
		}
	})
}

func TestAnOrderThatNobodyPaysIsCancelledAtItsDeadline(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(850_000)
		id := w.voucher(voucher.Plain, 100_000, voucher.Limits{})
		o := w.place(month(rate.Standard))
		_, err := w.s.Choose(t.Context(), w.buyer, o.No, order.Choice{Coupons: []string{id}})
		fixture.Must(t, err)
		if !o.Deadline.Equal(at("2026-03-09 09:20:00")) {
			t.Errorf("deadline %v", o.Deadline)
		}
		if !w.clock.MoveTo(o.Deadline) {
			t.Fatal("clock")
		}
		_, err = w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Balance})
		w.refusal(err, order.Late)
		w.drain()
		if o = w.get(o.No); o.State != order.Cancelled || o.Cause != order.ByDeadline {
			t.Errorf("state %d, %s", o.State, o.Cause)
		}
		next := w.place(month(rate.Standard))
		_, err = w.s.Choose(t.Context(), w.buyer, next.No, order.Choice{Coupons: []string{id}})
		if err != nil {
			t.Errorf("the voucher isn't free: %v", err)
		}
		errs, err := w.s.CancelOrders(t.Context(), w.buyer, []string{next.No, o.No, "CS1"})
		if err != nil || errs[0] != nil || order.WhyOf(errs[1]) != order.Moved || fault.KindOf(errs[2]) != fault.KindNotFound {
			t.Errorf("cancelling: %v, %v", errs, err)
		}
	})
}

func TestWhoMayNotBuyIsTold(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(5_000_000)
		o := w.place(month(rate.Standard))
		w.eligible = fault.Conflict(i18n.M("eligibility.refused", i18n.A{"missing": ""}))
		if _, err := w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Balance}); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("paid: %v", err)
		}
		w.eligible = nil
		fixture.Must(t, w.Account.Freeze(t.Context(), w.vendor, w.buyer.Account, "asked by the court"))
		_, err := w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Balance})
		w.refusal(err, order.Frozen)
		by := w.buyer
		by.Roles = []actor.Role{actor.CustomerUser}
		for name, err := range map[string]error{
			"quote": second(w.s.Quote(t.Context(), by, month(rate.Standard))), "place": second(w.s.Place(t.Context(), by, order.Placing{})),
			"pay": second(w.s.Pay(t.Context(), by, order.Paying{})), "cancel": second(w.s.CancelOrders(t.Context(), by, []string{o.No})),
			"options": second(w.s.Options(t.Context(), by, []string{o.No})), "choose": second(w.s.Choose(t.Context(), by, o.No, order.Choice{})),
		} {
			if fault.KindOf(err) != fault.KindDenied {
				t.Errorf("%s by a user without the role: %v", name, err)
			}
		}
		if _, err := w.s.Get(t.Context(), w.Partner("Stranger"), o.No); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger reads: %v", err)
		}
		if got, err := w.s.Get(t.Context(), w.partner, o.No); err != nil || got.No != o.No {
			t.Errorf("the customer's partner reads: %v", err)
		}
	})
}

func TestABudgetThatIsUsedUpBarsNewOrdersOfResaleCustomers(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.spent, w.buyer = true, w.Customer("Tide")
		w.buyer.Via = "key"
		_, err := w.Account.Associate(t.Context(), w.vendor, account.Association{Account: w.partner.Account, Other: w.buyer.Account, Kind: account.Resale})
		fixture.Must(t, err)
		w.drain()
		_, err = w.s.Quote(t.Context(), w.buyer, month(rate.Standard))
		w.refusal(err, order.Exhausted)
		w.spent = false
		ledgertest.Give(t, w.d, w.vendor.Account, w.buyer.Account, ledger.Allocated, 850_000)
		o := w.place(month(rate.Standard))
		_, err = w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Online})
		w.refusal(err, order.NotOnline)
		if o = w.pay(o); o.Paid.Allocated != 850_000 {
			t.Errorf("paid: %+v", o.Paid)
		}
		w.place(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
		ledgertest.Has(t, w.d, w.buyer.Account, ledger.Allocated, 850_000)
	})
}

func second[T any](_ T, err error) error { return err }

func TestPayingTakesCashThenCreditAndGivesEachBack(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(500_000)
		o := w.place(month(rate.Standard))
		_, err := w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Balance})
		var short *ledger.Refusal
		if !errors.As(err, &short) || short.Have != 500_000 || short.Need != 850_000 {
			t.Errorf("too little: %v", err)
		}
		if o = w.get(o.No); o.State != order.Pending {
			t.Errorf("state %d", o.State)
		}
		w.credit(1_000_000)
		o = w.pay(o)
		if o.Paid.Cash != 500_000 || o.Paid.Credit != 350_000 {
			t.Errorf("paid: %+v", o.Paid)
		}
		ledgertest.Has(t, w.d, w.buyer.Account, ledger.Credit, -350_000)
		w.place(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
		w.cash(500_000)
		ledgertest.Has(t, w.d, w.buyer.Account, ledger.Credit, 0)
	})
}

func TestSeveralOrdersArePaidTogetherAndTheSameKeyPaysOnce(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(5_000_000)
		w.buy(rate.Standard, rate.Months(1))
		a, b, gone := w.place(order.Ask{Kind: order.Pack, Packs: 1}), w.place(order.Ask{Kind: order.Pack, Packs: 1}), w.place(order.Ask{Kind: order.Pack, Packs: 1})
		_, err := w.s.CancelOrders(t.Context(), w.buyer, []string{gone.No})
		fixture.Must(t, err)
		in := order.Paying{Orders: []string{a.No, b.No, gone.No}, Way: order.Balance, Key: "twice"}
		dry := in
		dry.DryRun = true
		if out, err := w.s.Pay(t.Context(), w.buyer, dry); err != nil || out.Minor != 560_000 {
			t.Errorf("dry run: %+v, %v", out, err)
		}
		for range 2 {
			out, err := w.s.Pay(t.Context(), w.buyer, in)
			if err != nil || len(out.Paid) != 2 || len(out.Skipped) != 1 || out.Minor != 560_000 {
				t.Errorf("paying: %+v, %v", out, err)
			}
		}
		w.cash(5_000_000 - 850_000 - 560_000)
		in.Orders = in.Orders[:1]
		var reused *ledger.Refusal
		if _, err := w.s.Pay(t.Context(), w.buyer, in); !errors.As(err, &reused) || reused.Why != ledger.KeyReused {
			t.Errorf("the key for something else: %v", err)
		}
		many := make([]string, 31)
		for i := range many {
			many[i] = fmt.Sprintf("CS%d", i)
		}
		_, err = w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: many, Way: order.Balance})
		w.refusal(err, order.TooManyAsked)
	})
}

func TestALargeRefundWaitsForFinance(t *testing.T) {
	each(t, "2026-01-01 10:30:00", func(t *testing.T, w *world) {
		w.give(8_500_000)
		w.buy(rate.Standard, rate.Years(1))
		w.goTo("2026-04-11 10:30:00")
		o := w.place(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
		if o.State != order.Reviewing || o.Back.Total != 5_324_949 {
			t.Errorf("review: state %d, %d", o.State, o.Back.Total)
		}
		w.cash(0)
		w.level(rate.Standard)
		_, err := w.s.Quote(t.Context(), w.buyer, order.Ask{Kind: order.Renew, Term: rate.Months(1)})
		w.refusal(err, order.OpenOrder)
		if _, err := w.s.DecideRefund(t.Context(), w.buyer, w.buyer.Account, o.No, true, ""); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("the buyer decides: %v", err)
		}
		if _, err := w.s.DecideRefund(t.Context(), w.vendor, w.buyer.Account, o.No, false, " "); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("refused without words: %v", err)
		}
		o, err = w.s.DecideRefund(t.Context(), w.vendor, w.buyer.Account, o.No, false, "Call us first")
		if err != nil || o.State != order.Cancelled || o.Cause != order.ByReview {
			t.Errorf("refused: %+v, %v", o, err)
		}
		o = w.place(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
		list, err := w.s.Reviews(t.Context(), w.vendor, order.Filter{})
		if err != nil || len(list) != 1 || list[0].No != o.No {
			t.Errorf("the queue: %v, %v", list, err)
		}
		w.goTo("2026-04-12 10:30:00")
		o, err = w.s.DecideRefund(t.Context(), w.vendor, w.buyer.Account, o.No, true, "")
		if err != nil || o.State != order.Completed || o.Actual != 5_324_949 {
			t.Errorf("approved: %+v, %v", o, err)
		}
		w.cash(5_324_949)
		w.level(rate.Basic)
		_, err = w.s.DecideRefund(t.Context(), w.vendor, w.buyer.Account, o.No, true, "")
		w.refusal(err, order.Moved)
	})
}

func TestRenewedPeriodsComeBackAlone(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(1_700_000)
		w.buy(rate.Standard, rate.Months(1))
		w.pay(w.place(order.Ask{Kind: order.Renew, Term: rate.Months(1)}))
		w.goTo("2026-03-16 15:10:00")
		if q := w.quote(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll}); q.Total() != 1_231_996 {
			t.Errorf("type 1: %d, want 1231996", q.Total())
		}
		o := w.place(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelFuture})
		if o.Actual != 850_000 || o.NoReasonYear != 0 || !w.plan().Expires.Equal(at("2026-04-02 23:59:59")) {
			t.Errorf("type 2: %+v", o)
		}
		w.cash(850_000)
		w.level(rate.Standard)
	})
}

func TestDiscountsAndCouponsAreTakenTogetherWhereTheyMay(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(5_000_000)
		ten := w.offer(product.Commercial, rate.Discount{Mode: rate.Ratio, Ratio: 1000})
		all := product.Limits{WithPartner: true, WithCommercial: true, WithPromotion: true, WithVouchers: true}
		five, alone := w.coupon(rate.Discount{Mode: rate.Ratio, Ratio: 500}, all), w.coupon(rate.Discount{Mode: rate.Off, Minor: 100_000}, product.Limits{})
		plain := w.voucher(voucher.Plain, 50_000, voucher.Limits{})
		deal := w.voucher(voucher.Plain, 50_000, voucher.Limits{NoDeal: true})
		o := w.place(month(rate.Standard))
		for _, x := range []struct {
			c   order.Choice
			why order.Why
		}{
			{order.Choice{Discount: ten, Coupons: []string{alone}}, order.Excluded},
			{order.Choice{Discount: ten, Coupons: []string{deal}}, order.Excluded},
			{order.Choice{Coupons: []string{alone, plain}}, order.TwoKinds},
			{order.Choice{Coupons: []string{alone, five}}, order.NoCoupon},
			{order.Choice{Coupons: []string{plain, plain}}, order.NoCoupon},
			{order.Choice{Coupons: []string{"CP0"}}, order.NoCoupon},
			{order.Choice{Coupons: []string{"1", "2", "3", "4"}}, order.TooManyTaken},
			{order.Choice{Discount: "dis_0"}, order.NoDiscount},
		} {
			_, err := w.s.Choose(t.Context(), w.buyer, o.No, x.c)
			w.refusal(err, x.why)
		}
		o, err := w.s.Choose(t.Context(), w.buyer, o.No, order.Choice{Discount: ten, Coupons: []string{five, plain}})
		fixture.Must(t, err)
		if o.List != 850_000 || o.Due != 726_750 || o.Discount != 123_250 || len(o.Price.Lines) != 2 {
			t.Errorf("8,500.00 less 10 %%, less 5 %%: %+v", o)
		}
		opt, err := w.s.Options(t.Context(), w.buyer, []string{o.No})
		if err != nil || opt.Money != 676_750 || opt.Short != 0 || len(opt.Discounts) != 1 || len(opt.Coupons) != 4 || !opt.Online || opt.Partner == nil {
			t.Errorf("options: %+v, %v", opt, err)
		}
		w.pay(o)
		w.cash(5_000_000 - 676_750)
		w.left(plain, 0)
		if c, err := product.CouponOf(t.Context(), w.d.Read(), w.buyer.Account, five); err != nil || c.State(w.clock.Now()) != product.Used {
			t.Errorf("the discount coupon: %+v, %v", c, err)
		}
	})
}

func TestTheTableOfStatesIsTheOneOfTheRules(t *testing.T) {
	want := map[order.State][]order.State{
		order.Pending: {order.Processing, order.Cancelled}, order.Processing: {order.Completed, order.Cancelled},
		order.Reviewing: {order.Refunding, order.Pending, order.Cancelled}, order.Refunding: {order.Completed},
		order.ToConfirm: {order.Pending, order.Cancelled},
	}
	all := order.States()
	for _, from := range all {
		for _, to := range all {
			ok := false
			for _, x := range want[from] {
				ok = ok || x == to
			}
			if order.May(from, to) != ok {
				t.Errorf("from %d to %d: %v, want %v", from, to, !ok, ok)
			}
		}
		if from.Final() != (len(want[from]) == 0) {
			t.Errorf("%d is final: %v", from, from.Final())
		}
	}
}
