package program

import (
	"cmp"
	"slices"

	"hanse/internal/kit/calendar"
)

// Facts are what a program may ask about one partner, gathered once, flat and
// sorted. The zero value is a partner with nothing. Call Sort before Evaluate
// when the parts come in no order; the answer does not depend on it, but equal
// facts then also compare equal.
type Facts struct {
	People         []Person  // the roster, present and past, one entry per person
	Hotline        Hotline   // empty means none
	ServiceEmail   bool      // there is a service mail address
	ServiceManager string    // person id; empty means none
	IssueTracking  Tracking  // empty means none
	EventsAttended int       // vendor trainings, meetings and forums in the program's year
	NamedEngineers []string  // person ids
	Credits        int       // sum over the registered engineers, computed by whoever gathers the facts
	Projects       []Project // finished engineering projects
	Laboratory     []string  // gear codes, one entry per piece
	Market         string    // "overseas" or "domestic"; asked by eligibility only
	ChannelKinds   []string  // asked by eligibility only

	Holdings        []Holding     // levels and labels granted in other programs and in this one
	Materials       []Material    // cases, plans, solutions and offerings that passed their review
	Sites           []Site        // teaching facilities
	Languages       []string      // languages taught in
	Branches        []string      // country codes, one entry per branch
	ProjectManagers []string      // ids of persons appointed as dedicated project managers
	Attestations    []Attestation // what reviewers attested
	Restricted      bool          // the account is frozen
}

// A Person is an engineer or other employee on the partner's roster.
type Person struct {
	ID           string
	Name         string
	BoundOn      calendar.Day // first day with the partner; None: since always
	LeftOn       calendar.Day // first day no longer with the partner; None: still there
	Registered   bool         // registered as after-sales engineer
	Unconfirmed  bool         // bound by the company's word only
	CountsUntil  calendar.Day // first day on which an unconfirmed binding no longer counts; None: as long as bound
	Certificates []Certificate
}

// Bound tells whether the person works for the partner on the day: from BoundOn
// to the day before LeftOn.
func (p *Person) Bound(d calendar.Day) bool {
	return p.BoundOn <= d && (p.LeftOn.IsNone() || d < p.LeftOn)
}

// A Certificate is one certificate of a person. A code that no catalogue knows
// fills nothing.
type Certificate struct {
	Code      string
	IssuedOn  calendar.Day // None: not known, taken as long ago
	ExpiresOn calendar.Day // last valid day; None: IssuedOn plus the catalogue's validity
}

// A Project is a finished engineering project.
type Project struct {
	ListPriceUSD int64        // equipment list price in whole US dollars
	FinishedOn   calendar.Day // None: not finished, counts nowhere
}

// A Holding is a level or label that the partner was granted.
type Holding struct {
	Program string // "competency-database"
	Level   string
	From    calendar.Day // first valid day
	Until   calendar.Day // last valid day; None: open
}

// A Material is a document that passed its review.
type Material struct {
	ID          string
	Kind        string       // case, business-plan, solution, advanced-solution or offering
	PassedOn    calendar.Day // None: not passed, counts nowhere
	FinishedOn  calendar.Day // when the project or work ended; None: not said
	ValidUntil  calendar.Day // last valid day; None: open
	HuaweiCloud bool         // it was done on Huawei Cloud
	Published   bool         // the public can read about it
}

// The kinds of material.
const (
	MaterialCase             = "case"
	MaterialPlan             = "business-plan"
	MaterialSolution         = "solution"
	MaterialAdvancedSolution = "advanced-solution"
	MaterialOffering         = "offering"
)

// MaterialKinds are the kinds of material, in the order in which lists show
// them.
func MaterialKinds() []string {
	return []string{MaterialCase, MaterialPlan, MaterialSolution, MaterialAdvancedSolution, MaterialOffering}
}

// A Site is a place, or a platform, where a learning partner teaches.
type Site struct {
	Country string
	Mode    string // SiteOnSite or SiteOnline
	Seats   []int  // trainees that fit in, one entry per classroom
}

// The ways to teach.
const (
	SiteOnSite = "on-site"
	SiteOnline = "online"
)

// An Attestation is what a reviewer saw and attested, such as a trial lecture.
type Attestation struct {
	ID    string       // as the program names it
	On    calendar.Day // first valid day
	Until calendar.Day // last valid day; None: open
}

// Hotline is the hours of the after-sales hotline.
type Hotline string

// The hotline grades, best first; the zero value is none as well.
const (
	Hotline7x24 Hotline = "7x24"
	Hotline5x8  Hotline = "5x8"
	HotlineNone Hotline = "none"
)

// Tracking is how customers' issues are tracked.
type Tracking string

// The tracking grades, best first; the zero value is none as well.
const (
	TrackingAutomatic Tracking = "automatic"
	TrackingManual    Tracking = "manual"
	TrackingNone      Tracking = "none"
)

// Person finds a person by id.
func (f *Facts) Person(id string) (*Person, bool) {
	for i := range f.People {
		if f.People[i].ID == id {
			return &f.People[i], true
		}
	}
	return nil, false
}

// Sort brings the facts into their canonical order.
func (f *Facts) Sort() {
	slices.SortFunc(f.People, func(a, b Person) int { return cmp.Compare(a.ID, b.ID) })
	for i := range f.People {
		slices.SortFunc(f.People[i].Certificates, compareCertificates)
	}
	slices.Sort(f.NamedEngineers)
	slices.Sort(f.Laboratory)
	slices.Sort(f.ChannelKinds)
	slices.SortFunc(f.Projects, func(a, b Project) int {
		return cmp.Or(cmp.Compare(a.FinishedOn, b.FinishedOn), cmp.Compare(a.ListPriceUSD, b.ListPriceUSD))
	})
	f.sortGranted()
	slices.Sort(f.Languages)
	slices.Sort(f.Branches)
	slices.Sort(f.ProjectManagers)
	slices.SortFunc(f.Sites, func(a, b Site) int {
		return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.Mode, b.Mode), slices.Compare(a.Seats, b.Seats))
	})
}

// sortGranted orders what reviewers granted, passed and attested.
func (f *Facts) sortGranted() {
	slices.SortFunc(f.Holdings, func(a, b Holding) int {
		return cmp.Or(cmp.Compare(a.Program, b.Program), cmp.Compare(a.Level, b.Level), cmp.Compare(a.From, b.From),
			cmp.Compare(a.Until, b.Until))
	})
	slices.SortFunc(f.Materials, func(a, b Material) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(f.Attestations, func(a, b Attestation) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.On, b.On), cmp.Compare(a.Until, b.Until))
	})
}

// compareCertificates is a total order, so that equal facts in any order sort
// alike.
func compareCertificates(a, b Certificate) int {
	return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.ExpiresOn, b.ExpiresOn), cmp.Compare(a.IssuedOn, b.IssuedOn))
}
