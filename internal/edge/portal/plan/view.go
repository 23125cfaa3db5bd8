package plan

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/eligibility"
	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/reckoning"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// refused is the page of the plan with a refused setting.
func (v showView) refused(errs []ui.FieldError) templ.Component {
	v.Errs = errs
	return showPage(v)
}

// state is the first line: what the company has.
func (v showView) state(ctx context.Context) string {
	at := i18n.From(ctx)
	switch {
	case v.foreign(v.Account):
		return i18n.T(ctx, "plan.state.foreign", i18n.A{"level": subscription.LevelLabel(v.served.Level), "company": door.Data(ctx, v.served.Name), "until": at.Date(v.served.Plan.Expires)})
	case !v.has:
		return i18n.T(ctx, "plan.state.basic")
	}
	a := i18n.A{"level": subscription.LevelLabel(v.plan.Level), "until": at.DateTime(v.plan.Expires)}
	switch v.plan.State {
	case subscription.Grace:
		a["end"] = lastDay(at, v.plan.GraceUntil)
		return i18n.T(ctx, "plan.state.grace", a)
	case subscription.Retention:
		a["end"] = lastDay(at, v.plan.ReleaseAt)
		return i18n.T(ctx, "plan.state.retention", a)
	}
	return i18n.T(ctx, "plan.state.active", a)
}

// lastDay is the last day before an instant.
func lastDay(at *i18n.Loc, t time.Time) string { return at.Date(t.Add(-time.Second)) }

// next is the second line: what to do.
func (v showView) next(ctx context.Context) string {
	switch {
	case len(v.open) > 0 && v.open[0].State == order.Pending:
		return i18n.T(ctx, "plan.next.pay", i18n.A{"no": door.Data(ctx, v.open[0].No), "until": i18n.From(ctx).DateTime(v.open[0].Deadline)})
	case v.Vendor:
		return i18n.T(ctx, "plan.next.vendor")
	case v.foreign(v.Account):
		return i18n.T(ctx, "plan.next.foreign")
	case !v.has && !v.may.May:
		return i18n.T(ctx, "plan.next.not_eligible", i18n.A{"n": len(v.may.Missing())})
	case !v.has:
		return i18n.T(ctx, "plan.next.basic")
	case v.plan.State == subscription.Grace:
		return i18n.T(ctx, "plan.next.grace", i18n.A{"end": lastDay(i18n.From(ctx), v.plan.GraceUntil)})
	case v.plan.State == subscription.Retention:
		return i18n.T(ctx, "plan.next.retention", i18n.A{"end": lastDay(i18n.From(ctx), v.plan.ReleaseAt)})
	}
	if at := v.plan.NextRenewal(v.now); !at.IsZero() {
		return i18n.T(ctx, "plan.next.auto", i18n.A{"at": i18n.From(ctx).DateTime(at)})
	}
	return i18n.T(ctx, "plan.next.active", i18n.A{"n": v.days()})
}

// days are the whole days left.
func (v showView) days() int {
	return max(0, int(calendar.DayOf(v.plan.Expires)-calendar.DayOf(v.now)))
}

func stateTone(s subscription.State) ui.Tone {
	switch s {
	case subscription.Active:
		return ui.Good
	case subscription.Grace:
		return ui.Warn
	case subscription.Retention:
		return ui.Bad
	}
	return ui.Neutral
}

// acts tells whether the reader may place orders for the plan that the page is about.
func (v showView) acts() bool { return !v.Vendor && v.Can(actor.PlaceOrder) }

// manages tells whether the reader may say how the plan renews.
func (v showView) manages() bool { return !v.Vendor && v.Can(actor.ManagePlan) && v.has }

// more are the ways that don't stand as a button of their own.
func (v showView) more(ctx context.Context) []ui.LinkView {
	out := []ui.LinkView{}
	if v.plan.State == subscription.Active {
		out = append(out, ui.LinkView{Href: "/plan/change", Label: i18n.T(ctx, "plan.change.do"), Icon: "stairs-up"})
		out = append(out, ui.LinkView{Href: "/plan/cancel", Label: i18n.T(ctx, "plan.cancel.do"), Icon: "circle-x"})
	}
	return append(out, ui.LinkView{Href: "/orders", Label: i18n.T(ctx, "orders.title"), Icon: "list"})
}

