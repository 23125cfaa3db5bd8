package program

import (
	"hanse/internal/kit/i18n"
)

// A Parsed is a version together with the problem that it has when another one
// of its number stands beside it. The text it was read from is gone.
type Parsed struct {
	Version *Version
	taken   Problem // that the version's number is not free
}

func (d *decoder) taken(v *Version) Problem {
	line, col := d.place("version")
	return Problem{d.file, line, col, i18n.M("program.problem.version_taken", i18n.A{"ref": v.Ref()}),
		i18n.M("program.remedy.version_taken")}
}

// Parse reads a version from YAML, strictly, and checks it against the
// catalogue. It reports every problem it can find; a version with problems is
// not returned.
func Parse(file string, b []byte, cat *Catalogue) (*Parsed, Problems) {
	v := new(Version)
	d := decodeFile(file, b, v)
	// Checks of the whole need a file of the right shape; before that they
	// would only repeat its problems.
	if len(d.problems) == 0 {
		c := &checker{decoder: d, v: v, cat: cat}
		c.version()
	}
	if len(d.problems) > 0 {
		return nil, d.sorted()
	}
	v.plan = newPlan(v, cat)
	return &Parsed{v, d.taken(v)}, nil
}

// ParseCatalogue reads the certificate catalogue.
func ParseCatalogue(file string, b []byte) (*Catalogue, Problems) {
	cat := new(Catalogue)
	d := decodeFile(file, b, cat)
	cat.index(d)
	if len(d.problems) == 0 {
		(&checker{decoder: d, v: new(Version), cat: cat}).catalogue()
	}
	if len(d.problems) > 0 {
		return nil, d.sorted()
	}
	return cat, nil
}

// NewLibrary checks a set of parsed versions against each other.
func NewLibrary(cat *Catalogue, parsed ...*Parsed) (*Library, Problems) {
	return (&Library{Catalogue: cat}).With(parsed...)
}
