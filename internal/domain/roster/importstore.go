package roster

import (
	"context"
	"encoding/json"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

const importColumns = `account_id, id, file_name, hash, size, state, actor, by_name, same_as, total_rows, position, found, applied,
	errors, ignored, failure, created_at, finished_at`

func scanImport(r db.Row) (i Import, err error) {
	var who, found, applied, ignored, failure string
	err = r.Scan(&i.Account, &i.ID, &i.FileName, &i.Hash, &i.Size, &i.State, &who, &i.ByName, &i.SameAs, &i.Rows, &i.Position, &found,
		&applied, &i.Errors, &ignored, &failure, db.Time(&i.CreatedAt), db.Time(&i.FinishedAt))
	if err != nil {
		return i, err
	}
	for _, x := range []struct {
		text string
		into any
	}{{who, &i.actor}, {found, &i.Counts}, {applied, &i.Applied}, {ignored, &i.Ignored}} {
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

// onlyWho keeps of an actor what an audit row names and what decides whose word it is.
func onlyWho(a actor.Actor) actor.Actor {
	return actor.Actor{Account: a.Account, Kind: a.Kind, User: a.User, Name: a.Name, Via: a.Via, IP: a.IP, Request: a.Request}
}

func insertImport(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `INSERT INTO roster_import (`+importColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, '{}', '{}', 0, '[]', '', $10, NULL)`,
		i.Account, i.ID, i.FileName, i.Hash, i.Size, string(i.State), encode(onlyWho(i.actor)), i.ByName, i.SameAs, db.Micros(i.CreatedAt))
}

// sameFile finds the newest import of the same content that was done; "" for none.
func sameFile(ctx context.Context, q db.Querier, partner, hash string) (string, error) {
	found, err := db.One(ctx, q, db.String, `SELECT id FROM roster_import WHERE account_id = $1 AND hash = $2 AND state = 'done'
		ORDER BY id COLLATE "C" DESC LIMIT 1`, partner, hash)
	if noRow(err) {
		return "", nil
	}
	return found, err
}

func readImport(ctx context.Context, q db.Querier, partner, id string) (Import, error) {
	return db.One(ctx, q, scanImport, `SELECT `+importColumns+` FROM roster_import WHERE account_id = $1 AND id = $2`, partner, id)
}

func readImports(ctx context.Context, q db.Querier, partner, after string, limit int) ([]Import, error) {
	return db.All(ctx, q, scanImport, `SELECT `+importColumns+` FROM roster_import WHERE account_id = $1
		AND ($2 = '' OR id COLLATE "C" < $2) ORDER BY id COLLATE "C" DESC LIMIT $3`, partner, after, limit)
}

// beginCheck starts a check from the top, also one that was broken off.
func beginCheck(ctx context.Context, tx *db.Tx, i Import) error {
	_, err := db.Exec(ctx, tx, `DELETE FROM roster_import_error WHERE account_id = $1 AND import_id = $2`, i.Account, i.ID)
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `UPDATE roster_import SET state = 'checking', position = 0, found = '{}', errors = 0
		WHERE account_id = $1 AND id = $2 AND state IN ('uploaded', 'checking')`, i.Account, i.ID)
}

// noteCheck keeps how far the check is; ErrNoRow when the import was cancelled.
func noteCheck(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE roster_import SET position = $3, found = $4, errors = $5
		WHERE account_id = $1 AND id = $2 AND state = 'checking'`, i.Account, i.ID, i.Position, encode(i.Counts), i.Errors)
}

func endCheck(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE roster_import SET state = 'preview', total_rows = $3, position = 0, ignored = $4
		WHERE account_id = $1 AND id = $2 AND state = 'checking'`, i.Account, i.ID, i.Rows, encode(i.Ignored))
}

func failImport(ctx context.Context, tx *db.Tx, i Import, failure string) error {
	return db.Change(ctx, tx, `UPDATE roster_import SET state = 'failed', failure = $3, finished_at = $4
		WHERE account_id = $1 AND id = $2 AND state IN ('checking', 'applying')`, i.Account, i.ID, failure, db.Micros(tx.Now))
}

func confirm(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE roster_import SET state = 'queued', actor = $3, by_name = $4
		WHERE account_id = $1 AND id = $2 AND state = 'preview'`, i.Account, i.ID, encode(onlyWho(i.actor)), i.ByName)
}

