package login

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/text"
)

// TokenRequest is a sign-in by the API: a name, a password, and the account to act for, by its id or its name.
// Both empty is the account of the last session.
type TokenRequest struct {
	Name, Password       string
	DomainName, DomainID string
}

// A Token lets a program act for its bearer. Value is shown once. Instants are wall time.
type Token struct {
	Value      string
	Actor      actor.Actor
	DomainName string
	UserName   string
	IssuedAt   time.Time
	ExpiresAt  time.Time
}

// IssueToken checks a password and makes a token. Anyone may. Every wrong input, also an account that the user
// isn't in, is the same Unauthenticated; too many attempts are TooMany.
func (s *Service) IssueToken(ctx context.Context, by actor.Actor, in TokenRequest) (Token, error) {
	if err := by.May(actor.IssueToken); err != nil {
		return Token{}, err
	}
	who, name, err := s.checkPassword(ctx, by, in.Name, in.Password)
	if fault.KindOf(err) == fault.KindInvalid {
		return Token{}, noToken()
	}
	if err != nil {
		return Token{}, err
	}
	var out Token
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := forgive(ctx, tx, name, by.IP); err != nil {
			return err
		}
		m, err := s.domain(ctx, tx, who, in)
		if err != nil {
			return err
		}
		lifetime, err := setting.Duration(ctx, tx, setting.TokenLifetime, tx.Now)
		if err != nil {
			return err
		}
		out = Token{Value: secret.Token(48), Actor: act(who, m, "token", by), DomainName: m.AccountName, UserName: name,
			IssuedAt: tx.Wall, ExpiresAt: tx.Wall.Add(lifetime)}
		err = insertToken(ctx, tx, token{hash: hash(out.Value), purpose: "api", account: m.Account, user: m.User, identity: who.id,
			created: tx.Wall, expires: out.ExpiresAt})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, out.Actor, actor.IssueToken, audit.Subject{Kind: "identity", ID: who.id, Account: m.Account}, nil)
	})
	return out, err
}

func noToken() error { return fault.New(fault.KindUnauthenticated, i18n.M("login.wrong")) }

// domain finds the membership that a token request names.
func (s *Service) domain(ctx context.Context, q db.Querier, who identity, in TokenRequest) (Membership, error) {
	ms, err := s.directory.Memberships(ctx, q, who.id, who.person)
	if err != nil {
		return Membership{}, err
	}
	if in.DomainID == "" && in.DomainName == "" {
		last, err := lastAccount(ctx, q, who.id)
		if err != nil && !errors.Is(err, db.ErrNoRow) {
			return Membership{}, err
		}
		if m := choose(ms, last); m.Account != "" {
			return m, nil
		}
		return Membership{}, noToken()
	}
	for _, m := range ms {
		byID := in.DomainID == m.Account
		byName := in.DomainID == "" && text.Fold(in.DomainName) == text.Fold(m.AccountName)
		if !m.Frozen && (byID || byName) {
			return m, nil
		}
	}
	return Membership{}, noToken()
}

// RevokeToken ends a token of the actor's own.
func (s *Service) RevokeToken(ctx context.Context, by actor.Actor, value string) error {
	if err := by.May(actor.OwnSession); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, err := liveToken(ctx, tx, hash(value), "api", tx.Wall)
		if errors.Is(err, db.ErrNoRow) || err == nil && t.identity != by.Identity {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		if err := spendToken(ctx, tx, t.hash, "api"); err != nil {
			return lost(err)
		}
		return s.record(ctx, tx, by, actor.OwnSession, map[string]any{"token": "revoked"})
	})
}
