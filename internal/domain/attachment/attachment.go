// Package attachment keeps the files that people add to tickets and messages: uploaded first, bound to a ticket in
// the ticket's transaction, gone after a day when they weren't (reference of the ticket API, 6.26).
//
// Who may read a bound file is the ticket's business: ticket decides and then opens it here.
package attachment

import (
	"path/filepath"
	"strings"
	"time"

	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/text"
)

// A Source says what a file was uploaded for, in the words of the wire.
type Source string

// The sources.
const (
	Incident Source = "incident" // a new ticket
	Message  Source = "message"
)

// An Attachment is one uploaded file.
type Attachment struct {
	Account string // of the uploader
	ID      string // at most 32 characters
	ByUser  string
	ByName  string
	Source  Source
	Name    string
	Type    blob.Type
	Media   string // content type to serve it with
	Size    int64  // bytes
	Hash    string
	Inline  bool   // stands inside the text
	Ticket  string // "" until it's bound
	Message string
	At      time.Time // wall clock
}

// Picture tells whether a page may show the file itself. It's decided by the content, never by the name.
func (a Attachment) Picture() bool {
	switch a.Type {
	case blob.PNG, blob.JPEG, blob.GIF, blob.BMP:
		return true
	}
	return false
}

// Limits say what may be uploaded.
type Limits struct {
	Count        int // files of one ticket or message
	Megabytes    int // of one file
	DayMegabytes int // of one account on one day
	Types        []string
}

// ending is the last part of a name in small letters, "" when it has none.
func ending(name string) string {
	return strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))
}

// kinds are the contents that a name with an ending may have.
var kinds = map[string][]blob.Type{
	"jpg": {blob.JPEG}, "jpeg": {blob.JPEG}, "png": {blob.PNG}, "gif": {blob.GIF}, "bmp": {blob.BMP},
	"pdf": {blob.PDF}, "zip": {blob.ZIP}, "docx": {blob.DOCX}, "xlsx": {blob.XLSX},
	"doc": {blob.OLE}, "xls": {blob.OLE}, "msg": {blob.OLE}, "eml": {blob.EML, blob.TXT},
	"txt": {blob.TXT}, "log": {blob.TXT}, "ini": {blob.TXT}, "csv": {blob.TXT}, "ics": {blob.TXT}, "mp4": {blob.MP4}, "mov": {blob.MP4},
}

// named gives the file the name that people see: without a path and control characters, with an ending that fits.
func named(given string) string {
	return text.FileName(given, "file")
}

// day is the day of the business zone on which an upload counts.
func day(wall time.Time) string { return calendar.DayOf(wall).String() }

// A Why says why an upload or binding was refused.
type Why string

// The reasons that others tell apart.
const (
	OverDay Why = "over_day" // the account's volume of the day is used up
	TooMany Why = "too_many" // more files than a message may have
	Unknown Why = "unknown"  // not there, of somebody else, used, or expired
)

// A Refusal is an error with its reason.
type Refusal struct {
	Why Why
	err error
}

func (r *Refusal) Error() string { return r.err.Error() }

// Unwrap gives the fault.
func (r *Refusal) Unwrap() error { return r.err }
