package sla

import (
	"sync"
	"time"
	_ "time/tzdata" // the zones of the world, also where the machine has none
)

// Minute is a clock time as minutes since midnight; 1440 is the day's end.
type Minute = int

// dayMinutes is the end of a day, and the most that an interval's end may be.
const dayMinutes = 24 * 60

// Hours is an interval of working time within a day; To isn't part of it.
type Hours struct {
	From Minute `json:"from"`
	To   Minute `json:"to"`
}

// A Calendar says which instants are working time: those at which the clock on the wall of its zone shows a time within
// the hours of the date that it shows. So nothing is counted in the hour that a change to summer time leaves out, and
// the hour that a change back repeats counts as often as the wall shows it.
type Calendar struct {
	ID      string
	Name    string
	Zone    string             // IANA, such as Asia/Shanghai
	Always  bool               // round the clock; Week and Days then mean nothing
	Week    [7][]Hours         // by weekday, Sunday first; each day's in order
	Days    map[string][]Hours // "2026-10-01": that date's own hours instead of its weekday's; none: closed
	Version int64              // 0: as shipped
}

// horizon bounds a search for working time: a calendar without any for a hundred years has none.
const horizon = 100 * 366 * 24 * time.Hour

// Instants are counted in microseconds since 1970, as they're stored.
const (
	minuteMicros = int64(time.Minute / time.Microsecond)
	dayMicros    = dayMinutes * minuteMicros
)

// Between is the working time from one instant to another; negative when to is the earlier one.
func (c Calendar) Between(from, to time.Time) time.Duration {
	a, b := from.UnixMicro(), to.UnixMicro()
	if b < a {
		return -c.Between(to, from)
	}
	if c.Always {
		return micros(b - a)
	}
	sum := int64(0)
	c.spans(a, b, func(from, to int64) bool {
		sum += to - from
		return true
	})
	return micros(sum)
}

// After is the first instant by which d of working time has gone since from: 12:00 before a lunch break, not 13:00. It
// is from itself when d isn't positive, and false when the calendar has too little working time within a century.
func (c Calendar) After(from time.Time, d time.Duration) (time.Time, bool) {
	if d <= 0 {
		return from, true
	}
	if c.Always {
		return from.Add(d), true
	}
	left, a := d.Microseconds(), from.UnixMicro()
	found, at := false, int64(0)
	c.spans(a, a+horizon.Microseconds(), func(from, to int64) bool {
		if to-from >= left {
			found, at = true, from+left
			return false
		}
		left -= to - from
		return true
	})
	if !found {
		return time.Time{}, false
	}
	return time.UnixMicro(at).UTC(), true
}

// justClosed is how long after the end of working time people are still told at once: the sweep notes what happened in the
// last minute of the day when that is over.
const justClosed = 10 * time.Minute

// Opens is when working time begins again; zero when it's now, was a moment ago, or never comes.
func (c Calendar) Opens(at time.Time) time.Time {
	next, ok := c.After(at.Add(-justClosed), time.Microsecond)
	if next = next.Add(-time.Microsecond); !ok || !next.After(at) {
		return time.Time{}
	}
	return next
}

// spans calls use for each stretch of working time from a to b, in order, until it returns false. The way through the
// zone is stretch by stretch of one offset from UTC, in which local time is plain arithmetic.
func (c Calendar) spans(a, b int64, use func(from, to int64) bool) {
	zone := location(c.Zone)
	for a < b {
		offset, end := stretch(zone, a, b)
		for day := floor(a+offset, dayMicros); day*dayMicros-offset < end; day++ {
			midnight := day*dayMicros - offset
			for _, h := range c.hours(day) {
				from, to := max(midnight+int64(h.From)*minuteMicros, a), min(midnight+int64(h.To)*minuteMicros, end)
				if from < to && !use(from, to) {
					return
				}
			}
		}
		a = end
	}
}

// stretch is the zone's offset from UTC at an instant, and until when it holds, at most to b.
func stretch(zone *time.Location, a, b int64) (offset, end int64) {
	local := time.UnixMicro(a).In(zone)
	_, seconds := local.Zone()
	if _, change := local.ZoneBounds(); !change.IsZero() {
		b = min(b, change.UnixMicro())
	}
	return int64(seconds) * int64(time.Second/time.Microsecond), b
}

// hours are those of a local date, given as days since 1970.
func (c Calendar) hours(day int64) []Hours {
	if len(c.Days) > 0 {
		var key [10]byte
		if own, ok := c.Days[string(isoDate(key[:], day))]; ok {
			return own
		}
	}
	return c.Week[((day+int64(time.Thursday))%7+7)%7]
}

// isoDate writes a date, given as days since 1970, as 2026-10-01 into b. The arithmetic is of years that begin in
// March, so that the leap day is the last one.
func isoDate(b []byte, day int64) []byte {
	day += 719468
	era := floor(day, 146097)
	rest := day - era*146097
	year := (rest - rest/1460 + rest/36524 - rest/146096) / 365
	inYear := rest - (365*year + year/4 - year/100)
	month := (5*inYear + 2) / 153
	date := inYear - (153*month+2)/5 + 1
	year += era * 400
	if month += 3; month > 12 {
		month -= 12
		year++
	}
	digits(b[0:4], year)
	digits(b[5:7], month)
	digits(b[8:10], date)
	b[4], b[7] = '-', '-'
	return b
}

func digits(b []byte, n int64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
}

// floor divides and rounds down, also below zero.
func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func micros(n int64) time.Duration { return time.Duration(n) * time.Microsecond }

// zones keeps what was read of the zones: reading one takes longer than a whole deadline.
var zones sync.Map

// location is a zone by its name; UTC when there's none of that name, which Check refuses.
func location(name string) *time.Location {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, zone)
	return zone
}
