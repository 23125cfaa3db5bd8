package program

import (
	"slices"

	"hanse/internal/kit/calendar"
)

// A Pass is an exam that was passed on a day.
type Pass struct {
	Exam string
	On   calendar.Day
}

// Exam looks an exam up by its code, ignoring case and blanks.
func (c *Catalogue) Exam(code string) (ExamType, bool) {
	i, ok := c.byExam[foldCode(code)]
	if !ok {
		return ExamType{}, false
	}
	return c.Exams[i], true
}

// ExamsOf are the exams that lead to a certificate, in the catalogue's order.
func (c *Catalogue) ExamsOf(code string) []ExamType {
	var out []ExamType
	for _, e := range c.Exams {
		if e.Certificate == code {
			out = append(out, e)
		}
	}
	return out
}

// Provider finds a provider by its id.
func (c *Catalogue) Provider(id string) (Provider, bool) {
	i := slices.IndexFunc(c.Providers, func(p Provider) bool { return p.ID == id })
	if i < 0 {
		return Provider{}, false
	}
	return c.Providers[i], true
}

// Direction finds a direction by its id.
func (c *Catalogue) Direction(id string) (Direction, bool) {
	i := slices.IndexFunc(c.Directions, func(d Direction) bool { return d.ID == id })
	if i < 0 {
		return Direction{}, false
	}
	return c.Directions[i], true
}

// Ladder is the general ladder on which a certificate stands, and its rung; the
// first one when it stands on several.
func (c *Catalogue) Ladder(code string) (*Ladder, int, bool) {
	for i := range c.Ladders {
		if r := c.Ladders[i].Rung(code); r >= 0 {
			return &c.Ladders[i], r, true
		}
	}
	return nil, 0, false
}

// Next are the certificates one rung higher, on every general ladder: what one
// takes after this one.
func (c *Catalogue) Next(code string) []string {
	var out []string
	for i := range c.Ladders {
		l := &c.Ladders[i]
		r := l.Rung(code)
		if r < 0 || r+1 == len(l.Rungs) {
			continue
		}
		for _, next := range l.Rungs[r+1] {
			if !slices.Contains(out, next) {
				out = append(out, next)
			}
		}
	}
	return out
}

// Earned tells whether passed exams make a certificate, and from which day: the
// earliest day on which an exam that suffices alone, or one exam of every part,
// is passed.
func (c *Catalogue) Earned(code string, passes []Pass) (calendar.Day, bool) {
	found := calendar.None
	first := map[string]calendar.Day{}
	parts := map[string]bool{}
	for _, e := range c.ExamsOf(code) {
		if e.Part != "" {
			parts[e.Part] = true
		}
		for _, p := range passes {
			if foldCode(p.Exam) != foldCode(e.Code) || p.On.IsNone() {
				continue
			}
			if d, ok := first[e.Part]; !ok || p.On < d {
				first[e.Part] = p.On
			}
		}
	}
	if d, ok := first[""]; ok {
		found = d
	}
	last := calendar.None
	for part := range parts {
		d, ok := first[part]
		if !ok {
			return found, !found.IsNone()
		}
		last = max(last, d)
	}
	if found.IsNone() || !last.IsNone() && last < found {
		found = last
	}
	return found, !found.IsNone()
}

// Refreshes tells whether passing an exam, or earning a certificate, renews a
// held certificate (business rules 6.3): it is the same certification, or one
// of the same or a higher level in the same technical direction and class of
// the same provider, whose rule says so.
func (c *Catalogue) Refreshes(passed, held string) bool {
	if e, ok := c.Exam(passed); ok {
		passed = e.Certificate
	}
	p, known := c.Find(passed)
	h, ok := c.Find(held)
	if !known || !ok {
		return false
	}
	provider, _ := c.Provider(h.Provider)
	if provider.Refresh != RefreshDirection || p.Provider != h.Provider || p.Class != h.Class {
		return false
	}
	return p.Code == h.Code || p.Direction == h.Direction && p.Level >= h.Level
}

// Refreshed is the last valid day of a held certificate after all passes: each
// that renews it and lies on or before its last day so far moves that day to so
// many months after the pass. A certificate that has expired stays expired. A
// renewal never shortens.
func (c *Catalogue) Refreshed(held Certificate, passes []Pass) calendar.Day {
	last := c.Expiry(held)
	t, _ := c.Find(held.Code)
	provider, _ := c.Provider(t.Provider)
	sorted := slices.SortedStableFunc(slices.Values(passes), func(a, b Pass) int { return int(a.On) - int(b.On) })
	for _, p := range sorted {
		if p.On.IsNone() || last.IsNone() || p.On > last || p.On < held.IssuedOn || !c.Refreshes(p.Exam, held.Code) {
			continue
		}
		last = max(last, p.On.AddMonths(provider.RefreshMonths))
	}
	return last
}
