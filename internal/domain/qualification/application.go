package qualification

import (
	"slices"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// An Application is a partner's request for a level, with the vendor's handling of it.
type Application struct {
	Account      string
	ID           string
	Program      string
	Version      string
	Level        string
	Track        string
	Kind         Kind
	State        State
	Edition      int64 // grows with every change; a page sends back the one it showed
	CopiedFrom   string
	Form         Form
	TruthBy      string // the user who declared that everything is true
	TruthName    string
	TruthAt      time.Time
	SubmittedBy  string
	SubmittedAt  time.Time
	ReviewDue    time.Time
	Reviewer     string // user id
	ReviewerName string
	ReturnDue    time.Time
	Reasons      []Reason // why it was returned or rejected
	DecidedAt    time.Time
	CreatedBy    string
	CreatedAt    time.Time
	ChangedAt    time.Time
	Phase        string // of a review in phases: preliminary, technical, countersign; "" = a review of one step

	phaseBy          string // who passed the phase before
	submittedEdition int64
	overdueTold      bool
	snapshot         string
}

// Ref names the version that it is judged by. A draft takes the version in force when it's submitted.
func (a Application) Ref() string { return a.Program + "@" + a.Version }

// Overdue tells whether the vendor should have decided by now.
func (a Application) Overdue(now time.Time) bool {
	return a.State.waiting() && !now.Before(a.ReviewDue)
}

// A Reason says what is wrong, and where: "form.contact_email", "line:senior-engineer", "evidence:certificate-copy",
// or "" for the whole.
type Reason struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

// Kind says what an application is for.
type Kind string

// The kinds.
const (
	Initial     Kind = "initial"      // the first level in the program
	LevelChange Kind = "level_change" // another level than the one held
	RenewalKind Kind = "renewal"      // recertification of the level held
)

// Label is the kind in words.
func (k Kind) Label() i18n.Msg {
	switch k {
	case LevelChange:
		return i18n.M("application.kind.level_change")
	case RenewalKind:
		return i18n.M("application.kind.renewal")
	}
	return i18n.M("application.kind.initial")
}

// State says who acts next.
type State string

// The states of an application.
const (
	Draft       State = "draft"        // the partner fills it in
	Submitted   State = "submitted"    // a reviewer takes it
	UnderReview State = "under_review" // its reviewer decides
	Returned    State = "returned"     // the partner corrects it by a day
	Approved    State = "approved"
	Rejected    State = "rejected"
	Withdrawn   State = "withdrawn"
	Terminated  State = "terminated" // returned materials weren't corrected in time
)

func (s State) waiting() bool  { return s == Submitted || s == UnderReview }
func (s State) editable() bool { return s == Draft || s == Returned }
func (s State) over() bool     { return s == Rejected || s == Withdrawn || s == Terminated }

// Label is the state in words.
func (s State) Label() i18n.Msg {
	switch s {
	case Draft:
		return i18n.M("application.state.draft")
	case Submitted:
		return i18n.M("application.state.submitted")
	case UnderReview:
		return i18n.M("application.state.under_review")
	case Returned:
		return i18n.M("application.state.returned")
	case Approved:
		return i18n.M("application.state.approved")
	case Rejected:
		return i18n.M("application.state.rejected")
	case Terminated:
		return i18n.M("application.state.terminated")
	}
	return i18n.M("application.state.withdrawn")
}

// A step is one thing that can happen to an application.
type step string

const (
	stepEdit      step = "edit"
	stepSubmit    step = "submit"
	stepWithdraw  step = "withdraw"
	stepStart     step = "start"
	stepReturn    step = "return"
	stepApprove   step = "approve"
	stepReject    step = "reject"
	stepPass      step = "pass"
	stepTerminate step = "terminate"
)

// steps is the whole state machine: from where a step is possible, and where it leads ("" = stays).
var steps = map[step]struct {
	from []State
	to   State
}{
	stepEdit:      {[]State{Draft, Returned}, ""},
	stepSubmit:    {[]State{Draft, Returned}, Submitted},
	stepWithdraw:  {[]State{Draft, Submitted, UnderReview, Returned}, Withdrawn},
	stepStart:     {[]State{Submitted}, UnderReview},
	stepReturn:    {[]State{UnderReview}, Returned},
	stepApprove:   {[]State{UnderReview}, Approved},
	stepReject:    {[]State{UnderReview}, Rejected},
	stepPass:      {[]State{UnderReview}, ""}, // the next phase; a countersignature waits for another reviewer
	stepTerminate: {[]State{Returned}, Terminated},
}

// may tells whether a step is possible in the application's state.
func (a Application) may(st step) bool { return slices.Contains(steps[st].from, a.State) }

// take makes a step, or says why it isn't possible: another state, or a page that is out of date.
func (a *Application) take(st step, edition int64) error {
	if !a.may(st) {
		return fault.Conflict(i18n.M("application.conflict.state", i18n.A{"state": a.State.Label()}))
	}
	if a.Edition != edition {
		return fault.Conflict(i18n.M("application.conflict.stale"))
	}
	if to := steps[st].to; to != "" {
		a.State = to
	}
	return nil
}

// kindOf says what an application for a level is for, given the running qualification (nil = none).
func kindOf(held *Qualification, level string) Kind {
	switch {
	case held == nil:
		return Initial
	case held.Level != level:
		return LevelChange
	}
	return RenewalKind
}

// checkReasons wants at least one reason in words.
func checkReasons(reasons []Reason) ([]Reason, error) {
	var fs fault.Fields
	var out []Reason
	for _, r := range reasons {
		if r.Text = tidy(r.Text); r.Text != "" {
			out = append(out, r)
		}
		if len([]rune(r.Text)) > mostText {
			fs.Add("reasons", r.Field, i18n.M("application.field.long", i18n.A{"most": mostText}))
		}
	}
	if len(out) == 0 {
		fs.Add("reasons", "", i18n.M("application.field.reason"))
	}
	return out, fs.Err()
}

// checkDeadline wants a day after today and within half a year.
func checkDeadline(d, today calendar.Day) error {
	if d <= today || d > today.AddMonths(6) {
		return fault.Invalid("until", i18n.M("application.field.deadline"))
	}
	return nil
}
