package distribution

import (
	"context"
	"crypto/rand"
	"errors"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/login"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// verifiedName is the state of a customer whose real name was verified; the others are -1 none, 0 reviewing, 1 refused.
const verifiedName = 2

// A NewCustomer is one to make. Login "" is made up; Phone is a bare Chinese mobile number and Email an address, each with the code
// that SendCustomerCode sent; without either the customer has no user yet. XAccountID is the customer's id on the
// partner's own platform. Model "" is resale. Country "" is CN, Name "" the login name.
//
// With Activate the contact is mailed a link by which it becomes the first administrator: that proves the address in
// place of a code, the number is only kept, and XAccountID may be empty. Manager is the account manager whose the customer
// becomes; Key makes a repetition harmless.
type NewCustomer struct {
	Partner, Login, Phone, Email, Code, XAccountID, XAccountType, Password string
	NoMarketing, Activate                                                  bool
	Model                                                                  account.Link
	Country, Name, Contact, Lang, Manager, Key                             string
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
// with the Why of the first thing that's wrong, and everything that is: see Refusal.
func (s *Service) CreateCustomer(ctx context.Context, by actor.Actor, in NewCustomer) (Made, error) {
	q := s.db.Read()
	partner, err := s.partner(ctx, q, by, actor.CreateCustomers, in.Partner)
	if err != nil {
		return Made{}, err
	}
	if err := s.standing(ctx, q, partner, s.now()); err != nil {
		return Made{}, err
	}
	request := in.request()
	out, err := s.createOnce(ctx, by, partner, in, request)
	if err == nil || in.Key == "" || fault.Of(err) == nil {
		return out, err
	}
	first, was, known := madeBy(ctx, q, partner.ID, in.Key)
	switch {
	case errors.Is(known, db.ErrNoRow):
		return out, err
	case known != nil:
		return out, known
	case was != request:
		return out, conflict(Parameter, i18n.M("distribution.key_used"))
	}
	return first, nil
}

// request tells one customer to make from another under the same key.
func (in NewCustomer) request() string {
	return confirm.About(in.Login, in.Phone, in.Email, in.XAccountID, string(in.Model), in.Country, in.Name, in.Contact, in.Manager)
}

func (s *Service) createOnce(ctx context.Context, by actor.Actor, partner account.Account, in NewCustomer, request string) (out Made, err error) {
	manager, err := s.complete(ctx, s.db.Read(), partner, &in)
	if err != nil {
		return out, err
	}
	password, err := s.hash(ctx, in)
	if err != nil {
		return out, err
	}
	if err := s.spendCode(ctx, by, in); err != nil {
		return out, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		out, err = s.create(ctx, tx, by, partner, in, manager, password, request)
		return err
	})
	return out, err
}

// checks collects what is wrong with a new customer: the Why is the first one's.
type checks struct {
	why Why
	fs  fault.Fields
}

func (c *checks) refuse(why Why, field, value string, m i18n.Msg) {
	if c.why == "" {
		c.why = why
	}
	c.fs.Add(field, value, m)
}

func (c *checks) err() error {
	if err := c.fs.Err(); err != nil {
		return &Refusal{c.why, err}
	}
	return nil
}

// complete checks what was typed and fills in what's left out.
func (s *Service) complete(ctx context.Context, q db.Querier, partner account.Account, in *NewCustomer) (manager Term, err error) {
	c := &checks{}
	if in.Login == "" {
		in.Login = "h" + strings.ToLower(rand.Text() + rand.Text())[:31]
	}
	if !LoginFits(in.Login) {
		c.refuse(LoginMalformed, "login_name", in.Login, i18n.M("distribution.login_malformed"))
	} else if taken, err := loginTaken(ctx, q, in.Login); err != nil {
		return manager, err
	} else if taken {
		c.refuse(LoginTaken, "login_name", in.Login, i18n.M("distribution.login_taken"))
	}
	if in.Name = text.Clean(in.Name); in.Name == "" && in.Activate {
		c.refuse(Parameter, "name", in.Name, i18n.M("account.entry_missing"))
	} else if in.Name == "" {
		in.Name = in.Login
	}
	switch in.Model {
	case "":
		in.Model = account.Resale
	case account.Resale, account.Referral:
	default:
		c.refuse(Parameter, "model", string(in.Model), i18n.M("distribution.model_wrong"))
	}
	if in.Country == "" {
		in.Country = "CN"
	}
	if r, err := language.ParseRegion(in.Country); err != nil || !r.IsCountry() || len(in.Country) != 2 {
		c.refuse(Parameter, "country", in.Country, i18n.M("account.country_wrong"))
	}
	if err := s.platformFree(ctx, q, c, partner, in); err != nil {
		return manager, err
	}
	if err := s.reach(ctx, q, c, partner, in); err != nil {
		return manager, err
	}
	if in.Manager != "" {
		if manager, err = managerOf(ctx, q, partner.ID, in.Manager); WhyOf(err) == Parameter {
			c.refuse(Parameter, "manager", in.Manager, fault.Of(err).Fields[0].Msg)
		} else if err != nil {
			return manager, err
		}
	}
	return manager, c.err()
}

func (s *Service) platformFree(ctx context.Context, q db.Querier, c *checks, partner account.Account, in *NewCustomer) error {
	in.XAccountID = text.Clean(in.XAccountID)
	if in.XAccountID == "" && in.Activate {
		return nil
	}
	if in.XAccountID == "" || len(in.XAccountID) > mostPlatform {
		c.refuse(Parameter, "xaccount_id", in.XAccountID, i18n.M("distribution.xaccount_missing"))
		return nil
	}
	taken, err := platformTaken(ctx, q, partner.ID, in.XAccountID)
	if taken {
		c.refuse(XAccountTaken, "xaccount_id", in.XAccountID, i18n.M("distribution.xaccount_taken"))
	}
	return err
}

const mostPlatform = 128

func orErr(err, refusal error) error {
	if err != nil {
		return err
	}
	return refusal
}

// reach checks phone number and address, and what proves them.
func (s *Service) reach(ctx context.Context, q db.Querier, c *checks, partner account.Account, in *NewCustomer) error {
	if err := errors.Join(s.number(ctx, q, c, in), s.address(ctx, q, c, partner, in)); err != nil {
		return err
	}
	switch {
	case in.Activate:
		if in.Contact = text.Clean(in.Contact); in.Contact == "" {
			c.refuse(Parameter, "contact", in.Contact, i18n.M("account.entry_missing"))
		}
	case (in.Phone != "" || in.Email != "") && in.Code == "":
		c.refuse(CodeWrong, "code", "", i18n.M("distribution.code_missing"))
	}
	return nil
}

func (s *Service) number(ctx context.Context, q db.Querier, c *checks, in *NewCustomer) error {
	if in.Phone == "" {
		return nil
	}
	p, ok := login.Phone(in.Phone)
	if !ok {
		c.refuse(PhoneMalformed, "phone", in.Phone, i18n.M("distribution.phone_malformed"))
		return nil
	}
	in.Phone = p
	left, err := s.phoneLeft(ctx, q, p)
	if err != nil {
		return err
	}
	if left == 0 {
		c.refuse(PhoneTooMany, "phone", p, i18n.M("distribution.phone_too_many"))
		return nil
	}
	if in.Email != "" || in.Activate {
		return nil
	}
	_, known, err := login.FindName(ctx, q, p)
	if known {
		c.refuse(PhoneUsed, "phone", p, i18n.M("distribution.phone_used"))
	}
	return err
}

func (s *Service) address(ctx context.Context, q db.Querier, c *checks, partner account.Account, in *NewCustomer) error {
	if in.Email == "" && !in.Activate {
		return nil
	}
	e, ok := text.Email(in.Email)
	if !ok {
		c.refuse(Parameter, "email", in.Email, i18n.M("account.email_wrong"))
		return nil
	}
	in.Email = e
	_, known, err := login.FindName(ctx, q, e)
	if err == nil && !known && in.Activate {
		known, err = emailTaken(ctx, q, e) // made, and not activated yet
	}
	if err != nil {
		return err
	}
	if known {
		c.refuse(PhoneUsed, "email", e, i18n.M("distribution.email_used"))
		return nil
	}
	other, err := AnnouncedBy(ctx, q, e, s.now())
	if other != "" && other != partner.ID {
		c.refuse(Reserved, "email", e, i18n.M("distribution.email_reserved"))
	}
	return err
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

func (s *Service) create(ctx context.Context, tx *db.Tx, by actor.Actor, partner account.Account, in NewCustomer, manager Term, password, request string) (Made, error) {
	a, err := account.InsertCustomer(ctx, tx, by, actor.CreateCustomers,
		account.NewCustomer{Name: in.Name, Country: in.Country, Contact: in.Contact, Email: in.Email, Phone: in.Phone}, account.Active)
	if err != nil {
		return Made{}, err
	}
	if in.Key != "" {
		if free, err := claimKey(ctx, tx, partner.ID, in.Key, Made{a.ID, in.Login}, request); err != nil || !free {
			return Made{}, orErr(err, conflict(Parameter, i18n.M("distribution.key_used")))
		}
	}
	free, err := insertProfile(ctx, tx, Profile{Account: a.ID, Login: in.Login, Name: in.Name, CountryCode: countryCode(in.Phone), Phone: in.Phone, Email: in.Email,
		Type: -1, Verified: -1, NoMarketing: in.NoMarketing})
	if err != nil || !free {
		return Made{}, orErr(err, invalid(LoginTaken, "login_name", in.Login, i18n.M("distribution.login_taken")))
	}
	if err := s.firstUser(ctx, tx, by, a, in, password); err != nil {
		return Made{}, err
	}
	c, err := s.relate(ctx, tx, by, actor.CreateCustomers, partner, a, in.Model, manager)
	if err != nil {
		return Made{}, err
	}
	c.XAccountID, c.XAccountType = in.XAccountID, in.XAccountType
	if free, err = platform(ctx, tx, c); err != nil || !free && in.XAccountID != "" {
		return Made{}, orErr(err, invalid(XAccountTaken, "xaccount_id", in.XAccountID, i18n.M("distribution.xaccount_taken")))
	}
	if err := s.tell(ctx, tx, "customer.created", partner, c, Changed{By: by.Name}); err != nil {
		return Made{}, err
	}
	return Made{a.ID, in.Login}, note(ctx, tx, by, actor.CreateCustomers, c, map[string]any{"did": "create", "login": in.Login, "model": string(in.Model)})
}
