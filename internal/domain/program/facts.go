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
}

// A Person is an engineer or other employee on the partner's roster.
type Person struct {
	ID           string
	Name         string
	BoundOn      calendar.Day // first day with the partner; None: since always
	LeftOn       calendar.Day // first day no longer with the partner; None: still there
	Registered   bool         // registered as after-sales engineer
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
}

// compareCertificates is a total order, so that equal facts in any order sort
// alike.
func compareCertificates(a, b Certificate) int {
	return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.ExpiresOn, b.ExpiresOn), cmp.Compare(a.IssuedOn, b.IssuedOn))
}
