package notify

import (
	"slices"

	"hanse/internal/domain/entitlement"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// planUsers are told of what becomes of a plan's days: at a partner, or at a sub-account that has the plan.
func planUsers() []actor.Role { return append(slices.Clone(partnerDesk), actor.CustomerAdmin) }

// planDesk decides requests for days and plans trainings.
func planDesk() []actor.Role {
	return []actor.Role{actor.VendorAdmin, actor.ChannelManager, actor.SupportEngineer}
}

// entitlementRules tell who asked for days what became of it, the vendor of what waits, and all with a plan of trainings.
func entitlementRules() []func(*Service) rule {
	type changed = entitlement.DaysChanged
	args := func(x changed) i18n.A {
		words := i18n.Raw(x.Answer)
		switch {
		case x.Cause != "":
			words = x.Cause.Label()
		case x.Answer == "":
			words = i18n.M("plandays.notify.no_words")
		}
		return i18n.A{"topic": i18n.Raw(x.Topic), "partner": i18n.Raw(x.PartnerName), "unit": x.Kind.Label(), "first": x.FirstOn.String(), "last": x.LastOn.String(), "n": x.Days, "words": words}
	}
	toPartner := func(tone Tone, title i18n.Msg) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			return []Note{{Account: x.Account, Roles: planUsers(), Tone: tone, Link: "/plan/days/requests/" + x.Request,
				Title: i18n.Msg{Key: title.Key, Args: args(x)}, Body: i18n.M("plandays.notify.answer", args(x))}}
		}
	}
	toVendor := func(quiet bool, title i18n.Msg) func(changed, string) []Note {
		return func(x changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: planDesk(), Quiet: quiet, Link: "/service-days/requests/" + x.Request,
				Title: i18n.Msg{Key: title.Key, Args: args(x)}, Body: i18n.M("plandays.notify.dates", args(x))}}
		}
	}
	taken := toPartner(Warn, i18n.M("plandays.notify.withdrawn_plan"))
	own := toVendor(true, i18n.M("plandays.notify.withdrawn"))
	return append(trainingRules(),
		on("plan_days.requested", toVendor(false, i18n.M("plandays.notify.requested"))),
		on("plan_days.moved", toVendor(false, i18n.M("plandays.notify.moved"))),
		on("plan_days.withdrawn", func(x changed, vendor string) []Note {
			if x.Cause != "" {
				return append(taken(x, vendor), own(x, vendor)...)
			}
			return own(x, vendor)
		}),
		on("plan_days.approved", toPartner(Good, i18n.M("plandays.notify.approved"))),
		on("plan_days.rescheduled", toPartner(Warn, i18n.M("plandays.notify.rescheduled"))),
		on("plan_days.refused", toPartner(Bad, i18n.M("plandays.notify.refused"))))
}

func trainingRules() []func(*Service) rule {
	told := func(tone Tone, head i18n.Msg) func(entitlement.TrainingChanged, string) []Note {
		return func(x entitlement.TrainingChanged, _ string) []Note {
			a := i18n.A{"title": title(x.TitleEN, x.TitleZH), "at": x.StartsAt.In(calendar.Zone).Format("2006-01-02 15:04")}
			return []Note{{Account: x.Account, Roles: planUsers(), Tone: tone, Quiet: tone == Neutral, Link: "/plan/days/trainings/" + x.Session,
				Title: i18n.Msg{Key: head.Key, Args: a}, Body: i18n.M("plandays.notify.training", a)}}
		}
	}
	return []func(*Service) rule{
		on("training.planned", told(Neutral, i18n.M("plandays.notify.planned"))),
		on("training.cancelled", told(Warn, i18n.M("plandays.notify.cancelled"))),
		on("training.asked", func(x entitlement.NeedStated, vendor string) []Note {
			a := i18n.A{"partner": i18n.Raw(x.PartnerName), "topic": i18n.Raw(x.Topic)}
			return []Note{{Account: vendor, Roles: planDesk(), Quiet: true, Link: "/service-days/trainings", Title: i18n.M("plandays.notify.asked", a), Body: i18n.M("plandays.notify.asked.body", a)}}
		}),
	}
}
