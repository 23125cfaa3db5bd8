package notify

import (
	"strings"
	"time"

	"hanse/internal/domain/qualification"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// star names a program's level as the partner knows it.
func star(h qualification.Head) i18n.A {
	return i18n.A{"partner": h.PartnerName, "program": title(h.ProgramEN, h.ProgramZH), "level": title(h.LevelEN, h.LevelZH)}
}

func with(a i18n.A, more i18n.A) i18n.A {
	for k, v := range more {
		a[k] = v
	}
	return a
}

func reasons(all []qualification.Reason) string {
	var texts []string
	for _, r := range all {
		texts = append(texts, r.Text)
	}
	return strings.Join(texts, "; ")
}

// lastDay is the last day within a deadline, which falls at 24:00.
func lastDay(due time.Time) string {
	if due.IsZero() {
		return ""
	}
	return calendar.DayOf(due.Add(-time.Microsecond)).String()
}

func applicationRules() []func(*Service) rule {
	type changed = qualification.ApplicationChanged
	toPartner := func(x changed, n Note) []Note {
		n.Account, n.Roles, n.Link = x.Partner, partnerDesk, "/applications/"+x.Application
		return []Note{n}
	}
	toReviewers := func(x changed, vendor string, n Note) []Note {
		n.Account, n.Roles, n.Link = vendor, reviewers, "/reviews/"+x.Application
		return []Note{n}
	}
	return []func(*Service) rule{
		on("application.submitted", func(x changed, vendor string) []Note {
			due := i18n.A{"due": lastDay(x.ReviewDue)}
			return append(
				toPartner(x, Note{Title: i18n.M("notify.submitted", star(x.Head)), Body: i18n.M("notify.submitted.body", due)}),
				toReviewers(x, vendor, Note{Title: i18n.M("notify.to_review", star(x.Head)), Body: i18n.M("notify.to_review.body", due)})...)
		}),
		on("application.returned", func(x changed, _ string) []Note {
			return toPartner(x, Note{Tone: Warn, Action: i18n.M("notify.returned.do"), Title: i18n.M("notify.returned", star(x.Head)),
				Body: i18n.M("notify.returned.body", i18n.A{"reasons": reasons(x.Reasons), "due": lastDay(x.ReturnDue)})})
		}),
		on("application.rejected", func(x changed, _ string) []Note {
			return toPartner(x, Note{Tone: Bad, Title: i18n.M("notify.rejected", star(x.Head)),
				Body: i18n.M("notify.rejected.body", i18n.A{"reasons": reasons(x.Reasons)})})
		}),
		on("application.withdrawn", func(x changed, vendor string) []Note {
			notes := toReviewers(x, vendor, Note{Title: i18n.M("notify.withdrawn", star(x.Head)), Body: i18n.M("notify.withdrawn.body"), Quiet: true})
			if !strings.HasPrefix(x.By, "system:") {
				return notes
			}
			// Nobody withdrew it: the time for the correction ran out.
			return append(notes, toPartner(x, Note{Tone: Bad, Title: i18n.M("notify.lapsed", star(x.Head)), Body: i18n.M("notify.lapsed.body")})...)
		}),
		on("application.commented", func(x changed, vendor string) []Note {
			n := Note{Title: i18n.M("notify.commented", star(x.Head)), Body: i18n.Raw(x.Text)}
			if x.Vendor {
				return toPartner(x, n)
			}
			return toReviewers(x, vendor, n)
		}),
		on("review.overdue", func(x changed, vendor string) []Note {
			return toReviewers(x, vendor, Note{Tone: Bad, Action: i18n.M("notify.overdue.do"), Title: i18n.M("notify.overdue", star(x.Head)),
				Body: i18n.M("notify.overdue.body", i18n.A{"due": lastDay(x.ReviewDue)})})
		}),
	}
}

func qualificationRules() []func(*Service) rule {
	type changed = qualification.QualificationChanged
	say := func(tone Tone, t, b string) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			args := with(star(x.Head), i18n.A{"number": x.Number, "until": x.ValidUntil.String(), "n": x.DaysLeft,
				"reason": x.Reason, "line": title(x.WatchLineEN, x.WatchLineZH), "standing": title(x.StandingEN, x.StandingZH)})
			return []Note{{Account: x.Partner, Roles: partnerDesk, Tone: tone, Link: "/certificates/" + x.Number,
				Title: i18n.Msg{Key: t, Args: args}, Body: why(x, i18n.Msg{Key: b, Args: args})}}
		}
	}
	var all []func(*Service) rule
	for _, x := range []struct {
		kind string
		tone Tone
		t, b i18n.Msg
	}{
		{"qualification.granted", Good, i18n.M("notify.granted"), i18n.M("notify.granted.body")},
		{"qualification.renewed", Good, i18n.M("notify.renewed"), i18n.M("notify.renewed.body")},
		{"qualification.window_opened", Neutral, i18n.M("notify.window"), i18n.M("notify.window.body")},
		{"qualification.expiring", Warn, i18n.M("notify.expiring"), i18n.M("notify.expiring.body")},
		{"qualification.expired", Bad, i18n.M("notify.expired"), i18n.M("notify.expired.body")},
		{"qualification.suspended", Bad, i18n.M("notify.suspended"), i18n.M("notify.suspended.body")},
		{"qualification.reinstated", Good, i18n.M("notify.reinstated"), i18n.M("notify.reinstated.body")},
		{"qualification.cancelled", Bad, i18n.M("notify.cancelled"), i18n.M("notify.cancelled.body")},
		{"qualification.watch_began", Warn, i18n.M("notify.watch"), i18n.M("notify.watch.body")},
		{"qualification.watch_ended", Good, i18n.M("notify.watch_ended"), i18n.M("notify.watch_ended.body")},
	} {
		all = append(all, on(x.kind, say(x.tone, x.t.Key, x.b.Key)))
	}
	return append(all, on("critical.recorded", func(x qualification.CriticalChanged, _ string) []Note {
		return []Note{{Account: x.Partner, Roles: partnerDesk, Tone: Bad, Link: "/qualifications",
			Title: i18n.M("notify.critical", i18n.A{"day": x.OccurredOn.String()}), Body: i18n.Raw(x.Summary)}}
	}), on("critical.lifted", func(x qualification.CriticalChanged, _ string) []Note {
		return []Note{{Account: x.Partner, Roles: partnerDesk, Tone: Good, Link: "/qualifications",
			Title: i18n.M("notify.critical_lifted", i18n.A{"day": x.OccurredOn.String()}), Body: i18n.Raw(x.Summary)}}
	}), on("inspection.recorded", func(x qualification.InspectionRecorded, _ string) []Note {
		n := Note{Account: x.Partner, Roles: partnerDesk, Link: "/qualifications", Title: i18n.M("notify.inspected", i18n.A{"day": x.InspectedOn.String()}), Body: i18n.Raw(x.Findings)}
		if n.Tone = Good; !x.Passed {
			n.Tone = Warn
		}
		return []Note{n}
	}))
}

