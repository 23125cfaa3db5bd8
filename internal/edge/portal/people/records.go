package people

import (
	"context"
	"net/http"

	"hanse/internal/domain/program"
	"hanse/internal/domain/record"
	"hanse/internal/domain/report"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// recordPages are what the administrator sees of the bound people's own records.
type recordPages struct {
	*site.Site
	report *report.Service
	roster *roster.Service
	// catalogue names the codes.
	catalogue func() *program.Catalogue
}

const recordsPath = "/people/records"

// RegisterRecords adds the pages about people's certificates, exams and trainings.
func RegisterRecords(s *site.Site, re *report.Service, ro *roster.Service, catalogue func() *program.Catalogue) {
	p := recordPages{s, re, ro, catalogue}
	door.Partner(s, "GET "+recordsPath, p.list)
	door.Exports(s, door.Partner, recordsPath, p.export)
	door.Partner(s, "GET "+recordsPath+"/unassociated", p.unassociated)
}

func recordFilter(r *http.Request) report.RecordFilter {
	q := r.URL.Query()
	day := func(name string) calendar.Day {
		d, err := calendar.ParseOptional(q.Get(name))
		if err != nil {
			return calendar.None
		}
		return d
	}
	return report.RecordFilter{Q: q.Get("q"), Code: q.Get("code"), Kind: report.RecordKind(q.Get("kind")), Validity: q.Get("validity"),
		From: day("from"), To: day("to"), After: q.Get("after")}
}

func (p recordPages) list(w http.ResponseWriter, r *http.Request, d door.Door) error {
	ctx, by := r.Context(), site.By(r)
	f := recordFilter(r)
	lines, next, err := p.report.Records(ctx, by, d.Account, f)
	if err != nil {
		return err
	}
	counts, err := p.roster.Counts(ctx, by, d.Account)
	if err != nil {
		return err
	}
	v := recordsView{View: door.See(p.Site, r, d), filter: f, lines: lines, after: door.After(r, next), people: counts.Here, catalogue: p.catalogue()}
	if f.After != "" {
		v.first = door.FirstOf(r)
	}
	if v.asOf, err = p.report.AsOf(ctx); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, recordsPage(v))
}

func (p recordPages) export(r *http.Request, d door.Door) (door.Table, error) {
	ctx, f := r.Context(), recordFilter(r)
	f.After, f.Limit = "", 500
	first, next, err := p.report.Records(ctx, site.By(r), d.Account, f)
	if err != nil {
		return door.Table{}, err
	}
	read := func(after string) ([]report.RecordLine, string, error) {
		if after == "" {
			return first, next, nil
		}
		f.After = after
		return p.report.Records(ctx, site.By(r), d.Account, f)
	}
	return door.Table{Name: "records", Header: []string{"person_id", "name", "kind", "code", "title", "day", "valid_until", "result", "source"},
		Rows: door.Pages(read, func(l report.RecordLine) []string {
			return []string{l.Number, l.Person, string(l.Kind), l.Code, l.Title, l.On.String(), l.Until.String(), i18n.Say(ctx, l.Result), recordSource(ctx, l)}
		})}, nil
}

func (p recordPages) unassociated(w http.ResponseWriter, r *http.Request, d door.Door) error {
	people, next, err := p.report.Unassociated(r.Context(), site.By(r), d.Account, r.URL.Query().Get("after"), 0)
	if err != nil {
		return err
	}
	v := recordsView{View: door.See(p.Site, r, d), without: people, after: door.After(r, next)}
	if r.URL.Query().Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, unassociatedPage(v))
}

type recordsView struct {
	door.View
	filter       report.RecordFilter
	lines        []report.RecordLine
	without      []roster.Item
	first, after string
	people       int
	asOf         []record.Standing
	catalogue    *program.Catalogue
}

func (v recordsView) tabs(ctx context.Context, unassociated bool) []ui.Tab {
	return []ui.Tab{
		{Href: v.Path(recordsPath), Label: i18n.T(ctx, "people_records.list"), Current: !unassociated},
		{Href: v.Path(recordsPath + "/unassociated"), Label: i18n.T(ctx, "people_records.unassociated"), Current: unassociated},
		{Href: v.Path("/people") + "#expiries", Label: i18n.T(ctx, "people_records.heat")},
	}
}

func (v recordsView) filters(ctx context.Context) ui.FiltersView {
	var kinds []ui.Option
	for _, k := range report.RecordKinds() {
		kinds = append(kinds, ui.Option{Value: string(k), Label: i18n.Say(ctx, k.Label())})
	}
	q := v.R.URL.Query()
	return ui.FiltersView{Action: v.Path(recordsPath), Target: "records", Clear: v.Path(recordsPath), Fields: []ui.FieldView{
		{Name: "q", Label: i18n.T(ctx, "people_records.person"), Value: v.filter.Q},
		{Name: "code", Label: i18n.T(ctx, "people_records.code"), Value: v.filter.Code},
		{Name: "kind", Label: i18n.T(ctx, "people_records.kind"), Value: string(v.filter.Kind), Options: kinds},
		{Name: "validity", Label: i18n.T(ctx, "people_records.validity"), Value: v.filter.Validity, Options: []ui.Option{
			{Value: "valid", Label: i18n.T(ctx, "people.filter.valid")}, {Value: "expiring", Label: i18n.T(ctx, "people.filter.expiring")},
			{Value: "expired", Label: i18n.T(ctx, "people.filter.expired")}}},
		{Name: "from", Type: "date", Label: i18n.T(ctx, "people_records.from"), Value: q.Get("from")},
		{Name: "to", Type: "date", Label: i18n.T(ctx, "people_records.to"), Value: q.Get("to")},
	}}
}

// title is an exam's or training's own, or a certificate's by the catalogue.
func (v recordsView) title(ctx context.Context, l report.RecordLine) string {
	if l.Title != "" {
		return l.Title
	}
	if t, ok := v.catalogue.Find(l.Code); ok {
		return i18n.Say(ctx, t.Title.Msg())
	}
	return ""
}

// freshness says as of when a feed speaks, and what may still be on its way.
func freshness(ctx context.Context, s record.Standing) string {
	args := i18n.A{"feed": record.FeedText(s.Feed), "from": s.LagFrom, "to": s.LagTo}
	if s.Last.ID == "" {
		return i18n.T(ctx, "people_records.asof.never", args)
	}
	args["day"] = i18n.From(ctx).Date(s.Last.FinishedAt)
	return i18n.T(ctx, "people_records.asof", args)
}

func recordSource(ctx context.Context, l report.RecordLine) string {
	if l.Own {
		return i18n.T(ctx, "people_records.source.own")
	}
	return i18n.T(ctx, "people_records.source.roster")
}
