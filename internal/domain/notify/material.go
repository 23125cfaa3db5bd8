package notify

import (
	"strings"

	"hanse/internal/domain/material"
	"hanse/internal/kit/i18n"
)

// materialRules tell the partner what became of a material, and the reviewers what waits.
func materialRules() []func(*Service) rule {
	type changed = material.Changed
	args := func(x changed) i18n.A {
		return i18n.A{"title": i18n.Raw(x.Title), "kind": x.Kind.Label(), "partner": i18n.Raw(x.Name), "due": lastDay(x.Due),
			"reasons": i18n.Raw(strings.Join(x.Reasons, "; "))}
	}
	toPartner := func(tone Tone, title, body string) func(changed, string) []Note {
		return func(x changed, _ string) []Note {
			return []Note{{Account: x.Partner, Roles: partnerDesk, Tone: tone, Link: "/materials/" + x.Material,
				Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
		}
	}
	toReviewers := func(tone Tone, title, body string) func(changed, string) []Note {
		return func(x changed, vendor string) []Note {
			return []Note{{Account: vendor, Roles: reviewers, Tone: tone, Link: "/reviews/materials/" + x.Material,
				Title: i18n.Msg{Key: title, Args: args(x)}, Body: i18n.Msg{Key: body, Args: args(x)}}}
		}
	}
	return []func(*Service) rule{
		on("material.submitted", toReviewers("", "notify.material.to_review", "notify.material.to_review.body")),
		on("material.overdue", toReviewers(Bad, "notify.material.overdue", "notify.material.overdue.body")),
		on("material.passed", toPartner(Good, "notify.material.passed", "notify.material.passed.body")),
		on("material.failed", toPartner(Warn, "notify.material.failed", "notify.material.failed.body")),
		on("material.revoked", toPartner(Bad, "notify.material.revoked", "notify.material.revoked.body")),
	}
}
