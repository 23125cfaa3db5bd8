// Package treasury is where money comes in and goes out: top-ups that the vendor's finance enters and approves, online
// payments, lines of credit, money set aside for a purpose, withdrawals to the bank, and refunds that a partner makes
// to its resale customer outside of this program (business rules 4.1, 4.2).
//
// All money moves through the ledger; the tables here say why, who asked, who approved, and what the bank calls it.
// What one person of finance enters above a limit, or takes back, a second one approves.
package treasury

import (
	"context"
	"io"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
	"hanse/internal/kit/jobs"
	"hanse/internal/kit/outbox"
	"hanse/internal/kit/vault"
)

// A Reclaim takes a resale customer's allocated money back to its partner and returns the transfer's number. The same
// key takes it once.
type Reclaim func(ctx context.Context, by actor.Actor, in Return) (number string, err error)

// A Return is what a Reclaim takes back.
type Return struct {
	Customer string
	Unit     string
	Minor    int64
	Key      string
	Memo     string
	Code     string
}

// Config is what the service is made of. A nil Confirm asks for no codes.
type Config struct {
	DB       *db.DB
	Vault    *vault.Vault
	Files    *blob.Store
	Payments *payment.Service
	Confirm  *confirm.Service
	Working  *calendar.Working
	Reclaim  Reclaim
}

// Service holds the verbs.
type Service struct {
	Config
	db *db.DB
}

// New returns the service, which settles the payments of top-ups.
func New(c Config) *Service {
	s := &Service{c, c.DB}
	c.Payments.On(topUpSubject, s.paidOnline)
	return s
}

// Register adds the daily look at low balances.
func (s *Service) Register(r *jobs.Runner) {
	r.Every("treasury.daily", func(after time.Time) time.Time { return (calendar.DayOf(after) + 1).Time() }, s.lookForLow)
}

// Units are the currencies in which accounts hold money.
func Units() []string { return []string{ledger.CNY, ledger.USD} }

func checkUnit(fs *fault.Fields, unit string) {
	for _, u := range Units() {
		if u == unit {
			return
		}
	}
	fs.Add("unit", unit, i18n.M("treasury.field.unit"))
}

const (
	mostLine = 200
	mostText = 1000
	mostMemo = 300
)

func checkText(fs *fault.Fields, name, value string, least, most int) {
	if n := len([]rune(value)); n < least || n > most {
		fs.Add(name, value, i18n.M("treasury.field.text", i18n.A{"least": least, "most": most}))
	}
}

// newID is the id of a new thing: the one that the form was drawn with, so that the same form makes it once.
func newID(prefix, key string, wall time.Time) (string, error) {
	switch {
	case key == "":
		return id.New(prefix, wall), nil
	case id.Has(prefix, key):
		return key, nil
	}
	return "", fault.Invalid("key", i18n.M("treasury.field.key"))
}

// NewKey makes the id that a form carries: kind is "top", "crd", "ear", "wdr" or "rfd".
func (s *Service) NewKey(kind string) string { return id.New(kind, s.db.Clock().Wall()) }

// owner reads a company whose money this is about: a partner or a customer.
func owner(ctx context.Context, q db.Querier, id string) (account.Account, error) {
	a, err := account.Get(ctx, q, id)
	if err == nil && a.Kind != actor.Partner && a.Kind != actor.Customer {
		err = fault.NotFound()
	}
	return a, err
}

// resale tells whether a customer buys from a partner, and from which.
func resale(ctx context.Context, q db.Querier, a account.Account, now time.Time) (partner string, name string, err error) {
	if a.Kind != actor.Customer {
		return "", "", nil
	}
	x, ok, err := account.PartnerOf(ctx, q, a.ID, now)
	if err != nil || !ok || x.Kind != account.Resale {
		return "", "", err
	}
	name, err = account.Name(ctx, q, x.Account)
	return x.Account, name, err
}

// notResale refuses what only somebody with money of their own can do. key says what and what to do instead.
func notResale(ctx context.Context, q db.Querier, a account.Account, now time.Time, key func(i18n.A) i18n.Msg) error {
	partner, name, err := resale(ctx, q, a, now)
	if err != nil || partner == "" {
		return err
	}
	return fault.Conflict(key(i18n.A{"partner": i18n.Raw(name)}))
}

// limit is the amount above which a second person approves, in minor units.
func limit(ctx context.Context, tx *db.Tx) (int64, error) {
	n, err := setting.Int(ctx, tx, setting.MoneyFourEyes, tx.Now)
	return int64(n) * 100, err
}

// FourEyes is the amount above which a second person approves, in minor units, at present. Finance may see it.
func (s *Service) FourEyes(ctx context.Context, by actor.Actor) (int64, error) {
	if err := by.May(actor.ViewTreasury); err != nil {
		return 0, err
	}
	n, err := setting.Int(ctx, s.db.Read(), setting.MoneyFourEyes, s.db.Clock().Now())
	return int64(n) * 100, err
}

// someoneElse refuses the second signature of who gave the first.
func someoneElse(by actor.Actor, first string) error {
	if by.User == first {
		return fault.Conflict(i18n.M("treasury.conflict.same_person"))
	}
	return nil
}

// recorded writes an audit row and tells the others.
func recorded(ctx context.Context, tx *db.Tx, by actor.Actor, verb actor.Verb, s audit.Subject, did string, detail map[string]any, f outbox.Fact) error {
	if detail == nil {
		detail = map[string]any{}
	}
	detail["did"] = did
	if err := audit.Record(ctx, tx, by, verb, s, detail); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, f)
}

func bound(n int) int {
	if n <= 0 || n > 500 {
		return 50
	}
	return n
}

// cut is a page of a list that was read with one row more, and the key of the row after which it goes on.
func cut[T any](rows []T, n int, key func(T) string) ([]T, string) {
	if len(rows) <= n {
		return rows, ""
	}
	return rows[:n], key(rows[n-1])
}

// scoped lets the vendor's finance see every account's things and everybody else the own ones.
func scoped(by actor.Actor, acc string) (string, error) {
	if by.Scope() == "" {
		if acc == "" {
			return "", by.May(actor.ViewTreasury)
		}
		return acc, by.May(actor.ViewFunds)
	}
	if err := by.May(actor.ViewFunds); err != nil {
		return "", err
	}
	if acc != "" && acc != by.Account {
		return "", fault.NotFound()
	}
	return by.Scope(), nil
}

// An Evidence is a file that proves something, as it comes in.
type Evidence struct {
	Name string
	File io.Reader
}
