package policy

import (
	"context"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// status says whether a version is used now, later, or no more.
func status(ctx context.Context, v qualification.VersionInfo, today calendar.Day) templ.Component {
	switch {
	case v.State == "retired":
		return ui.Status(ui.Neutral, i18n.T(ctx, "policy.state.retired"))
	case v.InForce:
		return ui.Status(ui.Good, i18n.T(ctx, "policy.state.in_force"))
	case v.Version.EffectiveFrom <= today: // a later one has taken its place
		return ui.Status(ui.Neutral, i18n.T(ctx, "policy.state.past"))
	}
	return ui.Status(ui.Info, i18n.T(ctx, "policy.state.planned"))
}

func (v versionView) name(ctx context.Context) string { return i18n.Say(ctx, v.Version.Title.Msg()) }

// state is the first line: from when to when applications use this version.
func (v versionView) state(ctx context.Context) string {
	day := i18n.From(ctx).Day
	if v.Version.EffectiveUntil.IsNone() {
		return i18n.T(ctx, "policy.version.since", i18n.A{"version": v.Version.Number, "from": day(v.Version.EffectiveFrom.String())})
	}
	return i18n.T(ctx, "policy.version.between", i18n.A{"version": v.Version.Number, "from": day(v.Version.EffectiveFrom.String()),
		"until": day(v.Version.EffectiveUntil.String())})
}

func (v versionView) tabs(ctx context.Context, current string) []ui.Tab {
	base := "/programs/" + v.Ref
	tabs := []ui.Tab{
		{Href: base, Label: i18n.T(ctx, "policy.tab.policy"), Current: current == ""},
		{Href: base + "/changes", Label: i18n.T(ctx, "policy.tab.changes"), Current: current == "changes"},
		{Href: base + "/tests", Label: i18n.T(ctx, "policy.tab.tests"), Current: current == "tests"},
		{Href: base + "/source", Label: i18n.T(ctx, "policy.tab.source"), Current: current == "source"},
	}
	return tabs
}

// matrix sets a track's levels side by side.
func matrix(ctx context.Context, v *program.Version, t program.Track) ui.MatrixView {
	m := ui.MatrixView{Plain: true, Caption: i18n.Say(ctx, t.Title.Msg()), First: i18n.T(ctx, "policy.requirement")}
	most := 0
	for _, l := range v.Levels {
		most = max(most, l.Stars)
	}
	for _, l := range v.Levels {
		m.Levels = append(m.Levels, ui.MatrixLevel{Label: i18n.Say(ctx, l.Title.Msg()), Stars: ui.StarsView{Have: l.Stars, Max: most,
			Label: i18n.T(ctx, "policy.stars", i18n.A{"n": l.Stars})}})
	}
	for _, row := range v.PolicyOf(t.ID) {
		out := ui.MatrixRow{Label: i18n.Say(ctx, row.Line.Title.Msg())}
		for _, c := range row.Cells {
			out.Cells = append(out.Cells, ui.MatrixCell{Text: i18n.Say(ctx, c)})
		}
		m.Rows = append(m.Rows, out)
	}
	return m
}

// counted is how lines are counted, in words, where the program says so.
func counted(ctx context.Context, v *program.Version) (out []ui.Fact) {
	for _, l := range v.Lines {
		if l.Help.En != "" {
			out = append(out, ui.Fact{Label: i18n.Say(ctx, l.Title.Msg()), Value: i18n.Say(ctx, l.Help.Msg())})
		}
	}
	return out
}

// rules are the duties and dates of the version.
func rules(ctx context.Context, v *program.Version) []ui.Fact {
	var out []ui.Fact
	add := func(label, value string) {
		if value != "" {
			out = append(out, ui.Fact{Label: label, Value: value})
		}
	}
	add(i18n.T(ctx, "policy.rule.eligible"), i18n.Say(ctx, v.Eligibility.Text.Msg()))
	add(i18n.T(ctx, "policy.rule.apply"), i18n.Say(ctx, v.Application.Text.Msg()))
	if v.ByInvitation() {
		add(i18n.T(ctx, "policy.rule.entry"), i18n.T(ctx, "policy.rule.invitation"))
	}
	if v.OneAccount {
		add(i18n.T(ctx, "policy.rule.accounts"), i18n.T(ctx, "policy.rule.one_account"))
	}
	if v.People.Confirmed {
		add(i18n.T(ctx, "policy.rule.people"), i18n.T(ctx, "policy.rule.confirmed"))
	}
	if n := v.Application.MinRemainingMonths; n > 0 {
		add(i18n.T(ctx, "policy.rule.remaining"), i18n.T(ctx, "policy.rule.remaining_text", i18n.A{"n": n}))
	}
	add(i18n.T(ctx, "policy.rule.review"), i18n.T(ctx, "policy.rule.review_text", i18n.A{"n": v.Application.ReviewDays()}))
	for _, p := range v.Application.Phases {
		add(i18n.Say(ctx, program.PhaseName(p.ID)), i18n.T(ctx, "policy.rule.review_text", i18n.A{"n": p.WorkingDays}))
	}
	if n := v.Application.CorrectionDays; n > 0 {
		add(i18n.T(ctx, "policy.rule.correction"), i18n.T(ctx, "policy.rule.correction_text", i18n.A{"n": n}))
	}
	if n := v.Application.BanMonths; n > 0 {
		add(i18n.T(ctx, "policy.rule.ban"), i18n.T(ctx, "policy.rule.ban_text", i18n.A{"n": n}))
	}
	add(i18n.T(ctx, "policy.rule.validity"), i18n.Say(ctx, v.Validity.Msg()))
	for _, a := range v.Materials {
		for _, l := range v.Levels {
			if n := a.Need[l.ID]; n > 0 {
				add(i18n.T(ctx, "policy.rule.attach", i18n.A{"level": l.Title.Msg()}), i18n.T(ctx, "policy.rule.attach_text",
					i18n.A{"count": n, "what": a.Title.Msg()}))
			}
		}
	}
	if v.Recertification.OpensDaysBefore > 0 {
		add(i18n.T(ctx, "policy.rule.renewal"), i18n.T(ctx, "policy.rule.renewal_text", i18n.A{"n": v.Recertification.OpensDaysBefore})+" "+
			i18n.Say(ctx, v.Recertification.Text.Msg()))
	}
	if v.Staffing.ReportWorkingDays > 0 {
		add(i18n.T(ctx, "policy.rule.exit"), i18n.T(ctx, "policy.rule.exit_text", i18n.A{"n": v.Staffing.ReportWorkingDays}))
	}
	if v.Staffing.VacancyMonths > 0 {
		add(i18n.T(ctx, "policy.rule.vacancy"), i18n.T(ctx, "policy.rule.vacancy_text", i18n.A{"n": v.Staffing.VacancyMonths}))
	}
	return out
}

func per(ctx context.Context, e program.EvidenceAsk) string {
	switch {
	case e.Per == program.PerCertificate:
		return i18n.T(ctx, "policy.evidence.certificate")
	case e.Optional:
		return i18n.T(ctx, "policy.evidence.optional")
	}
	return i18n.T(ctx, "policy.evidence.once")
}

func levelTitle(ctx context.Context, v *program.Version, level string) string {
	if l, ok := v.Level(level); ok {
		return i18n.Say(ctx, l.Title.Msg())
	}
	return level
}

// asked is a need in words; a zero message is no need.
func asked(ctx context.Context, m i18n.Msg) string {
	if m.IsZero() {
		return i18n.T(ctx, "policy.change.nothing")
	}
	return i18n.Say(ctx, m)
}

func place(p program.Problem) string {
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
}

func (t testsView) verdict(ctx context.Context) string {
	switch {
	case len(t.Broken) > 0:
		return i18n.T(ctx, "policy.tests.broken")
	case len(t.Results) == 0:
		return i18n.T(ctx, "policy.tests.none")
	case t.Failed > 0:
		return i18n.T(ctx, "policy.tests.failed", i18n.A{"n": t.Failed, "all": len(t.Results)})
	}
	return i18n.T(ctx, "policy.tests.passed", i18n.A{"n": len(t.Results)})
}

func listColumns(ctx context.Context, files bool) []ui.Column {
	out := []ui.Column{{Label: i18n.T(ctx, "policy.version")}, {Label: i18n.T(ctx, "policy.in_use")}, {Label: i18n.T(ctx, "policy.from")}, {Label: i18n.T(ctx, "policy.until")}}
	if files {
		out = append(out, ui.Column{Label: i18n.T(ctx, "policy.file")}, ui.Column{Label: i18n.T(ctx, "policy.loaded")})
	}
	return out
}

// trackTitle names a track; a version with one way needs no name for it.
func trackTitle(ctx context.Context, v *program.Version, t program.Track) string {
	if len(v.Tracks) == 0 {
		return i18n.T(ctx, "policy.levels")
	}
	return i18n.Say(ctx, t.Title.Msg())
}

func trackSub(ctx context.Context, v *program.Version) string {
	if len(v.Tracks) < 2 {
		return i18n.T(ctx, "policy.levels.sub")
	}
	return i18n.T(ctx, "policy.tracks.sub")
}

func notes(ctx context.Context, v *program.Version) (out []ui.Fact) {
	for _, n := range v.Notes {
		out = append(out, ui.Fact{Label: i18n.Say(ctx, n.Title.Msg()), Value: i18n.Say(ctx, n.Text.Msg())})
	}
	return out
}

func benefitFacts(ctx context.Context, v *program.Version) (out []ui.Fact) {
	for _, b := range v.Benefits {
		out = append(out, ui.Fact{Label: levelTitle(ctx, v, b.Level), Value: i18n.Say(ctx, b.Text.Msg())})
	}
	return out
}

func changesSub(ctx context.Context, v versionView) string {
	if v.Before == nil {
		return i18n.T(ctx, "policy.changes.first")
	}
	return i18n.T(ctx, "policy.changes.since", i18n.A{"ref": v.Before.Ref()})
}

func beforeRef(v versionView) string {
	if v.Before == nil {
		return ""
	}
	return v.Before.Ref()
}

func otherRefs(ctx context.Context, v versionView) (out []ui.Option) {
	for _, ref := range v.Others {
		out = append(out, ui.Option{Value: ref, Label: door.Data(ctx, ref)})
	}
	return out
}
