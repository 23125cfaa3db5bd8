package sheet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/kit/i18n"
)

// xlsxSource streams the rows of one worksheet.
type xlsxSource struct {
	book *workbook
	part io.ReadCloser
	d    *xml.Decoder
	line int
	done bool

	merges []merge       // by first row
	active map[int]merge // those that reach the current row, by column
}

// merge is a vertically merged range; its value stands in the first cell alone
// and holds for every row of the range.
type merge struct {
	col, from, to int
	value         string
}

func openWorksheet(b *workbook, part string) (*xlsxSource, error) {
	merges, err := readMerges(b, part)
	if err != nil {
		return nil, err
	}
	r, err := b.open(part, b.opt.MaxUnzipped)
	if err != nil {
		return nil, err
	}
	return &xlsxSource{book: b, part: r, d: xml.NewDecoder(r), merges: merges, active: map[int]merge{}}, nil
}

func (s *xlsxSource) close() error { return s.part.Close() }

var mergeRef = regexp.MustCompile(`mergeCell\s[^>]*?ref="\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?[A-Z]{1,3}\$?([0-9]{1,7})"`)

// readMerges looks ahead: the format lists merged ranges after the rows. It
// reads the part once for the list alone, without parsing the rows.
func readMerges(b *workbook, part string) ([]merge, error) {
	r, err := b.open(part, b.opt.MaxUnzipped)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	tail, err := afterRows(r)
	if err != nil {
		return nil, b.fail(err, 0)
	}
	var merges []merge
	for _, m := range mergeRef.FindAllStringSubmatch(tail, maxMerges+1) {
		from, _ := strconv.Atoi(m[2])
		to, _ := strconv.Atoi(m[3])
		if col := column(m[1]); to > from && col < b.opt.MaxColumns {
			merges = append(merges, merge{col: col, from: from, to: to})
		}
	}
	if len(merges) > maxMerges {
		return nil, tooMuch(b.name)
	}
	slices.SortFunc(merges, func(a, b merge) int { return a.from - b.from })
	return merges, nil
}

// afterRows gives what follows the rows, at most maxSmallPart of it.
func afterRows(r io.Reader) (string, error) {
	var tail strings.Builder
	buf, keep := make([]byte, 64<<10), 0
	for tail.Len() <= maxSmallPart {
		n, err := r.Read(buf[keep:])
		chunk := buf[:keep+n]
		if tail.Len() > 0 {
			tail.Write(chunk)
			chunk = nil
		} else if i := rowsEnd(chunk); i >= 0 {
			tail.Write(chunk[i:])
			chunk = nil
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		// The tag may lie across two chunks.
		keep = copy(buf, chunk[max(0, len(chunk)-longestTag):])
	}
	return tail.String(), nil
}

const longestTag = 64

// rowsEnd finds the closing tag of the rows, which may have a prefix.
func rowsEnd(chunk []byte) int {
	for from := 0; ; {
		i := bytes.Index(chunk[from:], []byte("sheetData>"))
		if i < 0 {
			return -1
		}
		i += from
		if tag := bytes.LastIndexByte(chunk[:i], '<'); tag >= 0 && chunk[tag+1] == '/' {
			return i
		}
		from = i + 1
	}
}

// column turns letters into a number from 0.
func column(letters string) int {
	n := 0
	for _, r := range letters {
		n = n*26 + int(r-'A') + 1
	}
	return n - 1
}

func (s *xlsxSource) next() (Row, error) {
	for !s.done {
		tok, err := s.d.RawToken()
		if err != nil {
			// The end may only come after the rows' own end.
			return Row{}, s.book.fail(err, s.line)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if t.Name.Local == "row" {
				return s.row(t)
			}
		case xml.EndElement:
			s.done = t.Name.Local == "sheetData"
		}
	}
	return Row{}, io.EOF
}

func (s *xlsxSource) row(start xml.StartElement) (Row, error) {
	s.line++
	if n, err := strconv.Atoi(attr(start, "r")); err == nil && n >= s.line {
		s.line = n
	}
	row := Row{Line: s.line}
	next := 0
	for {
		tok, err := s.d.RawToken()
		if err != nil {
			return Row{}, s.book.fail(err, s.line)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			if ref := strings.TrimRight(attr(t, "r"), "0123456789"); ref != "" && len(ref) <= 3 {
				next = column(ref)
			}
			if err := s.cell(&row, next, t); err != nil {
				return Row{}, s.book.fail(err, s.line)
			}
			next++
		case xml.EndElement:
			if t.Name.Local == "row" {
				s.fillMerged(&row)
				return row, nil
			}
		}
	}
}

// rawCell is a cell as the file has it.
type rawCell struct {
	kind    string
	style   int
	value   string
	valued  bool
	formula bool
}

func (s *xlsxSource) cell(row *Row, col int, start xml.StartElement) error {
	c := rawCell{kind: attr(start, "t")}
	c.style, _ = strconv.Atoi(attr(start, "s"))
	if err := s.readCell(&c); err != nil {
		return err
	}
	text, problem := s.text(c)
	if col < 0 || col >= s.book.opt.MaxColumns {
		if text != "" && (len(row.Problems) == 0 || row.Problems[len(row.Problems)-1].Col != -1) {
			row.Problems = append(row.Problems, tooWide(s.book.opt))
		}
		return nil
	}
	if len(text) > s.book.opt.MaxCell {
		text, problem = strings.ToValidUTF8(text[:s.book.opt.MaxCell], ""), longCell(col, s.book.opt)
	}
	if !problem.Msg.IsZero() {
		problem.Col = col
		row.Problems = append(row.Problems, problem)
	}
	if text != "" {
		setCell(row, col, text)
	}
	return nil
}

func setCell(row *Row, col int, text string) {
	for len(row.Cells) <= col {
		row.Cells = append(row.Cells, "")
	}
	row.Cells[col] = text
}

// readCell reads to the end of the cell: value, inline text, formula.
func (s *xlsxSource) readCell(c *rawCell) error {
	inValue := false
	for {
		tok, err := s.d.RawToken()
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				inValue, c.valued = true, true
			case "f":
				c.formula = true
			case "is":
				if c.value, err = richText(s.d, "is", s.book.opt.MaxCell); err != nil {
					return err
				}
				c.valued = true
			}
		case xml.EndElement:
			inValue = false
			if t.Name.Local == "c" {
				return nil
			}
		case xml.CharData:
			if inValue && len(c.value) <= s.book.opt.MaxCell {
				c.value += string(t[:min(len(t), s.book.opt.MaxCell+1)])
			}
		}
	}
}

