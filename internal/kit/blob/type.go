package blob

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// A Type is one of the kinds of file that can be stored.
type Type string

// The known types. CSV and TXT are both text and can't always be told apart: see sniff.
const (
	PDF  Type = "pdf"
	PNG  Type = "png"
	JPEG Type = "jpeg"
	CSV  Type = "csv"
	XLSX Type = "xlsx"
	TXT  Type = "txt"
)

// Documents are what serves as evidence: something to look at.
func Documents() []Type { return []Type{PDF, PNG, JPEG} }

// Tables are what can be imported.
func Tables() []Type { return []Type{CSV, XLSX} }

// MIME is the content type to serve a file with. Always add X-Content-Type-Options: nosniff.
func (t Type) MIME() string {
	switch t {
	case PDF:
		return "application/pdf"
	case PNG:
		return "image/png"
	case JPEG:
		return "image/jpeg"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case CSV:
		return "text/csv"
	case TXT:
		return "text/plain"
	}
	return "application/octet-stream"
}

// Ext is the usual ending of a file's name, with its dot.
func (t Type) Ext() string {
	if t == JPEG {
		return ".jpg"
	}
	return "." + string(t)
}

const sniffLen = 64 << 10

// sniff recognises a file by its content, and returns "" when it's none of the known types. The start must look
// like the type, and of a PDF, picture or workbook also the end or the inside, so that a file that merely begins
// well (cut off, or with something else behind it) is refused.
func sniff(f io.ReaderAt, n int64, asked []Type) (Type, error) {
	head, err := section(f, 0, min(n, sniffLen))
	if err != nil {
		return "", err
	}
	tail, err := section(f, max(n-1024, 0), min(n, 1024))
	if err != nil {
		return "", err
	}
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")) && bytes.Contains(tail, []byte("%%EOF")):
		return PDF, nil
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) && bytes.HasSuffix(tail, []byte("IEND\xaeB`\x82")):
		return PNG, nil
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")) && bytes.Contains(tail, []byte("\xff\xd9")):
		return JPEG, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && isWorkbook(f, n):
		return XLSX, nil
	case isText(head, n > sniffLen):
		return textType(head, asked), nil
	}
	return "", nil
}

func section(f io.ReaderAt, from, n int64) ([]byte, error) {
	b := make([]byte, n)
	if _, err := f.ReadAt(b, from); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read back file: %w", err)
	}
	return b, nil
}

// isWorkbook reads the zip's directory only: nothing is unpacked, so a zip bomb does nothing here. Macros make a
// workbook a program, so a file with them isn't one of ours.
func isWorkbook(f io.ReaderAt, n int64) bool {
	z, err := zip.NewReader(f, n)
	if err != nil {
		return false
	}
	found := map[string]bool{}
	for _, e := range z.File {
		name := strings.ToLower(e.Name)
		if strings.HasSuffix(name, "vbaproject.bin") {
			return false
		}
		found[name] = true
	}
	return found["[content_types].xml"] && found["xl/workbook.xml"]
}

// isText accepts UTF-8 and what Chinese Excel writes, GB18030, without control characters. When there's more
// than the head, its last bytes may be half a character.
func isText(head []byte, more bool) bool {
	if bytes.IndexFunc(head, isControl) >= 0 {
		return false
	}
	if more {
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	if utf8.Valid(head) {
		return true
	}
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(head)
	return err == nil && !bytes.ContainsRune(decoded, utf8.RuneError)
}

func isControl(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f }

// textType calls text a table when only a table is asked for, or when both are and its first line has columns.
func textType(head []byte, asked []Type) Type {
	csv, txt := false, false
	for _, t := range asked {
		csv, txt = csv || t == CSV, txt || t == TXT
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	if csv && (!txt || bytes.ContainsAny(line, ",;\t")) {
		return CSV
	}
	return TXT
}

func names(ts []Type) string {
	s := make([]string, len(ts))
	for i, t := range ts {
		s[i] = strings.ToUpper(string(t))
	}
	return strings.Join(s, ", ")
}
