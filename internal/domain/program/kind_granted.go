package program

import (
	"slices"
	"strings"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A tally is a requirement that one number decides, computed from the facts
// beside the people. The packed form asks for the same number, so a new kind of
// this sort needs no packing of its own. It must not allocate: a fleet asks it
// for every partner.
type tally interface {
	Requirement
	count(v *Version, f *Facts, d calendar.Day, need int) int
}

// tallied is the result of a tally.
func tallied(k tally, s *scene, n Need) LineResult {
	return countResult(k.count(s.v, s.f, s.day, n.Count), n.Count)
}

// Holdings asks for so many levels or labels of other programs, at least some
// of them out of a list (business rules 3.2: one of eight competencies, the
// rest any).
type Holdings struct {
	impersonal

	AnyOf  []HeldProgram `yaml:"any_of,omitempty" doc:"Programs that count"`
	Listed int           `yaml:"listed,omitempty" doc:"So many must be of the list; absent: all of them, or none when there is a rest"`
	Rest   string        `yaml:"rest,omitempty" doc:"The others may be any program whose identifier begins so; absent: only the list counts"`
	Level  string        `yaml:"level,omitempty" doc:"Level that must be held; absent: any"`
}

// A HeldProgram is a program with the name that people know.
type HeldProgram struct {
	Program string `yaml:"program"`
	Title   Text   `yaml:"title"`
}

// of tells whether a program is on the list.
func (k *Holdings) of(program string) bool {
	for i := range k.AnyOf {
		if k.AnyOf[i].Program == program {
			return true
		}
	}
	return false
}

// listedNeed is how many of a need must be of the list.
func (k *Holdings) listedNeed(need int) int {
	if k.Listed == 0 && k.Rest == "" {
		return need
	}
	return min(k.Listed, need)
}

// held counts the different programs held on a day: those of the list, and
// those of the rest.
func (k *Holdings) held(f *Facts, d calendar.Day) (listed, rest int) {
	for i, h := range f.Holdings {
		if !k.counts(h, d) || slices.ContainsFunc(f.Holdings[:i], func(x Holding) bool {
			return x.Program == h.Program && k.counts(x, d)
		}) {
			continue
		}
		switch {
		case k.of(h.Program):
			listed++
		case k.Rest != "" && strings.HasPrefix(h.Program, k.Rest):
			rest++
		}
	}
	return listed, rest
}

// counts tells whether a holding is of the level and valid on a day.
func (k *Holdings) counts(h Holding, d calendar.Day) bool {
	return (k.Level == "" || h.Level == k.Level) && h.valid(d)
}

// valid tells whether a holding counts on a day.
func (h Holding) valid(d calendar.Day) bool { return h.From <= d && (h.Until.IsNone() || d <= h.Until) }

// count fills the places of the list with those of the list only.
func (k *Holdings) count(v *Version, f *Facts, d calendar.Day, need int) int {
	listed, rest := k.held(f, d)
	return listed + min(rest, need-k.listedNeed(need))
}

func (k *Holdings) evaluate(s *scene, l *Line, n Need) LineResult { return tallied(k, s, n) }

// gap names the list when one of it lacks.
func (k *Holdings) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	listed, _ := k.held(s.f, s.day)
	short := k.listedNeed(n.Count) - listed
	if short <= 0 {
		return i18n.M("program.gap.holdings", i18n.A{"n": n.Count - r.Have})
	}
	var open []i18n.Msg
	for _, x := range k.AnyOf {
		if !slices.ContainsFunc(s.f.Holdings, func(h Holding) bool { return h.Program == x.Program && k.counts(h, s.day) }) {
			open = append(open, x.Title.Msg())
		}
	}
	return i18n.M("program.gap.holdings_listed", i18n.A{"n": n.Count - r.Have, "listed": short, "list": open})
}

func (k *Holdings) days(f *Facts, note func(calendar.Day)) { holdingDays(f, note) }

func holdingDays(f *Facts, note func(calendar.Day)) {
	for _, h := range f.Holdings {
		note(h.From)
		if !h.Until.IsNone() {
			note(h.Until + 1)
		}
	}
}

// Prior asks for another level of the same program: a stage that comes first.
type Prior struct {
	impersonal

	Level string `yaml:"level" doc:"The level that must be held"`
}

func (k *Prior) count(v *Version, f *Facts, d calendar.Day, need int) int {
	for _, h := range f.Holdings {
		if h.Program == v.Program && h.Level == k.Level && h.valid(d) {
			return 1
		}
	}
	return 0
}

func (k *Prior) evaluate(s *scene, l *Line, n Need) LineResult {
	return yesResult(k.count(s.v, s.f, s.day, 1) > 0)
}

// gap names the stage that comes first.
func (k *Prior) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	level, _ := s.v.Level(k.Level)
	return i18n.M("program.gap.prior", i18n.A{"level": level.Title.Msg()})
}

func (k *Prior) days(f *Facts, note func(calendar.Day)) { holdingDays(f, note) }

// Attested asks for something that a reviewer saw: a trial lecture, a meeting.
type Attested struct {
	impersonal

	ID string `yaml:"id" doc:"Identifier of the attestation, as facts name it"`
}

// Attestation is the identifier of the attestation that the line asks; empty
// for any other kind of line.
func (l *Line) Attestation() string {
	if k, ok := l.Ask.(*Attested); ok {
		return k.ID
	}
	return ""
}

func (k *Attested) count(v *Version, f *Facts, d calendar.Day, need int) int {
	for _, a := range f.Attestations {
		if a.ID == k.ID && a.On <= d && (a.Until.IsNone() || d <= a.Until) {
			return 1
		}
	}
	return 0
}

func (k *Attested) evaluate(s *scene, l *Line, n Need) LineResult {
	return yesResult(k.count(s.v, s.f, s.day, 1) > 0)
}

// gap says that a reviewer has to do something.
func (k *Attested) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	return i18n.M("program.gap.attestation", i18n.A{"what": l.Title.Msg()})
}

func (k *Attested) days(f *Facts, note func(calendar.Day)) {
	for _, a := range f.Attestations {
		note(a.On)
		if !a.Until.IsNone() {
			note(a.Until + 1)
		}
	}
}

// Unrestricted asks that the account is not frozen.
type Unrestricted struct{ impersonal }

func (k *Unrestricted) count(v *Version, f *Facts, d calendar.Day, need int) int {
	if f.Restricted {
		return 0
	}
	return 1
}

func (k *Unrestricted) evaluate(s *scene, l *Line, n Need) LineResult {
	return yesResult(!s.f.Restricted)
}

func (k *Unrestricted) gap(*scene, *Line, Need, *LineResult) i18n.Msg {
	return i18n.M("program.gap.restricted")
}
