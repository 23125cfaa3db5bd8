package notify

import (
	"context"
	"strconv"

	"hanse/internal/domain/account"
	"hanse/internal/domain/login"
	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/outbox"
)

// payers are who acts on plans and orders of a company, and who agrees to refunds at the vendor.
var (
	payers  = []actor.Role{actor.PartnerAdmin, actor.PartnerFinance, actor.CustomerAdmin}
	finance = []actor.Role{actor.VendorAdmin, actor.VendorFinance}
)

// orderRules tell buyers what became of their orders and plans, and the vendor's finance which refunds wait.
func orderRules() []func(*Service) rule {
	type changed = order.Changed
	own := func(kind string, tone Tone, title, body string, only func(changed) bool) func(*Service) rule {
		return on("order."+kind, func(x changed, _ string) []Note {
			if only != nil && !only(x) {
				return nil
			}
			return []Note{{Account: x.Account, Roles: payers, Tone: tone, Link: orderLink(x), Title: i18n.Msg{Key: title, Args: orderArgs(x)},
				Body: i18n.Msg{Key: body, Args: orderArgs(x)}}}
		})
	}
	return append([]func(*Service) rule{
		own("placed", Neutral, "order.note.placed", "order.note.placed.body", func(x changed) bool { return !x.Automatic && !x.Deadline.IsZero() }),
		own("paid", Good, "order.note.paid", "order.note.paid.body", nil),
		own("cancelled", Neutral, "order.note.cancelled", "order.note.cancelled.body", nil),
		own("refused", Bad, "order.note.refused", "order.note.refused.body", nil),
		own("refunded", Good, "order.note.refunded", "order.note.refunded.body", nil),
		own("to_balance", Warn, "order.note.to_balance", "order.note.to_balance.body", nil),
		own("auto_failed", Bad, "order.note.auto_failed", "order.note.auto_failed.body", nil),
		on("order.review", func(x changed, vendor string) []Note {
			return []Note{
				{Account: x.Account, Roles: payers, Tone: Neutral, Link: orderLink(x), Title: i18n.M("order.note.review", orderArgs(x)),
					Body: i18n.M("order.note.review.body", orderArgs(x))},
				{Account: vendor, Roles: finance, Tone: Warn, Link: "/reviews/refunds/" + x.No, Title: i18n.M("order.note.review_vendor", orderArgs(x)),
					Body: i18n.M("order.note.review_vendor.body", orderArgs(x))},
			}
		}),
	}, planRules()...)
}

func orderLink(x order.Changed) string {
	if x.What == "auto_failed" {
		return "/plan"
	}
	return "/orders/" + x.No
}

func orderArgs(x order.Changed) i18n.A {
	title := (order.Order{Kind: x.Kind, Packs: x.Packs, Back: backOf(x)}).Title()
	return i18n.A{"no": x.No, "title": title, "amount": x.Currency + " " + money.Text(x.Minor), "company": i18n.Raw(x.AccountName), "level": subscription.LevelLabel(x.Level),
		"cause": x.Cause.Label(), "words": i18n.Raw(x.Words), "payer": i18n.Raw(x.PaidByName), "why": x.Msg(), "until": i18n.Raw(x.Deadline.In(calendar.Zone).Format("2006-01-02 15:04")),
		"expires": calendar.DayOf(x.Expires).String()}
}

// backOf makes a level change that gives back be called a downgrade.
func backOf(x order.Changed) *rate.Back {
	if x.Kind == order.Change && !x.Upgrade {
		return &rate.Back{}
	}
	return nil
}

// planRules remind of an expiry in time, and say what a plan that nobody renewed has come to: as messages, by mail, and
// by short message to those who sign in with a phone number.
func planRules() (all []func(*Service) rule) {
	for _, x := range []struct {
		kind string
		tone Tone
		say  func(i18n.A) (title, body i18n.Msg)
	}{
		{"plan.reminded", Warn, func(a i18n.A) (i18n.Msg, i18n.Msg) {
			if a["auto"] == true {
				return i18n.M("subscription.note.reminded", a), i18n.M("subscription.note.reminded_auto.body", a)
			}
			return i18n.M("subscription.note.reminded", a), i18n.M("subscription.note.reminded.body", a)
		}},
		{"plan.grace", Bad, func(a i18n.A) (i18n.Msg, i18n.Msg) {
			return i18n.M("subscription.note.grace", a), i18n.M("subscription.note.grace.body", a)
		}},
		{"plan.retention", Bad, func(a i18n.A) (i18n.Msg, i18n.Msg) {
			return i18n.M("subscription.note.retention", a), i18n.M("subscription.note.retention.body", a)
		}},
		{"plan.released", Bad, func(a i18n.A) (i18n.Msg, i18n.Msg) {
			return i18n.M("subscription.note.released", a), i18n.M("subscription.note.released.body", a)
		}},
	} {
		all = append(all, func(*Service) rule {
			return rule{x.kind, func(ctx context.Context, q db.Querier, e outbox.Event) ([]Note, error) {
				p, err := outbox.As[subscription.Changed](e)
				if err != nil {
					return nil, err
				}
				a := i18n.A{"level": subscription.LevelLabel(p.Level), "n": p.Days, "day": calendar.DayOf(p.ExpiresAt).String(), "auto": p.AutoRenew, "days": strconv.Itoa(p.Days),
					"grace": calendar.DayOf(p.GraceUntil).AddDays(-1).String(), "release": calendar.DayOf(p.ReleaseAt).AddDays(-1).String()}
				title, body := x.say(a)
				n := Note{Account: p.Account, Roles: payers, Tone: x.tone, Link: "/plan", Title: title, Body: body}
				texts, err := byPhone(ctx, q, n)
				return append(texts, n), err
			}}
		})
	}
	return all
}

// byPhone makes short messages of a note, for its readers who sign in with a phone number.
func byPhone(ctx context.Context, q db.Querier, n Note) (out []Note, err error) {
	all, err := account.Recipients(ctx, q, n.Account, n.Roles...)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		_, phone, err := login.Reach(ctx, q, r.Identity)
		if err != nil {
			return nil, err
		}
		if phone != "" {
			out = append(out, Note{Account: n.Account, To: phone, ToLang: r.Lang, SMS: true, MailOnly: true, Tone: n.Tone, Title: n.Title, Body: n.Body})
		}
	}
	return out, nil
}
