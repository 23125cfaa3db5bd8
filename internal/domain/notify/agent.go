package notify

import (
	"context"

	"hanse/internal/domain/contract"
	"hanse/internal/domain/order"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/outbox"
)

// agentRules tell partners what they are asked to pay (as a message, by mail and by short message), and buyers what
// became of it.
func agentRules() []func(*Service) rule {
	type changed = order.AgentChanged
	args := func(x changed) i18n.A {
		return i18n.A{"account": i18n.Raw(x.AccountName), "partner": i18n.Raw(x.PartnerName), "no": x.No, "title": x.Title(), "sum": currency(x.Currency, x.Minor),
			"words": said(x.Words), "until": i18n.Raw(x.Deadline.In(calendar.Zone).Format("2006-01-02 15:04"))}
	}
	toPartner := func(x changed, title, body i18n.Msg, quiet bool) Note {
		return Note{Account: x.Partner, Roles: []actor.Role{actor.PartnerAdmin, actor.PartnerFinance}, Quiet: quiet, Link: "/payments-asked/" + x.ID, Title: title, Body: body}
	}
	toBuyer := func(tone Tone, title, body i18n.Msg) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			return []Note{{Account: x.Account, Roles: payers, Tone: tone, Link: "/orders/" + x.No, Title: i18n.Msg{Key: title.Key, Args: args(x)}, Body: i18n.Msg{Key: body.Key, Args: args(x)}}}
		}
	}
	over := func(x changed, _ string) []Note {
		return []Note{toPartner(x, i18n.M("agentpay.note.over", args(x)), i18n.M("agentpay.note.over.body", args(x)), true)}
	}
	return []func(*Service) rule{
		func(*Service) rule {
			return rule{"agent_pay.requested", func(ctx context.Context, q db.Querier, e outbox.Event) ([]Note, error) {
				x, err := outbox.As[changed](e)
				if err != nil {
					return nil, err
				}
				n := toPartner(x, i18n.M("agentpay.note.requested", args(x)), i18n.M("agentpay.note.requested.body", args(x)), false)
				n.Tone = Warn
				texts, err := byPhone(ctx, q, n)
				return append(texts, n), err
			}}
		},
		on("agent_pay.paid", toBuyer(Good, i18n.M("agentpay.note.paid"), i18n.M("agentpay.note.paid.body"))),
		on("agent_pay.declined", toBuyer(Bad, i18n.M("agentpay.note.declined"), i18n.M("agentpay.note.declined.body"))),
		on("agent_pay.withdrawn", over),
		on("agent_pay.expired", over),
	}
}

// contractRules tell buyers what becomes of their contracts, and the vendor's finance what waits.
func contractRules() []func(*Service) rule {
	type changed = contract.Changed
	args := func(x changed) i18n.A {
		return i18n.A{"account": i18n.Raw(x.AccountName), "no": x.No, "sum": currency(x.Currency, x.Minor), "words": said(x.Words), "reference": said(x.Reference), "cause": x.Cause.Label()}
	}
	toBuyer := func(kind string, tone Tone, title, body i18n.Msg) func(*Service) rule {
		return on("contract."+kind, func(x changed, _ string) []Note {
			return []Note{{Account: x.Account, Roles: payers, Tone: tone, Link: "/contracts/" + x.No, Title: i18n.Msg{Key: title.Key, Args: args(x)}, Body: i18n.Msg{Key: body.Key, Args: args(x)}}}
		})
	}
	return []func(*Service) rule{
		on("contract.applied", func(x changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: finance, Tone: Warn, Link: "/contracts/" + x.No, Title: i18n.M("contract.note.applied", args(x)), Body: i18n.M("contract.note.applied.body", args(x))}}
		}),
		toBuyer("issued", Good, i18n.M("contract.note.issued"), i18n.M("contract.note.issued.body")),
		toBuyer("signed", Neutral, i18n.M("contract.note.signed"), i18n.M("contract.note.signed.body")),
		toBuyer("funded", Good, i18n.M("contract.note.funded"), i18n.M("contract.note.funded.body")),
		toBuyer("refused", Bad, i18n.M("contract.note.refused"), i18n.M("contract.note.refused.body")),
		on("contract.cancelled", func(x changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: finance, Quiet: true, Link: "/contracts/" + x.No, Title: i18n.M("contract.note.cancelled", args(x)), Body: i18n.M("contract.note.cancelled.body", args(x))}}
		}),
	}
}
