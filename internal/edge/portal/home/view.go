package home

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/report"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

var title = i18n.M("home.title")

type view struct {
	Shell page.ShellView
	report.Home
	wall time.Time
}

func (v view) today() calendar.Day { return calendar.DayOf(v.Now) }

// state is the first line: how much waits, and how much of it is late.
func (v view) state(ctx context.Context) string {
	late := 0
	for _, n := range v.Needs {
		if n.Alarm == report.Urgent {
			late++
		}
	}
	switch {
	case len(v.Needs) == 0:
		return i18n.T(ctx, "home.state.nothing")
	case late == 0:
		return i18n.T(ctx, "home.state.waiting", i18n.A{"n": len(v.Needs)})
	}
	return i18n.T(ctx, "home.state.urgent", i18n.A{"n": len(v.Needs), "late": late})
}

// next is the second line: what to do first.
func (v view) next(ctx context.Context) string {
	if len(v.Needs) == 0 {
		return i18n.T(ctx, "home.next.nothing")
	}
	return i18n.T(ctx, "home.next.first", i18n.A{"what": v.Needs[0].Title})
}

var icons = map[report.Area]string{
	report.Reviews: "clipboard-check", report.Money: "building-bank", report.Qualifications: "award", report.People: "users", report.Channel: "building",
	report.Programs: "books", report.System: "server", report.Messages: "bell", report.Support: "ticket",
}

var tones = map[report.Alarm]ui.Tone{report.Calm: ui.Neutral, report.Soon: ui.Warn, report.Urgent: ui.Bad}

// about says what a need is about; somebody's own words are marked as such.
func about(ctx context.Context, m i18n.Msg) string {
	said := i18n.Say(ctx, m)
	if m.Key == i18n.Raw("").Key && said != "" {
		return door.Data(ctx, said)
	}
	return said
}

func (v view) tasks(ctx context.Context) []ui.Task {
	out := make([]ui.Task, 0, len(v.Needs))
	for _, n := range v.Needs {
		t := ui.Task{Href: n.Href, Title: i18n.Say(ctx, n.Title), Sub: about(ctx, n.About), Icon: icons[n.Area]}
		if !n.Left.IsZero() {
			t.Status = ui.Left(tones[n.Alarm], i18n.Say(ctx, n.Left))
		}
		label := i18n.Say(ctx, n.Action)
		if n.Area == report.Messages {
			// Opening a message changes it, so it isn't a link.
			t.Href, t.Action = "", ui.PostButton(n.Href, nil, ui.ButtonView{Label: label, What: t.Title})
		} else {
			t.Action = ui.LinkButton(ui.LinkView{Href: n.Href, Label: label, What: t.Title})
		}
		out = append(out, t)
	}
	return out
}

// level is the card of a program: the level held, what an application would reach, and the line that decides.
func (v view) level(ctx context.Context, p qualification.ProgramView) ui.LevelView {
	href := "/qualifications/" + p.Program
	c := ui.LevelView{Program: i18n.Say(ctx, p.Version.Title.Msg()), Href: href, Level: i18n.T(ctx, "home.level.none"),
		Met: p.MetLines, Total: p.AllLines, Tone: ui.Warn}
	ready := stars(p.Version, p.Apply.BestLevel)
	c.Stars = ui.StarsView{Max: most(p.Version), Ready: ready, Size: ui.Large}
	if p.Held != nil {
		c.Level = i18n.Say(ctx, report.LevelTitle(p.Version, p.Held.Level))
		c.Stars.Have = stars(p.Version, p.Held.Level)
		c.Status = v.standing(ctx, p.Version, p.Held)
		if p.Held.Ends() {
			c.Term = v.term(ctx, p.Held)
		}
	}
	c.Stars.Label = i18n.T(ctx, "home.level.stars", i18n.A{"have": c.Stars.Have, "max": c.Stars.Max, "ready": max(ready, c.Stars.Have)})
	if p.NextLevel != "" {
		next := i18n.Say(ctx, report.LevelTitle(p.Version, p.NextLevel))
		c.Toward = i18n.T(ctx, "home.level.toward", i18n.A{"met": p.MetLines, "all": p.AllLines, "level": next})
	} else {
		c.Total = 0
	}
	if a := p.Open; a != nil {
		c.Tone = ui.Info
		c.Decides = i18n.T(ctx, "home.level.open", i18n.A{"level": report.LevelTitle(p.Version, a.Level), "state": a.Progress().Label()})
		c.Action = ui.LinkButton(ui.LinkView{Href: "/applications/" + a.ID, Label: i18n.T(ctx, "home.level.application")})
		return c
	}
	if p.NextLevel == "" {
		c.Decides, c.Tone = i18n.T(ctx, "home.level.top"), ui.Good
		return c
	}
	c.Decides = i18n.T(ctx, "home.level.decides", i18n.A{"level": report.LevelTitle(p.Version, p.NextLevel), "gap": gap(p)})
	c.Action = ui.LinkButton(ui.LinkView{Href: href + "/advice", Label: i18n.T(ctx, "forecast.to_advice"), What: c.Program, Icon: "route", Kind: ui.Quiet})
	if p.Ban != nil {
		c.Tone, c.Decides = ui.Bad, i18n.Say(ctx, p.Ban.Why())
		return c
	}
	if level := p.ReadyLevel(); level != "" {
		c.Tone = ui.Good
		c.Decides = i18n.T(ctx, "home.level.apply", i18n.A{"level": report.LevelTitle(p.Version, level)})
		c.Action = ui.LinkButton(ui.LinkView{Href: href, Label: i18n.T(ctx, "home.level.see")})
	}
	return c
}

