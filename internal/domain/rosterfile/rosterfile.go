// Package rosterfile reads a roster: a table of people with one row for each
// certificate they hold, as partners upload it.
//
// It judges what the table alone can tell and reports every error of the file
// at once, each with line, column, reason and remedy. It knows no database.
//
// Columns, in any order, by English or Chinese name: person_id and name (both
// needed), email, certificate, issued_on, expires_on, bound_on, left_on,
// registered. Repeated columns of a person must agree. A column `error`, as
// WriteErrors adds it, is ignored, so that a corrected file can be uploaded.
package rosterfile

import (
	"bytes"
	"errors"
	"io"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

// The columns of a roster, by the names under which errors report them.
const (
	PersonID    = "person_id"
	Name        = "name"
	Email       = "email"
	Code        = "certificate"
	IssuedOn    = "issued_on"
	ExpiresOn   = "expires_on"
	BoundOn     = "bound_on"
	LeftOn      = "left_on"
	Registered  = "registered"
	errorColumn = "error"
)

// Columns lists the columns in the order in which exports and templates have
// them.
func Columns() []string {
	return []string{PersonID, Name, Email, Code, IssuedOn, ExpiresOn, BoundOn, LeftOn, Registered}
}

// Person is one person of the roster with all certificates.
type Person struct {
	ID         string
	Name       string
	Email      string       // normal form of text.Email, or empty
	BoundOn    calendar.Day // first day that counts; None: ever since
	LeftOn     calendar.Day // first day that no longer counts; None: still there
	Registered bool         // registered after-sales engineer
	Line       int          // of the first row

	Certificates []Certificate
}

// Certificate is one certificate of a person.
type Certificate struct {
	Code      string
	IssuedOn  calendar.Day
	ExpiresOn calendar.Day // last valid day; None: by the catalogue's validity
	Line      int
}

// Row is one row of the file. Its values hold only where Errors is empty.
type Row struct {
	Line        int
	Person      Person      // without Certificates
	Certificate Certificate // Code is empty for a person without one
	Cells       []string    // as uploaded
	Errors      []RowError
}

// RowError is one thing to correct. Column is a name of Columns, or empty when
// the whole row is meant; Value is what the cell has, shortened.
type RowError struct {
	Line   int
	Column string
	Value  string
	Msg    i18n.Msg
	Remedy i18n.Msg
}

// MaxErrors is how many errors a File keeps; ErrorCount counts them all.
const MaxErrors = 1000

// File is a roster read whole.
type File struct {
	People     []Person // in the order of the file, from rows without error
	Rows       int
	Errors     []RowError // the first MaxErrors
	ErrorCount int
	Ignored    []string // headings of columns that are none of ours
}

// maxRead bounds what Read holds; larger files go through Scan.
const maxRead = 32 << 20

// Read reads a small roster whole. The error is a fault when nothing of the
// file can be read; errors of rows are in the File. known tells whether the
// catalogue has a certificate code.
func Read(r io.Reader, name string, known func(string) bool) (*File, error) {
	return read(r, name, known, false)
}

// ReadForEvaluation is Read for a roster that is evaluated but not stored: a
// certificate with an expiry date may come without its issue date.
func ReadForEvaluation(r io.Reader, name string, known func(string) bool) (*File, error) {
	return read(r, name, known, true)
}

func read(r io.Reader, name string, known func(string) bool, issueOptional bool) (*File, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxRead+1))
	if err != nil {
		return nil, err
	}
	table, err := sheet.Open(bytes.NewReader(b), int64(len(b)), name, sheet.Options{MaxBytes: maxRead})
	if err != nil {
		return nil, err
	}
	defer table.Close()
	s, err := newScanner(table, name, known, issueOptional)
	if err != nil {
		return nil, err
	}
	f := &File{Ignored: s.Ignored}
	index := map[string]int{}
	err = s.each(func(row Row) error {
		f.add(row, index)
		return nil
	})
	return f, err
}

func (f *File) add(row Row, index map[string]int) {
	f.Rows++
	f.ErrorCount += len(row.Errors)
	if len(row.Errors) > 0 {
		room := MaxErrors - len(f.Errors)
		f.Errors = append(f.Errors, row.Errors[:min(room, len(row.Errors))]...)
		return
	}
	i, ok := index[row.Person.ID]
	if !ok {
		i = len(f.People)
		index[row.Person.ID] = i
		f.People = append(f.People, row.Person)
	}
	if row.Certificate.Code != "" {
		f.People[i].Certificates = append(f.People[i].Certificates, row.Certificate)
	}
}

// Err is nil for a file without errors, else Invalid with the kept errors as
// fields, for callers that want all or nothing.
func (f *File) Err() error {
	if f.ErrorCount == 0 {
		return nil
	}
	fields := make([]fault.Field, len(f.Errors))
	for i, e := range f.Errors {
		fields[i] = fault.Field{Name: e.Column, Value: e.Value, Msg: e.Text()}
	}
	return &fault.Fault{Kind: fault.KindInvalid, Msg: i18n.M("rosterfile.errors", i18n.A{"n": f.ErrorCount}), Fields: fields}
}

// Text is the error as one message: line, reason, remedy.
func (e RowError) Text() i18n.Msg {
	return i18n.M("rosterfile.row_error", i18n.A{"line": e.Line, "reason": e.Msg, "remedy": e.Remedy})
}

// Scan reads a roster of any size row by row, rows with errors included, and
// stops at the first error of each. Beside the row it holds a few bytes for
// every person and certificate, for the rules that look across rows.
func Scan(r *sheet.Reader, name string, known func(string) bool, each func(Row) error) error {
	s, err := NewScanner(r, name, known)
	if err != nil {
		return err
	}
	return s.each(each)
}

func (s *Scanner) each(visit func(Row) error) error {
	for {
		row, err := s.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = visit(row)
		}
		if err != nil {
			return err
		}
	}
}
