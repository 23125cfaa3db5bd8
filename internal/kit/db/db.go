// Package db runs one set of portable SQL on SQLite and on PostgreSQL.
//
// SQL is text beside its scan function, with $N parameters, in the package that owns the table. A function that
// takes a *Tx takes part in the caller's transaction; one that takes a Querier only reads. What differs between
// the databases lives in this package alone: opening, migrating, bulk loading, error codes.
package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"hanse/internal/kit/clock"
)

// ErrNoRow says that a statement that must touch or find one row found none.
var ErrNoRow = errors.New("no row")

// A DB is an open database: a pool for writing (one connection on SQLite) and one for reading.
type DB struct {
	dialect dialect
	write   *sql.DB
	read    *sql.DB
	clock   *clock.Clock
	wake    atomic.Pointer[[]func()] // called after each commit, so that the job runner looks at once

	prepared prepared // of SQLite's writing connection
	watcher  atomic.Pointer[func(Ran)]
}

// A Querier is what a reading function takes: a *Tx, or the read pool by DB.Read.
type Querier interface {
	query(ctx context.Context, text string, args []any) (*sql.Rows, error)
}

// A Row is what a scan function reads from.
type Row interface{ Scan(dest ...any) error }

// A Tx is one transaction. Now is its business instant, Wall its wall instant: both stay the same throughout.
type Tx struct {
	Now  time.Time
	Wall time.Time

	conn  *sql.Conn
	db    *DB
	begun bool // the database knows of it: on PostgreSQL, BEGIN goes with the first statements
	ended bool // it was committed with its last statements
	after []func()
}

// After has f called when the transaction has committed, and not at all when it doesn't.
func (t *Tx) After(f func()) { t.after = append(t.after, f) }

func (t *Tx) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	t.db.seen(text, args)
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	return t.conn.QueryContext(ctx, text, args...)
}

func (t *Tx) exec(ctx context.Context, text string, args []any) (sql.Result, error) {
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	return t.conn.ExecContext(ctx, text, args...)
}

type reader struct {
	pool *sql.DB
	db   *DB
}

func (r reader) query(ctx context.Context, text string, args []any) (*sql.Rows, error) {
	r.db.seen(text, args)
	return r.pool.QueryContext(ctx, text, args...)
}

// Read returns the read pool, for queries outside a transaction.
func (d *DB) Read() Querier { return reader{d.read, d} }

// Clock returns the clocks that stamp the transactions.
func (d *DB) Clock() *clock.Clock { return d.clock }

// OnCommit adds a function that is called after each commit of this process. It runs in the committer's goroutine and
// so mustn't wait for anything. It stays for as long as the database is open.
func (d *DB) OnCommit(f func()) {
	for {
		old := d.wake.Load()
		all := []func(){f}
		if old != nil {
			all = append(slices.Clone(*old), f)
		}
		if d.wake.CompareAndSwap(old, &all) {
			return
		}
	}
}

// Ping checks that the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.write.PingContext(ctx) }

// Postgres tells which database this is: for doctor, backup and tests, never for queries.
func (d *DB) Postgres() bool { return d.dialect == postgres }

// Stats tells how busy the two pools are.
func (d *DB) Stats() (write, read sql.DBStats) { return d.write.Stats(), d.read.Stats() }

// Close ends all connections.
func (d *DB) Close() error {
	d.unprepare()
	return errors.Join(d.read.Close(), d.write.Close())
}

// Update runs f in one transaction at the present business instant. It runs f again on a serialization failure,
// a deadlock or a busy database, so f may touch nothing but tx.
func (d *DB) Update(ctx context.Context, f func(tx *Tx) error) error {
	return d.UpdateAt(ctx, time.Time{}, f)
}

