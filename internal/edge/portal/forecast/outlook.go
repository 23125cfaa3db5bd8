package forecast

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// An outlookView is a forecast, with what is supposed beside it.
type outlookView struct {
	look
	qualification.Supposed
	Level string // whose lines are shown
	Track string
	Base  string // of the door, before /people/…
}

// outlook is the page of a forecast. Suppositions stand in the address, so that it can be kept and passed on.
func (p pages) outlook(w http.ResponseWriter, r *http.Request, d door.Door) error {
	l := p.look(r, d.Path("/qualifications/"+r.PathValue("program")+"/forecast"), program.Hold, "if")
	if err := p.findHeld(r, d, &l); err != nil {
		return err
	}
	v, err := p.suppose(r, d, l, events(l.query["if"]))
	if err != nil {
		return err
	}
	if l.query.Has("kind") {
		return p.addEvent(w, r, d, v)
	}
	return p.Show(w, r, http.StatusOK, outlookPage(door.See(p.Site, r, d), v))
}

// suppose makes the view. Suppositions of the address that can't be (any more) are left out.
func (p pages) suppose(r *http.Request, d door.Door, l look, es []program.Event) (outlookView, error) {
	v := outlookView{look: l, Base: d.Base}
	var err error
	if len(es) > 0 {
		v.Supposed, err = p.q.WhatIf(r.Context(), site.By(r), d.Account, l.ref(), l.at(), l.Months, l.For, es)
	}
	if len(es) == 0 || refused(err) {
		f, failed := p.q.Forecast(r.Context(), site.By(r), d.Account, l.ref(), l.at(), l.Months, l.For)
		v.Supposed, err = qualification.Supposed{Forecasted: f, After: f.Outlook}, failed
	}
	if err == nil {
		v.choose()
	}
	return v, err
}

// addEvent takes one more supposition from the form and puts it into the address, or shows what is wrong with it.
func (p pages) addEvent(w http.ResponseWriter, r *http.Request, d door.Door, v outlookView) error {
	q := r.URL.Query()
	e := program.Event{Kind: program.EventKind(q.Get("kind")), Person: q.Get("person")}
	if e.Kind == program.SupposePass {
		e.Code = q.Get("code")
	}
	e.Day, _ = calendar.ParseDay(q.Get("day"))
	_, err := p.q.WhatIf(r.Context(), site.By(r), d.Account, v.ref(), v.at(), v.Months, v.For, []program.Event{e})
	if err == nil {
		to := v.look
		to.query = r.URL.Query()
		to.query.Add("if", encode(e))
		http.Redirect(w, r, to.href("", "")+"#what-if", http.StatusSeeOther)
		return nil
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		for i := range errs {
			errs[i].Name = strings.TrimPrefix(errs[i].Name, "events.0.")
		}
		return outlookPage(door.See(p.Site, r, d, errs...), v)
	})
}

// encode writes a supposition for the address: kind:person:code:day.
func encode(e program.Event) string {
	return strings.Join([]string{string(e.Kind), e.Person, e.Code, e.Day.String()}, ":")
}

// events reads suppositions from the address; what can't be read is left out.
func events(list []string) (out []program.Event) {
	for _, x := range list {
		parts := strings.Split(x, ":")
		if len(parts) != 4 {
			continue
		}
		d, err := calendar.ParseDay(parts[3])
		if err == nil {
			out = append(out, program.Event{Kind: program.EventKind(parts[0]), Person: parts[1], Code: parts[2], Day: d})
		}
	}
	return out
}

// without is the address with one supposition less.
func (v outlookView) without(i int) string {
	l := v.look
	l.query = map[string][]string{}
	for k, x := range v.query {
		l.query[k] = x
	}
	l.query["if"] = nil
	for j, e := range v.Events {
		if j != i {
			l.query["if"] = append(l.query["if"], encode(e))
		}
	}
	return l.href("", "") + "#what-if"
}

