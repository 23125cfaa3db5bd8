package record

import (
	"context"
	"encoding/json"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

const importColumns = `id, account_id, feed, file_name, hash, size, state, turn, actor, by_name, same_as, total_rows, position, found, applied,
	errors, ignored, unknown, failure, created_at, finished_at, undone_at`

func scanImport(r db.Row) (i Import, err error) {
	var who, found, applied, ignored, unknown, failure string
	err = r.Scan(&i.ID, &i.Account, &i.Feed, &i.FileName, &i.Hash, &i.Size, &i.State, &i.turn, &who, &i.ByName, &i.SameAs, &i.Rows,
		&i.Position, &found, &applied, &i.Errors, &ignored, &unknown, &failure, db.Time(&i.CreatedAt), db.Time(&i.FinishedAt), db.Time(&i.UndoneAt))
	if err != nil {
		return i, err
	}
	for _, x := range []struct {
		text string
		into any
	}{{who, &i.actor}, {found, &i.Counts}, {applied, &i.Applied}, {ignored, &i.Ignored}, {unknown, &i.Unknown}} {
		if err := json.Unmarshal([]byte(x.text), x.into); err != nil {
			return i, err
		}
	}
	i.Failure, err = i18n.Heard(failure)
	return i, err
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // counts, strings and actors can't fail to encode
	}
	return string(b)
}

// onlyWho keeps of an actor what an audit row names.
func onlyWho(a actor.Actor) actor.Actor {
	return actor.Actor{Account: a.Account, Kind: a.Kind, User: a.User, Name: a.Name, Via: a.Via, IP: a.IP, Request: a.Request}
}

func insertImport(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `INSERT INTO record_import (`+importColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, 0, '{}', '{}', 0, $12, '{}', '', $13, NULL, NULL)`,
		i.ID, i.Account, string(i.Feed), i.FileName, i.Hash, i.Size, string(i.State), encode(onlyWho(i.actor)), i.ByName, i.SameAs, i.Rows,
		encode(i.Ignored), db.Micros(i.CreatedAt))
}

// sameFile finds the newest import of the same content that stands; "" for none.
func sameFile(ctx context.Context, q db.Querier, hash string) (string, error) {
	found, err := db.One(ctx, q, db.String, `SELECT id FROM record_import WHERE hash = $1 AND state = 'done' ORDER BY turn DESC LIMIT 1`, hash)
	if noRow(err) {
		return "", nil
	}
	return found, err
}

func readImport(ctx context.Context, q db.Querier, id string) (Import, error) {
	return db.One(ctx, q, scanImport, `SELECT `+importColumns+` FROM record_import WHERE id = $1`, id)
}

func readImports(ctx context.Context, q db.Querier, after string, limit int) ([]Import, error) {
	return db.All(ctx, q, scanImport, `SELECT `+importColumns+` FROM record_import WHERE ($1 = '' OR id COLLATE "C" < $1)
		ORDER BY id COLLATE "C" DESC LIMIT $2`, after, limit)
}

func importsByTurn(ctx context.Context, q db.Querier, turns []int64) (map[int64]Import, error) {
	out := map[int64]Import{}
	for ; len(turns) > 0; turns = turns[min(most, len(turns)):] {
		in, args := db.In(1, turns[:min(most, len(turns))])
		err := db.Each(ctx, q, scanImport, func(i Import) error { out[i.turn] = i; return nil },
			`SELECT `+importColumns+` FROM record_import WHERE turn IN `+in, args...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// lastImport is the newest import of a feed that stands; ErrNoRow for none.
func lastImport(ctx context.Context, q db.Querier, f Feed) (Import, error) {
	return db.One(ctx, q, scanImport, `SELECT `+importColumns+` FROM record_import WHERE feed = $1 AND state = 'done'
		ORDER BY turn DESC LIMIT 1`, string(f))
}

// beginCheck starts a check from the top, also one that was broken off.
func beginCheck(ctx context.Context, tx *db.Tx, i Import) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM record_import_error WHERE import_id = $1`, i.ID); err != nil {
		return err
	}
	return db.Change(ctx, tx, `UPDATE record_import SET state = 'checking', position = 0, found = '{}', unknown = '{}', errors = 0
		WHERE id = $1 AND state IN ('uploaded', 'checking')`, i.ID)
}

// noteCheck keeps how far the check is; ErrNoRow when the import was cancelled.
func noteCheck(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE record_import SET position = $2, found = $3, errors = $4, unknown = $5
		WHERE id = $1 AND state = 'checking'`, i.ID, i.Position, encode(i.Counts), i.Errors, encode(i.Unknown))
}

func endCheck(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE record_import SET state = 'preview', total_rows = $2, position = 0
		WHERE id = $1 AND state = 'checking'`, i.ID, i.Rows)
}

func failImport(ctx context.Context, tx *db.Tx, i Import, failure string) error {
	return db.Change(ctx, tx, `UPDATE record_import SET state = 'failed', failure = $2, finished_at = $3
		WHERE id = $1 AND state IN ('checking', 'applying')`, i.ID, failure, db.Micros(tx.Now))
}

