package report

import (
	"context"
	"slices"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// partner reads every program's state, and what of it needs somebody.
func (b *board) partner(ctx context.Context) (err error) {
	if !b.isPartner() || !b.by.Can(actor.ViewEvaluation) {
		return nil
	}
	if b.home.Programs, err = b.Qualification.Overview(ctx, b.by, b.by.Account); err != nil {
		return err
	}
	all := b.home.Programs
	b.home.Programs = slices.DeleteFunc(slices.Clone(all), func(p qualification.ProgramView) bool { return !p.Relevant() })
	for _, p := range all {
		b.application(p)
		b.vacancies(p)
		b.renewal(p)
		if err := b.lapse(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// application is the one under way, when its next step is the partner's.
func (b *board) application(p qualification.ProgramView) {
	a := p.Open
	if a == nil || !b.by.Can(actor.EditApplication) {
		return
	}
	n := Need{Area: Qualifications, About: about(p, a.Level), Href: "/applications/" + a.ID}
	switch a.State {
	case qualification.Returned:
		n.Title, n.Action = i18n.M("report.correct"), i18n.M("report.correct.do")
		n.Due = a.ReturnDue
		n.Left, n.Alarm = until(a.ReturnDue, b.now)
	case qualification.Draft:
		n.Title, n.Action, n.Left = i18n.M("report.draft"), i18n.M("report.draft.do"), a.State.Label()
	default:
		return
	}
	b.need(n)
}

func (b *board) vacancies(p qualification.ProgramView) {
	for _, v := range p.Vacancies { // none without a held level
		n := Need{Area: People, Title: i18n.M("report.vacancy", i18n.A{"line": lineTitle(p.Version, v.Line)}),
			About: about(p, p.Held.Level), Href: "/people/exits", Action: i18n.M("report.vacancy.do"), Due: v.Due}
		if v.Name != "" {
			n.About = i18n.M("report.vacancy.after", i18n.A{"name": v.Name, "program": about(p, p.Held.Level)})
		}
		n.Left, n.Alarm = until(v.Due, b.now)
		b.need(n)
	}
}

// renewal tells of an open window, and of a level that is suspended.
func (b *board) renewal(p qualification.ProgramView) {
	if p.Held == nil {
		return
	}
	href := "/qualifications/" + p.Program
	if p.Held.State == "suspended" {
		b.need(Need{Area: Qualifications, Title: i18n.M("report.suspended"), About: about(p, p.Held.Level), Href: href,
			Action: i18n.M("report.suspended.do"), Left: i18n.M("report.left.now"), Alarm: Urgent})
	}
	if !p.Renewal.Open || p.Open != nil || p.Renewal.Barred || !p.Held.Ends() {
		return
	}
	n := Need{Area: Qualifications, Title: i18n.M("report.renewal"), About: about(p, p.Held.Level), Href: href,
		Action: i18n.M("report.renewal.do"), Due: p.Held.ValidUntil.AddDays(1).Time()}
	n.Left, n.Alarm = until(n.Due, b.now)
	b.need(n)
}

// lapse looks ahead: the first day on which a line of the level held is lost because something lapses.
func (b *board) lapse(ctx context.Context, p qualification.ProgramView) error {
	if p.Held == nil || p.Facts == nil || p.Version.Staffing == (program.Staffing{}) {
		return nil // a stage isn't lost before its review
	}
	info, err := b.Qualification.Version(ctx, b.by, p.Held.Program+"@"+p.Held.Version)
	if err != nil {
		return err
	}
	l, ok := firstLoss(info.Version, p.Facts, p.Held.Level, b.today)
	if !ok {
		return nil
	}
	n := Need{Area: People, Title: i18n.M("report.lapse", i18n.A{"line": lineTitle(info.Version, l.line)}),
		About: about(p, p.Held.Level), Href: "/qualifications/" + p.Program, Action: i18n.M("report.lapse.do"), Due: l.on.Time()}
	if len(l.who) > 0 {
		first := l.who[0]
		n.Title = i18n.M("report.lapse.of", i18n.A{"name": personName(p.Facts, first.Person), "code": first.Certificate.Code,
			"line": lineTitle(info.Version, l.line)})
		n.Href, n.Action = "/people/"+first.Person, i18n.M("report.lapse.person")
	}
	n.Left, n.Alarm = until(n.Due, b.now)
	b.need(n)
	return nil
}

// A loss is a line that stops to be met, the day, and whose certificates end by then.
type loss struct {
	line string
	on   calendar.Day
	who  []program.Slot
}

func firstLoss(v *program.Version, f *program.Facts, level string, today calendar.Day) (loss, bool) {
	before := program.Evaluate(v, f, today.Time(), program.Hold)
	held, ok := before.Level(level)
	if !ok || !held.Met {
		return loss{}, false // lost already: watch and vacancies tell of it
	}
	for _, day := range program.Instants(v, f, today, today.AddDays(lapseDays), program.Hold) {
		e := program.Evaluate(v, f, day.Time(), program.Hold)
		l, ok := e.Level(level)
		if !ok || l.Met {
			continue
		}
		out := loss{line: l.Deciding.Line, on: day}
		if was, ok := held.Best().Line(l.Deciding.Line); ok {
			for _, s := range was.Slots {
				if !s.ValidFor.IsNone() && s.ValidFor < day {
					out.who = append(out.who, s)
				}
			}
		}
		return out, true
	}
	return loss{}, false
}

// staffing are changes among the engineers that nobody has reported yet.
func (b *board) staffing(ctx context.Context) error {
	if !b.isPartner() || !b.by.Can(actor.ReportExit) {
		return nil
	}
	exits, err := b.Qualification.Exits(ctx, b.by, b.by.Account)
	for _, x := range exits {
		if !x.Open() {
			continue
		}
		n := Need{Area: People, Title: i18n.M("report.exit", i18n.A{"name": x.Name}),
			About: i18n.M("report.exit.about", i18n.A{"day": i18n.Raw(x.ExitOn.String())}),
			Href:  "/people/exits", Action: i18n.M("report.exit.do"), Due: x.ReportDue}
		n.Left, n.Alarm = until(x.ReportDue, b.now)
		b.need(n)
	}
	return err
}

// imports are checked files that wait for a yes, and the state of the roster beside.
func (b *board) imports(ctx context.Context) (err error) {
	if !b.isPartner() || !b.by.Can(actor.ViewRoster) {
		return nil
	}
	if b.by.Can(actor.ImportRoster) {
		list, _, err := b.Roster.Imports(ctx, b.by, b.by.Account, "", 20)
		if err != nil {
			return err
		}
		for _, imp := range list {
			if imp.State == roster.Preview {
				b.need(Need{Area: People, Title: i18n.M("report.import"), About: i18n.Raw(imp.FileName), Href: "/imports/" + imp.ID,
					Action: i18n.M("report.import.do"), Left: i18n.M("report.left.waiting")})
			}
		}
	}
	heat, err := b.Roster.Expiries(ctx, b.by, b.by.Account, heatMonths)
	if err != nil {
		return err
	}
	counts, err := b.Roster.Counts(ctx, b.by, b.by.Account)
	b.home.Expiries, b.home.People = &heat, &counts
	return err
}

// holdings is for those at a partner who see what is held, but not how it's computed.
func (b *board) holdings(ctx context.Context) (err error) {
	if !b.isPartner() || b.by.Can(actor.ViewEvaluation) || !b.by.Can(actor.ViewQualification) {
		return nil
	}
	b.home.Held, _, err = b.Qualification.Qualifications(ctx, b.by, qualification.QualificationFilter{Account: b.by.Account, State: "valid", Limit: 20})
	return err
}

func about(p qualification.ProgramView, level string) i18n.Msg {
	return i18n.M("report.level", i18n.A{"program": p.Version.Title.Msg(), "level": LevelTitle(p.Version, level)})
}

// LevelTitle is a level's name; one that the version doesn't know is shown by its id.
func LevelTitle(v *program.Version, level string) i18n.Msg {
	if l, ok := v.Level(level); ok {
		return l.Title.Msg()
	}
	return i18n.Raw(level)
}

func lineTitle(v *program.Version, line string) i18n.Msg {
	if l, ok := v.Line(line); ok {
		return l.Title.Msg()
	}
	return i18n.Raw(line)
}

func personName(f *program.Facts, id string) string {
	if p, ok := f.Person(id); ok {
		return p.Name
	}
	return id
}