// UpdateAt is Update at a given business instant: for schedules, which run each due moment as that moment.
func (d *DB) UpdateAt(ctx context.Context, at time.Time, f func(tx *Tx) error) error {
	const tries = 12
	var err error
	for n := range tries {
		if err = d.once(ctx, at, f); err == nil || !d.dialect.transient(err) {
			return err
		}
		// Full jitter: two transactions that met once must not meet again.
		pause := time.NewTimer(time.Duration(rand.Int64N(int64(time.Millisecond) << min(n+2, 9))))
		select {
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		case <-pause.C:
		}
	}
	return fmt.Errorf("transaction, %d tries: %w", tries, err)
}

func (d *DB) once(ctx context.Context, at time.Time, f func(tx *Tx) error) error {
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	tx := &Tx{Now: at, Wall: d.clock.Wall(), conn: conn, db: d}
	if at.IsZero() {
		tx.Now = d.clock.Now()
	}
	if d.dialect == lite { // waits for its turn before it reads
		if err := tx.begin(ctx); err != nil {
			return err
		}
	}
	done := false
	defer func() {
		if !done { // also when f panics
			tx.rollback()
		}
	}()
	if err = f(tx); err != nil {
		return err
	}
	if err = ctx.Err(); err != nil {
		return err
	}
	if err = tx.commit(ctx); err != nil {
		return err
	}
	done = true
	for _, f := range tx.after {
		f()
	}
	if all := d.wake.Load(); all != nil {
		for _, f := range *all {
			f()
		}
	}
	return nil
}

// errOver is the answer to what comes after the last statements: it would be no part of the transaction.
var errOver = errors.New("the transaction has ended with its last statements")

// begin begins the transaction in the database, if that hasn't been done.
func (t *Tx) begin(ctx context.Context) error {
	switch {
	case t.ended:
		return errOver
	case t.begun:
		return nil
	}
	text := "BEGIN"
	if t.db.dialect == lite {
		// Whoever gives up in the middle wouldn't know whether it had begun; PostgreSQL's driver then closes the connection.
		text, ctx = "BEGIN IMMEDIATE", context.WithoutCancel(ctx)
	}
	if _, err := t.conn.ExecContext(ctx, text); err != nil {
		return err
	}
	t.begun = true
	return nil
}

func (t *Tx) commit(ctx context.Context) error {
	if !t.begun || t.ended {
		return nil
	}
	if t.db.dialect == postgres {
		return t.db.dialect.commitError(t.conn.Raw(func(c any) error { return commitOn(ctx, c) }))
	}
	_, err := t.conn.ExecContext(context.WithoutCancel(ctx), "COMMIT")
	return t.db.dialect.commitError(err)
}

// rollback leaves the connection as it was; one that can't be left so isn't used again.
func (t *Tx) rollback() {
	if !t.begun {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := t.conn.ExecContext(ctx, "ROLLBACK"); err == nil || ended(err) {
		return
	}
	_ = t.conn.Raw(func(c any) error {
		t.db.prepared.drop(c)
		return driver.ErrBadConn // which closes it
	})
}

// One reads exactly one row; none is ErrNoRow.
func One[T any](ctx context.Context, q Querier, scan func(Row) (T, error), text string, args ...any) (T, error) {
	all, err := All(ctx, q, scan, text, args...)
	if err == nil && len(all) == 0 {
		err = ErrNoRow
	}
	if err != nil {
		var none T
		return none, err
	}
	return all[0], nil
}

// All reads every row.
func All[T any](ctx context.Context, q Querier, scan func(Row) (T, error), text string, args ...any) ([]T, error) {
	var out []T
	err := Each(ctx, q, scan, func(v T) error { out = append(out, v); return nil }, text, args...)
	return out, err
}

// Each reads row by row, for results that must not be held in memory.
func Each[T any](ctx context.Context, q Querier, scan func(Row) (T, error), use func(T) error, text string, args ...any) error {
	rows, err := q.query(ctx, text, args)
	if err != nil {
		return explain(err, text)
	}
	defer rows.Close()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return explain(err, text)
		}
		if err := use(v); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return explain(err, text)
	}
	return nil
}

