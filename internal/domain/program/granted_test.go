package program_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// manifold is a version with every kind of the paths and competencies, whose
// lines on the ladder of certificates share them.
const manifold = `program: manifold
version: "1"
effective_from: 2026-01-01
title: {en: Manifold, zh-Hans: 多样}
summary: {en: All kinds., zh-Hans: 各种要求。}
people: {confirmed: true, all_bound: true}
stages: true
entry: invitation
application:
  min_remaining_months: 3
  review_working_days: 5
  phases: [{id: preliminary, working_days: 3}, {id: technical, working_days: 5}, {id: countersign, working_days: 7}]
  correction_days: 30
  ban_months: 6
  text: {en: Apply., zh-Hans: 申请。}
validity: {months: 24}
levels:
  - {id: selected, title: {en: Selected, zh-Hans: 已选择}, self_granted: true}
  - {id: role, title: {en: Role, zh-Hans: 角色}}
ladders:
  - {id: papers, rungs: [[H3CNE], [H3CSE, H3CSE-RS], [H3CIE]]}
  - {id: pm, rungs: [[H3CNE-PM, PMP], [H3CSE-PM]]}
lines:
  - id: unrestricted
    title: {en: Free, zh-Hans: 未冻结}
    unrestricted: {}
    need: {selected: true, role: true}
  - id: low
    title: {en: Low, zh-Hans: 低}
    certificates: {ladder: papers, at_least: H3CNE}
    need: {role: 1}
  - id: middle
    title: {en: Middle, zh-Hans: 中}
    certificates: {ladder: papers, at_least: H3CSE}
    need: {role: 2}
  - id: odd
    title: {en: Odd, zh-Hans: 另}
    certificates: {ladder: papers, only: [H3CNE, H3CIE]}
    need: {role: 1}
  - id: managers
    title: {en: Managers, zh-Hans: 经理}
    managers: {ladder: pm, at_least: PMP}
    need: {role: 1}
  - id: competencies
    title: {en: Competencies, zh-Hans: 能力}
    holdings:
      any_of:
        - {program: competency-a, title: {en: A, zh-Hans: 甲}}
        - {program: competency-b, title: {en: B, zh-Hans: 乙}}
      listed: 1
      rest: competency-
    need: {role: 2}
  - id: case
    title: {en: Case, zh-Hans: 案例}
    materials: {kind: case, within_months: 12, published: true}
    need: {role: 1}
  - id: offering
    title: {en: Offering, zh-Hans: 产品}
    materials: {kind: offering, huawei_cloud: true}
    need: {role: 1}
  - id: sites
    title: {en: Sites, zh-Hans: 场所}
    facilities: {mode: on-site, seats: 20}
    need: {role: 1}
  - id: languages
    title: {en: Languages, zh-Hans: 语言}
    languages: {}
    need: {role: 2}
  - id: branches
    title: {en: Branches, zh-Hans: 分支}
    branches: {}
    need: {role: 2}
  - id: selected-first
    title: {en: Selected first, zh-Hans: 先选择}
    prior: {level: selected}
    need: {role: true}
  - id: lecture
    title: {en: Lecture, zh-Hans: 试讲}
    attestation: {id: trial-lecture}
    need: {role: true}
materials:
  - id: case
    title: {en: Case, zh-Hans: 案例}
    rule: {kind: case, within_months: 12, published: true}
    need: {role: 1}
    review_huawei_cloud: true
`

// lax counts the same people as the star standard does: registered ones, and
// unconfirmed ones for a while.
var lax = strings.NewReplacer("program: manifold", "program: lax", "people: {confirmed: true, all_bound: true}", "people: {}").Replace(manifold)

func manifolds(t testing.TB) *program.Library {
	t.Helper()
	lib := shipped(t)
	for _, text := range []string{manifold, lax} {
		p, ps := parse(text)
		if ps != nil {
			t.Fatal(ps)
		}
		if lib, ps = lib.With(p); ps != nil {
			t.Fatal(ps)
		}
	}
	return lib
}

