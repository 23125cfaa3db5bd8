package pdf

import (
	"fmt"
	"time"

	"hanse/internal/kit/i18n"
)

// A Form is a document of rows and tables on as many A4 pages as it takes, such as an application. Its texts are
// in the form's language already; only page numbers and the signature line come from here.
type Form struct {
	Lang      string // "en" or "zh-Hans"
	Title     string
	Subtitle  string // may be empty
	Number    string // may be empty
	Issuer    string // who the form is for: stands above the title
	Date      string // ISO date; also the document's own date
	Sections  []Section
	Signature bool // with a place to sign and seal at the end
}

// A Section has a heading, and below it a note, rows of label and value, and a table; each may be absent.
type Section struct {
	Heading string
	Note    string
	Rows    [][2]string
	Table   *Table
}

// A Table repeats its head on every page. Widths are relative; nil makes all columns equally wide. Rows may be
// shorter than the head, and longer ones are cut.
type Table struct {
	Head   []string
	Widths []float64
	Rows   [][]string
}

// Form draws the document. Errors are internal: characters that can't be drawn appear as 〓.
func (p *Press) Form(f Form) ([]byte, error) {
	made, err := time.Parse(time.DateOnly, f.Date)
	if err != nil {
		return nil, fmt.Errorf("form %s: %w", f.Title, err)
	}
	m := meta{title: f.Title, author: f.Issuer, lang: f.Lang, made: made}
	return p.draw(m, func(s *sheet) {
		l := &layout{s: s, form: f}
		l.begin()
		l.head()
		for _, section := range f.Sections {
			l.section(section)
		}
		if f.Signature {
			l.signature()
		}
		l.print()
	})
}

// The page of a form, in mm.
const (
	formW, formH   = 210.0, 297.0
	left, right    = 20.0, 190.0
	top, bottom    = 24.0, 274.0
	column         = right - left
	lineH          = 5.2 // of body text
	padX, padY     = 2.4, 1.7
	labelW         = 52.0
	lastTableShare = 6 // at most a row of a sixth of a page is kept whole
)

var (
	body    = style{sans, 10, ink, 0}
	label   = style{sans, 9.5, grey, 0}
	heading = style{bold, 12.5, navy, 0}
)

// A layout collects what to draw on each page and draws it at the end, when the number of pages is known.
type layout struct {
	s     *sheet
	form  Form
	pages [][]func()
	y     float64 // top of what comes next
}

func (l *layout) begin() {
	l.pages = append(l.pages, nil)
	l.y = top
}

func (l *layout) put(draw func()) {
	n := len(l.pages) - 1
	l.pages[n] = append(l.pages[n], draw)
}

// need begins a new page when less than h is left, and tells whether it did.
func (l *layout) need(h float64) bool {
	if l.y+h <= bottom || l.y == top {
		return false
	}
	l.begin()
	return true
}

func (l *layout) wrap(st style, text string, w float64) []string {
	return lines(l.s.clean(text), l.s.runeWidth(st), w)
}

// paragraph sets lines below each other from x, and moves on.
func (l *layout) paragraph(st style, x float64, texts []string, height float64) {
	for _, t := range texts {
		l.need(height)
		y := l.y + height*.74
		l.put(func() { l.s.text(st, x, y, t) })
		l.y += height
	}
}

func (l *layout) head() {
	f := l.form
	l.paragraph(style{bold, 9.5, grey, .2}, left, l.wrap(label, f.Issuer, column), 5.5)
	l.y += 1.5
	l.paragraph(style{serif, 22, navy, 0}, left, l.wrap(style{serif, 22, navy, 0}, f.Title, column), 10)
	if f.Subtitle != "" {
		l.paragraph(style{sans, 11, grey, 0}, left, l.wrap(style{sans, 11, grey, 0}, f.Subtitle, column), 6)
	}
	l.y += 2
	y := l.y
	l.put(func() {
		l.s.stroke(navy, .8)
		l.s.Line(left, y, right, y)
		l.s.stroke(gold, .3)
		l.s.Line(left, y+1, right, y+1)
	})
	l.y += 4
	line := (&i18n.Loc{Lang: f.Lang, TZ: time.UTC}).Day(f.Date)
	if f.Number != "" {
		line = say(f.Lang, i18n.M("pdf.form.number", i18n.A{"number": f.Number})) + "    " + line
	}
	l.paragraph(label, left, []string{l.s.line(line)}, 5)
}

func (l *layout) section(sec Section) {
	l.y += 5
	l.need(26) // a heading alone at the foot of a page looks lost
	if sec.Heading != "" {
		y := l.y
		l.put(func() {
			l.s.paint(gold)
			l.s.Rect(left, y+1.2, 1.2, 5, "F")
		})
		l.paragraph(heading, left+3.4, l.wrap(heading, sec.Heading, column-4), 7)
		l.y += 1
	}
	if sec.Note != "" {
		l.paragraph(label, left, l.wrap(label, sec.Note, column), 4.8)
		l.y += 1
	}
	if len(sec.Rows) > 0 {
		l.rows(sec.Rows)
	}
	if sec.Table != nil {
		l.table(*sec.Table)
	}
}

