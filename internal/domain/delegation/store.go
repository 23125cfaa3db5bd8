package delegation

import (
	"context"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

const columns = `account_id, id, partner_id, user_id, user_name, seat_id, fresh, state, reason, words, until, asked_by, asked_at, answered_by, answered_at,
	ended_at, version`

func scan(r db.Row) (d Delegation, err error) {
	var until string
	err = r.Scan(&d.Customer, &d.ID, &d.Partner, &d.User, &d.UserName, &d.seat, &d.fresh, &d.State, &d.Reason, &d.Words, &until, &d.AskedBy,
		db.Time(&d.AskedAt), &d.AnsweredBy, db.Time(&d.AnsweredAt), db.Time(&d.EndedAt), &d.Version)
	if err == nil {
		d.Until, err = calendar.ParseDay(until)
	}
	return d, err
}

func insert(ctx context.Context, tx *db.Tx, d Delegation) error {
	return db.Change(ctx, tx, `INSERT INTO delegation (account_id, id, partner_id, user_id, user_name, state, reason, until, asked_by, asked_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		d.Customer, d.ID, d.Partner, d.User, d.UserName, string(d.State), d.Reason, d.Until.String(), d.AskedBy, db.Micros(d.AskedAt))
}

// byID reads one that has a company on either side; of any for "".
func byID(ctx context.Context, q db.Querier, scope, id string) (Delegation, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM delegation WHERE id = $1 AND ($2 = '' OR account_id = $2 OR partner_id = $2)`, id, scope)
}

func list(ctx context.Context, q db.Querier, company string, open bool, before string, limit int) ([]Delegation, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM delegation WHERE (account_id = $1 OR partner_id = $1)
		AND ($2 = FALSE OR state IN ('asked', 'active')) AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4`, company, open, before, limit)
}

// openOf reads what is open between two companies; of any user for "".
func openOf(ctx context.Context, q db.Querier, customer, partner, user string) ([]Delegation, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM delegation WHERE partner_id = $2 AND ($1 = '' OR account_id = $1)
		AND ($3 = '' OR user_id = $3) AND state IN ('asked', 'active') ORDER BY id`, customer, partner, user)
}

// over reads those whose last day was before a day.
func over(ctx context.Context, q db.Querier, day calendar.Day, limit int) ([]Delegation, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM delegation WHERE state IN ('asked', 'active') AND until < $1 ORDER BY until, id LIMIT $2`,
		day.String(), limit)
}

// move is the compare-and-set of a state.
func move(ctx context.Context, tx *db.Tx, d Delegation, to State) error {
	return db.Change(ctx, tx, `UPDATE delegation SET state = $4, words = $5, seat_id = $6, fresh = $7, answered_by = $8, answered_at = $9, ended_at = $10,
		version = version + 1 WHERE account_id = $1 AND id = $2 AND state = $3 AND version = $11`,
		d.Customer, d.ID, string(d.State), string(to), d.Words, d.seat, d.fresh, d.AnsweredBy, db.Micros(d.AnsweredAt), db.Micros(d.EndedAt), d.Version)
}
