package forecast

import (
	"context"

	"hanse/internal/domain/program"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// trail leads back to the program.
func trail(ctx context.Context, v door.View, l look, spec *program.Version) []ui.Crumb {
	return []ui.Crumb{
		{Href: v.Path("/qualifications"), Label: i18n.T(ctx, "forecast.qualifications")},
		{Href: v.Path("/qualifications/" + l.Program), Label: i18n.Say(ctx, spec.Title.Msg())},
	}
}

// why says in plain words what the two purposes count.
func why(ctx context.Context, purpose program.Purpose, months int) string {
	if purpose == program.Hold {
		return i18n.T(ctx, "forecast.for.hold_text")
	}
	return i18n.T(ctx, "forecast.for.apply_text", i18n.A{"n": months})
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
