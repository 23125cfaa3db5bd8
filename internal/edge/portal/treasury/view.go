package treasury

import (
	"context"
	"strconv"

	"hanse/internal/domain/account"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/treasury"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	amount "hanse/internal/kit/money"
)

// without leaves the column of the company out of a company's own list.
func without(vendor bool, all []ui.Column) []ui.Column {
	if vendor {
		return all
	}
	return append(append([]ui.Column{}, all[0]), all[2:]...)
}

func topUpColumns(vendor bool, received, company, method, reference, amount, state string) []ui.Column {
	return without(vendor, []ui.Column{{Label: received}, {Label: company}, {Label: method}, {Label: reference}, {Label: amount, Num: true}, {Label: state}})
}

func changeColumns(vendor bool, asked, company, before, line, reason, state string) []ui.Column {
	return without(vendor, []ui.Column{{Label: asked}, {Label: company}, {Label: before, Num: true}, {Label: line, Num: true}, {Label: reason}, {Label: state}})
}

func paymentColumns(vendor bool, begun, company, amount, state, settled string) []ui.Column {
	return without(vendor, []ui.Column{{Label: begun}, {Label: company}, {Label: amount, Num: true}, {Label: state}, {Label: settled}})
}

func withdrawalColumns(vendor bool, asked, company, amount, bank, state, due string) []ui.Column {
	return without(vendor, []ui.Column{{Label: asked}, {Label: company}, {Label: amount, Num: true}, {Label: bank}, {Label: state}, {Label: due}})
}

// plain is an amount as it's typed.
func plain(minor int64) string { return amount.Text(minor) }

func leftOf(e treasury.Earmark) [][2]string {
	return [][2]string{{"left", strconv.FormatInt(e.Left, 10)}}
}

func choices(ctx context.Context) (out []ui.Option) {
	for _, c := range payment.Choices {
		out = append(out, ui.Option{Value: string(c), Label: i18n.Say(ctx, c.Label())})
	}
	return out
}

func financeTrail(ctx context.Context) []ui.Crumb {
	return []ui.Crumb{{Href: "/finance", Label: i18n.T(ctx, "treasury.finance")}}
}

func (v paymentsView) state(ctx context.Context) string {
	if v.offered {
		return i18n.T(ctx, "treasury.payments.state")
	}
	return i18n.T(ctx, "treasury.payments.state.none")
}

// facts are the kinds of money of one currency that the company has.
func (v overviewView) facts(ctx context.Context, h treasury.Holding) []ui.Fact {
	out := []ui.Fact{{Label: i18n.T(ctx, "treasury.own.spendable"), Body: sum(h.Spendable, h.Unit)}}
	if v.resale() || h.Allocated != 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.own.allocated"), Body: sum(h.Allocated, h.Unit)})
	}
	if !v.resale() || h.Cash != 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.own.cash"), Body: sum(h.Cash, h.Unit)})
	}
	for _, x := range []struct {
		label string
		minor int64
	}{{i18n.T(ctx, "treasury.own.credit"), h.CreditFree}, {i18n.T(ctx, "treasury.own.bonus"), h.Bonus}, {i18n.T(ctx, "treasury.own.deposit"), h.Deposit},
		{i18n.T(ctx, "treasury.own.earmarked"), h.Earmarked}, {i18n.T(ctx, "treasury.own.held"), h.Held}, {i18n.T(ctx, "treasury.f.arrears"), h.Arrears}} {
		if x.minor != 0 {
			out = append(out, ui.Fact{Label: x.label, Body: sum(x.minor, h.Unit)})
		}
	}
	return out
}