// grantedFacts adds to random facts what the new kinds ask, every edge likely.
func grantedFacts(r *rand.Rand, people int) *program.Facts {
	f := randomFacts(r, people)
	near := func() calendar.Day { return day.AddDays(r.IntN(3) - 1) }
	end := func() calendar.Day { return []calendar.Day{calendar.None, near(), day + 300}[r.IntN(3)] }
	for i := range f.People {
		p := &f.People[i]
		if r.IntN(4) == 0 {
			p.Unconfirmed, p.CountsUntil = true, end()
		}
		if r.IntN(2) == 0 {
			f.ProjectManagers = append(f.ProjectManagers, p.ID)
		}
		if len(p.Certificates) > 0 && r.IntN(3) == 0 { // the same certificate again, renewed
			p.Certificates = append(p.Certificates, program.Certificate{Code: p.Certificates[0].Code, ExpiresOn: day + 400})
		}
	}
	for range r.IntN(5) {
		f.Holdings = append(f.Holdings, program.Holding{
			Program: []string{"competency-a", "competency-b", "competency-c", "manifold", "lax", "other"}[r.IntN(6)],
			Level:   []string{"selected", "certified"}[r.IntN(2)], From: near(), Until: end()})
	}
	for i := range r.IntN(4) {
		finished := []calendar.Day{calendar.None, near(), day.AddMonths(-12).AddDays(r.IntN(3) - 1)}[r.IntN(3)]
		f.Materials = append(f.Materials, program.Material{ID: fmt.Sprint(i), Kind: []string{"case", "offering"}[r.IntN(2)],
			PassedOn: []calendar.Day{calendar.None, near(), day - 9}[r.IntN(3)], FinishedOn: finished, ValidUntil: end(),
			HuaweiCloud: r.IntN(2) == 0, Published: r.IntN(2) == 0})
	}
	for range r.IntN(3) {
		f.Sites = append(f.Sites, program.Site{Mode: []string{"on-site", "online"}[r.IntN(2)], Seats: []int{5, 19 + r.IntN(2)}[:r.IntN(3)]})
		f.Languages = append(f.Languages, []string{"en", "zh"}[r.IntN(2)])
		f.Branches = append(f.Branches, []string{"CN", "DE", "SG"}[r.IntN(3)])
	}
	if r.IntN(2) == 0 {
		f.Attestations = append(f.Attestations, program.Attestation{ID: []string{"trial-lecture", "x"}[r.IntN(2)], On: near(), Until: end()})
	}
	f.Restricted = r.IntN(5) == 0
	return f
}

// trusted is the oracle's reading of a person who counts.
func trusted(ref string, p program.Person) bool {
	here := p.BoundOn <= day && (p.LeftOn == 0 || day < p.LeftOn)
	if ref == "manifold@1" {
		return here && !p.Unconfirmed
	}
	return here && p.Registered && (!p.Unconfirmed || p.CountsUntil == 0 || day < p.CountsUntil)
}

// mostPapers tries every way to give each certificate to one of the three lines
// or none. It returns what the lines get when the highest come first, then the file's order.
func mostPapers(papers []string) (best [3]int) {
	lines := [3][]string{{"H3CSE", "H3CSE-RS", "H3CIE"}, {"H3CNE", "H3CSE", "H3CSE-RS", "H3CIE"}, {"H3CNE", "H3CIE"}}
	want := [3]int{2, 1, 1}
	var try func(i int, got [3]int)
	try = func(i int, got [3]int) {
		if i == len(papers) {
			sum, most := got[0]+got[1]+got[2], best[0]+best[1]+best[2]
			if sum > most || sum == most && slices.Compare(got[:], best[:]) > 0 {
				best = got
			}
			return
		}
		try(i+1, got)
		for l := range lines {
			if got[l] < want[l] && slices.Contains(lines[l], papers[i]) {
				next := got
				next[l]++
				try(i+1, next)
			}
		}
	}
	try(0, [3]int{})
	return best
}

// granted is what the oracle counts for one partner, line by line.
func granted(ref string, f *program.Facts, purpose program.Purpose) map[string]int {
	out := map[string]int{}
	var papers []string
	for _, p := range f.People {
		if !trusted(ref, p) {
			continue
		}
		mine := map[string]bool{}
		for _, c := range p.Certificates {
			if counts(c, purpose) {
				mine[c.Code] = true
			}
		}
		for _, c := range []string{"H3CNE", "H3CSE", "H3CSE-RS", "H3CIE"} {
			if mine[c] {
				papers = append(papers, c)
			}
		}
		if slices.Contains(f.ProjectManagers, p.ID) && (mine["PMP"] || mine["H3CNE-PM"] || mine["H3CSE-PM"]) {
			out["managers"]++
		}
	}
	if len(papers) <= 8 {
		best := mostPapers(papers)
		out["middle"], out["low"], out["odd"] = best[0], best[1], best[2]
	}
	grantedOther(strings.TrimSuffix(ref, "@1"), f, out)
	return out
}

