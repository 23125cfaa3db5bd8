package people

import (
	"context"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// exitsView is what must be reported, and which places are empty.
type exitsView struct {
	door.View
	Exits     []qualification.ExitReport
	Vacancies []qualification.Vacancy
	programs  *qualification.Service
}

func (v exitsView) now() time.Time { return v.Site.Clock.Now() }

func (v exitsView) open() (due, vacant int) {
	for _, x := range v.Exits {
		if x.Open() {
			due++
		}
	}
	for _, x := range v.Vacancies {
		if x.State == "open" {
			vacant++
		}
	}
	return due, vacant
}

func (v exitsView) state(ctx context.Context) string {
	due, vacant := v.open()
	if due+vacant == 0 {
		return i18n.T(ctx, "people.exits.state_calm")
	}
	return i18n.T(ctx, "people.exits.state", i18n.A{"due": i18n.M("people.exits.due", i18n.A{"n": due}), "vacant": i18n.M("people.exits.vacant", i18n.A{"n": vacant})})
}

func (v exitsView) next(ctx context.Context) string {
	due, vacant := v.open()
	switch {
	case due > 0:
		return i18n.T(ctx, "people.exits.next_report")
	case vacant > 0:
		return i18n.T(ctx, "people.exits.next_fill")
	}
	return i18n.T(ctx, "people.exits.next_calm")
}

// due says how an exit stands: reported in time, late, to be reported by.
func (v exitsView) due(ctx context.Context, x qualification.ExitReport) (ui.Tone, string) {
	switch {
	case x.Open() && v.now().After(x.ReportDue):
		return ui.Bad, i18n.T(ctx, "people.exits.overdue")
	case x.Open():
		return ui.Warn, i18n.T(ctx, "people.exits.to_report")
	case x.ReportedAt.After(x.ReportDue):
		return ui.Warn, i18n.T(ctx, "people.exits.reported_late")
	}
	return ui.Good, i18n.T(ctx, "people.exits.reported")
}

func (v exitsView) vacancy(ctx context.Context, x qualification.Vacancy) (ui.Tone, string) {
	switch {
	case x.State == "filled":
		return ui.Good, i18n.T(ctx, "people.vacancy.filled")
	case x.State == "closed":
		return ui.Neutral, i18n.T(ctx, "people.vacancy.closed")
	case v.now().After(x.Due):
		return ui.Bad, i18n.T(ctx, "people.vacancy.overdue")
	}
	return ui.Warn, i18n.T(ctx, "people.vacancy.open")
}

// report is the address of the form, filled with what is known of an exit.
func (v exitsView) report(x qualification.ExitReport) string {
	return door.With(v.Path("/people/exits/new"), url.Values{"person": {x.Person}, "on": {x.ExitOn.String()}, "reason": {string(x.Reason)}})
}

// line names a vacancy's line, by the newest version that has it.
func (v exitsView) line(ctx context.Context, id string) string {
	for _, p := range v.programs.Programs() {
		spec, err := v.programs.Current(p, v.now())
		if err != nil {
			continue // none in force has it: the id is better than nothing
		}
		if l, ok := spec.Line(id); ok {
			return i18n.Say(ctx, l.Title.Msg())
		}
	}
	return id
}

// exitView is the report of one exit on its way.
type exitView struct {
	door.View
	People  []ui.Option
	In      qualification.ExitInput
	Preview qualification.ExitPreview
}

func reasons(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(qualification.Leaving), Label: i18n.Say(ctx, qualification.Leaving.Label()), Hint: i18n.T(ctx, "people.reason.leaving_hint")},
		{Value: string(qualification.Transfer), Label: i18n.Say(ctx, qualification.Transfer.Label()), Hint: i18n.T(ctx, "people.reason.transfer_hint")},
		{Value: string(qualification.Lapse), Label: i18n.Say(ctx, qualification.Lapse.Label()), Hint: i18n.T(ctx, "people.reason.lapse_hint")},
		{Value: string(qualification.Replacement), Label: i18n.Say(ctx, qualification.Replacement.Label()), Hint: i18n.T(ctx, "people.reason.replacement_hint")},
	}
}

// steps are the three of the report.
func steps(ctx context.Context, at int, back string) []ui.Step {
	all := []ui.Step{{Label: i18n.T(ctx, "people.exit.step_who")}, {Label: i18n.T(ctx, "people.exit.step_cost")}, {Label: i18n.T(ctx, "people.exit.step_report")}}
	for i := range all {
		all[i].Done, all[i].Current = i < at, i == at
	}
	if at > 0 {
		all[0].Href = back
	}
	return all
}

// again is the form with what was entered.
func (v exitView) again() string {
	return door.With(v.Path("/people/exits/new"), url.Values{"person": {v.In.Person}, "on": {v.In.On.String()}, "reason": {string(v.In.Reason)}})
}

func (v exitView) hidden() [][2]string {
	return [][2]string{{"person", v.In.Person}, {"on", v.In.On.String()}, {"reason", string(v.In.Reason)}}
}

// lost counts the lines that fall under what they need.
func (v exitView) lost() (n int) {
	for _, e := range v.Preview.Effects {
		n += lost(e)
	}
	return n
}

// lost counts an effect's lines that are no longer met; others only lose their reserve.
func lost(e qualification.Effect) (n int) {
	for _, l := range e.Lost {
		if l.Lost() {
			n++
		}
	}
	return n
}

func (v exitView) cost(ctx context.Context) string {
	if v.lost() == 0 {
		return i18n.T(ctx, "people.exit.cost_none", i18n.A{"name": v.Preview.Name})
	}
	return i18n.T(ctx, "people.exit.cost", i18n.A{"name": v.Preview.Name, "n": v.lost()})
}

// levelTitle names a level; "" is none.
func levelTitle(ctx context.Context, spec *program.Version, id string) string {
	l, ok := spec.Level(id)
	if !ok {
		return i18n.T(ctx, "people.exit.no_level")
	}
	return i18n.Say(ctx, l.Title.Msg())
}

// effectFoot says by when a place is to be filled, when one falls vacant. The deadline is the end of that day.
func effectFoot(e qualification.Effect) templ.Component {
	if e.VacancyDue.IsZero() {
		return nil
	}
	return effectDue(e)
}
