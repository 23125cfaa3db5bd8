package verify

import (
	"context"
	"strings"

	"hanse/internal/domain/badge"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

// foundText says what it means: the reason of the check that decides.
func foundText(f badge.Finding) i18n.Msg {
	if f.Good && f.KeyFrom == badge.InKey {
		return f.Of(badge.CheckIssuer).Why
	}
	for _, want := range []badge.Result{badge.Failed, badge.Unchecked} {
		for _, c := range f.Checks {
			if c.Result == want {
				return c.Why
			}
		}
	}
	return i18n.M("badge.verdict.good_text")
}

func foundTone(f badge.Finding) ui.Tone {
	switch f.Verdict().Key {
	case "badge.verdict.good":
		return ui.Good
	case "badge.verdict.forged", "badge.verdict.withdrawn":
		return ui.Bad
	}
	return ui.Warn
}

func checkTone(r badge.Result) ui.Tone {
	switch r {
	case badge.Passed:
		return ui.Good
	case badge.Failed:
		return ui.Bad
	}
	return ui.Warn
}

// claimsTitle warns when nobody stands for what the document says.
func claimsTitle(f badge.Finding) i18n.Msg {
	if f.Verified {
		return i18n.M("verify.claims")
	}
	return i18n.M("verify.claims_unproven")
}

// claims are what the document says of itself.
func claims(ctx context.Context, f badge.Finding) (out []ui.Fact) {
	add := func(label, value string) {
		if value != "" {
			out = append(out, ui.Fact{Label: label, Value: value})
		}
	}
	add(i18n.T(ctx, "verify.claim.name"), f.Name)
	add(i18n.T(ctx, "verify.holder"), strings.Join(f.Holder, " · "))
	add(i18n.T(ctx, "verify.claim.issuer"), f.IssuerName)
	add(i18n.T(ctx, "verify.claim.issuer_id"), f.Issuer)
	if !f.ValidFrom.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "verify.from"), Body: ui.Date(f.ValidFrom)})
	}
	if !f.ValidUntil.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "verify.until"), Body: ui.Date(f.ValidUntil)})
	}
	if !f.SignedAt.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "verify.claim.signed"), Body: ui.Time(f.SignedAt)})
	}
	return out
}

// issuerView is what the issuer's page shows.
type issuerView struct {
	Name, Base string
	Keys       []badge.Key
}

func (v issuerView) facts(ctx context.Context) []ui.Fact {
	return []ui.Fact{
		{Label: i18n.T(ctx, "verify.claim.issuer"), Value: v.Name},
		{Label: i18n.T(ctx, "verify.claim.issuer_id"), Value: v.Base + "/issuer"},
	}
}

// command shows how to check a file without this server.
func (v issuerView) command() string {
	return "curl -o issuer.json " + v.Base + "/issuer\nhanse verify certificate.pdf --issuer issuer.json"
}

func keyTone(s badge.State) ui.Tone {
	switch s {
	case badge.Active:
		return ui.Good
	case badge.Retired:
		return ui.Neutral
	}
	return ui.Bad
}
