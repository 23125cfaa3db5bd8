package ticket

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/privilege"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/domain/ticketdraft"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

const pageSize = 50

// The views of the list, as tabs.
const (
	viewActive  = ""        // everything that isn't over
	viewWaiting = "waiting" // what waits for the reader
	viewOver    = "over"
	viewAll     = "all"
)

// waiting are the states in which the customer is to do something; over those in which nobody is.
var (
	waiting = []ticket.State{ticket.ToConfirm, ticket.AskedBack}
	over    = []ticket.State{ticket.Done, ticket.Cancelled, ticket.Invalid}
)

type listView struct {
	door.View
	set          *taxonomy.Set
	rows         []ticket.Row
	drafts       []ticketdraft.Draft
	labels       []ticket.Label
	counts       []int64 // of the views
	found        map[string]ticket.Excerpt
	first, after string
	exports      bool // may take the list away
	opens        bool // may open a ticket
}

// narrow is a filter with the states of a view.
func narrow(f ticket.Filter, view string) ticket.Filter {
	switch view {
	case viewActive:
		f.Active = true
	case viewWaiting:
		f.States = waiting
	case viewOver:
		f.States = over
	}
	return f
}

// filter reads the list's filter from the address.
func filter(r *http.Request) ticket.Filter {
	q := r.URL.Query()
	f := ticket.Filter{Search: q.Get("q"), ProblemType: q.Get("type"), Severity: q.Get("severity"), Mine: q.Get("whose") == "mine",
		Unread: q.Get("unread") != "", Sort: ticket.Newest, Limit: pageSize}
	if n, err := strconv.ParseInt(q.Get("label"), 10, 64); err == nil {
		f.Labels = []int64{n}
	}
	if day, err := calendar.ParseDay(q.Get("from")); err == nil {
		f.From = day.Time()
	}
	if day, err := calendar.ParseDay(q.Get("to")); err == nil {
		f.To = day.AddDays(1).Time()
	}
	f = narrow(f, q.Get("view"))
	if n, err := strconv.Atoi(q.Get("state")); err == nil {
		f.Active, f.States = false, []ticket.State{ticket.State(n)}
	}
	return f
}

func (p pages) list(w http.ResponseWriter, r *http.Request) (err error) {
	ctx, by := r.Context(), site.By(r)
	v := listView{View: p.see(r)}
	f := filter(r)
	f.After = place(r.URL.Query().Get("after"))
	f.Limit++
	if v.rows, err = p.Tickets.List(ctx, by, f); err != nil {
		return err
	}
	if len(v.rows) > pageSize {
		v.rows = v.rows[:pageSize]
		v.after = door.After(r, marked(v.rows[pageSize-1].Mark(f.Sort)))
	}
	if v.found, err = p.Tickets.Excerpts(ctx, by, f.Search, v.rows); err != nil {
		return err
	}
	v.first = door.FirstOf(r)
	if v.exports, err = privilege.May(ctx, p.DB.Read(), by, privilege.Export); err != nil {
		return err
	}
	v.exports = v.exports && v.Can(actor.ExportTickets)
	if v.opens, err = privilege.May(ctx, p.DB.Read(), by, privilege.Create); err != nil {
		return err
	}
	v.opens = v.opens && v.Can(actor.OpenTickets)
	if err := p.around(ctx, by, &v); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

// marked is a place in the list as an address has it; place reads it. What is none is the beginning.
func marked(m ticket.Mark) string { return strconv.FormatInt(m.At, 10) + "." + m.No }

func place(at string) ticket.Mark {
	at, no, _ := strings.Cut(at, ".")
	n, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return ticket.Mark{}
	}
	return ticket.Mark{At: n, No: no}
}

// around reads what stands around the rows: the counts of the views, the choices of the filter, unfinished drafts.
func (p pages) around(ctx context.Context, by actor.Actor, v *listView) (err error) {
	bare := ticket.Filter{Mine: v.R.URL.Query().Get("whose") == "mine"}
	var views []ticket.Filter
	for _, view := range counted {
		views = append(views, narrow(bare, view))
	}
	if v.counts, err = p.Tickets.Tally(ctx, by, views); err != nil {
		return err
	}
	if v.set, err = taxonomy.Read(ctx, p.DB.Read()); err != nil {
		return err
	}
	if v.labels, _, err = p.Tickets.Labels(ctx, by, ticket.LabelFilter{Limit: 100}); err != nil {
		return err
	}
	if by.Can(actor.OpenTickets) {
		v.drafts, err = p.Drafts.List(ctx, by)
	}
	return err
}

// export streams the list as a file, in the filter of the request. It's a page when it's refused.
func (p pages) export(format string) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f := filter(r)
		f.Limit = 0
		out := &attached{ResponseWriter: w, name: "tickets." + format, kind: kinds[format]}
		err := p.Tickets.Export(r.Context(), site.By(r), out, format, f, i18n.From(r.Context()))
		if err != nil && out.begun {
			if r.Context().Err() == nil {
				p.Log.WarnContext(r.Context(), "export of tickets", "error", err)
			}
			panic(http.ErrAbortHandler) // half a file must not look like a whole one
		}
		return err
	}
}

