package treasury

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/treasury"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	amount "hanse/internal/kit/money"
)

// own adds a company's own pages. A partner's balances stand under /finance, a customer's here.
func (p pages) own() {
	p.Page("GET /finance/own", p.overview)
	p.Page("GET /finance/topup", p.howToPay)
	p.Page("POST /finance/topup", p.payIn)
	p.Page("GET /finance/payments/{id}", p.payment)
	p.Page("GET /finance/credit", p.ownCredit)
	p.Page("POST /finance/repay", p.repay)
	p.Page("POST /finance/reminder", p.remind)
	p.Page("GET /finance/withdraw", p.newWithdrawal)
	p.Page("POST /finance/withdraw", p.withdraw)
	p.Page("GET /finance/bank", p.bankForm)
	p.Page("POST /finance/bank", p.saveBank)
	p.Page("GET /finance/withdrawals", p.ownWithdrawals)
	door.Exports(p.Site, ownDoor, "/finance/withdrawals", p.exportOwnWithdrawals)
	p.Page("GET /finance/withdrawals/{id}", p.ownWithdrawal)
	p.Page("POST /finance/withdrawals/{id}/cancel", p.cancel)
}

// ownDoor registers a page about the own company, in the shape that Exports takes.
func ownDoor(s *site.Site, pattern string, h door.Handler) {
	s.Page(pattern, func(w http.ResponseWriter, r *http.Request) error {
		if err := company1(r); err != nil {
			return err
		}
		return h(w, r, door.Door{Account: site.By(r).Account})
	})
}

// company1 lets in who acts for a partner or a customer: others have no money of their own here.
func company1(r *http.Request) error {
	if k := site.By(r).Kind; k != actor.Partner && k != actor.Customer {
		return fault.NotFound()
	}
	return nil
}

type overviewView struct {
	door.View
	o   treasury.Overview
	how treasury.HowToPay
}

func (v overviewView) resale() bool { return v.o.Link == account.Resale }

func (v overviewView) state(ctx context.Context) string {
	h := v.o.Unit(ledger.CNY)
	return i18n.T(ctx, "treasury.own.state", i18n.A{"sum": money(ctx, h.Spendable, h.Unit)})
}

func (v overviewView) next(ctx context.Context) string {
	switch {
	case v.o.Frozen:
		return i18n.T(ctx, "treasury.own.next.frozen")
	case v.resale():
		return i18n.T(ctx, "treasury.own.next.resale", i18n.A{"partner": door.Data(ctx, v.o.Partner)})
	}
	return i18n.T(ctx, "treasury.own.next.self")
}

func (p pages) overview(w http.ResponseWriter, r *http.Request) (err error) {
	if err := company1(r); err != nil {
		return err
	}
	v := overviewView{View: p.see(r)}
	if v.o, err = p.s.Balances(r.Context(), site.By(r), site.By(r).Account); err != nil {
		return err
	}
	if v.how, err = p.s.HowToPay(r.Context(), site.By(r)); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, overviewPage(v))
}

type howView struct {
	door.View
	how          treasury.HowToPay
	rows         []treasury.TopUp
	payments     []payment.Payment
	first, after string
	reminder     treasury.Watch
}

func (p pages) howToPay(w http.ResponseWriter, r *http.Request) error { return p.how(w, r, nil) }

func (p pages) how(w http.ResponseWriter, r *http.Request, refused error) (err error) {
	if err := company1(r); err != nil {
		return err
	}
	ctx, by, q := r.Context(), site.By(r), r.URL.Query()
	v := howView{View: p.see(r)}
	if v.how, err = p.s.HowToPay(ctx, by); err != nil {
		return err
	}
	rows, next, err := p.s.TopUps(ctx, by, treasury.TopUpFilter{After: q.Get("after")})
	if err != nil {
		return err
	}
	if v.payments, _, err = p.Payments.List(ctx, by, payment.Filter{Limit: 10}); err != nil {
		return err
	}
	if v.reminder, err = p.s.Reminder(ctx, by, ledger.CNY); err != nil {
		return err
	}
	v.rows, v.after = rows, door.After(r, next)
	if q.Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return howPage(v)
	})
}

// payIn begins an online payment and leads to the provider's page.
func (p pages) payIn(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	x, err := p.s.PayIn(r.Context(), site.By(r), r.PostFormValue("unit"), r.PostFormValue("amount"))
	if err != nil {
		return p.how(w, r, err)
	}
	http.Redirect(w, r, x.PayURL, http.StatusSeeOther)
	return nil
}

func (p pages) remind(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if err := p.s.SetReminder(r.Context(), site.By(r), ledger.CNY, r.PostFormValue("below")); err != nil {
		return p.how(w, r, err)
	}
	return p.Go(w, r, "/finance/topup", i18n.M("treasury.reminder.done"))
}

type paymentView struct {
	door.View
	x payment.Payment
}

func (p pages) payment(w http.ResponseWriter, r *http.Request) error {
	x, err := p.Payments.One(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, paymentPage(paymentView{p.see(r), x}))
}

