package oracle

import (
	"sync"
	"time"
)

// A date is one day of the Beijing calendar, found by counting and never by a formula.
type date struct {
	year, month, day int
	length           int // days in its month
}

const (
	hour    = 3600
	whole   = 24 * hour
	beijing = 8 * hour // the zone has no daylight saving time
	until   = 2100     // the year at which the walk stops
)

// dates is every day since 1 January 1970, written down once by stepping from one day to the next.
var dates = sync.OnceValue(func() []date {
	var all []date
	for year := 1970; year < until; year++ {
		for month := 1; month <= 12; month++ {
			n := length(year, month)
			for day := 1; day <= n; day++ {
				all = append(all, date{year, month, day, n})
			}
		}
	}
	return all
})

// starts is the number of the first day of each month, found on a walk over dates.
var starts = sync.OnceValue(func() map[[2]int]int {
	first := map[[2]int]int{}
	for n, d := range dates() {
		if d.day == 1 {
			first[[2]int{d.year, d.month}] = n
		}
	}
	return first
})

// length counts the days of a month.
func length(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%400 == 0 || year%4 == 0 && year%100 != 0 {
			return 29
		}
		return 28
	}
	return 31
}

// second is an instant as whole seconds since 1970, what is below a second cut off.
func second(t time.Time) int64 { return t.Unix() }

// instant is the way back from second.
func instant(s int64) time.Time { return time.Unix(s, 0).UTC() }

// dayOf is the number of the Beijing day that holds the second.
func dayOf(s int64) int { return int((s + beijing) / whole) }

// lastSecond is 23:59:59 of a day.
func lastSecond(day int) int64 { return int64(day+1)*whole - beijing - 1 }

// stepMonths goes n months on from a day, a month at a time, and lands on the anchor day, or on the last day of a month
// that has no such day; anchor -1 is always the last day.
func stepMonths(from, n, anchor int) int {
	d := dates()[from]
	year, month := d.year, d.month
	for range n {
		month++
		if month > 12 {
			year, month = year+1, 1
		}
	}
	day := length(year, month)
	if anchor > 0 && anchor < day {
		day = anchor
	}
	return starts()[[2]int{year, month}] + day - 1
}

// anniversary is the same clock time n years later; 29 February falls on 28 February of a common year.
func anniversary(s int64, n int) int64 {
	from := dayOf(s)
	to := stepMonths(from, 12*n, dates()[from].day)
	return s + int64(to-from)*whole
}

// hours counts the full hours between the hour that holds from and the instant to, one after another.
func hours(from, to int64) int64 {
	t := from
	for t%hour != 0 {
		t--
	}
	n := int64(0)
	for t+hour <= to {
		t += hour
		n++
	}
	return n
}
