package member

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"hanse/internal/domain/member"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// link is the page behind a mailed link: what is asked, and the way to answer.
func (p pages) link(w http.ResponseWriter, r *http.Request) error {
	token := r.URL.Query().Get("token")
	x, err := p.members.Question(r.Context(), site.By(r), token)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, questionPage(p.questionView(r, x, nil, member.LinkPath+url.QueryEscape(token))))
}

func (p pages) questionView(r *http.Request, x member.Question, errs []ui.FieldError, path string) questionView {
	return questionView{View: door.See(p.Site, r, door.Door{}, errs...), Question: x, Path: path}
}

func (p pages) question(w http.ResponseWriter, r *http.Request) error {
	x, err := p.asked(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, questionPage(p.questionView(r, x, nil, "")))
}

func (p pages) asked(r *http.Request) (member.Question, error) {
	return p.members.Asked(r.Context(), site.By(r), r.PathValue("partner"), r.PathValue("id"))
}

func (p pages) accept(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	consent := ""
	if r.PostFormValue("consent") != "" {
		consent = r.PostFormValue("version")
	}
	_, err := p.members.Accept(r.Context(), site.By(r), r.PathValue("partner"), r.PathValue("id"), consent)
	if err == nil {
		return p.Go(w, r, "/me/companies", i18n.M("members.accepted"))
	}
	return p.retry(w, r, err, questionPage)
}

// retry shows a question once more, with what was refused.
func (p pages) retry(w http.ResponseWriter, r *http.Request, err error, page func(questionView) templ.Component) error {
	if k := fault.KindOf(err); k != fault.KindInvalid && k != fault.KindConflict {
		return err
	}
	x, failed := p.asked(r)
	if failed != nil {
		return failed
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return page(p.questionView(r, x, errs, "")) })
}

func (p pages) askRefuse(w http.ResponseWriter, r *http.Request) error {
	x, err := p.asked(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, refusePage(p.questionView(r, x, nil, "")))
}

func (p pages) refuse(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	err := p.members.Refuse(r.Context(), site.By(r), r.PathValue("partner"), r.PathValue("id"), r.PostFormValue("reason"))
	if err == nil {
		return p.Go(w, r, "/me/companies", i18n.M("members.refused"))
	}
	return p.retry(w, r, err, refusePage)
}

func (p pages) companies(w http.ResponseWriter, r *http.Request) error {
	m, err := p.members.Mine(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, companiesPage(companiesView{door.See(p.Site, r, door.Door{}), m}))
}

// work finds one of the reader's own bindings.
func (p pages) work(r *http.Request) (roster.Work, error) {
	m, err := p.members.Mine(r.Context(), site.By(r))
	if err != nil {
		return roster.Work{}, err
	}
	for _, x := range m.Work {
		if x.Account == r.PathValue("partner") && x.ID == r.PathValue("binding") {
			return x, nil
		}
	}
	return roster.Work{}, fault.NotFound()
}

func (p pages) askLeave(w http.ResponseWriter, r *http.Request) error {
	x, err := p.work(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, leavePage(leaveView{door.See(p.Site, r, door.Door{}), x}))
}

func (p pages) leave(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	x, err := p.work(r)
	if err != nil {
		return err
	}
	if err := p.members.Leave(r.Context(), site.By(r), x.Account, x.ID, r.PostFormValue("reason")); err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			return leavePage(leaveView{door.See(p.Site, r, door.Door{}, errs...), x})
		})
	}
	return p.Go(w, r, "/me/companies", i18n.M("members.left"))
}
