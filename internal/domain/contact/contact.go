// Package contact knows whom a company may have its tickets' answers sent to.
//
// The addresses and phone numbers with which its users sign in are known to be theirs, and so are those in its own
// profile. Any other is shown to be somebody's with a code that goes there (business rules 7.1, osm 6.27): six digits, good
// for five minutes, one a minute; five wrong ones make it void. What was shown holds for a while, which is a setting.
package contact

import (
	"context"
	"errors"
	"strings"
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
	"hanse/internal/kit/text"
)

// A Way is how a contact is reached.
type Way int

// The ways, with their numbers in the vendor's API.
const (
	Mobile Way = 0
	Mail   Way = 1
)

// A Contact is an address or a number in its normal form, as Parse gives it.
type Contact struct {
	Way   Way
	Value string // +8613800138000, or an address in small letters
}

// Parse brings a contact into its normal form. A number without a country code takes the area's, such as 0086; without
// one, eleven digits that start with 1 are Chinese. Invalid names contact_value or contact_way.
func Parse(way Way, value, area string) (Contact, error) {
	switch way {
	case Mail:
		if v, ok := text.Email(value); ok && len(v) <= 128 {
			return Contact{Mail, v}, nil
		}
		return Contact{}, fault.Invalid("contact_value", i18n.M("contact.bad_mail"))
	case Mobile:
		typed := text.Fold(value)
		if code := strings.TrimLeft(strings.TrimPrefix(text.Fold(area), "+"), "0"); code != "" && !strings.HasPrefix(typed, "+") && !strings.HasPrefix(typed, "00") {
			typed = "+" + code + typed
		}
		if v, ok := login.Phone(typed); ok {
			return Contact{Mobile, v}, nil
		}
		return Contact{}, fault.Invalid("contact_value", i18n.M("contact.bad_phone"))
	}
	return Contact{}, fault.Invalid("contact_way", i18n.M("contact.bad_way"))
}

// Split parts a number into the area code as the vendor's API writes it and the rest. Codes are those that there are; the
// longest that fits is meant. An address has no area.
func (c Contact) Split(codes []string) (area, rest string) {
	if c.Way == Mail {
		return "", c.Value
	}
	digits := "00" + strings.TrimPrefix(c.Value, "+")
	for _, code := range codes {
		if strings.HasPrefix(digits, code) && len(code) > len(area) {
			area = code
		}
	}
	if area == "" {
		return "", c.Value
	}
	return area, digits[len(area):]
}

// A Verified is a contact that somebody has shown to be theirs.
type Verified struct {
	ID      string // verified_id
	Account string
	User    string // who checked the code
	Contact
	At    time.Time
	Until time.Time
}

// A Need says whether a contact wants a code before a ticket can carry it. Until is when an earlier check ends; zero for
// registered contacts, which don't end, and where a code is needed.
type Need struct {
	Needed     bool
	Registered bool
	Until      time.Time
}

// Service has the verbs.
type Service struct {
	db    *db.DB
	login *login.Service
}

// New returns the service.
func New(d *db.DB, l *login.Service) *Service { return &Service{d, l} }

// lifetime of a code: the vendor's API promises five minutes, whatever codes of other operations have.
const lifetime = 5 * time.Minute

// operation names the codes; what they bind to is user and contact.
const operation = "ticket_contact"

func binding(by actor.Actor, c Contact) string { return by.User + " " + c.Value }

// Need tells whether a contact wants a code for the own account. Everybody signed in may ask.
func (s *Service) Need(ctx context.Context, by actor.Actor, c Contact) (Need, error) {
	if err := by.May(actor.OwnContacts); err != nil {
		return Need{}, err
	}
	return need(ctx, s.db.Read(), by.Account, c, s.db.Clock().Now())
}

func need(ctx context.Context, q db.Querier, owner string, c Contact, at time.Time) (Need, error) {
	own, err := registered(ctx, q, owner, c)
	if err != nil || own {
		return Need{Registered: own}, err
	}
	v, err := readContact(ctx, q, owner, c)
	switch {
	case errors.Is(err, db.ErrNoRow) || err == nil && !at.Before(v.Until):
		return Need{Needed: true}, nil
	case err != nil:
		return Need{}, err
	}
	return Need{Until: v.Until}, nil
}

