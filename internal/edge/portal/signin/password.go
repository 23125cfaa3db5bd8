package signin

import (
	"net/http"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// resetForm asks for the address, or, with the link's token, for the new password.
func (p pages) resetForm(w http.ResponseWriter, r *http.Request) error {
	r.ParseForm() // an unreadable query is an empty one
	if token := r.FormValue("token"); token != "" {
		if err := p.Login.ResetValid(r.Context(), token); err != nil {
			return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return resetPage(p.view(r, errs)) })
		}
		return p.Show(w, r, http.StatusOK, newPasswordPage(p.view(r, nil)))
	}
	return p.Show(w, r, http.StatusOK, resetPage(p.view(r, nil)))
}

func (p pages) reset(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	by := site.By(r)
	if token := r.PostFormValue("token"); token != "" {
		if err := p.newPassword(r, token); err != nil {
			return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return newPasswordPage(p.view(r, errs)) })
		}
		return p.Go(w, r, "/login", i18n.M("signin.reset.done"))
	}
	if err := p.Login.RequestReset(r.Context(), by, r.PostFormValue("email"), r.PostFormValue("altcha")); err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return resetPage(p.view(r, errs)) })
	}
	return p.Show(w, r, http.StatusOK, resetSentPage(p.view(r, nil)))
}

func (p pages) newPassword(r *http.Request, token string) error {
	if err := twice(r); err != nil {
		return err
	}
	return p.Login.Reset(r.Context(), site.By(r), token, r.PostFormValue("password"))
}

// twice checks that both entries of a new password are the same.
func twice(r *http.Request) error {
	if r.PostFormValue("password") != r.PostFormValue("again") {
		return fault.Invalid("again", i18n.M("signin.password.differs"))
	}
	return nil
}

func (p pages) invitation(w http.ResponseWriter, r *http.Request) error {
	r.ParseForm() // an unreadable query is an empty one
	return p.showInvitation(w, r, nil)
}

func (p pages) showInvitation(w http.ResponseWriter, r *http.Request, refused error) error {
	inv, err := p.Accounts.Invitation(r.Context(), r.FormValue("token"))
	if err != nil {
		return err
	}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, invitationPage(p.view(r, nil), inv))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component { return invitationPage(p.view(r, errs), inv) })
}

func (p pages) accept(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	err := twice(r)
	if err == nil {
		_, err = p.Accounts.AcceptInvitation(r.Context(), site.By(r), account.Accept{Token: r.PostFormValue("token"),
			Name: r.PostFormValue("name"), Password: r.PostFormValue("password"), Lang: i18n.From(r.Context()).Lang})
	}
	if err != nil {
		return p.showInvitation(w, r, err)
	}
	return p.Go(w, r, "/login", i18n.M("signin.invitation.done"))
}

func (p pages) setupForm(w http.ResponseWriter, r *http.Request) error {
	r.ParseForm() // an unreadable query is an empty one
	if err := p.Accounts.SetupValid(r.Context(), r.FormValue("token")); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, setupPage(p.view(r, nil)))
}

func (p pages) setup(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	err := twice(r)
	if err == nil {
		_, err = p.Accounts.CompleteSetup(r.Context(), site.By(r), account.Setup{Token: r.PostFormValue("token"),
			Company: r.PostFormValue("company"), Name: r.PostFormValue("name"), Email: r.PostFormValue("email"),
			Password: r.PostFormValue("password"), Lang: i18n.From(r.Context()).Lang})
	}
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return setupPage(p.view(r, errs)) })
	}
	return p.Go(w, r, "/login", i18n.M("signin.setup.done"))
}
