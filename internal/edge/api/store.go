package api

import (
	"context"

	"hanse/internal/kit/db"
)

func insertKey(ctx context.Context, tx *db.Tx, account, key string, hash []byte) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO idempotency (account_id, key, request_hash, status, body, wall_at)
		VALUES ($1, $2, $3, 0, $4, $5) ON CONFLICT (account_id, key) DO NOTHING`, account, key, hash, []byte{}, db.Micros(tx.Wall))
	return n == 1, err
}

func readKey(ctx context.Context, q db.Querier, account, key string) (answer, error) {
	return db.One(ctx, q, func(r db.Row) (x answer, err error) { return x, r.Scan(&x.hash, &x.status, &x.body) },
		`SELECT request_hash, status, body FROM idempotency WHERE account_id = $1 AND key = $2`, account, key)
}

func keepKey(ctx context.Context, tx *db.Tx, account, key string, status int, body []byte) error {
	_, err := db.Exec(ctx, tx, `UPDATE idempotency SET status = $3, body = $4 WHERE account_id = $1 AND key = $2 AND status = 0`,
		account, key, status, body)
	return err
}

func dropKey(ctx context.Context, tx *db.Tx, account, key string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM idempotency WHERE account_id = $1 AND key = $2 AND status = 0`, account, key)
	return err
}

// Purge forgets answers that are older than a day: nobody repeats a request after that.
func purge(ctx context.Context, tx *db.Tx, before int64) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM idempotency WHERE wall_at < $1`, before)
	return err
}
