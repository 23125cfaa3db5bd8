package login

import (
	"context"
	"encoding/hex"
	"math"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/secret"
)

// throttleKey names a counter without telling what was typed.
func throttleKey(parts ...string) string {
	return hex.EncodeToString(secret.HashCode([]byte("throttle"), parts...))
}

// admit counts an attempt for the name and for the address before anything is checked, so that a thousand
// attempts at once get no further than a thousand in a row. It commits by itself: a refused attempt counts.
func (s *Service) admit(ctx context.Context, name, ip string) error {
	var refused error
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		refused = nil
		window, err := setting.Duration(ctx, tx, setting.ThrottleWindow, tx.Now)
		if err != nil {
			return err
		}
		for _, c := range []struct {
			key   string
			limit setting.Key
		}{{throttleKey("ip", ip), setting.ThrottleIP}, {throttleKey("name", name), setting.ThrottleName}} {
			limit, err := setting.Int(ctx, tx, c.limit, tx.Now)
			if err != nil {
				return err
			}
			n, since, err := hit(ctx, tx, c.key, window)
			if err != nil {
				return err
			}
			if n > int64(limit) {
				refused = tooMany(since.Add(window).Sub(tx.Wall))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return refused
}

// forgive undoes what admit counted, after the right password.
func forgive(ctx context.Context, tx *db.Tx, name, ip string) error {
	if err := resetThrottle(ctx, tx, throttleKey("name", name)); err != nil {
		return err
	}
	return unhit(ctx, tx, throttleKey("ip", ip))
}

func tooMany(wait time.Duration) error {
	minutes := max(int(math.Ceil(wait.Minutes())), 1)
	return fault.TooMany(max(int(math.Ceil(wait.Seconds())), 1), i18n.M("login.too_many", i18n.A{"n": minutes}))
}
