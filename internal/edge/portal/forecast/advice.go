package forecast

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// An adviceView is the cheapest plan with what it was compared with.
type adviceView struct {
	look
	qualification.Advised
	Base   string // of the door, before /people/…
	Edit   bool   // the reader may do something about it
	People bool   // the reader may see the people's pages
}

// advice is the page of the cheapest plan to a level.
func (p pages) advice(w http.ResponseWriter, r *http.Request, d door.Door) error {
	l := p.look(r, d.Path("/qualifications/"+r.PathValue("program")+"/advice"), program.Apply, "track", "ready")
	ask := qualification.AdviceAsk{Level: l.query.Get("level"), Track: l.query.Get("track"), Purpose: l.For}
	ask.Ready, _ = calendar.ParseOptional(l.query.Get("ready"))
	a, err := p.q.Advice(r.Context(), site.By(r), d.Account, l.ref(), l.at(), ask)
	if refused(err) { // an old address: what it asks for is no more
		l.Wrong = true
		a, err = p.q.Advice(r.Context(), site.By(r), d.Account, l.ref(), l.at(), qualification.AdviceAsk{Purpose: l.For})
	}
	if err != nil {
		return err
	}
	v := adviceView{look: l, Advised: a, Base: d.Base, Edit: !d.Vendor, People: site.By(r).Can(actor.ViewRoster)}
	return p.Show(w, r, http.StatusOK, advicePage(door.See(p.Site, r, d), v))
}

// refused tells whether a question can't be asked like that.
func refused(err error) bool { return fault.KindOf(err) == fault.KindInvalid }

// state is the first line: what the level takes.
func (v adviceView) state(ctx context.Context) string {
	b := &v.Advice.Best
	if len(b.Actions) > 0 && len(b.Steps) > 0 {
		return i18n.T(ctx, "forecast.and", i18n.A{"first": v.takes(ctx), "second": i18n.T(ctx, "forecast.advice.and_steps", i18n.A{"n": len(b.Steps)})})
	}
	return v.takes(ctx)
}

func (v adviceView) takes(ctx context.Context) string {
	b := &v.Advice.Best
	args := i18n.A{"level": level(ctx, v.Version, v.Ask.Level), "n": len(b.Actions), "steps": len(b.Steps), "cost": money(ctx, b.Cost),
		"weeks": b.Weeks, "day": day(ctx, b.Ready)}
	switch {
	case b.Met():
		return i18n.T(ctx, "forecast.advice.met", args)
	case len(b.Actions) == 0:
		return i18n.T(ctx, "forecast.advice.steps_only", i18n.A{"level": args["level"], "n": len(b.Steps)})
	case b.Priced():
		return i18n.T(ctx, "forecast.advice.priced", args)
	}
	return i18n.T(ctx, "forecast.advice.free", args)
}

// next is the second line: what comes first.
func (v adviceView) next(ctx context.Context) string {
	b := &v.Advice.Best
	switch {
	case b.Met() && v.For == program.Apply:
		return i18n.T(ctx, "forecast.advice.next_apply")
	case b.Met():
		return i18n.T(ctx, "forecast.advice.next_keep")
	case len(b.Actions) == 0:
		return i18n.T(ctx, "forecast.advice.next_steps")
	}
	first := b.Actions[0]
	for _, x := range b.Actions {
		if x.Until < first.Until {
			first = x
		}
	}
	return i18n.T(ctx, "forecast.advice.next_first", i18n.A{"person": v.who(ctx, first.Person), "action": v.action(ctx, first), "day": day(ctx, first.Until)})
}

// who is a person's name, or what a newcomer is called.
func (v adviceView) who(ctx context.Context, person string) string {
	if n, ok := strings.CutPrefix(person, "new-"); ok {
		return i18n.T(ctx, "forecast.newcomer", i18n.A{"i": n})
	}
	return door.Data(ctx, v.Name(person))
}

func (v adviceView) href(person string) string {
	if strings.HasPrefix(person, "new-") || !v.People {
		return ""
	}
	return v.Base + "/people/" + person
}

// action is what a person does, in words.
func (v adviceView) action(ctx context.Context, a program.Action) string {
	args := i18n.A{"code": a.Code, "day": day(ctx, a.Held)}
	switch a.Kind {
	case program.ActHire:
		return i18n.T(ctx, "forecast.act.hire")
	case program.ActRegister:
		return i18n.T(ctx, "forecast.act.register")
	case program.ActConfirm:
		return i18n.T(ctx, "forecast.act.confirm")
	case program.ActName:
		return i18n.T(ctx, "forecast.act.name")
	case program.ActService:
		return i18n.T(ctx, "forecast.act.service")
	case program.ActManage:
		return i18n.T(ctx, "forecast.act.manage")
	case program.ActRenew:
		return i18n.T(ctx, "forecast.act.renew", args)
	}
	return i18n.T(ctx, "forecast.act.take", args)
}

// money is a cost in the reader's way; a dash when nothing is to pay.
func money(ctx context.Context, c program.Cost) string {
	if c.Minor == 0 {
		return "–"
	}
	return i18n.From(ctx).Money(c.Minor, c.Currency)
}

