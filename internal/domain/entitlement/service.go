package entitlement

import (
	"context"
	"encoding/json"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
)

// Service holds the verbs of those who ask for days and trainings, and of those who decide.
type Service struct{ db *db.DB }

// New returns the service.
func New(d *db.DB) *Service { return &Service{d} }

const (
	endJob = "entitlement.end" // of a month or plan year
	dayJob = "entitlement.day" // a request's first day comes, or its last one is over
)

// Register adds what happens by itself: the end of months and plan years, and the days of requests. Each is a job of its
// own instant, so that a server that was off, or a clock that jumps, comes to the same end.
func (s *Service) Register(r *jobs.Runner) {
	r.Inside(endJob, s.end)
	r.Inside(dayJob, s.day)
	r.Inside(tellJob, s.tell)
}

// ending names the month or plan year of a unit that is over.
type ending struct {
	Unit   Unit   `json:"unit"`
	Period string `json:"period"`
}

// end takes back what is left of a month or plan year, and opens the next one if the plan still runs.
func (s *Service) end(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var e ending
	if err := json.Unmarshal(j.Payload, &e); err != nil {
		return err
	}
	by := actor.Program("entitlement")
	p, _, err := lockPlan(ctx, tx, j.Account)
	if err != nil {
		return err
	}
	x, err := lockPeriod(ctx, tx, j.Account, e.Unit, e.Period, 0)
	if err != nil {
		return err
	}
	if x.ended = true; x.until.After(tx.Now) {
		return nil
	}
	if err := savePeriod(ctx, tx, x); err != nil {
		return err
	}
	if err := settle(ctx, tx, by, x, "period_end", "plan:"+x.account); err != nil {
		return err
	}
	if !p.Running(x.until) {
		return nil
	}
	_, err = ensure(ctx, tx, by, p, e.Unit, x.until)
	return err
}

// may asks for a permission about a company that can have a plan.
func (s *Service) may(ctx context.Context, by actor.Actor, verb actor.Verb, company string) (account.Account, error) {
	if err := by.May(verb); err != nil {
		return account.Account{}, err
	}
	if err := by.Sees(company); err != nil {
		return account.Account{}, err
	}
	a, err := account.Get(ctx, s.db.Read(), company)
	if err == nil && a.Kind != actor.Partner && a.Kind != actor.Customer {
		err = fault.NotFound()
	}
	return a, err
}

func bound(n int) int {
	if n <= 0 || n > 500 {
		return 50
	}
	return n
}
