// Package round holds the pages of annual reviews: the partner's entries and how to hand one in, the vendor's rounds
// with their entries, and the decision.
package round

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/round"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	r *round.Service
}

// Register adds the pages.
func Register(s *site.Site, r *round.Service) {
	p := pages{s, r}
	s.AddReview(site.Review{Href: "/reviews/rounds", Label: i18n.M("rounds.queue.tab"), Verb: actor.DecideReview})
	s.Page("GET /reviews/rounds", p.queue)
	s.Page("GET /rounds", p.list)
	s.Page("GET /rounds/new", p.form)
	s.Page("POST /rounds", p.plan)
	s.Page("GET /rounds/{id}", p.show)
	s.Page("POST /rounds/{id}", p.change)
	s.Page("POST /rounds/{id}/cancel", p.cancel)
	s.Page("POST /rounds/{id}/publish", p.publish)
	s.Page("GET /rounds/{id}/entries.csv", p.csv)
	s.Page("GET /rounds/{id}/entries.xlsx", p.xlsx)
	s.Page("GET /annual-reviews/{id}", p.entry)
	s.Page("POST /annual-reviews/{id}", p.submit)
	s.Page("POST /annual-reviews/{id}/{step}", p.decide)
	door.Vendor(s, "GET", "/rounds", p.ofPartner)
}

func (p pages) see(r *http.Request) door.View {
	return door.See(p.Site, r, door.Door{Account: site.By(r).Account, Vendor: false})
}

// list is the partner's own entries, or the vendor's rounds.
func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	by := site.By(r)
	if !by.Vendor() {
		return p.own(w, r, door.Door{Account: by.Account})
	}
	all, err := p.r.Rounds(r.Context(), by)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, roundsPage(roundsView{View: p.see(r), all: all}))
}

func (p pages) ofPartner(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.own(w, r, d)
}

func (p pages) own(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v := ownView{View: door.See(p.Site, r, d), days: map[string]round.Round{}, title: p.r.Title}
	var err error
	if v.entries, err = p.r.Own(r.Context(), site.By(r), d.Account); err != nil {
		return err
	}
	if v.all, err = p.r.Rounds(r.Context(), site.By(r)); err != nil {
		return err
	}
	for _, x := range v.all {
		v.days[x.ID] = x
	}
	return p.Show(w, r, http.StatusOK, ownPage(v))
}

// form is the page on which a round is planned, with the usual days of this year.
func (p pages) form(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.ManageRounds); err != nil {
		return err
	}
	v, err := p.planView(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, newPage(v))
}

func (p pages) planView(r *http.Request) (v planView, err error) {
	year, _, _ := calendar.DayOf(p.Clock.Now()).Split()
	v = planView{View: p.see(r), year: year, days: round.UsualDays(year), title: p.r.Title}
	v.scopes, err = p.r.Scopes(r.Context(), site.By(r))
	return v, err
}

// planOf reads the form. What is no day or number stays empty: the verb says what it needs.
func planOf(r *http.Request) (p round.Plan) {
	p.Year, _ = strconv.Atoi(r.PostFormValue("year"))
	for _, s := range r.PostForm["scope"] {
		program, level, _ := strings.Cut(s, " ")
		p.Scopes = append(p.Scopes, round.Scope{Program: program, Level: level})
	}
	for name, d := range map[string]*calendar.Day{"opens_on": &p.Days.OpensOn, "closes_on": &p.Days.ClosesOn,
		"changes_until": &p.Days.ChangesUntil, "result_on": &p.Days.ResultOn} {
		*d, _ = calendar.ParseOptional(r.PostFormValue(name))
	}
	return p
}

func (p pages) plan(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	x, err := p.r.Plan(r.Context(), site.By(r), planOf(r))
	if err == nil {
		return p.Go(w, r, "/rounds/"+x.ID, i18n.M("rounds.planned"))
	}
	v, other := p.planView(r)
	if other != nil {
		return other
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return newPage(v)
	})
}

func (p pages) show(w http.ResponseWriter, r *http.Request) error { return p.page(w, r, nil) }

// page shows a round, after a refused change with what was refused.
func (p pages) page(w http.ResponseWriter, r *http.Request, refused error) error {
	by, q := site.By(r), r.URL.Query()
	x, err := p.r.Round(r.Context(), by, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := roundView{View: p.see(r), x: x, title: p.r.Title}
	rows, next, err := p.r.Entries(r.Context(), by, round.Filter{Round: x.ID, State: round.EntryState(q.Get("state")), After: q.Get("after")})
	if err != nil {
		return err
	}
	v.rows, v.after = rows, door.After(r, next)
	if q.Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, roundPage(v))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return roundPage(v)
	})
}

func edition(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("edition"), 10, 64) // what's no number is a stale page
	return n
}

