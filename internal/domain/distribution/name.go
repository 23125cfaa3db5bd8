package distribution

import (
	"context"
	"slices"

	"hanse/internal/domain/account"
	"hanse/internal/domain/realname"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
)

// onName takes over how far a customer has proved its name, and whether it's a company or one human.
func (s *Service) onName(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	x, err := outbox.As[realname.Changed](e)
	if err != nil {
		return err
	}
	a, err := account.Get(ctx, tx, x.Person)
	if err != nil || a.Kind != actor.Customer {
		return err
	}
	verified, idType, name, err := realname.Standing(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	kind := -1 // none, as long as nothing is proved
	if verified == 2 {
		kind = 1
		if slices.Contains(realname.IDTypes, idType) {
			kind = 0
		}
	}
	return SetVerified(ctx, tx, a.ID, kind, verified, name)
}
