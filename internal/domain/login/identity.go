package login

import (
	"context"
	"errors"
	"fmt"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/secret"
)

// Known is what other modules may know of an identity.
type Known struct {
	ID, Name, Lang, Person string
	HasPassword            bool
}

func (x identity) known() Known {
	return Known{ID: x.id, Name: x.name, Lang: x.lang, Person: x.person, HasPassword: x.password != ""}
}

// FindName gives the identity of an e-mail address or phone number; ok is false when nobody has it.
func FindName(ctx context.Context, q db.Querier, typed string) (k Known, ok bool, err error) {
	name, _, ok := NormalName(typed)
	if !ok {
		return k, false, nil
	}
	x, err := byName(ctx, q, name)
	if errors.Is(err, db.ErrNoRow) {
		return k, false, nil
	}
	return x.known(), err == nil, err
}

// IdentityOfEmail gives the id of the identity that signs in with an address.
func IdentityOfEmail(ctx context.Context, q db.Querier, email string) (id string, ok bool, err error) {
	k, ok, err := FindName(ctx, q, email)
	return k.ID, ok, err
}

// IdentityOfPerson gives the identity that owns a personal account.
func IdentityOfPerson(ctx context.Context, q db.Querier, person string) (k Known, ok bool, err error) {
	x, err := byPerson(ctx, q, person)
	if errors.Is(err, db.ErrNoRow) {
		return k, false, nil
	}
	return x.known(), err == nil, err
}

// Identity gives what is known of an identity.
func Identity(ctx context.Context, q db.Querier, id string) (Known, error) {
	x, err := oneIdentity(ctx, q, id)
	if err != nil {
		return Known{}, fmt.Errorf("identity %s: %w", id, err)
	}
	return x.known(), nil
}

// Emails lists the addresses with which an identity signs in, the oldest first.
func Emails(ctx context.Context, q db.Querier, identity string) ([]string, error) {
	ns, err := names(ctx, q, identity)
	var out []string
	for _, n := range ns {
		if n.kind == "email" {
			out = append(out, n.name)
		}
	}
	return out, err
}

// Reach gives the oldest address and the oldest phone number with which an identity signs in; "" = none.
func Reach(ctx context.Context, q db.Querier, identity string) (email, phone string, err error) {
	ns, err := names(ctx, q, identity)
	for _, n := range ns {
		switch {
		case n.kind == "email" && email == "":
			email = n.name
		case n.kind == "phone" && phone == "":
			phone = n.name
		}
	}
	return email, phone, err
}

// NewIdentity is a sign-in to make. Email may be a phone number that was proved instead. Password is an argon2id string from HashPassword, or empty.
type NewIdentity struct{ Email, Name, Password, Lang string }

// CreateIdentity makes a sign-in in the caller's transaction, or returns the one that has the address already,
// unchanged: then made is false. Two transactions that create the same address end with one identity.
func CreateIdentity(ctx context.Context, tx *db.Tx, in NewIdentity) (identityID string, made bool, err error) {
	name, kind, ok := NormalName(in.Email)
	if !ok {
		return "", false, fault.Invalid("email", i18n.M("login.email_wrong"))
	}
	x := identity{id: id.New("idn", tx.Wall), name: in.Name, password: in.Password, lang: in.Lang}
	if x.lang == "" {
		x.lang = i18n.English
	}
	// The name comes first: whoever gets it owns the address, and the other one waits here and finds it taken.
	free, err := insertName(ctx, tx, name, kind, x.id)
	if err != nil {
		return "", false, err
	}
	if !free {
		k, err := byName(ctx, tx, name)
		return k.id, false, err
	}
	return x.id, true, insertIdentity(ctx, tx, x)
}

// SetFirstPassword gives a password to an identity that has none; false means that it has one, which stays.
func SetFirstPassword(ctx context.Context, tx *db.Tx, identity, phc string) (bool, error) {
	err := setPassword(ctx, tx, identity, "", phc)
	if errors.Is(err, db.ErrNoRow) {
		return false, nil
	}
	return err == nil, err
}

// SetPerson makes a personal account the identity's own. Conflict when it has another one.
func SetPerson(ctx context.Context, tx *db.Tx, identity, person string) error {
	err := setPerson(ctx, tx, identity, person)
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.M("login.has_person"))
	}
	return err
}

// EndMembership ends all that lets an identity act for an account as one of its users: sessions, tokens, keys.
func EndMembership(ctx context.Context, tx *db.Tx, account, user, identity string) error {
	return errors.Join(deleteSessionsFor(ctx, tx, identity, account), deleteTokensFor(ctx, tx, account, user),
		disableKeysOf(ctx, tx, account, user))
}

// HashPassword checks a new password against the policy and returns its hash. It takes time and memory: call it
// outside of transactions.
func (s *Service) HashPassword(ctx context.Context, field, password string, logins ...string) (string, error) {
	if err := secret.CheckPassword(field, password, logins...); err != nil {
		return "", err
	}
	return s.hasher.Hash(ctx, password)
}

// Preferences are how a human likes the portal; an empty field stays as it is.
type Preferences struct{ Lang, Theme, Density string }

// SetPreferences changes the actor's own language (en, zh-Hans), theme (auto, light, dark) or density (dense, roomy).
func (s *Service) SetPreferences(ctx context.Context, by actor.Actor, p Preferences) error {
	if err := by.May(actor.OwnSession); err != nil {
		return err
	}
	var fs fault.Fields
	oneOf(&fs, "lang", p.Lang, append([]string{i18n.Pseudo}, i18n.Languages...)...)
	oneOf(&fs, "theme", p.Theme, "auto", "light", "dark")
	oneOf(&fs, "density", p.Density, "dense", "roomy")
	if err := fs.Err(); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := setPreferences(ctx, tx, by.Identity, p); err != nil {
			return err
		}
		return s.record(ctx, tx, by, actor.OwnSession, map[string]any{"lang": p.Lang, "theme": p.Theme, "density": p.Density})
	})
}

func oneOf(fs *fault.Fields, field, value string, allowed ...string) {
	if value == "" {
		return
	}
	for _, a := range allowed {
		if a == value {
			return
		}
	}
	fs.Add(field, value, i18n.M("login.choice"))
}

// A Profile is what somebody sees of the own sign-in.
type Profile struct {
	Identity, Name, Person string
	Emails, Phones         []string
	Lang, Theme, Density   string
	Memberships            []Membership
}

// Me returns the actor's own profile.
func (s *Service) Me(ctx context.Context, by actor.Actor) (Profile, error) {
	if err := by.May(actor.OwnSession); err != nil {
		return Profile{}, err
	}
	x, err := oneIdentity(ctx, s.db.Read(), by.Identity)
	if err != nil {
		return Profile{}, err
	}
	p := Profile{Identity: x.id, Name: x.name, Person: x.person, Lang: x.lang, Theme: x.theme, Density: x.density}
	ns, err := names(ctx, s.db.Read(), x.id)
	if err != nil {
		return Profile{}, err
	}
	for _, n := range ns {
		if n.kind == "email" {
			p.Emails = append(p.Emails, n.name)
		} else {
			p.Phones = append(p.Phones, n.name)
		}
	}
	p.Memberships, err = s.directory.Memberships(ctx, s.db.Read(), x.id, x.person)
	return p, err
}
