package audit

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/db"
)

const columns = `account_id, id, at, wall_at, actor, actor_name, via, ip, request, verb, subject, about, detail`

func scan(r db.Row) (e Entry, err error) {
	err = r.Scan(&e.Account, &e.ID, db.Time(&e.At), db.Time(&e.Wall), &e.Actor, &e.ActorName, &e.Via, &e.IP,
		&e.Request, &e.Verb, &e.Subject, &e.About, &e.Detail)
	return e, err
}

func insert(ctx context.Context, tx *db.Tx, e Entry) error {
	err := db.Change(ctx, tx, `INSERT INTO audit_entry (`+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		e.Account, e.ID, db.Micros(e.At), db.Micros(e.Wall), e.Actor, e.ActorName, e.Via, e.IP, e.Request,
		string(e.Verb), e.Subject, e.About, e.Detail)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO audit_pending (account_id, id, wall_at) VALUES ($1, $2, $3)`,
		e.Account, e.ID, db.Micros(e.Wall))
}

// claimPending deletes waiting marks and returns their entries in the order of their ids, which is the order of time.
func claimPending(ctx context.Context, tx *db.Tx, limit int) ([]Entry, error) {
	ids, err := db.All(ctx, tx, db.String, `DELETE FROM audit_pending WHERE id IN
		(SELECT id FROM audit_pending ORDER BY wall_at, id COLLATE "C" LIMIT $1) RETURNING id`, limit)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	in, args := db.In(1, ids)
	return db.All(ctx, tx, scan, `SELECT `+columns+` FROM audit_entry WHERE id IN `+in+` ORDER BY wall_at, id COLLATE "C"`, args...)
}

func head(ctx context.Context, q db.Querier) (seq int64, hash []byte, err error) {
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&seq, &hash) },
		`SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1`)
	if errors.Is(err, db.ErrNoRow) {
		err = nil
	}
	return seq, hash, err
}

func insertSeal(ctx context.Context, tx *db.Tx, seq int64, e Entry, hash []byte, at time.Time) error {
	return db.Change(ctx, tx, `INSERT INTO audit_seal (seq, account_id, entry_id, hash, sealed_at) VALUES ($1, $2, $3, $4, $5)`,
		seq, e.Account, e.ID, hash, db.Micros(at))
}

var errStop = errors.New("stop")

type sealed struct {
	seq     int64
	hash    []byte
	entry   Entry
	missing bool
}

func eachSealed(ctx context.Context, q db.Querier, use func(sealed) error) error {
	const text = `SELECT s.seq, s.hash, e.id IS NULL, s.account_id, s.entry_id,
		coalesce(e.at, 0), coalesce(e.wall_at, 0), coalesce(e.actor, ''), coalesce(e.actor_name, ''), coalesce(e.via, ''),
		coalesce(e.ip, ''), coalesce(e.request, ''), coalesce(e.verb, ''), coalesce(e.subject, ''), coalesce(e.about, ''),
		coalesce(e.detail, '')
		FROM audit_seal s LEFT JOIN audit_entry e ON e.account_id = s.account_id AND e.id = s.entry_id ORDER BY s.seq`
	return db.Each(ctx, q, func(r db.Row) (x sealed, err error) {
		e := &x.entry
		err = r.Scan(&x.seq, &x.hash, &x.missing, &e.Account, &e.ID, db.Time(&e.At), db.Time(&e.Wall), &e.Actor,
			&e.ActorName, &e.Via, &e.IP, &e.Request, &e.Verb, &e.Subject, &e.About, &e.Detail)
		return x, err
	}, use, text)
}

// unaccounted names an entry that is neither sealed nor waiting: someone put it there behind the program's back.
func unaccounted(ctx context.Context, q db.Querier) (string, error) {
	id, err := db.One(ctx, q, db.String, `SELECT e.id FROM audit_entry e
		WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.entry_id = e.id)
		AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.account_id = e.account_id AND p.id = e.id)
		ORDER BY e.id COLLATE "C" LIMIT 1`)
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return "entry " + id + " is neither sealed nor waiting", err
}

func pendingState(ctx context.Context, q db.Querier) (n int64, oldest time.Time, err error) {
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&n, db.Time(&oldest)) },
		`SELECT count(*), min(wall_at) FROM audit_pending`)
	return n, oldest, err
}

func list(ctx context.Context, q db.Querier, f Filter) ([]Entry, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM audit_entry
		WHERE ($1 = '' OR about = $1 OR account_id = $1) AND ($2 = '' OR actor = $2) AND ($3 = '' OR verb = $3) AND ($4 = '' OR subject = $4)
		AND at >= $5 AND at < $6 AND ($7 = '' OR at < $8 OR (at = $8 AND id COLLATE "C" < $7))
		ORDER BY at DESC, id COLLATE "C" DESC LIMIT $9`,
		f.About, f.Actor, f.Verb, f.Subject, edge(f.From, 0), edge(f.To, 1<<62), f.Before, edge(f.BeforeAt, 0), f.Limit)
}

func edge(t time.Time, otherwise int64) int64 {
	if t.IsZero() {
		return otherwise
	}
	return t.UnixMicro()
}

func history(ctx context.Context, q db.Querier, subject string) ([]Entry, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM audit_entry WHERE subject = $1 ORDER BY at, id COLLATE "C"`, subject)
}
