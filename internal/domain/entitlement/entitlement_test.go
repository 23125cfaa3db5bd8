package entitlement_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

type world struct {
	*fixture.World
	t       *testing.T
	d       *db.DB
	clock   *clock.Manual
	runner  *jobs.Runner
	s       *entitlement.Service
	name    string // the partner's
	partner actor.Actor
	desk    actor.Actor
	told    map[string]int
	keys    int
}

var kinds = []string{"plan_days.requested", "plan_days.approved", "plan_days.refused", "plan_days.withdrawn", "plan_days.moved", "plan_days.rescheduled",
	"plan_days.used", "training.asked", "training.planned", "training.cancelled", "training.joined", "training.left"}

// start is Monday 9 March 2026.
var start = calendar.Date(2026, time.March, 9)

func found(t *testing.T, d *db.DB, c *clock.Manual) *world {
	f := fixture.New(t, d)
	w := &world{World: f, t: t, d: d, clock: c, runner: f.Runner(), s: entitlement.New(d), told: map[string]int{}}
	w.s.Register(w.runner)
	for _, k := range kinds {
		w.runner.On(k, "test-"+k, func(context.Context, *db.Tx, outbox.Event) error { w.told[k]++; return nil })
	}
	fixture.Must(t, w.runner.Prepare(t.Context()))
	w.travel(start)
	w.partner, w.desk = f.Partner("North"), f.VendorUser(actor.SupportEngineer)
	return w
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := found(t, d, c)
		test(t, w)
		w.drain()
		ledgertest.Balanced(t, d)
	})
}

// TestRulesThatNeedNoTimeToPass tries them one after the other on one database, each with a partner of its own.
func TestRulesThatNeedNoTimeToPass(t *testing.T) {
	each(t, func(t *testing.T, first *world) {
		for i, x := range []struct {
			name string
			try  func(*testing.T, *world)
		}{
			{"The same draw is made once", theSameDrawIsMadeOnce},
			{"Changes of the level keep what was used", changesOfTheLevelKeepWhatWasUsed},
			{"Draws that race never take more than there is", drawsThatRaceNeverTakeMoreThanThereIs},
			{"A draw is given up with its transaction", aDrawIsGivenUpWithItsTransaction},
			{"Consulting counts working days and events natural ones", consultingCountsWorkingDaysAndEventsNaturalOnes},
			{"Days are held drawn and given back", daysAreHeldDrawnAndGivenBack},
			{"Held days outlive a downgrade", heldDaysOutliveADowngrade},
			{"The same form asks once and a dry run never", theSameFormAsksOnceAndADryRunNever},
			{"Requests that race never hold more than there is", requestsThatRaceNeverHoldMoreThanThereIs},
			{"Only the company asks and only the desk decides", onlyTheCompanyAsksAndOnlyTheDeskDecides},
			{"Accounts of one company share a plan", accountsOfOneCompanyShareAPlan},
			{"Trainings at a site are for premium", trainingsAtASiteAreForPremium},
			{"A catalogue may keep days for yearly plans", aCatalogueMayKeepDaysForYearlyPlans},
		} {
			t.Run(x.name, func(t *testing.T) {
				w := *first
				w.t, w.name = t, fmt.Sprintf("North %d", i)
				w.partner = w.Partner(w.name)
				w.drain()
				clear(w.told)
				x.try(t, &w)
			})
		}
	})
}

func (w *world) drain() {
	w.t.Helper()
	fixture.Must(w.t, w.runner.Drain(w.t.Context()))
}

// travel moves to 10:00 of a day and does what became due.
func (w *world) travel(d calendar.Day) {
	w.t.Helper()
	if !w.clock.MoveTo(d.Time().Add(10 * time.Hour)) {
		w.t.Fatalf("travel to %s: backwards", d)
	}
	w.drain()
}

func (w *world) update(f func(tx *db.Tx) error) error { return w.d.Update(w.t.Context(), f) }

