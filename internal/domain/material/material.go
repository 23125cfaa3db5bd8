// Package material keeps what partners hand in beside their people's certificates: cases, business plans,
// solutions and offerings (business rules 3.1, 3.2).
//
// A material has versions. Each is drafted, handed in, and passes or fails the vendor's review with reasons. While a
// new version goes its way, the one that passed before keeps counting. The same material may serve several
// applications.
package material

import (
	"net/url"
	"slices"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// A Kind says what a material is. Programs ask for kinds by these names.
type Kind string

// The kinds.
const (
	Case             Kind = "case"
	BusinessPlan     Kind = "business-plan"
	Solution         Kind = "solution"
	AdvancedSolution Kind = "advanced-solution"
	Offering         Kind = "offering"
)

// Kinds lists them in the order of pages.
func Kinds() []Kind { return []Kind{Case, BusinessPlan, Solution, AdvancedSolution, Offering} }

// Label names the kind.
func (k Kind) Label() i18n.Msg {
	switch k {
	case Case:
		return i18n.M("material.kind.case")
	case BusinessPlan:
		return i18n.M("material.kind.business_plan")
	case Solution:
		return i18n.M("material.kind.solution")
	case AdvancedSolution:
		return i18n.M("material.kind.advanced_solution")
	case Offering:
		return i18n.M("material.kind.offering")
	}
	return i18n.Raw(string(k))
}

// A State is where the newest version of a material stands.
type State string

// The states. A withdrawn material is kept for history only.
const (
	Draft       State = "draft"
	UnderReview State = "under_review"
	Passed      State = "passed"
	Failed      State = "failed"
	Withdrawn   State = "withdrawn"
)

// States lists them in their usual order.
func States() []State { return []State{Draft, UnderReview, Passed, Failed, Withdrawn} }

// Label names the state.
func (s State) Label() i18n.Msg {
	switch s {
	case Draft:
		return i18n.M("material.state.draft")
	case UnderReview:
		return i18n.M("material.state.under_review")
	case Passed:
		return i18n.M("material.state.passed")
	case Failed:
		return i18n.M("material.state.failed")
	case Withdrawn:
		return i18n.M("material.state.withdrawn")
	}
	return i18n.Raw(string(s))
}

// Fields are what a partner says of a material. Which of them a kind needs is in check.
type Fields struct {
	Title       string       `json:"title"`
	Summary     string       `json:"summary"`
	Competency  string       `json:"competency"` // id of the program it's about, "" = any
	Customer    string       `json:"customer"`
	Industry    string       `json:"industry"`
	FinishedOn  calendar.Day `json:"finished_on"`  // case: the project's end; solution, offering: its release
	HuaweiCloud bool         `json:"huawei_cloud"` // case: the project ran on the vendor's cloud
	URL         string       `json:"url"`          // where it's published
	PeriodFrom  calendar.Day `json:"period_from"`  // business plan
	PeriodUntil calendar.Day `json:"period_until"`
}

// Limits of the entries, in characters.
const (
	mostLine = 200
	mostText = 4000
)

func (f Fields) clean() Fields {
	f.Title, f.Customer, f.Industry, f.URL = text.Clean(f.Title), text.Clean(f.Customer), text.Clean(f.Industry), text.Clean(f.URL)
	f.Competency, f.Summary = text.Clean(f.Competency), text.Lines(f.Summary)
	return f
}

// sizes refuses what's too long or no address: drafts may lack entries, but hold nothing that can't be kept.
func (f Fields) sizes(fs *fault.Fields) {
	for _, x := range []struct {
		name, value string
		most        int
	}{{"title", f.Title, mostLine}, {"customer", f.Customer, mostLine}, {"industry", f.Industry, mostLine},
		{"summary", f.Summary, mostText}, {"url", f.URL, mostLine}, {"competency", f.Competency, mostLine}} {
		if n := len([]rune(x.value)); n > x.most {
			fs.Add(x.name, "", i18n.M("material.field.long", i18n.A{"count": n, "most": x.most}))
		}
	}
	if f.Title == "" {
		fs.Add("title", "", i18n.M("material.field.title"))
	}
	if u, err := url.Parse(f.URL); f.URL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		fs.Add("url", f.URL, i18n.M("material.field.url"))
	}
}

