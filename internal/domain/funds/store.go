package funds

import (
	"context"
	"encoding/json"

	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

const batchColumns = `account_id, id, partner_id, kind, state, file_name, hash, unit, memo, user_id, user_name, actor, row_count, bad_count,
	done_count, fail_count, total, moved, problem, created_at, finished_at`

func scanBatch(r db.Row) (b Batch, err error) {
	var who, problem string
	err = r.Scan(&b.Account, &b.ID, &b.Partner, &b.Kind, &b.State, &b.FileName, &b.hash, &b.Unit, &b.Memo, &b.User, &b.UserName, &who,
		&b.Rows, &b.Bad, &b.Done, &b.Refused, &b.Total, &b.Moved, &problem, db.Time(&b.CreatedAt), db.Time(&b.FinishedAt))
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal([]byte(who), &b.actor); err != nil {
		return b, err
	}
	b.Problem, err = i18n.Heard(problem)
	return b, err
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and actors can't fail to encode
	}
	return string(b)
}

// onlyWho keeps of an actor what an audit row names.
func onlyWho(a actor.Actor) actor.Actor {
	return actor.Actor{Account: a.Account, Kind: a.Kind, User: a.User, Name: a.Name, Via: a.Via, IP: a.IP, Request: a.Request}
}

// sentences stores a message in every language: what it says then stays readable whatever becomes of the catalogue.
func insertBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `INSERT INTO funds_batch (`+batchColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, $15, 0, $16, $17, NULL)`,
		b.Account, b.ID, b.Partner, b.Kind, string(b.State), b.FileName, b.hash, b.Unit, b.Memo, b.User, b.UserName, encode(onlyWho(b.actor)),
		b.Rows, b.Bad, b.Total, i18n.Spoken(b.Problem), db.Micros(b.CreatedAt))
}

func readBatch(ctx context.Context, q db.Querier, account, id string) (Batch, error) {
	return db.One(ctx, q, scanBatch, `SELECT `+batchColumns+` FROM funds_batch WHERE account_id = $1 AND id = $2`, account, id)
}

func readBatches(ctx context.Context, q db.Querier, account, before string, limit int) ([]Batch, error) {
	return db.All(ctx, q, scanBatch, `SELECT `+batchColumns+` FROM funds_batch WHERE account_id = $1 AND ($2 = '' OR id COLLATE "C" < $2)
		ORDER BY id COLLATE "C" DESC LIMIT $3`, account, before, limit)
}

// sameFile finds an earlier batch of the same file that was posted or waits.
func sameFile(ctx context.Context, q db.Querier, account string, b Batch) (string, error) {
	ids, err := db.All(ctx, q, db.String, `SELECT id FROM funds_batch WHERE account_id = $1 AND hash = $2 AND id COLLATE "C" < $3
		AND kind = $4 AND state IN ('checked', 'running', 'done') ORDER BY id COLLATE "C" DESC LIMIT 1`, account, b.hash, b.ID, b.Kind)
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return ids[0], nil
}

// clearRows starts a check from the top, also one that was broken off.
func clearRows(ctx context.Context, tx *db.Tx, b Batch) error {
	if err := db.Change(ctx, tx, `UPDATE funds_batch SET row_count = 0, bad_count = 0, total = 0 WHERE account_id = $1 AND id = $2
		AND state = 'checking'`, b.Account, b.ID); err != nil {
		return err
	}
	_, err := db.Exec(ctx, tx, `DELETE FROM funds_row WHERE account_id = $1 AND batch_id = $2`, b.Account, b.ID)
	return err
}

// noteCheck keeps how far a check is; ErrNoRow when the batch was cancelled.
func noteCheck(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `UPDATE funds_batch SET row_count = $3, bad_count = $4, total = $5 WHERE account_id = $1 AND id = $2
		AND state = 'checking'`, b.Account, b.ID, b.Rows, b.Bad, b.Total)
}

func endCheck(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `UPDATE funds_batch SET state = 'checked', problem = $3 WHERE account_id = $1 AND id = $2
		AND state = 'checking'`, b.Account, b.ID, i18n.Spoken(b.Problem))
}

func failBatch(ctx context.Context, tx *db.Tx, b Batch, why i18n.Msg) error {
	return db.Change(ctx, tx, `UPDATE funds_batch SET state = 'failed', problem = $3, finished_at = $4 WHERE account_id = $1 AND id = $2
		AND state = 'checking'`, b.Account, b.ID, i18n.Spoken(why), db.Micros(tx.Now))
}

func startBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `UPDATE funds_batch SET state = 'running', actor = $3, problem = '' WHERE account_id = $1 AND id = $2
		AND state = 'checked'`, b.Account, b.ID, encode(onlyWho(b.actor)))
}

func cancelBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `UPDATE funds_batch SET state = 'cancelled', finished_at = $3 WHERE account_id = $1 AND id = $2
		AND state IN ('checking', 'checked', 'running')`, b.Account, b.ID, db.Micros(tx.Now))
}

func endBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `UPDATE funds_batch SET state = 'done', finished_at = $3 WHERE account_id = $1 AND id = $2
		AND state = 'running'`, b.Account, b.ID, db.Micros(tx.Now))
}

// holdBatch makes those who work on one batch take turns.
func holdBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	return db.Change(ctx, tx, `UPDATE funds_batch SET moved = moved WHERE account_id = $1 AND id = $2`, b.Account, b.ID)
}

// noteResults adds what came of rows; the batch's row is held.
func noteResults(ctx context.Context, tx *db.Tx, b Batch, done, refused, moved int64) error {
	return db.Change(ctx, tx, `UPDATE funds_batch SET done_count = done_count + $3, fail_count = fail_count + $4, moved = moved + $5
		WHERE account_id = $1 AND id = $2`, b.Account, b.ID, done, refused, moved)
}

const rowColumns = `line, cells, receiver_id, name, minor, memo, state, book, transfer, number, problem`

func scanRow(r db.Row) (x Row, err error) {
	var cells, problem string
	err = r.Scan(&x.Line, &cells, &x.Receiver, &x.Name, &x.Minor, &x.Memo, &x.State, &x.Book, &x.Transfer, &x.Number, &problem)
	if err != nil {
		return x, err
	}
	var typed [2]string
	if err := json.Unmarshal([]byte(cells), &typed); err != nil {
		return x, err
	}
	x.To, x.Amount = typed[0], typed[1]
	x.Problem, err = i18n.Heard(problem)
	return x, err
}

func insertRows(ctx context.Context, tx *db.Tx, b Batch, rows []Row) error {
	n := len(rows)
	same := func(v string) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = v
		}
		return out
	}
	text := func(f func(Row) string) []string {
		out := make([]string, n)
		for i, r := range rows {
			out[i] = f(r)
		}
		return out
	}
	lines, minors := make([]int64, n), make([]int64, n)
	for i, r := range rows {
		lines[i], minors[i] = r.Line, r.Minor
	}
	return db.Pipeline(ctx, tx, db.Set{Table: "funds_row", Columns: []db.Column{
		{Name: "account_id", Values: same(b.Account)}, {Name: "batch_id", Values: same(b.ID)}, {Name: "line", Values: lines},
		{Name: "cells", Values: text(func(r Row) string { return encode([2]string{r.To, r.Amount}) })},
		{Name: "receiver_id", Values: text(func(r Row) string { return r.Receiver })}, {Name: "name", Values: text(func(r Row) string { return r.Name })},
		{Name: "minor", Values: minors}, {Name: "memo", Values: text(func(r Row) string { return r.Memo })},
		{Name: "state", Values: text(func(r Row) string { return string(r.State) })},
		{Name: "book", Values: same("")}, {Name: "transfer", Values: same("")}, {Name: "number", Values: same("")},
		{Name: "problem", Values: text(func(r Row) string { return i18n.Spoken(r.Problem) })},
	}}.Insert(""))
}

func readRows(ctx context.Context, q db.Querier, account, batch string, state RowState, after int64, limit int) ([]Row, error) {
	return db.All(ctx, q, scanRow, `SELECT `+rowColumns+` FROM funds_row WHERE account_id = $1 AND batch_id = $2
		AND ($3 = '' OR state = $3) AND line > $4 ORDER BY line LIMIT $5`, account, batch, string(state), after, limit)
}

// readyLines are the lines between two that nobody has posted yet.
func readyLines(ctx context.Context, q db.Querier, b Batch, from, to int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	return out, db.Each(ctx, q, db.Int, func(n int64) error { out[n] = true; return nil }, `SELECT line FROM funds_row
		WHERE account_id = $1 AND batch_id = $2 AND state = 'ready' AND line >= $3 AND line <= $4`, b.Account, b.ID, from, to)
}

func writeResults(ctx context.Context, tx *db.Tx, b Batch, rows []Row) error {
	if len(rows) == 0 {
		return nil
	}
	var state, book, transfer, number, problem, account, batch []string
	var line []int64
	for _, r := range rows {
		state, book, transfer, number = append(state, string(r.State)), append(book, r.Book), append(transfer, r.Transfer), append(number, r.Number)
		problem, account, batch, line = append(problem, i18n.Spoken(r.Problem)), append(account, b.Account), append(batch, b.ID), append(line, r.Line)
	}
	return db.Pipeline(ctx, tx, db.Set{Table: "funds_row", Columns: []db.Column{
		{Name: "state", Values: state}, {Name: "book", Values: book}, {Name: "transfer", Values: transfer}, {Name: "number", Values: number},
		{Name: "problem", Values: problem}, {Name: "account_id", Values: account}, {Name: "batch_id", Values: batch}, {Name: "line", Values: line},
	}}.Update(3))
}
