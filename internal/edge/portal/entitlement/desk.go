package entitlement

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/entitlement"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// desk adds the vendor's own pages.
func (p pages) desk() {
	p.Page("GET /service-days", p.queue)
	door.Exports(p.Site, door.Plain, "/service-days", p.export)
	p.Page("GET /service-days/requests/{id}", p.deskRequest)
	p.Page("POST /service-days/requests/{id}/{step}", p.decide)
	p.Page("GET /service-days/trainings", p.trainings)
	p.Page("GET /service-days/trainings/new", p.newTraining)
	p.Page("POST /service-days/trainings", p.planTraining)
	p.Page("GET /service-days/trainings/{id}", p.deskTraining)
	p.Page("POST /service-days/trainings/{id}/cancel", p.cancelTraining)
}

// vendor refuses everybody else.
func vendor(r *http.Request) error {
	if !site.Vendor(r) {
		return fault.NotFound()
	}
	return site.By(r).May(actor.ViewPlanDays)
}

// state is the chosen tab of the queue, which begins with what waits.
func state(r *http.Request) entitlement.State {
	for _, s := range entitlement.States() {
		if r.URL.Query().Get("state") == string(s) {
			return s
		}
	}
	return entitlement.Requested
}

func (p pages) queue(w http.ResponseWriter, r *http.Request) error {
	if err := vendor(r); err != nil {
		return err
	}
	v := queueView{View: p.see(r, door.Door{}), now: state(r)}
	rows, next, err := p.s.Queue(r.Context(), site.By(r), entitlement.Filter{State: v.now, After: r.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	v.rows, v.after, v.first = rows, door.After(r, next), door.FirstOf(r)
	return p.Show(w, r, http.StatusOK, queuePage(v))
}

func (p pages) export(r *http.Request, _ door.Door) (door.Table, error) {
	if err := vendor(r); err != nil {
		return door.Table{}, err
	}
	ctx, by, now := r.Context(), site.By(r), state(r)
	return door.Table{Name: "service-days", Header: []string{"id", "partner", "kind", "first_on", "last_on", "days", "topic", "contact", "email", "note", "state", "answer", "asked_by", "answered_by", "created_at"},
		Rows: door.Pages(func(after string) ([]entitlement.Request, string, error) {
			return p.s.Queue(ctx, by, entitlement.Filter{State: now, After: after, Limit: 500})
		}, func(x entitlement.Request) []string {
			return []string{x.ID, x.PartnerName, string(x.Unit), x.First.String(), x.Last.String(), strconv.FormatInt(x.Days, 10), x.Topic, x.Contact, x.Email, x.Note,
				string(x.State), x.Answer, x.Asker, x.Answerer, door.Instant(x.CreatedAt)}
		})}, nil
}

func (p pages) deskRequest(w http.ResponseWriter, r *http.Request) error {
	if err := vendor(r); err != nil {
		return err
	}
	return p.oneRequest(w, r, door.Door{}, nil)
}

// decide approves, refuses or reschedules.
func (p pages) decide(w http.ResponseWriter, r *http.Request) error {
	if err := vendor(r); err != nil {
		return err
	}
	if err := site.Form(w, r); err != nil {
		return err
	}
	in := entitlement.Decision{Request: r.PathValue("id"), Edition: number(r, "edition"), Words: r.PostFormValue("answer"), Dates: dates(r)}
	var x entitlement.Request
	var err error
	switch r.PathValue("step") {
	case "approve":
		x, err = p.s.Approve(r.Context(), site.By(r), in)
	case "refuse":
		x, err = p.s.Refuse(r.Context(), site.By(r), in)
	case "dates":
		x, err = p.s.Reschedule(r.Context(), site.By(r), in)
	default:
		return fault.NotFound()
	}
	if err != nil {
		return p.oneRequest(w, r, door.Door{}, err)
	}
	return p.Go(w, r, "/service-days/requests/"+x.ID, i18n.M("plandays.decided", i18n.A{"state": x.State.Label()}))
}

func (p pages) trainings(w http.ResponseWriter, r *http.Request) (err error) {
	if err := vendor(r); err != nil {
		return err
	}
	v := trainingsView{View: p.see(r, door.Door{}), now: p.Clock.Now()}
	if v.sessions, err = p.s.Sessions(r.Context(), site.By(r), "", v.now.AddDate(0, -12, 0), 200); err != nil {
		return err
	}
	rows, next, err := p.s.Needs(r.Context(), site.By(r), "", entitlement.NeedOpen, r.URL.Query().Get("after"), 0)
	if err != nil {
		return err
	}
	v.needs, v.after, v.first = rows, door.After(r, next), door.FirstOf(r)
	return p.Show(w, r, http.StatusOK, trainingsPage(v))
}

func (p pages) newTraining(w http.ResponseWriter, r *http.Request) error {
	return p.trainingForm(w, r, nil)
}

// trainingForm is the form for a session, with the needs that it may answer.
func (p pages) trainingForm(w http.ResponseWriter, r *http.Request, refused error) error {
	if err := vendor(r); err != nil {
		return err
	}
	if err := site.By(r).May(actor.DecidePlanDays); err != nil {
		return err
	}
	needs, _, err := p.s.Needs(r.Context(), site.By(r), "", entitlement.NeedOpen, "", 100)
	if err != nil {
		return err
	}
	show := func(errs []ui.FieldError) templ.Component {
		v := formView{View: p.see(r, door.Door{}), key: p.key(r), needs: needs}
		v.Errs = errs
		return newTrainingPage(v)
	}
	if refused != nil {
		return p.Refused(w, r, refused, show)
	}
	return p.Show(w, r, http.StatusOK, show(nil))
}

func (p pages) planTraining(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	x, err := p.s.PlanSession(r.Context(), site.By(r), entitlement.Session{TitleEN: r.PostFormValue("title_en"), TitleZH: r.PostFormValue("title_zh"),
		Mode: entitlement.Mode(r.PostFormValue("mode")), Place: r.PostFormValue("place"), Note: r.PostFormValue("note"), StartsAt: instant(r.PostFormValue("starts_at")),
		Minutes: number(r, "minutes"), Key: r.PostFormValue("key"), Needs: r.PostForm["needs"]})
	if err != nil {
		return p.trainingForm(w, r, err)
	}
	return p.Go(w, r, "/service-days/trainings/"+x.ID, i18n.M("plandays.training.done"))
}

func (p pages) deskTraining(w http.ResponseWriter, r *http.Request) error {
	return p.oneDeskTraining(w, r, nil)
}

func (p pages) oneDeskTraining(w http.ResponseWriter, r *http.Request, refused error) error {
	if err := vendor(r); err != nil {
		return err
	}
	x, err := p.s.Session(r.Context(), site.By(r), "", r.PathValue("id"))
	if err != nil {
		return err
	}
	seats, next, err := p.s.Seats(r.Context(), site.By(r), x.ID, r.URL.Query().Get("after"), 0)
	if err != nil {
		return err
	}
	show := func(errs []ui.FieldError) templ.Component {
		v := trainingView{View: p.see(r, door.Door{}), x: x, now: p.Clock.Now(), seats: seats, after: door.After(r, next), first: door.FirstOf(r)}
		v.Errs = errs
		return deskTrainingPage(v)
	}
	if refused != nil {
		return p.Refused(w, r, refused, show)
	}
	return p.Show(w, r, http.StatusOK, show(nil))
}

func (p pages) cancelTraining(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if err := p.s.CancelSession(r.Context(), site.By(r), r.PathValue("id"), number(r, "edition")); err != nil {
		return p.oneDeskTraining(w, r, err)
	}
	return p.Go(w, r, "/service-days/trainings/"+r.PathValue("id"), i18n.M("plandays.training.cancelled"))
}