func grantedOther(id string, f *program.Facts, out map[string]int) {
	open := func(from, until calendar.Day) bool { return from <= day && (until == 0 || day <= until) }
	held := map[string]bool{}
	for _, h := range f.Holdings {
		if open(h.From, h.Until) {
			held[h.Program] = true
			if h.Program == id && h.Level == "selected" {
				out["selected-first"] = 1
			}
		}
	}
	b := func(ok bool) int { return map[bool]int{true: 1}[ok] }
	listed := b(held["competency-a"]) + b(held["competency-b"])
	out["competencies"] = listed + min(1, b(held["competency-c"]))
	for _, m := range f.Materials {
		if m.PassedOn == 0 || m.PassedOn > day || m.ValidUntil != 0 && m.ValidUntil < day {
			continue
		}
		recent := m.FinishedOn != 0 && m.FinishedOn <= day && m.FinishedOn >= day.AddMonths(-12)
		out["case"] += b(m.Kind == "case" && recent && (m.HuaweiCloud || m.Published))
		out["offering"] += b(m.Kind == "offering" && m.HuaweiCloud)
	}
	for _, s := range f.Sites {
		out["sites"] += b(s.Mode == "on-site" && slices.ContainsFunc(s.Seats, func(n int) bool { return n >= 20 }))
	}
	distinct := func(words []string) int { return len(slices.Compact(slices.Sorted(slices.Values(words)))) }
	out["languages"], out["branches"] = distinct(f.Languages), distinct(f.Branches)
	for _, a := range f.Attestations {
		out["lecture"] |= b(a.ID == "trial-lecture" && open(a.On, a.Until))
	}
	out["unrestricted"] = b(!f.Restricted)
}

func TestTheNewKindsAgreeWithExhaustiveSearch(t *testing.T) {
	lib := manifolds(t)
	r := rand.New(rand.NewPCG(21, 22))
	met := map[string]int{}
	for i := range rosters() / 4 {
		f := grantedFacts(r, r.IntN(6))
		ref := []string{"manifold@1", "lax@1"}[r.IntN(2)]
		v, _ := lib.Find(ref)
		purpose := []program.Purpose{program.Apply, program.Hold}[r.IntN(2)]
		e := program.Evaluate(v, f, day.Time(), purpose)
		want := granted(ref, f, purpose)
		for _, l := range e.Levels[1].Tracks[0].Lines {
			_, searched := want["low"]
			if !searched && slices.Contains([]string{"low", "middle", "odd"}, l.ID) {
				continue
			}
			if l.Have != want[l.ID] {
				t.Fatalf("roster %d, %s %s %s: have %d, exhaustive search has %d\n%+v", i, ref, purpose, l.ID, l.Have, want[l.ID], f)
			}
			if l.Met {
				met[l.ID]++
			}
		}
		checkShape(t, v, f, &e)
	}
	for _, l := range e0(lib).Lines {
		if met[l.ID] == 0 {
			t.Errorf("%s was met by no random partner; the test proves little", l.ID)
		}
	}
}

func e0(lib *program.Library) *program.Version {
	v, _ := lib.Find("manifold@1")
	return v
}

func TestTheFleetAgreesWithEvaluateOnTheNewKinds(t *testing.T) {
	lib := manifolds(t)
	fleet, err := program.NewFleet(lib)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(23, 24))
	var all []*program.Facts
	for i := range rosters() / 40 {
		f := grantedFacts(r, r.IntN(9))
		all = append(all, f)
		if i%2 == 0 {
			feed(fleet, lib.Catalogue, f)
		} else {
			fleet.Add(lib.Catalogue.Pack(f))
		}
	}
	for _, purpose := range []program.Purpose{program.Apply, program.Hold} {
		fleet.Evaluate(day, purpose, 2, func(i int, got *program.Result) { compareResult(t, fleet, all[i], purpose, got) })
	}
}

func TestNothingChangesBetweenInstantsOfTheNewKinds(t *testing.T) {
	lib := manifolds(t)
	r := rand.New(rand.NewPCG(25, 26))
	from, to := day.AddDays(-5), day.AddDays(110)
	changes := 0
	for i := range 60 {
		f := grantedFacts(r, 3)
		v, _ := lib.Find([]string{"manifold@1", "lax@1"}[i%2])
		purpose := []program.Purpose{program.Apply, program.Hold}[i/2%2]
		instants := program.Instants(v, f, from, to, purpose)
		before := outcome(v, f, from, purpose)
		for d := from + 1; d <= to; d++ {
			now := outcome(v, f, d, purpose)
			if now != before {
				changes++
				if !slices.Contains(instants, d) {
					t.Fatalf("%s %s changes on %s, which is none of %v\n%+v", v.Ref(), purpose, d, instants, f)
				}
			}
			before = now
		}
	}
	if changes < 20 {
		t.Errorf("only %d changes were seen; the test proves little", changes)
	}
}

