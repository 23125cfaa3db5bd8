package desk

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/desk"
	"hanse/internal/domain/macro"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/domain/ticketmail"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
)

const pageSize = 50

// The views of the queue, as tabs.
const (
	viewAll      = "" // everything that isn't over
	viewMine     = "mine"
	viewTeam     = "team"
	viewNobody   = "unassigned"
	viewSoon     = "soon"
	viewBreached = "breached"
	viewWaiting  = "waiting" // for the customer
	viewHanded   = "handed"  // to the vendor's desk, by a partner's
	viewOver     = "over"
)

var queueViews = []string{viewAll, viewMine, viewTeam, viewNobody, viewSoon, viewBreached, viewWaiting, viewHanded, viewOver}

var (
	forCustomer = []ticket.State{ticket.ToConfirm, ticket.AskedBack}
	over        = []ticket.State{ticket.Done, ticket.Cancelled, ticket.Invalid}
)

type queueView struct {
	door.View
	desk.Setup
	set          *taxonomy.Set
	soon         time.Duration // how far "due soon" looks
	labels       []ticket.Label
	book         sla.Book
	clocks       map[string]sla.Clocks
	found        map[string]ticket.Excerpt
	rows         []ticket.Row
	counts       map[string]int64
	macros       []desk.Macro
	views        []desk.View
	held         int64 // mails that somebody has to look at
	first, after string
	key          string
	now          time.Time
}

// teamsOf are the actor's teams; a name of nothing for somebody without one, so that "my team" has no tickets.
func teamsOf(s desk.Setup, by actor.Actor) []string {
	if p, ok := s.Person(by.User); ok && len(p.Teams) > 0 {
		return p.Teams
	}
	return []string{"-"}
}

// narrow is a filter with what a view asks for; soon is until when "due soon" looks.
func narrow(f ticket.Filter, view string, s desk.Setup, by actor.Actor, soon time.Time) ticket.Filter {
	f.Active = true
	switch view {
	case viewMine:
		f.Owner = by.User
	case viewTeam:
		f.Teams = teamsOf(s, by)
	case viewNobody:
		f.Owner = "-"
	case viewSoon:
		f.DueBefore = soon
	case viewBreached:
		f.Breached = true
	case viewWaiting:
		f.Active, f.States = false, forCustomer
	case viewHanded:
		f.Box, f.Handed = ticket.HadBox, true
	case viewOver:
		f.Active, f.States = false, over
	}
	return f
}

// filterOf reads the queue's filter from an address.
func filterOf(q url.Values, s desk.Setup, by actor.Actor, soon time.Time) ticket.Filter {
	f := ticket.Filter{Box: ticket.Queue, Search: strings.TrimSpace(q.Get("q")), ProblemType: q.Get("type"), Severity: q.Get("severity"), Product: q.Get("product"),
		Plan: q.Get("plan"), Account: q.Get("account"), Sort: ticket.ByDue}
	f = narrow(f, q.Get("view"), s, by, soon)
	if q.Get("view") == viewOver {
		if f.Sort = ticket.ByTouched; f.Search != "" {
			f.Sort = ticket.Newest // what is over only grows: newest first, a search needn't read all of it
		}
	}
	if owner := q.Get("owner"); owner != "" {
		f.Owner = owner
	}
	if team := q.Get("team"); team != "" {
		f.Teams = []string{team}
	}
	if n, err := strconv.Atoi(q.Get("state")); err == nil {
		f.Active, f.States = false, []ticket.State{ticket.State(n)}
	}
	if n, err := strconv.ParseInt(q.Get("label"), 10, 64); err == nil {
		f.Labels = []int64{n}
	}
	if q.Get("unread") != "" {
		f.Unread = true
	}
	return f
}

// soon is how far "due soon" looks: a setting.
func (p pages) soon(ctx context.Context) (time.Duration, error) {
	return setting.Duration(ctx, p.DB.Read(), setting.TicketDueSoon, p.Clock.Now())
}

// ownLabels are the labels of the actor's desk.
func (p pages) ownLabels(ctx context.Context, by actor.Actor) ([]ticket.Label, error) {
	if !by.Can(actor.ViewTickets) {
		return nil, nil
	}
	all, _, err := p.Tickets.Labels(ctx, by, ticket.LabelFilter{})
	return all, err
}

func (p pages) queue(w http.ResponseWriter, r *http.Request) error {
	return p.showQueue(w, r, http.StatusOK)
}

