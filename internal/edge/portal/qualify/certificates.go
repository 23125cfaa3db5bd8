package qualify

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// A shelf is one page of qualifications: a partner's, or everybody's for the vendor's staff by their own door.
type shelf struct {
	Names
	rows         []qualification.Qualification
	holders      bool // says whose each is
	first, after string
}

func shelfFilter(r *http.Request, d door.Door) qualification.QualificationFilter {
	q := r.URL.Query()
	f := qualification.QualificationFilter{Account: d.Account, Program: q.Get("program"), State: qualification.Standing(q.Get("state")),
		Watched: q.Get("watched") != "", After: q.Get("after")}
	if site.Vendor(r) && !d.Vendor {
		f.Account = ""
	}
	if day, err := calendar.ParseDay(q.Get("until")); err == nil {
		f.UntilBefore = day + 1
	}
	return f
}

// certificates lists what was granted.
func (p pages) certificates(w http.ResponseWriter, r *http.Request, d door.Door) error {
	rows, next, err := p.q.Qualifications(r.Context(), site.By(r), shelfFilter(r, d))
	if err != nil {
		return err
	}
	s := shelf{Names: p.names(), rows: rows, holders: site.Vendor(r) && !d.Vendor, after: door.After(r, next)}
	if r.URL.Query().Get("after") != "" {
		s.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, shelfPage(door.See(p.Site, r, d), s))
}

func (s shelf) filters(v door.View) templ.Component {
	ctx, q := v.R.Context(), v.R.URL.Query()
	states := []ui.Option{}
	for _, x := range []qualification.Standing{qualification.Valid, qualification.Suspended, qualification.Expired, qualification.Cancelled, qualification.Superseded} {
		states = append(states, ui.Option{Value: string(x), Label: i18n.Say(ctx, qualification.Status(x).Label())})
	}
	f := ui.FiltersView{Action: v.Path("/certificates"), Target: "certificates", Fields: []ui.FieldView{
		{Name: "program", Label: i18n.T(ctx, "qualify.filter.programs"), Value: q.Get("program"), Options: s.Programs(ctx)},
		{Name: "state", Label: i18n.T(ctx, "qualify.filter.states"), Value: q.Get("state"), Options: states},
		{Name: "watched", Label: i18n.T(ctx, "qualify.filter.watch"), Value: q.Get("watched"), Options: []ui.Option{{Value: "1", Label: i18n.T(ctx, "qualify.status.watched")}}},
		{Name: "until", Label: i18n.T(ctx, "qualify.filter.until"), Type: "date", Value: q.Get("until")},
	}}
	if door.Filtered(v.R, "program", "state", "watched", "until") {
		f.Clear = v.Path("/certificates")
	}
	return ui.Filters(f)
}

// certificateColumns are the headings of a list of qualifications.
func certificateColumns(ctx context.Context, holders bool) []ui.Column {
	out := []ui.Column{{Label: i18n.T(ctx, "qualify.certificate.number")}}
	if holders {
		out = append(out, ui.Column{Label: i18n.T(ctx, "qualify.certificate.holder")})
	}
	return append(out, ui.Column{Label: i18n.T(ctx, "qualify.program")}, ui.Column{Label: i18n.T(ctx, "qualify.level")},
		ui.Column{Label: i18n.T(ctx, "qualify.certificate.from")}, ui.Column{Label: i18n.T(ctx, "qualify.certificate.until")},
		ui.Column{Label: i18n.T(ctx, "qualify.status")})
}

// dayStatus is a qualification's status on a day for lists, where the version isn't at hand: the renewal window is
// told on its own page.
func dayStatus(q qualification.Qualification, today calendar.Day) qualification.Status {
	return q.Shown(today)
}

func rowStatus(q qualification.Qualification, today calendar.Day) templ.Component {
	return statusTag(dayStatus(q, today), q.Watched() && q.State == qualification.Valid)
}

// exportCertificates is the list as a file.
func (p pages) exportCertificates(r *http.Request, d door.Door) (door.Table, error) {
	ctx, by, f, n := r.Context(), site.By(r), shelfFilter(r, d), p.names()
	f.After = ""
	if _, _, err := p.q.Qualifications(ctx, by, f); err != nil {
		return door.Table{}, err
	}
	today := calendar.DayOf(p.Clock.Now())
	rows := door.Pages(func(after string) ([]qualification.Qualification, string, error) {
		f.After, f.Limit = after, 500
		return p.q.Qualifications(ctx, by, f)
	}, func(q qualification.Qualification) []string {
		return []string{q.Number, q.Holder, q.HolderZH, n.Title(ctx, q.Program), q.Version, n.Level(ctx, q.Ref(), q.Level), q.ValidFrom.String(),
			q.ValidUntil.String(), i18n.Say(ctx, dayStatus(q, today).Label())}
	})
	return door.Table{Name: "certificates", Rows: rows, Header: []string{i18n.T(ctx, "qualify.certificate.number"), i18n.T(ctx, "qualify.certificate.holder"),
		i18n.T(ctx, "qualify.certificate.holder_zh"), i18n.T(ctx, "qualify.program"), i18n.T(ctx, "qualify.version"), i18n.T(ctx, "qualify.level"),
		i18n.T(ctx, "qualify.certificate.from"), i18n.T(ctx, "qualify.certificate.until"), i18n.T(ctx, "qualify.status")}}, nil
}
