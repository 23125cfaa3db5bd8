package subscription

import (
	"context"
	"time"

	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/tier"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// The kinds of jobs: what is due of a subscription, and its automatic renewal, which is the orders' work.
const (
	DueJob   = "plan.due"
	RenewJob = "plan.renew"
)

// A Ref is the payload of both kinds of jobs.
type Ref struct {
	Account      string `json:"account"`
	Subscription string `json:"subscription"`
}

// Begin stores a first purchase in the caller's transaction. Conflict when the account has a plan already. The caller
// asked for the permission and has taken the money.
func Begin(ctx context.Context, tx *db.Tx, by actor.Actor, account, name, order string, h rate.History) (s Subscription, err error) {
	s = Subscription{Account: account, ID: id.New("sub", tx.Wall), AccountName: name, State: Active, Level: levelAt(h, tx.Now), History: h, Begun: h.First,
		Expires: h.Expiry(), RenewTerm: h.Periods[0].Term, RenewLeft: Unlimited, DeductDay: DefaultDeductDay, Version: 1, Edition: 1,
		CreatedAt: tx.Now, ChangedAt: tx.Now}
	fresh, err := insert(ctx, tx, s)
	if err != nil {
		return s, err
	}
	if !fresh {
		return s, fault.Conflict(i18n.M("subscription.there_already"))
	}
	e := s.changed("began")
	e.Order = order
	return s, s.after(ctx, tx, by, e)
}

// What a changed history means.
const (
	Renewed   = "renewed"
	Levelled  = "changed"
	Shortened = "shortened" // renewed periods were given back
	Ended     = "cancelled"
)

// Rewrite stores a changed history of a subscription that the caller's transaction holds. A renewal in grace or
// retention makes it active again. The caller asked for the permission and has moved the money.
func Rewrite(ctx context.Context, tx *db.Tx, by actor.Actor, s *Subscription, h rate.History, what, order string) error {
	from := s.Level
	s.History, s.Version = h, s.Version+1
	switch {
	case what == Ended:
		s.State, s.Ended, s.EndedAt, s.AutoRenew = Released, Cancelled, tx.Now, false
	default:
		s.Expires, s.Level = h.Expiry(), levelAt(h, tx.Now)
		if tx.Now.Before(s.Over()) {
			s.State, s.GraceUntil, s.ReleaseAt = Active, time.Time{}, time.Time{}
		}
		s.Reminded = s.passed(tx.Now)
	}
	if err := s.save(ctx, tx); err != nil {
		return err
	}
	e := s.changed(what)
	e.Order, e.From = order, from
	return s.after(ctx, tx, by, e)
}

// passed is the last reminder whose instant lies behind: it isn't sent any more.
func (s Subscription) passed(at time.Time) int {
	s.Reminded = 0
	return s.due(at)
}

func (s *Subscription) save(ctx context.Context, tx *db.Tx) error {
	s.ChangedAt = tx.Now
	return update(ctx, tx, *s)
}

// after does what follows from a change that is stored: the entitlements, the next jobs, the event.
func (s Subscription) after(ctx context.Context, tx *db.Tx, by actor.Actor, e Changed) error {
	if err := s.serve(ctx, tx, by); err != nil {
		return err
	}
	if err := s.plan(ctx, tx); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, e)
}

// serve says to the entitlements what is served from now on.
func (s Subscription) serve(ctx context.Context, tx *db.Tx, by actor.Actor) error {
	until := s.GraceUntil
	if until.IsZero() {
		t, err := tier.Of(ctx, tx, s.Account, tx.Now)
		if err != nil {
			return err
		}
		until = s.lastDay().AddDays(t.Grace + 1).Time()
	}
	return entitlement.OnPlan(ctx, tx, by, entitlement.Plan{Account: s.Account, Level: entitlement.Level(s.Serves()), From: tx.Now, Until: until,
		YearStart: calendar.DayOf(s.Begun), Monthly: s.Running(tx.Now).Term.Unit == rate.Month})
}

// plan makes the jobs of the next instants at which something is due. A job that comes when nothing is due any more
// does nothing.
func (s Subscription) plan(ctx context.Context, tx *db.Tx) error {
	for _, x := range []struct {
		kind string
		at   time.Time
	}{{DueJob, s.next(tx.Now)}, {RenewJob, s.NextRenewal(tx.Now)}} {
		if x.at.IsZero() {
			continue
		}
		n := jobs.New{Kind: x.kind, Key: s.ID + "@" + x.at.Format(time.RFC3339), Account: s.Account, Payload: Ref{s.Account, s.ID}, RunAt: x.at}
		if err := jobs.Add(ctx, tx, n); err != nil {
			return err
		}
	}
	return nil
}

// Retry plans the next automatic renewal after one that failed.
func Retry(ctx context.Context, tx *db.Tx, s Subscription) error { return s.plan(ctx, tx) }

// Spend counts one automatic renewal of a subscription that the transaction holds. With the last one it's turned off.
func Spend(ctx context.Context, tx *db.Tx, s *Subscription) error {
	if s.RenewLeft == Unlimited {
		return nil
	}
	if s.RenewLeft--; s.RenewLeft <= 0 {
		s.AutoRenew, s.RenewLeft = false, Unlimited
	}
	return s.save(ctx, tx)
}

// ReleasedAt is the instant at which a plan is released when nobody renews it: with the tier of now as long as it's
// active.
func ReleasedAt(ctx context.Context, q db.Querier, s Subscription, at time.Time) (time.Time, error) {
	if !s.ReleaseAt.IsZero() {
		return s.ReleaseAt, nil
	}
	t, err := tier.Of(ctx, q, s.Account, at)
	return s.lastDay().AddDays(t.Grace + t.Retention + 1).Time(), err
}
