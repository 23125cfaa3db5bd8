package treasury

import (
	"context"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"hanse/internal/domain/confirm"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
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

// refunds adds the pages by which resale customers get money back, for both sides.
func (p pages) refunds() {
	p.Page("GET /finance/refunds", p.listRefunds)
	door.Exports(p.Site, ownDoor, "/finance/refunds", p.exportRefunds)
	p.Page("GET /finance/refunds/new", p.newRefund)
	p.Page("POST /finance/refunds", p.askRefund)
	p.Page("GET /finance/refunds/{id}", p.refund)
	p.Page("POST /finance/refunds/{id}/{step}", p.stepRefund)
}

type refundsView struct {
	door.View
	rows         []treasury.Refund
	first, after string
	partner      bool
}

func (p pages) listRefunds(w http.ResponseWriter, r *http.Request) error {
	if err := company1(r); err != nil {
		return err
	}
	q := r.URL.Query()
	v := refundsView{View: p.see(r), partner: site.By(r).Kind == actor.Partner}
	rows, next, err := p.s.Refunds(r.Context(), site.By(r), treasury.RefundFilter{After: q.Get("after")})
	if err != nil {
		return err
	}
	v.rows, v.after = rows, door.After(r, next)
	if q.Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, refundsPage(v))
}

func (p pages) exportRefunds(r *http.Request, _ door.Door) (door.Table, error) {
	read := func(after string) ([]treasury.Refund, string, error) {
		return p.s.Refunds(r.Context(), site.By(r), treasury.RefundFilter{After: after, Limit: 500})
	}
	if _, _, err := read(""); err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "refunds", Header: []string{"id", "partner", "customer", "customer_name", "currency", "amount", "state", "method", "refunded_on", "reference", "transfer", "created_at"},
		Rows: door.Pages(read, func(x treasury.Refund) []string {
			return []string{x.ID, x.PartnerName, x.Customer, x.CustomerName, x.Unit, amount.Text(x.Minor), string(x.State), x.Method, x.RefundedOn, x.Reference, x.Number, door.Instant(x.CreatedAt)}
		})}, nil
}

type newRefundView struct {
	door.View
	key      string
	partner  bool
	customer string
	o        treasury.Overview
}

func (p pages) newRefund(w http.ResponseWriter, r *http.Request) error {
	return p.refundForm(w, r, p.s.NewKey("rfd"), nil)
}

func (p pages) refundForm(w http.ResponseWriter, r *http.Request, key string, refused error) (err error) {
	by := site.By(r)
	v := newRefundView{View: p.see(r), key: key, partner: by.Kind == actor.Partner, customer: r.FormValue("customer")}
	verb := actor.AnswerRefund
	if v.partner {
		verb = actor.RefundCustomer
	}
	if err := by.May(verb); err != nil {
		return err
	}
	if !v.partner {
		if v.o, err = p.s.Balances(r.Context(), by, by.Account); err != nil {
			return err
		}
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return newRefundPage(v)
	})
}

func (p pages) askRefund(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	f := r.PostForm
	in := treasury.NewRefund{Customer: f.Get("customer"), Unit: ledger.CNY, Amount: f.Get("amount"), Words: f.Get("words"), Key: f.Get("key")}
	ask := p.s.AskRefund
	if site.By(r).Kind == actor.Partner {
		ask = p.s.BeginRefund
	}
	x, err := ask(r.Context(), site.By(r), in)
	if fault.KindOf(err) == fault.KindNotFound && in.Customer != "" {
		err = fault.Invalid("customer", i18n.M("treasury.refund.no_customer"))
	}
	if err != nil {
		return p.refundForm(w, r, in.Key, err)
	}
	return p.Go(w, r, "/finance/refunds/"+x.ID, i18n.M("treasury.refund.begun"))
}

type refundView struct {
	door.View
	x       treasury.Refund
	partner bool
	ask     ask.Field
}

func (p pages) refund(w http.ResponseWriter, r *http.Request) error {
	return p.oneRefund(w, r, ask.Field{}, nil)
}

func (p pages) oneRefund(w http.ResponseWriter, r *http.Request, field ask.Field, refused error) error {
	x, err := p.s.OneRefund(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := refundView{View: p.see(r), x: x, partner: x.Partner == site.By(r).Account, ask: field}
	if v.partner && x.State == treasury.RefundAsked && !field.Needed {
		if v.ask, err = ask.For(r, p.DB.Read(), p.Confirm, confirm.Adjust); err != nil {
			return err
		}
		v.ask = v.ask.Refused(r, refused)
	}
	return p.answer(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return refundPage(v)
	})
}

