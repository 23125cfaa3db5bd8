package subscription

import (
	"context"
	"encoding/json"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/tier"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// Service has the verbs.
type Service struct{ db *db.DB }

// New returns the service.
func New(d *db.DB) *Service { return &Service{d} }

// Register adds the job that does what is due.
func (s *Service) Register(r *jobs.Runner) { r.Inside(DueJob, s.due) }

// due does what is due of one subscription at the job's instant.
func (s *Service) due(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var ref Ref
	if err := json.Unmarshal(j.Payload, &ref); err != nil {
		return err
	}
	x, ok, err := Hold(ctx, tx, ref.Account)
	if err != nil || !ok || x.ID != ref.Subscription {
		return err
	}
	by := actor.Program("plan")
	what, days, err := x.step(ctx, tx)
	if err != nil {
		return err
	}
	if what == "" {
		x.Level = levelAt(x.History, tx.Now)
		if err := x.save(ctx, tx); err != nil {
			return err
		}
		if err := x.serve(ctx, tx, by); err != nil {
			return err
		}
		return x.plan(ctx, tx)
	}
	if err := x.save(ctx, tx); err != nil {
		return err
	}
	if what != "reminded" {
		detail := map[string]any{"did": what}
		if err := audit.Record(ctx, tx, by, actor.RunPlans, audit.Subject{Kind: "plan", ID: x.ID, Account: x.Account}, detail); err != nil {
			return err
		}
	}
	e := x.changed(what)
	e.Days = days
	return x.after(ctx, tx, by, e)
}

// step moves the subscription as far as the instant asks, by one step; "" when nothing is due.
func (s *Subscription) step(ctx context.Context, q *db.Tx) (what string, days int, err error) {
	now := q.Now
	switch {
	case s.State == Active && !now.Before(s.Over()):
		t, err := tier.Of(ctx, q, s.Account, now)
		if err != nil {
			return "", 0, err
		}
		s.State, s.GraceUntil = Grace, s.lastDay().AddDays(t.Grace+1).Time()
		s.ReleaseAt = s.lastDay().AddDays(t.Grace + t.Retention + 1).Time()
		return "grace", 0, nil
	case s.State == Active:
		if days = s.due(now); days > 0 {
			s.Reminded, what = days, "reminded"
		}
		return what, days, nil
	case s.State == Grace && !now.Before(s.GraceUntil):
		s.State = Retention
		return "retention", 0, nil
	case s.State == Retention && !now.Before(s.ReleaseAt):
		s.State, s.Ended, s.EndedAt, s.AutoRenew = Released, Lapsed, now, false
		return "released", 0, nil
	}
	return "", 0, nil
}

// A Served is what an account is served, and through whose plan.
type Served struct {
	Owner string // the account that bought it; "" = nobody did
	Name  string
	Level rate.Level
	Plan  Subscription
}

// ServedBy finds the plan that an account is served through: its own, or that of its master or of a sub-account of the
// same company.
func ServedBy(ctx context.Context, q db.Querier, id string, at time.Time) (out Served, err error) {
	out.Level = rate.Basic
	group, err := account.Group(ctx, q, id)
	if err != nil {
		return out, err
	}
	ids := []string{id}
	for _, a := range group {
		if a.ID != id {
			ids = append(ids, a.ID)
		}
	}
	list, err := ofAll(ctx, q, ids)
	if err != nil || len(list) == 0 {
		return out, err
	}
	x := list[0]
	for _, s := range list {
		if s.Account == id {
			x = s
		}
	}
	if b := best(list); b.Serves().Rank() > x.Serves().Rank() {
		x = b
	}
	return Served{Owner: x.Account, Name: x.AccountName, Level: x.Serves(), Plan: x}, nil
}

// Valid tells whether an account has a plan of its own that is served: such an account stays with its partner.
func Valid(ctx context.Context, q db.Querier, id string) (bool, error) {
	x, ok, err := Of(ctx, q, id)
	return ok && x.Serves() != rate.Basic, err
}

// Binds is the Conflict of a sub-account that has a valid plan and so can't leave its master.
func Binds(ctx context.Context, q db.Querier, sub string) error {
	valid, err := Valid(ctx, q, sub)
	if err == nil && valid {
		err = fault.Conflict(i18n.M("subscription.binds"))
	}
	return err
}

// LevelOf is the level that an account is served at.
func LevelOf(ctx context.Context, q db.Querier, id string, at time.Time) (rate.Level, error) {
	s, err := ServedBy(ctx, q, id, at)
	return s.Level, err
}

// View returns the live plan of an account, "" = the own one. Its own people may, and the vendor's staff.
func (s *Service) View(ctx context.Context, by actor.Actor, id string) (Subscription, bool, error) {
	if err := by.May(actor.ViewPlan); err != nil {
		return Subscription{}, false, err
	}
	if id == "" {
		id = by.Account
	}
	if err := by.Sees(id); err != nil {
		return Subscription{}, false, err
	}
	return Of(ctx, s.db.Read(), id)
}

// Served returns what an account is served, "" = the own one. Its own people may, and the vendor's staff.
func (s *Service) Served(ctx context.Context, by actor.Actor, id string) (Served, error) {
	if err := by.May(actor.ViewPlan); err != nil {
		return Served{}, err
	}
	if id == "" {
		id = by.Account
	}
	if err := by.Sees(id); err != nil {
		return Served{}, err
	}
	return ServedBy(ctx, s.db.Read(), id, s.db.Clock().Now())
}

// List returns every plan that an account ever had, newest first. Its own people may, and the vendor's staff.
func (s *Service) List(ctx context.Context, by actor.Actor, id string) ([]Subscription, error) {
	if err := by.May(actor.ViewPlan); err != nil {
		return nil, err
	}
	if id == "" {
		id = by.Account
	}
	if err := by.Sees(id); err != nil {
		return nil, err
	}
	return All(ctx, s.db.Read(), id)
}

// An Auto says how a plan renews by itself. Times is how often; Unlimited or 0 without limit. A zero Term keeps the one
// that is set.
type Auto struct {
	On    bool
	Term  rate.Term
	Times int
}

// SetAutoRenew turns the automatic renewal of the own plan on or off; sub may be "" for the live plan. Who manages the
// plan may.
func (s *Service) SetAutoRenew(ctx context.Context, by actor.Actor, sub string, a Auto) (Subscription, error) {
	if a.Term != (rate.Term{}) && !a.Term.Valid() {
		return Subscription{}, rate.Fault(&rate.Refusal{Why: rate.BadTerm, Field: "term", Value: string(a.Term.Unit)})
	}
	if a.Times < Unlimited || a.Times > 99 {
		return Subscription{}, fault.Invalid("times", i18n.M("subscription.bad_times"))
	}
	return s.set(ctx, by, sub, func(x *Subscription) {
		x.AutoRenew = a.On
		if a.Term != (rate.Term{}) {
			x.RenewTerm = a.Term
		}
		if x.RenewLeft = a.Times; a.Times == 0 || !a.On {
			x.RenewLeft = Unlimited
		}
	})
}

// SetDeductDay says how many days before the expiry, 2 to 7, the automatic renewal of the own plan first tries.
func (s *Service) SetDeductDay(ctx context.Context, by actor.Actor, sub string, days int) (Subscription, error) {
	if days < 2 || days > 7 {
		return Subscription{}, fault.Invalid("deduct_day", i18n.M("subscription.bad_deduct_day"))
	}
	return s.set(ctx, by, sub, func(x *Subscription) { x.DeductDay = days })
}

// SetUnify says to which day of the month the own plan's renewals run: 1 to 28, -1 for the last one, 0 for none.
func (s *Service) SetUnify(ctx context.Context, by actor.Actor, sub string, day int) (Subscription, error) {
	if day < -1 || day > 28 {
		return Subscription{}, fault.Invalid("unify", i18n.M("subscription.bad_unify"))
	}
	return s.set(ctx, by, sub, func(x *Subscription) { x.Unify = day })
}

// set changes how the own live plan renews.
func (s *Service) set(ctx context.Context, by actor.Actor, sub string, do func(x *Subscription)) (x Subscription, err error) {
	if err := by.May(actor.ManagePlan); err != nil {
		return x, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		var ok bool
		if x, ok, err = Hold(ctx, tx, by.Account); err != nil {
			return err
		}
		if !ok || sub != "" && x.ID != sub {
			return fault.NotFound()
		}
		do(&x)
		if err := x.save(ctx, tx); err != nil {
			return err
		}
		if err := x.plan(ctx, tx); err != nil {
			return err
		}
		detail := map[string]any{"auto_renew": x.AutoRenew, "deduct_day": x.DeductDay, "unify": x.Unify, "times": x.RenewLeft}
		if err := audit.Record(ctx, tx, by, actor.ManagePlan, audit.Subject{Kind: "plan", ID: x.ID, Account: x.Account}, detail); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, x.changed("auto_set"))
	})
	return x, err
}
