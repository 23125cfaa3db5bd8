package entitlement

import (
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// A State is where a request for days stands.
type State string

// The states of a request. While it's requested its days are held; when it's approved they're drawn.
const (
	Requested State = "requested"
	Approved  State = "approved"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Past      State = "used" // its last day is over
)

// States are all.
func States() []State { return []State{Requested, Approved, Refused, Withdrawn, Past} }

// Label names the state.
func (s State) Label() i18n.Msg {
	switch s {
	case Requested:
		return i18n.M("entitlement.state.requested")
	case Approved:
		return i18n.M("entitlement.state.approved")
	case Refused:
		return i18n.M("entitlement.state.refused")
	case Withdrawn:
		return i18n.M("entitlement.state.withdrawn")
	case Past:
		return i18n.M("entitlement.state.used")
	}
	return i18n.Raw(string(s))
}

// Open tells whether a request holds or has drawn days that can still come back.
func (s State) Open() bool { return s == Requested || s == Approved }

// A Cause says why the program ended a request.
type Cause string

// The causes.
const (
	PlanEnded  Cause = "plan_ended"
	NotDecided Cause = "not_decided" // until its first day
)

// Label names the cause.
func (c Cause) Label() i18n.Msg {
	switch c {
	case PlanEnded:
		return i18n.M("entitlement.cause.plan_ended")
	case NotDecided:
		return i18n.M("entitlement.cause.not_decided")
	}
	return i18n.Raw(string(c))
}

// Dates are whole days, both included.
type Dates struct{ First, Last calendar.Day }

// Count is how many units the dates take: working days of consulting, natural days of an event.
func (d Dates) Count(u Unit, w *calendar.Working) (n int64) {
	for day := d.First; day <= d.Last; day++ {
		if u != Consulting || w.IsWorking(day) {
			n++
		}
	}
	return n
}

// A Request asks for whole days of consulting, or of key-event assurance.
type Request struct {
	Account     string
	ID          string
	PartnerName string
	Unit        Unit
	Period      string // the plan year whose days it takes
	Dates
	Days        int64
	Topic       string
	Contact     string
	Email       string
	Note        string
	State       State
	Edition     int64
	Answer      string // the vendor's words
	Cause       Cause
	RequestedBy string // user id
	Asker       string // names
	Answerer    string
	CreatedAt   time.Time
	ChangedAt   time.Time

	key      string
	hold     string
	transfer string
}

// An Asking is what somebody types.
type Asking struct {
	Account string
	Unit    Unit
	Dates
	Topic   string
	Contact string
	Email   string
	Note    string
	Key     string // a second one with it is the first one
	DryRun  bool   // says whether it could be made, and makes nothing
}

// The bounds of entries.
const (
	mostLine  = 200
	mostEmail = 254
	mostText  = 2000
	mostKey   = 64
	mostDays  = 92
	mostSeats = 1000
)

func (a *Asking) check(w *calendar.Working, today calendar.Day, lead int) error {
	a.Topic, a.Contact, a.Email, a.Note = text.Clean(a.Topic), text.Clean(a.Contact), text.Clean(a.Email), text.Lines(a.Note)
	var fs fault.Fields
	if a.Unit != Consulting && a.Unit != Event {
		fs.Add("kind", string(a.Unit), i18n.M("entitlement.field.kind"))
	}
	line(&fs, "topic", a.Topic, i18n.M("entitlement.field.topic", i18n.A{"most": mostLine}))
	line(&fs, "contact", a.Contact, i18n.M("entitlement.field.contact", i18n.A{"most": mostLine}))
	email(&fs, &a.Email)
	if len([]rune(a.Note)) > mostText {
		fs.Add("note", "", i18n.M("entitlement.field.note", i18n.A{"most": mostText}))
	}
	if len(a.Key) > mostKey {
		fs.Add("key", "", i18n.M("entitlement.field.key", i18n.A{"most": mostKey}))
	}
	a.Dates.check(&fs, a.Unit, w, today, lead)
	return fs.Err()
}

func line(fs *fault.Fields, name, value string, msg i18n.Msg) {
	if n := len([]rune(value)); n == 0 || n > mostLine {
		fs.Add(name, "", msg)
	}
}

func email(fs *fault.Fields, value *string) {
	address, ok := text.Email(*value)
	if !ok || len(address) > mostEmail {
		fs.Add("email", *value, i18n.M("entitlement.field.email"))
		return
	}
	*value = address
}

// check refuses dates that can't be asked for. Consulting begins and ends on working days; a day asked for on the day
// itself can't be prepared.
func (d Dates) check(fs *fault.Fields, u Unit, w *calendar.Working, today calendar.Day, lead int) {
	earliest := today.AddDays(lead)
	switch {
	case d.First.IsNone():
		fs.Add("first_on", "", i18n.M("entitlement.field.day"))
	case d.First < earliest:
		fs.Add("first_on", d.First.String(), i18n.M("entitlement.field.early", i18n.A{"day": d.First.String(), "earliest": earliest.String()}))
	case u == Consulting && !w.IsWorking(d.First):
		fs.Add("first_on", d.First.String(), i18n.M("entitlement.field.rest", i18n.A{"day": d.First.String(), "next": w.NextWorking(d.First).String()}))
	}
	switch {
	case d.Last.IsNone():
		fs.Add("last_on", "", i18n.M("entitlement.field.day"))
	case d.Last < d.First:
		fs.Add("last_on", d.Last.String(), i18n.M("entitlement.field.order", i18n.A{"day": d.Last.String(), "first": d.First.String()}))
	case d.Last >= d.First.AddDays(mostDays):
		fs.Add("last_on", d.Last.String(), i18n.M("entitlement.field.long", i18n.A{"most": mostDays}))
	case u == Consulting && !w.IsWorking(d.Last):
		fs.Add("last_on", d.Last.String(), i18n.M("entitlement.field.rest", i18n.A{"day": d.Last.String(), "next": w.NextWorking(d.Last).String()}))
	}
}
