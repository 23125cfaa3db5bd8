package equipment

import (
	"context"
	"net/url"

	"hanse/internal/domain/equipment"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

type listView struct {
	door.View
	f       equipment.Filter
	items   []equipment.Item
	counts  equipment.Counts
	project equipment.Project // of the filter
	pager   ui.PagerView
	today   calendar.Day
}

// own tells whether the page is a company's, whose devices are counted.
func (v listView) own() bool { return !v.By.Vendor() }

func (v listView) state(ctx context.Context) string {
	switch {
	case v.f.Project != "":
		return i18n.T(ctx, "equipment.project.state", i18n.A{"n": v.project.Devices, "maintained": v.project.Maintained})
	case v.own():
		return i18n.T(ctx, "equipment.state.line", i18n.A{"n": v.counts.All, "maintained": v.counts.Maintained})
	}
	return i18n.T(ctx, "equipment.state.vendor")
}

func (v listView) next(ctx context.Context) string {
	switch {
	case !v.own():
		return i18n.T(ctx, "equipment.next.vendor")
	case v.counts.Ending > 0:
		return i18n.T(ctx, "equipment.next.ending", i18n.A{"n": v.counts.Ending})
	}
	return i18n.T(ctx, "equipment.next.fault")
}

func (v listView) title(ctx context.Context) string {
	if v.f.Project != "" {
		return door.Data(ctx, v.project.Title())
	}
	return i18n.T(ctx, "equipment.title")
}

func (v listView) trail(ctx context.Context) (out []ui.Crumb) {
	if v.f.Project != "" {
		out = append(out, ui.Crumb{Href: v.Path(root), Label: i18n.T(ctx, "equipment.title")}, ui.Crumb{Href: v.Path(projects), Label: i18n.T(ctx, "equipment.projects")})
	}
	return out
}

func (v listView) filters(ctx context.Context) ui.FiltersView {
	states := make([]ui.Option, 0, len(equipment.States))
	for _, s := range equipment.States {
		states = append(states, ui.Option{Value: string(s), Label: i18n.Say(ctx, s.Label())})
	}
	f := ui.FiltersView{Action: v.Path(root), Target: "devices", Fields: []ui.FieldView{
		{Name: "q", Label: i18n.T(ctx, "equipment.search"), Type: "search", Value: v.f.Search},
		{Name: "state", Label: i18n.T(ctx, "equipment.f.state"), Options: states, Value: string(v.f.State), Blank: i18n.T(ctx, "equipment.all")},
	}}
	q := v.R.URL.Query()
	for _, name := range []string{"project", "partner", "customer"} {
		if q.Get(name) != "" {
			f.Hidden = append(f.Hidden, [2]string{name, q.Get(name)})
		}
	}
	if door.Filtered(v.R, "q", "state") {
		f.Clear = door.With(v.Path(root), url.Values{"project": only(v.f.Project)})
	}
	return f
}

// only is a value of an address, none for nothing.
func only(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func (v listView) empty(ctx context.Context) ui.EmptyView {
	e := ui.EmptyView{Icon: "server", Title: i18n.T(ctx, "equipment.none"), Text: i18n.T(ctx, "equipment.none.hint")}
	switch {
	case door.Filtered(v.R, "q", "state", "project", "partner", "customer"):
		e.Text = i18n.T(ctx, "equipment.none.match")
	case v.By.Vendor():
		e.Text = i18n.T(ctx, "equipment.none.vendor")
	}
	return e
}

// device is the address of a device behind the same door.
func device(d door.View, i equipment.Item) string {
	return d.Path(root + "/" + url.PathEscape(i.Serial))
}

func project(d door.View, key string) string {
	return door.With(d.Path(root), url.Values{"project": {key}})
}

func tone(s equipment.State) ui.Tone {
	switch s {
	case equipment.Maintained:
		return ui.Good
	case equipment.Ending:
		return ui.Warn
	}
	return ui.Neutral
}

func orderedBy(ctx context.Context, name string) string {
	if name == "" {
		return i18n.T(ctx, "equipment.f.partner.vendor")
	}
	return door.Data(ctx, name)
}

type deviceView struct {
	door.View
	i     equipment.Item
	today calendar.Day
}

func (v deviceView) state(ctx context.Context) string {
	s := v.i.StateOn(v.today)
	if s == equipment.Ended {
		return i18n.T(ctx, "equipment.one.none")
	}
	return i18n.T(ctx, "equipment.one.state", i18n.A{"state": s.Label(), "day": i18n.From(ctx).Day(v.i.MaintainedUntil.String())})
}

func (v deviceView) next(ctx context.Context) string {
	switch {
	case !v.i.Maintained(v.today):
		return i18n.T(ctx, "equipment.one.next.ended")
	case v.i.Partner == "":
		return i18n.T(ctx, "equipment.one.next.vendor")
	}
	return i18n.T(ctx, "equipment.one.next.partner", i18n.A{"partner": v.i.PartnerName})
}

// fault is the address of a new ticket about the device, for those who open tickets.
func (v deviceView) fault() string {
	if v.By.Vendor() || !v.Can(actor.OpenTickets) {
		return ""
	}
	return door.With("/tickets/new", url.Values{"type": {taxonomy.HardwareFault}, "extra." + taxonomy.SerialField: {v.i.Serial}})
}

func (v deviceView) facts(ctx context.Context) []ui.Fact {
	facts := []ui.Fact{
		{Label: i18n.T(ctx, "equipment.f.product"), Value: door.Data(ctx, v.i.Product)},
		{Label: i18n.T(ctx, "equipment.f.serial"), Value: door.Data(ctx, v.i.Serial)},
		{Label: i18n.T(ctx, "equipment.f.customer"), Value: door.Data(ctx, v.i.CustomerName)},
		{Label: i18n.T(ctx, "equipment.f.partner"), Value: orderedBy(ctx, v.i.PartnerName)},
		{Label: i18n.T(ctx, "equipment.f.site"), Value: door.Data(ctx, v.i.Site)},
	}
	if v.i.Project != "" {
		p := equipment.Project{Number: v.i.ProjectNumber, Name: v.i.ProjectName}
		facts = append(facts, ui.Fact{Label: i18n.T(ctx, "equipment.f.project"), Body: ui.Link(ui.LinkView{Href: project(v.View, v.i.Project), Label: door.Data(ctx, p.Title())})})
	}
	for _, x := range []struct {
		label string
		day   calendar.Day
	}{{i18n.T(ctx, "equipment.f.delivered"), v.i.Delivered}, {i18n.T(ctx, "equipment.f.maintained"), v.i.MaintainedUntil}} {
		if !x.day.IsNone() {
			facts = append(facts, ui.Fact{Label: x.label, Body: ui.Day(x.day.String())})
		}
	}
	return append(facts, ui.Fact{Label: i18n.T(ctx, "equipment.f.changed"), Body: ui.Date(v.i.ChangedAt)})
}

type projectsView struct {
	door.View
	list   []equipment.Project
	search string
	pager  ui.PagerView
}

func (v projectsView) clear() string {
	if v.search == "" {
		return ""
	}
	return v.Path(projects)
}

type importsView struct {
	door.View
	list  []equipment.Import
	pager ui.PagerView
}

type importView struct {
	door.View
	imp   equipment.Import
	wrong []equipment.RowError
}

func (v importView) path(more string) string { return imports + "/" + v.imp.ID + more }

func (v importView) state(ctx context.Context) string {
	return i18n.T(ctx, "equipment.import.state", i18n.A{"state": v.imp.State.Label(), "added": v.imp.Added, "changed": v.imp.Changed, "same": v.imp.Same, "bad": v.imp.Bad})
}

func (v importView) next(ctx context.Context) string {
	switch v.imp.State {
	case equipment.Ready:
		if v.imp.Added+v.imp.Changed == 0 {
			return i18n.T(ctx, "equipment.import.nothing")
		}
		return i18n.T(ctx, "equipment.import.next.ready")
	case equipment.Checking, equipment.Writing:
		return i18n.T(ctx, "equipment.import.next.running")
	case equipment.Failed:
		return i18n.T(ctx, "equipment.import.next.failed", i18n.A{"why": v.imp.Failure})
	}
	return i18n.T(ctx, "equipment.import.next.over")
}

func importTone(s equipment.ImportState) ui.Tone {
	switch s {
	case equipment.Done:
		return ui.Good
	case equipment.Ready:
		return ui.Warn
	case equipment.Failed:
		return ui.Bad
	case equipment.Cancelled:
		return ui.Neutral
	}
	return ui.Info
}
