package account

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/secret"
)

const setupLifetime = 24 * time.Hour

// EnsureFirstAdmin returns the path of a link with which the first administrator of the vendor sets up a new
// installation, or "" when there is one. Each call makes the link before useless. The caller prints it to whoever
// started the server, and to nobody else.
func (s *Service) EnsureFirstAdmin(ctx context.Context) (path string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		path = ""
		needed, err := setupNeeded(ctx, tx)
		if err != nil || !needed {
			return err
		}
		if err := revokeSetups(ctx, tx); err != nil {
			return err
		}
		token := secret.Token(32)
		path = "/setup?token=" + token
		return insertInvitation(ctx, tx, Invitation{hash: hashOf(token), ID: id.New("inv", tx.Wall), purpose: "setup",
			Roles: []actor.Role{actor.VendorAdmin}, Lang: i18n.English, InvitedBy: "hanse", ExpiresAt: tx.Wall.Add(setupLifetime)})
	})
	return path, err
}

// setupNeeded tells whether nobody can run the installation.
func setupNeeded(ctx context.Context, q db.Querier) (bool, error) {
	v, err := vendor(ctx, q)
	if errors.Is(err, db.ErrNoRow) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	n, err := activeWith(ctx, q, v.ID, actor.VendorAdmin)
	return n == 0, err
}

// Setup is what the first administrator enters. Company is the vendor's name, unless the vendor is there already.
type Setup struct{ Token, Company, Country, Name, Email, Password, Lang string }

// SetupValid tells whether a set-up link works; otherwise NotFound.
func (s *Service) SetupValid(ctx context.Context, token string) error {
	in, err := openInvitation(ctx, s.db.Read(), hashOf(token), s.db.Clock().Wall())
	if errors.Is(err, db.ErrNoRow) || err == nil && in.purpose != "setup" {
		return gone()
	}
	return err
}

// CompleteSetup makes the vendor, if need be, and its first administrator; it returns the identity. Whoever has
// the link may, once.
func (s *Service) CompleteSetup(ctx context.Context, by actor.Actor, in Setup) (identity string, err error) {
	if err := by.May(actor.AcceptInvite); err != nil {
		return "", err
	}
	if err := s.SetupValid(ctx, in.Token); err != nil {
		return "", err
	}
	a, err := s.setupVendor(ctx, in)
	var fs fault.Fields
	if f := fault.Of(err); f != nil {
		fs = f.Fields
	} else if err != nil {
		return "", err
	}
	in.Email = email(&fs, in.Email)
	in.Name = line(&fs, "name", in.Name, maxContact, true)
	if m, weak := secret.WeakPassword(in.Password, in.Email); weak {
		fs.Add("password", "", m)
	}
	if err := fs.Err(); err != nil {
		return "", err
	}
	phc, err := s.login.HashPassword(ctx, "password", in.Password, in.Email)
	if err != nil {
		return "", err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		identity, err = s.completeSetup(ctx, tx, by, a, in, phc)
		return err
	})
	return identity, err
}

// setupVendor is the vendor's account, which has no id when it's still to be made.
func (s *Service) setupVendor(ctx context.Context, in Setup) (Account, error) {
	a, err := vendor(ctx, s.db.Read())
	if !errors.Is(err, db.ErrNoRow) {
		return a, err
	}
	a = Account{Kind: actor.Vendor, State: Active, Name: in.Company, Country: in.Country}
	if a.Country == "" {
		a.Country = "CN"
	}
	var fs fault.Fields
	a.company(&fs, "company", false)
	return a, fs.Err()
}

func (s *Service) completeSetup(ctx context.Context, tx *db.Tx, by actor.Actor, a Account, in Setup, phc string) (string, error) {
	if err := acceptInvitation(ctx, tx, hashOf(in.Token)); err != nil {
		return "", lostLink(err)
	}
	if needed, err := setupNeeded(ctx, tx); err != nil || !needed {
		return "", errors.Join(err, gone()) // an administrator was made by the command line meanwhile
	}
	if a.ID == "" {
		a.ID = id.Account(tx.Wall)
		if err := insert(ctx, tx, a); err != nil {
			return "", err
		}
	}
	inv := Invitation{Account: a.ID, Email: in.Email, Roles: []actor.Role{actor.VendorAdmin}}
	identity, err := s.join(ctx, tx, by, inv, login.NewIdentity{Email: in.Email, Name: in.Name, Password: phc, Lang: pickLanguage(in.Lang, by.Lang)})
	if err != nil {
		return "", err
	}
	return identity, audit.Record(ctx, tx, by, actor.AcceptInvite, subject(a.ID), map[string]any{"setup": in.Email})
}
