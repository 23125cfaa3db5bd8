package distribution

import (
	"context"
	"errors"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/kit/db"
	"hanse/internal/kit/id"
)

// ensureProfile gives a customer that came in another way its profile, with a login name made of its id.
func ensureProfile(ctx context.Context, tx *db.Tx, a account.Account) error {
	_, err := profileOf(ctx, tx, a.ID)
	if !errors.Is(err, db.ErrNoRow) {
		return err
	}
	p := Profile{Account: a.ID, Login: "c" + a.ID[:min(len(a.ID), 31)], Name: a.Name, CountryCode: countryCode(a.Phone), Phone: a.Phone, Email: a.Email, Type: -1, Verified: -1}
	free, err := insertProfile(ctx, tx, p)
	if err == nil && !free {
		p.Login = strings.ReplaceAll(id.New("c", tx.Wall), "_", "-")
		_, err = insertProfile(ctx, tx, p)
	}
	return err
}

// SetVerified writes what real-name verification found out about a customer, in the caller's transaction: its type (-1
// none, 0 person, 1 enterprise), the state (-1 none, 0 reviewing, 1 refused, 2 verified) and the name, "" = as before.
func SetVerified(ctx context.Context, tx *db.Tx, customer string, kind, verified int, name string) error {
	a, err := account.Get(ctx, tx, customer)
	if err != nil {
		return err
	}
	if err := ensureProfile(ctx, tx, a); err != nil {
		return err
	}
	return setVerified(ctx, tx, customer, kind, verified, name)
}

// countryCode is the wire's form of a number's country: 0086.
func countryCode(phone string) string {
	if strings.HasPrefix(phone, "+86") {
		return "0086"
	}
	return ""
}
