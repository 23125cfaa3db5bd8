package qualify

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Holds says what is held and how long.
func Holds(ctx context.Context, v *program.Version, q qualification.Qualification) string {
	if !q.Ends() {
		return i18n.T(ctx, "qualify.program.held_open", i18n.A{"level": Level(ctx, v, q.Level), "day": Day(ctx, q.ValidFrom)})
	}
	return i18n.T(ctx, "qualify.program.held", i18n.A{"level": Level(ctx, v, q.Level), "day": Day(ctx, q.ValidUntil)})
}

// heldLine is holds with the program's name, for a page of many programs.
func heldLine(ctx context.Context, p qualification.ProgramView) string {
	a := i18n.A{"level": Level(ctx, p.Version, p.Held.Level), "program": Title(ctx, p.Version), "day": Day(ctx, p.Held.ValidUntil)}
	if !p.Held.Ends() {
		return i18n.T(ctx, "qualify.overview.held_open", a)
	}
	return i18n.T(ctx, "qualify.overview.held", a)
}

// BanLine says until when a partner may not apply, and why.
func BanLine(ctx context.Context, b qualification.Ban) string {
	return i18n.T(ctx, "qualify.ban.text", i18n.A{"day": Day(ctx, b.Until), "from": Day(ctx, b.From), "cause": b.Cause.Label()})
}

// chosenFirst tells whether the next stage is one that choosing the path grants.
func chosenFirst(p *qualification.ProgramView) bool {
	s, ok := p.Stage(p.NextLevel)
	return ok && s.Level.SelfGranted
}

// validity is how long a granted level lasts.
func validity(ctx context.Context, v program.Validity) string {
	switch {
	case v.Until(calendar.Day(20_000)).IsNone():
		return i18n.T(ctx, "qualify.rule.open")
	case v.Months > 0:
		return i18n.T(ctx, "qualify.rule.months", i18n.A{"n": 12*v.Years + v.Months})
	}
	return i18n.T(ctx, "qualify.rule.years", i18n.A{"n": v.Years})
}

// phaseFacts are what a program says about its review in phases.
func phaseFacts(ctx context.Context, v *program.Version) (out []ui.Fact) {
	var phases []string
	for _, x := range v.Application.Phases {
		phases = append(phases, i18n.T(ctx, "qualify.rule.phase", i18n.A{"phase": qualification.PhaseLabel(x.ID), "n": x.WorkingDays}))
	}
	if len(phases) > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "qualify.rule.phases"), Value: strings.Join(phases, " · ")})
	}
	if n := v.Application.CorrectionDays; n > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "qualify.rule.correction"), Value: i18n.T(ctx, "qualify.rule.correction_text", i18n.A{"n": n})})
	}
	if n := v.Application.BanMonths; n > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "qualify.rule.ban"), Value: i18n.T(ctx, "qualify.rule.ban_text", i18n.A{"n": n})})
	}
	return out
}

// mayPrepare tells whether an application could be begun although not everything is met.
func (st standing) mayPrepare() bool {
	if st.Now.Ban != nil || !st.Now.Refused.IsZero() {
		return false
	}
	if !st.Now.Version.Stages {
		return st.Now.Held == nil
	}
	return st.Now.NextLevel != "" && !chosenFirst(&st.Now)
}

// A family is a group of programs that don't matter to the partner now.
type family struct {
	title    i18n.Msg
	programs []*qualification.ProgramView
}

// others groups the programs that aren't relevant now: paths, competencies, the rest.
func (o overview) others() []family {
	all := []family{{title: i18n.M("qualify.family.paths")}, {title: i18n.M("qualify.family.competencies")}, {title: i18n.M("qualify.family.joined")}, {title: i18n.M("qualify.family.other")}}
	for i := range o.programs {
		p := &o.programs[i]
		if p.Relevant() {
			continue
		}
		n := 3
		switch {
		case qualification.Joined(p.Program):
			n = 2
		case p.Version.Stages:
			n = 0
		case strings.HasPrefix(p.Program, "competency-"):
			n = 1
		}
		all[n].programs = append(all[n].programs, p)
	}
	return slices.DeleteFunc(all, func(f family) bool { return len(f.programs) == 0 })
}

// stageAct is the one thing to do about a stage; "" when there's none.
func stageAct(v door.View, st standing, s qualification.Stage) string {
	switch {
	case v.Vendor || !v.Can(actor.EditApplication) || st.Now.Open != nil || st.Now.Ban != nil || s.Level.SelfGranted || !st.Now.Refused.IsZero():
		return ""
	case s.Held == nil && s.Ready, s.Held != nil && s.Renewal.Open:
		return st.path + "/apply?" + url.Values{"level": {s.Level.ID}}.Encode()
	}
	return ""
}

// stageText says how a stage stands.
func stageText(ctx context.Context, st standing, s qualification.Stage) string {
	switch {
	case s.Held != nil:
		return Holds(ctx, st.Now.Version, *s.Held)
	case s.Level.SelfGranted:
		return i18n.T(ctx, "qualify.stage.choose")
	case s.Ready:
		return i18n.T(ctx, "qualify.decides.ready", i18n.A{"level": Level(ctx, st.Now.Version, s.Level.ID)})
	}
	return gapOf(ctx, &st.Now.Apply, s.Level.ID)
}

// ProgressTone is the tone of how an application stands.
func ProgressTone(a qualification.Application) ui.Tone { return StateTone(a.State) }

