package program_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
)

var day = calendar.Date(2026, 6, 30)

// rosters is how many random rosters a property sees: 20,000, or HANSE_CASES.
func rosters() int {
	if n, err := strconv.Atoi(os.Getenv("HANSE_CASES")); err == nil {
		return n
	}
	return 20_000
}

var codes = []string{"H3CNE", "H3CSE", "H3CSE-RS", "H3CSE-SECURITY", "H3CIE", "PMP", "H3CNE-PM", "H3CSE-PM", "H3CS-IMC",
	"H3CNE-SECURITY", "H3CNE-X86", "UNKNOWN"}

// randomFacts makes a small partner in which every edge is likely: short rest
// validity, absences, gaps.
func randomFacts(r *rand.Rand, people int) *program.Facts {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	f := &program.Facts{
		Hotline: program.Hotline(pick("7x24", "7x24", "5x8", "")), ServiceEmail: r.IntN(3) > 0,
		ServiceManager: pick("p0", "p0", "p1", "", "x"), EventsAttended: r.IntN(5),
		IssueTracking: program.Tracking(pick("automatic", "manual", "none")), Credits: r.IntN(900),
	}
	for i := range people {
		f.People = append(f.People, randomPerson(r, i))
		if r.IntN(3) == 0 {
			f.NamedEngineers = append(f.NamedEngineers, fmt.Sprintf("p%d", i))
		}
	}
	for range r.IntN(3) {
		f.Projects = append(f.Projects, program.Project{ListPriceUSD: []int64{99_999, 100_000, 999_999, 1_000_000}[r.IntN(4)],
			FinishedOn: day.AddYears(-r.IntN(5)).AddDays(r.IntN(3) - 1)})
	}
	for range r.IntN(9) {
		f.Laboratory = append(f.Laboratory, pick("cloud-lab", "high-end-router", "router", "layer-3-switch", "ac", "ap", "ap"))
	}
	return f
}

func randomPerson(r *rand.Rand, i int) program.Person {
	p := program.Person{ID: fmt.Sprintf("p%d", i), Registered: r.IntN(6) > 0}
	if r.IntN(5) == 0 {
		p.BoundOn = day.AddDays(r.IntN(3) - 1)
	}
	if r.IntN(5) == 0 {
		p.LeftOn = day.AddDays(r.IntN(3))
	}
	for range r.IntN(4) {
		c := program.Certificate{Code: codes[r.IntN(len(codes))]}
		switch r.IntN(6) {
		case 0:
			c.ExpiresOn = day.AddDays(r.IntN(3) - 1)
		case 1:
			c.ExpiresOn = day.AddMonths(3).AddDays(r.IntN(3) - 1)
		case 2:
			c.IssuedOn = day.AddMonths(-36).AddDays(r.IntN(3) - 1)
		case 3:
			c.IssuedOn = day.AddDays(r.IntN(3) - 1)
		default:
			c.ExpiresOn = day.AddDays(200 + r.IntN(3))
		}
		p.Certificates = append(p.Certificates, c)
	}
	return p
}

// counts is the oracle's own reading of a counting certificate (business rules
// 2.3).
func counts(c program.Certificate, purpose program.Purpose) bool {
	known := slices.Contains(codes[:len(codes)-1], c.Code)
	expires := c.ExpiresOn
	if expires == 0 && c.IssuedOn != 0 && known {
		expires = c.IssuedOn.AddMonths(36)
	}
	if c.IssuedOn > day || expires == 0 {
		return false
	}
	if purpose == program.Apply {
		return expires > day.AddMonths(3)
	}
	return expires >= day
}

func present(p program.Person) bool {
	return p.Registered && p.BoundOn <= day && (p.LeftOn == 0 || day < p.LeftOn)
}

// holds tells whether a present person has a counting certificate among the
// codes.
func holds(p program.Person, purpose program.Purpose, accept []string) bool {
	return present(p) && slices.ContainsFunc(p.Certificates, func(c program.Certificate) bool {
		return slices.Contains(accept, c.Code) && counts(c, purpose)
	})
}

// bestStaffing tries every way to give each person to the senior line, the
// junior line or none, and returns the most seniors, and with so many the most
// juniors.
func bestStaffing(people []program.Person, purpose program.Purpose, senior, junior []string, wantSenior, wantJunior int) [2]int {
	best := [2]int{}
	var try func(i, s, j int)
	try = func(i, s, j int) {
		if i == len(people) {
			if s > best[0] || s == best[0] && j > best[1] {
				best = [2]int{s, j}
			}
			return
		}
		try(i+1, s, j)
		if s < wantSenior && holds(people[i], purpose, senior) {
			try(i+1, s+1, j)
		}
		if j < wantJunior && holds(people[i], purpose, junior) {
			try(i+1, s, j+1)
		}
	}
	try(0, 0, 0)
	return best
}

