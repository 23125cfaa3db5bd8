// Package oracle reads the rules of the service clock a second time, for the tests of domain/sla: it shares no code
// with it and imports nothing of Hanse.
//
// It knows no arithmetic of intervals. It looks at one minute after the other: what a clock on the wall of that zone
// shows, whether the calendar says open, whether the ticket's clock runs, and counts. That is slow and hard to get
// wrong. Instants are whole minutes.
package oracle

import "time"

// A Span is opening hours within a day, as minutes since midnight on the wall; To is not included.
type Span struct{ From, To int }

// A Calendar says when work is done. Days replace the week's hours on their date (2006-01-02): none means closed.
type Calendar struct {
	Always bool
	Zone   *time.Location
	Week   [7][]Span // Sunday first
	Days   map[string][]Span
}

// A Tape is a calendar written out: a mark for each minute from an instant on.
type Tape struct {
	From time.Time
	Open []bool
}

// At is the index of an instant's minute.
func (t Tape) At(at time.Time) int { return int(at.Sub(t.From) / time.Minute) }

// Time is the instant at which a minute begins.
func (t Tape) Time(i int) time.Time { return t.From.Add(time.Duration(i) * time.Minute) }

// Write writes a calendar out for so many minutes. A minute is open when the wall then shows a time within the hours of
// the date that it shows, and nothing else matters: an hour that the wall skips has no minutes, one that it shows twice
// has them twice.
func (c Calendar) Write(from time.Time, minutes int) Tape {
	t := Tape{From: from, Open: make([]bool, minutes)}
	for i := range t.Open {
		wall := t.Time(i).In(c.Zone)
		hours, special := c.Days[wall.Format("2006-01-02")]
		if !special {
			hours = c.Week[wall.Weekday()]
		}
		t.Open[i] = c.Always
		for _, h := range hours {
			minute := wall.Hour()*60 + wall.Minute()
			t.Open[i] = t.Open[i] || minute >= h.From && minute < h.To
		}
	}
	return t
}

// A Stretch is a part of a ticket's life in minutes of the tape; To below zero means that it goes on.
type Stretch struct {
	From, To int
	Running  bool
}

// An Answer is what a walk along the tape found.
type Answer struct {
	Elapsed  int  // minutes that counted before the one asked for
	Deadline int  // the minute at whose beginning the limit was used up
	Reached  bool // false: the tape ended before
}

// Walk paints the minutes in which the ticket's clock runs, and then counts those that are open too. The painting is
// given so that a million walks need one piece of memory.
func (t Tape) Walk(painting []bool, all []Stretch, at, limit int) (a Answer) {
	clear(painting)
	for _, s := range all {
		for i := s.From; s.Running && i < len(t.Open) && (s.To < 0 || i < s.To); i++ {
			painting[i] = true
		}
	}
	counted := 0
	for i := range t.Open {
		if i == at {
			a.Elapsed = counted
		}
		if t.Open[i] && painting[i] {
			if counted++; counted == limit {
				a.Deadline, a.Reached = i+1, true
			}
		}
	}
	return a
}
