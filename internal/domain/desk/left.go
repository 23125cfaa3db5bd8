package desk

import (
	"context"
	"slices"
	"time"

	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
)

// Left is how much time there is, or was: in minutes for an hour, in hours for two days, then in days.
func Left(d time.Duration) i18n.Msg {
	if d < 0 {
		return i18n.M("desk.left.over", i18n.A{"time": span(-d)})
	}
	return i18n.M("desk.left", i18n.A{"time": span(d)})
}

func span(d time.Duration) i18n.Msg {
	switch minutes := int64(d / time.Minute); {
	case minutes < 60:
		return i18n.M("desk.span.minutes", i18n.A{"n": minutes})
	case minutes < 48*60:
		return i18n.M("desk.span.hours", i18n.A{"h": minutes / 60, "m": minutes % 60})
	default:
		return i18n.M("desk.span.days", i18n.A{"d": minutes / 1440, "h": minutes % 1440 / 60})
	}
}

// Span is a length of time in words, such as somebody has set it: whole hours and days are named alone.
func Span(d time.Duration) i18n.Msg {
	switch minutes := int64(d / time.Minute); {
	case minutes >= 1440 && minutes%1440 == 0:
		return i18n.M("desk.span.whole_days", i18n.A{"n": minutes / 1440})
	case minutes >= 60 && minutes%60 == 0:
		return i18n.M("desk.span.whole_hours", i18n.A{"n": minutes / 60})
	}
	return span(d)
}

// Concerns tells of whose unowned tickets somebody is told: of the own teams, of all where the desk has no team, and of
// none for somebody outside of the teams.
func Concerns(ctx context.Context, q db.Querier, desk, user string) (own []string, any bool, err error) {
	if own, err = Belongs(ctx, q, desk, user); err != nil || len(own) > 0 {
		return own, true, err
	}
	all, err := teams(ctx, q, desk)
	return nil, !slices.ContainsFunc(all, func(t Team) bool { return t.Active }), err
}
