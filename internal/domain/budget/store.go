package budget

import (
	"context"

	"hanse/internal/kit/db"
)

const columns = `account_id, customer_id, kind, minor, auto, base, told, month, frozen, set_at, set_by, version`

func scan(r db.Row) (b Budget, err error) {
	return b, r.Scan(&b.Partner, &b.Customer, &b.Kind, &b.Minor, &b.Auto, &b.base, &b.told, &b.month, &b.Frozen, db.Time(&b.SetAt), &b.SetBy, &b.Version)
}

func one(ctx context.Context, q db.Querier, partner, customer string) (Budget, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM budget WHERE account_id = $1 AND customer_id = $2`, partner, customer)
}

// page reads budgets in the order of their key: of one partner, or of all ("").
func page(ctx context.Context, q db.Querier, only, partner, customer string, limit int) ([]Budget, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM budget WHERE ($1 = '' OR account_id = $1)
		AND (account_id > $2 OR (account_id = $2 AND customer_id > $3)) ORDER BY account_id, customer_id LIMIT $4`, only, partner, customer, limit)
}

// upsert writes a budget as it was set: what was told of the one before is forgotten.
func upsert(ctx context.Context, tx *db.Tx, b Budget) error {
	return db.Change(ctx, tx, `INSERT INTO budget (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11)
		ON CONFLICT (account_id, customer_id) DO UPDATE SET kind = excluded.kind, minor = excluded.minor, auto = excluded.auto, base = excluded.base,
		told = 0, month = excluded.month, frozen = excluded.frozen, set_at = excluded.set_at, set_by = excluded.set_by, version = budget.version + 1`,
		b.Partner, b.Customer, string(b.Kind), b.Minor, b.Auto, b.base, b.month, b.Frozen, db.Micros(b.SetAt), b.SetBy, b.Version)
}

// note remembers what was told and done; ErrNoRow when the budget was set anew meanwhile.
func note(ctx context.Context, tx *db.Tx, b Budget) error {
	return db.Change(ctx, tx, `UPDATE budget SET told = $3, month = $4, frozen = $5 WHERE account_id = $1 AND customer_id = $2 AND version = $6`,
		b.Partner, b.Customer, b.told, b.month, b.Frozen, b.Version)
}

func remove(ctx context.Context, tx *db.Tx, b Budget) error {
	return db.Change(ctx, tx, `DELETE FROM budget WHERE account_id = $1 AND customer_id = $2`, b.Partner, b.Customer)
}

// sum is what a partner's budgets come to, one customer's left out.
func sum(ctx context.Context, q db.Querier, partner, but string) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT CAST(coalesce(sum(minor), 0) AS BIGINT) FROM budget WHERE account_id = $1 AND customer_id <> $2`, partner, but)
}

const recordColumns = `account_id, id, customer_id, operation, kind, minor, by_name, at`

func scanRecord(r db.Row) (x Record, err error) {
	return x, r.Scan(&x.Partner, &x.ID, &x.Customer, &x.Operation, &x.Kind, &x.Minor, &x.ByName, db.Time(&x.At))
}

func insertRecord(ctx context.Context, tx *db.Tx, x Record) error {
	return db.Change(ctx, tx, `INSERT INTO budget_record (`+recordColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		x.Partner, x.ID, x.Customer, x.Operation, string(x.Kind), x.Minor, x.ByName, db.Micros(x.At))
}

func records(ctx context.Context, q db.Querier, f RecordFilter) ([]Record, error) {
	return db.All(ctx, q, scanRecord, `SELECT `+recordColumns+` FROM budget_record WHERE account_id = $1 AND customer_id = $2
		AND ($3 = '' OR operation = $3) AND ($4 = '' OR kind = $4) AND ($5 = '' OR id < $5) ORDER BY id DESC LIMIT $6`,
		f.Partner, f.Customer, f.Operation, string(f.Kind), f.Before, f.Limit)
}

func right(ctx context.Context, q db.Querier, distributor, reseller string) (Right, error) {
	return db.One(ctx, q, scanRight, `SELECT account_id, reseller_id, allowed, minor, set_at, set_by FROM budget_right
		WHERE account_id = $1 AND reseller_id = $2`, distributor, reseller)
}

func scanRight(r db.Row) (x Right, err error) {
	return x, r.Scan(&x.Distributor, &x.Reseller, &x.Allowed, &x.Minor, db.Time(&x.SetAt), &x.SetBy)
}

func upsertRight(ctx context.Context, tx *db.Tx, x Right) error {
	return db.Change(ctx, tx, `INSERT INTO budget_right (account_id, reseller_id, allowed, minor, set_at, set_by) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (account_id, reseller_id) DO UPDATE SET allowed = excluded.allowed, minor = excluded.minor, set_at = excluded.set_at, set_by = excluded.set_by`,
		x.Distributor, x.Reseller, x.Allowed, x.Minor, db.Micros(x.SetAt), x.SetBy)
}
