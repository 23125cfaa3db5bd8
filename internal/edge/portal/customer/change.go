package customer

import (
	"net/http"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/distribution"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// leaving is the page with everything that stands in the way, and the form when nothing does.
func (p pages) leaving(w http.ResponseWriter, r *http.Request, with, op string, refused error) (err error) {
	v := leaveView{View: p.see(r, mine(r)), with: with, op: op}
	if v.x, v.bars, err = p.s.Precheck(r.Context(), site.By(r), with, op); err != nil {
		return err
	}
	if v.ask, err = ask.For(r, p.db.Read(), p.confirm, confirm.Dissociate); err != nil {
		return err
	}
	if r.Method == http.MethodPost && ask.Wanted(r) && refused == nil {
		n := distribution.NewRequest{With: with, Operation: op}
		if v.ask, err = ask.Send(r, p.confirm, confirm.Dissociate, n.About()); err != nil {
			return err
		}
	}
	return p.page(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs, v.ask = errs, v.ask.Refused(r, refused)
		return leavePage(v)
	})
}

func (p pages) leave(w http.ResponseWriter, r *http.Request, with, op string) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if ask.Wanted(r) {
		return p.leaving(w, r, with, op, nil)
	}
	x, err := p.s.Ask(r.Context(), site.By(r), distribution.NewRequest{With: with, Operation: op, Reason: r.PostFormValue("reason"), Code: r.PostFormValue("code"),
		Acknowledged: r.PostFormValue("acknowledged") != ""})
	if err != nil {
		return p.leaving(w, r, with, op, err)
	}
	return p.Go(w, r, "/association-requests/"+x.ID, i18n.M("customers.request.asked"))
}

func (p pages) request(w http.ResponseWriter, r *http.Request) error { return p.requested(w, r, nil) }

func (p pages) requested(w http.ResponseWriter, r *http.Request, refused error) error {
	by := site.By(r)
	x, err := p.s.Request(r.Context(), by, r.PathValue("id"))
	if err != nil {
		return err
	}
	v := requestView{View: p.see(r, mine(r)), x: x}
	v.answers = x.State == distribution.Pending && by.Can(actor.ChangeAssociation) && !by.Vendor() && !x.Mine(by.Account)
	v.withdraws = x.State == distribution.Pending && by.Can(actor.ChangeAssociation) && !by.Vendor() && x.Mine(by.Account)
	if v.answers {
		if v.ask, err = ask.For(r, p.db.Read(), p.confirm, confirm.Answer); err != nil {
			return err
		}
		if r.Method == http.MethodPost && ask.Wanted(r) && refused == nil {
			if v.ask, err = ask.Send(r, p.confirm, confirm.Answer, confirm.About(x.ID)); err != nil {
				return err
			}
		}
	}
	return p.page(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs, v.ask = errs, v.ask.Refused(r, refused)
		return requestPage(v)
	})
}

func (p pages) answer(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if ask.Wanted(r) {
		return p.requested(w, r, nil)
	}
	ctx, by, id, edition := r.Context(), site.By(r), r.PathValue("id"), number(r, "edition")
	var err error
	done := i18n.M("customers.request.withdrawn")
	switch r.PostFormValue("do") {
	case "withdraw":
		_, err = p.s.Withdraw(ctx, by, id, edition)
	case "agree":
		done = i18n.M("customers.request.agreed")
		_, err = p.s.Answer(ctx, by, id, edition, true, r.PostFormValue("reason"), r.PostFormValue("code"))
	default:
		done = i18n.M("customers.request.refused")
		_, err = p.s.Answer(ctx, by, id, edition, false, r.PostFormValue("reason"), r.PostFormValue("code"))
	}
	if err != nil {
		return p.requested(w, r, err)
	}
	return p.Go(w, r, "/association-requests/"+id, done)
}

func (p pages) mine(w http.ResponseWriter, r *http.Request) error {
	v := mineView{View: p.see(r, mine(r))}
	m, err := p.s.MyPartner(r.Context(), site.By(r))
	if fault.KindOf(err) == fault.KindNotFound && !site.Vendor(r) {
		v.none, err = true, nil
	}
	if err != nil {
		return err
	}
	v.m = m
	if site.By(r).Can(actor.AnswerOffer) {
		if v.waiting, err = p.s.Waiting(r.Context(), site.By(r)); err != nil {
			return err
		}
	}
	return p.Show(w, r, http.StatusOK, minePage(v))
}

