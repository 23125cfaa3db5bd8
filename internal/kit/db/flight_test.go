package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// named are settings whose keys begin with a letter of their own.
func named(letter string, n int) db.Set {
	s := settings(n, "a")
	keys := s.Columns[2].Values.([]string)
	for i := range keys {
		keys[i] = letter + keys[i]
	}
	return s
}

func TestTheLastStatementsEndTheirTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx, told := t.Context(), 0
		err := d.Update(ctx, func(tx *db.Tx) error {
			tx.After(func() { told++ })
			return db.Last(ctx, tx, db.PlanByKeys(), named("x", 70).Insert(""), named("y", 3).Insert(""), named("z", 100).Insert(""),
				db.Plain(nil, `INSERT INTO setting (key, effective_at, value, changed_by) VALUES ($1, $2, $3, $4)`, "plain", int64(7), "b", "me"))
		})
		if n := count(t, d); err != nil || n != 174 || told != 1 {
			t.Fatalf("%v, %d rows, told %d times; want 174 rows, once", err, n, told)
		}
		// What was there before is changed together with what is new, in a transaction that has read before.
		err = d.Update(ctx, func(tx *db.Tx) error {
			if n, err := db.One(ctx, tx, db.Int, `SELECT count(*) FROM setting`); err != nil || n != 174 {
				t.Errorf("%d rows, %v", n, err)
			}
			changed := named("x", 70)
			changed.Columns[0].Values.([]string)[3] = "new"
			return db.Last(ctx, tx, changed.Update(2), named("w", 60).Insert(""))
		})
		n, failed := db.One(ctx, d.Read(), db.Int, `SELECT count(*) FROM setting WHERE value = 'new'`)
		if err != nil || failed != nil || n != 1 || count(t, d) != 234 {
			t.Errorf("%v, %v: %d rows changed of %d; want 1 of 234", err, failed, n, count(t, d))
		}
	})
}

func TestLastStatementsThatFailLeaveNothingAndTheConnectionIsGood(t *testing.T) {
	twice := named("x", 60)
	twice.Columns[2].Values.([]string)[59], twice.Columns[3].Values.([]int64)[59] = "xk060", 0 // as the first one
	cases := map[string]struct {
		run  []db.Statement
		want func(error) bool
	}{
		"a key twice among many rows":  {[]db.Statement{named("a", 55).Insert(""), twice.Insert(""), named("b", 55).Insert("")}, db.Violates},
		"a key twice among few rows":   {[]db.Statement{named("a", 5).Insert(""), named("a", 5).Insert(""), named("b", 55).Insert("")}, db.Violates},
		"a change of what isn't there": {[]db.Statement{named("a", 55).Insert(""), named("q", 2).Update(2)}, func(err error) bool { return errors.Is(err, db.ErrNoRow) }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
				ctx := t.Context()
				for range 3 { // the connection is used again
					told := false
					err := d.Update(ctx, func(tx *db.Tx) error {
						tx.After(func() { told = true })
						return db.Last(ctx, tx, tc.run...)
					})
					if !tc.want(err) || told {
						t.Errorf("Last = %v, told %v", err, told)
					}
					if n := count(t, d); n != 0 {
						t.Errorf("%d rows stayed, want 0", n)
					}
				}
				if err := d.Update(ctx, func(tx *db.Tx) error { return db.Last(ctx, tx, named("c", 60).Insert("")) }); err != nil || count(t, d) != 60 {
					t.Errorf("afterwards: %v, %d rows", err, count(t, d))
				}
			})
		})
	}
}