// benefitsOf are what a level brings, of the level and those below it.
func (st standing) benefitsOf() []program.Text { return st.Now.Version.BenefitsOf(st.Level) }

// materialsNeed says how many of an ask are attached.
func materialsNeed(ctx context.Context, x qualification.Attached) string {
	return i18n.T(ctx, "qualify.materials.need", i18n.A{"have": len(x.Materials), "need": x.Need})
}

// decidesText is the sentence about a program alone.
func decidesText(ctx context.Context, p *qualification.ProgramView) string {
	text, _, _ := decides(ctx, p)
	return text
}

// phaseWay is the way of a review in phases: how far it has come, and its steps.
func phaseWay(ctx context.Context, a qualification.ApplicationView) (n int, labels []string) {
	labels = []string{i18n.T(ctx, "qualify.way.write"), i18n.T(ctx, "qualify.way.submitted")}
	n = 1
	switch a.State {
	case qualification.Draft, qualification.Returned:
		n = 0
	case qualification.Approved, qualification.Rejected, qualification.Terminated, qualification.Withdrawn:
		n = 100
	}
	for i, x := range a.Spec.Application.Phases {
		labels = append(labels, i18n.Say(ctx, qualification.PhaseLabel(x.ID)))
		if x.ID == a.Phase && n == 1 && string(a.Progress()) != string(qualification.Submitted) {
			n = i + 2
		}
	}
	return n, append(labels, i18n.T(ctx, "qualify.way.decision"))
}

// firstDays is how many working days the first step of the review takes.
func firstDays(a qualification.ApplicationView) int {
	if ps := a.Spec.Application.Phases; len(ps) > 0 {
		return ps[0].WorkingDays
	}
	return a.Spec.Application.ReviewWorkingDays
}

// withdrawText says what withdrawing does.
func withdrawText(ctx context.Context, a qualification.ApplicationView) string {
	if n := a.Spec.Application.BanMonths; n > 0 && !a.ReturnDue.IsZero() {
		return i18n.T(ctx, "qualify.withdraw.ban", i18n.A{"n": n})
	}
	return i18n.T(ctx, "qualify.withdraw.text")
}

// materialTone is the tone of a material's own review.
func materialTone(m material.Material) ui.Tone {
	switch {
	case m.PassedVersion > 0:
		return ui.Good
	case m.State == material.Failed:
		return ui.Bad
	case m.State == material.UnderReview:
		return ui.Info
	}
	return ui.Neutral
}

// materialState is how the material counts: what has passed counts whatever becomes of its next version.
func materialState(ctx context.Context, m material.Material) string {
	if m.PassedVersion > 0 {
		return i18n.Say(ctx, material.Passed.Label())
	}
	return i18n.Say(ctx, m.State.Label())
}

// materialsPage chooses the materials of an application; one that asks for none goes on.
func (p pages) materials(w http.ResponseWriter, r *http.Request, d door.Door) error {
	a, err := p.view(r, d)
	if err != nil {
		return err
	}
	if !a.Can.Edit {
		return p.Go(w, r, base(a.ID), i18n.Msg{})
	}
	if len(a.Materials) == 0 {
		return p.Go(w, r, base(a.ID)+"/evidence", i18n.Msg{})
	}
	choices, err := p.q.MaterialChoices(r.Context(), site.By(r), a.ID)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, materialsPage(door.See(p.Site, r, d), a, choices))
}

// attach sets what was chosen.
func (p pages) attach(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	_, err := p.q.AttachMaterials(r.Context(), site.By(r), id, edition(r), r.PostForm["materials"])
	if err != nil {
		choices, failed := p.q.MaterialChoices(r.Context(), site.By(r), id)
		if failed != nil {
			return failed
		}
		return p.again(w, r, err, func(v door.View, a qualification.ApplicationView) templ.Component {
			return materialsPage(v, a, choices)
		})
	}
	return p.Go(w, r, base(id)+"/evidence", i18n.M("qualify.materials.saved"))
}

// chosen are the ids that are ticked.
func chosen(choices []qualification.MaterialChoice) (ids []string) {
	for _, c := range choices {
		if c.Chosen {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// choiceOptions are the materials to tick.
func choiceOptions(ctx context.Context, choices []qualification.MaterialChoice) (out []ui.Option) {
	for _, c := range choices {
		hint := i18n.Say(ctx, c.Kind.Label()) + " · " + materialState(ctx, c.Material)
		if !c.Fits {
			hint += " · " + i18n.T(ctx, "qualify.materials.unfit")
		}
		out = append(out, ui.Option{Value: c.ID, Label: door.Data(ctx, c.Fields.Title), Hint: hint, Disabled: !c.Fits && !c.Chosen})
	}
	return out
}

// newMaterial is where something of a kind is added.
func newMaterial(a qualification.ApplicationView) string {
	return "/materials/new?" + url.Values{"kind": {a.Materials[0].Ask.Rule.Kind}}.Encode()
}

// materialsDoor leads to the materials: the partner's own pages, or the vendor's reviews.
func materialsDoor(v door.View) string {
	if v.Vendor {
		return "/reviews"
	}
	return ""
}

// Progress shows the way of an application, for other pages that show one.
func Progress(ctx context.Context, a qualification.ApplicationView) []ui.Step {
	return progress(ctx, a)
}
