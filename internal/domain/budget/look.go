package budget

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/bill"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

// batch is how many budgets are looked at in one transaction.
const batch = 100

// Look compares all budgets with what was used: tells thresholds that were passed, freezes customers whose budget is
// used up, and renews monthly budgets.
func (s *Service) Look(ctx context.Context) error {
	partner, customer := "", ""
	for {
		n := 0
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			all, err := page(ctx, tx, "", partner, customer, batch)
			if err != nil {
				return err
			}
			n = len(all)
			if n == 0 {
				return nil
			}
			if err := s.lookAt(ctx, tx, all); err != nil {
				return err
			}
			partner, customer = all[n-1].Partner, all[n-1].Customer
			return nil
		})
		if err != nil || n < batch {
			return err
		}
	}
}

func (s *Service) lookAt(ctx context.Context, tx *db.Tx, all []Budget) error {
	byPartner := map[string][]*Budget{}
	for i := range all {
		byPartner[all[i].Partner] = append(byPartner[all[i].Partner], &all[i])
	}
	for _, list := range byPartner {
		if err := s.fill(ctx, tx, list, tx.Now); err != nil {
			return err
		}
	}
	for _, b := range all {
		if err := s.judge(ctx, tx, b); err != nil {
			return err
		}
	}
	return nil
}

// fill adds names and what was used to budgets of one partner.
func (s *Service) fill(ctx context.Context, q db.Querier, list []*Budget, at time.Time) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]string, len(list))
	for i, b := range list {
		ids[i] = b.Customer
	}
	names, err := account.Names(ctx, q, ids)
	if err != nil {
		return err
	}
	ever, err := bill.Spent(ctx, q, list[0].Partner, ids, "")
	if err != nil {
		return err
	}
	now, err := bill.Spent(ctx, q, list[0].Partner, ids, ledger.MonthOf(at))
	if err != nil {
		return err
	}
	for _, b := range list {
		b.CustomerName = names[b.Customer]
		if b.Used = up(now[b.Customer].Amount); b.Kind == Package {
			b.Used = up(ever[b.Customer].Listed - b.base)
		}
	}
	return nil
}

// judge does what follows from one budget.
func (s *Service) judge(ctx context.Context, tx *db.Tx, b Budget) error {
	was := b
	name, err := account.Name(ctx, tx, b.Partner)
	if err != nil {
		return err
	}
	if m := ledger.MonthOf(tx.Now); b.month != m {
		if b.month = m; b.Kind == Monthly {
			b.told = 0
			if err := s.renew(ctx, tx, name, &b); err != nil {
				return err
			}
		}
	}
	if t := b.reached(); t > b.told {
		b.told = t
		if err := s.tell(ctx, tx, name, b, "reached"); err != nil {
			return err
		}
	}
	if b.Spent() && b.Auto && !b.Frozen {
		if err := s.freeze(ctx, tx, name, &b); err != nil {
			return err
		}
	}
	if b == was {
		return nil
	}
	if err := note(ctx, tx, b); !errors.Is(err, db.ErrNoRow) {
		return err
	}
	return nil // it was set anew: the next look judges it
}

// renew ends the freeze of a monthly budget with its month.
func (s *Service) renew(ctx context.Context, tx *db.Tx, partner string, b *Budget) error {
	if !b.Frozen || b.Spent() {
		return nil
	}
	b.Frozen = false
	if err := s.Distribution.UnfreezeFor(ctx, tx, actor.Program("budget"), b.Partner, b.Customer, ""); err != nil {
		return err
	}
	return s.tell(ctx, tx, partner, *b, "renewed")
}

func (s *Service) freeze(ctx context.Context, tx *db.Tx, partner string, b *Budget) error {
	b.Frozen = true
	why := i18n.Text(i18n.English, i18n.M("budget.freeze_reason"))
	if err := s.Distribution.FreezeFor(ctx, tx, actor.Program("budget"), b.Partner, b.Customer, distribution.AccountOnly, why); err != nil {
		return err
	}
	return s.tell(ctx, tx, partner, *b, "frozen")
}

// Exhausted tells whether a customer may buy nothing new, because the budget that its partner set is used up.
func (s *Service) Exhausted(ctx context.Context, q db.Querier, partner, customer string, at time.Time) (bool, error) {
	b, err := one(ctx, q, partner, customer)
	if errors.Is(err, db.ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	err = s.fill(ctx, q, []*Budget{&b}, at)
	return b.Spent(), err
}
