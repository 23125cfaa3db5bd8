package qualification

import (
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A Qualification is a granted level.
type Qualification struct {
	Account       string
	ID            string
	Program       string
	Version       string
	Level         string
	Track         string
	Number        string
	Application   string
	Holder        string // as printed
	HolderZH      string
	ValidFrom     calendar.Day // the day of issue
	ValidUntil    calendar.Day // inclusive
	State         Standing
	Cause         Cause
	Reason        string // of a suspension or cancellation, in the vendor's words
	StandingLevel string // suspended: the level that was still met; "" = none
	StateAt       time.Time
	WatchSince    time.Time // zero = not under watch
	WatchLine     string    // the line that was lost, or ReportOverdue
	Edition       int64
	CreatedAt     time.Time
	EndedBy       EndedBy // cancelled: "" = by the vendor for false information
	Product       string  // the product or solution that the certificate names; "" = none

	slot     string
	counted  map[string][]counted // who filled which line when it was last met
	checkOn  calendar.Day
	lookedAt time.Time // as of when it was looked at last
}

// counted is one filled place.
type counted struct {
	Person string       `json:"person"`
	Name   string       `json:"name"`
	Code   string       `json:"code,omitempty"`
	Until  calendar.Day `json:"until,omitzero"`
}

// ReportOverdue is the watch line of a partner that didn't report a change among its engineers in time.
const ReportOverdue = "report_overdue"

// Ref names the version by which it was granted and is kept.
func (q Qualification) Ref() string { return q.Program + "@" + q.Version }

// Watched tells whether the star is under watch.
func (q Qualification) Watched() bool { return !q.WatchSince.IsZero() }

func (q Qualification) subject() audit.Subject {
	return audit.Subject{Kind: "qualification", ID: q.ID, Account: q.Account}
}

// Standing is the stored state.
type Standing string

// The stored states. Valid and Suspended are the running ones: a partner has at most one of them in a program, or in
// each stage of a staged program.
const (
	Valid      Standing = "valid"
	Suspended  Standing = "suspended"
	Expired    Standing = "expired"
	Cancelled  Standing = "cancelled"
	Superseded Standing = "superseded"
)

// Cause says who ends a suspension: staffing ones end by themselves, the vendor's by the vendor.
type Cause string

// The causes.
const (
	NoCause       Cause = ""
	CauseStaffing Cause = "staffing"
	CauseVendor   Cause = "vendor"
)

// Status is what people are shown: the state on a day.
type Status string

// The statuses. Expiring means that the renewal window is open.
const (
	StatusValid      Status = "valid"
	StatusExpiring   Status = "expiring"
	StatusExpired    Status = "expired"
	StatusSuspended  Status = "suspended"
	StatusCancelled  Status = "cancelled"
	StatusSuperseded Status = "superseded"
	StatusRevoked    Status = "revoked" // by an annual review
	StatusLeft       Status = "left"    // the partner left the path
)

// Label is the status in words.
func (s Status) Label() i18n.Msg {
	switch s {
	case StatusValid:
		return i18n.M("qualification.status.valid")
	case StatusExpiring:
		return i18n.M("qualification.status.expiring")
	case StatusExpired:
		return i18n.M("qualification.status.expired")
	case StatusSuspended:
		return i18n.M("qualification.status.suspended")
	case StatusCancelled:
		return i18n.M("qualification.status.cancelled")
	case StatusRevoked:
		return i18n.M("qualification.status.revoked")
	case StatusLeft:
		return i18n.M("qualification.status.left")
	}
	return i18n.M("qualification.status.superseded")
}

// Status is the state on a day, by the version it was granted by. A day after the last one shows as expired at once,
// whether or not the daily pass has run.
func (q Qualification) Status(v *program.Version, today calendar.Day) Status {
	switch {
	case !q.Running():
		return q.ended()
	case q.over(today):
		return StatusExpired
	case q.State == Suspended:
		return StatusSuspended
	case q.Ends() && today >= v.Recertification.Opens(q.ValidUntil):
		return StatusExpiring
	}
	return StatusValid
}

// Shown is the status on a day for lists, where the version isn't at hand: the renewal window isn't told.
func (q Qualification) Shown(today calendar.Day) Status {
	if q.Running() && q.over(today) {
		return StatusExpired
	}
	return q.ended()
}

// ended is the status of one that isn't running any more.
func (q Qualification) ended() Status {
	switch {
	case q.State == Cancelled && q.EndedBy == AnnualReview:
		return StatusRevoked
	case q.State == Cancelled && q.EndedBy == LeftPath:
		return StatusLeft
	}
	return Status(q.State)
}

// label is the stored state in words.
func (q Qualification) label() i18n.Msg { return q.ended().Label() }

// standingSteps are the moves between states.
var standingSteps = map[Standing][]Standing{
	Valid:     {Suspended, Expired, Cancelled, Superseded},
	Suspended: {Valid, Expired, Cancelled, Superseded},
	Expired:   {Cancelled}, // false information may come to light later
}

// move changes the state, or says why it can't.
func (q *Qualification) move(to Standing, at time.Time) error {
	if !slices.Contains(standingSteps[q.State], to) {
		return fault.Conflict(i18n.M("qualification.conflict.state", i18n.A{"state": q.label()}))
	}
	q.State, q.StateAt = to, at
	if to != Suspended {
		q.Cause, q.StandingLevel = NoCause, ""
	}
	if to != Suspended && to != Valid { // nobody watches what isn't running
		q.WatchSince, q.WatchLine = time.Time{}, ""
	}
	return nil
}

// Renewal says whether a qualification can be renewed now.
type Renewal struct {
	Open    bool
	OpensOn calendar.Day
	Until   calendar.Day // the last day of the present term
	Barred  bool         // by a critical service event
	Why     i18n.Msg     // why not
}

// renewal is the recertification window of a running qualification, by the version that it would be renewed on.
func renewal(v *program.Version, q Qualification, critical []CriticalEvent, today calendar.Day) Renewal {
	if !q.Ends() {
		return Renewal{Why: i18n.M("qualification.renewal.review")}
	}
	r := Renewal{OpensOn: v.Recertification.Opens(q.ValidUntil), Until: q.ValidUntil}
	if x, barred := barredBy(critical, q.Program, q.ValidFrom, today); barred {
		r.Barred, r.Why = true, x.why()
		return r
	}
	if today < r.OpensOn {
		r.Why = i18n.M("qualification.renewal.early", i18n.A{"day": r.OpensOn.String()})
		return r
	}
	r.Open = true
	return r
}

// A CriticalEvent is a critical service event that the vendor recorded.
type CriticalEvent struct {
	Account    string
	ID         string
	Program    string // "" = for all
	OccurredOn calendar.Day
	Summary    string
	Effect     CriticalEffect
	Until      calendar.Day // Delay: the first day on which renewal is open again
	LiftedAt   time.Time
	RecordedBy string
	At         time.Time
}

// CriticalEffect is what an event does to the next recertification.
type CriticalEffect string

// The effects.
const (
	Note  CriticalEffect = "note"  // nothing: for the record
	Delay CriticalEffect = "delay" // not before a day
	Bar   CriticalEffect = "bar"   // not at all in this term
)

// barredBy finds the event that keeps a partner from being certified again: one since a day (the begin of the past
// certification year) that wasn't lifted.
func barredBy(critical []CriticalEvent, program string, since, today calendar.Day) (CriticalEvent, bool) {
	for _, x := range critical {
		mine := x.Program == "" || x.Program == program
		if !mine || !x.LiftedAt.IsZero() || x.OccurredOn < since || x.OccurredOn > today {
			continue
		}
		if x.Effect == Bar || x.Effect == Delay && today < x.Until {
			return x, true
		}
	}
	return CriticalEvent{}, false
}

// why says for the partner what an event keeps closed.
func (x CriticalEvent) why() i18n.Msg {
	if x.Effect == Delay {
		return i18n.M("qualification.renewal.delayed", i18n.A{"day": x.Until.String()})
	}
	return i18n.M("qualification.renewal.barred", i18n.A{"day": x.OccurredOn.String()})
}