func (p pages) showQueue(w http.ResponseWriter, r *http.Request, status int, errs ...ui.FieldError) (err error) {
	ctx, by := r.Context(), site.By(r)
	v := queueView{View: p.see(r, errs...), now: p.Clock.Now(), key: id.New("key", p.Clock.Wall())}
	if v.Setup, err = p.Desk.Setup(ctx, by); err != nil {
		return err
	}
	if v.soon, err = p.soon(ctx); err != nil {
		return err
	}
	f := filterOf(r.URL.Query(), v.Setup, by, v.now.Add(v.soon))
	f.After, f.Limit = ticket.ParseMark(r.URL.Query().Get("after")), pageSize+1
	if v.rows, err = p.Tickets.List(ctx, by, f); err != nil {
		return err
	}
	if len(v.rows) > pageSize {
		v.rows = v.rows[:pageSize]
		v.after = door.After(r, v.rows[pageSize-1].Mark(f.Sort).String())
	}
	if v.found, err = p.Tickets.Excerpts(ctx, by, f.Search, v.rows); err != nil {
		return err
	}
	v.first = door.FirstOf(r)
	if err := p.around(ctx, by, &v); err != nil {
		return err
	}
	return p.Show(w, r, status, queuePage(v))
}

// around reads what stands around the rows: their clocks, the counts of the views, macros, kept views.
func (p pages) around(ctx context.Context, by actor.Actor, v *queueView) (err error) {
	q := p.DB.Read()
	if v.set, err = taxonomy.Read(ctx, q); err != nil {
		return err
	}
	if v.book, err = sla.BookAt(ctx, q, v.now); err != nil {
		return err
	}
	if v.labels, err = p.ownLabels(ctx, by); err != nil {
		return err
	}
	nos := make([]string, len(v.rows))
	for i, t := range v.rows {
		nos[i] = t.No
	}
	if v.clocks, err = sla.Of(ctx, q, nos); err != nil {
		return err
	}
	if by.Can(actor.WorkTickets) {
		if v.macros, _, err = p.Desk.Usable(ctx, by); err != nil {
			return err
		}
	}
	if v.views, err = p.Desk.Views(ctx, by); err != nil {
		return err
	}
	if by.Can(actor.HandleTicketMail) {
		if v.held, err = ticketmail.HeldCount(ctx, q, by.Account); err != nil {
			return err
		}
	}
	return p.tally(ctx, by, v)
}

// tally counts the tickets of each view.
func (p pages) tally(ctx context.Context, by actor.Actor, v *queueView) error {
	var filters []ticket.Filter
	for _, view := range queueViews[:len(queueViews)-1] { // what's over isn't counted: it only grows
		filters = append(filters, narrow(ticket.Filter{Box: ticket.Queue}, view, v.Setup, by, v.now.Add(v.soon)))
	}
	counts, err := p.Tickets.Tally(ctx, by, filters)
	if err != nil {
		return err
	}
	v.counts = map[string]int64{}
	for i, n := range counts {
		v.counts[queueViews[i]] = n
	}
	return nil
}

func (v queueView) view() string { return v.R.URL.Query().Get("view") }

func (v queueView) state(ctx context.Context) string {
	if v.counts[viewAll] == 0 {
		return i18n.T(ctx, "desk.queue.none")
	}
	return i18n.T(ctx, "desk.queue.state", i18n.A{"n": v.counts[viewAll], "late": i18n.From(ctx).Int(v.counts[viewBreached]), "nobody": i18n.From(ctx).Int(v.counts[viewNobody])})
}

// next names the ticket that runs out first.
func (v queueView) next(ctx context.Context) string {
	for _, t := range v.rows {
		if !t.Due.IsZero() {
			return i18n.T(ctx, "desk.queue.next", i18n.A{"no": t.No, "left": desk.Left(t.Due.Sub(v.now))})
		}
	}
	return i18n.T(ctx, "desk.queue.next_none")
}

func (v queueView) tabs(ctx context.Context) (out []ui.Tab) {
	for _, x := range []struct{ view, label string }{
		{viewAll, i18n.T(ctx, "desk.view.all")}, {viewMine, i18n.T(ctx, "desk.view.mine")}, {viewTeam, i18n.T(ctx, "desk.view.team")},
		{viewNobody, i18n.T(ctx, "desk.view.unassigned")}, {viewSoon, i18n.T(ctx, "desk.view.soon", i18n.A{"time": desk.Span(v.soon)})}, {viewBreached, i18n.T(ctx, "desk.view.breached")},
		{viewWaiting, i18n.T(ctx, "desk.view.waiting")}, {viewHanded, i18n.T(ctx, "desk.view.handed")}, {viewOver, i18n.T(ctx, "desk.view.over")},
	} {
		if x.view == viewHanded && v.By.Kind != actor.Partner {
			continue
		}
		q := url.Values{}
		if x.view != viewAll {
			q.Set("view", x.view)
		}
		out = append(out, ui.Tab{Href: door.With("/desk", q), Label: x.label, Count: int(v.counts[x.view]), Current: v.view() == x.view})
	}
	return out
}

