package sheet

import (
	"bytes"

	"hanse/internal/kit/i18n"
)

// sniffLen is how much of the beginning decides what a file is.
const sniffLen = 4096

const (
	kindZip    = "zip"
	kindOldXLS = "xls"
	kindPDF    = "pdf"
	kindImage  = "image"
	kindPacked = "packed"
	kindHTML   = "html"
	kindXML    = "xml"
	kindJSON   = "json"
	kindRTF    = "rtf"
	kindWord   = "word"
	kindOther  = "other"
	kindEmpty  = "empty"
)

func signatures() []struct{ magic, kind string } {
	return []struct{ magic, kind string }{
		{"PK\x03\x04", kindZip}, {"PK\x05\x06", kindZip}, {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", kindOldXLS}, {"%PDF", kindPDF},
		{"\x89PNG", kindImage}, {"\xff\xd8\xff", kindImage}, {"GIF8", kindImage}, {"RIFF", kindImage}, {"\x1f\x8b", kindPacked},
		{"7z\xbc\xaf\x27\x1c", kindPacked}, {"Rar!\x1a", kindPacked}, {"\xfd7zXZ\x00", kindPacked}, {"BZh", kindPacked},
		{"(\xb5/\xfd", kindPacked}, {"{\\rtf", kindRTF}, {"MZ\x90\x00", kindOther}, {"\x7fELF", kindOther}, {"SQLite format 3\x00", kindOther},
	}
}

// sniff names the kind of a file that is no text table, or "" for text.
func sniff(head []byte) string {
	for _, s := range signatures() {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return s.kind
		}
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return ""
	}
	text := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, []byte(bomUTF8))))
	switch {
	case len(text) == 0:
		return kindEmpty
	case bytes.HasPrefix(text, []byte("<!doctype html")), bytes.HasPrefix(text, []byte("<html")), bytes.HasPrefix(text, []byte("<table")):
		return kindHTML
	case bytes.HasPrefix(text, []byte("<?xml")):
		return kindXML
	case text[0] == '{', bytes.HasPrefix(text, []byte("[{")), bytes.HasPrefix(text, []byte("[[")):
		return kindJSON
	case binary(head):
		return kindOther
	}
	return ""
}

// binary says that the bytes hold more control characters than damage to a
// text could explain; a few are reported with their rows instead.
func binary(head []byte) bool {
	n := 0
	for _, b := range head {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1a {
			n++
		}
	}
	return n > 3 && n*20 > len(head)
}

func kindName(kind string) i18n.Msg {
	switch kind {
	case kindOldXLS:
		return i18n.M("sheet.kind.xls")
	case kindPDF:
		return i18n.M("sheet.kind.pdf")
	case kindImage:
		return i18n.M("sheet.kind.image")
	case kindZip, kindPacked:
		return i18n.M("sheet.kind.packed")
	case kindHTML:
		return i18n.M("sheet.kind.html")
	case kindXML:
		return i18n.M("sheet.kind.xml")
	case kindJSON:
		return i18n.M("sheet.kind.json")
	case kindRTF, kindWord:
		return i18n.M("sheet.kind.word")
	case kindEmpty:
		return i18n.M("sheet.kind.empty")
	}
	return i18n.M("sheet.kind.other")
}
