package entitlement

import (
	"fmt"
	"time"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/text"
)

// A Mode is how a training is held.
type Mode string

// The modes. Trainings at a site are for PREMIUM.
const (
	Online Mode = "online"
	Onsite Mode = "onsite"
)

// Modes are all.
func Modes() []Mode { return []Mode{Online, Onsite} }

// Label names the mode.
func (m Mode) Label() i18n.Msg {
	if m == Onsite {
		return i18n.M("entitlement.mode.onsite")
	}
	return i18n.M("entitlement.mode.online")
}

// A NeedState is where a wish for a training stands.
type NeedState string

// The states of a need.
const (
	NeedOpen      NeedState = "open"
	NeedPlanned   NeedState = "planned"
	NeedWithdrawn NeedState = "withdrawn"
)

// Label names the state.
func (s NeedState) Label() i18n.Msg {
	switch s {
	case NeedPlanned:
		return i18n.M("entitlement.need.planned")
	case NeedWithdrawn:
		return i18n.M("entitlement.need.withdrawn")
	}
	return i18n.M("entitlement.need.open")
}

// A Need is what a partner would like to be trained in. Needs are collected before a session is planned.
type Need struct {
	Account     string
	ID          string
	PartnerName string
	Topic       string
	Mode        Mode
	People      int64
	Contact     string
	Email       string
	Note        string
	State       NeedState
	Session     string
	Asker       string
	CreatedAt   time.Time
	Key         string // a second one with it is the first one
}

func (n *Need) check() error {
	n.Topic, n.Contact, n.Email, n.Note = text.Clean(n.Topic), text.Clean(n.Contact), text.Clean(n.Email), text.Lines(n.Note)
	var fs fault.Fields
	line(&fs, "topic", n.Topic, i18n.M("entitlement.field.topic", i18n.A{"most": mostLine}))
	line(&fs, "contact", n.Contact, i18n.M("entitlement.field.contact", i18n.A{"most": mostLine}))
	email(&fs, &n.Email)
	if n.Mode != Online && n.Mode != Onsite {
		fs.Add("mode", string(n.Mode), i18n.M("entitlement.field.mode"))
	}
	if n.People < 1 || n.People > mostSeats {
		fs.Add("people", fmt.Sprint(n.People), i18n.M("entitlement.field.people", i18n.A{"most": mostSeats}))
	}
	if len([]rune(n.Note)) > mostText {
		fs.Add("note", "", i18n.M("entitlement.field.note", i18n.A{"most": mostText}))
	}
	if len(n.Key) > mostKey {
		fs.Add("key", "", i18n.M("entitlement.field.key", i18n.A{"most": mostKey}))
	}
	return fs.Err()
}

// A Session is a central training of the vendor.
type Session struct {
	ID        string
	TitleEN   string
	TitleZH   string
	Mode      Mode
	Place     string // link or address
	Note      string
	StartsAt  time.Time
	Minutes   int64
	Cancelled bool
	Edition   int64
	EnteredBy string
	Key       string // a second one with it is the first one
	Needs     []string

	Seats int64 // partners that take part
	Mine  bool  // the reader's company does
}

// Title is the training's name in the reader's language.
func (s Session) Title() i18n.Msg {
	return i18n.Both(map[string]string{i18n.English: s.TitleEN, i18n.Chinese: s.TitleZH})
}

// mostMinutes is two days.
const mostMinutes = 2 * 24 * 60

func (s *Session) check(now time.Time) error {
	s.TitleEN, s.TitleZH, s.Place, s.Note = text.Clean(s.TitleEN), text.Clean(s.TitleZH), text.Clean(s.Place), text.Lines(s.Note)
	var fs fault.Fields
	line(&fs, "title_en", s.TitleEN, i18n.M("entitlement.field.title", i18n.A{"most": mostLine}))
	line(&fs, "title_zh", s.TitleZH, i18n.M("entitlement.field.title", i18n.A{"most": mostLine}))
	if n := len([]rune(s.Place)); n == 0 || n > 2*mostLine {
		fs.Add("place", "", i18n.M("entitlement.field.place", i18n.A{"most": 2 * mostLine}))
	}
	if s.Mode != Online && s.Mode != Onsite {
		fs.Add("mode", string(s.Mode), i18n.M("entitlement.field.mode"))
	}
	switch {
	case s.StartsAt.IsZero():
		fs.Add("starts_at", "", i18n.M("entitlement.field.start"))
	case !s.StartsAt.After(now):
		fs.Add("starts_at", s.StartsAt.In(calendar.Zone).Format("2006-01-02 15:04"), i18n.M("entitlement.field.start_past"))
	}
	if s.Minutes < 15 || s.Minutes > mostMinutes {
		fs.Add("minutes", fmt.Sprint(s.Minutes), i18n.M("entitlement.field.minutes", i18n.A{"most": mostMinutes}))
	}
	if len([]rune(s.Note)) > mostText {
		fs.Add("note", "", i18n.M("entitlement.field.note", i18n.A{"most": mostText}))
	}
	return fs.Err()
}

// A Seat is a partner that takes part in a session.
type Seat struct {
	Account     string
	Session     string
	PartnerName string
	StartsAt    time.Time
	Taken       bool
	Edition     int64
	TakenBy     string

	transfer string
}
