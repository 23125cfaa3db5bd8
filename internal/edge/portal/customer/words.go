package customer

import (
	"context"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

func code(f ask.Field) templ.Component { return ask.Code(f) }

func edition(x distribution.Request) [][2]string {
	return [][2]string{{"edition", strconv.FormatInt(x.Edition, 10)}}
}

// listColumns are the columns of customers; ticks only where something can be done with them.
func listColumns(v listView, tick string, words ...string) (out []ui.Column) {
	if v.batch() {
		out = append(out, ui.Column{Label: tick, Hidden: true})
	}
	for _, w := range words {
		out = append(out, ui.Column{Label: w})
	}
	return out
}

func levels(ctx context.Context) (out []ui.Option) {
	for _, l := range distribution.Levels() {
		out = append(out, ui.Option{Value: l, Label: door.Data(ctx, l)})
	}
	return out
}

func modelChoices(ctx context.Context) []ui.Option {
	return []ui.Option{{Value: string(account.Resale), Label: i18n.Say(ctx, account.LinkLabel(account.Resale)), Hint: i18n.T(ctx, "customers.model.resale")},
		{Value: string(account.Referral), Label: i18n.Say(ctx, account.LinkLabel(account.Referral)), Hint: i18n.T(ctx, "customers.model.referral")}}
}

// announceError is the refusal of the announcement's address: both forms on the page have one.
func (v invitationsView) announceError() string {
	if v.R.Form.Has("announced_email") {
		return site.ErrorOf(v.Errs, "email")
	}
	return ""
}

func freezeTitle(ctx context.Context, v showView) string {
	if v.x.Frozen > 0 {
		return i18n.T(ctx, "customers.unfreeze.title", i18n.A{"name": v.x.Name})
	}
	return i18n.T(ctx, "customers.freeze.title_name", i18n.A{"name": v.x.Name})
}

func freezeNext(ctx context.Context, v showView) string {
	if v.x.Frozen > 0 {
		return i18n.T(ctx, "customers.unfreeze.next")
	}
	return i18n.T(ctx, "customers.freeze.next")
}

func freezeHidden(v showView) [][2]string {
	switch v.x.Frozen {
	case distribution.AccountOnly:
		return [][2]string{{"do", "unfreeze"}, {"type", distribution.TypeAccount}}
	case distribution.AndResources:
		return [][2]string{{"do", "unfreeze"}, {"type", distribution.TypeAndResource}}
	}
	return [][2]string{{"do", "freeze"}}
}

func invitationNext(ctx context.Context, v invitationView) string {
	if v.link == "" {
		return i18n.T(ctx, "customers.link.next_gone")
	}
	return i18n.T(ctx, "customers.link.next")
}

func offerState(ctx context.Context, v offerView) string {
	a := i18n.A{"partner": v.o.Partner.Name, "model": account.LinkLabel(v.o.Kind)}
	if v.o.Kind == account.ResellerOf {
		return i18n.T(ctx, "customers.offer.state_reseller", a)
	}
	return i18n.T(ctx, "customers.offer.state", a)
}

func offerLogin(v offerView) string {
	return "/login?" + url.Values{"next": {"/join-partner?token=" + v.token}}.Encode()
}

func leaveState(ctx context.Context, v leaveView) string {
	a := i18n.A{"name": v.name(), "model": account.LinkLabel(v.x.Kind), "since": i18n.From(ctx).Date(v.x.Began())}
	return i18n.T(ctx, "customers.leave.state", a)
}

func leaveNext(ctx context.Context, v leaveView) string {
	if n := len(distribution.Blocking(v.bars)); n > 0 {
		return i18n.T(ctx, "customers.leave.blocked", i18n.A{"n": n})
	}
	return i18n.T(ctx, "customers.leave.next")
}

func resellersState(ctx context.Context, v resellersView) string {
	if !v.distributor() {
		return i18n.T(ctx, "customers.resellers.not_distributor")
	}
	return i18n.T(ctx, "customers.resellers.state", i18n.A{"n": len(v.rows)})
}

func resellersNext(ctx context.Context, v resellersView) string {
	if !v.distributor() {
		return i18n.T(ctx, "customers.resellers.next_other")
	}
	return i18n.T(ctx, "customers.resellers.next")
}

// events are what happened to one customer: its records, freezes and account managers.
func (v showView) events(ctx context.Context) []ui.Event {
	out := events(ctx, v.history.Records)
	for _, f := range v.history.Freezings {
		tone := ui.Bad
		if f.Frozen == distribution.NotFrozen {
			tone = ui.Good
		}
		e := ui.Event{At: f.At, By: f.ByName, Body: data(f.Why), Title: i18n.Say(ctx, distribution.FrozenLabel(f.Frozen)), Tone: tone}
		if f.Origin == "above" {
			e.By, e.Body, e.Text = "", nil, i18n.T(ctx, "customers.record.above")
		}
		out = append(out, e)
	}
	for _, t := range v.history.Terms {
		out = append(out, ui.Event{At: t.From, By: t.SetBy, Title: i18n.T(ctx, "customers.record.manager", i18n.A{"name": t.Name}), Tone: ui.Neutral})
	}
	sortEvents(out)
	return out
}
