// Package jobs does later what need not be done at once: events handed to their subscribers, single jobs, and
// schedules.
//
// Jobs are rows of the same database, claimed by an UPDATE with a lease, so that several processes share them.
// A transactional job commits its effect together with its own completion: exactly once. A job that reaches
// outside (mail) runs at least once and must recognize a repetition by its key. After too many failures a job is
// dead: it waits in the vendor's portal for somebody to look at it.
package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
)

// A State says who acts next.
type State string

// The states of a job.
const (
	Ready   State = "ready"   // a runner takes it when it's due
	Running State = "running" // a runner has it until the lease ends
	Done    State = "done"    // nobody: it's finished
	Dead    State = "dead"    // a person: it failed too often
)

const (
	usualLease  = 2 * time.Minute
	maxAttempts = 8 // with backoff about two hours in all
)

// A Job is one piece of work. Key is unique within its kind for ever: a second job with it isn't made.
type Job struct {
	ID        string
	Kind      string
	Key       string
	Account   string
	Payload   json.RawMessage
	State     State
	RunAt     time.Time // business instant
	Attempts  int
	LastError string
	CreatedAt time.Time
	Finished  time.Time
}

// A New job; RunAt zero means now.
type New struct {
	Kind, Key, Account string
	Payload            any
	RunAt              time.Time
}

// Add makes a job in the caller's transaction, unless one with its kind and key exists.
func Add(ctx context.Context, tx *db.Tx, n New) error {
	payload, err := json.Marshal(n.Payload)
	if err != nil {
		return fmt.Errorf("job %s: %w", n.Kind, err)
	}
	if n.RunAt.IsZero() {
		n.RunAt = tx.Now
	}
	return insert(ctx, tx, Job{ID: id.New("job", tx.Wall), Kind: n.Kind, Key: n.Key, Account: n.Account,
		Payload: payload, State: Ready, RunAt: n.RunAt, CreatedAt: tx.Now})
}

// AddAll is Add for many: one statement however many there are.
func AddAll(ctx context.Context, tx *db.Tx, all []New) error {
	rows := make([]Job, len(all))
	for i, n := range all {
		payload, err := json.Marshal(n.Payload)
		if err != nil {
			return fmt.Errorf("job %s: %w", n.Kind, err)
		}
		if n.RunAt.IsZero() {
			n.RunAt = tx.Now
		}
		rows[i] = Job{ID: id.New("job", tx.Wall), Kind: n.Kind, Key: n.Key, Account: n.Account, Payload: payload, State: Ready, RunAt: n.RunAt, CreatedAt: tx.Now}
	}
	return insertAll(ctx, tx, rows)
}

// A Runner hands events on, runs due jobs and schedules. Register everything before Run.
type Runner struct {
	db        *db.DB
	log       *slog.Logger
	wake      chan struct{}
	lease     time.Duration // a worker that died is replaced after this; wall time
	inside    map[string]func(context.Context, *db.Tx, Job) error
	outside   map[string]func(context.Context, Job) error
	listeners map[string][]string // event kind → subscriber names
	gatherers map[string][]string // those that get many events at once
	many      map[string]func(context.Context, *db.Tx, []outbox.Event) error
	schedules []schedule
	gathering atomic.Bool  // new events are left alone for a moment
	gate      sync.RWMutex // workers hold it for reading during a step, Alone for writing
}

// NewRunner returns a runner without any work.
func NewRunner(d *db.DB, log *slog.Logger) *Runner {
	r := &Runner{
		db: d, log: log, wake: make(chan struct{}, 1), lease: usualLease,
		inside:    map[string]func(context.Context, *db.Tx, Job) error{},
		outside:   map[string]func(context.Context, Job) error{},
		listeners: map[string][]string{},
		gatherers: map[string][]string{},
		many:      map[string]func(context.Context, *db.Tx, []outbox.Event) error{},
	}
	d.OnCommit(r.Wake)
	return r
}

// SetLease says how long the work of a worker that died stays with it, instead of two minutes. A worker that lives
// renews its lease in time; one that is slower than that is replaced, and its work undone. Call it before Run.
func (r *Runner) SetLease(d time.Duration) { r.lease = d }

// Wake makes the runner look for work now.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Inside registers work whose whole effect is in the database: it commits with the job's completion. The
// transaction's business instant is the job's due time.
func (r *Runner) Inside(kind string, f func(ctx context.Context, tx *db.Tx, j Job) error) {
	r.inside[kind] = f
}

// Outside registers work that reaches outside or takes many transactions: it may run more than once.
func (r *Runner) Outside(kind string, f func(ctx context.Context, j Job) error) { r.outside[kind] = f }

// On subscribes to events of a kind under a name that never changes: the name is part of what makes the effect
// happen once. The subscriber runs at the event's instant.
func (r *Runner) On(kind, name string, f func(ctx context.Context, tx *db.Tx, e outbox.Event) error) {
	r.listeners[kind] = append(r.listeners[kind], name)
	r.inside["event:"+name] = func(ctx context.Context, tx *db.Tx, j Job) error {
		var e outbox.Event
		if err := json.Unmarshal(j.Payload, &e); err != nil {
			return err
		}
		return f(ctx, tx, e)
	}
}

// OnMany is On for what happens thousands of times a second: the subscriber gets all events of a kind that are handed on
// together, oldest first, in the transaction that hands them on. They succeed or fail as one; when they fail, they become
// one job, at the instant of the last one. The subscriber is short, as it holds up the events of others.
func (r *Runner) OnMany(kind, name string, f func(ctx context.Context, tx *db.Tx, all []outbox.Event) error) {
	r.gatherers[kind] = append(r.gatherers[kind], name)
	r.many[name] = f
	r.inside["events:"+name] = func(ctx context.Context, tx *db.Tx, j Job) error {
		var all []outbox.Event
		if err := json.Unmarshal(j.Payload, &all); err != nil {
			return err
		}
		return f(ctx, tx, all)
	}
}

// A schedule runs at each due instant, also at those that were missed, one after the other, so that time travel
// and a server that was off lead to the same result.
type schedule struct {
	name string
	next func(after time.Time) time.Time
	run  func(ctx context.Context, at time.Time) error
}

// Every registers a schedule. next gives the first due instant after another; run gets the due instant, and
// must do nothing new when it's called again with the same.
func (r *Runner) Every(name string, next func(after time.Time) time.Time, run func(ctx context.Context, at time.Time) error) {
	r.schedules = append(r.schedules, schedule{name, next, run})
}

// Interval is a next function for Every: each multiple of d since 1970.
func Interval(d time.Duration) func(time.Time) time.Time {
	return func(after time.Time) time.Time { return after.Truncate(d).Add(d) }
}

// Latest is a next function for Every that makes up for missed instants once, at the last of them: for housekeeping, and
// for whatever looks at the present alone. Without it a clock that jumps a year ahead has each of them run.
func Latest(now func() time.Time, next func(after time.Time) time.Time) func(time.Time) time.Time {
	return func(after time.Time) time.Time {
		t := next(after)
		for present := now(); ; {
			following := next(t)
			if following.After(present) {
				return t
			}
			t = following
		}
	}
}

// backoff is how long a job waits after its n-th failure: 5 s, 20 s, 80 s … at most an hour.
func backoff(n int) time.Duration {
	return min(5*time.Second<<(2*min(n-1, 8)), time.Hour)
}
