package treasury

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/treasury"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	amount "hanse/internal/kit/money"
)

type creditView struct {
	door.View
	rows         []treasury.Line
	waiting      []treasury.CreditChange
	first, after string
}

func (p pages) credit(w http.ResponseWriter, r *http.Request) (err error) {
	if err := finance(r); err != nil {
		return err
	}
	ctx, by, q := r.Context(), site.By(r), r.URL.Query()
	v := creditView{View: p.see(r)}
	rows, next, err := p.s.CreditLines(ctx, by, q.Get("after"), 0)
	if err != nil {
		return err
	}
	if v.waiting, err = p.s.WaitingCredit(ctx, by, 0); err != nil {
		return err
	}
	v.rows, v.after = rows, door.After(r, next)
	if q.Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, creditPage(v))
}

func (p pages) exportCredit(r *http.Request, _ door.Door) (door.Table, error) {
	if err := finance(r); err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "credit", Header: []string{"account", "account_name", "currency", "line", "used", "changed_at"},
		Rows: door.Pages(func(after string) ([]treasury.Line, string, error) {
			return p.s.CreditLines(r.Context(), site.By(r), after, 500)
		}, func(x treasury.Line) []string {
			return []string{x.Account, x.AccountName, x.Unit, amount.Text(x.Minor), amount.Text(x.Used), door.Instant(x.ChangedAt)}
		})}, nil
}

type newCreditView struct {
	door.View
	a   account.Account
	key string
	o   treasury.Overview
}

func (p pages) newCredit(w http.ResponseWriter, r *http.Request) error {
	a, done, err := p.picked(w, r, i18n.M("treasury.credit.new"), "/credit/new")
	if done {
		return err
	}
	return p.creditForm(w, r, a, p.s.NewKey("crd"), nil)
}

func (p pages) creditForm(w http.ResponseWriter, r *http.Request, a account.Account, key string, refused error) error {
	o, err := p.s.Balances(r.Context(), site.By(r), a.ID)
	if err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v := newCreditView{View: p.see(r), a: a, key: key, o: o}
		v.Errs = errs
		return newCreditPage(v)
	})
}

func (p pages) setCredit(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	a, done, err := p.picked(w, r, i18n.M("treasury.credit.new"), "/credit/new")
	if done {
		return err
	}
	c, err := p.s.SetCredit(r.Context(), site.By(r), treasury.NewCredit{Account: a.ID, Unit: r.PostFormValue("unit"), Amount: r.PostFormValue("amount"),
		Reason: r.PostFormValue("reason"), Key: r.PostFormValue("key")})
	if err != nil {
		return p.creditForm(w, r, a, r.PostFormValue("key"), err)
	}
	return p.Go(w, r, "/credit/"+a.ID, i18n.M("treasury.credit.done", i18n.A{"state": c.State.Label()}))
}

type creditOfView struct {
	door.View
	a     account.Account
	o     treasury.Overview
	rows  []treasury.CreditChange
	owner bool // the company looks itself
}

func (p pages) creditOf(w http.ResponseWriter, r *http.Request) error {
	if err := finance(r); err != nil {
		return err
	}
	ctx, by := r.Context(), site.By(r)
	a, err := p.Accounts.View(ctx, by, r.PathValue("account"))
	if err != nil {
		return err
	}
	return p.oneCredit(w, r, creditOfView{View: p.see(r), a: a})
}

func (p pages) oneCredit(w http.ResponseWriter, r *http.Request, v creditOfView) (err error) {
	if v.o, err = p.s.Balances(r.Context(), site.By(r), v.a.ID); err != nil {
		return err
	}
	if v.rows, err = p.s.CreditHistory(r.Context(), site.By(r), v.a.ID); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, creditOfPage(v))
}

type changeView struct {
	door.View
	x treasury.CreditChange
}

func (p pages) change(w http.ResponseWriter, r *http.Request) error { return p.oneChange(w, r, nil) }

func (p pages) oneChange(w http.ResponseWriter, r *http.Request, refused error) error {
	if err := finance(r); err != nil {
		return err
	}
	x, err := p.s.CreditOf(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v := changeView{View: p.see(r), x: x}
		v.Errs = errs
		return changePage(v)
	})
}

func (p pages) decideChange(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	step := r.PathValue("step")
	if step != "approve" && step != "reject" {
		return fault.NotFound()
	}
	c, err := p.s.DecideCredit(r.Context(), site.By(r), r.PathValue("id"), step == "approve", r.PostFormValue("reason"))
	if err != nil {
		return p.oneChange(w, r, err)
	}
	return p.Go(w, r, "/credit/"+c.Account, i18n.M("treasury.credit.done", i18n.A{"state": c.State.Label()}))
}

func changeTone(s treasury.ChangeState) ui.Tone {
	switch s {
	case treasury.ChangeWaiting:
		return ui.Warn
	case treasury.ChangeSet:
		return ui.Good
	}
	return ui.Bad
}

func (v changeView) next(ctx context.Context) string {
	switch {
	case v.x.State != treasury.ChangeWaiting:
		return i18n.T(ctx, "treasury.credit.next.over")
	case v.x.AskedBy == v.By.User:
		return i18n.T(ctx, "treasury.credit.next.colleague")
	}
	return i18n.T(ctx, "treasury.credit.next.waiting")
}

func (v changeView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	out := []ui.Fact{
		{Label: i18n.T(ctx, "treasury.f.company"), Body: company(x.Account, x.AccountName)},
		{Label: i18n.T(ctx, "treasury.f.before"), Body: sum(x.Before, x.Unit)},
		{Label: i18n.T(ctx, "treasury.f.line"), Body: sum(x.Minor, x.Unit)},
		{Label: i18n.T(ctx, "treasury.f.reason"), Body: data(x.Reason)},
		{Label: i18n.T(ctx, "treasury.f.entered"), Body: who(x.AskedName, x.CreatedAt)},
	}
	if x.DecidedName != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.f.decided"), Body: who(x.DecidedName, x.DecidedAt)})
	}
	if x.Words != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.f.words"), Body: data(x.Words)})
	}
	return out
}

