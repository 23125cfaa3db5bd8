package notify

import (
	"hanse/internal/domain/declaration"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// declarationRules tell a person what became of a declared certificate, and the reviewers what waits.
func declarationRules() []func(*Service) rule {
	type changed = declaration.Changed
	args := func(x changed) i18n.A {
		return i18n.A{"number": i18n.Raw(x.Number), "code": i18n.Raw(x.Code), "name": i18n.Raw(x.Name), "due": lastDay(x.Due), "reason": i18n.Raw(x.Reason)}
	}
	toPerson := func(tone Tone, title, body string) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			n := Note{Account: x.Person, User: x.Person, Tone: tone, Link: "/me/declarations/" + x.Declaration,
				Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}
			if x.Reason == "" && x.Lookup != "" && x.Lookup != declaration.Found {
				n.Body = x.Lookup.Say()
			}
			return []Note{n}
		}
	}
	toReviewers := func(tone Tone, title, body string) func(changed, string) []Note {
		return func(x changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: []actor.Role{actor.VendorAdmin, actor.Reviewer}, Tone: tone, Quiet: tone == "",
				Link: "/declarations/" + x.Declaration, Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
		}
	}
	return []func(*Service) rule{
		on("declaration.submitted", toReviewers("", "declaration.note.to_review", "declaration.note.to_review.body")),
		on("declaration.overdue", toReviewers(Bad, "declaration.note.overdue", "declaration.note.overdue.body")),
		on("declaration.given", func(x changed, vendor string) []Note {
			x.Lookup = "" // the certificate is what counts, not how it was found
			return toPerson(Good, "declaration.note.given", "declaration.note.given.body")(x, vendor)
		}),
		on("declaration.unknown", toPerson(Warn, "declaration.note.unknown", "declaration.note.unknown.body")),
		on("declaration.returned", toPerson(Warn, "declaration.note.returned", "declaration.note.reason")),
		on("declaration.refused", toPerson(Bad, "declaration.note.refused", "declaration.note.reason")),
		on("declaration.revoked", toPerson(Bad, "declaration.note.revoked", "declaration.note.reason")),
	}
}
