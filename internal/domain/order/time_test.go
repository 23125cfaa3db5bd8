package order_test

import (
	"fmt"
	"slices"
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/calendar"
)

// A diary is what must be told, in order of time, written without the code that tells it.
type diary struct{ lines []string }

func (d *diary) add(day calendar.Day, clock, what string) {
	d.lines = append(d.lines, day.String()+" "+clock+" "+what)
}

// renewed is one automatic renewal at 03:00 of a day.
func (d *diary) renewed(day calendar.Day) {
	d.add(day, "03:00", "plan.renewed")
	d.add(day, "03:00", "order.paid renew 850000")
}

// reminded are the reminders of an expiry that come after a day, up to the last one wanted.
func (d *diary) reminded(after, expiry calendar.Day, down int) {
	for _, n := range []int{30, 15, 7, 3, 1} {
		if day := expiry.AddDays(-n); n >= down && day > after {
			d.add(day, "09:00", fmt.Sprintf("plan.reminded %d", n))
		}
	}
}

// failed are the tries of each day from one to another.
func (d *diary) failed(from, to calendar.Day) {
	for day := from; day <= to; day++ {
		d.add(day, "03:00", "order.auto_failed renew 850000 short")
	}
}

// months are renewals seven days before each 15th, from one month to another, with their reminders.
func (d *diary) months(from, to calendar.Day) {
	for expiry := from; expiry <= to; expiry = expiry.AddMonths(1) {
		d.renewed(expiry.AddDays(-7))
		d.reminded(expiry.AddDays(-7), expiry.AddMonths(1), 15)
	}
}

func TestTwoYearsOfAutomaticRenewalsAreExact(t *testing.T) {
	each(t, "2026-01-15 10:00:00", func(t *testing.T, w *world) {
		w.give(850_000 * 5)
		w.buy(rate.Standard, rate.Months(1))
		_, err := w.plans.SetAutoRenew(t.Context(), w.buyer, "", subscription.Auto{On: true})
		fixture.Must(t, err)
		w.goTo("2026-06-18 12:00:00")
		if p := w.plan(); p.State != subscription.Grace || !p.GraceUntil.Equal(at("2026-06-23 00:00:00")) || !p.ReleaseAt.Equal(at("2026-07-08 00:00:00")) {
			t.Errorf("in grace: %+v", p)
		}
		w.level(rate.Standard)
		w.give(850_000 * 6)
		w.goTo("2027-01-03 12:00:00")
		if p := w.plan(); p.State != subscription.Retention {
			t.Errorf("in retention: %+v", p)
		}
		w.level(rate.Basic)
		w.give(850_000 * 3)
		w.goTo("2027-04-06 23:59:59")
		w.level(rate.Basic)
		if p := w.plan(); p.State != subscription.Retention {
			t.Errorf("on the last day of retention: %+v", p)
		}
		w.goTo("2027-06-01 12:00:00")
		if _, ok, err := subscription.Of(t.Context(), w.d.Read(), w.buyer.Account); ok || err != nil {
			t.Errorf("after the release there's a plan: %v", err)
		}
		w.cash(0)
		w.give(850_000)
		w.buy(rate.Standard, rate.Months(1))
		w.goTo("2028-01-15 10:00:00")
		w.told = slices.DeleteFunc(w.told, func(s string) bool { return s[:4] == "2028" })

		day := calendar.Date
		d := &diary{}
		d.add(day(2026, 1, 15), "10:00", "plan.began")
		d.add(day(2026, 1, 15), "10:00", "order.paid new 850000")
		d.reminded(day(2026, 1, 15), day(2026, 2, 15), 15)
		d.months(day(2026, 2, 15), day(2026, 5, 15))
		d.reminded(day(2026, 6, 7), day(2026, 6, 15), 1)
		d.failed(day(2026, 6, 8), day(2026, 6, 18))
		d.add(day(2026, 6, 16), "00:00", "plan.grace")
		d.renewed(day(2026, 6, 19)) // in grace, from the old expiry
		d.reminded(day(2026, 6, 19), day(2026, 7, 15), 15)
		d.months(day(2026, 7, 15), day(2026, 11, 15))
		d.reminded(day(2026, 12, 7), day(2026, 12, 15), 1)
		d.failed(day(2026, 12, 8), day(2027, 1, 3))
		d.add(day(2026, 12, 16), "00:00", "plan.grace")
		d.add(day(2026, 12, 23), "00:00", "plan.retention")
		d.renewed(day(2027, 1, 4)) // in retention, from the old expiry: eleven days are left of the month
		d.months(day(2027, 1, 15), day(2027, 2, 15))
		d.reminded(day(2027, 3, 7), day(2027, 3, 15), 1)
		d.failed(day(2027, 3, 8), day(2027, 4, 6))
		d.add(day(2027, 3, 16), "00:00", "plan.grace")
		d.add(day(2027, 3, 23), "00:00", "plan.retention")
		d.add(day(2027, 4, 7), "00:00", "plan.released")
		d.add(day(2027, 6, 1), "12:00", "plan.began")
		d.add(day(2027, 6, 1), "12:00", "order.paid new 850000")
		d.reminded(day(2027, 6, 1), day(2027, 7, 1), 1)
		d.add(day(2027, 7, 2), "00:00", "plan.grace")
		d.add(day(2027, 7, 9), "00:00", "plan.retention")
		d.add(day(2027, 7, 24), "00:00", "plan.released")
		same(t, w.told, d.lines)
	})
}

// same compares two lists of what was told, whatever the order within one instant.
func same(t *testing.T, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	for _, x := range want {
		if !slices.Contains(got, x) {
			t.Errorf("not told: %s", x)
		}
	}
	for i, x := range got {
		if !slices.Contains(want, x) {
			t.Errorf("told, and shouldn't be: %s", x)
		}
		if i > 0 && got[i-1] == x {
			t.Errorf("told twice: %s", x)
		}
	}
}

