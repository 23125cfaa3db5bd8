package db_test

import (
	"path/filepath"
	"testing"

	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

func TestACopyOfAnSQLiteDatabaseIsWholeAndNothingIsOverwritten(t *testing.T) {
	ctx := t.Context()
	d, err := db.Open(dbtest.SQLite(t), clock.New())
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.Update(ctx, func(tx *db.Tx) error {
		return db.Change(ctx, tx, `INSERT INTO setting (key, effective_at, value, changed_by) VALUES ('k', 1, 'v', 'test')`)
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy's.db")
	if err := d.CopyTo(ctx, path); err != nil {
		t.Fatal(err)
	}
	if err := d.CopyTo(ctx, path); err == nil {
		t.Error("a second copy to the same file overwrote it")
	}
	c, err := db.Open("sqlite:"+path, clock.New())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if v, err := db.One(ctx, c.Read(), db.String, `SELECT value FROM setting WHERE key = 'k'`); v != "v" || err != nil {
		t.Errorf("the copy has %q, %v", v, err)
	}
}
