package qualification

import (
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
)

// Events of this module. All belong to the partner's account; program.* to "vendor". Days are ISO dates.

// A Head says which partner, program and level an event is about, in both languages, so that whoever tells people
// needs no further query.
type Head struct {
	Partner     string `json:"partner"`
	PartnerName string `json:"partner_name"`
	Program     string `json:"program"`
	ProgramEN   string `json:"program_en"`
	ProgramZH   string `json:"program_zh"`
	Level       string `json:"level"`
	LevelEN     string `json:"level_en"`
	LevelZH     string `json:"level_zh"`
}

func headOf(p Partner, v *program.Version, level string) Head {
	l, _ := v.Level(level)
	return Head{Partner: p.ID, PartnerName: p.Name, Program: v.Program, ProgramEN: v.Title.En, ProgramZH: v.Title.Zh,
		Level: level, LevelEN: l.Title.En, LevelZH: l.Title.Zh}
}

// ApplicationChanged is application.submitted, .review_started, .returned, .approved, .rejected, .withdrawn,
// .commented, .phase_passed (Text: the phase; Phase: the one that comes), .correction_due (a reminder), .terminated, and
// review.overdue (an alarm for the vendor, told once).
type ApplicationChanged struct {
	What string `json:"what"` // the kind
	Head
	Application string    `json:"application"`
	State       State     `json:"state"`
	Reasons     []Reason  `json:"reasons,omitempty"`
	SubmittedAt time.Time `json:"submitted_at,omitzero"`
	ReviewDue   time.Time `json:"review_due,omitzero"`
	ReturnDue   time.Time `json:"return_due,omitzero"`
	Reviewer    string    `json:"reviewer,omitempty"` // user id
	By          string    `json:"by"`                 // user id
	ByName      string    `json:"by_name"`
	Vendor      bool      `json:"vendor"` // the vendor's staff did it
	Text        string    `json:"text,omitempty"`
	Number      string    `json:"number,omitempty"` // approved: of the certificate
	Phase       string    `json:"phase,omitempty"`  // of a review in phases
}

// Event names the event.
func (e ApplicationChanged) Event() (kind, account, subject string) {
	return e.What, e.Partner, e.Application
}

// QualificationChanged is qualification.granted, .renewed, .expiring, .expired, .suspended, .reinstated, .cancelled,
// .superseded, .revoked (annual review), .left (the path), .window_opened, .watch_began, .watch_ended. A level without
// an end has no last day and no days left.
type QualificationChanged struct {
	What string `json:"what"`
	Head
	Qualification string       `json:"qualification"`
	Number        string       `json:"number"`
	State         string       `json:"state"`
	Reason        string       `json:"reason,omitempty"`
	Standing      string       `json:"standing_level,omitempty"` // suspended: the level still met
	StandingEN    string       `json:"standing_level_en,omitempty"`
	StandingZH    string       `json:"standing_level_zh,omitempty"`
	WatchLine     string       `json:"watch_line,omitempty"` // a line of the program, or report_overdue
	WatchLineEN   string       `json:"watch_line_en,omitempty"`
	WatchLineZH   string       `json:"watch_line_zh,omitempty"`
	ValidFrom     calendar.Day `json:"valid_from"`
	ValidUntil    calendar.Day `json:"valid_until"`
	DaysLeft      int          `json:"days_left"`
	Product       string       `json:"product,omitempty"`
}

// Event names the event.
func (e QualificationChanged) Event() (kind, account, subject string) {
	return e.What, e.Partner, e.Qualification
}