// plan says that a level is served from now on, for as many months.
func (w *world) plan(l entitlement.Level, months int) {
	w.t.Helper()
	now := w.clock.Now()
	p := entitlement.Plan{Account: w.partner.Account, Level: l, From: now, Until: calendar.DayOf(now).AddMonths(months).Time(), Monthly: months < 12}
	fixture.Must(w.t, w.update(func(tx *db.Tx) error { return entitlement.OnPlan(w.t.Context(), tx, w.partner, p) }))
}

func (w *world) pack(order string, n int64) error {
	return w.update(func(tx *db.Tx) error {
		return entitlement.OnPack(w.t.Context(), tx, w.partner, w.partner.Account, order, n, tx.Now)
	})
}

func (w *world) take(u entitlement.Unit, n int64, key string) (d entitlement.Drawn, err error) {
	err = w.update(func(tx *db.Tx) error {
		d, err = entitlement.Draw(w.t.Context(), tx, w.partner, entitlement.Taking{Account: w.partner.Account, Unit: u, N: n, Subject: "ticket:" + key, Key: key})
		return err
	})
	return d, err
}

// tickets takes n tickets, one by one.
func (w *world) tickets(n int) {
	w.t.Helper()
	for range n {
		w.keys++
		if _, err := w.take(entitlement.Ticket, 1, fmt.Sprintf("t%d", w.keys)); err != nil {
			w.t.Fatalf("ticket %d of %d: %v", w.keys, n, err)
		}
	}
}

func (w *world) left(u entitlement.Unit) entitlement.Left {
	w.t.Helper()
	x, err := entitlement.Available(w.t.Context(), w.d.Read(), w.partner.Account, u, w.clock.Now())
	fixture.Must(w.t, err)
	return x
}

func (w *world) want(when string, u entitlement.Unit, left int64) {
	w.t.Helper()
	if got := w.left(u); got.Left != left {
		w.t.Errorf("%s: %d of %s left, want %d (%+v)", when, got.Left, u, left, got)
	}
}

func (w *world) wantWhy(what string, err error, want entitlement.Why) {
	w.t.Helper()
	if got := entitlement.WhyOf(err); got != want {
		w.t.Errorf("%s: reason %q (%v), want %q", what, got, err, want)
	}
}

func kind(err error) fault.Kind {
	if f := fault.Of(err); f != nil {
		return f.Kind
	}
	return ""
}

// Example E16 of the business rules.
func TestTicketsAreThirtyAMonthAndPacksAddTenUntilTheMonthEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.want("before any plan", entitlement.Ticket, 0)
		_, err := w.take(entitlement.Ticket, 1, "none")
		w.wantWhy("a ticket without a plan", err, entitlement.NoPlan)
		w.wantWhy("a pack without a plan", w.pack("CS0", 1), entitlement.NotStandard)
		w.plan(entitlement.Standard, 3)
		w.want("bought", entitlement.Ticket, 30)
		w.travel(calendar.Date(2026, time.March, 20))
		w.tickets(30)
		_, err = w.take(entitlement.Ticket, 1, "too many")
		w.wantWhy("the 31st ticket", err, entitlement.NoneLeft)
		for range 2 {
			fixture.Must(t, w.pack("CS1", 2)) // the notice of payment came twice
		}
		w.tickets(7)
		w.want("two packs, seven more tickets", entitlement.Ticket, 13)
		w.clock.MoveTo(calendar.Date(2026, time.April, 1).Time().Add(-time.Second))
		w.want("in the last second of March", entitlement.Ticket, 13)
		w.clock.MoveTo(calendar.Date(2026, time.April, 1).Time())
		w.want("on the 1st, before the job has run", entitlement.Ticket, 30)
		w.drain()
		w.want("on the 1st", entitlement.Ticket, 30)
		b, err := ledger.BalanceOf(t.Context(), w.d.Read(), ledger.Place{Owner: w.partner.Account, Kind: ledger.Entitlement, Unit: ledger.TicketUnit, Ref: "2026-03"})
		if err != nil || b.Minor != 0 {
			t.Errorf("March holds %d, %v: want nothing", b.Minor, err)
		}
		got, err := entitlement.Draws(t.Context(), w.d.Read(), w.partner.Account, entitlement.Ticket, "2026-03", ledger.Mark{}, 100)
		fixture.Must(t, err)
		var granted, drawn, lapsed int64
		for _, e := range got {
			switch e.Kind {
			case ledger.Grant:
				granted += e.Minor
			case ledger.Consume:
				drawn -= e.Minor
			case ledger.Expire:
				lapsed -= e.Minor
			}
			if e.Kind == ledger.Consume && e.Subject == "" {
				t.Errorf("a ticket was drawn for nothing: %+v", e)
			}
		}
		if granted != 50 || drawn != 37 || lapsed != 13 {
			t.Errorf("the books of March: granted %d, drawn %d, lapsed %d; want 50, 37, 13", granted, drawn, lapsed)
		}
	})
}

