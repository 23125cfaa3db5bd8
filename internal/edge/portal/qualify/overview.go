package qualify

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// overview is the page of all programs.
func (p pages) overview(w http.ResponseWriter, r *http.Request, d door.Door) error {
	m := p.asked(r, d.Path("/qualifications"))
	if m.Past {
		return p.overviewAt(w, r, d, m)
	}
	programs, err := p.q.Overview(r.Context(), site.By(r), d.Account)
	if err != nil {
		return err
	}
	granted, _, err := p.q.Qualifications(r.Context(), site.By(r), qualification.QualificationFilter{Account: d.Account, Limit: 20})
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, overviewPage(door.See(p.Site, r, d), overview{m, programs, granted}))
}

// An overview is what the page shows.
type overview struct {
	moment
	programs []qualification.ProgramView
	granted  []qualification.Qualification
}

// state says what is held.
func (o overview) state(ctx context.Context) string {
	var held []string
	for _, p := range o.programs {
		if p.Held != nil {
			held = append(held, heldLine(ctx, p))
		}
	}
	if len(held) == 0 {
		return i18n.T(ctx, "qualify.overview.none")
	}
	return strings.Join(held, " ")
}

// next is the most urgent thing of all programs.
func (o overview) next(ctx context.Context) string {
	best, rank := "", 99
	for i := range o.programs {
		p := &o.programs[i]
		if text, _, n := decides(ctx, p); n < rank && text != "" {
			best, rank = text, n
		}
	}
	if best == "" {
		return i18n.T(ctx, "qualify.overview.next")
	}
	return best
}

// levelName is a qualification's level in words.
func (o overview) levelName(ctx context.Context, q qualification.Qualification) string {
	for _, p := range o.programs {
		if p.Program == q.Program {
			return Level(ctx, p.Version, q.Level)
		}
	}
	return q.Level
}

func (o overview) programName(ctx context.Context, q qualification.Qualification) string {
	for _, p := range o.programs {
		if p.Program == q.Program {
			return Title(ctx, p.Version)
		}
	}
	return q.Program
}

// held is the level that a partner holds in a program; "" for none.
func held(p *qualification.ProgramView) string {
	if p.Held == nil {
		return ""
	}
	return p.Held.Level
}

// better tells whether an application would reach more than what is held.
func better(p *qualification.ProgramView) bool { return p.ReadyLevel() != "" }

// decides is the sentence that says how a program stands, with its tone and its urgency, 0 the highest.
func decides(ctx context.Context, p *qualification.ProgramView) (string, ui.Tone, int) {
	v := p.Version
	switch {
	case p.Ban != nil:
		return BanLine(ctx, *p.Ban), ui.Bad, 2
	case p.Held != nil && p.Held.State == qualification.Suspended && p.Held.Cause == qualification.CauseStaffing:
		return i18n.T(ctx, "qualify.decides.unfilled"), ui.Bad, 0
	case p.Held != nil && p.Held.State == qualification.Suspended:
		return i18n.T(ctx, "qualify.decides.suspended", i18n.A{"reason": i18n.Raw(p.Held.Reason)}), ui.Bad, 0
	case p.Held != nil && p.Held.Watched():
		return i18n.T(ctx, "qualify.decides.watched", i18n.A{"line": watchLine(v.Line, p.Held.WatchLine), "gap": gapOf(ctx, &p.Hold, p.Held.Level)}), ui.Warn, 1
	case p.Open != nil && p.Open.Progress() == qualification.ProgressToUpdate:
		return i18n.T(ctx, "qualify.decides.update", i18n.A{"day": Day(ctx, calendar.DayOf(p.Open.ReturnDue.Add(-1)))}), ui.Warn, 2
	case p.Open != nil && p.Open.State == qualification.Returned:
		return i18n.T(ctx, "qualify.decides.returned", i18n.A{"day": Day(ctx, calendar.DayOf(p.Open.ReturnDue.Add(-1)))}), ui.Warn, 2
	case len(p.Vacancies) > 0:
		return i18n.T(ctx, "qualify.decides.vacancy", i18n.A{"n": len(p.Vacancies)}), ui.Warn, 3
	case p.Open != nil && p.Open.State == qualification.Draft:
		return i18n.T(ctx, "qualify.decides.draft", i18n.A{"level": Level(ctx, v, p.Open.Level)}), ui.Info, 5
	case p.Open != nil && p.Open.Phase != "":
		return i18n.T(ctx, "qualify.decides.phase", i18n.A{"level": Level(ctx, v, p.Open.Level), "phase": p.Open.Progress().Label(), "day": Due(ctx, p.Open.ReviewDue)}), ui.Info, 8
	case p.Open != nil:
		return i18n.T(ctx, "qualify.decides.waiting", i18n.A{"level": Level(ctx, v, p.Open.Level)}), ui.Info, 8
	case p.Held != nil && p.Renewal.Barred:
		return i18n.Say(ctx, p.Renewal.Why), ui.Warn, 4
	case p.Held != nil && p.Renewal.Open:
		return i18n.T(ctx, "qualify.decides.renew", i18n.A{"day": Day(ctx, p.Held.ValidUntil)}), ui.Warn, 4
	case !p.Refused.IsZero() && p.NextLevel != "":
		return i18n.Say(ctx, p.Refused), ui.Neutral, 10
	case better(p):
		return i18n.T(ctx, "qualify.decides.ready", i18n.A{"level": Level(ctx, v, p.ReadyLevel())}), ui.Good, 6
	case chosenFirst(p):
		return i18n.T(ctx, "qualify.decides.choose"), ui.Neutral, 10
	case p.NextLevel == "":
		return i18n.T(ctx, "qualify.decides.top"), ui.Good, 9
	}
	return i18n.T(ctx, "qualify.decides.gap", i18n.A{"level": Level(ctx, v, p.NextLevel), "gap": gapOf(ctx, &p.Apply, p.NextLevel)}), ui.Neutral, 7
}