// enqueue lets an import be applied: after its check, or at once when nobody asked for one. What a check found stays
// for comparison; the errors are found again.
func enqueue(ctx context.Context, tx *db.Tx, i Import, from ImportState) error {
	if _, err := db.Exec(ctx, tx, `DELETE FROM record_import_error WHERE import_id = $1`, i.ID); err != nil {
		return err
	}
	return db.Change(ctx, tx, `UPDATE record_import SET state = 'queued', actor = $3, by_name = $4, errors = 0, unknown = '{}'
		WHERE id = $1 AND state = $2`, i.ID, string(from), encode(onlyWho(i.actor)), i.ByName)
}

func startApplying(ctx context.Context, tx *db.Tx, i Import, turn int64) error {
	return db.Change(ctx, tx, `UPDATE record_import SET state = 'applying', position = 0, turn = $2
		WHERE id = $1 AND state = 'queued'`, i.ID, turn)
}

// advance moves an import over the rows that this transaction applies; ErrNoRow when another worker did, or it was
// cancelled. It comes first in the transaction.
func advance(ctx context.Context, tx *db.Tx, i Import, to int64) error {
	return db.Change(ctx, tx, `UPDATE record_import SET position = $3
		WHERE id = $1 AND state = 'applying' AND position = $2`, i.ID, i.Position, to)
}

func noteApplied(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE record_import SET applied = $2, errors = $3, unknown = $4 WHERE id = $1`,
		i.ID, encode(i.Applied), i.Errors, encode(i.Unknown))
}

func endImport(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE record_import SET state = 'done', total_rows = $2, finished_at = $3
		WHERE id = $1 AND state = 'applying' AND position = $2`, i.ID, i.Position, db.Micros(tx.Now))
}

func cancel(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE record_import SET state = 'cancelled', finished_at = $2
		WHERE id = $1 AND state IN ('uploaded', 'checking', 'preview', 'queued', 'applying')`, i.ID, db.Micros(tx.Now))
}

func beginUndo(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE record_import SET state = 'undoing', position = 0, actor = $2, by_name = $3
		WHERE id = $1 AND turn > 0 AND state IN ('done', 'failed', 'cancelled')`, i.ID, encode(onlyWho(i.actor)), i.ByName)
}

// noteUndo counts lines that were taken back.
func noteUndo(ctx context.Context, tx *db.Tx, i Import, n int64) error {
	return db.Change(ctx, tx, `UPDATE record_import SET position = position + $2 WHERE id = $1 AND state = 'undoing'`, i.ID, n)
}

func endUndo(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE record_import SET state = 'undone', undone_at = $2 WHERE id = $1 AND state = 'undoing'`, i.ID, db.Micros(tx.Now))
}

// takeTurn gives the one turn to an import; false when another has it. number counts those that are applied.
func takeTurn(ctx context.Context, tx *db.Tx, id string) (number int64, ok bool, err error) {
	n, err := db.Exec(ctx, tx, `UPDATE record_turn SET import_id = $1, last = last + 1 WHERE id = 1 AND import_id = ''`, id)
	if err != nil || n == 0 {
		return 0, false, err
	}
	number, err = db.One(ctx, tx, db.Int, `SELECT last FROM record_turn WHERE id = 1`)
	return number, true, err
}

func dropTurn(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE record_turn SET import_id = '' WHERE id = 1 AND import_id = $1`, id)
	return n > 0, err
}

// nextWaiting is the import that waited longest for its turn.
func nextWaiting(ctx context.Context, q db.Querier) (Import, error) {
	return db.One(ctx, q, scanImport, `SELECT `+importColumns+` FROM record_import WHERE state IN ('queued', 'undoing')
		ORDER BY id COLLATE "C" LIMIT 1`)
}

// insertErrors keeps entries to correct; the same again, after a step was broken off, is kept once.
func insertErrors(ctx context.Context, tx *db.Tx, i Import, all []RowError) error {
	for _, e := range all {
		_, err := db.Exec(ctx, tx, `INSERT INTO record_import_error (import_id, place, line, col, value, reason, remedy)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (import_id, place) DO NOTHING`,
			i.ID, e.Line*64+int64(e.place), e.Line, e.Column, e.Value, i18n.Spoken(e.Reason), i18n.Spoken(e.Remedy))
		if err != nil {
			return err
		}
	}
	return nil
}

func readErrors(ctx context.Context, q db.Querier, id string, after int64, limit int) ([]RowError, error) {
	return db.All(ctx, q, func(r db.Row) (e RowError, err error) {
		var reason, remedy string
		if err = r.Scan(&e.Line, &e.Column, &e.Value, &reason, &remedy); err != nil {
			return e, err
		}
		if e.Reason, err = i18n.Heard(reason); err != nil {
			return e, err
		}
		e.Remedy, err = i18n.Heard(remedy)
		return e, err
	}, `SELECT line, col, value, reason, remedy FROM record_import_error WHERE import_id = $1 AND line > $2 ORDER BY place LIMIT $3`, id, after, limit)
}

// sentences keeps a message for every language, so that what a rule said stays readable when the rule's words change.
