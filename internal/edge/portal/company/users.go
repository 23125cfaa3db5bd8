package company

import (
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

// usersView is who may act for a company, and who was asked to.
type usersView struct {
	companyView
	Users       []account.User
	Invitations []account.Invitation
}

func (p pages) users(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v := usersView{}
	var err error
	if v.Users, err = p.Accounts.Users(r.Context(), site.By(r), d.Account); err != nil {
		return err
	}
	if v.Invitations, err = p.Accounts.Invitations(r.Context(), site.By(r), d.Account); err != nil {
		return err
	}
	if v.companyView, err = p.company(r, d); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, usersPage(v.sought()))
}

// sought keeps the users whose name or address has what is looked for; a company's users are one short list.
func (v usersView) sought() usersView {
	q, state := strings.ToLower(v.R.URL.Query().Get("q")), v.R.URL.Query().Get("state")
	var kept []account.User
	for _, u := range v.Users {
		if strings.Contains(strings.ToLower(u.Name+"\n"+u.Email), q) && (state == "" || state == string(u.State)) {
			kept = append(kept, u)
		}
	}
	v.Users = kept
	return v
}

func (p pages) exportUsers(r *http.Request, d door.Door) (door.Table, error) {
	list, err := p.Accounts.Users(r.Context(), site.By(r), d.Account)
	v := usersView{companyView: companyView{View: door.See(p.Site, r, d)}, Users: list}.sought()
	var rows [][]string
	for _, u := range v.Users {
		var roles []string
		for _, x := range u.Roles {
			roles = append(roles, string(x))
		}
		rows = append(rows, []string{u.ID, u.Name, u.Email, string(u.State), strings.Join(roles, " ")})
	}
	return door.Table{Name: "users", Header: []string{"user", "name", "email", "state", "roles"}, Rows: sheet.Rows(rows)}, err
}

func (p pages) exportInvitations(r *http.Request, d door.Door) (door.Table, error) {
	list, err := p.Accounts.Invitations(r.Context(), site.By(r), d.Account)
	var rows [][]string
	for _, x := range list {
		var roles []string
		for _, role := range x.Roles {
			roles = append(roles, string(role))
		}
		rows = append(rows, []string{x.Email, x.Name, strings.Join(roles, " "), x.InvitedBy, x.ExpiresAt.UTC().Format(time.RFC3339)})
	}
	return door.Table{Name: "invitations", Header: []string{"email", "name", "roles", "invited_by", "expires_at"}, Rows: sheet.Rows(rows)}, err
}

func (p pages) inviteForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.ManageUsers); err != nil {
		return err
	}
	v, err := p.company(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, invitePage(v))
}

func (p pages) invite(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	in := account.InviteUser{Email: r.PostFormValue("email"), Name: r.PostFormValue("name"), Lang: r.PostFormValue("lang"), Roles: roles(r)}
	if err := p.Accounts.InviteUser(r.Context(), site.By(r), d.Account, in); err != nil {
		v, failed := p.company(r, d)
		if failed != nil {
			return failed
		}
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs = errs
			return invitePage(v)
		})
	}
	return p.Go(w, r, d.Path("/company/users"), i18n.M("company.invite.sent", i18n.A{"email": in.Email}))
}

func roles(r *http.Request) (out []actor.Role) {
	for _, x := range r.PostForm["roles"] {
		out = append(out, actor.Role(x))
	}
	return out
}

// userView is one user of a company.
type userView struct {
	companyView
	User account.User
}

// oneUser finds the user that the address names; another company's is NotFound.
func (p pages) oneUser(r *http.Request, d door.Door) (v userView, err error) {
	list, err := p.Accounts.Users(r.Context(), site.By(r), d.Account)
	if err != nil {
		return v, err
	}
	for _, u := range list {
		if u.ID == r.PathValue("user") {
			v.User = u
			v.companyView, err = p.company(r, d)
			return v, err
		}
	}
	return v, fault.NotFound()
}

func (p pages) user(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.oneUser(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, userPage(v))
}

func (p pages) changeRoles(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.oneUser(r, d)
	if err != nil {
		return err
	}
	if err := p.Accounts.ChangeRoles(r.Context(), site.By(r), d.Account, v.User.ID, roles(r)); err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs = errs
			return userPage(v)
		})
	}
	return p.Go(w, r, d.Path("/company/users"), i18n.M("company.roles.saved", i18n.A{"name": v.User.Name}))
}

func (p pages) deactivateForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.ManageUsers); err != nil {
		return err
	}
	v, err := p.oneUser(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, deactivatePage(v))
}

func (p pages) deactivate(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.oneUser(r, d)
	if err != nil {
		return err
	}
	if err := p.Accounts.Deactivate(r.Context(), site.By(r), d.Account, v.User.ID); err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs = errs
			return deactivatePage(v)
		})
	}
	return p.Go(w, r, d.Path("/company/users"), i18n.M("company.user.deactivated", i18n.A{"name": v.User.Name}))
}

func (p pages) reactivate(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.oneUser(r, d)
	if err != nil {
		return err
	}
	if err := p.Accounts.Reactivate(r.Context(), site.By(r), d.Account, v.User.ID); err != nil {
		return err
	}
	return p.Go(w, r, d.Path("/company/users"), i18n.M("company.user.reactivated", i18n.A{"name": v.User.Name}))
}

// invitationView is one invitation that nobody has answered.
type invitationView struct {
	companyView
	Invitation account.Invitation
}

func (p pages) oneInvitation(r *http.Request, d door.Door) (v invitationView, err error) {
	list, err := p.Accounts.Invitations(r.Context(), site.By(r), d.Account)
	if err != nil {
		return v, err
	}
	for _, x := range list {
		if x.ID == r.PathValue("invitation") {
			v.Invitation = x
			v.companyView, err = p.company(r, d)
			return v, err
		}
	}
	return v, fault.NotFound()
}

func (p pages) revokeForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.ManageUsers); err != nil {
		return err
	}
	v, err := p.oneInvitation(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, revokePage(v))
}

func (p pages) revoke(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.oneInvitation(r, d)
	if err != nil {
		return err
	}
	if err := p.Accounts.RevokeInvitation(r.Context(), site.By(r), d.Account, v.Invitation.ID); err != nil {
		return err
	}
	return p.Go(w, r, d.Path("/company/users"), i18n.M("company.invitation.revoked", i18n.A{"email": v.Invitation.Email}))
}
