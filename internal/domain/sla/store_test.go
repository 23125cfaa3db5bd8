package sla_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/domain/sla"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
)

// A world is the clocks on a fresh database.
type world struct {
	t     *testing.T
	d     *db.DB
	c     *clock.Manual
	s     *sla.Service
	run   *jobs.Runner
	admin actor.Actor
	moved []sla.Clocks
}

func each(t *testing.T, f func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := &world{t: t, d: d, c: c, s: sla.New(d), run: jobs.NewRunner(d, slog.New(slog.DiscardHandler)),
			admin: actor.Actor{Account: "vendor", User: "usr_1", Name: "Ada", Roles: []actor.Role{actor.VendorAdmin}, Via: "session"}}
		w.s.Follow(func(_ context.Context, _ *db.Tx, moved []sla.Clocks) error {
			w.moved = append(w.moved, moved...)
			return nil
		})
		w.s.Register(w.run)
		f(w)
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// begin opens a ticket now.
func (w *world) begin(subject, plan, severity string) sla.Clocks {
	w.t.Helper()
	return w.do(func(ctx context.Context, tx *db.Tx) (sla.Clocks, error) {
		return sla.Begin(ctx, tx, sla.Case{Subject: subject, Number: "TT" + subject, Account: "acc_1", AccountName: "North", Desk: "vendor", Plan: plan, Severity: severity, Opened: tx.Now})
	})
}

func (w *world) do(f func(ctx context.Context, tx *db.Tx) (sla.Clocks, error)) (c sla.Clocks) {
	w.t.Helper()
	w.must(w.d.Update(w.t.Context(), func(tx *db.Tx) (err error) {
		c, err = f(w.t.Context(), tx)
		return err
	}))
	return c
}

// tell does one thing to a ticket after so many minutes.
func (w *world) tell(minutes int, f func(context.Context, *db.Tx, string) (sla.Clocks, error), subject string) sla.Clocks {
	w.t.Helper()
	w.c.Advance(time.Duration(minutes) * time.Minute)
	return w.do(func(ctx context.Context, tx *db.Tx) (sla.Clocks, error) { return f(ctx, tx, subject) })
}

func pause(why sla.Why) func(context.Context, *db.Tx, string) (sla.Clocks, error) {
	return func(ctx context.Context, tx *db.Tx, subject string) (sla.Clocks, error) {
		return sla.Pause(ctx, tx, subject, why)
	}
}

func resume(why sla.Why) func(context.Context, *db.Tx, string) (sla.Clocks, error) {
	return func(ctx context.Context, tx *db.Tx, subject string) (sla.Clocks, error) {
		return sla.Resume(ctx, tx, subject, why)
	}
}

func (w *world) sweep() int {
	w.t.Helper()
	n, err := w.s.Sweep(w.t.Context())
	w.must(err)
	return n
}

func (w *world) view(subject string) sla.View {
	w.t.Helper()
	v, ok, err := sla.Describe(w.t.Context(), w.d.Read(), w.c.Now(), subject)
	w.must(err)
	if !ok {
		w.t.Fatalf("ticket %s has no clocks", subject)
	}
	return v
}

// events are those of a kind about a ticket, as text.
func (w *world) events() []string {
	w.t.Helper()
	out, err := db.All(w.t.Context(), w.d.Read(), db.String, `SELECT kind || ' ' || subject FROM event WHERE kind LIKE 'sla.%' ORDER BY id COLLATE "C"`)
	w.must(err)
	return out
}

// policy saves one limit for everything, round the clock.
func (w *world) policy(first, update, solution time.Duration) {
	w.t.Helper()
	_, err := w.s.SavePolicy(w.t.Context(), w.admin, sla.Policy{Warn: []int{75, 90}, Note: "test",
		Rules: []sla.Rule{{Calendar: sla.AlwaysID, First: first, Update: update, Solution: solution}}})
	w.must(err)
}

func TestAClockIsStoredAsItRan(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		start := w.c.Now()
		c := w.begin("a", "STANDARD", "PROD_IMPAIRED")
		if want := start.Add(3 * time.Hour); !c.Due.Equal(want) || c.DueKind != sla.First || c.First.State != sla.Running || c.Update.State != sla.Off {
			t.Fatalf("a new ticket's clocks %+v, want due %s", c, want)
		}
		w.tell(30, pause(sla.Paused), "a")
		c = w.tell(60, resume(sla.Paused), "a")
		if want := start.Add(4 * time.Hour); !c.Due.Equal(want) {
			t.Errorf("after a pause of an hour it's due %s, want %s", c.Due, want)
		}
		c = w.tell(20, sla.Answered, "a")
		if c.First.State != sla.Met || c.First.Used != 50*time.Minute || !c.Due.IsZero() {
			t.Errorf("after the answer %+v, want met in 50 min and nothing due", c.First)
		}
		w.tell(10, sla.CustomerSpoke, "a")
		c = w.tell(25, sla.Answered, "a")
		if c.Update.State != sla.Met || c.Update.Longest != 25*time.Minute || c.Update.Runs != 1 {
			t.Errorf("the update clock %+v, want one gap of 25 min", c.Update)
		}
		c = w.tell(5, sla.Solved, "a")
		if c.Solution.State != sla.Met || c.Solution.Used != 90*time.Minute || c.Breached {
			t.Errorf("the solution %+v, want 90 min", c.Solution)
		}
		all, err := sla.Of(t.Context(), w.d.Read(), []string{"a", "nobody"})
		w.must(err)
		if d := cmp.Diff(map[string]sla.Clocks{"a": c}, all); d != "" {
			t.Errorf("Of differs from what the verb returned: (-verb +read)\n%s", d)
		}
		v := w.view("a")
		if v.Timers[0].Ran != 50*time.Minute || v.Timers[0].Waited != time.Hour || len(v.Timers[0].Lines) != 3 || v.Rule.First != 3*time.Hour {
			t.Errorf("the first response is explained as %+v by rule %+v", v.Timers[0], v.Rule)
		}
		runs, err := sla.Stored(t.Context(), w.d.Read(), "a")
		w.must(err)
		if len(runs[sla.First]) != 1 || len(runs[sla.First][0].Segments) != 3 || len(runs[sla.Update]) != 1 || len(runs[sla.Solution][0].Segments) != 3 {
			t.Errorf("stored segments: %+v", runs)
		}
		if c := w.tell(1, sla.Answered, "unknown"); c.Subject != "" {
			t.Errorf("a ticket without clocks got some: %+v", c)
		}
		w.reopenAndMerge()
	})
}

