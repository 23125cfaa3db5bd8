// Package customer holds the pages of a partner's customers and resellers, of the links by which they come, of the
// requests by which they go, and the page on which a customer sees its partner.
package customer

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/distribution"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	db      *db.DB
	s       *distribution.Service
	confirm *confirm.Service
}

// Register adds the pages.
func Register(s *site.Site, d *db.DB, service *distribution.Service, c *confirm.Service) {
	p := pages{s, d, service, c}
	door.Partner(s, "GET /customers", p.list)
	door.Exports(s, door.Partner, "/customers", p.export)
	s.Page("POST /customers", p.assign)
	door.Vendor(s, "POST", "/customers/restriction", p.restrict)
	door.Partner(s, "GET /customers/invitations", p.invitations)
	s.Page("POST /customers/invitations", p.invite)
	s.Page("POST /customers/announcements", p.announce)
	s.Page("POST /customer-announcements/{id}/end", p.unannounce)
	door.Partner(s, "GET /customer-invitations/{id}", p.invitation)
	s.Page("POST /customer-invitations/{id}/revoke", p.revoke)
	door.Partner(s, "GET /customers/{id}", p.show)
	s.Page("POST /customers/{id}", p.describe)
	s.Page("GET /customers/{id}/freeze", p.freezeForm)
	s.Page("POST /customers/{id}/freeze", p.freeze)
	for _, op := range []string{distribution.Switch, distribution.Dissociate} {
		s.Page("GET /customers/{id}/"+op, func(w http.ResponseWriter, r *http.Request) error { return p.leaving(w, r, r.PathValue("id"), op, nil) })
		s.Page("POST /customers/{id}/"+op, func(w http.ResponseWriter, r *http.Request) error { return p.leave(w, r, r.PathValue("id"), op) })
		s.Page("GET /my-partner/"+op, func(w http.ResponseWriter, r *http.Request) error { return p.leaving(w, r, "", op, nil) })
		s.Page("POST /my-partner/"+op, func(w http.ResponseWriter, r *http.Request) error { return p.leave(w, r, "", op) })
	}
	s.Page("GET /association-requests/{id}", p.request)
	s.Page("POST /association-requests/{id}", p.answer)
	s.Page("GET /my-partner", p.mine)
	s.Open("GET /join-partner", p.offer)
	s.Open("POST /join-partner", p.take)
	p.resellers()
	p.creation()
}

func (p pages) see(r *http.Request, d door.Door, errs ...ui.FieldError) door.View {
	return door.See(p.Site, r, d, errs...)
}

func mine(r *http.Request) door.Door { return door.Door{Account: site.By(r).Account} }

// answer shows a page, or the same page with what was refused.
func (p pages) page(w http.ResponseWriter, r *http.Request, refused error, page func(errs []ui.FieldError) templ.Component) error {
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

func filter(r *http.Request, d door.Door) distribution.Filter {
	q := r.URL.Query()
	return distribution.Filter{Partner: d.Account, Name: q.Get("q"), Label: q.Get("label"), Level: q.Get("level"), Model: account.Link(q.Get("model")), Frozen: q.Get("frozen"),
		Manager: q.Get("manager"), After: q.Get("after")}
}

func (p pages) list(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.listed(w, r, d, nil)
}

func (p pages) listed(w http.ResponseWriter, r *http.Request, d door.Door, refused error) (err error) {
	ctx, by := r.Context(), site.By(r)
	v := listView{View: p.see(r, d)}
	if v.rows, _, v.next, err = p.s.Customers(ctx, by, filter(r, d)); err != nil {
		return err
	}
	if v.managers, err = p.s.Managers(ctx, by, d.Account); err != nil {
		return err
	}
	if v.company, err = account.Get(ctx, p.db.Read(), d.Account); err != nil {
		return err
	}
	if v.restricted, err = distribution.IsRestricted(ctx, p.db.Read(), d.Account); err != nil {
		return err
	}
	return p.page(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return listPage(v)
	})
}

