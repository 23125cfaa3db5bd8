package rosterfile

import (
	"errors"
	"io"
	"slices"
	"strings"

	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

// WriteErrors writes the rows that have errors as CSV, with their columns as
// uploaded and one more, `error`, in the reader's language. It reads the scanner
// to its end. The file, corrected, can be uploaded again as it is.
func WriteErrors(w io.Writer, s *Scanner, lang string) error {
	return WriteErrorsAnd(w, s, lang, func(int) []RowError { return nil })
}

// WriteErrorsAnd is WriteErrors with more errors by line: those that the table
// alone can't tell. Errors of a column that has one already are left out.
func WriteErrorsAnd(w io.Writer, s *Scanner, lang string, more func(line int) []RowError) error {
	rows := func(yield func([]string, error) bool) {
		for {
			row, err := s.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for _, e := range more(row.Line) {
				if !slices.ContainsFunc(row.Errors, func(have RowError) bool { return have.Column == e.Column }) {
					row.Errors = append(row.Errors, e)
				}
			}
			if len(row.Errors) > 0 && !yield(append(s.own(row.Cells), sentences(row.Errors, lang)), nil) {
				return
			}
		}
	}
	return sheet.WriteCSV(w, append(s.own(s.head.cells), errorColumn), rows)
}

// own gives the row at the header's width, without an error column of an
// earlier round.
func (s *Scanner) own(cells []string) []string {
	var own []string
	for i, column := range s.head.byIndex {
		if column == errorColumn {
			continue
		}
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		own = append(own, cell)
	}
	return own
}

func sentences(list []RowError, lang string) string {
	var all []string
	for _, e := range list {
		s := i18n.Text(lang, e.Msg) + " " + i18n.Text(lang, e.Remedy)
		if e.Column != "" {
			s = e.Column + ": " + s
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}
