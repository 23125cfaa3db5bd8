package program

import (
	"slices"

	"hanse/internal/kit/calendar"
)

// Instants are the days after from, up to and including to, on which the result
// for a version and purpose may change although no fact is added: a certificate
// begins or stops to count, somebody joins or leaves, a project begins to count
// or grows too old. Between two of them the result stays as it is, so that a
// forecast evaluates at these days only.
func Instants(v *Version, f *Facts, from, to calendar.Day, purpose Purpose) []calendar.Day {
	var days []calendar.Day
	note := func(d calendar.Day) {
		if from < d && d <= to {
			days = append(days, d)
		}
	}
	for i := range f.People {
		p := &f.People[i]
		note(p.BoundOn)
		note(p.LeftOn)
		if p.Unconfirmed {
			note(p.CountsUntil)
		}
		for _, c := range p.Certificates {
			t, _ := v.plan.cat.Find(c.Code)
			if _, counts := v.plan.listed[t.Code]; counts {
				note(c.IssuedOn)
				note(v.lastDay(v.plan.cat.Expiry(c), purpose) + 1)
			}
		}
	}
	for _, years := range v.projectYears() {
		for _, p := range f.Projects {
			note(p.FinishedOn)
			note(firstDayTooOld(p.FinishedOn, years))
		}
	}
	for i := range v.Lines {
		if k, ok := v.Lines[i].Ask.(dated); ok {
			k.days(f, note)
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// A dated requirement names the days on which facts begin or stop to count for
// it.
type dated interface {
	days(f *Facts, note func(calendar.Day))
}

// projectYears are the periods that some line asks of projects, shortest first.
func (v *Version) projectYears() []int {
	var years []int
	for _, l := range v.Lines {
		if k, ok := l.Ask.(*Projects); ok {
			years = append(years, k.Years)
		}
	}
	slices.Sort(years)
	return slices.Compact(years)
}

// firstDayTooOld is the first day whose date the years back lies after the
// finish.
func firstDayTooOld(finished calendar.Day, years int) calendar.Day {
	d := finished.AddYears(years)
	for d.AddYears(-years) <= finished {
		d++
	}
	return d
}

// firstDayBeyond is the same for months.
func firstDayBeyond(finished calendar.Day, months int) calendar.Day {
	d := finished.AddMonths(months)
	for d.AddMonths(-months) <= finished {
		d++
	}
	return d
}