// moved is the frame of the vendor's changes of a round.
func (p pages) moved(w http.ResponseWriter, r *http.Request, done i18n.Msg, f func(id string, edition int64) error) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	err := f(id, edition(r))
	if fault.KindOf(err) == fault.KindDenied {
		return err
	}
	if err != nil {
		return p.page(w, r, err)
	}
	return p.Go(w, r, "/rounds/"+id, done)
}

func (p pages) change(w http.ResponseWriter, r *http.Request) error {
	return p.moved(w, r, i18n.M("rounds.changed"), func(id string, n int64) error {
		if err := site.By(r).May(actor.ManageRounds); err != nil {
			return err
		}
		x, err := p.r.Round(r.Context(), site.By(r), id)
		if err != nil {
			return err
		}
		plan := planOf(r)
		if plan.Year == 0 {
			plan.Year, plan.Scopes = x.Year, x.Scopes // only the days can be changed here
		}
		if plan.Days.OpensOn.IsNone() {
			plan.Days.OpensOn = x.Days.OpensOn
		}
		_, err = p.r.Change(r.Context(), site.By(r), id, n, plan)
		return err
	})
}

func (p pages) cancel(w http.ResponseWriter, r *http.Request) error {
	return p.moved(w, r, i18n.M("rounds.cancelled"), func(id string, n int64) error {
		_, err := p.r.Cancel(r.Context(), site.By(r), id, n)
		return err
	})
}

func (p pages) publish(w http.ResponseWriter, r *http.Request) error {
	return p.moved(w, r, i18n.M("rounds.published"), func(id string, n int64) error {
		_, err := p.r.Publish(r.Context(), site.By(r), id, n)
		return err
	})
}

func (p pages) csv(w http.ResponseWriter, r *http.Request) error  { return p.export(w, r, "csv") }
func (p pages) xlsx(w http.ResponseWriter, r *http.Request) error { return p.export(w, r, "xlsx") }

func (p pages) export(w http.ResponseWriter, r *http.Request, format string) error {
	f := round.Filter{Round: r.PathValue("id"), State: round.EntryState(r.URL.Query().Get("state")), Limit: 500}
	if _, err := p.r.Round(r.Context(), site.By(r), f.Round); err != nil {
		return err
	}
	read := func(after string) ([]round.Entry, string, error) {
		f.After = after
		return p.r.Entries(r.Context(), site.By(r), f)
	}
	door.Send(w, r, door.Table{Name: "annual-review", Header: []string{"partner", "name", "program", "level", "certificate", "state", "verdict", "submitted_at", "reasons"},
		Rows: door.Pages(read, func(e round.Entry) []string {
			return []string{e.Account, e.PartnerName, e.Program, e.Level, e.Number, string(e.State), string(e.Verdict), door.Instant(e.SubmittedAt), strings.Join(e.Reasons, "; ")}
		})}, format)
	return nil
}

func (p pages) queue(w http.ResponseWriter, r *http.Request) error {
	rows, next, err := p.r.Queue(r.Context(), site.By(r), r.URL.Query().Get("after"), 0)
	if err != nil {
		return err
	}
	v := queueView{View: p.see(r), tabs: p.ReviewTabs(r), rows: rows, title: p.r.Title, after: door.After(r, next)}
	if r.URL.Query().Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, queuePage(v))
}

func (p pages) entry(w http.ResponseWriter, r *http.Request) error { return p.entryPage(w, r, nil) }

// entryPage shows an entry, after a refused step with what was refused.
func (p pages) entryPage(w http.ResponseWriter, r *http.Request, refused error) error {
	e, err := p.r.Entry(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := entryView{View: p.see(r), e: e, vendor: site.Vendor(r), today: calendar.DayOf(p.Clock.Now())}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, entryPage(v))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return entryPage(v)
	})
}

func (p pages) submit(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := p.r.Submit(r.Context(), site.By(r), id, edition(r), slices.Clone(r.PostForm["materials"])); err != nil {
		return p.entryPage(w, r, err)
	}
	return p.Go(w, r, "/annual-reviews/"+id, i18n.M("rounds.submitted"))
}

func (p pages) decide(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, id, n, reasons := r.Context(), site.By(r), r.PathValue("id"), edition(r), r.PostForm["reason"]
	var err error
	done := i18n.Msg{}
	switch r.PathValue("step") {
	case "pass":
		_, err = p.r.Pass(ctx, by, id, n)
		done = i18n.M("rounds.did.pass")
	case "return":
		_, err = p.r.Return(ctx, by, id, n, reasons)
		done = i18n.M("rounds.did.return")
	case "fail":
		_, err = p.r.Fail(ctx, by, id, n, reasons)
		done = i18n.M("rounds.did.fail")
	default:
		err = fault.NotFound()
	}
	if err != nil {
		return p.entryPage(w, r, err)
	}
	return p.Go(w, r, "/annual-reviews/"+id, done)
}
