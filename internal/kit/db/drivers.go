package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"hanse/internal/kit/clock"
)

// This is the only file that names a driver, so that another can be measured against it.

type dialect string

const (
	lite     dialect = "sqlite"
	postgres dialect = "postgres"
)

func init() {
	// The name that PostgreSQL gives to byte order; with it ORDER BY … COLLATE "C" is the same on both.
	sqlite.MustRegisterCollationUtf8("C", strings.Compare)
}

// Open opens sqlite:PATH or postgres://…, and migrates nothing. On SQLite a lost machine loses no acknowledged
// write (synchronous=FULL); "?sync=off" is for tests.
func Open(dsn string, c *clock.Clock) (*DB, error) {
	switch {
	case strings.HasPrefix(dsn, "sqlite:"):
		return openSQLite(strings.TrimPrefix(dsn, "sqlite:"), c)
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		return openPostgres(dsn, c)
	}
	return nil, fmt.Errorf("database %q: want sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME", redact(dsn))
}

// redact keeps a password out of messages.
func redact(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return "(unreadable)"
	}
	return u.Redacted()
}

func openSQLite(path string, c *clock.Clock) (*DB, error) {
	path, options, _ := strings.Cut(path, "?")
	sync := "FULL"
	if options == "sync=off" {
		sync = "OFF"
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, err
	}
	common := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)" +
		"&_pragma=foreign_keys(1)&_pragma=mmap_size(268435456)&_pragma=synchronous(" + sync + ")"
	// A page changed by many transactions is copied back once per checkpoint: with 80 MB between two, a ledger writes
	// a third more transfers than with SQLite's 4 MB. Checkpoint keeps the file small in quiet times.
	write, err := openKeeping(common + "&_txlock=immediate&_pragma=wal_autocheckpoint(20000)&_pragma=cache_size(-65536)")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	write.SetConnMaxIdleTime(0)
	read, err := openKeeping(common + "&_pragma=query_only(1)")
	if err != nil {
		return nil, err
	}
	read.SetMaxOpenConns(max(4, runtime.NumCPU()*2))
	read.SetMaxIdleConns(max(4, runtime.NumCPU()*2))
	return ready(&DB{dialect: lite, write: write, read: read, clock: c}, path)
}

func openPostgres(dsn string, c *clock.Clock) (*DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", redact(dsn), err)
	}
	open := func(n int) *sql.DB {
		p := stdlib.OpenDB(*cfg)
		p.SetMaxOpenConns(n)
		p.SetMaxIdleConns(n)
		p.SetConnMaxIdleTime(5 * time.Minute)
		return p
	}
	return ready(&DB{dialect: postgres, write: open(16), read: open(16), clock: c}, redact(dsn))
}

func ready(d *DB, name string) (*DB, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	if err := d.Ping(ctx); err != nil {
		d.Close()
		return nil, fmt.Errorf("open database %s: %w", name, err)
	}
	return d, nil
}

// transient tells whether running the transaction again may help: serialization failure, deadlock, a busy file,
// a lost connection before commit, a server that is going down.
func (d dialect) transient(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code {
		case "40001", "40P01", "57P01", "57P02", "57P03", "25006":
			return true
		}
		return strings.HasPrefix(pg.Code, "08")
	}
	if lt, ok := errors.AsType[*sqlite.Error](err); ok {
		code := lt.Code() & 0xff
		return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err) {
		return true
	}
	_, ok := errors.AsType[*net.OpError](err)
	return ok && d == postgres
}

// commitError keeps a failed COMMIT from being run again, unless the database itself said that it undid it: when
// the connection broke, nobody knows whether it was done.
func (d dialect) commitError(err error) error {
	if err == nil || errors.Is(err, errRolledBack) {
		return err
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && (pg.Code == "40001" || pg.Code == "40P01") {
		return err
	}
	if d == lite && d.transient(err) {
		return err
	}
	return fmt.Errorf("commit, outcome unknown: %v", err)
}

// commitOn commits on a connection of PostgreSQL's driver. It answers the COMMIT of a transaction in which something had
// failed with another word, and with no error.
func commitOn(ctx context.Context, c any) error {
	tag, err := c.(*stdlib.Conn).Conn().Exec(ctx, "COMMIT")
	if err == nil && tag.String() != "COMMIT" {
		err = errRolledBack
	}
	return err
}

// ended tells whether a ROLLBACK failed because SQLite had undone the transaction by itself, as it does when it's
// interrupted.
func ended(err error) bool {
	_, ok := errors.AsType[*sqlite.Error](err)
	return ok && strings.Contains(err.Error(), "no transaction is active")
}

// Violates tells whether err is a breach of a unique key, foreign key or check. Prefer ON CONFLICT: on
// PostgreSQL the transaction is lost after this error.
func Violates(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return strings.HasPrefix(pg.Code, "23")
	}
	lt, ok := errors.AsType[*sqlite.Error](err)
	return ok && lt.Code()&0xff == sqlite3.SQLITE_CONSTRAINT
}

