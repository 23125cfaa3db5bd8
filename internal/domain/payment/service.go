package payment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
)

// Config is what the service is made of. The first provider is the one that new payments go to; none means that
// nobody can pay online.
type Config struct {
	DB        *db.DB
	BaseURL   string
	Providers []Provider
}

// Service begins payments and settles them.
type Service struct {
	Config
	paid map[string]Settle
}

// Settle does what a paid payment is for, in the transaction that marks it as paid.
type Settle func(ctx context.Context, tx *db.Tx, p Payment) error

// New returns the service.
func New(c Config) *Service { return &Service{c, map[string]Settle{}} }

// On says what happens when payments for a kind of subject are paid. Call it before anything else.
func (s *Service) On(kind string, f Settle) { s.paid[kind] = f }

// Offered tells whether anybody can pay online.
func (s *Service) Offered() bool { return len(s.Providers) > 0 }

// askJob asks a provider for the state of a payment of which nothing was heard.
const askJob = "payment.ask"

// Register adds the asking.
func (s *Service) Register(r *jobs.Runner) { r.Outside(askJob, s.ask) }

func (s *Service) provider(name string) (Provider, error) {
	for _, p := range s.Providers {
		if p.Name() == name {
			return p, nil
		}
	}
	return nil, fault.NotFound()
}

// A Wish is a payment to begin. Return gives the path to which the payer comes back.
type Wish struct {
	Account string
	Subject string
	Unit    string
	Minor   int64
	Return  func(payment string) string
}

// Start begins a payment of the own account and asks the provider for its page. prepare, which may be nil, does what
// must be together with the payment's row. Who pays in for a company may. Unavailable when no provider is set up or
// the provider doesn't answer.
func (s *Service) Start(ctx context.Context, by actor.Actor, in Wish, prepare func(tx *db.Tx, p Payment) error) (p Payment, err error) {
	if err := by.May(actor.PayIn); err != nil {
		return p, err
	}
	if err := by.Sees(in.Account); err != nil {
		return p, err
	}
	if !s.Offered() {
		return p, fault.New(fault.KindUnavailable, i18n.M("payment.none"))
	}
	if in.Minor <= 0 || s.paid[(Payment{Subject: in.Subject}).SubjectKind()] == nil {
		return p, fmt.Errorf("payment of %d for %q: nothing settles it", in.Minor, in.Subject)
	}
	to := s.Providers[0]
	err = s.DB.Update(ctx, func(tx *db.Tx) error {
		life, err := setting.Duration(ctx, tx, setting.PaymentLifetime, tx.Now)
		if err != nil {
			return err
		}
		p = Payment{Account: in.Account, ID: id.New("pay", tx.Wall), Provider: to.Name(), Subject: in.Subject, Unit: in.Unit, Minor: in.Minor,
			State: Created, AskedBy: by.User, AskedName: by.Name, CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(life)}
		p.ReturnURL = in.Return(p.ID)
		if err := insert(ctx, tx, p); err != nil {
			return err
		}
		if prepare != nil {
			if err := prepare(tx, p); err != nil {
				return err
			}
		}
		if err := s.askLater(ctx, tx, p, 0); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.PayIn, audit.Subject{Kind: "payment", ID: p.ID, Account: p.Account},
			map[string]any{"subject": p.Subject, "unit": p.Unit, "minor": p.Minor})
	})
	if err != nil {
		return p, err
	}
	return s.open(ctx, to, p)
}

// open asks the provider for the page. A provider that doesn't answer leaves a payment that expires.
func (s *Service) open(ctx context.Context, to Provider, p Payment) (Payment, error) {
	ref, url, err := to.Create(ctx, Order{ID: p.ID, Subject: p.Subject, Unit: p.Unit, Minor: p.Minor,
		ReturnURL: s.BaseURL + p.ReturnURL, NotifyURL: s.BaseURL + "/payments/notify/" + to.Name()})
	if err != nil {
		return p, fault.New(fault.KindUnavailable, i18n.M("payment.unavailable", i18n.A{"reason": err.Error()}))
	}
	p.Ref, p.PayURL, p.State = ref, url, Pending
	return p, s.DB.Update(ctx, func(tx *db.Tx) error { return opened(ctx, tx, p) })
}

