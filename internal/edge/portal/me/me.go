// Package me holds the pages about oneself: who one is, sign-in and sessions, access keys, the addresses whose records
// are one's own, and what one has learned: certificates, exams, trainings, what comes next.
package me

import (
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"hanse/internal/domain/address"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/login"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	credentials *credential.Service
	roster      *roster.Service
	address     *address.Service
}

// Register adds the pages.
func Register(s *site.Site, c *credential.Service, ro *roster.Service, a *address.Service) {
	p := pages{s, c, ro, a}
	p.emailRoutes()
	p.recordRoutes()
	s.Page("GET /me", p.profile)
	s.Page("GET /me/sessions", p.sessions)
	s.Page("POST /me/sessions/end", p.endSession)
	s.Page("POST /me/password", p.password)
	s.Page("GET /me/keys", p.keys)
	s.Page("POST /me/keys", p.createKey)
	s.Page("GET /me/keys/{key}/{what}", p.confirmKey)
	s.Page("POST /me/keys/{key}/disable", p.disableKey)
	s.Page("POST /me/keys/{key}/rotate", p.rotateKey)
	s.Page("GET /me/certificates", p.certificates)
}

// view is what every page here needs.
type view struct {
	*site.Site
	r    *http.Request
	Errs []ui.FieldError
	form url.Values
}

func (p pages) view(r *http.Request, errs []ui.FieldError) view {
	return view{p.Site, r, errs, r.PostForm}
}

func (v view) Value(name string) string { return v.form.Get(name) }
func (v view) Error(name string) string { return site.ErrorOf(v.Errs, name) }

func (v view) shell(title i18n.Msg) page.ShellView {
	s := v.Shell(v.r, title)
	s.Invalid = len(v.Errs) > 0
	return s
}

func (v view) tabs(ctx context.Context, current string) []ui.Tab {
	tabs := []ui.Tab{
		{Href: "/me", Label: i18n.T(ctx, "me.profile")},
		{Href: "/me/sessions", Label: i18n.T(ctx, "me.sessions")},
		{Href: "/me/keys", Label: i18n.T(ctx, "me.keys")},
	}
	if site.By(v.r).Person != "" {
		tabs = append(tabs, ui.Tab{Href: "/me/emails", Label: i18n.T(ctx, "mine.emails")})
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].Href == current
	}
	return tabs
}

// learning are the tabs about certificates, exams and trainings.
func (v view) learning(ctx context.Context, current string) []ui.Tab {
	tabs := []ui.Tab{
		{Href: "/me/certificates", Label: i18n.T(ctx, "me.certificates")},
		{Href: "/me/records", Label: i18n.T(ctx, "mine.records")},
		{Href: "/me/next", Label: i18n.T(ctx, "mine.next")},
		{Href: "/me/missing", Label: i18n.T(ctx, "mine.missing")},
	}
	for i := range tabs {
		tabs[i].Current = tabs[i].Href == current
	}
	return tabs
}

func (p pages) profile(w http.ResponseWriter, r *http.Request) error {
	me, err := p.Login.Me(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, profilePage(p.view(r, nil), me))
}

func (p pages) sessions(w http.ResponseWriter, r *http.Request) error {
	return p.showSessions(w, r, nil)
}

func (p pages) showSessions(w http.ResponseWriter, r *http.Request, refused error) error {
	list, err := p.Login.Sessions(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, sessionsPage(p.view(r, nil), list))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component { return sessionsPage(p.view(r, errs), list) })
}

// endSession ends one session, or all the others when none is named.
func (p pages) endSession(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if id := r.PostFormValue("session"); id != "" {
		if err := p.Login.Revoke(r.Context(), site.By(r), id); err != nil {
			return err
		}
		return p.Go(w, r, "/me/sessions", i18n.M("me.sessions.ended"))
	}
	n, err := p.Login.RevokeOthers(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	return p.Go(w, r, "/me/sessions", i18n.M("me.sessions.others_ended", i18n.A{"n": n}))
}

func (p pages) password(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	err := p.changePassword(r)
	if err != nil {
		return p.showSessions(w, r, err)
	}
	return p.Go(w, r, "/me/sessions", i18n.M("me.password.done"))
}

func (p pages) changePassword(r *http.Request) error {
	if r.PostFormValue("password") != r.PostFormValue("again") {
		return fault.Invalid("again", i18n.M("signin.password.differs"))
	}
	return p.Login.ChangePassword(r.Context(), site.By(r), r.PostFormValue("old"), r.PostFormValue("password"))
}

func (p pages) keys(w http.ResponseWriter, r *http.Request) error { return p.showKeys(w, r, nil) }

func (p pages) showKeys(w http.ResponseWriter, r *http.Request, refused error) error {
	list, err := p.Login.Keys(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, keysPage(p.view(r, nil), list))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component { return keysPage(p.view(r, errs), list) })
}

// createKey shows the secret once, as the answer itself: it's never in an address, a cookie or the history.
func (p pages) createKey(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	k, secret, err := p.Login.CreateKey(r.Context(), site.By(r), login.NewKey{Note: r.PostFormValue("note")})
	if err != nil {
		return p.showKeys(w, r, err)
	}
	return p.Show(w, r, http.StatusCreated, secretPage(p.view(r, nil), k, secret))
}

func (p pages) confirmKey(w http.ResponseWriter, r *http.Request) error {
	what := r.PathValue("what")
	if what != "disable" && what != "rotate" {
		return fault.NotFound()
	}
	return p.Show(w, r, http.StatusOK, confirmKeyPage(p.view(r, nil), r.PathValue("key"), what == "rotate"))
}

func (p pages) disableKey(w http.ResponseWriter, r *http.Request) error {
	if err := p.Login.DisableKey(r.Context(), site.By(r), r.PathValue("key")); err != nil {
		return err
	}
	return p.Go(w, r, "/me/keys", i18n.M("me.keys.disabled"))
}

func (p pages) rotateKey(w http.ResponseWriter, r *http.Request) error {
	k, secret, err := p.Login.RotateKey(r.Context(), site.By(r), r.PathValue("key"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusCreated, secretPage(p.view(r, nil), k, secret))
}

func (p pages) certificates(w http.ResponseWriter, r *http.Request) error {
	by := site.By(r)
	own, err := p.credentials.Own(r.Context(), by)
	if err != nil {
		return err
	}
	work, err := p.roster.Own(r.Context(), by)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, certificatesPage(p.view(r, nil), own, work, calendar.DayOf(p.Clock.Now())))
}
