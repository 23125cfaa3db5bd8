package blob

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
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
	GIF  Type = "gif"
	BMP  Type = "bmp"
	ZIP  Type = "zip"
	DOCX Type = "docx"
	OLE  Type = "ole" // what Office wrote before XML: doc, xls, msg
	EML  Type = "eml" // a mail whose text isn't plain text throughout
	MP4  Type = "mp4" // and mov: one container
	// RAW is a mail as it came over the wire, kept as evidence whatever it holds: it's only stored when nothing else is
	// asked for, and never shown.
	RAW Type = "raw"
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
	case GIF:
		return "image/gif"
	case BMP:
		return "image/bmp"
	case ZIP:
		return "application/zip"
	case DOCX:
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case EML:
		return "message/rfc822"
	case MP4:
		return "video/mp4"
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
	if len(asked) == 1 && asked[0] == RAW {
		return RAW, nil
	}
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
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return GIF, nil
	case isBitmap(head, n):
		return BMP, nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return OLE, nil
	case len(head) > 12 && string(head[4:8]) == "ftyp":
		return MP4, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return archive(f, n), nil
	case isText(head, n > sniffLen):
		return textType(head, asked), nil
	case slices.Contains(asked, EML) && isMail(head):
		return EML, nil
	}
	return "", nil
}

// isBitmap knows a bitmap by its mark and the length that it says to have.
func isBitmap(head []byte, n int64) bool {
	return len(head) > 26 && head[0] == 'B' && head[1] == 'M' && int64(binary.LittleEndian.Uint32(head[2:6])) == n
}

// isMail tells whether a file begins with the head of a mail; its body may be in any character set.
func isMail(head []byte) bool {
	fields, _, _ := bytes.Cut(bytes.ReplaceAll(head, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	if bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	fields = append([]byte("\n"), bytes.ToLower(fields)...)
	return bytes.Contains(fields, []byte("\nfrom:")) &&
		(bytes.Contains(fields, []byte("\ndate:")) || bytes.Contains(fields, []byte("\nsubject:")) || bytes.Contains(fields, []byte("\nreceived:")))
}

func section(f io.ReaderAt, from, n int64) ([]byte, error) {
	b := make([]byte, n)
	if _, err := f.ReadAt(b, from); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read back file: %w", err)
	}
	return b, nil
}

// What an archive may be: beyond that it's made to hurt whoever unpacks it.
const (
	mostEntries  = 10_000
	mostUnpacked = 2 << 30
	mostRatio    = 200 // unpacked to packed
)

// archive tells a workbook, a document and any other zip apart, and refuses bombs. It reads the zip's directory only:
// nothing is unpacked. Macros make a workbook or document a program, so a file with them isn't one of ours.
func archive(f io.ReaderAt, n int64) Type {
	z, err := zip.NewReader(f, n)
	if err != nil || len(z.File) > mostEntries {
		return ""
	}
	found, unpacked := map[string]bool{}, uint64(0)
	for _, e := range z.File {
		name := strings.ToLower(e.Name)
		if strings.HasSuffix(name, "vbaproject.bin") {
			return ""
		}
		found[name] = true
		if unpacked += e.UncompressedSize64; e.UncompressedSize64 > mostUnpacked || unpacked > mostUnpacked {
			return ""
		}
	}
	switch {
	case found["[content_types].xml"] && found["xl/workbook.xml"]:
		return XLSX
	case unpacked > uint64(n)*mostRatio:
		return ""
	case found["[content_types].xml"] && found["word/document.xml"]:
		return DOCX
	}
	return ZIP
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
