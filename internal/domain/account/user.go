package account

import (
	"context"
	"errors"
	"slices"
	"time"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/text"
)

// A UserState says whether a user can act.
type UserState string

// The states of a user.
const (
	UserActive   UserState = "active"
	UserInactive UserState = "inactive"
)

// A User is a membership of one human in one company.
type User struct {
	Account   string
	ID        string
	Identity  string
	Name      string
	Email     string
	State     UserState
	Roles     []actor.Role
	CreatedAt time.Time // business instant
}

// Users lists a company's users, active ones first. Its administrators, and the vendor's and auditors, may.
func (s *Service) Users(ctx context.Context, by actor.Actor, account string) ([]User, error) {
	if err := s.manages(by, actor.ListUsers, account); err != nil {
		return nil, err
	}
	return users(ctx, s.db.Read(), account)
}

// addUser makes an identity a user, or an inactive user active again with exactly these roles; an active one gets
// them in addition.
func (s *Service) addUser(ctx context.Context, tx *db.Tx, account, identity, email string, roles []actor.Role) (User, error) {
	if err := hold(ctx, tx, account); err != nil {
		return User{}, err
	}
	u, err := userOfIdentity(ctx, tx, account, identity)
	switch {
	case errors.Is(err, db.ErrNoRow):
		who, err := login.Identity(ctx, tx, identity)
		if err != nil {
			return u, err
		}
		u = User{Account: account, ID: id.New("usr", tx.Wall), Identity: identity, Name: who.Name, Email: email, State: UserActive, CreatedAt: tx.Now}
		err = insertUser(ctx, tx, u)
		if err != nil {
			return u, err
		}
	case err != nil:
		return u, err
	case u.State == UserActive:
		all, err := rolesOf(ctx, tx, account)
		if err != nil {
			return u, err
		}
		roles = append(slices.Clone(roles), all[u.ID]...)
	default:
		if err := setUserState(ctx, tx, account, u.ID, UserInactive, UserActive); err != nil {
			return u, lost(err)
		}
		u.State = UserActive
	}
	slices.Sort(roles)
	u.Roles = slices.Compact(roles)
	return u, setRoles(ctx, tx, account, u.ID, u.Roles)
}

func (s *Service) userChanged(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, what string, u User) error {
	a, err := Get(ctx, tx, u.Account)
	if err != nil {
		return err
	}
	who, err := login.Identity(ctx, tx, u.Identity)
	if err != nil {
		return err
	}
	detail := map[string]any{"what": what, "roles": joinList(u.Roles)}
	if err := audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "user", ID: u.ID, Account: u.Account}, detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, UserChanged{What: what, Account: u.Account, AccountName: a.Name, User: u.ID, Identity: u.Identity,
		Name: u.Name, Email: u.Email, Lang: who.Lang, Roles: u.Roles})
}

// adminOf is the role without which an account of a kind can't be run.
func adminOf(kind actor.Kind) actor.Role {
	switch kind {
	case actor.Vendor:
		return actor.VendorAdmin
	case actor.Customer:
		return actor.CustomerAdmin
	}
	return actor.PartnerAdmin
}

// keepsAdmin refuses a change after which nobody could run the account. The account's row is held.
func keepsAdmin(ctx context.Context, tx *db.Tx, a Account) error {
	n, err := activeWith(ctx, tx, a.ID, adminOf(a.Kind))
	if err == nil && n == 0 {
		err = fault.Conflict(i18n.M("account.last_admin"))
	}
	return err
}

// changeUser runs a change of one user while the account's row is held.
func (s *Service) changeUser(ctx context.Context, by actor.Actor, account, user, what string, change func(tx *db.Tx, a Account, u *User) error) error {
	if err := s.manages(by, actor.ManageUsers, account); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := hold(ctx, tx, account); err != nil {
			return notFound(err)
		}
		a, err := Get(ctx, tx, account)
		if err != nil {
			return err
		}
		u, err := oneUser(ctx, tx, account, user)
		if err != nil {
			return notFound(err)
		}
		if err := change(tx, a, &u); err != nil {
			return err
		}
		if err := keepsAdmin(ctx, tx, a); err != nil {
			return err
		}
		return s.userChanged(ctx, tx, by, actor.ManageUsers, what, u)
	})
}

func notFound(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.NotFound()
	}
	return err
}

// ChangeRoles gives a user other roles; they hold from the next request on. Conflict for the last administrator.
func (s *Service) ChangeRoles(ctx context.Context, by actor.Actor, account, user string, roles []actor.Role) error {
	return s.changeUser(ctx, by, account, user, "roles_changed", func(tx *db.Tx, a Account, u *User) error {
		var fs fault.Fields
		u.Roles = rolesFor(&fs, a.Kind, roles)
		if err := fs.Err(); err != nil {
			return err
		}
		return setRoles(ctx, tx, account, user, u.Roles)
	})
}

