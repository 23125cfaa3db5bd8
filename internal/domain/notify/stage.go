package notify

import (
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// stageRules tell of reviews in phases, bans, stages that ended, and attestations.
func stageRules() []func(*Service) rule {
	return append(phaseRules(), append(banRules(), endRules()...)...)
}

func phaseRules() []func(*Service) rule {
	type changed = qualification.ApplicationChanged
	toPartner := func(x changed, n Note) []Note {
		n.Account, n.Roles, n.Link = x.Partner, partnerDesk, "/applications/"+x.Application
		return []Note{n}
	}
	return []func(*Service) rule{
		on("application.phase_passed", func(x changed, vendor string) []Note {
			a := with(star(x.Head), i18n.A{"phase": qualification.PhaseLabel(x.Text), "next": qualification.PhaseLabel(x.Phase), "due": lastDay(x.ReviewDue)})
			notes := toPartner(x, Note{Quiet: true, Title: i18n.M("notify.phase", a), Body: i18n.M("notify.phase.body", a)})
			if x.State != qualification.Submitted {
				return notes
			}
			return append(notes, Note{Account: vendor, Roles: reviewers, Link: "/reviews/" + x.Application, Title: i18n.M("notify.to_countersign", a),
				Body: i18n.M("notify.to_countersign.body", a)})
		}),
		on("application.correction_due", func(x changed, _ string) []Note {
			a := with(star(x.Head), i18n.A{"due": lastDay(x.ReturnDue), "reasons": reasons(x.Reasons)})
			return toPartner(x, Note{Tone: Warn, Action: i18n.M("notify.returned.do"), Title: i18n.M("notify.correction_due", a),
				Body: i18n.M("notify.correction_due.body", a)})
		}),
		on("application.terminated", func(x changed, vendor string) []Note {
			notes := toPartner(x, Note{Tone: Bad, Title: i18n.M("notify.terminated", star(x.Head)), Body: i18n.M("notify.terminated.body", star(x.Head))})
			return append(notes, Note{Account: vendor, Roles: reviewers, Quiet: true, Link: "/reviews/" + x.Application,
				Title: i18n.M("notify.terminated.vendor", star(x.Head)), Body: i18n.M("notify.terminated.vendor_body", star(x.Head))})
		}),
	}
}

func banRules() []func(*Service) rule {
	type changed = qualification.BanChanged
	say := func(tone Tone, t, b string) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			a := i18n.A{"program": title(x.ProgramEN, x.ProgramZH), "until": x.Until.String(), "last": (x.Until - calendar.Day(1)).String(),
				"cause": qualification.BanCause(x.Cause).Label(), "reason": x.Reason}
			return []Note{{Account: x.Partner, Roles: partnerDesk, Tone: tone, Link: "/qualifications/" + x.Program,
				Title: i18n.Msg{Key: t, Args: a}, Body: i18n.Msg{Key: b, Args: a}}}
		}
	}
	began, lifted, ended := i18n.M("notify.ban"), i18n.M("notify.ban_lifted"), i18n.M("notify.ban_ended")
	return []func(*Service) rule{
		on("ban.began", say(Bad, began.Key, i18n.M("notify.ban.body").Key)),
		on("ban.lifted", say(Good, lifted.Key, i18n.M("notify.ban_lifted.body").Key)),
		on("ban.ended", say(Good, ended.Key, i18n.M("notify.ban_ended.body").Key)),
	}
}

func endRules() []func(*Service) rule {
	type changed = qualification.QualificationChanged
	say := func(tone Tone, t, b i18n.Msg) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			a := with(star(x.Head), i18n.A{"number": x.Number, "reason": x.Reason})
			return []Note{{Account: x.Partner, Roles: partnerDesk, Tone: tone, Link: "/certificates/" + x.Number,
				Title: i18n.Msg{Key: t.Key, Args: a}, Body: i18n.Msg{Key: b.Key, Args: a}}}
		}
	}
	attested := func(t i18n.Msg) func(qualification.AttestationChanged, string) []Note {
		return func(x qualification.AttestationChanged, _ string) []Note {
			return []Note{{Account: x.Partner, Roles: partnerDesk, Quiet: true, Link: "/qualifications",
				Title: i18n.Msg{Key: t.Key, Args: i18n.A{"what": title(x.KindEN, x.KindZH), "day": x.On.String()}}}}
		}
	}
	return []func(*Service) rule{
		on("qualification.revoked", say(Bad, i18n.M("notify.revoked"), i18n.M("notify.revoked.body"))),
		on("qualification.left", say(Neutral, i18n.M("notify.left_path"), i18n.M("notify.left_path.body"))),
		on("attestation.recorded", attested(i18n.M("notify.attested"))),
		on("attestation.withdrawn", attested(i18n.M("notify.attestation_withdrawn"))),
	}
}
