package program_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hanse/internal/domain/program"
)

// adviceCases is how many random cases are searched exhaustively: 2,400, or
// HANSE_ADVICE, which "make soak" sets.
func adviceCases() int {
	if n, err := strconv.Atoi(os.Getenv("HANSE_ADVICE")); err == nil {
		return n
	}
	return 2_400
}

// labCodes are the certificates of the random cases: two ladders and one alone.
var labCodes = []string{"A1", "A2", "B1", "B2"}

// A lab is a random small program with a catalogue of its own.
type lab struct {
	version *program.Version
	cost    map[string]int64
	weeks   map[string]int
	named   bool // a line asks for named engineers
	manager bool
	pm      bool
	months  int // of rest validity
}

func newLab(t testing.TB, r *rand.Rand) lab {
	t.Helper()
	x := lab{cost: map[string]int64{}, weeks: map[string]int{}, months: 3 * r.IntN(2)}
	var b strings.Builder
	fmt.Fprintf(&b, "providers:\n  - {id: p, title: {en: P, zh-Hans: P}, refresh: %s, refresh_months: 36}\n",
		[]string{"direction", "none"}[r.IntN(2)])
	b.WriteString("directions:\n  - {id: a, title: {en: A, zh-Hans: A}}\n  - {id: b, title: {en: B, zh-Hans: B}}\n")
	b.WriteString("certificates:\n")
	for _, code := range labCodes {
		x.cost[code], x.weeks[code] = int64(1+r.IntN(4))*100, 1+r.IntN(5)
		fmt.Fprintf(&b, "  - {code: %s, title: {en: %s, zh-Hans: %s}, provider: p, direction: %s, level: %s, class: junior, "+
			"validity_months: 36, cost: {minor: %d, currency: CNY}, weeks: %d}\n", code, code, code,
			strings.ToLower(code[:1]), code[1:], x.cost[code], x.weeks[code])
	}
	b.WriteString("exams: []\nladders: []\ncredits: {course_finished: 5, exam_passed: 10, certificate: {junior: 50}, months: 12}\n")
	cat, problems := program.ParseCatalogue("lab", []byte(b.String()))
	if problems != nil {
		t.Fatalf("catalogue of the lab: %v\n%s", problems, b.String())
	}
	parsed, problems := program.Parse("lab", []byte(x.program(r)), cat)
	if problems != nil {
		t.Fatalf("program of the lab: %v", problems)
	}
	x.version = parsed.Version
	return x
}

// program writes a random program of one level.
func (x *lab) program(r *rand.Rand) string {
	var b strings.Builder
	fmt.Fprintf(&b, `program: lab
version: "1"
effective_from: 2020-01-01
title: {en: L, zh-Hans: L}
summary: {en: L, zh-Hans: L}
application: {min_remaining_months: %d, review_working_days: 3, text: {en: L, zh-Hans: L}}
validity: {years: 1}
people: {confirmed: %t, all_bound: %t}
levels: [{id: top, title: {en: T, zh-Hans: T}}]
ladders:
  - {id: a, distinct_persons: %t, rungs: [[A1], [A2]]}
  - {id: b, rungs: [[B1], [B2]]}
lines:
`, x.months, r.IntN(3) == 0, r.IntN(3) == 0, r.IntN(4) > 0)
	lines := 0
	add := func(share int, kind string, most int) bool {
		if r.IntN(share) > 0 {
			return false
		}
		lines++
		need := strconv.Itoa(1 + r.IntN(most))
		if strings.HasPrefix(kind, "service_manager") {
			need = "true"
		}
		fmt.Fprintf(&b, "  - {id: l%d, title: {en: L, zh-Hans: L}, %s, need: {top: %s}}\n", lines, kind, need)
		return true
	}
	add(2, "certified: {ladder: a, at_least: A2}", 2)
	add(2, "certified: {ladder: a, at_least: A1}", 2)
	add(3, "certified: {ladder: a, only: [A1]}", 1)
	add(4, "certified: {only: [A2, B2]}", 2)
	add(3, "certificate_types: {types: [B1, A1, A2], ladder: b}", 2)
	if lines > 0 { // otherwise no certificate counts
		add(4, "persons: {certified: true}", 2)
	}
	add(3, "persons: {}", 3)
	x.named = add(4, "named_engineers: {}", 2)
	x.manager = add(4, "service_manager: {}", 1)
	x.more(add)
	if lines == 0 {
		add(1, "persons: {}", 3)
	}
	return b.String()
}