func weeks(ctx context.Context, n int) string {
	if n == 0 {
		return "–"
	}
	return i18n.T(ctx, "forecast.weeks", i18n.A{"n": n})
}

// levels are tabs for the level that is wanted.
func (v adviceView) levels(ctx context.Context) (tabs []ui.Tab) {
	for _, l := range v.Version.Levels {
		tabs = append(tabs, ui.Tab{Href: v.look.href("level", l.ID), Label: i18n.Say(ctx, l.Title.Msg()), Current: l.ID == v.Ask.Level})
	}
	return tabs
}

// fields are the form of the question.
func (v adviceView) fields(ctx context.Context) []ui.FieldView {
	out := []ui.FieldView{v.dayField(ctx)}
	if tracks := v.Version.AllTracks(); len(tracks) > 1 {
		f := ui.FieldView{Name: "track", Label: i18n.T(ctx, "forecast.track"), Value: v.Ask.Track, Options: []ui.Option{{Label: i18n.T(ctx, "forecast.track.best")}}}
		for _, t := range tracks {
			f.Options = append(f.Options, ui.Option{Value: t.ID, Label: i18n.Say(ctx, t.Title.Msg())})
		}
		out = append(out, f)
	}
	ready := ""
	if !v.Ask.Ready.IsNone() {
		ready = v.Ask.Ready.String()
	}
	return append(out, ui.FieldView{Name: "ready", Label: i18n.T(ctx, "forecast.ready"), Type: "date", Value: ready})
}

// step is where a step is done, if the reader can do it.
func (v adviceView) step(line string) string {
	l, ok := v.Version.Line(line)
	if !ok || !v.Edit {
		return ""
	}
	switch l.Kind {
	case "hotline", "service_email", "service_manager", "issue_tracking", "events", "credits", "projects", "laboratory",
		"facilities", "languages", "branches":
		return "/company/service"
	case "materials":
		return "/materials"
	case "holdings", "prior":
		return "/qualifications"
	case "certified", "certificates", "persons", "managers", "named_engineers", "certificate_types":
		return "/people"
	}
	return ""
}

// why says how one knows that nothing is cheaper.
func (v adviceView) why(ctx context.Context) (out []ui.Fact) {
	b := &v.Advice.Best
	add := func(label, value string) { out = append(out, ui.Fact{Label: label, Value: value}) }
	proof := i18n.T(ctx, "forecast.why.exact")
	switch {
	case !b.Exact && b.Above == 0:
		proof = i18n.T(ctx, "forecast.why.cheapest")
	case !b.Exact:
		proof = i18n.T(ctx, "forecast.why.bound", i18n.A{"n": b.Above})
	}
	add(i18n.T(ctx, "forecast.why.proof"), proof)
	add(i18n.T(ctx, "forecast.why.compared"), i18n.T(ctx, "forecast.why.compared_text", i18n.A{"n": b.Compared.People, "kinds": b.Compared.Kinds, "options": b.Compared.Options}))
	add(i18n.T(ctx, "forecast.why.order"), i18n.T(ctx, "forecast.why.order_text"))
	add(i18n.T(ctx, "forecast.why.day"), i18n.T(ctx, "forecast.why.day_text", i18n.A{"day": day(ctx, b.Ready), "months": v.Version.Application.MinRemainingMonths}))
	if len(v.Version.AllTracks()) > 1 {
		add(i18n.T(ctx, "forecast.track"), trackTitle(ctx, v.Version, b.Track))
	}
	if len(v.Advice.Others) > 0 {
		add(i18n.T(ctx, "forecast.why.second"), v.difference(ctx, &v.Advice.Others[0]))
	}
	return out
}

// difference says by what another plan is worse than the best.
func (v adviceView) difference(ctx context.Context, o *program.Plan) string {
	b := &v.Advice.Best
	switch {
	case len(o.Steps) > len(b.Steps):
		return i18n.T(ctx, "forecast.more.steps", i18n.A{"n": len(o.Steps) - len(b.Steps)})
	case o.Hires > b.Hires:
		return i18n.T(ctx, "forecast.more.hires", i18n.A{"n": o.Hires - b.Hires})
	case o.Cost.Minor > b.Cost.Minor:
		return i18n.T(ctx, "forecast.more.cost", i18n.A{"cost": money(ctx, program.Cost{Minor: o.Cost.Minor - b.Cost.Minor, Currency: cmp.Or(o.Cost.Currency, b.Cost.Currency)})})
	case o.Weeks > b.Weeks:
		return i18n.T(ctx, "forecast.more.weeks", i18n.A{"n": o.Weeks - b.Weeks})
	case o.Persons > b.Persons:
		return i18n.T(ctx, "forecast.more.persons", i18n.A{"n": o.Persons - b.Persons})
	}
	return i18n.T(ctx, "forecast.more.equal")
}

// other names an alternative by what is different about it.
func (v adviceView) other(ctx context.Context, o *program.Plan) string {
	if o.Without != "" {
		return i18n.T(ctx, "forecast.other.without", i18n.A{"person": v.Name(o.Without)})
	}
	return i18n.T(ctx, "forecast.other.track", i18n.A{"track": trackTitle(ctx, v.Version, o.Track)})
}
