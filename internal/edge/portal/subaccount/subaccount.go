// Package subaccount holds the pages about the accounts of one company: its sub-accounts or its master, whether it may buy
// a support plan and what is missing, and its customer tier.
package subaccount

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/eligibility"
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
	who   *eligibility.Service
	tiers *tier.Service
}

// Register adds the pages.
func Register(s *site.Site, who *eligibility.Service, tiers *tier.Service) {
	p := pages{s, who, tiers}
	door.Any(s, "GET /company/sub-accounts", p.list)
	s.Page("POST /company/sub-accounts", p.ask)
	s.Page("POST /company/sub-accounts/new", p.create)
	s.Page("POST /company/sub-accounts/{id}/{step}", p.step)
	door.Any(s, "GET /company/tier", p.tier)
	door.Vendor(s, "POST", "/company/tier", p.state)
}

type listView struct {
	door.View
	own account.Own
	who eligibility.Answer
}

func (p pages) read(r *http.Request, d door.Door) (v listView, err error) {
	ctx, by := r.Context(), site.By(r)
	v.View = door.See(p.Site, r, d)
	if v.own, err = p.Accounts.SubAccountsOf(ctx, by, d.Account); err != nil {
		return v, err
	}
	if v.own.Account.Kind == actor.Vendor {
		return v, fault.NotFound()
	}
	v.who, err = p.who.Who(ctx, by, d.Account)
	return v, err
}

func (p pages) list(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.read(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

// do sends a form of the list; what is refused stands on the list again.
func (p pages) do(w http.ResponseWriter, r *http.Request, done i18n.Msg, do func() error) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	err := do()
	if err == nil {
		return p.Go(w, r, "/company/sub-accounts", done)
	}
	v, failed := p.read(r, door.Door{Account: site.By(r).Account})
	if failed != nil {
		return failed
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return listPage(v)
	})
}

func (p pages) ask(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, i18n.M("subaccounts.asked"), func() error {
		_, err := p.Accounts.AskSub(r.Context(), site.By(r), r.PostFormValue("account"), r.PostFormValue("name"))
		if f := fault.Of(err); f != nil && f.Kind == fault.KindNotFound { // what was typed is wrong: it stays typed
			return fault.Invalid("account", f.Msg)
		}
		return err
	})
}

func (p pages) create(w http.ResponseWriter, r *http.Request) error {
	return p.do(w, r, i18n.M("subaccounts.created"), func() error {
		_, err := p.Accounts.CreateSub(r.Context(), site.By(r), account.NewSub{Contact: r.PostFormValue("contact"), Email: r.PostFormValue("email"), Phone: r.PostFormValue("phone")})
		return err
	})
}

func (p pages) step(w http.ResponseWriter, r *http.Request) error {
	ctx, by, id := r.Context(), site.By(r), r.PathValue("id")
	switch r.PathValue("step") {
	case "accept":
		return p.do(w, r, i18n.M("subaccounts.accepted"), func() error { return p.Accounts.AnswerSub(ctx, by, id, true) })
	case "refuse":
		return p.do(w, r, i18n.M("subaccounts.refused"), func() error { return p.Accounts.AnswerSub(ctx, by, id, false) })
	case "withdraw":
		return p.do(w, r, i18n.M("subaccounts.withdrawn"), func() error { return p.Accounts.WithdrawSub(ctx, by, id) })
	case "end":
		return p.do(w, r, i18n.M("subaccounts.ended"), func() error { return p.Accounts.EndSub(ctx, by, id) })
	case "ask-rename":
		return p.do(w, r, i18n.M("subaccounts.rename_asked"), func() error { return p.Accounts.AskRename(ctx, by, id) })
	case "rename":
		return p.do(w, r, i18n.M("subaccounts.renamed"), func() error { return p.Accounts.Rename(ctx, by, id, true) })
	case "decline":
		return p.do(w, r, i18n.M("subaccounts.declined"), func() error { return p.Accounts.Rename(ctx, by, id, false) })
	}
	return fault.NotFound()
}

type tierView struct {
	door.View
	t       tier.Tier
	history []tier.Record
}

func (p pages) tier(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.readTier(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, tierPage(v))
}

func (p pages) readTier(r *http.Request, d door.Door) (v tierView, err error) {
	v.View = door.See(p.Site, r, d)
	if d.Account == site.By(r).Account && site.Vendor(r) {
		return v, fault.NotFound() // the vendor has none
	}
	v.t, v.history, err = p.tiers.Tier(r.Context(), site.By(r), d.Account)
	return v, err
}

func (p pages) state(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	level, err := strconv.Atoi(r.PostFormValue("level"))
	if err != nil {
		level = tier.Top + 1 // refused as one that there isn't
	}
	edition, _ := strconv.ParseInt(r.PostFormValue("edition"), 10, 64) // none is a stale one, or that of nothing kept yet
	_, err = p.tiers.State(r.Context(), site.By(r), tier.Statement{Account: d.Account, Level: level, Reason: r.PostFormValue("reason"), Edition: edition})
	if err == nil {
		return p.Go(w, r, d.Path("/company/tier"), i18n.M("subaccounts.tier.saved"))
	}
	v, failed := p.readTier(r, d)
	if failed != nil {
		return failed
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return tierPage(v)
	})
}