// reopenAndMerge goes on with the world of the test above.
func (w *world) reopenAndMerge() {
	t := w.t
	c := w.tell(60, sla.Reopened, "a")
	if c.Solution.State != sla.Running || c.First.State != sla.Met {
		t.Errorf("reopened: %+v", c)
	}
	if c = w.tell(10, sla.Solved, "a"); c.Solution.Used != 100*time.Minute {
		t.Errorf("after reopening the solution took %s, want 1h40m", c.Solution.Used)
	}
	// b was opened 30 minutes before c, of which it waited 10; merged, c's first response has run 20 of them.
	w.begin("b", "STANDARD", "PROD_IMPAIRED")
	w.tell(10, pause(sla.Paused), "b")
	w.tell(10, resume(sla.Paused), "b")
	w.c.Advance(10 * time.Minute)
	w.begin("c", "STANDARD", "PROD_IMPAIRED")
	w.c.Advance(5 * time.Minute)
	c = w.do(func(ctx context.Context, tx *db.Tx) (sla.Clocks, error) { return sla.Merged(ctx, tx, "b", "c") })
	if c.First.Used != 25*time.Minute || !c.Opened.Equal(w.c.Now().Add(-35*time.Minute)) {
		t.Errorf("merged: %+v opened %s, want 25 min used", c.First, c.Opened)
	}
	v := w.view("c")
	if v.Timers[0].Waited != 10*time.Minute || v.Timers[0].Ran != 25*time.Minute {
		t.Errorf("the merged ticket's first response: ran %s, waited %s", v.Timers[0].Ran, v.Timers[0].Waited)
	}
	if b := w.view("b"); b.First.State != sla.Void || b.Solution.State != sla.Void {
		t.Errorf("the ticket that was merged away: %+v", b.Clocks)
	}
}

func TestTheSweepTouchesOnlyWhatIsDueAndTellsEachStepOnce(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		for i := range 60 {
			w.begin(fmt.Sprintf("s%02d", i), "STANDARD", "GUIDANCE") // 16 hours
		}
		w.begin("x", "STANDARD", "PROD_DOWN") // 30 minutes
		w.begin("y", "PREMIUM", "CORE_DOWN")  // 15 minutes
		sum := func() int64 {
			n, err := db.One(t.Context(), w.d.Read(), db.Int, `SELECT CAST(sum(edition) AS BIGINT) FROM sla_case`)
			w.must(err)
			return n
		}
		before := sum()
		for _, c := range []struct {
			minutes int
			touched int
			events  []string
		}{
			{0, 0, nil},
			{11, 0, nil},
			{1, 1, []string{"sla.warned y"}},
			{2, 1, []string{"sla.warned y", "sla.warned y"}},
			{2, 1, []string{"sla.warned y", "sla.warned y", "sla.breached y"}},
			{5, 0, []string{"sla.warned y", "sla.warned y", "sla.breached y"}},
			{20, 1, []string{"sla.warned y", "sla.warned y", "sla.breached y", "sla.breached x"}},
		} {
			w.c.Advance(time.Duration(c.minutes) * time.Minute)
			if n := w.sweep(); n != c.touched {
				t.Errorf("after %d more minutes the sweep touched %d, want %d", c.minutes, n, c.touched)
			}
			if d := cmp.Diff(c.events, w.events()); d != "" {
				t.Errorf("after %d more minutes: (-want +got)\n%s", c.minutes, d)
			}
		}
		if got := sum() - before; got != 4 {
			t.Errorf("the sweeps wrote %d rows of tickets, want the 4 that were due", got)
		}
	})
}

