package distribution

import (
	"context"
	"errors"
	"strings"
	"time"

	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

const codeOperation = "customer_registration"

// SendCustomerCode sends the code with which a partner proves a new customer's phone number or address. Partners'
// administrators may. It works for a lifetime, 0 = the usual one. CodeLimit when too many were sent.
func (s *Service) SendCustomerCode(ctx context.Context, by actor.Actor, phone, email, lang string, lifetime time.Duration) error {
	if err := by.May(actor.CreateCustomers); err != nil {
		return err
	}
	in := login.CodeRequest{Account: by.Account, Operation: codeOperation, Channel: "sms", Target: phone, Lang: lang, Lifetime: lifetime}
	if email != "" {
		in.Channel, in.Target = "email", email
	}
	name, _, ok := login.NormalName(in.Target)
	if !ok {
		return invalid(PhoneMalformed, "phone", in.Target, i18n.M("distribution.phone_malformed"))
	}
	in.Binding = name
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := s.Login.SendCode(ctx, tx, in)
		if err != nil {
			return err
		}
		return note(ctx, tx, by, actor.CreateCustomers, Customer{Partner: by.Account}, map[string]any{"did": "code", "channel": in.Channel})
	})
	if fault.KindOf(err) == fault.KindTooMany {
		err = &Refusal{CodeLimit, err}
	}
	return err
}

func (s *Service) spendCode(ctx context.Context, by actor.Actor, in NewCustomer) error {
	to := in.Phone
	if in.Email != "" {
		to = in.Email
	}
	if to == "" || in.Activate {
		return nil
	}
	err := s.Login.Confirm(ctx, login.CodeCheck{Account: by.Account, Operation: codeOperation, Binding: to, Code: in.Code})
	if r := new(login.CodeRefusal); errors.As(err, &r) {
		return &Refusal{codeWhys[r.State], err}
	}
	if fault.KindOf(err) == fault.KindTooMany {
		return &Refusal{CodeTries, err}
	}
	return err
}

// codeWhys are the reasons that the interface has; one that was used is a wrong one there.
var codeWhys = map[login.CodeState]Why{login.CodeWrong: CodeWrong, login.CodeUsed: CodeWrong, login.CodeExpired: CodeExpired, login.CodeVoid: CodeTries}

// An Identity says whether a login name, phone number or address can still be used for a customer; Left is how many
// accounts a phone number may still have.
type Identity struct {
	Free bool
	Left int
}

// CheckIdentity tells whether a value of a kind (name, email, mobile) is free. Partners' administrators may.
func (s *Service) CheckIdentity(ctx context.Context, by actor.Actor, kind, value string) (x Identity, err error) {
	if err := by.May(actor.CreateCustomers); err != nil {
		return x, err
	}
	q := s.db.Read()
	switch kind {
	case "name":
		if !LoginFits(value) {
			return x, invalid(Parameter, "search_value", value, i18n.M("distribution.login_malformed"))
		}
		taken, err := loginTaken(ctx, q, value)
		return Identity{Free: !taken}, err
	case "email":
		e, ok := text.Email(value)
		if !ok {
			return x, invalid(Parameter, "search_value", value, i18n.M("account.email_wrong"))
		}
		_, known, err := login.FindName(ctx, q, e)
		if err != nil || known {
			return x, err
		}
		taken, err := emailTaken(ctx, q, e)
		return Identity{Free: !taken}, err
	case "mobile":
		p, ok := login.Phone(strings.ReplaceAll(value, "-", ""))
		if !ok {
			return x, invalid(Parameter, "search_value", value, i18n.M("distribution.phone_malformed"))
		}
		x.Left, err = s.phoneLeft(ctx, q, p)
		x.Free = x.Left > 0
		return x, err
	}
	return x, invalid(Parameter, "search_type", kind, i18n.M("distribution.kind_wrong"))
}
