package db_test

import (
	"context"
	"testing"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

const letters = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n`

func TestAStatementWithinItselfIsAnotherOne(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		for range 3 { // compiled first, kept then
			var sum int64
			inner := func(q db.Querier) func(int64) error {
				return func(i int64) error {
					return db.Each(t.Context(), q, db.Int, func(j int64) error { sum += i * j; return nil }, letters)
				}
			}
			// Outside a transaction: PostgreSQL's connection can't do two things at once.
			if err := db.Each(t.Context(), d.Read(), db.Int, inner(d.Read()), letters); err != nil || sum != 36 {
				t.Fatalf("sum of products = %d, %v, want 36", sum, err)
			}
		}
	})
}

func TestAKeptStatementWorksAfterItFailedWasCutShortOrItsTableChanged(t *testing.T) {
	d, err := db.Open(dbtest.SQLite(t), clock.Fake(dbtest.Start).Clock)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	exec := func(ctx context.Context, text string, args ...any) error {
		return d.Update(ctx, func(tx *db.Tx) error { _, err := db.Exec(ctx, tx, text, args...); return err })
	}
	const add, read = `INSERT INTO thing (id) VALUES ($1)`, `SELECT id FROM thing ORDER BY id`
	if err := exec(t.Context(), `CREATE TABLE thing (id BIGINT PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	for i, wants := range []bool{true, false, true, true} {
		if err := exec(t.Context(), add, []int{1, 1, 2, 3}[i]); (err == nil) != wants {
			t.Errorf("insert %d: %v", i, err)
		}
	}
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		_ = db.Each(ctx, d.Read(), db.Int, func(int64) error { cancel(); return context.Canceled }, read)
		cancel()
		if all, err := db.All(t.Context(), d.Read(), db.Int, read); err != nil || len(all) != 3 {
			t.Errorf("%s = %v, %v, want three", read, all, err)
		}
		if err := exec(t.Context(), `ALTER TABLE thing RENAME TO other; CREATE TABLE thing (name TEXT, id BIGINT PRIMARY KEY); INSERT INTO thing (id) SELECT id FROM other; DROP TABLE other`); err != nil {
			t.Fatal(err)
		}
		if all, err := db.All(t.Context(), d.Read(), db.Int, read); err != nil || len(all) != 3 {
			t.Errorf("after the change %s = %v, %v, want three", read, all, err)
		}
	}
}

func TestMoreStatementsThanAreKeptWork(t *testing.T) {
	d, err := db.Open(dbtest.SQLite(t), clock.Fake(dbtest.Start).Clock)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	text := "SELECT 1"
	for n := int64(1); n <= 1_000; n++ {
		if got, err := db.One(t.Context(), d.Read(), db.Int, text); err != nil || got != n {
			t.Fatalf("%d texts: %d, %v", n, got, err)
		}
		text += " + 1"
	}
}
