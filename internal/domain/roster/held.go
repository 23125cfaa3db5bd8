package roster

import (
	"context"

	"hanse/internal/domain/credential"
	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
)

// certificatesChanged brings the copies of many persons' certificates up to date, after a part of a feed, and tells
// each partner once.
func (s *Service) certificatesChanged(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	c, err := outbox.As[credential.ManyChanged](e)
	if err != nil {
		return err
	}
	held, err := s.credentials.OfPersons(ctx, tx, c.Persons)
	if err != nil {
		return err
	}
	var order []string // of the partners, as the persons come
	changed := map[string][]string{}
	for _, person := range c.Persons {
		places, err := refreshHeld(ctx, tx, person, pack(held[person]))
		if err != nil {
			return err
		}
		for _, p := range places {
			if changed[p.Account] == nil {
				order = append(order, p.Account)
			}
			changed[p.Account] = append(changed[p.Account], p.ID)
		}
	}
	for _, account := range order {
		if err := outbox.Append(ctx, tx, Changed{account, changed[account], "certificate"}); err != nil {
			return err
		}
	}
	return nil
}
