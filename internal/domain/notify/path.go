package notify

import (
	"hanse/internal/domain/path"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// pathRules tell a partner of an invitation, and the channel desk what came of it.
func pathRules() []func(*Service) rule {
	args := func(x path.Changed) i18n.A {
		return i18n.A{"program": title(x.ProgramEN, x.ProgramZH), "partner": i18n.Raw(x.PartnerName), "until": x.Until.String(), "text": i18n.Raw(x.Text)}
	}
	toDesk := func(tone Tone, title, body string) func(path.Changed, string) []Note {
		return func(x path.Changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: channelDesk, Tone: tone, Quiet: true, Link: "/channel/" + x.Partner + "/paths",
				Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
		}
	}
	return []func(*Service) rule{
		on("path.invited", func(x path.Changed, _ string) []Note {
			return []Note{{Account: x.Partner, Roles: []actor.Role{actor.PartnerAdmin}, Tone: Warn, Link: "/paths/" + x.Program, Action: i18n.M("notify.path.invited.do"),
				Title: i18n.M("notify.path.invited", args(x)), Body: i18n.M("notify.path.invited.body", args(x))}}
		}),
		on("path.accepted", toDesk(Good, "notify.path.accepted", "notify.path.accepted.body")),
		on("path.declined", toDesk(Warn, "notify.path.declined", "notify.path.declined.body")),
		on("path.expired", toDesk("", "notify.path.expired", "notify.path.expired.body")),
		on("path.chosen", toDesk(Good, "notify.path.chosen", "notify.path.chosen.body")),
		on("path.left", toDesk("", "notify.path.gone", "notify.path.gone.body")),
	}
}