func TestABreachStaysWhateverTheSweepAndThePolicyDo(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		w.policy(time.Hour, time.Hour, 0)
		start := w.c.Now()
		w.begin("late", "STANDARD", "PROD_DOWN")
		w.begin("just", "STANDARD", "PROD_DOWN")
		w.begin("slow", "STANDARD", "PROD_DOWN")
		if c := w.tell(60, sla.Answered, "just"); c.First.State != sla.Met {
			t.Errorf("answered exactly at the limit: %+v, want met", c.First)
		}
		// Nothing swept: the answer itself notes what was missed.
		if c := w.tell(60, sla.Answered, "late"); c.First.State != sla.Missed || !c.Breached {
			t.Errorf("answered after two hours: %+v, want missed", c.First)
		}
		w.sweep()
		w.policy(10*time.Hour, 10*time.Hour, 0)
		w.must(w.run.Drain(t.Context()))
		for _, subject := range []string{"late", "slow"} {
			v := w.view(subject)
			missed := v.Timers[0].Breaches
			if len(missed) != 1 || !missed[0].Due.Equal(start.Add(time.Hour)) || missed[0].Limit != time.Hour || !v.Breached {
				t.Errorf("%s after a longer limit: %+v", subject, missed)
			}
		}
		if c := w.tell(10, sla.Answered, "slow"); c.First.State != sla.Missed || c.First.Misses != 1 {
			t.Errorf("slow, answered within the new limit: %+v, want missed once", c.First)
		}
		// The server is down while a limit is missed and a longer one comes into force: the old one was missed all the same.
		w.policy(time.Hour, 0, 0)
		w.begin("down", "STANDARD", "PROD_DOWN")
		w.must(w.run.Drain(t.Context()))
		w.c.Advance(90 * time.Minute)
		w.policy(10*time.Hour, 0, 0)
		w.c.Advance(time.Hour)
		w.sweep()
		if v := w.view("down"); len(v.Timers[0].Breaches) != 1 || v.Timers[0].Breaches[0].Limit != time.Hour {
			t.Errorf("a limit missed before another came into force: %+v", v.Timers[0].Breaches)
		}
		// The update clock: each unanswered wait counts once.
		w.policy(10*time.Hour, 30*time.Minute, 0)
		w.tell(1, sla.CustomerSpoke, "late")
		w.tell(40, sla.CustomerSpoke, "late")
		w.tell(1, sla.Answered, "late")
		w.tell(1, sla.CustomerSpoke, "late")
		w.c.Advance(45 * time.Minute)
		w.sweep()
		c := w.tell(1, sla.Answered, "late")
		if c.Update.Misses != 2 || c.Update.Runs != 2 || c.Update.Longest != 46*time.Minute {
			t.Errorf("two waits that were missed: %+v", c.Update)
		}
	})
}

