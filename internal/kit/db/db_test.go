package db_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

func TestUpdateRollsBackOnError(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx, boom := t.Context(), errors.New("boom")
		err := d.Update(ctx, func(tx *db.Tx) error {
			if err := put(ctx, tx, "a", 1, "x"); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatalf("Update = %v, want %v", err, boom)
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows stayed, want 0", n)
		}
	})
}

func TestTransactionsCarryOneInstant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		c.Advance(48 * time.Hour)
		at := dbtest.Start.Add(time.Hour)
		for _, tc := range []struct{ give, want time.Time }{{time.Time{}, c.Now()}, {at, at}} {
			err := d.UpdateAt(t.Context(), tc.give, func(tx *db.Tx) error {
				if !tx.Now.Equal(tc.want) || !tx.Wall.Equal(dbtest.Start) {
					t.Errorf("UpdateAt(%v): Now %v, Wall %v; want %v, %v", tc.give, tx.Now, tx.Wall, tc.want, dbtest.Start)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestRacingCountersLoseNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx := t.Context()
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 10 {
					err := d.Update(ctx, func(tx *db.Tx) error {
						_, err := db.Exec(ctx, tx, `INSERT INTO setting (key, effective_at, value, changed_by) VALUES ('n', 1, 'x', '1')
							ON CONFLICT (key, effective_at) DO UPDATE SET changed_by = CAST(CAST(setting.changed_by AS BIGINT) + 1 AS TEXT)`)
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		got, err := db.One(ctx, d.Read(), db.String, `SELECT changed_by FROM setting WHERE key = 'n'`)
		if err != nil || got != "80" {
			t.Errorf("80 increments gave %q, %v", got, err)
		}
	})
}

func TestBulkAndEachKeepOrderAndCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx, n := t.Context(), 1234
		var rows iter.Seq[[]any] = func(yield func([]any) bool) {
			for i := range n {
				if !yield([]any{fmt.Sprintf("k%05d", i), int64(i), "v", "me"}) {
					return
				}
			}
		}
		err := d.Update(ctx, func(tx *db.Tx) error {
			got, err := db.Bulk(ctx, tx, "setting", []string{"key", "effective_at", "value", "changed_by"}, rows)
			if got != int64(n) {
				t.Errorf("Bulk wrote %d rows, want %d", got, n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		keys, err := db.All(ctx, d.Read(), db.String, `SELECT key FROM setting ORDER BY key COLLATE "C"`)
		if err != nil || len(keys) != n || !slices.IsSorted(keys) {
			t.Errorf("read back %d keys (sorted %v), %v; want %d", len(keys), slices.IsSorted(keys), err, n)
		}
	})
}

func TestTimesAndNullsComeBackAsTheyWere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx := t.Context()
		type got struct{ lease, next time.Time }
		err := d.Update(ctx, func(tx *db.Tx) error {
			return db.Change(ctx, tx, `INSERT INTO schedule (name, next_at, lease_until) VALUES ($1, $2, $3)`,
				"s", db.Micros(tx.Now), db.Micros(time.Time{}))
		})
		if err != nil {
			t.Fatal(err)
		}
		g, err := db.One(ctx, d.Read(), func(r db.Row) (g got, err error) {
			return g, r.Scan(db.Time(&g.lease), db.Time(&g.next))
		}, `SELECT lease_until, next_at FROM schedule WHERE name = $1`, "s")
		if err != nil || !g.lease.IsZero() || !g.next.Equal(dbtest.Start) {
			t.Errorf("got %+v, %v; want zero and %v", g, err, dbtest.Start)
		}
		_, err = db.One(ctx, d.Read(), db.String, `SELECT name FROM schedule WHERE name = 'none'`)
		if !errors.Is(err, db.ErrNoRow) {
			t.Errorf("One of nothing = %v, want ErrNoRow", err)
		}
	})
}

func TestViolationsAreRecognized(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx := t.Context()
		err := d.Update(ctx, func(tx *db.Tx) error {
			if err := put(ctx, tx, "a", 1, "x"); err != nil {
				return err
			}
			return put(ctx, tx, "a", 1, "x")
		})
		if !db.Violates(err) {
			t.Errorf("a second row with one key: Violates(%v) = false", err)
		}
	})
}

func TestManyProcessesMigrateAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if n, err := d.Migrate(t.Context()); err != nil || n != 0 {
					t.Errorf("Migrate of a current schema = %d, %v; want 0", n, err)
				}
			})
		}
		wg.Wait()
	})
}

func put(ctx context.Context, tx *db.Tx, key string, at int64, value string) error {
	return db.Change(ctx, tx, `INSERT INTO setting (key, effective_at, value, changed_by) VALUES ($1, $2, $3, 'me')`, key, at, value)
}

func count(t *testing.T, d *db.DB) int64 {
	t.Helper()
	n, err := db.One(t.Context(), d.Read(), db.Int, `SELECT count(*) FROM setting`)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestTextsAreComparedByTheirBytes looks at every column: PostgreSQL would sort by the language of its cluster, and use no
// index for a page.
func TestTextsAreComparedByTheirBytes(t *testing.T) {
	d, err := db.Open(dbtest.Postgres(t), clock.New())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	all, err := db.All(t.Context(), d.Read(), db.String, `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = current_schema() AND data_type = 'text' AND coalesce(collation_name, '') <> 'C'`)
	if err != nil || len(all) > 0 {
		t.Errorf("compared otherwise: %v (%v)", all, err)
	}
	n, err := db.One(t.Context(), d.Read(), db.Int, `SELECT count(*) FROM information_schema.columns
		WHERE table_schema = current_schema() AND collation_name = 'C'`)
	if err != nil || n < 500 {
		t.Errorf("%d columns are compared by their bytes (%v), want some thousand", n, err)
	}
}