// facts are the plan in words.
func (v showView) facts(ctx context.Context) []ui.Fact {
	out := []ui.Fact{{Label: i18n.T(ctx, "plan.f.level"), Value: i18n.Say(ctx, subscription.LevelLabel(v.served.Level))}}
	if v.foreign(v.Account) {
		return append(out, ui.Fact{Label: i18n.T(ctx, "plan.f.bought_by"), Body: data(v.served.Name)}, ui.Fact{Label: i18n.T(ctx, "plan.f.expires"), Body: ui.Time(v.served.Plan.Expires)})
	}
	if !v.has {
		return append(out, ui.Fact{Label: i18n.T(ctx, "plan.f.expires"), Value: i18n.T(ctx, "plan.no_end")})
	}
	x := v.plan
	out = append(out, ui.Fact{Label: i18n.T(ctx, "plan.f.state"), Body: ui.Status(stateTone(x.State), i18n.Say(ctx, x.State.Label()))},
		ui.Fact{Label: i18n.T(ctx, "plan.f.begun"), Body: ui.Time(x.Begun)}, ui.Fact{Label: i18n.T(ctx, "plan.f.expires"), Body: ui.Time(x.Expires)})
	if x.State != subscription.Active {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "plan.f.grace"), Body: ui.Date(x.GraceUntil.Add(-time.Second))}, ui.Fact{Label: i18n.T(ctx, "plan.f.release"), Body: ui.Date(x.ReleaseAt.Add(-time.Second))})
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "plan.f.term"), Value: i18n.Say(ctx, subscription.TermLabel(x.Running(v.now).Term))}, ui.Fact{Label: i18n.T(ctx, "plan.f.id"), Body: data(x.ID)})
}

// tasks are the points of who may buy.
func (v showView) tasks(ctx context.Context) (out []ui.Task) {
	for _, x := range v.may.Points {
		t := ui.Task{Title: i18n.Say(ctx, x.Text), Sub: i18n.Say(ctx, x.Mend), Icon: "checklist", Status: ui.Status(ui.Good, i18n.T(ctx, "plan.met"))}
		if !x.Met {
			t.Status = ui.Status(ui.Warn, i18n.T(ctx, "plan.missing"))
			if !v.Vendor {
				t.Href = mend(v.View, x)
			}
		}
		out = append(out, t)
	}
	return out
}

// mend is where a point is mended, when the reader can go there.
func mend(v door.View, x eligibility.Point) string {
	if x.Href == "/company/sub-accounts" && !v.Can(actor.ViewSubAccounts) {
		return ""
	}
	return x.Href
}

// autoTerms are the terms that a plan renews itself for.
func autoTerms(ctx context.Context, x standing) []ui.Option { return terms(ctx, x.cat, x.level()) }

// terms are the terms that a level is sold for: 1 to 9 months, then years.
func terms(ctx context.Context, cat product.Catalogue, l rate.Level) (out []ui.Option) {
	var all []rate.Term
	for n := 1; n <= 9; n++ {
		all = append(all, rate.Months(n))
	}
	for n := 1; n <= 3; n++ {
		all = append(all, rate.Years(n))
	}
	for _, t := range all {
		if fee, ok := cat.Sheet.Fee(l, t); ok {
			out = append(out, ui.Option{Value: termText(t), Label: i18n.T(ctx, "plan.term_price", i18n.A{"term": subscription.TermLabel(t), "price": reckoning.Money(ctx, fee)})})
		}
	}
	return out
}

// plainTerms are the terms that any level is sold for, without prices.
func plainTerms(ctx context.Context, cat product.Catalogue) (out []ui.Option) {
	for _, o := range terms(ctx, cat, rate.Standard) {
		out = append(out, ui.Option{Value: o.Value, Label: i18n.Say(ctx, subscription.TermLabel(term(o.Value)))})
	}
	return out
}

func days(ctx context.Context) (out []ui.Option) {
	for n := 2; n <= 7; n++ {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: i18n.T(ctx, "plan.days_before", i18n.A{"n": n})})
	}
	return out
}

