package order

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

const columns = `account_id, no, account_name, kind, state, level, from_level, term_unit, term_num, packs, cancel, subscription_id, base_version, catalogue,
	currency, list, discount, due, price, back, choice, paid, actual, way, paid_by, paid_by_name, contract_id, payment_id, agreement, agreed_at, reason, words,
	source, no_reason_year, deadline, quoted_at, created_at, paid_at, done_at, cause, request_key, created_by, created_name, edition, unify`

func scan(r db.Row) (o Order, err error) {
	var price, back, choice, paid string
	if err := r.Scan(&o.Account, &o.No, &o.AccountName, &o.Kind, &o.State, &o.Level, &o.From, &o.Term.Unit, &o.Term.Num, &o.Packs, &o.Cancel, &o.Subscription,
		&o.Base, &o.Catalogue, &o.Currency, &o.List, &o.Discount, &o.Due, &price, &back, &choice, &paid, &o.Actual, &o.Way, &o.PaidBy, &o.PaidByName,
		&o.Contract, &o.Payment, &o.Agreement, db.Time(&o.AgreedAt), &o.Reason, &o.Words, &o.Source, &o.NoReasonYear, db.Time(&o.Deadline),
		db.Time(&o.QuotedAt), db.Time(&o.CreatedAt), db.Time(&o.PaidAt), db.Time(&o.DoneAt), &o.Cause, &o.RequestKey, &o.CreatedBy, &o.CreatedName,
		&o.Edition, &o.Unify); err != nil {
		return o, err
	}
	for _, x := range []struct {
		text string
		to   any
	}{{price, &o.Price}, {back, &o.Back}, {choice, &o.Chosen}, {paid, &o.Paid}} {
		if err := json.Unmarshal([]byte(x.text), x.to); err != nil {
			return o, err
		}
	}
	return o, nil
}

// texts are an order's JSON columns: price, back, choice, paid.
func texts(o Order) (out [4]string, err error) {
	for i, x := range []any{o.Price, o.Back, o.Chosen, o.Paid} {
		b, err := json.Marshal(x)
		if err != nil {
			return out, err
		}
		out[i] = string(b)
	}
	return out, nil
}

// insert is false when the request's key has made an order already.
func insert(ctx context.Context, tx *db.Tx, o Order) (bool, error) {
	t, err := texts(o)
	if err != nil {
		return false, err
	}
	n, err := db.Exec(ctx, tx, `INSERT INTO plan_order (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
		$19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45)
		ON CONFLICT (account_id, request_key) DO NOTHING`,
		o.Account, o.No, o.AccountName, string(o.Kind), int(o.State), string(o.Level), string(o.From), string(o.Term.Unit), o.Term.Num, o.Packs, o.Cancel,
		o.Subscription, o.Base, o.Catalogue, o.Currency, o.List, o.Discount, o.Due, t[0], t[1], t[2], t[3], o.Actual, string(o.Way), o.PaidBy, o.PaidByName,
		o.Contract, o.Payment, o.Agreement, db.Micros(o.AgreedAt), o.Reason, o.Words, o.Source, o.NoReasonYear, db.Micros(o.Deadline), db.Micros(o.QuotedAt),
		db.Micros(o.CreatedAt), db.Micros(o.PaidAt), db.Micros(o.DoneAt), string(o.Cause), o.RequestKey, o.CreatedBy, o.CreatedName, o.Edition, o.Unify)
	return n == 1, err
}

// save writes what can change of an order that the transaction holds, unless its state was moved from another one than
// it's said to be in.
func save(ctx context.Context, tx *db.Tx, o Order, from State) error {
	t, err := texts(o)
	if err != nil {
		return err
	}
	err = db.Change(ctx, tx, `UPDATE plan_order SET state = $4, subscription_id = $5, list = $6, discount = $7, due = $8, price = $9, back = $10, choice = $11,
		paid = $12, actual = $13, way = $14, paid_by = $15, paid_by_name = $16, contract_id = $17, payment_id = $18, no_reason_year = $19, paid_at = $20,
		done_at = $21, cause = $22, words = $23, edition = edition + 1 WHERE account_id = $1 AND no = $2 AND state = $3`,
		o.Account, o.No, int(from), int(o.State), o.Subscription, o.List, o.Discount, o.Due, t[0], t[1], t[2], t[3], o.Actual, string(o.Way), o.PaidBy,
		o.PaidByName, o.Contract, o.Payment, o.NoReasonYear, db.Micros(o.PaidAt), db.Micros(o.DoneAt), string(o.Cause), o.Words)
	if errors.Is(err, db.ErrNoRow) {
		return moved(o)
	}
	return err
}

func found(o Order, err error) (Order, error) {
	if errors.Is(err, db.ErrNoRow) {
		err = fault.NotFound()
	}
	return o, err
}

// Get reads an order of an account for a module that has asked for permission itself; NotFound when there's none.
func Get(ctx context.Context, q db.Querier, account, no string) (Order, error) {
	return found(db.One(ctx, q, scan, `SELECT `+columns+` FROM plan_order WHERE account_id = $1 AND no = $2`, account, no))
}

// Find reads an order by its number alone, for callers who look at its account themselves; NotFound when there's none.
func Find(ctx context.Context, q db.Querier, no string) (Order, error) {
	return found(db.One(ctx, q, scan, `SELECT `+columns+` FROM plan_order WHERE no = $1`, no))
}

