package program

import (
	"slices"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// MaterialRule says which materials will do.
type MaterialRule struct {
	Kind         string   `yaml:"kind" doc:"case, business-plan, solution, advanced-solution or offering"`
	Also         []string `yaml:"also,omitempty" doc:"Other kinds that will do as well"`
	WithinMonths int      `yaml:"within_months,omitempty" doc:"Finished within so many months before the day; absent: any time"`
	HuaweiCloud  bool     `yaml:"huawei_cloud,omitempty" doc:"Only work on Huawei Cloud"`
	Published    bool     `yaml:"published,omitempty" doc:"Work elsewhere than on Huawei Cloud must be published"`
}

// fits tells whether a material is of the kind, recent enough and still valid.
func (r *MaterialRule) fits(m Material, d calendar.Day) bool {
	if m.Kind != r.Kind && !slices.Contains(r.Also, m.Kind) || !m.ValidUntil.IsNone() && m.ValidUntil < d {
		return false
	}
	if r.WithinMonths > 0 && (m.FinishedOn.IsNone() || m.FinishedOn > d || m.FinishedOn < d.AddMonths(-r.WithinMonths)) {
		return false
	}
	return m.HuaweiCloud || !r.HuaweiCloud && (!r.Published || m.Published)
}

// KindName is the name of a kind of material.
func KindName(kind string) i18n.Msg {
	switch kind {
	case MaterialCase:
		return i18n.M("program.material.case")
	case MaterialPlan:
		return i18n.M("program.material.plan")
	case MaterialSolution:
		return i18n.M("program.material.solution")
	case MaterialAdvancedSolution:
		return i18n.M("program.material.advanced_solution")
	case MaterialOffering:
		return i18n.M("program.material.offering")
	}
	return i18n.Raw(kind)
}

// Materials asks for so many materials of a kind that passed their review.
type Materials struct {
	impersonal
	MaterialRule
}

func (k *Materials) count(v *Version, f *Facts, d calendar.Day, need int) (n int) {
	for _, m := range f.Materials {
		if !m.PassedOn.IsNone() && m.PassedOn <= d && k.fits(m, d) {
			n++
		}
	}
	return n
}

func (k *Materials) evaluate(s *scene, l *Line, n Need) LineResult { return tallied(k, s, n) }

// gap says what kind of material lacks, and how recent it has to be.
func (k *Materials) gap(s *scene, l *Line, n Need, r *LineResult) i18n.Msg {
	args := i18n.A{"n": n.Count - r.Have, "kind": KindName(k.Kind), "months": k.WithinMonths}
	if k.WithinMonths > 0 {
		return i18n.M("program.gap.materials_recent", args)
	}
	return i18n.M("program.gap.materials", args)
}

func (k *Materials) days(f *Facts, note func(calendar.Day)) {
	for _, m := range f.Materials {
		note(m.PassedOn)
		if !m.ValidUntil.IsNone() {
			note(m.ValidUntil + 1)
		}
		if k.WithinMonths > 0 && !m.FinishedOn.IsNone() {
			note(m.FinishedOn)
			note(firstDayBeyond(m.FinishedOn, k.WithinMonths))
		}
	}
}

// check wants a kind that materials can have.
func (k *Materials) check(c *checker, l *Line) { c.materialRule(c.path+".materials", k.MaterialRule) }

// materialRule checks the rule of a line or of an ask.
func (c *checker) materialRule(path string, r MaterialRule) {
	if !slices.Contains(MaterialKinds(), r.Kind) {
		c.word(path+".kind", r.Kind, MaterialKinds()...)
	}
	for i, k := range r.Also {
		if !slices.Contains(MaterialKinds(), k) {
			c.word(at(path+".also", i), k, MaterialKinds()...)
		}
	}
	c.atLeast(path+".within_months", r.WithinMonths, 0)
}
