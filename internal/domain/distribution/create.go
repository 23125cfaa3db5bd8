package distribution

import (
	"context"
	"crypto/rand"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/language"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/text"
)

// verifiedName is the state of a customer whose real name was verified; the others are -1 none, 0 reviewing, 1 refused.
const verifiedName = 2

// A NewCustomer is one to make. Login "" is made up; Phone is a bare Chinese mobile number and Email an address, each with the code
// that SendCustomerCode sent; without either the customer has no user yet. XAccountID is the customer's id on the
// partner's own platform. Model "" is resale. Country "" is CN, Name "" the login name.
type NewCustomer struct {
	Partner, Login, Phone, Email, Code, XAccountID, XAccountType, Password string
	NoMarketing                                                            bool
	Model                                                                  account.Link
	Country, Name, Lang                                                    string
}

// Made is a customer that was made.
type Made struct{ ID, Login string }

var loginName = regexp.MustCompile(`^[a-zA-Z_-][a-zA-Z0-9_-]*$`)

// LoginFits tells whether a customer's login name is well formed: 5 to 32 letters, digits, - and _, no digit first, none
// of the vendor's own prefixes.
func LoginFits(s string) bool {
	return len(s) >= 5 && len(s) <= 32 && loginName.MatchString(s) && !strings.HasPrefix(s, "op_") && !strings.HasPrefix(s, "shadow_")
}

// CreateCustomer makes a customer with its association. Administrators may; a distributor's for its reseller. Refused
// with one Why each: see Refusal.
func (s *Service) CreateCustomer(ctx context.Context, by actor.Actor, in NewCustomer) (Made, error) {
	q := s.db.Read()
	partner, err := s.partner(ctx, q, by, actor.CreateCustomers, in.Partner)
	if err != nil {
		return Made{}, err
	}
	if err := s.standing(ctx, q, partner, s.now()); err != nil {
		return Made{}, err
	}
	if err := s.complete(ctx, q, partner, &in); err != nil {
		return Made{}, err
	}
	hash, err := s.hash(ctx, in)
	if err != nil {
		return Made{}, err
	}
	if err := s.spendCode(ctx, by, in); err != nil {
		return Made{}, err
	}
	var out Made
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		out, err = s.create(ctx, tx, by, partner, in, hash)
		return err
	})
	return out, err
}

// complete checks what was typed and fills in what's left out.
func (s *Service) complete(ctx context.Context, q db.Querier, partner account.Account, in *NewCustomer) error {
	if in.Login == "" {
		in.Login = "h" + strings.ToLower(rand.Text() + rand.Text())[:31]
	}
	if !LoginFits(in.Login) {
		return invalid(LoginMalformed, "login_name", in.Login, i18n.M("distribution.login_malformed"))
	}
	if in.Name = text.Clean(in.Name); in.Name == "" {
		in.Name = in.Login
	}
	switch in.Model {
	case "":
		in.Model = account.Resale
	case account.Resale, account.Referral:
	default:
		return invalid(Parameter, "model", string(in.Model), i18n.M("distribution.model_wrong"))
	}
	if in.Country == "" {
		in.Country = "CN"
	}
	if r, err := language.ParseRegion(in.Country); err != nil || !r.IsCountry() || len(in.Country) != 2 {
		return invalid(Parameter, "country", in.Country, i18n.M("account.country_wrong"))
	}
	if in.XAccountID = text.Clean(in.XAccountID); in.XAccountID == "" || len(in.XAccountID) > 128 {
		return invalid(Parameter, "xaccount_id", in.XAccountID, i18n.M("distribution.xaccount_missing"))
	}
	if err := s.reach(ctx, q, in); err != nil {
		return err
	}
	if taken, err := loginTaken(ctx, q, in.Login); err != nil || taken {
		return orErr(err, invalid(LoginTaken, "login_name", in.Login, i18n.M("distribution.login_taken")))
	}
	taken, err := platformTaken(ctx, q, partner.ID, in.XAccountID)
	if err != nil || taken {
		return orErr(err, invalid(XAccountTaken, "xaccount_id", in.XAccountID, i18n.M("distribution.xaccount_taken")))
	}
	return nil
}

