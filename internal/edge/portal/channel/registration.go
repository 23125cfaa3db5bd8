package channel

import (
	"net/http"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// registrationsView is the queue of companies that registered.
type registrationsView struct {
	door.View
	State string
	List  []account.Registration
	Pager ui.PagerView
}

// stateOf reads which registrations are meant; those that wait when nothing is said.
func stateOf(r *http.Request) string {
	switch s := r.URL.Query().Get("state"); s {
	case account.Unconfirmed, account.Approved, account.Declined:
		return s
	}
	return account.Waiting
}

func (p pages) registrations(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	list, next, err := p.Accounts.Registrations(r.Context(), site.By(r), account.RegistrationFilter{State: stateOf(r), After: after})
	if err != nil {
		return err
	}
	v := registrationsView{door.See(p.Site, r, door.Door{}), stateOf(r), list, ui.PagerView{Next: door.After(r, next)}}
	if after != "" {
		v.Pager.Prev = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, registrationsPage(v))
}

func (p pages) exportRegistrations(r *http.Request, _ door.Door) (door.Table, error) {
	ctx, by, state := r.Context(), site.By(r), stateOf(r)
	if err := by.May(actor.DecidePartner); err != nil {
		return door.Table{}, err
	}
	rows := door.Pages(func(after string) ([]account.Registration, string, error) {
		return p.Accounts.Registrations(ctx, by, account.RegistrationFilter{State: state, After: after, Limit: 200})
	}, func(x account.Registration) []string {
		return []string{x.Account, x.Company.Name, x.Company.Country, x.Company.Market, joined(x.Company.Channel),
			x.Company.Contact, x.Company.Email, x.State, x.CreatedAt.UTC().Format(time.RFC3339), x.Reason}
	})
	return door.Table{Name: "registrations", Rows: rows, Header: []string{"account", "name", "country", "market", "channel",
		"contact", "email", "state", "created_at", "reason"}}, nil
}

// registrationView is one registration to decide.
type registrationView struct {
	door.View
	Registration account.Registration
}

func (p pages) oneRegistration(r *http.Request) (registrationView, error) {
	x, err := p.Accounts.Registration(r.Context(), site.By(r), r.PathValue("partner"))
	return registrationView{door.See(p.Site, r, door.Door{}), x}, err
}

func (p pages) registration(w http.ResponseWriter, r *http.Request) error {
	v, err := p.oneRegistration(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, registrationPage(v))
}

func (p pages) decide(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.oneRegistration(r)
	if err != nil {
		return err
	}
	decision := r.PostFormValue("decision")
	if decision != "approve" && decision != "refuse" {
		err = fault.Invalid("decision", i18n.M("channel.registration.choose"))
	} else {
		err = p.Accounts.DecideRegistration(r.Context(), site.By(r), v.Registration.Account, decision == "approve", r.PostFormValue("reason"))
	}
	if fault.KindOf(err) == fault.KindInvalid {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs = errs
			return registrationPage(v)
		})
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, "/channel/registrations", decided(v.Registration.Company, decision == "approve"))
}

func decided(company account.Account, approved bool) i18n.Msg {
	if approved {
		return i18n.M("channel.registration.approved", i18n.A{"company": company.Name, "email": company.Email})
	}
	return i18n.M("channel.registration.refused", i18n.A{"company": company.Name})
}
