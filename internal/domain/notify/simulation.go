package notify

import (
	"hanse/internal/domain/simulation"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// programDesk are those who answer for programs.
var programDesk = []actor.Role{actor.VendorAdmin, actor.ProgramManager}

func programRules() []func(*Service) rule {
	return []func(*Service) rule{
		on("simulation.finished", func(x simulation.Finished, vendor string) []Note {
			if x.By == "" {
				return nil // the command line reads its own answer
			}
			figures := i18n.A{"ref": x.Ref, "against": x.Against, "gain": x.Gain, "lose": x.Lose, "stay": x.Stay}
			return []Note{{Account: vendor, User: x.By, Link: "/simulations/" + x.Simulation, Quiet: true,
				Title: i18n.M("notify.simulated", figures), Body: i18n.M("notify.simulated.body", figures)}}
		}),
		on("program.published", func(x simulation.PublishedVersion, vendor string) []Note {
			about := i18n.A{"program": title(x.ProgramEN, x.ProgramZH), "ref": x.Ref, "day": x.From.String(), "who": x.ByName,
				"gain": x.Gain, "lose": x.Lose, "stay": x.Stay}
			return []Note{{Account: vendor, Roles: programDesk, Tone: Good, Link: "/programs/" + x.Ref + "/changes",
				Title: i18n.M("notify.published", about), Body: i18n.M("notify.published.body", about)}}
		}),
		on("program.announced", announced),
	}
}

// announced tells a partner what a new version means for it.
func announced(x simulation.Announced, _ string) []Note {
	level := func(id, en, zh string) i18n.Msg {
		if id == "" {
			return i18n.M("notify.announced.no_level")
		}
		return title(en, zh)
	}
	about := i18n.A{"program": title(x.ProgramEN, x.ProgramZH), "day": x.From.String(), "before": level(x.OldLevel, x.OldEN, x.OldZH),
		"after": level(x.NewLevel, x.NewEN, x.NewZH)}
	n := Note{Account: x.Partner, Roles: partnerDesk, Link: "/programs/" + x.Ref + "/changes",
		Title: i18n.M("notify.announced", about), Body: i18n.M("notify.announced.stay", about)}
	switch {
	case x.Effect == simulation.Lose && x.LineEN != "":
		n.Tone, n.Body = Warn, i18n.M("notify.announced.lose_line", with(about, i18n.A{"line": title(x.LineEN, x.LineZH)}))
	case x.Effect == simulation.Lose:
		n.Tone, n.Body = Warn, i18n.M("notify.announced.lose", about)
	case x.Effect == simulation.Gain:
		n.Tone, n.Body = Good, i18n.M("notify.announced.gain", about)
	}
	return []Note{n}
}
