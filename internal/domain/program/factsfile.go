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
	ServiceEmail   bool          `yaml:"service_email,omitempty" doc:"There is a service mail address"`
	ServiceManager string        `yaml:"service_manager,omitempty" doc:"Person id"`
	IssueTracking  string        `yaml:"issue_tracking,omitempty" doc:"automatic, manual or none"`
	EventsAttended int           `yaml:"events_attended,omitempty" doc:"Vendor trainings, meetings and forums of the last year"`
	NamedEngineers []string      `yaml:"named_engineers,omitempty" doc:"Person ids"`
	Credits        int           `yaml:"credits,omitempty" doc:"Sum over the registered engineers"`
	Projects       []projectFile `yaml:"projects,omitempty" doc:"Finished engineering projects"`
	Laboratory     []string      `yaml:"laboratory,omitempty" doc:"One entry per piece of gear"`
	Market         string        `yaml:"market,omitempty" doc:"Asked by eligibility only"`
	ChannelKinds   []string      `yaml:"channel_kinds,omitempty" doc:"Asked by eligibility only"`

	Holdings        []holdingFile     `yaml:"holdings,omitempty" doc:"Levels and labels granted"`
	Materials       []materialFile    `yaml:"materials,omitempty" doc:"Cases, plans, solutions and offerings"`
	Sites           []siteFile        `yaml:"sites,omitempty" doc:"Teaching facilities"`
	Languages       []string          `yaml:"languages,omitempty" doc:"Languages taught in"`
	Branches        []string          `yaml:"branches,omitempty" doc:"Country codes, one entry per branch"`
	ProjectManagers []string          `yaml:"project_managers,omitempty" doc:"Ids of appointed dedicated project managers"`
	Attestations    []attestationFile `yaml:"attestations,omitempty" doc:"What reviewers attested"`
	Restricted      bool              `yaml:"restricted,omitempty" doc:"The account is frozen"`

	set map[string]bool // keys that the file gives
}

type projectFile struct {
	ListPriceUSD int64        `yaml:"list_price_usd" doc:"Equipment list price in whole US dollars"`
	FinishedOn   calendar.Day `yaml:"finished_on" doc:"Day on which it was finished"`
}

type holdingFile struct {
	Program string       `yaml:"program" doc:"Identifier of the program"`
	Level   string       `yaml:"level" doc:"Identifier of the level"`
	From    calendar.Day `yaml:"from,omitempty" doc:"First valid day; absent: since always"`
	Until   calendar.Day `yaml:"until,omitempty" doc:"Last valid day; absent: open"`
}

type materialFile struct {
	ID          string       `yaml:"id" doc:"Any name"`
	Kind        string       `yaml:"kind" doc:"case, business-plan, solution, advanced-solution or offering"`
	PassedOn    calendar.Day `yaml:"passed_on,omitempty" doc:"Absent: not passed, counts nowhere"`
	FinishedOn  calendar.Day `yaml:"finished_on,omitempty" doc:"When the work ended"`
	ValidUntil  calendar.Day `yaml:"valid_until,omitempty" doc:"Last valid day; absent: open"`
	HuaweiCloud bool         `yaml:"huawei_cloud,omitempty" doc:"Done on Huawei Cloud"`
	Published   bool         `yaml:"published,omitempty" doc:"The public can read about it"`
}

type siteFile struct {
	Country string `yaml:"country,omitempty" doc:"Country code"`
	Mode    string `yaml:"mode" doc:"on-site or online"`
	Seats   []int  `yaml:"seats" doc:"Trainees that fit in, one entry per classroom"`
}

type attestationFile struct {
	ID    string       `yaml:"id" doc:"As the program names it"`
	On    calendar.Day `yaml:"on,omitempty" doc:"First valid day; absent: since always"`
	Until calendar.Day `yaml:"until,omitempty" doc:"Last valid day; absent: open"`
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
	for i, m := range ff.Materials {
		if !slices.Contains(MaterialKinds(), m.Kind) {
			c.word(fmt.Sprintf("%s[%d].kind", join(path, "materials"), i), m.Kind, MaterialKinds()...)
		}
	}
	for i, s := range ff.Sites {
		if s.Mode != SiteOnSite && s.Mode != SiteOnline {
			c.word(fmt.Sprintf("%s[%d].mode", join(path, "sites"), i), s.Mode, SiteOnSite, SiteOnline)
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
		ChannelKinds: ff.ChannelKinds, Languages: ff.Languages, Branches: ff.Branches,
		ProjectManagers: ff.ProjectManagers, Restricted: ff.Restricted}
	for _, p := range ff.Projects {
		f.Projects = append(f.Projects, Project(p))
	}
	for _, x := range ff.Holdings {
		f.Holdings = append(f.Holdings, Holding(x))
	}
	for _, x := range ff.Materials {
		f.Materials = append(f.Materials, Material(x))
	}
	for _, x := range ff.Sites {
		f.Sites = append(f.Sites, Site(x))
	}
	for _, x := range ff.Attestations {
		f.Attestations = append(f.Attestations, Attestation(x))
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