var filterNames = []string{"q", "state", "type", "product", "severity", "team", "owner", "plan", "label", "account", "unread"}

// filters are the choices above the rows.
func (v queueView) filters(ctx context.Context) ui.FiltersView {
	q := v.R.URL.Query()
	owners := append([]ui.Option{{Value: "-", Label: i18n.T(ctx, "desk.owner.none")}}, people(ctx, v.Setup)...)
	out := ui.FiltersView{Action: "/desk", Target: "queue", Fields: []ui.FieldView{
		{Name: "q", Label: i18n.T(ctx, "desk.queue.search"), Value: q.Get("q"), MaxLen: ticket.MostSearch},
		{Name: "severity", Label: i18n.T(ctx, "desk.c.severity"), Value: q.Get("severity"), Options: severityOptions(ctx, v.set)},
		{Name: "type", Label: i18n.T(ctx, "desk.c.problem_type"), Value: q.Get("type"), Options: typeOptions(ctx, v.set)},
		{Name: "product", Label: i18n.T(ctx, "desk.c.product"), Value: q.Get("product"), Options: productOptions(ctx, v.set)},
		{Name: "owner", Label: i18n.T(ctx, "desk.f.owner"), Value: q.Get("owner"), Options: owners},
	}}
	out.Fields = append(out.Fields, ui.FieldView{Name: "plan", Label: i18n.T(ctx, "desk.c.plan"), Value: q.Get("plan"), Options: planOptions(ctx)})
	if len(v.labels) > 0 {
		out.Fields = append(out.Fields, ui.FieldView{Name: "label", Label: i18n.T(ctx, "desk.label"), Value: q.Get("label"), Options: labelOptions(ctx, v.labels)})
	}
	if len(v.Open()) > 0 {
		out.Fields = append(out.Fields, ui.FieldView{Name: "team", Label: i18n.T(ctx, "desk.f.team"), Value: q.Get("team"), Options: teamOptions(ctx, v.Setup)})
	}
	for _, name := range []string{"view", "state", "account", "unread"} {
		if q.Get(name) != "" {
			out.Hidden = append(out.Hidden, [2]string{name, q.Get(name)})
		}
	}
	if door.Filtered(v.R, filterNames...) {
		out.Clear = door.With("/desk", url.Values{"view": {v.view()}})
	}
	return out
}

// asked is the address's query without the place in the list: what a kept view and links to tickets carry.
func (v queueView) asked() url.Values { return asked(v.R) }

func asked(r *http.Request) url.Values {
	q := url.Values{}
	for _, name := range append([]string{"view"}, filterNames...) {
		if x := r.URL.Query().Get(name); x != "" {
			q.Set(name, x)
		}
	}
	return q
}

// href leads to a ticket, with the queue from which it's opened.
func (v queueView) href(no string) string { return door.With("/desk/"+no, v.asked()) }

// ticked tells whether a row was ticked when the form was refused.
func (v queueView) ticked(t ticket.Row) bool {
	return slices.ContainsFunc(v.R.PostForm["id"], func(s string) bool { no, _, _ := strings.Cut(s, "~"); return no == t.No })
}

// tick is what a ticked row says: the ticket, and which edition of it was on the page.
func tick(t ticket.Row) string { return t.No + "~" + number(t.Edition) }

func (v queueView) bulkLabel(ctx context.Context) string { return i18n.T(ctx, "desk.bulk") }

func (v queueView) macroOptions(ctx context.Context) []ui.Option { return macroOptions(ctx, v.macros) }

func macroOptions(ctx context.Context, all []desk.Macro) (out []ui.Option) {
	for _, m := range all {
		out = append(out, ui.Option{Value: m.ID, Label: door.Data(ctx, m.Name)})
	}
	return out
}

