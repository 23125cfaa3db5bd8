package program

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"hanse/internal/kit/calendar"
)

// factsFile is the YAML form of the facts beside the roster. Keys that are
// absent mean "none".
type factsFile struct {
	Hotline        string        `yaml:"hotline,omitempty" doc:"7x24, 5x8 or none"`
	ServiceEmail   bool          `yaml:"service_email,omitempty"`
	ServiceManager string        `yaml:"service_manager,omitempty" doc:"Person id"`
	IssueTracking  string        `yaml:"issue_tracking,omitempty" doc:"automatic, manual or none"`
	EventsAttended int           `yaml:"events_attended,omitempty"`
	NamedEngineers []string      `yaml:"named_engineers,omitempty" doc:"Person ids"`
	Credits        int           `yaml:"credits,omitempty"`
	Projects       []projectFile `yaml:"projects,omitempty"`
	Laboratory     []string      `yaml:"laboratory,omitempty" doc:"One entry per piece of gear"`
	Market         string        `yaml:"market,omitempty" doc:"Asked by eligibility only"`
	ChannelKinds   []string      `yaml:"channel_kinds,omitempty" doc:"Asked by eligibility only"`

	set map[string]bool // keys that the file gives
}

type projectFile struct {
	ListPriceUSD int64        `yaml:"list_price_usd" doc:"Equipment list price in whole US dollars"`
	FinishedOn   calendar.Day `yaml:"finished_on"`
}

// ParseFacts reads a facts file; the people come from the roster.
func ParseFacts(file string, b []byte) (Facts, Problems) {
	var ff factsFile
	d := decodeFile(file, b, &ff)
	if len(d.problems) > 0 {
		return Facts{}, d.sorted()
	}
	return ff.facts(), nil
}

// decodeNode decodes strictly, checks the words, and remembers which keys are
// there.
func (ff *factsFile) decodeNode(d *decoder, n ast.Node, path string) {
	d.object(n, reflect.ValueOf(ff).Elem(), path)
	es, _ := entries(n)
	ff.set = map[string]bool{}
	for _, e := range es {
		k, _ := scalar(e.Key)
		ff.set[k] = true
	}
	c := &checker{decoder: d}
	c.grade(join(path, "hotline"), ff.Hotline, hotlineGrades)
	c.grade(join(path, "issue_tracking"), ff.IssueTracking, trackingGrades)
	c.atLeast(join(path, "events_attended"), ff.EventsAttended, 0)
	c.atLeast(join(path, "credits"), ff.Credits, 0)
	for i, g := range ff.Laboratory {
		if !isGear(g) {
			c.word(fmt.Sprintf("%s[%d]", join(path, "laboratory"), i), g, gear...)
		}
	}
	for i, p := range ff.Projects {
		if p.ListPriceUSD < 0 {
			c.atLeast(fmt.Sprintf("%s[%d].list_price_usd", join(path, "projects"), i), -1, 0)
		}
	}
}

// grade checks a word that has a grade; an empty one counts as none.
func (c *checker) grade(path, word string, grades map[string]int) {
	if _, ok := grades[word]; ok {
		return
	}
	allowed := slices.DeleteFunc(slices.Sorted(maps.Keys(grades)), func(s string) bool { return s == "" })
	c.word(path, word, allowed...)
}

// facts are the file's facts without people.
func (ff *factsFile) facts() Facts {
	f := Facts{Hotline: Hotline(ff.Hotline), ServiceEmail: ff.ServiceEmail, ServiceManager: ff.ServiceManager,
		IssueTracking: Tracking(ff.IssueTracking), EventsAttended: ff.EventsAttended,
		NamedEngineers: ff.NamedEngineers, Credits: ff.Credits, Laboratory: ff.Laboratory, Market: ff.Market,
		ChannelKinds: ff.ChannelKinds}
	for _, p := range ff.Projects {
		f.Projects = append(f.Projects, Project(p))
	}
	return f
}

// over is the file with its absent keys taken from a base.
func (ff *factsFile) over(base *factsFile) factsFile {
	out := *base
	from, to := reflect.ValueOf(ff).Elem(), reflect.ValueOf(&out).Elem()
	for _, f := range fieldsOf(from.Type()) {
		if ff.set[f.name] {
			to.FieldByIndex(f.index).Set(from.FieldByIndex(f.index))
		}
	}
	return out
}
