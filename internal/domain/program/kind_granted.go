package program

import "hanse/internal/kit/calendar"

// MaterialRule says which materials will do.
type MaterialRule struct {
	Kind         string `yaml:"kind" doc:"case, business-plan, solution, advanced-solution or offering"`
	WithinMonths int    `yaml:"within_months,omitempty" doc:"Finished within so many months before the day; absent: any time"`
	HuaweiCloud  bool   `yaml:"huawei_cloud,omitempty" doc:"Only work on Huawei Cloud"`
	Published    bool   `yaml:"published,omitempty" doc:"Work elsewhere than on Huawei Cloud must be published"`
}

// fits tells whether a material is of the kind, recent enough and still valid.
func (r *MaterialRule) fits(m Material, d calendar.Day) bool {
	if m.Kind != r.Kind || !m.ValidUntil.IsNone() && m.ValidUntil < d {
		return false
	}
	if r.WithinMonths > 0 && (m.FinishedOn.IsNone() || m.FinishedOn > d || m.FinishedOn < d.AddMonths(-r.WithinMonths)) {
		return false
	}
	return m.HuaweiCloud || !r.HuaweiCloud && (!r.Published || m.Published)
}
