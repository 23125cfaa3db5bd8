//go:build bench

package bench

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
)

// The case that advice is measured by.
const (
	adviceEngineers = 500
	adviceLines     = 12
	adviceCompanies = 60
	adviceAim       = 200 * time.Millisecond
)

var adviceDay = calendar.Date(2026, 6, 30)

// measureAdvice asks for the cheapest plan of random large companies, under random programs of twelve lines of
// people that want more than there is, and says how often the answer was proven to be the cheapest.
func measureAdvice(t *testing.T, r *report) {
	source := rand.New(rand.NewPCG(31, 32))
	var took samples
	var worst time.Duration
	exact, cheapest, actions, above := 0, 0, 0, 0
	for range adviceCompanies {
		v := adviceProgram(t, source)
		f := adviceCompany(source)
		ask := program.Question{Level: "top", From: adviceDay, Ready: adviceDay.AddMonths(6), Purpose: program.Apply}
		var a program.Advice
		d := timed(func() { a = program.Advise(v, f, ask) })
		took, worst = append(took, d), max(worst, d)
		actions += len(a.Best.Actions)
		above = max(above, a.Best.Above)
		if a.Best.Exact {
			exact++
		}
		if a.Best.Exact || a.Best.Above == 0 {
			cheapest++
		}
		if e := program.Evaluate(v, a.Best.Apply(v, f), a.Best.Ready.Time(), program.Apply); !e.Levels[0].Met {
			t.Errorf("the advised plan doesn't lead to the level: %+v", a.Best)
		}
	}
	slices.Sort(took)
	r.say("%d companies of %d engineers, programs of %d lines: %.1f actions a plan; proven to cost least %d of %d (in weeks and persons too %d), the others at most %d%% more",
		adviceCompanies, adviceEngineers, adviceLines, float64(actions)/adviceCompanies, cheapest, adviceCompanies, exact, above)
	r.aimed("Advice, median", float64(took[len(took)/2].Microseconds())/1000, float64(adviceAim.Milliseconds()), "ms")
	r.aimed("Advice, longest", float64(worst.Microseconds())/1000, float64(adviceAim.Milliseconds()), "ms")
}

// aimed prints a figure with what it should be, which fails nothing: it hangs on the machine.
func (r *report) aimed(name string, got, want float64, unit string) {
	verdict := "kept"
	if got > want {
		verdict = "missed"
	}
	r.say("%-58s %9.4g %-5s (aim: at most %g) %s", name, got, unit, want, verdict)
}

// adviceCodes are the certificates: four directions of three levels each.
func adviceCodes() (out []string) {
	for _, d := range "ABCD" {
		for level := 1; level <= 3; level++ {
			out = append(out, fmt.Sprintf("%c%d", d, level))
		}
	}
	return out
}

// adviceProgram is a random program of twelve lines that persons fill: ladders that share persons, ladders that
// don't, certificates counted one by one, types, managers, heads.
func adviceProgram(t *testing.T, r *rand.Rand) *program.Version {
	t.Helper()
	var c strings.Builder
	c.WriteString("providers:\n  - {id: p, title: {en: P, zh-Hans: P}, refresh: direction, refresh_months: 36}\ndirections:\n")
	for _, d := range "abcd" {
		fmt.Fprintf(&c, "  - {id: %c, title: {en: %c, zh-Hans: %c}}\n", d, d, d)
	}
	c.WriteString("certificates:\n")
	for _, code := range adviceCodes() {
		level := int(code[1] - '0')
		fmt.Fprintf(&c, "  - {code: %s, title: {en: %s, zh-Hans: %s}, provider: p, direction: %s, level: %d, class: junior, "+
			"validity_months: 36, cost: {minor: %d, currency: CNY}, weeks: %d}\n", code, code, code, strings.ToLower(code[:1]), level,
			(level*level*10+r.IntN(10)*level)*1000, 2*level+r.IntN(4))
	}
	c.WriteString("exams: []\nladders: []\ncredits: {course_finished: 5, exam_passed: 10, certificate: {junior: 50}, months: 12}\n")
	cat, problems := program.ParseCatalogue("bench", []byte(c.String()))
	if problems != nil {
		t.Fatal(problems)
	}
	parsed, problems := program.Parse("bench", []byte(adviceText(r)), cat)
	if problems != nil {
		t.Fatal(problems)
	}
	return parsed.Version
}

func adviceText(r *rand.Rand) string {
	var b strings.Builder
	b.WriteString(`program: bench
version: "1"
effective_from: 2020-01-01
title: {en: L, zh-Hans: L}
summary: {en: L, zh-Hans: L}
application: {min_remaining_months: 3, review_working_days: 3, text: {en: L, zh-Hans: L}}
validity: {years: 1}
levels: [{id: top, title: {en: T, zh-Hans: T}}]
ladders:
`)
	for _, d := range "ABCD" {
		fmt.Fprintf(&b, "  - {id: %c, distinct_persons: %t, rungs: [[%c1], [%c2], [%c3]]}\n", d+'a'-'A', d < 'C', d, d, d)
	}
	b.WriteString("lines:\n")
	asks := []string{
		"certified: {ladder: a, at_least: A3}", "certified: {ladder: a, at_least: A2}", "certified: {ladder: a, at_least: A1}",
		"certified: {ladder: b, at_least: B3}", "certified: {ladder: b, at_least: B2}", "certified: {only: [A3, C3]}",
		"certificates: {ladder: c, at_least: C2}", "certificates: {ladder: c, at_least: C3}", "certificate_types: {types: [D1, D2, B1], ladder: d}",
		"managers: {only: [D2, D3]}", "named_engineers: {}", "persons: {certified: true}",
	}
	for i, ask := range asks[:adviceLines] {
		// As programs ask, and about as many again as such a company has by chance.
		most := []int{3, 4, 6, 3, 4, 3, 6, 4, 2, 3, 4, 20}[i]
		fmt.Fprintf(&b, "  - {id: l%d, title: {en: L, zh-Hans: L}, %s, need: {top: %d}}\n", i, ask, 1+r.IntN(most))
	}
	return b.String()
}

// adviceCompany is a random company: few hold much, some of what is held lapses.
func adviceCompany(r *rand.Rand) *program.Facts {
	f := &program.Facts{}
	codes := adviceCodes()
	rare := 4 + r.IntN(40)
	for i := range adviceEngineers {
		p := program.Person{ID: fmt.Sprintf("p%03d", i), Registered: r.IntN(5) > 0, Unconfirmed: r.IntN(10) == 0, CountsUntil: adviceDay.AddDays(30)}
		if !p.Unconfirmed {
			p.CountsUntil = calendar.None
		}
		for _, code := range codes {
			if r.IntN(rare*int(code[1]-'0')*int(code[1]-'0')) == 0 {
				p.Certificates = append(p.Certificates, program.Certificate{Code: code, ExpiresOn: adviceDay.AddDays(r.IntN(900))})
			}
		}
		f.People = append(f.People, p)
	}
	f.Sort()
	return f
}
