package account

import (
	"context"
	"errors"
	"slices"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// Seat lets a human who is a user elsewhere act for a company too, with exactly one role, in the caller's transaction:
// fresh is false for somebody who acts for it already, and nothing changes then. The caller has checked who asks.
func (s *Service) Seat(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, account string, u User, role actor.Role) (user string, fresh bool, err error) {
	there, err := userOfIdentity(ctx, tx, account, u.Identity)
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return "", false, err
	}
	if err == nil && there.State == UserActive {
		return there.ID, false, nil
	}
	seat, err := s.addUser(ctx, tx, account, u.Identity, u.Email, []actor.Role{role})
	if err != nil {
		return "", false, err
	}
	return seat.ID, true, s.userChanged(ctx, tx, by, verb, "joined", seat)
}

// Unseat ends that: sessions and keys for the company end at once. Somebody who has left already stays so.
func (s *Service) Unseat(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, account, user string) error {
	u, err := oneUser(ctx, tx, account, user)
	if errors.Is(err, db.ErrNoRow) || err == nil && u.State != UserActive {
		return nil
	}
	if err != nil {
		return err
	}
	if err := setUserState(ctx, tx, account, user, UserActive, UserInactive); err != nil {
		return lost(err)
	}
	if err := login.EndMembership(ctx, tx, account, user, u.Identity); err != nil {
		return err
	}
	return s.userChanged(ctx, tx, by, verb, "deactivated", u)
}

// ActiveUsers lists the active users of an account with their roles, for a module that has checked who asks.
func ActiveUsers(ctx context.Context, q db.Querier, account string) ([]User, error) {
	all, err := users(ctx, q, account)
	return slices.DeleteFunc(all, func(u User) bool { return u.State != UserActive }), err
}

// UserOf reads one active user of a company, for a module that has checked who asks; ErrNoRow when there's none.
func UserOf(ctx context.Context, q db.Querier, account, user string) (User, error) {
	u, err := oneUser(ctx, q, account, user)
	if err == nil && u.State != UserActive {
		err = db.ErrNoRow
	}
	return u, err
}
