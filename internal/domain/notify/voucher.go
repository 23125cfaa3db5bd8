package notify

import (
	"hanse/internal/domain/batch"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
)

// voucherDesk are those of a partner who deal with vouchers.
func voucherDesk() []actor.Role { return []actor.Role{actor.PartnerAdmin, actor.PartnerFinance} }

// voucherRules tell partners of their quotas, customers of their vouchers, and the vendor of what waits.
func voucherRules() []func(*Service) rule {
	return append(append(quotaRules(), pickupRules()...), singleRules()...)
}

func quotaRules() []func(*Service) rule {
	type changed = voucher.QuotaChanged
	args := func(x changed) i18n.A {
		return i18n.A{"amount": i18n.Raw(money.Text(x.Minor) + " " + x.Currency), "quota": i18n.Raw(x.Quota), "partner": i18n.Raw(x.PartnerName), "until": calendar.DayOf(x.ExpireAt).String()}
	}
	tell := func(tone Tone, title, body string) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			return []Note{{Account: x.Partner, Roles: voucherDesk(), Tone: tone, Link: "/vouchers/quotas/" + x.Quota,
				Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
		}
	}
	return []func(*Service) rule{
		on("quota.proposed", func(x changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: []actor.Role{actor.VendorFinance, actor.VendorAdmin}, Tone: Warn, Link: "/quotas/" + x.Quota,
				Title: i18n.M("vouchers.notify.proposed", args(x)), Body: i18n.M("vouchers.notify.proposed.body", args(x))}}
		}),
		on("quota.granted", tell(Good, "vouchers.notify.granted", "vouchers.notify.granted.body")),
		on("quota.split", tell(Good, "vouchers.notify.split", "vouchers.notify.granted.body")),
		on("quota.taken_back", tell(Warn, "vouchers.notify.taken_back", "vouchers.notify.taken_back.body")),
		on("quota.frozen", tell(Bad, "vouchers.notify.frozen", "vouchers.notify.changed.body")),
		on("quota.unfrozen", tell(Good, "vouchers.notify.unfrozen", "vouchers.notify.changed.body")),
		on("quota.disabled", tell(Bad, "vouchers.notify.disabled", "vouchers.notify.changed.body")),
		on("quota.adjusted", tell(Warn, "vouchers.notify.adjusted", "vouchers.notify.changed.body")),
	}
}

func singleRules() []func(*Service) rule {
	type changed = voucher.Changed
	tell := func(tone Tone, title, body string) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			a := i18n.A{"amount": i18n.Raw(money.Text(x.Minor) + " " + x.Currency), "voucher": i18n.Raw(x.Voucher), "partner": i18n.Raw(x.PartnerName), "until": calendar.DayOf(x.ExpireAt).String()}
			return []Note{{Account: x.Customer, Roles: []actor.Role{actor.CustomerAdmin, actor.CustomerUser, actor.PartnerAdmin}, Tone: tone, Link: "/vouchers/issued/" + x.Voucher,
				Title: i18n.Msg{Key: title, Args: a}, Body: i18n.Msg{Key: body, Args: a}}}
		}
	}
	return []func(*Service) rule{
		on("batch.ended", batchEnded),
		on("voucher.issued", tell(Good, "vouchers.notify.issued", "vouchers.notify.issued.body")),
		on("voucher.reclaimed", tell(Warn, "vouchers.notify.reclaimed", "vouchers.notify.reclaimed.body")),
		on("voucher.expiring", tell(Warn, "vouchers.notify.expiring", "vouchers.notify.expiring.body")),
		on("voucher.expired", tell(Warn, "vouchers.notify.expired", "vouchers.notify.expired.body")),
	}
}

// batchEnded tells whoever made a batch that its last row was tried.
func batchEnded(x batch.Ended, _ string) []Note {
	a := i18n.A{"file": i18n.Raw(x.File), "done": x.Done, "failed": x.Failed, "sum": currency(x.Unit, x.Moved)}
	if x.File == "" {
		a["file"] = i18n.M("finance.note.list")
	}
	n := Note{Account: x.Account, User: x.User, Tone: Good, Link: "/vouchers/batches/" + x.Batch, Title: i18n.M("vouchers.notify.many", a), Body: i18n.M("vouchers.notify.many.body", a)}
	if x.Failed > 0 {
		n.Tone = Warn
	}
	return []Note{n}
}

func pickupRules() []func(*Service) rule {
	type changed = voucher.PickupChanged
	tell := func(tone Tone, title, body string) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			a := i18n.A{"amount": i18n.Raw(money.Text(x.Minor) + " " + x.Currency), "voucher": i18n.Raw(x.Pickup), "partner": i18n.Raw(x.PartnerName), "until": calendar.DayOf(x.ExpireAt).String()}
			return []Note{{Account: x.Customer, Roles: []actor.Role{actor.CustomerAdmin, actor.CustomerUser}, Tone: tone, Link: "/vouchers/pickups",
				Title: i18n.Msg{Key: title, Args: a}, Body: i18n.Msg{Key: body, Args: a}}}
		}
	}
	return []func(*Service) rule{
		on("pickup.bought", tell(Good, "vouchers.notify.bought", "vouchers.notify.issued.body")),
		on("pickup.expired", tell(Warn, "vouchers.notify.lost", "vouchers.notify.lost.body")),
	}
}
