package notify

import (
	"hanse/internal/domain/delegation"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// delegationRules tell partner and customer of every step by which somebody acts for a customer.
func delegationRules() []func(*Service) rule {
	type changed = delegation.Changed
	note := func(account string, role actor.Role, x changed, tone Tone, title, body string) []Note {
		a := i18n.A{"partner": i18n.Raw(x.PartnerName), "customer": i18n.Raw(x.CustomerName), "user": i18n.Raw(x.UserName), "until": x.Until, "text": i18n.Raw(x.Text)}
		return []Note{{Account: account, Roles: []actor.Role{role}, Tone: tone, Link: "/delegations/" + x.ID, Title: i18n.Msg{Key: title, Args: a}, Body: i18n.Msg{Key: body, Args: a}}}
	}
	return []func(*Service) rule{
		on("delegation.asked", func(x changed, _ string) []Note {
			return note(x.Customer, actor.CustomerAdmin, x, Warn, "delegation.note.asked", "delegation.note.asked.body")
		}),
		on("delegation.approved", func(x changed, _ string) []Note {
			return note(x.Partner, actor.PartnerAdmin, x, Good, "delegation.note.approved", "delegation.note.approved.body")
		}),
		on("delegation.refused", func(x changed, _ string) []Note {
			return note(x.Partner, actor.PartnerAdmin, x, Bad, "delegation.note.refused", "delegation.note.refused.body")
		}),
		on("delegation.revoked", func(x changed, _ string) []Note {
			return note(x.Partner, actor.PartnerAdmin, x, Bad, "delegation.note.revoked", "delegation.note.revoked.body")
		}),
		on("delegation.withdrawn", func(x changed, _ string) []Note {
			return note(x.Customer, actor.CustomerAdmin, x, Neutral, "delegation.note.ended", "delegation.note.ended.body")
		}),
		on("delegation.expired", func(x changed, _ string) []Note {
			return append(note(x.Customer, actor.CustomerAdmin, x, Neutral, "delegation.note.ended", "delegation.note.ended.body"),
				note(x.Partner, actor.PartnerAdmin, x, Neutral, "delegation.note.ended", "delegation.note.ended.body")...)
		}),
	}
}
