//go:build bench

// Measurements that take minutes: go test -tags bench -run Measure ./internal/domain/roster

package roster

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// heavy opens a database for measurements that take long.
func heavy(t *testing.T, postgres bool) *world {
	t.Helper()
	dsn := ""
	if postgres {
		dsn = dbtest.Postgres(t)
	} else {
		dsn = dbtest.SQLite(t)
	}
	c := clock.Fake(dbtest.Start)
	d, err := db.Open(dsn, c.Clock)
	must(t, err)
	t.Cleanup(func() { d.Close() })
	w := newWorld(t, d, c)
	w.NewPerson = account.InsertPerson
	return w
}

// plant writes a fleet: so many partners with ten certificates each on about three people.
func plant(t *testing.T, w *world, partners int) {
	t.Helper()
	ctx, codes := t.Context(), w.codes()
	const each = 2000
	for from := 0; from < partners; from += each {
		must(t, w.d.Update(ctx, func(tx *db.Tx) error {
			var all []Binding
			held := map[string]string{}
			for p := from; p < min(from+each, partners); p++ {
				for i := range 3 {
					b := Binding{Account: fmt.Sprintf("%032x", p), ID: fmt.Sprintf("bnd_%026d", p*3+i), Person: fmt.Sprintf("%031xp", p*3+i),
						Number: fmt.Sprint(i), Name: fmt.Sprintf("人员 %d", i), Registered: true, BoundOn: calendar.Day(15000)}
					var certs []credential.Certificate
					for k := range []int{3, 3, 4}[i] {
						certs = append(certs, credential.Certificate{Code: codes[(p+i+k)%len(codes)], IssuedOn: calendar.Day(19500 + (p+k)%900), State: credential.Valid})
					}
					held[b.Person] = pack(certs)
					all = append(all, b)
				}
			}
			return insertBindings(ctx, tx, all, func(b Binding) string { return held[b.Person] })
		}))
	}
}

func TestMeasureTheFleetStream(t *testing.T) {
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "sqlite", true: "postgres"}[postgres], func(t *testing.T) {
			w := heavy(t, postgres)
			plant(t, w, 100_000)
			for range 3 {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				start, rows, sum := time.Now(), 0, 0
				must(t, w.StreamFleet(t.Context(), w.d.Read(), func(r *FleetRow) error { rows++; sum += int(r.ExpiresOn); return nil }))
				took := time.Since(start)
				runtime.ReadMemStats(&after)
				t.Logf("%d rows in %v, heap in use +%d KiB, %d MiB allocated in all", rows, took,
					(int64(after.HeapInuse)-int64(before.HeapInuse))>>10, (after.TotalAlloc-before.TotalAlloc)>>20)
			}
			start := time.Now()
			const some = 2000
			for p := range some {
				_, err := w.EngineersAt(t.Context(), w.d.Read(), fmt.Sprintf("%032x", p*50), dbtest.Start)
				must(t, err)
			}
			t.Logf("one query per partner: %v each, %v for all", time.Since(start)/some, time.Since(start)*100_000/some)
		})
	}
}

// TestMeasureAnImport imports 100,100 rows twice; HANSE_PEOPLE=571428 makes it a million.
func TestMeasureAnImport(t *testing.T) {
	for _, postgres := range []bool{false, true} {
		t.Run(map[bool]string{false: "sqlite", true: "postgres"}[postgres], func(t *testing.T) {
			w := heavy(t, postgres)
			people, err := strconv.Atoi(cmp.Or(os.Getenv("HANSE_PEOPLE"), "57200"))
			must(t, err)
			path := filepath.Join(t.TempDir(), "big.csv")
			must(t, os.WriteFile(path, []byte(randomFile(1, people)), 0o600))
			for _, what := range []string{"first", "again"} {
				f, err := os.Open(path)
				must(t, err)
				start := time.Now()
				stop, peak := watchHeap()
				imp, err := w.ImportNow(t.Context(), admin(north), north, "big.csv", f, false, nil)
				must(t, errors.Join(err, f.Close()))
				stop()
				t.Logf("%s: %d rows in %v, %s, peak heap %d MiB", what, imp.Rows, time.Since(start), imp.State, *peak>>20)
			}
		})
	}
}
