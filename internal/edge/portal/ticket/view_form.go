package ticket

import (
	"context"
	"strconv"
	"strings"

	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/thread"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

func (v formView) quotaLine(ctx context.Context) string {
	q := v.quota
	a := i18n.A{"n": q.Left, "total": i18n.From(ctx).Int(q.Total), "at": i18n.From(ctx).DateTime(q.Resets), "level": subscription.LevelLabel(q.Level), "who": door.Data(ctx, v.serving)}
	switch {
	case v.toPartner():
		return i18n.T(ctx, "tickets.quota.partner", a)
	case !v.kind.Technical:
		return i18n.T(ctx, "tickets.quota.free")
	case q.Level == rate.Basic:
		return i18n.T(ctx, "tickets.quota.none", a)
	case q.Left < 0:
		return i18n.T(ctx, "tickets.quota.unlimited", a)
	case q.Left == 0:
		return i18n.T(ctx, "tickets.quota.spent", a)
	}
	return i18n.T(ctx, "tickets.quota.left", a)
}

func (v formView) toPartner() bool { return v.quota.Partner != "" }

func (v formView) short() bool {
	return !v.toPartner() && v.kind.Technical && (v.quota.Level == rate.Basic || v.quota.Left == 0) || v.spent != nil
}

func (v formView) buys() string {
	switch {
	case !v.Can(actor.PlaceOrder) || v.quota.Owner != "" && v.quota.Owner != v.Account && v.quota.Level != rate.Basic:
		return ""
	case v.quota.Level == rate.Basic:
		return "plan"
	}
	return "pack"
}

func (v formView) shortTitle(ctx context.Context) string {
	if v.quota.Level == rate.Basic {
		return i18n.T(ctx, "tickets.short.plan")
	}
	return i18n.T(ctx, "tickets.short.spent", i18n.A{"total": i18n.From(ctx).Int(v.quota.Total)})
}

func (v formView) shortText(ctx context.Context) string {
	a := i18n.A{"at": i18n.From(ctx).DateTime(v.quota.Resets), "owner": door.Data(ctx, v.quota.OwnerName)}
	switch {
	case v.quota.Level == rate.Basic && v.buys() == "":
		return i18n.T(ctx, "tickets.short.plan.ask")
	case v.quota.Level == rate.Basic:
		return i18n.T(ctx, "tickets.short.plan.buy")
	case v.buys() == "":
		return i18n.T(ctx, "tickets.short.spent.ask", a)
	}
	return i18n.T(ctx, "tickets.short.spent.buy", a)
}

func (v formView) composer(ctx context.Context) thread.Compose {
	f := ui.FieldView{Name: "body", Label: i18n.T(ctx, "tickets.f.body"), Hint: i18n.T(ctx, "tickets.h.body"), Value: v.typed("body", ""), Error: v.Error("body"), Required: true, Rows: 10, MaxLen: 20000}
	return thread.Compose{FieldView: f, Files: v.files, Limits: v.limits, Source: "incident", Assets: v.Site.Assets, FileError: v.fileError()}
}

func (v formView) field(ctx context.Context, f taxonomy.Field) ui.FieldView {
	name := "extra." + f.Key
	x := ui.FieldView{Name: name, Label: i18n.Say(ctx, f.Msg()), Value: v.typed(name, f.Default), Error: v.Error(name), Required: f.Required, MaxLen: f.Length}
	if f.Tips != (taxonomy.Names{}) {
		x.Hint = i18n.Say(ctx, f.Tips.Msg())
	}
	for _, o := range f.Options {
		x.Options = append(x.Options, ui.Option{Value: o.Value, Label: i18n.Say(ctx, o.Msg())})
	}
	switch f.Type {
	case taxonomy.NumberField:
		x.Type, x.Width = "number", ui.Medium
		if f.Min != nil {
			x.Min = strconv.FormatInt(*f.Min, 10)
		}
		if f.Max != nil {
			x.Max = strconv.FormatInt(*f.Max, 10)
		}
	case taxonomy.DateField:
		x.Type, x.Width = "date", ui.Medium
	case taxonomy.MultiField:
		x.Values = v.R.Form[name]
	case taxonomy.SelectField:
		x.Blank = i18n.T(ctx, "tickets.choose")
	}
	return x
}

func (v formView) byProduct() bool {
	for _, f := range v.set.Entries(taxonomy.FieldKind) {
		if len(f.Products) > 0 && !f.Retired {
			return true
		}
	}
	return false
}

func (v formView) serviceLine(ctx context.Context) string {
	if v.serving == "" {
		return i18n.T(ctx, "tickets.new.state")
	}
	return i18n.T(ctx, "tickets.new.served", i18n.A{"who": door.Data(ctx, v.serving)})
}

func (v formView) chooseHidden() [][2]string {
	out := [][2]string{{"chosen", "1"}}
	if v.draft.ID != "" {
		out = append(out, [2]string{"draft", v.draft.ID})
	}
	return out
}

func (v formView) unchosenText(ctx context.Context) string {
	if q := v.R.URL.Query(); q.Get("chosen") == "" || q.Get("type") != "" {
		return ""
	}
	return i18n.T(ctx, "tickets.type.missing")
}

func (v formView) unchosen(ctx context.Context) []ui.FieldError {
	if text := v.unchosenText(ctx); text != "" {
		return []ui.FieldError{{Name: "type", Text: text}}
	}
	return nil
}

func (v formView) regionHint(ctx context.Context) string {
	if v.kind.CaseType == taxonomy.Fault {
		return i18n.T(ctx, "tickets.h.region.fault")
	}
	return i18n.T(ctx, "tickets.h.region")
}

func (v formView) choosing() bool { return v.kind.ID == "" || v.R.URL.Query().Get("step") == "type" }

func (v formView) hidden() [][2]string {
	out := [][2]string{{"key", v.key}, {"type", v.kind.ID}}
	if v.draft.ID != "" {
		out = append(out, [2]string{"draft", v.draft.ID})
	}
	return out
}

func (v formView) fileError() string {
	var all []string
	for _, e := range v.Errs {
		if e.Name == "file" || e.Name == "attachments" {
			all = append(all, e.Text)
		}
	}
	return strings.Join(all, " ")
}

func (v formView) typed(name, otherwise string) string {
	if v.R.Form.Has(name) {
		return v.R.Form.Get(name)
	}
	return otherwise
}

func (v formView) types(ctx context.Context) (out []ui.Option) {
	for _, t := range v.set.ProblemTypes() {
		if !t.Hidden {
			out = append(out, ui.Option{Value: t.ID, Label: i18n.Say(ctx, t.Msg()), Hint: i18n.Say(ctx, t.Notes.Msg())})
		}
	}
	return out
}

func (v formView) products(ctx context.Context) (out []ui.Option) {
	for _, c := range v.set.Categories() {
		if !v.kind.In(c.ID) {
			continue
		}
		for _, x := range v.set.ProductsOf(c.ID) {
			out = append(out, ui.Option{Value: x.ID, Label: i18n.T(ctx, "tickets.product.of", i18n.A{"category": c.Msg(), "product": x.Msg()})})
		}
	}
	return out
}

func (v formView) severities(ctx context.Context) (out []ui.Option) {
	for _, s := range v.severity.List {
		out = append(out, ui.Option{Value: s.Code, Label: i18n.Say(ctx, s.Msg()), Hint: i18n.Say(ctx, s.Notes.Msg())})
	}
	return out
}

func (v formView) regions(ctx context.Context) (out []ui.Option) {
	for _, x := range v.set.Regions() {
		out = append(out, ui.Option{Value: x.ID, Label: i18n.Say(ctx, x.Msg())})
	}
	return out
}

func (v formView) areas(ctx context.Context) (out []ui.Option) {
	for _, x := range v.set.AreaCodes() {
		out = append(out, ui.Option{Value: x.Code, Label: i18n.T(ctx, "tickets.area", i18n.A{"name": x.Msg(), "code": x.Code})})
	}
	return out
}

// agreementLine says whether the reader has signed what holds for tickets. Nothing depends on it.
func (v formView) agreementLine(ctx context.Context) string {
	if v.signed {
		return i18n.T(ctx, "tickets.agreement.signed", i18n.A{"version": v.agreement.Version})
	}
	return i18n.T(ctx, "tickets.agreement.open", i18n.A{"version": v.agreement.Version})
}
