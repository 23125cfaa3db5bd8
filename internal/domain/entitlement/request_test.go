package entitlement_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/product"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
)

// yearlyOnly publishes a catalogue whose days come with yearly plans alone.
func (w *world) yearlyOnly() {
	w.t.Helper()
	ctx, by, s := w.t.Context(), w.VendorUser(actor.VendorFinance), product.New(w.d)
	c, err := s.NewDraft(ctx, by)
	fixture.Must(w.t, err)
	c.Terms.YearlyOnly = true
	c, err = s.Save(ctx, by, c)
	fixture.Must(w.t, err)
	_, err = s.Publish(ctx, by, c.Version, c.Edition, w.clock.Now())
	fixture.Must(w.t, err)
}

func asking(u entitlement.Unit, first, last calendar.Day) entitlement.Asking {
	return entitlement.Asking{Unit: u, Dates: entitlement.Dates{First: first, Last: last}, Topic: "Move to CCE", Contact: "Lin Yu", Email: "lin@north.example"}
}

func (w *world) ask(u entitlement.Unit, first, last calendar.Day) entitlement.Request {
	w.t.Helper()
	r, err := w.s.Ask(w.t.Context(), w.partner, asking(u, first, last))
	if err != nil {
		w.t.Fatalf("ask for %s %s to %s: %v", u, first, last, err)
	}
	return r
}

func field(t *testing.T, what string, err error, name string) {
	t.Helper()
	f := fault.Of(err)
	if f == nil || len(f.Fields) == 0 || f.Fields[0].Name != name {
		t.Errorf("%s: %v, want it to name %s", what, err, name)
	}
}

func consultingCountsWorkingDaysAndEventsNaturalOnes(t *testing.T, w *world) {
	w.plan(entitlement.Premium, 12)
	friday, monday := start+4, start+7
	if r := w.ask(entitlement.Consulting, friday, monday); r.Days != 2 {
		t.Errorf("consulting from Friday to Monday takes %d days, want 2", r.Days)
	}
	if r := w.ask(entitlement.Event, friday, monday); r.Days != 4 {
		t.Errorf("an event from Friday to Monday takes %d days, want 4", r.Days)
	}
	for _, c := range []struct {
		what        string
		unit        entitlement.Unit
		first, last calendar.Day
		field       string
	}{
		{"today", entitlement.Consulting, start, start, "first_on"},
		{"a Saturday", entitlement.Consulting, friday + 1, monday, "first_on"},
		{"until a Sunday", entitlement.Consulting, friday, friday + 2, "last_on"},
		{"backwards", entitlement.Event, monday, friday, "last_on"},
		{"no day", entitlement.Event, calendar.None, calendar.None, "first_on"},
		{"tickets", entitlement.Ticket, friday, friday, "kind"},
		{"beyond the plan", entitlement.Event, start.AddYears(1) - 1, start.AddYears(1), "last_on"},
		{"far too long", entitlement.Event, friday, friday + 200, "last_on"},
	} {
		_, err := w.s.Ask(t.Context(), w.partner, asking(c.unit, c.first, c.last))
		field(t, c.what, err, c.field)
	}
	_, err := w.s.Ask(t.Context(), w.partner, asking(entitlement.Consulting, calendar.Date(2026, time.May, 4), calendar.Date(2026, time.May, 4)))
	field(t, "a public holiday", err, "first_on")
}

func daysAreHeldDrawnAndGivenBack(t *testing.T, w *world) {
	ctx, s := t.Context(), w.s
	w.plan(entitlement.Standard, 12)
	r := w.ask(entitlement.Consulting, start+7, start+9)
	if got := w.left(entitlement.Consulting); got.Left != 1 || got.Held != 3 || got.Used != 0 {
		t.Errorf("while it's requested: %+v", got)
	}
	_, err := s.Ask(ctx, w.partner, asking(entitlement.Consulting, start+14, start+15))
	w.wantWhy("two more", err, entitlement.NoneLeft)
	if _, err := s.Refuse(ctx, w.desk, entitlement.Decision{Request: r.ID, Edition: r.Edition}); kind(err) != fault.KindInvalid {
		t.Errorf("refused without words: %v", err)
	}
	if r, err = s.Approve(ctx, w.desk, entitlement.Decision{Request: r.ID, Edition: r.Edition, Words: "Dr Wu comes."}); err != nil || r.State != entitlement.Approved {
		t.Fatalf("approve: %+v, %v", r, err)
	}
	if _, err := s.Approve(ctx, w.desk, entitlement.Decision{Request: r.ID, Edition: r.Edition}); kind(err) != fault.KindConflict {
		t.Errorf("approved twice: %v", err)
	}
	if got := w.left(entitlement.Consulting); got.Left != 1 || got.Held != 0 || got.Used != 3 {
		t.Errorf("when it's approved: %+v", got)
	}
	// The vendor moves it to two days, the partner back to one, which waits again.
	if r, err = s.Reschedule(ctx, w.desk, entitlement.Decision{Request: r.ID, Edition: r.Edition, Dates: entitlement.Dates{First: start + 8, Last: start + 9}}); err != nil || r.Days != 2 || r.State != entitlement.Approved {
		t.Fatalf("rescheduled by the vendor: %+v, %v", r, err)
	}
	w.want("two days", entitlement.Consulting, 2)
	if r, err = s.Reschedule(ctx, w.partner, entitlement.Decision{Request: r.ID, Edition: r.Edition, Dates: entitlement.Dates{First: start + 9, Last: start + 9}}); err != nil || r.State != entitlement.Requested {
		t.Fatalf("rescheduled by the partner: %+v, %v", r, err)
	}
	w.want("one day", entitlement.Consulting, 3)
	if r, err = s.Withdraw(ctx, w.partner, entitlement.Decision{Request: r.ID, Edition: r.Edition}); err != nil || r.State != entitlement.Withdrawn {
		t.Fatalf("withdraw: %+v, %v", r, err)
	}
	if got := w.left(entitlement.Consulting); got.Left != 4 || got.Held != 0 || got.Used != 0 {
		t.Errorf("at the end: %+v", got)
	}
	w.drain()
	want := map[string]int{"plan_days.requested": 1, "plan_days.approved": 1, "plan_days.rescheduled": 1, "plan_days.moved": 1, "plan_days.withdrawn": 1}
	for k, n := range want {
		if w.told[k] != n {
			t.Errorf("%s was told %d times, want %d", k, w.told[k], n)
		}
	}
}

