package qualify

import (
	"context"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Names gives programs and levels their names; what isn't known any more keeps its identifier.
type Names struct {
	q  *qualification.Service
	at time.Time
}

func (p pages) names() Names { return NamesAt(p.q, p.Clock.Now()) }

// NamesAt are the names by the versions in force at an instant.
func NamesAt(q *qualification.Service, at time.Time) Names { return Names{q, at} }

// Title is a program's name.
func (n Names) Title(ctx context.Context, id string) string {
	if v, err := n.q.Current(id, n.at); err == nil {
		return Title(ctx, v)
	}
	return id
}

// Level is a level's name in a version.
func (n Names) Level(ctx context.Context, ref, level string) string {
	if v := n.version(ref); v != nil {
		return Level(ctx, v, level)
	}
	return level
}

func (n Names) version(ref string) *program.Version {
	if v, ok := n.q.Library().Find(ref); ok {
		return v
	}
	return nil
}

// Programs are the choices of a filter.
func (n Names) Programs(ctx context.Context) (out []ui.Option) {
	for _, id := range n.q.Programs() {
		out = append(out, ui.Option{Value: id, Label: n.Title(ctx, id)})
	}
	return out
}

// A list is one page of applications.
type list struct {
	Names
	rows         []qualification.Application
	first, after string
	open         int
}

func filterOf(r *http.Request, d door.Door) qualification.ApplicationFilter {
	q := r.URL.Query()
	return qualification.ApplicationFilter{Account: d.Account, Program: q.Get("program"), State: qualification.State(q.Get("state")), After: q.Get("after")}
}

// list shows a partner's applications.
func (p pages) list(w http.ResponseWriter, r *http.Request, d door.Door) error {
	rows, next, err := p.q.Applications(r.Context(), site.By(r), filterOf(r, d))
	if err != nil {
		return err
	}
	l := list{Names: p.names(), rows: rows, after: door.After(r, next)}
	if r.URL.Query().Get("after") != "" {
		l.first = door.FirstOf(r)
	}
	for _, a := range rows {
		if s := a.State; s != qualification.Approved && s != qualification.Rejected && s != qualification.Withdrawn {
			l.open++
		}
	}
	return p.Show(w, r, http.StatusOK, listPage(door.See(p.Site, r, d), l))
}

func (l list) title(ctx context.Context, id string) string         { return l.Title(ctx, id) }
func (l list) level(ctx context.Context, ref, level string) string { return l.Level(ctx, ref, level) }

func (l list) state(ctx context.Context) string {
	return i18n.T(ctx, "qualify.applications.state", i18n.A{"n": l.open})
}

func (l list) next(ctx context.Context) string {
	for _, a := range l.rows {
		switch a.State {
		case qualification.Returned:
			return i18n.T(ctx, "qualify.applications.next_returned", i18n.A{"level": l.level(ctx, a.Ref(), a.Level), "day": Day(ctx, calendar.DayOf(a.ReturnDue.Add(-1)))})
		case qualification.Draft:
			return i18n.T(ctx, "qualify.applications.next_draft", i18n.A{"level": l.level(ctx, a.Ref(), a.Level)})
		}
	}
	return i18n.T(ctx, "qualify.applications.next")
}

// States are the choices of a filter by state.
func States(ctx context.Context, states ...qualification.State) (out []ui.Option) {
	for _, s := range states {
		out = append(out, ui.Option{Value: string(s), Label: i18n.Say(ctx, s.Label())})
	}
	return out
}

func (l list) filters(v door.View) templ.Component {
	ctx, q := v.R.Context(), v.R.URL.Query()
	f := ui.FiltersView{Action: v.Path("/applications"), Target: "applications", Fields: []ui.FieldView{
		{Name: "program", Label: i18n.T(ctx, "qualify.filter.programs"), Value: q.Get("program"), Options: l.Programs(ctx)},
		{Name: "state", Label: i18n.T(ctx, "qualify.filter.states"), Value: q.Get("state"), Options: States(ctx, qualification.Draft, qualification.Submitted,
			qualification.UnderReview, qualification.Returned, qualification.Approved, qualification.Rejected, qualification.Withdrawn)},
	}}
	if door.Filtered(v.R, "program", "state") {
		f.Clear = v.Path("/applications")
	}
	return ui.Filters(f)
}

// exportApplications is the list as a file.
func (p pages) exportApplications(r *http.Request, d door.Door) (door.Table, error) {
	ctx, by, f, n := r.Context(), site.By(r), filterOf(r, d), p.names()
	f.After = ""
	if _, _, err := p.q.Applications(ctx, by, f); err != nil {
		return door.Table{}, err
	}
	rows := door.Pages(func(after string) ([]qualification.Application, string, error) {
		f.After, f.Limit = after, 500
		return p.q.Applications(ctx, by, f)
	}, func(a qualification.Application) []string {
		return []string{a.ID, n.Title(ctx, a.Program), a.Version, n.Level(ctx, a.Ref(), a.Level), i18n.Say(ctx, a.Kind.Label()),
			i18n.Say(ctx, a.State.Label()), instant(a.SubmittedAt), instant(a.ReviewDue), instant(a.DecidedAt)}
	})
	return door.Table{Name: "applications", Rows: rows, Header: []string{i18n.T(ctx, "qualify.application"), i18n.T(ctx, "qualify.program"),
		i18n.T(ctx, "qualify.version"), i18n.T(ctx, "qualify.level"), i18n.T(ctx, "qualify.kind"), i18n.T(ctx, "qualify.status"),
		i18n.T(ctx, "qualify.submitted_on"), i18n.T(ctx, "qualify.due_on"), i18n.T(ctx, "qualify.decided_on")}}, nil
}

// instant is an instant in a file; "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone).Format("2006-01-02 15:04")
}