func (p pages) resellers() {
	door.Partner(p.Site, "GET /resellers", p.resellerList)
	door.Exports(p.Site, door.Partner, "/resellers", p.exportResellers)
	p.Page("POST /resellers", p.inviteReseller)
	door.Partner(p.Site, "GET /resellers/{id}", p.reseller)
	p.Page("GET /resellers/{id}/dissociate", func(w http.ResponseWriter, r *http.Request) error {
		return p.leaving(w, r, r.PathValue("id"), distribution.Dissociate, nil)
	})
	p.Page("POST /resellers/{id}/dissociate", func(w http.ResponseWriter, r *http.Request) error {
		return p.leave(w, r, r.PathValue("id"), distribution.Dissociate)
	})
	p.Page("POST /resellers/{id}/move", p.move)
}

func (p pages) resellerList(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.resellersShown(w, r, d, nil)
}

func (p pages) resellersShown(w http.ResponseWriter, r *http.Request, d door.Door, refused error) (err error) {
	ctx, by, q := r.Context(), site.By(r), r.URL.Query()
	v := resellersView{View: p.see(r, d)}
	if v.rows, _, v.next, err = p.s.Resellers(ctx, by, distribution.ResellerFilter{Distributor: d.Account, Name: q.Get("q"), After: q.Get("after")}); err != nil {
		return err
	}
	if v.invited, _, err = p.s.Invitations(ctx, by, d.Account, true, "", 20); err != nil {
		return err
	}
	if v.company, err = account.Get(ctx, p.db.Read(), d.Account); err != nil {
		return err
	}
	return p.page(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return resellersPage(v)
	})
}

func (p pages) exportResellers(r *http.Request, d door.Door) (door.Table, error) {
	ctx, by := r.Context(), site.By(r)
	f := distribution.ResellerFilter{Distributor: d.Account, Name: r.URL.Query().Get("q"), Limit: 500}
	if _, _, _, err := p.s.Resellers(ctx, by, f); err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "resellers", Header: []string{"id", "name", "associated_on", "contact", "email", "phone", "state"},
		Rows: door.Pages(func(after string) ([]distribution.Reseller, string, error) {
			f.After = after
			list, _, next, err := p.s.Resellers(ctx, by, f)
			return list, next, err
		}, func(x distribution.Reseller) []string {
			return []string{x.ID, x.Name, door.Instant(x.Since), x.Contact, x.Email, x.Phone, string(x.State)}
		})}, nil
}

func (p pages) inviteReseller(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	x, err := p.s.Invite(r.Context(), site.By(r), distribution.NewInvitation{Kind: account.ResellerOf, Email: r.PostFormValue("email"), Note: r.PostFormValue("note"), Lang: r.PostFormValue("lang")})
	if err != nil {
		return p.resellersShown(w, r, mine(r), err)
	}
	return p.Go(w, r, "/resellers", i18n.M("customers.reseller.invited", i18n.A{"email": x.Email}))
}

func (p pages) reseller(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.resellerShown(w, r, d, nil)
}

func (p pages) resellerShown(w http.ResponseWriter, r *http.Request, d door.Door, refused error) (err error) {
	ctx, by := r.Context(), site.By(r)
	v := resellerView{View: p.see(r, d)}
	if v.x, err = p.s.Reseller(ctx, by, d.Account, r.PathValue("id")); err != nil {
		return err
	}
	if by.Can(actor.ViewCustomers) {
		if v.customers, _, v.next, err = p.s.Customers(ctx, by, distribution.Filter{Partner: v.x.ID, After: r.URL.Query().Get("after")}); err != nil {
			return err
		}
	}
	if v.others, _, _, err = p.s.Resellers(ctx, by, distribution.ResellerFilter{Distributor: d.Account, Limit: 200}); err != nil {
		return err
	}
	if v.pending, err = p.pending(r, d.Account, v.x.ID); err != nil {
		return err
	}
	return p.page(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return resellerPage(v)
	})
}

func (p pages) move(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id, ids := r.PathValue("id"), r.PostForm["id"]
	if err := p.s.MoveCustomers(r.Context(), site.By(r), id, r.PostFormValue("to"), ids, r.PostFormValue("reason")); err != nil {
		return p.resellerShown(w, r, mine(r), err)
	}
	return p.Go(w, r, "/resellers/"+id, i18n.M("customers.moved", i18n.A{"n": len(ids)}))
}
