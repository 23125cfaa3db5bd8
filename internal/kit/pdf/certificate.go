package pdf

import (
	"fmt"
	"strings"
	"time"

	"hanse/internal/kit/i18n"
	"hanse/internal/kit/qr"
)

// Both is a text in both languages of the certificate. One of them may be empty.
type Both struct{ EN, ZH string }

// A Certificate is what stands on the document. Days are ISO dates, the first and the last day of validity both
// included; without a ValidUntil it's valid until it's revoked. VerifyURL is the public page that confirms it, and goes into the QR code.
type Certificate struct {
	Number     string
	Program    Both
	Level      Both
	Product    string // what was certified, beside the level; "" = the company itself
	Stars      int    // drawn above the holder; 0 draws none
	Holder     Both
	IssuedOn   string
	ValidFrom  string
	ValidUntil string
	Issuer     Both
	VerifyURL  string
	Credential []byte // the same as a signed credential (JSON), attached to the document; nil attaches none
}

// Certificate draws A4 landscape, both languages on one page. The holder's names must have passed CheckName; it
// returns the same fault (on field "holder") when not. Any other error is internal.
func (p *Press) Certificate(c Certificate) ([]byte, error) {
	for _, name := range []string{c.Holder.ZH, c.Holder.EN} {
		// A partner may have a name in one language only, but not in none.
		if name == "" && c.Holder != (Both{}) {
			continue
		}
		if err := p.CheckName("holder", name); err != nil {
			return nil, err
		}
	}
	issued, err := time.Parse(time.DateOnly, c.IssuedOn)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", c.Number, err)
	}
	code, err := qr.Encode(c.VerifyURL)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", c.Number, err)
	}
	title := i18n.Text(i18n.English, i18n.M("pdf.certificate.title")) + " " + c.Number
	m := meta{landscape: true, title: title, author: first(c.Issuer.EN, c.Issuer.ZH), lang: i18n.Chinese, made: issued}
	return p.draw(m, func(s *sheet) {
		s.AddPage()
		if c.Credential != nil {
			s.attach(c.Credential)
		}
		c.cleaned(s).draw(s, code)
	})
}

// cleaned makes every text drawable; only the holder is sure to be.
func (c Certificate) cleaned(s *sheet) Certificate {
	for _, b := range []*Both{&c.Program, &c.Level, &c.Holder, &c.Issuer} {
		b.EN, b.ZH = s.line(b.EN), s.line(b.ZH)
	}
	c.Number, c.ValidFrom, c.ValidUntil = s.line(c.Number), s.line(c.ValidFrom), s.line(c.ValidUntil)
	c.Product = s.line(c.Product)
	return c
}

const (
	pageW, pageH = 297.0, 210.0
	middle       = pageW / 2
	textW        = 205.0 // the widest line of the body
	between      = 150.0 // the widest line between QR code and seal
)

func (c Certificate) draw(s *sheet, code qr.Code) {
	s.frame(pageW, pageH)
	s.watermark()
	c.heading(s)
	c.holder(s)
	c.sentence(s)
	c.proof(s, code)
	c.facts(s)
	s.seal(244, 156, 19, c.Issuer, c.Stars)
}

// watermark is faint enough to read text over it.
func (s *sheet) watermark() {
	s.SetAlpha(.16, "Normal")
	s.stroke(blue, .12)
	s.rosette(middle, 104, 30, 66, 16, 9)
	s.stroke(gold, .14)
	s.rosette(middle, 104, 12, 34, 10, 7)
	s.SetAlpha(1, "Normal")
}

func (c Certificate) heading(s *sheet) {
	issuer := strings.Trim(c.Issuer.ZH+"  ·  "+c.Issuer.EN, " ·")
	s.centered(s.fit(style{bold, 10.5, grey, .25}, issuer, textW, 7), middle, 29, issuer)
	s.centered(style{serif, 38, navy, 3.2}, middle, 47, say(i18n.Chinese, i18n.M("pdf.certificate.title")))
	s.centered(style{serif, 15, gold, .9}, middle, 56.5, strings.ToUpper(say(i18n.English, i18n.M("pdf.certificate.title"))))
	c.stars(s, 66)
}

// stars draws the row of stars between two fading lines.
func (c Certificate) stars(s *sheet, y float64) {
	const gap, r = 13.0, 4.6
	wide := float64(max(c.Stars, 1)) * gap
	for i := range c.Stars {
		s.star(middle-wide/2+gap*(float64(i)+.5), y, r)
	}
	if c.Stars == 0 {
		wide = 4
	}
	for i := range 24 {
		s.stroke(gold, .35*(1-float64(i)/24)+.03)
		x := wide/2 + 3 + float64(i)*1.6
		s.Line(middle-x, y, middle-x-1.6, y)
		s.Line(middle+x, y, middle+x+1.6, y)
	}
}

