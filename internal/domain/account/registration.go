package account

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
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

// RegisterPartner is the public form of a company that wants to become a partner.
type RegisterPartner struct {
	Company, Country, Address, Website, Contact, Email, Phone, Market string
	Channel                                                           []Channel
	Agreed                                                            bool // to the terms
	Captcha, Lang                                                     string
}

// The states of a registration.
const (
	Unconfirmed = "unconfirmed" // the address isn't proved: the company has a code
	Waiting     = "pending"     // the vendor decides
	Approved    = "approved"
	Declined    = "refused"
)

// A Registration is a company that asked to become a partner.
type Registration struct {
	Account   string
	ID        string
	Company   Account
	State     string
	Lang      string
	Reason    string
	CreatedAt time.Time
	DecidedAt time.Time
	SameName  []Account // other companies with the same name: filled by Registration alone
}

// RegisterPartner stores a registration and sends a code to the contact's address. Anyone may, after a captcha;
// nothing in the answer tells whether the address is known here.
func (s *Service) RegisterPartner(ctx context.Context, by actor.Actor, in RegisterPartner) (Registration, error) {
	if err := by.May(actor.RegisterPartner); err != nil {
		return Registration{}, err
	}
	a := Account{Kind: actor.Partner, State: Pending, Name: in.Company, Country: in.Country, Address: in.Address, Website: in.Website,
		Contact: in.Contact, Email: in.Email, Phone: in.Phone, Market: in.Market, Channel: slices.Clone(in.Channel), Version: 1}
	var fs fault.Fields
	a.company(&fs, "company", true)
	a.partner(&fs)
	if !in.Agreed {
		fs.Add("agreed", "", i18n.M("account.terms_missing"))
	}
	if err := fs.Err(); err != nil {
		return Registration{}, err
	}
	// Only now, so that a mistake in the form doesn't cost the solved captcha.
	if err := s.login.Captcha(ctx, in.Captcha); err != nil {
		return Registration{}, err
	}
	var r Registration
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		r, err = s.register(ctx, tx, by, a, pickLanguage(in.Lang, by.Lang))
		return err
	})
	return r, err
}

func (s *Service) register(ctx context.Context, tx *db.Tx, by actor.Actor, a Account, lang string) (Registration, error) {
	a.ID, a.CreatedAt, a.ChangedAt = id.Account(tx.Wall), tx.Now, tx.Now
	r := Registration{Account: a.ID, ID: id.New("reg", tx.Wall), Company: a, State: Unconfirmed, Lang: lang, CreatedAt: tx.Now}
	if err := insert(ctx, tx, a); err != nil {
		return r, err
	}
	if err := insertRegistration(ctx, tx, a.ID, r.ID, lang); err != nil {
		return r, err
	}
	if err := s.sendConfirmation(ctx, tx, r); err != nil {
		return r, err
	}
	if err := audit.Record(ctx, tx, by, actor.RegisterPartner, subject(a.ID), map[string]any{"company": a.Name}); err != nil {
		return r, err
	}
	return r, outbox.Append(ctx, tx, r.fact())
}

func (r Registration) fact() Registered {
	return Registered{Account: r.Account, Company: r.Company.Name, Contact: r.Company.Contact, Email: r.Company.Email, Lang: r.Lang}
}

const confirmOperation = "registration"

func (s *Service) sendConfirmation(ctx context.Context, tx *db.Tx, r Registration) error {
	_, err := s.login.SendCode(ctx, tx, login.CodeRequest{Account: r.Account, Operation: confirmOperation, Binding: r.Company.Email,
		Channel: "email", Target: r.Company.Email, Lang: r.Lang})
	return err
}

// ResendConfirmation sends the code of a registration again, at most once a minute. The account's id is known to
// whoever registered alone.
func (s *Service) ResendConfirmation(ctx context.Context, by actor.Actor, account string) error {
	if err := by.May(actor.RegisterPartner); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		r, err := unconfirmed(ctx, tx, account)
		if err != nil {
			return err
		}
		if err := s.sendConfirmation(ctx, tx, r); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.RegisterPartner, subject(account), map[string]any{"code": "sent again"})
	})
}

func unconfirmed(ctx context.Context, q db.Querier, account string) (Registration, error) {
	r, err := oneRegistration(ctx, q, account)
	if errors.Is(err, db.ErrNoRow) {
		return r, fault.NotFound()
	}
	if err == nil && r.State != Unconfirmed {
		err = fault.Conflict(i18n.M("account.confirmed_already"))
	}
	return r, err
}

