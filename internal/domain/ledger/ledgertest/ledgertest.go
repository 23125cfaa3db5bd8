// Package ledgertest holds what every test of a module that moves money asks of the books.
package ledgertest

import (
	"context"
	"testing"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// Balanced fails the test unless the books hold: every owner's book sums to zero in each unit, stored balances equal
// their entries, nothing is below its minimum. Call it after the test's last step.
func Balanced(t testing.TB, d *db.DB) {
	t.Helper()
	r, err := ledger.New(d).Inspect(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatalf("check the books: %v", err)
	}
	for _, f := range r.Findings {
		t.Errorf("the books don't hold: %s", f)
	}
}

// Give pays an owner from the vendor's bank: money from nowhere, for tests. Both are connected for it.
func Give(t testing.TB, d *db.DB, vendor, owner string, k ledger.Kind, minor int64) ledger.Posted {
	t.Helper()
	var out ledger.Posted
	err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
		if err := ledger.OpenBook(t.Context(), tx, owner, vendor); err != nil {
			return err
		}
		out, err = ledger.Post(t.Context(), tx, actor.Program("test"), ledger.Posting{Book: owner, Kind: ledger.TopUp, Verb: "test.give",
			Moves: []ledger.Move{{From: ledger.Place{Owner: vendor, Kind: ledger.Bank, Unit: ledger.CNY}, To: ledger.Place{Owner: owner, Kind: k, Unit: ledger.CNY}, Minor: minor}}})
		return err
	})
	if err != nil {
		t.Fatalf("give %s %d: %v", owner, minor, err)
	}
	return out
}

// Has fails the test unless an account holds exactly so much.
func Has(t testing.TB, d *db.DB, owner string, k ledger.Kind, minor int64) {
	t.Helper()
	b, err := ledger.BalanceOf(t.Context(), d.Read(), ledger.Place{Owner: owner, Kind: k, Unit: ledger.CNY})
	if err != nil {
		t.Fatal(err)
	}
	if b.Minor != minor {
		t.Errorf("%s of %s holds %d, want %d", k, owner, b.Minor, minor)
	}
}
