// Package entitlement holds the pages of what a support plan gives: what is left and what used it, requests for service
// days, trainings; and the vendor's desk, which decides and plans.
package entitlement

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/ledger"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
)

type pages struct {
	*site.Site
	s    *entitlement.Service
	host string // names the entries of calendar files
}

// Register adds the pages. baseURL is the portal's own address.
func Register(s *site.Site, e *entitlement.Service, baseURL string) {
	p := pages{s, e, "hanse"}
	if u, err := url.Parse(baseURL); err == nil && u.Hostname() != "" {
		p.host = u.Hostname()
	}
	door.Partner(s, "GET /plan/days", p.overview)
	door.Partner(s, "GET /plan/days/used/{unit}", p.uses)
	door.Partner(s, "GET /plan/days/requests/{id}", p.request)
	door.Partner(s, "GET /plan/days/requests/{id}/calendar.ics", p.file)
	door.Partner(s, "GET /plan/days/trainings/{id}", p.training)
	door.Partner(s, "GET /plan/days/trainings/{id}/calendar.ics", p.trainingFile)
	s.Page("GET /plan/days/new", p.newRequest)
	s.Page("POST /plan/days", p.ask)
	s.Page("POST /plan/days/requests/{id}/withdraw", p.withdraw)
	s.Page("POST /plan/days/requests/{id}/dates", p.move)
	s.Page("GET /plan/days/needs/new", p.newNeed)
	s.Page("POST /plan/days/needs", p.need)
	s.Page("POST /plan/days/needs/{id}/withdraw", p.withdrawNeed)
	s.Page("POST /plan/days/trainings/{id}/{step}", p.seat)
	p.desk()
}

func (p pages) see(r *http.Request, d door.Door) door.View { return door.See(p.Site, r, d) }

func mine(r *http.Request) door.Door { return door.Door{Account: site.By(r).Account} }

// holder is the account whose plan a page is about: a master shows that of its sub-account.
func (p pages) holder(r *http.Request, d door.Door) (string, []entitlement.Left, error) {
	return p.s.Overview(r.Context(), site.By(r), d.Account)
}

func (p pages) overview(w http.ResponseWriter, r *http.Request, d door.Door) (err error) {
	ctx, by := r.Context(), site.By(r)
	v := overviewView{View: p.see(r, d)}
	if v.holder, v.rows, err = p.holder(r, d); err != nil {
		return err
	}
	var next string
	if v.requests, next, err = p.s.Requests(ctx, by, entitlement.Filter{Account: v.holder, After: r.URL.Query().Get("after")}); err != nil {
		return err
	}
	v.after, v.first = door.After(r, next), door.FirstOf(r)
	if v.needs, _, err = p.s.Needs(ctx, by, v.holder, "", "", 20); err != nil {
		return err
	}
	if v.sessions, err = p.s.Sessions(ctx, by, v.holder, p.Clock.Now().AddDate(0, -3, 0), 50); err != nil {
		return err
	}
	v.now = p.Clock.Now()
	return p.Show(w, r, http.StatusOK, overviewPage(v))
}

// uses is the proof of what is used: the ledger's entries.
func (p pages) uses(w http.ResponseWriter, r *http.Request, d door.Door) error {
	holder, _, err := p.holder(r, d)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v := usesView{View: p.see(r, d), unit: entitlement.Unit(r.PathValue("unit")), now: q.Get("period")}
	if !known(v.unit) {
		return fault.NotFound()
	}
	after, err := ledger.ParseMark(q.Get("after"))
	if err != nil {
		return fault.NotFound()
	}
	const limit = 50
	if v.rows, v.periods, err = p.s.Uses(r.Context(), site.By(r), holder, v.unit, v.now, after, limit); err != nil {
		return err
	}
	if len(v.rows) == limit {
		v.after = door.After(r, v.rows[limit-1].Mark().String())
	}
	v.first = door.FirstOf(r)
	return p.Show(w, r, http.StatusOK, usesPage(v))
}

func known(u entitlement.Unit) bool {
	for _, x := range entitlement.Units() {
		if x == u {
			return true
		}
	}
	return false
}

