package notify

import (
	"strconv"

	"hanse/internal/domain/budget"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// budgetRules tell partner and customer how much of a budget is used, and what follows.
func budgetRules() []func(*Service) rule {
	type changed = budget.Changed
	args := func(x changed) i18n.A {
		return i18n.A{"partner": i18n.Raw(x.PartnerName), "customer": i18n.Raw(x.CustomerName), "share": strconv.FormatInt(x.Share, 10),
			"used": money.Text(x.Used), "amount": money.Text(x.Minor), "kind": x.Kind.Label()}
	}
	partner := func(x changed, tone Tone, title, body string) Note {
		return Note{Account: x.Partner, Roles: []actor.Role{actor.PartnerAdmin, actor.PartnerFinance}, Tone: tone, Link: "/budgets/" + x.Customer,
			Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}
	}
	own := func(x changed, tone Tone, title, body string) Note {
		return Note{Account: x.Customer, Roles: []actor.Role{actor.CustomerAdmin, actor.CustomerUser}, Tone: tone, Link: "/my-partner",
			Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}
	}
	return []func(*Service) rule{
		on("budget.set", func(x changed, _ string) []Note {
			return []Note{own(x, Neutral, "budget.note.set_own", "budget.note.set_own.body")}
		}),
		on("budget.deleted", func(x changed, _ string) []Note {
			return []Note{own(x, Neutral, "budget.note.deleted_own", "budget.note.deleted_own.body")}
		}),
		on("budget.reached", func(x changed, _ string) []Note {
			tone := Warn
			if x.Share >= 100 {
				tone = Bad
			}
			return []Note{partner(x, tone, "budget.note.reached", "budget.note.reached.body"), own(x, tone, "budget.note.reached_own", "budget.note.reached_own.body")}
		}),
		on("budget.frozen", func(x changed, _ string) []Note {
			return []Note{partner(x, Bad, "budget.note.frozen", "budget.note.frozen.body")}
		}),
		on("budget.renewed", func(x changed, _ string) []Note {
			return []Note{partner(x, Good, "budget.note.renewed", "budget.note.renewed.body")}
		}),
	}
}
