package declaration

import (
	"context"
	"strconv"
	"time"

	"hanse/internal/domain/badge"
	"hanse/internal/domain/declaration"
	"hanse/internal/domain/program"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

type listView struct {
	door.View
	rows         []declaration.Declaration
	first, after string
	catalogue    *program.Catalogue
}

func (v listView) state(ctx context.Context) string {
	count := map[declaration.State]int{}
	for _, d := range v.rows {
		count[d.State]++
	}
	if len(v.rows) == 0 {
		return i18n.T(ctx, "declarations.none")
	}
	return i18n.T(ctx, "declarations.state", i18n.A{"given": count[declaration.Given], "waiting": count[declaration.UnderReview],
		"open": count[declaration.Draft] + count[declaration.Correction]})
}

func (v listView) filters(ctx context.Context, action string) ui.FiltersView {
	q := v.R.URL.Query()
	var states []ui.Option
	for _, s := range declaration.States() {
		states = append(states, ui.Option{Value: string(s), Label: i18n.Say(ctx, s.Label())})
	}
	return ui.FiltersView{Action: action, Target: "declarations", Clear: action, Fields: []ui.FieldView{
		{Name: "name", Label: i18n.T(ctx, "declarations.name"), Value: q.Get("name")},
		{Name: "number", Label: i18n.T(ctx, "declarations.number"), Value: q.Get("number")},
		{Name: "state", Label: i18n.T(ctx, "declarations.status"), Value: q.Get("state"), Options: states},
	}}
}

// certificate names the code with its title; a number that was never found has none.
func certificate(ctx context.Context, cat *program.Catalogue, code string) string {
	if t, ok := cat.Find(code); ok {
		return t.Code + " · " + i18n.Say(ctx, t.Title.Msg())
	}
	return "–"
}

func options(ctx context.Context, all []program.CertificateType) (out []ui.Option) {
	for _, t := range all {
		out = append(out, ui.Option{Value: t.Code, Label: t.Code + " · " + i18n.Say(ctx, t.Title.Msg())})
	}
	return out
}

func tone(s declaration.State) ui.Tone {
	switch s {
	case declaration.Given:
		return ui.Good
	case declaration.UnderReview:
		return ui.Info
	case declaration.Draft, declaration.Correction:
		return ui.Warn
	case declaration.Refused, declaration.Revoked:
		return ui.Bad
	}
	return ui.Neutral
}

// oneView is a declaration, for its person or for a reviewer.
type oneView struct {
	door.View
	d         declaration.View
	c         declaration.Case // reviewers
	base      string
	now       time.Time
	choices   []ui.Option
	catalogue *program.Catalogue
}

func (v oneView) path(more string) string { return v.base + "/" + v.d.ID + more }

func (v oneView) edition() [][2]string {
	return [][2]string{{"edition", strconv.FormatInt(v.d.Edition, 10)}}
}

func (v oneView) state(ctx context.Context) string {
	d := v.d
	switch {
	case d.State == declaration.UnderReview && d.Overdue(v.now):
		return i18n.T(ctx, "declarations.is.overdue", i18n.A{"due": qualify.Due(ctx, d.DueAt)})
	case d.State == declaration.UnderReview:
		return i18n.T(ctx, "declarations.is.under_review", i18n.A{"due": qualify.Due(ctx, d.DueAt)})
	case d.State == declaration.Given:
		return i18n.T(ctx, "declarations.is.given", i18n.A{"at": i18n.From(ctx).DateTime(d.DecidedAt)})
	case d.State == declaration.Withdrawn:
		return i18n.T(ctx, "declarations.is.withdrawn")
	case d.State == declaration.Correction:
		return i18n.T(ctx, "declarations.is.correction")
	case d.State == declaration.Revoked:
		return i18n.T(ctx, "declarations.is.revoked")
	case d.Lookup != "":
		return i18n.Say(ctx, d.Lookup.Say())
	case d.State == declaration.Refused:
		return i18n.T(ctx, "declarations.is.refused")
	}
	return i18n.T(ctx, "declarations.is.draft")
}

func (v oneView) next(ctx context.Context) string {
	d := v.d
	switch {
	case d.Can.Decide && v.c.Own:
		return i18n.T(ctx, "declarations.do.own")
	case d.Can.Decide:
		return i18n.T(ctx, "declarations.do.decide")
	case v.base == desk:
		return i18n.T(ctx, "declarations.do.read")
	case d.Can.Submit && len(d.Needs) > 0:
		return i18n.T(ctx, "declarations.do.evidence")
	case d.Can.Submit:
		return i18n.T(ctx, "declarations.do.submit")
	case d.State == declaration.UnderReview:
		return i18n.T(ctx, "declarations.do.wait")
	case d.State == declaration.Given:
		return i18n.T(ctx, "declarations.do.given")
	case d.Lookup == declaration.Held || d.Lookup == declaration.Other:
		return i18n.T(ctx, "declarations.do.dispute")
	}
	return i18n.T(ctx, "declarations.do.nothing")
}

// dispute tells whether the way out is a dispute.
func (v oneView) dispute() bool {
	return v.d.State == declaration.Refused && (v.d.Lookup == declaration.Held || v.d.Lookup == declaration.Other)
}

func (v oneView) facts(ctx context.Context) []ui.Fact {
	d := v.d
	out := []ui.Fact{{Label: i18n.T(ctx, "declarations.kind"), Value: i18n.Say(ctx, d.Kind.Label())},
		{Label: i18n.T(ctx, "declarations.name"), Body: data(d.Name)}, {Label: i18n.T(ctx, "declarations.number"), Body: data(d.Number)},
		{Label: i18n.T(ctx, "declarations.certificate"), Value: certificate(ctx, v.catalogue, d.Code)},
		{Label: i18n.T(ctx, "declarations.issued_on"), Body: ui.Day(d.IssuedOn.String())},
		{Label: i18n.T(ctx, "declarations.expires_on"), Body: ui.Day(d.ExpiresOn.String())}}
	if d.Note != "" {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "declarations.note"), Body: data(d.Note)})
	}
	if v.base == desk {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "declarations.account"), Body: data(v.c.AccountName)})
		name := i18n.T(ctx, "declarations.real_name.none")
		if v.c.RealName != "" {
			name = door.Data(ctx, v.c.RealName)
		}
		out = append(out, ui.Fact{Label: i18n.T(ctx, "declarations.real_name"), Value: name})
		if d.Lookup != "" {
			out = append(out, ui.Fact{Label: i18n.T(ctx, "declarations.library"), Value: i18n.Say(ctx, d.Lookup.Say())})
		}
	}
	if d.DecidedName != "" && v.base == desk {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "declarations.decided_by"), Body: data(d.DecidedName)})
	}
	return out
}

