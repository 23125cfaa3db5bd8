package pdf

import (
	"fmt"
	"strings"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/text/unicode/norm"

	"hanse/internal/kit/pdf/font"
)

// rgb is a colour, 0 to 255 each.
type rgb struct{ r, g, b int }

// A style is a preferred face, a size in points, a colour, and extra space between characters in mm.
type style struct {
	face    string
	size    float64
	color   rgb
	spacing float64
}

// The faces' names in the document.
const (
	sans  = "sans"
	bold  = "bold"
	serif = "serif"
	world = "world"
)

const (
	pointMM = 25.4 / 72
	missing = '〓' // the printers' sign for a type they don't have
)

// A sheet is a document being drawn. Coordinates are mm from the upper left corner; text stands on its baseline.
type sheet struct {
	*fpdf.Fpdf
	faces  map[string]*font.Face
	loaded map[string]bool
	widths map[string]map[rune]float64 // face, character: width in em
	rescue map[string]map[rune]string  // preferred face, character: the face that has it
}

func newSheet(doc *fpdf.Fpdf, fonts *font.Set) *sheet {
	return &sheet{
		Fpdf:   doc,
		faces:  map[string]*font.Face{sans: &fonts.Sans, bold: &fonts.SansBold, serif: &fonts.SerifBold, world: &fonts.SansWorld},
		loaded: map[string]bool{},
		widths: map[string]map[rune]float64{sans: {}, bold: {}, serif: {}, world: {}},
		rescue: map[string]map[rune]string{sans: {}, bold: {}, serif: {}, world: {}},
	}
}

// use selects a face; reading a typeface takes time, so only those in use are read.
func (s *sheet) use(face string, size float64) {
	if !s.loaded[face] {
		s.AddUTF8FontFromBytes(face, "", s.faces[face].TTF)
		s.loaded[face] = true
	}
	s.SetFont(face, "", size)
}

// faceOf finds the face that can draw a character, the preferred one first, or "" when none can.
func (s *sheet) faceOf(preferred string, r rune) string {
	if f, ok := s.rescue[preferred][r]; ok {
		return f
	}
	found := ""
	for _, f := range []string{preferred, bold, sans, world} {
		if s.faces[f].Has(r) {
			found = f
			break
		}
	}
	s.rescue[preferred][r] = found
	return found
}

// whole chooses one face for a whole text, when one has it all: a name in two faces looks mended.
func (s *sheet) whole(st style, text string) style {
	for _, f := range []string{st.face, bold, sans, world} {
		if s.faces[f].Covers(text) {
			st.face = f
			break
		}
	}
	return st
}

// clean makes a text drawable: composed form, no control and direction marks, 〓 for what no face has. Line
// breaks stay.
func (s *sheet) clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\u00a0' || r == '\u3000':
			return ' '
		case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		case s.faceOf(sans, r) == "":
			return missing
		}
		return r
	}, norm.NFC.String(text))
}

// line is clean for what stands on one line.
func (s *sheet) line(text string) string { return strings.Join(strings.Fields(s.clean(text)), " ") }

// runeWidth is a character's width in mm, with the style's spacing.
func (s *sheet) runeWidth(st style) func(rune) float64 {
	return func(r rune) float64 {
		face := s.faceOf(st.face, r)
		if face == "" {
			return 0 // not drawn either; clean and line let none through
		}
		w, ok := s.widths[face][r]
		if !ok {
			s.use(face, st.size)
			w = float64(s.GetStringSymbolWidth(string(r))) / 1000
			s.widths[face][r] = w
		}
		return w*st.size*pointMM + st.spacing
	}
}

// width is a text's width in mm.
func (s *sheet) width(st style, text string) float64 {
	w, of := 0.0, s.runeWidth(st)
	for _, r := range text {
		w += of(r)
	}
	if w > 0 {
		w -= st.spacing
	}
	return w
}

// text draws one line whose baseline starts at x, y. A run of characters of one face goes out as one piece, so
// that it can be searched and copied.
func (s *sheet) text(st style, x, y float64, text string) {
	s.SetTextColor(st.color.r, st.color.g, st.color.b)
	var run []rune
	face, at := "", x
	flush := func() {
		if len(run) > 0 {
			s.use(face, st.size)
			s.Text(at, y, string(run))
		}
		run = run[:0]
	}
	if st.spacing != 0 {
		s.RawWriteStr(fmt.Sprintf("%.3f Tc", st.spacing/pointMM))
		defer s.RawWriteStr("0 Tc")
	}
	of := s.runeWidth(st)
	for _, r := range text {
		w := of(r) // before use: measuring may select another face
		f := s.faceOf(st.face, r)
		if f == "" {
			continue
		}
		if f != face {
			flush()
			face, at = f, x
		}
		run = append(run, r)
		x += w
	}
	flush()
}

// centered draws one line around x.
func (s *sheet) centered(st style, x, y float64, text string) {
	s.text(st, x-s.width(st, text)/2, y, text)
}

// fit shrinks a style until the text is at most limit wide, but not under the smallest size.
func (s *sheet) fit(st style, text string, limit, smallest float64) style {
	if w := s.width(st, text); w > limit {
		st.size = max(st.size*limit/w, smallest)
		st.spacing = 0
	}
	return st
}

func (s *sheet) stroke(c rgb, width float64) {
	s.SetDrawColor(c.r, c.g, c.b)
	s.SetLineWidth(width)
}

func (s *sheet) paint(c rgb) { s.SetFillColor(c.r, c.g, c.b) }