// bulk does something on all ticked tickets, or on none.
func (p pages) bulk(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	var on []macro.On
	for _, s := range r.PostForm["id"] {
		no, seen, _ := strings.Cut(s, "~")
		n, _ := strconv.ParseInt(seen, 10, 64) // what's no number saw nothing
		on = append(on, macro.On{No: no, Seen: n})
	}
	ctx, by, key := r.Context(), site.By(r), r.FormValue("key")
	var err error
	switch r.FormValue("do") {
	case "macro":
		_, err = p.Macros.Use(ctx, by, r.FormValue("macro"), on, key)
		if fault.KindOf(err) == fault.KindNotFound && r.FormValue("macro") == "" {
			err = fault.Invalid("macro", i18n.M("desk.macro.choose"))
		}
	case "assign":
		team, owner := r.FormValue("to_team"), r.FormValue("to_owner")
		if team == "" && owner == "" {
			err = fault.Invalid("to_team", i18n.M("desk.assign.choose"))
			break
		}
		_, err = p.Macros.All(ctx, by, on, key, func(ticket.Ticket) (ticket.Bundle, error) { return assignment(team, owner), nil })
	default:
		err = fault.NotFound()
	}
	if err != nil {
		if again(err) {
			return p.showQueue(w, r, status(err), site.Errors(r, err)...)
		}
		return err
	}
	return p.Go(w, r, door.With("/desk", asked(r)), i18n.M("desk.bulk.done", i18n.A{"n": len(on)}))
}

// assignment is what is chosen of a team and an owner.
func assignment(team, owner string) (b ticket.Bundle) {
	if team != "" {
		b.Team = &team
	}
	if owner == desk.OwnerNobody {
		owner = ""
		b.Owner = &owner
	} else if owner != "" {
		b.Owner = &owner
	}
	return b
}

// keep keeps the look at the queue under a name.
func (p pages) keepView(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if _, err := p.Desk.SaveView(r.Context(), site.By(r), r.FormValue("name"), r.FormValue("query"), r.FormValue("shared") != ""); err != nil {
		if again(err) {
			return p.showQueue(w, r, status(err), site.Errors(r, err)...)
		}
		return err
	}
	return p.Go(w, r, "/desk?"+r.FormValue("query"), i18n.M("desk.views.kept"))
}

func (p pages) dropView(w http.ResponseWriter, r *http.Request) error {
	if err := p.Desk.RemoveView(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return err
	}
	return p.Go(w, r, "/desk", i18n.M("desk.views.dropped"))
}

// export streams the queue as a file, in the filter of the request.
func (p pages) export(r *http.Request, _ door.Door) (door.Table, error) {
	ctx, by := r.Context(), site.By(r)
	if err := by.May(actor.ExportTickets); err != nil {
		return door.Table{}, err
	}
	setup, err := p.Desk.Setup(ctx, by)
	if err != nil {
		return door.Table{}, err
	}
	soon, err := p.soon(ctx)
	if err != nil {
		return door.Table{}, err
	}
	f := filterOf(r.URL.Query(), setup, by, p.Clock.Now().Add(soon))
	f.Limit = 200
	rows := door.Pages(func(after string) ([]ticket.Row, string, error) {
		f.After = ticket.ParseMark(after)
		all, err := p.Tickets.List(ctx, by, f)
		if err != nil || len(all) < f.Limit {
			return all, "", err
		}
		return all, all[len(all)-1].Mark(f.Sort).String(), nil
	}, func(t ticket.Row) []string {
		return []string{t.No, t.Title, t.AccountName, t.OpenedName, i18n.Say(ctx, t.State.Label()), i18n.Say(ctx, t.TypeNames.Msg()), i18n.Say(ctx, t.ProductNames.Msg()),
			t.Severity, string(t.Plan), t.TeamName, t.OwnerName, door.Instant(t.OpenedAt), door.Instant(t.Due), yes(t.Breached), names(t.Labels)}
	})
	return door.Table{Name: "desk", Rows: rows, Header: []string{i18n.T(ctx, "desk.c.no"), i18n.T(ctx, "desk.c.title"), i18n.T(ctx, "desk.c.account"), i18n.T(ctx, "desk.c.opened_by"),
		i18n.T(ctx, "desk.f.state"), i18n.T(ctx, "desk.c.problem_type"), i18n.T(ctx, "desk.c.product"), i18n.T(ctx, "desk.c.severity"), i18n.T(ctx, "desk.c.plan"),
		i18n.T(ctx, "desk.f.team"), i18n.T(ctx, "desk.f.owner"), i18n.T(ctx, "desk.c.opened"), i18n.T(ctx, "desk.c.due"), i18n.T(ctx, "desk.c.breached"), i18n.T(ctx, "desk.labels")}}, nil
}

func names(all []ticket.Label) string {
	out := make([]string, len(all))
	for i, l := range all {
		out[i] = l.Name
	}
	return strings.Join(out, ", ")
}

func yes(b bool) string {
	if b {
		return "1"
	}
	return ""
}
