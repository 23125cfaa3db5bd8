package program

import (
	"slices"

	"hanse/internal/kit/i18n"
)

// index fills the catalogue's tables and reports codes and exams that are there
// twice, former names included.
func (cat *Catalogue) index(d *decoder) {
	cat.byCode, cat.byExam = map[string]int{}, map[string]int{}
	twice := func(path, id string) {
		d.report(path, i18n.M("program.problem.duplicate", i18n.A{"id": id}), i18n.M("program.remedy.duplicate"))
	}
	for i, t := range cat.Certificates {
		if _, dup := cat.byCode[t.Code]; dup {
			twice(at("certificates", i)+".code", t.Code)
		}
		cat.byCode[t.Code] = i
		for j, r := range t.RenamedFrom {
			if _, dup := cat.byCode[r.Code]; dup {
				twice(at(at("certificates", i)+".renamed_from", j)+".code", r.Code)
			}
			cat.byCode[r.Code] = i
		}
	}
	for i, e := range cat.Exams {
		if _, dup := cat.byExam[foldCode(e.Code)]; dup {
			twice(at("exams", i)+".code", e.Code)
		}
		cat.byExam[foldCode(e.Code)] = i
	}
}

// catalogue checks that what the catalogue names is there.
func (c *checker) catalogue() {
	cat := c.cat
	c.ids("providers", len(cat.Providers), func(i int) string { return cat.Providers[i].ID })
	c.ids("directions", len(cat.Directions), func(i int) string { return cat.Directions[i].ID })
	c.ids("ladders", len(cat.Ladders), func(i int) string { return cat.Ladders[i].ID })
	for i, p := range cat.Providers {
		if p.Refresh != RefreshDirection && p.Refresh != RefreshNone {
			c.word(at("providers", i)+".refresh", string(p.Refresh), string(RefreshDirection), string(RefreshNone))
		}
		if p.Refresh == RefreshDirection {
			c.atLeast(at("providers", i)+".refresh_months", p.RefreshMonths, 1)
		}
	}
	for i := range cat.Certificates {
		c.certificate(at("certificates", i), &cat.Certificates[i])
	}
	for i, e := range cat.Exams {
		c.code(at("exams", i)+".certificate", e.Certificate)
	}
	c.ladders(cat.Ladders)
}

// certificate checks one row of the catalogue.
func (c *checker) certificate(path string, t *CertificateType) {
	if _, ok := c.cat.Provider(t.Provider); !ok {
		c.unknown(path+".provider", t.Provider)
	}
	if _, ok := c.cat.Direction(t.Direction); !ok {
		c.unknown(path+".direction", t.Direction)
	}
	if !slices.Contains(classWords, string(t.Class)) {
		c.word(path+".class", string(t.Class), classWords...)
	}
	c.atLeast(path+".level", t.Level, 1)
	c.atLeast(path+".validity_months", t.ValidityMonths, 0)
	for i, code := range t.Equivalents {
		c.code(at(path+".equivalents", i), code)
	}
	for i, code := range t.Requires {
		c.code(at(path+".requires", i), code)
	}
}
