package sla

import (
	"context"
	"net/url"

	"hanse/internal/domain/sla"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

func calendarPath(c sla.CalendarVersion) string {
	return "/desk/calendars/edit?id=" + url.QueryEscape(c.ID)
}

func calendarTitle(ctx context.Context, v calendarView) string {
	if v.fresh() {
		return i18n.T(ctx, "sla.calendar.new")
	}
	return door.Data(ctx, v.base.Name)
}

func calendarState(ctx context.Context, v calendarView) string {
	if v.fresh() {
		return i18n.T(ctx, "sla.calendar.state_new")
	}
	return i18n.T(ctx, "sla.calendar.state", i18n.A{"version": v.base.Version, "since": since(ctx, v.base.Effective)})
}

// calendarNext says what to do; under an older version that it's not the last one.
func calendarNext(ctx context.Context, v calendarView) string {
	switch {
	case !v.fresh() && v.base.Version != v.latest():
		return i18n.T(ctx, "sla.calendar.next_old", i18n.A{"version": v.latest()})
	case len(v.days) > 0:
		return i18n.T(ctx, "sla.calendar.next_preview")
	}
	return i18n.T(ctx, "sla.calendar.next")
}

// latest is the number of the last version: what a new one follows.
func (v calendarView) latest() int64 {
	if len(v.versions) == 0 {
		return 0
	}
	return v.versions[0].Version
}

func ruleTitle(ctx context.Context, v policyView, i int) string {
	if i >= len(v.base.Rules) {
		return i18n.T(ctx, "sla.policy.rule_new", i18n.A{"n": i + 1})
	}
	return i18n.T(ctx, "sla.policy.rule", i18n.A{"n": i + 1})
}

// explained says what a clock measures.
func explained(ctx context.Context, k sla.Kind) string {
	switch k {
	case sla.First:
		return i18n.T(ctx, "sla.kind.first.sub")
	case sla.Update:
		return i18n.T(ctx, "sla.kind.update.sub")
	}
	return i18n.T(ctx, "sla.kind.solution.sub")
}

// longest heads the column of the longest run.
func longest(ctx context.Context, k sla.Kind) string {
	if k == sla.Update {
		return i18n.T(ctx, "sla.report.longest_gap")
	}
	return i18n.T(ctx, "sla.report.longest")
}

// itemState is a clock's state in a list: what was missed says so while it still runs.
func itemState(x sla.Item) i18n.Msg {
	if x.Misses > 0 {
		return sla.Missed.Label()
	}
	return x.State.Label()
}

func itemTone(x sla.Item) ui.Tone {
	switch {
	case x.Misses > 0:
		return ui.Bad
	case x.State == sla.Met:
		return ui.Good
	case x.State == sla.Running:
		return ui.Info
	}
	return ui.Neutral
}
