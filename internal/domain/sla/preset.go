package sla

import (
	"sync"
	"time"

	"hanse/internal/kit/calendar"
)

// The calendars that are there from the start.
const (
	AlwaysID = "always"
	ChinaID  = "china"
)

// shippedYears bounds the dates that the calendar of China brings for years not announced yet: of those only the dates
// that the law fixes are known.
const shippedYears = 15

// Shipped are the calendars that are there from the start: round the clock, and the office hours of mainland China with
// its public holidays and make-up days. A version that's saved under their ids takes their place.
func Shipped() []Calendar { return shipped() }

var shipped = sync.OnceValue(func() []Calendar {
	return []Calendar{
		{ID: AlwaysID, Name: "24 x 7", Zone: calendar.Zone.String(), Always: true},
		china(),
	}
})

// china writes the shipped working calendar out as dates: what differs from its weekday is a day of its own.
func china() Calendar {
	c := Calendar{ID: ChinaID, Name: "China", Zone: calendar.Zone.String(), Days: map[string][]Hours{}}
	var hours []Hours
	for _, i := range calendar.OfficeHours() {
		hours = append(hours, Hours{int(i.From / time.Minute), int(i.To / time.Minute)})
	}
	for day := time.Monday; day <= time.Friday; day++ {
		c.Week[day] = hours
	}
	works, holidays := calendar.Standard(), calendar.China()
	first := 2000
	for !holidays.Covers(first) && first < 2100 {
		first++
	}
	for d := calendar.Date(first, time.January, 1); d < calendar.Date(first+shippedYears, time.January, 1); d++ {
		switch usual := len(c.Week[d.Weekday()]) > 0; {
		case works.IsWorking(d) && !usual:
			c.Days[d.String()] = hours
		case !works.IsWorking(d) && usual:
			c.Days[d.String()] = nil
		}
	}
	return c
}
