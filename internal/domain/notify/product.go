package notify

import (
	"strconv"

	"hanse/internal/domain/account"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/tier"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// productRules tell of published prices, of discounts and coupons, of tiers, and of sub-accounts.
func productRules() []func(*Service) rule {
	own := []actor.Role{actor.PartnerAdmin, actor.PartnerFinance, actor.CustomerAdmin}
	given := func(title, body string) func(product.Given, string) []Note {
		return func(x product.Given, _ string) []Note {
			if x.All { // everybody finds it where orders are placed
				return nil
			}
			args := i18n.A{"name": product.Names{EN: x.NameEN, ZH: x.NameZH}.Msg(), "until": calendar.DayOf(x.Until).String(),
				"what": product.DiscountLabel(rate.Discount{Mode: x.Mode, Ratio: x.Ratio, Minor: x.Minor})}
			n := Note{Account: x.Account, Roles: own, Tone: Good, Link: "/prices/mine", Title: i18n.Msg{Key: title, Args: args}, Body: i18n.Msg{Key: body, Args: args}}
			if x.Reason != "" {
				n.Tone, n.Body = Neutral, i18n.M("product.note.reason", i18n.A{"reason": i18n.Raw(x.Reason)})
			}
			return []Note{n}
		}
	}
	return append([]func(*Service) rule{
		on("product.published", func(x product.Change, _ string) []Note {
			args := i18n.A{"n": strconv.FormatInt(x.Version, 10), "by": i18n.Raw(x.ByName), "from": calendar.DayOf(x.From).String()}
			return []Note{{Account: x.Vendor, Roles: []actor.Role{actor.VendorAdmin, actor.VendorFinance, actor.ChannelManager}, Tone: Neutral,
				Link: "/prices/" + strconv.FormatInt(x.Version, 10), Title: i18n.M("product.note.published", args), Body: i18n.M("product.note.published.body", args)}}
		}),
		on("coupon.granted", given("product.note.coupon", "product.note.coupon.body")),
		on("coupon.withdrawn", given("product.note.coupon_gone", "product.note.reason")),
		on("discount.granted", given("product.note.discount", "product.note.discount.body")),
		on("discount.ended", given("product.note.discount_gone", "product.note.reason")),
		on("tier.changed", func(x tier.Changed, _ string) []Note {
			title := i18n.M("tier.note.changed", i18n.A{"tier": tier.Name(x.Became)})
			if x.Became == tier.None {
				title = i18n.M("tier.note.none")
			}
			return []Note{{Account: x.Account, Roles: own, Tone: Neutral, Link: "/company/tier", Title: title,
				Body: i18n.M("tier.note.changed.body", i18n.A{"grace": x.Grace, "retention": x.Retention})}}
		}),
	}, subAccountRules()...)
}

// subAccountRules tell the side that didn't do it.
func subAccountRules() []func(*Service) rule {
	tell := func(title, body i18n.Msg) func(account.SubChanged, string) []Note {
		return func(x account.SubChanged, _ string) []Note {
			to := x.Account
			if x.By == "sub" {
				to = x.Master
			}
			args := i18n.A{"master": i18n.Raw(x.MasterName), "name": i18n.Raw(x.Name), "rename": i18n.Raw(x.RenameTo)}
			return []Note{{Account: to, Roles: []actor.Role{actor.PartnerAdmin, actor.CustomerAdmin}, Tone: Neutral, Link: "/company/sub-accounts",
				Title: i18n.Msg{Key: title.Key, Args: args}, Body: body}}
		}
	}
	return []func(*Service) rule{
		on("subaccount.asked", tell(i18n.M("subaccount.note.asked"), i18n.M("subaccount.note.asked.body"))),
		on("subaccount.added", tell(i18n.M("subaccount.note.added"), i18n.M("subaccount.note.body"))),
		on("subaccount.refused", tell(i18n.M("subaccount.note.refused"), i18n.M("subaccount.note.body"))),
		on("subaccount.withdrawn", tell(i18n.M("subaccount.note.withdrawn"), i18n.M("subaccount.note.body"))),
		on("subaccount.ended", tell(i18n.M("subaccount.note.ended"), i18n.M("subaccount.note.body"))),
		on("subaccount.rename_asked", tell(i18n.M("subaccount.note.rename_asked"), i18n.M("subaccount.note.body"))),
		on("subaccount.renamed", tell(i18n.M("subaccount.note.renamed"), i18n.M("subaccount.note.body"))),
		on("subaccount.rename_declined", tell(i18n.M("subaccount.note.rename_declined"), i18n.M("subaccount.note.body"))),
	}
}
