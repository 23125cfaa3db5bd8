package draft

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hanse/internal/domain/program"
	"hanse/internal/domain/simulation"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

var errStopped = errors.New("the reader has gone")

type listView struct {
	door.View
	drafts []simulation.Draft
	state  simulation.State
	next   string
}

type newView struct {
	door.View
	bases []string
}

func (v newView) options() (out []ui.Option) {
	for _, b := range v.bases {
		out = append(out, ui.Option{Value: b, Label: door.Data(v.R.Context(), b)})
	}
	return out
}

// from is the version that is chosen: by the link that led here, else the newest.
func (v newView) from() string {
	first := ""
	if len(v.bases) > 0 {
		first = v.bases[0]
	}
	if chosen := v.R.URL.Query().Get("from"); chosen != "" {
		first = chosen
	}
	return v.Value("from", first)
}

// A draftView is what all pages of a draft share.
type draftView struct {
	door.View
	draft  simulation.Draft
	manage bool // the reader may change it, and it's open
}

func (v draftView) path(sub string) string { return "/drafts/" + v.draft.ID + sub }

func (v draftView) edition() string { return strconv.FormatInt(v.draft.Edition, 10) }

// state is the first line of a draft's pages.
func (v draftView) state(ctx context.Context) string {
	switch v.draft.State {
	case simulation.Published:
		return i18n.T(ctx, "draft.state.published", i18n.A{"ref": v.draft.PublishedAs})
	case simulation.Discarded:
		return i18n.T(ctx, "draft.state.discarded")
	}
	return i18n.T(ctx, "draft.state.open", i18n.A{"ref": v.draft.Ref(), "n": v.draft.Edition, "who": v.draft.ChangedName,
		"at": i18n.From(ctx).DateTime(v.draft.ChangedAt)})
}

func (v draftView) tabs(ctx context.Context, current string) []ui.Tab {
	tab := func(sub, label string) ui.Tab {
		return ui.Tab{Href: v.path(sub), Label: label, Current: current == sub}
	}
	return []ui.Tab{tab("", i18n.T(ctx, "draft.tab.text")), tab("/changes", i18n.T(ctx, "draft.tab.changes")),
		tab("/history", i18n.T(ctx, "draft.tab.history")), tab("/publish", i18n.T(ctx, "draft.tab.publish"))}
}

func stateTone(s simulation.State) ui.Tone {
	switch s {
	case simulation.Published:
		return ui.Good
	case simulation.Open:
		return ui.Info
	}
	return ui.Neutral
}

type editView struct {
	draftView
	checked simulation.Checked
}

func (v editView) bad(ps program.Problems) (out []int) {
	for _, p := range ps {
		out = append(out, p.Line)
	}
	return out
}

// failing are the problems of all cases, with those of the file itself.
func (v editView) failing() program.Problems {
	out := slices.Clone(v.checked.CaseProblems)
	for _, c := range v.checked.Cases {
		out = append(out, c.Problems...)
	}
	return out
}

// next is what to do with the text as it is.
func (v editView) next(ctx context.Context) string {
	switch c := v.checked; {
	case v.draft.State != simulation.Open:
		return i18n.T(ctx, "draft.next.closed")
	case len(c.Problems) > 0:
		return i18n.T(ctx, "draft.next.problems", i18n.A{"n": len(c.Problems)})
	case len(c.CaseProblems) > 0:
		return i18n.T(ctx, "draft.next.case_problems")
	case len(c.Cases) == 0:
		return i18n.T(ctx, "draft.next.no_cases")
	case c.Failed() > 0:
		return i18n.T(ctx, "draft.next.failed", i18n.A{"n": c.Failed()})
	}
	return i18n.T(ctx, "draft.next.simulate")
}

func casesVerdict(ctx context.Context, c simulation.Checked) (ui.Tone, string) {
	switch {
	case len(c.CaseProblems) > 0:
		return ui.Bad, i18n.T(ctx, "draft.cases.broken")
	case c.Version == nil && len(c.Cases) == 0:
		return ui.Neutral, i18n.T(ctx, "draft.cases.waiting")
	case len(c.Cases) == 0:
		return ui.Warn, i18n.T(ctx, "draft.cases.none")
	case c.Failed() > 0:
		return ui.Bad, i18n.T(ctx, "draft.cases.failed", i18n.A{"n": c.Failed(), "all": len(c.Cases)})
	}
	return ui.Good, i18n.T(ctx, "draft.cases.passed", i18n.A{"n": len(c.Cases)})
}

