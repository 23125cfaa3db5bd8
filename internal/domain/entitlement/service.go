package entitlement

import (
	"context"
	"encoding/json"
	"time"

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
	terms, err := termsAt(ctx, tx, x.until)
	if err != nil {
		return err
	}
	_, err = ensure(ctx, tx, by, p, terms, e.Unit, x.until)
	return err
}

// may asks for a permission about a company that can have a plan.
func (s *Service) may(ctx context.Context, by actor.Actor, verb actor.Verb, company string) (account.Account, error) {
	if err := by.May(verb); err != nil {
		return account.Account{}, err
	}
	if err := sees(ctx, s.db.Read(), by, company); err != nil {
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

// sees returns nil when the actor may see a company's plan: the own one, that of the master or of a sub-account with the
// same company's name, any for the vendor's staff.
func sees(ctx context.Context, q db.Querier, by actor.Actor, company string) error {
	err := by.Sees(company)
	if err == nil || company == "" || by.Account == "" {
		return err
	}
	group, failed := account.Group(ctx, q, by.Account)
	if failed != nil {
		return failed
	}
	for _, a := range group {
		if a.ID == company {
			return nil
		}
	}
	return err
}

// Holder is the account whose plan serves an account at an instant: its own, or else the highest one among the accounts of
// the same company; the account itself when there's none.
func Holder(ctx context.Context, q db.Querier, company string, at time.Time) (string, error) {
	own, _, err := PlanOf(ctx, q, company)
	if err != nil || own.Running(at) {
		return company, err
	}
	group, err := account.Group(ctx, q, company)
	if err != nil {
		return company, err
	}
	best := Plan{Account: company}
	for _, a := range group {
		p, _, err := PlanOf(ctx, q, a.ID)
		if err != nil {
			return company, err
		}
		if p.Running(at) && (best.Level == "" || p.Level == Premium && best.Level != Premium) {
			best = p
		}
	}
	return best.Account, nil
}
