package sla

import (
	"slices"
	"strconv"
	"time"

	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Rule holds tickets to limits. Plan and Severity say which: "" means any.
type Rule struct {
	Plan     string        `json:"plan"`
	Severity string        `json:"severity"`
	Calendar string        `json:"calendar"` // its id
	First    time.Duration `json:"first"`    // whole minutes of working time; 0: no limit
	Update   time.Duration `json:"update"`
	Solution time.Duration `json:"solution"`
}

// Limit is what the rule gives a clock.
func (r Rule) Limit(k Kind) time.Duration {
	switch k {
	case First:
		return r.First
	case Update:
		return r.Update
	}
	return r.Solution
}

// A Policy is one version of the rules: it holds from its instant on, until that of the next.
type Policy struct {
	ID        string // "" for the one that was shipped
	Effective time.Time
	Rules     []Rule
	Warn      []int // percent of a limit at which people are warned, ascending
	Note      string
	MadeAt    time.Time
	MadeBy    string
}

// The most that a policy has.
const (
	maxRules = 200
	maxWarn  = 5
	maxLimit = 366 * 24 * time.Hour
)

// workingDay is the limit "within one working day": the hours of one day in the calendar of office hours.
const workingDay = 8 * time.Hour

// ShippedPolicy holds until another version does: the first responses of the support plans (business rules 1.3), no
// limit for updates and solutions.
func ShippedPolicy() Policy {
	p := Policy{Warn: []int{75, 90}}
	add := func(plan, severity, calendar string, first time.Duration) {
		p.Rules = append(p.Rules, Rule{Plan: plan, Severity: severity, Calendar: calendar, First: first})
	}
	for _, plan := range []string{"PREMIUM", "STANDARD"} {
		core := 30 * time.Minute
		if plan == "PREMIUM" {
			core = 15 * time.Minute
		}
		add(plan, "CORE_DOWN", AlwaysID, core)
		add(plan, "PROD_DOWN", AlwaysID, 30*time.Minute)
		add(plan, "PROD_IMPAIRED", AlwaysID, 3*time.Hour)
		add(plan, "SYS_IMPAIRED", AlwaysID, 4*time.Hour)
		add(plan, "GUIDANCE", AlwaysID, 16*time.Hour)
	}
	add("", "", ChinaID, workingDay)
	return p
}

// Match is the rule for a plan and a severity: one that names both, else the plan, else the severity, else the one for
// everything. It's false when none is.
func (p Policy) Match(plan, severity string) (Rule, bool) {
	for _, want := range [][2]string{{plan, severity}, {plan, ""}, {"", severity}, {"", ""}} {
		for _, r := range p.Rules {
			if r.Plan == want[0] && r.Severity == want[1] {
				return r, true
			}
		}
	}
	return Rule{}, false
}

// Check refuses a policy by the names of its fields, such as rules.3.first; known are the calendars there are.
func (p Policy) Check(known map[string]Calendar) error {
	var fs fault.Fields
	if len(p.Rules) == 0 || len(p.Rules) > maxRules {
		fs.Add("rules", strconv.Itoa(len(p.Rules)), i18n.M("sla.policy.bad_count", i18n.A{"most": maxRules}))
	}
	seen := map[[2]string]bool{}
	for i, r := range p.Rules {
		field := "rules." + strconv.Itoa(i) + "."
		if key := [2]string{r.Plan, r.Severity}; seen[key] {
			fs.Add(field+"plan", r.Plan+" "+r.Severity, i18n.M("sla.policy.twice", i18n.A{"plan": r.Plan, "severity": r.Severity}))
		} else {
			seen[key] = true
		}
		if _, ok := known[r.Calendar]; !ok {
			fs.Add(field+"calendar", r.Calendar, i18n.M("sla.policy.bad_calendar", i18n.A{"value": r.Calendar}))
		}
		for _, k := range Kinds() {
			if d := r.Limit(k); d < 0 || d > maxLimit || d%time.Minute != 0 {
				fs.Add(field+string(k), d.String(), i18n.M("sla.policy.bad_limit", i18n.A{"value": d.String()}))
			}
		}
	}
	if len(p.Warn) > maxWarn || !slices.IsSorted(p.Warn) || len(slices.Compact(slices.Clone(p.Warn))) != len(p.Warn) ||
		slices.ContainsFunc(p.Warn, func(n int) bool { return n < 1 || n > 99 }) {
		fs.Add("warn", "", i18n.M("sla.policy.bad_warn", i18n.A{"most": maxWarn}))
	}
	return fs.Err()
}

// A Book is what's in force at an instant: the policy and every calendar.
type Book struct {
	Policy    Policy
	Calendars map[string]Calendar
	Since     time.Time // since when all of it has been so
}

// Target is what a clock of a ticket is held to. Without a rule it's measured round the clock and has no limit.
func (b Book) Target(k Kind, plan, severity string) (Target, Rule) {
	rule, ok := b.Policy.Match(plan, severity)
	c, known := b.Calendars[rule.Calendar]
	if !ok || !known {
		return Target{Kind: k, Calendar: b.Calendars[AlwaysID]}, Rule{Calendar: AlwaysID}
	}
	return Target{Kind: k, Limit: rule.Limit(k), Calendar: c}, rule
}
