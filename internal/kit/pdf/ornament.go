package pdf

import (
	"math"

	"codeberg.org/go-pdf/fpdf"
)

// The colours of documents.
var (
	navy  = rgb{18, 44, 92}
	blue  = rgb{29, 95, 191}
	gold  = rgb{176, 137, 54}
	light = rgb{222, 194, 126}
	deep  = rgb{136, 100, 32}
	paper = rgb{253, 252, 248}
	ink   = rgb{26, 32, 41}
	grey  = rgb{92, 101, 116}
	white = rgb{255, 255, 255}
	rule  = rgb{214, 219, 228}
)

// half is where the control points of a cubic curve must lie for it to follow half a period of a cosine.
const half = 0.3642

// weave draws a band of interlaced waves between two points, as banknotes have: n waves, each a step further,
// with the given amplitude, every crest about length apart from the next trough. The band is cut at its ends.
func (s *sheet) weave(x1, y1, x2, y2, amplitude, length float64, n int) {
	dx, dy := x2-x1, y2-y1
	full := math.Hypot(dx, dy)
	ux, uy := dx/full, dy/full
	at := func(along, across float64) (float64, float64) {
		return x1 + ux*along - uy*across, y1 + uy*along + ux*across
	}
	l := full / math.Round(full/length)
	s.ClipRect(min(x1, x2)-amplitude*math.Abs(uy), min(y1, y2)-amplitude*math.Abs(ux),
		math.Abs(dx)+2*amplitude*math.Abs(uy), math.Abs(dy)+2*amplitude*math.Abs(ux), false)
	for k := range n {
		p := -2*l + 2*l*float64(k)/float64(n)
		a := amplitude
		s.MoveTo(at(p, a))
		for ; p < full; p += l {
			c1x, c1y := at(p+half*l, a)
			c2x, c2y := at(p+(1-half)*l, -a)
			ex, ey := at(p+l, -a)
			s.CurveBezierCubicTo(c1x, c1y, c2x, c2y, ex, ey)
			a = -a
		}
		s.DrawPath("D")
	}
	s.ClipEnd()
}

// rosette draws n closed waves around a centre between two radii: the pattern of engine-turned watch cases.
func (s *sheet) rosette(cx, cy, inner, outer float64, petals, n int) {
	middle, swing := (inner+outer)/2, (outer-inner)/2
	steps := petals * 14
	for k := range n {
		phase := 2 * math.Pi * float64(k) / float64(n)
		for i := range steps + 1 {
			t := 2 * math.Pi * float64(i) / float64(steps)
			r := middle + swing*math.Sin(float64(petals)*t+phase)
			x, y := cx+r*math.Cos(t), cy+r*math.Sin(t)
			if i == 0 {
				s.MoveTo(x, y)
				continue
			}
			s.LineTo(x, y)
		}
		s.DrawPath("D")
	}
}

// star draws a five-pointed star with light and dark facets.
func (s *sheet) star(cx, cy, r float64) {
	point := func(i int, r float64) fpdf.PointType {
		a := -math.Pi/2 + float64(i)*math.Pi/5
		return fpdf.PointType{X: cx + r*math.Cos(a), Y: cy + r*math.Sin(a)}
	}
	const valley = 0.39
	for i := range 10 {
		tip, dip := i, i+1
		c := rgb{205, 165, 76}
		if i%2 == 1 {
			tip, dip = i+1, i
			c = rgb{164, 124, 42}
		}
		s.paint(c)
		s.Polygon([]fpdf.PointType{{X: cx, Y: cy}, point(tip, r), point(dip, r*valley)}, "F")
	}
}

// scallop draws a disc with a wavy edge of n bumps.
func (s *sheet) scallop(cx, cy, r, depth float64, n int) {
	var edge []fpdf.PointType
	for i := range n * 8 {
		t := 2 * math.Pi * float64(i) / float64(n*8)
		// The absolute sine gives round bumps and sharp dents, as a punched seal has.
		d := r - depth + depth*math.Abs(math.Sin(t*float64(n)/2))
		edge = append(edge, fpdf.PointType{X: cx + d*math.Cos(t), Y: cy + d*math.Sin(t)})
	}
	s.Polygon(edge, "F")
}

// arc writes a text along a circle, centred at an angle (degrees, 0 is right, -90 is up). Over the top letters
// stand outwards, under the bottom they stand inwards: both read from left to right.
func (s *sheet) arc(st style, cx, cy, r, middle float64, text string) {
	side := 1.0
	if middle > 0 {
		side = -1
	}
	of := s.runeWidth(st)
	degrees := func(mm float64) float64 { return mm / r * 180 / math.Pi }
	a := middle - side*degrees(s.width(st, text))/2
	for _, c := range text {
		w := of(c)
		a += side * degrees(w) / 2
		x, y := cx+r*math.Cos(a*math.Pi/180), cy+r*math.Sin(a*math.Pi/180)
		s.TransformBegin()
		s.TransformRotate(-(a + side*90), x, y)
		s.text(st, x-(w-st.spacing)/2, y, string(c))
		s.TransformEnd()
		a += side * degrees(w) / 2
	}
}

