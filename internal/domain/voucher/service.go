package voucher

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"sync/atomic"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/batch"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/text"
)

// Service holds the verbs.
type Service struct {
	db      *db.DB
	confirm *confirm.Service
	mine    func(ctx context.Context, q db.Querier, partner, user string) ([]string, error)
	many    *batch.Service
}

// New returns the service. A nil confirm asks nobody for codes.
func New(d *db.DB, c *confirm.Service) *Service { return &Service{db: d, confirm: c} }

// LimitManagers gives the function that lists the customers of an account manager: such a user sees and serves no
// others. Without it account managers serve all of their partner's.
func (s *Service) LimitManagers(mine func(ctx context.Context, q db.Querier, partner, user string) ([]string, error)) {
	s.mine = mine
}

const (
	dueJob = "voucher.due" // what expires at an instant
	atOnce = 100
	soon   = 7 // days before it expires, a customer is told
)

// Register adds the job that returns what has expired, and the daily pass that warns of what will.
func (s *Service) Register(r *jobs.Runner) {
	r.Inside(dueJob, s.due)
	if s.many != nil {
		s.many.Register(r)
	}
	r.Every("voucher.daily", func(after time.Time) time.Time { return (calendar.DayOf(after) + 1).Time() }, s.daily)
}

// managed are the customers that the actor is limited to; all is true when there's no such limit.
func (s *Service) managed(ctx context.Context, q db.Querier, by actor.Actor, partner string) (mine []string, all bool, err error) {
	if s.mine == nil || by.Kind != actor.Partner || !by.Has(actor.AccountManager) || by.Has(actor.PartnerAdmin, actor.PartnerFinance) {
		return nil, true, nil
	}
	mine, err = s.mine(ctx, q, partner, by.User)
	return mine, false, err
}

// holder is whose quotas the actor deals with: the own account's, or those of the distributor's reseller it names.
func holder(ctx context.Context, q db.Querier, by actor.Actor, partner string, at time.Time) (string, error) {
	if partner == "" || partner == by.Account {
		return by.Account, nil
	}
	err := account.ActsFor(ctx, q, by, partner, at)
	if fault.Of(err) != nil {
		return "", refuse(NotReseller)
	}
	return partner, err
}

// scope is whose things the actor may look at: the vendor's staff anybody's, "" = all.
func scope(ctx context.Context, q db.Querier, by actor.Actor, partner string, at time.Time) (string, error) {
	if by.Vendor() {
		return partner, nil
	}
	return holder(ctx, q, by, partner, at)
}

// vendorOf is the vendor's account, where vouchers come from.
func vendorOf(ctx context.Context, q db.Querier) (string, error) {
	v, err := account.VendorAccount(ctx, q)
	if err != nil {
		return "", fmt.Errorf("vendor account: %w", err)
	}
	return v.ID, nil
}

func quotaPlace(q Quota) ledger.Place {
	return ledger.Place{Owner: q.Account, Kind: ledger.Quota, Unit: q.Unit(), Ref: q.ID}
}

func voucherPlace(v Voucher) ledger.Place {
	return ledger.Place{Owner: v.Customer, Kind: ledger.Voucher, Unit: v.Unit(), Ref: v.ID}
}

func granted(vendor, unit string) ledger.Place {
	return ledger.Place{Owner: vendor, Kind: ledger.Granted, Unit: unit}
}

func revenue(vendor, unit string) ledger.Place {
	return ledger.Place{Owner: vendor, Kind: ledger.Revenue, Unit: unit}
}

// post connects the books that the moves pass between, and posts. Value that passes the vendor needs no association.
func post(ctx context.Context, tx *db.Tx, by actor.Actor, p ledger.Posting) (ledger.Posted, error) {
	for _, m := range p.Moves {
		if m.From.Owner != m.To.Owner {
			if err := ledger.Connect(ctx, tx, m.From.Owner, m.To.Owner, m.From.Unit); err != nil {
				return ledger.Posted{}, err
			}
		}
	}
	out, err := ledger.Post(ctx, tx, by, p)
	var short *ledger.Refusal
	if errors.As(err, &short) && short.Why == ledger.Short && short.Place.Kind == ledger.Quota {
		err = refuse(Short, amounts(short.Have, short.Need))
	}
	return out, err
}

func balance(ctx context.Context, q db.Querier, p ledger.Place) (int64, error) {
	b, err := ledger.BalanceOf(ctx, q, p)
	return b.Minor, err
}

var counter atomic.Uint32

// number makes the digits of a quota or voucher: the instant, a counter that orders what is made within a millisecond,
// and four digits by chance.
func number(prefix string, at time.Time) string {
	n, err := rand.Int(rand.Reader, big.NewInt(10_000))
	if err != nil {
		panic(err) // crypto/rand ends the program before
	}
	at = at.UTC()
	return fmt.Sprintf("%s%s%03d%04d%04d", prefix, at.Format("20060102150405"), at.Nanosecond()/int(time.Millisecond), counter.Add(1)%10_000, n.Int64())
}

// notes checks the words that come with an operation.
func notes(fs *fault.Fields, name, in string, most int) string {
	in = text.Lines(in)
	if len([]rune(in)) > most {
		fs.Add(name, "", i18n.M("voucher.field.words", i18n.A{"most": most}))
	}
	return in
}

const (
	mostMemo   = 256
	mostKey    = 100
	mostAtOnce = 100
	mostTaken  = 10
)

// catalogue refuses services and products that the installation doesn't sell. Without lists everything well formed is.
func catalogue(ctx context.Context, q db.Querier, l Limits, at time.Time) error {
	for _, x := range []struct {
		key  setting.Key
		list []string
		why  Why
	}{{setting.VoucherServices, l.Services, NoService}, {setting.VoucherProducts, l.Products, NoProduct}} {
		known, err := setting.Text(ctx, q, x.key, at)
		if err != nil {
			return err
		}
		for _, v := range x.list {
			if known != "" && !contains(known, v) || !code.MatchString(v) {
				return refuse(x.why, i18n.A{"value": v})
			}
		}
	}
	return nil
}

// An Outcome is what became of one item of a call.
type Outcome struct {
	ID      string // of the customer, reseller or quota that was named
	Name    string
	Made    string // the voucher or quota that was made
	Balance int64  // of the quota, after taking it back
	Err     error
}

// Code is the code that a person is asked for, with what it confirms.
func (s *Service) code(ctx context.Context, by actor.Actor, op confirm.Operation, about, code string) error {
	return s.confirm.Use(ctx, by, op, about, code)
}
