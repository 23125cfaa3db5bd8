package sla

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"hanse/internal/domain/sla"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/slaview"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

// months is what a report spans unless it's told otherwise.
const months = 6

type reportView struct {
	door.View
	r sla.Report
}

// filter reads the address: what isn't said means all.
func (p pages) filter(r *http.Request) (sla.Filter, sla.Dimension) {
	q := r.URL.Query()
	f := sla.Whole(p.Clock.Now(), months)
	for name, to := range map[string]*string{"from": &f.From, "to": &f.To, "plan": &f.Plan, "severity": &f.Severity, "team": &f.Team} {
		if v := q.Get(name); v != "" {
			*to = v
		}
	}
	for _, to := range []*string{&f.Plan, &f.Severity, &f.Team} {
		if *to == "-" { // none, which an address can't say by nothing
			*to = ""
		}
	}
	by := sla.Dimension(q.Get("by"))
	if !slices.Contains(sla.Dimensions(), by) {
		by = sla.ByMonth
	}
	return f, by
}

func (p pages) report(w http.ResponseWriter, r *http.Request) error {
	v := reportView{View: p.see(r)}
	f, by := p.filter(r)
	var err error
	v.r, err = p.s.Report(r.Context(), v.By, f, by)
	if fault.KindOf(err) == fault.KindInvalid {
		v.Errs = site.Errors(r, err)
		v.r = sla.Report{Filter: f, By: by}
		return p.Show(w, r, http.StatusUnprocessableEntity, reportPage(v))
	}
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, reportPage(v))
}

// state is the report in a line: how the first responses went.
func (v reportView) state(ctx context.Context) string {
	if v.r.Total.Tickets == 0 {
		return i18n.T(ctx, "sla.report.state_none", i18n.A{"from": v.r.From, "to": v.r.To})
	}
	f := v.r.Total.Figures[0]
	return i18n.T(ctx, "sla.report.state", i18n.A{"n": v.r.Total.Tickets, "share": share(ctx, f), "missed": f.Missed})
}

// share is the part that was met, to the tenth of a percent.
func share(ctx context.Context, f sla.Figure) string {
	n, ok := f.Share()
	if !ok {
		return i18n.T(ctx, "sla.none")
	}
	return strconv.FormatInt(n/10, 10) + "." + strconv.FormatInt(n%10, 10) + " %"
}

func tone(f sla.Figure) ui.Tone {
	switch n, ok := f.Share(); {
	case !ok:
		return ui.Neutral
	case n >= 950:
		return ui.Good
	case n >= 800:
		return ui.Warn
	}
	return ui.Bad
}

// took is a time in a figure; nothing for none.
func took(ctx context.Context, d time.Duration) string {
	if d <= 0 {
		return i18n.T(ctx, "sla.none")
	}
	return slaview.Took(ctx, d)
}

// label is a line's name by the report's dimension.
func label(ctx context.Context, by sla.Dimension, g sla.Group) string {
	switch {
	case g.Key == "":
		return i18n.T(ctx, "sla.code.none")
	case by == sla.ByTeam:
		return door.Data(ctx, g.Name)
	case by == sla.ByMonth:
		return door.Data(ctx, g.Key)
	}
	return i18n.Say(ctx, slaview.Code(g.Key))
}

// proof is the address of the tickets behind a figure; of the whole report's for the zero group.
func (v reportView) proof(g *sla.Group, k sla.Kind, o sla.Outcome) string {
	q := query(v.r.Filter)
	if g != nil {
		key := g.Key
		if key == "" {
			key = "-"
		}
		switch v.r.By {
		case sla.ByMonth:
			q.Set("from", g.Key)
			q.Set("to", g.Key)
		default:
			q.Set(string(v.r.By), key)
		}
	}
	q.Set("clock", string(k))
	q.Set("outcome", string(o))
	return "/desk/report/tickets?" + q.Encode()
}

