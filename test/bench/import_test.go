//go:build bench

package bench

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"

	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// rosterRows is how many rows the measured file has, about two for each person.
const rosterRows = 100_000

// measureImports imports one large roster, reads it again without a change, and copies as many bare rows into a table
// as the least that any import could cost.
func measureImports(t *testing.T, r *report) {
	t.Run("postgres", func(t *testing.T) { measureImport(t, r, dbtest.Postgres(t), "PostgreSQL") })
	t.Run("sqlite", func(t *testing.T) { measureImport(t, r, dbtest.SQLite(t), "SQLite") })
}

func measureImport(t *testing.T, r *report, dsn, name string) {
	w := newWorld(t, dsn)
	file := rosterFile()
	by := actor.Program("bench")
	perSecond := func(f func()) float64 { return rosterRows / timed(f).Seconds() }
	load := func() {
		imp, err := w.people.ImportNow(t.Context(), by, partner(1), "roster.csv", strings.NewReader(file), false, nil)
		must(t, err)
		if imp.State != roster.Done || imp.Counts.BadRows > 0 {
			t.Fatalf("import: %s, %+v", imp.State, imp.Counts)
		}
	}
	first, again := perSecond(load), perSecond(load)
	bare := perSecond(func() { copyRows(t, w) })
	r.say("%s: %d rows checked, compared and applied: %.0f rows/s; the same file again: %.0f rows/s; bare copying of as many rows: %.0f rows/s",
		name, rosterRows, first, again, bare)
}

func rosterFile() string {
	var b strings.Builder
	b.WriteString("person_id,name,email,certificate,issued_on,expires_on,bound_on,registered\n")
	for i := range rosterRows {
		fmt.Fprintf(&b, "E%06d,Engineer %06d,e%06d@partner.example,%s,2025-%02d-%02d,,2020-01-01,yes\n", i/2, i/2, i/2,
			[]string{"H3CNE", "H3CSE-RS", "PMP", "H3CSE"}[i%4], 1+i%12, 1+i%28)
	}
	return b.String()
}

// copyRows writes as many rows as bulk loading can, into a table of ours without a rule or an index besides its key.
func copyRows(t *testing.T, w *world) {
	t.Helper()
	rows := iter.Seq[[]any](func(yield func([]any) bool) {
		for i := range rosterRows {
			if !yield([]any{fmt.Sprintf("key%06d", i), int64(0), `"H3CNE 2025-01-01"`, "bench"}) {
				return
			}
		}
	})
	must(t, w.d.Update(context.Background(), func(tx *db.Tx) error {
		_, err := db.Bulk(t.Context(), tx, "setting", []string{"key", "effective_at", "value", "changed_by"}, rows)
		return err
	}))
}
