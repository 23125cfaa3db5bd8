package material

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"hanse/internal/domain/material"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

type listView struct {
	door.View
	path         string
	kind         material.Kind
	rows         []material.Material
	first, after string
	now          time.Time
}

func (v listView) title() i18n.Msg {
	switch v.kind {
	case material.Case:
		return i18n.M("materials.cases")
	case material.BusinessPlan:
		return i18n.M("materials.plans")
	}
	return i18n.M("materials.all")
}

func (v listView) state(ctx context.Context) string {
	count := map[material.State]int{}
	for _, m := range v.rows {
		count[m.State]++
	}
	if len(v.rows) == 0 {
		return i18n.T(ctx, "materials.state.none")
	}
	return i18n.T(ctx, "materials.state", i18n.A{"passed": count[material.Passed], "waiting": count[material.UnderReview], "failed": count[material.Failed]})
}

func (v listView) next(ctx context.Context) string {
	for _, m := range v.rows {
		if m.State == material.Failed {
			return i18n.T(ctx, "materials.next.correct", i18n.A{"title": door.Data(ctx, m.Fields.Title)})
		}
	}
	return i18n.T(ctx, "materials.next")
}

// kinds are the tabs above the list.
func (v listView) kinds(ctx context.Context) []ui.Tab {
	return []ui.Tab{
		{Href: v.Path("/materials"), Label: i18n.T(ctx, "materials.all"), Current: v.path == "/materials"},
		{Href: v.Path("/cases"), Label: i18n.T(ctx, "materials.cases"), Current: v.path == "/cases"},
		{Href: v.Path("/plans-of-business"), Label: i18n.T(ctx, "materials.plans"), Current: v.path == "/plans-of-business"},
	}
}

func (v listView) filters(ctx context.Context) ui.FiltersView {
	q := v.R.URL.Query()
	f := ui.FiltersView{Action: v.Path(v.path), Target: "materials", Clear: v.Path(v.path)}
	if v.kind == "" {
		f.Fields = append(f.Fields, ui.FieldView{Name: "kind", Label: i18n.T(ctx, "materials.filter.kind"), Value: q.Get("kind"), Options: kindOptions(ctx)})
	}
	var states []ui.Option
	for _, s := range material.States() {
		states = append(states, ui.Option{Value: string(s), Label: i18n.Say(ctx, s.Label())})
	}
	f.Fields = append(f.Fields, ui.FieldView{Name: "state", Label: i18n.T(ctx, "materials.filter.state"), Value: q.Get("state"), Options: states})
	return f
}

func kindOptions(ctx context.Context) (out []ui.Option) {
	for _, k := range material.Kinds() {
		out = append(out, ui.Option{Value: string(k), Label: i18n.Say(ctx, k.Label())})
	}
	return out
}

func (v listView) start() string {
	if v.kind == "" {
		return "/materials/new"
	}
	return door.With("/materials/new", url.Values{"kind": {string(v.kind)}})
}

func tone(s material.State) ui.Tone {
	switch s {
	case material.UnderReview:
		return ui.Info
	case material.Passed:
		return ui.Good
	case material.Failed:
		return ui.Bad
	}
	return ui.Neutral
}

func resultTone(e material.Edition) ui.Tone {
	switch e.Result {
	case "passed":
		return ui.Good
	case "failed", "revoked":
		return ui.Bad
	case "taken_back":
		return ui.Neutral
	}
	return ui.Info
}

// editView is a material, or the form of a new one.
type editView struct {
	door.View
	kind         material.Kind
	m            material.View
	partner      string
	now          time.Time
	competencies []ui.Option
}

// competencies are the labels that a material may be about, in the reader's language.
func (p pages) competencies(r *http.Request) (out []ui.Option) {
	if p.library == nil {
		return nil
	}
	lib := p.library()
	for _, id := range lib.Programs() {
		v, ok := lib.InForce(id, calendar.DayOf(p.Clock.Now()))
		if ok && strings.HasPrefix(id, "competency-") {
			out = append(out, ui.Option{Value: id, Label: i18n.Say(r.Context(), v.Title.Msg())})
		}
	}
	return out
}

func (v editView) about(ctx context.Context) string {
	for _, o := range v.competencies {
		if o.Value == v.m.Fields.Competency {
			return o.Label
		}
	}
	return i18n.T(ctx, "materials.competency.any")
}

func (v editView) path(more string) string {
	if v.Vendor {
		return "/reviews/materials/" + v.m.ID + more
	}
	return "/materials/" + v.m.ID + more
}

func (v editView) edition() [][2]string {
	return [][2]string{{"edition", strconv.FormatInt(v.m.Edition, 10)}}
}

func (v editView) state(ctx context.Context) string {
	m := v.m
	switch {
	case m.State == material.UnderReview && m.Overdue(v.now):
		return i18n.T(ctx, "materials.is.overdue", i18n.A{"due": qualify.Due(ctx, m.ReviewDue)})
	case m.State == material.UnderReview:
		return i18n.T(ctx, "materials.is.under_review", i18n.A{"due": qualify.Due(ctx, m.ReviewDue)})
	case m.State == material.Passed:
		return i18n.T(ctx, "materials.is.passed", i18n.A{"day": i18n.From(ctx).DateTime(m.DecidedAt)})
	case m.State == material.Failed:
		return i18n.T(ctx, "materials.is.failed", i18n.A{"n": len(m.Reasons)})
	case m.State == material.Withdrawn:
		return i18n.T(ctx, "materials.is.withdrawn")
	}
	return i18n.T(ctx, "materials.is.draft")
}

