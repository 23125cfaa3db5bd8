package notify

import (
	"strings"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// ledgerRules tell the vendor when a check finds the books wrong. That they hold is told to nobody.
func ledgerRules() []func(*Service) rule {
	return []func(*Service) rule{
		on("books.unsound", func(x ledger.Checked, vendor string) []Note {
			a := i18n.A{"n": len(x.Findings), "first": i18n.Raw(x.Findings[0])}
			if len(x.Findings) > 3 {
				a["first"] = i18n.Raw(strings.Join(x.Findings[:3], "; "))
			}
			return []Note{{Account: vendor, Roles: []actor.Role{actor.VendorAdmin, actor.VendorFinance, actor.Auditor}, Tone: Bad, Link: "/books/checks/" + x.ID,
				Title: i18n.M("notify.books.unsound", a), Body: i18n.M("notify.books.unsound.body", a)}}
		}),
	}
}
