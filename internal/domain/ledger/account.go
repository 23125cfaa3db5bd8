package ledger

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"hanse/internal/kit/db"
)

// A Balance is one account as it stands.
type Balance struct {
	Place   Place
	Minor   int64 // minor units
	Held    int64 // reserved by holds
	Minimum int64 // below which it may not go; of a credit account the line, negative
	Bounded bool  // it has a minimum
	State   State
	Seq     int64     // of the newest entry
	At      time.Time // of the newest entry
}

// Available is what can leave the account: the balance without what is held, down to the minimum.
func (b Balance) Available() int64 {
	if !b.Bounded {
		return 0
	}
	return max(0, b.Minor-b.Held-b.Minimum)
}

func (a account) public() Balance {
	return Balance{a.place, a.balance, a.held, a.minimum, a.bounded, a.state, a.seq, a.lastAt}
}

// Open makes sure that an account is there. A new account of a frozen owner is frozen too.
func Open(ctx context.Context, tx *db.Tx, p Place) error {
	state := Usable
	if p.Kind.spending() {
		frozen, err := anyFrozen(ctx, tx, p.Owner)
		if err != nil {
			return err
		}
		if frozen {
			state = Frozen
		}
	}
	for range 8 {
		fresh, err := insertAccount(ctx, tx, account{place: p, no: newNo(tx.Wall), state: state, bounded: !p.Kind.unbounded()})
		if err != nil || fresh {
			return err
		}
		// It was there already, or another node gave this number to another account of the book.
		if _, err := readAccount(ctx, tx, p); !errors.Is(err, db.ErrNoRow) {
			return err
		}
	}
	return fmt.Errorf("account %s finds no free number", p)
}

var lastNo atomic.Int64

// newNo is an account's short name within its book: time-ordered, never twice from one process.
func newNo(wall time.Time) int64 {
	for {
		last := lastNo.Load()
		if n := max(last+1, wall.UnixMilli()<<22|rand.Int64N(1<<22)); lastNo.CompareAndSwap(last, n) {
			return n
		}
	}
}

// Connect lets money pass between two owners: it opens the pair of clearing accounts in each unit.
func Connect(ctx context.Context, tx *db.Tx, a, b string, units ...string) error {
	for _, p := range pair(a, b, units) {
		if err := Open(ctx, tx, p); err != nil {
			return err
		}
		if err := setState(ctx, tx, p, Usable); err != nil {
			return err
		}
	}
	return nil
}

// Disconnect ends that. What passed stays in the books.
func Disconnect(ctx context.Context, tx *db.Tx, a, b string, units ...string) error {
	for _, p := range pair(a, b, units) {
		if err := setState(ctx, tx, p, Closed); err != nil && !errors.Is(err, db.ErrNoRow) {
			return err
		}
	}
	return nil
}

// pair are the clearing accounts between two owners, in the order of locks.
func pair(a, b string, units []string) (out []Place) {
	if b < a {
		a, b = b, a
	}
	for _, owner := range []string{a, b} {
		other := b
		if owner == b {
			other = a
		}
		for _, u := range units {
			out = append(out, Place{owner, Clearing, u, other})
		}
	}
	return out
}

// MoneyUnits are what passes between companies: money and voucher value.
var MoneyUnits = []string{CNY, VoucherUnit, CouponUnit, PickupUnit}

// OpenBook makes an owner's book: cash, and the clearing accounts with the vendor in all units.
func OpenBook(ctx context.Context, tx *db.Tx, owner, vendor string) error {
	if err := Open(ctx, tx, Place{Owner: owner, Kind: Cash, Unit: CNY}); err != nil || owner == vendor {
		return err
	}
	return Connect(ctx, tx, owner, vendor, MoneyUnits...)
}

