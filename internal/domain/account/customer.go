package account

import (
	"context"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/id"
)

// NewCustomer is a customer to make. Nobody can act for it until it has a user.
type NewCustomer struct{ Name, Country, Contact, Email, Phone string }

// InsertCustomer makes a customer in the caller's transaction, under the caller's verb: an active one, or one that
// waits for its first user (invited).
func InsertCustomer(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, in NewCustomer, state State) (Account, error) {
	a := Account{Kind: actor.Customer, State: state, Name: in.Name, Country: in.Country, Contact: in.Contact, Email: in.Email, Phone: in.Phone, Version: 1}
	var fs fault.Fields
	a.company(&fs, "name", false)
	if err := fs.Err(); err != nil {
		return a, err
	}
	a.ID, a.CreatedAt, a.ChangedAt = id.Account(tx.Wall), tx.Now, tx.Now
	if err := insert(ctx, tx, a); err != nil {
		return a, err
	}
	return a, audit.Record(ctx, tx, by, verb, subject(a.ID), map[string]any{"kind": string(a.Kind), "name": a.Name})
}

// InviteFirst sends the contact of an invited company the link by which it becomes its first administrator, in the
// caller's transaction, under the caller's verb.
func (s *Service) InviteFirst(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, a Account, lang string) error {
	return s.inviteAndTell(ctx, tx, by, a, verb, Invitation{Account: a.ID, purpose: "partner", Email: a.Email, Name: a.Contact,
		Roles: []actor.Role{adminOf(a.Kind)}, Lang: pickLanguage(lang, by.Lang)})
}

// FirstUser makes a sign-in the administrator of a company that was just made, in the caller's transaction. Name is an
// address or phone number that was proved.
func (s *Service) FirstUser(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, a Account, in login.NewIdentity) error {
	identity, _, err := login.CreateIdentity(ctx, tx, in)
	if err != nil {
		return err
	}
	u, err := s.addUser(ctx, tx, a.ID, identity, a.Email, []actor.Role{adminOf(a.Kind)})
	if err != nil {
		return err
	}
	return s.userChanged(ctx, tx, by, verb, "joined", u)
}

// PartnerWith tells whether a company with an address is a partner, or wants to become one.
func PartnerWith(ctx context.Context, q db.Querier, email string) (bool, error) {
	if email == "" {
		return false, nil
	}
	return partnerWith(ctx, q, email)
}