// query writes a filter as an address says it.
func query(f sla.Filter) url.Values {
	q := url.Values{"from": {f.From}, "to": {f.To}}
	for name, value := range map[string]string{"plan": f.Plan, "severity": f.Severity, "team": f.Team} {
		switch value {
		case sla.Any:
		case "":
			q.Set(name, "-")
		default:
			q.Set(name, value)
		}
	}
	return q
}

func (v reportView) fields(ctx context.Context) []ui.FieldView {
	by := make([]ui.Option, 0, 4)
	for _, d := range sla.Dimensions() {
		by = append(by, ui.Option{Value: string(d), Label: i18n.T(ctx, "sla.report.by_of", i18n.A{"what": d.Label()})})
	}
	q := v.R.URL.Query()
	return []ui.FieldView{
		{Name: "by", Label: i18n.T(ctx, "sla.report.by"), Value: string(v.r.By), Options: by},
		{Name: "from", Label: i18n.T(ctx, "sla.report.from"), Type: "month", Value: v.r.From, Error: v.Error("from")},
		{Name: "to", Label: i18n.T(ctx, "sla.report.to"), Type: "month", Value: v.r.To, Error: v.Error("to")},
		{Name: "plan", Label: i18n.T(ctx, "sla.by.plan"), Value: q.Get("plan"), Options: choices(ctx, plans)},
		{Name: "severity", Label: i18n.T(ctx, "sla.by.severity"), Value: q.Get("severity"), Options: choices(ctx, severities)},
	}
}

func choices(ctx context.Context, codes []string) []ui.Option {
	out := make([]ui.Option, 0, len(codes)+1)
	for _, c := range codes {
		out = append(out, ui.Option{Value: c, Label: i18n.Say(ctx, slaview.Code(c))})
	}
	return append(out, ui.Option{Value: "-", Label: i18n.T(ctx, "sla.code.none")})
}

// reportFile is the report as a table.
func (p pages) reportFile(r *http.Request, _ door.Door) (door.Table, error) {
	ctx := r.Context()
	f, by := p.filter(r)
	x, err := p.s.Report(ctx, site.By(r), f, by)
	if err != nil {
		return door.Table{}, err
	}
	header := []string{i18n.Say(ctx, by.Label()), i18n.T(ctx, "sla.report.tickets")}
	for _, k := range sla.Kinds() {
		for _, word := range []string{i18n.T(ctx, "sla.outcome.met"), i18n.T(ctx, "sla.outcome.missed"), i18n.T(ctx, "sla.outcome.open"), i18n.T(ctx, "sla.report.share"),
			i18n.T(ctx, "sla.report.average_min"), i18n.T(ctx, "sla.report.longest_min")} {
			header = append(header, i18n.T(ctx, "sla.report.column", i18n.A{"clock": k.Label(), "what": word}))
		}
	}
	x.Total.Name = i18n.T(ctx, "sla.report.total")
	var rows [][]string
	for _, g := range append(x.Groups, x.Total) {
		rows = append(rows, reportRow(g, by))
	}
	return door.Table{Name: "sla-" + string(by), Header: header, Rows: sheet.Rows(rows)}, nil
}

func reportRow(g sla.Group, _ sla.Dimension) []string {
	name := g.Name
	if name == "" {
		name = g.Key
	}
	row := []string{name, strconv.FormatInt(g.Tickets, 10)}
	for _, f := range g.Figures {
		percent := ""
		if n, ok := f.Share(); ok {
			percent = strconv.FormatInt(n/10, 10) + "." + strconv.FormatInt(n%10, 10)
		}
		row = append(row, strconv.FormatInt(f.Met, 10), strconv.FormatInt(f.Missed, 10), strconv.FormatInt(f.Open, 10), percent, minutes(f.Average()), minutes(f.Longest))
	}
	return row
}

// minutes is a time in whole minutes for a file.
func minutes(d time.Duration) string { return strconv.FormatInt(int64(d/time.Minute), 10) }

type ticketsView struct {
	door.View
	sla.Filter
	kind        sla.Kind
	outcome     sla.Outcome
	list        []sla.Item
	next, first string
}