// asking is the payload of an asking.
type asking struct {
	Account string `json:"account"`
	Payment string `json:"payment"`
	Times   int    `json:"times"`
}

// askLater plans the next asking: after 5 minutes, then each time twice as long, at most 6 hours apart.
func (s *Service) askLater(ctx context.Context, tx *db.Tx, p Payment, times int) error {
	wait := min(5*time.Minute<<min(times, 10), 6*time.Hour)
	if at := tx.Now.Add(wait); tx.Now.Before(p.ExpiresAt) && at.After(p.ExpiresAt) {
		wait = p.ExpiresAt.Sub(tx.Now) // so that it expires in time
	}
	return jobs.Add(ctx, tx, jobs.New{Kind: askJob, Key: p.ID + ":" + strconv.Itoa(times), Account: p.Account, RunAt: tx.Now.Add(wait),
		Payload: asking{p.Account, p.ID, times}})
}

// ask asks the provider. It goes on some days after a payment expired, because money may still come.
func (s *Service) ask(ctx context.Context, j jobs.Job) error {
	var a asking
	if err := json.Unmarshal(j.Payload, &a); err != nil {
		return err
	}
	p, err := byID(ctx, s.DB.Read(), a.Account, a.Payment)
	if err != nil || p.State == Paid || p.State == Failed {
		return err
	}
	r := Report{State: Pending}
	if to, err := s.provider(p.Provider); err == nil && p.Ref != "" {
		if r, err = to.Status(ctx, p.Ref); err != nil {
			r = Report{State: Pending} // it's asked again
		}
	}
	return s.DB.UpdateAt(ctx, j.RunAt, func(tx *db.Tx) error {
		if err := s.take(ctx, tx, p, r); err != nil {
			return err
		}
		if r.State != Pending {
			return nil
		}
		if !tx.Now.Before(p.ExpiresAt) && p.State != Expired {
			if err := s.take(ctx, tx, p, Report{State: Expired}); err != nil {
				return err
			}
		}
		days, err := setting.Int(ctx, tx, setting.PaymentLateDays, tx.Now)
		if err != nil || tx.Now.After(p.ExpiresAt.AddDate(0, 0, days)) {
			return err
		}
		return s.askLater(ctx, tx, p, a.Times+1)
	})
}

// Notify takes a provider's notification: whoever calls, its signature decides. A repeated one changes nothing.
func (s *Service) Notify(ctx context.Context, provider string, h http.Header, body []byte) error {
	from, err := s.provider(provider)
	if err != nil {
		return err
	}
	n, err := from.Read(h, body, s.DB.Clock().Wall())
	if err != nil {
		return err
	}
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		p, err := byID(ctx, tx, "", n.Payment)
		if err != nil {
			return err
		}
		if p.Provider != provider {
			return fault.NotFound()
		}
		fresh, err := noticed(ctx, tx, p, n.ID, n.State)
		if err != nil || !fresh {
			return err
		}
		return s.take(ctx, tx, p, n.Report)
	})
}

// take applies what is known of a payment. Of two at once the one that changes the row settles it.
func (s *Service) take(ctx context.Context, tx *db.Tx, p Payment, r Report) error {
	if !p.State.follows(r.State) || r.State == Pending {
		return nil
	}
	if r.State == Paid && (r.Minor != p.Minor || r.Unit != p.Unit) {
		return fault.Conflict(i18n.M("payment.amount_differs", i18n.A{"payment": p.ID}))
	}
	from := p.State
	p.State, p.Reason, p.SettledAt = r.State, r.Reason, tx.Now
	first, err := moved(ctx, tx, p, from)
	if err != nil {
		return err
	}
	if !first {
		return s.again(ctx, tx, p, r)
	}
	e := Changed{What: "payment." + string(p.State), Account: p.Account, Payment: p.ID, Subject: p.Subject, Unit: p.Unit, Minor: p.Minor,
		Late: r.State == Paid && (from == Failed || from == Expired), Reason: p.Reason}
	if err := outbox.Append(ctx, tx, e); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, actor.Program("payment"), actor.PayIn, audit.Subject{Kind: "payment", ID: p.ID, Account: p.Account},
		map[string]any{"did": string(p.State), "late": e.Late}); err != nil {
		return err
	}
	if r.State == Paid {
		return s.paid[p.SubjectKind()](ctx, tx, p)
	}
	return nil
}

