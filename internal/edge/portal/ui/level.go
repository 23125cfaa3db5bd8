package ui

import (
	"math"
	"strings"

	"github.com/a-h/templ"
)

// StarsView is a level as stars. Have are granted, Ready are computed but not granted yet (Have <= Ready <= Max).
type StarsView struct {
	Have  int
	Ready int
	Max   int
	Label string // read aloud: "Three of four stars"
	Size  Size
}

// Size is how large stars are drawn.
type Size string

// The sizes: in a table, in a heading, on a card, on a certificate.
const (
	Small  Size = ""
	Middle Size = "md"
	Large  Size = "lg"
	Huge   Size = "xl"
)

// star tells how the i-th star (from 1) looks: on, ready, or off.
func (v StarsView) star(i int) string {
	switch {
	case i <= v.Have:
		return "on"
	case i <= v.Ready:
		return "ready"
	}
	return "off"
}

// LineView is one requirement: need and have, who fills it, who doesn't and why, and how to close the gap.
type LineView struct {
	ID     string // unique on the page
	Label  string
	Sub    string // under the label: what exactly is asked
	Have   string
	Need   string
	Share  float64 // of the bar: 0 to 1
	Met    bool
	Tone   Tone   // Good when met and Warn when not, unless set (met but about to lapse: Warn)
	Note   string // "1 to go"; says met or not met when empty
	Close  string // one sentence: how to close the gap
	Fills  []Fill
	Misses []Miss
	More   *LinkView       // "120 more candidates"
	Body   templ.Component // proof of another kind: files, events
	Open   bool
}

// Fill is one slot of a requirement with the person in it; an empty Name is a vacant slot.
type Fill struct {
	Slot  string // "Senior engineer 1"
	Name  string
	Href  string
	Code  string // the certificate that counts
	Until string // validity of it, as words
	Tone  Tone   // of the validity
}

// Miss is a candidate who doesn't count, and why not.
type Miss struct {
	Name string
	Href string
	Code string
	Why  string
}

func (v LineView) tone() Tone {
	switch {
	case v.Tone != Neutral:
		return v.Tone
	case v.Met:
		return Good
	}
	return Warn
}

func (v LineView) icon() string {
	if v.Met {
		return "circle-check"
	}
	return "circle-dashed"
}

func (v LineView) opens() bool {
	return v.Close != "" || len(v.Fills) > 0 || len(v.Misses) > 0 || v.Body != nil || v.More != nil
}

// LevelView is the card of one program: level, validity, progress, and the line that decides.
type LevelView struct {
	Program string
	Href    string
	Level   string // "Three-star"; what stands for none when there's none yet
	Stars   StarsView
	Status  templ.Component
	Term    *TermView
	Met     int // lines met of the next level, of Total; the ring is left out when Total is 0
	Total   int
	Toward  string // read aloud with the ring: "5 of 7 requirements of four-star are met"
	Decides string // the sentence that says what is missing, or that one may apply
	Tone    Tone   // of Decides
	Action  templ.Component
}

// TermView is a validity: from and until as 2026-11-20, and how much of it has passed (0 to 1).
type TermView struct {
	From  string
	Until string
	Share float64
	Tone  Tone
	Text  string // "Valid for 112 more days"
}

// MatrixView sets the levels of a program side by side.
type MatrixView struct {
	Plain   bool // what is asked, without whether it's met
	Caption string
	First   string // heading of the first column: "Requirement"
	Levels  []MatrixLevel
	Rows    []MatrixRow
}

// MatrixLevel is one column: a level.
type MatrixLevel struct {
	Label   string
	Sub     string
	Stars   StarsView
	Current bool
}

// MatrixRow is one requirement across the levels. Cells follow the levels.
type MatrixRow struct {
	Label string
	Href  string
	Cells []MatrixCell
}

// MatrixCell is what one level asks; an empty Text is nothing asked.
type MatrixCell struct {
	Text string
	Met  bool
}

// CertificateView is a certificate as it looks on paper.
type CertificateView struct {
	Kind   string // "Certificate of qualification"
	Holder string
	Title  string // "Three-Star Service Partner"
	Sub    string // the program and its version
	Stars  StarsView
	Issuer string
	Facts  []Fact          // number, valid from, valid until
	QR     templ.Component // QR(...)
	Void   string          // stamped across: "Cancelled"; empty when in force
}

// qrPath draws the dark modules of a QR code as one path, a row at a time.
func qrPath(bits [][]bool) string {
	var b strings.Builder
	for y, row := range bits {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			n := x
			for n < len(row) && row[n] {
				n++
			}
			b.WriteString("M" + itoa(x) + " " + itoa(y) + "h" + itoa(n-x) + "v1h-" + itoa(n-x) + "z")
			x = n
		}
	}
	return b.String()
}

// rosette is a guilloche curve around the origin: waves petals on a circle of radius r, turned by turn.
func rosette(r, depth float64, waves int, turn float64) string {
	var b strings.Builder
	const steps = 180
	for i := range steps + 1 {
		a := 2 * math.Pi * float64(i) / steps
		d := r + depth*math.Sin(float64(waves)*a+turn)
		sign := "L"
		if i == 0 {
			sign = "M"
		}
		b.WriteString(sign + short(d*math.Cos(a)) + " " + short(d*math.Sin(a)))
	}
	return b.String() + "Z"
}

func short(v float64) string { return num(math.Round(v*10) / 10) }
