package roster

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

const plain = head + "E1,李伟,wei@n.example,H3CSE,2025-01-10,,2020-01-01,,true\nE2,王芳,,,,,2021-05-01,,false\n"

// workbook writes rows as Excel does, with merged cells, empty rows and a formula.
func workbook(t testing.TB) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	set := func(cell string, v any) { must(t, f.SetCellValue("Sheet1", cell, v)) }
	set("A1", "花名册 2026")
	must(t, f.MergeCell("Sheet1", "A1", "I1"))
	for i, h := range []string{"工号", "姓名", "邮箱", "证书", "颁发日期", "到期日期", "入职日期", "离职日期", "是否登记"} {
		set(fmt.Sprintf("%c3", 'A'+i), h)
	}
	for i, v := range []any{"E1", "李伟", "wei@n.example", "H3CSE", "2025/1/10", "", "2020年1月1日", "", "是"} {
		set(fmt.Sprintf("%c5", 'A'+i), v)
	}
	for i, v := range []any{"E2", "王芳", "", "", "", "", "2021-05-01", "", "否"} {
		set(fmt.Sprintf("%c9", 'A'+i), v)
	}
	var b bytes.Buffer
	must(t, f.Write(&b))
	return b.Bytes()
}

// bomb is a workbook of which one part unpacks to far more than it may.
func bomb(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	in, err := zip.NewReader(bytes.NewReader(workbook(t)), int64(len(workbook(t))))
	must(t, err)
	out := zip.NewWriter(&b)
	for _, e := range in.File {
		w, err := out.Create(e.Name)
		must(t, err)
		if e.Name == "xl/worksheets/sheet1.xml" {
			_, err = io.Copy(w, io.LimitReader(spaces{}, 3<<30/16))
		} else {
			r, openErr := e.Open()
			must(t, openErr)
			_, err = io.Copy(w, r)
		}
		must(t, err)
	}
	must(t, out.Close())
	return b.Bytes()
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func gb18030(t testing.TB, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	must(t, err)
	return b
}

func TestOneRosterInManyFormsIsTheSame(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.load(south, plain)
		want := strings.ReplaceAll(strings.Join(w.tables(), "\n"), south, "X")
		for name, file := range map[string][]byte{
			"byte order mark":        []byte("\ufeff" + plain),
			"GB18030":                gb18030(t, plain),
			"GB18030 in Chinese":     gb18030(t, strings.Replace(plain, head, "工号,姓名,邮箱,证书,颁发日期,到期日期,入职日期,离职日期,是否登记\n", 1)),
			"semicolons":             []byte(strings.ReplaceAll(plain, ",", ";")),
			"tabs, CR LF":            []byte(strings.NewReplacer(",", "\t", "\n", "\r\n").Replace(plain)),
			"other forms of days":    []byte(strings.NewReplacer("2025-01-10", "2025年1月10日", "2020-01-01", "2020/1/1", "2021-05-01", "1 May 2021").Replace(plain)),
			"a workbook with merges": workbook(t),
		} {
			d := newWorld(t, fresh(t, w.d), w.c)
			imp, err := d.ImportNow(t.Context(), admin(south), south, "x.bin", bytes.NewReader(file), false, nil)
			must(t, err)
			if imp.State != Done || imp.Errors != 0 {
				wrong, _ := d.RowErrors(t.Context(), admin(south), south, imp.ID, 0, 0)
				t.Errorf("%s: %s %v, errors %+v", name, imp.State, imp.Failure, wrong)
			}
			if diff := cmp.Diff(want, strings.ReplaceAll(strings.Join(d.tables(), "\n"), south, "X")); diff != "" {
				t.Errorf("%s (-plain +this):\n%s", name, diff)
			}
		}
	})
}