// ConfirmRegistration proves the contact's address by the code; then the registration waits for the vendor.
// Conflict when another one with the same address waits already.
func (s *Service) ConfirmRegistration(ctx context.Context, by actor.Actor, account, code string) error {
	if err := by.May(actor.RegisterPartner); err != nil {
		return err
	}
	r, err := unconfirmed(ctx, s.db.Read(), account)
	if err != nil {
		return err
	}
	err = s.login.Confirm(ctx, login.CodeCheck{Account: account, Operation: confirmOperation, Binding: r.Company.Email, Code: code})
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if err := confirmRegistration(ctx, tx, account); err != nil {
			return lost(err)
		}
		first, err := claimEmail(ctx, tx, r.Company.Email, account)
		if err != nil {
			return err
		}
		if !first {
			return fault.Conflict(i18n.M("account.registered_already"))
		}
		if err := audit.Record(ctx, tx, by, actor.RegisterPartner, subject(account), map[string]any{"to": Waiting}); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, Confirmed(r.fact()))
	})
}

// A RegistrationFilter narrows the list of registrations. After is the cursor that the page before returned.
type RegistrationFilter struct {
	State string
	After string
	Limit int
}

// Registrations lists registrations in a state, the oldest first, and returns the cursor of the next page ("" =
// none). The vendor's administrators and channel managers may.
func (s *Service) Registrations(ctx context.Context, by actor.Actor, f RegistrationFilter) (page []Registration, next string, err error) {
	if err := by.May(actor.DecidePartner); err != nil {
		return nil, "", err
	}
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	at, after, err := readCursor(f.After)
	if err != nil {
		return nil, "", err
	}
	since, err := strconv.ParseInt(cmp.Or(at, "0"), 10, 64)
	if err != nil {
		return nil, "", fault.Invalid("after", i18n.M("account.cursor_wrong"))
	}
	page, err = registrations(ctx, s.db.Read(), f.State, since, after, f.Limit+1)
	if len(page) > f.Limit {
		page = page[:f.Limit]
		last := page[f.Limit-1]
		next = cursorOf(strconv.FormatInt(last.CreatedAt.UnixMicro(), 10), last.Account)
	}
	return page, next, err
}

// Registration returns one registration with other companies of the same name.
func (s *Service) Registration(ctx context.Context, by actor.Actor, account string) (Registration, error) {
	if err := by.May(actor.DecidePartner); err != nil {
		return Registration{}, err
	}
	r, err := oneRegistration(ctx, s.db.Read(), account)
	if errors.Is(err, db.ErrNoRow) {
		return r, fault.NotFound()
	}
	if err != nil {
		return r, err
	}
	r.SameName, err = namesakes(ctx, s.db.Read(), r.Company)
	return r, err
}

// DecideRegistration approves or refuses a waiting registration. The vendor's administrators and channel managers
// may; a refusal needs a reason. Approved, the contact gets a link to become the partner's first administrator.
func (s *Service) DecideRegistration(ctx context.Context, by actor.Actor, account string, approve bool, why string) error {
	if err := by.May(actor.DecidePartner); err != nil {
		return err
	}
	var err error
	if !approve || text.Lines(why) != "" {
		if why, err = reason(why); err != nil {
			return err
		}
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		state, to := Declined, Refused
		if approve {
			state, to = Approved, Active
		}
		r, err := oneRegistration(ctx, tx, account)
		if errors.Is(err, db.ErrNoRow) {
			return fault.NotFound()
		}
		if err != nil {
			return err
		}
		if err := decideRegistration(ctx, tx, account, state, why, by.User); err != nil {
			return lost(err)
		}
		if err := setState(ctx, tx, account, Pending, to, why); err != nil {
			return lost(err)
		}
		if err := releaseEmail(ctx, tx, account); err != nil {
			return err
		}
		return s.decided(ctx, tx, by, r, approve, why)
	})
}

func (s *Service) decided(ctx context.Context, tx *db.Tx, by actor.Actor, r Registration, approve bool, why string) error {
	e := Decided{Account: r.Account, Company: r.Company.Name, Contact: r.Company.Contact, Email: r.Company.Email, Lang: r.Lang,
		Approved: approve, Reason: why}
	if approve {
		in, sealed, err := s.invite(ctx, tx, by, Invitation{Account: r.Account, purpose: "partner", Email: r.Company.Email,
			Name: r.Company.Contact, Roles: []actor.Role{actor.PartnerAdmin}, Lang: r.Lang})
		if err != nil {
			return err
		}
		e.Sealed, e.Days = sealed, in.days
	}
	if err := audit.Record(ctx, tx, by, actor.DecidePartner, subject(r.Account), map[string]any{"approved": approve, "reason": why}); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, e)
}
