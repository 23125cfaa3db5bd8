package notify

import (
	"strconv"
	"strings"

	"hanse/internal/domain/round"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// roundRules tell partners what an annual review wants of them and how it ended, and the vendor what waits.
func roundRules() []func(*Service) rule {
	type changed = round.EntryChanged
	args := func(x changed) i18n.A {
		return i18n.A{"year": strconv.Itoa(x.Year), "program": title(x.ProgramEN, x.ProgramZH), "level": title(x.LevelEN, x.LevelZH),
			"partner": i18n.Raw(x.PartnerName), "until": x.Until.String(), "n": x.DaysLeft, "reasons": i18n.Raw(strings.Join(x.Reasons, "; "))}
	}
	toPartner := func(x changed, tone Tone, title, body string) []Note {
		return []Note{{Account: x.Partner, Roles: partnerDesk, Tone: tone, Link: "/annual-reviews/" + x.Entry,
			Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
	}
	toVendor := func(x round.RoundChanged, tone Tone, title, body string) []Note {
		a := i18n.A{"year": strconv.Itoa(x.Year), "n": int(x.Count)}
		return []Note{{Account: x.Owner, Roles: []actor.Role{actor.VendorAdmin, actor.ProgramManager}, Tone: tone, Link: "/rounds/" + x.Round,
			Title: i18n.Msg{Key: title, Args: a}, Body: i18n.Msg{Key: body, Args: a}}}
	}
	return []func(*Service) rule{
		on("round.opened", func(x changed, _ string) []Note {
			return toPartner(x, Warn, "notify.round.opened", "notify.round.opened.body")
		}),
		on("round.reminder", func(x changed, _ string) []Note {
			return toPartner(x, Warn, "notify.round.reminder", "notify.round.reminder.body")
		}),
		on("round.returned", func(x changed, _ string) []Note {
			return toPartner(x, Warn, "notify.round.returned", "notify.round.returned.body")
		}),
		on("round.overdue", func(x changed, _ string) []Note {
			return toPartner(x, Bad, "notify.round.overdue", "notify.round.overdue.body")
		}),
		on("round.result", func(x changed, _ string) []Note {
			if x.State == round.Passed {
				return toPartner(x, Good, "notify.round.passed", "notify.round.passed.body")
			}
			if x.State == round.Void {
				return nil // it ended for another reason, which was told then
			}
			return toPartner(x, Bad, "notify.round.lost", "notify.round.lost.body")
		}),
		on("round.submitted", func(x changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: reviewers, Quiet: true, Link: "/annual-reviews/" + x.Entry,
				Title: i18n.M("notify.round.submitted", args(x)), Body: i18n.M("notify.round.submitted.body", args(x))}}
		}),
		on("round.undecided", func(x round.RoundChanged, _ string) []Note {
			return toVendor(x, Bad, "notify.round.undecided", "notify.round.undecided.body")
		}),
		on("round.finished", func(x round.RoundChanged, _ string) []Note {
			return toVendor(x, Good, "notify.round.finished", "notify.round.finished.body")
		}),
	}
}
