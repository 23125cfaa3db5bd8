package forecast

import (
	"context"
	"strconv"

	"hanse/internal/domain/program"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

func itoa(n int) string { return strconv.Itoa(n) }

// planSub says for which day a plan is made, and whether that can still be kept.
func planSub(ctx context.Context, a adviceView, p *program.Plan) string {
	switch {
	case p.Met():
		return ""
	case p.Late:
		return i18n.T(ctx, "forecast.plan.late", i18n.A{"day": day(ctx, p.Ready), "n": p.Weeks, "done": day(ctx, a.Day.AddDays(7*p.Weeks))})
	}
	return i18n.T(ctx, "forecast.plan.ready", i18n.A{"day": day(ctx, p.Ready)})
}

func nothingText(ctx context.Context, p *program.Plan) string {
	if len(p.Steps) > 0 {
		return i18n.T(ctx, "forecast.plan.none_steps")
	}
	return i18n.T(ctx, "forecast.plan.none_text")
}

// steps are what no person's certificate brings.
func (v adviceView) steps(ctx context.Context, p *program.Plan) (out []ui.Task) {
	for _, s := range p.Steps {
		out = append(out, ui.Task{Href: v.step(s.Line), Title: lineTitle(ctx, v.Version, s.Line), Sub: i18n.Say(ctx, s.Gap), Icon: "flag"})
	}
	return out
}
