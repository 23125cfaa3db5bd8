package ticket

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/db"
)

// putWords replaces what a ticket is found by. The same statements serve FTS5's table and PostgreSQL's: the first knows
// neither UPDATE nor ON CONFLICT.
func putWords(ctx context.Context, tx *db.Tx, n int64, words string) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM ticket_words WHERE rowid = $1`, n); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `INSERT INTO ticket_words (rowid, words) VALUES ($1, $2)`, n, words)
	return err
}

// spokenIn reads a ticket's messages in their order, with every note.
func spokenIn(ctx context.Context, q db.Querier, t Ticket) ([]spoken, error) {
	return db.All(ctx, q, func(r db.Row) (m spoken, err error) {
		return m, r.Scan(&m.internal, &m.first, &m.desk, &m.author, &m.body)
	},
		`SELECT internal, first, desk_id, author_name, body FROM ticket_message WHERE account_id = $1 AND no = $2 ORDER BY seq`, t.Account, t.No)
}

// spokenOf reads the messages of several tickets, with every note.
func spokenOf(ctx context.Context, q db.Querier, nos []string) (map[string][]spoken, error) {
	in, args := db.In(1, nos)
	out := map[string][]spoken{}
	return out, db.Each(ctx, q, func(r db.Row) (m spoken, err error) {
		return m, r.Scan(&m.no, &m.internal, &m.first, &m.desk, &m.author, &m.body)
	},
		func(m spoken) error { out[m.no] = append(out[m.no], m); return nil },
		`SELECT m.no, m.internal, m.first, m.desk_id, m.author_name, m.body FROM ticket_number n
		JOIN ticket_message m ON m.account_id = n.account_id AND m.no = n.no WHERE n.no IN `+in+` ORDER BY m.no COLLATE "C", m.seq`, args...)
}

// countWords is how many tickets the index has for an expression, whoever may see them.
func countWords(ctx context.Context, q db.Querier, expression string) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM ticket_words($1)`, expression)
}

// firstOpened is when the oldest ticket was opened.
func firstOpened(ctx context.Context, q db.Querier) (at time.Time, err error) {
	v, err := db.One(ctx, q, db.Int, `SELECT CAST(COALESCE(MIN(opened_at), 0) AS BIGINT) FROM ticket`)
	return time.UnixMicro(v).UTC(), err
}

// A worded is a label's name, and whose it is.
type worded struct{ name, account string }

// labelNames are the names of all labels of a ticket, of every account's.
func labelNames(ctx context.Context, q db.Querier, t Ticket) ([]worded, error) {
	return db.All(ctx, q, func(r db.Row) (x worded, err error) { return x, r.Scan(&x.name, &x.account) }, `SELECT x.name, x.owner_id FROM (
			SELECT l.name, l.id, l.account_id AS owner_id FROM ticket_labelled x JOIN ticket_label l ON l.account_id = x.account_id AND l.id = x.label_id
			WHERE x.account_id = $1 AND x.no = $2
			UNION ALL
			SELECT l.name, l.id, l.account_id AS owner_id FROM ticket_desk_label x JOIN ticket_label l ON l.account_id = x.desk_id AND l.id = x.label_id
			WHERE x.account_id = $1 AND x.no = $2) AS x
		ORDER BY x.id`, t.Account, t.No)
}

// progress is how far the making anew of the index has come.
type progress struct {
	version, making    int64
	doneTo             string
	done, total        int64
	startedAt, endedAt time.Time
}

// indexName is the row of the one index there is.
const indexName = "ticket"

func readProgress(ctx context.Context, q db.Querier) (p progress, err error) {
	p, err = db.One(ctx, q, func(r db.Row) (p progress, err error) {
		return p, r.Scan(&p.version, &p.making, &p.doneTo, &p.done, &p.total, db.Time(&p.startedAt), db.Time(&p.endedAt))
	}, `SELECT version, making, done_to, done, total, started_at, ended_at FROM search_progress WHERE name = $1`, indexName)
	if errors.Is(err, db.ErrNoRow) {
		err = nil
	}
	return p, err
}

func saveProgress(ctx context.Context, tx *db.Tx, p progress) error {
	_, err := db.Exec(ctx, tx, `INSERT INTO search_progress (name, version, making, done_to, done, total, started_at, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name) DO UPDATE SET version = excluded.version, making = excluded.making,
		done_to = excluded.done_to, done = excluded.done, total = excluded.total, started_at = excluded.started_at, ended_at = excluded.ended_at`,
		indexName, p.version, p.making, p.doneTo, p.done, p.total, db.Micros(p.startedAt), db.Micros(p.endedAt))
	return err
}

// An owned is a ticket's number and account.
type owned struct{ no, account string }

// numbersAfter pages through all tickets by their numbers.
func numbersAfter(ctx context.Context, q db.Querier, no string, limit int) ([]owned, error) {
	return db.All(ctx, q, func(r db.Row) (o owned, err error) { return o, r.Scan(&o.no, &o.account) },
		`SELECT no, account_id FROM ticket_number WHERE no > $1 ORDER BY no LIMIT $2`, no, limit)
}

// ofLabel are the tickets that have a label, in the order of their numbers.
func ofLabel(ctx context.Context, q db.Querier, account string, label int64) ([]owned, error) {
	return db.All(ctx, q, func(r db.Row) (o owned, err error) { return o, r.Scan(&o.no, &o.account) }, `SELECT x.no, x.account_id FROM (
			SELECT no, account_id FROM ticket_labelled WHERE account_id = $1 AND label_id = $2
			UNION ALL
			SELECT no, account_id FROM ticket_desk_label WHERE desk_id = $1 AND label_id = $2) AS x
		ORDER BY x.no COLLATE "C"`, account, label)
}

func countTickets(ctx context.Context, q db.Querier) (int64, error) {
	return db.One(ctx, q, db.Int, `SELECT COUNT(*) FROM ticket_number`)
}

// openedBefore is when the n-th ticket before an instant was opened; ok is false when there are fewer.
func openedBefore(ctx context.Context, q db.Querier, before int64, n int) (at time.Time, ok bool, err error) {
	v, err := db.One(ctx, q, db.Int, `SELECT opened_at FROM ticket WHERE opened_at <= $1 ORDER BY opened_at DESC LIMIT 1 OFFSET $2`, before, n)
	if errors.Is(err, db.ErrNoRow) {
		return at, false, nil
	}
	return time.UnixMicro(v).UTC(), err == nil, err
}