// registered tells whether a contact is the account's own: its profile's, or one with which one of its users signs in.
func registered(ctx context.Context, q db.Querier, owner string, c Contact) (bool, error) {
	a, err := account.Get(ctx, q, owner)
	if err != nil {
		return false, err
	}
	profile, kind, ok := login.NormalName(a.Email)
	if c.Way == Mobile {
		profile, kind, ok = login.NormalName(a.Phone)
	}
	if ok && profile == c.Value && (kind == "email") == (c.Way == Mail) {
		return true, nil
	}
	who, known, err := login.FindName(ctx, q, c.Value)
	if err != nil || !known {
		return false, err
	}
	if who.Person == owner {
		return true, nil
	}
	return account.Employs(ctx, q, owner, who.ID)
}

// Holds tells whether a ticket of an account may carry a contact at an instant: it's registered, or was verified and that
// hasn't ended.
func Holds(ctx context.Context, q db.Querier, owner string, c Contact, at time.Time) (bool, error) {
	n, err := need(ctx, q, owner, c, at)
	return err == nil && !n.Needed, err
}

// Send sends a code to a contact that the actor wants on tickets of the own account. Everybody signed in may. TooMany within
// a minute of the last one to that contact, after ten in a day, and while too many were wrong.
func (s *Service) Send(ctx context.Context, by actor.Actor, c Contact) (login.Sent, error) {
	if err := by.May(actor.OwnContacts); err != nil {
		return login.Sent{}, err
	}
	through := "sms"
	if c.Way == Mail {
		through = "email"
	}
	var out login.Sent
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		out, err = s.login.SendCode(ctx, tx, login.CodeRequest{Account: by.Account, Operation: operation, Binding: binding(by, c), Channel: through,
			Target: c.Value, Lang: by.Lang, Lifetime: lifetime})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.OwnContacts, audit.Subject{Kind: "contact", ID: c.Value, Account: by.Account}, map[string]any{"did": "send"})
	})
	return out, err
}

// Check spends a code; the contact then holds for the account until its end. Everybody signed in may, with the code that
// they asked for. Invalid for a wrong or old code, which counts; TooMany while too many were wrong.
func (s *Service) Check(ctx context.Context, by actor.Actor, c Contact, code string) (v Verified, err error) {
	if err := by.May(actor.OwnContacts); err != nil {
		return v, err
	}
	if err := s.login.Confirm(ctx, login.CodeCheck{Account: by.Account, Operation: operation, Binding: binding(by, c), Code: code}); err != nil {
		return v, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		days, err := setting.Int(ctx, tx, setting.ContactDays, tx.Now)
		if err != nil {
			return err
		}
		v, err = put(ctx, tx, Verified{ID: id.New("vct", tx.Wall), Account: by.Account, User: by.User, Contact: c, At: tx.Now, Until: tx.Now.AddDate(0, 0, days)})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.OwnContacts, audit.Subject{Kind: "contact", ID: c.Value, Account: by.Account}, map[string]any{"did": "verify", "until": v.Until})
	})
	return v, err
}

// A Filter narrows verified contacts; zero values don't. With Expired those that have ended are told too.
type Filter struct {
	ID      string
	Way     *Way
	Value   string // a part of it
	User    string
	Expired bool
}

// List lists the own account's verified contacts, the newest first, and how many there are in all. Everybody signed in may.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter, offset, limit int) ([]Verified, int64, error) {
	if err := by.May(actor.OwnContacts); err != nil {
		return nil, 0, err
	}
	if limit <= 0 || limit > 100 {
		limit = 10
	}
	return listContacts(ctx, s.db.Read(), by.Account, f, s.db.Clock().Now(), max(offset, 0), limit)
}

// Find reads a verified contact of an account by its id; false when there's none, or it has ended.
func Find(ctx context.Context, q db.Querier, owner, verifiedID string, at time.Time) (Verified, bool, error) {
	if !id.Has("vct", verifiedID) {
		return Verified{}, false, nil
	}
	v, err := oneContact(ctx, q, owner, verifiedID)
	if errors.Is(err, db.ErrNoRow) {
		return v, false, nil
	}
	return v, err == nil && at.Before(v.Until), err
}
