package db_test

import (
	"errors"
	"fmt"
	"testing"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// settings are n rows of the table setting, as a set.
func settings(n int, value string) db.Set {
	var keys, values, by []string
	var at []int64
	for i := range n {
		keys, at, values, by = append(keys, fmt.Sprintf("k%03d", n-i)), append(at, int64(i)), append(values, value), append(by, "me")
	}
	return db.Set{Table: "setting", Columns: []db.Column{{"value", values}, {"changed_by", by}, {"key", keys}, {"effective_at", at}}}
}

func TestASetIsWrittenChangedAndFoundWholeInOneGo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx, n := t.Context(), 37 // two statements of many rows on SQLite, and five of one
		for range 2 {             // the second round finds the statements prepared
			var got []string
			var total int64
			err := d.Update(ctx, func(tx *db.Tx) error {
				return db.Pipeline(ctx, tx,
					settings(n, "a").Insert("ON CONFLICT (key, effective_at) DO UPDATE SET value = excluded.value"),
					settings(n, "b").Update(2),
					db.Set{Table: "setting"}.Insert(""), // no rows
					db.Set{Table: "setting", Columns: settings(n, "").Columns[2:]}.Find([]string{"key", "value"}, true, func(r db.Row) error {
						var k, v string
						if err := r.Scan(&k, &v); err != nil {
							return err
						}
						got = append(got, k+v)
						return nil
					}),
					db.Plain(func(r db.Row) error { return r.Scan(&total) }, `SELECT count(*) FROM setting WHERE value = $1`, "b"))
			})
			if err != nil || len(got) != n || total != int64(n) {
				t.Fatalf("found %d rows %v, counted %d, %v; want %d of each", len(got), got, total, err, n)
			}
			if d.Postgres() && got[0] != "k001b" {
				t.Errorf("the first row locked is %s, want k001b: rows are locked in the order of their keys", got[0])
			}
		}
	})
}

func TestAPipelineStopsAtTheFirstErrorAndItsTransactionLeavesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx := t.Context()
		err := d.Update(ctx, func(tx *db.Tx) error {
			return db.Pipeline(ctx, tx, settings(20, "a").Insert(""), settings(20, "a").Insert(""), settings(30, "a").Insert(""))
		})
		if !db.Violates(err) {
			t.Errorf("the same rows twice: %v, want a violation", err)
		}
		err = d.Update(ctx, func(tx *db.Tx) error { return db.Pipeline(ctx, tx, settings(3, "a").Update(2)) })
		if !errors.Is(err, db.ErrNoRow) {
			t.Errorf("a change of rows that aren't there: %v, want ErrNoRow", err)
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d rows stayed, want 0", n)
		}
		if err := d.Checkpoint(ctx); err != nil {
			t.Errorf("Checkpoint: %v", err)
		}
	})
}

func TestManyRowsAreAddedWithAllTheirTypes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx, n := t.Context(), 300
		text := func(f func(i int) string) (out []string) {
			for i := range n {
				out = append(out, f(i))
			}
			return out
		}
		same := func(s string) []string { return text(func(int) string { return s }) }
		at, done, subjects := make([]int64, n), make([]bool, n), make([]*string, n)
		hashes := make([][]byte, n)
		seqs := make([]int64, n)
		for i := range n {
			at[i], done[i], seqs[i] = int64(i)-5, i%3 == 0, int64(i+1)
			hashes[i] = []byte{byte(i), 0, 255}
			s := fmt.Sprint("subject", i)
			subjects[i] = &s
		}
		put := db.Set{Table: "event", Columns: []db.Column{{"account_id", same("a")}, {"id", text(func(i int) string { return fmt.Sprintf("%04d", i) })},
			{"kind", same("ä\t\"\\")}, {"subject", subjects}, {"payload", same("")}, {"at", at}, {"handed_on", done}}}
		seal := db.Set{Table: "audit_seal", Columns: []db.Column{{"seq", seqs}, {"account_id", same("a")}, {"entry_id", same("e")}, {"hash", hashes}, {"sealed_at", at}}}
		twice := d.Update(ctx, func(tx *db.Tx) error { return db.Pipeline(ctx, tx, put.Insert(""), seal.Insert(""), put.Insert("")) })
		if !db.Violates(twice) {
			t.Fatalf("the same rows twice: %v, want a violation", twice)
		}
		if err := d.Update(ctx, func(tx *db.Tx) error { return db.Pipeline(ctx, tx, put.Insert(""), seal.Insert("")) }); err != nil {
			t.Fatal(err)
		}
		for _, x := range []struct {
			text string
			want int64
		}{
			{`SELECT count(*) FROM event WHERE account_id = 'a' AND handed_on AND payload = '' AND subject = 'subject' || CAST(CAST(id AS BIGINT) AS TEXT)
				AND at = CAST(id AS BIGINT) - 5`, 100},
			{"SELECT count(*) FROM event WHERE kind = 'ä\t\"\\'", 300},
			{`SELECT count(*) FROM audit_seal WHERE length(hash) = 3`, 300},
		} {
			if got, err := db.One(ctx, d.Read(), db.Int, x.text); got != x.want || err != nil {
				t.Errorf("%s = %d, %v; want %d", x.text, got, err, x.want)
			}
		}
	})
}

func TestASetTakesEveryTypeOfColumn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx, text := t.Context(), "payload"
		put := db.Set{Table: "event", Columns: []db.Column{{"account_id", []string{"a", "b"}}, {"id", []string{"1", "2"}}, {"kind", []string{"k", "k"}},
			{"subject", []string{"", ""}}, {"payload", []*string{&text, &text}}, {"at", []int64{1, 2}}, {"handed_on", []bool{true, false}}}}
		seal := db.Set{Table: "audit_seal", Columns: []db.Column{{"seq", []int64{1}}, {"account_id", []string{"a"}}, {"entry_id", []string{"e"}},
			{"hash", [][]byte{{1, 0, 2}}}, {"sealed_at", []int64{1}}}}
		var bools []bool
		var hash []byte
		err := d.Update(ctx, func(tx *db.Tx) error {
			return db.Pipeline(ctx, tx, put.Insert(""), seal.Insert(""),
				db.Set{Table: "event", Columns: put.Columns[:2]}.Find([]string{"handed_on"}, false, func(r db.Row) error {
					var b bool
					err := r.Scan(&b)
					bools = append(bools, b)
					return err
				}),
				db.Plain(func(r db.Row) error { return r.Scan(&hash) }, `SELECT hash FROM audit_seal`))
		})
		if err != nil || len(bools) != 2 || bools[0] == bools[1] || string(hash) != "\x01\x00\x02" {
			t.Errorf("read back %v, %v, %v", bools, hash, err)
		}
	})
}
