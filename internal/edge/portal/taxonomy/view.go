package taxonomy

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// set retires or restores an entry, with the edition that was shown.
func (p pages) set(w http.ResponseWriter, r *http.Request, do func(context.Context, actor.Actor, taxonomy.Kind, string, int64) error, done i18n.Msg) error {
	k, err := kindOf(r)
	if err != nil {
		return err
	}
	if err := site.Form(w, r); err != nil {
		return err
	}
	edition, _ := strconv.ParseInt(r.PostFormValue("edition"), 10, 64) // 0 is that of what is as shipped
	if err := do(r.Context(), site.By(r), k, r.PathValue("id"), edition); err != nil {
		return err
	}
	return p.Go(w, r, root+"/kinds/"+string(k), done)
}

// A number says how much there is of a kind.
type number struct {
	kind             taxonomy.Kind
	offered, retired int
}

type kindsView struct {
	door.View
	numbers []number
	offered int
}

func (v kindsView) next(ctx context.Context) string {
	if v.Can(actor.ManageTaxonomy) {
		return i18n.T(ctx, "taxonomy.next")
	}
	return i18n.T(ctx, "taxonomy.next.read")
}

func pathOf(k taxonomy.Kind) string { return root + "/kinds/" + string(k) }

func pathTo(e taxonomy.Entry) string { return pathOf(e.Kind) + "/entries/" + e.ID }

type listView struct {
	door.View
	kind    taxonomy.Kind
	set     *taxonomy.Set
	entries []taxonomy.Entry
	offered int
	search  string
}

func (v listView) clear() string {
	if v.search == "" {
		return ""
	}
	return pathOf(v.kind)
}

// files are the links to the list as files, in its filter.
func (v listView) files() []ui.LinkView { return door.Files(v.View, pathOf(v.kind)+"/entries") }

// more says in a line what only entries of this kind have.
func more(s *taxonomy.Set, e taxonomy.Entry) i18n.Msg {
	var parts []i18n.Msg
	add := func(m i18n.Msg, when bool) {
		if when {
			parts = append(parts, m)
		}
	}
	switch e.Kind {
	case taxonomy.ProblemTypeKind:
		add(caseType(e.CaseType), true)
		add(i18n.M("taxonomy.f.technical"), e.Technical)
		add(i18n.M("taxonomy.f.hidden"), e.Hidden)
	case taxonomy.CategoryKind:
		add(i18n.M("taxonomy.f.technical"), e.Technical)
	case taxonomy.ProductKind:
		if c, ok := s.Category(e.Category); ok {
			add(c.Msg(), true)
		}
		add(i18n.Raw(e.Acronym), e.Acronym != "")
	case taxonomy.SeverityKind:
		for _, l := range e.Levels {
			add(subscription.LevelLabel(l), true)
		}
	case taxonomy.RegionKind:
		add(regionType(e.RegionType), true)
		add(i18n.M("taxonomy.f.sensitive"), e.Sensitive)
	case taxonomy.TemplateKind, taxonomy.FieldKind:
		add(e.Type.Label(), e.Kind == taxonomy.FieldKind)
		add(i18n.M("taxonomy.f.required"), e.Required)
		for _, id := range e.ProblemTypes {
			if t, ok := s.ProblemType(id); ok {
				add(t.Msg(), true)
			}
		}
	case taxonomy.DimensionKind:
		add(i18n.Raw(strconv.Itoa(e.Total)), true)
	case taxonomy.AreaCodeKind:
		add(i18n.Raw(e.Code), true)
	}
	if len(parts) == 0 {
		return i18n.Msg{}
	}
	return i18n.M("taxonomy.more", i18n.A{"list": parts})
}

func caseType(t string) i18n.Msg {
	if t == taxonomy.Fault {
		return i18n.M("taxonomy.fault")
	}
	return i18n.M("taxonomy.consultation")
}

func regionType(n int) i18n.Msg {
	switch n {
	case 1:
		return i18n.M("taxonomy.region.1")
	case 2:
		return i18n.M("taxonomy.region.2")
	}
	return i18n.M("taxonomy.region.0")
}

