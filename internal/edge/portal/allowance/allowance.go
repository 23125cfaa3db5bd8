// Package allowance is the card that says what a support plan gives and what is left of it: on the page of the plan, on
// that of service days, and by the vendor's door.
package allowance

import (
	"context"
	"strconv"

	"hanse/internal/domain/entitlement"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// count writes a number of units; without a limit it says so.
func count(ctx context.Context, n int64) string {
	if n == entitlement.Unlimited {
		return i18n.T(ctx, "plandays.unlimited")
	}
	return i18n.From(ctx).Int(n)
}

// given is what there is altogether, packs named.
func given(ctx context.Context, x entitlement.Left) string {
	if x.Extra > 0 && x.Total != entitlement.Unlimited {
		return i18n.T(ctx, "plandays.with_packs", i18n.A{"total": i18n.From(ctx).Int(x.Total), "packs": i18n.From(ctx).Int(x.Extra)})
	}
	return count(ctx, x.Total)
}

// tone warns of what is used up.
func tone(x entitlement.Left) ui.Tone {
	switch {
	case x.Left == entitlement.Unlimited || x.Left > 1:
		return ui.Good
	case x.Left == 1:
		return ui.Warn
	case x.Total == 0:
		return ui.Neutral
	}
	return ui.Bad
}

// last is the last day on which what is left can be used; "" when nothing is given.
func last(x entitlement.Left) string {
	if x.Level == entitlement.Basic || x.Until.IsZero() {
		return ""
	}
	return calendar.DayOf(x.Until.Add(-1)).String()
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