// choose finds the level whose lines are shown: the one asked for, the one held, the one met, or the lowest.
func (v *outlookView) choose() {
	v.Level = v.query.Get("level")
	for _, x := range []string{heldLevel(v.Held), v.Outlook.Start.BestLevel, v.Version.Levels[0].ID} {
		if _, ok := v.Version.Level(v.Level); !ok {
			v.Level = x
		}
	}
	l, _ := v.Outlook.Start.Level(v.Level)
	v.Track = l.Best().Track
	if v.Held != nil && v.For == program.Hold && v.Held.Level == v.Level && v.Held.Track != "" {
		v.Track = v.Held.Track
	}
}

func heldLevel(q *qualification.Qualification) string {
	if q == nil {
		return ""
	}
	return q.Level
}

// fall is the first day on which a level is lost.
func fall(v *program.Version, o *program.Outlook) (program.Turn, bool) {
	i := slices.IndexFunc(o.Turns, func(t program.Turn) bool { return v.LevelIndex(t.After) < v.LevelIndex(t.Before) })
	if i < 0 {
		return program.Turn{}, false
	}
	return o.Turns[i], true
}

// state is the first line: what holds and until when.
func (v outlookView) state(ctx context.Context) string {
	now := v.Outlook.Start.BestLevel
	args := i18n.A{"level": level(ctx, v.Version, now), "day": day(ctx, v.Outlook.To)}
	t, falls := fall(v.Version, &v.Outlook)
	switch {
	case falls:
		return i18n.T(ctx, "forecast.state.falls", i18n.A{"level": level(ctx, v.Version, t.Before), "day": day(ctx, t.Day-1), "after": level(ctx, v.Version, t.After)})
	case now == "" && v.Outlook.Held(v.Outlook.To) == "":
		return i18n.T(ctx, "forecast.state.none", args)
	case now == "":
		return i18n.T(ctx, "forecast.state.rises", i18n.A{"level": level(ctx, v.Version, v.Outlook.Held(v.Outlook.To))})
	}
	return i18n.T(ctx, "forecast.state.steady", args)
}

// next is the second line: what to do.
func (v outlookView) next(ctx context.Context) string {
	t, falls := fall(v.Version, &v.Outlook)
	if !falls {
		return i18n.T(ctx, "forecast.next.steady")
	}
	c := t.Causes[0]
	args := i18n.A{"person": v.Name(c.Person), "code": c.Code, "day": day(ctx, t.Day-1)}
	switch c.Kind {
	case program.CauseExpiry, program.CauseTooShort:
		return i18n.T(ctx, "forecast.next.expiry", args)
	case program.CauseLeave:
		return i18n.T(ctx, "forecast.next.leave", args)
	case program.CauseUnproven:
		return i18n.T(ctx, "forecast.next.unproven", args)
	}
	return i18n.T(ctx, "forecast.next.other")
}

// levels are tabs for the level whose lines are shown.
func (v outlookView) levels(ctx context.Context) (tabs []ui.Tab) {
	for _, l := range v.Version.Levels {
		tabs = append(tabs, ui.Tab{Href: v.href("level", l.ID) + "#time", Label: i18n.Say(ctx, l.Title.Msg()), Current: l.ID == v.Level})
	}
	return tabs
}

// A turnRow is a day of the table.
type turnRow struct {
	Day    calendar.Day
	Causes []string
	Lines  []program.LineTurn
	Turn   program.Turn
}

