package delegation

import (
	"context"
	"strconv"

	"hanse/internal/domain/account"
	"hanse/internal/domain/delegation"
	"hanse/internal/domain/distribution"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

type listView struct {
	door.View
	all          []delegation.Delegation
	customers    []distribution.Customer
	users        []account.User
	after, first string
}

func (v listView) customerSide() bool { return v.By.Kind == actor.Customer }

func (v listView) title() i18n.Msg {
	if v.customerSide() {
		return i18n.M("delegations.title_customer")
	}
	return i18n.M("delegations.title")
}

func (v listView) state(ctx context.Context) string {
	active, waiting := 0, 0
	for _, d := range v.all {
		switch d.State {
		case delegation.Active:
			active++
		case delegation.Asked:
			waiting++
		}
	}
	a := i18n.A{"n": active, "waiting": i18n.M("delegations.waiting", i18n.A{"n": waiting})}
	if v.customerSide() {
		return i18n.T(ctx, "delegations.state_customer", a)
	}
	return i18n.T(ctx, "delegations.state_partner", a)
}

func (v listView) next(ctx context.Context) string {
	switch {
	case v.customerSide():
		return i18n.T(ctx, "delegations.next_customer")
	case v.By.Vendor():
		return i18n.T(ctx, "delegations.next_vendor")
	}
	return i18n.T(ctx, "delegations.next_partner")
}

func (v listView) empty(ctx context.Context) string {
	if v.customerSide() {
		return i18n.T(ctx, "delegations.empty_customer")
	}
	return i18n.T(ctx, "delegations.empty_partner")
}

func (v listView) customerOptions(ctx context.Context) (out []ui.Option) {
	for _, c := range v.customers {
		out = append(out, ui.Option{Value: c.ID, Label: door.Data(ctx, c.Name)})
	}
	return out
}

func (v listView) userOptions(ctx context.Context) (out []ui.Option) {
	for _, u := range v.users {
		out = append(out, ui.Option{Value: u.ID, Label: door.Data(ctx, u.Name)})
	}
	return out
}

func tone(s delegation.State) ui.Tone {
	switch s {
	case delegation.Asked:
		return ui.Warn
	case delegation.Active:
		return ui.Good
	case delegation.Refused, delegation.Revoked:
		return ui.Bad
	}
	return ui.Neutral
}

type oneView struct {
	door.View
	d   delegation.Delegation
	ask ask.Field
}

func (v oneView) names() i18n.A {
	return i18n.A{"user": v.d.UserName, "customer": v.d.CustomerName, "partner": v.d.PartnerName, "until": v.d.Until.String()}
}

func (v oneView) state(ctx context.Context) string {
	switch v.d.State {
	case delegation.Asked:
		return i18n.T(ctx, "delegations.one_asked", v.names())
	case delegation.Active:
		return i18n.T(ctx, "delegations.one_active", v.names())
	}
	return i18n.T(ctx, "delegations.one_over")
}

func (v oneView) answers() bool {
	return v.Can(actor.AnswerDelegation) && v.d.Customer == v.By.Account
}

func (v oneView) next(ctx context.Context) string {
	switch {
	case !v.d.Open():
		return i18n.T(ctx, "delegations.one_next_over")
	case v.d.State == delegation.Active:
		return i18n.T(ctx, "delegations.one_next_active")
	case v.answers():
		return i18n.T(ctx, "delegations.one_next_answer")
	}
	return i18n.T(ctx, "delegations.one_next_wait")
}

func (v oneView) hidden() [][2]string {
	return [][2]string{{"version", strconv.FormatInt(v.d.Version, 10)}}
}

func (v oneView) facts(ctx context.Context) []ui.Fact {
	l := i18n.From(ctx)
	out := []ui.Fact{{Label: i18n.T(ctx, "delegations.partner"), Value: v.d.PartnerName}, {Label: i18n.T(ctx, "delegations.customer"), Value: v.d.CustomerName},
		{Label: i18n.T(ctx, "delegations.user"), Value: v.d.UserName}, {Label: i18n.T(ctx, "delegations.until"), Value: l.Day(v.d.Until.String())},
		{Label: i18n.T(ctx, "delegations.reason"), Value: v.d.Reason}, {Label: i18n.T(ctx, "delegations.asked_by"), Value: v.d.AskedBy + ", " + l.DateTime(v.d.AskedAt)}}
	if v.d.AnsweredBy != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "delegations.answered_by"), Value: v.d.AnsweredBy + ", " + l.DateTime(v.d.AnsweredAt)})
	}
	if v.d.Words != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "delegations.words"), Value: v.d.Words})
	}
	return out
}
