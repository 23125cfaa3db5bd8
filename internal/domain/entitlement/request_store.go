package entitlement

import (
	"context"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

const requestColumns = `account_id, id, key, partner_name, unit, period, first_on, last_on, days, topic, contact, email, note, state, edition,
	hold_id, transfer_id, answer, cause, requested_by, asker, answerer, created_at, changed_at`

func scanRequest(r db.Row) (x Request, err error) {
	var first, last string
	err = r.Scan(&x.Account, &x.ID, &x.key, &x.PartnerName, &x.Unit, &x.Period, &first, &last, &x.Days, &x.Topic, &x.Contact, &x.Email, &x.Note,
		&x.State, &x.Edition, &x.hold, &x.transfer, &x.Answer, &x.Cause, &x.RequestedBy, &x.Asker, &x.Answerer, db.Time(&x.CreatedAt), db.Time(&x.ChangedAt))
	if err != nil {
		return x, err
	}
	if x.First, err = calendar.ParseDay(first); err != nil {
		return x, err
	}
	x.Last, err = calendar.ParseDay(last)
	return x, err
}

func insertRequest(ctx context.Context, tx *db.Tx, r Request) (fresh bool, err error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO entitlement_request (account_id, id, key, partner_name, unit, period, first_on, last_on, days, topic, contact,
		email, note, state, edition, hold_id, transfer_id, answer, cause, requested_by, asker, answerer, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'requested', 1, $14, '', '', '', $15, $16, '', $17, $17)
		ON CONFLICT (account_id, key) DO NOTHING`, r.Account, r.ID, r.key, r.PartnerName, string(r.Unit), r.Period, r.First.String(), r.Last.String(), r.Days,
		r.Topic, r.Contact, r.Email, r.Note, r.hold, r.RequestedBy, r.Asker, db.Micros(tx.Now))
	return n == 1, err
}

// saveRequest is the compare-and-set by which a request changes.
func saveRequest(ctx context.Context, tx *db.Tx, r *Request, from State, edition int64) error {
	r.Edition, r.ChangedAt = edition+1, tx.Now
	return changed(db.Change(ctx, tx, `UPDATE entitlement_request SET state = $5, edition = $6, period = $7, first_on = $8, last_on = $9, days = $10,
		hold_id = $11, transfer_id = $12, answer = $13, cause = $14, answerer = $15, changed_at = $16
		WHERE account_id = $1 AND id = $2 AND state = $3 AND edition = $4`, r.Account, r.ID, string(from), edition, string(r.State), r.Edition, r.Period,
		r.First.String(), r.Last.String(), r.Days, r.hold, r.transfer, r.Answer, string(r.Cause), r.Answerer, db.Micros(tx.Now)))
}

func requestByID(ctx context.Context, q db.Querier, scope, id string) (Request, error) {
	r, err := db.One(ctx, q, scanRequest, `SELECT `+requestColumns+` FROM entitlement_request WHERE id = $1 AND ($2 = '' OR account_id = $2)`, id, scope)
	return r, found(err)
}

func requestByKey(ctx context.Context, q db.Querier, account, key string) (Request, error) {
	r, err := db.One(ctx, q, scanRequest, `SELECT `+requestColumns+` FROM entitlement_request WHERE account_id = $1 AND key = $2`, account, key)
	return r, found(err)
}

// requests are a page, newest first.
func requests(ctx context.Context, q db.Querier, account string, state State, after string, limit int) ([]Request, error) {
	return db.All(ctx, q, scanRequest, `SELECT `+requestColumns+` FROM entitlement_request WHERE ($1 = '' OR account_id = $1) AND ($2 = '' OR state = $2)
		AND ($3 = '' OR id COLLATE "C" < $3) ORDER BY id COLLATE "C" DESC LIMIT $4`, account, string(state), after, limit)
}

// queue is a page of those in a state, those whose first day comes first before.
func queue(ctx context.Context, q db.Querier, state State, first, id string, limit int) ([]Request, error) {
	return db.All(ctx, q, scanRequest, `SELECT `+requestColumns+` FROM entitlement_request WHERE state = $1
		AND (first_on COLLATE "C" > $2 OR (first_on COLLATE "C" = $2 AND id COLLATE "C" > $3)) ORDER BY first_on COLLATE "C", id COLLATE "C" LIMIT $4`,
		string(state), first, id, limit)
}

// openRequests are those of an account whose days are held or drawn: a plan year's days bound them.
func openRequests(ctx context.Context, tx *db.Tx, account string) ([]Request, error) {
	return db.All(ctx, tx, scanRequest, `SELECT `+requestColumns+` FROM entitlement_request WHERE account_id = $1 AND state IN ('requested', 'approved')
		ORDER BY id COLLATE "C"`, account)
}

// usedSince tells whether days were approved, or a training taken, from a day on.
func usedSince(ctx context.Context, q db.Querier, account string, since calendar.Day) (bool, error) {
	return db.One(ctx, q, db.Bool, `SELECT EXISTS (SELECT 1 FROM entitlement_request WHERE account_id = $1 AND state IN ('approved', 'used')
			AND first_on COLLATE "C" >= $2)
		OR EXISTS (SELECT 1 FROM entitlement_seat WHERE account_id = $1 AND state = 'taken' AND starts_at >= $3)`,
		account, since.String(), db.Micros(since.Time()))
}
