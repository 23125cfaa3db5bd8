package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

type happened struct{ N int }

func (h happened) Event() (string, string, string) { return "test.happened", "acc", fmt.Sprint(h.N) }

func newRunner(t *testing.T, d *db.DB) *jobs.Runner {
	return jobs.NewRunner(d, slog.New(slog.DiscardHandler))
}

// note counts an effect in the database, so that it's part of the job's transaction.
func note(ctx context.Context, tx *db.Tx, what string) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO setting (key, effective_at, value, changed_by) VALUES ($1, 0, '1', 'test')
		ON CONFLICT (key, effective_at) DO UPDATE SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT)`, what)
	return err
}

func noted(t *testing.T, d *db.DB, what string) string {
	t.Helper()
	s, err := db.One(t.Context(), d.Read(), db.String, `SELECT value FROM setting WHERE key = $1`, what)
	if errors.Is(err, db.ErrNoRow) {
		return "0"
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestTwoRunnersShareEventsAndNothingHappensTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx, n := t.Context(), 40
		must(t, d.Update(ctx, func(tx *db.Tx) error {
			for i := range n {
				if err := outbox.Append(ctx, tx, happened{i}); err != nil {
					return err
				}
			}
			return nil
		}))
		var wg sync.WaitGroup
		for range 2 {
			r := newRunner(t, d)
			for _, name := range []string{"first", "second"} {
				r.On("test.happened", name, func(ctx context.Context, tx *db.Tx, e outbox.Event) error {
					h, err := outbox.As[happened](e)
					if err != nil {
						return err
					}
					return note(ctx, tx, fmt.Sprint(name, h.N))
				})
			}
			for range 3 {
				wg.Go(func() { must(t, r.Drain(ctx)) })
			}
		}
		wg.Wait()
		must(t, newRunner(t, d).Drain(ctx))
		for i := range n {
			for _, name := range []string{"first", "second"} {
				if got := noted(t, d, fmt.Sprint(name, i)); got != "1" {
					t.Errorf("event %d reached %s %s times, want once", i, name, got)
				}
			}
		}
	})
}

func TestManyEventsReachASubscriberTogetherAndInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx, n := t.Context(), 40
		must(t, d.Update(ctx, func(tx *db.Tx) error {
			var all []outbox.Fact
			for i := range n {
				all = append(all, happened{i})
			}
			return outbox.AppendAll(ctx, tx, all)
		}))
		r, got, calls := newRunner(t, d), []int{}, 0
		r.OnMany("test.happened", "all", func(_ context.Context, _ *db.Tx, all []outbox.Event) error {
			calls++
			for _, e := range all {
				h, err := outbox.As[happened](e)
				if err != nil {
					return err
				}
				got = append(got, h.N)
			}
			return nil
		})
		must(t, r.Drain(ctx))
		if len(got) != n || !slices.IsSorted(got) || calls != 1 {
			t.Errorf("%d calls got %v, want one with %d in order", calls, got, n)
		}
	})
}

// TestASubscriberOfManyThatFailsHoldsNobodyUp lets one of two subscribers fail and panic: the events are handed on all the
// same, nothing of its effect stays, and it gets them again as a job.
func TestASubscriberOfManyThatFailsHoldsNobodyUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ctx, fails := t.Context(), 0
		r := newRunner(t, d)
		r.OnMany("test.happened", "good", func(ctx context.Context, tx *db.Tx, all []outbox.Event) error {
			return note(ctx, tx, fmt.Sprint("good ", len(all)))
		})
		r.OnMany("test.happened", "poor", func(ctx context.Context, tx *db.Tx, all []outbox.Event) error {
			if err := note(ctx, tx, fmt.Sprint("poor ", len(all))); err != nil {
				return err
			}
			switch fails++; fails {
			case 1:
				panic("not prepared")
			case 2:
				return errors.New("not yet")
			}
			return nil
		})
		must(t, d.Update(ctx, func(tx *db.Tx) error {
			return outbox.AppendAll(ctx, tx, []outbox.Fact{happened{1}, happened{2}})
		}))
		must(t, r.Drain(ctx))
		if good, poor := noted(t, d, "good 2"), noted(t, d, "poor 2"); good != "1" || poor != "0" {
			t.Errorf("the good one ran %s times, the poor one left %s effects; want 1 and 0", good, poor)
		}
		c.Advance(time.Minute)
		must(t, r.Drain(ctx))
		if good, poor := noted(t, d, "good 2"), noted(t, d, "poor 2"); good != "1" || poor != "1" || fails != 3 {
			t.Errorf("then %s and %s after %d calls, want 1 and 1 after 3", good, poor, fails)
		}
	})
}

// TestEventsOfAnOlderProgramAreHandedOn has events that aren't marked as this program marks them.
func TestEventsOfAnOlderProgramAreHandedOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx := t.Context()
		must(t, d.Update(ctx, func(tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, `INSERT INTO event (account_id, id, kind, subject, payload, at) VALUES ('acc', 'evt_0', 'test.happened', '7', '{"N":7}', 0)`)
			return errors.Join(err, outbox.Append(ctx, tx, happened{8}))
		}))
		if n, _, err := outbox.Lag(ctx, d.Read()); err != nil || n != 2 {
			t.Errorf("%d events wait (%v), want 2", n, err)
		}
		r := newRunner(t, d)
		r.On("test.happened", "one", func(ctx context.Context, tx *db.Tx, e outbox.Event) error { return note(ctx, tx, "event "+e.Subject) })
		must(t, r.Drain(ctx))
		if n, _, err := outbox.Lag(ctx, d.Read()); err != nil || n != 0 || noted(t, d, "event 7") != "1" || noted(t, d, "event 8") != "1" {
			t.Errorf("%d events wait (%v); handed on %s and %s times", n, err, noted(t, d, "event 7"), noted(t, d, "event 8"))
		}
	})
}

func TestAFailedJobLeavesNothingAndIsTriedAgainLater(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ctx, fails := t.Context(), 2
		r := newRunner(t, d)
		r.Inside("work", func(ctx context.Context, tx *db.Tx, _ jobs.Job) error {
			if err := note(ctx, tx, "work"); err != nil {
				return err
			}
			if fails > 0 {
				fails--
				return errors.New("not yet")
			}
			return nil
		})
		add(t, d, "work", "k")
		must(t, r.Drain(ctx))
		if got := noted(t, d, "work"); got != "0" {
			t.Errorf("a failed job left %s effects", got)
		}
		for range 2 {
			c.Advance(time.Minute)
			must(t, r.Drain(ctx))
		}
		if got := noted(t, d, "work"); got != "1" {
			t.Errorf("after the third try: %s effects, want 1", got)
		}
	})
}

func TestAJobThatFailsTooOftenIsDeadUntilAnAdministratorRetries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ctx, broken := t.Context(), true
		r := newRunner(t, d)
		r.Outside("mail", func(context.Context, jobs.Job) error {
			if broken {
				panic("no server")
			}
			return nil
		})
		add(t, d, "mail", "k")
		for range 10 {
			must(t, r.Drain(ctx))
			c.Advance(2 * time.Hour)
		}
		admin := actor.Actor{Kind: actor.Vendor, Roles: []actor.Role{actor.VendorAdmin}, User: "u", Account: "v"}
		s := jobs.NewService(d)
		dead, err := s.List(ctx, admin, jobs.Filter{State: jobs.Dead})
		must(t, err)
		if len(dead) != 1 || dead[0].Attempts != 8 {
			t.Fatalf("dead jobs = %+v, want one after 8 attempts", dead)
		}
		if err := s.Retry(ctx, actor.Actor{Kind: actor.Partner, Roles: []actor.Role{actor.PartnerAdmin}}, dead[0].ID); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("Retry by a partner = %v, want denied", err)
		}
		broken = false
		must(t, s.Retry(ctx, admin, dead[0].ID))
		must(t, r.Drain(ctx))
		if left, _ := s.List(ctx, admin, jobs.Filter{State: jobs.Done}); len(left) != 1 {
			t.Errorf("done jobs = %+v, want the retried one", left)
		}
	})
}

func TestAJobOfADeadProcessIsTakenOverWhenItsLeaseEnds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ctx, died := t.Context(), false
		r := newRunner(t, d)
		r.Outside("mail", func(context.Context, jobs.Job) error {
			if !died {
				died = true
				// As a killed process does: the claim stays, nothing is reported.
				c.AdvanceWall(3 * time.Minute)
				other := newRunner(t, d)
				other.Outside("mail", func(context.Context, jobs.Job) error { return nil })
				must(t, other.Drain(ctx))
			}
			return nil
		})
		add(t, d, "mail", "k")
		must(t, r.Drain(ctx))
		states, err := db.All(ctx, d.Read(), db.String, `SELECT state FROM job`)
		if err != nil || len(states) != 1 || states[0] != "done" {
			t.Errorf("states %v, %v; want done once", states, err)
		}
	})
}

func TestSchedulesRunEveryMissedInstantInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		var got []time.Time
		r := newRunner(t, d)
		r.Every("daily", jobs.Interval(24*time.Hour), func(_ context.Context, at time.Time) error {
			got = append(got, at)
			return nil
		})
		must(t, r.Prepare(t.Context()))
		c.Advance(72 * time.Hour)
		must(t, r.Drain(t.Context()))
		want := dbtest.Start.Truncate(24 * time.Hour)
		if len(got) != 3 {
			t.Fatalf("ran at %v, want 3 days", got)
		}
		for i, at := range got {
			if !at.Equal(want.Add(time.Duration(i+1) * 24 * time.Hour)) {
				t.Errorf("run %d at %v", i, at)
			}
		}
	})
}

// TestAScheduleThatTakesLongerThanItsLeaseStaysWithItsWorker has the wall clock pass the lease twice over while it runs.
func TestAScheduleThatTakesLongerThanItsLeaseStaysWithItsWorker(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		const lease = 60 * time.Millisecond
		ctx, runs := t.Context(), 0
		register := func() *jobs.Runner {
			r := newRunner(t, d)
			r.SetLease(lease)
			return r
		}
		r, other := register(), register()
		until := func() time.Time {
			at, err := db.One(ctx, d.Read(), db.Int, `SELECT lease_until FROM schedule WHERE name = 'daily'`)
			must(t, err)
			return time.UnixMicro(at)
		}
		run := func(context.Context, time.Time) error {
			runs++
			if runs > 1 {
				return nil
			}
			for range 4 {
				c.AdvanceWall(lease / 2)
				want, looks := c.Wall().Add(lease-time.Millisecond), 0
				for ; until().Before(want); looks++ { // until the lease was renewed at the new time
					if looks > 50_000 {
						t.Fatal("the lease of a schedule that runs isn't renewed")
					}
					runtime.Gosched()
				}
				must(t, other.Drain(ctx))
			}
			return nil
		}
		r.Every("daily", jobs.Interval(24*time.Hour), run)
		other.Every("daily", jobs.Interval(24*time.Hour), run)
		must(t, r.Prepare(ctx))
		c.Advance(24 * time.Hour)
		must(t, r.Drain(ctx))
		if runs != 1 {
			t.Errorf("one instant ran %d times", runs)
		}
	})
}

func add(t *testing.T, d *db.DB, kind, key string) {
	t.Helper()
	for range 2 { // the second makes no second job
		must(t, d.Update(t.Context(), func(tx *db.Tx) error {
			return jobs.Add(t.Context(), tx, jobs.New{Kind: kind, Key: key, Payload: map[string]string{}})
		}))
	}
}

func TestMissedInstantsOfHousekeepingAreMadeUpForOnce(t *testing.T) {
	began := time.Date(2026, 3, 2, 1, 5, 0, 0, time.UTC)
	now := began
	next := jobs.Latest(func() time.Time { return now }, jobs.Interval(10*time.Minute))
	if got, want := next(began), began.Add(5*time.Minute); !got.Equal(want) {
		t.Errorf("in time, the next one is %v, want %v", got, want)
	}
	now = began.AddDate(1, 0, 0)
	last := next(began.Add(5 * time.Minute))
	if want := now.Truncate(10 * time.Minute); !last.Equal(want) {
		t.Errorf("after a year, the next one is %v, want %v", last, want)
	}
	if got := next(last); !got.After(now) {
		t.Errorf("then comes %v, want one that's ahead", got)
	}
}
