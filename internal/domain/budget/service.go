package budget

import (
	"context"
	"errors"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/bill"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/money"
	"hanse/internal/kit/outbox"
)

// Config is what the service needs.
type Config struct {
	DB           *db.DB
	Confirm      *confirm.Service
	Distribution *distribution.Service
}

// Service has the verbs.
type Service struct {
	Config
	db *db.DB
}

// New returns the service.
func New(c Config) *Service { return &Service{c, c.DB} }

// look is how often budgets are compared with what was used.
const look = 10 * time.Minute

// Register adds the look at all budgets, and the end of one with its association.
func (s *Service) Register(r *jobs.Runner) {
	r.Every("budget.look", jobs.Latest(s.db.Clock().Now, jobs.Interval(look)), func(ctx context.Context, _ time.Time) error { return s.Look(ctx) })
	for _, kind := range []string{"customer.dissociated", "customer.switched"} {
		r.On(kind, "budget.end", s.onEnded)
	}
}

// Setting is a budget as it's wanted. Minor is the new whole, not a difference. Unfreeze lifts the customer's freeze in
// the same step. Auto nil leaves it as it is; a first budget then freezes nobody by itself.
type Setting struct {
	Partner  string // "" = the own company; a distributor may act for its reseller
	Customer string
	Kind     Kind
	Minor    int64
	Auto     *bool
	Unfreeze bool
	Code     string // of the confirmation, when it's asked for
}

// About is what a confirmation of a setting is bound to.
func (in Setting) About() string {
	return confirm.About(in.Customer, string(in.Kind), money.Text(in.Minor))
}

// Set gives a resale customer a budget or changes it; what it was before is overwritten. The partner's administrators
// and finance may; a reseller only as far as its distributor lets it.
func (s *Service) Set(ctx context.Context, by actor.Actor, in Setting) (b Budget, err error) {
	a, c, err := s.customer(ctx, by, actor.SetBudgets, in.Partner, in.Customer)
	if err != nil {
		return b, err
	}
	if err := in.check(c); err != nil {
		return b, err
	}
	if err := s.Confirm.Use(ctx, by, confirm.Budget, in.About(), in.Code); err != nil {
		return b, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.within(ctx, tx, by, a, in); err != nil {
			return err
		}
		if b, err = s.put(ctx, tx, by, a, c, in); err != nil {
			return err
		}
		if in.Unfreeze {
			if err := s.Distribution.UnfreezeFor(ctx, tx, by, a.ID, c.ID, ""); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, by, a, b, "SETTING", "set")
	})
	return b, err
}

func (in Setting) check(c distribution.Customer) error {
	var fs fault.Fields
	if in.Kind != Monthly && in.Kind != Package {
		fs.Add("budget_type", string(in.Kind), i18n.M("budget.bad_kind"))
	}
	if in.Minor <= 0 || in.Minor > money.Max {
		fs.Add("budget_amount", money.Text(in.Minor), i18n.M("money.not_positive", i18n.A{"value": money.Text(in.Minor)}))
	}
	if c.Model != account.Resale {
		fs.Add("customer_id", c.ID, i18n.M("budget.only_resale"))
	}
	return fs.Err()
}

// put writes a budget with its own start.
func (s *Service) put(ctx context.Context, tx *db.Tx, by actor.Actor, a account.Account, c distribution.Customer, in Setting) (Budget, error) {
	old, err := one(ctx, tx, a.ID, c.ID)
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return old, err
	}
	b := Budget{Partner: a.ID, Customer: c.ID, CustomerName: c.Name, Kind: in.Kind, Minor: in.Minor, Auto: old.Auto, Frozen: old.Frozen && !in.Unfreeze,
		SetAt: tx.Now, SetBy: by.Name, Version: old.Version + 1, month: ledger.MonthOf(tx.Now)}
	if in.Auto != nil {
		b.Auto = *in.Auto
	}
	if in.Kind == Package {
		spent, err := bill.Spent(ctx, tx, a.ID, []string{c.ID}, "")
		if err != nil {
			return b, err
		}
		b.base = spent[c.ID].Listed
	}
	if err := upsert(ctx, tx, b); err != nil {
		return b, err
	}
	return b, s.fill(ctx, tx, []*Budget{&b}, tx.Now)
}

