package bill

import (
	"context"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

// A Statement is what happened in one book in one month.
type Statement struct {
	Account string
	Month   Cycle
	Closed  bool // the month is over
	Rows    []Row
}

// A Row is one account of the book. Holds tells that opening and moves make the closing balance: opening and closing come
// from the entries, the moves from their sums by month, so that one proves the other.
type Row struct {
	Place   ledger.Place
	Opening int64
	Moves   []ledger.Month
	Closing int64
	Holds   bool
}

// Income is what came in, minor units.
func (r Row) Income() (sum int64) {
	for _, m := range r.Moves {
		sum += m.Income
	}
	return sum
}

// Expense is what went out, minor units, positive.
func (r Row) Expense() (sum int64) {
	for _, m := range r.Moves {
		sum += m.Expense
	}
	return sum
}

// Holds tells whether every row does.
func (s Statement) Holds() bool {
	for _, r := range s.Rows {
		if !r.Holds {
			return false
		}
	}
	return true
}

// Book makes the statement of an account's book for a month, without accounts that held nothing and didn't move. Account
// "" is the own one. Who may is as for Bills, and a customer's own people. NotFound for somebody else's book.
func (s *Service) Book(ctx context.Context, by actor.Actor, account string, month Cycle) (st Statement, err error) {
	if err := by.May(actor.ViewBills); err != nil {
		return st, err
	}
	if account == "" {
		account = by.Account
	}
	if !sees(by, account) || account == "" {
		return st, fault.NotFound()
	}
	from, to := month.Bounds()
	st = Statement{Account: account, Month: month, Closed: !s.db.Clock().Now().Before(to)}
	err = s.db.Snapshot(ctx, func(q db.Querier) error {
		st.Rows, err = book(ctx, q, account, month, from, to)
		return err
	})
	return st, err
}

// Began tells whether the book held anything before this month: else there's nothing earlier to look at.
func (st Statement) Began() bool {
	for _, r := range st.Rows {
		if r.Opening != 0 {
			return true
		}
	}
	return false
}

func book(ctx context.Context, q db.Querier, owner string, month Cycle, from, to time.Time) (out []Row, err error) {
	accounts, err := ledger.Balances(ctx, q, owner)
	if err != nil {
		return nil, err
	}
	moves, err := ledger.Months(ctx, q, owner, string(month), string(month))
	if err != nil {
		return nil, err
	}
	byPlace := map[ledger.Place][]ledger.Month{}
	for _, m := range moves {
		byPlace[m.Place] = append(byPlace[m.Place], m)
	}
	for _, a := range accounts {
		if a.Place.Kind == ledger.Clearing || ledger.Countable(a.Place.Unit) {
			continue
		}
		r := Row{Place: a.Place, Moves: byPlace[a.Place]}
		if r.Opening, err = ledger.BalanceAt(ctx, q, a.Place, from.Add(-time.Microsecond)); err != nil {
			return nil, err
		}
		if r.Closing, err = ledger.BalanceAt(ctx, q, a.Place, to.Add(-time.Microsecond)); err != nil {
			return nil, err
		}
		r.Holds = r.Opening+r.Income()-r.Expense() == r.Closing
		if r.Opening != 0 || r.Closing != 0 || len(r.Moves) > 0 {
			out = append(out, r)
		}
	}
	return out, nil
}
