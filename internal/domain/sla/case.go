package sla

import (
	"context"
	"slices"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
)

// Begin starts the clocks of a ticket in the caller's transaction. Its opening is c.Opened; what lies between that and
// now counts.
func Begin(ctx context.Context, tx *db.Tx, c Case) (Clocks, error) {
	t := &ticket{Case: c, clocks: map[Kind]*row{}}
	t.fill()
	t.begin(c.Opened, c.AtPartner)
	if err := insertCase(ctx, tx, t); err != nil {
		return Clocks{}, err
	}
	b, err := BookAt(ctx, tx, tx.Now)
	if err != nil {
		return Clocks{}, err
	}
	t.derive(b, tx.Now)
	return t.view(), t.write(ctx, tx, snapshot(&ticket{}))
}

// Pause lets the clocks of a ticket wait in the caller's transaction: Waiting (for the customer; not the first
// response), Paused, or AtPartner. The reasons may hold at once; each ends by its own Resume. Twice is no error.
func Pause(ctx context.Context, tx *db.Tx, subject string, why Why) (Clocks, error) {
	return change(ctx, tx, subject, func(t *ticket) { t.pause(tx.Now, why, true) })
}

// Resume ends a reason to wait.
func Resume(ctx context.Context, tx *db.Tx, subject string, why Why) (Clocks, error) {
	return change(ctx, tx, subject, func(t *ticket) { t.pause(tx.Now, why, false) })
}

// Answered is a human reply of the vendor's desk that the customer can read: it ends the first response, once, and the
// customer's wait. Automatic answers, internal notes and the partner's desk are none.
func Answered(ctx context.Context, tx *db.Tx, subject string) (Clocks, error) {
	return change(ctx, tx, subject, func(t *ticket) { t.answered(tx.Now, true) })
}

// PartnerAnswered is such a reply of a partner's desk: it ends the customer's wait, and not the vendor's first response.
func PartnerAnswered(ctx context.Context, tx *db.Tx, subject string) (Clocks, error) {
	return change(ctx, tx, subject, func(t *ticket) { t.answered(tx.Now, false) })
}

// CustomerSpoke is a message of the side that asked.
func CustomerSpoke(ctx context.Context, tx *db.Tx, subject string) (Clocks, error) {
	return change(ctx, tx, subject, func(t *ticket) { t.spoke(tx.Now) })
}

// Solved ends the clocks with their results.
func Solved(ctx context.Context, tx *db.Tx, subject string) (Clocks, error) {
	return change(ctx, tx, subject, func(t *ticket) { t.end(tx.Now, false) })
}

// Dropped ends the clocks without a result: the ticket was cancelled, is invalid, or went into another one. A clock that
// was over keeps its result, and what was missed stays.
func Dropped(ctx context.Context, tx *db.Tx, subject string) (Clocks, error) {
	return change(ctx, tx, subject, func(t *ticket) {
		if t.alive() {
			t.end(tx.Now, true)
		}
	})
}

// Reopened lets the clocks of a ticket that was solved or dropped go on from where they stood.
func Reopened(ctx context.Context, tx *db.Tx, subject string) (Clocks, error) {
	return change(ctx, tx, subject, func(t *ticket) { t.reopen(tx.Now) })
}

// Move tells the clocks of another severity, plan, team, desk, number or account name: all deadlines follow anew from
// the same segments. Whether a partner's desk has it is for Pause and Resume. The account and the opening stay.
func Move(ctx context.Context, tx *db.Tx, c Case) (Clocks, error) {
	return change(ctx, tx, c.Subject, func(t *ticket) {
		c.Account, c.Opened, c.AtPartner = t.Account, t.Opened, t.AtPartner
		t.Case = c
	})
}

// Merged puts one ticket into another in the caller's transaction: the clocks of into that aren't over begin with what
// from lived through before into was opened. From ends without a result.
func Merged(ctx context.Context, tx *db.Tx, from, into string) (Clocks, error) {
	earlier, err := load(ctx, tx, []string{from}, true)
	if err != nil || len(earlier) == 0 {
		return Clocks{}, err
	}
	source := earlier[0]
	c, err := change(ctx, tx, into, func(t *ticket) { t.adopt(source) })
	if err != nil {
		return c, err
	}
	_, err = Dropped(ctx, tx, from)
	return c, err
}

// adopt puts another ticket's life before this one's own.
func (t *ticket) adopt(from *ticket) {
	if !from.Opened.Before(t.Opened) {
		return
	}
	for _, k := range []Kind{First, Solution} {
		run := t.Life.Of(k)
		if run.open() == nil {
			continue
		}
		run.Segments = append(before(from.Life.Of(k).Segments, t.Opened), run.Segments...)
	}
	t.Opened = from.Opened
}

// before is the part of segments before an instant, without a gap up to it.
func before(segments []Segment, at time.Time) (out []Segment) {
	end := at
	for _, s := range segments {
		if !s.From.Before(at) {
			break
		}
		if s.To.IsZero() || s.To.After(at) {
			s.To = at
		}
		end = s.To
		out = append(out, s)
	}
	if end.Before(at) {
		out = append(out, Segment{From: end, To: at, Why: Done})
	}
	return out
}