// excerpt is the line of a text that a problem is about.
func excerpt(text string, line int) string {
	all := strings.Split(text, "\n")
	if line < 1 || line > len(all) {
		return ""
	}
	out := []rune(strings.TrimSpace(all[line-1]))
	if len(out) > 80 {
		return string(out[:79]) + "…"
	}
	return string(out)
}

type changesView struct {
	draftView
	compared simulation.Compared
	against  string
	others   []string
	broken   []ui.FieldError
}

func (v changesView) options() (out []ui.Option) {
	for _, b := range v.others {
		out = append(out, ui.Option{Value: b, Label: door.Data(v.R.Context(), b)})
	}
	return out
}

type historyView struct {
	draftView
	saves []simulation.Save
	next  string
}

type savedView struct {
	draftView
	save simulation.Save
}

type publishView struct {
	draftView
	ready simulation.Readiness
}

// from is the day in the form: as typed, else as the text says when that is still possible.
func (v publishView) from() string {
	day := v.ready.From
	if day.IsNone() || day < v.Today() {
		day = v.Today()
	}
	return v.Value("from", day.String())
}

func (v publishView) tasks(ctx context.Context) (out []ui.Task) {
	for _, s := range v.ready.Steps {
		t := ui.Task{Href: v.path(""), Title: i18n.Say(ctx, s.What), Icon: "circle-check", Status: ui.Status(ui.Good, i18n.T(ctx, "draft.step.done"))}
		if s.ID == "simulation" {
			if t.Href = "/simulations/new?draft=" + v.draft.ID; v.ready.Simulation != nil {
				t.Href = "/simulations/" + v.ready.Simulation.ID
			}
		}
		if !s.OK {
			t.Icon, t.Status = "circle-dashed", ui.Status(ui.Warn, i18n.T(ctx, "draft.step.open"))
			if s.ID == "simulation" {
				t.Href = "/simulations/new?draft=" + v.draft.ID
			}
		}
		out = append(out, t)
	}
	return out
}

func levelTitle(ctx context.Context, v *program.Version, level string) string {
	if level == "" {
		return i18n.T(ctx, "draft.no_level")
	}
	if l, ok := v.Level(level); ok {
		return i18n.Say(ctx, l.Title.Msg())
	}
	return level
}

// asked is a need in words; a zero message is no need.
func asked(ctx context.Context, m i18n.Msg) string {
	if m.IsZero() {
		return i18n.T(ctx, "draft.not_asked")
	}
	return i18n.Say(ctx, m)
}

// sorted are the keys of a count, the largest first.
func sorted(m map[string]int64) []string {
	return slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b)) })
}

func programsTrail(ctx context.Context) []ui.Crumb {
	return []ui.Crumb{{Href: "/programs", Label: i18n.T(ctx, "policy.title")}}
}

func draftsTrail(ctx context.Context) []ui.Crumb {
	return append(programsTrail(ctx), ui.Crumb{Href: "/drafts", Label: i18n.T(ctx, "draft.list.title")})
}

func runsTrail(ctx context.Context) []ui.Crumb {
	return append(programsTrail(ctx), ui.Crumb{Href: "/simulations", Label: i18n.T(ctx, "draft.runs.title")})
}

func runTrail(ctx context.Context, v runView) []ui.Crumb {
	return append(runsTrail(ctx), ui.Crumb{Href: v.path(""), Label: i18n.T(ctx, "draft.run.title", i18n.A{"ref": v.m.Ref})})
}

func changesSub(ctx context.Context, v changesView) string {
	if v.against == "" {
		return i18n.T(ctx, "draft.changes.first")
	}
	return i18n.T(ctx, "draft.changes.sub", i18n.A{"ref": v.against})
}

// changeLevel names the level of a change; a level that the draft drops has the name that it had.
func changeLevel(ctx context.Context, v changesView, level string) string {
	if _, ok := v.compared.New.Level(level); !ok && v.compared.Old != nil {
		return levelTitle(ctx, v.compared.Old, level)
	}
	return levelTitle(ctx, v.compared.New, level)
}

// expectation says what a case expected and got, without repeating its name.
func expectation(ctx context.Context, p program.Problem) string {
	a := p.Message.Args
	if a["what"] == nil {
		return i18n.Say(ctx, p.Message)
	}
	return i18n.T(ctx, "draft.case.expected", i18n.A{"what": a["what"], "want": a["want"], "got": a["got"]})
}

func publishNext(ctx context.Context, v publishView) string {
	switch {
	case v.draft.State != simulation.Open:
		return i18n.T(ctx, "draft.next.closed")
	case !v.manage:
		return i18n.T(ctx, "draft.publish.look")
	case v.ready.Ready():
		return i18n.T(ctx, "draft.publish.ready")
	}
	return i18n.T(ctx, "draft.publish.not_ready")
}
