package login

import (
	"context"
	"errors"
	"slices"
	"strings"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// NormalName gives the form in which a sign-in name is stored: an e-mail address in lower case, or a phone
// number with its country code. False means that it can be neither.
func NormalName(typed string) (name, kind string, ok bool) {
	if strings.Contains(typed, "@") || strings.Contains(typed, "＠") {
		name, ok = text.Email(typed)
		return name, "email", ok
	}
	name, ok = Phone(typed)
	return name, "phone", ok
}

// Phone gives a number as + and 7 to 15 digits. Eleven digits that start with 1 are a Chinese mobile number.
func Phone(typed string) (string, bool) {
	s := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -().", r) {
			return -1
		}
		return r
	}, text.Fold(typed))
	digits, international := strings.CutPrefix(s, "+")
	if !international {
		if digits, international = strings.CutPrefix(s, "00"); !international {
			if len(s) != 11 || s[0] != '1' {
				return "", false
			}
			digits = "86" + s
		}
	}
	if len(digits) < 7 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' {
		return "", false
	}
	return "+" + digits, true
}

const nameOperation = "login_name"

// RequestName sends a code to an address or phone number that the actor wants to sign in with too. The answer
// doesn't tell whether somebody else does.
func (s *Service) RequestName(ctx context.Context, by actor.Actor, typed string) (Sent, error) {
	if err := by.May(actor.OwnSession); err != nil {
		return Sent{}, err
	}
	name, kind, ok := NormalName(typed)
	if !ok {
		return Sent{}, fault.Invalid("name", i18n.M("login.name_wrong"))
	}
	channel := map[string]string{"email": "email", "phone": "sms"}[kind]
	return s.RequestCode(ctx, by, CodeRequest{Account: by.Account, Operation: nameOperation, Binding: by.Identity + " " + name,
		Channel: channel, Target: name, Lang: by.Lang})
}

// AddName makes a proved address or phone number one more name to sign in with. Conflict when it's taken.
func (s *Service) AddName(ctx context.Context, by actor.Actor, typed, code string) error {
	if err := by.May(actor.OwnSession); err != nil {
		return err
	}
	name, kind, ok := NormalName(typed)
	if !ok {
		return fault.Invalid("name", i18n.M("login.name_wrong"))
	}
	check := CodeCheck{Account: by.Account, Operation: nameOperation, Binding: by.Identity + " " + name, Code: code}
	if err := s.CheckCode(ctx, by, check); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		free, err := insertName(ctx, tx, name, kind, by.Identity)
		if err != nil {
			return err
		}
		if !free {
			return fault.Conflict(i18n.M("login.name_taken"))
		}
		return s.record(ctx, tx, by, actor.OwnSession, map[string]any{"name_added": name})
	})
}

// RemoveName takes a name from the actor's own sign-in. Conflict for the last one.
func (s *Service) RemoveName(ctx context.Context, by actor.Actor, name string) error {
	if err := by.May(actor.OwnSession); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := holdIdentity(ctx, tx, by.Identity); err != nil {
			return err
		}
		has, err := names(ctx, tx, by.Identity)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(has, func(n loginName) bool { return n.name == name }) {
			return fault.NotFound()
		}
		err = deleteName(ctx, tx, name, by.Identity)
		if errors.Is(err, db.ErrNoRow) {
			return fault.Conflict(i18n.M("login.last_name"))
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, by, actor.OwnSession, map[string]any{"name_removed": name})
	})
}
