// Package order holds the pages of orders of the support plan: the list, an order with every line's computation, paying
// one or several in four ways with the identity code behind, and the queue in which the vendor's finance looks at large
// refunds.
package order

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/order"
	"hanse/internal/domain/payment"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	amount "hanse/internal/kit/money"
)

// Deps is what the pages need.
type Deps struct {
	DB       *db.DB
	Orders   *order.Service
	Payments *payment.Service
	Confirm  *confirm.Service
}

type pages struct {
	*site.Site
	Deps
}

// Register adds the pages.
func Register(s *site.Site, d Deps) {
	p := pages{s, d}
	door.Any(s, "GET /orders", p.list)
	door.Exports(s, door.Any, "/orders", p.export)
	door.Any(s, "GET /orders/{no}", p.show)
	p.Page("GET /customers/{customer}/orders", p.customers(p.list))
	p.Page("GET /customers/{customer}/orders/{no}", p.customers(p.show))
	p.Page("POST /orders/batch", p.batch)
	p.Page("POST /orders/{no}/cancel", p.cancel)
	p.Page("GET /orders/pay", p.pay)
	p.Page("POST /orders/pay", p.send)
	p.Page("GET /orders/result", p.result)
	p.Page("GET /reviews/refunds", p.reviews)
	p.Page("GET /reviews/refunds/{no}", p.review)
	p.Page("POST /reviews/refunds/{no}/{do}", p.decide)
	s.AddReview(site.Review{Href: "/reviews/refunds", Label: i18n.M("orders.reviews.tab"), Verb: actor.ReviewRefund})
}

// customers opens the pages of orders for the partner of a customer.
func (p pages) customers(h door.Handler) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if site.By(r).Kind != actor.Partner {
			return fault.NotFound()
		}
		id := r.PathValue("customer")
		x, ok, err := account.PartnerOf(r.Context(), p.DB.Read(), id, p.Clock.Now())
		if err == nil && (!ok || x.Account != site.By(r).Account) {
			err = fault.NotFound()
		}
		if err != nil {
			return err
		}
		return h(w, r, door.Door{Base: "/customers/" + id, Account: id, Name: x.OtherName})
	}
}

// whose is the account whose orders a page is about; "" = everybody's, for the vendor at its own door.
func whose(r *http.Request, d door.Door) string {
	if site.Vendor(r) && !d.Vendor {
		return ""
	}
	return d.Account
}

// all tells whether the list is about everybody's orders.
func all(r *http.Request, d door.Door) bool { return whose(r, d) == "" }

type listView struct {
	door.View
	rows         []order.Order
	first, after string
	all          bool
}

// filter reads the list's filter from the address.
func filter(r *http.Request, d door.Door) order.Filter {
	q := r.URL.Query()
	f := order.Filter{Account: whose(r, d), Kind: order.Kind(q.Get("kind")), Before: q.Get("after"), Limit: 50}
	if n, err := strconv.Atoi(q.Get("state")); err == nil {
		f.State = order.State(n)
	}
	if day, err := calendar.ParseDay(q.Get("from")); err == nil {
		f.From = day.Time()
	}
	if day, err := calendar.ParseDay(q.Get("to")); err == nil {
		f.To = day.AddDays(1).Time()
	}
	return f
}

// pageOf reads one page of a list, and where the next begins.
func (p pages) pageOf(ctx context.Context, by actor.Actor, f order.Filter) ([]order.Order, string, error) {
	size := f.Limit
	f.Limit++
	rows, err := p.Orders.List(ctx, by, f)
	if err != nil || len(rows) <= size {
		return rows, "", err
	}
	rows = rows[:size]
	return rows, rows[size-1].No, nil
}

func (p pages) list(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v := listView{View: door.See(p.Site, r, d), all: all(r, d)}
	rows, next, err := p.pageOf(r.Context(), v.By, filter(r, d))
	if err != nil {
		return err
	}
	v.rows, v.after, v.first = rows, door.After(r, next), door.FirstOf(r)
	return p.Show(w, r, http.StatusOK, listPage(v))
}

func (p pages) export(r *http.Request, d door.Door) (door.Table, error) {
	f := filter(r, d)
	f.Before, f.Limit = "", 500
	if _, err := p.Orders.List(r.Context(), site.By(r), order.Filter{Account: f.Account, Limit: 1}); err != nil {
		return door.Table{}, err
	}
	read := func(after string) ([]order.Order, string, error) {
		f.Before = after
		return p.pageOf(r.Context(), site.By(r), f)
	}
	return door.Table{Name: "orders", Header: []string{"no", "account", "account_name", "kind", "state", "level", "from_level", "term_unit", "term", "packs", "currency", "list", "discount",
		"due", "actual", "voucher", "refund", "way", "paid_by", "contract", "created_at", "deadline", "paid_at", "done_at"},
		Rows: door.Pages(read, row)}, nil
}

// row is an order in a file.
func row(o order.Order) []string {
	refund := int64(0)
	if o.Refund() {
		refund = o.Back.Total
	}
	return []string{o.No, o.Account, o.AccountName, string(o.Kind), strconv.Itoa(int(o.State)), string(o.Level), string(o.From), string(o.Term.Unit), strconv.Itoa(o.Term.Num), strconv.Itoa(o.Packs),
		o.Currency, amount.Text(o.List), amount.Text(o.Discount), amount.Text(o.Due), amount.Text(o.Actual), amount.Text(o.Paid.Voucher), amount.Text(refund), string(o.Way), o.PaidByName, o.Contract,
		door.Instant(o.CreatedAt), door.Instant(o.Deadline), door.Instant(o.PaidAt), door.Instant(o.DoneAt)}
}

