package ticketdraft

import (
	"context"
	"encoding/json"
	"time"

	"hanse/internal/kit/db"
)

const columns = `account_id, id, user_id, form, title, saved_at, expires_at`

func scan(r db.Row) (d Draft, err error) {
	var form string
	if err = r.Scan(&d.Account, &d.ID, &d.User, &form, &d.Title, db.Time(&d.SavedAt), db.Time(&d.Expires)); err != nil {
		return d, err
	}
	return d, json.Unmarshal([]byte(form), &d.Form)
}

func one(ctx context.Context, q db.Querier, account, user, id string, wall time.Time) (Draft, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM ticket_draft WHERE account_id = $1 AND id = $2 AND user_id = $3 AND expires_at > $4`,
		account, id, user, db.Micros(wall))
}

func list(ctx context.Context, q db.Querier, account, user string, wall time.Time) ([]Draft, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM ticket_draft WHERE account_id = $1 AND user_id = $2 AND expires_at > $3 ORDER BY id COLLATE "C" DESC LIMIT 50`,
		account, user, db.Micros(wall))
}

func insert(ctx context.Context, tx *db.Tx, d Draft, form string) error {
	return db.Change(ctx, tx, `INSERT INTO ticket_draft (account_id, id, user_id, form, title, saved_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		d.Account, d.ID, d.User, form, d.Title, db.Micros(d.SavedAt), db.Micros(d.Expires))
}

func update(ctx context.Context, tx *db.Tx, d Draft, form string) error {
	return db.Change(ctx, tx, `UPDATE ticket_draft SET form = $1, title = $2, saved_at = $3, expires_at = $4 WHERE account_id = $5 AND id = $6 AND user_id = $7`,
		form, d.Title, db.Micros(d.SavedAt), db.Micros(d.Expires), d.Account, d.ID, d.User)
}

func remove(ctx context.Context, tx *db.Tx, account, user, id string) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM ticket_draft WHERE account_id = $1 AND user_id = $2 AND id = $3`, account, user, id)
	return err
}

func sweep(ctx context.Context, tx *db.Tx, wall time.Time) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM ticket_draft WHERE expires_at <= $1`, db.Micros(wall))
	return err
}