// Exec runs a statement and returns how many rows it touched.
func Exec(ctx context.Context, tx *Tx, text string, args ...any) (int64, error) {
	tx.db.seen(text, args)
	res, err := tx.exec(ctx, text, args)
	if err != nil {
		return 0, explain(err, text)
	}
	return res.RowsAffected()
}

// Change runs a statement that must touch exactly one row; none is ErrNoRow.
func Change(ctx context.Context, tx *Tx, text string, args ...any) error {
	n, err := Exec(ctx, tx, text, args...)
	if err == nil && n == 0 {
		return ErrNoRow
	}
	if err == nil && n > 1 {
		return fmt.Errorf("%d rows changed, want 1: %s", n, brief(text))
	}
	return err
}

// Bulk inserts many rows: COPY on PostgreSQL, multi-row INSERT on SQLite. Rows hold values in the order of columns.
func Bulk(ctx context.Context, tx *Tx, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	return tx.db.dialect.bulk(ctx, tx, table, columns, rows)
}

func explain(err error, text string) error { return fmt.Errorf("%w (in %s)", err, brief(text)) }

func brief(text string) string {
	s := strings.Join(strings.Fields(text), " ")
	if len(s) > 120 {
		return s[:120] + "…"
	}
	return s
}

// In returns "($n, $n+1, …)" and the values as arguments, for `id IN ` + text. It needs at least one value.
func In[T any](first int, values []T) (text string, args []any) {
	var b strings.Builder
	for i, v := range values {
		b.WriteString(map[bool]string{true: "(", false: ", "}[i == 0])
		b.WriteString("$" + strconv.Itoa(first+i))
		args = append(args, v)
	}
	return b.String() + ")", args
}

// Wanted makes hundreds of values a table "wanted (v)" to join with: a WITH clause and its arguments, from parameter
// first on. With IN and as many parameters PostgreSQL compares each value with each row, as long as it has no
// statistics of a table that just grew. It needs at least one value.
func Wanted[T any](first int, values []T) (with string, args []any) {
	var b strings.Builder
	b.WriteString("WITH wanted (v) AS (VALUES ")
	for i, v := range values {
		n := "$" + strconv.Itoa(first+i)
		if _, number := any(v).(int64); number && i == 0 {
			n = "CAST(" + n + " AS BIGINT)" // gives the type to all of them; without it they are texts
		}
		b.WriteString(map[bool]string{true: "(", false: ", ("}[i == 0] + n + ")")
		args = append(args, v)
	}
	return b.String() + ") ", args
}

// Micros stores an instant as microseconds since 1970, UTC; the zero time is NULL.
func Micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// Time scans what Micros stored.
func Time(t *time.Time) sql.Scanner { return (*timeScanner)(t) }

type timeScanner time.Time

// Scan reads a BIGINT of microseconds or NULL.
func (s *timeScanner) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*s = timeScanner{}
	case int64:
		*s = timeScanner(time.UnixMicro(v).UTC())
	default:
		return fmt.Errorf("an instant is stored as %T, want BIGINT", src)
	}
	return nil
}

// Null stores the empty string as NULL.
func Null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// Text scans a TEXT that may be NULL; NULL is the empty string.
func Text(s *string) sql.Scanner { return (*textScanner)(s) }

type textScanner string

// Scan reads a TEXT or NULL.
func (s *textScanner) Scan(src any) error {
	var v sql.NullString
	if err := v.Scan(src); err != nil {
		return err
	}
	*s = textScanner(v.String)
	return nil
}

// String is a scan function for one text column; Int for one number; Bool for one truth value.
func String(r Row) (s string, err error) { err = r.Scan(Text(&s)); return s, err }

// Int scans one BIGINT column.
func Int(r Row) (n int64, err error) { err = r.Scan(&n); return n, err }

// Bool scans one BOOLEAN column.
func Bool(r Row) (b bool, err error) { err = r.Scan(&b); return b, err }

// Like makes a LIKE pattern that finds s anywhere, to be used with ESCAPE '!'. Fold s before.
func Like(s string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) + "%"
}