// chosen reads which figure the address asks for.
func chosen(r *http.Request) (sla.Kind, sla.Outcome) {
	k, o := sla.Kind(r.URL.Query().Get("clock")), sla.Outcome(r.URL.Query().Get("outcome"))
	if k == "" {
		k = sla.First
	}
	if o == "" {
		o = sla.AllTickets
	}
	return k, o
}

func (p pages) tickets(w http.ResponseWriter, r *http.Request) error {
	v := ticketsView{View: p.see(r)}
	v.Filter, _ = p.filter(r)
	v.kind, v.outcome = chosen(r)
	list, next, err := p.s.Behind(r.Context(), v.By, v.Filter, v.kind, v.outcome, r.URL.Query().Get("after"), 0)
	if err != nil {
		return err
	}
	v.list, v.next, v.first = list, door.After(r, next), door.FirstOf(r)
	return p.Show(w, r, http.StatusOK, ticketsPage(v))
}

func (v ticketsView) fields(ctx context.Context) []ui.FieldView {
	var clocks, outcomes []ui.Option
	for _, k := range sla.Kinds() {
		clocks = append(clocks, ui.Option{Value: string(k), Label: i18n.Say(ctx, k.Label())})
	}
	for _, o := range sla.Outcomes() {
		outcomes = append(outcomes, ui.Option{Value: string(o), Label: i18n.Say(ctx, o.Label())})
	}
	q := v.R.URL.Query()
	return []ui.FieldView{
		{Name: "clock", Label: i18n.T(ctx, "sla.report.clock"), Value: string(v.kind), Options: clocks},
		{Name: "outcome", Label: i18n.T(ctx, "sla.report.outcome"), Value: string(v.outcome), Options: outcomes},
		{Name: "from", Label: i18n.T(ctx, "sla.report.from"), Type: "month", Value: v.From},
		{Name: "to", Label: i18n.T(ctx, "sla.report.to"), Type: "month", Value: v.To},
		{Name: "plan", Label: i18n.T(ctx, "sla.by.plan"), Value: q.Get("plan"), Options: choices(ctx, plans)},
		{Name: "severity", Label: i18n.T(ctx, "sla.by.severity"), Value: q.Get("severity"), Options: choices(ctx, severities)},
	}
}

// back is the report that the list belongs to.
func (v ticketsView) back() string { return "/desk/report?" + query(v.Filter).Encode() }

// ticketsFile is the list behind a figure as a table, however long it is.
func (p pages) ticketsFile(r *http.Request, _ door.Door) (door.Table, error) {
	ctx, by := r.Context(), site.By(r)
	f, _ := p.filter(r)
	k, o := chosen(r)
	if _, _, err := p.s.Behind(ctx, by, f, k, o, "", 1); err != nil { // a refusal is a page, not a broken file
		return door.Table{}, err
	}
	header := []string{i18n.T(ctx, "sla.report.number"), i18n.T(ctx, "sla.report.account"), i18n.T(ctx, "sla.by.plan"), i18n.T(ctx, "sla.by.severity"), i18n.T(ctx, "sla.by.team"),
		i18n.T(ctx, "sla.report.opened"), i18n.T(ctx, "sla.report.state_of"), i18n.T(ctx, "sla.report.limit_min"), i18n.T(ctx, "sla.report.used_min"), i18n.T(ctx, "sla.report.longest_min"), i18n.T(ctx, "sla.report.misses")}
	return door.Table{Name: "sla-tickets", Header: header, Rows: door.Pages(
		func(after string) ([]sla.Item, string, error) { return p.s.Behind(ctx, by, f, k, o, after, 500) },
		func(x sla.Item) []string {
			return []string{x.Number, x.AccountName, x.Plan, x.Severity, x.TeamName, door.Instant(x.Opened), i18n.Say(ctx, x.State.Label()),
				minutes(x.Limit), minutes(x.Used), minutes(max(x.Longest, x.Used)), strconv.Itoa(x.Misses)}
		})}, nil
}