func startApplying(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE roster_import SET state = 'applying', position = 0
		WHERE account_id = $1 AND id = $2 AND state = 'queued'`, i.Account, i.ID)
}

// advance moves an import over the rows that this transaction applies; ErrNoRow when another worker did, or it was
// cancelled. It comes first in the transaction.
func advance(ctx context.Context, tx *db.Tx, i Import, to int64) error {
	return db.Change(ctx, tx, `UPDATE roster_import SET position = $4
		WHERE account_id = $1 AND id = $2 AND state = 'applying' AND position = $3`, i.Account, i.ID, i.Position, to)
}

func noteApplied(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE roster_import SET applied = $3, errors = $4 WHERE account_id = $1 AND id = $2`,
		i.Account, i.ID, encode(i.Applied), i.Errors)
}

func endImport(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE roster_import SET state = 'done', finished_at = $4
		WHERE account_id = $1 AND id = $2 AND state = 'applying' AND position = $3`, i.Account, i.ID, i.Position, db.Micros(tx.Now))
}

func cancel(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE roster_import SET state = 'cancelled', finished_at = $3
		WHERE account_id = $1 AND id = $2 AND state IN ('uploaded', 'checking', 'preview', 'queued', 'applying')`,
		i.Account, i.ID, db.Micros(tx.Now))
}

// askTurn tells whether an import of the partner is being applied, and keeps it from ending until we commit.
func askTurn(ctx context.Context, tx *db.Tx, partner string) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE roster_import_turn SET asked = asked + 1 WHERE account_id = $1`, partner)
	return n > 0, err
}

func insertTurn(ctx context.Context, tx *db.Tx, partner, id string) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO roster_import_turn (account_id, import_id, asked) VALUES ($1, $2, 0)
		ON CONFLICT (account_id) DO NOTHING`, partner, id)
	return n > 0, err
}

func dropTurn(ctx context.Context, tx *db.Tx, partner, id string) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM roster_import_turn WHERE account_id = $1 AND import_id = $2`, partner, id)
	return n > 0, err
}

func nextQueued(ctx context.Context, q db.Querier, partner string) (Import, error) {
	return db.One(ctx, q, scanImport, `SELECT `+importColumns+` FROM roster_import WHERE account_id = $1 AND state = 'queued'
		ORDER BY id COLLATE "C" LIMIT 1`, partner)
}

// insertErrors keeps entries to correct and returns how many are new: the same again, after a step was broken off,
// is kept once.
func insertErrors(ctx context.Context, tx *db.Tx, i Import, all []RowError) (int64, error) {
	fresh := int64(0)
	for _, e := range all {
		n, err := db.Exec(ctx, tx, `INSERT INTO roster_import_error (account_id, import_id, line, col, value, reason, remedy)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, import_id, line, col) DO NOTHING`,
			i.Account, i.ID, e.Line, e.Column, e.Value, i18n.Spoken(e.Reason), i18n.Spoken(e.Remedy))
		if err != nil {
			return fresh, err
		}
		fresh += n
	}
	return fresh, nil
}

func readErrors(ctx context.Context, q db.Querier, partner, id string, after int64, limit int) ([]RowError, error) {
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
	}, `SELECT line, col, value, reason, remedy FROM roster_import_error WHERE account_id = $1 AND import_id = $2 AND line > $3
		ORDER BY line, col COLLATE "C" LIMIT $4`, partner, id, after, limit)
}

// sentences keeps a message for every language, so that what a rule said stays readable when the rule's words change.