func orErr(err, refusal error) error {
	if err != nil {
		return err
	}
	return refusal
}

// reach checks phone number and address.
func (s *Service) reach(ctx context.Context, q db.Querier, in *NewCustomer) error {
	if in.Phone != "" {
		p, ok := login.Phone(in.Phone)
		if !ok {
			return invalid(PhoneMalformed, "phone", in.Phone, i18n.M("distribution.phone_malformed"))
		}
		in.Phone = p
		left, err := s.phoneLeft(ctx, q, p)
		if err != nil || left == 0 {
			return orErr(err, invalid(PhoneTooMany, "phone", in.Phone, i18n.M("distribution.phone_too_many")))
		}
	}
	if in.Email != "" {
		e, ok := text.Email(in.Email)
		if !ok {
			return invalid(Parameter, "email", in.Email, i18n.M("account.email_wrong"))
		}
		in.Email = e
		if _, known, err := login.FindName(ctx, q, e); err != nil || known {
			return orErr(err, invalid(PhoneUsed, "email", e, i18n.M("distribution.email_used")))
		}
	}
	if in.Phone != "" && in.Email == "" {
		if _, known, err := login.FindName(ctx, q, in.Phone); err != nil || known {
			return orErr(err, invalid(PhoneUsed, "phone", in.Phone, i18n.M("distribution.phone_used")))
		}
	}
	if (in.Phone != "" || in.Email != "") && in.Code == "" {
		return invalid(CodeWrong, "code", "", i18n.M("distribution.code_missing"))
	}
	return nil
}

func (s *Service) phoneLeft(ctx context.Context, q db.Querier, phone string) (int, error) {
	most, err := setting.Int(ctx, q, setting.AccountsPerPhone, s.now())
	if err != nil {
		return 0, err
	}
	n, err := accountsOfPhone(ctx, q, phone)
	return max(0, most-int(n)), err
}

