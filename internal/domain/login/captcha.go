package login

import (
	"context"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/pow"
)

// Challenge makes a captcha's task as JSON. Serve it as application/json and never from a cache.
func (s *Service) Challenge() ([]byte, error) { return s.gate.Challenge(s.clock().Wall()) }

// Captcha accepts a solved captcha once. A wrong, expired or used one is Invalid on field "captcha".
func (s *Service) Captcha(ctx context.Context, solved string) error {
	id, err := s.gate.Verify(solved, s.clock().Wall())
	if err != nil {
		return err
	}
	fresh, err := s.once(ctx, "captcha:"+id, s.clock().Wall().Add(pow.Lifetime))
	if err == nil && !fresh {
		err = pow.Replayed()
	}
	return err
}

func (s *Service) once(ctx context.Context, nonce string, until time.Time) (fresh bool, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) (err error) {
		fresh, err = useOnce(ctx, tx, nonce, until)
		return err
	})
	return fresh, err
}
