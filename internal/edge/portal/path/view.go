package path

import (
	"context"

	"hanse/internal/domain/path"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/i18n"
)

type listView struct {
	door.View
	all         []path.View
	joined      []path.View // the vendor's door only
	invitations []path.Invitation
}

func (v listView) chosen() (n int) {
	for _, x := range v.all {
		if x.Selected() != nil {
			n++
		}
	}
	return n
}

func (v listView) state(ctx context.Context) string {
	return i18n.T(ctx, "paths.state", i18n.A{"n": v.chosen(), "all": len(v.all)})
}

func (v listView) next(ctx context.Context) string {
	for _, x := range v.all {
		if x.Can.Answer {
			return i18n.T(ctx, "paths.next.answer", i18n.A{"program": x.Version.Title.Msg()})
		}
	}
	if v.chosen() == 0 {
		return i18n.T(ctx, "paths.next.choose")
	}
	return i18n.T(ctx, "paths.next.go_on")
}

// programs are those that a partner can be invited to.
func (v listView) programs(ctx context.Context) (out []ui.Option) {
	for _, list := range [][]path.View{v.all, v.joined} {
		for _, x := range list {
			if x.Version.ByInvitation() && x.Invitation == nil && x.Held == nil {
				out = append(out, ui.Option{Value: x.Program, Label: i18n.Say(ctx, x.Version.Title.Msg())})
			}
		}
	}
	return out
}

// title names a program of the lists; one that isn't in force by its id.
func (v listView) title(ctx context.Context, id string) string {
	for _, list := range [][]path.View{v.all, v.joined} {
		for _, x := range list {
			if x.Program == id {
				return i18n.Say(ctx, x.Version.Title.Msg())
			}
		}
	}
	return id
}

// entry says how one enters.
func entry(ctx context.Context, x path.View) string {
	switch {
	case x.Version.ByInvitation():
		return i18n.T(ctx, "paths.entry.invitation")
	case x.Version.OneAccount:
		return i18n.T(ctx, "paths.entry.one")
	}
	return i18n.T(ctx, "paths.entry.self")
}

// standing is where the partner stands: the highest stage, an invitation, or nothing.
func standing(ctx context.Context, x path.View) (ui.Tone, string) {
	switch {
	case x.Held != nil:
		l, _ := x.Version.Level(x.Held.Level)
		return ui.Good, i18n.Say(ctx, l.Title.Msg())
	case x.Open != nil:
		return ui.Info, i18n.Say(ctx, x.Open.State.Label())
	case x.Invitation != nil && x.Invitation.State == path.Open:
		return ui.Warn, i18n.T(ctx, "paths.invited.waiting")
	case x.Invitation != nil:
		return ui.Info, i18n.T(ctx, "paths.invited.accepted")
	}
	return ui.Neutral, i18n.T(ctx, "paths.not_chosen")
}

type pathView struct {
	door.View
	x path.View
}

func (v pathView) href(more string) string { return v.Path("/paths/" + v.x.Program + more) }

func (v pathView) state(ctx context.Context) string {
	_, word := standing(ctx, v.x)
	return word + ". " + entry(ctx, v.x)
}

func (v pathView) next(ctx context.Context) string {
	c := v.x.Can
	switch {
	case c.Answer:
		return i18n.T(ctx, "paths.do.answer", i18n.A{"day": i18n.From(ctx).Day(v.x.Invitation.ExpiresOn.String())})
	case c.Choose:
		return i18n.T(ctx, "paths.do.choose")
	case c.Apply:
		return i18n.T(ctx, "paths.do.apply")
	case v.x.Selected() == nil && !v.x.Refused.IsZero():
		return i18n.Say(ctx, v.x.Refused)
	case v.x.Selected() == nil && len(v.unmet(ctx)) > 0:
		return i18n.T(ctx, "paths.do.unmet")
	}
	return i18n.T(ctx, "paths.do.stages")
}

// unmet are the lines of the first stage that keep the partner from choosing.
func (v pathView) unmet(ctx context.Context) (out []string) {
	l := v.x.Version.Levels[0].ID
	level, ok := v.x.Apply.Level(l)
	if !ok {
		return nil
	}
	for _, line := range level.Best().Lines {
		if !line.Met {
			out = append(out, i18n.Say(ctx, line.Gap))
		}
	}
	return out
}

// stages are the steps of the journey.
func (v pathView) stages(ctx context.Context) (out []ui.Step) {
	current := true
	for _, s := range v.x.Stages {
		done := s.Held != nil
		out = append(out, ui.Step{Label: i18n.Say(ctx, s.Level.Title.Msg()), Done: done, Current: !done && current, Href: v.Path("/qualifications/" + v.x.Program)})
		current = current && done
	}
	return out
}

// proof is the certificate of a stage.
func (v pathView) proof(s qualification.Stage) string {
	if s.Held == nil {
		return ""
	}
	return "/certificates/" + s.Held.Number
}

// benefits of a stage.
func (v pathView) benefits(ctx context.Context, level string) (out []string) {
	for _, b := range v.x.Version.BenefitsOf(level) {
		out = append(out, i18n.Say(ctx, b.Msg()))
	}
	return out
}

func blockerText(ctx context.Context, b path.Blocker) (ui.Tone, string) {
	switch {
	case !b.Known:
		return ui.Neutral, i18n.T(ctx, "paths.blocker.unknown")
	case b.Blocks:
		return ui.Bad, i18n.T(ctx, "paths.blocker.yes")
	}
	return ui.Good, i18n.T(ctx, "paths.blocker.no")
}

type membershipsView struct {
	door.View
	joined, open []path.View
}

func (v membershipsView) state(ctx context.Context) string {
	return i18n.T(ctx, "paths.joined.state", i18n.A{"n": len(v.joined)})
}

func (v membershipsView) next(ctx context.Context) string {
	for _, x := range v.open {
		if x.Program == path.Network {
			return i18n.T(ctx, "paths.joined.first")
		}
	}
	return i18n.T(ctx, "paths.joined.next")
}

type invitedView struct {
	door.View
	rows         []path.Invitation
	first, after string
}

func (v invitedView) state(ctx context.Context) string {
	return i18n.T(ctx, "paths.sent.state", i18n.A{"n": len(v.rows)})
}

func (v invitedView) filters(ctx context.Context) ui.FiltersView {
	var options []ui.Option
	for _, s := range states {
		options = append(options, ui.Option{Value: string(s), Label: i18n.Say(ctx, s.Label())})
	}
	return ui.FiltersView{Action: "/channel/invitations", Target: "invitations", Clear: "/channel/invitations",
		Fields: []ui.FieldView{{Name: "state", Label: i18n.T(ctx, "paths.sent.filter"), Value: v.R.URL.Query().Get("state"), Options: options}}}
}

func invitationTone(s path.InvitationState) ui.Tone {
	switch s {
	case path.Open:
		return ui.Info
	case path.Accepted:
		return ui.Good
	case path.Declined:
		return ui.Bad
	}
	return ui.Neutral
}
