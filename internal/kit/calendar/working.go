package calendar

import (
	"errors"
	"fmt"
	"time"
)

// Interval is a stretch of working time within a day, as clock times since
// midnight in the business zone; To is not included and at most 24 h.
type Interval struct{ From, To time.Duration }

// Week gives the working intervals of each weekday; a weekday without any is a
// day of rest.
type Week [7][]Interval

// OfficeWeek is Monday to Friday with the same hours each day.
func OfficeWeek(hours ...Interval) Week {
	var w Week
	for d := time.Monday; d <= time.Friday; d++ {
		w[d] = hours
	}
	return w
}

// OfficeHours are the usual hours of the shipped calendar: 09:00 to 12:00 and
// 13:00 to 18:00.
func OfficeHours() []Interval {
	return []Interval{{9 * time.Hour, 12 * time.Hour}, {13 * time.Hour, 18 * time.Hour}}
}

// Working is a working calendar: a week, less holidays, plus make-up days. It
// does not change after NewWorking and may be shared.
type Working struct {
	week     Week
	makeUp   []Interval
	holidays Holidays
}

// NewWorking builds a calendar. It returns an error if the week has no working
// time at all or an interval is empty, overlaps or leaves its day.
func NewWorking(week Week, holidays Holidays) (*Working, error) {
	w := &Working{week: week, holidays: holidays}
	for i := range week {
		day := (time.Monday + time.Weekday(i)) % 7
		if err := checkIntervals(week[day]); err != nil {
			return nil, fmt.Errorf("working hours of %s: %w", day, err)
		}
		// A make-up day stands in for a lost ordinary day, so it keeps the
		// hours of the week's first working day.
		if w.makeUp == nil && len(week[day]) > 0 {
			w.makeUp = week[day]
		}
	}
	if w.makeUp == nil {
		return nil, errors.New("working calendar: no weekday has working hours")
	}
	return w, nil
}

func checkIntervals(intervals []Interval) error {
	var last time.Duration
	for _, i := range intervals {
		if i.From < last || i.To <= i.From || i.To > 24*time.Hour {
			return fmt.Errorf("interval %s to %s is empty, out of order or leaves the day", i.From, i.To)
		}
		last = i.To
	}
	return nil
}

// IsWorking says that some of the day is working time. Make-up days win over
// holidays, holidays over the week.
func (w *Working) IsWorking(d Day) bool { return len(w.hours(d)) > 0 }

// Covers says that the holiday data is complete for the day's year. Without it
// only fixed holidays of that year are known; doctor warns about that.
func (w *Working) Covers(d Day) bool {
	year, _, _ := d.Split()
	return w.holidays.Covers(year)
}

// NextWorking is the first working day on or after d.
func (w *Working) NextWorking(d Day) Day {
	for !w.IsWorking(d) {
		d++
	}
	return d
}

// AddDays is the n-th working day after d, whether or not d is one itself; for
// n < 0 the n-th before it. For n = 0 it is NextWorking(d).
func (w *Working) AddDays(d Day, n int) Day {
	if n == 0 {
		return w.NextWorking(d)
	}
	step := Day(1)
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d += step
		if w.IsWorking(d) {
			n--
		}
	}
	return d
}

// DueAfter is the deadline "within n working days": 24:00 of the n-th working
// day, the day of the event not counted (business rules 1.12).
func (w *Working) DueAfter(t time.Time, n int) time.Time {
	return w.AddDays(DayOf(t), n).End()
}

// WorkingBetween is the working time from a to b; negative when b is before a.
func (w *Working) WorkingBetween(a, b time.Time) time.Duration {
	if b.Before(a) {
		return -w.WorkingBetween(b, a)
	}
	var sum time.Duration
	for day := DayOf(a); day <= DayOf(b); day++ {
		for _, i := range w.hours(day) {
			from, to := later(day.Time().Add(i.From), a), earlier(day.Time().Add(i.To), b)
			sum += max(to.Sub(from), 0)
		}
	}
	return sum
}

func (w *Working) hours(d Day) []Interval {
	switch {
	case w.holidays.workdays[d]:
		return w.makeUp
	case w.holidays.isOff(d):
		return nil
	}
	return w.week[d.Weekday()]
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