func TestAMissedMonthEndIsMadeUpFor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan(entitlement.Standard, 12)
		w.tickets(4)
		w.travel(calendar.Date(2026, time.July, 15)) // four ends at once
		w.want("in July", entitlement.Ticket, 30)
		all, err := ledger.Balances(t.Context(), w.d.Read(), w.partner.Account)
		fixture.Must(t, err)
		for _, b := range all {
			if b.Place.Kind == ledger.Entitlement && b.Place.Unit == ledger.TicketUnit && b.Place.Ref != "2026-07" && b.Minor != 0 {
				t.Errorf("%s still holds %d", b.Place, b.Minor)
			}
		}
	})
}

func theSameDrawIsMadeOnce(t *testing.T, w *world) {
	for _, l := range []entitlement.Level{entitlement.Standard, entitlement.Premium} {
		w.plan(l, 12)
		for i := range 3 {
			d, err := w.take(entitlement.Ticket, 1, "same"+string(l))
			if err != nil || d.Replayed != (i > 0) {
				t.Fatalf("%s, time %d: %+v, %v", l, i+1, d, err)
			}
		}
	}
	if got := w.left(entitlement.Ticket).Used; got != 2 {
		t.Errorf("%d tickets are counted, want 2", got)
	}
}

func changesOfTheLevelKeepWhatWasUsed(t *testing.T, w *world) {
	w.plan(entitlement.Standard, 1)
	w.tickets(10)
	w.plan(entitlement.Premium, 1)
	w.want("without a limit", entitlement.Ticket, entitlement.Unlimited)
	w.wantWhy("a pack for PREMIUM", w.pack("CS1", 1), entitlement.NotStandard)
	w.tickets(15)
	w.plan(entitlement.Standard, 1)
	w.want("25 used, then lowered", entitlement.Ticket, 5)
	w.plan(entitlement.Premium, 1)
	w.tickets(20)
	w.plan(entitlement.Standard, 1)
	w.want("45 used, then lowered", entitlement.Ticket, 0)
	_, err := w.take(entitlement.Ticket, 1, "one more")
	w.wantWhy("one more ticket", err, entitlement.NoneLeft)
	fixture.Must(t, w.pack("CS2", 1))
	w.want("a pack after it", entitlement.Ticket, 10)
	w.plan(entitlement.Standard, 1)
	w.want("the same said twice", entitlement.Ticket, 10)
}

func TestEndingAndBuyingAgainInOneMonthGivesNoSecondThirty(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan(entitlement.Standard, 1)
		w.tickets(12)
		fixture.Must(t, w.pack("CS1", 1))
		w.plan(entitlement.Basic, 0)
		w.want("ended", entitlement.Ticket, 0)
		_, err := w.take(entitlement.Ticket, 1, "after the end")
		w.wantWhy("a ticket after the end", err, entitlement.NoPlan)
		w.travel(start.AddDays(3))
		w.plan(entitlement.Standard, 1)
		w.want("bought again, the pack is gone", entitlement.Ticket, 18)
		w.travel(calendar.Date(2026, time.April, 1))
		w.want("next month", entitlement.Ticket, 30)
		w.travel(calendar.Date(2026, time.April, 13))
		w.want("after the term", entitlement.Ticket, 0)
	})
}

func TestSeveralMonthsWithoutAPlanAreSeveralMonthsWithoutTickets(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan(entitlement.Standard, 1)
		w.travel(calendar.Date(2026, time.August, 3))
		w.want("long after the term", entitlement.Ticket, 0)
		w.plan(entitlement.Premium, 12)
		w.want("bought again", entitlement.Ticket, entitlement.Unlimited)
		if got := w.left(entitlement.Consulting); got.Left != 8 || got.Period != "2026-08-03" {
			t.Errorf("consulting of the new plan: %+v, want 8 of the year from 2026-08-03", got)
		}
	})
}

