package customer

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
)

func (p pages) creation() {
	p.Page("GET /customers/new", func(w http.ResponseWriter, r *http.Request) error { return p.creating(w, r, nil) })
	p.Page("POST /customers/new", p.create)
	p.Page("POST /customers/{id}/remind", p.remind)
	door.Vendor(p.Site, "POST", "/customers/{id}/tag", p.tag)
}

// A createView is the form for a new customer.
type createView struct {
	door.View
	company   account.Account
	resellers []distribution.Reseller
	managers  []distribution.Manager
	key       string // made when the form is drawn: sent twice, one customer is made
}

// forReseller tells whether the company has no customers of its own, and makes them for its resellers.
func (v createView) forReseller() bool {
	return !v.company.Has(account.SolutionProvider, account.Reseller)
}

func (v createView) nobody() bool { return v.forReseller() && len(v.resellers) == 0 }

func (v createView) hidden() [][2]string { return [][2]string{{"key", v.key}} }

func (v createView) state(ctx context.Context) string {
	if v.forReseller() {
		return i18n.T(ctx, "customers.new.state_reseller")
	}
	return i18n.T(ctx, "customers.new.state")
}

func (v createView) todo(ctx context.Context) string {
	if v.nobody() {
		return i18n.T(ctx, "customers.new.next_nobody")
	}
	return i18n.T(ctx, "customers.new.next")
}

func (v createView) resellerOptions(ctx context.Context) (out []ui.Option) {
	for _, r := range v.resellers {
		out = append(out, ui.Option{Value: r.ID, Label: door.Data(ctx, r.Name)})
	}
	return out
}

func (p pages) creating(w http.ResponseWriter, r *http.Request, refused error) (err error) {
	ctx, by := r.Context(), site.By(r)
	if err := by.May(actor.CreateCustomers); err != nil {
		return err
	}
	v := createView{View: p.see(r, mine(r)), key: r.PostFormValue("key")}
	if v.key == "" {
		v.key = id.New("key", p.Clock.Wall())
	}
	if v.company, err = account.Get(ctx, p.db.Read(), by.Account); err != nil {
		return err
	}
	if v.company.Has(account.Distributor) {
		if v.resellers, _, _, err = p.s.Resellers(ctx, by, distribution.ResellerFilter{Limit: 500}); err != nil {
			return err
		}
	}
	if !v.forReseller() {
		if v.managers, err = p.s.Managers(ctx, by, ""); err != nil {
			return err
		}
	}
	return p.page(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return createPage(v)
	})
}

func (p pages) create(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	in := distribution.NewCustomer{Partner: r.PostFormValue("partner"), Name: r.PostFormValue("name"), Country: strings.ToUpper(strings.TrimSpace(r.PostFormValue("country"))),
		Contact: r.PostFormValue("contact"), Email: r.PostFormValue("email"), Phone: strings.TrimSpace(r.PostFormValue("phone")), Login: strings.TrimSpace(r.PostFormValue("login_name")),
		Model: account.Link(r.PostFormValue("model")), Manager: r.PostFormValue("manager"), XAccountID: r.PostFormValue("xaccount_id"), XAccountType: "portal",
		Lang: r.PostFormValue("lang"), NoMarketing: r.PostFormValue("no_marketing") != "", Activate: true, Key: r.PostFormValue("key")}
	made, err := p.s.CreateCustomer(r.Context(), site.By(r), in)
	switch {
	case err != nil:
		return p.creating(w, r, err)
	case in.Partner != "" && in.Partner != site.By(r).Account:
		return p.Go(w, r, "/resellers/"+in.Partner, i18n.M("customers.new.done", i18n.A{"login": made.Login}))
	}
	return p.Go(w, r, "/customers/"+made.ID, i18n.M("customers.new.done", i18n.A{"login": made.Login}))
}

// remind mails the link again by which a customer's contact becomes its first administrator.
func (p pages) remind(w http.ResponseWriter, r *http.Request) error {
	if err := p.s.Remind(r.Context(), site.By(r), "", r.PathValue("id"), ""); err != nil {
		return err
	}
	return p.Go(w, r, "/customers/"+r.PathValue("id"), i18n.M("customers.reminded"))
}

// tag is the vendor's word on whether a customer is new.
func (p pages) tag(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by := r.Context(), site.By(r)
	c, err := p.s.Customer(ctx, by, d.Account, r.PathValue("id"))
	if err != nil {
		return err
	}
	x := distribution.Tag{Customer: c.ID, Value: r.PostFormValue("tag"), From: strings.TrimSpace(r.PostFormValue("from")), Until: strings.TrimSpace(r.PostFormValue("until"))}
	if err := p.s.SetTag(ctx, by, x); err != nil {
		return p.shown(w, r, d, err)
	}
	return p.Go(w, r, d.Path("/customers/"+c.ID), i18n.M("customers.tag.done"))
}

// tagLabel is whether a customer counts as new, in words.
func tagLabel(ctx context.Context, t distribution.Tag) string {
	switch t.Value {
	case "Y":
		return i18n.T(ctx, "customers.tag.new")
	case "N":
		return i18n.T(ctx, "customers.tag.not")
	case "UNDETERMINED":
		return i18n.T(ctx, "customers.tag.open")
	}
	return i18n.T(ctx, "customers.tag.none")
}

func tagTone(t distribution.Tag) ui.Tone {
	switch t.Value {
	case "Y":
		return ui.Good
	case "UNDETERMINED":
		return ui.Info
	}
	return ui.Neutral
}

// tagTerm is from when until when, in months.
func tagTerm(t distribution.Tag) string {
	if t.From+t.Until == "" {
		return ""
	}
	return t.From + " – " + t.Until
}

// stated is a month of the tag when the vendor stated it: a computed one isn't typed for anybody.
func (v showView) stated(month string) string {
	if v.tag.Stated == "" {
		return ""
	}
	return month
}

func tagChoices(ctx context.Context) (out []ui.Option) {
	for _, t := range []string{"Y", "N", "UNDETERMINED"} {
		out = append(out, ui.Option{Value: t, Label: tagLabel(ctx, distribution.Tag{Value: t})})
	}
	return out
}