// within asks whether a reseller may set this budget.
func (s *Service) within(ctx context.Context, q db.Querier, by actor.Actor, a account.Account, in Setting) error {
	if !a.Has(account.Reseller) {
		return nil
	}
	up, ok, err := account.DistributorOf(ctx, q, a.ID, s.db.Clock().Now())
	if err != nil || !ok {
		return err
	}
	r, err := right(ctx, q, up.Account, a.ID)
	if err != nil && !errors.Is(err, db.ErrNoRow) {
		return err
	}
	if !r.Allowed {
		return fault.Conflict(i18n.M("budget.not_allowed", i18n.A{"distributor": up.AccountName}))
	}
	others, err := sum(ctx, q, a.ID, in.Customer)
	if err == nil && r.Minor > 0 && others+in.Minor > r.Minor {
		err = fault.Invalid("budget_amount", i18n.M("budget.over_right", i18n.A{"left": money.Text(max(0, r.Minor-others)), "all": money.Text(r.Minor)}))
	}
	return err
}

// record leaves the record, the audit row and the event of what was done to a budget.
func (s *Service) record(ctx context.Context, tx *db.Tx, by actor.Actor, a account.Account, b Budget, operation, what string) error {
	r := Record{ID: id.New("bdr", tx.Wall), Partner: b.Partner, Customer: b.Customer, Operation: operation, Kind: b.Kind, Minor: b.Minor, ByName: by.Name, At: tx.Now}
	if err := insertRecord(ctx, tx, r); err != nil {
		return err
	}
	verb := actor.SetBudgets
	if by.Via == "system" {
		verb = actor.EndBudgets
	}
	detail := map[string]any{"did": what, "kind": string(b.Kind), "amount": money.Text(b.Minor)}
	if err := audit.Record(ctx, tx, by, verb, audit.Subject{Kind: "budget", ID: b.Customer, Account: b.Customer}, detail); err != nil {
		return err
	}
	return s.tell(ctx, tx, a.Name, b, what)
}

func (s *Service) tell(ctx context.Context, tx *db.Tx, partner string, b Budget, what string) error {
	return outbox.Append(ctx, tx, Changed{What: what, Partner: b.Partner, PartnerName: partner, Customer: b.Customer, CustomerName: b.CustomerName,
		Kind: b.Kind, Minor: b.Minor, Used: b.Used, Share: b.Share()})
}

// Remove takes a budget away: the customer may use as much as it has. Who may set it may.
func (s *Service) Remove(ctx context.Context, by actor.Actor, partner, customer, code string) error {
	a, c, err := s.customer(ctx, by, actor.SetBudgets, partner, customer)
	if err != nil {
		return err
	}
	if err := s.Confirm.Use(ctx, by, confirm.Budget, confirm.About(c.ID, "", ""), code); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error { return s.end(ctx, tx, by, a, c.ID) })
}

func (s *Service) end(ctx context.Context, tx *db.Tx, by actor.Actor, a account.Account, customer string) error {
	b, err := one(ctx, tx, a.ID, customer)
	if errors.Is(err, db.ErrNoRow) {
		return fault.NotFound()
	}
	if err != nil {
		return err
	}
	if b.CustomerName, err = account.Name(ctx, tx, customer); err != nil {
		return err
	}
	if err := remove(ctx, tx, b); err != nil {
		return err
	}
	return s.record(ctx, tx, by, a, b, "DELETE", "deleted")
}

// onEnded ends the budget of a customer that isn't this partner's resale customer any more.
func (s *Service) onEnded(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	x, err := outbox.As[distribution.Changed](e)
	if err != nil {
		return err
	}
	a, err := account.Get(ctx, tx, x.Partner)
	if err != nil {
		return err
	}
	err = s.end(ctx, tx, actor.Program("budget"), a, x.Customer)
	if fault.KindOf(err) == fault.KindNotFound {
		return nil
	}
	return err
}

// customer is a customer of a partner that the actor may speak of.
func (s *Service) customer(ctx context.Context, by actor.Actor, verb actor.Verb, partner, customer string) (account.Account, distribution.Customer, error) {
	var none distribution.Customer
	if err := by.May(verb); err != nil {
		return account.Account{}, none, err
	}
	c, err := s.Distribution.Customer(ctx, by, partner, customer)
	if err != nil {
		return account.Account{}, none, err
	}
	a, err := account.Get(ctx, s.db.Read(), c.Partner)
	return a, c, err
}
