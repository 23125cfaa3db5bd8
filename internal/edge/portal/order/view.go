package order

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"hanse/internal/domain/order"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/subscription"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/reckoning"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// base is where a page's list is: with the customer for the partner of a customer.
func base(v door.View) string { return v.Path("/orders") }

func (v listView) columns(ctx context.Context) []ui.Column {
	var out []ui.Column
	if v.batch() {
		out = append(out, ui.Column{Label: i18n.T(ctx, "orders.f.tick"), Hidden: true})
	}
	out = append(out, ui.Column{Label: i18n.T(ctx, "orders.f.no")})
	if v.all {
		out = append(out, ui.Column{Label: i18n.T(ctx, "orders.f.account")})
	}
	return append(out, ui.Column{Label: i18n.T(ctx, "orders.f.what")}, ui.Column{Label: i18n.T(ctx, "orders.f.created")}, ui.Column{Label: i18n.T(ctx, "orders.f.amount"), Num: true},
		ui.Column{Label: i18n.T(ctx, "orders.f.state")}, ui.Column{Label: i18n.T(ctx, "orders.f.deadline")})
}

// batch tells whether the reader can do something with several orders at once.
func (v listView) batch() bool {
	if !v.mine() || !v.Can(actor.PlaceOrder) {
		return false
	}
	for _, o := range v.rows {
		if o.State == order.Pending {
			return true
		}
	}
	return false
}

// mine tells whether the page is about the own company's orders.
func (v listView) mine() bool { return v.Base == "" && !v.all }

func (v listView) state(ctx context.Context) string {
	switch {
	case v.all:
		return i18n.T(ctx, "orders.state.all")
	case v.Base != "" && !v.Vendor:
		return i18n.T(ctx, "orders.state.customer", i18n.A{"name": door.Data(ctx, v.Name)})
	}
	n := 0
	for _, o := range v.rows {
		if o.State == order.Pending {
			n++
		}
	}
	if n == 0 {
		return i18n.T(ctx, "orders.state.none")
	}
	return i18n.T(ctx, "orders.state", i18n.A{"n": n})
}

func (v listView) next(ctx context.Context) string {
	if v.batch() {
		return i18n.T(ctx, "orders.next.pay")
	}
	return i18n.T(ctx, "orders.next")
}

func (v listView) filters(ctx context.Context) ui.FiltersView {
	q := v.R.URL.Query()
	f := ui.FiltersView{Action: base(v.View), Target: "orders"}
	states, kinds := []ui.Option{}, []ui.Option{}
	for _, s := range order.States() {
		states = append(states, ui.Option{Value: strconv.Itoa(int(s)), Label: i18n.Say(ctx, s.Label())})
	}
	for _, k := range order.Kinds() {
		kinds = append(kinds, ui.Option{Value: string(k), Label: i18n.Say(ctx, k.Label())})
	}
	f.Fields = []ui.FieldView{{Name: "state", Label: i18n.T(ctx, "orders.filter.state"), Options: states, Value: q.Get("state")}, {Name: "kind", Label: i18n.T(ctx, "orders.filter.kind"), Options: kinds, Value: q.Get("kind")},
		{Name: "from", Label: i18n.T(ctx, "orders.filter.from"), Type: "date", Value: q.Get("from")}, {Name: "to", Label: i18n.T(ctx, "orders.filter.to"), Type: "date", Value: q.Get("to")}}
	if door.Filtered(v.R, "state", "kind", "from", "to") {
		f.Clear = base(v.View)
	}
	return f
}

// money is what an order costs, or gives back as a negative amount.
func money(o order.Order) int64 {
	switch {
	case o.Refund():
		return -o.Back.Total
	case o.State == order.Completed:
		return o.Actual
	}
	return o.Due
}

// what is an order in a few words: what for, which level, how long.
func what(ctx context.Context, o order.Order) string {
	a := i18n.A{"title": o.Title(), "level": subscription.LevelLabel(o.Level), "from": subscription.LevelLabel(o.From), "term": subscription.TermLabel(o.Term)}
	switch o.Kind {
	case order.Pack:
		return i18n.Say(ctx, o.Title())
	case order.Change:
		return i18n.T(ctx, "orders.what.change", a)
	case order.Unsubscribe:
		return i18n.T(ctx, "orders.what.level", a)
	}
	return i18n.T(ctx, "orders.what.term", a)
}

func (v showView) state(ctx context.Context) string {
	return i18n.T(ctx, "orders.one.state", i18n.A{"what": what(ctx, v.o), "sum": reckoning.Money(ctx, money(v.o)), "state": v.o.State.Label()})
}

func (v showView) next(ctx context.Context) string {
	at := i18n.From(ctx)
	switch v.o.State {
	case order.Pending:
		return i18n.T(ctx, "orders.one.next.pending", i18n.A{"until": at.DateTime(v.o.Deadline)})
	case order.Reviewing:
		if v.review {
			return i18n.T(ctx, "orders.one.next.decide")
		}
		return i18n.T(ctx, "orders.one.next.reviewing")
	case order.Cancelled:
		return i18n.T(ctx, "orders.one.next.cancelled", i18n.A{"cause": v.o.Cause.Label()})
	case order.Completed:
		return i18n.T(ctx, "orders.one.next.completed", i18n.A{"at": at.DateTime(v.o.DoneAt)})
	}
	return i18n.T(ctx, "orders.one.next.wait")
}

// payable tells whether the reader may pay the order, or have it paid another way.
func (v showView) payable() bool {
	return v.o.State == order.Pending && v.o.Account == v.By.Account && v.Can(actor.PayOrder)
}