func (v paymentView) next(ctx context.Context) string {
	switch v.x.State {
	case payment.Paid:
		return i18n.T(ctx, "treasury.payment.next.paid")
	case payment.Failed:
		return i18n.T(ctx, "treasury.payment.next.failed")
	case payment.Expired:
		return i18n.T(ctx, "treasury.payment.next.expired")
	}
	return i18n.T(ctx, "treasury.payment.next.pending", i18n.A{"until": i18n.From(ctx).DateTime(v.x.ExpiresAt)})
}

func (p pages) ownCredit(w http.ResponseWriter, r *http.Request) error {
	if err := company1(r); err != nil {
		return err
	}
	by := site.By(r)
	a, err := p.Accounts.View(r.Context(), by, by.Account)
	if err != nil {
		return err
	}
	return p.oneCredit(w, r, creditOfView{View: p.see(r), a: a, owner: true})
}

func (p pages) repay(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	unit := r.PostFormValue("unit")
	n, err := p.s.Repay(r.Context(), site.By(r), unit)
	if err != nil {
		return err
	}
	return p.Go(w, r, "/finance/credit", i18n.M("treasury.credit.repaid", i18n.A{"sum": amount.Text(n) + " " + unit}))
}

type withdrawView struct {
	door.View
	o    treasury.Overview
	bank treasury.BankView
	tops []treasury.TopUp
	ask  ask.Field
	key  string
	unit string
}

func (p pages) newWithdrawal(w http.ResponseWriter, r *http.Request) error {
	return p.withdrawForm(w, r, p.s.NewKey("wdr"), ask.Field{}, nil)
}

func (p pages) withdrawForm(w http.ResponseWriter, r *http.Request, key string, field ask.Field, refused error) (err error) {
	by, ctx := site.By(r), r.Context()
	if err := by.May(actor.WithdrawFunds); err != nil {
		return err
	}
	v := withdrawView{View: p.see(r), key: key, ask: field, unit: ledger.CNY}
	if u := r.FormValue("unit"); u != "" {
		v.unit = u
	}
	if !field.Needed {
		if v.ask, err = ask.For(r, p.DB.Read(), p.Confirm, confirm.Withdraw); err != nil {
			return err
		}
		v.ask = v.ask.Refused(r, refused)
	}
	if v.o, err = p.s.Balances(ctx, by, by.Account); err != nil {
		return err
	}
	if v.bank, err = p.s.BankData(ctx, by); err != nil {
		return err
	}
	if v.tops, err = p.s.Withdrawable(ctx, by, v.unit); err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return withdrawPage(v)
	})
}

func (p pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	by, unit, sum, key := site.By(r), r.PostFormValue("unit"), r.PostFormValue("amount"), r.PostFormValue("key")
	if err := by.May(actor.WithdrawFunds); err != nil {
		return err
	}
	if ask.Wanted(r) {
		f, err := ask.Send(r, p.Confirm, confirm.Withdraw, treasury.WithdrawAbout(by.Account, unit, sum))
		if err != nil {
			return err
		}
		return p.withdrawForm(w, r, key, f, nil)
	}
	x, err := p.s.Withdraw(r.Context(), by, treasury.NewWithdrawal{Unit: unit, Amount: sum, From: r.PostForm["from"], Key: key, Code: r.PostFormValue("code")})
	if err != nil {
		return p.withdrawForm(w, r, key, ask.Field{}, err)
	}
	return p.Go(w, r, "/finance/withdrawals/"+x.ID, i18n.M("treasury.withdrawal.asked"))
}

type bankDataView struct {
	door.View
	bank treasury.BankView
}

func (p pages) bankForm(w http.ResponseWriter, r *http.Request) error {
	return p.bankEntries(w, r, nil)
}

func (p pages) bankEntries(w http.ResponseWriter, r *http.Request, refused error) error {
	b, err := p.s.BankData(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v := bankDataView{View: p.see(r), bank: b}
		v.Errs = errs
		return bankPage(v)
	})
}

func (p pages) saveBank(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	f := r.PostForm
	err := p.s.SaveBank(r.Context(), site.By(r), treasury.Bank{Holder: f.Get("holder"), Name: f.Get("bank"), Branch: f.Get("branch"), Number: f.Get("number")})
	if err != nil {
		return p.bankEntries(w, r, err)
	}
	return p.Go(w, r, "/finance/withdraw", i18n.M("treasury.bank.done"))
}

func (p pages) ownWithdrawals(w http.ResponseWriter, r *http.Request) error {
	if err := company1(r); err != nil {
		return err
	}
	return p.listWithdrawals(w, r, withdrawalsView{View: p.see(r), path: "/finance/withdrawals", now: treasury.WithdrawalState(r.URL.Query().Get("state")),
		may: site.By(r).Can(actor.WithdrawFunds)})
}

func (p pages) ownWithdrawal(w http.ResponseWriter, r *http.Request) error {
	if err := company1(r); err != nil {
		return err
	}
	return p.oneWithdrawal(w, r, nil, nil)
}

func (p pages) cancel(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, err := p.s.CancelWithdrawal(r.Context(), site.By(r), id, number(r, "edition")); err != nil {
		return p.oneWithdrawal(w, r, nil, err)
	}
	return p.Go(w, r, "/finance/withdrawals/"+id, i18n.M("treasury.withdrawal.cancelled"))
}
