package setting

import (
	"context"
	"time"

	"hanse/internal/kit/db"
)

const columns = `key, effective_at, value, changed_by`

func scan(r db.Row) (v Value, err error) {
	err = r.Scan(&v.Key, db.Time(&v.EffectiveAt), &v.Value, &v.ChangedBy)
	return v, err
}

func inForce(ctx context.Context, q db.Querier, key Key, at time.Time) (Value, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM setting WHERE key = $1 AND effective_at <= $2
		ORDER BY effective_at DESC LIMIT 1`, string(key), db.Micros(at))
}

func all(ctx context.Context, q db.Querier) ([]Value, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM setting ORDER BY key COLLATE "C", effective_at`)
}

func history(ctx context.Context, q db.Querier, key Key) ([]Value, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM setting WHERE key = $1 ORDER BY effective_at DESC`, string(key))
}

// insert adds a value; a second one for the same instant takes its place.
func insert(ctx context.Context, tx *db.Tx, v Value) error {
	return db.Change(ctx, tx, `INSERT INTO setting (key, effective_at, value, changed_by) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key, effective_at) DO UPDATE SET value = excluded.value, changed_by = excluded.changed_by`,
		string(v.Key), db.Micros(v.EffectiveAt), v.Value, v.ChangedBy)
}
