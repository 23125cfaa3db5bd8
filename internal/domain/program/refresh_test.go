package program_test

import (
	"slices"
	"testing"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
)

func TestAPassRenewsByDirectionAndLevel(t *testing.T) {
	cat := shipped(t).Catalogue
	for _, c := range []struct {
		passed, held string
		want         bool
	}{
		{"H12-811", "HCIA-DATACOM", true},             // the same certification
		{"h12 811", "HCIA-DATACOM", true},             // however the feed writes it
		{"H12-821", "HCIA-DATACOM", true},             // any exam of a higher level of the direction
		{"H12-892", "HCIP-DATACOM", true},             // the lab of the expert
		{"H12-811", "HCIP-DATACOM", false},            // a lower level
		{"H12-711", "HCIA-DATACOM", false},            // another direction
		{"HCIE-DATACOM", "HCIA-DATACOM", true},        // a certificate instead of an exam
		{"HCSE-FIELD-DATACOM", "HCIA-DATACOM", false}, // specialists do not renew engineers
		{"HCCDP-AI", "HCIA-AI", false},                // another provider
		{"HCCDP-AI", "HCCDA-AI", true},
		{"HCCDP-AI", "HCCDA-BIG-DATA", false},
		{"PMP", "PMP", false}, // renewed by the institute's own rules
		{"H3CSE", "H3CNE", false},
		{"NONE", "HCIA-AI", false}, {"HCIA-AI", "NONE", false}, {"NONE", "NONE", false},
	} {
		if got := cat.Refreshes(c.passed, c.held); got != c.want {
			t.Errorf("Refreshes(%s, %s) = %t", c.passed, c.held, got)
		}
	}
}

func TestARenewalRunsFromThePassAndComesInTime(t *testing.T) {
	cat := shipped(t).Catalogue
	held := program.Certificate{Code: "HCIA-DATACOM", IssuedOn: calendar.Date(2024, 1, 15)} // until 15 January 2027
	on := func(s string) calendar.Day {
		d, err := calendar.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		passes []program.Pass
		want   string
	}{
		{nil, "2027-01-15"},
		{[]program.Pass{{Exam: "H12-821", On: on("2026-06-30")}}, "2029-06-30"},
		{[]program.Pass{{Exam: "H12-811", On: on("2027-01-15")}}, "2030-01-15"}, // the last day is in time
		{[]program.Pass{{Exam: "H12-811", On: on("2027-01-16")}}, "2027-01-15"}, // the day after is not
		{[]program.Pass{{Exam: "H12-711", On: on("2026-06-30")}}, "2027-01-15"}, // another direction
		{[]program.Pass{{Exam: "H12-811", On: on("2023-12-31")}}, "2027-01-15"}, // before it was earned
		{[]program.Pass{{Exam: "H12-811", On: on("2024-01-15")}}, "2027-01-15"}, // the pass that earned it
		// One renewal makes the next possible, in whatever order they are told.
		{[]program.Pass{{Exam: "H12-811", On: on("2029-01-01")}, {Exam: "H12-811", On: on("2026-12-31")}}, "2032-01-01"},
		{[]program.Pass{{Exam: "H12-811", On: on("2030-01-01")}, {Exam: "H12-811", On: on("2026-12-31")}}, "2029-12-31"},
	} {
		if got := cat.Refreshed(held, c.passes); got.String() != c.want {
			t.Errorf("after %v it is valid until %s, want %s", c.passes, got, c.want)
		}
	}
	long := program.Certificate{Code: "HCIA-DATACOM", IssuedOn: calendar.Date(2024, 1, 15), ExpiresOn: calendar.Date(2035, 1, 1)}
	if got := cat.Refreshed(long, []program.Pass{{Exam: "H12-811", On: on("2026-01-01")}}); got != long.ExpiresOn {
		t.Errorf("a renewal shortened the validity to %s", got)
	}
}

