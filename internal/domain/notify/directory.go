package notify

import (
	"context"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// Accounts is the directory of the running program: the users of accounts, and persons.
type Accounts struct{}

// Vendor returns the vendor's account id, "" before the installation is set up.
func (Accounts) Vendor(ctx context.Context, q db.Querier) (string, error) {
	a, err := account.VendorAccount(ctx, q)
	if fault.KindOf(err) == fault.KindNotFound {
		return "", nil
	}
	return a.ID, err
}

// Readers returns the active users of the account with one of the roles, or the one user, or the person.
func (Accounts) Readers(ctx context.Context, q db.Querier, of, user string, roles []actor.Role) ([]Reader, error) {
	if of == "" {
		return nil, nil
	}
	if user != "" && user == of {
		return person(ctx, q, of)
	}
	all, err := account.Recipients(ctx, q, of, roles...)
	var out []Reader
	for _, r := range all {
		if user == "" || r.User == user {
			out = append(out, reader(r))
		}
	}
	return out, err
}

func person(ctx context.Context, q db.Querier, id string) ([]Reader, error) {
	r, ok, err := account.RecipientOfPerson(ctx, q, id)
	if err != nil || !ok {
		return nil, err
	}
	return []Reader{reader(r)}, nil
}

func reader(r account.Recipient) Reader {
	return Reader{Account: r.Account, User: r.User, Name: r.Name, Mail: r.Email, Lang: r.Lang}
}
