package sheet

import (
	"errors"
	"io"
)

// ErrColumns says that no row among the first ten has the headings that are needed.
var ErrColumns = errors.New("no row with the columns")

// headRows are how many rows may stand above the headings, with them.
const headRows = 10

// A Table reads a file by the headings of its columns.
type Table struct {
	file *Reader
	at   map[string]int
}

// A TableRow is a row whose cells are found by their column.
type TableRow struct {
	Row
	at map[string]int
}

// OpenTable opens a file and finds the row with its headings. ErrColumns when a column that is needed is missing;
// otherwise as Open.
func OpenTable(r io.ReaderAt, size int64, name string, o Options, h Headings, need ...string) (*Table, error) {
	file, err := Open(r, size, name, o)
	if err != nil {
		return nil, err
	}
	t := &Table{file: file}
	for range headRows {
		row, err := file.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		if t.at = columnsOf(row, h); hasAll(t.at, need) {
			return t, nil
		}
	}
	return nil, errors.Join(ErrColumns, file.Close())
}

// columnsOf finds the columns of a row with headings; of two with one meaning the first counts.
func columnsOf(row Row, h Headings) map[string]int {
	at := map[string]int{}
	for i, cell := range row.Cells {
		if col := h.Column(cell); col != "" {
			if _, twice := at[col]; !twice {
				at[col] = i
			}
		}
	}
	return at
}

func hasAll(at map[string]int, need []string) bool {
	for _, col := range need {
		if _, ok := at[col]; !ok {
			return false
		}
	}
	return true
}

// Next reads a row below the headings; io.EOF at the end.
func (t *Table) Next() (TableRow, error) {
	row, err := t.file.Next()
	return TableRow{row, t.at}, err
}

// Close ends the reading.
func (t *Table) Close() error { return t.file.Close() }

// Cell is what stands in a column, without what guards it against being a formula; "" when the table hasn't the column.
func (r TableRow) Cell(column string) string {
	i, ok := r.at[column]
	if !ok {
		return ""
	}
	return Unguard(r.Col(i))
}
