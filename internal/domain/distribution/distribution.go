// Package distribution keeps who sells to whom: customers of partners, resellers of distributors.
//
// A customer has one partner at a time, a reseller one distributor of its own market (business rules 4.1). A customer
// comes by a partner's link, or is made by the partner; it goes, or changes its model, when one side asks and the other
// one agrees (4.6). Then money that the partner allocated goes back to it, and its vouchers with it, in one transaction
// with the end of the association. A partner freezes customers it resells to; what the vendor does to a partner falls
// through to those below it, and lifting it lifts only that (4.7).
//
// An association itself is kept by domain/account; the pair of clearing accounts between two books is open exactly as
// long as a resale customer or a reseller is associated.
package distribution

import (
	"context"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/login"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/vault"
)

// How far a customer is frozen: not at all, its account, its account and resources.
const (
	NotFrozen    = 0
	AccountOnly  = 1
	AndResources = 2
)

// Config is what the service needs. Quotas takes the voucher quotas of a reseller back to its distributor; nil takes none.
type Config struct {
	DB       *db.DB
	Vault    *vault.Vault
	Login    *login.Service
	Accounts *account.Service
	Confirm  *confirm.Service
	Quotas   func(ctx context.Context, tx *db.Tx, by actor.Actor, distributor, reseller string) (int64, error)
	Plan     func(ctx context.Context, q db.Querier, customer string) (bool, error) // holds a valid support plan; nil = not known
}

// Service holds the verbs.
type Service struct {
	Config
	db *db.DB
}

// New returns the service.
func New(c Config) *Service { return &Service{Config: c, db: c.DB} }

// The kinds of job.
const (
	cascadeJob = "distribution.cascade"
	openJob    = "distribution.open_books"
	batch      = 200
)

// Register subscribes to what becomes of accounts and associations, and adds the daily pass and the work in batches.
func (s *Service) Register(r *jobs.Runner) {
	r.On("association.added", "distribution.connect", s.onAdded)
	for _, kind := range []string{"account.frozen", "account.unfrozen"} {
		r.On(kind, "distribution.cascade", s.onFrozen)
	}
	for _, kind := range []string{"realname.submitted", "realname.verified", "realname.refused", "realname.revoked", "realname.withdrawn"} {
		r.On(kind, "distribution.name", s.onName)
	}
	r.Inside(cascadeJob, s.runCascade)
	r.Inside(openJob, s.runOpen)
	r.Every("distribution.daily", func(after time.Time) time.Time { return (calendar.DayOf(after) + 1).Time() }, s.daily)
}

// A Customer is one as its partner has it.
type Customer struct {
	Partner, ID           string
	Name                  string // the verified name, else the account's
	Login                 string
	Association           string
	Model                 account.Link
	Since, Until          time.Time
	Label, Level          string
	XAccountType          string
	XAccountID            string
	Manager, ManagerName  string
	Frozen                int // by the partner
	FrozenWhy, FrozenName string
	FrozenAt              time.Time
	Cascade               int // because of what stands above
	CountryCode, Phone    string
	Email                 string
	Type, Verified        int
	State                 account.State
}

// Held is how far a customer is frozen by now, whoever did it.
func (c Customer) Held() int {
	if c.State == account.Frozen {
		return AndResources
	}
	return max(c.Frozen, c.Cascade)
}

// Open tells whether the customer is associated.
func (c Customer) Open() bool { return c.Until.IsZero() }

// A Reseller is one as its distributor has it.
type Reseller struct {
	Distributor, ID, Name string
	Association           string
	Since                 time.Time
	Contact, Email, Phone string
	State                 account.State
	Restricted            bool
	Customers             int64
}

// A Term is the time in which a customer is one account manager's.
type Term struct {
	User, Name  string
	From, Until time.Time
	SetBy       string
}

// A Record is what became of an association.
type Record struct {
	Partner, ID, Other, OtherName string
	Operation                     string
	Model                         account.Link
	Result                        string
	Returned                      int64
	Words, ByName                 string
	At                            time.Time
}

// A Freezing is one entry of a customer's freezes.
type Freezing struct {
	Frozen              int
	Origin, Why, ByName string
	At                  time.Time
}

// FrozenLabel names how far somebody is frozen.
func FrozenLabel(n int) i18n.Msg {
	switch n {
	case AccountOnly:
		return i18n.M("distribution.frozen.account")
	case AndResources:
		return i18n.M("distribution.frozen.resources")
	}
	return i18n.M("distribution.frozen.not")
}

// OperationLabel names an operation of a record or request.
func OperationLabel(op string) i18n.Msg {
	switch op {
	case Switch:
		return i18n.M("distribution.operation.switch")
	case Dissociate:
		return i18n.M("distribution.operation.dissociate")
	case "decline":
		return i18n.M("distribution.operation.decline")
	case "move":
		return i18n.M("distribution.operation.move")
	}
	return i18n.M("distribution.operation.associate")
}

// A Why says which refusal it is, for callers who answer with codes.
type Why string

// The refusals.
const (
	NotYourReseller       Why = "not_your_reseller"
	NotYourCustomer       Why = "not_your_customer"
	WrongModel            Why = "wrong_model"
	NoDirectCustomers     Why = "no_direct_customers"
	DistributorLeft       Why = "distributor_left"
	Restricted            Why = "restricted"
	DistributorRestricted Why = "distributor_restricted"
	PhoneTooMany          Why = "phone_too_many"
	PhoneUsed             Why = "phone_used"
	PhoneMalformed        Why = "phone_malformed"
	LoginMalformed        Why = "login_malformed"
	LoginTaken            Why = "login_taken"
	PasswordMalformed     Why = "password_malformed"
	XAccountTaken         Why = "xaccount_taken"
	CodeWrong             Why = "code_wrong"
	CodeExpired           Why = "code_expired"
	CodeTries             Why = "code_tries"
	CodeLimit             Why = "code_limit"
	FreezeMismatch        Why = "freeze_mismatch"
	Reserved              Why = "reserved" // announced by another partner
	Parameter             Why = "parameter"
)

// A Refusal is a fault that says which one it is.
type Refusal struct {
	Why   Why
	Fault error
}

// Error gives the English text.
func (r *Refusal) Error() string { return r.Fault.Error() }

// Unwrap gives the fault.
func (r *Refusal) Unwrap() error { return r.Fault }

func conflict(why Why, m i18n.Msg) error { return &Refusal{why, fault.Conflict(m)} }

func invalid(why Why, field, value string, m i18n.Msg) error {
	var fs fault.Fields
	fs.Add(field, value, m)
	return &Refusal{why, fs.Err()}
}

func missing(why Why, m i18n.Msg) error { return &Refusal{why, fault.New(fault.KindNotFound, m)} }
