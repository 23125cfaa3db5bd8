package me

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"hanse/internal/domain/address"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// emailRoutes are the pages about the addresses whose records are one's own, and about disputes.
func (p pages) emailRoutes() {
	p.Page("GET /me/emails", p.emails)
	p.Page("POST /me/emails", p.askEmail)
	p.Page("GET /me/emails/confirm", p.askConfirm)
	p.Page("POST /me/emails/confirm", p.confirmEmail)
	p.Page("POST /me/emails/{link}/resend", p.resendEmail)
	p.Page("GET /me/emails/{link}/remove", p.askRemove)
	p.Page("POST /me/emails/{link}/remove", p.removeEmail)
	p.Page("GET /me/disputes", p.disputes)
	p.Page("GET /me/disputes/new", p.newDispute)
	p.Page("POST /me/disputes", p.openDispute)
	p.Page("POST /me/disputes/{id}/answer", p.answerDispute)
	p.Page("POST /me/disputes/{id}/withdraw", p.withdrawDispute)
}

func (p pages) emails(w http.ResponseWriter, r *http.Request) error { return p.showEmails(w, r, nil) }

func (p pages) showEmails(w http.ResponseWriter, r *http.Request, refused error) error {
	by := site.By(r)
	if by.Person == "" {
		return p.Show(w, r, http.StatusOK, noPersonPage(p.view(r, nil)))
	}
	list, err := p.address.Links(r.Context(), by)
	if err != nil {
		return err
	}
	me, err := p.Login.Me(r.Context(), by)
	if err != nil {
		return err
	}
	page := func(errs []ui.FieldError) templ.Component { return emailsPage(p.view(r, errs), list, me.Emails) }
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

func (p pages) askEmail(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	l, err := p.address.Request(r.Context(), site.By(r), r.PostFormValue("email"), r.PostFormValue("altcha"))
	if err != nil {
		return p.showEmails(w, r, err)
	}
	return p.Go(w, r, "/me/emails", i18n.M("mine.emails.sent", i18n.A{"email": l.Email}))
}

// askConfirm is where the mail leads. Only its button confirms: programs that look into mails follow links.
func (p pages) askConfirm(w http.ResponseWriter, r *http.Request) error {
	token := r.FormValue("token")
	l, err := p.address.Asked(r.Context(), site.By(r), token)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, confirmEmailPage(p.view(r, nil), l, token))
}

func (p pages) confirmEmail(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	l, err := p.address.Confirm(r.Context(), site.By(r), r.PostFormValue("token"))
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return refusedEmailPage(p.view(r, errs)) })
	}
	own, err := p.address.OwnRecords(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	n := 0
	for _, x := range own.Records {
		if x.Email == l.Email {
			n++
		}
	}
	return p.Show(w, r, http.StatusOK, associatedPage(p.view(r, nil), l, n))
}

func (p pages) resendEmail(w http.ResponseWriter, r *http.Request) error {
	l, err := p.address.Resend(r.Context(), site.By(r), r.PathValue("link"))
	if err != nil {
		return p.showEmails(w, r, err)
	}
	return p.Go(w, r, "/me/emails", i18n.M("mine.emails.sent", i18n.A{"email": l.Email}))
}

func (p pages) askRemove(w http.ResponseWriter, r *http.Request) error {
	list, err := p.address.Links(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	for _, l := range list {
		if l.ID == r.PathValue("link") {
			return p.Show(w, r, http.StatusOK, removeEmailPage(p.view(r, nil), l))
		}
	}
	return notFound()
}

func (p pages) removeEmail(w http.ResponseWriter, r *http.Request) error {
	if err := p.address.Remove(r.Context(), site.By(r), r.PathValue("link")); err != nil {
		return p.showEmails(w, r, err)
	}
	return p.Go(w, r, "/me/emails", i18n.M("mine.emails.removed"))
}

func (p pages) disputes(w http.ResponseWriter, r *http.Request) error {
	return p.showDisputes(w, r, nil)
}

func (p pages) showDisputes(w http.ResponseWriter, r *http.Request, refused error) error {
	claimed, contested, err := p.address.Disputes(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	page := func(errs []ui.FieldError) templ.Component { return disputesPage(p.view(r, errs), claimed, contested) }
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

func (p pages) newDispute(w http.ResponseWriter, r *http.Request) error {
	r.ParseForm() // an unreadable query is an empty one
	v := p.view(r, nil)
	v.form = r.Form
	return p.Show(w, r, http.StatusOK, newDisputePage(v))
}

func (p pages) openDispute(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	_, err := p.address.OpenDispute(r.Context(), site.By(r), address.Claim{Email: r.PostFormValue("email"), Provider: r.PostFormValue("provider"),
		Candidate: r.PostFormValue("candidate_id"), Statement: r.PostFormValue("statement")})
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return newDisputePage(p.view(r, errs)) })
	}
	return p.Go(w, r, "/me/disputes", i18n.M("mine.disputes.opened"))
}

func (p pages) answerDispute(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if err := p.address.AnswerDispute(r.Context(), site.By(r), r.PathValue("id"), r.PostFormValue("answer-"+r.PathValue("id"))); err != nil {
		return p.showDisputes(w, r, err)
	}
	return p.Go(w, r, "/me/disputes", i18n.M("mine.disputes.answered"))
}

func (p pages) withdrawDispute(w http.ResponseWriter, r *http.Request) error {
	if err := p.address.WithdrawDispute(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return p.showDisputes(w, r, err)
	}
	return p.Go(w, r, "/me/disputes", i18n.M("mine.disputes.withdrawn"))
}

func linkTone(s address.State) ui.Tone {
	switch s {
	case address.Linked:
		return ui.Good
	case address.Waiting:
		return ui.Warn
	}
	return ui.Neutral
}

func disputeTone(s address.DisputeState) ui.Tone {
	switch s {
	case address.Open:
		return ui.Warn
	case address.Given:
		return ui.Good
	}
	return ui.Neutral
}

// emailsState says how many addresses are associated and how many wait.
func emailsState(ctx context.Context, list []address.Link) string {
	linked, waiting := 0, 0
	for _, l := range list {
		switch l.State {
		case address.Linked:
			linked++
		case address.Waiting:
			waiting++
		}
	}
	switch {
	case linked == 0 && waiting == 0:
		return i18n.T(ctx, "mine.emails.state_none")
	case waiting > 0:
		return i18n.T(ctx, "mine.emails.state_waiting", i18n.A{"n": linked, "waiting": waiting})
	}
	return i18n.T(ctx, "mine.emails.state", i18n.A{"n": linked})
}

func emailsNext(ctx context.Context, list []address.Link) string {
	for _, l := range list {
		if l.State == address.Waiting {
			return i18n.T(ctx, "mine.emails.next_waiting", i18n.A{"email": l.Email})
		}
	}
	return i18n.T(ctx, "mine.emails.next")
}
