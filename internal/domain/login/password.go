package login

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/secret"
)

// ChangePassword replaces the actor's own password, and ends all other sessions and tokens. The old password
// counts as a sign-in attempt.
func (s *Service) ChangePassword(ctx context.Context, by actor.Actor, old, password string) error {
	if err := by.May(actor.OwnSession); err != nil {
		return err
	}
	who, err := oneIdentity(ctx, s.db.Read(), by.Identity)
	if err != nil {
		return err
	}
	logins, err := Emails(ctx, s.db.Read(), who.id)
	if err != nil {
		return err
	}
	if err := s.admit(ctx, "change "+who.id, by.IP); err != nil {
		return err
	}
	var fs fault.Fields
	if err := s.verify(ctx, &who, old); fault.KindOf(err) == fault.KindInvalid {
		fs.Add("old", "", i18n.M("login.old_wrong"))
	} else if err != nil {
		return err
	}
	if m, weak := secret.WeakPassword(password, logins...); weak {
		fs.Add("password", "", m)
	}
	if err := fs.Err(); err != nil {
		return err
	}
	phc, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := forgive(ctx, tx, "change "+who.id, by.IP); err != nil {
			return err
		}
		return s.replacePassword(ctx, tx, by, who, phc)
	})
}

// replacePassword ends whatever the old password opened, except the actor's own session.
func (s *Service) replacePassword(ctx context.Context, tx *db.Tx, by actor.Actor, who identity, phc string) error {
	err := setPassword(ctx, tx, who.id, who.password, phc)
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	if err != nil {
		return err
	}
	if _, err := deleteSessions(ctx, tx, who.id, by.Session); err != nil {
		return err
	}
	if err := errors.Join(deleteTokens(ctx, tx, who.id, "api"), deleteTokens(ctx, tx, who.id, "reset")); err != nil {
		return err
	}
	verb := actor.OwnSession
	if by.Identity == "" {
		verb = actor.ResetPassword
	}
	subject := audit.Subject{Kind: "identity", ID: who.id, Account: owner(by.Account)}
	if err := audit.Record(ctx, tx, by, verb, subject, map[string]any{"password": "changed"}); err != nil {
		return err
	}
	emails, err := Emails(ctx, tx, who.id)
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, PasswordChanged{Identity: who.id, Emails: emails, Name: who.name, Lang: who.lang, IP: by.IP})
}

const (
	resetKind   = "login.reset"
	resetsAHour = 3
)

type resetJob struct{ Sealed string }

// RequestReset has a link for a new password sent to an address, if somebody signs in with it. Anyone may, after
// a captcha. The answer is the same and takes the same time for every address: a job looks it up.
func (s *Service) RequestReset(ctx context.Context, by actor.Actor, typed, captcha string) error {
	if err := by.May(actor.ResetPassword); err != nil {
		return err
	}
	email, kind, ok := NormalName(typed)
	if !ok || kind != "email" {
		return fault.Invalid("email", i18n.M("login.email_wrong"))
	}
	if err := s.Captcha(ctx, captcha); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, _, err := hit(ctx, tx, throttleKey("reset", email), time.Hour)
		if err != nil || n > resetsAHour {
			return err // nobody's mailbox is filled, and nobody learns that it would have been
		}
		return jobs.Add(ctx, tx, jobs.New{Kind: resetKind, Key: id.New("rst", tx.Wall), Payload: resetJob{s.vault.Seal("job", email)}})
	})
}

// sendReset makes the link in the background.
func (s *Service) sendReset(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var in resetJob
	if err := json.Unmarshal(j.Payload, &in); err != nil {
		return err
	}
	email, err := s.vault.Open("job", in.Sealed)
	if err != nil {
		return err
	}
	who, err := byName(ctx, tx, email)
	if errors.Is(err, db.ErrNoRow) {
		return nil
	}
	if err != nil {
		return err
	}
	lifetime, err := setting.Duration(ctx, tx, setting.ResetLifetime, tx.Now)
	if err != nil {
		return err
	}
	if err := deleteTokens(ctx, tx, who.id, "reset"); err != nil {
		return err
	}
	value := secret.Token(32)
	err = insertToken(ctx, tx, token{hash: hash(value), purpose: "reset", identity: who.id, created: tx.Wall, expires: tx.Wall.Add(lifetime)})
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, ResetRequested{Identity: who.id, Email: email, Name: who.name, Lang: who.lang,
		Sealed: s.vault.Seal("mail", "/reset?token="+value), Minutes: int(math.Ceil(lifetime.Minutes()))})
}

// ResetValid tells whether a link for a new password still works; otherwise NotFound.
func (s *Service) ResetValid(ctx context.Context, value string) error {
	_, err := liveToken(ctx, s.db.Read(), hash(value), "reset", s.clock().Wall())
	if errors.Is(err, db.ErrNoRow) {
		return gone()
	}
	return err
}

// Reset sets a new password by a link that was mailed. The link works once; all sessions and tokens end.
func (s *Service) Reset(ctx context.Context, by actor.Actor, value, password string) error {
	if err := by.May(actor.ResetPassword); err != nil {
		return err
	}
	t, err := liveToken(ctx, s.db.Read(), hash(value), "reset", s.clock().Wall())
	if errors.Is(err, db.ErrNoRow) {
		return gone()
	}
	if err != nil {
		return err
	}
	logins, err := Emails(ctx, s.db.Read(), t.identity)
	if err != nil {
		return err
	}
	phc, err := s.HashPassword(ctx, "password", password, logins...)
	if err != nil {
		return err
	}
	by.Session = ""
	return s.db.Update(ctx, func(tx *db.Tx) error {
		err := spendToken(ctx, tx, t.hash, "reset")
		if errors.Is(err, db.ErrNoRow) {
			return gone()
		}
		if err != nil {
			return err
		}
		who, err := oneIdentity(ctx, tx, t.identity)
		if err != nil {
			return err
		}
		for _, l := range logins { // who proved to own the mailbox may try again at once
			if err := resetThrottle(ctx, tx, throttleKey("name", l)); err != nil {
				return err
			}
		}
		return s.replacePassword(ctx, tx, by, who, phc)
	})
}