func TestAnUnconfirmedPersonCountsForAWhileWhereTheProgramAllows(t *testing.T) {
	lib := manifolds(t)
	for _, c := range []struct {
		ref    string
		until  calendar.Day
		counts bool
		why    string
	}{
		{"lax@1", calendar.None, true, ""},
		{"lax@1", day + 1, true, ""},
		{"lax@1", day, false, "Has not confirmed the binding to the company and therefore no longer counts since 2026-06-30."},
		{"manifold@1", calendar.None, false, "Has not confirmed the binding to the company."},
		{"manifold@1", day + 9, false, "Has not confirmed the binding to the company."},
	} {
		v, _ := lib.Find(c.ref)
		p := engineer("A", cert("H3CIE", later))
		p.Unconfirmed, p.CountsUntil = true, c.until
		f := &program.Facts{People: []program.Person{p}}
		e := program.Evaluate(v, f, day.Time(), program.Apply)
		l, _ := e.Levels[1].Tracks[0].Line("middle")
		if (l.Have == 1) != c.counts {
			t.Errorf("%s until %s: have %d, counts should be %t", c.ref, c.until, l.Have, c.counts)
		}
		if c.why != "" && (l.Others[0].Reason != program.NotConfirmed || i18n.Text("en", l.Others[0].Why) != c.why) {
			t.Errorf("%s until %s: %s %q, want %q", c.ref, c.until, l.Others[0].Reason, i18n.Text("en", l.Others[0].Why), c.why)
		}
	}
}

// roleGap evaluates the role of manifold and gives the gap of a line.
func roleGap(t *testing.T, f program.Facts, line string) i18n.Msg {
	t.Helper()
	v, _ := manifolds(t).Find("manifold@1")
	e := program.Evaluate(v, &f, day.Time(), program.Apply)
	l, ok := e.Levels[1].Tracks[0].Line(line)
	if !ok {
		t.Fatalf("no line %s", line)
	}
	for _, o := range l.Others {
		checkSaid(t, o.Why)
	}
	return l.Gap
}

func TestGapsOfTheNewKindsSayHowToCloseThem(t *testing.T) {
	unsure := engineer("A", cert("H3CIE", later), cert("PMP", later))
	unsure.Unconfirmed = true
	lab := program.Holding{Program: "competency-a", From: day}
	for _, c := range []struct {
		line  string
		facts program.Facts
		want  string
	}{
		{"low", program.Facts{}, "One more certificate is needed: H3CNE or higher."},
		{"middle", program.Facts{People: []program.Person{engineer("A", cert("H3CSE", later)), engineer("B", cert("H3CSE", day+9))}},
			"One more certificate is needed (H3CSE or higher): H3CSE of Name B ends on 2026-07-09"},
		{"middle", program.Facts{People: []program.Person{engineer("B", cert("H3CSE", day-9))}},
			"2 more certificates are needed (H3CSE or higher): H3CSE of Name B lapsed on 2026-06-21"},
		{"middle", program.Facts{People: []program.Person{unsure}}, "2 more certificates are needed (H3CSE or higher): Name A holds H3CIE but has not confirmed"},
		{"managers", program.Facts{}, "Appoint one more dedicated project manager with PMP / H3CNE-PM or higher."},
		{"managers", program.Facts{People: []program.Person{engineer("A", cert("PMP", later))}}, "One more project manager is needed: Name A holds PMP; appoint Name A"},
		{"managers", program.Facts{People: []program.Person{unsure}, ProjectManagers: []string{"A"}}, "One more person is needed: Name A holds PMP but has not confirmed"},
		{"competencies", program.Facts{}, "2 more valid competencies are needed, at least 1 out of: A, B."},
		{"competencies", program.Facts{Holdings: []program.Holding{lab}}, "One more valid competency is needed."},
		{"case", program.Facts{}, "One more case of the last 12 months that passed its review is needed."},
		{"offering", program.Facts{}, "One more co-built offering that passed its review is needed."},
		{"sites", program.Facts{}, "One more teaching site with a classroom for at least 20 trainees is needed."},
		{"languages", program.Facts{Languages: []string{"en", "en"}}, "Teach in one more language."},
		{"branches", program.Facts{}, "Branches in 2 more countries are needed."},
		{"selected-first", program.Facts{}, `First reach the stage "Selected".`},
		{"lecture", program.Facts{}, "A reviewer of the vendor has yet to attest: Lecture."},
		{"unrestricted", program.Facts{Restricted: true}, "The account is frozen; have the restriction lifted."},
	} {
		gap := roleGap(t, c.facts, c.line)
		if got := i18n.Text(i18n.English, gap); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: gap %q, want %q", c.line, got, c.want)
		}
		checkSaid(t, gap)
	}
}

