package round

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/domain/round"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

type roundsView struct {
	door.View
	all []round.Round
}

func (v roundsView) state(ctx context.Context) string {
	running := 0
	for _, r := range v.all {
		if r.State == round.Open || r.State == round.Reviewing {
			running++
		}
	}
	if running == 0 {
		return i18n.T(ctx, "rounds.state.none")
	}
	return i18n.T(ctx, "rounds.state.running", i18n.A{"n": running})
}

func roundTone(s round.State) ui.Tone {
	switch s {
	case round.Open:
		return ui.Info
	case round.Reviewing:
		return ui.Warn
	case round.Finished:
		return ui.Good
	}
	return ui.Neutral
}

func entryTone(s round.EntryState) ui.Tone {
	switch s {
	case round.ToSubmit, round.ToUpdate:
		return ui.Warn
	case round.UnderReview:
		return ui.Info
	case round.Passed:
		return ui.Good
	case round.Failed, round.Overdue:
		return ui.Bad
	}
	return ui.Neutral
}

// ownView is a partner's annual reviews.
type ownView struct {
	door.View
	entries []round.Entry
	all     []round.Round
	days    map[string]round.Round
	title   func(round.Scope) i18n.Msg
}

func (v ownView) waiting() (n int) {
	for _, e := range v.entries {
		if e.State == round.ToSubmit || e.State == round.ToUpdate {
			n++
		}
	}
	return n
}

func (v ownView) state(ctx context.Context) string {
	switch n := v.waiting(); {
	case n > 0:
		return i18n.T(ctx, "rounds.own.waiting", i18n.A{"n": n})
	case len(v.entries) > 0:
		return i18n.T(ctx, "rounds.own.calm")
	}
	for _, r := range v.all {
		if r.State == round.Planned {
			return i18n.T(ctx, "rounds.own.planned", i18n.A{"day": i18n.From(ctx).Day(r.Days.OpensOn.String())})
		}
	}
	return i18n.T(ctx, "rounds.own.none")
}

func (v ownView) next(ctx context.Context) string {
	if v.waiting() > 0 {
		return i18n.T(ctx, "rounds.own.next")
	}
	return i18n.T(ctx, "rounds.own.nothing")
}

// step is the last day for the partner's next step; "" when there's none.
func (v ownView) step(e round.Entry) string {
	d := v.days[e.Round].Days
	switch e.State {
	case round.ToSubmit:
		return d.ClosesOn.String()
	case round.UnderReview, round.ToUpdate:
		return d.ChangesUntil.String()
	}
	return ""
}

type planView struct {
	door.View
	year   int
	days   round.Days
	scopes []round.Scope
	title  func(round.Scope) i18n.Msg
}

func (v planView) options(ctx context.Context) (out []ui.Option) {
	for _, s := range v.scopes {
		out = append(out, ui.Option{Value: s.Program + " " + s.Level, Label: i18n.Say(ctx, v.title(s))})
	}
	return out
}

// usual are the stages of the service, learning and integrator paths (business rules 3.4).
func (v planView) usual() (out []string) {
	for _, s := range v.scopes {
		if slices.Contains([]string{"path-service", "path-learning", "path-si"}, s.Program) {
			out = append(out, s.Program+" "+s.Level)
		}
	}
	return out
}

type roundView struct {
	door.View
	x            round.RoundView
	rows         []round.Entry
	first, after string
	title        func(round.Scope) i18n.Msg
}

func (v roundView) hidden() [][2]string {
	return [][2]string{{"edition", strconv.FormatInt(v.x.Edition, 10)}}
}

func (v roundView) state(ctx context.Context) string {
	d := i18n.From(ctx)
	switch v.x.State {
	case round.Planned:
		return i18n.T(ctx, "rounds.is.planned", i18n.A{"day": d.Day(v.x.Days.OpensOn.String())})
	case round.Open:
		return i18n.T(ctx, "rounds.is.open", i18n.A{"day": d.Day(v.x.Days.ClosesOn.String()), "n": int(v.x.Counts.By[round.ToSubmit])})
	case round.Reviewing:
		return i18n.T(ctx, "rounds.is.review", i18n.A{"day": d.Day(v.x.Days.ResultOn.String()), "n": int(v.x.Counts.Undecided())})
	}
	return i18n.Say(ctx, v.x.State.Label())
}

func (v roundView) next(ctx context.Context) string {
	switch {
	case v.x.State == round.Planned:
		return i18n.T(ctx, "rounds.do.planned")
	case v.x.Counts.Undecided() > 0:
		return i18n.T(ctx, "rounds.do.decide")
	case v.x.State == round.Open || v.x.State == round.Reviewing:
		return i18n.T(ctx, "rounds.do.wait")
	}
	return i18n.T(ctx, "rounds.do.nothing")
}

// stats are the entries by state; each opens the list that proves it.
func (v roundView) stats(ctx context.Context) (out []ui.Stat) {
	for _, s := range round.EntryStates() {
		out = append(out, ui.Stat{Label: i18n.Say(ctx, s.Label()), Value: i18n.From(ctx).Int(v.x.Counts.By[s]), Href: "/rounds/" + v.x.ID + "?state=" + string(s)})
	}
	return out
}

func (v roundView) running() bool { return v.x.State == round.Open || v.x.State == round.Reviewing }

