// Package sheet reads uploaded tables, CSV and XLSX, row by row, and writes
// exports.
//
// What a file is follows from its content, never from its name. Memory stays
// flat whatever the size; every limit is a refusal that says what to do. A row
// that cannot be read in part comes with its problems, and reading goes on; only
// damage that hides where rows begin ends the file.
package sheet

import (
	"errors"
	"io"
	"strings"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Options bound what Open and Next accept; a zero field takes its default.
type Options struct {
	MaxBytes    int64 // of the upload; default 256 MiB
	MaxUnzipped int64 // of each part of a workbook, unpacked; default 512 MiB
	MaxStrings  int64 // of a workbook's shared strings, unpacked; default 96 MiB
	MaxColumns  int   // default 256
	MaxCell     int   // bytes in a cell; default 32 KiB
}

func (o Options) withDefaults() Options {
	defaults := Options{256 << 20, 512 << 20, 96 << 20, 256, 32 << 10}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaults.MaxBytes
	}
	if o.MaxUnzipped == 0 {
		o.MaxUnzipped = defaults.MaxUnzipped
	}
	if o.MaxStrings == 0 {
		o.MaxStrings = defaults.MaxStrings
	}
	if o.MaxColumns == 0 {
		o.MaxColumns = defaults.MaxColumns
	}
	if o.MaxCell == 0 {
		o.MaxCell = defaults.MaxCell
	}
	return o
}

// Row is one row that has some text in it. It stays valid after the next call.
type Row struct {
	Line     int      // line of the file or row of the worksheet, from 1
	Cells    []string // well-formed UTF-8; a cell with a problem may be cut
	Problems []Problem
}

// Problem is what is wrong with one cell of a row.
type Problem struct {
	Col    int // from 0; -1 for the whole row
	Msg    i18n.Msg
	Remedy i18n.Msg
}

// Col is the cell in column i, from 0, or empty.
func (r Row) Col(i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return r.Cells[i]
}

func (r Row) blank() bool {
	for _, c := range r.Cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return len(r.Problems) == 0
}

// A source yields rows with io.EOF at the end; csvSource and xlsxSource are two.
type source interface {
	next() (Row, error)
	close() error
}

// Reader reads the rows of one upload.
type Reader struct {
	// Kind is "csv" or "xlsx".
	Kind string
	// Encoding is "utf-8", "gb18030", "utf-16le" or "utf-16be".
	Encoding string
	// Separator is ',', ';' or tab for CSV.
	Separator rune
	// Sheet is the name of the worksheet that is read.
	Sheet string

	src source
	err error
}

// Open finds out what the upload is and prepares reading. The name is used in
// messages alone. It returns Invalid or TooLarge for what it refuses.
func Open(r io.ReaderAt, size int64, name string, o Options) (*Reader, error) {
	o = o.withDefaults()
	if size > o.MaxBytes {
		return nil, fault.New(fault.KindTooLarge, i18n.M("sheet.too_large", i18n.A{"name": name, "limit": o.MaxBytes >> 20}))
	}
	head := make([]byte, min(size, sniffLen))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch kind := sniff(head); {
	case kind == kindZip:
		return openWorkbook(r, size, name, o)
	case kind != "":
		return nil, wrongKind(name, kind)
	}
	return openCSV(r, size, name, o)
}

// Next gives the next row that is not blank, io.EOF after the last, or Invalid
// when the rest of the file cannot be read.
func (r *Reader) Next() (Row, error) {
	for r.err == nil {
		var row Row
		if row, r.err = r.src.next(); r.err == nil && !row.blank() {
			return row, nil
		}
	}
	return Row{}, r.err
}

// Close releases what Open took; it does not close the upload.
func (r *Reader) Close() error { return r.src.close() }

func wrongKind(name, kind string) error {
	return fault.New(fault.KindInvalid, i18n.M("sheet.wrong_kind", i18n.A{"name": name, "kind": kindName(kind)}))
}

func damaged(name string, line int) error {
	return fault.New(fault.KindInvalid, i18n.M("sheet.damaged", i18n.A{"name": name, "line": line}))
}
