package program

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A CaseFile holds test cases of a version: rosters and facts with the result
// that its author expects.
type CaseFile struct {
	Of    string     `yaml:"program" doc:"The version under test, program@version"`
	Facts factsFile  `yaml:"facts,omitempty" doc:"Facts of every case; a case's own facts win key by key"`
	At    moment     `yaml:"at" doc:"When every case is evaluated, unless it says otherwise: a day or an instant"`
	Cases []caseFile `yaml:"cases"`

	places *decoder
}

type caseFile struct {
	Name   string       `yaml:"name" doc:"What holds, as a sentence"`
	At     moment       `yaml:"at,omitempty"`
	For    string       `yaml:"for,omitempty" doc:"apply (default) or hold"`
	Roster []personFile `yaml:"roster,omitempty"`
	Facts  factsFile    `yaml:"facts,omitempty"`
	Expect expectFile   `yaml:"expect"`
}

type personFile struct {
	ID       string          `yaml:"id" doc:"Person id"`
	Name     string          `yaml:"name,omitempty" doc:"As messages call the person"`
	BoundOn  calendar.Day    `yaml:"bound_on,omitempty" doc:"First day with the company; absent: since always"`
	LeftOn   calendar.Day    `yaml:"left_on,omitempty" doc:"First day no longer with the company"`
	Unlisted bool            `yaml:"not_registered,omitempty" doc:"true: not registered as after-sales engineer"`
	Unsure   bool            `yaml:"unconfirmed,omitempty" doc:"true: bound by the company's word only"`
	Until    calendar.Day    `yaml:"counts_until,omitempty" doc:"First day on which an unconfirmed binding no longer counts"`
	Holds    map[string]term `yaml:"holds,omitempty" doc:"Certificate code to its last valid day, or to both days"`
}

// term is the life of a certificate in a case: an expiry day, or both days.
type term struct {
	IssuedOn  calendar.Day `yaml:"issued_on,omitempty"`
	ExpiresOn calendar.Day `yaml:"expires_on,omitempty"`
}

func (t *term) decodeNode(d *decoder, n ast.Node, path string) {
	if _, ok := entries(n); ok {
		d.object(n, reflect.ValueOf(t).Elem(), path)
		return
	}
	d.text(n, &t.ExpiresOn)
}

// moment is an instant, written as one or as a day (its first instant in the
// business zone).
type moment struct{ time.Time }

// UnmarshalText reads RFC 3339 or a day.
func (m *moment) UnmarshalText(b []byte) error {
	if d, err := calendar.ParseDay(string(b)); err == nil {
		m.Time = d.Time()
		return nil
	}
	return m.Time.UnmarshalText(b)
}

type expectFile struct {
	BestLevel string              `yaml:"best_level" doc:"A level, or none"`
	Unmet     map[string][]string `yaml:"unmet,omitempty" doc:"LEVEL or LEVEL/TRACK to exactly the lines that are unmet"`
	Have      map[string]int      `yaml:"have,omitempty" doc:"LEVEL/LINE or LEVEL/TRACK/LINE to what there is"`
	Filled    map[string][]string `yaml:"filled_by,omitempty" doc:"LEVEL/LINE or LEVEL/TRACK/LINE to person ids in order"`
}

// none is how a case says that no level is met.
const none = "none"

// ParseCases reads a file of test cases, strictly.
func ParseCases(file string, b []byte) (*CaseFile, Problems) {
	cf := new(CaseFile)
	d := decodeFile(file, b, cf)
	cf.places = d
	for i, c := range cf.Cases {
		if c.For != "" && c.For != string(Apply) && c.For != string(Hold) {
			(&checker{decoder: d}).word(at("cases", i)+".for", c.For, string(Apply), string(Hold))
		}
	}
	if len(d.problems) > 0 {
		return nil, d.sorted()
	}
	return cf, nil
}

// Names are the names of the cases.
func (cf *CaseFile) Names() []string {
	var out []string
	for _, c := range cf.Cases {
		out = append(out, c.Name)
	}
	return out
}