func TestAFileThatCantBeReadIsRefusedWithAReason(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), admin(north)
		for name, file := range map[string][]byte{
			"a PDF named csv":       append([]byte("%PDF-1.7\n"), []byte("1 0 obj\n%%EOF\n")...),
			"a program":             []byte("\x7fELF\x02\x01\x01\x00\x00"),
			"nothing":               {},
			"zero bytes":            []byte("person_id,name\nE1,a\x00b\n"),
			"a zip that's no sheet": []byte("PK\x03\x04 nothing"),
		} {
			_, err := w.Upload(ctx, by, north, "roster.csv", bytes.NewReader(file))
			kind(t, err, fault.KindInvalid, "Upload of "+name)
		}
		_, err := w.Upload(ctx, by, north, "big.csv", io.MultiReader(strings.NewReader(head), io.LimitReader(spaces{}, MaxUpload)))
		kind(t, err, fault.KindTooLarge, "Upload of too much")
		for name, file := range map[string][]byte{
			"a zip bomb":            bomb(t),
			"no header":             []byte("a,b,c\n1,2,3\n"),
			"a column missing":      []byte("person_id,certificate\nE1,H3CSE\n"),
			"a column twice":        []byte("person_id,name,name\nE1,a,b\n"),
			"damaged in the middle": []byte(plain + "E3,\"open quote\n"),
		} {
			imp, err := w.ImportNow(ctx, by, north, "roster.xlsx", bytes.NewReader(file), false, nil)
			if err != nil || imp.State != Failed && name != "damaged in the middle" {
				t.Errorf("import of %s = %s, %v; want failed", name, imp.State, err)
			}
			if imp.State == Failed && (i18n.Text("en", imp.Failure) == "" || i18n.Text("zh-Hans", imp.Failure) == i18n.Text("en", imp.Failure)) {
				t.Errorf("import of %s: reason %v, want one in both languages", name, imp.Failure)
			}
			kind(t, w.Confirm(ctx, by, north, imp.ID), fault.KindConflict, "Confirm of "+name)
		}
	})
}

func TestEveryBadRowIsNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), admin(north)
		file := head +
			"E1,Ann,ann@n.example,H3CSE,2025-01-01,,,,true\n" + // 2 good
			"E1,Ann,ann@n.example,H3CSE,2025-01-01,,,,true\n" + // 3 the same again
			"E1,Anna,ann@n.example,PMP,2025-01-01,,,,true\n" + // 4 another name
			"E2,Bo,ann@n.example,,,,,,true\n" + // 5 another's e-mail
			",No number,,,,,,,true\n" + // 6
			"E3,Cy,not an e-mail,,,,,,true\n" + // 7
			"E4,Di,,H3CSE,2025-02-30,,,,true\n" + // 8
			"E5,Ed,,H3CSE,03/04/2025,,,,true\n" + // 9
			"E6,Fu,,H3CSE,2025-01-01,2024-01-01,,,maybe\n" + // 10: two
			"E7,<script>alert(1)</script>,,,,,2022-01-01,2021-01-01,true\n" + // 11
			"E8,\u202eevil,,,,,,,true\n" // 12
		imp, err := w.ImportNow(ctx, by, north, "a.csv", strings.NewReader(file), true, nil)
		must(t, err)
		wrong, err := w.RowErrors(ctx, by, north, imp.ID, 0, 0)
		must(t, err)
		var got []string
		for _, e := range wrong {
			got = append(got, fmt.Sprint(e.Line, " ", e.Column))
			for _, lang := range i18n.Languages {
				if s := i18n.Text(lang, e.Reason) + i18n.Text(lang, e.Remedy); s == "" || strings.Contains(s, "??") {
					t.Errorf("line %d %s says %q in %s", e.Line, e.Column, s, lang)
				}
			}
		}
		want := []string{"3 certificate", "4 name", "5 email", "6 person_id", "7 email", "8 issued_on", "9 issued_on", "10 expires_on", "10 registered",
			"11 left_on", "12 name"}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("RowErrors (-want +got):\n%s", d)
		}
		if imp.Counts.BadRows != 10 || imp.Counts.NewPeople != 1 {
			t.Errorf("counts = %+v, want 10 bad rows and 1 new person", imp.Counts)
		}
		if d := w.tables(); len(d) != 2 {
			t.Errorf("a dry run wrote %v", d)
		}
		page, err := w.RowErrors(ctx, by, north, imp.ID, 5, 2)
		if err != nil || len(page) != 2 || page[0].Line != 6 {
			t.Errorf("RowErrors after line 5 = %+v, %v", page, err)
		}
	})
}

func TestErrorsAreKeptUpToALimitAndCountedAll(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		file := head + strings.Repeat(",x,,,,,,,\n", 1500)
		imp := w.load(north, file)
		wrong, err := w.RowErrors(t.Context(), admin(north), north, imp.ID, 0, 0)
		must(t, err)
		if imp.Errors != 1500 || len(wrong) != maxErrors || imp.Applied.BadRows != 1500 {
			t.Errorf("errors %d, kept %d, bad rows %d; want 1500, %d, 1500", imp.Errors, len(wrong), imp.Applied.BadRows, maxErrors)
		}
	})
}

