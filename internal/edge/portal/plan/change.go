package plan

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/id"
)

// The steps of a way: what is chosen and what it costs, the box, what is agreed to.
const (
	stepChoose  = ""
	stepConfirm = "confirm"
	stepSpec    = "spec"
)

// A wayView is a way to buy, change, renew or end a plan at one of its steps. Why is set when it isn't open.
type wayView struct {
	door.View
	standing
	step  string
	ask   order.Ask
	quote *order.Quote
	why   string
	agree product.Agreement
	key   string
	again bool // the price changed meanwhile: this is the new one
}

// asked reads what is wanted from the address or the form.
func asked(r *http.Request, kind order.Kind, x standing) order.Ask {
	f := r.FormValue
	a := order.Ask{Kind: kind, Level: rate.Level(f("level")), Term: term(f("term")), Packs: whole(f("packs")), Cancel: whole(f("kind"))}
	if kind == order.Change && !x.has {
		a.Kind = order.Buy
	}
	switch a.Kind {
	case order.Change:
		a.Term = rate.Term{}
		if a.Level == "" {
			a.Level = other(x.level())
		}
	case order.Buy, order.Renew:
		if a.Term == (rate.Term{}) {
			a.Term = rate.Months(1)
		}
		if a.Level == "" && a.Kind == order.Buy {
			a.Level = rate.Standard
		}
	case order.Pack:
		a.Packs = max(a.Packs, 1)
	case order.Unsubscribe:
		if a.Cancel == 0 {
			a.Cancel = rate.CancelAll
		}
	}
	return a
}

// other is the level that one changes to.
func other(l rate.Level) rate.Level {
	if l == rate.Premium {
		return rate.Standard
	}
	return rate.Premium
}

// way shows a way at the step that the address asks for.
func (p pages) way(w http.ResponseWriter, r *http.Request, kind order.Kind, page func(wayView) templ.Component) error {
	v, err := p.ready(r, kind)
	if err != nil {
		return err
	}
	v.step = r.URL.Query().Get("step")
	if v.quote == nil || v.step == stepConfirm && !v.boxed() || v.step != stepConfirm && v.step != stepSpec {
		v.step = stepChoose
	}
	return p.Show(w, r, http.StatusOK, page(v))
}

// ready reads where the account stands, and makes the quote. What can't be had has a reason in place of a quote.
func (p pages) ready(r *http.Request, kind order.Kind) (v wayView, err error) {
	ctx := r.Context()
	v.View = p.see(r)
	if v.standing, err = p.stand(ctx, v.By, v.Account); err != nil {
		return v, err
	}
	v.ask, v.key = asked(r, kind, v.standing), id.New("key", p.Clock.Wall())
	if v.agree, err = product.AgreementAt(ctx, p.DB.Read(), v.now); err != nil {
		return v, err
	}
	q, err := p.Orders.Quote(ctx, v.By, v.ask)
	switch fault.KindOf(err) {
	case fault.KindConflict, fault.KindInvalid:
		for _, e := range site.Errors(r, err) {
			v.why = e.Text
		}
		return v, nil
	}
	v.quote = &q
	return v, err
}

func (p pages) change(w http.ResponseWriter, r *http.Request) error {
	return p.way(w, r, order.Change, changePage)
}

func (p pages) packs(w http.ResponseWriter, r *http.Request) error {
	return p.way(w, r, order.Pack, packsPage)
}

func (p pages) renew(w http.ResponseWriter, r *http.Request) error {
	return p.way(w, r, order.Renew, renewPage)
}

func (p pages) cancel(w http.ResponseWriter, r *http.Request) error {
	return p.way(w, r, order.Unsubscribe, cancelPage)
}

// pageOf is that of a way.
func pageOf(kind order.Kind) func(wayView) templ.Component {
	switch kind {
	case order.Pack:
		return packsPage
	case order.Renew:
		return renewPage
	case order.Unsubscribe:
		return cancelPage
	}
	return changePage
}

// place agrees to a quote: what costs goes on to its payment, what gives money back is done. A quote that doesn't hold
// any more comes back as the new one, at the same step.
func (p pages) place(kind order.Kind) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := site.Form(w, r); err != nil {
			return err
		}
		f, by := r.PostForm, site.By(r)
		in := order.Placing{Token: f.Get("token"), Confirmed: f.Get("confirmed") != "", Reason: whole(f.Get("reason")), Words: f.Get("words"), Key: f.Get("key")}
		if f.Get("agreed") != "" {
			in.Agreed = int64(whole(f.Get("agreement")))
		}
		o, err := p.Orders.Place(r.Context(), by, in)
		if err != nil {
			return p.refused(w, r, kind, err)
		}
		if o.State == order.Pending {
			return p.Go(w, r, "/orders/pay?"+url.Values{"no": {o.No}}.Encode(), i18n.M("plan.placed"))
		}
		return p.Go(w, r, "/orders/"+o.No, i18n.M("plan.done", i18n.A{"state": o.State.Label()}))
	}
}

// refused shows the form again with what was typed, and with the quote that holds now.
func (p pages) refused(w http.ResponseWriter, r *http.Request, kind order.Kind, refused error) error {
	v, err := p.ready(r, kind)
	if err != nil {
		return err
	}
	if v.step, v.key = stepSpec, r.PostFormValue("key"); v.quote == nil {
		v.step = stepChoose
	}
	var changed *order.Requoted
	if errors.As(refused, &changed) {
		v.quote, v.again = &changed.Quote, true
	} else if old := r.PostFormValue("token"); v.quote != nil && old != "" && fault.KindOf(refused) == fault.KindInvalid {
		v.quote.Token = old // what was agreed to stays what it was: only an entry is missing
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return pageOf(kind)(v)
	})
}