func (p pages) newRequest(w http.ResponseWriter, r *http.Request) error {
	return p.requestForm(w, r, nil)
}

// requestForm is the form for a new request. The key makes a second press the first request again.
func (p pages) requestForm(w http.ResponseWriter, r *http.Request, refused error) error {
	if err := site.By(r).May(actor.AskPlanDays); err != nil {
		return err
	}
	_, rows, err := p.holder(r, mine(r))
	if err != nil {
		return err
	}
	show := func(errs []ui.FieldError) templ.Component {
		v := formView{View: p.see(r, mine(r)), rows: rows, key: p.key(r)}
		v.Errs = errs
		return newRequestPage(v)
	}
	if refused != nil {
		return p.Refused(w, r, refused, show)
	}
	return p.Show(w, r, http.StatusOK, show(nil))
}

func (p pages) key(r *http.Request) string {
	if k := r.FormValue("key"); k != "" {
		return k
	}
	return id.New("key", p.Clock.Wall())
}

func (p pages) ask(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	holder, _, err := p.holder(r, mine(r))
	if err != nil {
		return err
	}
	x, err := p.s.Ask(r.Context(), site.By(r), entitlement.Asking{Account: holder, Unit: entitlement.Unit(r.PostFormValue("kind")), Dates: dates(r),
		Topic: r.PostFormValue("topic"), Contact: r.PostFormValue("contact"), Email: r.PostFormValue("email"), Note: r.PostFormValue("note"), Key: r.PostFormValue("key")})
	if err != nil {
		return p.requestForm(w, r, err)
	}
	return p.Go(w, r, "/plan/days/requests/"+x.ID, i18n.M("plandays.asked", i18n.A{"n": x.Days}))
}

// dates reads the two days; what is none is left out, which every verb refuses.
func dates(r *http.Request) (d entitlement.Dates) {
	d.First, _ = calendar.ParseOptional(r.PostFormValue("first_on"))
	d.Last, _ = calendar.ParseOptional(r.PostFormValue("last_on"))
	return d
}