func (v editView) next(ctx context.Context) string {
	c := v.m.Can
	switch {
	case c.Decide:
		return i18n.T(ctx, "materials.do.decide")
	case v.Vendor:
		return i18n.T(ctx, "materials.do.read")
	case c.Submit && v.m.State == material.Failed:
		return i18n.T(ctx, "materials.do.correct")
	case c.Submit:
		return i18n.T(ctx, "materials.do.submit")
	case c.TakeBack:
		return i18n.T(ctx, "materials.do.wait")
	case c.Revise:
		return i18n.T(ctx, "materials.do.revise")
	}
	return i18n.T(ctx, "materials.do.nothing")
}

// trail leads back to the list that one came from.
func (v editView) trail(ctx context.Context) []ui.Crumb {
	if v.Vendor && v.Can(actor.ReviewMaterial) {
		return []ui.Crumb{{Href: "/reviews/materials", Label: i18n.T(ctx, "materials.queue.tab")}}
	}
	if v.Vendor {
		return []ui.Crumb{{Href: "/channel/" + v.m.Account + "/materials", Label: i18n.T(ctx, "materials.all")}}
	}
	switch v.kind {
	case material.Case:
		return []ui.Crumb{{Href: "/cases", Label: i18n.T(ctx, "materials.cases")}}
	case material.BusinessPlan:
		return []ui.Crumb{{Href: "/plans-of-business", Label: i18n.T(ctx, "materials.plans")}}
	}
	return []ui.Crumb{{Href: "/materials", Label: i18n.T(ctx, "materials.all")}}
}

// facts are the entries for reading.
func facts(ctx context.Context, k material.Kind, f material.Fields, competency string) []ui.Fact {
	out := []ui.Fact{{Label: i18n.T(ctx, "materials.field.title"), Body: data(f.Title)}, {Label: i18n.T(ctx, "materials.field.summary"), Body: data(f.Summary)}}
	if k == material.BusinessPlan {
		return append(out, ui.Fact{Label: i18n.T(ctx, "materials.field.period_from"), Body: ui.Day(f.PeriodFrom.String())},
			ui.Fact{Label: i18n.T(ctx, "materials.field.period_until"), Body: ui.Day(f.PeriodUntil.String())})
	}
	if k == material.Case {
		on := i18n.T(ctx, "materials.huawei_cloud.no")
		if f.HuaweiCloud {
			on = i18n.T(ctx, "materials.huawei_cloud.yes")
		}
		out = append(out, ui.Fact{Label: i18n.T(ctx, "materials.field.customer"), Body: data(f.Customer)},
			ui.Fact{Label: i18n.T(ctx, "materials.field.industry"), Body: data(f.Industry)},
			ui.Fact{Label: i18n.T(ctx, "materials.field.huawei_cloud"), Value: on})
	}
	return append(out, ui.Fact{Label: i18n.T(ctx, "materials.field.competency"), Value: competency},
		ui.Fact{Label: i18n.T(ctx, "materials.field.finished_on"), Body: ui.Day(f.FinishedOn.String())},
		ui.Fact{Label: i18n.T(ctx, "materials.field.url"), Body: data(f.URL)})
}

type queueView struct {
	door.View
	tabs             []ui.Tab
	rows             []material.QueueItem
	waiting, overdue int64
	first, after     string
}

func (v queueView) state(ctx context.Context) string {
	if v.waiting == 0 {
		return i18n.T(ctx, "materials.queue.none")
	}
	return i18n.T(ctx, "materials.queue.state", i18n.A{"n": v.waiting, "late": v.overdue})
}

func leftTone(left time.Duration) ui.Tone {
	switch {
	case left <= 0:
		return ui.Bad
	case left < 8*time.Hour:
		return ui.Warn
	}
	return ui.Good
}

func joined(reasons []string) string { return strings.Join(slices.Clone(reasons), "; ") }

func counts(ctx context.Context, m material.Material) string {
	if m.PassedVersion == 0 {
		return i18n.T(ctx, "materials.counts.no")
	}
	return i18n.T(ctx, "materials.counts.version", i18n.A{"version": strconv.FormatInt(m.PassedVersion, 10)})
}

// decided says when a version was handed in, or who decided it when.
func decided(ctx context.Context, e material.Edition) string {
	if e.DecidedAt.IsZero() || e.ReviewerName == "" {
		return i18n.T(ctx, "materials.handed_in", i18n.A{"at": i18n.From(ctx).DateTime(e.SubmittedAt)})
	}
	return i18n.T(ctx, "materials.decided", i18n.A{"at": i18n.From(ctx).DateTime(e.DecidedAt), "name": door.Data(ctx, e.ReviewerName)})
}

func useHref(v editView, u material.Use) string {
	switch {
	case strings.HasPrefix(u.Application, "rne_"): // an entry of an annual review
		return "/annual-reviews/" + u.Application
	case v.Vendor:
		return "/reviews/" + u.Application
	}
	return "/applications/" + u.Application
}
