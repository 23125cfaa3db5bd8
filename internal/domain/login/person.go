package login

import (
	"context"

	"hanse/internal/kit/db"
)

// OfPersons gives the identities that own some personal accounts, by person; those without a sign-in are left out.
func OfPersons(ctx context.Context, q db.Querier, persons []string) (map[string]Known, error) {
	out := map[string]Known{}
	if len(persons) == 0 {
		return out, nil
	}
	with, args := db.Wanted(1, persons)
	err := db.Each(ctx, q, scanIdentity, func(x identity) error { out[x.person] = x.known(); return nil },
		with+`SELECT `+identityColumns+` FROM wanted JOIN identity i ON i.person_id = wanted.v AND i.person_id <> ''`, args...)
	return out, err
}

// Names lists the addresses and phone numbers with which an identity signs in, the oldest first.
func Names(ctx context.Context, q db.Querier, identity string) ([]string, error) {
	all, err := names(ctx, q, identity)
	out := make([]string, len(all))
	for i, n := range all {
		out[i] = n.name
	}
	return out, err
}
