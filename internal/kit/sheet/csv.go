package sheet

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// csvSource reads RFC 4180 and what spreadsheets make of it: three separators,
// three line ends, quotes only where a cell begins with one.
//
// encoding/csv is not used because one forgotten quote makes it hold the rest
// of the file in memory.
type csvSource struct {
	r    *bufio.Reader
	name string
	sep  rune
	opt  Options
	line int // of the byte to be read next

	text  []byte // the cells of the row, one after the other
	ends  []int  // where each cell ends in text
	long  []int  // cells that passed MaxCell and were cut
	extra bool   // more than MaxColumns cells
}

func openCSV(r io.ReaderAt, size int64, name string, o Options) (*Reader, error) {
	enc, skip, err := detect(r, size)
	if err != nil {
		return nil, err
	}
	if enc == "" {
		return nil, fault.New(fault.KindInvalid, i18n.M("sheet.encoding", i18n.A{"name": name}))
	}
	src := &csvSource{name: name, opt: o, line: 1}
	src.r = bufio.NewReaderSize(decoded(io.NewSectionReader(r, skip, size-skip), enc), 128<<10)
	head, err := src.r.Peek(32 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	var directive int
	src.sep, directive = separator(string(head))
	if _, err := src.r.Discard(directive); err != nil {
		return nil, err
	}
	if directive > 0 {
		src.line++
	}
	return &Reader{Kind: "csv", Encoding: enc, Separator: src.sep, src: src}, nil
}

// separator finds the separator in the first row that has text: the one that
// occurs most outside quotes. A first line "sep=;", which some spreadsheets
// write, says it itself; its length is returned too.
func separator(head string) (rune, int) {
	first, _, found := strings.Cut(head, "\n")
	if s, ok := strings.CutPrefix(strings.TrimRight(first, "\r"), "sep="); ok && found && len(s) == 1 && strings.Contains(",;\t", s) {
		return rune(s[0]), len(first) + 1
	}
	best, quoted := ',', false
	count := map[rune]int{}
	for _, r := range strings.TrimLeft(head, "\r\n ,;\t") {
		if r == '"' {
			quoted = !quoted
		}
		if (r == '\n' || r == '\r') && !quoted {
			break
		}
		if !quoted {
			count[r]++
		}
	}
	for _, r := range ";\t" {
		if count[r] > count[best] {
			best = r
		}
	}
	return best, 0
}

func (s *csvSource) close() error { return nil }

func (s *csvSource) next() (Row, error) {
	s.text, s.ends, s.long, s.extra = s.text[:0], s.ends[:0], s.long[:0], false
	start := s.line
	for {
		more, err := s.cell()
		if err != nil {
			return Row{}, err
		}
		s.endCell()
		if !more {
			return s.row(start), nil
		}
	}
}

// cell reads one cell into text; more says that another follows in the row. At
// the very end of the file it returns io.EOF.
func (s *csvSource) cell() (more bool, err error) {
	b, err := s.r.ReadByte()
	if err != nil {
		if errors.Is(err, io.EOF) && len(s.ends) > 0 {
			return false, nil // the file ends right after a separator
		}
		return false, s.broken(err)
	}
	if b == '"' {
		if err := s.quoted(); err != nil {
			return false, err
		}
		b, err = s.r.ReadByte()
	}
	for ; err == nil; b, err = s.r.ReadByte() {
		switch {
		case rune(b) == s.sep:
			return true, nil
		case b == '\n' || b == '\r':
			s.lineEnd(b)
			return false, nil
		}
		s.put(b)
	}
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return false, s.broken(err)
}

// quoted reads up to the closing quote. A cell that grows past its limit inside
// quotes means that the quote was never closed: where rows begin is lost then.
func (s *csvSource) quoted() error {
	opened, size := s.line, 0
	for {
		b, err := s.r.ReadByte()
		if size++; size > s.opt.MaxCell || errors.Is(err, io.EOF) {
			return fault.New(fault.KindInvalid, i18n.M("sheet.open_quote", i18n.A{"name": s.name, "line": opened}))
		}
		if err != nil {
			return s.broken(err)
		}
		switch b {
		case '"':
			if next, err := s.r.Peek(1); err != nil || next[0] != '"' {
				return nil
			}
			b, _ = s.r.ReadByte()
		case '\n', '\r':
			s.lineEnd(b)
			b = '\n'
		}
		s.put(b)
	}
}

// lineEnd counts the line and takes the second half of CR LF.
func (s *csvSource) lineEnd(b byte) {
	s.line++
	if b != '\r' {
		return
	}
	if next, err := s.r.Peek(1); err == nil && next[0] == '\n' {
		_, _ = s.r.ReadByte()
	}
}

func (s *csvSource) put(b byte) {
	from := 0
	if n := len(s.ends); n > 0 {
		from = s.ends[n-1]
	}
	if len(s.ends) >= s.opt.MaxColumns {
		return
	}
	if len(s.text)-from >= s.opt.MaxCell {
		if n := len(s.long); n == 0 || s.long[n-1] != len(s.ends) {
			s.long = append(s.long, len(s.ends))
		}
		return
	}
	s.text = append(s.text, b)
}

func (s *csvSource) endCell() {
	if len(s.ends) >= s.opt.MaxColumns {
		s.extra = true
		return
	}
	s.ends = append(s.ends, len(s.text))
}

func (s *csvSource) broken(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	return err
}

// row cuts the text into cells: one allocation for all text of the row.
func (s *csvSource) row(line int) Row {
	row := Row{Line: line, Cells: make([]string, len(s.ends))}
	text, from := string(s.text), 0
	for i, end := range s.ends {
		cell := text[from:end]
		from = end
		if p := badText(cell); !p.IsZero() {
			row.Problems = append(row.Problems, Problem{Col: i, Msg: p, Remedy: i18n.M("sheet.retype_cell")})
			cell = strings.ReplaceAll(strings.ToValidUTF8(cell, "\ufffd"), "\x00", "")
		}
		row.Cells[i] = Unguard(cell)
	}
	for _, i := range s.long {
		row.Problems = append(row.Problems, longCell(i, s.opt))
	}
	if s.extra {
		row.Problems = append(row.Problems, tooWide(s.opt))
	}
	return row
}

// badText says what is wrong with the characters of a cell, or nothing.
func badText(s string) i18n.Msg {
	switch {
	case strings.IndexByte(s, 0) >= 0:
		return i18n.M("sheet.nul")
	case !utf8.ValidString(s), strings.ContainsRune(s, utf8.RuneError):
		return i18n.M("sheet.broken_text")
	}
	return i18n.Msg{}
}

func longCell(col int, o Options) Problem {
	return Problem{Col: col, Msg: i18n.M("sheet.long_cell", i18n.A{"limit": o.MaxCell}), Remedy: i18n.M("sheet.shorten_cell")}
}

func tooWide(o Options) Problem {
	return Problem{Col: -1, Msg: i18n.M("sheet.too_wide", i18n.A{"limit": o.MaxColumns}), Remedy: i18n.M("sheet.check_separators")}
}