func TestExamsMakeACertificateAloneOrPartByPart(t *testing.T) {
	cat := shipped(t).Catalogue
	d := calendar.Date(2026, 3, 1)
	for _, c := range []struct {
		code   string
		passes []program.Pass
		want   calendar.Day
		ok     bool
	}{
		{"HCIA-DATACOM", []program.Pass{{Exam: "H12-811", On: d + 5}, {Exam: "H12-811", On: d}}, d, true},
		{"HCIA-DATACOM", []program.Pass{{Exam: "H12-821", On: d}}, calendar.None, false},
		{"HCIE-DATACOM", []program.Pass{{Exam: "H12-891", On: d}}, calendar.None, false},
		{"HCIE-DATACOM", []program.Pass{{Exam: "H12-891", On: d}, {Exam: "H12-892", On: d + 90}}, d + 90, true}, // from the lab
		{"HCIP-DATACOM", []program.Pass{{Exam: "H12-821", On: d + 9}, {Exam: "H12-832", On: d}}, d + 9, true},   // one elective suffices
		{"HCIP-AI", []program.Pass{{Exam: "H13-331", On: d}}, d, true},                                          // either exam
		{"HCIP-AI", nil, calendar.None, false},
		{"NONE", []program.Pass{{Exam: "H12-811", On: d}}, calendar.None, false},
	} {
		if got, ok := cat.Earned(c.code, c.passes); got != c.want || ok != c.ok {
			t.Errorf("Earned(%s, %v) = %s %t, want %s %t", c.code, c.passes, got, ok, c.want, c.ok)
		}
	}
}

func TestTheCatalogueKnowsLaddersNamesAndCosts(t *testing.T) {
	cat := shipped(t).Catalogue
	for name, want := range map[string]string{
		"HCIP-Cloud Service Solutions Architect": "HCIP-CLOUD-SERVICE-SOLUTIONS-ARCHITECT", "hcip-cloud service solution architect": "HCIP-CLOUD-SERVICE-SOLUTIONS-ARCHITECT",
		"HCPP-PRESALES-DATACOM": "HCSP-PRESALES-DATACOM", "IPMA Level C": "IPMA-C", "HCIP–Project Management": "HCIP-PM", "h3cse-r&s": "H3CSE-RS",
	} {
		if c, ok := cat.Resolve(name); !ok || c.Code != want {
			t.Errorf("Resolve(%s) = %s, want %s", name, c.Code, want)
		}
	}
	if got := cat.Next("HCIA-DATACOM"); !slices.Equal(got, []string{"HCIP-DATACOM"}) {
		t.Errorf("after HCIA-DATACOM comes %v", got)
	}
	if got := cat.Next("HCIE-DATACOM"); got != nil {
		t.Errorf("after HCIE-DATACOM comes %v", got)
	}
	if l, rung, ok := cat.Ladder("IPMA-B"); !ok || l.ID != "project-management" || rung != 2 {
		t.Errorf("IPMA-B stands on %v rung %d", l, rung)
	}
	for _, c := range cat.Certificates {
		if c.Cost.Currency != "CNY" || c.Weeks < 1 || c.CourseURL == "" || c.ExamURL == "" {
			t.Errorf("%s lacks cost, weeks or links", c.Code)
		}
		if len(cat.ExamsOf(c.Code)) == 0 && c.Provider != "h3c" && c.Provider != "ipma" && c.Provider != "pmi" {
			t.Errorf("no exam leads to %s", c.Code)
		}
	}
}

func TestAFormerNameCountsAsThePresentOneToItsOwnExpiry(t *testing.T) {
	cat := shipped(t).Catalogue
	text := `program: old
version: "1"
effective_from: 2026-01-01
title: {en: Old, zh-Hans: 旧}
summary: {en: Old names., zh-Hans: 旧名称。}
people: {all_bound: true}
application: {min_remaining_months: 0, review_working_days: 3, text: {en: Apply., zh-Hans: 申请。}}
validity: {years: 1}
levels: [{id: low, title: {en: Low, zh-Hans: 低}}]
lines:
  - id: presales
    title: {en: Pre-sales, zh-Hans: 售前}
    certificates: {only: [HCSP-PRESALES-DATACOM]}
    need: {low: 1}
`
	p, ps := parse(text)
	if ps != nil {
		t.Fatal(ps)
	}
	for expires, want := range map[calendar.Day]int{day: 1, day - 1: 0} {
		f := &program.Facts{People: []program.Person{engineer("A", cert("HCPP-PRESALES-DATACOM", expires), cert("HCSP-PRESALES-DATACOM", expires))}}
		e := program.Evaluate(p.Version, f, day.Time(), program.Apply)
		if got := e.Levels[0].Tracks[0].Lines[0].Have; got != want {
			t.Errorf("until %s: have %d, want %d", expires, got, want)
		}
		lib, _ := program.NewLibrary(cat, p)
		fleet, err := program.NewFleet(lib)
		if err != nil {
			t.Fatal(err)
		}
		fleet.Add(cat.Pack(f))
		fleet.Evaluate(day, program.Apply, 1, func(i int, r *program.Result) { compareResult(t, fleet, f, program.Apply, r) })
	}
}