func (c Certificate) holder(s *sheet) {
	words := say(i18n.Chinese, i18n.M("pdf.certificate.certifies")) + "   " + say(i18n.English, i18n.M("pdf.certificate.certifies"))
	s.centered(style{sans, 11, grey, 0}, middle, 79, words)
	big, small := c.Holder.ZH, c.Holder.EN
	if big == "" {
		big, small = small, ""
	}
	y := 92.5
	if small == "" {
		y = 97
	}
	s.name(style{serif, 30, ink, .6}, y, big, 16)
	if small != "" {
		s.name(style{bold, 15, ink, 0}, 102, small, 10)
	}
	s.stroke(gold, .4)
	s.Line(middle-52, 107.5, middle-3, 107.5)
	s.Line(middle+3, 107.5, middle+52, 107.5)
	s.paint(gold)
	s.TransformBegin()
	s.TransformRotate(45, middle, 107.5)
	s.Rect(middle-1, 106.5, 2, 2, "F")
	s.TransformEnd()
}

// name draws a name in one line as large as fits, or in two lines of the smallest size around y.
func (s *sheet) name(st style, y float64, name string, smallest float64) {
	st = s.fit(s.whole(st, name), name, textW, smallest)
	broken := lines(name, s.runeWidth(st), textW)
	if len(broken) > 1 {
		y -= st.size * pointMM * .5
	}
	for i, l := range broken {
		s.centered(st, middle, y+float64(i)*st.size*pointMM*1.15, l)
	}
}

// sentence says what for, in both languages, and then the level, which is what people look for.
func (c Certificate) sentence(s *sheet) {
	y := 115.5
	for _, l := range []struct {
		lang, program string
		size          float64
	}{{i18n.Chinese, first(c.Program.ZH, c.Program.EN), 12}, {i18n.English, first(c.Program.EN, c.Program.ZH), 11}} {
		st := style{sans, l.size, rgb{52, 60, 74}, 0}
		text := say(l.lang, i18n.M("pdf.certificate.sentence", i18n.A{"program": l.program}))
		st = s.fit(st, text, textW*1.1, 7.5)
		for _, line := range balanced(text, s.runeWidth(st), textW*1.1) {
			s.centered(st, middle, y, line)
			y += st.size * .5
		}
	}
	y = max(y+5, 133)
	big, small := first(c.Level.ZH, c.Level.EN), c.Level.EN
	if c.Level.ZH == "" {
		small = ""
	}
	small = strings.Trim(small+"  ·  "+c.Product, " ·")
	s.centered(s.fit(style{serif, 22, navy, .8}, big, between, 8), middle, y, big)
	s.centered(s.fit(style{bold, 12.5, navy, .2}, small, between, 5), middle, y+6.6, small)
}

// balanced breaks a text into as few lines as fit, about equally long: a single word on the last line looks lost.
func balanced(text string, width func(rune) float64, limit float64) []string {
	best := lines(text, width, limit)
	for w := limit * .95; w > limit*.4; w *= .95 {
		narrower := lines(text, width, w)
		if len(narrower) > len(best) {
			break
		}
		best = narrower
	}
	return best
}

// proof draws the QR code in its white field with a golden edge.
func (c Certificate) proof(s *sheet, code qr.Code) {
	const x0, y0, side = 28.0, 143.0, 32.0
	s.paint(white)
	s.stroke(gold, .35)
	s.Rect(x0, y0, side, side, "FD")
	s.paint(rgb{0, 0, 0})
	m := side / float64(code.Size+2*qr.Quiet)
	code.Runs(func(x, y, n int) {
		// A hair higher than a module: otherwise viewers show lines between the rows.
		s.Rect(x0+float64(x+qr.Quiet)*m, y0+float64(y+qr.Quiet)*m, float64(n)*m, m+.01, "F")
	})
	s.LinkString(x0, y0, side, side, c.VerifyURL)
	scan := say(i18n.Chinese, i18n.M("pdf.certificate.scan")) + " " + say(i18n.English, i18n.M("pdf.certificate.scan"))
	s.centered(s.fit(style{sans, 7.5, grey, 0}, scan, 44, 5), x0+side/2, y0+side+4.6, scan)
}

// facts draws number and days between QR code and seal, labels in both languages.
func (c Certificate) facts(s *sheet) {
	validity := i18n.A{"from": c.ValidFrom, "until": c.ValidUntil}
	period := i18n.M("pdf.certificate.period", validity)
	if c.ValidUntil == "" {
		period = i18n.M("pdf.certificate.open", validity)
	}
	rows := []struct {
		label i18n.Msg
		value string
	}{
		{i18n.M("pdf.certificate.number"), c.Number},
		{i18n.M("pdf.certificate.issued"), c.IssuedOn},
		{i18n.M("pdf.certificate.valid"), say(i18n.English, period)},
	}
	const x0, y0, step = 70.0, 147.5, 11.4
	for i, r := range rows {
		y := y0 + float64(i)*step
		s.text(style{sans, 8, grey, 0}, x0, y, say(i18n.Chinese, r.label)+"   "+say(i18n.English, r.label))
		s.text(s.fit(style{bold, 11.5, ink, 0}, r.value, 120, 7), x0, y+4.9, r.value)
	}
	s.text(s.fit(style{sans, 7.5, blue, 0}, c.VerifyURL, 140, 4.5), x0, y0+2*step+10, c.VerifyURL)
}

func say(lang string, m i18n.Msg) string { return i18n.Text(lang, m) }

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
