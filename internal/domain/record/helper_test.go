package record

import (
	"strings"
	"sync"
	"testing"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/programs"
)

var catalogue = sync.OnceValue(func() *program.Catalogue {
	lib, err := programs.Library()
	if err != nil {
		panic(err)
	}
	return lib.Catalogue
})

// admin may import.
var admin = actor.Actor{Account: "vendor", Kind: actor.Vendor, User: "u", Name: "Wang Fang", Identity: "i", Roles: []actor.Role{actor.VendorAdmin}, Via: "session"}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func day(s string) calendar.Day {
	if s == "" {
		return calendar.None
	}
	d, err := calendar.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

// world is the feeds on one database.
type world struct {
	t  testing.TB
	d  *db.DB
	cr *credential.Service
	*Service
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	files, err := blob.New(t.TempDir(), blob.Scan{})
	must(t, err)
	cr := credential.New(d, catalogue)
	return &world{t, d, cr, New(Config{DB: d, Credentials: cr, Files: files})}
}

// load imports a file at once.
func (w *world) load(name, file string) Import {
	w.t.Helper()
	imp, err := w.ImportNow(w.t.Context(), admin, name, strings.NewReader(file), false, nil)
	must(w.t, err)
	return imp
}

func (w *world) claim(email, person string) error {
	return w.d.Update(w.t.Context(), func(tx *db.Tx) error { _, err := w.Claim(w.t.Context(), tx, email, person); return err })
}

func (w *world) release(email, person string) {
	w.t.Helper()
	must(w.t, w.d.Update(w.t.Context(), func(tx *db.Tx) error { return w.Release(w.t.Context(), tx, email, person) }))
}

func (w *world) count(text string, args ...any) int64 {
	w.t.Helper()
	n, err := db.One(w.t.Context(), w.d.Read(), db.Int, text, args...)
	must(w.t, err)
	return n
}
