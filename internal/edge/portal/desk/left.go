package desk

import (
	"context"
	"time"

	"hanse/internal/domain/desk"
	"hanse/internal/domain/sla"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// A leftView is what's left of the time that runs out first, in a list.
type leftView struct {
	text  string // the word
	kind  string // which clock
	share float64
	tone  ui.Tone
	bar   bool
}

// leftOf says how much time a ticket has. The bar is the share of working time that's gone.
func leftOf(ctx context.Context, t ticket.Ticket, c sla.Clocks, b sla.Book, now time.Time) leftView {
	if t.Due.IsZero() {
		return leftView{text: idle(ctx, t)}
	}
	v := leftView{text: i18n.Say(ctx, desk.Left(t.Due.Sub(now))), kind: i18n.Say(ctx, clockName(t.DueKind)), bar: true, share: 1}
	target, _ := b.Target(t.DueKind, string(t.Plan), t.Severity)
	if limit := c.Of(t.DueKind).Limit; limit > 0 {
		v.share = 1 - float64(target.Calendar.Between(now, t.Due))/float64(limit)
	}
	switch {
	case !t.Due.After(now):
		v.tone, v.share = ui.Bad, 1
	case v.share >= 0.75:
		v.tone = ui.Warn
	default:
		v.tone = ui.Good
	}
	return v
}

// clockName is what engineers call a clock.
func clockName(k sla.Kind) i18n.Msg {
	switch k {
	case sla.First:
		return i18n.M("desk.clock.first")
	case sla.Update:
		return i18n.M("desk.clock.update")
	}
	return i18n.M("desk.clock.solution")
}

// idle says why no clock runs.
func idle(ctx context.Context, t ticket.Ticket) string {
	switch {
	case t.State == ticket.Paused && !t.ResumeAt.IsZero():
		return i18n.T(ctx, "desk.idle.paused_until", i18n.A{"at": i18n.From(ctx).DateTime(t.ResumeAt)})
	case t.State == ticket.Paused:
		return i18n.T(ctx, "desk.idle.paused")
	case t.State == ticket.ToConfirm || t.State == ticket.AskedBack:
		return i18n.T(ctx, "desk.idle.customer")
	case t.State.Final():
		return i18n.T(ctx, "desk.idle.over")
	case !t.VendorDesk:
		return i18n.T(ctx, "desk.idle.partner")
	}
	return i18n.T(ctx, "desk.idle.none")
}
