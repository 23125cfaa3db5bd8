package address

import (
	"context"
	"encoding/hex"
	"errors"
	"math"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/secret"
	"hanse/internal/kit/text"
)

// A State says where the association of an address with a person stands.
type State string

// The states of an association.
const (
	Waiting  State = "pending" // a mail is on its way
	Linked   State = "associated"
	Expired  State = "expired" // nobody confirmed in time
	Unlinked State = "removed"
)

// A Link is an address that a person associated, or wants to associate, with the personal account.
type Link struct {
	Person       string
	ID           string
	Email        string
	State        State
	SentAt       time.Time // wall instant of the last mail
	ExpiresAt    time.Time // wall instant
	CreatedAt    time.Time
	AssociatedAt time.Time
	EndedAt      time.Time
}

// at is the link as it stands at a wall instant: a pending one ends by itself.
func (l Link) at(wall time.Time) Link {
	if l.State == Waiting && !l.ExpiresAt.After(wall) {
		l.State = Expired
	}
	return l
}

const (
	sendsAnHour = 3
	hour        = time.Hour
)

func hashOf(token string) string { return hex.EncodeToString(secret.Hash(token)) }

// keyOf names a counter without telling of what.
func keyOf(parts ...string) string {
	return hex.EncodeToString(secret.HashCode([]byte("address"), parts...))
}

func subject(person, link string) audit.Subject {
	return audit.Subject{Kind: "email_link", ID: link, Account: person}
}

// Links lists the actor's own addresses, the associated ones first.
func (s *Service) Links(ctx context.Context, by actor.Actor) ([]Link, error) {
	person, err := own(by)
	if err != nil {
		return nil, err
	}
	all, err := links(ctx, s.db.Read(), person)
	for i := range all {
		all[i] = all[i].at(s.db.Clock().Wall())
	}
	return all, err
}

// Request sends a confirmation mail to an address whose records shall belong to the actor's personal account; also to
// the address that the actor signs in with. A captcha comes first. The answer doesn't tell whether the address is known
// or anybody's. TooMany after three mails in an hour, to the address or for the person. Asking again makes the link of
// the mail before useless.
func (s *Service) Request(ctx context.Context, by actor.Actor, typed, captcha string) (Link, error) {
	person, err := own(by)
	if err != nil {
		return Link{}, err
	}
	email, ok := text.Email(typed)
	if !ok {
		return Link{}, invalid("email", typed, i18n.M("address.email_wrong"))
	}
	if err := s.Login.Captcha(ctx, captcha); err != nil {
		return Link{}, err
	}
	var l Link
	err = s.again(ctx, func(tx *db.Tx) error {
		l, err = linkOfEmail(ctx, tx, person, email)
		if errors.Is(err, db.ErrNoRow) {
			l = Link{Person: person, ID: id.New("eml", tx.Wall), Email: email, State: Waiting, CreatedAt: tx.Now}
			err = insertLink(ctx, tx, l)
		}
		if err != nil {
			return err
		}
		return s.send(ctx, tx, by, &l)
	})
	return l, err
}

// Resend sends the confirmation mail of a pending or expired association again, with a new link.
func (s *Service) Resend(ctx context.Context, by actor.Actor, link string) (Link, error) {
	person, err := own(by)
	if err != nil {
		return Link{}, err
	}
	var l Link
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if l, err = oneLink(ctx, tx, person, link); err != nil {
			return notFound(err)
		}
		if l.State == Unlinked {
			return fault.Conflict(i18n.M("address.removed_already", i18n.A{"email": l.Email}))
		}
		return s.send(ctx, tx, by, &l)
	})
	return l, err
}

