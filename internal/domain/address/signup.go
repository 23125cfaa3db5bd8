package address

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/text"
)

// SignUp is the public form for a personal account. Next is the page to go on to afterwards.
type SignUp struct{ Name, Email, Password, Captcha, Lang, Next string }

// A Pending is a sign-up whose address isn't proved yet. ID is known to the browser that signed up alone.
type Pending struct{ ID, Email, Next string }

const (
	maxName        = 100
	signUpLifetime = 24 * time.Hour
	signUpCode     = "person_signup"
)

// SignUp keeps a sign-up and sends a code to the address. Anyone may, after a captcha. The answer, the mail and the time
// it takes are the same whether the address is known or not: only who reads its mail learns more. A code and not a link
// confirms, so that nobody can make an account with a password of their own for somebody who clicks on what comes.
func (s *Service) SignUp(ctx context.Context, by actor.Actor, in SignUp) (Pending, error) {
	if err := by.May(actor.SignUpPerson); err != nil {
		return Pending{}, err
	}
	in, err := in.clean()
	if err != nil {
		return Pending{}, err
	}
	if err := s.Login.Captcha(ctx, in.Captcha); err != nil { // only now: a mistake doesn't cost the solved captcha
		return Pending{}, err
	}
	phc, err := s.Login.HashPassword(ctx, "password", in.Password, in.Email)
	if err != nil {
		return Pending{}, err
	}
	p := Pending{ID: secret.Token(16), Email: in.Email, Next: in.Next}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := insertSignUp(ctx, tx, p, in, phc); err != nil {
			return err
		}
		return s.sendSignUpCode(ctx, tx, p, in.Lang)
	})
	return p, err
}

func (in SignUp) clean() (SignUp, error) {
	var fs fault.Fields
	typed := in.Name
	in.Name = text.Clean(typed)
	if _, hidden := text.Invisible(typed); hidden || in.Name == "" {
		fs.Add("name", typed, i18n.M("address.name_missing"))
	} else if utf8.RuneCountInString(in.Name) > maxName {
		fs.Add("name", typed, i18n.M("address.too_long", i18n.A{"n": maxName}))
	}
	email, ok := text.Email(in.Email)
	if !ok {
		fs.Add("email", in.Email, i18n.M("address.email_wrong"))
	}
	in.Email = email
	if m, weak := secret.WeakPassword(in.Password, email); weak {
		fs.Add("password", "", m)
	}
	if !strings.HasPrefix(in.Next, "/") || strings.HasPrefix(in.Next, "//") || strings.ContainsAny(in.Next, "\\\r\n") || len(in.Next) > 500 {
		in.Next = ""
	}
	if in.Lang != i18n.Chinese {
		in.Lang = i18n.English
	}
	return in, fs.Err()
}

func (s *Service) sendSignUpCode(ctx context.Context, tx *db.Tx, p Pending, lang string) error {
	_, err := s.Login.SendCode(ctx, tx, login.CodeRequest{Account: p.ID, Operation: signUpCode, Binding: p.Email, Channel: "email",
		Target: p.Email, Lang: lang})
	return err
}

// SignUpOf shows a sign-up that waits for its code; NotFound when it's over. The id is the secret of the browser that
// signed up.
func (s *Service) SignUpOf(ctx context.Context, by actor.Actor, id string) (Pending, error) {
	if err := by.May(actor.SignUpPerson); err != nil {
		return Pending{}, err
	}
	x, err := oneSignUp(ctx, s.db.Read(), id, s.db.Clock().Wall())
	if errors.Is(err, db.ErrNoRow) {
		return Pending{}, gone()
	}
	return x.Pending, err
}

// ResendSignUp sends another code, at most one a minute.
func (s *Service) ResendSignUp(ctx context.Context, by actor.Actor, id string) error {
	p, err := s.SignUpOf(ctx, by, id)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.sendSignUpCode(ctx, tx, p, by.Lang) })
}

// ConfirmSignUp makes the personal account once the code proves the address, and returns the page to go on to. Somebody
// who has a sign-in already gets the personal account with it and keeps the password; Conflict for who has a personal
// account already.
func (s *Service) ConfirmSignUp(ctx context.Context, by actor.Actor, id, code string) (next string, err error) {
	p, err := s.SignUpOf(ctx, by, id)
	if err != nil {
		return "", err
	}
	err = s.Login.Confirm(ctx, login.CodeCheck{Account: id, Operation: signUpCode, Binding: p.Email, Code: code})
	if err != nil {
		return "", err
	}
	return p.Next, s.again(ctx, func(tx *db.Tx) error {
		x, err := oneSignUp(ctx, tx, id, tx.Wall)
		if err == nil {
			err = deleteSignUp(ctx, tx, id)
		}
		if errors.Is(err, db.ErrNoRow) {
			return gone()
		}
		if err != nil {
			return err
		}
		return s.makePerson(ctx, tx, by, x)
	})
}

func (s *Service) makePerson(ctx context.Context, tx *db.Tx, by actor.Actor, x signUp) error {
	identity, made, err := login.CreateIdentity(ctx, tx, login.NewIdentity{Email: x.Email, Name: x.name, Password: x.password, Lang: x.lang})
	if err != nil {
		return err
	}
	if !made {
		who, err := login.Identity(ctx, tx, identity)
		if err != nil {
			return err
		}
		if who.Person != "" {
			return fault.Conflict(i18n.M("address.signup.known"))
		}
		if _, err := login.SetFirstPassword(ctx, tx, identity, x.password); err != nil {
			return err
		}
	}
	person, err := account.InsertPerson(ctx, tx, x.name)
	if err != nil {
		return err
	}
	if err := login.SetPerson(ctx, tx, identity, person); err != nil {
		return err
	}
	if err := s.takeEmail(ctx, tx, x.Email, person, x.name); err != nil {
		return err
	}
	subject := audit.Subject{Kind: "person", ID: person, Account: person}
	if err := audit.Record(ctx, tx, by, actor.SignUpPerson, subject, map[string]any{"email": x.Email}); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, SignedUp{person, x.Email})
}

// takeEmail lets files that name a proved address find the person, unless the address is associated with somebody else.
func (s *Service) takeEmail(ctx context.Context, tx *db.Tx, email, person, name string) error {
	has, err := Owner(ctx, tx, []string{email})
	if err != nil || has[email] != "" && has[email] != person {
		return err
	}
	return s.Roster.TakeEmail(ctx, tx, email, person, name)
}