type showView struct {
	door.View
	o       order.Order
	refunds []order.RefundLine
	events  []audit.Entry
	now     time.Time
	review  bool           // on the page of the queue
	agent   order.AgentPay // the newest request to the partner
}

func (p pages) show(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.one(w, r, d, nil)
}

// one shows an order; after a refused step with what was refused.
func (p pages) one(w http.ResponseWriter, r *http.Request, d door.Door, refused error) error {
	v := showView{View: door.See(p.Site, r, d), now: p.Clock.Now()}
	if err := p.read(r, &v, whose(r, d)); err != nil {
		return err
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return showPage(v)
	})
}

// read fills in an order, of one account or of any that the reader may see.
func (p pages) read(r *http.Request, v *showView, account string) (err error) {
	ctx, no := r.Context(), r.PathValue("no")
	if v.o, err = p.Orders.Get(ctx, v.By, no); err != nil {
		return err
	}
	if account != "" && v.o.Account != account {
		return fault.NotFound()
	}
	if v.agent, _, err = order.LastAgent(ctx, p.DB.Read(), v.o.Account, no); err != nil {
		return err
	}
	if v.o.Refund() {
		if v.refunds, err = p.Orders.Refunds(ctx, v.By, no); err != nil {
			return err
		}
	}
	v.events, err = p.Orders.Timeline(ctx, v.By, no)
	return err
}

// answer shows a page, after a refused step with what was refused.
func (p pages) answer(w http.ResponseWriter, r *http.Request, refused error, page func(errs []ui.FieldError) templ.Component) error {
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

// own is the door of the company's own people.
func own(r *http.Request) door.Door { return door.Door{Account: site.By(r).Account} }

func (p pages) cancel(w http.ResponseWriter, r *http.Request) error {
	no := r.PathValue("no")
	errs, err := p.Orders.CancelOrders(r.Context(), site.By(r), []string{no})
	if err != nil {
		return err
	}
	if errs[0] != nil {
		return p.one(w, r, own(r), errs[0])
	}
	return p.Go(w, r, "/orders/"+no, i18n.M("orders.cancelled"))
}

// batch pays or cancels the ticked orders together.
func (p pages) batch(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	nos := r.PostForm["no"]
	if len(nos) == 0 {
		return p.listAgain(w, r, fault.Invalid("no", i18n.M("orders.none_ticked")))
	}
	if r.PostFormValue("do") == "pay" {
		return p.Go(w, r, "/orders/pay?"+url.Values{"no": nos}.Encode(), i18n.Msg{})
	}
	errs, err := p.Orders.CancelOrders(r.Context(), site.By(r), nos)
	if err != nil {
		return p.listAgain(w, r, err)
	}
	done := 0
	for _, e := range errs {
		if e == nil {
			done++
		}
	}
	return p.Go(w, r, "/orders", i18n.M("orders.batch_cancelled", i18n.A{"n": done, "left": strconv.Itoa(len(nos) - done)}))
}

func (p pages) listAgain(w http.ResponseWriter, r *http.Request, refused error) error {
	v := listView{View: door.See(p.Site, r, own(r))}
	rows, _, err := p.pageOf(r.Context(), v.By, order.Filter{Account: v.Account, Limit: 50})
	if err != nil {
		return err
	}
	v.rows = rows
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return listPage(v)
	})
}

type reviewsView struct {
	door.View
	rows         []order.Order
	tabs         []ui.Tab
	first, after string
}

// reviews is the queue of refunds that wait for the vendor's finance.
func (p pages) reviews(w http.ResponseWriter, r *http.Request) error {
	by := site.By(r)
	if !by.Vendor() {
		return fault.NotFound()
	}
	if err := by.May(actor.ReviewRefund); err != nil {
		return err
	}
	v := reviewsView{View: door.See(p.Site, r, own(r)), tabs: p.ReviewTabs(r)}
	rows, next, err := p.pageOf(r.Context(), by, order.Filter{State: order.Reviewing, Before: r.URL.Query().Get("after"), Limit: 50})
	if err != nil {
		return err
	}
	v.rows, v.after, v.first = rows, door.After(r, next), door.FirstOf(r)
	return p.Show(w, r, http.StatusOK, reviewsPage(v))
}

func (p pages) review(w http.ResponseWriter, r *http.Request) error {
	return p.oneReview(w, r, nil)
}

func (p pages) oneReview(w http.ResponseWriter, r *http.Request, refused error) error {
	by := site.By(r)
	if !by.Vendor() {
		return fault.NotFound()
	}
	if err := by.May(actor.ReviewRefund); err != nil {
		return err
	}
	v := showView{View: door.See(p.Site, r, own(r)), now: p.Clock.Now(), review: true}
	if err := p.read(r, &v, ""); err != nil {
		return err
	}
	if !v.o.Refund() {
		return fault.NotFound()
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return showPage(v)
	})
}

// decide approves a refund, or refuses it with words.
func (p pages) decide(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	do := r.PathValue("do")
	if do != "approve" && do != "refuse" {
		return fault.NotFound()
	}
	o, err := p.Orders.DecideRefund(r.Context(), site.By(r), r.PostFormValue("account"), r.PathValue("no"), do == "approve", r.PostFormValue("words"))
	if err != nil {
		return p.oneReview(w, r, err)
	}
	return p.Go(w, r, "/reviews/refunds/"+o.No, i18n.M("orders.reviews.done", i18n.A{"state": o.State.Label()}))
}
