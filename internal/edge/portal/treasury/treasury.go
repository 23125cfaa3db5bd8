// Package treasury holds the pages of money that comes in and goes out: the vendor's top-ups, lines of credit, earmarks,
// withdrawals and online payments; a company's own ways to pay in and to get money back; and the page of the test bank.
package treasury

import (
	"context"
	"io"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/treasury"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// Deps is what the pages need. A nil Bank has no page.
type Deps struct {
	DB       *db.DB
	Treasury *treasury.Service
	Payments *payment.Service
	Bank     *payment.Test
	Confirm  *confirm.Service
	Accounts *account.Service
}

type pages struct {
	*site.Site
	Deps
	s *treasury.Service
}

// Register adds the pages.
func Register(s *site.Site, d Deps) {
	p := pages{s, d, d.Treasury}
	p.vendor()
	p.own()
	p.refunds()
	s.Raw("POST /payments/notify/{provider}", http.HandlerFunc(p.notify))
	if d.Bank != nil {
		s.Open("GET /test-bank/{ref}", p.testBank)
		s.Open("POST /test-bank/{ref}", p.testChoice)
	}
}

// vendor adds the pages of the vendor's finance.
func (p pages) vendor() {
	p.Page("GET /topups", p.topUps)
	door.Exports(p.Site, door.Plain, "/topups", p.exportTopUps)
	p.Page("GET /topups/new", p.newTopUp)
	p.Page("POST /topups", p.enterTopUp)
	p.Page("GET /topups/{id}", p.topUp)
	p.Page("GET /topups/{id}/evidence", p.evidence)
	p.Page("POST /topups/{id}/{step}", p.stepTopUp)
	p.Page("GET /credit", p.credit)
	door.Exports(p.Site, door.Plain, "/credit", p.exportCredit)
	p.Page("GET /credit/new", p.newCredit)
	p.Page("POST /credit", p.setCredit)
	p.Page("GET /credit/changes/{id}", p.change)
	p.Page("POST /credit/changes/{id}/{step}", p.decideChange)
	p.Page("GET /credit/{account}", p.creditOf)
	p.Page("GET /earmarks", p.earmarks)
	door.Exports(p.Site, door.Plain, "/earmarks", p.exportEarmarks)
	p.Page("GET /earmarks/new", p.newEarmark)
	p.Page("POST /earmarks", p.makeEarmark)
	p.Page("GET /earmarks/{id}", p.earmark)
	p.Page("POST /earmarks/{id}", p.releaseEarmark)
	p.Page("GET /withdrawals", p.withdrawals)
	door.Exports(p.Site, door.Plain, "/withdrawals", p.exportWithdrawals)
	p.Page("GET /withdrawals/{id}", p.withdrawal)
	p.Page("POST /withdrawals/{id}/{step}", p.stepWithdrawal)
	p.Page("GET /payments", p.payments)
	door.Exports(p.Site, door.Plain, "/payments", p.exportPayments)
}

func (p pages) see(r *http.Request) door.View {
	return door.See(p.Site, r, door.Door{Account: site.By(r).Account})
}

// answer shows a page, after a refused step with what was refused.
func (p pages) answer(w http.ResponseWriter, r *http.Request, refused error, page func(errs []ui.FieldError) templ.Component) error {
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

// finance refuses who has no business at the vendor's pages: others have pages of their own.
func finance(r *http.Request) error {
	by := site.By(r)
	if !by.Vendor() {
		return fault.NotFound()
	}
	return by.May(actor.ViewTreasury)
}

// manager lets only those see a form who may send it.
func manager(r *http.Request) error {
	by := site.By(r)
	if !by.Vendor() {
		return fault.NotFound()
	}
	return by.May(actor.ManageTreasury)
}

func number(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.PostFormValue(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func edition(n int64) [][2]string { return [][2]string{{"edition", strconv.FormatInt(n, 10)}} }

func key(s string) [][2]string { return [][2]string{{"key", s}} }

// money writes an amount for reading.
func money(ctx context.Context, minor int64, unit string) string {
	return i18n.From(ctx).Money(minor, unit)
}

func unitOptions(ctx context.Context) (out []ui.Option) {
	for _, u := range treasury.Units() {
		out = append(out, ui.Option{Value: u, Label: door.Data(ctx, u)})
	}
	return out
}

// A pickView chooses the company that something is about, before its form.
type pickView struct {
	door.View
	title i18n.Msg
	path  string
	q     string
	rows  []account.Account
}

// picked is the company in the address; without one it shows the choice and done is true.
func (p pages) picked(w http.ResponseWriter, r *http.Request, title i18n.Msg, path string) (a account.Account, done bool, err error) {
	if err := manager(r); err != nil {
		return a, true, err
	}
	id := r.FormValue("account")
	if id != "" {
		a, err = p.Accounts.View(r.Context(), site.By(r), id)
		return a, err != nil, err
	}
	v := pickView{View: p.see(r), title: title, path: path, q: r.URL.Query().Get("q")}
	for _, k := range []actor.Kind{actor.Partner, actor.Customer} {
		rows, _, err := p.Accounts.List(r.Context(), site.By(r), account.Filter{Kind: k, Q: v.q, Limit: 25})
		if err != nil {
			return a, true, err
		}
		v.rows = append(v.rows, rows...)
	}
	return a, true, p.Show(w, r, http.StatusOK, pickPage(v))
}

// maxNotice bounds a provider's notification.
const maxNotice = 64 << 10

// notify takes a provider's notification; its signature is what proves it.
func (p pages) notify(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxNotice))
	if err == nil {
		err = p.Payments.Notify(r.Context(), r.PathValue("provider"), r.Header, body)
	}
	switch fault.KindOf(err) {
	case fault.KindUnauthenticated:
		http.Error(w, "unauthenticated", http.StatusUnauthorized)
	case fault.KindNotFound:
		http.Error(w, "not found", http.StatusNotFound)
	case "":
		if err != nil {
			http.Error(w, "try again", http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		http.Error(w, "refused", http.StatusConflict)
	}
}

type bankView struct {
	door.View
	x payment.TestPayment
}

func (p pages) testBank(w http.ResponseWriter, r *http.Request) error {
	return p.oneTest(w, r, nil)
}

func (p pages) oneTest(w http.ResponseWriter, r *http.Request, refused error) error {
	x, err := p.Bank.Show(r.Context(), r.PathValue("ref"))
	if err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v := bankView{View: p.see(r), x: x}
		v.Errs = errs
		return testBankPage(v)
	})
}

// testChoice does what the payer chose and leads back to the portal.
func (p pages) testChoice(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	x, err := p.Bank.Choose(r.Context(), r.PathValue("ref"), payment.Choice(r.PostFormValue("choice")), func(ctx context.Context, h http.Header, body []byte) error {
		return p.Payments.Notify(ctx, p.Bank.Name(), h, body)
	})
	if err != nil {
		return p.oneTest(w, r, err)
	}
	http.Redirect(w, r, x.ReturnURL, http.StatusSeeOther)
	return nil
}
