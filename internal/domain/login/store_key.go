package login

import (
	"context"
	"time"

	"hanse/internal/kit/db"
)

type storedKey struct {
	Key
	identity, sealed string
}

const keyColumns = `access_key, account_id, user_id, identity_id, secret, note, state, created_at, last_used_at, ends_at`

func scanKey(r db.Row) (k storedKey, err error) {
	err = r.Scan(&k.AccessKey, &k.Account, &k.User, &k.identity, &k.sealed, &k.Note, &k.State, db.Time(&k.CreatedAt),
		db.Time(&k.LastUsed), db.Time(&k.Ends))
	return k, err
}

func insertKey(ctx context.Context, tx *db.Tx, k storedKey) error {
	return db.Change(ctx, tx, `INSERT INTO access_key (access_key, account_id, user_id, identity_id, secret, note, state, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'active', $7)`, k.AccessKey, k.Account, k.User, k.identity, k.sealed, k.Note, db.Micros(k.CreatedAt))
}

func oneKey(ctx context.Context, q db.Querier, accessKey string) (storedKey, error) {
	return db.One(ctx, q, scanKey, `SELECT `+keyColumns+` FROM access_key WHERE access_key = $1`, accessKey)
}

func keysOf(ctx context.Context, q db.Querier, account, user string) ([]storedKey, error) {
	return db.All(ctx, q, scanKey, `SELECT `+keyColumns+` FROM access_key WHERE account_id = $1 AND user_id = $2
		ORDER BY created_at DESC, access_key COLLATE "C"`, account, user)
}

// countKeys counts the keys that work. The caller holds a row that serialises creation.
func countKeys(ctx context.Context, q db.Querier, account, user string, wall time.Time) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT count(*) FROM access_key WHERE account_id = $1 AND user_id = $2 AND state = 'active'
		AND (ends_at IS NULL OR ends_at > $3)`, account, user, db.Micros(wall))
}

func disableKey(ctx context.Context, tx *db.Tx, accessKey, account, user string) error {
	return db.Change(ctx, tx, `UPDATE access_key SET state = 'disabled' WHERE access_key = $1 AND account_id = $2 AND user_id = $3
		AND state = 'active'`, accessKey, account, user)
}

func disableKeysOf(ctx context.Context, tx *db.Tx, account, user string) error {
	_, err := db.Exec(ctx, tx, `UPDATE access_key SET state = 'disabled' WHERE account_id = $1 AND user_id = $2 AND state = 'active'`,
		account, user)
	return err
}

func endKey(ctx context.Context, tx *db.Tx, accessKey, account, user string, ends time.Time) error {
	return db.Change(ctx, tx, `UPDATE access_key SET ends_at = $4 WHERE access_key = $1 AND account_id = $2 AND user_id = $3
		AND state = 'active' AND ends_at IS NULL`, accessKey, account, user, db.Micros(ends))
}
