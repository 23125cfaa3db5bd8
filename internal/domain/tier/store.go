package tier

import (
	"context"

	"hanse/internal/kit/db"
)

func scan(r db.Row) (t Tier, err error) {
	return t, r.Scan(&t.Account, &t.Year, &t.Began, &t.Earned, &t.Spent, db.Time(&t.ComputedAt), &t.Stated, &t.Reason, &t.StatedBy, db.Time(&t.StatedAt), &t.Edition)
}

func one(ctx context.Context, q db.Querier, account string) (Tier, error) {
	return db.One(ctx, q, scan, `SELECT account_id, year, began, level, spent, computed_at, stated, stated_reason, stated_by, stated_at, edition FROM tier
		WHERE account_id = $1`, account)
}

// put writes a tier that is still the one that was read; ErrNoRow when it isn't.
func put(ctx context.Context, tx *db.Tx, t Tier) error {
	return db.Change(ctx, tx, `INSERT INTO tier (account_id, year, began, level, spent, computed_at, stated, stated_reason, stated_by, stated_at, edition)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1) ON CONFLICT (account_id) DO UPDATE SET year = excluded.year, began = excluded.began,
		level = excluded.level, spent = excluded.spent, computed_at = excluded.computed_at, stated = excluded.stated, stated_reason = excluded.stated_reason,
		stated_by = excluded.stated_by, stated_at = excluded.stated_at, edition = tier.edition + 1 WHERE tier.edition = $11`,
		t.Account, t.Year, t.Began, t.Earned, t.Spent, db.Micros(tx.Now), t.Stated, t.Reason, t.StatedBy, db.Micros(t.StatedAt), t.Edition)
}

// ofYearsBefore are accounts whose tier wasn't reckoned in a year yet.
func ofYearsBefore(ctx context.Context, q db.Querier, year, limit int) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT account_id FROM tier WHERE year < $1 ORDER BY account_id LIMIT $2`, year, limit)
}

func records(ctx context.Context, q db.Querier, account string) ([]Record, error) {
	return db.All(ctx, q, func(r db.Row) (x Record, err error) {
		return x, r.Scan(&x.Account, &x.ID, &x.Was, &x.Became, &x.Cause, &x.Reason, &x.ByName, db.Time(&x.At))
	}, `SELECT account_id, id, was, became, cause, reason, by_name, at FROM tier_record WHERE account_id = $1 ORDER BY id DESC LIMIT 100`, account)
}

func insertRecord(ctx context.Context, tx *db.Tx, r Record) error {
	return db.Change(ctx, tx, `INSERT INTO tier_record (account_id, id, was, became, cause, reason, by_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.Account, r.ID, r.Was, r.Became, r.Cause, r.Reason, r.ByName, db.Micros(r.At))
}
