//go:build bench

package bench

import (
	"fmt"
	"iter"
	"path/filepath"
	"testing"
	"time"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

const (
	depth        = 1_000_000
	depthEntries = depth + 100_000 // of one account
	depthCalls   = 200             // of each page
)

// measureDepth reads pages of a long statement: the first one, and one a million entries down.
func measureDepth(t *testing.T, r *report) {
	for _, x := range []struct {
		name, dsn string
		limit     float64
	}{
		{"PostgreSQL", dbtest.Postgres(t), 1.5},
		{"SQLite", "sqlite:" + filepath.Join(t.TempDir(), "depth.db"), 2.5},
	} {
		d := openLedger(t, x.dsn)
		_, err := d.Migrate(t.Context())
		must(t, err)
		fillStatement(t, d)
		first := ledger.Statement{Owner: payerID(1), Kind: ledger.Cash, Unit: ledger.CNY, Limit: 50}
		deep := first
		deep.After = markAt(t, d, depth)
		var near, far samples
		for range depthCalls {
			near = append(near, page(t, d, first))
			far = append(far, page(t, d, deep))
		}
		r.say("%s: a page of 50 of %d entries: first %v; after %d: %v", x.name, depthEntries, near.median(), depth, far.median())
		r.limit("statement page at depth 1,000,000, "+x.name, far.median().Seconds()/near.median().Seconds(), x.limit, "x", false)
	}
}

func page(t *testing.T, d *db.DB, s ledger.Statement) time.Duration {
	t.Helper()
	return timed(func() {
		entries, err := ledger.Entries(t.Context(), d.Read(), s)
		must(t, err)
		if len(entries) != 50 {
			t.Fatalf("%d entries, want 50", len(entries))
		}
	})
}

// markAt is where a page begins that has so many entries before it.
func markAt(t *testing.T, d *db.DB, before int) ledger.Mark {
	t.Helper()
	entries, err := ledger.Entries(t.Context(), d.Read(), ledger.Statement{Owner: payerID(1), Kind: ledger.Cash, Unit: ledger.CNY, Offset: before - 1, Limit: 1})
	must(t, err)
	return entries[0].Mark()
}

// fillStatement writes a long history of one account as it would stand in the tables: making it by postings would
// take longer than everything else here.
func fillStatement(t *testing.T, d *db.DB) {
	t.Helper()
	ctx, began := t.Context(), time.Now().Add(-time.Hour).UnixMicro()
	must(t, d.Update(ctx, func(tx *db.Tx) error { return ledger.OpenBook(ctx, tx, payerID(1), ledgerVendor) }))
	no, err := db.One(ctx, d.Read(), db.Int, `SELECT no FROM ledger_account WHERE account_id = $1 AND kind = 'cash'`, payerID(1))
	must(t, err)
	rows := func(row func(i int64) []any) iter.Seq[[]any] {
		return func(yield func([]any) bool) {
			for i := range int64(depthEntries) {
				if !yield(row(i)) {
					return
				}
			}
		}
	}
	transfer := func(i int64) string { return fmt.Sprintf("tra_%026d", i) }
	must(t, d.Update(ctx, func(tx *db.Tx) error {
		_, err := db.Bulk(ctx, tx, "ledger_transfer", []string{"account_id", "id", "key", "kind", "scene", "memo", "subject", "payer", "payee", "unit", "amount", "by_id", "by_name", "legs", "at"},
			rows(func(i int64) []any {
				return []any{payerID(1), transfer(i), transfer(i), ledger.Allocate, "", benchMemo, "", payerID(1), customerID(1, 1), "CNY", int64(1), "bench", "bench", "", began + i}
			}))
		if err != nil {
			return err
		}
		_, err = db.Bulk(ctx, tx, "ledger_entry", []string{"account_id", "no", "at", "seq", "transfer_id", "book", "kind", "amount", "after"}, rows(func(i int64) []any {
			return []any{payerID(1), no, began + i, i + 1, transfer(i), payerID(1), ledger.Allocate, int64(1), i + 1}
		}))
		return err
	}))
	must(t, d.Analyze(ctx, "ledger_account", "ledger_transfer", "ledger_entry"))
}
