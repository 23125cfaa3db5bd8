package notify

import (
	"hanse/internal/domain/member"
	"hanse/internal/domain/realname"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// companies is where a person answers.
const companies = "/me/companies"

// letterNote brings a note to a person: in the message center and by mail for those who sign in, by mail or short
// message alone for others.
func letterNote(l member.Letter, n Note) Note {
	n.Secret, n.Action = l.Sealed, i18n.M("member.note.do")
	switch {
	case l.Channel == member.ByPhone:
		n.To, n.ToLang, n.SMS, n.MailOnly = l.Address, l.Lang, true, true
	case l.Person != "":
		n.Account, n.User, n.Link = l.Person, l.Person, companies
	default:
		n.To, n.ToLang, n.MailOnly = l.Address, l.Lang, true
	}
	return n
}

// invited tells whom a partner invites. By phone, somebody who signs in finds it in the message center too.
func invited(x member.Sent, _ string) []Note {
	n := Note{Title: i18n.M("member.note.invited", i18n.A{"partner": x.AccountName}),
		Body: i18n.M("member.note.invited.body", i18n.A{"partner": x.AccountName, "by": x.InvitedBy, "days": x.Days})}
	notes := []Note{letterNote(x.Letter, n)}
	if x.Letter.Channel == member.ByPhone && x.Letter.Person != "" {
		n.Account, n.User, n.Link = x.Letter.Person, x.Letter.Person, companies
		notes = append(notes, n)
	}
	return notes
}

func asked(x member.Asked, _ string) (notes []Note) {
	args := i18n.A{"partner": x.AccountName, "day": x.CountsUntil.String(), "n": x.DaysLeft}
	for _, l := range x.Letters {
		n := Note{Title: i18n.M("member.note.asked", args), Body: i18n.M("member.note.asked.body", args)}
		if x.Reminder {
			n.Tone, n.Title, n.Body = Warn, i18n.M("member.note.reminded", args), i18n.M("member.note.asked.body", args)
		}
		notes = append(notes, letterNote(l, n))
	}
	return notes
}

func memberRules() []func(*Service) rule {
	type answered = member.Answered
	toPartner := func(x answered, n Note) []Note {
		n.Account, n.Roles, n.Link = x.Account, partnerDesk, "/people/invitations"
		if x.Invitation != "" {
			n.Link = "/invitations/" + x.Invitation
		}
		return []Note{n}
	}
	named := func(x answered) i18n.A {
		return i18n.A{"name": x.Name, "partner": x.AccountName, "day": x.On.String(), "reason": because(x.Reason)}
	}
	return []func(*Service) rule{
		on("member.invited", invited),
		on("member.asked", asked),
		on("member.reminded", asked),
		on("member.accepted", func(x answered, _ string) []Note {
			return toPartner(x, Note{Tone: Good, Title: i18n.M("member.note.accepted", named(x)), Body: i18n.M("member.note.accepted.body", named(x))})
		}),
		on("member.refused", func(x answered, _ string) []Note {
			body := i18n.M("member.note.refused.body", named(x))
			if x.Kind == member.ToConfirm {
				body = i18n.M("member.note.denied.body", named(x))
			}
			return toPartner(x, Note{Tone: Warn, Title: i18n.M("member.note.refused", named(x)), Body: body})
		}),
		on("member.expired", func(x answered, _ string) []Note {
			return toPartner(x, Note{Quiet: true, Title: i18n.M("member.note.expired", named(x)), Body: i18n.M("member.note.expired.body", named(x))})
		}),
		on("member.unbound", func(x answered, _ string) []Note {
			if x.By == member.SidePerson {
				return toPartner(x, Note{Tone: Warn, Title: i18n.M("member.note.left", named(x)), Body: i18n.M("member.note.left.body", named(x))})
			}
			return []Note{{Account: x.Person, User: x.Person, Link: companies, Title: i18n.M("member.note.unbound", named(x)),
				Body: i18n.M("member.note.unbound.body", named(x))}}
		}),
		on("member.lapsing", memberLapsing),
		on("member.lapsed", memberLapsing),
	}
}

// because is a reason, or that none was given.
func because(reason string) i18n.Msg {
	if reason == "" {
		return i18n.M("member.note.no_reason")
	}
	return i18n.Raw(reason)
}

func memberLapsing(x member.Lapsing, _ string) []Note {
	args := i18n.A{"n": x.People, "day": x.On.String()}
	n := Note{Account: x.Account, Roles: partnerDesk, Link: "/people?consent=unconfirmed", Tone: Warn,
		Title: i18n.M("member.note.lapsing", args), Body: i18n.M("member.note.lapsing.body", args)}
	if x.Over {
		n.Tone, n.Link, n.Title, n.Body = Bad, "/people?consent=lapsed", i18n.M("member.note.lapsed", args), i18n.M("member.note.lapsed.body", args)
	}
	return []Note{n}
}

func either(first bool, a, b i18n.Msg) i18n.Msg {
	if first {
		return a
	}
	return b
}

func realNameRules() []func(*Service) rule {
	type changed = realname.Changed
	own := func(x changed, n Note) []Note {
		n.Account, n.User, n.Link = x.Person, x.Person, "/me/real-name"
		if x.Company {
			n.User, n.Roles, n.Link = "", []actor.Role{actor.PartnerAdmin, actor.CustomerAdmin}, "/company/real-name"
		}
		return []Note{n}
	}
	desk := func(x changed, vendor string, n Note) []Note {
		n.Account, n.Roles, n.Link = vendor, []actor.Role{actor.VendorAdmin, actor.Reviewer}, "/real-names/"+x.Case
		return []Note{n}
	}
	return []func(*Service) rule{
		on("realname.submitted", func(x changed, vendor string) []Note {
			return desk(x, vendor, Note{Quiet: true, Title: i18n.M("realname.note.submitted", i18n.A{"name": x.Name}),
				Body: i18n.M("realname.note.submitted.body", i18n.A{"day": lastDay(x.Due)})})
		}),
		on("realname.overdue", func(x changed, vendor string) []Note {
			return desk(x, vendor, Note{Tone: Bad, Title: i18n.M("realname.note.overdue", i18n.A{"name": x.Name}),
				Body: i18n.M("realname.note.overdue.body", i18n.A{"day": lastDay(x.Due)})})
		}),
		on("realname.verified", func(x changed, _ string) []Note {
			return own(x, Note{Tone: Good, Title: either(x.Company, i18n.M("realname.note.company_verified"), i18n.M("realname.note.verified")), Body: i18n.M("realname.note.verified.body", i18n.A{"name": x.Name})})
		}),
		on("realname.refused", func(x changed, _ string) []Note {
			return own(x, Note{Tone: Bad, Title: either(x.Company, i18n.M("realname.note.company_refused"), i18n.M("realname.note.refused")), Body: i18n.M("realname.note.refused.body", i18n.A{"reason": x.Reason})})
		}),
		on("realname.revoked", func(x changed, _ string) []Note {
			return own(x, Note{Tone: Bad, Title: either(x.Company, i18n.M("realname.note.company_revoked"), i18n.M("realname.note.revoked")), Body: i18n.M("realname.note.revoked.body", i18n.A{"reason": x.Reason})})
		}),
	}
}