func TestACancelledImportKeepsWhatWasApplied(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), admin(north)
		w.chunk = 10
		file := randomFile(13, 60)
		first, err := w.Upload(ctx, by, north, "a.csv", strings.NewReader(file))
		must(t, err)
		second, err := w.Upload(ctx, by, north, "b.csv", strings.NewReader(plain))
		must(t, err)
		must(t, w.runner.Drain(ctx))
		must(t, w.Confirm(ctx, by, north, first.ID))
		must(t, w.Confirm(ctx, by, north, second.ID))
		if imp, _ := w.Import(ctx, by, north, second.ID); imp.State != Queued {
			t.Errorf("the second import is %s, want queued", imp.State)
		}
		got, err := w.applyNow(ctx, first, func(i Import) {
			if i.Position == 30 && i.State == Applying {
				must(t, w.Cancel(context.WithoutCancel(ctx), by, north, first.ID))
			}
		})
		must(t, err)
		if got.State != Cancelled || got.Position != 30 || got.Applied.NewPeople == 0 {
			t.Errorf("cancelled import = %+v, want 30 rows applied", got)
		}
		must(t, w.runner.Drain(ctx))
		imp, err := w.Import(ctx, by, north, second.ID)
		must(t, err)
		if imp.State != Done {
			t.Errorf("the second import is %s, want done", imp.State)
		}
		// What the cancelled one left is completed by uploading it again.
		w.load(north, file)
		if n := w.events("roster.imported"); n != 3 {
			t.Errorf("%d events roster.imported, want 3", n)
		}
	})
}

func TestAnImportWhoseJobDiesForGoodLetsTheNextOneIn(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		ctx, by := t.Context(), admin(north)
		var ids []string
		for _, file := range []string{plain, head + "E9,Next,,,,,,,\n"} {
			imp, err := w.Upload(ctx, by, north, "a.csv", strings.NewReader(file))
			must(t, err)
			must(t, w.runner.Drain(ctx))
			ids = append(ids, imp.ID)
		}
		must(t, w.Confirm(ctx, by, north, ids[0]))
		must(t, w.Confirm(ctx, by, north, ids[1]))
		first, err := w.Import(ctx, by, north, ids[0])
		must(t, err)
		_, err = w.files.Remove(first.Hash, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)) // the disk lost it
		must(t, err)
		for range lastAttempt {
			must(t, w.runner.Drain(ctx))
			w.c.Advance(2 * time.Hour)
		}
		first, err = w.Import(ctx, by, north, ids[0])
		must(t, err)
		next, err := w.Import(ctx, by, north, ids[1])
		must(t, err)
		if first.State != Failed || first.Failure.IsZero() || next.State != Done {
			t.Errorf("the first import is %s, the next %s; want failed with a reason, and done", first.State, next.State)
		}
	})
}

func TestALargeFileNeedsLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 64 MB")
	}
	onBoth(t, func(t *testing.T, w *world) {
		r, out := io.Pipe()
		go func() {
			_, _ = io.WriteString(out, head)
			pad := strings.Repeat(" ", 4000)
			for i := range 16_000 { // few rows, much text: it's the bytes that must not be held
				_, _ = fmt.Fprintf(out, "E%d,Ann%s,,,,,,,true\n", i%50, pad)
			}
			out.Close()
		}()
		stop, peak := watchHeap()
		imp, err := w.ImportNow(t.Context(), admin(north), north, "big.csv", r, false, nil)
		must(t, err)
		stop()
		if imp.State != Done || imp.Size < 60<<20 || *peak > 64<<20 {
			t.Errorf("import of %d MiB = %s, heap up to %d MiB; want at most 64", imp.Size>>20, imp.State, *peak>>20)
		}
	})
}

// watchHeap notes the largest heap until stopped.
func watchHeap() (stop func(), peak *uint64) {
	peak, done, ended := new(uint64), make(chan bool), make(chan bool)
	runtime.GC()
	go func() {
		defer close(ended)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				*peak = max(*peak, m.HeapInuse)
			}
		}
	}()
	return func() { close(done); <-ended }, peak
}
