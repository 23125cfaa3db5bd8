package db

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
)

// migrations are numbered over all modules, forward only. Each runs in one transaction, and the code runs on
// the schema before and after it. A line "-- table NAME: CLASS" declares how a table is distributed:
//
//	owned      first key column is the owner's account id (account itself: its id)
//	registry   the key is a value that is unique in the whole system; it points to the owner
//	reference  small, rarely written, the same on every node
//	local      bookkeeping of one database
//
// How a table is stored may differ per database: what stands in /*sqlite …*/ or /*postgres …*/ runs on that one alone,
// such as /*sqlite WITHOUT ROWID*/ after the columns of a table that is always found by its key.
//
//go:embed migrations/*.sql
var migrations embed.FS

// A Migration is one file: its number, its name, its text.
type Migration struct {
	Number int64
	Name   string
	Text   string
}

// Migrations lists all files in order.
func Migrations() ([]Migration, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var out []Migration
	for _, name := range names {
		b, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		base := strings.TrimSuffix(strings.TrimPrefix(name, "migrations/"), ".sql")
		number, rest, _ := strings.Cut(base, "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s: the name starts with a number", base)
		}
		out = append(out, Migration{n, rest, string(b)})
	}
	return out, nil
}

// SchemaHash names the schema: tests keep one template database for each.
func SchemaHash() string {
	all, err := Migrations()
	if err != nil {
		panic(err) // embedded files: a test would have failed
	}
	h := sha256.New()
	for _, m := range all {
		fmt.Fprintf(h, "%d %s\n%s\n", m.Number, m.Name, m.Text)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// Migrate brings the schema up to date and returns how many files it ran. Several processes may call it at once.
func (d *DB) Migrate(ctx context.Context) (int, error) {
	all, err := Migrations()
	if err != nil {
		return 0, err
	}
	done := 0
	err = d.Update(ctx, func(tx *Tx) error {
		done = 0
		have, err := d.locked(ctx, tx)
		if err != nil {
			return err
		}
		for _, m := range all {
			if m.Number <= have {
				continue
			}
			if err := apply(ctx, tx, m); err != nil {
				return fmt.Errorf("migration %d %s: %w", m.Number, m.Name, err)
			}
			done++
		}
		if done == 0 {
			return nil
		}
		return d.dialect.compareBytes(ctx, tx)
	})
	return done, err
}

// byBytes gives every text column that compares otherwise the collation of bytes. It rewrites no table, only indexes.
const byBytes = `DO $$ DECLARE t record; BEGIN
	FOR t IN SELECT table_name, string_agg(format('ALTER COLUMN %I TYPE TEXT COLLATE "C"', column_name), ', ') AS columns
		FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
		WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND data_type = 'text' AND is_generated = 'NEVER'
		AND coalesce(collation_name, '') <> 'C' GROUP BY table_name ORDER BY table_name
	LOOP EXECUTE format('ALTER TABLE %I %s', t.table_name, t.columns); END LOOP; END $$`

// compareBytes makes PostgreSQL compare every text column by its bytes, whatever language the database was made for: what
// an index is sorted by is then what a page is sorted by, on both databases alike, and comparing costs least.
func (d dialect) compareBytes(ctx context.Context, tx *Tx) error {
	if d != postgres {
		return nil // SQLite does so
	}
	_, err := Exec(ctx, tx, byBytes)
	return err
}

// locked makes the migration table, takes its lock, and returns the number of the newest migration that ran.
func (d *DB) locked(ctx context.Context, tx *Tx) (int64, error) {
	if d.dialect == postgres {
		// SQLite needs no lock: its write transaction is one already.
		if _, err := Exec(ctx, tx, `SELECT pg_advisory_xact_lock(4242001)`); err != nil {
			return 0, err
		}
	}
	const table = `CREATE TABLE IF NOT EXISTS schema_migration (
		number BIGINT NOT NULL, name TEXT NOT NULL, applied_at BIGINT NOT NULL, PRIMARY KEY (number))`
	if _, err := Exec(ctx, tx, table); err != nil {
		return 0, err
	}
	return One(ctx, tx, Int, `SELECT CAST(coalesce(max(number), 0) AS BIGINT) FROM schema_migration`)
}

func apply(ctx context.Context, tx *Tx, m Migration) error {
	if _, err := tx.exec(ctx, tx.db.dialect.uncomment(m.Text), nil); err != nil {
		return err
	}
	return Change(ctx, tx, `INSERT INTO schema_migration (number, name, applied_at) VALUES ($1, $2, $3)`,
		m.Number, m.Name, Micros(tx.Wall))
}

// uncomment takes this database's own parts of a migration out of their comments.
func (d dialect) uncomment(text string) string {
	return regexp.MustCompile(`(?s)/\*`+string(d)+` (.*?)\*/`).ReplaceAllString(text, "$1")
}

// Version returns the number of the newest migration that ran; 0 for an empty database.
func (d *DB) Version(ctx context.Context) (int64, error) {
	return One(ctx, d.Read(), Int, `SELECT CAST(coalesce(max(number), 0) AS BIGINT) FROM schema_migration`)
}

// Newest returns the number of the newest migration that this program has.
func Newest() (int64, error) {
	all, err := Migrations()
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[len(all)-1].Number, nil
}
