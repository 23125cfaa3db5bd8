package program

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"hanse/internal/kit/calendar"
)

// A Standing is a partner of a fleet over time in one version, if no fact is
// added: what it would keep. Levels are indexes in Version.Levels; -1 is none.
type Standing struct {
	Start   int8
	Granted int8 // the highest level of the program that is granted on the first day
	Shifts  []Shift
}

// A Shift is a day on which the level changes.
type Shift struct {
	Day    calendar.Day
	Before int8
	After  int8
	// Expiries and Leaves are how many certificates end the day before, and how
	// many people leave; when both are 0, something else ends or begins.
	Expiries, Leaves int32
}

// Standings walks every partner from change to change after from, up to and
// including to, and hands each one's standing to a function, which may be
// called from several goroutines at once but for different partners, and must
// not keep it. Workers is their number (0: one per processor). Memory is flat.
func (f *Fleet) Standings(version int, from, to calendar.Day, workers int, each func(partner int, s *Standing)) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	const chunk = 256
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			w := walker{f: f, version: version, w: f.Worker(from, Hold), r: f.NewResult(), from: from, to: to}
			w.years = f.versions[version].v.projectYears()
			for {
				end := int(next.Add(chunk))
				if end-chunk >= f.Len() {
					return
				}
				for i := end - chunk; i < min(end, f.Len()); i++ {
					w.walk(i)
					each(i, &w.s)
				}
			}
		})
	}
	all.Wait()
}

// A walker walks one partner after the other through time.
type walker struct {
	f        *Fleet
	version  int
	w        *Worker
	r        *Result
	from, to calendar.Day
	years    []int
	days     []calendar.Day
	s        Standing
}

// walk fills the standing of a partner.
func (w *walker) walk(partner int) {
	p := w.f.Partner(partner)
	w.s = Standing{Start: w.level(&p, w.from), Granted: w.granted(&p), Shifts: w.s.Shifts[:0]}
	before := w.s.Start
	w.listDays(&p)
	for _, d := range w.days {
		after := w.level(&p, d)
		if after != before {
			x := Shift{Day: d, Before: before, After: after}
			w.count(&p, &x)
			w.s.Shifts = append(w.s.Shifts, x)
		}
		before = after
	}
}

// level is what is kept on a day.
func (w *walker) level(p *Packed, d calendar.Day) int8 {
	w.w.move(d)
	w.w.Evaluate(p, w.r)
	return w.r.Best[w.version]
}

// granted is the highest level of the version's program among the holdings.
func (w *walker) granted(p *Packed) int8 {
	best := int8(-1)
	if p.other == nil {
		return best
	}
	v := w.f.versions[w.version].v
	for _, h := range p.other.Holdings {
		if h.Program == v.Program && h.valid(w.from) {
			best = max(best, int8(v.LevelIndex(h.Level)))
		}
	}
	return best
}

// listDays lists the days on which the result may change.
func (w *walker) listDays(p *Packed) {
	w.days = w.days[:0]
	for i := range p.people {
		x := &p.people[i]
		w.note(calendar.Day(x.bound))
		w.note(calendar.Day(x.left))
		if x.flags&isUnconfirmed != 0 {
			w.note(calendar.Day(x.until))
		}
	}
	for _, r := range p.records {
		w.note(calendar.Day(r.issued()))
		w.note(calendar.Day(r.expires()) + 1)
	}
	for _, years := range w.years {
		for _, x := range p.projects {
			w.note(calendar.Day(x.finished))
			w.note(firstDayTooOld(calendar.Day(x.finished), years))
		}
	}
	if v := w.f.versions[w.version].v; p.other != nil {
		for i := range v.Lines {
			if k, ok := v.Lines[i].Ask.(dated); ok {
				k.days(p.other, w.note)
			}
		}
	}
	slices.Sort(w.days)
	w.days = slices.Compact(w.days)
}

func (w *walker) note(d calendar.Day) {
	if w.from < d && d <= w.to {
		w.days = append(w.days, d)
	}
}

// count says what ends on the day of a shift.
func (w *walker) count(p *Packed, x *Shift) {
	for i := range p.people {
		if calendar.Day(p.people[i].left) == x.Day {
			x.Leaves++
		}
	}
	listed := w.f.versions[w.version].satisfy
	for _, r := range p.records {
		if calendar.Day(r.expires())+1 == x.Day && listed[r.code()] != 0 {
			x.Expiries++
		}
	}
}

// move makes a worker that answers what is kept answer for another day.
func (w *Worker) move(d calendar.Day) {
	w.day, w.now = d, pack16(d)
	for i, c := range w.f.versions {
		w.ends[i] = c.lastEnd(d, Hold)
	}
	for years := range w.oldest {
		w.oldest[years] = pack16(d.AddYears(-years))
	}
}

// Only is the library with one of its versions alone, for evaluating a fleet
// against it; ok is false when it has no such version.
func (l *Library) Only(ref string) (only *Library, ok bool) {
	v, ok := l.Find(ref)
	return &Library{Catalogue: l.Catalogue, versions: []*Version{v}}, ok
}