func drawsThatRaceNeverTakeMoreThanThereIs(t *testing.T, w *world) {
	w.plan(entitlement.Standard, 1)
	w.tickets(22)
	w.travel(start)
	var done, none int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 14 {
		wg.Go(func() {
			_, err := w.take(entitlement.Ticket, 1, fmt.Sprintf("race%d", i))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				done++
			case entitlement.WhyOf(err) == entitlement.NoneLeft:
				none++
			default:
				t.Errorf("draw %d: %v", i, err)
			}
		})
	}
	wg.Go(func() { // and a pack in the middle of it
		if err := w.pack("CSrace", 1); err != nil {
			t.Errorf("the pack: %v", err)
		}
	})
	wg.Wait()
	if got := w.left(entitlement.Ticket); done < 8 || got.Left != 18-int64(done) || done+none != 14 {
		t.Errorf("%d drawn, %d refused, %+v", done, none, got)
	}
}

func TestTheFirstDrawOfAMonthThatRacesWithTheEndOfThePlanLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan(entitlement.Standard, 12)
		w.clock.MoveTo(calendar.Date(2026, time.April, 1).Time().Add(time.Hour)) // the job hasn't run
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := w.take(entitlement.Ticket, 1, "first"); err != nil && entitlement.WhyOf(err) == "" {
				t.Errorf("the draw: %v", err)
			}
		})
		wg.Go(func() { w.plan(entitlement.Basic, 0) })
		wg.Wait()
		b, err := ledger.BalanceOf(t.Context(), w.d.Read(), ledger.Place{Owner: w.partner.Account, Kind: ledger.Entitlement, Unit: ledger.TicketUnit, Ref: "2026-04"})
		if err != nil || b.Minor != 0 {
			t.Errorf("April holds %d after the end, %v", b.Minor, err)
		}
	})
}

func TestDaysAreCountedByPlanYear(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan(entitlement.Standard, 24)
		w.want("the first year", entitlement.Consulting, 4)
		w.want("the first year", entitlement.Event, 4)
		w.plan(entitlement.Premium, 24)
		w.want("upgraded", entitlement.Event, 8)
		w.plan(entitlement.Standard, 24)
		w.want("downgraded", entitlement.Event, 4)
		w.travel(start.AddYears(1).AddDays(-1))
		if got := w.left(entitlement.Consulting).Period; got != "2026-03-09" {
			t.Errorf("the last day of the first year is of %s", got)
		}
		w.travel(start.AddYears(1))
		if got := w.left(entitlement.Consulting); got.Period != "2027-03-09" || got.Left != 4 {
			t.Errorf("the second year: %+v", got)
		}
	})
}

func aCatalogueMayKeepDaysForYearlyPlans(t *testing.T, w *world) {
	w.plan(entitlement.Standard, 1)
	w.want("as source 001 lists them", entitlement.Consulting, 4)
	w.want("trainings", entitlement.Training, 1)
	w.yearlyOnly()
	w.plan(entitlement.Standard, 1)
	w.want("by month", entitlement.Consulting, 0)
	w.want("trainings by month", entitlement.Training, 1)
	w.plan(entitlement.Standard, 12)
	w.want("by year", entitlement.Consulting, 4)
}

var errStop = errors.New("stop")

func aDrawIsGivenUpWithItsTransaction(t *testing.T, w *world) {
	w.plan(entitlement.Standard, 1)
	err := w.update(func(tx *db.Tx) error {
		_, err := entitlement.Draw(t.Context(), tx, w.partner, entitlement.Taking{Account: w.partner.Account, Unit: entitlement.Ticket, N: 1, Subject: "ticket:1", Key: "1"})
		fixture.Must(t, err)
		return errStop
	})
	if !errors.Is(err, errStop) {
		t.Fatal(err)
	}
	w.want("after a rollback", entitlement.Ticket, 30)
}