func roles(ctx context.Context) (out []ui.Option) {
	for _, r := range declaration.Roles() {
		out = append(out, ui.Option{Value: string(r), Label: i18n.Say(ctx, r.Label())})
	}
	return out
}

// verdict colours a finding: a signature under a key that says nothing about who signed is for a human to judge.
func verdict(f *badge.Finding) ui.Tone {
	switch {
	case !f.Verified || !f.Good:
		return ui.Bad
	case f.KeyFrom == badge.InKey:
		return ui.Warn
	}
	return ui.Good
}

// findings say what the credential itself says, and who signed it.
func findings(ctx context.Context, f *badge.Finding) []ui.Fact {
	issuer := f.IssuerName
	if issuer == "" {
		issuer = f.Issuer
	}
	out := []ui.Fact{{Label: i18n.T(ctx, "declarations.badge.issuer"), Body: data(issuer)}, {Label: i18n.T(ctx, "declarations.badge.subject"), Body: data(f.Name)}}
	for _, h := range f.Holder {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "declarations.badge.holder"), Body: data(h)})
	}
	if !f.ValidFrom.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "declarations.badge.from"), Body: ui.Date(f.ValidFrom)})
	}
	if !f.ValidUntil.IsZero() {
		out = append(out, ui.Fact{Label: i18n.T(ctx, "declarations.badge.until"), Body: ui.Date(f.ValidUntil)})
	}
	return out
}

func checkTone(r badge.Result) ui.Tone {
	switch r {
	case badge.Passed:
		return ui.Good
	case badge.Failed:
		return ui.Bad
	}
	return ui.Neutral
}

type queueView struct {
	listView
	tabs             []ui.Tab
	items            []declaration.QueueItem
	waiting, overdue int64
}

func (v queueView) state(ctx context.Context) string {
	if v.waiting == 0 {
		return i18n.T(ctx, "declarations.queue.none")
	}
	return i18n.T(ctx, "declarations.queue.state", i18n.A{"n": v.waiting, "late": v.overdue})
}

func leftTone(left time.Duration) ui.Tone {
	switch {
	case left <= 0:
		return ui.Bad
	case left < 8*time.Hour:
		return ui.Warn
	}
	return ui.Good
}

// role is what a file is likely to show: the first thing that's missing.
func (v oneView) role() string {
	if len(v.d.Needs) > 0 {
		return string(v.d.Needs[0])
	}
	return string(declaration.OtherFile)
}

// foundText says what a verdict is worth.
func foundText(ctx context.Context, f *badge.Finding) string {
	switch verdict(f) {
	case ui.Good:
		return i18n.T(ctx, "declarations.badge.good")
	case ui.Warn:
		return i18n.T(ctx, "declarations.badge.unknown")
	}
	return i18n.T(ctx, "declarations.badge.bad")
}
