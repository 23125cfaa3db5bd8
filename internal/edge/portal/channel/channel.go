// Package channel holds the vendor's pages about its partners: the list, one partner, registrations and
// invitations, critical service events and inspections, freezing.
package channel

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	roster         *roster.Service
	qualifications *qualification.Service
	audit          *audit.Service
}

// Register adds the pages. An address /channel/WORD/{id} would clash with /channel/{partner}/people, so everything
// about one company stands below that company's id.
func Register(s *site.Site, ro *roster.Service, q *qualification.Service, a *audit.Service) {
	p := pages{s, ro, q, a}
	s.Page("GET /channel", p.list)
	door.Exports(s, door.Plain, "/channel", p.export)
	s.Page("GET /channel/invite", p.inviteForm)
	s.Page("POST /channel/invite", p.invite)
	s.Page("GET /channel/registrations", p.registrations)
	door.Exports(s, door.Plain, "/channel/registrations", p.exportRegistrations)
	s.Page("GET /channel/{partner}/registration", p.registration)
	s.Page("POST /channel/{partner}/registration", p.decide)

	door.Vendor(s, "GET", "", p.partner)
	door.Vendor(s, "GET", "/freeze", p.freezeForm)
	door.Vendor(s, "POST", "/freeze", p.freeze)
	door.Vendor(s, "GET", "/unfreeze", p.freezeForm)
	door.Vendor(s, "POST", "/unfreeze", p.freeze)

	door.Vendor(s, "GET", "/events", p.events)
	door.Exports(s, door.Vendors, "/events", p.exportEvents)
	door.Exports(s, door.Vendors, "/inspections", p.exportInspections)
	door.Vendor(s, "GET", "/critical/new", p.criticalForm)
	door.Vendor(s, "POST", "/critical/new", p.recordCritical)
	door.Vendor(s, "GET", "/critical/{event}/lift", p.liftForm)
	door.Vendor(s, "POST", "/critical/{event}/lift", p.lift)
	door.Vendor(s, "GET", "/inspections/new", p.inspectionForm)
	door.Vendor(s, "POST", "/inspections/new", p.inspect)
	door.Vendor(s, "GET", "/inspections/{inspection}/{file}", p.inspectionFile)

	door.Vendor(s, "GET", "/history", p.history)
	door.Exports(s, door.Vendors, "/history", p.exportHistory)
}

// listView is the list of partners, with what each holds.
type listView struct {
	door.View
	Filter  account.Filter
	List    []account.Account
	Next    string
	Running map[string][]qualification.Qualification
	Library *qualification.Service
	Waiting int // registrations to decide
}

func filter(r *http.Request) account.Filter {
	q := r.URL.Query()
	limit, _ := strconv.Atoi(q.Get("limit")) // none is the usual one
	return account.Filter{Kind: actor.Partner, Q: q.Get("q"), Channel: account.Channel(q.Get("channel")), State: account.State(q.Get("state")),
		Market: q.Get("market"), After: q.Get("after"), Limit: min(limit, 200)}
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	ctx, by, v := r.Context(), site.By(r), listView{View: door.See(p.Site, r, door.Door{}), Filter: filter(r), Library: p.qualifications}
	if !by.Vendor() {
		return fault.NotFound()
	}
	list, next, err := p.Accounts.List(ctx, by, v.Filter)
	if err != nil {
		return err
	}
	v.List, v.Next = list, door.After(r, next)
	ids := make([]string, len(list))
	for i, a := range list {
		ids[i] = a.ID
	}
	if v.Running, err = p.qualifications.Running(ctx, by, ids); err != nil {
		return err
	}
	if v.Waiting, err = p.waiting(r); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

// waiting counts the registrations to decide, up to a hundred, for those who decide.
func (p pages) waiting(r *http.Request) (int, error) {
	by := site.By(r)
	if !by.Can(actor.DecidePartner) {
		return 0, nil
	}
	some, _, err := p.Accounts.Registrations(r.Context(), by, account.RegistrationFilter{State: account.Waiting, Limit: 100})
	return len(some), err
}

func (p pages) export(r *http.Request, _ door.Door) (door.Table, error) {
	if !site.Vendor(r) {
		return door.Table{}, fault.NotFound()
	}
	if err := site.By(r).May(actor.ListAccounts); err != nil {
		return door.Table{}, err
	}
	f := filter(r)
	f.Limit = 200
	rows := door.Pages(func(after string) ([]account.Account, string, error) {
		f.After = after
		return p.Accounts.List(r.Context(), site.By(r), f)
	}, func(a account.Account) []string {
		return []string{a.ID, a.Name, a.Country, a.Market, joined(a.Channel), string(a.State), a.Contact, a.Email, a.Phone}
	})
	return door.Table{Name: "partners", Rows: rows, Header: []string{"account", "name", "country", "market", "channel", "state", "contact", "email", "phone"}}, nil
}

func (p pages) inviteForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.InvitePartner); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, invitePage(door.See(p.Site, r, door.Door{})))
}

func (p pages) invite(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	in := account.InvitePartner{Company: r.PostFormValue("company"), Country: r.PostFormValue("country"), Contact: r.PostFormValue("contact"),
		Email: r.PostFormValue("email"), Market: r.PostFormValue("market"), Lang: r.PostFormValue("lang")}
	for _, c := range r.PostForm["channel"] {
		in.Channel = append(in.Channel, account.Channel(c))
	}
	id, err := p.Accounts.InvitePartner(r.Context(), site.By(r), in)
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			return invitePage(door.See(p.Site, r, door.Door{}, errs...))
		})
	}
	return p.Go(w, r, "/channel/"+id, i18n.M("channel.invite.sent", i18n.A{"company": in.Company, "email": in.Email}))
}
