package entitlement

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
)

// OnPlan takes what a plan gives from now on: it began, changed, was renewed, or ended (BASIC). What was used in the
// running month and plan year stays used, whatever happens to the level; the same plan said twice changes nothing. At the
// end what is left goes, packs with it, and days that were asked for and haven't come are given up.
func OnPlan(ctx context.Context, tx *db.Tx, by actor.Actor, p Plan) error {
	switch p.Level {
	case Basic, Standard, Premium:
	default:
		return fmt.Errorf("plan of %s has the level %q", p.Account, p.Level)
	}
	old, found, err := lockPlan(ctx, tx, p.Account)
	if err != nil || !found && p.Level == Basic {
		return err
	}
	if p, err = follow(ctx, tx, old, found, p); err != nil {
		return err
	}
	if found {
		err = updatePlan(ctx, tx, p)
	} else {
		found, err = insertPlan(ctx, tx, p)
		if err == nil && !found { // a race for the first plan: the other one is in sight now
			return OnPlan(ctx, tx, by, p)
		}
	}
	if err != nil {
		return err
	}
	if p.Level == Basic {
		if err := giveUp(ctx, tx, by, p.Account, old); err != nil {
			return err
		}
	}
	terms, err := termsAt(ctx, tx, tx.Now)
	if err != nil {
		return err
	}
	if p.Level != Basic {
		for _, u := range Units() { // the running month's and plan year's rows
			if _, err := ensure(ctx, tx, by, p, terms, u, tx.Now); err != nil {
				return err
			}
		}
	}
	return relevel(ctx, tx, by, p, terms)
}

// follow completes a plan by what went before. A plan that begins within a plan year whose days were used goes on with
// that year: ending and buying again gives no second days.
func follow(ctx context.Context, tx *db.Tx, old Plan, found bool, p Plan) (Plan, error) {
	if p.From.IsZero() {
		p.From = tx.Now
	}
	if p.YearStart.IsNone() {
		p.YearStart = calendar.DayOf(p.From)
	}
	if p.Level == Basic {
		p.Until, p.YearStart, p.Monthly = p.From, old.YearStart, old.Monthly
		return p, nil
	}
	if !found {
		return p, nil
	}
	if old.Level != Basic && p.From.After(old.From) && p.Level == old.Level && p.From.Before(old.Until) {
		p.From = old.From // renewed: it runs on
	}
	for _, u := range []Unit{Consulting, Event} {
		name, _, _ := span(old, u, p.From)
		x, err := readPeriod(ctx, tx, p.Account, u, name)
		if err != nil && !errors.Is(err, db.ErrNoRow) {
			return p, err
		}
		if err != nil || x.ended {
			continue
		}
		b, err := ledger.BalanceOf(ctx, tx, x.place())
		if err != nil {
			return p, err
		}
		if x.used > 0 || b.Held > 0 {
			p.YearStart = old.YearStart
		}
	}
	return p, nil
}

// relevel gives every open period what the plan gives now.
func relevel(ctx context.Context, tx *db.Tx, by actor.Actor, p Plan, terms product.Terms) error {
	open, err := openPeriods(ctx, tx, p.Account, tx.Now)
	if err != nil {
		return err
	}
	for _, x := range open {
		if x, err = lockPeriod(ctx, tx, x.account, x.unit, x.name, 0); err != nil {
			return err
		}
		was := x
		x.base, x.uncapped = allowance(terms, p, x.unit)
		if name, _, _ := span(p, x.unit, x.from); name != x.name {
			x.base, x.uncapped = 0, false // of an earlier plan's year, which this one doesn't go on with
		}
		if p.Level == Basic {
			x.extra, x.forgiven = 0, 0
		}
		if x.unit == Ticket && (x.base != was.base || x.uncapped != was.uncapped) {
			x.forgiven = max(0, x.used-x.base-x.extra) // below 0 = 0 left: a pack bought later gives all its tickets
		}
		if x.uncapped || p.Level == Basic {
			x.forgiven = 0
		}
		if x != was {
			if err := savePeriod(ctx, tx, x); err != nil {
				return err
			}
		}
		if err := settle(ctx, tx, by, x, "level", "plan:"+p.Account); err != nil {
			return err
		}
	}
	return nil
}

