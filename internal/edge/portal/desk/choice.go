package desk

import (
	"context"

	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// Choices from what tickets can be, in the reader's language.

func typeOptions(ctx context.Context, set *taxonomy.Set) (out []ui.Option) {
	for _, x := range set.ProblemTypes() {
		out = append(out, ui.Option{Value: x.ID, Label: i18n.Say(ctx, x.Names.Msg())})
	}
	return out
}

func categoryOptions(ctx context.Context, set *taxonomy.Set) (out []ui.Option) {
	for _, x := range set.Categories() {
		out = append(out, ui.Option{Value: x.ID, Label: i18n.Say(ctx, x.Names.Msg())})
	}
	return out
}

func productOptions(ctx context.Context, set *taxonomy.Set) (out []ui.Option) {
	for _, x := range set.Products() {
		out = append(out, ui.Option{Value: x.ID, Label: i18n.Say(ctx, x.Names.Msg())})
	}
	return out
}

func severityOptions(ctx context.Context, set *taxonomy.Set) (out []ui.Option) {
	for _, x := range set.Severities() {
		out = append(out, ui.Option{Value: x.Code, Label: i18n.Say(ctx, x.Names.Msg())})
	}
	return out
}

func regionOptions(ctx context.Context, set *taxonomy.Set) (out []ui.Option) {
	for _, x := range set.Regions() {
		out = append(out, ui.Option{Value: x.ID, Label: i18n.Say(ctx, x.Names.Msg())})
	}
	return out
}

func planOptions(ctx context.Context) (out []ui.Option) {
	for _, l := range []rate.Level{rate.Basic, rate.Standard, rate.Premium} {
		out = append(out, ui.Option{Value: string(l), Label: i18n.Say(ctx, subscription.LevelLabel(l))})
	}
	return out
}

func languageOptions(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: i18n.Chinese, Label: i18n.T(ctx, "desk.language.zh")}, {Value: i18n.English, Label: i18n.T(ctx, "desk.language.en")}}
}

// labelOptions are choices of the desk's labels.
func labelOptions(ctx context.Context, all []ticket.Label) (out []ui.Option) {
	for _, l := range all {
		out = append(out, ui.Option{Value: number(l.ID), Label: door.Data(ctx, l.Name)})
	}
	return out
}

// labelOf is the label of a choice; the value itself for one that's no longer offered.
func labelOf(options []ui.Option, value string) string {
	for _, o := range options {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}
