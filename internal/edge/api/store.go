package api

import (
	"context"
	"time"

	"hanse/internal/kit/db"
)

// insertKey claims a key that nobody has used.
func insertKey(ctx context.Context, tx *db.Tx, c claimed, hash []byte) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO idempotency (account_id, key, request_hash, status, body, wall_at)
		VALUES ($1, $2, $3, 0, $4, $5) ON CONFLICT (account_id, key) DO NOTHING`, c.account, c.key, hash, []byte{}, c.at)
	return n == 1, err
}

func readKey(ctx context.Context, q db.Querier, account, key string) (answer, error) {
	return db.One(ctx, q, func(r db.Row) (x answer, err error) { return x, r.Scan(&x.hash, &x.status, &x.body, &x.at) },
		`SELECT request_hash, status, body, wall_at FROM idempotency WHERE account_id = $1 AND key = $2`, account, key)
}

// renewKey takes a key over from a request that claimed it at an instant and never ended.
func renewKey(ctx context.Context, tx *db.Tx, c claimed, since int64) (taken bool, err error) {
	n, err := db.Exec(ctx, tx, `UPDATE idempotency SET wall_at = $3 WHERE account_id = $1 AND key = $2 AND status = 0 AND wall_at = $4`,
		c.account, c.key, c.at, since)
	return n == 1, err
}

// keepKey stores the answer, unless another request has taken the key over.
func keepKey(ctx context.Context, tx *db.Tx, c claimed, status int, body []byte) error {
	_, err := db.Exec(ctx, tx, `UPDATE idempotency SET status = $3, body = $4
		WHERE account_id = $1 AND key = $2 AND status = 0 AND wall_at = $5`, c.account, c.key, status, body, c.at)
	return err
}

func dropKey(ctx context.Context, tx *db.Tx, c claimed) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM idempotency WHERE account_id = $1 AND key = $2 AND status = 0 AND wall_at = $3`,
		c.account, c.key, c.at)
	return err
}

// purgeKeys forgets the answers from before an instant of the wall clock.
func purgeKeys(ctx context.Context, tx *db.Tx, before time.Time) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM idempotency WHERE wall_at < $1`, db.Micros(before))
	return err
}
