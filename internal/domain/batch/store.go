package batch

import (
	"context"
	"encoding/json"
	"errors"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

const batchColumns = `account_id, id, work, partner_id, terms, state, file_name, hash, unit, memo, user_id, user_name, actor, row_count, bad_count,
	done_count, fail_count, total, moved, problem, created_at, finished_at`

func scanBatch(r db.Row) (b Batch, err error) {
	var who, problem string
	err = r.Scan(&b.Account, &b.ID, &b.Work, &b.Partner, &b.Terms, &b.State, &b.FileName, &b.hash, &b.Unit, &b.Memo, &b.User, &b.UserName, &who,
		&b.Rows, &b.Bad, &b.Done, &b.Refused, &b.Total, &b.Moved, &problem, db.Time(&b.CreatedAt), db.Time(&b.FinishedAt))
	if err == nil {
		err = json.Unmarshal([]byte(who), &b.Actor)
	}
	if err == nil {
		b.Problem, err = i18n.Heard(problem)
	}
	return b, err
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and actors can't fail to encode
	}
	return string(b)
}

// who keeps of an actor what the work asks of him and what an audit row names.
func who(a actor.Actor) actor.Actor {
	return actor.Actor{Account: a.Account, Kind: a.Kind, User: a.User, Name: a.Name, Roles: a.Roles, Via: a.Via, Lang: a.Lang, IP: a.IP, Request: a.Request}
}

func insertBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `INSERT INTO batch (`+batchColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, 0, $16, 0, $17, $18, NULL)`,
		b.Account, b.ID, b.Work, b.Partner, b.Terms, string(b.State), b.FileName, b.hash, b.Unit, b.Memo, b.User, b.UserName, encode(who(b.Actor)),
		b.Rows, b.Bad, b.Total, i18n.Spoken(b.Problem), db.Micros(b.CreatedAt))
}

func readBatch(ctx context.Context, q db.Querier, account, id string) (Batch, error) {
	return db.One(ctx, q, scanBatch, `SELECT `+batchColumns+` FROM batch WHERE account_id = $1 AND id = $2`, account, id)
}

func readBatches(ctx context.Context, q db.Querier, account, work, user, before string, limit int) ([]Batch, error) {
	return db.All(ctx, q, scanBatch, `SELECT `+batchColumns+` FROM batch WHERE account_id = $1 AND work = $2 AND ($3 = '' OR user_id = $3)
		AND ($4 = '' OR id COLLATE "C" < $4) ORDER BY id COLLATE "C" DESC LIMIT $5`, account, work, user, before, limit)
}

// sameFile finds an earlier batch of the same file that was done or waits.
func sameFile(ctx context.Context, q db.Querier, account string, b Batch) (string, error) {
	id, err := db.One(ctx, q, db.String, `SELECT id FROM batch WHERE account_id = $1 AND work = $2 AND hash = $3 AND id COLLATE "C" < $4
		AND state NOT IN ('cancelled', 'failed') ORDER BY id COLLATE "C" DESC LIMIT 1`, account, b.Work, b.hash, b.ID)
	if errors.Is(err, db.ErrNoRow) {
		return "", nil
	}
	return id, err
}

// clearRows starts a check from the top, also one that was broken off.
func clearRows(ctx context.Context, tx *db.Tx, b Batch) error {
	if err := db.Change(ctx, tx, `UPDATE batch SET row_count = 0, bad_count = 0, total = 0 WHERE account_id = $1 AND id = $2 AND state = 'checking'`, b.Account, b.ID); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `DELETE FROM batch_row WHERE account_id = $1 AND batch_id = $2`, b.Account, b.ID)
	return err
}

// noteCheck keeps how far a check is; ErrNoRow when the batch was cancelled.
func noteCheck(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `UPDATE batch SET row_count = $3, bad_count = $4, total = $5 WHERE account_id = $1 AND id = $2 AND state = 'checking'`,
		b.Account, b.ID, b.Rows, b.Bad, b.Total)
}

func endCheck(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `UPDATE batch SET state = 'checked', problem = $3 WHERE account_id = $1 AND id = $2 AND state = 'checking'`, b.Account, b.ID, i18n.Spoken(b.Problem))
}

func failBatch(ctx context.Context, tx *db.Tx, b Batch, why i18n.Msg) error {
	return db.Change(ctx, tx, `UPDATE batch SET state = 'failed', problem = $3, finished_at = $4 WHERE account_id = $1 AND id = $2 AND state = 'checking'`,
		b.Account, b.ID, i18n.Spoken(why), db.Micros(tx.Now))
}

func startBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `UPDATE batch SET state = 'running', actor = $3, problem = '' WHERE account_id = $1 AND id = $2 AND state = 'checked'`,
		b.Account, b.ID, encode(who(b.Actor)))
}

func cancelBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `UPDATE batch SET state = 'cancelled', finished_at = $3 WHERE account_id = $1 AND id = $2
		AND state IN ('checking', 'checked', 'running')`, b.Account, b.ID, db.Micros(tx.Now))
}

func endBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `UPDATE batch SET state = 'done', finished_at = $3 WHERE account_id = $1 AND id = $2 AND state = 'running'`, b.Account, b.ID, db.Micros(tx.Now))
}

// holdBatch makes those who work on one batch take turns.
func holdBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `UPDATE batch SET moved = moved WHERE account_id = $1 AND id = $2`, b.Account, b.ID)
}

// noteResults adds what came of rows; the batch's row is held.
func noteResults(ctx context.Context, tx *db.Tx, b Batch, done, refused, moved int64) error {
	return db.Change(ctx, tx, `UPDATE batch SET done_count = done_count + $3, fail_count = fail_count + $4, moved = moved + $5 WHERE account_id = $1 AND id = $2`,
		b.Account, b.ID, done, refused, moved)
}

func scanRow(r db.Row) (x Row, err error) {
	var problem string
	err = r.Scan(&x.Line, &x.To, &x.Amount, &x.Receiver, &x.Name, &x.Minor, &x.Memo, &x.State, &x.Made, &problem)
	if err == nil {
		x.Problem, err = i18n.Heard(problem)
	}
	return x, err
}

func insertRows(ctx context.Context, tx *db.Tx, b Batch, rows []Row) error {
	lines, minors := make([]int64, len(rows)), make([]int64, len(rows))
	for i, r := range rows {
		lines[i], minors[i] = r.Line, r.Minor
	}
	text := func(name string, of func(Row) string) db.Column {
		out := make([]string, len(rows))
		for i, r := range rows {
			out[i] = of(r)
		}
		return db.Column{Name: name, Values: out}
	}
	return db.Pipeline(ctx, tx, db.Set{Table: "batch_row", Columns: []db.Column{
		text("account_id", func(Row) string { return b.Account }), text("batch_id", func(Row) string { return b.ID }), {Name: "line", Values: lines},
		text("receiver", func(r Row) string { return r.To }), text("amount", func(r Row) string { return r.Amount }),
		text("receiver_id", func(r Row) string { return r.Receiver }), text("name", func(r Row) string { return r.Name }), {Name: "minor", Values: minors},
		text("memo", func(r Row) string { return r.Memo }), text("state", func(r Row) string { return string(r.State) }),
		text("made", func(Row) string { return "" }), text("problem", func(r Row) string { return i18n.Spoken(r.Problem) }),
	}}.Insert(""))
}

func readRows(ctx context.Context, q db.Querier, account, batch string, state RowState, after int64, limit int) ([]Row, error) {
	return db.All(ctx, q, scanRow, `SELECT line, receiver, amount, receiver_id, name, minor, memo, state, made, problem FROM batch_row
		WHERE account_id = $1 AND batch_id = $2 AND ($3 = '' OR state = $3) AND line > $4 ORDER BY line LIMIT $5`, account, batch, string(state), after, limit)
}

// readyLines are the lines between two that nobody has done yet.
func readyLines(ctx context.Context, q db.Querier, b Batch, from, to int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	return out, db.Each(ctx, q, db.Int, func(n int64) error { out[n] = true; return nil }, `SELECT line FROM batch_row
		WHERE account_id = $1 AND batch_id = $2 AND state = 'ready' AND line >= $3 AND line <= $4`, b.Account, b.ID, from, to)
}

// writeResults keeps what became of rows.
func writeResults(ctx context.Context, tx *db.Tx, b Batch, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	var state, made, problem, account, batch []string
	var line []int64
	for _, r := range rows {
		state, made, problem = append(state, string(r.State)), append(made, r.Made), append(problem, i18n.Spoken(r.Problem))
		account, batch, line = append(account, b.Account), append(batch, b.ID), append(line, r.Line)
	}
	return db.Pipeline(ctx, tx, db.Set{Table: "batch_row", Columns: []db.Column{{Name: "state", Values: state}, {Name: "made", Values: made}, {Name: "problem", Values: problem},
		{Name: "account_id", Values: account}, {Name: "batch_id", Values: batch}, {Name: "line", Values: line}}}.Update(3))
}
