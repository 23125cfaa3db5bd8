// Package join holds the pages on which a human makes a personal account.
package join

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"hanse/internal/domain/address"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	address *address.Service
}

// Register adds the pages. An invitation's mail leads here with the address and the page to go on to.
func Register(s *site.Site, a *address.Service) {
	p := pages{s, a}
	s.Open("GET /register/person", p.form)
	s.Open("POST /register/person", p.signUp)
	s.Open("GET /register/person/{id}", p.confirmForm)
	s.Open("POST /register/person/{id}", p.confirm)
}

type view struct {
	*site.Site
	r    *http.Request
	Errs []ui.FieldError
	form url.Values
}

func (p pages) view(r *http.Request, errs []ui.FieldError) view { return view{p.Site, r, errs, r.Form} }

func (v view) Value(name string) string { return v.form.Get(name) }
func (v view) Error(name string) string { return site.ErrorOf(v.Errs, name) }

func (v view) shell(title i18n.Msg) page.ShellView {
	s := v.Shell(v.r, title)
	s.Invalid = len(v.Errs) > 0
	return s
}

func (p pages) form(w http.ResponseWriter, r *http.Request) error {
	r.ParseForm() // an unreadable query is an empty one
	return p.Show(w, r, http.StatusOK, signUpPage(p.view(r, nil)))
}

func (p pages) signUp(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if r.PostFormValue("password") != r.PostFormValue("again") {
		err := fault.Invalid("again", i18n.M("join.differs"))
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return signUpPage(p.view(r, errs)) })
	}
	pending, err := p.address.SignUp(r.Context(), site.By(r), address.SignUp{Name: r.PostFormValue("name"), Email: r.PostFormValue("email"),
		Password: r.PostFormValue("password"), Captcha: r.PostFormValue("altcha"), Lang: i18n.From(r.Context()).Lang, Next: r.PostFormValue("next")})
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return signUpPage(p.view(r, errs)) })
	}
	return p.Go(w, r, "/register/person/"+pending.ID, i18n.Msg{})
}

// confirmForm asks for the code that was mailed. The id in the address is known to this browser alone.
func (p pages) confirmForm(w http.ResponseWriter, r *http.Request) error {
	pending, err := p.address.SignUpOf(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, codePage(p.view(r, nil), pending))
}

func (p pages) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, id := r.Context(), site.By(r), r.PathValue("id")
	pending, err := p.address.SignUpOf(ctx, by, id)
	if err != nil {
		return err
	}
	refused := func(errs []ui.FieldError) templ.Component { return codePage(p.view(r, errs), pending) }
	if r.PostFormValue("again") != "" {
		if err := p.address.ResendSignUp(ctx, by, id); err != nil {
			return p.Refused(w, r, err, refused)
		}
		return p.Go(w, r, "/register/person/"+id, i18n.M("join.resent"))
	}
	next, err := p.address.ConfirmSignUp(ctx, by, id, r.PostFormValue("code"))
	if err != nil {
		return p.Refused(w, r, err, refused)
	}
	to := "/login"
	if next != "" {
		to += "?" + url.Values{"next": {next}}.Encode()
	} else {
		to += "?" + url.Values{"next": {"/me/emails"}}.Encode()
	}
	return p.Go(w, r, to, i18n.M("join.done"))
}
