package record

import (
	"context"
	"errors"
	"iter"
	"slices"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

func noRow(err error) bool { return errors.Is(err, db.ErrNoRow) }

// lineBits is how many bits of an ordinal are the line.
const lineBits = 32

func ordinal(turn, line int64) int64 { return turn<<lineBits | line }

const recordColumns = `r.key, r.ordinal, r.handle, r.candidate, r.code, r.happened, r.result, r.detail`

func scanRecord(row db.Row) (r Record, err error) {
	var key, handle, happened, detail string
	if err = row.Scan(&key, &r.ordinal, &handle, &r.Candidate, &r.Code, &happened, &r.Result, &detail); err != nil {
		return r, err
	}
	r.split(key)
	if handle[0] != '#' {
		r.Email = handle
	}
	if r.On, err = calendar.ParseOptional(happened); err != nil {
		return r, err
	}
	return r, r.unpack(detail)
}

// insertWords stores the lines of a part of a file, as fast as the database takes them.
func insertWords(ctx context.Context, tx *db.Tx, turn int64, rows []row) error {
	columns := []string{"key", "ordinal", "handle", "candidate", "code", "happened", "result", "detail"}
	_, err := db.Bulk(ctx, tx, "record", columns, iter.Seq[[]any](func(yield func([]any) bool) {
		for i := range rows {
			r := &rows[i]
			if !yield([]any{r.key(), ordinal(turn, r.Line), r.handle(), r.Candidate, r.Code, r.On.String(), string(r.Result), r.pack()}) {
				return
			}
		}
	}))
	return err
}

// before reads, for the words of a range, those that held until then. It asks for the last ordinal of each key by
// itself, and for the words by their ordinals: a join of both would be planned by what the database believes of a table
// that just grew, and may read all of it for each part.
func before(ctx context.Context, q db.Querier, from, to int64) ([]Record, error) {
	last, err := db.All(ctx, q, db.Int, `SELECT x.last FROM
		(SELECT (SELECT max(m.ordinal) FROM record m WHERE m.key = n.key AND m.ordinal < $1) AS last FROM record n WHERE n.ordinal BETWEEN $1 AND $2) x
		WHERE x.last IS NOT NULL`, from, to)
	if err != nil {
		return nil, err
	}
	slices.Sort(last)
	out := make([]Record, 0, len(last))
	for some := range slices.Chunk(slices.Compact(last), most) {
		with, args := db.Wanted(1, some)
		found, err := db.All(ctx, q, scanRecord, with+`SELECT `+recordColumns+` FROM wanted JOIN record r ON r.ordinal = wanted.v`, args...)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// standing reads the words that hold at present for keys.
func standing(ctx context.Context, q db.Querier, keys []string) ([]Record, error) {
	with, args := db.Wanted(1, keys)
	return db.All(ctx, q, scanRecord, with+`SELECT `+recordColumns+` FROM wanted JOIN record r ON r.key = wanted.v
		WHERE NOT EXISTS (SELECT 1 FROM record m WHERE m.key = r.key AND m.ordinal > r.ordinal)`, args...)
}

// wordsOf reads every word about the registrations whose present word has one of the handles: what pick takes.
func wordsOf(ctx context.Context, q db.Querier, handles []string) ([]Record, error) {
	with, args := db.Wanted(1, handles)
	return db.All(ctx, q, scanRecord, with+`SELECT `+recordColumns+` FROM wanted JOIN record h ON h.handle = wanted.v
		JOIN record r ON r.key = h.key
		WHERE NOT EXISTS (SELECT 1 FROM record m WHERE m.key = h.key AND m.ordinal > h.ordinal)`, args...)
}

// ownersIn counts, for the persons whose handles stand in words of a range, how many those are.
func ownersIn(ctx context.Context, q db.Querier, from, to int64) (persons []string, words int64, err error) {
	type count struct {
		person string
		n      int64
	}
	err = db.Each(ctx, q, func(r db.Row) (c count, err error) { return c, r.Scan(&c.person, &c.n) }, func(c count) error {
		persons, words = append(persons, c.person), words+c.n
		return nil
	}, `SELECT o.person_id, count(*) FROM record r JOIN record_owner o ON o.handle = r.handle
		WHERE r.ordinal BETWEEN $1 AND $2 GROUP BY o.person_id`, from, to)
	return persons, words, err
}

// earlierOwners finds the persons who had the words that held until those of a range came.
func earlierOwners(ctx context.Context, q db.Querier, from, to int64) ([]string, error) {
	return db.All(ctx, q, db.String, `SELECT DISTINCT o.person_id FROM record n JOIN record r ON r.key = n.key AND r.ordinal < $1
		JOIN record_owner o ON o.handle = r.handle WHERE n.ordinal BETWEEN $1 AND $2`, from, to)
}

// lastOrdinals is the range of the last words up to to, at most limit of them.
func lastOrdinals(ctx context.Context, q db.Querier, from, to int64, limit int) (lowest int64, n int, err error) {
	found, err := db.All(ctx, q, db.Int, `SELECT ordinal FROM record WHERE ordinal BETWEEN $1 AND $2 ORDER BY ordinal DESC LIMIT $3`, from, to, limit)
	if err != nil || len(found) == 0 {
		return 0, 0, err
	}
	return found[len(found)-1], len(found), nil
}

func deleteWords(ctx context.Context, tx *db.Tx, from, to int64) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM record WHERE ordinal BETWEEN $1 AND $2`, from, to)
}

// An owner is whose a handle is.
type owner struct{ handle, person, via string }

func scanOwner(r db.Row) (o owner, err error) { return o, r.Scan(&o.handle, &o.person, &o.via) }

func ownersOf(ctx context.Context, q db.Querier, persons []string) ([]owner, error) {
	with, args := db.Wanted(1, persons)
	return db.All(ctx, q, scanOwner, with+`SELECT o.handle, o.person_id, o.via FROM wanted JOIN record_owner o ON o.person_id = wanted.v
		ORDER BY o.handle COLLATE "C"`, args...)
}

func ownersFor(ctx context.Context, q db.Querier, handles []string) (map[string]string, error) {
	out := map[string]string{}
	for ; len(handles) > 0; handles = handles[min(most, len(handles)):] {
		with, args := db.Wanted(1, handles[:min(most, len(handles))])
		err := db.Each(ctx, q, scanOwner, func(o owner) error { out[o.handle] = o.person; return nil },
			with+`SELECT o.handle, o.person_id, o.via FROM wanted JOIN record_owner o ON o.handle = wanted.v`, args...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// most is how many parameters one statement gets.
const most = 1000

// addOwner is false when the handle is somebody's already.
func addOwner(ctx context.Context, tx *db.Tx, o owner) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO record_owner (handle, person_id, via, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (handle) DO NOTHING`, o.handle, o.person, o.via, db.Micros(tx.Now))
	return n > 0, err
}

// addOwners is for handles that are nobody's; the lock keeps it so.
func addOwners(ctx context.Context, tx *db.Tx, all []owner) error {
	_, err := db.Bulk(ctx, tx, "record_owner", []string{"handle", "person_id", "via", "since"}, func(yield func([]any) bool) {
		for _, o := range all {
			if !yield([]any{o.handle, o.person, o.via, db.Micros(tx.Now)}) {
				return
			}
		}
	})
	return err
}

func dropOwners(ctx context.Context, tx *db.Tx, person, via string) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM record_owner WHERE person_id = $1 AND via = $2`, person, via)
}

// lock makes everybody who changes records or owners wait for each other until the transaction ends. It comes before
// any reading.
func lock(ctx context.Context, tx *db.Tx) error {
	return db.Change(ctx, tx, `UPDATE record_turn SET asked = asked + 1 WHERE id = 1`)
}