// TestWhoGivesUpWhileTheDatabaseWorksHasChangedNothing has a transaction wait for another one's row.
func TestWhoGivesUpWhileTheDatabaseWorksHasChangedNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		if !d.Postgres() {
			return // where a writer is alone
		}
		ctx := t.Context()
		if err := d.Update(ctx, func(tx *db.Tx) error { return db.Last(ctx, tx, named("x", 60).Insert("")) }); err != nil {
			t.Fatal(err)
		}
		for _, last := range []bool{true, false} {
			err := d.Update(ctx, func(tx *db.Tx) error {
				if err := db.Change(ctx, tx, `UPDATE setting SET value = 'held' WHERE key = 'xk060'`); err != nil {
					return err
				}
				short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
				defer cancel()
				err := d.Update(short, func(tx *db.Tx) error {
					f := db.Pipeline
					if last {
						f = db.Last
					}
					return f(short, tx, named("y", 70).Insert(""), named("x", 60).Update(2))
				})
				if err == nil || last == errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("last %v: %v", last, err)
				}
				return nil
			})
			if n := count(t, d); err != nil || n != 60 {
				t.Errorf("%v, %d rows, want 60", err, n)
			}
		}
	})
}

func TestATransactionThatDoesNothingAsksNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx := t.Context()
		told := false
		if err := d.Update(ctx, func(tx *db.Tx) error { tx.After(func() { told = true }); return db.Last(ctx, tx) }); err != nil || !told {
			t.Errorf("%v, told %v", err, told)
		}
		// What comes after the last statements would be no part of the transaction.
		err := d.Update(ctx, func(tx *db.Tx) error {
			if err := db.Last(ctx, tx, named("l", 2).Insert("")); err != nil {
				return err
			}
			if _, err := db.Exec(ctx, tx, `DELETE FROM setting`); d.Postgres() && err == nil {
				t.Error("a statement after the last ones was run")
			}
			return nil
		})
		if n := count(t, d); err != nil || d.Postgres() && n != 2 {
			t.Errorf("%v, %d rows, want 2", err, n)
		}
		if err := d.Update(ctx, func(tx *db.Tx) error { _, err := db.Exec(ctx, tx, `DELETE FROM setting`); return err }); err != nil {
			t.Fatal(err)
		}
		// A transaction whose statement failed isn't committed, though its function says that all is well.
		err = d.Update(ctx, func(tx *db.Tx) error {
			_ = db.Pipeline(ctx, tx, named("x", 60).Insert(""))
			_, _ = db.Exec(ctx, tx, `INSERT INTO setting (key, effective_at, value, changed_by) VALUES ('xk001', 59, 'a', 'me')`)
			return nil
		})
		if d.Postgres() && (err == nil || count(t, d) != 0) {
			t.Errorf("a failed transaction was committed: %v, %d rows", err, count(t, d))
		}
	})
}

// TestATransactionThatPanicsOrIsGivenUpAnywhereLeavesTheDatabaseFree counts the looks at a context, and ends it at each.
func TestATransactionThatPanicsOrIsGivenUpAnywhereLeavesTheDatabaseFree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			_ = d.Update(t.Context(), func(tx *db.Tx) error {
				_ = db.Pipeline(t.Context(), tx, named("p", 60).Insert(""))
				panic("in the middle")
			})
		}()
		done := int64(0)
		for looks := range 80 {
			ctx := dbtest.Fuse(t.Context(), looks+1)
			err := d.Update(ctx, func(tx *db.Tx) error {
				if err := db.Pipeline(ctx, tx, named("x", 20).Insert("ON CONFLICT (key, effective_at) DO NOTHING")); err != nil {
					return err
				}
				if _, err := db.One(ctx, tx, db.Int, `SELECT count(*) FROM setting`); err != nil {
					return err
				}
				return db.Last(ctx, tx, named("y", 55).Insert(""), named("z", 2).Insert(""))
			})
			n := int64(count(t, d))
			if err == nil && n != 77 || n != 0 && n != 77 {
				t.Fatalf("given up at look %d: %v, %d rows; want all or none", looks+1, err, n)
			}
			if n > 0 {
				done++
			}
			if err := d.Update(t.Context(), func(tx *db.Tx) error { _, err := db.Exec(t.Context(), tx, `DELETE FROM setting`); return err }); err != nil {
				t.Fatalf("after it was given up at look %d: %v", looks+1, err)
			}
		}
		if done == 0 {
			t.Error("it was never done: too few looks")
		}
	})
}
