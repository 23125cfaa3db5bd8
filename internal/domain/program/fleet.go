package program

import (
	"fmt"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"

	"hanse/internal/kit/calendar"
)

// A Fleet is the packed facts of many partners, evaluated against all versions
// of a library together. It agrees with Evaluate to the bit, without
// explanations and without allocating.
//
// Feed it in order: Begin a partner, then each Person followed by that person's
// Certificates. A fleet that is not being fed may be evaluated by many
// goroutines.
type Fleet struct {
	cat      *Catalogue
	versions []*compiled

	ends     []ends // per partner: where its parts end
	platform []platform
	people   []packedPerson
	records  []record
	projects []packedProject
	other    []*Facts // by partner; nil: nothing
}

type ends struct{ people, records, projects uint32 }

// NewFleet makes an empty fleet for versions of one library.
func NewFleet(lib *Library) (*Fleet, error) {
	if n := len(lib.Catalogue.Certificates); n >= maxCodes {
		return nil, fmt.Errorf("the catalogue has %d certificates, a fleet takes %d", n, maxCodes-1)
	}
	f := &Fleet{cat: lib.Catalogue}
	for _, v := range lib.versions {
		c, ok := compile(v)
		if !ok {
			return nil, fmt.Errorf("program %s asks for more than %d things", v.Ref(), maxBits)
		}
		f.versions = append(f.versions, c)
	}
	return f, nil
}

// Grow makes room for so many partners, people and certificates, so that
// feeding does not move memory.
func (f *Fleet) Grow(partners, people, certificates int) {
	f.ends = make([]ends, 0, partners)
	f.platform = make([]platform, 0, partners)
	f.other = make([]*Facts, 0, partners)
	f.people = make([]packedPerson, 0, people)
	f.records = make([]record, 0, certificates)
}

// Versions are the fleet's versions in the order of its results.
func (f *Fleet) Versions() []*Version {
	var out []*Version
	for _, c := range f.versions {
		out = append(out, c.v)
	}
	return out
}

// Len is the number of partners.
func (f *Fleet) Len() int { return len(f.ends) }

// Begin starts the next partner and returns its number. Of the facts only those
// beside the people are read.
func (f *Fleet) Begin(other *Facts) int {
	f.platform = append(f.platform, packPlatform(other))
	f.other = append(f.other, otherFacts(other))
	for _, p := range other.Projects {
		f.projects = append(f.projects, packProject(p))
	}
	f.ends = append(f.ends, ends{})
	f.close()
	return len(f.ends) - 1
}

// Person adds the next person of the partner. Named and manager say that the
// partner's facts name the person so.
func (f *Fleet) Person(bound, left calendar.Day, registered, named, manager bool) {
	if manager {
		f.platform[len(f.platform)-1].manager = int32(f.present())
	}
	f.people = append(f.people, packedPerson{pack16(bound), packLeft(left), openEnd,
		flag(registered, isRegistered) | flag(named, isNamed)})
	f.close()
}

// Unconfirmed says of the last person that the binding rests on the company's
// word alone; counts is the first day on which it no longer counts (None: as
// long as bound).
func (f *Fleet) Unconfirmed(counts calendar.Day) {
	p := &f.people[len(f.people)-1]
	p.until = packLeft(counts)
	p.flags |= isUnconfirmed
}

// Appointed says of the last person that the partner appointed them as
// dedicated project manager.
func (f *Fleet) Appointed() { f.people[len(f.people)-1].flags |= isAppointed }

// Certificate adds a certificate of the last person. An absent expiry is
// computed from the catalogue.
func (f *Fleet) Certificate(code Code, issued, expires calendar.Day) {
	if code == 0 {
		return
	}
	if expires.IsNone() && !issued.IsNone() {
		expires = f.cat.Expiry(Certificate{f.cat.Certificates[code-1].Code, issued, expires})
	}
	f.records = append(f.records, newRecord(f.present()-1, code, pack16(issued), pack16(expires)))
	f.close()
}

// present is how many people the partner being fed has.
func (f *Fleet) present() int {
	first := uint32(0)
	if n := len(f.ends); n > 1 {
		first = f.ends[n-2].people
	}
	return len(f.people) - int(first)
}

