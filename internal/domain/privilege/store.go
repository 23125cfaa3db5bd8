package privilege

import (
	"context"
	"errors"

	"hanse/internal/kit/db"
)

// policy is an account's policy; the usual one when it never changed it.
func policy(ctx context.Context, q db.Querier, account string) (Policy, error) {
	p, err := db.One(ctx, q, func(r db.Row) (p Policy, err error) {
		return p, r.Scan(&p.Account, &p.CreateRestricted, &p.ExportForAll, &p.ChangedBy, db.Time(&p.ChangedAt))
	}, `SELECT account_id, restricted, export_all, changed_by, changed_at FROM privilege_policy WHERE account_id = $1`, account)
	if errors.Is(err, db.ErrNoRow) {
		return Policy{Account: account}, nil
	}
	return p, err
}

func putPolicy(ctx context.Context, tx *db.Tx, p Policy) error {
	return db.Change(ctx, tx, `INSERT INTO privilege_policy (account_id, restricted, export_all, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id) DO UPDATE SET restricted = excluded.restricted, export_all = excluded.export_all, changed_by = excluded.changed_by,
		changed_at = excluded.changed_at`, p.Account, p.CreateRestricted, p.ExportForAll, p.ChangedBy, db.Micros(tx.Now))
}

func granted(ctx context.Context, q db.Querier, account, user string, k Kind) (bool, error) {
	n, err := db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM privilege_grant WHERE account_id = $1 AND user_id = $2 AND kind = $3`, account, user, string(k))
	return n > 0, err
}

func grants(ctx context.Context, q db.Querier, account string) ([]Grant, error) {
	return db.All(ctx, q, func(r db.Row) (g Grant, err error) {
		return g, r.Scan(&g.Account, &g.User, &g.Kind, &g.GrantedBy, db.Time(&g.GrantedAt))
	}, `SELECT account_id, user_id, kind, granted_by, granted_at FROM privilege_grant WHERE account_id = $1 ORDER BY user_id COLLATE "C", kind COLLATE "C"`, account)
}

// put writes a grant; false when it's there already.
func put(ctx context.Context, tx *db.Tx, g Grant) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO privilege_grant (account_id, user_id, kind, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id, user_id, kind) DO NOTHING`, g.Account, g.User, string(g.Kind), g.GrantedBy, db.Micros(tx.Now))
	return n > 0, err
}

// drop takes a grant back; false when there's none.
func drop(ctx context.Context, tx *db.Tx, g Grant) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM privilege_grant WHERE account_id = $1 AND user_id = $2 AND kind = $3`, g.Account, g.User, string(g.Kind))
	return n > 0, err
}