// SetState freezes an owner or lets it pay again: from a frozen owner's accounts only what brings value back may
// leave.
func SetState(ctx context.Context, tx *db.Tx, owner string, st State) error {
	// The one account that always is there carries the state to those that are opened later.
	if err := Open(ctx, tx, Place{Owner: owner, Kind: Cash, Unit: CNY}); err != nil {
		return err
	}
	return freezeAll(ctx, tx, owner, st)
}

// SetMinimum changes below what an account may not go: a credit line of 500.00 is a minimum of -50000. A minimum
// above what is used already stops further use and nothing else.
func SetMinimum(ctx context.Context, tx *db.Tx, p Place, minimum int64) error {
	if err := Open(ctx, tx, p); err != nil {
		return err
	}
	return db.Change(ctx, tx, `UPDATE ledger_account SET minimum = $5 WHERE account_id = $1 AND kind = $2 AND unit = $3 AND ref = $4`,
		p.Owner, string(p.Kind), p.Unit, p.Ref, minimum)
}

// BalanceOf reads one account; one that was never opened holds nothing.
func BalanceOf(ctx context.Context, q db.Querier, p Place) (Balance, error) {
	a, err := readAccount(ctx, q, p)
	if errors.Is(err, db.ErrNoRow) {
		return Balance{Place: p, Bounded: !p.Kind.unbounded(), State: Usable}, nil
	}
	return a.public(), err
}

// Balances reads an owner's whole book, by unit, kind and ref.
func Balances(ctx context.Context, q db.Querier, owner string) ([]Balance, error) {
	all, err := readAccounts(ctx, q, owner)
	out := make([]Balance, len(all))
	for i, a := range all {
		out[i] = a.public()
	}
	return out, err
}

// BalancesOf reads one kind of account of at most a few hundred owners in one query; those without are left out.
func BalancesOf(ctx context.Context, q db.Querier, owners []string, k Kind, unit, ref string) (map[string]Balance, error) {
	out := map[string]Balance{}
	if len(owners) == 0 {
		return out, nil
	}
	in, args := db.In(4, owners)
	err := db.Each(ctx, q, scanAccount, func(a account) error { out[a.place.Owner] = a.public(); return nil },
		`SELECT `+accountColumns+` FROM ledger_account WHERE kind = $1 AND unit = $2 AND ref = $3 AND account_id IN `+in,
		append([]any{string(k), unit, ref}, args...)...)
	return out, err
}

// BalanceAt is what an account held right after everything up to an instant.
func BalanceAt(ctx context.Context, q db.Querier, p Place, at time.Time) (int64, error) {
	a, err := readAccount(ctx, q, p)
	if errors.Is(err, db.ErrNoRow) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := db.One(ctx, q, db.Int, `SELECT after FROM ledger_entry WHERE account_id = $1 AND no = $2 AND at <= $3
		ORDER BY at DESC, seq DESC LIMIT 1`, p.Owner, a.no, db.Micros(at))
	if errors.Is(err, db.ErrNoRow) {
		return 0, nil
	}
	return n, err
}

func anyFrozen(ctx context.Context, q db.Querier, owner string) (bool, error) {
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM ledger_account WHERE account_id = $1 AND state = 'frozen')`, owner)
}

func setState(ctx context.Context, tx *db.Tx, p Place, st State) error {
	return db.Change(ctx, tx, `UPDATE ledger_account SET state = $5 WHERE account_id = $1 AND kind = $2 AND unit = $3 AND ref = $4`,
		p.Owner, string(p.Kind), p.Unit, p.Ref, string(st))
}

func freezeAll(ctx context.Context, tx *db.Tx, owner string, st State) error {
	in, args := db.In(3, spendingKinds())
	_, err := db.Exec(ctx, tx, `UPDATE ledger_account SET state = $2 WHERE account_id = $1 AND state <> 'closed' AND kind IN `+in,
		append([]any{owner, string(st)}, args...)...)
	return err
}

func spendingKinds() (out []string) {
	for _, k := range Kinds {
		if k.spending() {
			out = append(out, string(k))
		}
	}
	return out
}
