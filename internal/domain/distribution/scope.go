package distribution

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// WhyOf tells which refusal an error is; "" = another one.
func WhyOf(err error) Why {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Why
	}
	return ""
}

// partner is the partner that an actor speaks of: the own one, a distributor's reseller, or any for the vendor's staff.
func (s *Service) partner(ctx context.Context, q db.Querier, by actor.Actor, verb actor.Verb, id string) (account.Account, error) {
	if err := by.May(verb); err != nil {
		return account.Account{}, err
	}
	if id == "" {
		id = by.Account
	}
	if !by.Vendor() {
		if err := account.ActsFor(ctx, q, by, id, s.now()); err != nil {
			if fault.KindOf(err) == fault.KindNotFound {
				err = &Refusal{NotYourReseller, err}
			}
			return account.Account{}, err
		}
	}
	a, err := account.Get(ctx, q, id)
	if err == nil && a.Kind != actor.Partner {
		err = fault.NotFound()
	}
	return a, err
}

func (s *Service) now() time.Time { return s.db.Clock().Now() }

// onlyOwn is the user whose customers alone an account manager sees; "" = the actor sees all of the partner's.
func onlyOwn(by actor.Actor) string {
	if by.Kind == actor.Partner && !by.Has(actor.PartnerAdmin, actor.PartnerFinance) {
		return by.User
	}
	return ""
}

// customer reads one that the actor may see.
func (s *Service) customer(ctx context.Context, q db.Querier, by actor.Actor, partner, id string) (Customer, error) {
	c, err := linkOf(ctx, q, partner, id)
	if err == nil {
		if own := onlyOwn(by); own != "" && c.Manager != own {
			err = db.ErrNoRow
		}
	}
	if errors.Is(err, db.ErrNoRow) {
		err = missing(NotYourCustomer, i18n.M("distribution.not_your_customer"))
	}
	return c, err
}

// open is customer, of one that is associated.
func (s *Service) open(ctx context.Context, q db.Querier, by actor.Actor, partner, id string) (Customer, error) {
	c, err := s.customer(ctx, q, by, partner, id)
	if err == nil && !c.Open() {
		err = missing(NotYourCustomer, i18n.M("distribution.not_your_customer"))
	}
	return c, err
}

// holds tells whether a partner may have customers: solution providers and resellers; a first-tier distributor sells
// through its resellers alone.
func holds(a account.Account) error {
	if a.Has(account.SolutionProvider, account.Reseller) {
		return nil
	}
	return conflict(NoDirectCustomers, i18n.M("distribution.no_direct_customers"))
}

// standing refuses new customers of a partner that the vendor froze or restricted, or whose distributor it did.
func (s *Service) standing(ctx context.Context, q db.Querier, a account.Account, at time.Time) error {
	if err := holds(a); err != nil {
		return err
	}
	held, err := isHeld(ctx, q, a)
	if err != nil {
		return err
	}
	if held > NotFrozen {
		return conflict(Restricted, i18n.M("distribution.restricted", i18n.A{"partner": i18n.Raw(a.Name)}))
	}
	if !a.Has(account.Reseller) || a.Has(account.SolutionProvider) {
		return nil
	}
	d, ok, err := account.DistributorOf(ctx, q, a.ID, at)
	if err != nil {
		return err
	}
	if !ok {
		return conflict(DistributorLeft, i18n.M("distribution.distributor_left"))
	}
	above, err := account.Get(ctx, q, d.Account)
	if err != nil {
		return err
	}
	held, err = isHeld(ctx, q, above)
	if err == nil && held > NotFrozen {
		err = conflict(DistributorRestricted, i18n.M("distribution.distributor_restricted", i18n.A{"partner": i18n.Raw(above.Name)}))
	}
	return err
}

// isHeld is what the vendor did to a partner itself: restricted it, or froze it.
func isHeld(ctx context.Context, q db.Querier, a account.Account) (int, error) {
	if a.State == account.Frozen {
		return AndResources, nil
	}
	yes, err := restricted(ctx, q, a.ID)
	if yes {
		return AccountOnly, err
	}
	return NotFrozen, err
}