// possible tells what the company can do with its money, and what it can't and why (business rules 4.1).
func (v overviewView) possible(ctx context.Context) []ui.Task {
	no, yes := ui.Status(ui.Neutral, i18n.T(ctx, "treasury.own.no")), ui.Status(ui.Good, i18n.T(ctx, "treasury.own.yes"))
	if v.resale() {
		a := i18n.A{"partner": door.Data(ctx, v.o.Partner)}
		return []ui.Task{
			{Href: "/finance/topup", Title: i18n.T(ctx, "treasury.own.topup"), Sub: i18n.T(ctx, "treasury.own.topup.resale", a), Icon: "download", Status: no},
			{Href: "/finance/refunds", Title: i18n.T(ctx, "treasury.own.refund"), Sub: i18n.T(ctx, "treasury.own.refund.resale", a), Icon: "refresh", Status: yes},
			{Href: "/my-partner", Title: i18n.T(ctx, "treasury.own.contract"), Sub: i18n.T(ctx, "treasury.own.contract.resale", a), Icon: "file-text", Status: no},
		}
	}
	return []ui.Task{
		{Href: "/finance/topup", Title: i18n.T(ctx, "treasury.own.topup"), Sub: i18n.T(ctx, "treasury.own.topup.self"), Icon: "download", Status: yes},
		{Href: "/finance/withdraw", Title: i18n.T(ctx, "treasury.own.withdraw"), Sub: i18n.T(ctx, "treasury.own.withdraw.self"), Icon: "upload", Status: yes},
		{Href: "/finance/withdrawals", Title: i18n.T(ctx, "treasury.withdrawals"), Sub: i18n.T(ctx, "treasury.own.withdrawals.sub"), Icon: "clipboard-check", Status: yes},
		{Href: "/finance/credit", Title: i18n.T(ctx, "treasury.credit"), Sub: i18n.T(ctx, "treasury.own.credit.sub"), Icon: "scale", Status: yes},
	}
}

// own is the company's own threshold as it's typed; "" when the usual one holds.
func (v howView) own() string {
	if !v.reminder.Own {
		return ""
	}
	return plain(v.reminder.Threshold)
}

func (v paymentView) facts(ctx context.Context) []ui.Fact {
	x := v.x
	out := []ui.Fact{{Label: i18n.T(ctx, "treasury.f.amount"), Body: sum(x.Minor, x.Unit)}, {Label: i18n.T(ctx, "treasury.f.number"), Body: data(x.ID)},
		{Label: i18n.T(ctx, "treasury.f.begun"), Body: who(x.AskedName, x.CreatedAt)}}
	if !x.SettledAt.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.f.settled"), Body: ui.Time(x.SettledAt)})
	}
	if x.Reason != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.f.reason"), Body: data(x.Reason)})
	}
	if x.Refunded > 0 {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "treasury.f.refunded"), Body: sum(x.Refunded, x.Unit)})
	}
	return out
}

func (v withdrawView) resale() bool { return v.o.Link == account.Resale }

func (v withdrawView) next(ctx context.Context) string {
	if !v.bank.Known() {
		return i18n.T(ctx, "treasury.withdraw.next.bank")
	}
	return i18n.T(ctx, "treasury.withdraw.next")
}

// sources are the top-ups that can be chosen.
func (v withdrawView) sources(ctx context.Context) (out []ui.Option) {
	for _, t := range v.tops {
		out = append(out, ui.Option{Value: t.ID, Label: i18n.T(ctx, "treasury.withdraw.source", i18n.A{"day": i18n.From(ctx).Day(t.ReceivedOn.String()), "method": t.Method.Label(),
			"reference": door.Data(ctx, t.Reference), "left": money(ctx, t.Left, t.Unit)})})
	}
	return out
}

func (v withdrawalView) trail(ctx context.Context) []ui.Crumb {
	if v.vendor {
		return []ui.Crumb{{Href: "/withdrawals", Label: i18n.T(ctx, "treasury.withdrawals")}}
	}
	return append(financeTrail(ctx), ui.Crumb{Href: "/finance/withdrawals", Label: i18n.T(ctx, "treasury.withdrawals")})
}

func (v refundsView) may() bool {
	if v.partner {
		return v.Can(actor.RefundCustomer)
	}
	return v.Can(actor.AnswerRefund)
}

func (v refundsView) next(ctx context.Context) string {
	if v.partner {
		return i18n.T(ctx, "treasury.refunds.next.partner")
	}
	return i18n.T(ctx, "treasury.refunds.next.customer")
}

func (v newRefundView) state(ctx context.Context) string {
	if v.partner {
		return i18n.T(ctx, "treasury.refund.new.state.partner")
	}
	h := v.o.Unit("CNY")
	return i18n.T(ctx, "treasury.refund.new.state", i18n.A{"sum": money(ctx, h.Allocated, h.Unit)})
}

func (v newRefundView) next(ctx context.Context) string {
	if v.partner {
		return i18n.T(ctx, "treasury.refund.new.next.partner")
	}
	return i18n.T(ctx, "treasury.refund.new.next")
}

func (v refundView) step(to string) string { return "/finance/refunds/" + v.x.ID + "/" + to }