// ensure is the row of the month or plan year that an instant is in. The caller holds the plan's row.
func ensure(ctx context.Context, tx *db.Tx, by actor.Actor, p Plan, terms product.Terms, u Unit, at time.Time) (period, error) {
	name, from, until := span(p, u, at)
	x, err := readPeriod(ctx, tx, p.Account, u, name)
	if err == nil || !errors.Is(err, db.ErrNoRow) {
		return x, err
	}
	x = period{account: p.Account, unit: u, name: name, from: from, until: until}
	x.base, x.uncapped = allowance(terms, p, u)
	if _, err := insertPeriod(ctx, tx, x); err != nil {
		return x, err
	}
	vendor, err := vendorOf(ctx, tx)
	if err != nil {
		return x, err
	}
	if err := ledger.Connect(ctx, tx, p.Account, vendor, string(u)); err != nil {
		return x, err
	}
	if err := ledger.Open(ctx, tx, x.place()); err != nil {
		return x, err
	}
	key := p.Account + ":" + string(u) + ":" + name
	if err := jobs.Add(ctx, tx, jobs.New{Kind: endJob, Key: key, Account: p.Account, Payload: ending{u, name}, RunAt: until}); err != nil {
		return x, err
	}
	return x, settle(ctx, tx, by, x, "period", "plan:"+p.Account)
}

// settle makes the ledger hold what a period should: it grants what is missing and takes back what is too much. What is
// held for undecided requests stays. The caller holds the period's row.
func settle(ctx context.Context, tx *db.Tx, by actor.Actor, x period, scene, subject string) error {
	b, err := ledger.BalanceOf(ctx, tx, x.place())
	if err != nil {
		return err
	}
	diff := max(b.Held, x.target()) - b.Minor
	if diff == 0 {
		return nil
	}
	vendor, err := vendorOf(ctx, tx)
	if err != nil {
		return err
	}
	source := ledger.Place{Owner: vendor, Kind: ledger.Granted, Unit: string(x.unit)}
	post := ledger.Posting{Book: vendor, Kind: ledger.Grant, Scene: scene, Subject: subject, Verb: actor.GiveUnits,
		Moves: []ledger.Move{{From: source, To: x.place(), Minor: diff}}}
	if diff < 0 {
		post.Book, post.Kind, post.Moves[0] = x.account, ledger.Expire, ledger.Move{From: x.place(), To: source, Minor: -diff}
	}
	_, err = ledger.Post(ctx, tx, by, post)
	return err
}

func (p period) place() ledger.Place {
	return ledger.Place{Owner: p.account, Kind: ledger.Entitlement, Unit: string(p.unit), Ref: p.name}
}

func vendorOf(ctx context.Context, q db.Querier) (string, error) {
	v, err := account.VendorAccount(ctx, q)
	if err != nil {
		return "", fmt.Errorf("vendor account: %w", err)
	}
	return v.ID, nil
}

// OnPack adds packs of tickets to the natural month of an instant, once for an order. A Refusal when the level isn't
// one that packs are sold for: BASIC has no technical tickets, PREMIUM has as many as it needs.
func OnPack(ctx context.Context, tx *db.Tx, by actor.Actor, account, order string, n int64, at time.Time) error {
	if n <= 0 {
		return fmt.Errorf("order %s of %d packs", order, n)
	}
	if at.IsZero() {
		at = tx.Now
	}
	p, found, err := lockPlan(ctx, tx, account)
	if err != nil {
		return err
	}
	terms, err := termsAt(ctx, tx, at)
	if err != nil {
		return err
	}
	if !found || !p.Running(at) || !terms.Of(rate.Level(p.Level)).Packs {
		return &Refusal{Why: NotStandard}
	}
	x, err := ensure(ctx, tx, by, p, terms, Ticket, at)
	if err != nil {
		return err
	}
	if x, err = lockPeriod(ctx, tx, account, Ticket, x.name, 0); err != nil {
		return err
	}
	if x.ended {
		return &Refusal{Why: Ended, Args: i18n.A{"unit": Ticket.Label()}}
	}
	vendor, err := vendorOf(ctx, tx)
	if err != nil {
		return err
	}
	more := n * int64(terms.PackTickets)
	done, err := ledger.Post(ctx, tx, by, ledger.Posting{Book: vendor, Key: "pack:" + account + ":" + order, Kind: ledger.Grant, Scene: "pack", Subject: "order:" + order, Verb: actor.GiveUnits,
		Moves: []ledger.Move{{From: ledger.Place{Owner: vendor, Kind: ledger.Granted, Unit: string(Ticket)}, To: x.place(), Minor: more}}})
	if err != nil || done.Replayed {
		return err
	}
	x.extra += more
	return savePeriod(ctx, tx, x)
}
