package bill

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"hanse/internal/kit/sheet"
)

// TestReadingLinesTakesTheSameMemoryForAnyNumberOfThem reads two hundred thousand rows part by part: what is alive at the
// end of the file is what was alive after its first part.
func TestReadingLinesTakesTheSameMemoryForAnyNumberOfThem(t *testing.T) {
	const rows = 200_000
	path := filepath.Join(t.TempDir(), "c.csv")
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(w, "line_id,customer_id,bill_type,service,usage_end,amount")
	for i := range rows {
		fmt.Fprintf(w, "line-%08d,0192f3a4b5c67d8e9fa0b1c2d3e4f5%02d,5,hws.service.type.ec2,2026-11-10T10:00:00Z,%d.%08d\n", i, i%100, i%50, i)
	}
	size, err := w.Seek(0, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	table, err := sheet.Open(w, size, "c.csv", sheet.Options{MaxBytes: MaxUpload})
	if err != nil {
		t.Fatal(err)
	}
	scan, err := newScanner(table, time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	f := &file{scanner: scan}
	var first uint64
	total := int64(0)
	for {
		p, err := f.take(t.Context(), chunk)
		if err != nil || p.bad > 0 {
			t.Fatalf("take: %d bad, %v", p.bad, err)
		}
		if p.rows == 0 {
			break
		}
		if total += p.rows; first == 0 {
			first = alive()
		}
	}
	if grown := int64(alive()) - int64(first); total != rows || grown > 4<<20 {
		t.Errorf("read %d rows of %d; %d bytes more are alive than after the first part, want at most 4 MiB", total, rows, grown)
	}
}

func alive() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