// Run evaluates the cases against a version and reports each expectation that
// does not hold.
func (cf *CaseFile) Run(v *Version) Problems {
	d := cf.places
	d.problems = nil
	for i, c := range cf.Cases {
		ff := c.Facts.over(&cf.Facts)
		f := ff.facts()
		f.People = c.people()
		when, purpose := cf.At, Apply
		if !c.At.IsZero() {
			when = c.At
		}
		if c.For != "" {
			purpose = Purpose(c.For)
		}
		e := Evaluate(v, &f, when.Time, purpose)
		(&judge{d, v, &e, at("cases", i) + ".expect", c.Name}).all(&c.Expect)
	}
	return d.sorted()
}

// people is the roster as facts: everybody is registered unless the case says
// otherwise.
func (c *caseFile) people() []Person {
	var out []Person
	for _, p := range c.Roster {
		x := Person{ID: p.ID, Name: p.Name, BoundOn: p.BoundOn, LeftOn: p.LeftOn, Registered: !p.Unlisted,
			Unconfirmed: p.Unsure, CountsUntil: p.Until}
		for code, t := range p.Holds {
			x.Certificates = append(x.Certificates, Certificate{code, t.IssuedOn, t.ExpiresOn})
		}
		out = append(out, x)
	}
	return out
}

// A judge compares one evaluation with what its case expects.
type judge struct {
	d    *decoder
	v    *Version
	e    *Evaluation
	path string
	name string
}

// all checks every expectation, so that an author sees all that differs at
// once.
func (j *judge) all(x *expectFile) {
	want := strings.Replace(x.BestLevel, none, "", 1)
	if j.e.BestLevel != want {
		j.fail("best_level", "best_level", x.BestLevel, orNone(j.e.BestLevel))
	}
	for key, lines := range x.Unmet {
		level, track, _ := strings.Cut(key, "/")
		if t, ok := j.track("unmet."+key, level, track); ok && !slices.Equal(t.unmetLines(), lines) {
			j.fail("unmet."+key, key, listed(lines), listed(t.unmetLines()))
		}
	}
	for key, n := range x.Have {
		if l, ok := j.line("have."+key, key); ok && l.Have != n {
			j.fail("have."+key, key, n, l.Have)
		}
	}
	for key, ids := range x.Filled {
		if l, ok := j.line("filled_by."+key, key); ok && !slices.Equal(l.FilledBy, ids) {
			j.fail("filled_by."+key, key, listed(ids), listed(l.FilledBy))
		}
	}
}

func orNone(level string) string {
	if level == "" {
		return none
	}
	return level
}

func listed(ids []string) string { return orNone(strings.Join(ids, ", ")) }

// fail reports one expectation at the place where it is written.
func (j *judge) fail(path, what string, want, got any) {
	j.d.report(j.path+"."+path, i18n.M("program.case.failed",
		i18n.A{"case": j.name, "what": what, "want": want, "got": got}), i18n.M("program.case.remedy"))
}

// track finds the track that a key means: the named one, or the first.
func (j *judge) track(path, level, track string) (*TrackResult, bool) {
	if r, ok := j.e.Level(level); ok {
		for i := range r.Tracks {
			if track == "" || r.Tracks[i].Track == track {
				return &r.Tracks[i], true
			}
		}
	}
	j.d.report(j.path+"."+path, i18n.M("program.problem.unknown_id", i18n.A{"id": level + "/" + track}),
		i18n.M("program.remedy.unknown_id"))
	return nil, false
}

// line finds the line that a key means: LEVEL/LINE of the first track, or
// LEVEL/TRACK/LINE.
func (j *judge) line(path, key string) (*LineResult, bool) {
	parts := strings.Split(key, "/")
	track := ""
	if len(parts) == 3 {
		track = parts[1]
	}
	t, ok := j.track(path, parts[0], track)
	if !ok {
		return nil, false
	}
	l, ok := t.Line(parts[len(parts)-1])
	if !ok {
		j.d.report(j.path+"."+path, i18n.M("program.problem.unknown_id", i18n.A{"id": key}),
			i18n.M("program.remedy.unknown_id"))
	}
	return l, ok
}

// unmetLines are the ids of the unmet lines, in the program's order.
func (t *TrackResult) unmetLines() []string {
	var out []string
	for _, l := range t.Lines {
		if !l.Met {
			out = append(out, l.ID)
		}
	}
	return out
}
