package sla_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/sla"
	"hanse/internal/domain/sla/oracle"
)

// zones have changes of an hour and of half an hour, at midnight and in the night, on both halves of the globe, and
// offsets of quarters of an hour.
var zones = []string{"Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe",
	"Asia/Kathmandu", "America/Sao_Paulo", "Asia/Tehran", "Pacific/Chatham", "Africa/Casablanca"}

// A length says how long the lives are, and the tape on which they're walked.
type length struct{ life, tape int }

var (
	days     = length{3 * 24 * 60, 4 * 24 * 60}
	quarters = length{90 * 24 * 60, 100 * 24 * 60}
)

const perCalendar = 2000

// calendarAt is a random calendar with the tape of it: in seven of ten around a change of the zone's offset.
func calendarAt(r *rand.Rand, long length) (sla.Calendar, oracle.Tape, error) {
	name := zones[r.IntN(len(zones))]
	zone, err := time.LoadLocation(name)
	if err != nil {
		return sla.Calendar{}, oracle.Tape{}, err
	}
	from := time.Date(2015+r.IntN(12), time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), 0, 0, time.UTC)
	if _, change := from.In(zone).ZoneBounds(); r.IntN(10) < 7 && !change.IsZero() {
		from = change.Truncate(time.Minute).Add(-time.Duration(r.IntN(long.life)) * time.Minute).UTC()
	}
	c := sla.Calendar{ID: "random", Name: "random", Zone: name, Always: r.IntN(25) == 0, Days: map[string][]sla.Hours{}}
	o := oracle.Calendar{Always: c.Always, Zone: zone, Days: map[string][]oracle.Span{}}
	for day := range 7 {
		if r.IntN(4) > 0 {
			c.Week[day], o.Week[day] = hours(r)
		}
	}
	for n := r.IntN(4 + long.life/(7*24*60)); n > 0; n-- {
		date := from.AddDate(0, 0, r.IntN(2+long.tape/(24*60))-1).Format("2006-01-02")
		if c.Days[date], o.Days[date] = nil, nil; r.IntN(2) == 0 { // else a holiday
			c.Days[date], o.Days[date] = hours(r)
		}
	}
	return c, o.Write(from, long.tape), nil
}

// hours are one to four intervals in order, now and then from or to midnight.
func hours(r *rand.Rand) (a []sla.Hours, b []oracle.Span) {
	at := 0
	if r.IntN(5) > 0 {
		at = r.IntN(12 * 60)
	}
	for n := 1 + r.IntN(4); n > 0 && at < 1439; n-- {
		to := min(at+1+r.IntN(500), 1440)
		if r.IntN(12) == 0 {
			to = 1440
		}
		a, b = append(a, sla.Hours{From: at, To: to}), append(b, oracle.Span{From: at, To: to})
		at = to + r.IntN(3)*r.IntN(120)
	}
	return a, b
}

// life is up to eight stretches one after the other; the last is open or not.
func life(r *rand.Rand, t oracle.Tape, long length) (a []sla.Segment, b []oracle.Stretch) {
	at, end := r.IntN(24*60), 0
	running := r.IntN(8) > 0
	for n := 1 + r.IntN(8); n > 0; n-- {
		end = at + r.IntN(1+r.IntN(long.life-n))
		end = min(end, long.tape-1)
		s, o := sla.Segment{From: t.Time(at), To: t.Time(end), Running: running}, oracle.Stretch{From: at, To: end, Running: running}
		if n == 1 && r.IntN(2) == 0 {
			s.To, o.To = time.Time{}, -1
		}
		a, b = append(a, s), append(b, o)
		at, running = end, !running
	}
	return a, b
}

// TestTheClockAgreesWithAWalkMinuteByMinute asks a million random lives of up to three days how long they ran and when
// they run out. HANSE_SEED repeats a run.
func TestTheClockAgreesWithAWalkMinuteByMinute(t *testing.T) { agree(t, days, 1_000_000) }

// TestTheClockAgreesOverMonths does the same over up to ninety days, for which HANSE_CASES gives the number.
func TestTheClockAgreesOverMonths(t *testing.T) {
	agree(t, quarters, number(t, "HANSE_CASES", 4*perCalendar))
}

func number(t *testing.T, name string, usual uint64) uint64 {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return usual
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

func agree(t *testing.T, long length, cases uint64) {
	seed := number(t, "HANSE_SEED", uint64(time.Now().UnixNano()))
	t.Logf("HANSE_SEED=%d, %d cases", seed, cases)
	lots := make(chan uint64)
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for lot := range lots {
				if err := compare(rand.New(rand.NewPCG(seed, lot)), long, perCalendar); err != nil {
					t.Errorf("lot %d: %v", lot, err)
				}
			}
		})
	}
	for lot := uint64(0); lot*perCalendar < cases && !t.Failed(); lot++ {
		lots <- lot
	}
	close(lots)
	all.Wait()
}

// compare asks both about so many lives under one calendar.
func compare(r *rand.Rand, long length, n int) error {
	c, tape, err := calendarAt(r, long)
	if err != nil {
		return err
	}
	painting := make([]bool, long.tape)
	for range n {
		segments, stretches := life(r, tape, long)
		at, limit := r.IntN(long.tape), 1+r.IntN(1+r.IntN(long.life/2))
		want := tape.Walk(painting, stretches, at, limit)
		say := func(what string, got, want any) error {
			return fmt.Errorf("%s: got %v, want %v\ncalendar %+v\nsegments %+v\nat %v, limit %d min", what, got, want, c, segments, tape.Time(at), limit)
		}
		if got := sla.Elapsed(segments, c, tape.Time(at)); got != time.Duration(want.Elapsed)*time.Minute {
			return say("elapsed", got, time.Duration(want.Elapsed)*time.Minute)
		}
		got, ok := sla.Deadline(segments, sla.Target{Kind: sla.First, Limit: time.Duration(limit) * time.Minute, Calendar: c})
		last := stretches[len(stretches)-1]
		switch {
		case want.Reached && (!ok || !got.Equal(tape.Time(want.Deadline))):
			return say("deadline", fmt.Sprint(got, ok), tape.Time(want.Deadline))
		case !want.Reached && ok && (got.Before(tape.Time(long.tape)) || last.To >= 0 || !last.Running):
			return say("deadline", got, "none within the tape, and none at all unless the clock runs on")
		}
		if r.IntN(50) == 0 {
			sum := time.Duration(0)
			for _, l := range sla.Explain(segments, sla.Target{Kind: sla.First, Limit: time.Duration(limit) * time.Minute, Calendar: c}, tape.Time(at)) {
				sum += l.Worked
			}
			if sum != time.Duration(want.Elapsed)*time.Minute {
				return say("sum of the explained lines", sum, time.Duration(want.Elapsed)*time.Minute)
			}
		}
	}
	return nil
}
