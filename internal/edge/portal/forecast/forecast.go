// Package forecast holds the pages about what is to come: how long a level lasts and what ends it, what would change
// if somebody left or passed an exam, the cheapest way to a level, and for the vendor the same of the whole channel.
package forecast

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	q *qualification.Service
}

// Register adds the pages.
func Register(s *site.Site, q *qualification.Service) {
	p := pages{s, q}
	door.Partner(s, "GET /qualifications/{program}/forecast", p.outlook)
	door.Partner(s, "GET /qualifications/{program}/advice", p.advice)
	door.Plain(s, "GET /channel/forecast", p.channel)
	door.Exports(s, door.Plain, "/channel/forecast", p.exportChannel)
}

// A look is what a request asks about: a program, as of a day, for a purpose.
type look struct {
	Program string
	Today   calendar.Day
	Day     calendar.Day
	Past    bool // the day isn't today
	Wrong   bool // the day that was asked for is none
	For     program.Purpose
	Months  int
	Held    *qualification.Qualification
	query   url.Values
	path    string
	keys    []string // of the address that other choices keep
}

// lengths are the forecasts that can be chosen, in months.
var lengths = []int{6, 12, 24, 36}

func (p pages) look(r *http.Request, path string, otherwise program.Purpose, keys ...string) look {
	q := r.URL.Query()
	l := look{Program: r.PathValue("program"), Today: calendar.DayOf(p.Clock.Now()), For: otherwise, query: q, path: path,
		Months: qualification.ForecastMonths, keys: append(keys, "at", "for", "months", "level")}
	l.Day = l.Today
	if day, bad := calendar.ParseDay(q.Get("at")); bad == nil {
		l.Day, l.Past = day, day != l.Today
	} else if q.Get("at") != "" {
		l.Wrong = true
	}
	if x := program.Purpose(q.Get("for")); x == program.Hold || x == program.Apply {
		l.For = x
	}
	for _, n := range lengths {
		if q.Get("months") == strconv.Itoa(n) {
			l.Months = n
		}
	}
	return l
}

// at is the instant of the look; zero is now.
func (l look) at() time.Time {
	if !l.Past {
		return time.Time{}
	}
	return l.Day.Time()
}

// findHeld finds the running qualification of the program, if the reader may see it.
func (p pages) findHeld(r *http.Request, d door.Door, l *look) error {
	by := site.By(r)
	if !by.Can(actor.ViewQualification) {
		return nil
	}
	list, _, err := p.q.Qualifications(r.Context(), by, qualification.QualificationFilter{Account: d.Account, Program: l.Program, Limit: 20})
	for i := range list {
		if s := list[i].State; l.Held == nil && (s == qualification.Valid || s == qualification.Suspended) {
			l.Held = &list[i]
		}
	}
	return err
}

// ref is the version that is asked: what was granted is kept by the version that it was granted by.
func (l look) ref() string {
	if l.For == program.Hold && l.Held != nil {
		return l.Held.Ref()
	}
	return l.Program
}

// href is the address of the page with another choice.
func (l look) href(key, value string) string {
	q := url.Values{}
	for _, k := range l.keys {
		for _, x := range l.query[k] {
			if x != "" {
				q.Add(k, x)
			}
		}
	}
	if value == "" {
		q.Del(key)
	} else {
		q.Set(key, value)
	}
	return door.With(l.path, q)
}

// hidden is what a form keeps of the address, besides its own fields.
func (l look) hidden(own ...string) (out [][2]string) {
	for _, k := range l.keys {
		for _, x := range l.query[k] {
			if x != "" && !contains(own, k) {
				out = append(out, [2]string{k, x})
			}
		}
	}
	return out
}

func contains(list []string, x string) bool {
	for _, y := range list {
		if y == x {
			return true
		}
	}
	return false
}

// dayField chooses the day as of which a page looks.
func (l look) dayField(ctx context.Context) ui.FieldView {
	return ui.FieldView{Name: "at", Label: i18n.T(ctx, "forecast.at"), Type: "date", Value: l.Day.String()}
}

func (l look) monthsField(ctx context.Context) ui.FieldView {
	f := ui.FieldView{Name: "months", Label: i18n.T(ctx, "forecast.months"), Value: strconv.Itoa(l.Months)}
	for _, n := range lengths {
		f.Options = append(f.Options, ui.Option{Value: strconv.Itoa(n), Label: i18n.T(ctx, "forecast.months.n", i18n.A{"n": n})})
	}
	return f
}

func (l look) purposes(ctx context.Context) []ui.Tab {
	return []ui.Tab{
		{Href: l.href("for", "hold"), Label: i18n.T(ctx, "forecast.for.hold"), Current: l.For == program.Hold},
		{Href: l.href("for", "apply"), Label: i18n.T(ctx, "forecast.for.apply"), Current: l.For == program.Apply},
	}
}

// day is a calendar day in the reader's way.
func day(ctx context.Context, d calendar.Day) string {
	if d.IsNone() {
		return "–"
	}
	return i18n.From(ctx).Day(d.String())
}

// level is the title of a level; a word for none.
func level(ctx context.Context, v *program.Version, id string) string {
	l, ok := v.Level(id)
	if !ok {
		return i18n.T(ctx, "forecast.level.none")
	}
	return i18n.Say(ctx, l.Title.Msg())
}

func lineTitle(ctx context.Context, v *program.Version, id string) string {
	if l, ok := v.Line(id); ok {
		return i18n.Say(ctx, l.Title.Msg())
	}
	return id
}

func trackTitle(ctx context.Context, v *program.Version, id string) string {
	for _, t := range v.AllTracks() {
		if t.ID == id {
			return i18n.Say(ctx, t.Title.Msg())
		}
	}
	return id
}

// cause says what begins or ends.
func cause(ctx context.Context, c program.Cause, name string) string {
	args := i18n.A{"person": name, "code": c.Code, "day": day(ctx, c.Until)}
	switch c.Kind {
	case program.CauseExpiry:
		return i18n.T(ctx, "forecast.cause.expiry", args)
	case program.CauseTooShort:
		return i18n.T(ctx, "forecast.cause.short", args)
	case program.CauseIssue:
		return i18n.T(ctx, "forecast.cause.issue", args)
	case program.CauseLeave:
		return i18n.T(ctx, "forecast.cause.leave", args)
	case program.CauseJoin:
		return i18n.T(ctx, "forecast.cause.join", args)
	case program.CauseUnproven:
		return i18n.T(ctx, "forecast.cause.unproven", args)
	}
	return i18n.T(ctx, "forecast.cause.other")
}
