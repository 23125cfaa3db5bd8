package rate

import (
	"fmt"
	"strings"
	"time"

	"hanse/internal/kit/calendar"
)

// lastSecond is 23:59:59 of a day.
func lastSecond(d calendar.Day) time.Time { return d.End().Add(-time.Second) }

// anchored is the day of a month that an anchor names, clamped to the month's end. in is any day of the month.
func anchored(in calendar.Day, anchor int) calendar.Day {
	length := in.DaysInMonth()
	if anchor < 1 || anchor > length {
		return in.MonthEnd()
	}
	return in.MonthStart().AddDays(anchor - 1)
}

// after is the expiry day a term later than a day, counted from the anchor: 31 January is followed by 28 February,
// that by 31 March.
func after(d calendar.Day, t Term, anchor int) calendar.Day {
	return anchored(d.MonthStart().AddMonths(t.months()), anchor)
}

// anchorOf is the day of the month of an instant.
func anchorOf(at time.Time) int {
	_, _, d := day(at).Split()
	return d
}

// unified is the first day on or after d whose day of the month is the set one (-1: the last).
func unified(d calendar.Day, set int) calendar.Day {
	if u := anchored(d, set); u >= d {
		return u
	}
	return anchored(d.MonthEnd()+1, set)
}

// A length is a duration in months or years with how it was reckoned: "15/31 + 2/30".
type length struct {
	is   exact
	text string
}

// inBrackets is the text as a factor.
func (l length) inBrackets() string {
	if strings.ContainsAny(l.text, " /") {
		return "(" + l.text + ")"
	}
	return l.text
}

// parts collects the summands of a length.
type parts struct {
	sum   exact
	texts []string
	whole int
}

// add counts days of a month or year that has so many; whole ones are counted together.
func (p *parts) add(days, of int) {
	if days <= 0 {
		return
	}
	p.sum = p.sum.add(fraction(int64(days), int64(of)))
	if days == of {
		if p.whole++; p.whole == 1 {
			p.texts = append(p.texts, "")
		}
		return
	}
	p.texts = append(p.texts, fmt.Sprintf("%d/%d", days, of))
}

func (p *parts) length() length {
	for i, t := range p.texts {
		if t == "" {
			p.texts[i] = fmt.Sprint(p.whole)
		}
	}
	if len(p.texts) == 0 {
		return length{p.sum, "0"}
	}
	return length{p.sum, strings.Join(p.texts, " + ")}
}

// inMonths sums, over the calendar months, the days from..to (both included) by the days of their month.
func inMonths(from, to calendar.Day) length {
	p := parts{sum: whole(0)}
	for from <= to {
		end := min(from.MonthEnd(), to)
		p.add(int(end-from)+1, from.DaysInMonth())
		from = end + 1
	}
	return p.length()
}

// inYears sums the days from..to without any 29 February by 365, year by year.
func inYears(from, to calendar.Day) length {
	p := parts{sum: whole(0)}
	for from <= to {
		end := min(from.YearEnd(), to)
		days := int(end-from) + 1
		year, _, _ := from.Split()
		if leap := calendar.Date(year, time.February, 29); leap.DaysInMonth() == 29 && from <= leap && leap <= end {
			days--
		}
		p.add(days, 365)
		from = end + 1
	}
	return p.length()
}

// extra is what the days from..to cost in units of the term: of one month, or of a year as a twelfth per month.
func extra(u Unit, from, to calendar.Day) length {
	l := inMonths(from, to)
	if u == Year && from <= to {
		l.is = l.is.over(whole(12))
		l.text = l.inBrackets() + " / 12"
	}
	return l
}

// whole is the period's purchased length: its term, and the fraction bought for a unified expiry.
func (p Period) whole() length {
	l := length{whole(int64(p.Term.Num)), fmt.Sprint(p.Term.Num)}
	if from, to := day(p.TermEnd)+1, day(p.End); from <= to {
		e := extra(p.Term.Unit, from, to)
		l = length{l.is.add(e.is), l.text + " + " + e.text}
	}
	return l
}

// remaining is the duration that is left of a period at an instant, in months or years: whole before it begins and on
// the day of the first purchase, nothing on the expiry day; the day of the instant itself never counts.
func (p Period) remaining(at time.Time) length {
	all := p.whole()
	if at.Before(p.Start) || !p.Renewal && day(at) == day(p.Start) {
		return all
	}
	count := inMonths
	if p.Term.Unit == Year {
		count = inYears
	}
	if l := count(day(at)+1, day(p.End)); l.is.cmp(all.is) <= 0 {
		return l
	}
	return all
}

// begun is the length that a segment's value stands for: what remained when it began.
func (p Period) begun(i int) length {
	if i == 0 {
		return p.whole()
	}
	return p.remaining(p.Segments[i].At)
}

// Remaining is r: the months (of a monthly term) or years that are left of the period which runs at an instant, to ten
// decimals, and how it's reckoned: "15/31 + 2/30". Nothing runs: "0".
func (h History) Remaining(at time.Time) (decimal, formula string) {
	p, _, ok := h.Current(at)
	if !ok {
		return "0", "0"
	}
	l := p.remaining(at)
	return l.is.r.FloatString(10), l.text
}

// used gives the used and total hours of what started and ends so, or the days when days is set. Both ends are floored.
func used(start, end, now time.Time, days bool) (used, total int64) {
	if days {
		from := day(start)
		return int64(day(now) - from), int64(day(end)-from) + 1
	}
	from := start.Truncate(time.Hour)
	return int64(now.Truncate(time.Hour).Sub(from) / time.Hour), int64(end.Add(time.Second).Sub(from) / time.Hour)
}

// yearsLater is the same instant some years on; 29 February becomes 28 February.
func yearsLater(t time.Time, n int) time.Time {
	d := day(t)
	return t.Add(d.AddYears(n).Time().Sub(d.Time()))
}
