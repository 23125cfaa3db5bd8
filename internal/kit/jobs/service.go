package jobs

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// Service shows jobs in the vendor's portal and lets an administrator try dead ones again.
type Service struct{ db *db.DB }

// NewService returns the service.
func NewService(d *db.DB) *Service { return &Service{db: d} }

// A Count is how many jobs are in a state.
type Count struct {
	State State
	Jobs  int64
}

// A Planned schedule with its next and last run.
type Planned struct {
	Name      string
	Next      time.Time
	Last      time.Time
	LastError string
}

// A Filter narrows the list. Before is the id of the last job seen.
type Filter struct {
	State  State
	Kind   string
	Before string
	Limit  int
}

// List returns jobs, newest first. The vendor's administrators and auditors may.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) ([]Job, error) {
	if err := by.May(actor.ViewJobs); err != nil {
		return nil, err
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	return db.All(ctx, s.db.Read(), scan, `SELECT `+columns+` FROM job WHERE ($1 = '' OR state = $1) AND ($2 = '' OR kind = $2)
		AND ($3 = '' OR id COLLATE "C" < $3) ORDER BY id COLLATE "C" DESC LIMIT $4`, string(f.State), f.Kind, f.Before, f.Limit)
}

// Overview returns the counts by state and the schedules.
func (s *Service) Overview(ctx context.Context, by actor.Actor) ([]Count, []Planned, error) {
	if err := by.May(actor.ViewJobs); err != nil {
		return nil, nil, err
	}
	counts, err := Counts(ctx, s.db.Read())
	if err != nil {
		return nil, nil, err
	}
	plans, err := db.All(ctx, s.db.Read(), func(r db.Row) (p Planned, err error) {
		return p, r.Scan(&p.Name, db.Time(&p.Next), db.Time(&p.Last), &p.LastError)
	}, `SELECT name, next_at, last_run_at, last_error FROM schedule ORDER BY name COLLATE "C"`)
	return counts, plans, err
}

// Counts returns how many jobs are in each state, for the metrics and for Overview.
func Counts(ctx context.Context, q db.Querier) ([]Count, error) {
	return db.All(ctx, q, func(r db.Row) (c Count, err error) { return c, r.Scan(&c.State, &c.Jobs) },
		`SELECT state, count(*) FROM job GROUP BY state ORDER BY state`)
}

// Retry makes a dead job ready again. Only the vendor's administrators may; Conflict if it isn't dead.
func (s *Service) Retry(ctx context.Context, by actor.Actor, id string) error {
	if err := by.May(actor.RetryJob); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		err := db.Change(ctx, tx, `UPDATE job SET state = 'ready', attempts = 0, run_at = $2 WHERE id = $1 AND state = 'dead'`,
			id, db.Micros(tx.Now))
		if errors.Is(err, db.ErrNoRow) {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.RetryJob, audit.Subject{Kind: "job", ID: id}, nil)
	})
}
