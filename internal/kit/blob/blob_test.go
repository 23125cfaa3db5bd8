package blob

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/kit/fault"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func open(t *testing.T, scan Scan) *Store {
	t.Helper()
	s, err := New(t.TempDir(), scan)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// files counts what lies in the folder.
func files(t *testing.T, s *Store) (n int) {
	t.Helper()
	err := filepath.WalkDir(s.dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func picture(t *testing.T, encode func(io.Writer, image.Image) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipped(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		if _, err := z.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// bitmap is the head of a picture of 1 by 1.
func bitmap() string {
	return "BM\x3a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00" + strings.Repeat("\x00", 32)
}

// bomb packs ten megabytes of nothing into some kilobytes.
func bomb(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("zeros")
	if err == nil {
		_, err = w.Write(make([]byte, 10<<20))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gbk(t *testing.T, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheContentDecidesTheType(t *testing.T) {
	s := open(t, Scan{})
	ticket := []Type{TXT, GIF, BMP, ZIP, DOCX, OLE, MP4, EML}
	all := []Type{PDF, PNG, JPEG, CSV, XLSX, TXT}
	pngFile := picture(t, func(w io.Writer, m image.Image) error { return png.Encode(w, m) })
	for _, c := range []struct {
		name, content string
		asked         []Type
		want          Type
	}{
		{"pdf", "%PDF-1.7\nsomething\n%%EOF\n", all, PDF},
		{"cut pdf", "%PDF-1.7\nsomething", Documents(), ""},
		{"png", pngFile, all, PNG},
		{"png with a script behind", pngFile + "<script>", all, ""},
		{"jpeg", picture(t, func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }), all, JPEG},
		{"workbook", zipped(t, "[Content_Types].xml", "xl/workbook.xml"), all, XLSX},
		{"workbook with macros", zipped(t, "[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), all, ""},
		{"text document in a zip", zipped(t, "[Content_Types].xml", "word/document.xml"), all, ""},
		{"broken zip", "PK\x03\x04 and nothing", all, ""},
		{"csv", "name,certificate\nWei,H3CNE\n", all, CSV},
		{"csv with BOM and tabs", "\ufeff姓名\t证书\n", all, CSV},
		{"csv in GB18030", gbk(t, "姓名;证书\n陈伟;H3CNE\n"), Tables(), CSV},
		{"long csv in GB18030", gbk(t, strings.Repeat("陈伟伟;H3CNE\n", 20000)), Tables(), CSV},
		{"one column is a table when a table is asked", "name\n", Tables(), CSV},
		{"text", "hello\nthere, you\n", all, TXT},
		{"text is no document", "hello", Documents(), ""},
		{"program", "\x7fELF\x02\x01\x01\x00", all, ""},
		{"bytes", "\xff\xfe\xfd\xfc", all, ""},
		{"animation", "GIF89a\x04\x00\x04\x00\x80\x00\x00;", ticket, GIF},
		{"bitmap", bitmap(), ticket, BMP},
		{"bitmap that says another length", bitmap() + "<script>", ticket, ""},
		{"zip", zipped(t, "log/a.log", "log/b.log"), ticket, ZIP},
		{"zip with too many entries", zipped(t, slices.Repeat([]string{"a"}, mostEntries+1)...), ticket, ""},
		{"zip that says to be huge inside", bomb(t), ticket, ""},
		{"text document", zipped(t, "[Content_Types].xml", "word/document.xml"), ticket, DOCX},
		{"text document with macros", zipped(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), ticket, ""},
		{"old office", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", ticket, OLE},
		{"film", "\x00\x00\x00\x18ftypqt  \x00\x00\x02\x00", ticket, MP4},
		{"mail in no character set", "From: a@example.org\r\nSubject: \xb2\xe2\xff\r\n\r\n\x01\x02", ticket, EML},
		{"mail that is text", "From: a@example.org\r\nSubject: hello\r\n\r\nhello", ticket, TXT},
		{"page with a script", "<svg onload=alert(1)>", Documents(), ""},
	} {
		ref, err := s.Put(t.Context(), strings.NewReader(c.content), Limits{Types: c.asked})
		if c.want == "" {
			if f := fault.Of(err); f == nil || f.Msg.Key != "blob.type" {
				t.Errorf("%s: Put = %+v, %v, want blob.type", c.name, ref, err)
			}
			continue
		}
		if err != nil || ref.Type != c.want || ref.Size != int64(len(c.content)) {
			t.Errorf("%s: Put = %+v, %v, want type %s and size %d", c.name, ref, err, c.want, len(c.content))
		}
	}
}

func TestAStoredFileIsFoundByTheHashOfItsContent(t *testing.T) {
	s := open(t, Scan{})
	content := "%PDF-1.7\n" + strings.Repeat("x", 100_000) + "\n%%EOF"
	sum := sha256.Sum256([]byte(content))
	for range 2 { // the second time nothing is added
		ref, err := s.Put(t.Context(), strings.NewReader(content), Limits{Types: Documents()})
		if err != nil || ref.Hash != hex.EncodeToString(sum[:]) {
			t.Fatalf("Put = %+v, %v", ref, err)
		}
	}
	hash := hex.EncodeToString(sum[:])
	f, err := s.Open(hash)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); string(b) != content || err != nil {
		t.Errorf("read back %d bytes, %v", len(b), err)
	}
	if n := files(t, s); n != 1 || !s.Has(hash) {
		t.Errorf("%d files, Has = %v, want 1, true", n, s.Has(hash))
	}
	stored, err := os.Stat(s.path(hash))
	if err != nil {
		t.Fatal(err)
	}
	if gone, err := s.Remove(hash, stored.ModTime()); gone || err != nil || !s.Has(hash) {
		t.Errorf("Remove of what was stored since = %t, %v, Has = %t, want it kept", gone, err, s.Has(hash))
	}
	own := s.Within("own")
	if _, err := own.Put(t.Context(), strings.NewReader(content), Limits{Types: Documents()}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it's gone already
		if gone, err := s.Remove(hash, stored.ModTime().Add(time.Millisecond)); !gone || err != nil || s.Has(hash) {
			t.Errorf("Remove = %t, %v, Has = %t, want it gone", gone, err, s.Has(hash))
		}
	}
	if !own.Has(hash) {
		t.Error("the same content of a module's own store is gone too")
	}
}

// Whoever comes first: after Put the file is there, though what lay in its place before was old enough to go.
func TestAFileThatIsStoredAgainIsNeverRemovedByWhoeverThoughtItOld(t *testing.T) {
	s := open(t, Scan{})
	const content = "%PDF-1.7\nagain\n%%EOF"
	put := func() string {
		ref, err := s.Put(t.Context(), strings.NewReader(content), Limits{Types: Documents()})
		if err != nil {
			t.Error(err)
		}
		return ref.Hash
	}
	hash := put()
	stored, err := os.Stat(s.path(hash))
	if err != nil {
		t.Fatal(err)
	}
	old := stored.ModTime().Add(-2 * time.Hour)
	for range 40 {
		if err := os.Chtimes(s.path(hash), old, old); err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		wait.Go(func() { put() })
		wait.Go(func() {
			if _, err := s.Remove(hash, old.Add(time.Hour)); err != nil {
				t.Error(err)
			}
		})
		wait.Wait()
		if !s.Has(hash) {
			t.Fatal("a file that was just stored is gone")
		}
	}
}

func TestNothingOutsideTheFolderIsReached(t *testing.T) {
	s := open(t, Scan{})
	for _, hash := range []string{"", "..", "../../etc/passwd", strings.Repeat("/", 64), strings.Repeat("A", 64), strings.Repeat("a", 64)} {
		if _, err := s.Open(hash); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("Open(%q) = %v, want not found", hash, err)
		}
		if gone, err := s.Remove(hash, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)); s.Has(hash) || !gone || err != nil {
			t.Errorf("Has or Remove of %q does something", hash)
		}
	}
}

// endless never ends and counts what was taken from it.
type endless struct{ n int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	e.n += int64(len(p))
	return len(p), nil
}

func TestTooMuchIsNotRead(t *testing.T) {
	s := open(t, Scan{})
	src := &endless{}
	_, err := s.Put(t.Context(), src, Limits{Bytes: 1 << 20, Types: []Type{TXT}})
	if fault.KindOf(err) != fault.KindTooLarge || !strings.Contains(err.Error(), "1 MB") {
		t.Errorf("Put = %v, want too large", err)
	}
	if src.n > 2<<20 || files(t, s) != 0 {
		t.Errorf("took %d bytes and left %d files", src.n, files(t, s))
	}
	if _, err := s.Put(t.Context(), strings.NewReader("12345"), Limits{Bytes: 5, Types: []Type{TXT}}); err != nil {
		t.Errorf("exactly the limit: %v", err)
	}
	if _, err := s.Put(t.Context(), strings.NewReader(""), Limits{Types: []Type{TXT}}); fault.Of(err) == nil {
		t.Errorf("empty file: %v, want a fault", err)
	}
}

func TestABrokenUploadLeavesNothing(t *testing.T) {
	s := open(t, Scan{})
	broken := io.MultiReader(strings.NewReader("half"), &failing{errors.New("connection reset")})
	if _, err := s.Put(t.Context(), broken, Limits{Types: []Type{TXT}}); err == nil || fault.Of(err) != nil {
		t.Errorf("Put = %v, want an internal error", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, &endless{}, Limits{Types: []Type{TXT}}); !errors.Is(err, context.Canceled) {
		t.Errorf("Put after the caller left = %v", err)
	}
	if n := files(t, s); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func TestSweepTakesOnlyWhatIsOld(t *testing.T) {
	s := open(t, Scan{})
	for i, age := range []time.Duration{time.Hour, 48 * time.Hour} {
		name := filepath.Join(s.dir, tempDir, fmt.Sprint("up-", i))
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		old := time.Unix(1_800_000_000, 0).Add(-age)
		if err := os.Chtimes(name, old, old); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Sweep(time.Unix(1_800_000_000, 0).Add(-24 * time.Hour)); n != 1 || err != nil || files(t, s) != 1 {
		t.Errorf("Sweep = %d, %v, %d left, want 1, nil, 1", n, err, files(t, s))
	}
}

func TestTheScannerDecides(t *testing.T) {
	for _, c := range []struct {
		name, script string
		want         fault.Kind
	}{
		{"clean", "grep -q hello \"$1\"", ""},
		{"refused", "exit 1", fault.KindInvalid},
		{"out of order", "exit 2", fault.KindUnavailable},
		{"too slow", "sleep 5", fault.KindUnavailable},
	} {
		s := open(t, Scan{Command: []string{"/bin/sh", "-c", c.script, "scan"}, Timeout: 300 * time.Millisecond})
		_, err := s.Put(t.Context(), strings.NewReader("hello"), Limits{Types: []Type{TXT}})
		if fault.KindOf(err) != c.want || err != nil && files(t, s) != 0 {
			t.Errorf("%s: Put = %v, %d files, want kind %q", c.name, err, files(t, s), c.want)
		}
	}
	s := open(t, Scan{Command: []string{"/no/such/scanner"}})
	if _, err := s.Put(t.Context(), strings.NewReader("hello"), Limits{Types: []Type{TXT}}); fault.KindOf(err) != fault.KindUnavailable {
		t.Errorf("no scanner there: %v, want unavailable", err)
	}
}

func TestManyPutTheSameContentAtOnce(t *testing.T) {
	s := open(t, Scan{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := s.Put(t.Context(), strings.NewReader("the same"), Limits{Types: []Type{TXT}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := files(t, s); n != 1 {
		t.Errorf("%d files, want 1", n)
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("%PDF-%%EOF"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := sniff(bytes.NewReader(b), int64(len(b)), Tables()); err != nil {
			t.Errorf("sniff = %v", err)
		}
	})
}