// more adds lines of the kinds of paths and competencies.
func (x *lab) more(add func(share int, kind string, most int) bool) {
	add(4, "certificates: {ladder: a, at_least: A1}", 3)
	add(4, "certificates: {ladder: a, at_least: A2}", 1)
	add(5, "certificates: {only: [B1, B2, A1]}", 3)
	x.pm = add(4, "managers: {only: [B1, A2]}", 2)
}

// people makes a small random roster.
func (x *lab) people(r *rand.Rand) *program.Facts {
	f := &program.Facts{ServiceManager: []string{"", "p0", "p1"}[r.IntN(3)]}
	for i := range r.IntN(4) {
		p := program.Person{ID: fmt.Sprintf("p%d", i), Registered: r.IntN(4) > 0, Unconfirmed: r.IntN(5) == 0}
		if p.Unconfirmed {
			p.CountsUntil = day.AddDays(r.IntN(3) - 1)
		}
		if r.IntN(6) == 0 {
			p.LeftOn = day.AddDays(r.IntN(3) - 1)
		}
		for range r.IntN(3) {
			p.Certificates = append(p.Certificates, program.Certificate{Code: labCodes[r.IntN(len(labCodes))],
				ExpiresOn: day.AddDays([]int{-1, 0, 1, 40, 400}[r.IntN(5)])})
		}
		if r.IntN(5) == 0 {
			f.NamedEngineers = append(f.NamedEngineers, p.ID)
		}
		if r.IntN(5) == 0 {
			f.ProjectManagers = append(f.ProjectManagers, p.ID)
		}
		f.People = append(f.People, p)
	}
	return f
}

// A deed is everything that one person does in a plan.
type deed struct {
	register, confirm, name, manage, lead bool
	exams                                 []string
}

func (d deed) any() bool {
	return d.register || d.confirm || d.name || d.manage || d.lead || len(d.exams) > 0
}

// done carries a deed out on facts of one's own.
func (d deed) done(v *program.Version, f *program.Facts, i int) {
	p := &f.People[i]
	p.Registered = p.Registered || d.register
	if d.confirm {
		p.Unconfirmed = false
	}
	if d.name {
		f.NamedEngineers = append(slices.Clone(f.NamedEngineers), p.ID)
	}
	if d.manage {
		f.ServiceManager = p.ID
	}
	if d.lead {
		f.ProjectManagers = append(slices.Clone(f.ProjectManagers), p.ID)
	}
	cat := v.Catalogue()
	certs := slices.Clone(p.Certificates)
	for _, code := range d.exams {
		for j := range certs {
			certs[j].ExpiresOn = cat.Refreshed(certs[j], []program.Pass{{Exam: code, On: day}})
		}
		certs = append(certs, program.Certificate{Code: code, IssuedOn: day})
	}
	p.Certificates = certs
}

// A price is what plans are compared by.
type price struct {
	hires   int
	money   int64
	weeks   int
	persons int
}

func (p price) less(o price) bool {
	switch {
	case p.hires != o.hires:
		return p.hires < o.hires
	case p.money != o.money:
		return p.money < o.money
	case p.weeks != o.weeks:
		return p.weeks < o.weeks
	}
	return p.persons < o.persons
}

func priceOf(p *program.Plan) price { return price{p.Hires, p.Cost.Minor, p.Weeks, p.Persons} }

// An exhaust tries all plans that are better than one.
type exhaust struct {
	lab   *lab
	limit price
	tries int
	steps int
}

// most is how many plans are tried for one case; a case with more is given up.
const most = 1_000

// better looks for a plan with a lower price by which the level is met.
func (x *exhaust) better(f *program.Facts, hires int) (found price, ok bool) {
	g := *f
	g.People = slices.Clone(f.People)
	for i := range hires {
		g.People = append(g.People, program.Person{ID: fmt.Sprintf("new-%d", i+1), Registered: true})
	}
	return x.try(&g, 0, price{hires: hires, persons: hires})
}

