package program

import (
	"fmt"
	"maps"
	"slices"

	"hanse/internal/kit/i18n"
)

// check wants to know which certificates count, and that somebody can hold them
// long enough.
func (k *Certified) check(c *checker, l *Line) { k.checkIn(c, c.path+"."+l.Kind) }

// check is that of certified staff.
func (k *Certificates) check(c *checker, l *Line) { k.checkIn(c, c.path+"."+l.Kind) }

// check is that of certified staff.
func (k *Managers) check(c *checker, l *Line) { k.checkIn(c, c.path+"."+l.Kind) }

func (k *Accepted) checkIn(c *checker, path string) {
	if (k.AtLeast == "") == (len(k.Only) == 0) {
		c.report(path, i18n.M("program.problem.at_least_or_only"), i18n.M("program.remedy.at_least_or_only"))
		return
	}
	ladder, known := c.v.ladder(k.Ladder)
	if !known && (k.Ladder != "" || k.AtLeast != "") {
		c.unknown(path+".ladder", k.Ladder)
		return
	}
	codes := map[string]string{path + ".at_least": k.AtLeast}
	if k.AtLeast == "" {
		clear(codes)
	}
	for i, code := range k.Only {
		codes[fmt.Sprintf("%s.only[%d]", path, i)] = code
	}
	for _, p := range slices.Sorted(maps.Keys(codes)) {
		c.code(p, codes[p])
		if known && ladder.Rung(codes[p]) < 0 {
			c.report(p, i18n.M("program.problem.off_ladder", i18n.A{"code": codes[p], "ladder": ladder.ID}),
				i18n.M("program.remedy.off_ladder"))
		}
	}
	c.outlasts(path, k.accepts(c.v))
}

// outlasts reports a line whose certificates are all shorter-lived than what an
// application asks of them.
func (c *checker) outlasts(path string, accepts ranks) {
	months := c.v.Application.MinRemainingMonths
	for code := range accepts {
		t, ok := c.cat.Find(code)
		if !ok || t.ValidityMonths == 0 || t.ValidityMonths > months {
			return
		}
	}
	c.never(path, i18n.M("program.never.too_short_lived", i18n.A{"months": months}))
}

// check wants at least as many types as a level asks for.
func (k *CertificateTypes) check(c *checker, l *Line) {
	path := c.path + ".certificate_types"
	if _, known := c.v.ladder(k.Ladder); !known && k.Ladder != "" {
		c.unknown(path+".ladder", k.Ladder)
	}
	distinct := map[string]bool{}
	for i, code := range k.Types {
		c.code(fmt.Sprintf("%s.types[%d]", path, i), code)
		distinct[code] = true
	}
	if len(k.Types) == 0 {
		c.never(path, i18n.M("program.never.no_types"))
		return
	}
	for _, level := range slices.Sorted(maps.Keys(l.Need)) {
		if n := l.Need[level].Count; n > len(distinct) {
			c.never(c.path+".need."+level, i18n.M("program.never.types", i18n.A{"need": n, "listed": len(distinct)}))
		}
	}
	for _, code := range k.Types {
		c.outlasts(path, k.accepts(c.v, code))
	}
}

// check refuses to count holders of listed certificates where no line lists
// any.
func (k *Persons) check(c *checker, l *Line) {
	certified := slices.ContainsFunc(c.v.Lines, func(x Line) bool {
		switch x.Ask.(type) {
		case *Certified, *CertificateTypes, *Certificates, *Managers:
			return true
		}
		return false
	})
	if k.Certified && !certified {
		c.never(c.path+".persons", i18n.M("program.never.nothing_listed"))
	}
}

func (k *NamedEngineers) check(c *checker, l *Line) {}
func (k *Credits) check(c *checker, l *Line)        {}
func (k *ServiceEmail) check(c *checker, l *Line)   {}
func (k *ServiceManager) check(c *checker, l *Line) {}
func (k *Events) check(c *checker, l *Line)         {}

// check refuses a grade that is none.
func (k *HotlineHours) check(c *checker, l *Line) {
	c.grades(l, hotlineGrades, string(Hotline5x8), string(Hotline7x24))
}

// check refuses a grade that is none.
func (k *IssueTracking) check(c *checker, l *Line) {
	c.grades(l, trackingGrades, string(TrackingManual), string(TrackingAutomatic))
}

// grades checks that a line asks for a grade that is more than none.
func (c *checker) grades(l *Line, grades map[string]int, allowed ...string) {
	for _, level := range slices.Sorted(maps.Keys(l.Need)) {
		if w := l.Need[level].Word; w != "" && grades[w] == 0 {
			c.word(c.path+".need."+level, w, allowed...)
		}
	}
}

// check refuses an empty band and an empty period.
func (k *Projects) check(c *checker, l *Line) {
	path := c.path + ".projects"
	c.atLeast(path+".years", k.Years, 1)
	if k.MaxUSD != 0 && k.MaxUSD <= k.MinUSD {
		c.never(path+".max_usd", i18n.M("program.never.band"))
	}
}

// check refuses gear that nobody can register.
func (k *Laboratory) check(c *checker, l *Line) {
	for _, level := range slices.Sorted(maps.Keys(l.Need)) {
		path := c.path + ".need." + level
		if l.Need[level].Gear != nil && len(l.Need[level].Gear) == 0 {
			c.form(path, i18n.M("program.form.gear"))
		}
		for _, g := range slices.Sorted(maps.Keys(l.Need[level].Gear)) {
			if !isGear(g) {
				c.word(join(path, g), g, gear...)
			}
			c.atLeast(join(path, g), l.Need[level].Gear[g], 1)
		}
	}
}

func (k *Languages) check(c *checker, l *Line)    {}
func (k *Branches) check(c *checker, l *Line)     {}
func (k *Unrestricted) check(c *checker, l *Line) {}

// check wants enough programs to choose from.
func (k *Holdings) check(c *checker, l *Line) {
	path := c.path + ".holdings"
	c.atLeast(path+".listed", k.Listed, 0)
	programs := map[string]bool{}
	for i, x := range k.AnyOf {
		c.id(fmt.Sprintf("%s.any_of[%d].program", path, i), x.Program)
		programs[x.Program] = true
	}
	for _, level := range slices.Sorted(maps.Keys(l.Need)) {
		if n := l.Need[level].Count; k.listedNeed(n) > len(programs) || k.Rest == "" && n > len(programs) {
			c.never(c.path+".need."+level, i18n.M("program.never.holdings", i18n.A{"need": n, "listed": len(programs)}))
		}
	}
}

// check wants a level of this version, and not one that asks for itself.
func (k *Prior) check(c *checker, l *Line) {
	path := c.path + ".prior.level"
	if c.v.LevelIndex(k.Level) < 0 {
		c.unknown(path, k.Level)
	}
	if _, itself := l.Need[k.Level]; itself {
		c.never(path, i18n.M("program.never.prior_itself"))
	}
}

// check wants an identifier.
func (k *Attested) check(c *checker, l *Line) { c.id(c.path+".attestation.id", k.ID) }