// A LineName is a requirement line in both languages.
type LineName struct {
	ID string `json:"id"`
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// CertificateLapsing is certificate.lapsing: a certificate that counts for what the partner holds ends soon.
type CertificateLapsing struct {
	Head
	Qualification string       `json:"qualification"`
	Person        string       `json:"person"`
	PersonName    string       `json:"person_name"`
	Code          string       `json:"code"`
	ExpiresOn     calendar.Day `json:"expires_on"`
	DaysLeft      int          `json:"days_left"`
	Lines         []LineName   `json:"lines,omitempty"` // lines that would be lost; none: others fill the place
}

// Event names the event.
func (e CertificateLapsing) Event() (kind, account, subject string) {
	return "certificate.lapsing", e.Partner, e.Person
}

// ExitChanged is exit.due (a change among the engineers is to be reported), exit.reported, exit.overdue.
type ExitChanged struct {
	What        string       `json:"what"`
	Partner     string       `json:"partner"`
	PartnerName string       `json:"partner_name"`
	Exit        string       `json:"exit"`
	Person      string       `json:"person"`
	PersonName  string       `json:"person_name"`
	Reason      string       `json:"reason"`
	ExitOn      calendar.Day `json:"exit_on"`
	ReportDue   time.Time    `json:"report_due"`
	ReportedAt  time.Time    `json:"reported_at,omitzero"`
	Late        bool         `json:"late"`
}

// Event names the event.
func (e ExitChanged) Event() (kind, account, subject string) { return e.What, e.Partner, e.Exit }

// VacancyChanged is vacancy.opened, .due_soon, .filled, .overdue, .closed.
type VacancyChanged struct {
	What string `json:"what"`
	Head
	Vacancy       string       `json:"vacancy"`
	Qualification string       `json:"qualification"`
	Line          string       `json:"line"`
	LineEN        string       `json:"line_en"`
	LineZH        string       `json:"line_zh"`
	Person        string       `json:"person,omitempty"`
	PersonName    string       `json:"person_name,omitempty"`
	FilledName    string       `json:"filled_name,omitempty"`
	OpenedOn      calendar.Day `json:"opened_on"`
	Due           time.Time    `json:"due"`
	DaysLeft      int          `json:"days_left"`
}

// Event names the event.
func (e VacancyChanged) Event() (kind, account, subject string) { return e.What, e.Partner, e.Vacancy }

// CriticalChanged is critical.recorded and critical.lifted.
type CriticalChanged struct {
	What        string       `json:"what"`
	Partner     string       `json:"partner"`
	PartnerName string       `json:"partner_name"`
	Program     string       `json:"program"`
	Critical    string       `json:"critical"`
	Summary     string       `json:"summary"`
	Effect      string       `json:"effect"`
	OccurredOn  calendar.Day `json:"occurred_on"`
	Until       calendar.Day `json:"until"`
}

// Event names the event.
func (e CriticalChanged) Event() (kind, account, subject string) {
	return e.What, e.Partner, e.Critical
}

// BanChanged is ban.began, ban.lifted and ban.ended: until when a partner may not apply in a program.
type BanChanged struct {
	What string `json:"what"`
	Head
	Ban         string       `json:"ban"`
	Application string       `json:"application"`
	Cause       string       `json:"cause"` // failed, terminated
	From        calendar.Day `json:"from"`
	Until       calendar.Day `json:"until"` // the first day on which one may apply again
	Reason      string       `json:"reason,omitempty"`
}

// Event names the event.
func (e BanChanged) Event() (kind, account, subject string) { return e.What, e.Partner, e.Ban }

// AttestationChanged is attestation.recorded and attestation.withdrawn.
type AttestationChanged struct {
	What        string       `json:"what"`
	Partner     string       `json:"partner"`
	PartnerName string       `json:"partner_name"`
	Attestation string       `json:"attestation"`
	Kind        string       `json:"kind"`
	KindEN      string       `json:"kind_en"`
	KindZH      string       `json:"kind_zh"`
	On          calendar.Day `json:"on"`
	Until       calendar.Day `json:"until"`
}

// Event names the event.
func (e AttestationChanged) Event() (kind, account, subject string) {
	return e.What, e.Partner, e.Attestation
}

// InspectionRecorded is inspection.recorded.
type InspectionRecorded struct {
	Partner     string       `json:"partner"`
	PartnerName string       `json:"partner_name"`
	Inspection  string       `json:"inspection"`
	Application string       `json:"application,omitempty"`
	Passed      bool         `json:"passed"`
	Findings    string       `json:"findings"`
	InspectedOn calendar.Day `json:"inspected_on"`
}

// Event names the event.
func (e InspectionRecorded) Event() (kind, account, subject string) {
	return "inspection.recorded", e.Partner, e.Inspection
}

// FactsChanged is facts.changed: the partner declared new service facts.
type FactsChanged struct {
	Partner string `json:"partner"`
}

// Event names the event.
func (e FactsChanged) Event() (kind, account, subject string) {
	return "facts.changed", e.Partner, e.Partner
}

// ProgramChanged is program.loaded and program.retired.
type ProgramChanged struct {
	What string `json:"what"`
	Ref  string `json:"ref"`
}

// Event names the event.
func (e ProgramChanged) Event() (kind, account, subject string) { return e.What, "vendor", e.Ref }

func programLoaded(ref string) ProgramChanged  { return ProgramChanged{"program.loaded", ref} }
func programRetired(ref string) ProgramChanged { return ProgramChanged{"program.retired", ref} }