func (d dialect) bulk(ctx context.Context, tx *Tx, table string, columns []string, rows iter.Seq[[]any]) (n int64, err error) {
	if d == lite {
		return bulkInsert(ctx, tx, table, columns, rows)
	}
	if err := tx.begin(ctx); err != nil {
		return 0, err
	}
	next, stop := iter.Pull(rows)
	defer stop()
	err = tx.conn.Raw(func(c any) error {
		n, err = c.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(func() ([]any, error) {
			row, ok := next()
			if !ok {
				return nil, nil
			}
			return lexemes(row), nil
		}))
		return err
	})
	return n, err
}

// Lexemes are what kit/fulltext makes of a document, for Bulk: COPY doesn't take them as text.
type Lexemes string

// lexemes makes such values PostgreSQL's.
func lexemes(row []any) []any {
	for i, v := range row {
		l, ok := v.(Lexemes)
		if !ok {
			continue
		}
		var words pgtype.TSVector
		for w := range strings.FieldsSeq(string(l)) {
			words.Lexemes = append(words.Lexemes, pgtype.TSVectorLexeme{Word: w})
		}
		words.Valid = true
		row[i] = words
	}
	return row
}

// bulkInsert writes 100 rows a statement: SQLite allows 32,766 parameters and gains nothing above.
func bulkInsert(ctx context.Context, tx *Tx, table string, columns []string, rows iter.Seq[[]any]) (n int64, err error) {
	const most = 100
	args := make([]any, 0, most*len(columns))
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		text := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES " + tuples(len(args)/len(columns), len(columns))
		k, err := Exec(ctx, tx, text, args...)
		n += k
		args = args[:0]
		return err
	}
	for row := range rows {
		if args = append(args, row...); len(args) == most*len(columns) {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	return n, flush()
}

// tuples uses plain question marks, which is SQLite's own form: it looks up every $N by name among those before,
// which takes most of the time of a statement with a thousand.
func tuples(rows, columns int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", columns), ", ") + ")"
	return strings.TrimSuffix(strings.Repeat(one+", ", rows), ", ")
}

// Analyze lets PostgreSQL count tables that just grew by much, or all when none is named: until it has, it plans as if
// they were small, and its own counting comes a minute later. SQLite plans by the keys and needs none.
func (d *DB) Analyze(ctx context.Context, tables ...string) error {
	if d.dialect == lite {
		return nil
	}
	_, err := d.write.ExecContext(ctx, strings.TrimSpace("ANALYZE "+strings.Join(tables, ", ")))
	return err
}

// Prepare checks a statement against the schema without running it: for the test that reads all SQL of the tree.
func (d *DB) Prepare(ctx context.Context, text string) error {
	st, err := d.write.PrepareContext(ctx, text)
	if err != nil {
		return err
	}
	return st.Close()
}

// Checkpoint moves what SQLite has written ahead into the database file, as far as no reader needs it, while others
// go on reading and writing. PostgreSQL does it by itself.
func (d *DB) Checkpoint(ctx context.Context) error {
	if d.dialect != lite {
		return nil
	}
	_, err := d.read.ExecContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`)
	return err
}

// CopyTo writes a consistent copy of an SQLite database to a new file. Other processes go on writing; this one waits.
func (d *DB) CopyTo(ctx context.Context, path string) error {
	if d.dialect != lite {
		return errors.New("only SQLite copies itself to a file: use pg_dump")
	}
	_, err := d.write.ExecContext(ctx, `VACUUM INTO $1`, path)
	return err
}
