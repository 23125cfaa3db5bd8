// Package program is the qualification engine: policy as data that computes.
//
// A Version is one dated edition of a program (the H3C star standard of 2025,
// say): levels, tracks, requirement lines. Evaluate compares it with the Facts
// of a partner at an instant and explains every line. Everything here is pure:
// no database, no clock, no files, so that the portal, the command line,
// forecasts and tests all get the same answer for the same facts.
package program

import (
	"slices"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A Text is written in both languages of the product.
type Text struct {
	En string `yaml:"en" doc:"English"`
	Zh string `yaml:"zh-Hans" doc:"Simplified Chinese"`
}

// Msg is the text as a message, for templates and as an argument of other
// messages.
func (t Text) Msg() i18n.Msg {
	return i18n.Both(map[string]string{i18n.English: t.En, i18n.Chinese: t.Zh})
}

// In is the text in a language; any but Chinese reads as English.
func (t Text) In(lang string) string {
	if lang == i18n.Chinese {
		return t.Zh
	}
	return t.En
}

// A Version is one edition of a program. It is never changed once loaded; share
// it freely.
type Version struct {
	Program         string        `yaml:"program" doc:"Identifier of the program, the same in all its versions"`
	Number          string        `yaml:"version" doc:"Name of this version, unique within the program"`
	EffectiveFrom   calendar.Day  `yaml:"effective_from" doc:"First day on which applications use this version"`
	EffectiveUntil  calendar.Day  `yaml:"effective_until,omitempty" doc:"Last such day; absent: until a later one"`
	Title           Text          `yaml:"title" doc:"Name of the program"`
	Summary         Text          `yaml:"summary" doc:"What it is and whom it is for, in a sentence or two"`
	Eligibility     Eligibility   `yaml:"eligibility,omitempty" doc:"Who may apply at all"`
	Entry           Entry         `yaml:"entry,omitempty" doc:"self: the partner begins by itself (default); invitation: the vendor invites"`
	OneAccount      bool          `yaml:"one_account_per_company,omitempty" doc:"Only one account of a company may hold it"`
	People          People        `yaml:"people,omitempty" doc:"Whom on the roster the lines count"`
	Stages          bool          `yaml:"stages,omitempty" doc:"Levels are held side by side, each with its own certificate"`
	Application     Application   `yaml:"application" doc:"How one applies"`
	Validity        Validity      `yaml:"validity" doc:"How long a granted level lasts"`
	Recertification Recertify     `yaml:"recertification,omitempty" doc:"When a granted level may be renewed"`
	Staffing        Staffing      `yaml:"staffing,omitempty" doc:"Duties when a counted engineer leaves"`
	Levels          []Level       `yaml:"levels" doc:"Levels, lowest first"`
	Tracks          []Track       `yaml:"tracks,omitempty" doc:"Alternative ways; any one suffices. Absent: one, main"`
	Ladders         []Ladder      `yaml:"ladders,omitempty" doc:"Which certificates replace which"`
	Lines           []Line        `yaml:"lines" doc:"Requirement lines, in the order in which people see them"`
	Evidence        []EvidenceAsk `yaml:"evidence,omitempty" doc:"Files that an application must carry"`
	Materials       []MaterialAsk `yaml:"materials,omitempty" doc:"Cases, plans and the like that an application attaches; each has a review of its own"`
	Benefits        []Benefit     `yaml:"benefits,omitempty" doc:"What a granted level brings, as text"`
	Notes           []Note        `yaml:"notes,omitempty" doc:"Responsibilities and instructions shown with the policy"`

	plan *plan // what Parse derives: accepted certificates per line, lines per level and track
}

// Ref names a version: "h3c-star@2025".
func (v *Version) Ref() string { return v.Program + "@" + v.Number }

// InForce tells whether applications submitted on the day use this version.
func (v *Version) InForce(d calendar.Day) bool {
	return v.EffectiveFrom <= d && (v.EffectiveUntil.IsNone() || d <= v.EffectiveUntil)
}

// Level finds a level by its id.
func (v *Version) Level(id string) (Level, bool) {
	if i := v.LevelIndex(id); i >= 0 {
		return v.Levels[i], true
	}
	return Level{}, false
}

// LevelIndex is the rank of a level, 0 the lowest, or -1.
func (v *Version) LevelIndex(id string) int {
	return slices.IndexFunc(v.Levels, func(l Level) bool { return l.ID == id })
}

// Line finds a requirement line by its id.
func (v *Version) Line(id string) (*Line, bool) {
	for i := range v.Lines {
		if v.Lines[i].ID == id {
			return &v.Lines[i], true
		}
	}
	return nil, false
}

// A Level is a grade that a partner can be granted.
type Level struct {
	ID    string `yaml:"id" doc:"Identifier, for example four-star"`
	Title Text   `yaml:"title"`
	Stars int    `yaml:"stars,omitempty" doc:"How many stars are drawn; 0: none"`
	// SelfGranted says that choosing the level grants it: no application, no
	// review.
	SelfGranted bool `yaml:"self_granted,omitempty" doc:"Choosing the level grants it, without review"`
}

// Entry is how a partner comes to a program.
type Entry string

// The ways in; the zero value is EntrySelf as well.
const (
	EntrySelf       Entry = "self"       // the partner begins by itself
	EntryInvitation Entry = "invitation" // the vendor invites first
)

// ByInvitation tells whether a partner must have been invited.
func (v *Version) ByInvitation() bool { return v.Entry == EntryInvitation }

// People says whom on the roster a version counts.
type People struct {
	Confirmed bool `yaml:"confirmed,omitempty" doc:"Only bindings that the person confirmed"`
	AllBound  bool `yaml:"all_bound,omitempty" doc:"Everybody bound, not registered after-sales engineers only"`
}

// A Track is one of several alternative ways to every level.
type Track struct {
	ID    string `yaml:"id"`
	Title Text   `yaml:"title"`
}

// Eligibility limits who may apply. An empty list does not limit.
type Eligibility struct {
	Markets      []string `yaml:"markets,omitempty" doc:"Markets in which the partner must be registered (any)"`
	ChannelKinds []string `yaml:"channel_kinds,omitempty" doc:"Kinds of channel partner that may apply (any)"`
	Text         Text     `yaml:"text" doc:"The rule in words"`
}

// Application says what is special at the moment of applying.
type Application struct {
	MinRemainingMonths int     `yaml:"min_remaining_months" doc:"A certificate must stay valid for more than so many months"`
	ReviewWorkingDays  int     `yaml:"review_working_days" doc:"The vendor decides within so many working days"`
	Phases             []Phase `yaml:"phases,omitempty" doc:"Steps of the review, in order; absent: one decision"`
	CorrectionDays     int     `yaml:"correction_days,omitempty" doc:"Calendar days to correct returned materials, else the application ends; 0: no limit"`
	BanMonths          int     `yaml:"ban_months,omitempty" doc:"Months without another application after one failed or ended; 0: none"`
	Product            bool    `yaml:"product,omitempty" doc:"The application names a product or solution, which the certificate prints"`
	Text               Text    `yaml:"text" doc:"How to apply, in words"`
}

// A Phase is a step of a review.
type Phase struct {
	ID          string `yaml:"id" doc:"preliminary, technical or countersign"`
	WorkingDays int    `yaml:"working_days" doc:"The vendor finishes it within so many working days"`
}

// The phases, in the order in which they come.
const (
	PhasePreliminary = "preliminary"
	PhaseTechnical   = "technical"
	PhaseCountersign = "countersign"
)

var phases = []string{PhasePreliminary, PhaseTechnical, PhaseCountersign}

// ReviewDays is how many working days a whole review takes at most: those of
// the phases, or of the one decision.
func (a Application) ReviewDays() int {
	if len(a.Phases) == 0 {
		return a.ReviewWorkingDays
	}
	sum := 0
	for _, p := range a.Phases {
		sum += p.WorkingDays
	}
	return sum
}

// Validity is the life of a granted level: years, months, or open until a
// review or revocation ends it.
type Validity struct {
	Years  int  `yaml:"years,omitempty" doc:"Calendar years, from the day of issue to the day before the same date"`
	Months int  `yaml:"months,omitempty" doc:"The same in months"`
	Open   bool `yaml:"open,omitempty" doc:"Without an end: an annual review decides"`
}

// Until is the last day of a level granted on d (29 February: until 28
// February); None when it has no end.
func (v Validity) Until(d calendar.Day) calendar.Day {
	switch months := 12*v.Years + v.Months; {
	case v.Open || months == 0:
		return calendar.None
	case months == 12:
		return calendar.YearFrom(d)
	default:
		return calendar.TermEnd(d, months)
	}
}

// Msg is the validity in words.
func (v Validity) Msg() i18n.Msg {
	switch {
	case v.Open:
		return i18n.M("program.validity.open")
	case v.Months > 0:
		return i18n.M("program.validity.months", i18n.A{"n": v.Months})
	}
	return i18n.M("program.validity.years", i18n.A{"n": v.Years})
}

// PhaseName is the name of a step of a review.
func PhaseName(id string) i18n.Msg {
	switch id {
	case PhasePreliminary:
		return i18n.M("program.phase.preliminary")
	case PhaseTechnical:
		return i18n.M("program.phase.technical")
	case PhaseCountersign:
		return i18n.M("program.phase.countersign")
	}
	return i18n.Raw(id)
}

// Recertify is the renewal window.
type Recertify struct {
	OpensDaysBefore int  `yaml:"opens_days_before" doc:"Days before the expiry from which one may apply again"`
	Text            Text `yaml:"text" doc:"The rule in words"`
}

// Opens is the first day of the renewal window of a level that ends on d.
func (r Recertify) Opens(d calendar.Day) calendar.Day { return d.AddDays(-r.OpensDaysBefore) }

// Staffing are the duties after a counted engineer left. Zero means no such
// duty.
type Staffing struct {
	ReportWorkingDays int `yaml:"report_working_days" doc:"Report the exit within so many working days"`
	VacancyMonths     int `yaml:"vacancy_months" doc:"Fill the vacancy within so many months of the exit"`
}

// A Ladder ranks certificates: one of a higher rung fills the place of a lower
// one.
type Ladder struct {
	ID              string     `yaml:"id"`
	Title           Text       `yaml:"title,omitempty" doc:"Name of the ladder, for the page that draws it"`
	DistinctPersons bool       `yaml:"distinct_persons,omitempty" doc:"A person fills at most one slot of all lines on it"`
	Rungs           [][]string `yaml:"rungs" doc:"Certificate codes, lowest rung first; those of one rung are equals"`
}

// Rung is the height of a certificate on the ladder, 0 the lowest, or -1 when
// it is not on it.
func (l *Ladder) Rung(code string) int {
	return slices.IndexFunc(l.Rungs, func(r []string) bool { return slices.Contains(r, code) })
}

// A MaterialAsk is what an application attaches.
type MaterialAsk struct {
	ID    string         `yaml:"id"`
	Title Text           `yaml:"title"`
	Rule  MaterialRule   `yaml:"rule" doc:"Which materials will do"`
	Need  map[string]int `yaml:"need" doc:"How many, by level"`
	// ReviewHuaweiCloud asks more at an annual review than at an application.
	ReviewHuaweiCloud bool `yaml:"review_huawei_cloud,omitempty" doc:"At an annual review only materials of Huawei Cloud will do"`
}

// Counts tells whether a material will do on a day, for an application or for
// an annual review. That it passed its own review is asked separately.
func (a *MaterialAsk) Counts(m Material, d calendar.Day, review bool) bool {
	return a.Rule.fits(m, d) && (!review || !a.ReviewHuaweiCloud || m.HuaweiCloud)
}

// MaterialsFor is what an application for a level attaches; Need of the level
// says how many of each.
func (v *Version) MaterialsFor(level string) []MaterialAsk {
	var out []MaterialAsk
	for _, a := range v.Materials {
		if a.Need[level] > 0 {
			out = append(out, a)
		}
	}
	return out
}

// An EvidenceAsk is a kind of file an application must carry.
type EvidenceAsk struct {
	ID       string   `yaml:"id"`
	Title    Text     `yaml:"title"`
	Per      Per      `yaml:"per" doc:"application: one file; certificate: one for each counted certificate"`
	Lines    []string `yaml:"lines,omitempty" doc:"Asked only where one of these lines is required; absent: always"`
	Optional bool     `yaml:"optional,omitempty"`
}

// Per says how often a piece of evidence is asked.
type Per string

// The two ways to ask for evidence.
const (
	PerApplication Per = "application" // once
	PerCertificate Per = "certificate" // for each certificate that fills a slot of the applied level
)

// A Benefit is a text for a level and those above it.
type Benefit struct {
	Level string `yaml:"level" doc:"The lowest level that has it"`
	Text  Text   `yaml:"text"`
}

// A Note is a titled paragraph of the policy.
type Note struct {
	Title Text `yaml:"title"`
	Text  Text `yaml:"text"`
}

// A Line is one requirement with what each level asks of it. A level without a
// need does not ask it.
type Line struct {
	ID     string   // identifier, for example senior-engineer
	Title  Text     // what people read in the table
	Help   Text     // optional: how it is counted, in words
	Tracks []string // tracks that ask it; empty: all
	Kind   string   // the key of its requirement in the file: "certified", "hotline", …
	Ask    Requirement
	Need   map[string]Need // by level id
}

// In tells whether a track asks the line.
func (l *Line) In(track string) bool { return len(l.Tracks) == 0 || slices.Contains(l.Tracks, track) }

// A Need is what one level asks of a line. Which field counts depends on the
// kind of the line.
type Need struct {
	Count int            // how many; 1 for yes
	Word  string         // a grade such as 7x24 or automatic
	Gear  map[string]int // laboratory gear
}

// Number is the need as the one number of reports: a grade counts as one, gear
// by pieces.
func (n Need) Number() int {
	if n.Word != "" {
		return 1
	}
	sum := n.Count
	for _, k := range n.Gear {
		sum += k
	}
	return sum
}

// Catalogue is the catalogue against which the version was checked.
func (v *Version) Catalogue() *Catalogue { return v.plan.cat }
