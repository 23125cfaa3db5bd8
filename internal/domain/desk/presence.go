package desk

import (
	"context"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// lease is how long somebody counts as present without a new sign. A page gives one every 15 seconds.
const lease = 45 * time.Second

// Look says that the actor has a ticket open and returns which colleagues of the same desk have. The caller has checked
// that the actor may see the ticket. Who works at the desk may.
func (s *Service) Look(ctx context.Context, by actor.Actor, ticket string, mode Mode) (others []Present, err error) {
	if err := by.May(actor.WorkTickets); err != nil {
		return nil, err
	}
	if mode != Typing {
		mode = Reading
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := touch(ctx, tx, by.Account, ticket, by.User, by.Name, mode, tx.Wall.Add(lease)); err != nil {
			return err
		}
		others, err = present(ctx, tx, by.Account, ticket, by.User, tx.Wall)
		return err
	})
	return others, err
}

// Others lists the colleagues who have a ticket open, and says nothing about the actor.
func (s *Service) Others(ctx context.Context, by actor.Actor, ticket string) ([]Present, error) {
	if err := by.May(actor.ViewDesk); err != nil {
		return nil, err
	}
	return present(ctx, s.db.Read(), by.Account, ticket, by.User, s.db.Clock().Wall())
}

// Leave says that the actor has closed a ticket.
func (s *Service) Leave(ctx context.Context, by actor.Actor, ticket string) error {
	if err := by.May(actor.WorkTickets); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return leave(ctx, tx, by.Account, ticket, by.User) })
}
