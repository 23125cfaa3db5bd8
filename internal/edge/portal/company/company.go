// Package company holds the pages about a company itself: its data, its users, and what it declares of its service.
package company

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/domain/tier"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	roster         *roster.Service
	qualifications *qualification.Service
	tiers          *tier.Service
}

// Register adds the pages.
func Register(s *site.Site, ro *roster.Service, q *qualification.Service, tiers *tier.Service) {
	p := pages{s, ro, q, tiers}
	door.Any(s, "GET /company", p.profile)
	door.Any(s, "GET /company/edit", p.editForm)
	door.Any(s, "POST /company/edit", p.edit)

	door.Any(s, "GET /company/users", p.users)
	door.Exports(s, door.Any, "/company/users", p.exportUsers)
	door.Exports(s, door.Any, "/company/invitations", p.exportInvitations)
	door.Any(s, "GET /company/users/invite", p.inviteForm)
	door.Any(s, "POST /company/users/invite", p.invite)
	door.Any(s, "GET /company/users/{user}", p.user)
	door.Any(s, "POST /company/users/{user}", p.changeRoles)
	door.Any(s, "GET /company/users/{user}/deactivate", p.deactivateForm)
	door.Any(s, "POST /company/users/{user}/deactivate", p.deactivate)
	door.Any(s, "POST /company/users/{user}/reactivate", p.reactivate)
	door.Any(s, "GET /company/invitations/{invitation}/revoke", p.revokeForm)
	door.Any(s, "POST /company/invitations/{invitation}/revoke", p.revoke)

	door.Partner(s, "GET /company/service", p.service)
	door.Partner(s, "GET /company/service/edit", p.serviceForm)
	door.Partner(s, "POST /company/service/edit", p.saveService)
	door.Exports(s, door.Partner, "/company/service", p.exportService)
}

// companyView is a company's data.
type companyView struct {
	door.View
	Account account.Account
	Tier    tier.Tier // on the profile of whoever can have one
}

func (p pages) company(r *http.Request, d door.Door) (companyView, error) {
	a, err := p.Accounts.View(r.Context(), site.By(r), d.Account)
	return companyView{View: door.See(p.Site, r, d), Account: a}, err
}

func (p pages) profile(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.company(r, d)
	if err != nil {
		return err
	}
	if v.Account.Kind != actor.Vendor && v.Can(actor.ViewTiers) {
		if v.Tier, _, err = p.tiers.Tier(r.Context(), site.By(r), v.Account.ID); err != nil {
			return err
		}
	}
	return p.Show(w, r, http.StatusOK, profilePage(v))
}

func (p pages) editForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.EditAccount); err != nil {
		return err
	}
	v, err := p.company(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, editPage(v))
}

func (p pages) edit(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	err := p.Accounts.Edit(r.Context(), site.By(r), d.Account, edited(r))
	if fault.KindOf(err) == fault.KindInvalid {
		v, failed := p.company(r, d)
		if failed != nil {
			return failed
		}
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs = errs
			return editPage(v)
		})
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, d.Path("/company"), i18n.M("company.saved"))
}

// edited reads the form. Market and channel are the vendor's to change: a partner's form doesn't have them.
func edited(r *http.Request) account.Edit {
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // none is a stale one
	in := account.Edit{Name: r.PostFormValue("name"), Country: r.PostFormValue("country"), Address: r.PostFormValue("address"),
		Website: r.PostFormValue("website"), Contact: r.PostFormValue("contact"), Email: r.PostFormValue("email"),
		Phone: r.PostFormValue("phone"), Version: version}
	if r.PostFormValue("has_channel") == "" {
		return in
	}
	in.Market, in.Channel = r.PostFormValue("market"), []account.Channel{}
	for _, c := range r.PostForm["channel"] {
		in.Channel = append(in.Channel, account.Channel(c))
	}
	return in
}