// card is one program of the overview.
func card(ctx context.Context, v door.View, p *qualification.ProgramView) ui.LevelView {
	toward := p.NextLevel
	if toward == "" {
		toward = p.Apply.BestLevel
	}
	text, tone, _ := decides(ctx, p)
	c := ui.LevelView{Program: Title(ctx, p.Version), Href: v.Path("/qualifications/" + p.Program), Level: Level(ctx, p.Version, held(p)),
		Stars: Stars(ctx, p.Version, held(p), p.Apply.BestLevel), Met: p.MetLines, Total: p.AllLines, Decides: text, Tone: tone,
		Toward: i18n.T(ctx, "qualify.toward", i18n.A{"met": p.MetLines, "all": p.AllLines, "level": Level(ctx, p.Version, toward)}),
		Status: cardStatus(v, p), Action: cardAction(v, p)}
	if p.Held != nil && p.Held.Ends() {
		c.Term = term(ctx, *p.Held, v.Today())
	}
	return c
}

// An act is the one next thing to do in a program.
type act struct {
	href    string
	words   i18n.Msg
	primary bool
}

// nextAct chooses it: what is under way, then renewal, then a better level, then a vacancy, else a look.
func nextAct(ctx context.Context, v door.View, p *qualification.ProgramView) act {
	page := v.Path("/qualifications/" + p.Program)
	apply := func(level string) string {
		return page + "/apply?" + url.Values{"level": {level}}.Encode()
	}
	may := v.Can(actor.EditApplication) && !v.Vendor
	switch {
	case p.Open != nil && may && p.Open.State == qualification.Returned:
		return act{v.Path("/applications/" + p.Open.ID), i18n.M("qualify.act.correct"), true}
	case p.Open != nil && may && p.Open.State == qualification.Draft:
		return act{v.Path("/applications/" + p.Open.ID), i18n.M("qualify.act.continue"), true}
	case p.Open != nil && v.Can(actor.ViewApplication):
		return act{v.Path("/applications/" + p.Open.ID), i18n.M("qualify.act.status"), false}
	case p.Held != nil && len(p.Vacancies) > 0 && v.Can(actor.ViewRoster):
		return act{v.Path("/people/exits"), i18n.M("qualify.act.vacancies"), may}
	case may && p.Held != nil && p.Renewal.Open && p.Ban == nil && p.Version.LevelIndex(p.Apply.BestLevel) >= 0:
		level := p.Held.Level
		if p.Version.LevelIndex(p.Apply.BestLevel) < p.Version.LevelIndex(level) {
			level = p.Apply.BestLevel
		}
		return act{apply(level), i18n.M("qualify.act.renew"), true}
	case may && better(p) && p.Ban == nil && p.Refused.IsZero():
		return act{apply(p.ReadyLevel()), i18n.M("qualify.act.apply", i18n.A{"level": Level(ctx, p.Version, p.ReadyLevel())}), true}
	}
	return act{page, i18n.M("qualify.act.look"), false}
}

func (a act) kind() ui.Kind {
	if a.primary {
		return ui.Primary
	}
	return ui.Plain
}

// heldStatus is the state of what is held, or of what was never asked for.
func heldStatus(ctx context.Context, p *qualification.ProgramView, today calendar.Day) templ.Component {
	switch {
	case p.Held == nil:
		return ui.Status(ui.Neutral, i18n.T(ctx, "qualify.status.none"))
	case p.Held.State == qualification.Valid && p.Held.Watched():
		return ui.Status(ui.Warn, i18n.T(ctx, "qualify.status.watched"))
	}
	s := p.Held.Status(p.Version, today)
	return ui.Status(StatusTone(s), i18n.Say(ctx, s.Label()))
}