func TestARequestIsUsedWhenItsDaysAreOverAndLapsesUndecided(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.plan(entitlement.Standard, 12)
		kept, lost := w.ask(entitlement.Event, start+3, start+4), w.ask(entitlement.Event, start+3, start+3)
		kept, err := w.s.Approve(ctx, w.desk, entitlement.Decision{Request: kept.ID, Edition: kept.Edition})
		fixture.Must(t, err)
		w.travel(start + 3)
		if lost, err = w.s.Request(ctx, w.partner, lost.ID); err != nil || lost.State != entitlement.Refused || lost.Cause != entitlement.NotDecided {
			t.Errorf("undecided on its first day: %+v, %v", lost, err)
		}
		w.want("its day came back", entitlement.Event, 2)
		if _, err := w.s.Withdraw(ctx, w.partner, entitlement.Decision{Request: kept.ID, Edition: kept.Edition}); kind(err) != fault.KindConflict {
			t.Errorf("withdrawn on the first day: %v", err)
		}
		w.travel(start + 5)
		if kept, err = w.s.Request(ctx, w.partner, kept.ID); err != nil || kept.State != entitlement.Past {
			t.Errorf("after its last day: %+v, %v", kept, err)
		}
		used, err := entitlement.Used(ctx, w.d.Read(), w.partner.Account, start.Time())
		if err != nil || !used {
			t.Errorf("used: %v, %v", used, err)
		}
		if used, err = entitlement.Used(ctx, w.d.Read(), w.partner.Account, (start + 10).Time()); err != nil || used {
			t.Errorf("used since a later day: %v, %v", used, err)
		}
	})
}

func TestTheEndOfAPlanGivesUpWhatHasNotCome(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.plan(entitlement.Standard, 12)
		waiting, agreed, running := w.ask(entitlement.Consulting, start+7, start+7), w.ask(entitlement.Consulting, start+8, start+8), w.ask(entitlement.Event, start+1, start+3)
		for _, r := range []entitlement.Request{agreed, running} {
			_, err := w.s.Approve(ctx, w.desk, entitlement.Decision{Request: r.ID, Edition: r.Edition})
			fixture.Must(t, err)
		}
		w.travel(start + 2)
		w.plan(entitlement.Basic, 0)
		for _, c := range []struct {
			r    entitlement.Request
			want entitlement.State
		}{{waiting, entitlement.Withdrawn}, {agreed, entitlement.Withdrawn}, {running, entitlement.Approved}} {
			got, err := w.s.Request(ctx, w.partner, c.r.ID)
			if err != nil || got.State != c.want || c.want == entitlement.Withdrawn && got.Cause != entitlement.PlanEnded {
				t.Errorf("%s to %s: %s %q, %v; want %s", c.r.First, c.r.Last, got.State, got.Cause, err, c.want)
			}
		}
		w.want("nothing is served", entitlement.Consulting, 0)
		w.plan(entitlement.Standard, 12)
		w.want("bought again: consulting came back", entitlement.Consulting, 4)
		w.want("bought again in the same plan year: three event days are used", entitlement.Event, 1)
	})
}

func heldDaysOutliveADowngrade(t *testing.T, w *world) {
	ctx := t.Context()
	w.plan(entitlement.Premium, 12)
	r := w.ask(entitlement.Event, start+7, start+12) // six of eight
	w.plan(entitlement.Standard, 12)
	w.want("six are held, four are given", entitlement.Event, 0)
	_, err := w.s.Refuse(ctx, w.desk, entitlement.Decision{Request: r.ID, Edition: r.Edition, Words: "No experts in that week."})
	fixture.Must(t, err)
	w.want("refused", entitlement.Event, 4)
}

