// Package review holds the vendor's pages about applications: the queue, and the page on which one is judged, with
// the evidence beside the computed lines.
package review

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	q *qualification.Service
}

// Register adds the pages.
func Register(s *site.Site, q *qualification.Service) {
	p := pages{s, q}
	s.AddReview(site.Review{Href: "/reviews", Label: i18n.M("reviewpage.queue.tab"), Verb: actor.ListReviews})
	s.Page("GET /reviews", p.queue)
	door.Exports(s, door.Plain, "/reviews", p.export)
	s.Page("GET /reviews/{id}", p.review)
	s.Page("POST /reviews/{id}/start", p.start)
	s.Page("POST /reviews/{id}/comments", p.comment)
	s.Page("GET /reviews/{id}/{act}", p.askAct)
	s.Page("POST /reviews/{id}/pass", p.pass)
	s.Page("POST /reviews/{id}/return", p.giveBack)
	s.Page("POST /reviews/{id}/reject", p.reject)
	s.Page("POST /reviews/{id}/approve", p.approve)
	s.Page("POST /reviews/{id}/inspect", p.inspect)
	s.Page("GET /reviews/{id}/inspections/{inspection}/{hash}", p.inspectionFile)
	p.attestations()
}

// askAct shows the page of one act. They share a pattern, because /reviews/{id}/approve and /reviews/materials/{id} would
// contest the same addresses.
func (p pages) askAct(w http.ResponseWriter, r *http.Request) error {
	page, ok := map[string]site.Handler{"pass": p.askPass, "return": p.askReturn, "reject": p.askReject, "approve": p.askApprove,
		"inspect": p.askInspect}[r.PathValue("act")]
	if !ok {
		return fault.NotFound()
	}
	return page(w, r)
}

// A queue is one page of what waits for the vendor.
type queue struct {
	qualify.Names
	tabs         []ui.Tab
	rows         []qualification.QueueItem
	waiting      int64
	overdue      int64
	first, after string
	now          time.Time
}

func filterOf(r *http.Request) qualification.QueueFilter {
	q := r.URL.Query()
	f := qualification.QueueFilter{State: qualification.State(q.Get("state")), Program: q.Get("program"), After: q.Get("after"),
		Mine: q.Get("whose") == "mine", Overdue: q.Get("due") == "overdue"}
	return f
}

func (p pages) queue(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), site.By(r)
	rows, next, err := p.q.Queue(ctx, by, filterOf(r))
	if err != nil {
		return err
	}
	q := queue{Names: qualify.NamesAt(p.q, p.Clock.Now()), tabs: p.ReviewTabs(r), rows: rows, after: door.After(r, next), now: p.Clock.Now()}
	if r.URL.Query().Get("after") != "" {
		q.first = door.FirstOf(r)
	}
	if q.waiting, q.overdue, err = p.q.QueueCounts(ctx, by); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, queuePage(door.See(p.Site, r, door.Door{}), q))
}

func (q queue) state(ctx context.Context) string {
	if q.waiting == 0 {
		return i18n.T(ctx, "reviewpage.queue.none")
	}
	return i18n.T(ctx, "reviewpage.queue.state", i18n.A{"n": q.waiting, "late": q.overdue})
}

func (q queue) next(ctx context.Context) string {
	if len(q.rows) == 0 {
		return i18n.T(ctx, "reviewpage.queue.next_none")
	}
	x := q.rows[0]
	return i18n.T(ctx, "reviewpage.queue.next", i18n.A{"partner": i18n.Raw(x.PartnerName), "left": qualify.Left(ctx, x.Left)})
}

func (q queue) filters(v door.View) templ.Component {
	ctx, u := v.R.Context(), v.R.URL.Query()
	f := ui.FiltersView{Action: "/reviews", Target: "queue", Fields: []ui.FieldView{
		{Name: "whose", Label: i18n.T(ctx, "reviewpage.filter.all"), Value: u.Get("whose"), Options: []ui.Option{{Value: "mine", Label: i18n.T(ctx, "reviewpage.filter.mine")}}},
		{Name: "due", Label: i18n.T(ctx, "reviewpage.filter.due"), Value: u.Get("due"), Options: []ui.Option{{Value: "overdue", Label: i18n.T(ctx, "reviewpage.filter.overdue")}}},
		{Name: "state", Label: i18n.T(ctx, "reviewpage.filter.waiting"), Value: u.Get("state"), Options: qualify.States(ctx, qualification.Submitted,
			qualification.UnderReview, qualification.Returned)},
		{Name: "program", Label: i18n.T(ctx, "reviewpage.filter.programs"), Value: u.Get("program"), Options: q.Programs(ctx)},
	}}
	if door.Filtered(v.R, "whose", "due", "state", "program") {
		f.Clear = "/reviews"
	}
	return ui.Filters(f)
}

