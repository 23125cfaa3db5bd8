package notify

import (
	"hanse/internal/domain/duty"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// dutyRules tell a partner of policies, of what becomes of its requests for spare parts, and of the reports that are
// due; and the vendor of what waits.
func dutyRules() []func(*Service) rule {
	return append(append(spareRules(), reportRules()...),
		on("policy.published", func(x duty.PolicyPublished, _ string) []Note {
			a := i18n.A{"title": title(x.TitleEN, x.TitleZH)}
			return []Note{{Account: x.Partner, Roles: partnerDesk, Tone: Warn, Link: "/service-duties/policies/" + x.Document,
				Title: i18n.M("duties.notify.policy", a), Body: i18n.M("duties.notify.policy.body", a)}}
		}))
}

// serviceDesk answers requests and reads reports.
func serviceDesk() []actor.Role {
	return []actor.Role{actor.VendorAdmin, actor.Reviewer, actor.ChannelManager}
}

func spareRules() []func(*Service) rule {
	type changed = duty.SpareChanged
	args := func(x changed) i18n.A {
		answer := i18n.Raw(x.Answer)
		if x.Answer == "" {
			answer = i18n.M("duties.notify.no_words")
		}
		return i18n.A{"part": i18n.Raw(x.Part), "partner": i18n.Raw(x.PartnerName), "answer": answer}
	}
	toPartner := func(tone Tone, title, body string) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			return []Note{{Account: x.Partner, Roles: partnerDesk, Tone: tone, Link: "/service-duties/parts/" + x.Request,
				Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
		}
	}
	toVendor := func(quiet bool, title, body string) func(changed, string) []Note {
		return func(x changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: serviceDesk(), Quiet: quiet, Link: "/service/parts/" + x.Request,
				Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
		}
	}
	return []func(*Service) rule{
		on("spare.requested", toVendor(false, "duties.notify.requested", "duties.notify.requested.body")),
		on("spare.withdrawn", toVendor(true, "duties.notify.withdrawn", "duties.notify.withdrawn.body")),
		on("spare.received", toVendor(true, "duties.notify.received", "duties.notify.received.body")),
		on("spare.accepted", toPartner(Good, "duties.notify.accepted", "duties.notify.answer.body")),
		on("spare.shipped", toPartner(Good, "duties.notify.shipped", "duties.notify.shipped.body")),
		on("spare.refused", toPartner(Bad, "duties.notify.refused", "duties.notify.answer.body")),
	}
}

func reportRules() []func(*Service) rule {
	type changed = duty.ReportChanged
	args := func(x changed) i18n.A {
		remark := i18n.Raw(x.Remark)
		if x.Remark == "" {
			remark = i18n.M("duties.notify.no_words")
		}
		return i18n.A{"period": x.Period, "partner": i18n.Raw(x.PartnerName), "due": x.DueOn.String(), "remark": remark}
	}
	toPartner := func(tone Tone, title, body string) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			return []Note{{Account: x.Partner, Roles: partnerDesk, Tone: tone, Link: "/service-duties/reports/" + x.Period,
				Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
		}
	}
	toVendor := func(x changed, vendor, title, body string) Note {
		return Note{Account: vendor, Roles: serviceDesk(), Quiet: true, Link: "/service/reports/" + x.Partner + "/" + x.Period,
			Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}
	}
	late := toPartner(Bad, "duties.notify.overdue", "duties.notify.overdue.body")
	return []func(*Service) rule{
		on("report.due", toPartner(Warn, "duties.notify.due", "duties.notify.due.body")),
		on("report.reminder", toPartner(Warn, "duties.notify.reminder", "duties.notify.due.body")),
		on("report.overdue", func(x changed, vendor string) []Note {
			return append(late(x, vendor), toVendor(x, vendor, "duties.notify.missing", "duties.notify.missing.body"))
		}),
		on("report.sent", func(x changed, vendor string) []Note {
			return []Note{toVendor(x, vendor, "duties.notify.sent", "duties.notify.sent.body")}
		}),
		on("report.read", toPartner(Good, "duties.notify.read", "duties.notify.read.body")),
	}
}