// why replaces the usual text where there's no line or no reason of the vendor to name: a report that is overdue, a
// place that wasn't filled.
func why(x qualification.QualificationChanged, usual i18n.Msg) i18n.Msg {
	switch {
	case x.What == "qualification.watch_began" && x.WatchLine == qualification.ReportOverdue:
		return i18n.M("notify.watch.report", usual.Args)
	case x.What == "qualification.suspended" && x.Reason == "" && x.Standing == "":
		return i18n.M("notify.suspended.staffing", usual.Args)
	case x.What == "qualification.suspended" && x.Reason == "":
		return i18n.M("notify.suspended.standing", usual.Args)
	}
	return usual
}

func staffingRules() []func(*Service) rule {
	type exit = qualification.ExitChanged
	exits := func(x exit, n Note) Note {
		n.Link = "/people/exits"
		return n
	}
	about := func(x exit) i18n.A {
		return i18n.A{"person": x.PersonName, "partner": x.PartnerName, "day": x.ExitOn.String(), "due": lastDay(x.ReportDue),
			"reason": qualification.ExitReason(x.Reason).Label()}
	}
	return []func(*Service) rule{
		on("certificate.lapsing", lapsing),
		on("exit.due", func(x exit, _ string) []Note {
			return []Note{exits(x, Note{Account: x.Partner, Roles: partnerDesk, Tone: Warn, Action: i18n.M("notify.exit_due.do"),
				Title: i18n.M("notify.exit_due", about(x)), Body: i18n.M("notify.exit_due.body", about(x))})}
		}),
		on("exit.overdue", func(x exit, vendor string) []Note {
			n := exits(x, Note{Account: x.Partner, Roles: partnerDesk, Tone: Bad, Title: i18n.M("notify.exit_overdue", about(x)),
				Body: i18n.M("notify.exit_overdue.body", about(x))})
			v := n
			v.Account, v.Roles, v.Link = vendor, reviewers, "/channel/"+x.Partner+"/people/exits"
			return []Note{n, v}
		}),
		on("exit.reported", func(x exit, vendor string) []Note {
			return []Note{{Account: vendor, Roles: reviewers, Link: "/channel/" + x.Partner + "/people/exits",
				Title: i18n.M("notify.exit_reported", about(x)), Body: i18n.M("notify.exit_reported.body", about(x))}}
		}),
		on("vacancy.opened", vacancy(Warn, i18n.M("notify.vacancy"), i18n.M("notify.vacancy.body"))),
		on("vacancy.due_soon", vacancy(Warn, i18n.M("notify.vacancy_soon"), i18n.M("notify.vacancy.body"))),
		on("vacancy.overdue", vacancy(Bad, i18n.M("notify.vacancy_overdue"), i18n.M("notify.vacancy_overdue.body"))),
		on("vacancy.filled", vacancy(Good, i18n.M("notify.vacancy_filled"), i18n.M("notify.vacancy_filled.body"))),
	}
}

func vacancy(tone Tone, t, b i18n.Msg) func(qualification.VacancyChanged, string) []Note {
	return func(x qualification.VacancyChanged, _ string) []Note {
		args := with(star(x.Head), i18n.A{"person": x.PersonName, "by": x.FilledName, "line": title(x.LineEN, x.LineZH),
			"due": lastDay(x.Due), "n": x.DaysLeft})
		return []Note{{Account: x.Partner, Roles: partnerDesk, Tone: tone, Link: "/people/exits",
			Title: i18n.Msg{Key: t.Key, Args: args}, Body: i18n.Msg{Key: b.Key, Args: args}}}
	}
}

// lapsing tells the partner, and says what the certificate costs when it costs something.
func lapsing(x qualification.CertificateLapsing, _ string) []Note {
	args := with(star(x.Head), i18n.A{"person": x.PersonName, "code": x.Code, "day": x.ExpiresOn.String(), "n": x.DaysLeft})
	n := Note{Account: x.Partner, Roles: partnerDesk, Tone: Neutral, Link: "/people/" + x.Person,
		Title: i18n.M("notify.lapsing", args), Body: i18n.M("notify.lapsing.body", args)}
	if len(x.Lines) > 0 {
		var lines []i18n.Msg
		for _, l := range x.Lines {
			lines = append(lines, title(l.EN, l.ZH))
		}
		n.Tone, n.Body = Warn, i18n.M("notify.lapsing.costs", with(args, i18n.A{"lines": lines}))
	}
	return []Note{n}
}
