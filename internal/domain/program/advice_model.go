package program

import (
	"maps"
	"math/bits"
	"slices"

	"hanse/internal/kit/calendar"
)

// A profile is what a person brings to the lines of a track on a day, and what
// could be changed about it. Persons with equal profiles are one kind.
type profile struct {
	bound   bool   // works for the partner on the day
	here    bool   // counts for the version
	asks    flags  // what must be done first so that they count
	codes   uint64 // certificates that count
	weak    uint64 // certificates valid on the day that a renewal would bring back
	has     flags  // named, service, manage
	unlucky bool   // can never count: away, or left alone on purpose
}

// flags are the things that can be done with a person besides exams.
type flags uint8

const (
	doHire flags = 1 << iota
	doRegister
	doConfirm
	doName
	doService
	doManage
)

// A seat is a place: something of which a line wants a number and every person gives
// some.
type seat struct {
	line  string
	need  int
	gives func(p *profile) int
}

// A choice is a line that wants so many of several things, whichever: it
// becomes places when they are chosen.
type choice struct {
	line string
	n    int
	of   []seat
}

// An advisor plans one track of one level for one day.
type advisor struct {
	v       *Version
	f       *Facts
	ask     Question
	track   string
	ready   calendar.Day
	without string
	scene   *scene
	lines   []*Line

	codes   []string // certificates of interest, by bit
	exams   []exam   // those that can be taken
	places  []seat   // that are short
	choices []choice
	kinds   []kind
	rough   bool // something did not fit: not exact
}

// An exam is a certificate that can be taken or renewed.
type exam struct {
	code   string
	bit    uint64 // of its certificate; 0: no line accepts it
	renews uint64 // weak certificates that passing it brings back
	cost   Cost
	weeks  int
}

// A kind is the persons with one profile.
type kind struct {
	profile profile
	people  []string // ids; empty for newcomers
}

func newAdvisor(v *Version, f *Facts, ask Question, track string, ready calendar.Day, without string) *advisor {
	a := &advisor{v: v, f: f, ask: ask, track: track, ready: ready, without: without,
		scene: newScene(v, f, ready.Time(), ask.Purpose), lines: v.plan.asked(ask.Level, track)}
	a.listCodes()
	a.listKinds()
	a.listExams()
	a.listPlaces()
	return a
}

// maxAdviceCodes is how many certificates advice considers: the bits of a word.
const maxAdviceCodes = 64

// listCodes collects the certificates that the lines accept, sorted.
func (a *advisor) listCodes() {
	all := map[string]bool{}
	for _, l := range a.lines {
		accepts := a.v.plan.accepts[l.ID]
		if k, ok := l.Ask.(*Persons); ok && k.Certified {
			accepts = a.v.plan.listed
		}
		for code := range accepts {
			all[code] = true
		}
	}
	a.codes = slices.Sorted(maps.Keys(all))
	if len(a.codes) > maxAdviceCodes {
		a.codes, a.rough = a.codes[:maxAdviceCodes], true
	}
}

// mask is a set of certificates as bits.
func (a *advisor) mask(accepts ranks) (m uint64) {
	for i, code := range a.codes {
		if _, ok := accepts[code]; ok {
			m |= 1 << i
		}
	}
	return m
}

// maxExams is how many different exams advice considers: the bits of a word.
const maxExams = 64

// listExams finds which certificates can be taken: those of interest that count
// when passed by the day, and those that renew what somebody holds.
func (a *advisor) listExams() {
	var weak uint64
	for _, k := range a.kinds {
		weak |= k.profile.weak
	}
	for i := range a.v.plan.cat.Certificates {
		t := &a.v.plan.cat.Certificates[i]
		x := exam{code: t.Code, cost: t.Cost, weeks: t.Weeks, renews: a.renewedBy(t) & weak}
		c := Certificate{Code: t.Code, IssuedOn: a.ready}
		c.ExpiresOn = a.v.plan.cat.Expiry(c)
		if bit := slices.Index(a.codes, t.Code); bit >= 0 && a.v.judge(c, a.ready, a.ask.Purpose) == "" {
			x.bit = 1 << bit
		}
		if x.bit|x.renews == 0 {
			continue
		}
		if len(a.exams) == maxExams {
			a.rough = true
			break
		}
		a.exams = append(a.exams, x)
	}
}

// renewedBy are the certificates that count again once one is passed by those
// who still hold them.
func (a *advisor) renewedBy(t *CertificateType) (m uint64) {
	cat := a.v.plan.cat
	for i, held := range a.codes {
		h, _ := cat.Find(held)
		provider, _ := cat.Provider(h.Provider)
		r := Certificate{Code: held, ExpiresOn: a.ready.AddMonths(provider.RefreshMonths)}
		if cat.Refreshes(t.Code, held) && a.v.judge(r, a.ready, a.ask.Purpose) == "" {
			m |= 1 << i
		}
	}
	return m
}

// after is the profile once exams are passed.
func (x *exam) after(p profile) profile {
	p.codes |= x.bit | p.weak&x.renews
	return p
}

// listKinds sorts the people into kinds, in the order of their first member.
func (a *advisor) listKinds() {
	at := map[profile]int{}
	for i := range a.scene.holders {
		h := &a.scene.holders[i]
		p := a.profile(h)
		k, ok := at[p]
		if !ok {
			k = len(a.kinds)
			at[p] = k
			a.kinds = append(a.kinds, kind{profile: p})
		}
		a.kinds[k].people = append(a.kinds[k].people, h.person.ID)
	}
}

