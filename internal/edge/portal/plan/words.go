package plan

import (
	"context"
	"strconv"
	"time"

	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// segmentEnd is the last second of a period's segment.
func segmentEnd(p rate.Period, i int) time.Time {
	if i+1 < len(p.Segments) {
		return p.Segments[i+1].Start.Add(-time.Second)
	}
	return p.End
}

// times is how often a plan still renews itself, as it's typed; "" without limit.
func times(x subscription.Subscription) string {
	if x.RenewLeft <= 0 {
		return ""
	}
	return strconv.Itoa(x.RenewLeft)
}

func onOff(ctx context.Context, on bool) string {
	if on {
		return i18n.T(ctx, "plan.on")
	}
	return i18n.T(ctx, "plan.off")
}

// ended is why an earlier plan is over.
func ended(ctx context.Context, x subscription.Subscription) string {
	if x.Ended == subscription.Cancelled {
		return i18n.T(ctx, "plan.ended.cancelled")
	}
	return i18n.T(ctx, "plan.ended.expired")
}

// steps are the stages of a way. A box and a code stand where the rules want them.
func (v wayView) steps(ctx context.Context) []ui.Step {
	spec, pay := v.step == stepSpec, i18n.T(ctx, "plan.step.pay")
	if v.refund() {
		pay = i18n.T(ctx, "plan.step.done")
	}
	return []ui.Step{{Label: i18n.T(ctx, "plan.step.choose"), Done: v.step != stepChoose, Current: !spec, Href: v.at(stepChoose)},
		{Label: v.specTitle(ctx), Current: spec}, {Label: pay}}
}

// specTitle is the heading of what is agreed to.
func (v wayView) specTitle(ctx context.Context) string {
	if v.ask.Kind == order.Pack {
		return i18n.T(ctx, "plan.packs.spec")
	}
	return i18n.T(ctx, "plan.spec")
}

// after is the step after the choice.
func (v wayView) after() string {
	if v.boxed() {
		return stepConfirm
	}
	return stepSpec
}

// forward is the button below the fee.
func (v wayView) forward(ctx context.Context) string {
	if v.ask.Kind == order.Change {
		return i18n.T(ctx, "plan.change_now")
	}
	return i18n.T(ctx, "plan.buy_now")
}

// last is the button beside the tick.
func (v wayView) last(ctx context.Context) string {
	if v.ask.Kind == order.Change {
		return i18n.T(ctx, "plan.confirm_change")
	}
	return i18n.T(ctx, "plan.go_and_buy")
}

// kinds are the two ways to unsubscribe, when renewed periods lie ahead.
func (v wayView) kinds(ctx context.Context) []ui.Tab {
	return []ui.Tab{{Href: "/plan/cancel?kind=1", Label: i18n.T(ctx, "plan.cancel.all"), Current: v.ask.Cancel == rate.CancelAll},
		{Href: "/plan/cancel?kind=2", Label: i18n.T(ctx, "plan.cancel.future"), Current: v.ask.Cancel == rate.CancelFuture}}
}

func (v wayView) cancelState(ctx context.Context) string {
	switch {
	case v.quote == nil:
		return v.stateLine(ctx)
	case v.ask.Cancel == rate.CancelFuture:
		return i18n.T(ctx, "plan.cancel.state.future", i18n.A{"until": i18n.From(ctx).DateTime(v.quote.After)})
	}
	return i18n.T(ctx, "plan.cancel.state.all")
}

func (v wayView) ruleTone() ui.Tone {
	if v.quote.Back.NoReason || v.ask.Cancel == rate.CancelFuture {
		return ui.Info
	}
	return ui.Warn
}

// rule says by which rule the amounts came about.
func (v wayView) rule(ctx context.Context) string {
	switch {
	case v.ask.Cancel == rate.CancelFuture:
		return i18n.T(ctx, "plan.cancel.rule.future")
	case v.quote.Back.NoReason:
		return i18n.T(ctx, "plan.cancel.rule.no_reason")
	}
	return i18n.T(ctx, "plan.cancel.rule.fee")
}

// ruleText tells how many returns without a reason are left, and until when; and that a large one is looked at.
func (v wayView) ruleText(ctx context.Context) string {
	left := v.quote.NoReasonLeft
	if v.quote.Back.NoReason {
		left--
	}
	text := i18n.T(ctx, "plan.cancel.left", i18n.A{"day": i18n.From(ctx).Day(v.quote.NoReasonDay.String()), "n": left})
	if v.quote.Back.Review {
		text += " " + i18n.T(ctx, "plan.cancel.review")
	}
	return text
}
