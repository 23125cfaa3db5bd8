package notify

import (
	"hanse/internal/domain/payment"
	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// vendorMoney decides about top-ups, credit and withdrawals.
func vendorMoney() []actor.Role { return []actor.Role{actor.VendorAdmin, actor.VendorFinance} }

// treasuryRules tell companies what came in and what became of what they asked for, and the vendor's finance what waits
// for it.
func treasuryRules() []func(*Service) rule {
	return append(append(append(topUpRules(), creditRules()...), withdrawalRules()...), append(refundRules(), paymentRules()...)...)
}

// said is the words of somebody, or that there are none.
func said(words string) i18n.Msg {
	if words == "" {
		return i18n.M("treasury.notify.no_words")
	}
	return i18n.Raw(words)
}

func topUpRules() []func(*Service) rule {
	type changed = treasury.TopUpChanged
	args := func(x changed) i18n.A {
		return i18n.A{"company": i18n.Raw(x.AccountName), "sum": currency(x.Unit, x.Minor), "reference": said(x.Reference), "reason": said(x.Reason), "by": i18n.Raw(x.By)}
	}
	toFinance := func(quiet bool, title, body string) func(changed, string) []Note {
		return func(x changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: vendorMoney(), Tone: Warn, Quiet: quiet, Link: "/topups/" + x.TopUp, Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
		}
	}
	toCompany := func(tone Tone, title, body string) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			return []Note{{Account: x.Account, Roles: moneyDesk(), Tone: tone, Link: "/finance/topup", Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
		}
	}
	return []func(*Service) rule{
		on("topup.entered", toFinance(false, "treasury.notify.entered", "treasury.notify.entered.body")),
		on("topup.rejected", toFinance(true, "treasury.notify.rejected", "treasury.notify.rejected.body")),
		on("topup.reversal_asked", toFinance(false, "treasury.notify.reversal", "treasury.notify.reversal.body")),
		on("topup.posted", toCompany(Good, "treasury.notify.posted", "treasury.notify.posted.body")),
		on("topup.reversed", toCompany(Bad, "treasury.notify.reversed", "treasury.notify.reversed.body")),
	}
}

func creditRules() []func(*Service) rule {
	type changed = treasury.CreditChanged
	args := func(x changed) i18n.A {
		return i18n.A{"company": i18n.Raw(x.AccountName), "sum": currency(x.Unit, x.Minor), "before": currency(x.Unit, x.Before), "reason": said(x.Reason), "words": said(x.Words)}
	}
	earmarked := func(x treasury.EarmarkChanged) i18n.A {
		return i18n.A{"sum": currency(x.Unit, x.Minor), "purpose": i18n.Raw(x.Purpose), "reason": said(x.Reason)}
	}
	return []func(*Service) rule{
		on("credit.asked", func(x changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: vendorMoney(), Tone: Warn, Link: "/credit/changes/" + x.Change, Title: i18n.M("treasury.notify.credit_asked", args(x)), Body: i18n.M("treasury.notify.credit_asked.body", args(x))}}
		}),
		on("credit.rejected", func(x changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: vendorMoney(), Quiet: true, Link: "/credit/changes/" + x.Change, Title: i18n.M("treasury.notify.credit_rejected", args(x)), Body: i18n.M("treasury.notify.credit_rejected.body", args(x))}}
		}),
		on("credit.set", func(x changed, _ string) []Note {
			return []Note{{Account: x.Account, Roles: moneyDesk(), Tone: Neutral, Link: "/finance/credit", Title: i18n.M("treasury.notify.credit_set", args(x)), Body: i18n.M("treasury.notify.credit_set.body", args(x))}}
		}),
		on("earmark.made", func(x treasury.EarmarkChanged, _ string) []Note {
			return []Note{{Account: x.Account, Roles: moneyDesk(), Tone: Warn, Link: "/finance/own", Title: i18n.M("treasury.notify.earmarked", earmarked(x)), Body: i18n.M("treasury.notify.earmarked.body", earmarked(x))}}
		}),
		on("earmark.released", func(x treasury.EarmarkChanged, _ string) []Note {
			return []Note{{Account: x.Account, Roles: moneyDesk(), Tone: Good, Link: "/finance/own", Title: i18n.M("treasury.notify.released", earmarked(x)), Body: i18n.M("treasury.notify.released.body", earmarked(x))}}
		}),
	}
}

