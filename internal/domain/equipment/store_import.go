package equipment

import (
	"context"
	"encoding/json"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

const importColumns = `id, account_id, file_name, hash, size, state, actor, by_name, total_rows, position, added, changed, same, bad, errors, failure,
	created_at, finished_at`

func scanImport(r db.Row) (i Import, err error) {
	var who, failure string
	err = r.Scan(&i.ID, &i.Account, &i.FileName, &i.Hash, &i.Size, &i.State, &who, &i.ByName, &i.Rows, &i.Position, &i.Added, &i.Changed, &i.Same, &i.Bad,
		&i.Errors, &failure, db.Time(&i.CreatedAt), db.Time(&i.FinishedAt))
	if err == nil {
		err = json.Unmarshal([]byte(who), &i.actor)
	}
	if err == nil {
		i.Failure, err = i18n.Heard(failure)
	}
	return i, err
}

func insertImport(ctx context.Context, tx *db.Tx, i Import) error {
	who, err := json.Marshal(actor.Actor{Account: i.actor.Account, Kind: i.actor.Kind, User: i.actor.User, Name: i.actor.Name, Via: i.actor.Via, IP: i.actor.IP, Request: i.actor.Request})
	if err != nil {
		return err
	}
	return db.Change(ctx, tx, `INSERT INTO equipment_import (`+importColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 0, 0, 0, 0, '', $10, NULL)`,
		i.ID, i.Account, i.FileName, i.Hash, i.Size, string(i.State), string(who), i.ByName, i.Rows, db.Micros(i.CreatedAt))
}

func readImport(ctx context.Context, q db.Querier, id string) (Import, error) {
	return db.One(ctx, q, scanImport, `SELECT `+importColumns+` FROM equipment_import WHERE id = $1`, id)
}

func readImports(ctx context.Context, q db.Querier, after string, limit int) ([]Import, error) {
	return db.All(ctx, q, scanImport, `SELECT `+importColumns+` FROM equipment_import WHERE ($1 = '' OR id < $1) ORDER BY id COLLATE "C" DESC LIMIT $2`, after, limit)
}

// advance moves an import over the rows that this transaction takes; ErrNoRow when another worker did, or it was cancelled.
func advance(ctx context.Context, tx *db.Tx, i Import, to int64) error {
	return db.Change(ctx, tx, `UPDATE equipment_import SET position = $4 WHERE id = $1 AND state = $2 AND position = $3`, i.ID, string(i.State), i.Position, to)
}

func noteImport(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE equipment_import SET added = $2, changed = $3, same = $4, bad = $5, errors = $6 WHERE id = $1`,
		i.ID, i.Added, i.Changed, i.Same, i.Bad, i.Errors)
}

// readyImport ends the first pass.
func readyImport(ctx context.Context, tx *db.Tx, i Import) error {
	return db.Change(ctx, tx, `UPDATE equipment_import SET state = 'ready', total_rows = $2 WHERE id = $1 AND state = 'checking' AND position = $2`, i.ID, i.Position)
}

// beginWriting starts the second pass: it counts anew, as others may have changed something since.
func beginWriting(ctx context.Context, tx *db.Tx, id string) error {
	err := db.Change(ctx, tx, `UPDATE equipment_import SET state = 'writing', position = 0, added = 0, changed = 0, same = 0, bad = 0, errors = 0
		WHERE id = $1 AND state = 'ready'`, id)
	if err == nil {
		_, err = db.Exec(ctx, tx, `DELETE FROM equipment_error WHERE import_id = $1`, id)
	}
	return err
}

func endImport(ctx context.Context, tx *db.Tx, id string, to ImportState, failure i18n.Msg) error {
	return db.Change(ctx, tx, `UPDATE equipment_import SET state = $2, failure = $3, finished_at = $4 WHERE id = $1 AND state IN ('checking', 'ready', 'writing')`,
		id, string(to), i18n.Spoken(failure), db.Micros(tx.Now))
}

// insertErrors keeps entries to correct; the same again, after a step was broken off, is kept once.
func insertErrors(ctx context.Context, tx *db.Tx, id string, all []RowError) error {
	for _, e := range all {
		_, err := db.Exec(ctx, tx, `INSERT INTO equipment_error (import_id, place, line, col, value, reason, remedy)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (import_id, place) DO NOTHING`,
			id, e.Line*64+int64(e.place), e.Line, e.Column, e.Value, i18n.Spoken(e.Reason), i18n.Spoken(e.Remedy))
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
	}, `SELECT line, col, value, reason, remedy FROM equipment_error WHERE import_id = $1 AND line > $2 ORDER BY place LIMIT $3`, id, after, limit)
}