// check refuses what can't be handed in, all at once. A case that didn't run on the vendor's cloud must be published
// (business rules 3.1).
func (f Fields) check(k Kind, files int, today calendar.Day) error {
	var fs fault.Fields
	f.sizes(&fs)
	need := func(name, value string, m i18n.Msg) {
		if value == "" {
			fs.Add(name, "", m)
		}
	}
	need("summary", f.Summary, i18n.M("material.field.summary"))
	switch k {
	case Case:
		need("customer", f.Customer, i18n.M("material.field.customer"))
		f.finished(&fs, today)
		if !f.HuaweiCloud {
			need("url", f.URL, i18n.M("material.field.published"))
		}
	case BusinessPlan:
		if f.PeriodFrom.IsNone() || f.PeriodUntil.IsNone() || f.PeriodUntil <= f.PeriodFrom {
			fs.Add("period_until", f.PeriodUntil.String(), i18n.M("material.field.period"))
		}
	default:
		f.finished(&fs, today)
	}
	if files == 0 {
		fs.Add("file", "", i18n.M("material.field.file"))
	}
	return fs.Err()
}

func (f Fields) finished(fs *fault.Fields, today calendar.Day) {
	if f.FinishedOn.IsNone() || f.FinishedOn > today {
		fs.Add("finished_on", f.FinishedOn.String(), i18n.M("material.field.finished", i18n.A{"today": today.String()}))
	}
}

// A File is one stored document of a version.
type File struct {
	ID      string
	Hash    string
	Size    int64
	Media   string
	Name    string
	AddedBy string
	AddedAt time.Time
}

// A Material is one material with its newest version.
type Material struct {
	Account       string
	ID            string
	Kind          Kind
	State         State
	Edition       int64 // send it back with a change: a stale one is a Conflict
	Version       int64
	Fields        Fields
	Reasons       []string // why the newest version failed, or why a passed one was revoked
	SubmittedBy   string
	SubmittedAt   time.Time
	ReviewDue     time.Time
	ReviewerName  string
	DecidedAt     time.Time
	PassedVersion int64 // the version that counts; 0 = none
	CreatedAt     time.Time
	ChangedAt     time.Time

	overdueTold bool
}

// Overdue tells whether the review is late.
func (m Material) Overdue(now time.Time) bool {
	return m.State == UnderReview && !m.ReviewDue.IsZero() && !now.Before(m.ReviewDue)
}

// An Edition is one version as it was handed in, with what became of it.
type Edition struct {
	Version      int64
	Fields       Fields
	SubmittedBy  string
	SubmittedAt  time.Time
	Result       string // "" = under review, passed, failed, revoked, taken_back
	Reasons      []string
	ReviewerName string
	DecidedAt    time.Time
	PassedOn     calendar.Day
	EndedOn      calendar.Day
	Files        []File
}

// Label says what became of the version.
func (e Edition) Label() i18n.Msg {
	switch e.Result {
	case "passed":
		return Passed.Label()
	case "failed":
		return Failed.Label()
	case "revoked":
		return i18n.M("material.state.revoked")
	case "taken_back":
		return i18n.M("material.state.taken_back")
	}
	return UnderReview.Label()
}

// Actions says what whoever looks may do now.
type Actions struct{ Edit, Submit, TakeBack, Revise, Withdraw, Decide, Revoke bool }

// actions are what the states allow; roles come on top.
func (m Material) actions() Actions {
	return Actions{
		Edit: m.State == Draft || m.State == Failed, Submit: m.State == Draft || m.State == Failed,
		TakeBack: m.State == UnderReview, Revise: m.State == Passed,
		Withdraw: m.State == Draft || m.State == Failed,
		Decide:   m.State == UnderReview, Revoke: m.PassedVersion > 0,
	}
}

// View is a material with everything around it.
type View struct {
	Material
	Files    []File // of the newest version
	Editions []Edition
	Uses     []Use
	Can      Actions
}

// A Use is an application that a material was handed in with.
type Use struct {
	Application string
	At          time.Time
}

func known(k Kind) bool { return slices.Contains(Kinds(), k) }