func withdrawalRules() []func(*Service) rule {
	type changed = treasury.WithdrawalChanged
	args := func(x changed) i18n.A {
		return i18n.A{"company": i18n.Raw(x.AccountName), "sum": currency(x.Unit, x.Minor), "reason": said(x.Reason), "reference": said(x.Reference)}
	}
	toFinance := func(quiet bool, title, body string) func(changed, string) []Note {
		return func(x changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: vendorMoney(), Quiet: quiet, Link: "/withdrawals/" + x.Withdrawal, Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
		}
	}
	toCompany := func(tone Tone, title, body string) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			return []Note{{Account: x.Account, Roles: moneyDesk(), Tone: tone, Link: "/finance/withdrawals/" + x.Withdrawal, Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
		}
	}
	return []func(*Service) rule{
		on("withdrawal.requested", toFinance(false, "treasury.notify.requested", "treasury.notify.requested.body")),
		on("withdrawal.cancelled", toFinance(true, "treasury.notify.cancelled", "treasury.notify.cancelled.body")),
		on("withdrawal.approved", toCompany(Good, "treasury.notify.approved", "treasury.notify.approved.body")),
		on("withdrawal.rejected", toCompany(Bad, "treasury.notify.refused", "treasury.notify.back.body")),
		on("withdrawal.paid", toCompany(Good, "treasury.notify.paid", "treasury.notify.paid.body")),
		on("withdrawal.failed", toCompany(Bad, "treasury.notify.failed", "treasury.notify.back.body")),
	}
}

func refundRules() []func(*Service) rule {
	type changed = treasury.RefundChanged
	args := func(x changed) i18n.A {
		return i18n.A{"partner": i18n.Raw(x.PartnerName), "customer": i18n.Raw(x.CustomerName), "sum": currency(x.Unit, x.Minor), "words": said(x.Words), "reference": said(x.Reference)}
	}
	to := func(partner bool, tone Tone, title, body string) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			n := Note{Account: x.Customer, Roles: moneyDesk(), Tone: tone, Link: "/finance/refunds/" + x.Refund, Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}
			if partner {
				n.Account = x.Partner
			}
			return []Note{n}
		}
	}
	return []func(*Service) rule{
		on("refund.asked", to(true, Warn, "treasury.notify.refund_asked", "treasury.notify.refund_asked.body")),
		on("refund.withdrawn", to(true, Neutral, "treasury.notify.refund_withdrawn", "treasury.notify.words.body")),
		on("refund.disputed", to(true, Bad, "treasury.notify.refund_disputed", "treasury.notify.words.body")),
		on("refund.confirmed", to(true, Good, "treasury.notify.refund_confirmed", "treasury.notify.words.body")),
		on("refund.declined", to(false, Bad, "treasury.notify.refund_declined", "treasury.notify.words.body")),
		on("refund.returned", to(false, Neutral, "treasury.notify.refund_returned", "treasury.notify.refund_returned.body")),
		on("refund.refunded", to(false, Warn, "treasury.notify.refund_refunded", "treasury.notify.refund_refunded.body")),
	}
}

func paymentRules() []func(*Service) rule {
	link := func(x payment.Changed) string { return "/finance/payments/" + x.Payment }
	return []func(*Service) rule{
		on("payment.failed", func(x payment.Changed, _ string) []Note {
			a := i18n.A{"sum": currency(x.Unit, x.Minor)}
			return []Note{{Account: x.Account, Roles: moneyDesk(), Tone: Bad, Link: link(x), Title: i18n.M("treasury.notify.payment_failed", a), Body: i18n.M("treasury.notify.payment_failed.body")}}
		}),
		on("payment.expired", func(x payment.Changed, _ string) []Note {
			a := i18n.A{"sum": currency(x.Unit, x.Minor)}
			return []Note{{Account: x.Account, Roles: moneyDesk(), Tone: Neutral, Quiet: true, Link: link(x), Title: i18n.M("treasury.notify.payment_expired", a), Body: i18n.M("treasury.notify.payment_expired.body")}}
		}),
		on("balance.low", func(x treasury.BalanceLow, _ string) []Note {
			a := i18n.A{"sum": currency(x.Unit, x.Minor), "threshold": currency(x.Unit, x.Threshold)}
			return []Note{{Account: x.Account, Roles: moneyDesk(), Tone: Warn, Link: "/finance/topup", Title: i18n.M("treasury.notify.low", a), Body: i18n.M("treasury.notify.low.body", a)}}
		}),
	}
}
