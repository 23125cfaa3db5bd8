package rosterfile

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/sheet"
)

// bigRoster writes a roster of at least size bytes, three rows to a person.
func bigRoster(tb testing.TB, size int64) *os.File {
	tb.Helper()
	f, err := os.Create(filepath.Join(tb.TempDir(), "roster.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	rows := func(yield func([]string, error) bool) {
		for i := int64(0); i*90 < size; i++ {
			p := i / 3
			row := []string{fmt.Sprintf("P%07d", p), "李伟 Engineer", fmt.Sprintf("engineer.%07d@partner.example", p), codes()[i%3], "2025-03-01", "", "2020/01/01", "", "true"}
			if !yield(row, nil) {
				return
			}
		}
	}
	if err := sheet.WriteCSV(f, Columns(), rows); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = f.Close() })
	return f
}

func scanBig(tb testing.TB, f *os.File) (rows, wrong int, peak uint64) {
	tb.Helper()
	info, err := f.Stat()
	if err != nil {
		tb.Fatal(err)
	}
	r, err := sheet.Open(f, info.Size(), "roster.csv", sheet.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	err = Scan(r, "roster.csv", known, func(row Row) error {
		wrong += len(row.Errors)
		if rows++; rows%100_000 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return rows, wrong, peak
}

func TestALargeRosterIsScannedWithAFewBytesPerRow(t *testing.T) {
	if testing.Short() {
		t.Skip("writes and reads 30 MB")
	}
	rows, wrong, peak := scanBig(t, bigRoster(t, 30<<20))
	t.Logf("%d rows, heap at most %.1f MiB", rows, float64(peak)/(1<<20))
	if rows < 300_000 || wrong > 0 || peak > 64<<20 {
		t.Errorf("rows = %d, errors = %d, heap = %d, want no errors within 64 MiB", rows, wrong, peak)
	}
}

func BenchmarkScan200MB(b *testing.B) {
	f := bigRoster(b, 200<<20)
	for b.Loop() {
		start := time.Now()
		rows, _, peak := scanBig(b, f)
		b.ReportMetric(float64(rows)/time.Since(start).Seconds(), "rows/s")
		b.ReportMetric(float64(peak)/(1<<20), "MiB-heap")
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{head + "P1,A,a@x.example,H3CSE,2025-01-01,,2020-01-01,,yes\n", "工号;姓名\n1;李\n", "姓名\t工号\t错误\n\t\t\n", head + "1,\"A\u202e\",,PMP,3/4/26,46346,,,x\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		file, err := Read(strings.NewReader(s), "x.csv", known)
		if err != nil {
			if fault.Of(err) == nil {
				t.Fatalf("Read: %v is no fault", err)
			}
			return
		}
		ids := map[string]bool{}
		for _, p := range file.People {
			if p.ID == "" || p.Name == "" || ids[p.ID] {
				t.Fatalf("person %+v is incomplete or there twice", p)
			}
			ids[p.ID] = true
		}
		if (file.ErrorCount == 0) != (file.Err() == nil) || len(file.Errors) > file.ErrorCount {
			t.Fatalf("%d errors kept of %d", len(file.Errors), file.ErrorCount)
		}
	})
}
