package login

import (
	"context"
	"time"

	"hanse/internal/kit/db"
)

type code struct {
	id, account, operation, binding, target string
	hash                                    []byte
	state                                   string // open, replaced, used, void
	tries                                   int64
	sent, expires                           time.Time
}

func insertCode(ctx context.Context, tx *db.Tx, c code) error {
	return db.Change(ctx, tx, `INSERT INTO code (id, account_id, operation, binding, target, hash, state, sent_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8)`, c.id, c.account, c.operation, c.binding, c.target, c.hash,
		db.Micros(c.sent), db.Micros(c.expires))
}

// replaceCodes makes earlier codes for the same thing useless.
func replaceCodes(ctx context.Context, tx *db.Tx, account, operation, binding string) error {
	_, err := db.Exec(ctx, tx, `UPDATE code SET state = 'replaced' WHERE account_id = $1 AND operation = $2 AND binding = $3 AND state = 'open'`,
		account, operation, binding)
	return err
}

// sentTo counts the codes to a target since an instant, and gives the instant of the newest.
func sentTo(ctx context.Context, q db.Querier, target string, since time.Time) (n int64, last time.Time, err error) {
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&n, db.Time(&last)) },
		`SELECT count(*), max(sent_at) FROM code WHERE target = $1 AND sent_at > $2`, target, db.Micros(since))
	return n, last, err
}

// latestCode is the one that was sent last, whatever became of it.
func latestCode(ctx context.Context, q db.Querier, account, operation, binding string) (code, error) {
	return db.One(ctx, q, func(r db.Row) (c code, err error) {
		err = r.Scan(&c.id, &c.account, &c.operation, &c.binding, &c.target, &c.hash, &c.state, &c.tries, db.Time(&c.sent), db.Time(&c.expires))
		return c, err
	}, `SELECT id, account_id, operation, binding, target, hash, state, tries, sent_at, expires_at FROM code
		WHERE account_id = $1 AND operation = $2 AND binding = $3 ORDER BY sent_at DESC, id COLLATE "C" DESC LIMIT 1`, account, operation, binding)
}

func spendCode(ctx context.Context, tx *db.Tx, id string) error {
	return db.Change(ctx, tx, `UPDATE code SET state = 'used' WHERE id = $1 AND state = 'open'`, id)
}

func countWrongCode(ctx context.Context, tx *db.Tx, id string, most int) error {
	_, err := db.Exec(ctx, tx, `UPDATE code SET tries = tries + 1, state = CASE WHEN tries + 1 >= $2 THEN 'void' ELSE state END
		WHERE id = $1 AND state = 'open'`, id, int64(most))
	return err
}
