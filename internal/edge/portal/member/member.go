// Package member holds the pages about people's own consent: a partner's invitations and unbinding, a person's
// companies and answers, and the verification of real names.
package member

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/member"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/realname"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	members        *member.Service
	names          *realname.Service
	roster         *roster.Service
	qualifications *qualification.Service
}

// Register adds the pages.
func Register(s *site.Site, m *member.Service, n *realname.Service, ro *roster.Service, q *qualification.Service) {
	p := pages{s, m, n, ro, q}
	door.Partner(s, "GET /people/invitations", p.list)
	door.Exports(s, door.Partner, "/people/invitations", p.export)
	door.Partner(s, "GET /people/invitations/new", p.inviteForm)
	door.Partner(s, "POST /people/invitations/new", p.invite)
	door.Partner(s, "GET /invitations/{id}", p.show)
	door.Partner(s, "POST /invitations/{id}/again", p.again)
	door.Partner(s, "GET /invitations/{id}/revoke", p.askRevoke)
	door.Partner(s, "POST /invitations/{id}/revoke", p.revoke)
	door.Partner(s, "GET /people/{binding}/unbind", p.askUnbind)
	door.Partner(s, "POST /people/{binding}/unbind", p.unbind)
	door.Partner(s, "POST /people/{binding}/ask", p.ask)

	s.Open("GET /join", p.link)
	s.Page("GET /me/companies", p.companies)
	s.Page("GET /me/companies/{partner}/{binding}/leave", p.askLeave)
	s.Page("POST /me/companies/{partner}/{binding}/leave", p.leave)
	s.Page("GET /me/invitations/{partner}/{id}", p.question)
	s.Page("POST /me/invitations/{partner}/{id}", p.accept)
	s.Page("GET /me/invitations/{partner}/{id}/refuse", p.askRefuse)
	s.Page("POST /me/invitations/{partner}/{id}/refuse", p.refuse)

	for _, base := range []string{ownNameBase, companyName} {
		s.Page("GET "+base, p.ownName)
		s.Page("POST "+base, p.submitName)
		s.Page("POST "+base+"/{id}/withdraw", p.withdrawName)
		s.Page("GET "+base+"/{id}/file", p.ownFile)
	}
	s.AddReview(site.Review{Href: "/reviews/real-name", Label: i18n.M("members.names.tab"), Verb: actor.ReviewRealName})
	s.Page("GET /reviews/real-name", p.queue)
	s.Page("GET /real-names/{id}", p.name)
	s.Page("POST /real-names/{id}/approve", p.approve)
	s.Page("GET /real-names/{id}/refuse", p.askEnd)
	s.Page("POST /real-names/{id}/refuse", p.end)
	s.Page("GET /real-names/{id}/revoke", p.askEnd)
	s.Page("POST /real-names/{id}/revoke", p.end)
	s.Page("GET /real-names/{id}/file", p.file)
}

func filterOf(r *http.Request) member.Filter {
	q := r.URL.Query()
	return member.Filter{Q: q.Get("q"), State: member.State(q.Get("state")), Kind: member.Kind(q.Get("kind")), After: q.Get("after")}
}

func (p pages) list(w http.ResponseWriter, r *http.Request, d door.Door) error {
	page, err := p.members.List(r.Context(), site.By(r), d.Account, filterOf(r))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, listPage(listView{door.See(p.Site, r, d), page}))
}

// export is the list as a file, in the filter of the request.
func (p pages) export(r *http.Request, d door.Door) (door.Table, error) {
	ctx, f := r.Context(), filterOf(r)
	f.After, f.Limit = "", 500
	if _, err := p.members.List(ctx, site.By(r), d.Account, f); err != nil {
		return door.Table{}, err
	}
	rows := door.Pages(func(after string) ([]member.Invitation, string, error) {
		f.After = after
		page, err := p.members.List(ctx, site.By(r), d.Account, f)
		return page.Items, page.Next, err
	}, func(i member.Invitation) []string {
		return []string{i.Name, i.Address, i.Number, i18n.Say(ctx, member.KindLabel(i.Kind)), i18n.Say(ctx, member.StateLabel(i.State)), i.InvitedName,
			i18n.From(ctx).DateTime(i.InvitedAt), i18n.From(ctx).DateTime(i.ExpiresAt), strconv.FormatInt(i.Times, 10), i.Reason}
	})
	return door.Table{Name: "invitations", Rows: rows, Header: []string{i18n.T(ctx, "members.person"), i18n.T(ctx, "members.address"),
		i18n.T(ctx, "members.number"), i18n.T(ctx, "members.kind"), i18n.T(ctx, "members.status"), i18n.T(ctx, "members.by"),
		i18n.T(ctx, "members.sent"), i18n.T(ctx, "members.until"), i18n.T(ctx, "members.times"), i18n.T(ctx, "members.reason")}}, nil
}

