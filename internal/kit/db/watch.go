package db

import (
	"context"
	"slices"
	"strings"
)

// A Ran is a statement that was given to the database.
type Ran struct {
	Text string
	Args []any
}

// Watch has f told of each statement before it runs, but for those of pipelines and bulk loads; nil ends it. It's for
// tests that read the plans of what the modules really ask. f may be called by several goroutines at once.
func (d *DB) Watch(f func(Ran)) {
	if f == nil {
		d.watcher.Store(nil)
		return
	}
	d.watcher.Store(&f)
}

func (d *DB) seen(text string, args []any) {
	if f := d.watcher.Load(); f != nil {
		(*f)(Ran{text, slices.Clone(args)})
	}
}

// Replay runs statements again, one after another in a transaction that is taken back, and reads all of their rows. done
// is called after each, with how many there were: whoever measures looks at his watch.
func (d *DB) Replay(ctx context.Context, all []Ran, done func(i, rows int)) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for i, r := range all {
		rows, err := tx.QueryContext(ctx, r.Text, r.Args...)
		if err != nil {
			return explain(err, r.Text)
		}
		n := 0
		for rows.Next() {
			n++
		}
		if err := rows.Close(); err != nil {
			return explain(err, r.Text)
		}
		done(i, n)
	}
	return nil
}

// Explain is the plan that the database makes for a statement, run on PostgreSQL without changing anything: a line for
// each step, with the rows it really read there.
func (d *DB) Explain(ctx context.Context, r Ran) (string, error) {
	word := "EXPLAIN QUERY PLAN "
	scan := func(row Row) (string, error) {
		var a, b, c any
		var s string
		return s, row.Scan(&a, &b, &c, &s)
	}
	if d.dialect == postgres {
		word, scan = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS) ", String
	}
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return "", err
	}
	defer tx.Rollback() // a statement that changes something is run, and taken back
	lines, err := All(ctx, snapshot{tx, d}, scan, word+r.Text, r.Args...)
	return strings.Join(lines, "\n"), err
}