// number reads a whole number; what is none is -1, which every verb refuses.
func number(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.PostFormValue(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (p pages) request(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.oneRequest(w, r, d, nil)
}

// read is the request that an address names; by the vendor's door it must be the partner's that the address names.
func (p pages) read(r *http.Request, d door.Door) (entitlement.Request, error) {
	x, err := p.s.Request(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil || !d.Vendor || x.Account == d.Account {
		return x, err
	}
	holder, _, err := p.holder(r, d)
	if err == nil && holder != x.Account {
		err = fault.NotFound()
	}
	return x, err
}

func (p pages) oneRequest(w http.ResponseWriter, r *http.Request, d door.Door, refused error) error {
	x, err := p.read(r, d)
	if err != nil {
		return err
	}
	show := func(errs []ui.FieldError) templ.Component {
		v := requestView{View: p.see(r, d), x: x, vendor: site.Vendor(r), today: calendar.DayOf(p.Clock.Now())}
		v.Errs = errs
		return requestPage(v)
	}
	if refused != nil {
		return p.Refused(w, r, refused, show)
	}
	return p.Show(w, r, http.StatusOK, show(nil))
}

func (p pages) file(w http.ResponseWriter, r *http.Request, d door.Door) error {
	x, err := p.read(r, d)
	if err != nil {
		return err
	}
	return send(w, x.ID, x.Calendar(i18n.From(r.Context()).Lang, p.host, p.Clock.Now()))
}

func send(w http.ResponseWriter, name, text string) error {
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8; method=PUBLISH")
	h.Set("Content-Disposition", `attachment; filename="`+name+`.ics"`)
	h.Set("Cache-Control", "no-store")
	_, err := w.Write([]byte(text))
	return err
}

func (p pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	_, err := p.s.Withdraw(r.Context(), site.By(r), entitlement.Decision{Request: r.PathValue("id"), Edition: number(r, "edition")})
	if err != nil {
		return p.oneRequest(w, r, mine(r), err)
	}
	return p.Go(w, r, "/plan/days/requests/"+r.PathValue("id"), i18n.M("plandays.withdrawn"))
}

func (p pages) move(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	_, err := p.s.Reschedule(r.Context(), site.By(r), entitlement.Decision{Request: r.PathValue("id"), Edition: number(r, "edition"), Dates: dates(r)})
	if err != nil {
		return p.oneRequest(w, r, mine(r), err)
	}
	return p.Go(w, r, "/plan/days/requests/"+r.PathValue("id"), i18n.M("plandays.moved"))
}

func (p pages) newNeed(w http.ResponseWriter, r *http.Request) error { return p.needForm(w, r, nil) }

func (p pages) needForm(w http.ResponseWriter, r *http.Request, refused error) error {
	if err := site.By(r).May(actor.AskPlanDays); err != nil {
		return err
	}
	show := func(errs []ui.FieldError) templ.Component {
		v := formView{View: p.see(r, mine(r)), key: p.key(r)}
		v.Errs = errs
		return newNeedPage(v)
	}
	if refused != nil {
		return p.Refused(w, r, refused, show)
	}
	return p.Show(w, r, http.StatusOK, show(nil))
}

func (p pages) need(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	holder, _, err := p.holder(r, mine(r))
	if err != nil {
		return err
	}
	_, err = p.s.StateNeed(r.Context(), site.By(r), entitlement.Need{Account: holder, Topic: r.PostFormValue("topic"), Mode: entitlement.Mode(r.PostFormValue("mode")),
		People: number(r, "people"), Contact: r.PostFormValue("contact"), Email: r.PostFormValue("email"), Note: r.PostFormValue("note"), Key: r.PostFormValue("key")})
	if err != nil {
		return p.needForm(w, r, err)
	}
	return p.Go(w, r, "/plan/days", i18n.M("plandays.need.asked"))
}

func (p pages) withdrawNeed(w http.ResponseWriter, r *http.Request) error {
	if err := p.s.WithdrawNeed(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return err
	}
	return p.Go(w, r, "/plan/days", i18n.M("plandays.need.withdrawn"))
}

func (p pages) training(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.oneTraining(w, r, d, nil)
}

func (p pages) oneTraining(w http.ResponseWriter, r *http.Request, d door.Door, refused error) error {
	holder, _, err := p.holder(r, d)
	if err != nil {
		return err
	}
	x, err := p.s.Session(r.Context(), site.By(r), holder, r.PathValue("id"))
	if err != nil {
		return err
	}
	show := func(errs []ui.FieldError) templ.Component {
		v := trainingView{View: p.see(r, d), x: x, now: p.Clock.Now()}
		v.Errs = errs
		return trainingPage(v)
	}
	if refused != nil {
		return p.Refused(w, r, refused, show)
	}
	return p.Show(w, r, http.StatusOK, show(nil))
}

func (p pages) trainingFile(w http.ResponseWriter, r *http.Request, d door.Door) error {
	x, err := p.s.Session(r.Context(), site.By(r), d.Account, r.PathValue("id"))
	if err != nil {
		return err
	}
	return send(w, x.ID, x.Calendar(i18n.From(r.Context()).Lang, p.host, p.Clock.Now()))
}

// seat takes a seat in a training, or gives it up.
func (p pages) seat(w http.ResponseWriter, r *http.Request) error {
	holder, _, err := p.holder(r, mine(r))
	if err != nil {
		return err
	}
	session, done := r.PathValue("id"), i18n.M("plandays.joined")
	switch r.PathValue("step") {
	case "join":
		err = p.s.Join(r.Context(), site.By(r), holder, session)
	case "leave":
		done = i18n.M("plandays.left")
		err = p.s.Leave(r.Context(), site.By(r), holder, session)
	default:
		return fault.NotFound()
	}
	if err != nil {
		return p.oneTraining(w, r, mine(r), err)
	}
	return p.Go(w, r, "/plan/days/trainings/"+session, done)
}

// instant reads a business day and clock time; what is none is zero, which every verb refuses.
func instant(text string) time.Time {
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, text, calendar.Zone); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
