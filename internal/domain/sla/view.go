package sla

import (
	"context"
	"errors"
	"time"

	"hanse/internal/kit/db"
)

// A View explains a ticket's clocks to its readers. At is the instant as of which it speaks.
type View struct {
	Clocks
	At     time.Time
	Timers []Explained
	Rule   Rule   // the one that matched
	Policy Policy // in force
}

// An Explained is a clock with everything that its figures follow from.
type Explained struct {
	Timer
	Calendar Calendar // that it's reckoned with
	Ran      time.Duration
	Waited   time.Duration // on the wall, for whatever reason
	Lines    []Line        // up to At
	Ahead    []Line        // from At to the deadline
	Breaches []Breach      // by run
}

// Left is what's left of the limit; negative past it.
func (e Explained) Left() time.Duration { return e.Limit - e.Ran }

// A Breach is a limit that was missed, as it was then: it never changes.
type Breach struct {
	Kind   Kind
	Run    int64
	Due    time.Time
	Noted  time.Time
	Limit  time.Duration
	Policy string // the version; "" was shipped
}

// Describe reads a ticket's clocks with every interval that counted and every one that didn't, as of an instant; of the
// update clock the present run, or the last one. It's false for a ticket without clocks. Who may see them is the
// caller's to decide.
func Describe(ctx context.Context, q db.Querier, at time.Time, subject string) (v View, ok bool, err error) {
	all, err := load(ctx, q, []string{subject}, false)
	if err != nil || len(all) == 0 {
		return v, false, err
	}
	t := all[0]
	b, err := BookAt(ctx, q, at)
	if err != nil {
		return v, false, err
	}
	missed, err := breaches(ctx, q, subject)
	if err != nil {
		return v, false, err
	}
	v = View{Clocks: t.view(), At: at, Policy: b.Policy}
	_, v.Rule = b.Target(First, t.Plan, t.Severity)
	for _, k := range Kinds() {
		e, err := t.explain(ctx, q, b, k, at)
		if err != nil {
			return v, false, err
		}
		for _, x := range missed {
			if x.Kind == k {
				e.Breaches = append(e.Breaches, x)
			}
		}
		v.Timers = append(v.Timers, e)
	}
	return v, true, nil
}

// explain explains one clock: one that's over by what it was held to then, others by what's in force.
func (t *ticket) explain(ctx context.Context, q db.Querier, b Book, k Kind, at time.Time) (e Explained, err error) {
	r, run := t.clocks[k], t.Life.Of(k)
	target, _ := b.Target(k, t.Plan, t.Severity)
	if r.state == "done" || r.state == string(Void) {
		target.Limit = r.limit
		if target.Calendar, err = calendarAt(ctx, q, r.calendar, r.version); err != nil && !errors.Is(err, db.ErrNoRow) {
			return e, err
		}
	}
	e = Explained{Timer: r.timer(), Calendar: target.Calendar, Ran: Elapsed(run.Segments, target.Calendar, at)}
	e.Limit = target.Limit
	e.Lines, e.Ahead = Explain(run.Segments, target, at), Ahead(run.Segments, target, at)
	for _, s := range run.Segments {
		if !s.Running && s.From.Before(at) {
			e.Waited += s.until(at).Sub(s.From)
		}
	}
	return e, nil
}

// Stored reads all segments of a ticket as they're stored, by clock and run: for exports and tests.
func Stored(ctx context.Context, q db.Querier, subject string) (map[Kind][]Run, error) {
	all, err := pieces(ctx, q, subject)
	out := map[Kind][]Run{}
	for _, p := range all {
		runs := out[p.kind]
		if n := len(runs); n == 0 || runs[n-1].No != p.run {
			runs = append(runs, Run{No: p.run})
		}
		last := &runs[len(runs)-1]
		last.Segments = append(last.Segments, p.Segment)
		out[p.kind] = runs
	}
	return out, err
}

// CalendarOf is the calendar that a desk works by: that of office hours, the same for every desk.
func CalendarOf(ctx context.Context, q db.Querier, at time.Time, _ string) (Calendar, error) {
	b, err := BookAt(ctx, q, at)
	return b.Calendars[ChinaID], err
}
