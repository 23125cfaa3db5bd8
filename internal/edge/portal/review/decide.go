package review

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// start takes a review out of the queue. Of two reviewers the second is told who has it.
func (p pages) start(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	a, err := p.q.Start(r.Context(), site.By(r), r.PathValue("id"), edition(r))
	if err != nil {
		return p.refused(w, r, err, reviewPage)
	}
	return p.Go(w, r, base(a.ID), i18n.M("reviewpage.started"))
}

func (p pages) comment(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := p.q.Comment(r.Context(), site.By(r), id, r.PostFormValue("text"), r.PostFormValue("internal") != ""); err != nil {
		framing(w)
		return p.refused(w, r, err, reviewPage)
	}
	return p.Go(w, r, base(id)+"#comments", i18n.M("qualify.commented"))
}

// ask opens the page of a decision, while it can be made.
func (p pages) ask(w http.ResponseWriter, r *http.Request, may func(qualification.Actions) bool, page func(v door.View, x work) templ.Component) error {
	x, err := p.read(r)
	if err != nil {
		return err
	}
	if !may(x.Can) {
		return p.refused(w, r, fault.Conflict(i18n.M("application.conflict.state", i18n.A{"state": x.State.Label()})), page)
	}
	return p.Show(w, r, http.StatusOK, page(p.see(r), x))
}

func (p pages) askReturn(w http.ResponseWriter, r *http.Request) error {
	return p.ask(w, r, func(a qualification.Actions) bool { return a.Return }, returnPage)
}

// giveBack returns an application for correction.
func (p pages) giveBack(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	until, err := calendar.ParseOptional(r.PostFormValue("until"))
	if err != nil {
		until = calendar.None // the verb asks for a day
	}
	a, err := p.q.Return(r.Context(), site.By(r), r.PathValue("id"), edition(r), reasonsOf(r), until)
	if err != nil {
		return p.refused(w, r, err, returnPage)
	}
	return p.Go(w, r, base(a.ID), i18n.M("reviewpage.returned"))
}

// reasonsOf are the reasons that were typed, each at its place.
func reasonsOf(r *http.Request) (out []qualification.Reason) {
	for name, values := range r.PostForm {
		field, ok := strings.CutPrefix(name, "reason:")
		if ok && strings.TrimSpace(values[0]) != "" {
			out = append(out, qualification.Reason{Field: field, Text: values[0]})
		}
	}
	return ordered(out)
}

func (p pages) askReject(w http.ResponseWriter, r *http.Request) error {
	return p.ask(w, r, func(a qualification.Actions) bool { return a.Reject }, rejectPage)
}

func (p pages) reject(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	a, err := p.q.Reject(r.Context(), site.By(r), r.PathValue("id"), edition(r), reasonsOf(r), r.PostFormValue("false") != "")
	if err != nil {
		return p.refused(w, r, err, rejectPage)
	}
	return p.Go(w, r, base(a.ID), i18n.M("reviewpage.rejected"))
}

func (p pages) askApprove(w http.ResponseWriter, r *http.Request) error {
	return p.ask(w, r, func(a qualification.Actions) bool { return a.Approve }, approvePage)
}

// approve grants the level and leads to the certificate.
func (p pages) approve(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	q, err := p.q.Approve(r.Context(), site.By(r), r.PathValue("id"), edition(r))
	if err != nil {
		return p.refused(w, r, err, approvePage)
	}
	return p.Go(w, r, "/certificates/"+q.Number, i18n.M("reviewpage.approved", i18n.A{"number": q.Number}))
}

// A spot is a place at which a reason can be given.
type spot struct{ name, label, value string }

// spots are the places of a return by what they are about: the computed lines, the files, the form.
func (x work) spots(ctx context.Context) (lines, files, form []spot) {
	for _, l := range x.result().Lines {
		lines = append(lines, spot{"reason:line:" + l.ID, x.lineTitle(ctx, l.ID), i18n.Say(ctx, l.Has)})
	}
	for _, p := range x.Places {
		name := ""
		if p.File != nil {
			name = p.File.Name
		}
		files = append(files, spot{"reason:" + p.Field(), qualify.PlaceTitle(ctx, p), name})
	}
	for _, f := range qualify.FormFields(ctx, x.Form) {
		if f[2] != "" {
			form = append(form, spot{"reason:" + f[0], f[1], f[2]})
		}
	}
	return lines, files, form
}

// reasonErrors tells what is wrong with the reasons at the field for the whole.
func reasonErrors(errs []ui.FieldError) []ui.FieldError {
	out := make([]ui.FieldError, len(errs))
	for i, e := range errs {
		if e.Name == "reasons" {
			e.Name = "reason:"
		}
		out[i] = e
	}
	return out
}

// lastDay proposes the end of the correction: two weeks.
func (x work) lastDay() string { return calendar.DayOf(x.now).AddDays(14).String() }

// until is the last day of what an approval grants now.
func (x work) until() calendar.Day { return x.Spec.Validity.Until(calendar.DayOf(x.now)) }

// keeps tells whether the level would be kept at this instant: else an approval is refused.
func (x work) keeps() bool {
	l, ok := x.Holds.Level(x.Level)
	return ok && l.Met
}
