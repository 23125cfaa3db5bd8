package sheet

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"hanse/internal/kit/fault"
)

// endless repeats a pattern without holding it more than once.
type endless struct{ pattern []byte }

func (e endless) ReadAt(p []byte, off int64) (int, error) {
	for n := 0; n < len(p); {
		at := (off + int64(n)) % int64(len(e.pattern))
		n += copy(p[n:], e.pattern[at:])
	}
	return len(p), nil
}

const maxHeap = 64 << 20

// drain reads to the end and gives the rows and the most heap that was in use
// above the start, asked every 50,000 rows.
func drain(t *testing.T, r *Reader) (rows int, peak uint64) {
	t.Helper()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	for {
		_, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, max(peak, heap())
		}
		if err != nil {
			t.Fatal(err)
		}
		if rows++; rows%50_000 == 0 {
			peak = max(peak, heap())
		}
	}
}

func TestA200MegabyteCSVStreamsInFlatMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 200 MB")
	}
	line := "P000001,Engineer Number One,engineer.one@partner.example,H3CSE-RS,2025-03-01,2028-02-29,2020-01-01,,true\r\n"
	const size = 200 << 20
	runtime.GC()
	start := time.Now()
	r, err := Open(endless{[]byte(line)}, size, "roster.csv", Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, peak := drain(t, r)
	t.Logf("%d rows in %s, heap at most %.1f MiB", rows, time.Since(start).Round(time.Millisecond), float64(peak)/(1<<20))
	if want := size/len(line) + 1; rows != want || peak > maxHeap {
		t.Errorf("rows = %d, heap = %d, want %d rows within %d bytes", rows, peak, want, maxHeap)
	}
}

func TestALargeWorksheetStreamsInFlatMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 40 MB of XML")
	}
	row := `<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c s="1"><v>46346</v></c><c t="inlineStr"><is><t>engineer@partner.example</t></is></c></row>`
	b := handMade(t, strings.Repeat(row, 40<<20/len(row)), "")
	runtime.GC()
	start := time.Now()
	r, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	rows, peak := drain(t, r)
	t.Logf("%d rows in %s, heap at most %.1f MiB", rows, time.Since(start).Round(time.Millisecond), float64(peak)/(1<<20))
	if rows != 40<<20/len(row) || peak > maxHeap {
		t.Errorf("rows = %d, heap = %d, want within %d bytes", rows, peak, maxHeap)
	}
}

func FuzzOpen(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n", "\xef\xbb\xbfa;b\r\n\"1\n\";2", "\xff\xfea\x00,\x00b\x00\n\x00", "\xfe\xff\x00a", "\xb9\xa4\xba\xc5,\xd0\xd5\xc3\xfb\n",
		"\"open", "sep=;\n1;2", "a\x00b\n", "%PDF-1.4", "{}", "", "\r\r\n\n",
	} {
		f.Add([]byte(s))
	}
	f.Add(handMade(f, `<row r="1"><c r="A1" t="s"><v>1</v></c><c><f>1</f></c></row>`, `<mergeCells><mergeCell ref="A1:A3"/></mergeCells>`))
	f.Add(handMade(f, `<row r="1"><c r="A1" s="1"><v>46346.25</v></c></row><row r="1048577"/>`, ""))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Open(bytes.NewReader(b), int64(len(b)), "x", Options{MaxUnzipped: 1 << 20, MaxStrings: 1 << 20})
		if err != nil {
			if fault.Of(err) == nil {
				t.Fatalf("Open: %v is no fault", err)
			}
			return
		}
		defer r.Close()
		for last := 0; ; {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if fault.Of(err) == nil {
					t.Fatalf("Next: %v is no fault", err)
				}
				return
			}
			if row.Line <= last || len(row.Cells) > 256 {
				t.Fatalf("row %d after %d with %d cells", row.Line, last, len(row.Cells))
			}
			last = row.Line
			for i, c := range row.Cells {
				if strings.ToValidUTF8(c, "") != c || strings.Contains(c, "\x00") {
					t.Fatalf("line %d cell %d = %q", row.Line, i, c)
				}
			}
		}
	})
}