// turns are the days of a forecast, with the lines of the level that matters that day.
func (v outlookView) turns(ctx context.Context, o *program.Outlook) (out []turnRow) {
	for _, t := range o.Turns {
		focus := v.Level
		if t.Before != t.After {
			focus = t.Before
			if v.Version.LevelIndex(t.After) > v.Version.LevelIndex(t.Before) {
				focus = t.After
			}
		}
		row := turnRow{Day: t.Day, Turn: t}
		for _, l := range t.Lines {
			same := func(x program.LineTurn) bool { return x.Line == l.Line }
			if l.Level == focus && !slices.ContainsFunc(row.Lines, same) {
				row.Lines = append(row.Lines, l)
			}
		}
		if len(row.Lines) == 0 && t.Before == t.After {
			continue // it concerns other levels only
		}
		for _, c := range t.Causes {
			row.Causes = append(row.Causes, cause(ctx, c, v.Name(c.Person)))
		}
		out = append(out, row)
	}
	return out
}

func (v outlookView) people(ctx context.Context) (out []ui.Option) {
	for i := range v.Facts.People {
		if p := &v.Facts.People[i]; p.Bound(v.Day) {
			out = append(out, ui.Option{Value: p.ID, Label: door.Data(ctx, v.Name(p.ID))})
		}
	}
	slices.SortFunc(out, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	return out
}

func (v outlookView) certificates(ctx context.Context) (out []ui.Option) {
	for _, code := range v.Version.Certificates() {
		out = append(out, ui.Option{Value: code, Label: door.Data(ctx, code)})
	}
	return out
}

func kindsOfEvent(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(program.SupposeLeave), Label: i18n.T(ctx, "forecast.if.leave")},
		{Value: string(program.SupposePass), Label: i18n.T(ctx, "forecast.if.pass")},
		{Value: string(program.SupposeConfirm), Label: i18n.T(ctx, "forecast.if.confirm")},
	}
}

// said is a supposition in words.
func (v outlookView) said(ctx context.Context, e program.Event) string {
	args := i18n.A{"person": v.Name(e.Person), "code": e.Code, "day": day(ctx, e.Day)}
	switch e.Kind {
	case program.SupposeLeave:
		return i18n.T(ctx, "forecast.if.leaves", args)
	case program.SupposePass:
		return i18n.T(ctx, "forecast.if.passes", args)
	}
	return i18n.T(ctx, "forecast.if.confirms", args)
}

// A comparison is a stretch of days with the level as it is and as it would be.
type comparison struct {
	Day       calendar.Day
	AsIs, If  string
	Different bool
}

// compared lists the days on which the level changes with or without what is supposed.
func (v outlookView) compared() (out []comparison) {
	days := []calendar.Day{v.Outlook.From}
	for _, o := range []*program.Outlook{&v.Outlook, &v.After} {
		for _, t := range o.Turns {
			if t.Before != t.After {
				days = append(days, t.Day)
			}
		}
	}
	slices.Sort(days)
	for _, d := range slices.Compact(days) {
		c := comparison{Day: d, AsIs: v.Outlook.Held(d), If: v.After.Held(d)}
		c.Different = c.AsIs != c.If
		out = append(out, c)
	}
	return out
}

// A lineChange is a line of the level on a day, as it is and as it would be.
type lineChange struct {
	Line          string
	Need, Now, If int
}

// lineChanges are the lines that what is supposed changes, on the day of the last supposition.
func (v outlookView) lineChanges() (at calendar.Day, out []lineChange) {
	for _, e := range v.Events {
		at = max(at, e.Day)
	}
	facts := program.Suppose(v.Version, v.Facts, v.Events...)
	was, now := program.Evaluate(v.Version, v.Facts, at.Time(), v.For), program.Evaluate(v.Version, facts, at.Time(), v.For)
	a, _ := was.Level(v.Level)
	b, _ := now.Level(v.Level)
	for i := range a.Tracks {
		if a.Tracks[i].Track != v.Track {
			continue
		}
		for j, x := range a.Tracks[i].Lines {
			if y := b.Tracks[i].Lines[j]; x.Have != y.Have || x.Met != y.Met {
				out = append(out, lineChange{x.ID, x.Need, x.Have, y.Have})
			}
		}
	}
	return at, out
}
