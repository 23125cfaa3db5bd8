// Package ui is the component kit of the portal: what pages are made of.
//
// Components know nothing of the domain. They take words that are in the reader's language already, and say
// their own few words from the catalogue. Every component works as plain HTML; scripts only make it smoother.
// Pages add no style of their own: a new look is a new component and a place on the gallery page, where the
// accessibility and width tests run.
package ui

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// A Tone says what a state means. It shows as a colour together with a shape, never as a colour alone.
type Tone string

// The tones. Info is the accent: something to know, without a judgement.
const (
	Neutral Tone = ""
	Info    Tone = "info"
	Good    Tone = "good"
	Warn    Tone = "warn"
	Bad     Tone = "bad"
)

// A Kind is the weight of a button or of a link that looks like one.
type Kind string

// The kinds. A page has at most one Primary in view; Danger names the object it destroys.
const (
	Plain   Kind = ""
	Primary Kind = "primary"
	Quiet   Kind = "quiet"
	Danger  Kind = "danger"
)

// ExpiryTone colours a validity by the days left: Bad when over, Warn within 90 days, else Good.
func ExpiryTone(daysLeft int) Tone {
	switch {
	case daysLeft < 0:
		return Bad
	case daysLeft <= 90:
		return Warn
	}
	return Good
}

// toneIcon is the icon that carries a tone's meaning without colour.
func toneIcon(t Tone) string {
	switch t {
	case Good:
		return "circle-check"
	case Warn:
		return "alert-triangle"
	case Bad:
		return "alert-circle"
	case Info:
		return "info-circle"
	}
	return "circle-dashed"
}

// num prints a coordinate for SVG.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// ratio holds a share within 0 and 1, with NaN as 0.
func ratio(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return math.Max(0, math.Min(1, v))
}

func itoa(n int) string { return strconv.Itoa(n) }

// href marks an address made by the portal as safe; templ still refuses scripts in it.
func href(s string) templ.SafeURL { return templ.URL(s) }

// machine is an instant as the datetime attribute wants it.
func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// or returns the first of a and b that isn't empty.
func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// slug makes an id from a field or section name: letters, digits, and hyphens.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, s)
}