// profile reads a person as the scene sees them.
func (a *advisor) profile(h *holder) (p profile) {
	person := h.person
	p.bound, p.here = person.Bound(a.ready), h.absence == ""
	p.unlucky = !p.bound || person.ID == a.without && a.without != ""
	if !p.here && p.bound {
		if !person.Registered && !a.v.People.AllBound {
			p.asks |= doRegister
		}
		if !a.v.People.trusts(person, a.ready) {
			p.asks |= doConfirm
		}
	}
	for _, c := range h.certs {
		i := slices.Index(a.codes, c.cert.Code)
		switch {
		case i < 0:
		case c.why == "":
			p.codes |= 1 << i
		case c.why == TooShort:
			p.weak |= 1 << i
		}
	}
	p.weak &^= p.codes
	if slices.Contains(a.f.NamedEngineers, person.ID) {
		p.has |= doName
	}
	if person.ID == a.f.ServiceManager {
		p.has |= doService
	}
	if slices.Contains(a.f.ProjectManagers, person.ID) {
		p.has |= doManage
	}
	return p
}

// listPlaces translates the lines that persons fill. A line of any other kind
// is left to the steps.
func (a *advisor) listPlaces() {
	for _, g := range a.v.plan.groups(a.lines) {
		a.addGroup(g, func(p *profile, accepts uint64) int { return min(1, bits.OnesCount64(p.codes&accepts)) })
	}
	for _, g := range a.v.plan.certificateGroups(a.lines) {
		a.addGroup(g, func(p *profile, accepts uint64) int { return bits.OnesCount64(p.codes & accepts) })
	}
	for _, l := range a.lines {
		n := l.Need[a.ask.Level]
		switch k := l.Ask.(type) {
		case *CertificateTypes:
			a.addTypes(l, k, n.Count)
		case *Persons:
			listed := a.mask(a.v.plan.listed)
			a.add(l, n.Count, func(p *profile) bool { return p.here && (!k.Certified || p.codes&listed != 0) })
		case *NamedEngineers:
			a.add(l, n.Count, func(p *profile) bool { return p.here && p.has&doName != 0 })
		case *ServiceManager:
			a.add(l, 1, func(p *profile) bool { return p.bound && p.has&doService != 0 && p.asks&^doRegister == 0 })
		case *Managers:
			accepts := a.mask(a.v.plan.accepts[l.ID])
			a.add(l, n.Count, func(p *profile) bool { return p.here && p.has&doManage != 0 && p.codes&accepts != 0 })
		}
	}
}

// add notes a place to which a person gives one or nothing, if it is short.
func (a *advisor) add(l *Line, need int, one func(p *profile) bool) {
	a.short(&a.places, seat{l.ID, need, func(p *profile) int {
		if one(p) {
			return 1
		}
		return 0
	}})
}

// short keeps a place that the people do not fill already, with what is missing
// as its need.
func (a *advisor) short(to *[]seat, x seat) {
	for i := range a.kinds {
		x.need -= x.gives(&a.kinds[i].profile) * len(a.kinds[i].people)
	}
	if x.need > 0 {
		*to = append(*to, x)
	}
}

// maxGroup is how many lines of one group advice takes apart.
const maxGroup = 8

// addGroup translates lines that share persons, or certificates; fills is how
// many places of accepted certificates a person can fill. By Hall's theorem all
// places of the lines can be filled exactly when, for every set of the lines,
// so many suit one of them as they want together. Sets that the same
// certificates suit need asking only once, with the largest want.
func (a *advisor) addGroup(group []*Line, fills func(p *profile, accepts uint64) int) {
	if len(group) > maxGroup {
		group, a.rough = group[:maxGroup], true
	}
	wants := map[uint64]int{}
	var order []uint64
	for set := 1; set < 1<<len(group); set++ {
		var accepts uint64
		want := 0
		for i, l := range group {
			if set&(1<<i) != 0 {
				accepts |= a.mask(a.v.plan.accepts[l.ID])
				want += l.Need[a.ask.Level].Count
			}
		}
		if _, ok := wants[accepts]; !ok {
			order = append(order, accepts)
		}
		wants[accepts] = max(wants[accepts], want)
	}
	for _, accepts := range order {
		a.short(&a.places, seat{group[0].ID, wants[accepts], func(p *profile) int {
			if !p.here {
				return 0
			}
			return fills(p, accepts)
		}})
	}
}

// addTypes translates a line that wants different types: of those nobody holds,
// any will do.
func (a *advisor) addTypes(l *Line, k *CertificateTypes, want int) {
	c := choice{line: l.ID, n: want}
	for _, code := range k.Types {
		accepts := a.mask(k.accepts(a.v, code))
		before := len(c.of)
		a.short(&c.of, seat{l.ID, 1, func(p *profile) int {
			if p.here && p.codes&accepts != 0 {
				return 1
			}
			return 0
		}})
		if len(c.of) == before {
			c.n--
		}
	}
	if c.n > 0 {
		a.choices = append(a.choices, c)
	}
}

// maxVariants is how many combinations of choices are compared.
const maxVariants = 64

// variants are the places to fill, for every combination of choices.
func (a *advisor) variants() [][]seat {
	out := [][]seat{a.places}
	for _, c := range a.choices {
		var next [][]seat
		for set := uint64(1); set < 1<<len(c.of); set++ {
			if bits.OnesCount64(set) != c.n {
				continue
			}
			for _, places := range out {
				x := slices.Clone(places)
				for i, p := range c.of {
					if set&(1<<i) != 0 {
						x = append(x, p)
					}
				}
				next = append(next, x)
			}
		}
		if out = next; len(out) > maxVariants {
			out, a.rough = out[:maxVariants], true
		}
	}
	return out
}
