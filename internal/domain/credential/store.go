package credential

import (
	"context"
	"iter"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

const columns = `account_id, id, code, issued_on, expires_on, number, source, source_account, state, supersedes, reason, recorded_at, revoked_by`

func scan(r db.Row) (c Certificate, err error) {
	var issued, expires string
	err = r.Scan(&c.Person, &c.ID, &c.Code, &issued, &expires, &c.Number, &c.Source, &c.SourceAccount, &c.State,
		&c.Supersedes, &c.Reason, db.Time(&c.RecordedAt), &c.RevokedBy)
	if err != nil {
		return c, err
	}
	if c.IssuedOn, err = calendar.ParseOptional(issued); err != nil {
		return c, err
	}
	c.ExpiresOn, err = calendar.ParseOptional(expires)
	return c, err
}

// current reads what counts or was revoked, of many persons.
func current(ctx context.Context, q db.Querier, persons []string) ([]Certificate, error) {
	with, args := db.Wanted(1, persons)
	return db.All(ctx, q, scan, with+`SELECT `+columns+` FROM wanted JOIN certificate ON account_id = wanted.v WHERE state <> 'superseded'
		ORDER BY account_id COLLATE "C", code COLLATE "C", issued_on COLLATE "C", id COLLATE "C"`, args...)
}

func history(ctx context.Context, q db.Querier, person string) ([]Certificate, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM certificate WHERE account_id = $1
		ORDER BY CASE state WHEN 'valid' THEN 0 WHEN 'revoked' THEN 1 ELSE 2 END, recorded_at DESC, id COLLATE "C" DESC`, person)
}

func get(ctx context.Context, q db.Querier, person, id string) (Certificate, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM certificate WHERE account_id = $1 AND id = $2`, person, id)
}

func insert(ctx context.Context, tx *db.Tx, all []Certificate) error {
	names := []string{"account_id", "id", "code", "issued_on", "expires_on", "number", "source", "source_account", "state",
		"supersedes", "reason", "recorded_at", "revoked_by"}
	_, err := db.Bulk(ctx, tx, "certificate", names, rows(all))
	return err
}

func rows(all []Certificate) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for _, c := range all {
			if !yield([]any{c.Person, c.ID, c.Code, c.IssuedOn.String(), c.ExpiresOn.String(), c.Number, string(c.Source),
				c.SourceAccount, string(c.State), c.Supersedes, c.Reason, c.RecordedAt.UnixMicro(), string(c.RevokedBy)}) {
				return
			}
		}
	}
}

// retire takes a row out of force; ErrNoRow when somebody was faster.
func retire(ctx context.Context, tx *db.Tx, c Certificate, to State, reason string) error {
	return db.Change(ctx, tx, `UPDATE certificate SET state = $3, reason = $4 WHERE account_id = $1 AND id = $2 AND state = 'valid'`,
		c.Person, c.ID, string(to), reason)
}

// histories reads all rows of many persons.
func histories(ctx context.Context, q db.Querier, persons []string) ([]Certificate, error) {
	with, args := db.Wanted(1, persons)
	return db.All(ctx, q, scan, with+`SELECT `+columns+` FROM wanted JOIN certificate ON account_id = wanted.v
		ORDER BY account_id COLLATE "C", code COLLATE "C", issued_on COLLATE "C", id COLLATE "C"`, args...)
}

// replace takes a row out of the state in which it was read; ErrNoRow when somebody was faster.
func replace(ctx context.Context, tx *db.Tx, r replacement) error {
	by := r.RevokedBy
	if r.to == Revoked {
		by = Record
	}
	return db.Change(ctx, tx, `UPDATE certificate SET state = $3, reason = $4, revoked_by = $5
		WHERE account_id = $1 AND id = $2 AND state = $6`, r.Person, r.ID, string(r.to), r.reason, string(by), string(r.State))
}
