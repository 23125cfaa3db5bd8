package sla

import (
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/outbox"
)

// A Case is what the clocks have to know of a ticket.
type Case struct {
	Subject     string // the ticket's id
	Number      string // what people call it by
	Account     string // whose ticket it is
	AccountName string
	Desk        string // the account whose desk has it
	Plan        string // the support plan it's served by: BASIC, STANDARD, PREMIUM
	Severity    string // its code; "" has none
	Team        string // of the desk; "" is nobody's yet
	TeamName    string
	Opened      time.Time
	AtPartner   bool // the desk is a partner's: the vendor's clocks wait
}

// A State says how a clock stands.
type State string

// The states of a clock. One that is done was met unless it was missed before.
const (
	Off     State = "off"     // hasn't begun
	Running State = "running" //
	Held    State = "paused"  // waits
	Met     State = "met"     // over, within its limit or without one
	Missed  State = "missed"  // over, after its limit
	Void    State = "void"    // over without a result: the ticket was cancelled, or solved before anybody had to answer
)

// A Timer is one clock of a ticket.
type Timer struct {
	Kind     Kind
	State    State
	Limit    time.Duration // working time; 0: none
	Deadline time.Time     // while it runs and has a limit
	Warned   int           // percent that was last warned of; 100: the limit is missed
	Used     time.Duration // working time of the present run, as of its last change
	Longest  time.Duration // the longest run that ended
	Misses   int           // how many runs were missed
	Runs     int           // how many there were
}

// Clocks are a ticket's clocks. Due is the earliest deadline of those that run; zero when none has one.
type Clocks struct {
	Case
	First    Timer
	Update   Timer
	Solution Timer
	Due      time.Time
	DueKind  Kind
	Breached bool // some limit was missed, at any time
}

// Of is the timer of a kind.
func (c Clocks) Of(k Kind) Timer {
	switch k {
	case First:
		return c.First
	case Update:
		return c.Update
	}
	return c.Solution
}

// A row is a clock as it's stored. The stored state "done" covers Met and Missed: what was missed says so by itself.
type row struct {
	kind     Kind
	state    string
	run      int64
	due      time.Time
	next     time.Time
	warned   int
	limit    time.Duration
	used     time.Duration
	longest  time.Duration
	misses   int64
	policy   string
	calendar string
	version  int64
}

func (r row) timer() Timer {
	t := Timer{Kind: r.kind, State: State(r.state), Limit: r.limit, Deadline: r.due, Warned: r.warned, Used: r.used, Longest: r.longest, Misses: int(r.misses), Runs: int(r.run)}
	if r.state == "done" {
		if t.State = Met; r.misses > 0 {
			t.State = Missed
		}
	}
	return t
}

// A ticket is all that's stored of one: what its clocks follow from and how they were last reckoned.
type ticket struct {
	Case
	Life
	clocks  map[Kind]*row
	edition int64

	told     []outbox.Fact
	breaches []breach
}

// view is the ticket as others see it.
func (t *ticket) view() Clocks {
	c := Clocks{Case: t.Case, First: t.clocks[First].timer(), Update: t.clocks[Update].timer(), Solution: t.clocks[Solution].timer()}
	c.AtPartner = t.Partner
	for _, k := range Kinds() {
		r := t.clocks[k]
		c.Breached = c.Breached || r.misses > 0
		if !r.due.IsZero() && (c.Due.IsZero() || r.due.Before(c.Due)) {
			c.Due, c.DueKind = r.due, k
		}
	}
	return c
}

// month is the natural month in which the ticket was opened, in the business zone.
func (t *ticket) month() string { return calendar.DayOf(t.Opened).String()[:7] }

// alive tells whether a clock may still run.
func (t *ticket) alive() bool { return !t.Solved && !t.Dropped }

