package roster

import (
	"context"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// IsPartner tells whether an account is a partner's: for Config.Partner.
func IsPartner(ctx context.Context, q db.Querier, partner string) (bool, error) {
	a, err := account.Get(ctx, q, partner)
	if fault.KindOf(err) == fault.KindNotFound {
		return false, nil
	}
	return a.Kind == actor.Partner, err
}

// PersonByEmail finds the person to whom an e-mail belongs.
func (s *Service) PersonByEmail(ctx context.Context, q db.Querier, email string) (person string, ok bool, err error) {
	email, ok = text.Email(email)
	if !ok {
		return "", false, nil
	}
	owners, err := emailOwners(ctx, q, []string{email})
	person, ok = owners[email]
	return person, ok, err
}

// EnsurePerson finds the person of an e-mail, or makes one, in the caller's transaction: for an engineer who signs
// up. Whether the e-mail is the human's own is for the caller to know. A breach of a unique key (db.Violates) means
// that somebody was faster: try again.
func (s *Service) EnsurePerson(ctx context.Context, tx *db.Tx, email, name string) (string, error) {
	found, ok, err := s.PersonByEmail(ctx, tx, email)
	if err != nil || ok {
		return found, err
	}
	made, err := s.newPerson(ctx, tx, text.Clean(name))
	if err != nil {
		return "", err
	}
	return made, s.AdoptPerson(ctx, tx, made, name, email)
}

// AdoptPerson gives a personal account that was made elsewhere its place among the persons, with an e-mail, in the
// caller's transaction. Conflict when the e-mail belongs to another person.
func (s *Service) AdoptPerson(ctx context.Context, tx *db.Tx, id, name, email string) error {
	normal, ok := text.Email(email)
	if !ok {
		return fault.Invalid("email", i18n.M("roster.edit.email"))
	}
	if err := ensurePersonRow(ctx, tx, person{id, text.Clean(name)}); err != nil {
		return err
	}
	found, ok, err := s.PersonByEmail(ctx, tx, normal)
	switch {
	case err != nil || ok && found == id:
		return err
	case ok:
		return fault.Conflict(i18n.M("roster.import.email_other"))
	}
	return insertEmails(ctx, tx, []address{{normal, id}})
}