func (v roundView) filters(ctx context.Context) ui.FiltersView {
	var states []ui.Option
	for _, s := range round.EntryStates() {
		states = append(states, ui.Option{Value: string(s), Label: i18n.Say(ctx, s.Label())})
	}
	path := "/rounds/" + v.x.ID
	return ui.FiltersView{Action: path, Target: "entries", Clear: path,
		Fields: []ui.FieldView{{Name: "state", Label: i18n.T(ctx, "rounds.filter"), Value: v.R.URL.Query().Get("state"), Options: states}}}
}

type queueView struct {
	door.View
	tabs         []ui.Tab
	rows         []round.Entry
	title        func(round.Scope) i18n.Msg
	first, after string
}

// entryView is one entry for both sides.
type entryView struct {
	door.View
	e      round.EntryView
	vendor bool
	today  calendar.Day
}

func (v entryView) hidden() [][2]string {
	return [][2]string{{"edition", strconv.FormatInt(v.e.Edition, 10)}}
}

func (v entryView) path(more string) string { return "/annual-reviews/" + v.e.ID + more }

func (v entryView) state(ctx context.Context) string {
	d, days := i18n.From(ctx), v.e.RoundInfo.Days
	switch v.e.State {
	case round.ToSubmit:
		return i18n.T(ctx, "rounds.entry.to_submit", i18n.A{"day": d.Day(days.ClosesOn.String())})
	case round.UnderReview:
		if v.e.Verdict != "" {
			return i18n.T(ctx, "rounds.entry.decided", i18n.A{"verdict": v.e.Verdict.Label(), "day": d.Day(days.ResultOn.String())})
		}
		return i18n.T(ctx, "rounds.entry.under_review", i18n.A{"day": d.Day(days.ResultOn.String())})
	case round.ToUpdate:
		return i18n.T(ctx, "rounds.entry.to_update", i18n.A{"day": d.Day(days.ChangesUntil.String())})
	case round.Overdue:
		return i18n.T(ctx, "rounds.entry.overdue", i18n.A{"day": d.Day(days.ResultOn.String())})
	case round.Failed:
		return i18n.T(ctx, "rounds.entry.failed")
	case round.Passed:
		return i18n.T(ctx, "rounds.entry.passed")
	}
	return i18n.T(ctx, "rounds.entry.void")
}

func (v entryView) next(ctx context.Context) string {
	n := len(v.e.Now.Unmet())
	switch {
	case v.e.Can.HandIn && v.e.State != round.UnderReview && n > 0:
		return i18n.T(ctx, "rounds.next.unmet", i18n.A{"n": n})
	case v.e.Can.HandIn && v.e.State != round.UnderReview:
		return i18n.T(ctx, "rounds.next.submit")
	case v.e.Can.HandIn:
		return i18n.T(ctx, "rounds.next.change", i18n.A{"day": i18n.From(ctx).Day(v.e.RoundInfo.Days.ChangesUntil.String())})
	case v.e.Can.Decide:
		return i18n.T(ctx, "rounds.next.decide")
	}
	return i18n.T(ctx, "rounds.next.nothing")
}

// lines are the computed lines as they are now.
func (v entryView) lines(ctx context.Context) (out []ui.LineView) {
	for _, l := range v.e.Now.Lines(i18n.From(ctx).Lang) {
		x := ui.LineView{ID: l.ID, Label: v.lineTitle(ctx, l), Have: strconv.Itoa(l.Have), Need: strconv.Itoa(l.Need), Met: l.Met, Close: l.Gap, Share: 1}
		if l.Need > 0 {
			x.Share = min(1, float64(l.Have)/float64(l.Need))
		}
		out = append(out, x)
	}
	for _, m := range v.e.Now.Materials {
		label := i18n.Both(map[string]string{i18n.English: m.EN, i18n.Chinese: m.ZH})
		out = append(out, ui.LineView{ID: "material-" + m.Ask, Label: i18n.Say(ctx, label), Have: strconv.Itoa(m.Good), Need: strconv.Itoa(m.Need), Met: m.Good >= m.Need,
			Share: min(1, float64(m.Good)/float64(max(1, m.Need))), Note: i18n.T(ctx, "rounds.attached", i18n.A{"n": m.Attached})})
	}
	return out
}

func (v entryView) lineTitle(ctx context.Context, l program.LineReport) string {
	if t, ok := v.e.LineTitles[l.ID]; ok {
		return i18n.Say(ctx, t)
	}
	return l.ID
}

// choices are the materials that can be handed in.
func (v entryView) choices(ctx context.Context) (out []ui.Option) {
	for _, m := range v.e.Attachable {
		if slices.ContainsFunc(v.e.Asks, func(a program.MaterialAsk) bool { return a.Rule.Kind == string(m.Kind) }) {
			out = append(out, ui.Option{Value: m.ID, Label: door.Data(ctx, m.Fields.Title), Hint: choice(ctx, m)})
		}
	}
	return out
}

func choice(ctx context.Context, m material.Material) string {
	on := i18n.T(ctx, "rounds.material.elsewhere")
	if m.Fields.HuaweiCloud {
		on = i18n.T(ctx, "rounds.material.cloud")
	}
	return strings.Join([]string{i18n.Say(ctx, m.Kind.Label()), i18n.Say(ctx, m.State.Label()), on}, " · ")
}

func (v entryView) chosen() (ids []string) {
	for _, m := range v.e.Attached {
		ids = append(ids, m.ID)
	}
	return ids
}
