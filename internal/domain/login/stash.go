package login

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/secret"
)

const (
	stashLifetime = time.Hour
	maxStash      = 256 << 10
)

// Stashed is a form that was sent after its session had ended.
type Stashed struct {
	Path string
	Form url.Values
}

// Stash keeps what was typed for an hour and returns a token that gets it back after the sign-in. When the
// request's cookie names a session that has ended, only its owner gets it. Passwords are left out. TooLarge above
// 256 KiB.
func (s *Service) Stash(ctx context.Context, r *http.Request, path string, form url.Values) (string, error) {
	kept := url.Values{}
	for k, v := range form {
		if l := strings.ToLower(k); !strings.Contains(l, "password") && l != "old" && l != "altcha" {
			kept[k] = v
		}
	}
	b, err := json.Marshal(Stashed{Path: path, Form: kept})
	if err != nil {
		return "", err
	}
	if len(b) > maxStash {
		return "", fault.New(fault.KindTooLarge, i18n.M("login.stash_large"))
	}
	identity := ""
	if cookie := s.cookie(r); cookie != "" {
		identity, err = sessionOwner(ctx, s.db.Read(), hash(cookie))
		if err != nil && !errors.Is(err, db.ErrNoRow) {
			return "", err
		}
	}
	value := secret.Token(32)
	return value, s.db.Update(ctx, func(tx *db.Tx) error {
		return insertStash(ctx, tx, hash(value), identity, path, s.vault.Seal("stash", string(b)), tx.Wall.Add(stashLifetime))
	})
}

// Unstash gives a stashed form back, once; NotFound for a stranger.
func (s *Service) Unstash(ctx context.Context, by actor.Actor, value string) (Stashed, error) {
	if err := by.May(actor.OwnSession); err != nil {
		return Stashed{}, err
	}
	var sealed string
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		_, sealed, err = takeStash(ctx, tx, hash(value), by.Identity)
		return err
	})
	if errors.Is(err, db.ErrNoRow) {
		return Stashed{}, gone()
	}
	if err != nil {
		return Stashed{}, err
	}
	text, err := s.vault.Open("stash", sealed)
	if err != nil {
		return Stashed{}, err
	}
	var out Stashed
	return out, json.Unmarshal([]byte(text), &out)
}
