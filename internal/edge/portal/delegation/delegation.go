// Package delegation holds the pages on which a partner asks to act for a customer, and the customer answers.
package delegation

import (
	"context"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/delegation"
	"hanse/internal/domain/distribution"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	db        *db.DB
	s         *delegation.Service
	customers *distribution.Service
	codes     *confirm.Service
}

// Register adds the pages.
func Register(s *site.Site, d *db.DB, service *delegation.Service, c *distribution.Service, codes *confirm.Service) {
	p := pages{s, d, service, c, codes}
	s.Page("GET /delegations", func(w http.ResponseWriter, r *http.Request) error {
		return p.list(w, r, door.Door{Account: site.By(r).Account})
	})
	door.Vendor(s, "GET", "/delegations", p.list)
	s.Page("POST /delegations", p.ask)
	s.Page("GET /delegations/{id}", p.one)
	s.Page("POST /delegations/{id}/{step}", p.step)
}

func (p pages) list(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.listed(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

func (p pages) listed(r *http.Request, d door.Door) (v listView, err error) {
	ctx, by := r.Context(), site.By(r)
	v.View = door.See(p.Site, r, d)
	list, next, err := p.s.Delegations(ctx, by, d.Account, r.URL.Query().Get("after"), 0)
	if err != nil {
		return v, err
	}
	v.all, v.after, v.first = list, door.After(r, next), door.FirstOf(r)
	if !by.Can(actor.AskDelegation) {
		return v, nil
	}
	if v.customers, _, _, err = p.customers.Customers(ctx, by, distribution.Filter{Limit: 200}); err != nil {
		return v, err
	}
	users, err := p.Accounts.Users(ctx, by, by.Account)
	for _, u := range users {
		if u.State == account.UserActive {
			v.users = append(v.users, u)
		}
	}
	return v, err
}

func (p pages) ask(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	d, err := p.s.Ask(r.Context(), site.By(r), delegation.Wish{Customer: r.PostFormValue("customer"), User: r.PostFormValue("user_id"),
		Until: r.PostFormValue("until"), Reason: r.PostFormValue("reason")})
	if err == nil {
		return p.Go(w, r, "/delegations/"+d.ID, i18n.M("delegations.done"))
	}
	v, other := p.listed(r, door.Door{Account: site.By(r).Account})
	if other != nil {
		return other
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { v.Errs = errs; return listPage(v) })
}

func (p pages) one(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, onePage(v))
}

func (p pages) view(r *http.Request) (v oneView, err error) {
	v.View = door.See(p.Site, r, door.Door{Account: site.By(r).Account})
	if v.d, err = p.s.Delegation(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return v, err
	}
	v.ask, err = ask.For(r, p.db.Read(), p.codes, confirm.Delegate)
	return v, err
}

// step does what a button says.
func (p pages) step(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.view(r)
	if err != nil {
		return err
	}
	if ask.Wanted(r) {
		if v.ask, err = ask.Send(r, p.codes, confirm.Delegate, confirm.About(v.d.ID)); err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, onePage(v))
	}
	if err = p.do(r.Context(), site.By(r), r, v.d.ID); err == nil {
		return p.Go(w, r, "/delegations/"+v.d.ID, i18n.M("delegations.saved"))
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs, v.ask = errs, v.ask.Refused(r, err)
		return onePage(v)
	})
}

func (p pages) do(ctx context.Context, by actor.Actor, r *http.Request, id string) (err error) {
	version, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64) // nothing is a stale page
	code, words := r.PostFormValue("code"), r.PostFormValue("reason")
	switch r.PathValue("step") {
	case "approve":
		_, err = p.s.Approve(ctx, by, id, version, code)
	case "refuse":
		_, err = p.s.Refuse(ctx, by, id, version, words)
	case "revoke":
		_, err = p.s.Revoke(ctx, by, id, version, words, code)
	default:
		_, err = p.s.Withdraw(ctx, by, id, version)
	}
	return err
}
