package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"hanse/internal/kit/fault"
)

func open(b []byte) (*Reader, error) {
	return Open(bytes.NewReader(b), int64(len(b)), "roster.csv", Options{})
}

// read gives "line: cells" for each row, problems as "!column key".
func read(b []byte) ([]string, error) {
	r, err := open(b)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var rows []string
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		s := fmt.Sprintf("%d: %s", row.Line, strings.Join(row.Cells, "|"))
		for _, p := range row.Problems {
			s += fmt.Sprintf(" !%d %s", p.Col, p.Msg.Key)
		}
		rows = append(rows, s)
	}
}

func TestCSVIsReadAsSpreadsheetsWriteIt(t *testing.T) {
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String("工号,姓名\r\n1,李伟㐀\r\n")
	gbLate, _ := simplifiedchinese.GB18030.NewEncoder().String(strings.Repeat("a,b\n", 40_000) + "x,李伟\n")
	le, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("工号\t姓名\r\n1\t李伟\r\n")
	be, _ := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String("工号,姓名\n")
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"plain", "a,b\n1,2\n", []string{"1: a|b", "2: 1|2"}},
		{"byte order mark and CR LF", "\xef\xbb\xbfa,b\r\n1,2\r\n", []string{"1: a|b", "2: 1|2"}},
		{"semicolons with commas inside", "a;b;c\n1;2,5;3\n", []string{"1: a|b|c", "2: 1|2,5|3"}},
		{"tabs", "a\tb\n1\t2", []string{"1: a|b", "2: 1|2"}},
		{"separator in a quoted header", "\"a;b;c\",d\n", []string{"1: a;b;c|d"}},
		{"separator line", "sep=;\na,x;b\n", []string{"2: a,x|b"}},
		{"quotes, doubled quotes, line ends in a cell", "a,\"b \"\"q\"\"\r\nc\",d\n1,2,3\n", []string{"1: a|b \"q\"\nc|d", "3: 1|2|3"}},
		{"quote inside a cell", "a,5\" disk\n", []string{`1: a|5" disk`}},
		{"old line ends", "a,b\r1,2\r", []string{"1: a|b", "2: 1|2"}},
		{"blank rows", "\n,,\na,b\n \n\n1,2", []string{"3: a|b", "6: 1|2"}},
		{"last separator", "a,b,", []string{"1: a|b|"}},
		{"guarded formula", "a\n'=1+1\n'-5\n", []string{"1: a", "2: =1+1", "3: '-5"}},
		{"GB18030", gb, []string{"1: 工号|姓名", "2: 1|李伟㐀"}},
		{"UTF-16 little endian", le, []string{"1: 工号|姓名", "2: 1|李伟"}},
		{"UTF-16 big endian", be, []string{"1: 工号|姓名"}},
		{"NUL", "a,b\n1,2\x003\n4,5\n", []string{"1: a|b", "2: 1|23 !1 sheet.nul", "3: 4|5"}},
		{"broken UTF-8", "工号,姓名,城市,等级,日期\n1,李\xff伟\n2,王芳\n", []string{"1: 工号|姓名|城市|等级|日期", "2: 1|李\ufffd伟 !1 sheet.broken_text", "3: 2|王芳"}},
		{"too wide", "a\n" + strings.Repeat(",", 300) + "x\n", []string{"1: a", "2: " + strings.Repeat("|", 255) + " !-1 sheet.too_wide"}},
	} {
		got, err := read([]byte(c.in))
		if err != nil {
			t.Errorf("%s: error %v", c.name, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
	if got, err := read([]byte(gbLate)); err != nil || got[len(got)-1] != "40001: x|李伟" {
		t.Errorf("Chinese text late in a GB18030 file: %v, %v", got[len(got)-1:], err)
	}
}

func TestLongCellsAreCutAndOpenQuotesEndTheFile(t *testing.T) {
	long := strings.Repeat("x", 40<<10)
	got, err := read([]byte("a,b\n" + long + ",2\n3,4\n"))
	if err != nil || len(got) != 3 || !strings.HasSuffix(got[1], "|2 !0 sheet.long_cell") || got[2] != "3: 3|4" {
		t.Errorf("a long cell: %d rows, %v", len(got), err)
	}
	for _, in := range []string{"a,b\n1,\"2\n3,4\n", "a,b\n1,\"2\n" + strings.Repeat("3,4\n", 100_000)} {
		got, err = read([]byte(in))
		if f := fault.Of(err); f == nil || f.Msg.Key != "sheet.open_quote" || f.Msg.Args["line"] != 2 || len(got) != 1 {
			t.Errorf("an open quote: rows %q, error %v, want sheet.open_quote at line 2", got, err)
		}
	}
}

func zipOf(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// handMade is a workbook written by hand, for what libraries do not write.
func handMade(t testing.TB, rows, after string) []byte {
	return zipOf(t, map[string]string{
		"xl/workbook.xml":            `<workbook><sheets><sheet name="Old" r:id="r2" state="hidden"/><sheet name="Roster" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/worksheet" Target="/xl/worksheets/sheet2.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst><si><t>person_id</t></si><si><r><t>李</t></r><r><t>伟</t></r><rPh sb="0" eb="1"><t>リ</t></rPh></si><si/></sst>`,
		"xl/styles.xml":              `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/><numFmt numFmtId="165" formatCode="&quot;days&quot; 0"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="57"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml":   `<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData>` + rows + `</sheetData>` + after + `</worksheet>`,
		"xl/worksheets/sheet2.xml":   `<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>`,
	})
}

func TestXLSXCellsBecomeTextThatNeedsNoLocale(t *testing.T) {
	for _, c := range []struct {
		name, rows, after string
		want              []string
	}{
		{"shared, rich, inline and empty strings", `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c t="inlineStr"><is><t>x_x000D_</t></is></c><c t="s"><v>2</v></c></row>`, "", []string{"1: person_id|李伟|x\r"}},
		{"numbers", `<row><c><v>20261120</v></c><c><v>1.0E+5</v></c><c><v>0.1</v></c><c s="3"><v>3</v></c></row>`, "", []string{"1: 20261120|100000|0.1|3"}},
		{"dates", `<row><c s="1"><v>46346</v></c><c s="2"><v>46346.5</v></c><c s="4"><v>61</v></c><c t="d"><v>2026-11-20T00:00:00</v></c></row>`, "", []string{"1: 2026-11-20|2026-11-20 12:00:00|1900-03-01|2026-11-20"}},
		{"booleans and errors", `<row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>`, "", []string{"1: true|#N/A !1 sheet.cell_error"}},
		{"formulas", `<row><c><f>1+1</f><v>2</v></c><c t="str"><f>T(A1)</f><v></v></c><c><f>NOW()</f></c></row>`, "", []string{"1: 2 !2 sheet.formula"}},
		{"gaps and empty rows", `<row r="2"><c r="C2"><v>1</v></c></row><row r="3"/><row r="4"><c s="1"/></row><row r="9"><c><v>2</v></c></row>`, "", []string{"2: ||1", "9: 2"}},
		{"merged down", `<row r="1"><c r="A1"><v>7</v></c><c r="B1"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row><row r="3"/><row r="4"><c r="B4"><v>3</v></c></row>`,
			`<mergeCells count="1"><mergeCell ref="A1:A3"/></mergeCells>`, []string{"1: 7|1", "2: 7|2", "4: |3"}},
		{"merged across stays one cell", `<row r="1"><c r="A1"><v>7</v></c></row>`, `<mergeCells><mergeCell ref="A1:C1"/></mergeCells>`, []string{"1: 7"}},
		{"unknown shared string", `<row><c t="s"><v>9</v></c></row>`, "", []string{"1:  !0 sheet.broken_text"}},
		{"too wide", `<row><c r="ZZ1"><v>1</v></c></row>`, "", []string{"1:  !-1 sheet.too_wide"}},
	} {
		got, err := read(handMade(t, c.rows, c.after))
		if err != nil {
			t.Errorf("%s: error %v", c.name, err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func TestXLSXFromAnotherWriterIsRead(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for cell, v := range map[string]any{"A1": "工号", "B1": "入职日期", "A2": 17, "B2": time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), "A4": true} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.MergeCell("Sheet1", "B2", "B4"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := read(b.Bytes())
	if d := cmp.Diff([]string{"1: 工号|入职日期", "2: 17|2026-11-20", "4: true|2026-11-20"}, got); d != "" || err != nil {
		t.Errorf("(-want +got):\n%s error %v", d, err)
	}
}

func TestAFileOfAnotherKindIsRefusedByName(t *testing.T) {
	page := strings.Repeat("x", 100)
	for _, c := range []struct {
		name string
		in   []byte
		want string
	}{
		{"nothing", nil, "sheet.kind.empty"},
		{"white space", []byte("\xef\xbb\xbf \n"), "sheet.kind.empty"},
		{"PDF", []byte("%PDF-1.7\n" + page), "sheet.kind.pdf"},
		{"picture", []byte("\x89PNG\r\n\x1a\n" + page), "sheet.kind.image"},
		{"old workbook", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + page), "sheet.kind.xls"},
		{"web page", []byte("<!DOCTYPE html><html>"), "sheet.kind.html"},
		{"JSON", []byte(`{"a":1}`), "sheet.kind.json"},
		{"gzip", []byte("\x1f\x8b\x08" + page), "sheet.kind.packed"},
		{"zip", zipOf(t, map[string]string{"a.txt": "a"}), "sheet.kind.packed"},
		{"text document", zipOf(t, map[string]string{"word/document.xml": "<w/>"}), "sheet.kind.word"},
		{"bytes", bytes.Repeat([]byte{0, 1, 2, 250}, 500), "sheet.kind.other"},
	} {
		_, err := open(c.in)
		f := fault.Of(err)
		if f == nil || f.Kind != fault.KindInvalid || f.Msg.Key != "sheet.wrong_kind" || !strings.Contains(fmt.Sprint(f.Msg.Args["kind"]), c.want) {
			t.Errorf("Open(%s) = %v, want sheet.wrong_kind with %s", c.name, err, c.want)
		}
	}
	for _, in := range []string{"a,b\n" + strings.Repeat("\xa0\xff\x80,", 500), "name\nAndr\xe9s Garc\xeda\nJos\xe9\n"} {
		if _, err := open([]byte(in)); fault.Of(err) == nil || fault.Of(err).Msg.Key != "sheet.encoding" {
			t.Errorf("Open(%.30q) = %v, want sheet.encoding", in, err)
		}
	}
}

func TestDamagedAndOversizedWorkbooksAreRefused(t *testing.T) {
	whole := handMade(t, strings.Repeat(`<row><c><v>1</v></c></row>`, 5000), "")
	for name, b := range map[string][]byte{
		"cut off":        whole[:len(whole)-100],
		"no worksheet":   zipOf(t, map[string]string{"xl/workbook.xml": "<workbook/>", "xl/_rels/workbook.xml.rels": "<R/>"}),
		"rows never end": handMade(t, `<row><c><v>1</v>`, ""),
		"no XML":         handMade(t, `<<<`, ""),
	} {
		if _, err := read(b); fault.Of(err) == nil || fault.Of(err).Msg.Key != "sheet.damaged" {
			t.Errorf("reading a workbook with %s: %v, want sheet.damaged", name, err)
		}
	}
	small := Options{MaxUnzipped: 1 << 20, MaxStrings: 1 << 10}
	for name, rows := range map[string]string{
		"many rows":    strings.Repeat(`<row><c><v>1</v></c></row>`, 100_000),
		"one big text": `<row><c t="inlineStr"><is><t>` + strings.Repeat("A", 3<<20),
	} {
		b := handMade(t, rows, "")
		for _, o := range []Options{small, {}} {
			r, err := Open(bytes.NewReader(b), int64(len(b)), "x.xlsx", o)
			for err == nil {
				_, err = r.Next()
			}
			if o == small || name == "one big text" {
				if fault.KindOf(err) != fault.KindTooLarge {
					t.Errorf("%s with limits %+v: %v, want TooLarge", name, o, err)
				}
			} else if !errors.Is(err, io.EOF) {
				t.Errorf("%s with default limits: %v, want to read it", name, err)
			}
		}
	}
	bomb := handMade(t, strings.Repeat(`<row/>`, 80<<20/6), "")
	if _, err := open(bomb); fault.KindOf(err) != fault.KindTooLarge || len(bomb) > 1<<20 {
		t.Errorf("Open of a bomb of %d bytes = %v, want TooLarge", len(bomb), err)
	}
	if _, err := Open(strings.NewReader("a"), 1<<30, "x.csv", Options{}); fault.KindOf(err) != fault.KindTooLarge {
		t.Errorf("Open of 1 GiB = %v, want TooLarge", err)
	}
}

func TestGuardStopsFormulasAndUnguardGivesTheCellBack(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"=1+1", "'=1+1"}, {"+86 10", "'+86 10"}, {"-2+3", "'-2+3"}, {"@x", "'@x"}, {"\tx", "'\tx"}, {"＝1", "'＝1"},
		{"-5.20", "-5.20"}, {"a=b", "a=b"}, {"'tis", "'tis"}, {"'=x", "''=x"}, {"", ""},
	} {
		if got := Guard(c.in); got != c.want {
			t.Errorf("Guard(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("'=+-@\t1a＝."))).Draw(t, "s")
		if got := Unguard(Guard(s)); got != s {
			t.Fatalf("Unguard(Guard(%q)) = %q", s, got)
		}
	})
}

// drawTable draws a table whose rows all have text and whose cells a
// spreadsheet can hold.
func drawTable(t *rapid.T) [][]string {
	cell := rapid.StringOf(rapid.OneOf(rapid.SampledFrom([]rune(",;\t\"'=-+@ a\n李伟é_x")), rapid.RuneFrom([]rune("𠮷㐀工号abc019")))).Filter(func(s string) bool { return !strings.Contains(s, "\r") })
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []string {
		return append([]string{"k"}, rapid.SliceOfN(cell, 3, 3).Draw(t, "cells")...)
	}), 1, 8).Draw(t, "rows")
}

func cellsOf(t *rapid.T, b []byte) [][]string {
	r, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var rows [][]string
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil || len(row.Problems) > 0 {
			t.Fatalf("Next = %v, %v", row, err)
		}
		rows = append(rows, append(row.Cells, make([]string, 4-len(row.Cells))...))
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	header := []string{"a", "b", "c", "d"}
	rapid.Check(t, func(t *rapid.T) {
		rows := drawTable(t)
		want := append([][]string{header}, rows...)
		var c, gb, x bytes.Buffer
		if err := WriteCSV(&c, header, Rows(rows)); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, cellsOf(t, c.Bytes())); d != "" {
			t.Fatalf("CSV (-want +got):\n%s", d)
		}
		// A line of Chinese first, as a header has it, decides the encoding.
		text := "工号,姓名,城市,等级\n" + strings.TrimPrefix(c.String(), bomUTF8)
		if _, err := simplifiedchinese.GB18030.NewEncoder().Writer(&gb).Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, cellsOf(t, gb.Bytes())[1:]); d != "" {
			t.Fatalf("GB18030 (-want +got):\n%s", d)
		}
		if err := WriteXLSX(&x, "工程师/Engineers", header, Rows(rows)); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, cellsOf(t, x.Bytes())); d != "" {
			t.Fatalf("XLSX (-want +got):\n%s", d)
		}
	})
}

func TestWritersStopAtTheFirstErrorOfTheRows(t *testing.T) {
	broken := errors.New("connection lost")
	rows := func(yield func([]string, error) bool) { _ = yield([]string{"1"}, nil) && yield(nil, broken) }
	if err := WriteCSV(io.Discard, []string{"a"}, rows); !errors.Is(err, broken) {
		t.Errorf("WriteCSV = %v, want %v", err, broken)
	}
	if err := WriteXLSX(io.Discard, "x", []string{"a"}, rows); !errors.Is(err, broken) {
		t.Errorf("WriteXLSX = %v, want %v", err, broken)
	}
}
