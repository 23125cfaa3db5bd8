package order

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"hanse/internal/domain/confirm"
	"hanse/internal/domain/order"
	"hanse/internal/domain/payment"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// The ways on the page of paying that are no order.Way: the contract comes first.
const contractFirst = "contract"

// A payView is the page of paying: the ways with the discounts and coupons, or the identity code behind.
type payView struct {
	door.View
	x    order.Options
	nos  []string
	way  string
	key  string
	ask  ask.Field
	code bool // the identity code is asked for
	// agent is who could pay on behalf: the partner, a sub-account's master; "" = nobody.
	agent string
}

// ready reads what can be paid how. The way chosen is that of the form or of the address.
func (p pages) ready(r *http.Request) (v payView, err error) {
	v = payView{View: door.See(p.Site, r, own(r)), way: r.FormValue("way"), key: r.FormValue("key")}
	v.nos = r.Form["no"]
	if v.way == "" {
		v.way = string(order.Balance)
	}
	if v.key == "" {
		v.key = p.Orders.NewKey()
	}
	if v.x, err = p.Orders.Options(r.Context(), v.By, v.nos); err != nil {
		return v, err
	}
	a, _, err := order.AgentFor(r.Context(), p.DB.Read(), v.Account, p.Clock.Now())
	v.agent = a.Name
	return v, err
}

func (p pages) pay(w http.ResponseWriter, r *http.Request) error {
	v, err := p.ready(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, payPage(v))
}

// send does what the page of paying asks for: compute the amount anew, pay, send a code.
func (p pages) send(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	nos := r.PostForm["no"]
	if err := p.choose(r, nos); err != nil {
		return p.refused(w, r, err)
	}
	way := r.PostFormValue("way")
	if r.PostFormValue("do") == "show" {
		return p.Go(w, r, "/orders/pay?"+url.Values{"no": nos, "way": {way}}.Encode(), i18n.Msg{})
	}
	switch way {
	case string(order.Agent):
		return p.Go(w, r, "/orders/agent?"+url.Values{"no": nos}.Encode(), i18n.Msg{})
	case contractFirst:
		return p.Go(w, r, "/contracts/new?"+url.Values{"no": nos}.Encode(), i18n.Msg{})
	}
	return p.confirm(w, r, nos, order.Way(way))
}

// choose keeps the discount and the coupons of one order, when the form offered them and they differ.
func (p pages) choose(r *http.Request, nos []string) error {
	if len(nos) != 1 || r.PostFormValue("choice") == "" {
		return nil
	}
	by := site.By(r)
	o, err := p.Orders.Get(r.Context(), by, nos[0])
	if err != nil {
		return err
	}
	c := order.Choice{Discount: r.PostFormValue("discount")}
	for _, id := range r.PostForm["coupon"] {
		if id != "" {
			c.Coupons = append(c.Coupons, id)
		}
	}
	if o.Chosen.Discount == c.Discount && slices.Equal(o.Chosen.Coupons, c.Coupons) {
		return nil
	}
	_, err = p.Orders.Choose(r.Context(), by, nos[0], c)
	return err
}

// confirm pays, with the identity code between where one is needed. What can't be paid is said before a code is asked
// for.
func (p pages) confirm(w http.ResponseWriter, r *http.Request, nos []string, way order.Way) error {
	ctx, by := r.Context(), site.By(r)
	in := order.Paying{Orders: nos, Way: way, Key: r.PostFormValue("key"), Code: r.PostFormValue("code"), Return: func(payment string) string {
		return "/orders/result?" + url.Values{"no": nos, "payment": {payment}}.Encode()
	}}
	dry := in
	dry.DryRun = true
	if _, err := p.Orders.Pay(ctx, by, dry); err != nil {
		return p.refused(w, r, err)
	}
	x, err := p.Orders.Options(ctx, by, nos)
	if err != nil {
		return err
	}
	if x.CodeNeeded && in.Code == "" {
		return p.identity(w, r, nos, x)
	}
	out, err := p.Orders.Pay(ctx, by, in)
	if site.ErrorOf(site.Errors(r, err), "code") != "" {
		return p.wrongCode(w, r, err)
	}
	if err != nil {
		return p.refused(w, r, err)
	}
	if way == order.Online {
		http.Redirect(w, r, out.Payment.PayURL, http.StatusSeeOther)
		return nil
	}
	return p.Go(w, r, "/orders/result?"+url.Values{"no": nos}.Encode(), i18n.Msg{})
}

// identity asks for the code, and sends one when that is wanted.
func (p pages) identity(w http.ResponseWriter, r *http.Request, nos []string, x order.Options) (err error) {
	v, err := p.ready(r)
	if err != nil {
		return err
	}
	v.code = true
	if ask.Wanted(r) {
		v.ask, err = ask.Send(r, p.Confirm, confirm.Order, x.About)
	} else {
		v.ask, err = ask.For(r, p.DB.Read(), p.Confirm, confirm.Order)
	}
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, payPage(v))
}

func (p pages) wrongCode(w http.ResponseWriter, r *http.Request, refused error) error {
	v, err := p.ready(r)
	if err != nil {
		return err
	}
	v.code = true
	if v.ask, err = ask.For(r, p.DB.Read(), p.Confirm, confirm.Order); err != nil {
		return err
	}
	v.ask = v.ask.Refused(r, refused)
	return p.Refused(w, r, refused, v.page)
}

// refused shows the page of paying with what was refused.
func (p pages) refused(w http.ResponseWriter, r *http.Request, refused error) error {
	v, err := p.ready(r)
	if err != nil {
		return err
	}
	return p.Refused(w, r, refused, v.page)
}

// A resultView tells what became of a payment.
type resultView struct {
	door.View
	orders  []order.Order
	payment payment.Payment
}

// result is where a payment ends: at once, or when the payer comes back from the provider's page.
func (p pages) result(w http.ResponseWriter, r *http.Request) (err error) {
	v := resultView{View: door.See(p.Site, r, own(r))}
	q := r.URL.Query()
	if len(q["no"]) == 0 || len(q["no"]) > order.MostOrders {
		return fault.NotFound()
	}
	for _, no := range q["no"] {
		o, err := p.Orders.Get(r.Context(), v.By, no)
		if err != nil {
			return err
		}
		v.orders = append(v.orders, o)
	}
	if id := q.Get("payment"); id != "" && v.Can(actor.ViewFunds) {
		if v.payment, err = p.Payments.One(r.Context(), v.By, id); err != nil {
			return err
		}
	}
	return p.Show(w, r, http.StatusOK, resultPage(v))
}

// page is the page of paying with refused entries.
func (v payView) page(errs []ui.FieldError) templ.Component {
	v.Errs = errs
	return payPage(v)
}
