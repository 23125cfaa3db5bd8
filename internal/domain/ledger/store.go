package ledger

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/db"
)

// account is one row, as decisions need it.
type account struct {
	place   Place
	no      int64
	state   State
	minimum int64
	bounded bool // it has a minimum
	balance int64
	held    int64
	seq     int64
	lastAt  time.Time

	// For the writer:
	there      bool   // it exists
	changed    bool   // by its batch
	remembered bool   // known from an earlier batch
	readSeq    int64  // as it was before the batch
	month      period // a row of its roll-up that is there
}

const accountColumns = `account_id, no, kind, unit, ref, state, minimum IS NOT NULL, coalesce(minimum, 0), balance, held, seq, last_at`

func scanAccount(r db.Row) (a account, err error) {
	p := &a.place
	err = r.Scan(&p.Owner, &a.no, &p.Kind, &p.Unit, &p.Ref, &a.state, &a.bounded, &a.minimum, &a.balance, &a.held, &a.seq, db.Time(&a.lastAt))
	return a, err
}

func readAccount(ctx context.Context, q db.Querier, p Place) (account, error) {
	return db.One(ctx, q, scanAccount, `SELECT `+accountColumns+` FROM ledger_account
		WHERE account_id = $1 AND kind = $2 AND unit = $3 AND ref = $4`, p.Owner, string(p.Kind), p.Unit, p.Ref)
}

func readAccounts(ctx context.Context, q db.Querier, owner string) ([]account, error) {
	return db.All(ctx, q, scanAccount, `SELECT `+accountColumns+` FROM ledger_account WHERE account_id = $1
		ORDER BY unit COLLATE "C", kind COLLATE "C", ref COLLATE "C"`, owner)
}

func insertAccount(ctx context.Context, tx *db.Tx, a account) (fresh bool, err error) {
	var minimum any
	if a.bounded {
		minimum = a.minimum
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO ledger_account (account_id, no, kind, unit, ref, state, minimum) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT DO NOTHING`,
		a.place.Owner, a.no, string(a.place.Kind), a.place.Unit, a.place.Ref, string(a.state), minimum)
	return n == 1, err
}

// moveText is the guard of every balance: the statement itself refuses what may not be. $7 is the state, besides
// open, from which the account may be changed.
const moveText = `UPDATE ledger_account SET balance = balance + $5, seq = seq + 1,
	last_at = CASE WHEN last_at > $6 THEN last_at ELSE $6 END, held = held + $8
	WHERE account_id = $1 AND kind = $2 AND unit = $3 AND ref = $4 AND state IN ('open', $7)
	AND (CAST($5 AS BIGINT) >= 0 OR minimum IS NULL OR balance + $5 - held - $8 >= minimum)
	RETURNING no, balance, seq, last_at`

// move changes one balance; ErrNoRow when the guard refuses or there's no such account.
func move(ctx context.Context, tx *db.Tx, c change, returning bool, now time.Time) (leg, error) {
	also := Usable
	if returning || c.delta >= 0 {
		also = Frozen
	}
	p := c.place
	return db.One(ctx, tx, func(r db.Row) (l leg, err error) {
		l.place, l.Minor = p, c.delta
		return l, r.Scan(&l.No, &l.After, &l.Seq, db.Time(&l.at))
	}, moveText, p.Owner, string(p.Kind), p.Unit, p.Ref, c.delta, db.Micros(now), string(also), c.held)
}

// moveInstant lets an account follow the instant of a transfer whose other accounts are ahead of it.
func moveInstant(ctx context.Context, tx *db.Tx, l leg, at time.Time) error {
	return db.Change(ctx, tx, `UPDATE ledger_account SET last_at = $3 WHERE account_id = $1 AND no = $2`, l.place.Owner, l.No, db.Micros(at))
}

type key struct {
	hash     []byte
	transfer string
}

func insertKey(ctx context.Context, tx *db.Tx, book, k string, hash []byte, transfer string) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO ledger_key (account_id, key, hash, transfer_id) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, key) DO NOTHING`, book, k, hash, transfer)
	return n == 1, err
}

