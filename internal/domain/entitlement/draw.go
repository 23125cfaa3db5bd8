package entitlement

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

// Draw takes units for something, in the caller's transaction, once for a key. A Refusal when no plan runs or fewer are
// left; the caller's transaction must then be given up. Without a limit the draw is counted all the same: it counts
// against a lower level taken later in the month.
func Draw(ctx context.Context, tx *db.Tx, by actor.Actor, t Taking) (Drawn, error) {
	if t.N <= 0 || t.Key == "" || t.Subject == "" {
		return Drawn{}, fmt.Errorf("draw of %d %s for %q under the key %q", t.N, t.Unit, t.Subject, t.Key)
	}
	if t.At.IsZero() {
		t.At = tx.Now
	}
	p, x, err := at(ctx, tx, by, t.Account, t.Unit, t.At)
	if err != nil {
		return Drawn{}, err
	}
	if x, err = lockPeriod(ctx, tx, t.Account, t.Unit, x.name, t.N); err != nil {
		return Drawn{}, err
	}
	if x.ended {
		return Drawn{}, &Refusal{Why: Ended, Args: i18n.A{"unit": t.Unit.Label()}}
	}
	out, err := x.take(ctx, tx, by, t)
	if err != nil {
		return Drawn{}, noneLeft(err, p, x)
	}
	if out.Replayed {
		_, err = lockPeriod(ctx, tx, t.Account, t.Unit, x.name, -t.N)
	}
	return out, err
}

// take posts a draw. What has no limit is granted in the same breath, so that the books show each piece.
func (p period) take(ctx context.Context, tx *db.Tx, by actor.Actor, t Taking) (out Drawn, err error) {
	vendor, err := vendorOf(ctx, tx)
	if err != nil {
		return out, err
	}
	key := "draw:" + string(t.Unit) + ":" + t.Key
	if p.uncapped {
		_, err := ledger.Post(ctx, tx, by, ledger.Posting{Book: vendor, Key: p.account + ":" + key, Kind: ledger.Grant, Scene: "unlimited", Subject: t.Subject, Verb: actor.GiveUnits,
			Moves: []ledger.Move{{From: ledger.Place{Owner: vendor, Kind: ledger.Granted, Unit: string(t.Unit)}, To: p.place(), Minor: t.N}}})
		if err != nil {
			return out, err
		}
	}
	done, err := ledger.Post(ctx, tx, by, ledger.Posting{Book: p.account, Key: key, Kind: ledger.Consume, Scene: string(t.Unit), Subject: t.Subject, Memo: t.Memo, Verb: actor.TakeUnits,
		Moves: []ledger.Move{{From: p.place(), To: delivered(vendor, t.Unit), Minor: t.N}}})
	if err != nil {
		return out, err
	}
	out = Drawn{Transfer: done.ID, Period: p.name, Left: Unlimited, Replayed: done.Replayed}
	if !p.uncapped {
		b, err := ledger.BalanceOf(ctx, tx, p.place())
		out.Left = b.Available()
		return out, err
	}
	return out, nil
}

// delivered is where drawn units go: what the vendor has done for its partners.
func delivered(vendor string, u Unit) ledger.Place {
	return ledger.Place{Owner: vendor, Kind: ledger.Revenue, Unit: string(u)}
}

// noneLeft turns the ledger's refusal into words about the plan.
func noneLeft(err error, p Plan, x period) error {
	var short *ledger.Refusal
	if !errors.As(err, &short) || short.Why != ledger.Short {
		return err
	}
	return &Refusal{Why: NoneLeft, Args: i18n.A{"unit": x.unit.Label(), "have": strconv.FormatInt(max(short.Have, 0), 10), "need": strconv.FormatInt(short.Need, 10),
		"level": p.Level.Label(), "until": lastDay(x.until)}}
}

// at is the plan that runs at an instant, and the row of its month or plan year.
func at(ctx context.Context, tx *db.Tx, by actor.Actor, account string, u Unit, at time.Time) (Plan, period, error) {
	p, found, err := PlanOf(ctx, tx, account)
	if err != nil {
		return p, period{}, err
	}
	if !found || !p.Running(at) {
		return p, period{}, &Refusal{Why: NoPlan, Args: i18n.A{"unit": u.Label()}}
	}
	name, _, _ := span(p, u, at)
	x, err := readPeriod(ctx, tx, account, u, name)
	if !errors.Is(err, db.ErrNoRow) {
		return p, x, err
	}
	// The first one of the period: it's opened under the plan's lock, so that no change of the level passes it by.
	if p, _, err = lockPlan(ctx, tx, account); err != nil {
		return p, x, err
	}
	if !p.Running(at) {
		return p, x, &Refusal{Why: NoPlan, Args: i18n.A{"unit": u.Label()}}
	}
	terms, err := termsAt(ctx, tx, at)
	if err != nil {
		return p, x, err
	}
	x, err = ensure(ctx, tx, by, p, terms, u, at)
	return p, x, err
}