func TestAChangeInTheMiddleReckonsAllOpenClocksAnew(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		w.must(w.run.Prepare(t.Context()))
		start := w.c.Now()
		for i := range 230 { // more than a batch
			w.begin(fmt.Sprintf("m%03d", i), "STANDARD", "PROD_IMPAIRED")
		}
		w.tell(60, pause(sla.Paused), "m000")
		w.tell(60, resume(sla.Paused), "m000")
		w.tell(0, sla.Answered, "m001")
		// A severity that changes: from the same segments, the pause kept.
		c := w.do(func(ctx context.Context, tx *db.Tx) (sla.Clocks, error) {
			return sla.Move(ctx, tx, sla.Case{Subject: "m000", Number: "TTm000", AccountName: "North", Desk: "vendor", Plan: "STANDARD", Severity: "SYS_IMPAIRED"})
		})
		if want := start.Add(5 * time.Hour); !c.Due.Equal(want) || c.Account != "acc_1" || !c.Opened.Equal(start) {
			t.Fatalf("a lower severity: due %s, want %s", c.Due, want)
		}
		// A policy that holds from an hour on.
		p := sla.ShippedPolicy()
		for i := range p.Rules {
			p.Rules[i].First *= 2
		}
		p.Effective = w.c.Now().Add(time.Hour)
		if _, err := w.s.SavePolicy(t.Context(), w.admin, p); err != nil {
			t.Fatal(err)
		}
		w.c.Advance(30 * time.Minute)
		w.must(w.run.Drain(t.Context()))
		if len(w.moved) != 0 {
			t.Fatalf("%d deadlines moved before the policy holds", len(w.moved))
		}
		w.c.Advance(31 * time.Minute)
		w.must(w.run.Drain(t.Context()))
		all, err := sla.Of(t.Context(), w.d.Read(), []string{"m000", "m001", "m002"})
		w.must(err)
		if want := start.Add(9 * time.Hour); !all["m000"].Due.Equal(want) {
			t.Errorf("m000 is due %s, want %s: twice four hours and the hour it waited", all["m000"].Due, want)
		}
		if want := start.Add(6 * time.Hour); !all["m002"].Due.Equal(want) {
			t.Errorf("m002 is due %s, want %s", all["m002"].Due, want)
		}
		if got := all["m001"].First; got.Limit != 3*time.Hour || got.State != sla.Met {
			t.Errorf("what was over keeps what it was held to: %+v", got)
		}
		if len(w.moved) != 229 {
			t.Errorf("%d deadlines were passed on, want 229", len(w.moved))
		}
		passes, err := w.s.Passes(t.Context(), w.admin)
		w.must(err)
		if len(passes) != 1 || passes[0].Total != 230 || passes[0].Done != 230 || passes[0].Finished.IsZero() {
			t.Errorf("the pass: %+v", passes)
		}
	})
}

func TestCalendarsAndPoliciesAreVersions(t *testing.T) {
	each(t, func(w *world) {
		t := w.t
		if _, err := w.s.SaveCalendar(t.Context(), actor.Actor{Account: "vendor", Roles: []actor.Role{actor.SupportEngineer}}, sla.Calendar{}, 0, time.Time{}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("an engineer saves a calendar: %v", err)
		}
		c := office(t, "Europe/Berlin")
		c.ID = ""
		v, err := w.s.SaveCalendar(t.Context(), w.admin, c, 0, time.Time{})
		w.must(err)
		c.ID, c.Zone = v.ID, "America/New_York"
		tomorrow := w.c.Now().Add(24 * time.Hour)
		_, err = w.s.SaveCalendar(t.Context(), w.admin, c, 1, tomorrow)
		w.must(err)
		if _, err = w.s.SaveCalendar(t.Context(), w.admin, c, 1, tomorrow); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a second edit of version 1: %v, want a conflict", err)
		}
		if _, err = w.s.SaveCalendar(t.Context(), w.admin, c, 2, w.c.Now().Add(-time.Hour)); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a version in the past: %v", err)
		}
		zone := func() string {
			b, err := sla.BookAt(t.Context(), w.d.Read(), w.c.Now())
			w.must(err)
			return b.Calendars[v.ID].Zone
		}
		if zone() != "Europe/Berlin" {
			t.Errorf("today's zone is %s", zone())
		}
		w.c.Advance(25 * time.Hour)
		if zone() != "America/New_York" {
			t.Errorf("tomorrow's zone is %s", zone())
		}
		china := sla.Shipped()[1]
		china.Days = map[string][]sla.Hours{"2026-02-16": parse(t, "9-12")}
		_, err = w.s.SaveCalendar(t.Context(), w.admin, china, 0, time.Time{})
		w.must(err)
		now, _, err := w.s.Calendars(t.Context(), w.admin)
		w.must(err)
		if len(now) != 3 {
			t.Errorf("%d calendars, want round the clock, China's, and one's own: %+v", len(now), now)
		}
		all, err := w.s.Calendar(t.Context(), w.admin, sla.ChinaID)
		w.must(err)
		if len(all) != 2 || all[0].Version != 1 || all[1].Version != 0 || cmp.Diff(all[0].Calendar.Days, china.Days) != "" {
			t.Errorf("the versions of China's calendar: %+v", all)
		}
		if _, err = w.s.SavePolicy(t.Context(), w.admin, sla.Policy{Rules: []sla.Rule{{Calendar: "none"}}}); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a policy with an unknown calendar: %v", err)
		}
		x, err := w.s.Sample(t.Context(), w.admin, sla.Policy{Rules: []sla.Rule{{Calendar: "office", First: 4 * time.Hour}}}, []sla.Calendar{office(t, "Asia/Shanghai")}, in(t, "Asia/Shanghai", "2026-11-20 16:00"))
		w.must(err)
		if len(x) != 1 || !x[0].Due.Equal(in(t, "Asia/Shanghai", "2026-11-23 11:00")) || len(x[0].Lines) != 3 {
			t.Errorf("a sample: %+v, want due Monday 11:00 after 3 lines", x)
		}
	})
}