// gap is the sentence of the line that decides the next level.
func gap(p qualification.ProgramView) i18n.Msg {
	l, ok := p.Apply.Level(p.NextLevel)
	if !ok {
		return i18n.Msg{}
	}
	if line, ok := l.Best().Line(p.DecidingLine); ok {
		return line.Gap
	}
	return i18n.Msg{}
}

func (v view) term(ctx context.Context, q *qualification.Qualification) *ui.TermView {
	left := int(q.ValidUntil - v.today())
	whole := max(int(q.ValidUntil-q.ValidFrom), 1)
	return &ui.TermView{From: q.ValidFrom.String(), Until: q.ValidUntil.String(), Tone: ui.ExpiryTone(left),
		Share: min(max(float64(whole-left)/float64(whole), 0), 1), Text: i18n.T(ctx, "home.level.left", i18n.A{"n": max(left, 0)})}
}

func (v view) status(ctx context.Context, q *qualification.Qualification) templ.Component {
	switch {
	case q.State == "suspended":
		return ui.Status(ui.Bad, i18n.T(ctx, "home.level.suspended"))
	case q.Watched():
		return ui.Status(ui.Warn, i18n.T(ctx, "home.level.watched"))
	}
	return ui.Status(ui.Good, i18n.T(ctx, "home.level.valid"))
}

// standing is the status of a level of the own company: one that ends soon says so, as its own page does.
func (v view) standing(ctx context.Context, of *program.Version, q *qualification.Qualification) templ.Component {
	if !q.Watched() && q.Status(of, v.today()) == qualification.StatusExpiring {
		return ui.Status(ui.Warn, i18n.Say(ctx, qualification.StatusExpiring.Label()))
	}
	return v.status(ctx, q)
}

func stars(v *program.Version, level string) int {
	l, _ := v.Level(level)
	return l.Stars
}

func most(v *program.Version) (n int) {
	for _, l := range v.Levels {
		n = max(n, l.Stars)
	}
	return n
}

// heat is how many certificates lapse in which month; each count opens the people behind it.
func (v view) heat(ctx context.Context) ui.HeatView {
	h := ui.HeatView{Caption: i18n.T(ctx, "home.expiries.title"), First: i18n.T(ctx, "home.expiries.code"), Columns: v.Expiries.Months}
	for _, row := range v.Expiries.Rows {
		out := ui.HeatRow{Label: row.Code}
		for _, n := range row.Counts {
			out.Cells = append(out.Cells, ui.HeatCell{N: n, Href: "/people?code=" + row.Code})
		}
		h.Rows = append(h.Rows, out)
	}
	return h
}

func (v view) people(ctx context.Context) []ui.Stat {
	c := v.People
	return []ui.Stat{
		{Label: i18n.T(ctx, "home.people.here"), Value: strconv.Itoa(c.Here), Href: "/people"},
		{Label: i18n.T(ctx, "home.people.registered"), Value: strconv.Itoa(c.Registered), Href: "/people?registered=yes"},
		{Label: i18n.T(ctx, "home.people.expiring"), Value: strconv.Itoa(c.Lapsing), Href: "/people?validity=expiring"},
		{Label: i18n.T(ctx, "home.people.expired"), Value: strconv.Itoa(c.Lapsed), Href: "/people?validity=expired"},
	}
}

