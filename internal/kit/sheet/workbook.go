package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A workbook is a zip of XML parts. We read it with the standard library and
// not with excelize, whose row iterator can't tell a formula without a value
// from an empty cell, takes damaged XML for the end and gives dates in the form
// of a locale. Parts are streamed; only the shared strings are kept, packed.
type workbook struct {
	name  string
	opt   Options
	parts map[string]*zip.File

	strings  packed
	dates    []bool // per cell style: shows a date
	date1904 bool
}

// packed holds many strings in two allocations.
type packed struct {
	text []byte
	ends []int
}

func (p *packed) add(s string) {
	p.text = append(p.text, s...)
	p.ends = append(p.ends, len(p.text))
}

func (p *packed) at(i int) (string, bool) {
	if i < 0 || i >= len(p.ends) {
		return "", false
	}
	from := 0
	if i > 0 {
		from = p.ends[i-1]
	}
	return string(p.text[from:p.ends[i]]), true
}

const (
	maxParts  = 10_000
	maxMerges = 100_000
	// maxToken bounds what the XML decoder must hold at once.
	maxToken = 1 << 20
	// maxSmallPart bounds the parts other than worksheets and strings.
	maxSmallPart = 16 << 20
	// A part beyond freeSize that packs better than maxRatio is a bomb: real
	// worksheets stay below 50.
	freeSize = 64 << 20
	maxRatio = 200
)

func openWorkbook(r io.ReaderAt, size int64, name string, o Options) (*Reader, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, damaged(name, 0)
	}
	if len(z.File) > maxParts {
		return nil, tooMuch(name)
	}
	b := &workbook{name: name, opt: o, parts: map[string]*zip.File{}}
	for _, f := range z.File {
		b.parts[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))] = f
	}
	if kind := b.kind(); kind != "" {
		return nil, wrongKind(name, kind)
	}
	title, part, err := b.firstSheet()
	if err != nil {
		return nil, err
	}
	if err := b.readStyles(); err != nil {
		return nil, err
	}
	if err := b.readStrings(); err != nil {
		return nil, err
	}
	src, err := openWorksheet(b, part)
	if err != nil {
		return nil, err
	}
	return &Reader{Kind: "xlsx", Encoding: encUTF8, Sheet: title, src: src}, nil
}

// kind names a zip that is no workbook of the XML format.
func (b *workbook) kind() string {
	switch {
	case b.parts["xl/workbook.xml"] != nil:
		return ""
	case b.parts["xl/workbook.bin"] != nil, b.parts["content.xml"] != nil:
		return kindOldXLS
	case b.parts["word/document.xml"] != nil:
		return kindWord
	}
	return kindZip
}

// firstSheet finds the first worksheet that is not hidden.
func (b *workbook) firstSheet() (title, part string, err error) {
	targets, err := b.relations()
	if err != nil {
		return "", "", err
	}
	found := false
	err = b.walk("xl/workbook.xml", maxSmallPart, func(d *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			v := attr(e, "date1904")
			b.date1904 = v == "1" || v == "true"
		case "sheet":
			target := targets[attr(e, "id")]
			visible := attr(e, "state") == "" || attr(e, "state") == "visible"
			if b.parts[strings.ToLower(target)] != nil && !found && (visible || part == "") {
				title, part, found = attr(e, "name"), target, visible
			}
		}
		return nil
	})
	if err == nil && part == "" {
		err = damaged(b.name, 0)
	}
	return title, strings.ToLower(part), err
}

func (b *workbook) relations() (map[string]string, error) {
	targets := map[string]string{}
	err := b.walk("xl/_rels/workbook.xml.rels", maxSmallPart, func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local == "Relationship" && strings.HasSuffix(attr(e, "Type"), "/worksheet") {
			target := attr(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("/xl", target)
			}
			targets[attr(e, "Id")] = strings.TrimPrefix(target, "/")
		}
		return nil
	})
	return targets, err
}

