// Package privilege holds the page on which a company's administrators say who may open tickets and take lists of them
// away, and on which everybody else reads what holds for them.
package privilege

import (
	"context"
	"net/http"
	"strconv"

	"hanse/internal/domain/privilege"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	s *privilege.Service
}

const path = "/ticket-privileges"

// Register adds the page.
func Register(s *site.Site, privileges *privilege.Service) {
	p := pages{s, privileges}
	p.Page("GET "+path, p.show)
	p.Page("POST "+path, p.policy)
	p.Page("POST "+path+"/users", p.grant)
}

type view struct {
	door.View
	policy         privilege.Policy
	create, export bool // what the reader may
	holders        []privilege.Holder
}

func (v view) manages() bool { return v.Can(actor.ManageTicketPrivileges) }

func (p pages) show(w http.ResponseWriter, r *http.Request) (err error) {
	ctx, by := r.Context(), site.By(r)
	v := view{View: door.See(p.Site, r, door.Door{Account: by.Account})}
	if v.policy, err = p.s.Policy(ctx, by); err != nil {
		return err
	}
	if v.create, err = p.s.Has(ctx, by, privilege.Create); err != nil {
		return err
	}
	if v.export, err = p.s.Has(ctx, by, privilege.Export); err != nil {
		return err
	}
	if v.manages() {
		if v.holders, err = p.s.Holders(ctx, by); err != nil {
			return err
		}
	}
	return p.Show(w, r, http.StatusOK, showPage(v))
}

// The two answers of each side of the policy.
const (
	everybody = "all"
	granted   = "granted"
)

// policy changes what holds for all users of the company.
func (p pages) policy(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by := r.Context(), site.By(r)
	if err := p.s.Set(ctx, by, privilege.Create, r.PostFormValue("create") == granted); err != nil {
		return err
	}
	if err := p.s.Set(ctx, by, privilege.Export, r.PostFormValue("export") == everybody); err != nil {
		return err
	}
	return p.Go(w, r, path, i18n.M("privilege.saved"))
}

// grant gives a user a privilege, or takes it back.
func (p pages) grant(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	on, kind := r.PostFormValue("on") == "true", privilege.Kind(r.PostFormValue("privilege"))
	if err := p.s.Grant(r.Context(), site.By(r), r.PostFormValue("user"), kind, on); err != nil {
		return err
	}
	if on {
		return p.Go(w, r, path+"#users", i18n.M("privilege.granted"))
	}
	return p.Go(w, r, path+"#users", i18n.M("privilege.taken"))
}

// state says what holds.
func (v view) state(ctx context.Context) string {
	open, export := i18n.M("privilege.is.open_all"), i18n.M("privilege.is.export_granted")
	if v.policy.CreateRestricted {
		open = i18n.M("privilege.is.open_granted")
	}
	if v.policy.ExportForAll {
		export = i18n.M("privilege.is.export_all")
	}
	return i18n.T(ctx, "privilege.is", i18n.A{"open": open, "export": export})
}

// next says what one can do.
func (v view) next(ctx context.Context) string {
	switch {
	case v.manages():
		return i18n.T(ctx, "privilege.next.admin")
	case v.create && v.export:
		return i18n.T(ctx, "privilege.next.both")
	}
	return i18n.T(ctx, "privilege.next.ask")
}

func (v view) answer(all bool) string {
	if all {
		return everybody
	}
	return granted
}

func answers(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: everybody, Label: i18n.T(ctx, "privilege.all")}, {Value: granted, Label: i18n.T(ctx, "privilege.with_grant")}}
}

// own are what the reader may, for those who don't manage it.
func (v view) own(ctx context.Context) []ui.Fact {
	yes := func(ok bool) string {
		if ok {
			return i18n.T(ctx, "privilege.yes")
		}
		return i18n.T(ctx, "privilege.no")
	}
	return []ui.Fact{{Label: i18n.Say(ctx, privilege.Create.Label()), Body: text(yes(v.create))}, {Label: i18n.Say(ctx, privilege.Export.Label()), Body: text(yes(v.export))}}
}

// changed says who changed the policy last.
func changed(ctx context.Context, v view) string {
	if v.policy.ChangedBy == "" {
		return i18n.T(ctx, "privilege.policy_sub")
	}
	return i18n.T(ctx, "privilege.changed", i18n.A{"name": i18n.Raw(v.policy.ChangedBy), "at": i18n.From(ctx).DateTime(v.policy.ChangedAt)})
}

func hidden(user string, k privilege.Kind, on bool) [][2]string {
	return [][2]string{{"user", user}, {"privilege", string(k)}, {"on", strconv.FormatBool(on)}}
}