// rewriteKey reads a key by writing it: see Post.
func rewriteKey(ctx context.Context, tx *db.Tx, book, k string) (key, error) {
	return db.One(ctx, tx, func(r db.Row) (x key, err error) { return x, r.Scan(&x.hash, &x.transfer) },
		`UPDATE ledger_key SET transfer_id = transfer_id WHERE account_id = $1 AND key = $2 RETURNING hash, transfer_id`, book, k)
}

const transferColumns = `account_id, id, key, kind, scene, memo, subject, payer, payee, unit, amount, reverses, by_id, by_name, legs, at`

func scanTransfer(r db.Row) (t Transfer, err error) {
	var legs string
	err = r.Scan(&t.Book, &t.ID, &t.Key, &t.Kind, &t.Scene, &t.Memo, &t.Subject, &t.Payer, &t.Payee, &t.Unit, &t.Minor, &t.Reverses,
		&t.By, &t.ByName, &legs, db.Time(&t.At))
	if err == nil {
		t.legs, err = parseLegs(legs, t.At)
	}
	return t, err
}

func (t *Transfer) values() []any {
	return []any{t.Book, t.ID, t.Key, t.Kind, t.Scene, t.Memo, t.Subject, t.Payer, t.Payee, t.Unit, t.Minor, t.Reverses, t.By, t.ByName,
		t.text(), db.Micros(t.At)}
}

func insertTransfer(ctx context.Context, tx *db.Tx, t Transfer) error {
	return db.Change(ctx, tx, `INSERT INTO ledger_transfer (`+transferColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, t.values()...)
}

func oneTransfer(ctx context.Context, q db.Querier, book, id string) (Transfer, error) {
	return db.One(ctx, q, scanTransfer, `SELECT `+transferColumns+` FROM ledger_transfer WHERE account_id = $1 AND id = $2`, book, id)
}

// insertEntries writes all legs of a transfer with one statement.
func insertEntries(ctx context.Context, tx *db.Tx, t Transfer) error {
	args := make([]any, 0, 9*len(t.legs))
	for _, l := range t.legs {
		args = append(args, l.place.Owner, l.No, db.Micros(t.At), l.Seq, t.ID, t.Book, t.Kind, l.Minor, l.After)
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO ledger_entry (account_id, no, at, seq, transfer_id, book, kind, amount, after) VALUES `+
		tuples(len(t.legs), 9), args...)
	if err == nil && n != int64(len(t.legs)) {
		err = errors.New("entries of transfer " + t.ID + " are incomplete")
	}
	return err
}

const addToMonth = ` ON CONFLICT (account_id, no, month, kind) DO UPDATE SET income = ledger_month.income + excluded.income,
	expense = ledger_month.expense + excluded.expense, entries = ledger_month.entries + excluded.entries`

// addMonths adds a transfer to the roll-up of each of its accounts but the clearing ones, whose months nobody asks for.
func addMonths(ctx context.Context, tx *db.Tx, t Transfer) error {
	const columns = 7
	args := make([]any, 0, columns*len(t.legs))
	for _, l := range t.legs {
		if l.place.Kind != Clearing {
			args = append(args, l.place.Owner, l.No, month(t.At), t.Kind, max(l.Minor, 0), max(-l.Minor, 0), 1)
		}
	}
	if len(args) == 0 {
		return nil
	}
	_, err := db.Exec(ctx, tx, `INSERT INTO ledger_month (account_id, no, month, kind, income, expense, entries) VALUES `+
		tuples(len(args)/columns, columns)+addToMonth, args...)
	return err
}

// tuples is "($1, $2), ($3, $4)" for so many rows and columns.
func tuples(rows, columns int) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i%columns == 0 && i > 0:
			b.WriteString("), (")
		case i == 0:
			b.WriteString("(")
		default:
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1))
	}
	return b.String() + ")"
}

// placesOf names the accounts of legs, in their order.
func placesOf(ctx context.Context, q db.Querier, legs []leg) ([]Place, error) {
	out := make([]Place, len(legs))
	for i, l := range legs {
		p, err := db.One(ctx, q, func(r db.Row) (p Place, err error) { return p, r.Scan(&p.Owner, &p.Kind, &p.Unit, &p.Ref) },
			`SELECT account_id, kind, unit, ref FROM ledger_account WHERE account_id = $1 AND no = $2`, l.place.Owner, l.No)
		if err != nil {
			return nil, err
		}
		out[i] = p
	}
	return out, nil
}
