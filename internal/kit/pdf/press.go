// Package pdf draws the documents that leave the house: the certificate of a qualification, in both languages on
// one page, and forms of any length.
//
// The same input gives the same bytes, so that a document can be made anew when it's asked for and still be the
// one that was issued. Text is laid out here and never by the library's own MultiCell or SplitText, which lose a
// Chinese character at each line break. A character that no face can draw becomes 〓 in a form; a name on a
// certificate that has one is refused before it's granted (CheckName).
package pdf

import (
	"bytes"
	"fmt"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/text/unicode/norm"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/pdf/font"
)

// A Press makes documents. It's safe for concurrent use; share one, since its fonts take 13 MB.
type Press struct {
	fonts func() (*font.Set, error)
}

// NewPress makes a press. The fonts are unpacked when the first document or name needs them.
func NewPress() *Press { return &Press{sync.OnceValues(font.Load)} }

// maxName is how many characters of a holder's name fit on a certificate in a size that one can read.
const maxName = 120

// CheckName refuses a name that can't stand on a certificate as it is: empty, too long, with a character that no
// face has (an emoji, a rare one beyond the basic plane) or one that isn't seen (control and direction marks,
// which could make a name look like another). Call it before granting. Errors: Invalid on the given field.
func (p *Press) CheckName(field, name string) error {
	fonts, err := p.fonts()
	if err != nil {
		return err
	}
	name = norm.NFC.String(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return fault.Invalid(field, i18n.M("pdf.name.empty"))
	case n > maxName:
		return fault.Invalid(field, i18n.M("pdf.name.long", i18n.A{"max": maxName}))
	}
	for _, r := range name {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			return fault.Invalid(field, i18n.M("pdf.name.invisible", i18n.A{"code": fmt.Sprintf("U+%04X", r)}))
		case !fonts.Sans.Has(r) && !fonts.SansWorld.Has(r):
			return fault.Invalid(field, i18n.M("pdf.name.glyph", i18n.A{"char": string(r), "code": fmt.Sprintf("U+%04X", r)}))
		}
	}
	return nil
}

// meta is what a PDF says about itself.
type meta struct {
	landscape     bool
	title, author string
	lang          string    // "en" or "zh-Hans"
	made          time.Time // never the clock: the same input must give the same bytes
}

// draw runs a layout on a new document and returns its bytes. The library panics on some input; that must cost
// one document and not the server.
func (p *Press) draw(m meta, layout func(*sheet)) (out []byte, err error) {
	fonts, err := p.fonts()
	if err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("draw %q: panic: %v", m.title, r)
		}
	}()
	orientation := "P"
	if m.landscape {
		orientation = "L"
	}
	doc := fpdf.New(orientation, "mm", "A4", "")
	doc.SetTitle(m.title, true)
	doc.SetAuthor(m.author, true)
	doc.SetLang(m.lang)
	doc.SetCreationDate(m.made)
	doc.SetModificationDate(m.made)
	doc.SetCatalogSort(true)
	doc.SetAutoPageBreak(false, 0)
	layout(newSheet(doc, fonts))
	var b bytes.Buffer
	if err := doc.Output(&b); err != nil {
		return nil, fmt.Errorf("draw %q: %w", m.title, err)
	}
	return b.Bytes(), nil
}
