package payment

import (
	"context"
	"errors"

	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

const columns = `account_id, id, provider, subject, unit, minor, state, ref, pay_url, return_url, reason, refunded, asked_by, asked_name,
	created_at, expires_at, settled_at`

func scan(r db.Row) (p Payment, err error) {
	err = r.Scan(&p.Account, &p.ID, &p.Provider, &p.Subject, &p.Unit, &p.Minor, &p.State, &p.Ref, &p.PayURL, &p.ReturnURL, &p.Reason,
		&p.Refunded, &p.AskedBy, &p.AskedName, db.Time(&p.CreatedAt), db.Time(&p.ExpiresAt), db.Time(&p.SettledAt))
	return p, err
}

func insert(ctx context.Context, tx *db.Tx, p Payment) error {
	return db.Change(ctx, tx, `INSERT INTO payment (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		p.Account, p.ID, p.Provider, p.Subject, p.Unit, p.Minor, string(p.State), p.Ref, p.PayURL, p.ReturnURL, p.Reason, p.Refunded, p.AskedBy,
		p.AskedName, db.Micros(p.CreatedAt), db.Micros(p.ExpiresAt), db.Micros(p.SettledAt))
}

// byID reads a payment; scope "" is every account's.
func byID(ctx context.Context, q db.Querier, scope, id string) (Payment, error) {
	p, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM payment WHERE id = $1 AND ($2 = '' OR account_id = $2)`, id, scope)
	if errors.Is(err, db.ErrNoRow) {
		return p, fault.NotFound()
	}
	return p, err
}

// opened stores what the provider answered. A payment that was settled meanwhile keeps its state.
func opened(ctx context.Context, tx *db.Tx, p Payment) error {
	_, err := db.Exec(ctx, tx, `UPDATE payment SET ref = $1, pay_url = $2, state = CASE WHEN state = 'created' THEN 'pending' ELSE state END
		WHERE account_id = $3 AND id = $4`, p.Ref, p.PayURL, p.Account, p.ID)
	return err
}

// moved changes the state, once: false when somebody was faster.
func moved(ctx context.Context, tx *db.Tx, p Payment, from State) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE payment SET state = $1, reason = $2, settled_at = $3 WHERE account_id = $4 AND id = $5 AND state = $6`,
		string(p.State), p.Reason, db.Micros(p.SettledAt), p.Account, p.ID, string(from))
	return n == 1, err
}

// noticed remembers a notification; false when it was taken before.
func noticed(ctx context.Context, tx *db.Tx, p Payment, notice string, state State) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO payment_notice (account_id, payment_id, notice, state, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id, payment_id, notice) DO NOTHING`, p.Account, p.ID, notice, string(state), db.Micros(tx.Wall))
	return n == 1, err
}

func forget(ctx context.Context, tx *db.Tx, p Payment, notice string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM payment_notice WHERE account_id = $1 AND payment_id = $2 AND notice = $3`, p.Account, p.ID, notice)
	return err
}

// refunded adds to what was given back; false when it would be more than was paid.
func refunded(ctx context.Context, tx *db.Tx, p Payment, minor int64) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE payment SET refunded = refunded + $1 WHERE account_id = $2 AND id = $3 AND state = 'paid'
		AND refunded + $1 <= minor`, minor, p.Account, p.ID)
	return n == 1, err
}

func list(ctx context.Context, q db.Querier, f Filter) ([]Payment, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM payment WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR state = $2)
		AND ($3 = '' OR id COLLATE "C" < $3) ORDER BY id COLLATE "C" DESC LIMIT $4`, f.Account, string(f.State), f.After, f.Limit)
}

const testColumns = `ref, payment_id, subject, unit, minor, refunded, state, settles_at, return_url, refunds`

func scanTest(r db.Row) (p TestPayment, err error) {
	err = r.Scan(&p.Ref, &p.Payment, &p.Subject, &p.Unit, &p.Minor, &p.Refunded, &p.State, db.Time(&p.SettlesAt), &p.ReturnURL, &p.refunds)
	return p, err
}

func insertTest(ctx context.Context, tx *db.Tx, p TestPayment) error {
	return db.Change(ctx, tx, `INSERT INTO test_payment (`+testColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		p.Ref, p.Payment, p.Subject, p.Unit, p.Minor, p.Refunded, p.State, db.Micros(p.SettlesAt), p.ReturnURL, p.refunds)
}

func testByRef(ctx context.Context, q db.Querier, ref string) (TestPayment, error) {
	p, err := db.One(ctx, q, scanTest, `SELECT `+testColumns+` FROM test_payment WHERE ref = $1`, ref)
	if errors.Is(err, db.ErrNoRow) {
		return p, fault.NotFound()
	}
	return p, err
}

func testOf(ctx context.Context, q db.Querier, payment string) (TestPayment, error) {
	return db.One(ctx, q, scanTest, `SELECT `+testColumns+` FROM test_payment WHERE payment_id = $1 LIMIT 1`, payment)
}

func moveTest(ctx context.Context, tx *db.Tx, p TestPayment, from string) error {
	return db.Change(ctx, tx, `UPDATE test_payment SET state = $1, settles_at = $2, refunded = $3, refunds = $4 WHERE ref = $5 AND state = $6`,
		p.State, db.Micros(p.SettlesAt), p.Refunded, p.refunds, p.Ref, from)
}