type earmarksView struct {
	door.View
	now          treasury.EarmarkState
	rows         []treasury.Earmark
	first, after string
}

func (v earmarksView) tabs(ctx context.Context) (out []ui.Tab) {
	for _, s := range []treasury.EarmarkState{treasury.Active, treasury.Released} {
		out = append(out, ui.Tab{Href: "/earmarks?state=" + string(s), Label: i18n.Say(ctx, s.Label()), Current: v.now == s})
	}
	return out
}

func earmarkState(r *http.Request) treasury.EarmarkState {
	if s := r.URL.Query().Get("state"); s != "" {
		return treasury.EarmarkState(s)
	}
	return treasury.Active
}

func (p pages) earmarks(w http.ResponseWriter, r *http.Request) error {
	if err := finance(r); err != nil {
		return err
	}
	q := r.URL.Query()
	v := earmarksView{View: p.see(r), now: earmarkState(r)}
	rows, next, err := p.s.Earmarks(r.Context(), site.By(r), treasury.EarmarkFilter{State: v.now, After: q.Get("after")})
	if err != nil {
		return err
	}
	v.rows, v.after = rows, door.After(r, next)
	if q.Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, earmarksPage(v))
}

func (p pages) exportEarmarks(r *http.Request, _ door.Door) (door.Table, error) {
	if err := finance(r); err != nil {
		return door.Table{}, err
	}
	f := treasury.EarmarkFilter{State: earmarkState(r), Limit: 500}
	return door.Table{Name: "earmarks", Header: []string{"id", "account", "account_name", "currency", "amount", "left", "purpose", "state", "made_by", "created_at", "changed_at"},
		Rows: door.Pages(func(after string) ([]treasury.Earmark, string, error) {
			f.After = after
			return p.s.Earmarks(r.Context(), site.By(r), f)
		}, func(x treasury.Earmark) []string {
			return []string{x.ID, x.Account, x.AccountName, x.Unit, amount.Text(x.Minor), amount.Text(x.Left), x.Purpose, string(x.State), x.MadeBy, door.Instant(x.CreatedAt), door.Instant(x.ChangedAt)}
		})}, nil
}

func (p pages) newEarmark(w http.ResponseWriter, r *http.Request) error {
	a, done, err := p.picked(w, r, i18n.M("treasury.earmark.new"), "/earmarks/new")
	if done {
		return err
	}
	return p.earmarkForm(w, r, a, p.s.NewKey("ear"), nil)
}

func (p pages) earmarkForm(w http.ResponseWriter, r *http.Request, a account.Account, key string, refused error) error {
	o, err := p.s.Balances(r.Context(), site.By(r), a.ID)
	if err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v := newCreditView{View: p.see(r), a: a, key: key, o: o}
		v.Errs = errs
		return newEarmarkPage(v)
	})
}

func (p pages) makeEarmark(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	a, done, err := p.picked(w, r, i18n.M("treasury.earmark.new"), "/earmarks/new")
	if done {
		return err
	}
	e, err := p.s.Earmark(r.Context(), site.By(r), treasury.NewEarmark{Account: a.ID, Unit: r.PostFormValue("unit"), Amount: r.PostFormValue("amount"),
		Purpose: r.PostFormValue("purpose"), Key: r.PostFormValue("key")})
	if err != nil {
		return p.earmarkForm(w, r, a, r.PostFormValue("key"), err)
	}
	return p.Go(w, r, "/earmarks/"+e.ID, i18n.M("treasury.earmark.done"))
}

type earmarkView struct {
	door.View
	x treasury.Earmark
}

func (p pages) earmark(w http.ResponseWriter, r *http.Request) error { return p.oneEarmark(w, r, nil) }

func (p pages) oneEarmark(w http.ResponseWriter, r *http.Request, refused error) error {
	if err := finance(r); err != nil {
		return err
	}
	x, err := p.s.OneEarmark(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v := earmarkView{View: p.see(r), x: x}
		v.Errs = errs
		return earmarkPage(v)
	})
}

func (p pages) releaseEarmark(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	e, err := p.s.ReleaseEarmark(r.Context(), site.By(r), id, number(r, "left"), r.PostFormValue("amount"), r.PostFormValue("reason"))
	if err != nil {
		return p.oneEarmark(w, r, err)
	}
	return p.Go(w, r, "/earmarks/"+id, i18n.M("treasury.earmark.freed", i18n.A{"state": e.State.Label()}))
}

func (v earmarkView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	out := []ui.Fact{
		{Label: i18n.T(ctx, "treasury.f.company"), Body: company(x.Account, x.AccountName)},
		{Label: i18n.T(ctx, "treasury.f.purpose"), Body: data(x.Purpose)},
		{Label: i18n.T(ctx, "treasury.f.amount"), Body: sum(x.Minor, x.Unit)},
		{Label: i18n.T(ctx, "treasury.f.left"), Body: sum(x.Left, x.Unit)},
		{Label: i18n.T(ctx, "treasury.f.entered"), Body: who(x.MadeBy, x.CreatedAt)},
	}
	if x.ReleasedBy != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.f.released"), Body: who(x.ReleasedBy, x.ChangedAt)}, ui.Fact{Label: i18n.T(ctx, "treasury.f.reason"), Body: data(x.Reason)})
	}
	return out
}

func (v earmarkView) may() bool { return v.x.State == treasury.Active && v.Can(actor.ManageTreasury) }