// GiveBack undoes a draw, once. What comes back into a period that has ended goes with it.
func GiveBack(ctx context.Context, tx *db.Tx, by actor.Actor, account string, u Unit, transfer, why string) error {
	_, entries, err := ledger.Get(ctx, tx, account, transfer)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Place.Owner != account || e.Place.Kind != ledger.Entitlement {
			continue
		}
		x, err := lockPeriod(ctx, tx, account, u, e.Place.Ref, e.Minor) // what left has a negative amount
		if err != nil {
			return err
		}
		if _, err := ledger.Reverse(ctx, tx, by, actor.TakeUnits, account, transfer, why); err != nil {
			return err
		}
		return settle(ctx, tx, by, x, "back", e.Subject)
	}
	return fmt.Errorf("transfer %s of %s draws no %s", transfer, account, u)
}

// Available is what an account has of a unit at an instant, and of what.
func Available(ctx context.Context, q db.Querier, account string, u Unit, at time.Time) (Left, error) {
	p, found, err := PlanOf(ctx, q, account)
	if err != nil {
		return Left{}, err
	}
	if !found {
		p = Plan{Account: account, Level: Basic}
	}
	return available(ctx, q, p, u, at)
}

// All is Available of every unit.
func All(ctx context.Context, q db.Querier, account string, at time.Time) (out []Left, err error) {
	p, found, err := PlanOf(ctx, q, account)
	if err != nil {
		return nil, err
	}
	if !found {
		p = Plan{Account: account, Level: Basic}
	}
	for _, u := range Units() {
		x, err := available(ctx, q, p, u, at)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

func available(ctx context.Context, q db.Querier, p Plan, u Unit, at time.Time) (out Left, err error) {
	out = Left{Unit: u, Level: Basic}
	if p.YearStart.IsNone() {
		return out, nil // never a plan
	}
	out.Period, out.From, out.Until = span(p, u, at)
	x, err := readPeriod(ctx, q, p.Account, u, out.Period)
	fresh := errors.Is(err, db.ErrNoRow)
	if err != nil && !fresh {
		return out, err
	}
	out.Used, out.Extra, out.Forgiven = x.used, x.extra, x.forgiven
	if !p.Running(at) {
		return out, nil
	}
	if out.Level = p.Level; fresh {
		terms, err := termsAt(ctx, q, at)
		if err != nil {
			return out, err
		}
		x.base, x.uncapped = allowance(terms, p, u)
	}
	if out.Base, out.Total = x.base, x.base+x.extra; x.uncapped {
		out.Base, out.Total, out.Left = Unlimited, Unlimited, Unlimited
		return out, nil
	}
	if out.Left = x.target(); fresh {
		return out, nil
	}
	b, err := ledger.BalanceOf(ctx, q, x.place())
	out.Held, out.Left = b.Held, b.Available()
	return out, err
}

// Draws is a page of what used a unit in a month or plan year, newest first: the ledger's entries.
func Draws(ctx context.Context, q db.Querier, account string, u Unit, name string, after ledger.Mark, limit int) ([]ledger.Entry, error) {
	return ledger.Entries(ctx, q, ledger.Statement{Owner: account, Kind: ledger.Entitlement, Unit: string(u), Ref: name, After: after, Limit: limit})
}

// Used tells whether an account has used a benefit that bars the return of its plan since an instant: days that the vendor
// agreed to, or a seat in a training. What is withdrawn in time, or given up, wasn't used.
func Used(ctx context.Context, q db.Querier, account string, since time.Time) (bool, error) {
	return usedSince(ctx, q, account, calendar.DayOf(since))
}

// Overview is what a company has of every unit, with whose plan it is. Who may see days may.
func (s *Service) Overview(ctx context.Context, by actor.Actor, company string) (holder string, rows []Left, err error) {
	if err := by.May(actor.ViewPlanDays); err != nil {
		return "", nil, err
	}
	q, now := s.db.Read(), s.db.Clock().Now()
	if err := sees(ctx, q, by, company); err != nil {
		return "", nil, err
	}
	if holder, err = Holder(ctx, q, company, now); err != nil {
		return "", nil, err
	}
	rows, err = All(ctx, q, holder, now)
	return holder, rows, err
}

// A Period is one month or plan year of a unit, for choosing.
type Period struct {
	Name  string
	From  time.Time
	Until time.Time
	Used  int64
}

// Uses is a page of what moved a unit in a month or plan year ("" = the running one), newest first, with the periods that
// can be chosen. Who may see days may.
func (s *Service) Uses(ctx context.Context, by actor.Actor, company string, u Unit, name string, after ledger.Mark, limit int) (rows []ledger.Entry, all []Period, err error) {
	if err := by.May(actor.ViewPlanDays); err != nil {
		return nil, nil, err
	}
	q := s.db.Read()
	if err := sees(ctx, q, by, company); err != nil {
		return nil, nil, err
	}
	past, err := pastPeriods(ctx, q, company, u, 36)
	if err != nil {
		return nil, nil, err
	}
	for _, x := range past {
		all = append(all, Period{x.name, x.from, x.until, x.used})
	}
	if name == "" {
		x, err := Available(ctx, q, company, u, s.db.Clock().Now())
		if err != nil {
			return nil, nil, err
		}
		if name = x.Period; name == "" {
			return nil, all, nil
		}
	}
	rows, err = Draws(ctx, q, company, u, name, after, bound(limit))
	return rows, all, err
}