// leftTone is Bad when overdue, Warn on the last working day.
func leftTone(left time.Duration) ui.Tone {
	switch {
	case left < 0:
		return ui.Bad
	case left < 8*time.Hour:
		return ui.Warn
	}
	return ui.Neutral
}

func (p pages) export(r *http.Request, _ door.Door) (door.Table, error) {
	ctx, by, f, n := r.Context(), site.By(r), filterOf(r), qualify.NamesAt(p.q, p.Clock.Now())
	f.After = ""
	if _, _, err := p.q.Queue(ctx, by, f); err != nil {
		return door.Table{}, err
	}
	rows := door.Pages(func(after string) ([]qualification.QueueItem, string, error) {
		f.After, f.Limit = after, 500
		return p.q.Queue(ctx, by, f)
	}, func(x qualification.QueueItem) []string {
		return []string{x.ID, x.PartnerName, n.Title(ctx, x.Program), n.Level(ctx, x.Ref(), x.Level), i18n.Say(ctx, x.Kind.Label()),
			i18n.Say(ctx, x.Progress().Label()), instant(x.SubmittedAt), instant(x.ReviewDue), strconv.FormatFloat(x.Left.Hours(), 'f', 1, 64), x.ReviewerName}
	})
	return door.Table{Name: "reviews", Rows: rows, Header: []string{i18n.T(ctx, "reviewpage.application"), i18n.T(ctx, "reviewpage.partner"),
		i18n.T(ctx, "reviewpage.program"), i18n.T(ctx, "reviewpage.level"), i18n.T(ctx, "reviewpage.kind"), i18n.T(ctx, "reviewpage.status"),
		i18n.T(ctx, "reviewpage.submitted"), i18n.T(ctx, "reviewpage.due"), i18n.T(ctx, "reviewpage.hours_left"), i18n.T(ctx, "reviewpage.reviewer")}}, nil
}

// instant is an instant in a file; "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone).Format("2006-01-02 15:04")
}

// edition is the one that the page showed.
func edition(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("edition"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func base(id string) string { return "/reviews/" + url.PathEscape(id) }

// read opens the review with what the page needs besides.
func (p pages) read(r *http.Request) (work, error) {
	ctx, by := r.Context(), site.By(r)
	x, err := p.q.Review(ctx, by, r.PathValue("id"))
	if err != nil {
		return work{}, err
	}
	v := work{Review: x, File: r.URL.Query().Get("file"), now: p.Clock.Now()}
	v.Previous, v.Next, v.Left, err = p.around(r, x.ID)
	return v, err
}

// around finds the neighbours in the queue, in its order, and the working time left.
func (p pages) around(r *http.Request, id string) (previous, next string, left time.Duration, err error) {
	rows, _, err := p.q.Queue(r.Context(), site.By(r), qualification.QueueFilter{Limit: 500})
	for i, x := range rows {
		if x.ID != id {
			continue
		}
		left = x.Left
		if i > 0 {
			previous = base(rows[i-1].ID)
		}
		if i+1 < len(rows) {
			next = base(rows[i+1].ID)
		}
		return previous, next, left, err
	}
	if len(rows) > 0 { // decided already: the queue goes on with what is most urgent
		next = base(rows[0].ID)
	}
	return "", next, 0, err
}

func (p pages) review(w http.ResponseWriter, r *http.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, v)
}

// show answers with the review; documents are framed in it, our own and no other.
func (p pages) show(w http.ResponseWriter, r *http.Request, status int, v work, errs ...ui.FieldError) error {
	framing(w)
	return p.Show(w, r, status, reviewPage(p.see(r, errs...), v))
}

func (p pages) see(r *http.Request, errs ...ui.FieldError) door.View {
	return door.See(p.Site, r, door.Door{}, errs...)
}

// refused tells a reviewer that a decision wasn't made: entries to correct on the same page, or that a colleague was
// faster, with the review as it stands now.
func (p pages) refused(w http.ResponseWriter, r *http.Request, err error, page func(v door.View, x work) templ.Component) error {
	kind := fault.KindOf(err)
	if kind != fault.KindInvalid && kind != fault.KindConflict {
		return err
	}
	x, failed := p.read(r)
	if failed != nil {
		return failed
	}
	if kind == fault.KindConflict {
		x.Conflict = i18n.Say(r.Context(), fault.Of(err).Msg)
		return p.show(w, r, http.StatusConflict, x)
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return page(p.see(r, errs...), x) })
}
