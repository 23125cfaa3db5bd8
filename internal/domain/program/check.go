package program

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"hanse/internal/kit/i18n"
)

// A checker looks for what is wrong with a well-formed version whatever a
// partner's facts are.
type checker struct {
	*decoder
	v    *Version
	cat  *Catalogue
	path string // of the line under check
}

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)

// at is the path of a list's element.
func at(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// sorted are the problems in the order of the file.
func (d *decoder) sorted() Problems {
	slices.SortStableFunc(d.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return d.problems
}

// version runs every check. They only report, so their order does not matter:
// problems are sorted by place at the end.
func (c *checker) version() {
	v := c.v
	c.id("program", v.Program)
	c.id("version", v.Number)
	if !v.EffectiveUntil.IsNone() && v.EffectiveUntil < v.EffectiveFrom {
		c.report("effective_until", i18n.M("program.problem.ends_first"), i18n.M("program.remedy.ends_first"))
	}
	c.validity()
	c.atLeast("application.min_remaining_months", v.Application.MinRemainingMonths, 0)
	c.atLeast("application.review_working_days", v.Application.ReviewWorkingDays, 0)
	c.ids("levels", len(v.Levels), func(i int) string { return v.Levels[i].ID })
	c.ids("tracks", len(v.Tracks), func(i int) string { return v.Tracks[i].ID })
	c.ids("ladders", len(v.Ladders), func(i int) string { return v.Ladders[i].ID })
	c.ids("lines", len(v.Lines), func(i int) string { return v.Lines[i].ID })
	c.ids("evidence", len(v.Evidence), func(i int) string { return v.Evidence[i].ID })
	c.ladders(v.Ladders)
	for i := range v.Lines {
		c.line(at("lines", i), &v.Lines[i])
	}
	c.levels()
	c.extras()
	c.entry()
}

// validity wants one way to say how long a level lasts. A forgotten number must
// not make levels that never end, so that is a word of its own.
func (c *checker) validity() {
	v := c.v.Validity
	switch {
	case v.Open && (v.Years != 0 || v.Months != 0), v.Years != 0 && v.Months != 0:
		c.report("validity", i18n.M("program.problem.validity"), i18n.M("program.remedy.validity"))
	case v.Months != 0:
		c.atLeast("validity.months", v.Months, 1)
	case !v.Open:
		c.atLeast("validity.years", v.Years, 1)
	}
}

// id checks the form of an identifier. It becomes part of addresses, file names
// and stored rows, so it stays plain.
func (c *checker) id(path, id string) {
	if !idForm.MatchString(id) {
		c.report(path, i18n.M("program.problem.id", i18n.A{"id": id}), i18n.M("program.remedy.id"))
	}
}

// ids checks the identifiers of a list: well formed and each once.
func (c *checker) ids(list string, n int, id func(int) string) {
	seen := map[string]bool{}
	for i := range n {
		path := at(list, i) + ".id"
		c.id(path, id(i))
		if seen[id(i)] {
			c.report(path, i18n.M("program.problem.duplicate", i18n.A{"id": id(i)}), i18n.M("program.remedy.duplicate"))
		}
		seen[id(i)] = true
	}
}

// atLeast checks a number against its least sensible value.
func (c *checker) atLeast(path string, n, least int) {
	if n < least {
		c.report(path, i18n.M("program.problem.too_small", i18n.A{"least": least}), i18n.M("program.remedy.too_small"))
	}
}

// ladders checks that codes exist and that "higher" never comes back to where
// it began.
func (c *checker) ladders(ladders []Ladder) {
	above := map[string][]string{}
	for i, l := range ladders {
		for r, rung := range l.Rungs {
			for j, code := range rung {
				path := fmt.Sprintf("ladders[%d].rungs[%d][%d]", i, r, j)
				c.code(path, code)
				if back := c.climb(above, l, r, code); back {
					c.report(path, i18n.M("program.problem.cycle", i18n.A{"code": code, "ladder": l.ID}),
						i18n.M("program.remedy.cycle"))
				}
			}
		}
	}
}

// climb adds the steps from the rung below to a code and tells whether one can
// now climb from the code to itself.
func (c *checker) climb(above map[string][]string, l Ladder, rung int, code string) bool {
	if l.Rung(code) != rung {
		return true // already on a lower rung of the same ladder
	}
	if rung > 0 {
		for _, lower := range l.Rungs[rung-1] {
			above[lower] = append(above[lower], code)
		}
	}
	return reaches(above, code, code, map[string]bool{})
}

// reaches tells whether one can climb from a certificate to another. Each
// certificate is visited once, so a cycle elsewhere does not trap the search.
func reaches(above map[string][]string, from, to string, seen map[string]bool) bool {
	for _, next := range above[from] {
		if next == to {
			return true
		}
		if !seen[next] {
			seen[next] = true
			if reaches(above, next, to, seen) {
				return true
			}
		}
	}
	return false
}

// code checks that the catalogue knows a certificate.
func (c *checker) code(path, code string) {
	if _, ok := c.cat.Find(code); ok {
		return
	}
	known := slices.Sorted(maps.Keys(c.cat.byCode))
	remedy := i18n.M("program.remedy.unknown_code", i18n.A{"known": strings.Join(known, ", ")})
	if near := nearest(code, known); near != "" {
		remedy = i18n.M("program.remedy.unknown_key_near", i18n.A{"near": near})
	}
	c.report(path, i18n.M("program.problem.unknown_code", i18n.A{"code": code}), remedy)
}

// line checks one requirement line.
func (c *checker) line(path string, l *Line) {
	c.path = path
	for i, t := range l.Tracks {
		if !slices.ContainsFunc(c.v.Tracks, func(x Track) bool { return x.ID == t }) {
			c.unknown(fmt.Sprintf("%s.tracks[%d]", path, i), t)
		}
	}
	if len(l.Need) == 0 {
		c.report(join(path, "need"), i18n.M("program.problem.asked_nowhere"), i18n.M("program.remedy.asked_nowhere"))
	}
	for _, level := range slices.Sorted(maps.Keys(l.Need)) {
		need := path + ".need." + level
		if c.v.LevelIndex(level) < 0 {
			c.unknown(need, level)
		}
		c.need(need, l, l.Need[level])
	}
	l.Ask.check(c, l)
}

// unknown reports a name that nothing in the file has.
func (c *checker) unknown(path, id string) {
	c.report(path, i18n.M("program.problem.unknown_id", i18n.A{"id": id}), i18n.M("program.remedy.unknown_id"))
}

// never reports a requirement that no partner can meet.
func (c *checker) never(path string, why i18n.Msg) {
	c.report(path, i18n.M("program.problem.never", i18n.A{"why": why}), i18n.M("program.remedy.never"))
}

// need checks that a value has the form of the line's kind.
func (c *checker) need(path string, l *Line, n Need) {
	form := l.form()
	switch form {
	case countNeed, yesNeed:
		if n.Word != "" || n.Gear != nil {
			c.form(path, i18n.M("program.form.number"))
		} else if n.Count < 1 {
			c.atLeast(path, n.Count, 1)
		} else if form == yesNeed && n.Count > 1 {
			c.never(path, i18n.M("program.never.more_than_one"))
		}
	case wordNeed:
		if n.Word == "" {
			c.form(path, i18n.M("program.form.word"))
		}
	case gearNeed:
		if n.Gear == nil {
			c.form(path, i18n.M("program.form.gear"))
		}
	}
}

// form reports a need that is written in another kind's form.
func (c *checker) form(path string, want i18n.Msg) {
	c.report(path, i18n.M("program.problem.wrong_form", i18n.A{"want": want}), i18n.M("program.remedy.wrong_form"))
}

// levels checks that every level asks for something.
func (c *checker) levels() {
	if len(c.v.Levels) == 0 {
		c.report("levels", i18n.M("program.problem.no_levels"), i18n.M("program.remedy.no_levels"))
	}
	for i, l := range c.v.Levels {
		if !slices.ContainsFunc(c.v.Lines, func(x Line) bool { _, ok := x.Need[l.ID]; return ok }) {
			c.report(at("levels", i), i18n.M("program.problem.empty_level", i18n.A{"id": l.ID}),
				i18n.M("program.remedy.empty_level"))
		}
	}
	shared := map[string]int{}
	for i, l := range c.v.Lines {
		ladder := ""
		switch k := l.Ask.(type) {
		case *Certified:
			ladder = k.Ladder
		case *Certificates:
			ladder = k.Ladder
		}
		if ladder == "" {
			continue
		}
		if shared[l.Kind+" "+ladder]++; shared[l.Kind+" "+ladder] > maxLines {
			c.report(at("lines", i), i18n.M("program.problem.many_lines", i18n.A{"limit": maxLines}),
				i18n.M("program.remedy.many_lines"))
		}
	}
}

// extras checks evidence and benefits.
func (c *checker) extras() {
	for i, e := range c.v.Evidence {
		for j, id := range e.Lines {
			if _, ok := c.v.Line(id); !ok {
				c.unknown(fmt.Sprintf("evidence[%d].lines[%d]", i, j), id)
			}
		}
		if e.Per != PerApplication && e.Per != PerCertificate {
			c.word(at("evidence", i)+".per", string(e.Per), string(PerApplication), string(PerCertificate))
		}
	}
	for i, b := range c.v.Benefits {
		if c.v.LevelIndex(b.Level) < 0 {
			c.unknown(at("benefits", i)+".level", b.Level)
		}
	}
}

// entry checks how one enters and applies.
func (c *checker) entry() {
	v := c.v
	if v.Entry != "" && v.Entry != EntrySelf && v.Entry != EntryInvitation {
		c.word("entry", string(v.Entry), string(EntrySelf), string(EntryInvitation))
	}
	c.atLeast("application.correction_days", v.Application.CorrectionDays, 0)
	c.atLeast("application.ban_months", v.Application.BanMonths, 0)
	next := 0
	for i, p := range v.Application.Phases {
		path := at("application.phases", i)
		rank := slices.Index(phases, p.ID)
		if rank < next {
			c.word(path+".id", p.ID, phases[min(next, len(phases)-1):]...)
		}
		next = rank + 1
		c.atLeast(path+".working_days", p.WorkingDays, 1)
	}
	c.ids("materials", len(v.Materials), func(i int) string { return v.Materials[i].ID })
	for i, a := range v.Materials {
		c.materialRule(at("materials", i)+".rule", a.Rule)
		for _, level := range slices.Sorted(maps.Keys(a.Need)) {
			path := at("materials", i) + ".need." + level
			if v.LevelIndex(level) < 0 {
				c.unknown(path, level)
			}
			c.atLeast(path, a.Need[level], 1)
		}
	}
}

// word reports a value that is none of the allowed words.
func (c *checker) word(path, got string, allowed ...string) {
	c.report(path, i18n.M("program.problem.word", i18n.A{"word": got}),
		i18n.M("program.remedy.word", i18n.A{"allowed": strings.Join(allowed, ", ")}))
}
