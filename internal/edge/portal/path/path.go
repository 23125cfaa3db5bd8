// Package path holds the pages of development paths and partner programs: explore and choose, answer an invitation,
// leave, the joined programs; and the vendor's invitations.
package path

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"hanse/internal/domain/path"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	s *path.Service
}

// Register adds the pages.
func Register(s *site.Site, paths *path.Service) {
	p := pages{s, paths}
	door.Partner(s, "GET /paths", p.list)
	door.Partner(s, "GET /paths/{id}", p.show)
	door.Partner(s, "GET /memberships", p.memberships)
	s.Page("POST /paths/{id}/choose", p.choose)
	s.Page("POST /paths/{id}/leave", p.leave)
	s.Page("POST /paths/{id}/invitations/{invitation}/{answer}", p.answer)
	door.Vendor(s, "POST", "/paths/invite", p.invite)
	door.Vendor(s, "POST", "/paths/invitations/{invitation}/withdraw", p.withdraw)
	s.Page("GET /channel/invitations", p.invited)
}

func (p pages) list(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.overview(w, r, d, nil)
}

// overview shows all paths, and to the vendor the invitations; after a refused invitation with what was refused.
func (p pages) overview(w http.ResponseWriter, r *http.Request, d door.Door, refused error) error {
	ctx, by := r.Context(), site.By(r)
	v := listView{View: door.See(p.Site, r, d)}
	var err error
	if v.all, err = p.s.Paths(ctx, by, d.Account); err != nil {
		return err
	}
	if d.Vendor {
		if v.joined, err = p.s.Memberships(ctx, by, d.Account); err != nil {
			return err
		}
		if v.invitations, err = p.s.Invitations(ctx, by, d.Account); err != nil {
			return err
		}
	}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, listPage(v))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return listPage(v)
	})
}

func (p pages) show(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.one(w, r, d, nil)
}

// one shows a path, after a refused step with what was refused.
func (p pages) one(w http.ResponseWriter, r *http.Request, d door.Door, refused error) error {
	x, err := p.s.Path(r.Context(), site.By(r), d.Account, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := pathView{View: door.See(p.Site, r, d), x: x}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, pathPage(v))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return pathPage(v)
	})
}

func (p pages) own(r *http.Request) door.Door { return door.Door{Account: site.By(r).Account} }

func (p pages) memberships(w http.ResponseWriter, r *http.Request, d door.Door) error {
	all, err := p.s.Memberships(r.Context(), site.By(r), d.Account)
	if err != nil {
		return err
	}
	v := membershipsView{View: door.See(p.Site, r, d)}
	for _, x := range all {
		if x.Held != nil {
			v.joined = append(v.joined, x)
		} else {
			v.open = append(v.open, x)
		}
	}
	return p.Show(w, r, http.StatusOK, membershipsPage(v))
}

// step is the frame of the partner's steps: what is refused stands on the path's page.
func (p pages) step(w http.ResponseWriter, r *http.Request, done i18n.Msg, f func(partner, id string) error) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	by, id := site.By(r), r.PathValue("id")
	err := f(by.Account, id)
	if kind := fault.KindOf(err); kind == fault.KindInvalid || kind == fault.KindConflict {
		return p.one(w, r, p.own(r), err)
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, "/paths/"+id, done)
}

func (p pages) choose(w http.ResponseWriter, r *http.Request) error {
	return p.step(w, r, i18n.M("paths.chosen"), func(partner, id string) error {
		_, err := p.s.Choose(r.Context(), site.By(r), partner, id)
		return err
	})
}

func (p pages) leave(w http.ResponseWriter, r *http.Request) error {
	return p.step(w, r, i18n.M("paths.left"), func(partner, id string) error { return p.s.Leave(r.Context(), site.By(r), partner, id) })
}

func (p pages) answer(w http.ResponseWriter, r *http.Request) error {
	done := i18n.M("paths.accepted")
	if r.PathValue("answer") == "decline" {
		done = i18n.M("paths.declined")
	}
	return p.step(w, r, done, func(partner, _ string) (err error) {
		switch i := r.PathValue("invitation"); r.PathValue("answer") {
		case "accept":
			_, err = p.s.Accept(r.Context(), site.By(r), partner, i)
		case "decline":
			_, err = p.s.Decline(r.Context(), site.By(r), partner, i, r.PostFormValue("reason"))
		default:
			err = fault.NotFound()
		}
		return err
	})
}

func (p pages) invite(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if _, err := p.s.Invite(r.Context(), site.By(r), d.Account, r.PostFormValue("program"), r.PostFormValue("note")); err != nil {
		if fault.KindOf(err) == fault.KindDenied {
			return err
		}
		return p.overview(w, r, d, err)
	}
	return p.Go(w, r, d.Path("/paths"), i18n.M("paths.invited"))
}

func (p pages) withdraw(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if _, err := p.s.Withdraw(r.Context(), site.By(r), d.Account, r.PathValue("invitation")); err != nil {
		return err
	}
	return p.Go(w, r, d.Path("/paths"), i18n.M("paths.withdrawn"))
}

// invited are the invitations of the whole channel.
func (p pages) invited(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	state := path.InvitationState(q.Get("state"))
	if !slices.Contains(states, state) {
		state = ""
	}
	rows, next, err := p.s.Invited(r.Context(), site.By(r), state, q.Get("after"), 0)
	if err != nil {
		return err
	}
	v := invitedView{View: door.See(p.Site, r, door.Door{}), rows: rows, after: door.After(r, next)}
	if q.Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, invitedPage(v))
}

// states are those that the list of invitations can be narrowed to.
var states = []path.InvitationState{path.Open, path.Accepted, path.Declined, path.Revoked, path.Expired}

// mayInvite tells whether to offer the vendor's form.
func mayInvite(v door.View) bool { return v.Vendor && v.Can(actor.InvitePath) }
