package roster

import (
	"testing"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/id"
)

func newID(tx *db.Tx) string { return id.Account(tx.Wall) }

// fresh opens one more empty database of the same kind.
func fresh(t testing.TB, like *db.DB) *db.DB {
	t.Helper()
	dsn := ""
	if like.Postgres() {
		dsn = dbtest.Postgres(t)
	} else {
		dsn = dbtest.SQLite(t)
	}
	d, err := db.Open(dsn, clock.Fake(dbtest.Start).Clock)
	must(t, err)
	t.Cleanup(func() { d.Close() })
	return d
}

type dbTx = db.Tx