func (x *exhaust) try(f *program.Facts, i int, so price) (price, bool) {
	if !so.less(x.limit) || x.tries > most || x.steps > 20*most {
		return price{}, false
	}
	if i == len(f.People) {
		x.tries++
		e := program.Evaluate(x.lab.version, f, day.Time(), program.Apply)
		return so, e.Levels[0].Met
	}
	if !f.People[i].Bound(day) {
		return x.try(f, i+1, so)
	}
	for _, d := range x.deeds(f, i) {
		next := so
		weeks := 0
		for _, code := range d.exams {
			next.money += x.lab.cost[code]
			weeks += x.lab.weeks[code]
		}
		next.weeks = max(next.weeks, weeks)
		if d.any() && !strings.HasPrefix(f.People[i].ID, "new-") {
			next.persons++
		}
		if x.steps++; !next.less(x.limit) {
			continue
		}
		g := *f
		g.People = slices.Clone(f.People)
		d.done(x.lab.version, &g, i)
		if found, ok := x.try(&g, i+1, next); ok {
			return found, true
		}
	}
	return price{}, false
}

// deeds are all things that a person could do.
func (x *exhaust) deeds(f *program.Facts, i int) (out []deed) {
	p := f.People[i]
	yes := func(possible bool) []bool {
		if possible {
			return []bool{false, true}
		}
		return []bool{false}
	}
	for set := range 1 << len(labCodes) {
		var exams []string
		for j, code := range labCodes {
			if set&(1<<j) != 0 {
				exams = append(exams, code)
			}
		}
		for _, register := range yes(!p.Registered) {
			for _, confirm := range yes(p.Unconfirmed) {
				for _, name := range yes(x.lab.named && !slices.Contains(f.NamedEngineers, p.ID)) {
					for _, manage := range yes(x.lab.manager && f.ServiceManager != p.ID) {
						for _, lead := range yes(x.lab.pm && !slices.Contains(f.ProjectManagers, p.ID)) {
							out = append(out, deed{register, confirm, name, manage, lead, exams})
						}
					}
				}
			}
		}
	}
	return out
}

// TestNoPlanIsCheaperThanTheAdvisedOne compares advice with all plans there
// are: by the advised one the level is met, by none that costs less, takes
// fewer weeks or fewer persons.
func TestNoPlanIsCheaperThanTheAdvisedOne(t *testing.T) {
	for part := range uint64(4) {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			searchAll(t, rand.New(rand.NewPCG(21, part)), adviceCases()/4)
		})
	}
}

func searchAll(t *testing.T, r *rand.Rand, cases int) {
	searched, free, tried := 0, 0, 0
	for i := 0; searched < cases; i++ {
		x := newLab(t, r)
		f := x.people(r)
		a := program.Advise(x.version, f, program.Question{Level: "top", From: day, Ready: day, Purpose: program.Apply})
		p := &a.Best
		e := program.Evaluate(x.version, p.Apply(x.version, f), day.Time(), program.Apply)
		if !e.Levels[0].Met || len(p.Steps) > 0 || !p.Exact {
			t.Fatalf("case %d: the plan does not lead to the level, or isn't exact: %+v\n%s", i, p, caseText(&x, f))
		}
		if len(f.People)+p.Hires > 4 {
			continue
		}
		s := exhaust{lab: &x, limit: priceOf(p)}
		for hires := 0; hires <= p.Hires; hires++ {
			if found, ok := s.better(f, hires); ok {
				t.Fatalf("case %d: advice %+v costs %+v; there is a plan for %+v\n%s", i, p.Actions, priceOf(p), found, caseText(&x, f))
			}
		}
		if tried += s.tries; s.tries <= most && s.steps <= 20*most {
			searched++
			if p.Met() {
				free++
			}
		}
		if i > 10*cases {
			t.Fatalf("of %d cases only %d were small enough", i, searched)
		}
	}
	t.Logf("%d cases searched whole, %d plans tried; %d needed nothing", searched, tried, free)
	if free > searched/4 {
		t.Errorf("%d of %d cases needed nothing; the test proves little", free, searched)
	}
}

func caseText(x *lab, f *program.Facts) string {
	s := fmt.Sprintf("costs %v weeks %v, rest validity %d\nfacts %+v\n", x.cost, x.weeks, x.months, f)
	for _, l := range x.version.Lines {
		s += fmt.Sprintf("%s %s %+v need %d\n", l.ID, l.Kind, l.Ask, l.Need["top"].Count)
	}
	return s
}
