package sheet

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Rows makes a sequence of rows in memory fit for WriteCSV and WriteXLSX, which
// take rows as they come from a database, with the error that ended them.
func Rows(rows [][]string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// dangerous are the characters with which a spreadsheet begins a formula, the
// full-width ones included.
const dangerous = "=+-@\t\r\n＝＋－＠"

// Guard puts an apostrophe before a cell that a spreadsheet would run as a
// formula. Plain negative numbers stay numbers. Unguard takes it off again.
func Guard(s string) string {
	if risky(s) {
		return "'" + s
	}
	return s
}

// Unguard undoes Guard and leaves every other cell alone.
func Unguard(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && risky(rest) {
		return rest
	}
	return s
}

// risky looks behind apostrophes, so that a cell which had one of its own keeps
// it through Guard and Unguard.
func risky(s string) bool {
	s = strings.TrimLeft(s, "'")
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && strings.ContainsRune(dangerous, r) && !negative(s)
}

func negative(s string) bool {
	digits, ok := strings.CutPrefix(s, "-")
	whole, part, point := strings.Cut(digits, ".")
	return ok && number(whole) && (!point || number(part))
}

func number(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// WriteCSV writes what a spreadsheet opens at a double click: UTF-8 with byte
// order mark, commas, CR LF, cells guarded against formula injection. It stops
// at the first error of rows and returns it.
func WriteCSV(w io.Writer, header []string, rows iter.Seq2[[]string, error]) error {
	b := bufio.NewWriterSize(w, 64<<10)
	_, _ = b.WriteString(bomUTF8) // bufio keeps the first error for Flush
	writeRecord(b, header)
	for row, err := range rows {
		if err != nil {
			return err
		}
		writeRecord(b, row)
	}
	return b.Flush()
}

func writeRecord(b *bufio.Writer, cells []string) {
	for i, c := range cells {
		if i > 0 {
			_ = b.WriteByte(',')
		}
		c = strings.ToValidUTF8(strings.ReplaceAll(c, "\x00", ""), "\ufffd")
		c = Guard(strings.ReplaceAll(strings.ReplaceAll(c, "\r\n", "\n"), "\r", "\n"))
		if !strings.ContainsAny(c, ",;\t\"\r\n") && strings.TrimSpace(c) == c && (c != "" || len(cells) > 1) {
			_, _ = b.WriteString(c)
			continue
		}
		_ = b.WriteByte('"')
		_, _ = b.WriteString(strings.ReplaceAll(c, `"`, `""`))
		_ = b.WriteByte('"')
	}
	_, _ = b.WriteString("\r\n")
}

// maxSheetRows is what the format allows in one worksheet.
const maxSheetRows = 1 << 20

// WriteXLSX writes one worksheet with a bold header row that stays in view. All
// cells are text. It returns TooLarge beyond the format's 1,048,576 rows.
func WriteXLSX(w io.Writer, title string, header []string, rows iter.Seq2[[]string, error]) error {
	f := excelize.NewFile()
	defer f.Close()
	title = sheetTitle(title)
	if err := f.SetSheetName("Sheet1", title); err != nil {
		return fmt.Errorf("worksheet %q: %w", title, err)
	}
	sw, err := f.NewStreamWriter(title)
	if err != nil {
		return err
	}
	if err := writeHeader(f, sw, header); err != nil {
		return err
	}
	line := 1
	for row, err := range rows {
		if err != nil {
			return err
		}
		if line++; line > maxSheetRows {
			return fault.New(fault.KindTooLarge, i18n.M("sheet.too_many_rows"))
		}
		if err := writeRow(sw, line, 0, row); err != nil {
			return err
		}
	}
	if err := sw.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

func writeHeader(f *excelize.File, sw *excelize.StreamWriter, header []string) error {
	style, err := f.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEF0F3"}},
	})
	if err != nil {
		return err
	}
	if len(header) > 0 {
		if err := sw.SetColWidth(1, len(header), 18); err != nil {
			return err
		}
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return writeRow(sw, 1, style, header)
}

func writeRow(sw *excelize.StreamWriter, line, style int, cells []string) error {
	at, err := excelize.CoordinatesToCellName(1, line)
	if err != nil {
		return err
	}
	values := make([]any, len(cells))
	for i, c := range cells {
		values[i] = excelize.Cell{StyleID: style, Value: strings.ToValidUTF8(c, "\ufffd")}
	}
	return sw.SetRow(at, values)
}

// sheetTitle makes a title that the format accepts: at most 31 characters, none
// of its reserved ones.
func sheetTitle(s string) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "")), " '")
	if r := []rune(s); len(r) > 31 {
		s = strings.TrimSpace(string(r[:31]))
	}
	if s == "" {
		return "Sheet1"
	}
	return s
}
