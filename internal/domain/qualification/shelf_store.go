package qualification

import (
	"context"

	"hanse/internal/kit/db"
)

func loadVersions(ctx context.Context, q db.Querier) ([]versionRow, error) {
	return db.All(ctx, q, func(r db.Row) (v versionRow, err error) {
		return v, r.Scan(&v.program, &v.version, &v.from, &v.file, &v.source, &v.cases, &v.state, db.Time(&v.loadedAt), db.Time(&v.retiredAt))
	}, `SELECT program_id, version, effective_from, file, source, cases, state, loaded_at, retired_at FROM program_version
		ORDER BY program_id COLLATE "C", effective_from COLLATE "C", version COLLATE "C"`)
}

func insertVersion(ctx context.Context, tx *db.Tx, v versionRow) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO program_version (program_id, version, effective_from, file, source, cases, state, loaded_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (program_id, version) DO NOTHING`,
		v.program, v.version, v.from, v.file, v.source, v.cases, v.state, db.Micros(v.loadedAt))
	return n == 1, err
}

func retireVersion(ctx context.Context, tx *db.Tx, program, version string) error {
	return db.Change(ctx, tx, `UPDATE program_version SET state = 'retired', retired_at = $3
		WHERE program_id = $1 AND version = $2 AND state = 'active'`, program, version, db.Micros(tx.Now))
}

func holdersBetween(ctx context.Context, q db.Querier, programID, from, to string) ([][2]string, error) {
	return db.All(ctx, q, func(r db.Row) (h [2]string, err error) { return h, r.Scan(&h[0], &h[1]) },
		`SELECT account_id, level FROM qualification WHERE program_id = $1 AND state IN ('valid', 'suspended')
		AND account_id COLLATE "C" >= $2 AND account_id COLLATE "C" <= $3`, programID, from, to)
}
