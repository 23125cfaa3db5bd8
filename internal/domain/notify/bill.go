package notify

import (
	"hanse/internal/domain/bill"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// billRules tell a partner that a bill is ready and that a customer owes something, the customer that it does, and the
// vendor what became of a file of consumption.
func billRules() []func(*Service) rule {
	finance := []actor.Role{actor.PartnerAdmin, actor.PartnerFinance}
	args := func(cycle bill.Cycle, minor int64) i18n.A {
		return i18n.A{"cycle": string(cycle), "sum": money.Text(minor) + " " + ledger.CNY}
	}
	return []func(*Service) rule{
		on("bill.ready", func(x bill.Ready, _ string) []Note {
			link := "/bills/" + string(x.Cycle)
			if x.Role == bill.OverResellers {
				link += "?role=distributor"
			}
			return []Note{{Account: x.Account, Roles: finance, Tone: Good, Link: link, Title: i18n.M("bill.note.ready", args(x.Cycle, x.Due)), Body: i18n.M("bill.note.ready.body")}}
		}),
		on("bill.in_debt", func(x bill.InDebt, _ string) []Note {
			notes := []Note{{Account: x.Account, Roles: []actor.Role{actor.CustomerAdmin, actor.PartnerAdmin, actor.PartnerFinance}, Tone: Bad, Link: "/bills/" + string(x.Cycle),
				Title: i18n.M("bill.note.own_debt", args(x.Cycle, x.Minor)), Body: i18n.M("bill.note.own_debt.body")}}
			if x.Partner != "" && x.Resale {
				notes = append(notes, Note{Account: x.Partner, Roles: finance, Tone: Warn, Link: "/bills/" + string(x.Cycle) + "/" + x.Account,
					Title: i18n.M("bill.note.debt", args(x.Cycle, x.Minor)), Body: i18n.M("bill.note.debt.body")})
			}
			return notes
		}),
		on("bill.cleared", func(x bill.Cleared, _ string) []Note {
			return []Note{{Account: x.Account, Roles: []actor.Role{actor.CustomerAdmin, actor.PartnerAdmin, actor.PartnerFinance}, Quiet: true, Tone: Good,
				Link: "/bills/" + string(x.Cycle), Title: i18n.M("bill.note.cleared", args(x.Cycle, 0)), Body: i18n.M("bill.note.cleared.body")}}
		}),
		on("consumption.imported", func(x bill.Imported, vendor string) []Note {
			a := i18n.A{"file": i18n.Raw(x.Name), "added": x.Added, "bad": x.Bad, "late": x.Late}
			n := Note{Account: vendor, Roles: []actor.Role{actor.VendorAdmin, actor.VendorFinance}, Quiet: true, Tone: Good, Link: "/consumption/" + x.Import,
				Title: i18n.M("bill.note.imported", a), Body: i18n.M("bill.note.imported.body", a)}
			if x.State != bill.Done || x.Bad > 0 {
				n.Quiet, n.Tone = false, Warn
			}
			return []Note{n}
		}),
	}
}
