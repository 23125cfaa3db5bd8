// Package round runs the annual review of granted stages (business rules 3.4).
//
// The vendor plans a round: which stages, from when to when. On its first day every holder gets an entry. The partner
// hands it in within the window and may change materials until a later day; the vendor decides on what is computed
// then, beside the materials. Results take effect on one announced day: a stage that failed, or that nobody handed in,
// is revoked.
package round

import (
	"slices"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A State is where a round stands.
type State string

// The states of a round.
const (
	Planned   State = "planned"   // nobody has been told yet
	Open      State = "open"      // partners hand in
	Reviewing State = "review"    // the window has closed; corrections and decisions go on
	Finished  State = "finished"  // results are in effect
	Cancelled State = "cancelled" // nothing follows from it
)

// Label names the state.
func (s State) Label() i18n.Msg {
	switch s {
	case Planned:
		return i18n.M("round.state.planned")
	case Open:
		return i18n.M("round.state.open")
	case Reviewing:
		return i18n.M("round.state.review")
	case Finished:
		return i18n.M("round.state.finished")
	case Cancelled:
		return i18n.M("round.state.cancelled")
	}
	return i18n.Raw(string(s))
}

// A Scope is one stage that a round reviews.
type Scope struct {
	Program string `json:"program"`
	Level   string `json:"level"`
}

// Days are a round's four days, in order: all inclusive but ResultOn, on which results take effect.
type Days struct {
	OpensOn      calendar.Day
	ClosesOn     calendar.Day
	ChangesUntil calendar.Day
	ResultOn     calendar.Day
}

// UsualDays are those of a year when the vendor says nothing else: 1 November to 15 December, corrections to
// 31 December, results on 31 January (business rules 3.4, PROP).
func UsualDays(year int) Days {
	return Days{calendar.Date(year, time.November, 1), calendar.Date(year, time.December, 15),
		calendar.Date(year, time.December, 31), calendar.Date(year+1, time.January, 31)}
}

// A Round is one year's review.
type Round struct {
	ID      string
	Year    int
	Scopes  []Scope
	Days    Days
	State   State
	Edition int64 // send it back with a change: a stale one is a Conflict
}

// A Plan is what the vendor says of a round.
type Plan struct {
	Year   int
	Scopes []Scope
	Days   Days
}

// The years that a plan may name.
const firstYear, lastYear = 2000, 2100

func (p Plan) check(staged func(Scope) bool, today calendar.Day) error {
	var fs fault.Fields
	if p.Year < firstYear || p.Year > lastYear {
		fs.Add("year", "", i18n.M("round.field.year", i18n.A{"from": firstYear, "until": lastYear}))
	}
	if len(p.Scopes) == 0 {
		fs.Add("scope", "", i18n.M("round.field.scope"))
	}
	for _, s := range p.Scopes {
		if !staged(s) {
			fs.Add("scope", s.Program+" "+s.Level, i18n.M("round.field.stage", i18n.A{"program": s.Program, "level": s.Level}))
		}
	}
	p.Days.check(&fs, today)
	return fs.Err()
}

func (d Days) check(fs *fault.Fields, today calendar.Day) {
	before := calendar.None
	for _, x := range []struct {
		name string
		day  calendar.Day
		msg  i18n.Msg
	}{
		{"opens_on", d.OpensOn, i18n.M("round.field.opens_on")},
		{"closes_on", d.ClosesOn, i18n.M("round.field.closes_on")},
		{"changes_until", d.ChangesUntil, i18n.M("round.field.changes_until")},
		{"result_on", d.ResultOn, i18n.M("round.field.result_on")},
	} {
		if x.day.IsNone() || x.day < before {
			fs.Add(x.name, x.day.String(), x.msg)
		}
		before = max(before, x.day)
	}
	if !d.ClosesOn.IsNone() && d.ClosesOn < today {
		fs.Add("closes_on", d.ClosesOn.String(), i18n.M("round.field.past", i18n.A{"today": today.String()}))
	}
}

// An EntryState is where a partner's part stands. A round that is only planned has no entries: "not started".
type EntryState string

// The states of an entry.
const (
	ToSubmit    EntryState = "to_submit"           // the partner hands in
	UnderReview EntryState = "under_review"        // the vendor decides
	ToUpdate    EntryState = "materials_to_update" // the partner corrects
	Passed      EntryState = "passed"
	Failed      EntryState = "failed"
	Overdue     EntryState = "overdue" // not handed in, or not corrected, in time
	Void        EntryState = "void"    // the stage ended meanwhile for another reason
)

// EntryStates lists them in their usual order.
func EntryStates() []EntryState {
	return []EntryState{ToSubmit, UnderReview, ToUpdate, Passed, Failed, Overdue, Void}
}

// Label names the state.
func (s EntryState) Label() i18n.Msg {
	switch s {
	case ToSubmit:
		return i18n.M("round.entry.to_submit")
	case UnderReview:
		return i18n.M("round.entry.under_review")
	case ToUpdate:
		return i18n.M("round.entry.to_update")
	case Passed:
		return i18n.M("round.entry.passed")
	case Failed:
		return i18n.M("round.entry.failed")
	case Overdue:
		return i18n.M("round.entry.overdue")
	case Void:
		return i18n.M("round.entry.void")
	}
	return i18n.Raw(string(s))
}

// An Entry is one partner's part in a round, for one stage.
type Entry struct {
	Account       string
	ID            string
	Round         string
	Program       string
	Level         string
	Qualification string
	Number        string // of the certificate under review
	PartnerName   string
	State         EntryState
	Verdict       EntryState // Passed or Failed once decided; in effect on the day of results
	Edition       int64
	Version       string // of the program, when it was handed in last
	Reasons       []string
	SubmittedBy   string
	SubmittedAt   time.Time
	ReviewerName  string
	DecidedAt     time.Time
	CreatedAt     time.Time
	ChangedAt     time.Time

	result string // JSON of Computed
}

// mayHandIn tells whether the partner may change and hand in the entry on a day.
func (e Entry) mayHandIn(d Days, today calendar.Day) bool {
	if e.Verdict != "" {
		return false
	}
	switch e.State {
	case ToSubmit:
		return d.OpensOn <= today && today <= d.ClosesOn
	case UnderReview, ToUpdate:
		return today <= d.ChangesUntil
	}
	return false
}

// mayDecide tells whether the vendor may decide the entry.
func (e Entry) mayDecide(r Round) bool {
	return e.State == UnderReview && (r.State == Open || r.State == Reviewing)
}

// A Result is what the program says of the stage at an instant: its lines, and its materials.
type Computed struct {
	Ref       string              `json:"ref"`
	At        time.Time           `json:"at"`
	Met       bool                `json:"met"` // lines and materials
	EN        program.TrackReport `json:"en"`
	ZH        program.TrackReport `json:"zh"`
	Materials []MaterialResult    `json:"materials"`
}

// A MaterialResult says how many of one kind of material are asked, attached, and good: passed, recent, of the
// vendor's cloud where the program says so.
type MaterialResult struct {
	Ask      string `json:"ask"`
	EN       string `json:"en"`
	ZH       string `json:"zh"`
	Kind     string `json:"kind"`
	Need     int    `json:"need"`
	Attached int    `json:"attached"`
	Good     int    `json:"good"`
}

// Unmet are the lines that aren't met.
func (r Computed) Unmet() (ids []string) {
	for _, l := range r.EN.Lines {
		if !l.Met {
			ids = append(ids, l.ID)
		}
	}
	for _, m := range r.Materials {
		if m.Good < m.Need {
			ids = append(ids, m.Ask)
		}
	}
	return ids
}

// Lines are the result's lines in a language.
func (r Computed) Lines(lang string) []program.LineReport {
	if lang == i18n.Chinese {
		return r.ZH.Lines
	}
	return r.EN.Lines
}

// Counts are the entries of a round by state; Decided are those under review with a verdict.
type Counts struct {
	By      map[EntryState]int64
	Decided int64
}

// Undecided are the entries that the vendor must still decide.
func (c Counts) Undecided() int64 { return c.By[UnderReview] - c.Decided }

// All is the number of entries.
func (c Counts) All() (n int64) {
	for _, x := range c.By {
		n += x
	}
	return n
}

func sortScopes(s []Scope) []Scope {
	s = slices.Clone(s)
	slices.SortFunc(s, func(a, b Scope) int {
		if a.Program != b.Program {
			if a.Program < b.Program {
				return -1
			}
			return 1
		}
		if a.Level < b.Level {
			return -1
		}
		return 1
	})
	return slices.Compact(s)
}
