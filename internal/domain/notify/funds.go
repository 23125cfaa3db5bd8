package notify

import (
	"strings"

	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// moneyDesk reads what happens to a company's money.
func moneyDesk() []actor.Role {
	return []actor.Role{actor.PartnerAdmin, actor.PartnerFinance, actor.CustomerAdmin}
}

// fundsRules tell both sides of allocations and reclaims, in one message for each minute, and whoever started a batch
// that it has ended. Those who moved the money themselves find it in the message center, without a mail.
func fundsRules() []func(*Service) rule {
	return []func(*Service) rule{
		on("funds.summed", func(x funds.Summed, _ string) []Note {
			a := i18n.A{"sum": currency(x.Unit, x.Minor), "n": x.Count, "names": strings.Join(x.Names, ", "), "left": currency(x.Unit, x.Left)}
			n := Note{Account: x.Owner, Roles: moneyDesk(), Link: "/finance/entries", Body: i18n.M("finance.note.with", a)}
			down := x.Kind == ledger.Allocate
			switch {
			case down && x.Received:
				n.Tone, n.Title = Good, i18n.M("finance.note.in.allocate", a)
			case down:
				n.Quiet, n.Title = true, i18n.M("finance.note.out.allocate", a)
			case x.Received:
				n.Quiet, n.Title = true, i18n.M("finance.note.in.reclaim", a)
			default:
				n.Tone, n.Title = Warn, i18n.M("finance.note.out.reclaim", a)
			}
			return []Note{n}
		}),
		on("funds.batch_ended", func(x funds.BatchEnded, _ string) []Note {
			a := i18n.A{"file": i18n.Raw(x.File), "done": x.Done, "failed": x.Failed, "sum": currency(x.Unit, x.Moved)}
			if x.File == "" {
				a["file"] = i18n.M("finance.note.list")
			}
			n := Note{Account: x.Account, User: x.User, Tone: Good, Link: "/finance/batches/" + x.Batch, Title: i18n.M("finance.note.batch", a), Body: i18n.M("finance.note.batch.body", a)}
			if x.Failed > 0 {
				n.Tone = Warn
			}
			return []Note{n}
		}),
	}
}

// currency writes an amount for a message, which is read in any language.
func currency(unit string, minor int64) string {
	return ledger.Currency(unit) + " " + money.Text(minor)
}
