package verify

import (
	"context"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// tone is the verdict's colour and shape.
func tone(v qualification.Verification) ui.Tone {
	switch {
	case v.Good:
		return ui.Good
	case v.Status == qualification.StatusSuspended || v.Status == qualification.StatusSuperseded:
		return ui.Warn
	}
	return ui.Bad
}

// verdict is the answer in a few words.
func verdict(v qualification.Verification) i18n.Msg {
	switch v.Status {
	case qualification.StatusValid, qualification.StatusExpiring:
		return i18n.M("verify.valid")
	case qualification.StatusExpired:
		return i18n.M("verify.expired")
	case qualification.StatusSuspended:
		return i18n.M("verify.suspended")
	case qualification.StatusCancelled:
		return i18n.M("verify.cancelled")
	case qualification.StatusSuperseded:
		return i18n.M("verify.superseded")
	case qualification.StatusRevoked:
		return i18n.M("verify.revoked")
	case qualification.StatusLeft:
		return i18n.M("verify.left")
	}
	return i18n.M("verify.unknown")
}

// explain says what the verdict means.
func explain(v qualification.Verification) i18n.Msg {
	switch v.Status {
	case qualification.StatusValid, qualification.StatusExpiring:
		if v.ValidUntil.IsNone() {
			return i18n.M("verify.open_text")
		}
		return i18n.M("verify.valid_text")
	case qualification.StatusExpired:
		return i18n.M("verify.expired_text")
	case qualification.StatusSuspended:
		if !v.StandingLevel.IsZero() {
			return i18n.M("verify.standing_text", i18n.A{"level": v.StandingLevel})
		}
		return i18n.M("verify.suspended_text")
	case qualification.StatusCancelled:
		return i18n.M("verify.cancelled_text")
	case qualification.StatusSuperseded:
		return i18n.M("verify.superseded_text")
	case qualification.StatusRevoked:
		return i18n.M("verify.revoked_text")
	case qualification.StatusLeft:
		return i18n.M("verify.left_text")
	}
	return i18n.M("verify.unknown_text")
}

// other is the language that the page isn't in: a reader of either one understands the verdict.
func other(ctx context.Context) string {
	if i18n.From(ctx).Lang == i18n.Chinese {
		return i18n.English
	}
	return i18n.Chinese
}

// facts are what the certificate prints.
func facts(ctx context.Context, v qualification.Verification) []ui.Fact {
	holder := v.Holder
	if v.HolderZH != "" && v.HolderZH != v.Holder {
		holder += " · " + v.HolderZH
	}
	out := []ui.Fact{
		{Label: i18n.T(ctx, "verify.number"), Value: v.Number},
		{Label: i18n.T(ctx, "verify.holder"), Value: holder},
		{Label: i18n.T(ctx, "verify.program"), Body: word(i18n.Say(ctx, v.Program))},
		{Label: i18n.T(ctx, "verify.level"), Body: level(v)},
		{Label: i18n.T(ctx, "verify.from"), Body: ui.Day(v.ValidFrom.String())},
	}
	if v.Product != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "verify.product"), Value: v.Product})
	}
	if v.ValidUntil.IsNone() {
		return append(out, ui.Fact{Label: i18n.T(ctx, "verify.until"), Body: word(i18n.T(ctx, "verify.until_revoked"))})
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "verify.until"), Body: ui.Day(v.ValidUntil.String())})
}

// checked is the instant of the lookup, with its zone.
func checked(v qualification.Verification) string {
	return v.CheckedAt.In(calendar.Zone).Format("2006-01-02 15:04:05 -07:00")
}

func emptyError(ctx context.Context, empty bool) string {
	if empty {
		return i18n.T(ctx, "verify.empty")
	}
	return ""
}
