package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
)

// Run works until ctx ends: so many workers, each looking once a second and whenever something commits.
func (r *Runner) Run(ctx context.Context, workers int) error {
	if err := r.Prepare(ctx); err != nil {
		return err
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { r.work(ctx) })
	}
	wg.Wait()
	return nil
}

// Prepare stores the schedules that are new, so that they first run at their next instant from now on.
func (r *Runner) Prepare(ctx context.Context) error {
	return r.db.Update(ctx, func(tx *db.Tx) error {
		for _, s := range r.schedules {
			if err := addSchedule(ctx, tx, s.name, s.next(tx.Now)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (r *Runner) work(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.wake:
		}
		for ctx.Err() == nil {
			did, err := r.turn(ctx)
			if err != nil && ctx.Err() == nil {
				r.log.Error("job runner", "error", err)
				break
			}
			if !did {
				break
			}
			r.Wake() // there may be more: let another worker look too
		}
		select {
		case <-ctx.Done():
		case <-time.After(restFor):
		}
	}
}

// restFor is how long a worker that found nothing leaves the database alone: on a busy server something commits all the
// time, and looking after each commit would cost more than many of them. What comes after a quiet time waits for nothing.
const restFor = 20 * time.Millisecond

// turn is one step of a worker, not while Alone has the work to itself.
func (r *Runner) turn(ctx context.Context) (bool, error) {
	r.gate.RLock()
	defer r.gate.RUnlock()
	if r.gathering.Load() {
		return r.runNext(ctx)
	}
	return r.Step(ctx)
}

// gatherFor is how long workers let new events gather after they handed some on: where thousands come in a second, handing
// on each few of them costs more than what they lead to. The first event after a quiet time waits for nothing.
const gatherFor = 50 * time.Millisecond

// gather lets workers leave new events alone for a while, unless so many were found that more must wait.
func (r *Runner) gather(found int) {
	if found < eventsAtOnce && r.gathering.CompareAndSwap(false, true) {
		time.AfterFunc(gatherFor, func() {
			r.gathering.Store(false)
			r.Wake()
		})
	}
}

// Alone waits until no worker of this process is at a step, runs f, drains everything that's due, and only then
// lets the workers go on: whoever moves the clock sees all of its effects, in order of time.
func (r *Runner) Alone(ctx context.Context, f func() error) error {
	r.gate.Lock()
	defer r.gate.Unlock()
	if err := f(); err != nil {
		return err
	}
	return r.Drain(ctx)
}

// Drain does everything that's due, in order of time, until nothing is: for time travel and for tests. It stops
// with an error after so many steps that something must be making work for itself.
func (r *Runner) Drain(ctx context.Context) error {
	for range 1_000_000 {
		did, err := r.Step(ctx)
		if err != nil || !did {
			return err
		}
	}
	return errors.New("a million steps and still work due")
}

// Step does the next thing that's due: hands on events, then runs the earlier one of the next job and the next
// schedule. It returns false when nothing is due.
func (r *Runner) Step(ctx context.Context) (bool, error) {
	if n, err := r.handOn(ctx); err != nil || n > 0 {
		r.gather(n)
		return true, err
	}
	return r.runNext(ctx)
}

// runNext runs the earlier one of the next job and the next schedule. It returns false when none is due.
func (r *Runner) runNext(ctx context.Context) (bool, error) {
	job, jobAt, err := nextJob(ctx, r.db)
	if err != nil {
		return false, err
	}
	sched, schedAt, err := r.nextSchedule(ctx)
	if err != nil {
		return false, err
	}
	switch {
	case sched != nil && (!job || schedAt.Before(jobAt)):
		return r.runSchedule(ctx, *sched, schedAt)
	case job:
		return r.runJob(ctx)
	}
	return false, nil
}

// eventsAtOnce is how many events are handed on in one transaction.
const eventsAtOnce = 1000

// handOn makes a job for each subscriber of each new event. Subscribers that get many events at once run in the very
// transaction that hands them on; when one of them fails, all of them get jobs instead, which are tried again and seen.
func (r *Runner) handOn(ctx context.Context) (int, error) {
	if waiting, err := outbox.Waiting(ctx, r.db.Read()); err != nil || !waiting {
		return 0, err
	}
	n, err := r.hand(ctx, r.gatherNow)
	if failed := (*gatherError)(nil); errors.As(err, &failed) && ctx.Err() == nil {
		r.log.Warn("subscriber failed", "subscriber", failed.name, "error", failed.cause)
		n, err = r.hand(ctx, r.gatherLater)
	}
	if errors.Is(err, db.ErrNoRow) {
		return 0, nil // another worker hands them on
	}
	return n, err
}

// hand takes new events and gives each to its subscribers, those of many events at once to gather.
func (r *Runner) hand(ctx context.Context, gather func(context.Context, *db.Tx, string, []outbox.Event) error) (n int, err error) {
	err = r.db.Update(ctx, func(tx *db.Tx) error {
		events, err := outbox.Take(ctx, tx, eventsAtOnce)
		if err != nil {
			return err
		}
		n = len(events)
		single, groups := r.subscribed(events)
		if err := AddAll(ctx, tx, single); err != nil {
			return err
		}
		for _, kind := range slices.Sorted(maps.Keys(groups)) {
			for _, name := range r.gatherers[kind] {
				if err := gather(ctx, tx, name, groups[kind]); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return n, err
}

// subscribed are the jobs of events, one for each subscriber, and the events whose subscribers get all of a kind.
func (r *Runner) subscribed(events []outbox.Event) (single []New, groups map[string][]outbox.Event) {
	groups = map[string][]outbox.Event{}
	for _, e := range events {
		for _, name := range r.listeners[e.Kind] {
			single = append(single, New{Kind: "event:" + name, Key: e.ID, Account: e.Account, Payload: e, RunAt: e.At})
		}
		if len(r.gatherers[e.Kind]) > 0 {
			groups[e.Kind] = append(groups[e.Kind], e)
		}
	}
	return single, groups
}

// A gatherError is what a subscriber of many events said.
type gatherError struct {
	name  string
	cause error
}

// Error names the subscriber.
func (e *gatherError) Error() string { return e.name + ": " + e.cause.Error() }

// Unwrap gives what it said: a conflict is tried again.
func (e *gatherError) Unwrap() error { return e.cause }

// gatherNow runs a subscriber in the transaction that hands its events on.
func (r *Runner) gatherNow(ctx context.Context, tx *db.Tx, name string, all []outbox.Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &gatherError{name, fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	err = r.many[name](ctx, tx, all)
	if err != nil && ctx.Err() == nil {
		err = &gatherError{name, err}
	}
	return err
}

// gatherLater makes a job of events, at the instant of the last one.
func (r *Runner) gatherLater(ctx context.Context, tx *db.Tx, name string, all []outbox.Event) error {
	last := slices.MaxFunc(all, func(a, b outbox.Event) int { return a.At.Compare(b.At) })
	return Add(ctx, tx, New{Kind: "events:" + name, Key: all[0].ID, Account: all[0].Account, Payload: all, RunAt: last.At})
}

func (r *Runner) runJob(ctx context.Context) (bool, error) {
	j, ok, err := claim(ctx, r.db, r.lease)
	if err != nil || !ok {
		return false, err
	}
	if failure := r.try(ctx, j); failure != nil {
		if ctx.Err() != nil {
			return true, nil // shutting down: the lease ends and another takes it
		}
		r.log.Warn("job failed", "job", j.ID, "kind", j.Kind, "attempt", j.Attempts, "error", failure)
		return true, fail(ctx, r.db, j, failure)
	}
	return true, nil
}

func (r *Runner) try(ctx context.Context, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if f := r.inside[j.Kind]; f != nil {
		return r.db.UpdateAt(ctx, j.RunAt, func(tx *db.Tx) error {
			// Completion comes first: it locks the row, so that a worker whose lease ran out finds it done.
			if err := finish(ctx, tx, j); err != nil {
				return err
			}
			return f(ctx, tx, j)
		})
	}
	f := r.outside[j.Kind]
	if f == nil {
		return fmt.Errorf("no worker for jobs of kind %q in this version", j.Kind)
	}
	stop := r.keepLease(ctx, j.ID, func(ctx context.Context) error { return renew(ctx, r.db, j, r.lease) })
	defer stop()
	if err := f(ctx, j); err != nil {
		return err
	}
	return r.db.Update(ctx, func(tx *db.Tx) error { return finish(ctx, tx, j) })
}

// keepLease renews the lease of a long job or schedule until stopped.
func (r *Runner) keepLease(ctx context.Context, of string, renew func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		tick := time.NewTicker(r.lease / 3)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if err := renew(ctx); err != nil && ctx.Err() == nil {
					r.log.Warn("lease", "of", of, "error", err)
				}
			}
		}
	}()
	return cancel
}

func (r *Runner) nextSchedule(ctx context.Context) (*schedule, time.Time, error) {
	due, err := dueSchedules(ctx, r.db)
	if err != nil {
		return nil, time.Time{}, err
	}
	for _, d := range due { // earliest first
		for i := range r.schedules {
			if r.schedules[i].name == d.name {
				return &r.schedules[i], d.at, nil
			}
		}
	}
	return nil, time.Time{}, nil
}

func (r *Runner) runSchedule(ctx context.Context, s schedule, at time.Time) (bool, error) {
	ok, err := claimSchedule(ctx, r.db, s.name, at, r.lease)
	if err != nil || !ok {
		return false, err
	}
	// Another worker that took it over would go on to later instants while this one is still at an earlier one.
	stop := r.keepLease(ctx, s.name, func(ctx context.Context) error { return renewSchedule(ctx, r.db, s.name, at, r.lease) })
	failure := r.trySchedule(ctx, s, at)
	stop()
	if failure != nil {
		r.log.Error("schedule failed", "schedule", s.name, "at", at, "error", failure)
	}
	return true, endSchedule(ctx, r.db, s.name, at, s.next(at), failure)
}

func (r *Runner) trySchedule(ctx context.Context, s schedule, at time.Time) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return s.run(ctx, at)
}
