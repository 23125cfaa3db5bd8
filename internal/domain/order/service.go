package order

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"math/big"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/distribution"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/vault"
)

// Config is what the service is made of. Eligible says who may buy, and Exhausted whose partner lets it buy nothing
// new; nil of either bars nobody. Payments may be nil: then nobody pays online. Received puts what was paid online into
// the payer's balance.
type Config struct {
	DB        *db.DB
	Vault     *vault.Vault
	Payments  *payment.Service
	Received  func(ctx context.Context, tx *db.Tx, p payment.Payment) error
	Codes     *confirm.Service
	Eligible  func(ctx context.Context, q db.Querier, account string, at time.Time) error
	Exhausted func(ctx context.Context, q db.Querier, partner, customer string, at time.Time) (bool, error)
}

// Service has the verbs.
type Service struct {
	Config
	db  *db.DB
	key []byte
}

// paidSubject is the kind of subject of online payments for orders.
const paidSubject = "order"

// New returns the service, and says to the payments what happens when one for orders is paid.
func New(c Config) *Service {
	s := &Service{Config: c, db: c.DB, key: c.Vault.Key("order.quote")}
	if c.Payments != nil {
		c.Payments.On(paidSubject, s.paidOnline)
	}
	return s
}

// deadlineJob cancels an order that nobody paid in time.
const deadlineJob = "order.deadline"

// Register adds the jobs and what follows from a changed plan.
func (s *Service) Register(r *jobs.Runner) {
	r.Inside(deadlineJob, s.overdue)
	r.Inside(subscription.RenewJob, s.renewByItself)
	for _, kind := range []string{"plan.began", "plan.changed", "plan.cancelled", "plan.grace", "plan.retention", "plan.released"} {
		r.On(kind, "order.stale", s.planChanged)
	}
}

// number makes an order's number: CS, the instant in the business zone, digits that nobody can guess.
func number(at time.Time) (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000_000_000))
	if err != nil {
		return "", err
	}
	return "CS" + at.In(calendar.Zone).Format("060102150405") + fmt.Sprintf("%012d", n), nil
}

// Changed is order.placed, .paid, .completed, .cancelled, .review (a refund waits for finance), .approved, .refused,
// .refunded, .to_balance (money came online that no order took) and .auto_failed (an automatic renewal): it belongs to
// the buyer. Minor is what was charged or given back.
type Changed struct {
	What         string     `json:"what"`
	Account      string     `json:"account"`
	AccountName  string     `json:"account_name"`
	No           string     `json:"no"`
	Kind         Kind       `json:"kind"`
	Upgrade      bool       `json:"upgrade,omitempty"`
	Level        rate.Level `json:"level"`
	Packs        int        `json:"packs,omitempty"`
	Minor        int64      `json:"minor"`
	Currency     string     `json:"currency"`
	Way          Way        `json:"way,omitempty"`
	PaidBy       string     `json:"paid_by,omitempty"`
	PaidByName   string     `json:"paid_by_name,omitempty"`
	Cause        Cause      `json:"cause,omitempty"`
	Automatic    bool       `json:"automatic,omitempty"`
	Deadline     time.Time  `json:"deadline"`
	Expires      time.Time  `json:"expires"`
	Words        string     `json:"words,omitempty"`
	Why          string     `json:"why,omitempty"` // why an automatic renewal failed
	Subscription string     `json:"subscription,omitempty"`
	Contract     string     `json:"contract,omitempty"`
}

// Event names the event.
func (c Changed) Event() (kind, account, subject string) {
	return "order." + c.What, c.Account, c.No
}

func (o Order) changed(what string, minor int64) Changed {
	return Changed{What: what, Account: o.Account, AccountName: o.AccountName, No: o.No, Kind: o.Kind, Upgrade: o.Upgrade(), Level: o.Level, Packs: o.Packs,
		Minor: minor, Currency: o.Currency, Way: o.Way, PaidBy: o.PaidBy, PaidByName: o.PaidByName, Cause: o.Cause, Automatic: o.Source == FromSystem,
		Deadline: o.Deadline, Words: o.Words, Subscription: o.Subscription, Contract: o.Contract}
}

// note leaves the audit row and the event of what was done to an order.
func note(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, o Order, c Changed) error {
	detail := map[string]any{"did": c.What, "kind": string(o.Kind), "minor": c.Minor, "state": int(o.State)}
	if o.Cause != "" {
		detail["cause"] = string(o.Cause)
	}
	if o.Way != "" {
		detail["way"] = string(o.Way)
	}
	if o.PaidBy != "" && o.PaidBy != o.Account {
		detail["paid_by"] = o.PaidBy
	}
	if c.What == "placed" && o.Agreement > 0 {
		detail["agreement"] = o.Agreement
	}
	if err := audit.Record(ctx, tx, by, verb, o.subject(), detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, c)
}