// staffed is what the oracle counts in the lines of people for one level.
func staffed(ref string, f *program.Facts, purpose program.Purpose, level int) map[string]int {
	senior := []string{"H3CSE", "H3CSE-RS", "H3CSE-SECURITY", "H3CIE"}
	junior := append([]string{"H3CNE"}, senior...)
	managers := []string{"PMP", "H3CNE-PM", "H3CSE-PM"}
	want := [][2]int{{0, 2}, {1, 2}, {2, 2}}[level]
	wantPM := []int{0, 1, 1}[level]
	switch ref {
	case "h3c-star@old":
		senior, want, wantPM = []string{"H3CSE-RS", "H3CIE"}, [][2]int{{0, 1}, {1, 1}, {1, 1}}[level], []int{0, 0, 1}[level]
	case "h3c-star@2022":
		managers, wantPM = managers[:1], []int{0, 0, 1}[level]
	}
	best := bestStaffing(f.People, purpose, senior, junior, want[0], want[1])
	out := map[string]int{"senior-engineer": best[0], "junior-engineer": best[1]}
	specials := 0
	for _, accept := range [][]string{{"H3CS-IMC"}, {"H3CNE-SECURITY", "H3CSE-SECURITY"}, {"H3CNE-X86"}} {
		if slices.ContainsFunc(f.People, func(p program.Person) bool { return holds(p, purpose, accept) }) {
			specials++
		}
	}
	out["special-certificates"] = min(specials, level)
	for _, p := range f.People {
		if holds(p, purpose, managers) && out["project-manager"] < wantPM {
			out["project-manager"]++
		}
		if present(p) && (ref != "h3c-star@old" || holds(p, purpose, codes[:11])) {
			out["minimum-persons"]++
		}
		if present(p) && slices.Contains(f.NamedEngineers, p.ID) {
			out["named-engineers"]++
		}
	}
	return out
}

func TestStaffingAgreesWithExhaustiveSearch(t *testing.T) {
	versions := stars(t)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range rosters() {
		f := randomFacts(r, r.IntN(7))
		v := versions[i%3]
		purpose := []program.Purpose{program.Apply, program.Hold}[r.IntN(2)]
		e := program.Evaluate(v, f, day.Time(), purpose)
		for level, lr := range e.Levels {
			want := staffed(v.Ref(), f, purpose, level)
			for _, l := range lr.Tracks[0].Lines {
				n, asked := want[l.ID]
				if asked && (l.Have != n || l.Met != (n >= l.Need)) {
					t.Fatalf("roster %d, %s %s %s %s: have %d met %t, exhaustive search has %d of %d\n%+v",
						i, v.Ref(), purpose, lr.Level, l.ID, l.Have, l.Met, n, l.Need, f.People)
				}
			}
		}
		checkShape(t, v, f, &e)
	}
}

// checkShape holds what must be true of any evaluation.
func checkShape(t *testing.T, v *program.Version, f *program.Facts, e *program.Evaluation) {
	t.Helper()
	best := ""
	for _, lr := range e.Levels {
		any := false
		for _, tr := range lr.Tracks {
			all := true
			ladder := map[string]bool{}
			for _, l := range tr.Lines {
				all = all && l.Met
				if l.Met != (l.Have >= l.Need) || l.Met != l.Gap.IsZero() {
					t.Fatalf("%s %s %s: need %d have %d met %t gap %v", v.Ref(), lr.Level, l.ID, l.Need, l.Have, l.Met, l.Gap)
				}
				if n := len(l.FilledBy) + len(l.Others); len(l.Others) > 0 && n != len(f.People) {
					t.Fatalf("%s %s %s explains %d of %d people", v.Ref(), lr.Level, l.ID, n, len(f.People))
				}
				for _, id := range l.FilledBy {
					technical := l.ID == "senior-engineer" || l.ID == "junior-engineer"
					if technical && ladder[id] {
						t.Fatalf("%s %s: %s fills two places of the technical ladder", v.Ref(), lr.Level, id)
					}
					ladder[id] = ladder[id] || technical
				}
			}
			any = any || all
		}
		if lr.Met != any {
			t.Fatalf("%s %s met = %t, its tracks say %t", v.Ref(), lr.Level, lr.Met, any)
		}
		if lr.Met {
			best = lr.Level
		}
	}
	if e.BestLevel != best {
		t.Fatalf("%s best level = %q, want %q", v.Ref(), e.BestLevel, best)
	}
}

func TestTheOrderOfTheFactsDoesNotMatter(t *testing.T) {
	versions := stars(t)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range rosters() / 10 {
		f := randomFacts(r, r.IntN(8))
		v := versions[i%3]
		want := program.Evaluate(v, f, day.Time(), program.Apply)
		g := shuffled(r, f)
		if got := program.Evaluate(v, g, day.Time(), program.Apply); !reflect.DeepEqual(got, want) {
			t.Fatalf("roster %d, %s: shuffled facts give\n%s", i, v.Ref(), cmp.Diff(want, got))
		}
	}
}

func shuffled(r *rand.Rand, f *program.Facts) *program.Facts {
	g := *f
	g.People = slices.Clone(f.People)
	for i := range g.People {
		cs := slices.Clone(g.People[i].Certificates)
		r.Shuffle(len(cs), func(a, b int) { cs[a], cs[b] = cs[b], cs[a] })
		g.People[i].Certificates = cs
	}
	r.Shuffle(len(g.People), func(a, b int) { g.People[a], g.People[b] = g.People[b], g.People[a] })
	g.Laboratory = slices.Clone(f.Laboratory)
	r.Shuffle(len(g.Laboratory), func(a, b int) { g.Laboratory[a], g.Laboratory[b] = g.Laboratory[b], g.Laboratory[a] })
	return &g
}
