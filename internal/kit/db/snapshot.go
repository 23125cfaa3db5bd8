package db

import (
	"context"
	"database/sql"
)

type snapshot struct {
	tx *sql.Tx
	db *DB
}

func (s snapshot) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	s.db.seen(text, args)
	return s.tx.QueryContext(ctx, text, args...)
}

// Snapshot runs f on one unchanging view of the database, while others go on writing: for checks that compare
// tables. It has one connection, so f must not query while it reads rows.
func (d *DB) Snapshot(ctx context.Context, f func(q Querier) error) error {
	var options sql.TxOptions // SQLite's read transactions are snapshots anyway
	if d.dialect == postgres {
		options = sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := d.read.BeginTx(ctx, &options)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return f(snapshot{tx, d})
}