// allowed tells whether an account may have an order of a kind now: nobody froze it, its partner lets it buy, it is
// who may buy, its name is known, and no other order of the plan is open.
func (s *Service) allowed(ctx context.Context, q db.Querier, g ground, k Kind) error {
	if err := s.permitted(ctx, q, g, k); err != nil {
		return err
	}
	return alone(ctx, q, g.account.ID, k, "")
}

// permitted is allowed without a look at other orders.
func (s *Service) permitted(ctx context.Context, q db.Querier, g ground, k Kind) error {
	id := g.account.ID
	if g.account.State == account.Frozen {
		return refuse(Frozen)
	}
	level, err := distribution.FrozenBy(ctx, q, id, g.at)
	if err != nil {
		return err
	}
	if level != distribution.NotFrozen {
		return refuse(Frozen)
	}
	if k == Buy || k == Pack || k == Change {
		if err := s.budgetLeft(ctx, q, g); err != nil {
			return err
		}
	}
	switch k {
	case Buy:
		return s.mayBuy(ctx, q, g)
	case Renew:
		return named(ctx, q, id, g.at)
	}
	return nil
}

func (s *Service) mayBuy(ctx context.Context, q db.Querier, g ground) error {
	if s.Eligible != nil {
		if err := s.Eligible(ctx, q, g.account.ID, g.at); err != nil {
			return err
		}
	}
	x, err := subscription.ServedBy(ctx, q, g.account.ID, g.at)
	if err != nil || g.has || x.Level == rate.Basic {
		return err
	}
	return refuse(Served, i18n.A{"company": i18n.Raw(x.Name), "level": subscription.LevelLabel(x.Level)})
}

func (s *Service) budgetLeft(ctx context.Context, q db.Querier, g ground) error {
	if s.Exhausted == nil {
		return nil
	}
	x, ok, err := account.PartnerOf(ctx, q, g.account.ID, g.at)
	if err != nil || !ok || x.Kind != account.Resale {
		return err
	}
	spent, err := s.Exhausted(ctx, q, x.Account, g.account.ID, g.at)
	if err != nil || !spent {
		return err
	}
	return refuse(Exhausted, i18n.A{"partner": i18n.Raw(x.AccountName)})
}

// named asks for a verified name where the site asks for real names: the account's own, or its master's.
func named(ctx context.Context, q db.Querier, id string, at time.Time) error {
	asked, err := realname.Asked(ctx, q, at)
	if err != nil || !asked {
		return err
	}
	group, err := account.Group(ctx, q, id)
	if err != nil {
		return err
	}
	for _, who := range append([]account.Account{{ID: id}}, group...) {
		verified, _, _, err := realname.Standing(ctx, q, who.ID)
		if err != nil || verified == 2 {
			return err
		}
	}
	return refuse(NoRealName)
}

// alone refuses a second order of the plan while one is open; packs stand beside each other, and beside what doesn't
// end the plan. But is the number of the order that asks itself.
func alone(ctx context.Context, q db.Querier, id string, k Kind, but string) error {
	all, err := open(ctx, q, id)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.No == but || o.Kind == Pack || k == Pack {
			continue
		}
		return refuse(OpenOrder, i18n.A{"no": o.No, "title": o.Title(), "state": o.State.Label()})
	}
	return nil
}

// ref is the payload of a deadline.
type ref struct {
	Account string `json:"account"`
	No      string `json:"no"`
}

func (s *Service) overdue(ctx context.Context, tx *db.Tx, j jobs.Job) error {
	var x ref
	if err := json.Unmarshal(j.Payload, &x); err != nil {
		return err
	}
	o, err := Hold(ctx, tx, x.Account, x.No)
	if err != nil || !o.Overdue(tx.Now) {
		return err
	}
	return cancel(ctx, tx, actor.Program("order"), actor.RunPlans, &o, ByDeadline)
}

// planChanged cancels pending orders that a changed plan leaves without sense.
func (s *Service) planChanged(ctx context.Context, tx *db.Tx, e outbox.Event) error {
	all, err := open(ctx, tx, e.Account)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.State != Pending {
			continue
		}
		if o, err = Hold(ctx, tx, o.Account, o.No); err != nil {
			return err
		}
		_, why, err := s.ready(ctx, tx, o)
		if err != nil {
			return err
		}
		if o.State == Pending && why != nil && WhyOf(why) == Stale {
			if err := cancel(ctx, tx, actor.Program("order"), actor.RunPlans, &o, ByChange); err != nil {
				return err
			}
		}
	}
	return nil
}
