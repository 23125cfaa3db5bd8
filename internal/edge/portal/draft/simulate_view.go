package draft

import (
	"context"
	"strings"

	"hanse/internal/domain/program"
	"hanse/internal/domain/simulation"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

type simulationsView struct {
	door.View
	all  []simulation.Simulation
	next string
}

type askView struct {
	door.View
	draftID string
	ref     string
	name    string
	others  []string
}

func (v askView) options() (out []ui.Option) {
	for _, b := range v.others {
		out = append(out, ui.Option{Value: b, Label: door.Data(v.R.Context(), b)})
	}
	return out
}

// A runView is a simulation with its two versions.
type runView struct {
	door.View
	m        simulation.Simulation
	old, new *program.Version
	draft    simulation.Draft
	manage   bool
}

func (v runView) path(sub string) string { return "/simulations/" + v.m.ID + sub }

func purposeText(ctx context.Context, p program.Purpose) string {
	if p == program.Apply {
		return i18n.T(ctx, "draft.for.apply")
	}
	return i18n.T(ctx, "draft.for.hold")
}

func runTone(s simulation.RunState) ui.Tone {
	switch s {
	case simulation.Done:
		return ui.Good
	case simulation.Cancelled:
		return ui.Warn
	}
	return ui.Info
}

func effectTone(e simulation.Effect) ui.Tone {
	switch e {
	case simulation.Gain:
		return ui.Good
	case simulation.Lose:
		return ui.Bad
	}
	return ui.Neutral
}

// state is the first line: what comes out, or how far it is.
func (v runView) state(ctx context.Context) string {
	c := v.m.Counts
	switch v.m.State {
	case simulation.Done:
		return i18n.T(ctx, "draft.run.result", i18n.A{"gain": c.Gain, "lose": c.Lose, "stay": c.Stay})
	case simulation.Cancelled:
		return i18n.T(ctx, "draft.run.stopped", i18n.A{"n": v.m.Partners, "all": v.m.Total})
	}
	return i18n.T(ctx, "draft.run.progress", i18n.A{"n": v.m.Partners, "all": v.m.Total})
}

// next is what to do now.
func (v runView) next(ctx context.Context) string {
	switch {
	case v.m.State == simulation.Cancelled:
		return i18n.T(ctx, "draft.run.next_cancelled")
	case v.m.Under():
		return i18n.T(ctx, "draft.run.next_running")
	case v.m.Draft == "":
		return i18n.T(ctx, "draft.run.next_version")
	case v.draft.State != simulation.Open:
		return i18n.T(ctx, "draft.run.next_closed")
	case v.draft.Hash() != v.m.Hash:
		return i18n.T(ctx, "draft.run.next_changed")
	}
	return i18n.T(ctx, "draft.run.next_publish")
}

// versions names what was compared.
func (v runView) facts(ctx context.Context) []ui.Fact {
	out := []ui.Fact{
		{Label: i18n.T(ctx, "draft.run.new"), Value: door.Data(ctx, v.m.Ref)},
		{Label: i18n.T(ctx, "draft.run.old"), Value: door.Data(ctx, v.m.Against)},
		{Label: i18n.T(ctx, "draft.run.at"), Value: i18n.From(ctx).DateTime(v.m.At)},
		{Label: i18n.T(ctx, "draft.run.for"), Value: purposeText(ctx, v.m.For)},
		{Label: i18n.T(ctx, "draft.run.asked"), Value: i18n.T(ctx, "draft.by_at", i18n.A{"who": v.m.AskedName, "at": i18n.From(ctx).DateTime(v.m.CreatedAt)})},
	}
	return out
}

func (v runView) stats(ctx context.Context) []ui.Stat {
	c, l := v.m.Counts, i18n.From(ctx)
	held := func(n int64) string { return i18n.T(ctx, "draft.run.held", i18n.A{"n": n}) }
	return []ui.Stat{
		{Label: i18n.T(ctx, "draft.run.lose"), Value: l.Int(c.Lose), Sub: held(c.HeldLose), Href: v.path("/partners?effect=lose"), Tone: ui.Bad},
		{Label: i18n.T(ctx, "draft.run.gain"), Value: l.Int(c.Gain), Sub: held(c.HeldGain), Href: v.path("/partners?effect=gain"), Tone: ui.Good},
		{Label: i18n.T(ctx, "draft.run.stay"), Value: l.Int(c.Stay), Sub: held(c.HeldStay), Href: v.path("/partners?effect=stay")},
	}
}

// chart sets the levels before and after side by side.
func (v runView) chart(ctx context.Context) ui.ChartView {
	c := ui.ChartView{ID: "levels", Title: i18n.T(ctx, "draft.run.levels"), Unit: i18n.T(ctx, "draft.run.partners"), Head: i18n.T(ctx, "draft.run.level")}
	before, after := ui.Series{Name: i18n.T(ctx, "draft.run.before")}, ui.Series{Name: i18n.T(ctx, "draft.run.after")}
	add := func(level, title string) {
		c.Labels = append(c.Labels, title)
		before.Values = append(before.Values, float64(v.m.Counts.Old[level]))
		after.Values = append(after.Values, float64(v.m.Counts.New[level]))
	}
	add("", i18n.T(ctx, "draft.no_level"))
	for _, l := range v.new.Levels {
		add(l.ID, i18n.Say(ctx, l.Title.Msg()))
	}
	for _, l := range v.old.Levels {
		if v.new.LevelIndex(l.ID) < 0 {
			add(l.ID, i18n.Say(ctx, l.Title.Msg()))
		}
	}
	c.Series = []ui.Series{before, after}
	return c
}

// A lineCount is how many partners gain or lose by a line.
type lineCount struct {
	title string
	id    string
	n     int64
	share float64
	href  string
}

// lines are the deciding lines of an effect, the most frequent first.
func (v runView) lines(ctx context.Context, e simulation.Effect) (out []lineCount) {
	all := v.m.Counts.Lines[e]
	total := map[simulation.Effect]int64{simulation.Gain: v.m.Counts.Gain, simulation.Lose: v.m.Counts.Lose, simulation.Stay: v.m.Counts.Stay}[e]
	for _, id := range sorted(all) {
		x := lineCount{title: v.lineTitle(ctx, e, id), id: id, n: all[id], share: float64(all[id]) / float64(max(total, 1))}
		if e != simulation.Stay {
			x.href = v.path("/partners?effect=" + string(e) + "&line=" + id)
		}
		out = append(out, x)
	}
	return out
}

// lineTitle names a deciding line: of who gains, it's one of the old version.
func (v runView) lineTitle(ctx context.Context, e simulation.Effect, id string) string {
	if id == simulation.EligibilityLine {
		return i18n.T(ctx, "draft.line.eligibility")
	}
	first, second := v.new, v.old
	if e == simulation.Gain {
		first, second = v.old, v.new
	}
	for _, x := range []*program.Version{first, second} {
		if l, ok := x.Line(id); ok {
			return i18n.Say(ctx, l.Title.Msg())
		}
	}
	return id
}

// A move is how many partners go from one level to another.
type move struct {
	from, to string
	n        int64
	href     string
}

func (v runView) moves(ctx context.Context) (out []move) {
	code := func(level string) string {
		if level == "" {
			return none
		}
		return level
	}
	for _, key := range sorted(v.m.Counts.Moves) {
		from, to, _ := strings.Cut(key, ">")
		out = append(out, move{levelTitle(ctx, v.old, from), levelTitle(ctx, v.new, to), v.m.Counts.Moves[key],
			v.path("/partners?old=" + code(from) + "&new=" + code(to))})
	}
	return out
}

type partnersView struct {
	runView
	filter simulation.OutcomeFilter
	all    []simulation.Outcome
	next   string
}

func (v partnersView) fields(ctx context.Context) []ui.FieldView {
	effects := ui.FieldView{Name: "effect", Label: i18n.T(ctx, "draft.list.all_effects"), Value: string(v.filter.Effect)}
	for _, e := range []simulation.Effect{simulation.Lose, simulation.Gain, simulation.Stay} {
		effects.Options = append(effects.Options, ui.Option{Value: string(e), Label: i18n.Say(ctx, e.Label())})
	}
	lines := ui.FieldView{Name: "line", Label: i18n.T(ctx, "draft.list.all_lines"), Value: v.filter.Line}
	seen := map[string]bool{}
	for _, e := range []simulation.Effect{simulation.Lose, simulation.Gain} {
		for _, x := range v.lines(ctx, e) {
			if !seen[x.id] {
				seen[x.id] = true
				lines.Options = append(lines.Options, ui.Option{Value: x.id, Label: x.title})
			}
		}
	}
	held := ui.FieldView{Name: "held", Label: i18n.T(ctx, "draft.list.everybody"), Options: []ui.Option{{Value: "yes", Label: i18n.T(ctx, "draft.list.held")}}}
	if v.filter.HeldOnly {
		held.Value = "yes"
	}
	if len(lines.Options) == 0 {
		return []ui.FieldView{effects, held}
	}
	return []ui.FieldView{effects, lines, held}
}

// hidden keeps the part of the filter that links alone set.
func (v partnersView) hidden() (out [][2]string) {
	for _, name := range []string{"old", "new"} {
		if x := v.R.URL.Query().Get(name); x != "" {
			out = append(out, [2]string{name, x})
		}
	}
	return out
}

func (v partnersView) state(ctx context.Context) string {
	if v.filter.OldLevel != simulation.AnyLevel && v.filter.NewLevel != simulation.AnyLevel {
		return i18n.T(ctx, "draft.list.move", i18n.A{"from": levelTitle(ctx, v.old, v.filter.OldLevel), "to": levelTitle(ctx, v.new, v.filter.NewLevel)})
	}
	return v.runView.state(ctx)
}

// A partnerView explains one partner under both versions, for one level.
type partnerView struct {
	runView
	e     simulation.Explained
	level string
	rows  []lineRow
}

// A lineRow is one requirement under both versions; a nil side doesn't ask it.
type lineRow struct {
	id       string
	title    i18n.Msg
	old, new *program.LineResult
	decides  bool
}

// newPartnerView chooses the level that matters: the one that is lost or gained, else the next above.
func newPartnerView(run runView, e simulation.Explained, level string) partnerView {
	v := partnerView{runView: run, e: e, level: level}
	if _, ok := e.New.Level(level); !ok {
		v.level = v.matters()
	}
	old, _ := e.Before.Level(v.level)
	new, _ := e.After.Level(v.level)
	var before, after *program.TrackResult
	if old != nil && len(old.Tracks) > 0 {
		before = old.Best()
	}
	if new != nil && len(new.Tracks) > 0 {
		after = new.Best()
	}
	v.rows = rows(e, before, after)
	if new != nil && !new.Met {
		for i := range v.rows {
			v.rows[i].decides = v.rows[i].id == new.Deciding.Line
		}
	}
	return v
}

func (v partnerView) matters() string {
	was, is := v.e.Before.BestLevel, v.e.After.BestLevel
	if v.e.New.LevelIndex(was) > v.e.New.LevelIndex(is) {
		return was
	}
	if v.e.New.LevelIndex(is) > v.e.New.LevelIndex(was) {
		return is
	}
	return v.e.New.Levels[min(v.e.New.LevelIndex(is)+1, len(v.e.New.Levels)-1)].ID
}

// rows sets the lines of both tracks side by side, in the new version's order, dropped ones last.
func rows(e simulation.Explained, before, after *program.TrackResult) (out []lineRow) {
	find := func(t *program.TrackResult, id string) *program.LineResult {
		if t == nil {
			return nil
		}
		l, ok := t.Line(id)
		if !ok {
			return nil
		}
		return l
	}
	add := func(v *program.Version) {
		for i := range v.Lines {
			l := &v.Lines[i]
			x := lineRow{id: l.ID, title: l.Title.Msg(), old: find(before, l.ID), new: find(after, l.ID)}
			known := false
			for _, y := range out {
				known = known || y.id == l.ID
			}
			if !known && (x.old != nil || x.new != nil) {
				out = append(out, x)
			}
		}
	}
	add(e.New)
	add(e.Old)
	return out
}

func (v partnerView) levelTabs(ctx context.Context) (out []ui.Tab) {
	for _, l := range v.e.New.Levels {
		out = append(out, ui.Tab{Href: v.path("/partners/" + v.e.Partner + "?level=" + l.ID), Label: i18n.Say(ctx, l.Title.Msg()), Current: l.ID == v.level})
	}
	return out
}

func (v partnerView) state(ctx context.Context) string {
	was, is := levelTitle(ctx, v.e.Old, v.e.Before.BestLevel), levelTitle(ctx, v.e.New, v.e.After.BestLevel)
	return i18n.T(ctx, "draft.partner.state", i18n.A{"before": was, "after": is})
}

// next says what would close the gap.
func (v partnerView) next(ctx context.Context) string {
	if !v.e.NewEligible && v.m.For == program.Apply {
		return i18n.T(ctx, "draft.partner.not_eligible")
	}
	for _, r := range v.rows {
		if r.decides && r.new != nil && !r.new.Gap.IsZero() {
			return i18n.Say(ctx, r.new.Gap)
		}
	}
	return i18n.T(ctx, "draft.partner.level_met", i18n.A{"level": levelTitle(ctx, v.e.New, v.level)})
}

// moved tells whether the facts have changed since the simulation looked.
func (v partnerView) moved() bool {
	if v.e.Stored == nil {
		return false
	}
	return v.e.Stored.OldLevel != v.e.Before.BestLevel || v.e.Stored.NewLevel != v.e.After.BestLevel
}

// people names who fills a line.
func (v partnerView) people(l *program.LineResult) string {
	var out []string
	for _, id := range l.FilledBy {
		if p, ok := v.e.Facts.Person(id); ok {
			out = append(out, p.Name)
		}
	}
	return strings.Join(out, ", ")
}
