package program

import (
	"slices"

	"hanse/internal/kit/calendar"
)

// An Outlook is how a partner stands in a version over time, if no fact is
// added.
type Outlook struct {
	From  calendar.Day
	To    calendar.Day
	For   Purpose
	Start Evaluation // on From
	Turns []Turn     // in order of days; days without a change of any line are left out
}

// A Turn is a day on which something changes.
type Turn struct {
	Day    calendar.Day
	Before string // the highest level met until the day before; empty: none
	After  string
	Lines  []LineTurn
	Causes []Cause
}

// A LineTurn is a line whose count changes, in one level and track.
type LineTurn struct {
	Level  string
	Track  string
	Line   string
	Need   int
	Before int
	After  int
}

// Lost tells whether the line was met before and is not any more.
func (l *LineTurn) Lost() bool { return l.Before >= l.Need && l.After < l.Need }

// Won tells the opposite.
func (l *LineTurn) Won() bool { return l.Before < l.Need && l.After >= l.Need }

// CauseKind is what happens on a day.
type CauseKind string

// The kinds of cause.
const (
	CauseExpiry   CauseKind = "expiry"   // a certificate ended the day before
	CauseTooShort CauseKind = "short"    // a certificate no longer has the rest validity of an application
	CauseIssue    CauseKind = "issue"    // a certificate begins to count
	CauseLeave    CauseKind = "leave"    // a person leaves
	CauseJoin     CauseKind = "join"     // a person joins
	CauseUnproven CauseKind = "unproven" // an unconfirmed binding no longer counts
	CauseOther    CauseKind = "other"    // a project, a material, a level of another program begins or ends
)

// A Cause is a fact that begins or stops to count.
type Cause struct {
	Kind   CauseKind
	Person string
	Code   string       // the certificate
	Until  calendar.Day // its last valid day
}

// Held is the level met on a day of the outlook.
func (o *Outlook) Held(d calendar.Day) string {
	level := o.Start.BestLevel
	for _, t := range o.Turns {
		if t.Day <= d {
			level = t.After
		}
	}
	return level
}

// Forecast walks from change to change after from, up to and including to, and
// says which lines and levels change and by which facts.
func Forecast(v *Version, f *Facts, from, to calendar.Day, purpose Purpose) Outlook {
	o := Outlook{From: from, To: to, For: purpose, Start: Evaluate(v, f, from.Time(), purpose)}
	before := o.Start
	for _, d := range Instants(v, f, from, to, purpose) {
		after := Evaluate(v, f, d.Time(), purpose)
		if lines := turns(&before, &after); len(lines) > 0 {
			o.Turns = append(o.Turns, Turn{d, before.BestLevel, after.BestLevel, lines, causes(v, f, d, purpose)})
		}
		before = after
	}
	return o
}

// turns are the lines whose count differs between two evaluations of a version.
func turns(before, after *Evaluation) (out []LineTurn) {
	for i, l := range before.Levels {
		for j, t := range l.Tracks {
			for k, x := range t.Lines {
				y := after.Levels[i].Tracks[j].Lines[k]
				if x.Have != y.Have || x.Met != y.Met {
					out = append(out, LineTurn{l.Level, t.Track, x.ID, x.Need, x.Have, y.Have})
				}
			}
		}
	}
	return out
}

// causes are the facts that begin or stop to count on a day.
func causes(v *Version, f *Facts, d calendar.Day, purpose Purpose) (out []Cause) {
	for i := range f.People {
		p := &f.People[i]
		switch {
		case p.LeftOn == d:
			out = append(out, Cause{Kind: CauseLeave, Person: p.ID})
		case p.BoundOn == d:
			out = append(out, Cause{Kind: CauseJoin, Person: p.ID})
		case p.Unconfirmed && p.CountsUntil == d && p.Bound(d):
			out = append(out, Cause{Kind: CauseUnproven, Person: p.ID})
		case p.Bound(d):
			out = append(out, v.endings(p, d, purpose)...)
		}
	}
	if len(out) == 0 {
		out = []Cause{{Kind: CauseOther}}
	}
	return out
}

// endings are a person's certificates that begin or stop to count on a day, of
// those that some line accepts.
func (v *Version) endings(p *Person, d calendar.Day, purpose Purpose) (out []Cause) {
	for _, c := range p.Certificates {
		t, _ := v.plan.cat.Find(c.Code)
		if _, listed := v.plan.listed[t.Code]; !listed {
			continue
		}
		expires := v.plan.cat.Expiry(c)
		switch d {
		case c.IssuedOn:
			out = append(out, Cause{CauseIssue, p.ID, t.Code, expires})
		case expires + 1:
			out = append(out, Cause{CauseExpiry, p.ID, t.Code, expires})
		case v.lastDay(expires, purpose) + 1:
			out = append(out, Cause{CauseTooShort, p.ID, t.Code, expires})
		}
	}
	return slices.Compact(out)
}

// EventKind is a supposition.
type EventKind string

// The kinds of supposition.
const (
	SupposeLeave   EventKind = "leave"   // a person leaves on a day
	SupposePass    EventKind = "pass"    // a person passes a certificate's exams on a day
	SupposeConfirm EventKind = "confirm" // a person confirms the binding on a day
)

// An Event is something that may happen.
type Event struct {
	Kind   EventKind
	Person string
	Code   string // pass: the certificate
	Day    calendar.Day
}

// Suppose returns the facts as they would be if changes happened; the facts
// given stay as they are. A passed exam also renews what it renews by the
// catalogue's rules; until its day the person has what they have.
func Suppose(v *Version, f *Facts, changes ...Event) *Facts {
	g := *f
	g.People = slices.Clone(f.People)
	for _, c := range changes {
		i := slices.IndexFunc(g.People, func(p Person) bool { return p.ID == c.Person })
		if i < 0 {
			continue
		}
		p := &g.People[i]
		switch c.Kind {
		case SupposeLeave:
			if p.LeftOn.IsNone() || c.Day < p.LeftOn {
				p.LeftOn = c.Day
			}
		case SupposePass:
			p.pass(v.plan.cat, c.Code, c.Day)
		case SupposeConfirm:
			p.Unconfirmed, p.CountsUntil = false, calendar.None
		}
	}
	return &g
}