// formView is the form of one entry. Before anything was typed it shows the entry.
type formView struct {
	door.View
	e     taxonomy.Entry
	set   *taxonomy.Set
	fresh bool
}

func (v formView) action() string {
	if v.fresh {
		return pathOf(v.e.Kind) + "/new"
	}
	return pathTo(v.e)
}

func (v formView) title() i18n.Msg {
	if v.fresh {
		return i18n.M("taxonomy.new", i18n.A{"kind": v.e.Kind.Label()})
	}
	return i18n.M("taxonomy.edit", i18n.A{"name": v.e.Names.Msg()})
}

func (v formView) may() bool { return v.Can(actor.ManageTaxonomy) }

// field is a line of text.
func (v formView) field(ctx context.Context, name, label, value string) ui.FieldView {
	return ui.FieldView{Name: name, Label: label, Value: v.Value(name, value), Error: v.Error(name), ReadOnly: !v.may()}
}

func (v formView) number(ctx context.Context, name, label string, value int64) ui.FieldView {
	f := v.field(ctx, name, label, strconv.FormatInt(value, 10))
	f.InputMode, f.Width = "numeric", ui.Short
	return f
}

// bound is a number that may be missing.
func (v formView) bound(ctx context.Context, name, label string, value *int64) ui.FieldView {
	s := ""
	if value != nil {
		s = strconv.FormatInt(*value, 10)
	}
	f := v.field(ctx, name, label, s)
	f.InputMode, f.Width = "numeric", ui.Short
	return f
}

func (v formView) box(ctx context.Context, name, label string, on bool) ui.FieldView {
	return ui.FieldView{Name: name, Label: label, Checked: v.Ticked(name, on), Error: v.Error(name)}
}

// several are boxes of which any may be ticked.
func (v formView) several(ctx context.Context, name, label string, options []ui.Option, on []string) ui.FieldView {
	return ui.FieldView{Name: name, Label: label, Options: options, Values: none(v.Values(name, on)), Error: v.Error(name)}
}

// none keeps an empty choice apart from one that takes the field's value.
func none(list []string) []string {
	if len(list) == 0 {
		return []string{""}
	}
	return list
}

// options are the entries of a kind that can be chosen: those that are offered, and those that the entry has.
func (v formView) options(ctx context.Context, k taxonomy.Kind, has ...string) (out []ui.Option) {
	for _, e := range v.set.Entries(k) {
		if !e.Retired || slices.Contains(has, e.ID) {
			out = append(out, ui.Option{Value: e.ID, Label: door.Data(ctx, i18n.Say(ctx, e.Names.Msg()))})
		}
	}
	return out
}

func (v formView) levels(ctx context.Context) (out []ui.Option) {
	for _, l := range []rate.Level{rate.Standard, rate.Premium} {
		out = append(out, ui.Option{Value: string(l), Label: i18n.Say(ctx, subscription.LevelLabel(l))})
	}
	return out
}

func words(list []rate.Level) (out []string) {
	for _, l := range list {
		out = append(out, string(l))
	}
	return out
}

func first(list []string) string { return strings.Join(list[:min(len(list), 1)], "") }

func caseTypes(ctx context.Context) (out []ui.Option) {
	for _, t := range []string{taxonomy.Consultation, taxonomy.Fault} {
		out = append(out, ui.Option{Value: t, Label: i18n.Say(ctx, caseType(t))})
	}
	return out
}

func regionTypes(ctx context.Context) (out []ui.Option) {
	for n := range 3 {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: i18n.Say(ctx, regionType(n))})
	}
	return out
}

func fieldTypes(ctx context.Context) (out []ui.Option) {
	for _, t := range taxonomy.FieldTypes {
		out = append(out, ui.Option{Value: strconv.Itoa(int(t)), Label: i18n.Say(ctx, t.Label())})
	}
	return out
}

func standing(ctx context.Context, e taxonomy.Entry) (ui.Tone, string) {
	if e.Retired {
		return ui.Neutral, i18n.T(ctx, "taxonomy.retired")
	}
	return ui.Good, i18n.T(ctx, "taxonomy.offered")
}
