package program

import (
	"cmp"
	"slices"
	"strings"

	"hanse/internal/kit/calendar"
)

// A Library is a set of versions that may be used together, with the catalogue
// they were checked against. It is never changed; With makes a new one.
type Library struct {
	Catalogue *Catalogue
	versions  []*Version // by program, then effective date
}

// Versions are all versions, by program, then effective date.
func (l *Library) Versions() []*Version { return slices.Clone(l.versions) }

// Programs are the program ids, sorted.
func (l *Library) Programs() []string {
	var ids []string
	for _, v := range l.versions {
		ids = append(ids, v.Program)
	}
	return slices.Compact(ids)
}

// Find looks a version up by "program@version".
func (l *Library) Find(ref string) (*Version, bool) {
	i := slices.IndexFunc(l.versions, func(v *Version) bool { return v.Ref() == ref })
	if i < 0 {
		return nil, false
	}
	return l.versions[i], true
}

// InForce is the version of a program that an application submitted on the day
// uses: the latest to have begun.
func (l *Library) InForce(program string, d calendar.Day) (*Version, bool) {
	var found *Version
	for _, v := range l.versions {
		if v.Program == program && v.InForce(d) {
			found = v
		}
	}
	return found, found != nil
}

// With adds versions. A version whose number is already taken comes back as a
// problem and is left out.
func (l *Library) With(parsed ...*Parsed) (*Library, Problems) {
	out := &Library{Catalogue: l.Catalogue, versions: slices.Clone(l.versions)}
	var ps Problems
	for _, p := range parsed {
		if _, taken := out.Find(p.Version.Ref()); taken {
			ps = append(ps, p.taken)
			continue
		}
		out.versions = append(out.versions, p.Version)
	}
	slices.SortStableFunc(out.versions, func(a, b *Version) int {
		return cmp.Or(strings.Compare(a.Program, b.Program), cmp.Compare(a.EffectiveFrom, b.EffectiveFrom))
	})
	return out, ps
}