// hash checks a password by the rules of the call: at least two of four classes, neither the login name nor its reverse,
// without phone number and address; and by the installation's own.
func (s *Service) hash(ctx context.Context, in NewCustomer) (string, error) {
	if in.Password == "" {
		return "", nil
	}
	wrong := invalid(PasswordMalformed, "password", "", i18n.M("distribution.password_malformed"))
	var upper, lower, digit, other bool
	for _, r := range in.Password {
		upper, lower, digit = upper || unicode.IsUpper(r), lower || unicode.IsLower(r), digit || unicode.IsDigit(r)
		other = other || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	n := 0
	for _, has := range []bool{upper, lower, digit, other} {
		if has {
			n++
		}
	}
	fold, bare := strings.ToLower(in.Password), strings.TrimPrefix(in.Phone, "+86")
	if n < 2 || fold == strings.ToLower(in.Login) || fold == reverse(strings.ToLower(in.Login)) || bare != "" && strings.Contains(fold, bare) ||
		in.Email != "" && strings.Contains(fold, in.Email) {
		return "", wrong
	}
	h, err := s.Login.HashPassword(ctx, "password", in.Password, in.Login)
	if fault.KindOf(err) == fault.KindInvalid {
		err = &Refusal{PasswordMalformed, err}
	}
	return h, err
}

func reverse(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

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
	if to == "" {
		return nil
	}
	err := s.Login.Confirm(ctx, login.CodeCheck{Account: by.Account, Operation: codeOperation, Binding: to, Code: in.Code})
	switch fault.KindOf(err) {
	case fault.KindInvalid:
		return &Refusal{CodeWrong, err}
	case fault.KindTooMany:
		return &Refusal{CodeTries, err}
	}
	return err
}

func (s *Service) create(ctx context.Context, tx *db.Tx, by actor.Actor, partner account.Account, in NewCustomer, hash string) (Made, error) {
	a, err := account.InsertCustomer(ctx, tx, by, actor.CreateCustomers, account.NewCustomer{Name: in.Name, Country: in.Country, Email: in.Email, Phone: in.Phone}, account.Active)
	if err != nil {
		return Made{}, err
	}
	free, err := insertProfile(ctx, tx, Profile{Account: a.ID, Login: in.Login, Name: in.Name, CountryCode: countryCode(in.Phone), Phone: in.Phone, Email: in.Email,
		Type: -1, Verified: -1, NoMarketing: in.NoMarketing})
	if err != nil || !free {
		return Made{}, orErr(err, invalid(LoginTaken, "login_name", in.Login, i18n.M("distribution.login_taken")))
	}
	if name := in.Email + in.Phone; name != "" {
		if in.Email != "" {
			name = in.Email
		}
		if err := s.Accounts.FirstUser(ctx, tx, by, actor.CreateCustomers, a, login.NewIdentity{Email: name, Name: in.Name, Password: hash, Lang: in.Lang}); err != nil {
			return Made{}, err
		}
	}
	c, err := s.relate(ctx, tx, by, actor.CreateCustomers, partner, a, in.Model, Term{})
	if err != nil {
		return Made{}, err
	}
	c.XAccountID, c.XAccountType = in.XAccountID, in.XAccountType
	if free, err = platform(ctx, tx, c); err != nil || !free {
		return Made{}, orErr(err, invalid(XAccountTaken, "xaccount_id", in.XAccountID, i18n.M("distribution.xaccount_taken")))
	}
	if err := s.tell(ctx, tx, "customer.created", partner, c, Changed{By: by.Name}); err != nil {
		return Made{}, err
	}
	return Made{a.ID, in.Login}, note(ctx, tx, by, actor.CreateCustomers, c, map[string]any{"did": "create", "login": in.Login, "model": string(in.Model)})
}

// countryCode is the wire's form of a number's country: 0086.
func countryCode(phone string) string {
	if strings.HasPrefix(phone, "+86") {
		return "0086"
	}
	return ""
}

// ensureProfile gives a customer that came in another way its profile, with a login name made of its id.
func ensureProfile(ctx context.Context, tx *db.Tx, a account.Account) error {
	_, err := profileOf(ctx, tx, a.ID)
	if !errors.Is(err, db.ErrNoRow) {
		return err
	}
	p := Profile{Account: a.ID, Login: "c" + a.ID[:min(len(a.ID), 31)], Name: a.Name, CountryCode: countryCode(a.Phone), Phone: a.Phone, Email: a.Email, Type: -1, Verified: -1}
	free, err := insertProfile(ctx, tx, p)
	if err == nil && !free {
		p.Login = strings.ReplaceAll(id.New("c", tx.Wall), "_", "-")
		_, err = insertProfile(ctx, tx, p)
	}
	return err
}

// SetVerified writes what real-name verification found out about a customer, in the caller's transaction: its type (-1
// none, 0 person, 1 enterprise), the state (-1 none, 0 reviewing, 1 refused, 2 verified) and the name, "" = as before.
func SetVerified(ctx context.Context, tx *db.Tx, customer string, kind, verified int, name string) error {
	a, err := account.Get(ctx, tx, customer)
	if err != nil {
		return err
	}
	if err := ensureProfile(ctx, tx, a); err != nil {
		return err
	}
	return setVerified(ctx, tx, customer, kind, verified, name)
}

// ProfileOf reads what the channel knows of a customer, for a module that has checked who asks; NotFound when nothing.
func ProfileOf(ctx context.Context, q db.Querier, customer string) (Profile, error) {
	p, err := profileOf(ctx, q, customer)
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return p, err
}

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
