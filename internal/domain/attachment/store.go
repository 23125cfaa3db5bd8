package attachment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

const columns = `account_id, id, by_user, by_name, source, name, type, media, size, hash, inline, ticket, message, uploaded_at`

func scan(r db.Row) (a Attachment, err error) {
	return a, r.Scan(&a.Account, &a.ID, &a.ByUser, &a.ByName, &a.Source, &a.Name, &a.Type, &a.Media, &a.Size, &a.Hash, &a.Inline, &a.Ticket, &a.Message,
		db.Time(&a.At))
}

func insert(ctx context.Context, tx *db.Tx, a Attachment) error {
	return db.Change(ctx, tx, `INSERT INTO attachment (`+columns+`, unbound) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', $12, 'yes')`,
		a.Account, a.ID, a.ByUser, a.ByName, string(a.Source), a.Name, string(a.Type), a.Media, a.Size, a.Hash, a.Inline, db.Micros(a.At))
}

// count adds to a day's sum, or returns false when it would pass the limit: the guard stands in the statement, so two
// uploads at once can't pass together.
func count(ctx context.Context, tx *db.Tx, account, day string, n, most int64) (bool, error) {
	if _, err := db.Exec(ctx, tx, `INSERT INTO attachment_day (account_id, day, bytes) VALUES ($1, $2, 0) ON CONFLICT (account_id, day) DO NOTHING`, account, day); err != nil {
		return false, err
	}
	rows, err := db.Exec(ctx, tx, `UPDATE attachment_day SET bytes = bytes + $3 WHERE account_id = $1 AND day = $2 AND bytes + $3 <= $4`, account, day, n, most)
	return rows == 1, err
}

// take binds an upload of the account that isn't bound yet and is younger than the given instant.
func take(ctx context.Context, tx *db.Tx, account, user, id, ticket, message string, after time.Time) (bool, error) {
	rows, err := db.Exec(ctx, tx, `UPDATE attachment SET ticket = $4, message = $5, unbound = NULL
		WHERE account_id = $1 AND id = $2 AND by_user = $3 AND unbound = 'yes' AND uploaded_at > $6`, account, id, user, ticket, message, db.Micros(after))
	return rows == 1, err
}

// Find reads an attachment by its id. NotFound when there's none. It asks nobody whether the reader may.
func Find(ctx context.Context, q db.Querier, id string) (Attachment, error) {
	a, err := db.One(ctx, q, scan, `SELECT `+columns+` FROM attachment WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRow) {
		return a, fault.NotFound()
	}
	return a, err
}

// Of reads attachments by their ids, in the order of upload; unknown ids are left out.
func Of(ctx context.Context, q db.Querier, ids []string) ([]Attachment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	in, args := db.In(1, ids)
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM attachment WHERE id IN `+in+` ORDER BY id COLLATE "C"`, args...)
}

// OfTicket reads the files of a ticket in one query, by message, in the order of upload.
func OfTicket(ctx context.Context, q db.Querier, ticket string) (map[string][]Attachment, error) {
	if ticket == "" {
		return nil, nil
	}
	all, err := db.All(ctx, q, scan, `SELECT `+columns+` FROM attachment WHERE ticket = $1 ORDER BY id COLLATE "C"`, ticket)
	if err != nil {
		return nil, fmt.Errorf("files of ticket %s: %w", ticket, err)
	}
	out := map[string][]Attachment{}
	for _, a := range all {
		out[a.Message] = append(out[a.Message], a)
	}
	return out, nil
}

// Rebind lets the files of messages follow them to another ticket.
func Rebind(ctx context.Context, tx *db.Tx, messages []string, ticket string) error {
	if len(messages) == 0 {
		return nil
	}
	in, args := db.In(2, messages)
	_, err := db.Exec(ctx, tx, `UPDATE attachment SET ticket = $1 WHERE message IN `+in+``, append([]any{ticket}, args...)...)
	return err
}

func old(ctx context.Context, q db.Querier, before time.Time, limit int) ([]Attachment, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM attachment WHERE unbound = 'yes' AND uploaded_at <= $1 ORDER BY uploaded_at LIMIT $2`, db.Micros(before), limit)
}

// remove deletes an upload that isn't bound. False when there's none.
func remove(ctx context.Context, tx *db.Tx, account, id string) (bool, error) {
	rows, err := db.Exec(ctx, tx, `DELETE FROM attachment WHERE account_id = $1 AND id = $2 AND unbound = 'yes'`, account, id)
	return rows == 1, err
}

// A loose content is one that had a row, or nearly, and may have none now.
type loose struct {
	hash  string
	noted time.Time
}

// loosen notes a content, or notes it again.
func loosen(ctx context.Context, tx *db.Tx, hash string) error {
	return db.Change(ctx, tx, `INSERT INTO attachment_loose (hash, noted_at) VALUES ($1, $2) ON CONFLICT (hash) DO UPDATE SET noted_at = excluded.noted_at`, hash, db.Micros(tx.Wall))
}

func due(ctx context.Context, q db.Querier, before time.Time, limit int) ([]loose, error) {
	return db.All(ctx, q, func(r db.Row) (l loose, err error) { return l, r.Scan(&l.hash, db.Time(&l.noted)) },
		`SELECT hash, noted_at FROM attachment_loose WHERE noted_at <= $1 ORDER BY noted_at LIMIT $2`, db.Micros(before), limit)
}

// refers tells whether a row has a content.
func refers(ctx context.Context, q db.Querier, hash string) (bool, error) {
	n, err := db.One(ctx, q, func(r db.Row) (n int64, err error) { return n, r.Scan(&n) },
		`SELECT count(*) FROM (SELECT 1 FROM attachment WHERE hash = $1 LIMIT 1) AS x`, hash)
	return n > 0, err
}

// forget removes a note, unless the content was noted again meanwhile: then its last row has gone since.
func forget(ctx context.Context, tx *db.Tx, n loose) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM attachment_loose WHERE hash = $1 AND noted_at = $2`, n.hash, db.Micros(n.noted))
	return err
}
