package equipment

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"hanse/internal/kit/sheet"
)

// TestReadingDevicesTakesLittleMemoryForAnyNumberOfThem reads two hundred thousand rows part by part: what is alive at the
// end of the file is what was alive after its first part, but for the mark of each serial number.
func TestReadingDevicesTakesLittleMemoryForAnyNumberOfThem(t *testing.T) {
	const rows = 200_000
	path := filepath.Join(t.TempDir(), "e.csv")
	w, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	fmt.Fprintln(w, "serial_number,product,project_number,project_name,customer,partner,site,delivered,maintained_until")
	for i := range rows {
		fmt.Fprintf(w, "210235A%08d,S6730-H24X6C,P-%d,Network %d,Customer %d,Partner %d,Pier %d,2025-01-15,2028-01-15\n", i, i%5000, i%5000, i%3000, i%300, i%9000)
	}
	size, err := w.Seek(0, 2)
	if err != nil {
		t.Fatal(err)
	}
	table, err := sheet.Open(w, size, "e.csv", sheet.Options{MaxBytes: MaxUpload})
	if err != nil {
		t.Fatal(err)
	}
	scan, err := newScanner(table)
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
	grown := int64(alive()) - int64(first)
	if total != rows || grown > 5<<20 {
		t.Errorf("read %d rows of %d; %d bytes more are alive than after the first part, want at most 5 MiB", total, rows, grown)
	}
	t.Logf("%d bytes more, %.1f a row", grown, float64(grown)/rows)
	runtime.KeepAlive(f)
}

func alive() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