// Hold reads an order in a transaction that is about to change it: others wait.
func Hold(ctx context.Context, tx *db.Tx, account, no string) (Order, error) {
	return found(db.One(ctx, tx, scan, `UPDATE plan_order SET edition = edition + 1 WHERE account_id = $1 AND no = $2 RETURNING `+columns, account, no))
}

func byKey(ctx context.Context, q db.Querier, account, key string) (Order, error) {
	return found(db.One(ctx, q, scan, `SELECT `+columns+` FROM plan_order WHERE account_id = $1 AND request_key = $2`, account, key))
}

// open are an account's orders that aren't final, oldest first.
func open(ctx context.Context, q db.Querier, account string) ([]Order, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM plan_order WHERE account_id = $1 AND state IN (1, 2, 3, 6, 9) ORDER BY no COLLATE "C"`, account)
}

// ofNumbers reads orders of an account by their numbers.
func ofNumbers(ctx context.Context, q db.Querier, account string, nos []string) ([]Order, error) {
	in, args := db.In(2, nos)
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM plan_order WHERE account_id = $1 AND no IN `+in, append([]any{account}, args...)...)
}

// noReasons counts the five-day returns of a natural year.
func noReasons(ctx context.Context, q db.Querier, account string, year int) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM plan_order WHERE account_id = $1 AND no_reason_year = $2 AND state IN (1, 2, 5)`, account, year)
}

// changes counts level changes that were done after an instant.
func changes(ctx context.Context, q db.Querier, account string, after time.Time) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM plan_order WHERE account_id = $1 AND kind = 'change' AND done_at > $2 AND state = 5`,
		account, db.Micros(after))
}

// list pages through orders, newest first: of one account, or of all.
func list(ctx context.Context, q db.Querier, f Filter) ([]Order, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM plan_order WHERE ($1 = '' OR account_id = $1) AND ($2 = 0 OR state = $2) AND ($3 = '' OR kind = $3)
		AND ($4 = 0 OR created_at >= $4) AND ($5 = 0 OR created_at < $5) AND ($6 = '' OR no COLLATE "C" < $6) AND ($7 = '' OR subscription_id = $7)
		ORDER BY no COLLATE "C" DESC LIMIT $8 OFFSET $9`, f.Account, int(f.State), string(f.Kind), micros(f.From), micros(f.To), f.Before, f.Subscription,
		f.Limit, f.Offset)
}

func count(ctx context.Context, q db.Querier, f Filter, bound int) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM (SELECT no FROM plan_order WHERE ($1 = '' OR account_id = $1) AND ($2 = 0 OR state = $2)
		AND ($3 = '' OR kind = $3) AND ($4 = 0 OR created_at >= $4) AND ($5 = 0 OR created_at < $5) AND ($6 = '' OR subscription_id = $6) LIMIT $7) AS page`,
		f.Account, int(f.State), string(f.Kind), micros(f.From), micros(f.To), f.Subscription, bound)
}

// micros is an instant as a number, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// setContract ties a contract to an order that isn't final.
func setContract(ctx context.Context, tx *db.Tx, account, no, contract string) error {
	return db.Change(ctx, tx, `UPDATE plan_order SET contract_id = $3, edition = edition + 1 WHERE account_id = $1 AND no = $2 AND state IN (6, 9)`,
		account, no, contract)
}

// keep stores what a refund gave back of what an order paid with.
func keep(ctx context.Context, tx *db.Tx, o Order) error {
	t, err := texts(o)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `UPDATE plan_order SET choice = $3, paid = $4, edition = edition + 1 WHERE account_id = $1 AND no = $2`, o.Account, o.No, t[2], t[3])
}

// A payment row says what an online payment is for.
type paymentFor struct {
	No    string
	Minor int64
}

func addPayment(ctx context.Context, tx *db.Tx, account, payment, no string, minor int64) error {
	return db.Change(ctx, tx, `INSERT INTO plan_payment (account_id, payment_id, no, minor) VALUES ($1, $2, $3, $4)`, account, payment, no, minor)
}

func ofPayment(ctx context.Context, q db.Querier, account, payment string) ([]paymentFor, error) {
	return db.All(ctx, q, func(r db.Row) (p paymentFor, err error) { return p, r.Scan(&p.No, &p.Minor) },
		`SELECT no, minor FROM plan_payment WHERE account_id = $1 AND payment_id = $2 ORDER BY no COLLATE "C"`, account, payment)
}

// An answered is what a call that pays was answered.
type answered struct{ Hash, Outcome string }

func keyOf(ctx context.Context, q db.Querier, account, key string) (answered, bool, error) {
	a, err := db.One(ctx, q, func(r db.Row) (a answered, err error) { return a, r.Scan(&a.Hash, &a.Outcome) },
		`SELECT hash, outcome FROM plan_pay_key WHERE account_id = $1 AND key = $2`, account, key)
	if errors.Is(err, db.ErrNoRow) {
		return a, false, nil
	}
	return a, err == nil, err
}

// takeKey is false when another call had the key.
func takeKey(ctx context.Context, tx *db.Tx, account, key, hash string) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO plan_pay_key (account_id, key, hash, outcome, at) VALUES ($1, $2, $3, '', $4) ON CONFLICT (account_id, key) DO NOTHING`,
		account, key, hash, db.Micros(tx.Wall))
	return n == 1, err
}

func answerKey(ctx context.Context, tx *db.Tx, account, key, outcome string) error {
	return db.Change(ctx, tx, `UPDATE plan_pay_key SET outcome = $3 WHERE account_id = $1 AND key = $2`, account, key, outcome)
}
