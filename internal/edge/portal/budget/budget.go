// Package budget holds the pages on which a partner says how much its resale customers may use, and a distributor what
// its resellers may say.
package budget

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/budget"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/distribution"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

type pages struct {
	*site.Site
	db        *db.DB
	s         *budget.Service
	customers *distribution.Service
	codes     *confirm.Service
}

// Register adds the pages.
func Register(s *site.Site, d *db.DB, b *budget.Service, c *distribution.Service, codes *confirm.Service) {
	p := pages{s, d, b, c, codes}
	door.Partner(s, "GET /budgets", p.list)
	s.Page("GET /budgets/{customer}", p.one)
	s.Page("POST /budgets/{customer}", p.set)
	s.Page("POST /budgets/{customer}/remove", p.remove)
	s.Page("POST /budget-rights/{reseller}", p.allow)
}

// list is all budgets of a partner; a distributor has its resellers there.
func (p pages) list(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.listed(w, r, d, http.StatusOK, nil)
}

func (p pages) listed(w http.ResponseWriter, r *http.Request, d door.Door, status int, errs []ui.FieldError) error {
	ctx, by, q := r.Context(), site.By(r), r.URL.Query()
	v := listView{View: door.See(p.Site, r, d, errs...)}
	list, next, err := p.s.Budgets(ctx, by, d.Account, q.Get("after"), 0)
	if err != nil {
		return err
	}
	v.budgets, v.after, v.first = list, door.After(r, next), door.FirstOf(r)
	if by.Vendor() {
		return p.Show(w, r, status, listPage(v))
	}
	if v.right, v.bound, err = p.s.OwnRight(ctx, by); err != nil {
		return err
	}
	a, err := account.Get(ctx, p.db.Read(), by.Account)
	if err != nil {
		return err
	}
	if v.distributor = a.Has(account.Distributor); v.distributor {
		if v.rights, _, err = p.s.Rights(ctx, by, ""); err != nil {
			return err
		}
		return p.Show(w, r, status, listPage(v))
	}
	v.customers, _, _, err = p.customers.Customers(ctx, by, distribution.Filter{Model: account.Resale, Limit: 200})
	if err != nil {
		return err
	}
	return p.Show(w, r, status, listPage(v))
}

func (p pages) one(w http.ResponseWriter, r *http.Request) error {
	if r.PathValue("customer") == "new" { // chosen in the list; nobody chosen leads back to it
		http.Redirect(w, r, strings.TrimSuffix("/budgets/"+url.PathEscape(r.URL.Query().Get("customer")), "/"), http.StatusSeeOther)
		return nil
	}
	v, err := p.view(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, budgetPage(v))
}

// view is what is known of one customer's budget.
func (p pages) view(r *http.Request) (v budgetView, err error) {
	ctx, by := r.Context(), site.By(r)
	v.View = door.See(p.Site, r, door.Door{Account: by.Account})
	if v.customer, err = p.customers.Customer(ctx, by, "", r.PathValue("customer")); err != nil {
		return v, err
	}
	v.b, err = p.s.Budget(ctx, by, "", v.customer.ID)
	if v.has = err == nil; fault.KindOf(err) == fault.KindNotFound {
		err = nil
	}
	if err != nil {
		return v, err
	}
	if v.records, err = p.s.Records(ctx, by, budget.RecordFilter{Customer: v.customer.ID}); err != nil {
		return v, err
	}
	v.ask, err = ask.For(r, p.db.Read(), p.codes, confirm.Budget)
	return v, err
}

func (p pages) set(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.view(r)
	if err != nil {
		return err
	}
	var fs fault.Fields
	auto := r.PostFormValue("auto") != ""
	in := budget.Setting{Customer: v.customer.ID, Kind: budget.Kind(r.PostFormValue("budget_type")), Minor: money.Field(&fs, "budget_amount", r.PostFormValue("budget_amount")),
		Auto: &auto, Unfreeze: r.PostFormValue("unfreeze") != "", Code: r.PostFormValue("code")}
	err = fs.Err()
	if err == nil && ask.Wanted(r) {
		if v.ask, err = ask.Send(r, p.codes, confirm.Budget, in.About()); err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, budgetPage(v))
	}
	if err == nil {
		_, err = p.s.Set(r.Context(), site.By(r), in)
	}
	if err == nil {
		return p.Go(w, r, "/budgets/"+v.customer.ID, i18n.M("budgets.saved"))
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs, v.ask = errs, v.ask.Refused(r, err)
		return budgetPage(v)
	})
}

func (p pages) remove(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.view(r)
	if err != nil {
		return err
	}
	about := confirm.About(v.customer.ID, "", "")
	if ask.Wanted(r) {
		if v.ask, err = ask.Send(r, p.codes, confirm.Budget, about); err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, budgetPage(v))
	}
	err = p.s.Remove(r.Context(), site.By(r), "", v.customer.ID, r.PostFormValue("code"))
	if err == nil {
		return p.Go(w, r, "/budgets", i18n.M("budgets.removed"))
	}
	return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
		v.Errs, v.ask = errs, v.ask.Refused(r, err)
		return budgetPage(v)
	})
}

// allow states what a reseller may do. An empty amount is no limit.
func (p pages) allow(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	reseller := r.PathValue("reseller")
	amount := "amount-" + reseller // the page has a form for each reseller
	var fs fault.Fields
	var minor int64
	if text := r.PostFormValue(amount); text != "" {
		minor = money.Field(&fs, amount, text)
	}
	err := fs.Err()
	if err == nil {
		_, err = p.s.Allow(r.Context(), site.By(r), reseller, r.PostFormValue("allowed-"+reseller) != "", minor)
	}
	if err == nil {
		return p.Go(w, r, "/budgets", i18n.M("budgets.right_saved"))
	}
	if fault.KindOf(err) != fault.KindInvalid {
		return err
	}
	return p.listed(w, r, door.Door{Account: site.By(r).Account}, http.StatusUnprocessableEntity, site.Errors(r, err))
}