// seal draws the issuer's golden seal with its ribbons: the name in both languages around, the stars inside.
func (s *sheet) seal(cx, cy, r float64, issuer Both, stars int) {
	s.ribbon(cx, cy, r, -1)
	s.ribbon(cx, cy, r, 1)
	s.paint(deep)
	s.scallop(cx, cy+.35, r+.15, 1, 44)
	s.paint(gold)
	s.scallop(cx, cy, r, 1, 44)
	s.paint(rgb{242, 226, 182})
	s.Circle(cx, cy, r*.90, "F")
	s.stroke(deep, .2)
	s.Circle(cx, cy, r*.87, "D")
	s.paint(navy)
	s.Circle(cx, cy, r*.60, "F")
	s.stroke(light, .35)
	s.Circle(cx, cy, r*.56, "D")
	s.stroke(rgb{96, 122, 168}, .08)
	s.rosette(cx, cy, r*.30, r*.52, 12, 5)
	s.sealText(cx, cy, r, issuer)
	s.sealStars(cx, cy, r, stars)
}

func (s *sheet) sealText(cx, cy, r float64, issuer Both) {
	over, under := style{bold, r * .50, deep, .4}, style{bold, r * .40, deep, .1}
	top, bottom := issuer.ZH, issuer.EN
	if top == "" || bottom == "" {
		top, bottom = top+bottom, ""
	}
	// Two thirds of the circle are for the upper text, a third for the lower one.
	s.arc(s.fit(over, top, r*2.2, 3), cx, cy, r*.68, -90, top)
	s.arc(s.fit(under, bottom, r*1.9, 2.5), cx, cy, r*.805, 90, bottom)
}

func (s *sheet) sealStars(cx, cy, r float64, n int) {
	if n <= 1 {
		s.star(cx, cy, r*.34)
		return
	}
	size, away := r*.15, r*.30
	for i := range n {
		a := -math.Pi/2 + 2*math.Pi*float64(i)/float64(n)
		s.star(cx+away*math.Cos(a), cy+away*math.Sin(a), size)
	}
}

func (s *sheet) ribbon(cx, cy, r, side float64) {
	s.TransformBegin()
	s.TransformRotate(side*16, cx, cy)
	w, top, end := r*.36, cy+r*.5, cy+r*1.62
	s.paint(navy)
	s.Polygon([]fpdf.PointType{{X: cx - w, Y: top}, {X: cx + w, Y: top}, {X: cx + w, Y: end}, {X: cx, Y: end - w*.8}, {X: cx - w, Y: end}}, "F")
	s.stroke(light, .25)
	for _, x := range []float64{-w * .72, w * .72} {
		s.Line(cx+x, top, cx+x, end-w*.35)
	}
	s.TransformEnd()
}

// frame draws paper, the woven border and its corners.
func (s *sheet) frame(w, h float64) {
	s.paint(paper)
	s.Rect(0, 0, w, h, "F")
	const out, in = 8.0, 17.0 // mm from the edge
	mid, corner := (out+in)/2, 14.0
	s.stroke(rgb{96, 132, 190}, .14)
	amplitude := (in-out)/2 - .9
	s.weave(out+corner, mid, w-out-corner, mid, amplitude, 6, 6)
	s.weave(out+corner, h-mid, w-out-corner, h-mid, amplitude, 6, 6)
	s.weave(mid, out+corner, mid, h-out-corner, amplitude, 6, 6)
	s.weave(w-mid, out+corner, w-mid, h-out-corner, amplitude, 6, 6)
	s.stroke(navy, .9)
	s.Rect(out, out, w-2*out, h-2*out, "D")
	s.stroke(gold, .3)
	s.Rect(out+1.1, out+1.1, w-2*out-2.2, h-2*out-2.2, "D")
	s.stroke(gold, .5)
	s.Rect(in, in, w-2*in, h-2*in, "D")
	s.stroke(navy, .15)
	s.Rect(in+1, in+1, w-2*in-2, h-2*in-2, "D")
	for _, c := range [][2]float64{{out + 7, out + 7}, {w - out - 7, out + 7}, {out + 7, h - out - 7}, {w - out - 7, h - out - 7}} {
		s.corner(c[0], c[1])
	}
}

func (s *sheet) corner(x, y float64) {
	s.paint(paper)
	s.stroke(navy, .5)
	s.Rect(x-7, y-7, 14, 14, "FD")
	s.stroke(gold, .3)
	s.Rect(x-6, y-6, 12, 12, "D")
	s.stroke(rgb{70, 108, 172}, .12)
	s.rosette(x, y, 1.4, 5.3, 8, 6)
	s.paint(gold)
	s.star(x, y, 1.5)
}