// rows draws label and value side by side with hairlines between.
func (l *layout) rows(rows [][2]string) {
	t := grid{widths: []float64{labelW, column - labelW}, styles: []style{label, body}}
	l.hairline()
	for _, r := range rows {
		l.row(t, []string{r[0], r[1]}, nil)
	}
	l.y += 2
}

func (l *layout) table(t Table) {
	n := max(len(t.Head), 1)
	g := grid{widths: make([]float64, n), styles: make([]style, n)}
	sum := 0.0
	for i := range n {
		g.widths[i] = 1
		if i < len(t.Widths) && t.Widths[i] > 0 {
			g.widths[i] = t.Widths[i]
		}
		sum += g.widths[i]
		g.styles[i] = style{sans, 9, ink, 0}
	}
	for i := range g.widths {
		g.widths[i] *= column / sum
	}
	head := func() { l.tableHead(g, t.Head) }
	l.need(20)
	head()
	for _, r := range t.Rows {
		cells := make([]string, n)
		copy(cells, r)
		l.row(g, cells, head)
	}
	l.y += 2
}

func (l *layout) tableHead(g grid, names []string) {
	st := style{bold, 9, navy, 0}
	cells, height := l.cells(grid{g.widths, repeat(st, len(g.widths))}, names)
	y, h := l.y, float64(height)*lineH+2*padY
	l.put(func() {
		l.s.paint(rgb{238, 242, 248})
		l.s.Rect(left, y, column, h, "F")
	})
	l.cellText(grid{g.widths, repeat(st, len(g.widths))}, cells, 0, height)
	l.y += h
	l.hairline()
}

// A grid is the columns of a table: widths in mm and a style each.
type grid struct {
	widths []float64
	styles []style
}

// cells breaks each text to its column, and returns the most lines of one.
func (l *layout) cells(g grid, texts []string) (cells [][]string, most int) {
	for i, text := range texts {
		if i == len(g.widths) {
			break
		}
		c := l.wrap(g.styles[i], text, g.widths[i]-2*padX)
		cells, most = append(cells, c), max(most, len(c))
	}
	return cells, max(most, 1)
}

// row draws one row and a hairline. A row that doesn't fit goes to the next page, where again is called first to
// repeat a head; one that's long is cut instead, so that no page stays half empty and none is too small for it.
func (l *layout) row(g grid, texts []string, again func()) {
	cells, rest := l.cells(g, texts)
	for from := 0; rest > 0; {
		fits := int((bottom - l.y - 2*padY) / lineH)
		short := float64(rest)*lineH < (bottom-top)/lastTableShare
		if fits < rest && (short || fits < 2) && l.need(float64(rest)*lineH+2*padY) {
			if again != nil {
				again()
			}
			fits = int((bottom - l.y - 2*padY) / lineH)
		}
		n := min(rest, max(fits, 1))
		l.cellText(g, cells, from, n)
		l.y += float64(n)*lineH + 2*padY
		l.hairline()
		from, rest = from+n, rest-n
	}
}

// cellText draws n lines of each cell, beginning with one, at the current height.
func (l *layout) cellText(g grid, cells [][]string, from, n int) {
	x := left
	for i, c := range cells {
		for k := from; k < min(from+n, len(c)); k++ {
			st, at, y, text := g.styles[i], x+padX, l.y+padY+float64(k-from)*lineH+lineH*.74, c[k]
			l.put(func() { l.s.text(st, at, y, text) })
		}
		x += g.widths[i]
	}
}

func (l *layout) hairline() {
	y := l.y
	l.put(func() {
		l.s.stroke(rule, .2)
		l.s.Line(left, y, right, y)
	})
}

func (l *layout) signature() {
	l.y += 8
	l.need(42)
	y := l.y + 28
	sign, day := say(l.form.Lang, i18n.M("pdf.form.signature")), say(l.form.Lang, i18n.M("pdf.form.date"))
	l.put(func() {
		l.s.stroke(grey, .25)
		l.s.Line(left, y, left+95, y)
		l.s.Line(right-55, y, right, y)
		l.s.text(label, left, y+5, sign)
		l.s.text(label, right-55, y+5, day)
	})
	l.y = y + 8
}

// print draws all pages, each with its foot.
func (l *layout) print() {
	small := style{sans, 8, grey, 0}
	for i, page := range l.pages {
		l.s.AddPage()
		for _, draw := range page {
			draw()
		}
		l.s.stroke(rule, .2)
		l.s.Line(left, formH-17, right, formH-17)
		name := l.s.line(l.form.Title)
		if l.form.Number != "" {
			name = l.s.line(name + " · " + l.form.Number)
		}
		l.s.text(l.s.fit(small, name, 120, 5), left, formH-12, lines(name, l.s.runeWidth(small), 300)[0])
		foot := say(l.form.Lang, i18n.M("pdf.form.page", i18n.A{"page": i + 1, "total": len(l.pages)}))
		l.s.text(small, right-l.s.width(small, foot), formH-12, foot)
	}
}

func repeat(st style, n int) []style {
	out := make([]style, n)
	for i := range out {
		out[i] = st
	}
	return out
}
