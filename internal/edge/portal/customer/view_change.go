package customer

import (
	"context"

	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/edge/portal/ask"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

type leaveView struct {
	door.View
	x    account.Association
	with string
	op   string
	bars []distribution.Bar
	ask  ask.Field
}

func (v leaveView) blocked() bool { return len(distribution.Blocking(v.bars)) > 0 }

func (v leaveView) action() string {
	switch {
	case v.with == "":
		return "/my-partner/" + v.op
	case v.x.Kind == account.ResellerOf:
		return "/resellers/" + v.with + "/" + v.op
	}
	return "/customers/" + v.with + "/" + v.op
}

func (v leaveView) back() string {
	switch {
	case v.with == "":
		return "/my-partner"
	case v.x.Kind == account.ResellerOf:
		return "/resellers/" + v.with
	}
	return "/customers/" + v.with
}

// name is the other side.
func (v leaveView) name() string {
	if v.with == "" {
		return v.x.AccountName
	}
	return v.x.OtherName
}

// effects are what happens when the other side agrees.
func (v leaveView) effects(ctx context.Context) []string {
	if v.x.Kind == account.ResellerOf {
		return []string{i18n.T(ctx, "customers.effect.reseller_money"), i18n.T(ctx, "customers.effect.reseller_quota"), i18n.T(ctx, "customers.effect.reseller_customers"), i18n.T(ctx, "customers.effect.agree")}
	}
	out := []string{}
	if v.x.Kind == account.Resale {
		out = append(out, i18n.T(ctx, "customers.effect.money"))
	}
	out = append(out, i18n.T(ctx, "customers.effect.vouchers"))
	if v.op == distribution.Switch {
		out = append(out, i18n.T(ctx, "customers.effect.switch", i18n.A{"model": account.LinkLabel(otherModel(v.x.Kind))}))
	}
	return append(out, i18n.T(ctx, "customers.effect.settle"), i18n.T(ctx, "customers.effect.agree"))
}

func otherModel(m account.Link) account.Link {
	if m == account.Resale {
		return account.Referral
	}
	return account.Resale
}

type requestView struct {
	door.View
	x                  distribution.Request
	ask                ask.Field
	answers, withdraws bool
}

func requestTone(s distribution.RequestState) ui.Tone {
	switch s {
	case distribution.Pending:
		return ui.Warn
	case distribution.Agreed:
		return ui.Good
	case distribution.Refused:
		return ui.Bad
	}
	return ui.Neutral
}

func (v requestView) todo(ctx context.Context) string {
	switch {
	case v.answers:
		return i18n.T(ctx, "customers.request.next_answer")
	case v.withdraws:
		return i18n.T(ctx, "customers.request.next_wait")
	case v.x.State == distribution.Pending:
		return i18n.T(ctx, "customers.request.next_admin")
	}
	return i18n.T(ctx, "customers.request.next_closed")
}

func (v requestView) back() string {
	switch {
	case v.By.Account == v.x.Other:
		return "/my-partner"
	case v.By.Vendor():
		return "/channel/" + v.x.Partner + "/customers"
	case v.x.Model == account.ResellerOf:
		return "/resellers/" + v.x.Other
	}
	return "/customers/" + v.x.Other
}

func (v requestView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	out := []ui.Fact{{Label: i18n.T(ctx, "customers.f.partner"), Body: data(x.PartnerName)}, {Label: i18n.T(ctx, "customers.f.other"), Body: data(x.OtherName)},
		{Label: i18n.T(ctx, "customers.f.model"), Value: i18n.Say(ctx, account.LinkLabel(x.Model))}}
	if x.To != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "customers.f.to_model"), Value: i18n.Say(ctx, account.LinkLabel(x.To))})
	}
	out = append(out, ui.Fact{Label: i18n.T(ctx, "customers.f.asked_by"), Body: data(x.AskedBy)}, ui.Fact{Label: i18n.T(ctx, "customers.f.asked_at"), Body: ui.Time(x.AskedAt)},
		ui.Fact{Label: i18n.T(ctx, "customers.f.reason"), Body: data(x.Reason)})
	if x.State != distribution.Pending {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "customers.f.answered_by"), Body: data(x.AnsweredBy)}, ui.Fact{Label: i18n.T(ctx, "customers.f.answer"), Body: data(x.Answer)})
	}
	if x.State == distribution.Agreed {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "customers.f.returned"), Body: data(i18n.From(ctx).Money(x.Returned, "CNY"))})
	}
	return out
}