// Deactivate ends a user's membership: sessions, tokens and access keys for this company end with it. Conflict
// for the last administrator.
func (s *Service) Deactivate(ctx context.Context, by actor.Actor, account, user string) error {
	return s.changeUser(ctx, by, account, user, "deactivated", func(tx *db.Tx, _ Account, u *User) error {
		if err := setUserState(ctx, tx, account, user, UserActive, UserInactive); err != nil {
			return lost(err)
		}
		return login.EndMembership(ctx, tx, account, user, u.Identity)
	})
}

// Reactivate lets a user act again, with the roles of before; access keys stay disabled.
func (s *Service) Reactivate(ctx context.Context, by actor.Actor, account, user string) error {
	return s.changeUser(ctx, by, account, user, "reactivated", func(tx *db.Tx, _ Account, _ *User) error {
		return lost(setUserState(ctx, tx, account, user, UserInactive, UserActive))
	})
}

// NewUser is a user to make without an invitation. For an address that signs in already, name and password stay
// as they are.
type NewUser struct {
	Account, Email, Name, Password, Lang string
	Roles                                []actor.Role
}

// CreateUser makes a user at once: for the command line and demo data.
func (s *Service) CreateUser(ctx context.Context, by actor.Actor, in NewUser) (u User, err error) {
	if err := by.May(actor.CreateAccounts); err != nil {
		return u, err
	}
	a, err := Get(ctx, s.db.Read(), in.Account)
	if err != nil {
		return u, err
	}
	var fs fault.Fields
	in.Email = email(&fs, in.Email)
	in.Roles = rolesFor(&fs, a.Kind, in.Roles)
	if err := fs.Err(); err != nil {
		return u, err
	}
	identity, err := s.signInFor(ctx, in.Email, in.Name, in.Password, in.Lang)
	if err != nil {
		return u, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		idn, _, err := login.CreateIdentity(ctx, tx, identity)
		if err != nil {
			return err
		}
		if u, err = s.addUser(ctx, tx, in.Account, idn, in.Email, in.Roles); err != nil {
			return err
		}
		return s.userChanged(ctx, tx, by, actor.CreateAccounts, "joined", u)
	})
	return u, err
}

// signInFor prepares an identity; for an address that has one nothing needs to be valid.
func (s *Service) signInFor(ctx context.Context, email, name, password, lang string) (login.NewIdentity, error) {
	out := login.NewIdentity{Email: email, Name: text.Clean(name), Lang: pickLanguage(lang, "")}
	_, ok, err := login.FindName(ctx, s.db.Read(), email)
	if err != nil || ok {
		return out, err
	}
	out.Name, out.Password, err = s.newSignIn(ctx, name, password, email)
	return out, err
}

// NewPerson is a human with a personal account. With an address, the human signs in with it.
// Person is the personal account that a roster made for the human already; empty makes a new one.
type NewPerson struct{ Name, Email, Password, Lang, Person string }

// CreatePerson makes a personal account, for the command line and demo data, and returns its id.
func (s *Service) CreatePerson(ctx context.Context, by actor.Actor, in NewPerson) (person string, err error) {
	if err := by.May(actor.CreateAccounts); err != nil {
		return "", err
	}
	var fs fault.Fields
	in.Name = line(&fs, "name", in.Name, maxContact, true)
	if err := fs.Err(); err != nil {
		return "", err
	}
	var identity login.NewIdentity
	if in.Email != "" {
		if identity, err = s.signInFor(ctx, in.Email, in.Name, in.Password, in.Lang); err != nil {
			return "", err
		}
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if person = in.Person; person == "" {
			if person, err = InsertPerson(ctx, tx, in.Name); err != nil {
				return err
			}
		}
		if in.Email != "" {
			idn, _, err := login.CreateIdentity(ctx, tx, identity)
			if err != nil {
				return err
			}
			if err := login.SetPerson(ctx, tx, idn, person); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, by, actor.CreateAccounts, subject(person), map[string]any{"kind": "person"})
	})
	return person, err
}

// InsertPerson makes a personal account that nobody signs in for yet, in the caller's transaction. The name has
// been checked.
func InsertPerson(ctx context.Context, tx *db.Tx, name string) (string, error) {
	a := Account{ID: id.Account(tx.Wall), Kind: actor.Person, Name: name, State: Active}
	return a.ID, insert(ctx, tx, a)
}

// ClosePerson ends a personal account that nobody signs in for, in the caller's transaction: it was made for a human
// who turned out to have another one.
func ClosePerson(ctx context.Context, tx *db.Tx, id, why string) error {
	return lost(setState(ctx, tx, id, Active, Refused, why))
}

func fold(s string) string { return text.Fold(s) }
