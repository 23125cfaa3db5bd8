package order_test

import (
	"sync"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/order"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/fault"
)

func TestAnOnlinePaymentPaysItsOrderOnceHoweverItIsReported(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		for i, c := range []payment.Choice{payment.Pay, payment.PayTwice, payment.Reorder, payment.PayQuiet} {
			kind := order.Ask{Kind: order.Pack, Packs: 1}
			if i == 0 {
				kind = month(rate.Standard)
			}
			o := w.place(kind)
			w.online(c, o.No)
			if c == payment.PayQuiet {
				w.goTo("2026-03-02 21:20:00")
			}
			if o = w.get(o.No); o.State != order.Completed || o.Way != order.Online || o.Payment == "" {
				t.Errorf("%s: %+v", c, o)
			}
		}
		w.cash(0)
		w.level(rate.Standard)
		w.place(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
		w.cash(850_000)
	})
}

func TestMoneyThatComesTooLateOrTwiceGoesToTheBalance(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		declined := w.place(month(rate.Standard))
		w.online(payment.Decline, declined.No)
		if o := w.get(declined.No); o.State != order.Pending {
			t.Errorf("declined: state %d", o.State)
		}
		w.online(payment.PayLate, declined.No) // two days later, untold
		errs, err := w.s.CancelOrders(t.Context(), w.buyer, []string{declined.No})
		fixture.Must(t, err)
		fixture.Must(t, errs[0])
		w.goTo("2026-03-08 09:20:00")
		w.cash(850_000)
		if o := w.get(declined.No); o.State != order.Cancelled {
			t.Errorf("cancelled before: state %d", o.State)
		}
		// Two tabs: the second payment finds the order paid.
		o := w.place(month(rate.Standard))
		var tabs []payment.Payment
		for range 2 {
			out, err := w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Online})
			fixture.Must(t, err)
			tabs = append(tabs, out.Payment)
		}
		w.choose(tabs[0], payment.Pay)
		w.choose(tabs[1], payment.Pay)
		if o = w.get(o.No); o.State != order.Completed || o.Payment != tabs[0].ID {
			t.Errorf("two tabs: %+v", o)
		}
		w.cash(1_700_000)
	})
}

func TestMoneyThatIsNotThePriceAnyMoreStaysOnTheBalance(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		id := w.voucher(voucher.Plain, 100_000, voucher.Limits{})
		o := w.place(month(rate.Standard))
		out, err := w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Online, Key: "one"})
		fixture.Must(t, err)
		if again, err := w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Online, Key: "one"}); err != nil || again.Payment.ID != out.Payment.ID {
			t.Errorf("the same key: %+v, %v", again, err)
		}
		_, err = w.s.Choose(t.Context(), w.buyer, o.No, order.Choice{Coupons: []string{id}})
		fixture.Must(t, err)
		w.choose(out.Payment, payment.Pay)
		if o = w.get(o.No); o.State != order.Pending {
			t.Errorf("state %d", o.State)
		}
		w.cash(850_000)
		w.pay(o)
		w.cash(100_000)
	})
}

func TestAnOrderThatCannotBeCarriedOutGivesAllMoneyBack(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		o := w.place(month(rate.Standard))
		out, err := w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Online})
		fixture.Must(t, err)
		w.eligible = fault.Denied()
		w.choose(out.Payment, payment.Pay)
		w.drain()
		if o = w.get(o.No); o.State != order.Cancelled || o.Cause != order.ByFailure {
			t.Errorf("state %d, %s", o.State, o.Cause)
		}
		w.cash(850_000)
		w.level(rate.Basic)
	})
}

func TestPeopleConfirmAPaymentWithACode(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(850_000)
		o := w.place(month(rate.Standard))
		w.buyer.Via = "session"
		opt, err := w.s.Options(t.Context(), w.buyer, []string{o.No})
		if err != nil || !opt.CodeNeeded || opt.About != order.PayAbout([]string{o.No}, 850_000) {
			t.Errorf("options: %+v, %v", opt, err)
		}
		if _, err = w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Balance}); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("without a code: %v", err)
		}
		if _, err = w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Balance, Code: "000000"}); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("with a wrong code: %v", err)
		}
		if o = w.get(o.No); o.State != order.Pending {
			t.Errorf("state %d", o.State)
		}
	})
}

// TestOfTwoAtOnceOneWins lets what excludes each other happen at the same time.
func TestOfTwoAtOnceOneWins(t *testing.T) {
	each(t, "2026-03-02 09:20:00", func(t *testing.T, w *world) {
		w.give(20_000_000)
		atOnce := func(f ...func() error) (errs []error) {
			errs = make([]error, len(f))
			var wg sync.WaitGroup
			for i := range f {
				wg.Go(func() { errs[i] = f[i]() })
			}
			wg.Wait()
			return errs
		}
		pay := func(o order.Order, key string) func() error {
			return func() error {
				_, err := w.s.Pay(t.Context(), w.buyer, order.Paying{Orders: []string{o.No}, Way: order.Balance, Key: key})
				return err
			}
		}
		o := w.place(month(rate.Standard))
		errs := atOnce(pay(o, ""), pay(o, ""), pay(o, ""))
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				w.refusal(err, order.Moved)
			}
		}
		if won != 1 {
			t.Errorf("three pay at once: %d did", won)
		}
		w.cash(20_000_000 - 850_000)
		o = w.place(order.Ask{Kind: order.Pack, Packs: 1})
		for i, err := range atOnce(pay(o, "same"), pay(o, "same")) {
			if err != nil {
				t.Errorf("the same key at once: %d, %v", i, err)
			}
		}
		w.cash(20_000_000 - 850_000 - 280_000)
		o = w.place(order.Ask{Kind: order.Pack, Packs: 1})
		errs = atOnce(pay(o, ""), func() error {
			all, err := w.s.CancelOrders(t.Context(), w.buyer, []string{o.No})
			if err == nil {
				err = all[0]
			}
			return err
		})
		state := w.get(o.No).State
		if (errs[0] == nil) == (errs[1] == nil) || (errs[0] == nil) != (state == order.Completed) {
			t.Errorf("pay and cancel at once: %v, state %d", errs, state)
		}
		token := w.quote(order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll}).Token
		back := func() error {
			_, err := w.s.Place(t.Context(), w.buyer, order.Placing{Token: token, Confirmed: true, Reason: 1})
			return err
		}
		errs = atOnce(back, back)
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("unsubscribed twice at once: %v", errs)
		}
	})
}
