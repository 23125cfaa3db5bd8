// Package slaview draws the clocks of a ticket: on its own page every interval that counted and every one that didn't,
// in lists what's left of the time.
package slaview

import (
	"context"
	"time"

	"hanse/internal/domain/sla"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// mostLines is how many intervals a page lists; the earlier ones are counted.
const mostLines = 100

// Took is a length of time as people say it, to the minute: "2 h 10 min". Less than one counts as none, a negative one
// is shown without its sign.
func Took(ctx context.Context, d time.Duration) string {
	if d < 0 {
		d = -d
	}
	minutes := int64(d / time.Minute)
	a := i18n.A{"h": i18n.From(ctx).Int(minutes / 60), "min": minutes % 60}
	switch {
	case minutes < 60:
		return i18n.T(ctx, "sla.took.min", a)
	case minutes%60 == 0:
		return i18n.T(ctx, "sla.took.h", a)
	}
	return i18n.T(ctx, "sla.took.h_min", a)
}

// tone is how a clock stands in colour.
func tone(t sla.Timer) ui.Tone {
	switch {
	case t.State == sla.Missed, t.Misses > 0, t.Warned >= 100:
		return ui.Bad
	case t.State == sla.Met:
		return ui.Good
	case t.State == sla.Running && t.Warned > 0:
		return ui.Warn
	case t.State == sla.Running:
		return ui.Info
	}
	return ui.Neutral
}

// shown are the clocks that have something to say: a limit, or a life.
func shown(v sla.View) (out []sla.Explained) {
	for _, e := range v.Timers {
		if e.Limit > 0 || e.State != sla.Off {
			out = append(out, e)
		}
	}
	return out
}

// sentence is the state of a clock in one line.
func sentence(ctx context.Context, e sla.Explained) string {
	a := i18n.A{"ran": Took(ctx, e.Ran), "limit": Took(ctx, e.Limit), "waited": Took(ctx, e.Waited), "due": i18n.From(ctx).DateTime(e.Deadline), "over": Took(ctx, e.Left())}
	over := e.State == sla.Met || e.State == sla.Missed
	switch {
	case e.State == sla.Off:
		return i18n.T(ctx, "sla.line.off", a)
	case e.State == sla.Void:
		return i18n.T(ctx, "sla.line.void", a)
	case over && e.Limit > 0:
		return i18n.T(ctx, "sla.line.over", a)
	case over:
		return i18n.T(ctx, "sla.line.measured_over", a)
	case e.Limit <= 0:
		return i18n.T(ctx, "sla.line.measured", a)
	case e.State == sla.Held:
		return i18n.T(ctx, "sla.line.paused", a)
	case e.Left() < 0:
		return i18n.T(ctx, "sla.line.late", a)
	}
	return i18n.T(ctx, "sla.line.running", a)
}

// rule says what the clocks are held to and why.
func rule(ctx context.Context, v sla.View) string {
	a := i18n.A{"plan": word(ctx, v.Rule.Plan), "severity": word(ctx, v.Rule.Severity), "calendar": calendar(v)}
	switch {
	case v.Rule.Plan != "" && v.Rule.Severity != "":
		return i18n.T(ctx, "sla.rule.both", a)
	case v.Rule.Plan != "":
		return i18n.T(ctx, "sla.rule.plan", a)
	case v.Rule.Severity != "":
		return i18n.T(ctx, "sla.rule.severity", a)
	}
	return i18n.T(ctx, "sla.rule.any", a)
}

func calendar(v sla.View) string {
	for _, e := range v.Timers {
		if e.Calendar.Name != "" {
			return e.Calendar.Name + " (" + e.Calendar.Zone + ")"
		}
	}
	return ""
}

// word is a plan or severity as the portal calls it; codes that it doesn't know stay.
func word(ctx context.Context, code string) string { return i18n.Say(ctx, Code(code)) }

// Code is the name of a support plan or a severity by its code; one that isn't known is shown as it is.
func Code(code string) i18n.Msg {
	switch code {
	case "":
		return i18n.M("sla.code.none")
	case "BASIC":
		return i18n.M("sla.code.basic")
	case "STANDARD":
		return i18n.M("sla.code.standard")
	case "PREMIUM":
		return i18n.M("sla.code.premium")
	case "CORE_DOWN":
		return i18n.M("sla.code.core_down")
	case "PROD_DOWN":
		return i18n.M("sla.code.prod_down")
	case "PROD_IMPAIRED":
		return i18n.M("sla.code.prod_impaired")
	case "SYS_IMPAIRED":
		return i18n.M("sla.code.sys_impaired")
	case "GUIDANCE":
		return i18n.M("sla.code.guidance")
	}
	return i18n.Raw(code)
}

// lines are the last intervals of a clock, with how many were left out.
func lines(e sla.Explained) (all []sla.Line, left int) {
	left = max(0, len(e.Lines)-mostLines)
	return e.Lines[left:], left
}

// ahead are the intervals up to the deadline.
func ahead(e sla.Explained) []sla.Line { return e.Ahead[:min(len(e.Ahead), mostLines)] }

// counted is what a line adds.
func counted(ctx context.Context, l sla.Line) string {
	if !l.Counted {
		return ""
	}
	return Took(ctx, l.Worked)
}

// remains is what's left of a limit after a line.
func remains(ctx context.Context, e sla.Explained, l sla.Line) string {
	switch {
	case e.Limit <= 0:
		return ""
	case l.Left < 0:
		return "−" + Took(ctx, l.Left)
	}
	return Took(ctx, l.Left)
}

// chip is what a list shows of a ticket's clocks, and its tone.
func chip(ctx context.Context, c sla.Clocks, now time.Time) (text string, t ui.Tone) {
	left := c.Due.Sub(now)
	switch {
	case c.Due.IsZero() && c.Breached:
		return i18n.T(ctx, "sla.chip.missed"), ui.Bad
	case c.Due.IsZero() && (c.First.State == sla.Held || c.Update.State == sla.Held || c.Solution.State == sla.Held):
		return i18n.T(ctx, "sla.chip.waits"), ui.Neutral
	case c.Due.IsZero():
		return "", ui.Neutral
	case left < 0:
		return i18n.T(ctx, "sla.chip.late", i18n.A{"time": Took(ctx, left)}), ui.Bad
	case c.Of(c.DueKind).Warned > 0:
		return i18n.T(ctx, "sla.chip.left", i18n.A{"time": Took(ctx, left)}), ui.Warn
	}
	return i18n.T(ctx, "sla.chip.left", i18n.A{"time": Took(ctx, left)}), ui.Neutral
}