func TestACertificateFillsOnePlaceAndAPersonMayFillSeveral(t *testing.T) {
	v, _ := manifolds(t).Find("manifold@1")
	f := &program.Facts{People: []program.Person{
		engineer("A", cert("H3CNE", later), cert("H3CSE", later), cert("H3CSE", later+1), cert("H3CIE", later)),
		engineer("B", cert("H3CSE", later)),
	}}
	e := program.Evaluate(v, f, day.Time(), program.Apply)
	tr := &e.Levels[1].Tracks[0]
	slots := func(id string) string {
		l, _ := tr.Line(id)
		var out []string
		for _, s := range l.Slots {
			out = append(out, s.Person+" "+s.Certificate.Code)
		}
		return strings.Join(out, ", ")
	}
	for id, want := range map[string]string{"middle": "A H3CSE, B H3CSE", "low": "A H3CNE", "odd": "A H3CIE"} {
		if got := slots(id); got != want {
			t.Errorf("%s is filled by %s, want %s", id, got, want)
		}
	}
	middle, _ := tr.Line("middle")
	if middle.Slots[0].Certificate.ExpiresOn != later+1 {
		t.Errorf("of two records of one certificate the one until %s counts, want the later one", middle.Slots[0].Certificate.ExpiresOn)
	}
}

func TestMistakesInTheNewKindsAreSaid(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"at_least: PMP}", "at_least: PMP, only: [PMP]}", "Which certificates count is not clear."},
		{"kind: offering", "kind: film", `"film" is not allowed here. Use one of: case, business-plan`},
		{"mode: on-site", "mode: afloat", `"afloat" is not allowed here. Use one of: on-site, online.`},
		{"seats: 20", "seats: 0", "The value must be at least 1."},
		{"listed: 1\n", "listed: 3\n", ""},
		{"rest: competency-\n    need: {role: 2}", "\n    need: {role: 3}", "It asks for 3 programs and lists 2."},
		{"prior: {level: selected}", "prior: {level: chosen}", "Nothing here is called chosen."},
		{"prior: {level: selected}", "prior: {level: role}", "A level cannot be reached only by those who hold it already."},
		{"entry: invitation", "entry: ticket", `"ticket" is not allowed here. Use one of: self, invitation.`},
		{"id: technical, working_days: 5", "id: preliminary, working_days: 5", `"preliminary" is not allowed here.`},
		{"validity: {months: 24}", "validity: {months: 24, years: 2}", "The validity says more than one thing."},
		{"validity: {months: 24}", "validity: {}", "The value must be at least 1."},
		{"    need: {role: 1}\n    review_huawei_cloud", "    need: {king: 1}\n    review_huawei_cloud", "Nothing here is called king."},
	} {
		if !strings.Contains(manifold, c.old) {
			t.Fatalf("no %q", c.old)
		}
		_, ps := parse(strings.Replace(manifold, c.old, c.new, 1))
		if text := program.Problems(ps).Error(); c.want != "" && !strings.Contains(text, c.want) {
			t.Errorf("%s: %q, want %q", c.new, text, c.want)
		}
		for _, p := range ps {
			checkProblem(t, p)
		}
	}
}

func TestAMaterialThatAnApplicationAttachesIsJudgedAsALineWould(t *testing.T) {
	v, _ := manifolds(t).Find("manifold@1")
	asks := v.MaterialsFor("role")
	if len(asks) != 1 || len(v.MaterialsFor("selected")) != 0 {
		t.Fatalf("asks %v", asks)
	}
	m := program.Material{Kind: program.MaterialCase, FinishedOn: day - 5, Published: true}
	if !asks[0].Counts(m, day, false) || asks[0].Counts(m, day, true) {
		t.Error("a published case of another cloud should do for an application and not for an annual review")
	}
	m.Published = false
	if asks[0].Counts(m, day, false) {
		t.Error("an unpublished case of another cloud should not do")
	}
	m.HuaweiCloud = true
	if !asks[0].Counts(m, day, true) || asks[0].Counts(m, day.AddMonths(13), false) {
		t.Error("a case of Huawei Cloud should do for twelve months")
	}
}