func TestTheAutomaticRenewalTakesTheBestPriceAndTheLargestVoucher(t *testing.T) {
	each(t, "2026-01-15 10:00:00", func(t *testing.T, w *world) {
		w.give(5_000_000)
		w.buy(rate.Standard, rate.Months(1))
		_, err := w.plans.SetAutoRenew(t.Context(), w.buyer, "", subscription.Auto{On: true, Term: rate.Months(2), Times: 1})
		fixture.Must(t, err)
		_, err = w.plans.SetDeductDay(t.Context(), w.buyer, "", 3)
		fixture.Must(t, err)
		promotion := w.offer("PROMOTION", rate.Discount{Mode: rate.Ratio, Ratio: 1000})
		deal := w.offer("COMMERCIAL", rate.Discount{Mode: rate.Ratio, Ratio: 1000})
		w.offer("COMMERCIAL", rate.Discount{Mode: rate.Ratio, Ratio: 500})
		w.voucher(0, 10_000, voucher.Limits{})
		large := w.voucher(0, 20_000, voucher.Limits{})
		w.goTo("2026-02-12 04:00:00")
		all, err := w.s.List(t.Context(), w.buyer, order.Filter{Kind: order.Renew})
		if err != nil || len(all) != 1 {
			t.Fatalf("renewals: %d, %v", len(all), err)
		}
		o := all[0]
		if o.Source != order.FromSystem || o.Chosen.Discount != deal || o.Chosen.Discount == promotion || o.Chosen.Uses[0].ID != large || o.Actual != 1_510_000 ||
			!o.PaidAt.Equal(at("2026-02-12 03:00:00")) {
			t.Errorf("renewed: %+v", o)
		}
		if p := w.plan(); p.AutoRenew || !p.Expires.Equal(at("2026-04-15 23:59:59")) {
			t.Errorf("after the only automatic renewal: %+v", p)
		}
	})
}

func TestAManualRenewalRunsToTheUnifiedDayAndMovesTheAutomaticOne(t *testing.T) {
	each(t, "2026-01-15 10:00:00", func(t *testing.T, w *world) {
		w.give(5_000_000)
		w.buy(rate.Standard, rate.Months(1))
		_, err := w.plans.SetUnify(t.Context(), w.buyer, "", 1)
		fixture.Must(t, err)
		_, err = w.plans.SetAutoRenew(t.Context(), w.buyer, "", subscription.Auto{On: true})
		fixture.Must(t, err)
		o := w.place(order.Ask{Kind: order.Renew, Term: rate.Months(1)})
		// From 15 March to 1 April: 16 of March's 31 days and 1 of April's 30.
		if o.Due != 850_000+467_043 {
			t.Errorf("due %d, want 1317043", o.Due)
		}
		_, err = w.plans.SetUnify(t.Context(), w.buyer, "", 0)
		fixture.Must(t, err)
		w.pay(o)
		p := w.plan()
		if !p.Expires.Equal(at("2026-04-01 23:59:59")) || !p.NextRenewal(w.clock.Now()).Equal(at("2026-03-25 03:00:00")) {
			t.Errorf("expires %v, next try %v", p.Expires, p.NextRenewal(w.clock.Now()))
		}
		for _, f := range []func() error{
			func() error { _, err := w.plans.SetUnify(t.Context(), w.buyer, "", 29); return err },
			func() error { _, err := w.plans.SetDeductDay(t.Context(), w.buyer, "", 8); return err },
			func() error {
				_, err := w.plans.SetAutoRenew(t.Context(), w.buyer, "", subscription.Auto{On: true, Times: 100})
				return err
			},
		} {
			if f() == nil {
				t.Error("a setting out of bounds was taken")
			}
		}
		if _, err := w.plans.SetUnify(t.Context(), w.buyer, "sub_0", 1); err == nil {
			t.Error("another's plan was set")
		}
	})
}

func TestAnUnpaidChangeBlocksTheAutomaticRenewalAndAFrozenCustomerHasNone(t *testing.T) {
	each(t, "2026-01-15 10:00:00", func(t *testing.T, w *world) {
		w.give(5_000_000)
		w.buy(rate.Standard, rate.Months(1))
		_, err := w.plans.SetAutoRenew(t.Context(), w.buyer, "", subscription.Auto{On: true})
		fixture.Must(t, err)
		w.goTo("2026-02-07 12:00:00")
		o := w.place(order.Ask{Kind: order.Change, Level: rate.Premium})
		w.goTo("2026-02-08 12:00:00")
		if last := w.told[len(w.told)-1]; last != "2026-02-08 09:00 plan.reminded 7" || !slices.Contains(w.told, "2026-02-08 03:00 order.auto_failed renew 0 open_order") {
			t.Errorf("told: %v", w.told)
		}
		errs, err := w.s.CancelOrders(t.Context(), w.buyer, []string{o.No})
		fixture.Must(t, err)
		fixture.Must(t, errs[0])
		fixture.Must(t, w.Account.Freeze(t.Context(), w.vendor, w.buyer.Account, "asked by the court"))
		n := len(w.told)
		w.goTo("2026-02-10 12:00:00")
		for _, x := range w.told[n:] {
			if x != "2026-02-08 12:00 order.cancelled change 242857 buyer" && x[17:22] == "order" {
				t.Errorf("told of a frozen one: %s", x)
			}
		}
		if p := w.plan(); !p.Expires.Equal(at("2026-02-15 23:59:59")) {
			t.Errorf("a frozen one was renewed until %v", p.Expires)
		}
	})
}
