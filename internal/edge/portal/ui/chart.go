package ui

import (
	"math"
	"strconv"
	"strings"
)

// ChartView is a chart drawn by the server, with the same figures as a table behind it.
type ChartView struct {
	ID     string // unique on the page
	Title  string
	Unit   string // under the chart: "Partners"
	Head   string // heading of the labels in the table: "Month"
	Labels []string
	Series []Series
	Format func(float64) string // of the table and the tips; plain digits when nil
}

// Series is one set of figures, one per label. NaN is no figure.
type Series struct {
	Name   string
	Values []float64
}

// HeatView is a calendar of counts, as a table: the darker the more.
type HeatView struct {
	Caption string
	First   string
	Columns []string // months
	Rows    []HeatRow
}

// HeatRow is one kind of thing over the columns.
type HeatRow struct {
	Label string
	Cells []HeatCell
}

// HeatCell is a count, and the list behind it.
type HeatCell struct {
	N    int
	Href string
}

// heat is the shade of a count, 0 to 4, by its share of the largest.
func (v HeatView) heat(n int) string {
	most := 1
	for _, r := range v.Rows {
		for _, c := range r.Cells {
			most = max(most, c.N)
		}
	}
	if n == 0 {
		return "heat-0"
	}
	return "heat-" + itoa(min(4, 1+n*4/(most+1)))
}

func (v ChartView) format(f float64) string {
	switch {
	case math.IsNaN(f):
		return "–"
	case v.Format != nil:
		return v.Format(f)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// The plot's place within the picture.
const (
	plotLeft, plotRight = 34.0, 476.0
	plotTop, plotBottom = 10.0, 160.0
	ticks               = 4
)

// top is the end of the scale: the smallest of 1, 2, 2.5, 5, 10 times a power of ten that holds every figure.
func (v ChartView) top() float64 {
	most := 0.0
	for _, s := range v.Series {
		for _, f := range s.Values {
			if !math.IsNaN(f) {
				most = math.Max(most, f)
			}
		}
	}
	if most <= ticks {
		return ticks
	}
	unit := math.Pow(10, math.Floor(math.Log10(most)))
	for _, m := range []float64{1, 2, 2.5, 4, 5, 8} {
		if m*unit >= most {
			return m * unit
		}
	}
	return 10 * unit
}

func (v ChartView) y(f float64) float64 {
	return plotBottom - (plotBottom-plotTop)*math.Max(0, f)/v.top()
}

// slot is the width that each label has.
func (v ChartView) slot() float64 {
	return (plotRight - plotLeft) / math.Max(1, float64(len(v.Labels)))
}

func (v ChartView) middle(i int) float64 { return plotLeft + v.slot()*(float64(i)+0.5) }

// bar is the left edge and the width of a bar: series s at label i.
func (v ChartView) bar(i, s int) (x, width float64) {
	n := float64(len(v.Series))
	width = math.Min(26, v.slot()*0.7/n)
	return v.middle(i) - width*n/2 + width*float64(s), width - 1.5
}

func (v ChartView) tick(i int) float64 { return v.top() * float64(i) / ticks }

// label tells whether the i-th label has room: every one up to 14, then every second, third.
func (v ChartView) label(i int) bool {
	return i%(1+(len(v.Labels)-1)/14) == 0
}

// line is the path of a series; a gap where there's no figure.
func (v ChartView) line(s Series) string {
	var b strings.Builder
	pen := "M"
	for i, f := range s.Values {
		if math.IsNaN(f) {
			pen = "M"
			continue
		}
		b.WriteString(pen + num(v.middle(i)) + " " + num(v.y(f)))
		pen = "L"
	}
	return b.String()
}

func seriesClass(i int) string { return "s" + itoa(i%4) }