var kinds = map[string]string{ticket.CSV: "text/csv; charset=utf-8", ticket.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

// attached becomes a file with its first byte: what is refused before that is still a page.
type attached struct {
	http.ResponseWriter
	name, kind string
	begun      bool
}

// Write begins the file.
func (a *attached) Write(b []byte) (int, error) {
	if !a.begun {
		a.begun = true
		h := a.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Disposition", `attachment; filename="`+a.name+`"`)
	}
	return a.ResponseWriter.Write(b)
}

// view is the tab that the list shows.
func (v listView) view() string { return v.R.URL.Query().Get("view") }

// filtered tells whether less than a whole view is shown.
func (v listView) filtered() bool {
	return door.Filtered(v.R, "q", "type", "severity", "label", "from", "to", "state", "unread")
}

// counted are the views whose tickets are counted; the others only grow.
var counted = []string{viewActive, viewWaiting}

// count is how many tickets a view has; 0 for those that aren't counted.
func (v listView) count(view string) int {
	i := slices.Index(counted, view)
	if i < 0 || i >= len(v.counts) {
		return 0
	}
	return int(v.counts[i])
}

func (v listView) tabs(ctx context.Context) (out []ui.Tab) {
	for _, x := range []struct{ view, label string }{
		{viewActive, i18n.T(ctx, "tickets.view.active")}, {viewWaiting, i18n.T(ctx, "tickets.view.waiting")},
		{viewOver, i18n.T(ctx, "tickets.view.over")}, {viewAll, i18n.T(ctx, "tickets.view.all")},
	} {
		q := v.R.URL.Query()
		for _, name := range []string{"after", "state", "view"} {
			q.Del(name)
		}
		if x.view != "" {
			q.Set("view", x.view)
		}
		out = append(out, ui.Tab{Href: door.With("/tickets", q), Label: x.label, Count: v.count(x.view), Current: v.view() == x.view})
	}
	return out
}

// state is the page's first line, next the second.
func (v listView) state(ctx context.Context) string {
	return i18n.T(ctx, "tickets.state", i18n.A{"n": v.count(viewActive), "waiting": i18n.From(ctx).Int(int64(v.count(viewWaiting)))})
}

func (v listView) next(ctx context.Context) string {
	switch {
	case v.count(viewWaiting) > 0:
		return i18n.T(ctx, "tickets.next.waiting")
	case v.Can(actor.OpenTickets):
		return i18n.T(ctx, "tickets.next.open")
	}
	return i18n.T(ctx, "tickets.next.read")
}

// filters are the choices above the list.
func (v listView) filters(ctx context.Context) ui.FiltersView {
	q := v.R.URL.Query()
	out := ui.FiltersView{Action: "/tickets", Target: "tickets", Fields: []ui.FieldView{
		{Name: "q", Label: i18n.T(ctx, "tickets.f.search"), Value: q.Get("q"), MaxLen: ticket.MostSearch},
		{Name: "state", Label: i18n.T(ctx, "tickets.f.state"), Value: q.Get("state")},
		{Name: "type", Label: i18n.T(ctx, "tickets.f.type"), Value: q.Get("type")},
		{Name: "severity", Label: i18n.T(ctx, "tickets.f.severity"), Value: q.Get("severity")},
	}}
	for _, s := range ticket.States() {
		if s != ticket.Deleted {
			out.Fields[1].Options = append(out.Fields[1].Options, ui.Option{Value: strconv.Itoa(int(s)), Label: i18n.Say(ctx, s.Label())})
		}
	}
	for _, t := range v.set.ProblemTypes() {
		out.Fields[2].Options = append(out.Fields[2].Options, ui.Option{Value: t.ID, Label: i18n.Say(ctx, t.Msg())})
	}
	for _, s := range v.set.Severities() {
		out.Fields[3].Options = append(out.Fields[3].Options, ui.Option{Value: s.Code, Label: i18n.Say(ctx, s.Msg())})
	}
	if len(v.labels) > 0 {
		f := ui.FieldView{Name: "label", Label: i18n.T(ctx, "tickets.f.label"), Value: q.Get("label")}
		for _, l := range v.labels {
			f.Options = append(f.Options, ui.Option{Value: strconv.FormatInt(l.ID, 10), Label: door.Data(ctx, l.Name)})
		}
		out.Fields = append(out.Fields, f)
	}
	if v.Can(actor.ViewAllTickets) {
		out.Fields = append(out.Fields, ui.FieldView{Name: "whose", Label: i18n.T(ctx, "tickets.whose.all"), Value: q.Get("whose"),
			Options: []ui.Option{{Value: "mine", Label: i18n.T(ctx, "tickets.whose.mine")}}})
	}
	out.Fields = append(out.Fields, ui.FieldView{Name: "from", Label: i18n.T(ctx, "tickets.f.from"), Type: "date", Value: q.Get("from")},
		ui.FieldView{Name: "to", Label: i18n.T(ctx, "tickets.f.to"), Type: "date", Value: q.Get("to")})
	if v.view() != "" {
		out.Hidden = [][2]string{{"view", v.view()}}
	}
	if v.filtered() || q.Get("whose") != "" {
		out.Clear = "/tickets"
	}
	return out
}

// foot leads to other pages and to the files; an empty list has none.
func (v listView) foot() templ.Component {
	if len(v.rows) == 0 && v.first == "" {
		return nil
	}
	return pager(v)
}

// severity is a ticket's severity in words; "" when it has none.
func severity(ctx context.Context, set *taxonomy.Set, code string) string {
	if s, ok := set.Severity(code); ok {
		return i18n.Say(ctx, s.Msg())
	}
	return ""
}
