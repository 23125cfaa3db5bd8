// Package signin holds the pages of people who aren't signed in yet: signing in, a new password, an invitation, the
// registration of a partner company, and the very first administrator.
package signin

import (
	"net/http"
	"net/url"

	"hanse/internal/domain/login"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"

	"github.com/a-h/templ"
)

type pages struct{ *site.Site }

// Register adds the pages.
func Register(s *site.Site) {
	p := pages{s}
	s.Open("GET /login", p.form)
	s.Open("POST /login", p.signIn)
	s.Page("GET /login/kept", p.kept)
	s.Page("POST /logout", p.signOut)
	s.Open("POST /prefs", p.preferences)
	s.Page("POST /acting", p.actFor)
	s.Open("GET /captcha", p.captcha)

	s.Open("GET /reset", p.resetForm)
	s.Open("POST /reset", p.reset)
	s.Open("GET /invitation", p.invitation)
	s.Open("POST /invitation", p.accept)
	s.Open("GET /setup", p.setupForm)
	s.Open("POST /setup", p.setup)
	s.Open("GET /register", p.registerForm)
	s.Open("POST /register", p.register)
	s.Open("GET /register/{account}", p.confirmForm)
	s.Open("POST /register/{account}", p.confirm)
}

// view is what every page here needs. Value gives back what was typed.
type view struct {
	*site.Site
	r    *http.Request
	Errs []ui.FieldError
	form url.Values
}

func (p pages) view(r *http.Request, errs []ui.FieldError) view { return view{p.Site, r, errs, r.Form} }

// Value is what was typed into an entry.
func (v view) Value(name string) string { return v.form.Get(name) }

// Error is why an entry was refused.
func (v view) Error(name string) string { return site.ErrorOf(v.Errs, name) }

func (p pages) form(w http.ResponseWriter, r *http.Request) error {
	if site.By(r).Kind != actor.Public {
		return p.Go(w, r, r.FormValue("next"), i18n.Msg{})
	}
	r.ParseForm() // an unreadable query is an empty one
	return p.Show(w, r, http.StatusOK, loginPage(p.view(r, nil)))
}

func (p pages) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	session, err := p.Login.SignIn(r.Context(), site.By(r), login.SignIn{
		Name: r.PostFormValue("name"), Password: r.PostFormValue("password"), Agent: r.UserAgent()})
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return loginPage(p.view(r, errs)) })
	}
	p.Login.SetCookie(w, r, session)
	if token := r.PostFormValue("kept"); token != "" {
		http.Redirect(w, r, "/login/kept?"+url.Values{"token": {token}}.Encode(), http.StatusSeeOther)
		return nil
	}
	return p.Go(w, r, r.PostFormValue("next"), i18n.Msg{})
}

// kept shows what somebody had typed when the session ended, ready to be sent.
func (p pages) kept(w http.ResponseWriter, r *http.Request) error {
	st, err := p.Login.Unstash(r.Context(), site.By(r), r.FormValue("token"))
	if fault.KindOf(err) == fault.KindNotFound {
		return p.Go(w, r, "/", i18n.Msg{})
	}
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, keptPage(p.view(r, nil), st))
}

func (p pages) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := p.Login.SignOut(r.Context(), site.By(r)); err != nil {
		return err
	}
	p.Login.ClearCookie(w, r)
	return p.Go(w, r, "/login", i18n.M("signin.signed_out"))
}

// preferences sets language, appearance and spacing: for the person when there is one, and in cookies for the
// pages before signing in.
func (p pages) preferences(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	choice := login.Preferences{Lang: r.PostFormValue("lang"), Theme: r.PostFormValue("theme"), Density: r.PostFormValue("density")}
	for name, value := range map[string]string{"lang": choice.Lang, "theme": choice.Theme, "density": choice.Density} {
		if value != "" && len(value) < 16 {
			p.SetPreference(w, name, value)
		}
	}
	if by := site.By(r); by.Kind != actor.Public {
		if err := p.Login.SetPreferences(r.Context(), by, choice); err != nil {
			return err
		}
	}
	return p.Go(w, r, r.PostFormValue("back"), i18n.Msg{})
}

func (p pages) actFor(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if err := p.Login.Switch(r.Context(), site.By(r), r.PostFormValue("account")); err != nil {
		return err
	}
	// The page one came from may not exist for the other account: home always does.
	return p.Go(w, r, "/", i18n.Msg{})
}

func (p pages) captcha(w http.ResponseWriter, r *http.Request) error {
	b, err := p.Login.Challenge()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(b)
	return nil
}