// stepRefund is one step of either side.
func (p pages) stepRefund(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, id, n, f := r.Context(), site.By(r), r.PathValue("id"), number(r, "edition"), r.PostForm
	var err error
	switch r.PathValue("step") {
	case "return":
		if ask.Wanted(r) {
			return p.sendCode(w, r)
		}
		_, err = p.s.ReturnMoney(ctx, by, id, n, f.Get("code"))
	case "decline":
		_, err = p.s.DeclineRefund(ctx, by, id, n, f.Get("reason"))
	case "paid":
		_, err = p.s.RecordRefund(ctx, by, id, n, treasury.PaidRefund{Method: f.Get("method"), On: f.Get("refunded_on"), Reference: f.Get("reference"), Words: f.Get("words")})
	case "confirm":
		_, err = p.s.AnswerRefund(ctx, by, id, n, treasury.RefundConfirmed, "")
	case "dispute":
		_, err = p.s.AnswerRefund(ctx, by, id, n, treasury.RefundDisputed, f.Get("reason"))
	case "withdraw":
		_, err = p.s.AnswerRefund(ctx, by, id, n, treasury.RefundWithdrawn, "")
	default:
		return fault.NotFound()
	}
	if err != nil {
		return p.oneRefund(w, r, ask.Field{}, err)
	}
	return p.Go(w, r, "/finance/refunds/"+id, i18n.M("treasury.refund.moved"))
}

// sendCode sends the code of the reclaim that a refund begins with.
func (p pages) sendCode(w http.ResponseWriter, r *http.Request) error {
	x, err := p.s.OneRefund(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	f, err := ask.Send(r, p.Confirm, confirm.Adjust, funds.About(ledger.Reclaim, x.Partner, x.Customer, x.Minor, x.Unit))
	if err != nil {
		return err
	}
	return p.oneRefund(w, r, f, nil)
}

func refundTone(s treasury.RefundState) ui.Tone {
	switch s {
	case treasury.RefundAsked, treasury.RefundReturned, treasury.RefundRefunded:
		return ui.Warn
	case treasury.RefundConfirmed:
		return ui.Good
	case treasury.RefundDisputed, treasury.RefundDeclined:
		return ui.Bad
	}
	return ui.Neutral
}

func (v refundView) may(to treasury.RefundState) bool {
	verb := actor.AnswerRefund
	if v.partner {
		verb = actor.RefundCustomer
	}
	return v.Can(verb) && slices.Contains(v.x.Steps(v.partner), to)
}

func (v refundView) next(ctx context.Context) string {
	switch {
	case v.partner && v.x.State == treasury.RefundAsked:
		return i18n.T(ctx, "treasury.refund.next.return")
	case v.partner && (v.x.State == treasury.RefundReturned || v.x.State == treasury.RefundDisputed):
		return i18n.T(ctx, "treasury.refund.next.pay")
	case !v.partner && v.x.State == treasury.RefundRefunded:
		return i18n.T(ctx, "treasury.refund.next.confirm")
	case v.x.State == treasury.RefundConfirmed, v.x.State == treasury.RefundDeclined, v.x.State == treasury.RefundWithdrawn:
		return i18n.T(ctx, "treasury.refund.next.over")
	}
	return i18n.T(ctx, "treasury.refund.next.other")
}

func (v refundView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	out := []ui.Fact{{Label: i18n.T(ctx, "treasury.f.partner"), Body: data(x.PartnerName)}, {Label: i18n.T(ctx, "treasury.f.customer"), Body: data(x.CustomerName)},
		{Label: i18n.T(ctx, "treasury.f.amount"), Body: sum(x.Minor, x.Unit)}, {Label: i18n.T(ctx, "treasury.f.asked"), Body: who(x.AskedName, x.CreatedAt)}}
	for _, f := range []struct{ label, value string }{{i18n.T(ctx, "treasury.f.words"), x.Words}, {i18n.T(ctx, "treasury.f.number"), x.Number}, {i18n.T(ctx, "treasury.f.paid_by"), x.Method},
		{i18n.T(ctx, "treasury.f.paid_on"), x.RefundedOn}, {i18n.T(ctx, "treasury.f.bank_reference"), x.Reference}, {i18n.T(ctx, "treasury.f.handled_by"), x.HandledName}, {i18n.T(ctx, "treasury.f.answered_by"), x.AnsweredName}} {
		if f.value != "" {
			out = append(out, ui.Fact{Label: f.label, Body: data(f.value)})
		}
	}
	return out
}