func theSameFormAsksOnceAndADryRunNever(t *testing.T, w *world) {
	ctx, in := t.Context(), asking(entitlement.Event, start+2, start+3)
	w.plan(entitlement.Standard, 12)
	dry := in
	dry.DryRun = true
	if r, err := w.s.Ask(ctx, w.partner, dry); err != nil || r.Days != 2 {
		t.Fatalf("dry run: %+v, %v", r, err)
	}
	w.want("after the dry run", entitlement.Event, 4)
	in.Key = "form1"
	var ids [2]string
	for i := range ids {
		r, err := w.s.Ask(ctx, w.partner, in)
		fixture.Must(t, err)
		ids[i] = r.ID
	}
	if ids[0] != ids[1] {
		t.Errorf("asked twice: %v", ids)
	}
	w.want("asked", entitlement.Event, 2)
}

func requestsThatRaceNeverHoldMoreThanThereIs(t *testing.T, w *world) {
	w.plan(entitlement.Standard, 12)
	var mu sync.Mutex
	var wg sync.WaitGroup
	held := 0
	for i := range 8 {
		wg.Go(func() {
			in := asking(entitlement.Event, start+calendar.Day(5+i), start+calendar.Day(5+i))
			in.Key = fmt.Sprint(i)
			_, err := w.s.Ask(t.Context(), w.partner, in)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				held++
			} else if entitlement.WhyOf(err) != entitlement.NoneLeft {
				t.Errorf("request %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if held != 4 {
		t.Errorf("%d requests hold a day, want 4", held)
	}
}

func onlyTheCompanyAsksAndOnlyTheDeskDecides(t *testing.T, w *world) {
	ctx := t.Context()
	w.plan(entitlement.Standard, 12)
	r := w.ask(entitlement.Event, start+2, start+2)
	other := w.Partner("South of " + w.name)
	d := entitlement.Decision{Request: r.ID, Edition: r.Edition, Words: "x", Dates: r.Dates}
	if _, err := w.s.Request(ctx, other, r.ID); kind(err) != fault.KindNotFound {
		t.Errorf("read by a stranger: %v", err)
	}
	if _, err := w.s.Withdraw(ctx, other, d); kind(err) != fault.KindNotFound {
		t.Errorf("withdrawn by a stranger: %v", err)
	}
	if _, err := w.s.Approve(ctx, w.partner, d); kind(err) != fault.KindDenied {
		t.Errorf("approved by the partner: %v", err)
	}
	if _, err := w.s.Approve(ctx, w.VendorUser(actor.Auditor), d); kind(err) != fault.KindDenied {
		t.Errorf("approved by the auditor: %v", err)
	}
	in := asking(entitlement.Event, start+2, start+2)
	in.Account = w.partner.Account
	if _, err := w.s.Ask(ctx, other, in); kind(err) != fault.KindNotFound {
		t.Errorf("asked for another company: %v", err)
	}
	if _, _, err := w.s.Queue(ctx, w.partner, entitlement.Filter{State: entitlement.Requested}); kind(err) != fault.KindNotFound {
		t.Errorf("the queue for a partner: %v", err)
	}
	rows, _, err := w.s.Queue(ctx, w.desk, entitlement.Filter{State: entitlement.Requested})
	if err != nil || !slices.ContainsFunc(rows, func(x entitlement.Request) bool { return x.ID == r.ID }) {
		t.Errorf("the queue: %v, %v", rows, err)
	}
}

func accountsOfOneCompanyShareAPlan(t *testing.T, w *world) {
	ctx, master := t.Context(), w.partner
	sub := w.Customer(w.name)
	x, err := w.Account.AskSub(ctx, master, sub.Account, w.name)
	fixture.Must(t, err)
	fixture.Must(t, w.Account.AnswerSub(ctx, sub, x.ID, true))
	w.partner = sub
	w.plan(entitlement.Standard, 12)
	holder, rows, err := w.s.Overview(ctx, master, master.Account)
	if err != nil || holder != sub.Account || rows[0].Left != 30 {
		t.Fatalf("the master sees %s %+v, %v; want the plan of %s", holder, rows, err, sub.Account)
	}
	in := asking(entitlement.Event, start+2, start+3)
	in.Account = holder
	r, err := w.s.Ask(ctx, master, in)
	fixture.Must(t, err)
	w.want("the master asked", entitlement.Event, 2)
	if _, err := w.s.Withdraw(ctx, sub, entitlement.Decision{Request: r.ID, Edition: r.Edition}); err != nil {
		t.Errorf("the sub-account withdraws what the master asked: %v", err)
	}
	if _, _, err := w.s.Overview(ctx, w.Partner("South of "+w.name), sub.Account); kind(err) != fault.KindNotFound {
		t.Errorf("a stranger: %v", err)
	}
}