func unified(ctx context.Context) []ui.Option {
	out := []ui.Option{{Value: "0", Label: i18n.T(ctx, "plan.unify.none")}}
	for n := 1; n <= 28; n++ {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: i18n.T(ctx, "plan.unify.day", i18n.A{"day": strconv.Itoa(n)})})
	}
	return append(out, ui.Option{Value: "-1", Label: i18n.T(ctx, "plan.unify.last")})
}

// unify is the setting in words.
func unify(ctx context.Context, day int) string {
	for _, o := range unified(ctx) {
		if o.Value == strconv.Itoa(day) {
			return o.Label
		}
	}
	return ""
}

// content is the matrix of what the levels bring, with the one that holds marked.
func content(ctx context.Context, cat product.Catalogue, now rate.Level) ui.MatrixView {
	m := ui.MatrixView{Plain: true, Caption: i18n.T(ctx, "plan.content"), First: i18n.T(ctx, "plan.content.item")}
	levels := []rate.Level{rate.Basic, rate.Standard, rate.Premium}
	for _, l := range levels {
		m.Levels = append(m.Levels, ui.MatrixLevel{Label: i18n.Say(ctx, subscription.LevelLabel(l)), Sub: monthly(ctx, cat, l), Current: l == now})
	}
	for _, x := range cat.Items {
		row := ui.MatrixRow{Label: i18n.Say(ctx, i18n.Both(x.Title))}
		for _, l := range levels {
			row.Cells = append(row.Cells, ui.MatrixCell{Text: i18n.Say(ctx, x.Cell(l))})
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// monthly is a level's price for a month.
func monthly(ctx context.Context, cat product.Catalogue, l rate.Level) string {
	if row, ok := cat.Sheet.Row(l, rate.Months(1)); ok {
		return i18n.T(ctx, "plan.a_month", i18n.A{"price": reckoning.Money(ctx, row.Minor)})
	}
	return i18n.T(ctx, "plan.free")
}

// boxed tells whether the way has a box to confirm before the specification: buying and going up.
func (v wayView) boxed() bool {
	return v.ask.Kind == order.Buy || v.ask.Kind == order.Change && v.quote != nil && v.quote.Back == nil
}

// at is the address of the way at a step, with what is chosen.
func (v wayView) at(step string) string {
	q := url.Values{}
	for k, t := range map[string]string{"step": step, "level": string(v.ask.Level)} {
		if t != "" {
			q.Set(k, t)
		}
	}
	if v.ask.Term != (rate.Term{}) {
		q.Set("term", termText(v.ask.Term))
	}
	if v.ask.Packs > 0 {
		q.Set("packs", strconv.Itoa(v.ask.Packs))
	}
	if v.ask.Cancel > 0 {
		q.Set("kind", strconv.Itoa(v.ask.Cancel))
	}
	return door.With(v.path(), q)
}

func (v wayView) path() string {
	switch v.ask.Kind {
	case order.Pack:
		return "/plan/packs"
	case order.Renew:
		return "/plan/renew"
	case order.Unsubscribe:
		return "/plan/cancel"
	}
	return "/plan/change"
}

// hidden is what the last form carries: the quote that is agreed to, and what it was made for.
func (v wayView) hidden() [][2]string {
	out := [][2]string{{"token", v.quote.Token}, {"key", v.key}, {"agreement", strconv.FormatInt(v.agree.Version, 10)}}
	for _, x := range [][2]string{{"level", string(v.ask.Level)}, {"packs", strconv.Itoa(v.ask.Packs)}, {"kind", strconv.Itoa(v.ask.Cancel)}} {
		if x[1] != "" && x[1] != "0" {
			out = append(out, x)
		}
	}
	if v.ask.Term != (rate.Term{}) {
		out = append(out, [2]string{"term", termText(v.ask.Term)})
	}
	return out
}

// refund tells whether the way gives money back.
func (v wayView) refund() bool { return v.quote != nil && v.quote.Back != nil }

// due is the line below the fee: what happens with it.
func (v wayView) stateLine(ctx context.Context) string {
	if !v.has {
		return i18n.T(ctx, "plan.state.basic")
	}
	return i18n.T(ctx, "plan.way.state", i18n.A{"level": subscription.LevelLabel(v.plan.Level), "until": i18n.From(ctx).DateTime(v.plan.Expires)})
}

func planTrail(ctx context.Context) []ui.Crumb {
	return []ui.Crumb{{Href: "/plan", Label: i18n.T(ctx, "plan.title")}}
}

// spec is what is bought, for the page where it's agreed to.
func (v wayView) spec(ctx context.Context) []ui.Fact {
	q := v.quote
	out := []ui.Fact{{Label: i18n.T(ctx, "plan.f.product"), Value: i18n.T(ctx, "plan.product")}}
	switch v.ask.Kind {
	case order.Pack:
		return append(out, ui.Fact{Label: i18n.T(ctx, "plan.packs.n"), Value: i18n.From(ctx).Int(int64(v.ask.Packs))},
			ui.Fact{Label: i18n.T(ctx, "plan.packs.tickets"), Value: i18n.From(ctx).Int(int64(v.ask.Packs * v.cat.Terms.PackTickets))},
			ui.Fact{Label: i18n.T(ctx, "plan.packs.until"), Body: ui.Time(q.Price.End)})
	case order.Change:
		out = append(out, ui.Fact{Label: i18n.T(ctx, "plan.f.from"), Value: i18n.Say(ctx, subscription.LevelLabel(v.plan.Level))}, ui.Fact{Label: i18n.T(ctx, "plan.f.to"), Value: i18n.Say(ctx, subscription.LevelLabel(v.ask.Level))},
			ui.Fact{Label: i18n.T(ctx, "plan.f.unchanged_end"), Body: ui.Time(v.plan.Expires)})
	default:
		out = append(out, ui.Fact{Label: i18n.T(ctx, "plan.f.level"), Value: i18n.Say(ctx, subscription.LevelLabel(q.AfterLevel))}, ui.Fact{Label: i18n.T(ctx, "plan.f.term"), Value: i18n.Say(ctx, subscription.TermLabel(v.ask.Term))},
			ui.Fact{Label: i18n.T(ctx, "plan.f.begins"), Body: begins(v)}, ui.Fact{Label: i18n.T(ctx, "plan.f.new_end"), Body: ui.Time(q.After)})
	}
	return out
}

// levels are the levels to choose from on the way to another one.
func (v wayView) levels(ctx context.Context) (out []ui.Option) {
	for _, l := range product.Levels {
		if v.has && l == v.plan.Level {
			continue
		}
		out = append(out, ui.Option{Value: string(l), Label: i18n.Say(ctx, subscription.LevelLabel(l)), Hint: monthly(ctx, v.cat, l)})
	}
	return out
}

// reasons are those for unsubscribing.
func reasons(ctx context.Context) (out []ui.Option) {
	for n := order.FirstReason; n <= order.OtherReason; n++ {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: i18n.Say(ctx, order.ReasonLabel(n))})
	}
	return out
}

// A refundRow is one line of the table of what is unsubscribed.
type refundRow struct {
	order                string
	level                rate.Level
	term                 rate.Term
	start, end           time.Time
	consumed, fee, total int64
}

// rows are the periods that are unsubscribed, with the amounts of their lines.
func (v wayView) rows() (out []refundRow) {
	sums := map[string]*refundRow{}
	for i, p := range v.quote.Plan.History.Periods {
		last := p.Segments[len(p.Segments)-1]
		if p.End.Before(v.now) || v.ask.Cancel == rate.CancelFuture && (i == 0 || !p.Start.After(v.now)) {
			continue
		}
		out = append(out, refundRow{order: p.Order, level: last.Level, term: p.Term, start: p.Start, end: p.End})
	}
	for i := range out {
		sums[out[i].order] = &out[i]
	}
	for _, l := range v.quote.Back.Lines {
		row := sums[l.Order]
		if row == nil && len(out) > 0 {
			row = &out[0]
		}
		switch {
		case row == nil:
		case l.Key == rate.LineConsumed:
			row.consumed += l.Minor
		case l.Key == rate.LineFee:
			row.fee += l.Minor
		default:
			row.total -= l.Minor
		}
	}
	return out
}

// future tells whether renewed periods lie ahead, so that one can give back these alone.
func (v wayView) future() bool { return v.has && len(v.plan.History.Future(v.now)) > 0 }

// daysAt is where the service days are by the reader's door; "" for who may not see them.
func (v showView) daysAt() string {
	if !v.Can(actor.ViewPlanDays) {
		return ""
	}
	return v.Path("/plan/days")
}
