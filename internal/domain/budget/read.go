package budget

import (
	"context"
	"errors"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// Budget returns one; NotFound when the customer has none.
func (s *Service) Budget(ctx context.Context, by actor.Actor, partner, customer string) (Budget, error) {
	a, c, err := s.customer(ctx, by, actor.ViewBudgets, partner, customer)
	if err != nil {
		return Budget{}, err
	}
	b, err := one(ctx, s.db.Read(), a.ID, c.ID)
	if errors.Is(err, db.ErrNoRow) {
		return b, fault.NotFound()
	}
	if err == nil {
		err = s.fill(ctx, s.db.Read(), []*Budget{&b}, s.db.Clock().Now())
	}
	return b, err
}

// Budgets lists a partner's budgets by customer, after the customer that the page before ended with. The partner's
// administrators and finance, a distributor for its reseller, and the vendor's staff may.
func (s *Service) Budgets(ctx context.Context, by actor.Actor, partner, after string, limit int) (out []Budget, next string, err error) {
	if partner, err = s.of(ctx, by, partner); err != nil {
		return nil, "", err
	}
	if limit <= 0 || limit > 500 {
		limit = 50
	}
	all, err := page(ctx, s.db.Read(), partner, partner, after, limit+1)
	if err != nil {
		return nil, "", err
	}
	if len(all) > limit {
		all = all[:limit]
		next = all[limit-1].Customer
	}
	list := make([]*Budget, len(all))
	for i := range all {
		list[i] = &all[i]
	}
	return all, next, s.fill(ctx, s.db.Read(), list, s.db.Clock().Now())
}

// of is the partner that an actor speaks of.
func (s *Service) of(ctx context.Context, by actor.Actor, partner string) (string, error) {
	if err := by.May(actor.ViewBudgets); err != nil {
		return "", err
	}
	if partner == "" {
		partner = by.Account
	}
	if by.Vendor() {
		return partner, nil
	}
	return partner, account.ActsFor(ctx, s.db.Read(), by, partner, s.db.Clock().Now())
}

// A RecordFilter asks for records of one customer, newest first; Before is the id of the last one seen.
type RecordFilter struct {
	Partner, Customer, Operation string
	Kind                         Kind
	Before                       string
	Limit                        int
}

// Records lists what was done to a customer's budget, also to one that was removed.
func (s *Service) Records(ctx context.Context, by actor.Actor, f RecordFilter) ([]Record, error) {
	a, c, err := s.customer(ctx, by, actor.ViewBudgets, f.Partner, f.Customer)
	if err != nil {
		return nil, err
	}
	f.Partner, f.Customer = a.ID, c.ID
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 50
	}
	return records(ctx, s.db.Read(), f)
}

// Own is the budget that the actor's own company has from its partner; NotFound when none.
func (s *Service) Own(ctx context.Context, by actor.Actor) (Budget, error) {
	if err := by.May(actor.OwnBudget); err != nil {
		return Budget{}, err
	}
	q, now := s.db.Read(), s.db.Clock().Now()
	x, ok, err := account.PartnerOf(ctx, q, by.Account, now)
	if err != nil {
		return Budget{}, err
	}
	b, err := one(ctx, q, x.Account, by.Account)
	if !ok || errors.Is(err, db.ErrNoRow) {
		return b, fault.NotFound()
	}
	if err == nil {
		err = s.fill(ctx, q, []*Budget{&b}, now)
	}
	return b, err
}

// Allow states whether a reseller may set budgets, and what they may come to (0 = no limit). The distributor's
// administrators and finance may. What is set already stays.
func (s *Service) Allow(ctx context.Context, by actor.Actor, reseller string, allowed bool, minor int64) (Right, error) {
	if err := by.May(actor.SetBudgets); err != nil {
		return Right{}, err
	}
	if minor < 0 || minor > money.Max {
		return Right{}, fault.Invalid("amount", i18n.M("budget.bad_limit", i18n.A{"value": money.Text(minor)}))
	}
	r, err := s.Distribution.Reseller(ctx, by, "", reseller)
	if err != nil {
		return Right{}, err
	}
	x := Right{Distributor: by.Account, Reseller: r.ID, Name: r.Name, Allowed: allowed, Minor: minor, SetBy: by.Name}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		x.SetAt = tx.Now
		if err := upsertRight(ctx, tx, x); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.SetBudgets, audit.Subject{Kind: "budget_right", ID: r.ID, Account: r.ID},
			map[string]any{"allowed": allowed, "amount": money.Text(minor)})
	})
	return x, err
}

// Rights lists a distributor's resellers with what they may do about budgets.
func (s *Service) Rights(ctx context.Context, by actor.Actor, after string) (out []Right, next string, err error) {
	if err := by.May(actor.ViewBudgets); err != nil {
		return nil, "", err
	}
	list, _, next, err := s.Distribution.Resellers(ctx, by, distribution.ResellerFilter{After: after})
	if err != nil {
		return nil, "", err
	}
	for _, r := range list { // a page of resellers is short
		x, err := right(ctx, s.db.Read(), by.Account, r.ID)
		if err != nil && !errors.Is(err, db.ErrNoRow) {
			return nil, "", err
		}
		x.Distributor, x.Reseller, x.Name = by.Account, r.ID, r.Name
		if x.Given, err = sum(ctx, s.db.Read(), r.ID, ""); err != nil {
			return nil, "", err
		}
		out = append(out, x)
	}
	return out, next, nil
}

// OwnRight is what the actor's distributor lets it do; ok is false for whoever has none and so needs no leave.
func (s *Service) OwnRight(ctx context.Context, by actor.Actor) (x Right, ok bool, err error) {
	if err := by.May(actor.ViewBudgets); err != nil {
		return x, false, err
	}
	q := s.db.Read()
	up, ok, err := account.DistributorOf(ctx, q, by.Account, s.db.Clock().Now())
	if err != nil || !ok {
		return x, false, err
	}
	if x, err = right(ctx, q, up.Account, by.Account); err != nil && !errors.Is(err, db.ErrNoRow) {
		return x, true, err
	}
	x.Distributor, x.Reseller = up.Account, by.Account
	x.Name = up.AccountName
	x.Given, err = sum(ctx, q, by.Account, "")
	return x, true, err
}