// again looks at a payment that changed between reading and writing: it may have expired just when it was paid.
func (s *Service) again(ctx context.Context, tx *db.Tx, p Payment, r Report) error {
	now, err := byID(ctx, tx, p.Account, p.ID)
	if err != nil || !now.State.follows(r.State) {
		return err
	}
	return s.take(ctx, tx, now, r)
}

// Refund gives part of a payment back to who paid, through the provider. The same key is carried out once. Finance
// may. Conflict when it's more than was paid and not yet given back.
func (s *Service) Refund(ctx context.Context, by actor.Actor, payment string, minor int64, key string) error {
	if err := by.May(actor.ManageTreasury); err != nil {
		return err
	}
	p, err := byID(ctx, s.DB.Read(), "", payment)
	if err != nil {
		return err
	}
	to, err := s.provider(p.Provider)
	if err != nil {
		return fault.New(fault.KindUnavailable, i18n.M("payment.none"))
	}
	if err := s.claimRefund(ctx, by, p, minor, key); err != nil {
		return err
	}
	err = to.Refund(ctx, Back{Ref: p.Ref, Key: key, Minor: minor})
	if err == nil {
		return nil
	}
	undone := s.DB.Update(ctx, func(tx *db.Tx) error {
		if _, err := refunded(ctx, tx, p, -minor); err != nil {
			return err
		}
		return forget(ctx, tx, p, "refund:"+key)
	})
	return errors.Join(fault.New(fault.KindUnavailable, i18n.M("payment.unavailable", i18n.A{"reason": err.Error()})), undone)
}

// claimRefund counts a refund before the provider is asked: one that dies in between is asked again with its key.
func (s *Service) claimRefund(ctx context.Context, by actor.Actor, p Payment, minor int64, key string) error {
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		fresh, err := noticed(ctx, tx, p, "refund:"+key, Paid)
		if err != nil || !fresh {
			return err
		}
		if ok, err := refunded(ctx, tx, p, minor); err != nil {
			return err
		} else if !ok {
			return fault.Conflict(i18n.M("payment.refund_too_much"))
		}
		return audit.Record(ctx, tx, by, actor.ManageTreasury, audit.Subject{Kind: "payment", ID: p.ID, Account: p.Account},
			map[string]any{"did": "refund", "minor": minor})
	})
}

// A Filter narrows the list; After is the last id seen.
type Filter struct {
	Account string
	State   State
	After   string
	Limit   int
}

// List returns payments, newest first: the own company's, or every one for the vendor's finance.
func (s *Service) List(ctx context.Context, by actor.Actor, f Filter) ([]Payment, string, error) {
	if err := s.see(by); err != nil {
		return nil, "", err
	}
	if by.Scope() != "" {
		if f.Account != "" && f.Account != by.Account {
			return nil, "", fault.NotFound()
		}
		f.Account = by.Scope()
	}
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 50
	}
	f.Limit++
	rows, err := list(ctx, s.DB.Read(), f)
	if len(rows) < f.Limit {
		return rows, "", err
	}
	return rows[:f.Limit-1], rows[f.Limit-2].ID, err
}

// One returns a payment in the reader's scope.
func (s *Service) One(ctx context.Context, by actor.Actor, payment string) (Payment, error) {
	if err := s.see(by); err != nil {
		return Payment{}, err
	}
	return byID(ctx, s.DB.Read(), by.Scope(), payment)
}

func (s *Service) see(by actor.Actor) error { return by.May(actor.ViewFunds) }

// Get reads a payment of an account for a module that has asked for permission itself.
func Get(ctx context.Context, q db.Querier, account, payment string) (Payment, error) {
	return byID(ctx, q, account, payment)
}