// cancellable tells whether the reader may cancel the order.
func (v showView) cancellable() bool {
	return v.o.State == order.Pending && v.o.Account == v.By.Account && v.Can(actor.PlaceOrder)
}

// facts are the order in words.
func (v showView) facts(ctx context.Context) []ui.Fact {
	o := v.o
	out := []ui.Fact{{Label: i18n.T(ctx, "orders.f.no"), Body: data(o.No)}}
	if o.Account != v.By.Account {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "orders.f.account"), Body: data(o.AccountName)})
	}
	out = append(out, ui.Fact{Label: i18n.T(ctx, "orders.f.what"), Value: what(ctx, o)}, ui.Fact{Label: i18n.T(ctx, "orders.f.created"), Body: who(o.CreatedName, o.CreatedAt)})
	for _, x := range []struct {
		label string
		at    time.Time
	}{{i18n.T(ctx, "orders.f.paid_at"), o.PaidAt}, {i18n.T(ctx, "orders.f.done_at"), o.DoneAt}} {
		if !x.at.IsZero() {
			out = append(out, ui.Fact{Label: x.label, Body: ui.Time(x.at)})
		}
	}
	if o.State == order.Pending {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "orders.f.deadline"), Body: ui.Time(o.Deadline)})
	}
	return append(out, v.terms(ctx)...)
}

// terms are what was agreed to, and how it was paid.
func (v showView) terms(ctx context.Context) (out []ui.Fact) {
	o := v.o
	if o.Way != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "orders.f.way"), Value: i18n.Say(ctx, o.Way.Label())})
	}
	if o.PaidBy != "" && o.PaidBy != o.Account {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "orders.f.paid_by"), Body: data(o.PaidByName)})
	}
	if o.Catalogue > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "orders.f.catalogue"), Value: i18n.T(ctx, "orders.version", i18n.A{"version": strconv.FormatInt(o.Catalogue, 10)})})
	}
	if o.Agreement > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "orders.f.agreement"), Body: agreement(o)})
	}
	if o.Reason > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "orders.f.reason"), Value: i18n.Say(ctx, order.ReasonLabel(o.Reason))})
	}
	if o.Words != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "orders.f.words"), Body: data(o.Words)})
	}
	if o.Contract != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "orders.f.contract"), Body: contract(v)})
	}
	return out
}

// sources are where the money of the order came from, or goes to.
func (v showView) sources() []reckoning.Row {
	switch {
	case v.o.Refund():
		return reckoning.Refunds(*v.o.Back)
	case v.o.PaidAt.IsZero():
		return nil
	}
	return reckoning.Rows(v.o.Paid.Paid)
}

// useLabel is the kind of a coupon.
func useLabel(kind int) i18n.Msg {
	switch kind {
	case order.VoucherCoupon:
		return i18n.M("orders.coupon.voucher")
	case order.CashCoupon:
		return i18n.M("orders.coupon.cash")
	}
	return i18n.M("orders.coupon.discount")
}

func (v showView) trail(ctx context.Context) []ui.Crumb {
	if v.review {
		return []ui.Crumb{{Href: "/reviews/refunds", Label: i18n.T(ctx, "orders.reviews.title")}}
	}
	return []ui.Crumb{{Href: base(v.View), Label: i18n.T(ctx, "orders.title")}}
}

// again is the page of paying for the same orders.
func (v payView) again() string { return "/orders/pay?" + url.Values{"no": v.nos}.Encode() }

func (v payView) hidden() [][2]string {
	out := [][2]string{{"key", v.key}}
	for _, no := range v.nos {
		out = append(out, [2]string{"no", no})
	}
	if v.code {
		out = append(out, [2]string{"way", v.way})
	} else if v.single() {
		out = append(out, [2]string{"choice", "1"})
	}
	return out
}

// single tells whether one order is paid, which may have discounts and coupons of its own choice.
func (v payView) single() bool { return len(v.x.Orders) == 1 }

func (v resultView) tone() ui.Tone {
	switch {
	case v.payment.State == payment.Failed, v.payment.State == payment.Expired:
		return ui.Bad
	case !v.paid():
		return ui.Warn
	}
	return ui.Good
}

// paid tells whether every order is through.
func (v resultView) paid() bool {
	for _, o := range v.orders {
		if o.State == order.Pending || o.State == order.Cancelled {
			return false
		}
	}
	return true
}

func (v resultView) title(ctx context.Context) string {
	switch {
	case v.paid():
		return i18n.T(ctx, "orders.result.paid")
	case v.payment.State == payment.Failed, v.payment.State == payment.Expired:
		return i18n.T(ctx, "orders.result.failed")
	case v.payment.State == payment.Paid:
		return i18n.T(ctx, "orders.result.to_balance")
	case v.payment.ID != "":
		return i18n.T(ctx, "orders.result.waits")
	}
	return i18n.T(ctx, "orders.result.part")
}

func (v resultView) text(ctx context.Context) string {
	switch {
	case v.paid():
		return i18n.T(ctx, "orders.result.paid_text")
	case v.payment.State == payment.Failed, v.payment.State == payment.Expired:
		return i18n.T(ctx, "orders.result.failed_text")
	case v.payment.State == payment.Paid:
		return i18n.T(ctx, "orders.result.to_balance_text")
	case v.payment.ID != "":
		return i18n.T(ctx, "orders.result.waits_text")
	}
	return i18n.T(ctx, "orders.result.part_text")
}
