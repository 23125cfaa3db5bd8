// Package equipment is the installed base: which device went where, in which project, ordered by which partner, and until
// when it's maintained.
//
// It comes in files from the vendor's delivery system, or one by one by a form, is keyed by the vendor's serial numbers, and says who serves a
// fault: the partner that ordered the device, as long as it's under maintenance ("the seller provides service").
package equipment

import (
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// EndingDays is how long before its end maintenance counts as ending.
const EndingDays = 90

// An Item is one device. Customer and Partner are accounts; "" = the customer isn't one here, the vendor sold it itself.
type Item struct {
	Serial          string
	Product         string // what the vendor calls it
	Project         string // the project's key; "" = none
	ProjectNumber   string
	ProjectName     string
	Customer        string
	CustomerName    string
	Partner         string
	PartnerName     string
	Site            string
	Delivered       calendar.Day // None = not known
	MaintainedUntil calendar.Day // the last day; None = no maintenance
	Import          string       // that changed it last; "" = somebody by a form
	ChangedAt       time.Time
	Edition         int64

	fold string
	hash []byte
}

// Maintained tells whether the device is under maintenance on a day.
func (i Item) Maintained(day calendar.Day) bool {
	return !i.MaintainedUntil.IsNone() && i.MaintainedUntil >= day
}

// OrderedBy is the partner that serves it while it's maintained; "" = the vendor.
func (i Item) OrderedBy() string { return i.Partner }

// A State narrows lists by maintenance.
type State string

// The states.
const (
	Maintained State = "maintained" // including what ends soon
	Ending     State = "ending"     // within EndingDays
	Ended      State = "ended"      // or never had any
)

// States lists them.
var States = []State{Maintained, Ending, Ended}

// Label is the state in words.
func (s State) Label() i18n.Msg {
	switch s {
	case Maintained:
		return i18n.M("equipment.state.maintained")
	case Ending:
		return i18n.M("equipment.state.ending")
	}
	return i18n.M("equipment.state.ended")
}

// StateOn is the item's on a day.
func (i Item) StateOn(day calendar.Day) State {
	switch {
	case !i.Maintained(day):
		return Ended
	case i.MaintainedUntil <= day.AddDays(EndingDays):
		return Ending
	}
	return Maintained
}

// A Project is what devices were delivered for.
type Project struct {
	Key          string
	Number       string // "" = it has a name alone
	Name         string
	Customer     string
	CustomerName string
	Partner      string
	PartnerName  string
	Devices      int64
	Maintained   int64
	ChangedAt    time.Time
	Edition      int64
}

// Title is how people call it.
func (p Project) Title() string {
	switch {
	case p.Number == "":
		return p.Name
	case p.Name == "":
		return p.Number
	}
	return p.Number + " " + p.Name
}

// An ImportState says who acts next.
type ImportState string

// The states of an import.
const (
	Checking  ImportState = "checking"  // a job reads the file and compares
	Ready     ImportState = "ready"     // the user confirms or cancels
	Writing   ImportState = "writing"   // a job takes the good rows
	Done      ImportState = "done"      // nobody
	Failed    ImportState = "failed"    // the user: the rest of the file can't be read; what was taken stays
	Cancelled ImportState = "cancelled" // nobody; what was taken stays
)

// Label is the state in words.
func (s ImportState) Label() i18n.Msg {
	switch s {
	case Checking:
		return i18n.M("equipment.import.checking")
	case Ready:
		return i18n.M("equipment.import.ready")
	case Writing:
		return i18n.M("equipment.import.writing")
	case Done:
		return i18n.M("equipment.import.done")
	case Failed:
		return i18n.M("equipment.import.failed")
	}
	return i18n.M("equipment.import.cancelled")
}
