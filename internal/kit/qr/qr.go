// Package qr turns a text, usually a link, into a QR code that pages and PDFs draw as vectors.
package qr

import (
	"fmt"
	"html"
	"strings"

	qrcode "github.com/skip2/go-qrcode"
)

// Quiet is the empty margin, in modules, that a reader needs around a code.
const Quiet = 4

// A Code is a square of dark and light modules, without its margin.
type Code struct {
	Size int
	dark [][]bool
}

// Encode makes a code with medium error correction: 15 % of it may be damaged or covered. It fails when the text
// is longer than about 2 KB.
func Encode(text string) (Code, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return Code{}, fmt.Errorf("qr code of %d bytes: %w", len(text), err)
	}
	q.DisableBorder = true
	dark := q.Bitmap()
	return Code{Size: len(dark), dark: dark}, nil
}

// Dark tells whether a module is dark; outside of the code all are light.
func (c Code) Dark(x, y int) bool {
	return x >= 0 && y >= 0 && x < c.Size && y < c.Size && c.dark[y][x]
}

// Runs calls draw for every horizontal run of n dark modules that starts at x, y.
func (c Code) Runs(draw func(x, y, n int)) {
	for y, row := range c.dark {
		for x := 0; x < len(row); {
			n := 0
			for x+n < len(row) && row[x+n] {
				n++
			}
			if n > 0 {
				draw(x, y, n)
			}
			x += n + 1
		}
	}
}

// Path is the data of one SVG path element, one unit a module.
func (c Code) Path() string {
	var b strings.Builder
	c.Runs(func(x, y, n int) { fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x, y, n, n) })
	return b.String()
}

// SVG is a whole picture with its margin, black on white in every theme: readers want that. The label is what a
// screen reader says; it's escaped here.
func (c Code) SVG(label string) string {
	side := c.Size + 2*Quiet
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="%d %d %d %d" role="img" aria-label="%s" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M%d %dh%dv%dh-%dz"/><path fill="#000" d="%s"/></svg>`,
		-Quiet, -Quiet, side, side, html.EscapeString(label), -Quiet, -Quiet, side, side, side, c.Path())
}
