package db_test

import (
	"strings"
	"testing"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// TestWhatIsWatchedIsExplained also explains a change, which must not stay.
func TestWhatIsWatchedIsExplained(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		var ran []db.Ran
		d.Watch(func(r db.Ran) { ran = append(ran, r) })
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := db.All(t.Context(), d.Read(), db.Int, `SELECT version FROM search_progress WHERE name = $1`, "x")
		must(err)
		must(d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := db.Exec(t.Context(), tx, `INSERT INTO search_progress (name, version, making, done_to, done, total) VALUES ($1, 1, 0, '', 0, 0)`, "y")
			return err
		}))
		d.Watch(nil)
		if len(ran) != 2 || ran[0].Args[0] != "x" || ran[1].Args[0] != "y" {
			t.Fatalf("watched %v, want both statements", ran)
		}
		for _, r := range ran[:1] {
			plan, err := d.Explain(t.Context(), r)
			must(err)
			if !strings.Contains(plan, "search_progress") {
				t.Errorf("plan of %q: %q", r.Text, plan)
			}
		}
		var counts []int
		must(d.Replay(t.Context(), []db.Ran{ran[0], {Text: `SELECT 1 FROM search_progress`}}, func(_, n int) { counts = append(counts, n) }))
		if len(counts) != 2 || counts[0] != 0 || counts[1] != 1 {
			t.Errorf("rows of what was run again: %v, want 0 and 1", counts)
		}
		ran[1].Args[0] = "z"
		_, err = d.Explain(t.Context(), ran[1])
		must(err)
		n, err := db.One(t.Context(), d.Read(), db.Int, `SELECT COUNT(*) FROM search_progress`)
		if must(err); n != 1 {
			t.Errorf("%d rows after explaining an INSERT, want 1", n)
		}
	})
}
