package notify

import (
	"hanse/internal/domain/address"
	"hanse/internal/kit/i18n"
)

// addressRules tell people about their addresses, disputes and missing records, and the vendor about what waits for a
// decision. Neither party of a dispute learns who the other is.
func addressRules() []func(*Service) rule {
	return append(disputeRules(),
		on("address.asked", func(x address.Asked, _ string) []Note {
			return []Note{{Account: x.Person, To: x.Email, ToLang: x.Lang, MailOnly: true, Secret: x.Sealed, Action: i18n.M("address.mail.asked.do"),
				Title: i18n.M("address.mail.asked"), Body: i18n.M("address.mail.asked.body", i18n.A{"name": x.Name, "email": x.Email, "n": x.Hours})}}
		}),
		on("address.associated", func(x address.Associated, _ string) []Note {
			return []Note{own(x.Person, Note{Tone: Good, Quiet: true, Link: "/me/records",
				Title: i18n.M("address.mail.associated", i18n.A{"email": x.Email}), Body: i18n.M("address.mail.associated.body", i18n.A{"n": x.Records})})}
		}),
		on("address.removed", func(x address.Removed, _ string) []Note {
			if !x.Vendor {
				return nil // the person did it
			}
			return []Note{own(x.Person, Note{Tone: Bad, Link: "/me/disputes", Action: i18n.M("address.mail.dispute.do"),
				Title: i18n.M("address.mail.removed", i18n.A{"email": x.Email}), Body: i18n.M("address.mail.removed.body")})}
		}),
		on("missing.opened", func(x address.MissingChanged, vendor string) []Note {
			return []Note{{Account: vendor, Roles: reviewers, Quiet: true, Link: "/record-requests/" + x.ID,
				Title: i18n.M("address.mail.missing", i18n.A{"name": x.By}), Body: i18n.M("address.mail.missing.body", i18n.A{"code": x.Code, "day": x.On})}}
		}),
		on("missing.handled", func(x address.MissingChanged, _ string) []Note {
			return []Note{own(x.Person, Note{Link: "/me/missing", Action: i18n.M("address.mail.missing.do"),
				Title: i18n.M("address.mail.handled", i18n.A{"code": x.Code}), Body: i18n.M("address.mail.handled.body", i18n.A{"answer": x.Answer})})}
		}),
		on("missing.arrived", func(x address.MissingChanged, _ string) []Note {
			return []Note{own(x.Person, Note{Tone: Good, Link: "/me/records", Action: i18n.M("address.mail.arrived.do"),
				Title: i18n.M("address.mail.arrived", i18n.A{"code": x.Code}), Body: i18n.M("address.mail.arrived.body", i18n.A{"day": x.On})})}
		}))
}

func disputeRules() []func(*Service) rule {
	return []func(*Service) rule{
		on("dispute.opened", func(x address.DisputeChanged, vendor string) []Note {
			notes := []Note{{Account: vendor, Roles: reviewers, Link: "/disputes/" + x.ID, Action: i18n.M("address.mail.dispute.decide"),
				Title: i18n.M("address.mail.dispute", i18n.A{"about": x.About}), Body: i18n.M("address.mail.dispute.body", i18n.A{"name": x.By})}}
			if x.Holder != "" {
				notes = append(notes, own(x.Holder, Note{Tone: Warn, Link: "/me/disputes", Action: i18n.M("address.mail.dispute.answer"),
					Title: i18n.M("address.mail.contested", i18n.A{"about": x.About}), Body: i18n.M("address.mail.contested.body")}))
			}
			return notes
		}),
		on("dispute.answered", func(x address.DisputeChanged, vendor string) []Note {
			return []Note{{Account: vendor, Roles: reviewers, Quiet: true, Link: "/disputes/" + x.ID,
				Title: i18n.M("address.mail.answered", i18n.A{"about": x.About}), Body: i18n.M("address.mail.answered.body")}}
		}),
		on("dispute.decided", func(x address.DisputeChanged, _ string) []Note {
			body := i18n.M("address.mail.decided.body", i18n.A{"state": address.DisputeLabel(address.DisputeState(x.State)), "reason": x.Reason})
			n := Note{Link: "/me/disputes", Action: i18n.M("address.mail.dispute.do"), Title: i18n.M("address.mail.decided", i18n.A{"about": x.About}), Body: body}
			notes := []Note{own(x.Person, n)}
			if x.Holder != "" {
				notes = append(notes, own(x.Holder, n))
			}
			return notes
		}),
	}
}

// own is a note to the human of a personal account.
func own(person string, n Note) Note {
	n.Account, n.User = person, person
	return n
}
