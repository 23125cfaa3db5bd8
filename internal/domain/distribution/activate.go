package distribution

import (
	"context"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// firstUser makes the user whose number or address a code proved, or mails the one who shall prove it.
func (s *Service) firstUser(ctx context.Context, tx *db.Tx, by actor.Actor, a account.Account, in NewCustomer, password string) error {
	name := in.Email
	if name == "" {
		name = in.Phone
	}
	switch {
	case in.Activate:
		return s.Accounts.InviteFirst(ctx, tx, by, actor.CreateCustomers, a, in.Lang)
	case name == "":
		return nil
	}
	return s.Accounts.FirstUser(ctx, tx, by, actor.CreateCustomers, a, login.NewIdentity{Email: name, Name: in.Name, Password: password, Lang: in.Lang})
}

// Remind mails a customer's contact a fresh link to become the first administrator, as long as there's none. Who may create
// customers may.
func (s *Service) Remind(ctx context.Context, by actor.Actor, partner, customer, lang string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := s.partner(ctx, tx, by, actor.CreateCustomers, partner)
		if err != nil {
			return err
		}
		c, err := s.open(ctx, tx, by, p.ID, customer)
		if err != nil {
			return err
		}
		waits, err := s.waitsForUser(ctx, tx, c)
		if err != nil || !waits {
			return orErr(err, fault.Conflict(i18n.M("distribution.activated")))
		}
		a, err := account.Get(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if err := s.Accounts.InviteFirst(ctx, tx, by, actor.CreateCustomers, a, lang); err != nil {
			return err
		}
		return note(ctx, tx, by, actor.CreateCustomers, c, map[string]any{"did": "remind"})
	})
}

// Waits tells whether a customer that the actor sees has nobody yet who can sign in for it, and an address to mail to.
func (s *Service) Waits(ctx context.Context, by actor.Actor, c Customer) (bool, error) {
	if err := by.May(actor.ViewCustomers); err != nil {
		return false, err
	}
	return s.waitsForUser(ctx, s.db.Read(), c)
}

func (s *Service) waitsForUser(ctx context.Context, q db.Querier, c Customer) (bool, error) {
	if c.Email == "" || !c.Open() {
		return false, nil
	}
	all, err := account.Recipients(ctx, q, c.ID, actor.CustomerAdmin)
	return len(all) == 0, err
}