// change holds a ticket, writes down what was missed, changes it, and reckons its clocks anew. A ticket without clocks
// (from before there were any) changes nothing and has none.
func change(ctx context.Context, tx *db.Tx, subject string, f func(t *ticket)) (Clocks, error) {
	all, err := load(ctx, tx, []string{subject}, true)
	if err != nil || len(all) == 0 {
		return Clocks{}, err
	}
	b, err := BookAt(ctx, tx, tx.Now)
	if err != nil {
		return Clocks{}, err
	}
	t := all[0]
	was := snapshot(t)
	t.settle(b, tx.Now)
	f(t)
	t.derive(b, tx.Now)
	return t.view(), t.write(ctx, tx, was)
}

// load reads tickets with their clocks and the segments of the present runs; to change them it takes them first.
func load(ctx context.Context, q db.Querier, subjects []string, toChange bool) ([]*ticket, error) {
	if tx, ok := q.(*db.Tx); ok && toChange {
		if err := hold(ctx, tx, subjects); err != nil {
			return nil, err
		}
	}
	all, err := cases(ctx, q, subjects)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	byID := map[string]*ticket{}
	for _, t := range all {
		byID[t.Subject] = t
	}
	if err := clocksOf(ctx, q, byID, subjects); err != nil {
		return nil, err
	}
	if err := lastRuns(ctx, q, byID, subjects); err != nil {
		return nil, err
	}
	for _, t := range all {
		t.fill()
		for _, k := range Kinds() {
			t.Life.Of(k).No = t.clocks[k].run
		}
	}
	return all, nil
}

// fill gives a ticket the clocks that it has no row of.
func (t *ticket) fill() {
	for _, k := range Kinds() {
		if t.clocks[k] == nil {
			t.clocks[k] = &row{kind: k, state: string(Off)}
		}
	}
}

// A shot is a ticket as it was, to write no more than what has changed.
type shot struct {
	Case
	flags    Life
	clocks   map[Kind]row
	segments map[Kind]Run
}

func snapshot(t *ticket) shot {
	s := shot{Case: t.Case, flags: t.flags(), clocks: map[Kind]row{}, segments: map[Kind]Run{}}
	for _, k := range Kinds() {
		if r := t.clocks[k]; r != nil {
			s.clocks[k] = *r
		}
		run := t.Life.Of(k)
		s.segments[k] = Run{run.No, slices.Clone(run.Segments)}
	}
	return s
}

// flags is the life without its segments.
func (t *ticket) flags() Life {
	l := t.Life
	l.First, l.Update, l.Solution = Run{}, Run{}, Run{}
	return l
}

// write stores what has changed, what was missed, and tells it.
func (t *ticket) write(ctx context.Context, tx *db.Tx, was shot) error {
	moved := t.Case != was.Case
	if was.Subject != "" && (moved || !sameFlags(t.flags(), was.flags)) {
		if err := updateCase(ctx, tx, t); err != nil {
			return err
		}
	}
	for _, k := range Kinds() {
		if r := t.clocks[k]; moved || *r != was.clocks[k] {
			if err := putClock(ctx, tx, t, r); err != nil {
				return err
			}
		}
		if err := t.writeRun(ctx, tx, k, was.segments[k]); err != nil {
			return err
		}
	}
	for _, b := range t.breaches {
		if err := insertBreach(ctx, tx, b); err != nil {
			return err
		}
	}
	return outbox.AppendAll(ctx, tx, t.told)
}

func sameFlags(a, b Life) bool {
	return a.Answered == b.Answered && a.Asked == b.Asked && a.Waiting == b.Waiting && a.Paused == b.Paused && a.Partner == b.Partner &&
		a.Solved == b.Solved && a.Dropped == b.Dropped
}

// writeRun stores the segments of a run that differ from those before; of a run that's over by a new one, how it ended.
func (t *ticket) writeRun(ctx context.Context, tx *db.Tx, k Kind, was Run) error {
	run := t.Life.Of(k)
	if run.No != was.No {
		was.Segments = nil
	}
	for i, s := range run.Segments {
		if i < len(was.Segments) && s == was.Segments[i] {
			continue
		}
		if err := putSegment(ctx, tx, t, k, run.No, i, s); err != nil {
			return err
		}
	}
	if len(run.Segments) < len(was.Segments) {
		return cutSegments(ctx, tx, t, k, run.No, len(run.Segments))
	}
	return nil
}

// Of reads the clocks of tickets, as they were last reckoned: in one query for their rows and one for their clocks,
// however many there are. Who may see them is the caller's to decide.
func Of(ctx context.Context, q db.Querier, subjects []string) (map[string]Clocks, error) {
	out := map[string]Clocks{}
	for chunk := range slices.Chunk(subjects, batch) {
		all, err := cases(ctx, q, chunk)
		if err != nil || len(all) == 0 {
			return out, err
		}
		byID := map[string]*ticket{}
		for _, t := range all {
			byID[t.Subject] = t
		}
		if err := clocksOf(ctx, q, byID, chunk); err != nil {
			return nil, err
		}
		for _, t := range all {
			t.fill()
			out[t.Subject] = t.view()
		}
	}
	return out, nil
}
