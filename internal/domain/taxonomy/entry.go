package taxonomy

import (
	"bytes"
	_ "embed"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/goccy/go-yaml"

	"hanse/internal/domain/rate"
)

// An Entry is anything of any kind, as it's kept and edited. Edition is 0 for what is as shipped.
type Entry struct {
	Kind       Kind   `yaml:"-"`
	ID         string `yaml:"id"`
	Names      Names  `yaml:"name"`
	Notes      Names  `yaml:"note"`
	Attributes `yaml:",inline"`
	Place      int64     `yaml:"-"`
	Retired    bool      `yaml:"retired"`
	Shipped    bool      `yaml:"-"` // the program brings an entry of this id
	Edition    int64     `yaml:"-"`
	ChangedAt  time.Time `yaml:"-"`
	ChangedBy  string    `yaml:"-"`
}

// Attributes are what only some kinds have.
type Attributes struct {
	CaseType     string       `json:"case_type,omitempty" yaml:"case_type"`         // problem type
	Technical    bool         `json:"technical,omitempty" yaml:"technical"`         // problem type, category, product
	Categories   []string     `json:"categories,omitempty" yaml:"categories"`       // problem type
	Category     string       `json:"category,omitempty" yaml:"category"`           // product
	Acronym      string       `json:"acronym,omitempty" yaml:"acronym"`             // product
	Levels       []rate.Level `json:"levels,omitempty" yaml:"levels"`               // severity
	RegionType   int          `json:"region_type,omitempty" yaml:"region_type"`     // region
	Sensitive    bool         `json:"sensitive,omitempty" yaml:"sensitive"`         // region, field
	ProblemTypes []string     `json:"problem_types,omitempty" yaml:"problem_types"` // field; template: one
	Products     []string     `json:"products,omitempty" yaml:"products"`           // field
	Type         FieldType    `json:"type,omitempty" yaml:"type"`                   // field
	Required     bool         `json:"required,omitempty" yaml:"required"`           // field
	Length       int          `json:"length,omitempty" yaml:"length"`               // field
	Min          *int64       `json:"min,omitempty" yaml:"min"`                     // field
	Max          *int64       `json:"max,omitempty" yaml:"max"`                     // field
	Default      string       `json:"default,omitempty" yaml:"default"`             // field
	Options      []Option     `json:"options,omitempty" yaml:"options"`             // field
	Hidden       bool         `json:"hidden,omitempty" yaml:"hidden"`               // problem type, field
	Total        int          `json:"total,omitempty" yaml:"total"`                 // dimension
	Step         int          `json:"step,omitempty" yaml:"step"`                   // dimension
	Group        string       `json:"group,omitempty" yaml:"group"`                 // dimension
	Code         string       `json:"code,omitempty" yaml:"code"`                   // area code
}

//go:embed shipped.yaml
var shippedFile []byte

// shipped is the file, read once. It's part of the program: a mistake in it is found by the tests.
var shipped = sync.OnceValue(func() map[Kind]map[string]Entry {
	out, err := parseShipped(shippedFile)
	if err != nil {
		panic(err)
	}
	return out
})

// gap between the places of shipped entries, so that others go between them.
const gap = 10

func parseShipped(b []byte) (map[Kind]map[string]Entry, error) {
	var file map[Kind][]Entry
	if err := yaml.NewDecoder(bytes.NewReader(b), yaml.Strict()).Decode(&file); err != nil {
		return nil, fmt.Errorf("shipped.yaml: %w", err)
	}
	out := map[Kind]map[string]Entry{}
	for _, k := range Kinds {
		out[k] = map[string]Entry{}
		for i, e := range file[k] {
			if _, twice := out[k][e.ID]; twice {
				return nil, fmt.Errorf("shipped.yaml: %s %s stands twice", k, e.ID)
			}
			e.Kind, e.Place, e.Shipped = k, int64(i+1)*gap, true
			out[k][e.ID] = e
		}
	}
	return out, nil
}

// together lays what the vendor keeps over what is shipped.
func together(own []Entry) map[Kind]map[string]Entry {
	base := shipped()
	if len(own) == 0 {
		return base
	}
	out := maps.Clone(base)
	cloned := map[Kind]bool{}
	for _, e := range own {
		if !cloned[e.Kind] {
			out[e.Kind], cloned[e.Kind] = maps.Clone(base[e.Kind]), true
		}
		if out[e.Kind] == nil {
			continue // a kind of a later version of the program
		}
		_, e.Shipped = base[e.Kind][e.ID]
		out[e.Kind][e.ID] = e
	}
	return out
}
