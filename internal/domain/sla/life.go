package sla

import "time"

// A Life is what a ticket's clocks follow from: what has happened to it, and the segments that came of it. It knows no
// policy.
type Life struct {
	Answered bool // the vendor has given its first human reply
	Asked    bool // the customer spoke last
	Waiting  bool // for the customer
	Paused   bool // put aside by the desk
	Partner  bool // a partner's desk has it
	Solved   bool
	Dropped  bool // cancelled, invalid, merged away: no clock counts

	First, Update, Solution Run
}

// A Run is one life of a clock: the first response and the solution have one, the update clock one for each time that a
// customer waited. No 0 means that it never began.
type Run struct {
	No       int64
	Segments []Segment
}

// open is the segment that has no end yet.
func (r *Run) open() *Segment {
	if n := len(r.Segments); n > 0 && r.Segments[n-1].To.IsZero() {
		return &r.Segments[n-1]
	}
	return nil
}

// Of is the run of a kind.
func (l *Life) Of(k Kind) *Run {
	switch k {
	case First:
		return &l.First
	case Update:
		return &l.Update
	}
	return &l.Solution
}

// begin starts the life of a ticket: its text is the customer's first word.
func (l *Life) begin(at time.Time, atPartner bool) {
	l.Asked, l.Partner = true, atPartner
	l.follow(at, Opened)
}

// pause and resume set and end one reason to wait; the others stay.
func (l *Life) pause(at time.Time, why Why, on bool) {
	switch why {
	case Waiting:
		l.Waiting = on
	case Paused:
		l.Paused = on
	case AtPartner:
		l.Partner = on
	}
	l.follow(at, Resumed)
}

// answered is the vendor's human reply; by a partner's desk it ends the customer's wait alone.
func (l *Life) answered(at time.Time, vendor bool) {
	l.Asked = false
	l.Answered = l.Answered || vendor
	l.follow(at, Resumed)
}

// spoke is a word of the customer. One that comes while the last is unanswered starts nothing anew.
func (l *Life) spoke(at time.Time) {
	l.Asked = true
	l.follow(at, Spoke)
}

// end stops all clocks: solved, or dropped without a result.
func (l *Life) end(at time.Time, dropped bool) {
	l.Asked, l.Waiting, l.Paused = false, false, false
	l.Solved, l.Dropped = !dropped, dropped
	l.follow(at, Done)
}

// reopen lets the solution clock go on, and the first response where there was none. What ran before still counts; the
// time between doesn't.
func (l *Life) reopen(at time.Time) {
	l.Solved, l.Dropped = false, false
	l.follow(at, Again)
}

// wants says whether a clock is alive and runs; when it waits, the reason that weighs most.
func (l *Life) wants(k Kind) (alive, running bool, why Why) {
	alive = !l.Solved && !l.Dropped
	switch k {
	case First:
		alive = alive && !l.Answered
	case Update:
		alive = alive && l.Answered && l.Asked
	}
	switch {
	case l.Partner:
		return alive, false, AtPartner
	case l.Paused:
		return alive, false, Paused
	case l.Waiting && k != First: // a question is a reply: who asked has answered
		return alive, false, Waiting
	}
	return alive, true, ""
}

// follow brings the segments of all clocks in line with what has happened; why is the word for a clock that now runs.
func (l *Life) follow(at time.Time, why Why) {
	for _, k := range Kinds() {
		r := l.Of(k)
		alive, running, reason := l.wants(k)
		if running {
			reason = why
		}
		switch open := r.open(); {
		case !alive:
			r.close(at)
		case open == nil && (k == Update || r.No == 0):
			*r = Run{No: r.No + 1, Segments: []Segment{{From: at, Running: running, Why: first(running, reason, k)}}}
		case open == nil:
			r.rest(at)
			r.add(at, running, reason)
		case open.Running != running || !running && open.Why != reason:
			r.close(at)
			r.add(at, running, reason)
		}
	}
}

// first is the word for the first segment of a run.
func first(running bool, why Why, k Kind) Why {
	switch {
	case !running:
		return why
	case k == Update:
		return Spoke
	}
	return Opened
}

// close ends the open segment; one without length never was.
func (r *Run) close(at time.Time) {
	open := r.open()
	if open == nil {
		return
	}
	if open.From.Before(at) {
		open.To = at
		return
	}
	r.Segments = r.Segments[:len(r.Segments)-1]
}

// rest is the time between a clock's end and its going on.
func (r *Run) rest(at time.Time) {
	if n := len(r.Segments); n > 0 && r.Segments[n-1].To.Before(at) {
		r.Segments = append(r.Segments, Segment{From: r.Segments[n-1].To, To: at, Why: Done})
	}
}

// add opens a segment. Two of a kind that touch are one: what lay between them had no length.
func (r *Run) add(at time.Time, running bool, why Why) {
	if n := len(r.Segments); n > 0 {
		last := &r.Segments[n-1]
		if last.Running == running && last.To.Equal(at) && (running || last.Why == why) {
			last.To = time.Time{}
			return
		}
		// The clock of another machine may be a little behind: segments never go back.
		if last.To.After(at) {
			at = last.To
		}
	}
	r.Segments = append(r.Segments, Segment{From: at, Running: running, Why: why})
}
