package sla_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"hanse/internal/domain/sla"
)

// anyCalendar is a calendar with some working time in a zone that changes its clocks.
func anyCalendar(t *rapid.T) sla.Calendar {
	c := sla.Calendar{ID: "any", Name: "any", Zone: rapid.SampledFrom(zones).Draw(t, "zone"), Days: map[string][]sla.Hours{}}
	for day := range c.Week {
		c.Week[day] = anyHours(t)
	}
	c.Week[rapid.IntRange(0, 6).Draw(t, "worked")] = []sla.Hours{{From: 9 * 60, To: 17 * 60}}
	for n := rapid.IntRange(0, 5).Draw(t, "days"); n > 0; n-- {
		c.Days[base.AddDate(0, 0, rapid.IntRange(-5, 40).Draw(t, "day")).Format("2006-01-02")] = anyHours(t)
	}
	return c
}

var base = time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)

func anyHours(t *rapid.T) (out []sla.Hours) {
	at := 0
	for n := rapid.IntRange(0, 3).Draw(t, "intervals"); n > 0 && at < 1380; n-- {
		h := sla.Hours{From: at + rapid.IntRange(0, 300).Draw(t, "from")}
		if h.From >= 1440 {
			break
		}
		h.To = min(1440, h.From+rapid.IntRange(1, 500).Draw(t, "long"))
		out, at = append(out, h), h.To
	}
	return out
}

func anyInstant(t *rapid.T, name string) time.Time {
	return base.Add(time.Duration(rapid.Int64Range(0, 40*86400).Draw(t, name)) * time.Second)
}

func TestBetweenAddsUpAndAfterIsItsInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCalendar(t)
		x, y, z := anyInstant(t, "x"), anyInstant(t, "y"), anyInstant(t, "z")
		if got, want := c.Between(x, y)+c.Between(y, z), c.Between(x, z); got != want {
			t.Fatalf("%s + %s = %s, want %s", c.Between(x, y), c.Between(y, z), got, want)
		}
		d := time.Duration(rapid.Int64Range(1, 5*86400).Draw(t, "d")) * time.Second
		at, ok := c.After(x, d)
		if !ok || c.Between(x, at) != d {
			t.Fatalf("After(%s, %s) = %s %v, and Between gives %s back", x, d, at, ok, c.Between(x, at))
		}
		if c.Between(x, at.Add(-time.Microsecond)) >= d {
			t.Fatalf("After(%s, %s) = %s isn't the first instant", x, d, at)
		}
	})
}

// anySegments are a clock's life without gaps.
func anySegments(t *rapid.T) (out []sla.Segment) {
	at, running := anyInstant(t, "opened"), true
	for n := rapid.IntRange(1, 6).Draw(t, "segments"); n > 0; n-- {
		to := at.Add(time.Duration(rapid.Int64Range(1, 2*86400).Draw(t, "long")) * time.Second)
		out = append(out, sla.Segment{From: at, To: to, Running: running, Why: sla.Opened})
		at, running = to, !running
	}
	if rapid.Bool().Draw(t, "open") {
		out[len(out)-1].To = time.Time{}
	}
	return out
}

func TestALongerLimitNeverRunsOutEarlier(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, segments := anyCalendar(t), anySegments(t)
		short := time.Duration(rapid.Int64Range(1, 4*86400).Draw(t, "short")) * time.Second
		long := short + time.Duration(rapid.Int64Range(0, 86400).Draw(t, "more"))*time.Second
		a, okA := sla.Deadline(segments, sla.Target{Limit: short, Calendar: c})
		b, okB := sla.Deadline(segments, sla.Target{Limit: long, Calendar: c})
		if okB && (!okA || b.Before(a)) {
			t.Fatalf("limit %s runs out at %s %v, the longer %s at %s", short, a, okA, long, b)
		}
		if okA {
			if got := sla.Elapsed(segments, c, a); got != short {
				t.Fatalf("by the deadline %s the clock ran %s, want %s", a, got, short)
			}
		}
	})
}

// A pause moves the deadline back by as much as the clock would have run in it, and an explanation hides nothing.
func TestThePauseIsNeverLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := anyCalendar(t), anyInstant(t, "opened")
		pause := at.Add(time.Duration(rapid.Int64Range(1, 86400).Draw(t, "pause")) * time.Second)
		resume := pause.Add(time.Duration(rapid.Int64Range(1, 86400).Draw(t, "resume")) * time.Second)
		limit := time.Duration(rapid.Int64Range(1, 3*86400).Draw(t, "limit")) * time.Second
		plain := []sla.Segment{{From: at, Running: true}}
		paused := []sla.Segment{{From: at, To: pause, Running: true}, {From: pause, To: resume}, {From: resume, Running: true}}
		a, okA := sla.Deadline(plain, sla.Target{Limit: limit, Calendar: c})
		b, okB := sla.Deadline(paused, sla.Target{Limit: limit, Calendar: c})
		if !okA || !okB {
			t.Fatalf("deadlines %v %v, want both", okA, okB)
		}
		want := c.Between(pause, resume)
		if !a.After(pause) {
			want = 0
		}
		if got := c.Between(a, b); got != want {
			t.Fatalf("the pause of %s working time moved the deadline by %s", want, got)
		}
	})
}

func TestAnExplanationHasNoGapAndAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, segments := anyCalendar(t), anySegments(t)
		target := sla.Target{Limit: time.Duration(rapid.Int64Range(0, 3*86400).Draw(t, "limit")) * time.Second, Calendar: c}
		at := anyInstant(t, "at")
		sum, last := time.Duration(0), segments[0].From
		lines := sla.Explain(segments, target, at)
		for _, l := range lines {
			if !l.From.Equal(last) || !l.To.After(l.From) || (l.Worked != 0) != l.Counted {
				t.Fatalf("line %+v doesn't follow %s", l, last)
			}
			sum, last = sum+l.Worked, l.To
			if target.Limit > 0 && l.Left != target.Limit-sum {
				t.Fatalf("line %+v leaves %s, want %s", l, l.Left, target.Limit-sum)
			}
		}
		if want := sla.Elapsed(segments, c, at); sum != want {
			t.Fatalf("the lines add up to %s, the clock ran %s", sum, want)
		}
		for _, l := range sla.Ahead(segments, target, at) {
			sum += l.Worked
		}
		open := segments[len(segments)-1]
		if due, ok := sla.Deadline(segments, target); ok && due.After(at) && !at.Before(open.From) && open.To.IsZero() && open.Running && sum != target.Limit {
			t.Fatalf("what ran and what lies ahead add up to %s, want the limit %s", sum, target.Limit)
		}
	})
}
