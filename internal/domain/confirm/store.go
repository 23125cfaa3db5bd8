package confirm

import (
	"context"

	"hanse/internal/kit/db"
)

func one(ctx context.Context, q db.Querier, account string) (Switch, error) {
	return db.One(ctx, q, func(r db.Row) (s Switch, err error) {
		err = r.Scan(&s.On, &s.ChangedBy, db.Time(&s.ChangedAt))
		return s, err
	}, `SELECT is_on, changed_by, changed_at FROM confirm_switch WHERE account_id = $1`, account)
}

func write(ctx context.Context, tx *db.Tx, account string, s Switch) error {
	return db.Change(ctx, tx, `INSERT INTO confirm_switch (account_id, is_on, changed_by, changed_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id) DO UPDATE SET is_on = excluded.is_on, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		account, s.On, s.ChangedBy, db.Micros(s.ChangedAt))
}