// text is what the cell shows, in a form that does not depend on a locale.
func (s *xlsxSource) text(c rawCell) (string, Problem) {
	if c.formula && !c.valued {
		return "", Problem{Msg: i18n.M("sheet.formula"), Remedy: i18n.M("sheet.formula_remedy")}
	}
	switch c.kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(c.value))
		text, ok := s.book.strings.at(i)
		if err != nil || !ok {
			return "", Problem{Msg: i18n.M("sheet.broken_text"), Remedy: i18n.M("sheet.retype_cell")}
		}
		return checked(text)
	case "inlineStr":
		return checked(c.value)
	case "str":
		return checked(unescapeX(c.value))
	case "b":
		return map[string]string{"1": "true", "0": "false"}[c.value], Problem{}
	case "e":
		return c.value, Problem{Msg: i18n.M("sheet.cell_error", i18n.A{"value": c.value}), Remedy: i18n.M("sheet.formula_remedy")}
	case "d":
		return strings.TrimSuffix(strings.TrimSuffix(c.value, "Z"), "T00:00:00"), Problem{}
	}
	return s.number(c), Problem{}
}

func checked(text string) (string, Problem) {
	if p := badText(text); !p.IsZero() {
		return strings.ReplaceAll(text, "\x00", ""), Problem{Msg: p, Remedy: i18n.M("sheet.retype_cell")}
	}
	return text, Problem{}
}

// number writes a number without exponent, or as the date that the cell shows.
func (s *xlsxSource) number(c rawCell) string {
	v, err := strconv.ParseFloat(strings.TrimSpace(c.value), 64)
	if err != nil || math.Abs(v) > 1e15 {
		return c.value
	}
	if c.style > 0 && c.style < len(s.book.dates) && s.book.dates[c.style] {
		if t, ok := SerialTime(v, s.book.date1904); ok {
			if t.Equal(t.Truncate(24 * time.Hour)) {
				return t.Format(time.DateOnly)
			}
			return t.Format(time.DateTime)
		}
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// SerialTime turns a spreadsheet's day number into date and clock time, without
// a zone. Day 60 of the 1900 system never was; it and what lies before March
// 1900 or after 9999 is refused.
func SerialTime(v float64, date1904 bool) (time.Time, bool) {
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		base, v = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC), v+61
	}
	if v < 61 || v >= 2958466 {
		return time.Time{}, false
	}
	if date1904 {
		v -= 61
	}
	days := math.Floor(v)
	seconds := math.Round((v - days) * 24 * 60 * 60)
	return base.AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second), true
}

// fillMerged gives the row the values of merged cells that began above it. A
// row of nothing but those stays as it is, else a merged margin would turn the
// blank rows below a table into rows of data.
func (s *xlsxSource) fillMerged(row *Row) {
	blank := row.blank()
	for col, m := range s.active {
		if m.to < row.Line {
			delete(s.active, col)
		} else if !blank && row.Col(col) == "" && m.value != "" {
			setCell(row, col, m.value)
		}
	}
	for len(s.merges) > 0 && s.merges[0].from <= row.Line {
		m := s.merges[0]
		s.merges = s.merges[1:]
		if m.from == row.Line {
			m.value = row.Col(m.col)
			s.active[m.col] = m
		}
	}
}
