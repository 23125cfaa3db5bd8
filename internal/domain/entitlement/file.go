package entitlement

import (
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Calendar is a request as a calendar file (RFC 5545), so that its days stand in everybody's own calendar. Consulting is an
// entry for each run of working days; the same file read again changes the entries, and a request that ended cancels them.
func (r Request) Calendar(lang, host string, now time.Time) string {
	c := newFile(lang)
	w := calendar.Standard()
	status := ics.ObjectStatusTentative
	switch r.State {
	case Approved, Past:
		status = ics.ObjectStatusConfirmed
	case Refused, Withdrawn:
		status = ics.ObjectStatusCancelled
	}
	for i, run := range r.runs(w) {
		e := c.AddEvent(r.ID + "-" + string(rune('a'+i%26)) + "@" + host)
		e.SetDtStampTime(now)
		e.SetAllDayStartAt(run.First.Time().In(calendar.Zone))
		e.SetAllDayEndAt((run.Last + 1).Time().In(calendar.Zone)) // the first day that doesn't belong to it
		e.SetSequence(int(r.Edition))
		e.SetStatus(status)
		e.SetSummary(i18n.Text(lang, i18n.M("entitlement.file.summary", i18n.A{"unit": r.Unit.Label(), "topic": i18n.Raw(r.Topic)})))
		e.SetDescription(join(i18n.Text(lang, i18n.M("entitlement.file.contact", i18n.A{"contact": i18n.Raw(r.Contact), "email": i18n.Raw(r.Email)})), r.Note, r.Answer))
	}
	return c.Serialize(lines)
}

// runs are the stretches of days that a request takes.
func (r Request) runs(w *calendar.Working) (out []Dates) {
	for day := r.First; day <= r.Last; day++ {
		switch {
		case r.Unit == Consulting && !w.IsWorking(day):
		case len(out) > 0 && out[len(out)-1].Last == day-1:
			out[len(out)-1].Last = day
		default:
			out = append(out, Dates{day, day})
		}
	}
	return out
}

// Calendar is a training as a calendar file (RFC 5545).
func (s Session) Calendar(lang, host string, now time.Time) string {
	c := newFile(lang)
	e := c.AddEvent(s.ID + "@" + host)
	e.SetDtStampTime(now)
	e.SetStartAt(s.StartsAt)
	e.SetEndAt(s.StartsAt.Add(time.Duration(s.Minutes) * time.Minute))
	e.SetSequence(int(s.Edition))
	e.SetStatus(ics.ObjectStatusConfirmed)
	if s.Cancelled {
		e.SetStatus(ics.ObjectStatusCancelled)
	}
	e.SetSummary(i18n.Text(lang, s.Title()))
	e.SetLocation(s.Place)
	e.SetDescription(s.Note)
	return c.Serialize(lines)
}

// lines end as the standard asks for, whatever the system's do.
const lines ics.WithNewLine = "\r\n"

func newFile(lang string) *ics.Calendar {
	c := ics.NewCalendarFor("Hanse")
	c.SetProductId("-//Hanse//Partner Center//" + map[bool]string{true: "ZH", false: "EN"}[lang == i18n.Chinese])
	c.SetMethod(ics.MethodPublish)
	return c
}

func join(parts ...string) string {
	var out []string
	for _, l := range parts {
		if l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}