func (p pages) export(r *http.Request, d door.Door) (door.Table, error) {
	ctx, by, f := r.Context(), site.By(r), filter(r, d)
	f.After, f.Limit = "", 500
	if _, _, _, err := p.s.Customers(ctx, by, f); err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "customers", Header: []string{"id", "name", "login_name", "model", "associated_on", "label", "level", "account_manager", "frozen", "phone", "email", "xaccount_id"},
		Rows: door.Pages(func(after string) ([]distribution.Customer, string, error) {
			f.After = after
			list, _, next, err := p.s.Customers(ctx, by, f)
			return list, next, err
		}, func(c distribution.Customer) []string {
			return []string{c.ID, c.Name, c.Login, string(c.Model), door.Instant(c.Since), c.Label, c.Level, c.ManagerName, strconv.Itoa(c.Held()), c.Phone, c.Email, c.XAccountID}
		})}, nil
}

func (p pages) assign(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ids := r.PostForm["id"]
	if err := p.s.Assign(r.Context(), site.By(r), "", r.PostFormValue("manager"), ids); err != nil {
		return p.listed(w, r, mine(r), err)
	}
	return p.Go(w, r, "/customers", i18n.M("customers.assigned", i18n.A{"n": len(ids)}))
}

// restrict keeps a partner and those below it from spending, or lets them again: the vendor's door alone.
func (p pages) restrict(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	do, done := p.s.Restrict, i18n.M("customers.restrict.done")
	if r.PostFormValue("do") == "lift" {
		do, done = p.s.Unrestrict, i18n.M("customers.restrict.lifted")
	}
	if err := do(r.Context(), site.By(r), d.Account, r.PostFormValue("reason")); err != nil {
		return p.listed(w, r, d, err)
	}
	return p.Go(w, r, d.Path("/customers"), done)
}

func (p pages) show(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.shown(w, r, d, nil)
}

func (p pages) shown(w http.ResponseWriter, r *http.Request, d door.Door, refused error) (err error) {
	ctx, by := r.Context(), site.By(r)
	v := showView{View: p.see(r, d)}
	if v.x, err = p.s.Customer(ctx, by, d.Account, r.PathValue("id")); err != nil {
		return err
	}
	if v.history, err = p.s.History(ctx, by, d.Account, v.x.ID); err != nil {
		return err
	}
	if v.pending, err = p.pending(r, d.Account, v.x.ID); err != nil {
		return err
	}
	tags, err := p.s.NewTags(ctx, by, d.Account, []string{v.x.ID}, 0, 1)
	if err != nil {
		return err
	}
	if len(tags) > 0 {
		v.tag = tags[0]
	}
	if v.waits, err = p.s.Waits(ctx, by, v.x); err != nil {
		return err
	}
	return p.page(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return showPage(v)
	})
}

// pending is the open request between a partner and somebody.
func (p pages) pending(r *http.Request, partner, other string) (*distribution.Request, error) {
	list, _, err := p.s.Requests(r.Context(), site.By(r), partner, distribution.Pending, "", 500)
	for i := range list {
		if list[i].Partner == partner && list[i].Other == other {
			return &list[i], err
		}
	}
	return nil, err
}

func (p pages) describe(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, id := r.Context(), site.By(r), r.PathValue("id")
	if m := r.PostFormValue("manager"); m != "" {
		if err := p.s.Assign(ctx, by, "", m, []string{id}); err != nil {
			return p.shown(w, r, mine(r), err)
		}
		return p.Go(w, r, "/customers/"+id, i18n.M("customers.assigned", i18n.A{"n": 1}))
	}
	if err := p.s.Describe(ctx, by, "", id, r.PostFormValue("label"), r.PostFormValue("level")); err != nil {
		return p.shown(w, r, mine(r), err)
	}
	return p.Go(w, r, "/customers/"+id, i18n.M("customers.described"))
}

func (p pages) freezeForm(w http.ResponseWriter, r *http.Request) error { return p.freezing(w, r, nil) }