// readStyles learns which cell styles show their number as a date.
func (b *workbook) readStyles() error {
	if b.parts["xl/styles.xml"] == nil {
		return nil
	}
	custom := map[string]bool{}
	inCells := false
	return b.walk("xl/styles.xml", maxSmallPart, func(d *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			custom[attr(e, "numFmtId")] = dateFormat(attr(e, "formatCode"))
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs", "cellStyleXfs":
			inCells = false
		case "xf":
			if inCells {
				id := attr(e, "numFmtId")
				is, known := custom[id]
				b.dates = append(b.dates, is || !known && builtInDate(id))
			}
		}
		return nil
	})
}

// builtInDate knows the numbers that the format reserves for dates, the East
// Asian ones included.
func builtInDate(id string) bool {
	n, err := strconv.Atoi(id)
	return err == nil && (n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58)
}

var literalInFormat = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.|\[[^\]]*\]`)

// dateFormat says that a number format has parts of a date or clock time.
func dateFormat(code string) bool {
	code = strings.ToLower(literalInFormat.ReplaceAllString(code, ""))
	code, _, _ = strings.Cut(code, ";")
	return code != "general" && strings.ContainsAny(code, "ydhs")
}

// readStrings packs the shared strings; phonetic guides are left out.
func (b *workbook) readStrings() error {
	if b.parts["xl/sharedstrings.xml"] == nil {
		return nil
	}
	return b.walk("xl/sharedstrings.xml", b.opt.MaxStrings, func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := richText(d, "si", b.opt.MaxCell)
		b.strings.add(s)
		return err
	})
}

// richText joins the text of an element up to its end; it keeps one byte more
// than the limit, by which the row sees that the cell was too long.
func richText(d *xml.Decoder, end string, limit int) (string, error) {
	var text strings.Builder
	inText, phonetic := false, false
	for {
		tok, err := d.RawToken()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			inText = t.Name.Local == "t"
			phonetic = phonetic || t.Name.Local == "rPh"
		case xml.EndElement:
			inText = false
			if t.Name.Local == "rPh" {
				phonetic = false
			}
			if t.Name.Local == end {
				return unescapeX(text.String()), nil
			}
		case xml.CharData:
			if inText && !phonetic && text.Len() <= limit {
				text.Write(t[:min(len(t), limit+1-text.Len())])
			}
		}
	}
}

var escapedX = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// unescapeX undoes _x000D_, the format's way to write characters that XML
// cannot hold.
func unescapeX(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escapedX.ReplaceAllStringFunc(s, func(m string) string {
		n, _ := strconv.ParseUint(m[2:6], 16, 16)
		return string(rune(n))
	})
}

// open streams a part within a limit of unpacked bytes.
func (b *workbook) open(part string, limit int64) (io.ReadCloser, error) {
	f := b.parts[part]
	if f == nil {
		return nil, damaged(b.name, 0)
	}
	if f.UncompressedSize64 > uint64(limit) || f.UncompressedSize64 > freeSize && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
		return nil, tooMuch(b.name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(b.name, 0)
	}
	return &bounded{ReadCloser: r, left: limit, name: b.name}, nil
}

// walk visits the start elements of a part.
func (b *workbook) walk(part string, limit int64, visit func(*xml.Decoder, xml.StartElement) error) error {
	r, err := b.open(part, limit)
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	for {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if start, ok := tok.(xml.StartElement); ok && err == nil {
			err = visit(d, start)
		}
		if err != nil {
			return b.fail(err, 0)
		}
	}
}

// fail keeps faults and errors of the disk; whatever else zip and XML report is
// a damaged file.
func (b *workbook) fail(err error, line int) error {
	var disk *fs.PathError
	if fault.Of(err) != nil {
		return err
	}
	if errors.As(err, &disk) {
		return fmt.Errorf("workbook %s: %w", b.name, err)
	}
	return damaged(b.name, line)
}

// bounded refuses more than it may give, whatever the zip's directory said, and
// any run without markup that is longer than a token can be.
type bounded struct {
	io.ReadCloser
	left  int64
	plain int // bytes since the last '<'
	name  string
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if i := bytes.LastIndexByte(p[:n], '<'); i >= 0 {
		b.plain = n - i
	} else {
		b.plain += n
	}
	if b.left < 0 || b.plain > maxToken {
		return 0, tooMuch(b.name)
	}
	return n, err
}

func tooMuch(name string) error {
	return fault.New(fault.KindTooLarge, i18n.M("sheet.bomb", i18n.A{"name": name}))
}

func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}
