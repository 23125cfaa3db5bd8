package audit

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/relay"
)

const columns = `account_id, id, at, wall_at, actor, actor_name, via, ip, request, verb, subject, about, detail`

func scan(r db.Row) (e Entry, err error) {
	err = r.Scan(&e.Account, &e.ID, db.Time(&e.At), db.Time(&e.Wall), &e.Actor, &e.ActorName, &e.Via, &e.IP,
		&e.Request, &e.Verb, &e.Subject, &e.About, &e.Detail)
	return e, err
}

func insert(ctx context.Context, tx *db.Tx, e Entry) error {
	return db.Pipeline(ctx, tx, db.Plain(nil, `INSERT INTO audit_entry (`+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		e.Account, e.ID, db.Micros(e.At), db.Micros(e.Wall), e.Actor, e.ActorName, e.Via, e.IP, e.Request,
		string(e.Verb), e.Subject, e.About, e.Detail), waits(e))
}

// claimWaiting deletes what waits and returns the entries in the order of their ids, which is the order of time: about
// limit of them.
//
// The end is found first and then everything up to it deleted, one range of the index each: the table is emptied as fast
// as it fills, so that no statistics of it are ever right, and a plan for both at once compares each row with each.
func claimWaiting(ctx context.Context, tx *db.Tx, limit int) ([]Entry, error) {
	keys, err := claimOlder(ctx, tx, limit)
	if err != nil {
		return nil, err
	}
	var last, entries int64
	var lastID string
	err = db.Each(ctx, tx, func(r db.Row) (n int64, err error) {
		if entries >= int64(limit) {
			return 0, nil
		}
		return n, r.Scan(&last, &lastID, &n)
	}, func(n int64) error { entries += n; return nil },
		`SELECT wall_at, id, amount FROM audit_waiting ORDER BY wall_at, id COLLATE "C" LIMIT $1`, limit)
	if err != nil {
		return nil, err
	}
	if lastID != "" {
		err = db.Pipeline(ctx, tx, db.Plain(func(r db.Row) error {
			var text string
			err := r.Scan(&text)
			keys = append(keys, relay.Split(text)...)
			return err
		}, `DELETE FROM audit_waiting WHERE (wall_at, id) <= ($1, $2) RETURNING entries`, last, lastID))
	}
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	out, err := remembered(ctx, tx, keys)
	slices.SortFunc(out, func(x, y Entry) int { return cmp.Or(x.Wall.Compare(y.Wall), cmp.Compare(x.ID, y.ID)) })
	return out, err
}

// claimOlder deletes the marks that a program before this one has left.
func claimOlder(ctx context.Context, tx *db.Tx, limit int) (keys []relay.Key, err error) {
	return db.All(ctx, tx, func(r db.Row) (k relay.Key, err error) { return k, r.Scan(&k.Account, &k.ID) },
		`DELETE FROM audit_pending WHERE (account_id, id) IN (SELECT account_id, id FROM audit_pending ORDER BY wall_at, id LIMIT $1)
		RETURNING account_id, id`, limit)
}

// remembered are the entries of keys; those that this process wrote needn't be read.
func remembered(ctx context.Context, tx *db.Tx, keys []relay.Key) ([]Entry, error) {
	out := make([]Entry, 0, len(keys))
	var accounts, ids []string
	for _, k := range keys {
		if e, ok := recent.Take(k.ID); ok {
			out = append(out, e)
			continue
		}
		accounts, ids = append(accounts, k.Account), append(ids, k.ID)
	}
	rows := db.Set{Table: "audit_entry", Columns: []db.Column{{Name: "account_id", Values: accounts}, {Name: "id", Values: ids}}}
	return out, db.Pipeline(ctx, tx, db.PlanByKeys(), rows.Find(strings.Split(columns, ", "), false, func(r db.Row) error {
		var e Entry
		var verb string
		err := r.Scan(&e.Account, &e.ID, db.Time(&e.At), db.Time(&e.Wall), &e.Actor, &e.ActorName, &e.Via, &e.IP,
			&e.Request, &verb, &e.Subject, &e.About, &e.Detail)
		e.Verb = actor.Verb(verb)
		out = append(out, e)
		return err
	}))
}

func head(ctx context.Context, q db.Querier) (seq int64, hash []byte, err error) {
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&seq, &hash) },
		`SELECT seq, hash FROM audit_seal ORDER BY seq DESC LIMIT 1`)
	if errors.Is(err, db.ErrNoRow) {
		err = nil
	}
	return seq, hash, err
}

// sealOf finds an entry's seal among those from a number on.
func sealOf(ctx context.Context, q db.Querier, e Entry, first int64) (Place, error) {
	p, err := db.One(ctx, q, func(r db.Row) (p Place, err error) {
		var hash []byte
		err = r.Scan(&p.Seq, &hash, db.Time(&p.SealedAt))
		p.Hash = hex.EncodeToString(hash)
		return p, err
	}, `SELECT seq, hash, sealed_at FROM audit_seal WHERE seq >= $1 AND account_id = $2 AND entry_id = $3 ORDER BY seq LIMIT 1`, first, e.Account, e.ID)
	if errors.Is(err, db.ErrNoRow) {
		err = nil // it waits
	}
	return p, err
}