// close notes where the parts of the partner being fed end so far.
func (f *Fleet) close() {
	f.ends[len(f.ends)-1] = ends{uint32(len(f.people)), uint32(len(f.records)), uint32(len(f.projects))}
}

// Add appends a partner that is packed already and returns its number.
func (f *Fleet) Add(p Packed) int {
	f.platform = append(f.platform, p.platform)
	f.other = append(f.other, p.other)
	f.people = append(f.people, p.people...)
	f.records = append(f.records, p.records...)
	f.projects = append(f.projects, p.projects...)
	f.ends = append(f.ends, ends{})
	f.close()
	return len(f.ends) - 1
}

// Partner is a partner's packed facts; they share the fleet's memory.
func (f *Fleet) Partner(i int) Packed {
	var from ends
	if i > 0 {
		from = f.ends[i-1]
	}
	to := f.ends[i]
	return Packed{f.people[from.people:to.people], f.records[from.records:to.records],
		f.projects[from.projects:to.projects], f.platform[i], f.other[i]}
}

// A Result is what holds for one partner, for every version of the fleet.
type Result struct {
	Best []int8   // by version: the highest level met, as its index in Version.Levels; -1: none
	Met  []uint64 // by version, level, track (see Fleet.Stage): the met lines as bits, by their index in Version.Lines
}

// NewResult makes a result to be filled again and again.
func (f *Fleet) NewResult() *Result {
	r := &Result{Best: make([]int8, len(f.versions))}
	for _, c := range f.versions {
		r.Met = append(r.Met, make([]uint64, len(c.stages))...)
	}
	return r
}

// Stage is the place in Result.Met of a track of a level of a version, all by
// index.
func (f *Fleet) Stage(version, level, track int) int {
	i := level*f.versions[version].tracks + track
	for _, c := range f.versions[:version] {
		i += len(c.stages)
	}
	return i
}

// A Worker evaluates packed partners one after the other. It keeps its memory;
// use one per goroutine.
type Worker struct {
	f       *Fleet
	day     calendar.Day
	now     uint16
	ends    []uint16 // by version: certificates must end after this day
	oldest  []uint16 // by years back: the first day on which a project may have finished
	masks   []uint64 // of each person for each version
	version int      // under evaluation
	named   int32    // named engineers who count for it
	nothing Facts    // of partners without facts beside the people
	classes classes
	m       matcher
}

// Worker makes a worker for a day and a purpose.
func (f *Fleet) Worker(d calendar.Day, purpose Purpose) *Worker {
	w := &Worker{f: f, day: d, now: pack16(d)}
	for _, c := range f.versions {
		w.ends = append(w.ends, c.lastEnd(d, purpose))
		for _, years := range c.v.projectYears() {
			for len(w.oldest) <= years {
				w.oldest = append(w.oldest, pack16(d.AddYears(-len(w.oldest))))
			}
		}
	}
	return w
}

// Evaluate fills a result for one partner.
func (w *Worker) Evaluate(p *Packed, out *Result) {
	w.look(p)
	met := out.Met
	for i, c := range w.f.versions {
		w.classify(p, i)
		out.Best[i] = -1
		for s := range c.stages {
			met[s] = w.stage(p, &c.stages[s])
			if met[s] == c.stages[s].asked && met[s] != 0 {
				out.Best[i] = int8(s / c.tracks)
			}
		}
		met = met[len(c.stages):]
	}
}

// look computes every person's bits for every version.
func (w *Worker) look(p *Packed) {
	versions := len(w.f.versions)
	n := len(p.people) * versions
	if cap(w.masks) < n {
		w.masks = make([]uint64, 2*n)
	}
	w.masks = w.masks[:n]
	clear(w.masks)
	for _, r := range p.records {
		if r.issued() > w.now {
			continue
		}
		row := w.masks[r.person()*versions:][:versions]
		for i := range row {
			if r.expires() > w.ends[i] {
				row[i] |= w.f.versions[i].satisfy[r.code()]
			}
		}
	}
}

// bound tells whether a person works for the partner and the version trusts the
// binding.
func (w *Worker) bound(x *packedPerson) bool {
	if x.bound > w.now || w.now >= x.left {
		return false
	}
	return x.flags&isUnconfirmed == 0 || !w.f.versions[w.version].v.People.Confirmed && w.now < x.until
}