func (p pages) freezing(w http.ResponseWriter, r *http.Request, refused error) error {
	c, err := p.s.Customer(r.Context(), site.By(r), "", r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.page(w, r, refused, func(errs []ui.FieldError) templ.Component {
		return freezePage(showView{View: p.see(r, mine(r), errs...), x: c})
	})
}

func (p pages) freeze(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	do, done := p.s.Freeze, i18n.M("customers.frozen")
	if r.PostFormValue("do") == "unfreeze" {
		do, done = p.s.Unfreeze, i18n.M("customers.unfrozen")
	}
	out, err := do(r.Context(), site.By(r), distribution.FreezeIn{Customers: []string{id}, Type: r.PostFormValue("type"), Reason: r.PostFormValue("reason")})
	if err == nil {
		err = out[0].Err
	}
	if err != nil {
		return p.freezing(w, r, err)
	}
	return p.Go(w, r, "/customers/"+id, done)
}

func (p pages) invitations(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.invited(w, r, d, nil)
}

func (p pages) invited(w http.ResponseWriter, r *http.Request, d door.Door, refused error) (err error) {
	ctx, by := r.Context(), site.By(r)
	v := invitationsView{View: p.see(r, d)}
	if v.rows, v.next, err = p.s.Invitations(ctx, by, d.Account, false, r.URL.Query().Get("after"), 0); err != nil {
		return err
	}
	if v.announced, err = p.s.Announcements(ctx, by, d.Account); err != nil {
		return err
	}
	if v.managers, err = p.s.Managers(ctx, by, d.Account); err != nil {
		return err
	}
	return p.page(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return invitationsPage(v)
	})
}

func (p pages) invite(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	x, err := p.s.Invite(r.Context(), site.By(r), distribution.NewInvitation{Kind: account.Link(r.PostFormValue("model")), Email: r.PostFormValue("email"),
		Note: r.PostFormValue("note"), Lang: r.PostFormValue("lang"), Manager: r.PostFormValue("manager")})
	if err != nil {
		return p.invited(w, r, mine(r), err)
	}
	return p.Go(w, r, "/customer-invitations/"+x.ID, i18n.M("customers.link.made"))
}

func (p pages) announce(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	_, err := p.s.Announce(r.Context(), site.By(r), distribution.NewAnnouncement{Company: r.PostFormValue("company"), Email: r.PostFormValue("announced_email"), Note: r.PostFormValue("announced_note")})
	if err != nil {
		return p.invited(w, r, mine(r), err)
	}
	return p.Go(w, r, "/customers/invitations", i18n.M("customers.announced"))
}

func (p pages) unannounce(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if err := p.s.Unannounce(r.Context(), site.By(r), "", r.PathValue("id")); err != nil {
		return err
	}
	return p.Go(w, r, "/customers/invitations", i18n.M("customers.unannounced"))
}

func (p pages) invitation(w http.ResponseWriter, r *http.Request, d door.Door) error {
	x, path, err := p.s.Invitation(r.Context(), site.By(r), d.Account, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := invitationView{View: p.see(r, d), x: x}
	if path != "" {
		v.link = p.BaseURL + path
	}
	return p.Show(w, r, http.StatusOK, invitationPage(v))
}

func (p pages) revoke(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if err := p.s.Revoke(r.Context(), site.By(r), "", r.PathValue("id")); err != nil {
		return err
	}
	return p.Go(w, r, "/customer-invitations/"+r.PathValue("id"), i18n.M("customers.link.revoked"))
}

func (p pages) offer(w http.ResponseWriter, r *http.Request) error { return p.offered(w, r, nil) }

func (p pages) offered(w http.ResponseWriter, r *http.Request, refused error) error {
	r.ParseForm() // an unreadable query is an empty one
	o, err := p.s.Offer(r.Context(), site.By(r), r.Form.Get("token"))
	if err != nil {
		return err
	}
	return p.page(w, r, refused, func(errs []ui.FieldError) templ.Component {
		return offerPage(offerView{View: p.see(r, door.Door{}, errs...), o: o, token: r.Form.Get("token")})
	})
}

func (p pages) take(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, token := r.Context(), site.By(r), r.PostFormValue("token")
	var err error
	to, done := "/my-partner", i18n.M("customers.offer.accepted")
	switch r.PostFormValue("do") {
	case "accept":
		err = p.s.Accept(ctx, by, token)
	case "decline":
		err = p.s.Decline(ctx, by, token)
		to, done = "/", i18n.M("customers.offer.declined")
	default:
		err = p.s.SignUp(ctx, by, distribution.Newcomer{Token: token, Company: r.PostFormValue("name"), Country: r.PostFormValue("country"), Contact: r.PostFormValue("contact"),
			Email: r.PostFormValue("email"), Captcha: r.PostFormValue("altcha"), Lang: i18n.From(ctx).Lang})
		to, done = "/login?"+url.Values{"next": {"/join-partner?token=" + token}}.Encode(), i18n.M("customers.offer.mailed")
	}
	if err != nil {
		return p.offered(w, r, err)
	}
	return p.Go(w, r, to, done)
}