func (p pages) inviteForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.InviteMember); err != nil {
		return err
	}
	page, err := p.members.List(r.Context(), site.By(r), d.Account, member.Filter{Limit: 1})
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, invitePage(inviteView{View: door.See(p.Site, r, d), Left: page.Left}))
}

func (p pages) invite(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	f := r.PostForm
	i, err := p.members.Invite(r.Context(), site.By(r), d.Account, member.Invite{To: f.Get("to"), Person: f.Get("person"), Number: f.Get("number"),
		Name: f.Get("name"), Lang: f.Get("lang"), Registered: f.Get("registered") != ""})
	view := func(errs []ui.FieldError) inviteView {
		return inviteView{View: door.See(p.Site, r, d, errs...), Left: -1}
	}
	var several *member.Several
	if errors.As(err, &several) {
		v := view([]ui.FieldError{{Name: "person", Text: i18n.T(r.Context(), "members.which")}})
		v.Candidates = several.Candidates
		return p.Show(w, r, http.StatusUnprocessableEntity, invitePage(v))
	}
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return invitePage(view(errs)) })
	}
	return p.Go(w, r, d.Path("/invitations/"+i.ID), i18n.M("members.invited"))
}

func (p pages) show(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.showWith(w, r, d, http.StatusOK, nil)
}

func (p pages) showWith(w http.ResponseWriter, r *http.Request, d door.Door, status int, errs []ui.FieldError) error {
	x, err := p.members.View(r.Context(), site.By(r), d.Account, r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.Show(w, r, status, showPage(showView{door.See(p.Site, r, d, errs...), x}))
}

// version is the one that the page showed.
func version(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (p pages) again(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	_, err := p.members.Again(r.Context(), site.By(r), d.Account, r.PathValue("id"), version(r))
	if k := fault.KindOf(err); k == fault.KindInvalid || k == fault.KindConflict || k == fault.KindTooMany {
		return p.showWith(w, r, d, http.StatusConflict, bare(site.Errors(r, err)))
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, d.Path("/invitations/"+r.PathValue("id")), i18n.M("members.invited"))
}

// bare drops the fields' names: the page has no form with them.
func bare(errs []ui.FieldError) []ui.FieldError {
	for i := range errs {
		errs[i].Name = ""
	}
	return errs
}

func (p pages) askRevoke(w http.ResponseWriter, r *http.Request, d door.Door) error {
	x, err := p.members.View(r.Context(), site.By(r), d.Account, r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := site.By(r).May(actor.InviteMember); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, revokePage(showView{door.See(p.Site, r, d), x}))
}

func (p pages) revoke(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	err := p.members.Revoke(r.Context(), site.By(r), d.Account, id, version(r), r.PostFormValue("reason"))
	if err == nil {
		return p.Go(w, r, d.Path("/invitations/"+id), i18n.M("members.revoked"))
	}
	x, failed := p.members.View(r.Context(), site.By(r), d.Account, id)
	if failed != nil {
		return failed
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		return revokePage(showView{door.See(p.Site, r, d, errs...), x})
	})
}

func (p pages) unbindView(r *http.Request, d door.Door) (v unbindView, err error) {
	ctx, by, id := r.Context(), site.By(r), r.PathValue("binding")
	if err := by.May(actor.UnbindMember); err != nil {
		return v, err
	}
	x, err := p.roster.Person(ctx, by, d.Account, id)
	if err != nil {
		return v, err
	}
	v = unbindView{View: door.See(p.Site, r, d), Binding: x.Binding}
	v.Preview, err = p.qualifications.PreviewExit(ctx, by, d.Account, id, calendar.DayOf(p.Clock.Now()))
	return v, err
}

func (p pages) askUnbind(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.unbindView(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, unbindPage(v))
}

func (p pages) unbind(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("binding")
	err := p.members.Unbind(r.Context(), site.By(r), d.Account, id, r.PostFormValue("reason"))
	if err == nil {
		return p.Go(w, r, d.Path("/people/"+url.PathEscape(id)), i18n.M("members.unbound"))
	}
	v, failed := p.unbindView(r, d)
	if failed != nil {
		return failed
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { v.Errs = errs; return unbindPage(v) })
}

// ask sends the question to confirm once more.
func (p pages) ask(w http.ResponseWriter, r *http.Request, d door.Door) error {
	id := r.PathValue("binding")
	if err := p.members.Ask(r.Context(), site.By(r), d.Account, id); err != nil {
		return err
	}
	return p.Go(w, r, d.Path("/people/"+url.PathEscape(id)), i18n.M("members.asked"))
}