// counts tells whether a person counts for the version, as scene.absence does.
func (w *Worker) counts(x *packedPerson) bool {
	return w.bound(x) && (x.flags&isRegistered != 0 || w.f.versions[w.version].v.People.AllBound)
}

// classify groups the people who count for a version by their bits.
func (w *Worker) classify(p *Packed, version int) {
	w.version, w.named = version, 0
	w.classes.reset()
	for i := range p.people {
		x := &p.people[i]
		if !w.counts(x) {
			continue
		}
		mask := w.masks[i*len(w.f.versions)+version]
		if x.flags&isAppointed != 0 {
			mask |= w.f.versions[version].manages
		}
		if x.flags&isNamed != 0 {
			w.named++
		}
		w.classes.add(mask)
	}
}

// stage is the met lines of one track of one level.
func (w *Worker) stage(p *Packed, s *stage) (met uint64) {
	for i := range s.groups {
		met |= w.group(&s.groups[i])
	}
	for i := range s.papers {
		met |= w.papers(p, &s.papers[i])
	}
	for i := range s.checks {
		if w.check(p, &s.checks[i]) {
			met |= 1 << s.checks[i].line
		}
	}
	return met
}

// group solves lines that share persons. A line with too few holders is refused
// by count alone, but then the others still have to be matched, because their
// places may need the same persons.
func (w *Worker) group(g *group) (met uint64) {
	if g.n == 1 {
		if w.count(1<<g.bits[0]) >= g.want[0] {
			return 1 << g.line[0]
		}
		return 0
	}
	w.m.reset()
	for _, c := range w.classes.list {
		var mask uint16
		for i := range g.n {
			mask |= uint16(c.mask>>g.bits[i]&1) << i
		}
		if mask != 0 {
			w.m.addMany(mask, c.n)
		}
	}
	return w.filled(&g.want, &g.line, g.n)
}

// filled matches what was put into the matcher and says which lines are full.
func (w *Worker) filled(want *[maxLines]int32, line *[maxLines]uint8, n int) (met uint64) {
	var have [maxLines]int32
	w.m.fill(want, n, &have)
	for i := range n {
		if have[i] >= want[i] {
			met |= 1 << line[i]
		}
	}
	return met
}

// papers solves lines that share certificates. Two records of one certificate
// of a person count once.
func (w *Worker) papers(p *Packed, g *papers) uint64 {
	w.m.reset()
	for i, r := range p.records {
		mask := g.masks[r.code()]
		if mask != 0 && w.valid(r) && w.counts(&p.people[r.person()]) && !w.twin(p.records[:i], r) {
			w.m.add(mask)
		}
	}
	return w.filled(&g.want, &g.line, g.n)
}

// valid tells whether a record counts on the day for the version.
func (w *Worker) valid(r record) bool { return r.issued() <= w.now && r.expires() > w.ends[w.version] }

// twin tells whether an earlier record of the same person is of the same
// certificate and counts. A person's records stand together.
func (w *Worker) twin(before []record, r record) bool {
	for i := len(before) - 1; i >= 0 && before[i].person() == r.person(); i-- {
		if before[i].code() == r.code() && w.valid(before[i]) {
			return true
		}
	}
	return false
}

// count is how many present engineers have a bit; all of them for no bit.
func (w *Worker) count(bit uint64) (n int32) {
	for _, c := range w.classes.list {
		if c.mask&bit == bit {
			n += c.n
		}
	}
	return n
}

// Evaluate evaluates all partners on a number of goroutines (0: one per
// processor) and hands each result to a function, which may be called from any
// of them at once but for different partners, and must not keep the result.
func (f *Fleet) Evaluate(d calendar.Day, purpose Purpose, workers int, each func(partner int, r *Result)) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	const chunk = 512
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			w, r := f.Worker(d, purpose), f.NewResult()
			for {
				end := int(next.Add(chunk))
				if end-chunk >= f.Len() {
					return
				}
				for i := end - chunk; i < min(end, f.Len()); i++ {
					p := f.Partner(i)
					w.Evaluate(&p, r)
					each(i, r)
				}
			}
		})
	}
	all.Wait()
}

// types counts the different types that present engineers hold.
func (w *Worker) types(want uint64) int32 {
	var union uint64
	for _, c := range w.classes.list {
		union |= c.mask
	}
	return int32(bits.OnesCount64(union & want))
}
