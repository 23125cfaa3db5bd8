package sla

import "time"

// A Segment is a stretch of a clock's life in which it ran or waited. A clock's segments follow one another without
// gap; the last one is open (To is zero) as long as the clock isn't over.
type Segment struct {
	From    time.Time
	To      time.Time
	Running bool
	Why     Why
}

// until is the segment's end at an instant, which is its own end if that has come.
func (s Segment) until(at time.Time) time.Time {
	if s.To.IsZero() || s.To.After(at) {
		return at
	}
	return s.To
}

// Elapsed is the working time that a clock had run by an instant.
func Elapsed(segments []Segment, c Calendar, at time.Time) time.Duration {
	sum := time.Duration(0)
	for _, s := range segments {
		if s.Running && s.From.Before(at) {
			sum += c.Between(s.From, s.until(at))
		}
	}
	return sum
}

// Deadline is the instant at which a clock's limit is used up: the first by which it has run that long, going on as it
// runs now. It's false when the clock waits or is over with some of its limit left, and without a limit.
func Deadline(segments []Segment, t Target) (time.Time, bool) {
	left := t.Limit
	if left <= 0 {
		return time.Time{}, false
	}
	for _, s := range segments {
		if !s.Running {
			continue
		}
		if s.To.IsZero() {
			return t.Calendar.After(s.From, left)
		}
		ran := t.Calendar.Between(s.From, s.To)
		if ran >= left {
			return t.Calendar.After(s.From, left)
		}
		left -= ran
	}
	return time.Time{}, false
}

// A Line of an explanation is a stretch of time that was counted, or wasn't and why.
type Line struct {
	From    time.Time
	To      time.Time
	Counted bool
	Why     Why           // why the clock ran or waited; Closed: it ran, but this was no working time
	Worked  time.Duration // 0 unless it's counted
	Left    time.Duration // of the limit at To; negative past it; 0 without a limit
}

// Explain lists every stretch of a clock's life up to an instant. The lines have no gap, and what they worked adds up to
// Elapsed.
func Explain(segments []Segment, t Target, at time.Time) []Line {
	var lines []Line
	for _, s := range segments {
		if s.From.Before(at) {
			lines = s.explain(lines, t.Calendar, s.From, s.until(at))
		}
	}
	return count(lines, t.Limit)
}

// Ahead lists how a running clock will go on from an instant to its deadline if nothing happens; nothing for others.
func Ahead(segments []Segment, t Target, at time.Time) []Line {
	due, ok := Deadline(segments, t)
	if !ok || !due.After(at) {
		return nil
	}
	last := segments[len(segments)-1]
	if !last.Running || !last.To.IsZero() {
		return nil
	}
	if last.From.After(at) {
		at = last.From
	}
	return count(last.explain(nil, t.Calendar, at, due), t.Limit-Elapsed(segments, t.Calendar, at))
}

// count writes into each line what it leaves of the limit.
func count(lines []Line, left time.Duration) []Line {
	if left == 0 {
		return lines
	}
	for i := range lines {
		left -= lines[i].Worked
		lines[i].Left = left
	}
	return lines
}

// explain adds the lines of a segment from one instant to another.
func (s Segment) explain(lines []Line, c Calendar, from, to time.Time) []Line {
	line := func(a, b time.Time, counted bool, why Why) {
		if !a.Before(b) {
			return
		}
		l := Line{From: a.UTC(), To: b.UTC(), Counted: counted, Why: why}
		if counted {
			l.Worked = b.Sub(a)
		}
		lines = append(lines, l)
	}
	if !s.Running || c.Always {
		line(from, to, s.Running, s.Why)
		return lines
	}
	c.spans(from.UnixMicro(), to.UnixMicro(), func(a, b int64) bool {
		line(from, time.UnixMicro(a), false, Closed)
		line(time.UnixMicro(a), time.UnixMicro(b), true, s.Why)
		from = time.UnixMicro(b)
		return true
	})
	line(from, to, false, Closed)
	return lines
}