// send makes a new link and asks for its mail.
func (s *Service) send(ctx context.Context, tx *db.Tx, by actor.Actor, l *Link) error {
	if l.State == Linked {
		return fault.Invalid("email", i18n.M("address.yours_already", i18n.A{"email": l.Email}))
	}
	if err := maySend(ctx, tx, "to", l.Email, i18n.M("address.many_to", i18n.A{"n": sendsAnHour})); err != nil {
		return err
	}
	if err := maySend(ctx, tx, "by", l.Person, i18n.M("address.many_by", i18n.A{"n": sendsAnHour})); err != nil {
		return err
	}
	lifetime, err := setting.Duration(ctx, tx, setting.AddressLinkLifetime, tx.Now)
	if err != nil {
		return err
	}
	l.State, l.SentAt, l.ExpiresAt = Waiting, tx.Wall, tx.Wall.Add(lifetime)
	if err := sentLink(ctx, tx, *l); err != nil {
		return lost(err)
	}
	token := secret.Token(32)
	if err := replaceToken(ctx, tx, hashOf(token), *l); err != nil {
		return err
	}
	name, err := account.Name(ctx, tx, l.Person)
	if err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, by, actor.OwnAddresses, subject(l.Person, l.ID), map[string]any{"asked": l.Email}); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Asked{Person: l.Person, Link: l.ID, Name: name, Email: l.Email, Lang: by.Lang,
		Sealed: s.Vault.Seal("mail", "/me/emails/confirm?token="+token), Hours: int(math.Ceil(lifetime.Hours()))})
}

func maySend(ctx context.Context, tx *db.Tx, kind, of string, why i18n.Msg) error {
	ok, third, err := countSend(ctx, tx, keyOf(kind, of), hour)
	if err != nil || ok {
		return err
	}
	return fault.TooMany(max(int(math.Ceil(third.Add(hour).Sub(tx.Wall).Seconds())), 1), why)
}

// Asked shows what a confirmation mail's link would do, for the page with the button. NotFound for a link that was used,
// replaced, or has expired; Conflict when another personal account asked for it.
func (s *Service) Asked(ctx context.Context, by actor.Actor, token string) (Link, error) {
	person, err := own(by)
	if err != nil {
		return Link{}, err
	}
	l, err := linkOfToken(ctx, s.db.Read(), hashOf(token), s.db.Clock().Wall())
	return mine(l, err, person)
}

func mine(l Link, err error, person string) (Link, error) {
	switch {
	case errors.Is(err, db.ErrNoRow):
		return Link{}, gone()
	case err != nil:
		return Link{}, err
	case l.Person != person:
		return Link{}, fault.Conflict(i18n.M("address.other_account"))
	}
	return l, nil
}

// Remove ends an association, or takes back the wish for one. The records of the address wait again, and certificates
// that were made from them stop counting.
func (s *Service) Remove(ctx context.Context, by actor.Actor, link string) error {
	person, err := own(by)
	if err != nil {
		return err
	}
	return s.again(ctx, func(tx *db.Tx) error {
		l, err := oneLink(ctx, tx, person, link)
		if err != nil {
			return notFound(err)
		}
		if l.State == Unlinked {
			return fault.Conflict(i18n.M("address.removed_already", i18n.A{"email": l.Email}))
		}
		if err := audit.Record(ctx, tx, by, actor.OwnAddresses, subject(person, link), map[string]any{"removed": l.Email}); err != nil {
			return err
		}
		return s.remove(ctx, tx, l, false)
	})
}

// remove ends an association in the caller's transaction.
func (s *Service) remove(ctx context.Context, tx *db.Tx, l Link, byVendor bool) error {
	was := l.State
	if err := endLink(ctx, tx, l, Unlinked); err != nil {
		return lost(err)
	}
	if err := deleteTokensOf(ctx, tx, l.Person, l.ID); err != nil {
		return err
	}
	if was != Linked {
		return nil
	}
	if err := deleteOwner(ctx, tx, l.Email, l.Person); err != nil {
		return lost(err)
	}
	if s.Records.Release != nil {
		if err := s.Records.Release(ctx, tx, l.Email, l.Person); err != nil {
			return err
		}
	}
	return outbox.Append(ctx, tx, Removed{l.Person, l.ID, l.Email, byVendor})
}

func invalid(field, value string, m i18n.Msg) error {
	var fs fault.Fields
	fs.Add(field, value, m)
	return fs.Err()
}

func notFound(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.NotFound()
	}
	return err
}

func lost(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.Msg{})
	}
	return err
}

// signsIn finds the personal account of whoever signs in with an address; "" when nobody does.
func signsIn(ctx context.Context, q db.Querier, email string) (string, error) {
	who, _, err := login.FindName(ctx, q, email)
	return who.Person, err
}
