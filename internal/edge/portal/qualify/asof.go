package qualify

import (
	"context"
	"net/http"
	"strings"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A moment is the day as of which a page looks.
type moment struct {
	Day   calendar.Day
	Past  bool   // it isn't today
	Wrong bool   // the day that was asked for is none
	Path  string // of the page as of today
}

// asked reads the day from the address.
func (p pages) asked(r *http.Request, path string) moment {
	m := moment{Day: calendar.DayOf(p.Clock.Now()), Path: path}
	at := r.URL.Query().Get("at")
	if day, err := calendar.ParseDay(at); err == nil {
		m.Past = day != m.Day
		m.Day = day
	} else {
		m.Wrong = at != ""
	}
	return m
}

// overviewAt is the overview as of another day.
func (p pages) overviewAt(w http.ResponseWriter, r *http.Request, d door.Door, m moment) error {
	list, err := p.q.OverviewAt(r.Context(), site.By(r), d.Account, m.Day.Time())
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, overviewAtPage(door.See(p.Site, r, d), m, list))
}

// heldThen are the levels that were granted, in words.
func heldThen(ctx context.Context, s qualification.StandingAt) string {
	var out []string
	for _, id := range s.Held {
		out = append(out, Level(ctx, s.Version, id))
	}
	if len(out) == 0 {
		return "–"
	}
	return strings.Join(out, ", ")
}

// stateThen is the first line: what was held.
func stateThen(ctx context.Context, m moment, list []qualification.StandingAt) string {
	var held []string
	for _, s := range list {
		if len(s.Held) > 0 {
			held = append(held, Title(ctx, s.Version)+": "+heldThen(ctx, s))
		}
	}
	if len(held) == 0 {
		return i18n.T(ctx, "forecast.then.none", i18n.A{"day": Day(ctx, m.Day)})
	}
	return i18n.T(ctx, "forecast.then.held", i18n.A{"day": Day(ctx, m.Day), "list": i18n.Raw(strings.Join(held, "; "))})
}

// seenAt looks at a certificate as of another day: its status then, and the lines by the facts of the day.
func (p pages) seenAt(r *http.Request, c *paper) error {
	c.Then = p.asked(r, c.address())
	if !c.Then.Past || !site.By(r).Can(actor.ViewEvaluation) {
		return nil
	}
	e, err := p.q.Evaluate(r.Context(), site.By(r), c.Account, c.Spec.Ref(), c.Then.Day.Time(), program.Hold)
	if err != nil {
		return err
	}
	c.Hold = e.Evaluation
	names := map[string]string{}
	for id, name := range c.Names {
		names[id] = name
	}
	for i := range e.Facts.People {
		names[e.Facts.People[i].ID] = e.Facts.People[i].Name
	}
	c.Names = names
	return nil
}

// then says how a certificate stood on the day.
func (c paper) then(ctx context.Context) string {
	day := Day(ctx, c.Then.Day)
	s := c.StatusAt(c.Spec, c.Then.Day)
	if s == "" {
		return i18n.T(ctx, "forecast.then.before", i18n.A{"day": day})
	}
	level := Level(ctx, c.Spec, c.Hold.BestLevel)
	return i18n.T(ctx, "forecast.then.certificate", i18n.A{"day": day, "status": s.Label(), "level": level})
}

// dayForm chooses the day of a page.
func (m moment) dayForm(ctx context.Context) ui.FiltersView {
	return ui.FiltersView{Action: m.Path, Apply: i18n.T(ctx, "qualify.program.show"),
		Fields: []ui.FieldView{{Name: "at", Label: i18n.T(ctx, "qualify.program.at"), Type: "date", Value: m.Day.String()}}}
}