// chart is how many partners stand at each level, and how many hold a qualification of it.
func chart(ctx context.Context, c report.ChannelView) ui.ChartView {
	v := ui.ChartView{ID: "channel-" + c.Version.Program, Title: i18n.Say(ctx, c.Version.Title.Msg()), Unit: i18n.T(ctx, "home.channel.unit"),
		Head: i18n.T(ctx, "home.channel.level"), Series: []ui.Series{{Name: i18n.T(ctx, "home.channel.computed")}, {Name: i18n.T(ctx, "home.channel.held")}}}
	for _, l := range c.Levels {
		label := i18n.T(ctx, "home.channel.none")
		if l.Level != "" {
			label = i18n.Say(ctx, report.LevelTitle(c.Version, l.Level))
		}
		v.Labels = append(v.Labels, label)
		v.Series[0].Values = append(v.Series[0].Values, float64(l.Partners))
		v.Series[1].Values = append(v.Series[1].Values, float64(l.Qualified))
	}
	return v
}

// certificates puts a person's own on a time line: those that end next first.
func (v view) certificates(ctx context.Context) (out []ui.Event) {
	for _, c := range v.Own {
		if c.State != credential.Valid {
			continue
		}
		tone := ui.ExpiryTone(int(c.Until - v.today()))
		e := ui.Event{Title: i18n.T(ctx, "home.own.until", i18n.A{"code": c.Code, "day": i18n.From(ctx).Day(c.Until.String())}), Tone: tone, Ahead: c.Until >= v.today()}
		if c.Until < v.today() {
			e.Title = i18n.T(ctx, "home.own.ended", i18n.A{"code": c.Code, "day": i18n.From(ctx).Day(c.Until.String())})
		}
		if !c.IssuedOn.IsNone() {
			e.Text = i18n.T(ctx, "home.own.issued", i18n.A{"day": i18n.From(ctx).Day(c.IssuedOn.String())})
		}
		out = append(out, e)
	}
	return out
}

func (v view) company(ctx context.Context) []ui.Fact {
	c := v.Company
	out := []ui.Fact{{Label: i18n.T(ctx, "home.company.name"), Body: name(c.Name)},
		{Label: i18n.T(ctx, "home.company.kind"), Value: i18n.Say(ctx, account.KindLabel(c.Kind))},
		{Label: i18n.T(ctx, "home.company.state"), Value: i18n.Say(ctx, account.StateLabel(c.State))}}
	if v.Users > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "home.company.users"), Body: ui.Link(ui.LinkView{Href: "/company/users", Label: i18n.T(ctx, "home.company.n_users", i18n.A{"n": v.Users})})})
	}
	return out
}

// support is how the company's tickets stand; each figure opens the list behind it.
func (v view) support(ctx context.Context) []ui.Stat {
	t := v.Tickets
	return []ui.Stat{
		{Label: i18n.T(ctx, "tickets.view.active"), Value: strconv.FormatInt(t.Open, 10), Href: "/tickets"},
		{Label: i18n.T(ctx, "tickets.view.waiting"), Value: strconv.FormatInt(t.Waiting, 10), Href: "/tickets?view=waiting"},
		{Label: i18n.T(ctx, "tickets.home.unread"), Value: strconv.FormatInt(t.Unread, 10), Href: "/tickets?view=all&whose=mine&unread=1"},
	}
}

func (v view) waits(ctx context.Context) string {
	if v.Chain.Waiting == 0 {
		return i18n.T(ctx, "home.chain.sealed")
	}
	return i18n.T(ctx, "home.chain.waiting", i18n.A{"n": int(v.Chain.Waiting)})
}

// waitTone turns bad when an entry has waited for its seal for minutes.
func (v view) waitTone(wall time.Time) ui.Tone {
	switch {
	case v.Chain.Waiting == 0 || v.Chain.Oldest.IsZero():
		return ui.Good
	case wall.Sub(v.Chain.Oldest) > 5*time.Minute:
		return ui.Bad
	}
	return ui.Info
}

func left(ctx context.Context, q qualification.QueueItem) templ.Component {
	words, alarm := report.Working(q.Left)
	return ui.Left(tones[alarm], i18n.Say(ctx, words))
}