// insertSeals stores the seals that follow a sequence number.
func insertSeals(ctx context.Context, tx *db.Tx, after int64, entries []Entry, hashes [][]byte) error {
	n := len(entries)
	seqs, accounts, ids, at := make([]int64, n), make([]string, n), make([]string, n), make([]int64, n)
	for i, e := range entries {
		seqs[i], accounts[i], ids[i], at[i] = after+int64(i)+1, e.Account, e.ID, tx.Wall.UnixMicro()
	}
	return db.Pipeline(ctx, tx, db.Set{Table: "audit_seal", Columns: []db.Column{{Name: "seq", Values: seqs}, {Name: "account_id", Values: accounts},
		{Name: "entry_id", Values: ids}, {Name: "hash", Values: hashes}, {Name: "sealed_at", Values: at}}}.Insert(""))
}

var errStop = errors.New("stop")

type sealed struct {
	seq     int64
	hash    []byte
	entry   Entry
	missing bool
}

func eachSealed(ctx context.Context, q db.Querier, use func(*sealed) error) error {
	const text = `SELECT s.seq, s.hash, e.id IS NULL, s.account_id, s.entry_id,
		coalesce(e.at, 0), coalesce(e.wall_at, 0), coalesce(e.actor, ''), coalesce(e.actor_name, ''), coalesce(e.via, ''),
		coalesce(e.ip, ''), coalesce(e.request, ''), coalesce(e.verb, ''), coalesce(e.subject, ''), coalesce(e.about, ''),
		coalesce(e.detail, '')
		FROM audit_seal s LEFT JOIN audit_entry e ON e.account_id = s.account_id AND e.id = s.entry_id ORDER BY s.seq`
	var x sealed // one for all rows: there may be millions
	e := &x.entry
	dest := []any{&x.seq, (*sql.RawBytes)(&x.hash), &x.missing, &e.Account, &e.ID, db.Time(&e.At), db.Time(&e.Wall), &e.Actor,
		&e.ActorName, &e.Via, &e.IP, &e.Request, (*string)(&e.Verb), &e.Subject, &e.About, &e.Detail}
	return db.Each(ctx, q, func(r db.Row) (*sealed, error) { return &x, r.Scan(dest...) }, use, text)
}

// unaccounted names an entry that is neither sealed nor waiting: someone put it there behind the program's back.
// Counting tells at once that there's none; only when the numbers differ, which entries that are just being written
// may cause too, each entry is looked at.
func unaccounted(ctx context.Context, q db.Querier) (string, error) {
	strangers, err := db.One(ctx, q, db.Int, `SELECT CAST((SELECT count(*) FROM audit_entry) - (SELECT count(*) FROM audit_pending)
		- (SELECT coalesce(sum(amount), 0) FROM audit_waiting) - (SELECT count(DISTINCT entry_id) FROM audit_seal) AS BIGINT)`)
	if err != nil || strangers == 0 {
		return "", err
	}
	id, err := db.One(ctx, q, db.String, `SELECT e.id FROM audit_entry e
		WHERE NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.entry_id = e.id)
		AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.account_id = e.account_id AND p.id = e.id)
		AND NOT EXISTS (SELECT 1 FROM audit_waiting w WHERE w.entries LIKE '%' || e.id || '%')
		ORDER BY e.id COLLATE "C" LIMIT 1`)
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return "entry " + id + " is neither sealed nor waiting", err
}

func pendingState(ctx context.Context, q db.Querier) (n int64, oldest time.Time, err error) {
	_, err = db.One(ctx, q, func(r db.Row) (struct{}, error) { return struct{}{}, r.Scan(&n, db.Time(&oldest)) },
		`SELECT CAST(coalesce(sum(amount), 0) AS BIGINT), min(wall_at) FROM (SELECT amount, wall_at FROM audit_waiting
		UNION ALL SELECT 1, wall_at FROM audit_pending) w`)
	return n, oldest, err
}

// list asks only for what the filter names, so that each filter has its index: one text for all would read the whole log for
// a company with three entries.
func list(ctx context.Context, q db.Querier, f Filter) ([]Entry, error) {
	var args []any
	put := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	before := edge(f.To, 1<<62)
	if f.Before != "" {
		before = min(before, edge(f.BeforeAt, 0)+1) // the cursor says as much, but not so that an index is entered there
	}
	where := "at >= " + put(edge(f.From, 0)) + " AND at < " + put(before)
	for _, x := range [][2]string{{"actor", f.Actor}, {"verb", f.Verb}, {"subject", f.Subject}} {
		if x[1] != "" {
			where += " AND " + x[0] + " = " + put(x[1])
		}
	}
	if f.Before != "" {
		at := put(edge(f.BeforeAt, 0))
		where += " AND (at < " + at + " OR (at = " + at + ` AND id COLLATE "C" < ` + put(f.Before) + "))"
	}
	// The limit is part of the text: a plan that doesn't know it reads everything and sorts.
	newest := func(at string) string {
		return ` ORDER BY ` + at + ` DESC, id COLLATE "C" DESC LIMIT ` + strconv.Itoa(f.Limit)
	}
	if f.About == "" {
		return db.All(ctx, q, scan, `SELECT `+columns+` FROM audit_entry WHERE `+where+newest("at"), args...)
	}
	// What an account did elsewhere has no index by time, and is little: "at + 0" keeps the planner from walking through the
	// whole log for it.
	about := put(f.About)
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM (
		SELECT * FROM (SELECT `+columns+` FROM audit_entry WHERE about = `+about+` AND `+where+newest("at")+`) there UNION ALL
		SELECT * FROM (SELECT `+columns+` FROM audit_entry WHERE account_id = `+about+` AND about <> `+about+` AND `+where+newest("at + 0")+`) elsewhere
		) both_sides`+newest("at"), args...)
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
