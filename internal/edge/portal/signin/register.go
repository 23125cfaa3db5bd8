package signin

import (
	"net/http"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

func (p pages) registerForm(w http.ResponseWriter, r *http.Request) error {
	r.ParseForm() // an unreadable query is an empty one
	return p.Show(w, r, http.StatusOK, registerPage(p.view(r, nil)))
}

func (p pages) register(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	reg, err := p.Accounts.RegisterPartner(r.Context(), site.By(r), registration(r))
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return registerPage(p.view(r, errs)) })
	}
	return p.Go(w, r, "/register/"+reg.Account, i18n.M("signin.register.sent", i18n.A{"email": reg.Company.Email}))
}

func registration(r *http.Request) account.RegisterPartner {
	in := account.RegisterPartner{
		Company: r.PostFormValue("company"), Country: r.PostFormValue("country"), Address: r.PostFormValue("address"),
		Website: r.PostFormValue("website"), Contact: r.PostFormValue("contact"), Email: r.PostFormValue("email"),
		Phone: r.PostFormValue("phone"), Market: r.PostFormValue("market"), Captcha: r.PostFormValue("altcha"),
		Lang: i18n.From(r.Context()).Lang, Agreed: r.PostFormValue("agreed") != "",
	}
	for _, c := range r.PostForm["channel"] {
		in.Channel = append(in.Channel, account.Channel(c))
	}
	return in
}

// confirmForm asks for the code that was mailed. The address holds the account's id, which can't be guessed.
func (p pages) confirmForm(w http.ResponseWriter, r *http.Request) error {
	r.ParseForm() // an unreadable query is an empty one
	return p.Show(w, r, http.StatusOK, confirmPage(p.view(r, nil), r.PathValue("account")))
}

func (p pages) confirm(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, id := r.Context(), site.By(r), r.PathValue("account")
	if r.PostFormValue("again") != "" {
		if err := p.Accounts.ResendConfirmation(ctx, by, id); err != nil {
			return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return confirmPage(p.view(r, errs), id) })
		}
		return p.Go(w, r, "/register/"+id, i18n.M("signin.register.resent"))
	}
	if err := p.Accounts.ConfirmRegistration(ctx, by, id, r.PostFormValue("code")); err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return confirmPage(p.view(r, errs), id) })
	}
	return p.Show(w, r, http.StatusOK, registeredPage(p.view(r, nil)))
}