// settle writes down what was missed by an instant, and warns. It must come before anything that changes the segments
// or the target, so that a limit that was missed stays missed, late as the sweep may be. Of several steps that have
// passed only the last is told.
func (t *ticket) settle(b Book, at time.Time) {
	for _, k := range Kinds() {
		r, run := t.clocks[k], t.Of(k)
		target, _ := b.Target(k, t.Plan, t.Severity)
		if r.warned >= 100 || run.open() == nil {
			continue
		}
		if t.missedBefore(r, b) {
			old := target
			old.Limit, old.Calendar = r.limit, Calendar{ID: r.calendar, Version: r.version}
			t.miss(r, old, r.policy, r.due, at, target.Calendar.Opens(at))
			continue
		}
		if target.Limit <= 0 {
			continue
		}
		ran := Elapsed(run.Segments, target.Calendar, at)
		due, _ := Deadline(run.Segments, target)
		if ran > target.Limit {
			t.miss(r, target, b.Policy.ID, due, at, target.Calendar.Opens(at))
			continue
		}
		step := r.warned
		for _, percent := range b.Policy.Warn {
			if percent > step && ran >= portion(target, percent).Limit {
				step = percent
			}
		}
		if step > r.warned {
			r.warned = step
			t.told = append(t.told, Warned{about(t.Case, k, r.run), step, due, target.Calendar.Opens(at)})
		}
	}
}

// missedBefore tells whether a clock ran out by what it was last reckoned with before that was replaced: what comes into
// force after a deadline doesn't forgive it.
func (t *ticket) missedBefore(r *row, b Book) bool {
	return r.state == string(Running) && !r.due.IsZero() && r.due.Before(b.Since) &&
		(r.policy != b.Policy.ID || b.Calendars[r.calendar].Version != r.version)
}

// miss notes a breach.
func (t *ticket) miss(r *row, target Target, policy string, due, at, opens time.Time) {
	r.warned = 100
	r.misses++
	t.breaches = append(t.breaches, breach{Case: t.Case, kind: r.kind, run: r.run, due: due, noted: at, limit: target.Limit, policy: policy,
		calendar: target.Calendar.ID, version: target.Calendar.Version})
	t.told = append(t.told, Breached{about(t.Case, r.kind, r.run), due, at, opens})
}

// portion is a part of a target, for warnings.
func portion(t Target, percent int) Target {
	t.Limit = t.Limit * time.Duration(percent) / 100
	return t
}

// derive reckons all clocks anew from the segments, as of an instant. What is over keeps what it was held to.
func (t *ticket) derive(b Book, at time.Time) {
	for _, k := range Kinds() {
		r, run := t.clocks[k], t.Of(k)
		if run.No != r.run { // another wait of the customer: a run of its own, warned of anew
			r.run, r.warned, r.used = run.No, 0, 0
		}
		open := run.open()
		if open == nil && (r.state == "done" || r.state == "void") {
			continue
		}
		target, _ := b.Target(k, t.Plan, t.Severity)
		r.limit, r.policy, r.calendar, r.version = target.Limit, b.Policy.ID, target.Calendar.ID, target.Calendar.Version
		r.used = Elapsed(run.Segments, target.Calendar, at)
		r.due, r.next = time.Time{}, time.Time{}
		switch {
		case open == nil:
			t.over(r)
		case !open.Running:
			r.state = string(Held)
		default:
			r.state = string(Running)
			r.due, _ = Deadline(run.Segments, target)
			r.next = t.attention(r, run.Segments, target, b.Policy.Warn)
		}
	}
}

// over ends a clock whose run has ended.
func (t *ticket) over(r *row) {
	switch {
	case r.run == 0:
		r.state = string(Off)
	case t.Dropped, r.kind == First && !t.Answered:
		r.state = string(Void)
	default:
		r.state = "done"
		r.longest = max(r.longest, r.used)
	}
}

// attention is when a running clock needs the sweep: at its next warning, then as soon as more than its limit has run,
// then never.
func (t *ticket) attention(r *row, segments []Segment, target Target, warn []int) time.Time {
	if r.warned >= 100 || target.Limit <= 0 {
		return time.Time{}
	}
	want := portion(target, 100)
	want.Limit += time.Microsecond
	for _, percent := range warn {
		if percent > r.warned {
			want = portion(target, percent)
			break
		}
	}
	next, _ := Deadline(segments, want)
	return next
}
