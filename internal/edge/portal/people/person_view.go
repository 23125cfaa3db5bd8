package people

import (
	"context"
	"net/http"

	"hanse/internal/domain/credential"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// personView is one person with what depends on them.
type personView struct {
	door.View
	roster.PersonView
	Uses []use
}

func (v personView) path(more string) string { return v.Path("/people/" + v.ID + more) }

// use is a requirement line that a person fills a place of.
type use struct {
	Spec  *program.Version
	Level string
	Held  bool // the level has been granted; else it's what the people would reach
	Line  program.LineResult
	Slot  program.Slot
}

// spare tells whether the line would be met without the person.
func (u use) spare() bool { return u.Line.Have > u.Line.Need || free(u.Line) }

// free tells whether somebody else could take the place at once.
func free(l program.LineResult) bool {
	for _, o := range l.Others {
		if o.Reason == program.Surplus {
			return true
		}
	}
	return false
}

// uses finds the lines that a person fills, of granted levels and of those that would be kept.
func (p pages) uses(r *http.Request, d door.Door, person string) ([]use, error) {
	by := site.By(r)
	if !by.Can(actor.ViewEvaluation) {
		return nil, nil
	}
	all, err := p.qualifications.Overview(r.Context(), by, d.Account)
	if err != nil {
		return nil, err
	}
	var out []use
	for _, x := range all {
		hold, spec, level := x.Hold, x.Version, x.Hold.BestLevel
		if x.Held != nil {
			q, err := p.qualifications.Qualification(r.Context(), by, x.Held.ID)
			if err != nil {
				return nil, err
			}
			hold, spec, level = q.Hold, q.Spec, x.Held.Level
		}
		out = append(out, usesIn(hold, spec, level, x.Held, person)...)
	}
	return out, nil
}

func usesIn(e program.Evaluation, spec *program.Version, level string, held *qualification.Qualification, person string) (out []use) {
	l, ok := e.Level(level)
	if !ok {
		return nil
	}
	track := l.Best()
	if held != nil {
		for i := range l.Tracks {
			if l.Tracks[i].Track == held.Track {
				track = &l.Tracks[i]
			}
		}
	}
	for _, line := range track.Lines {
		for _, s := range line.Slots {
			if s.Person == person {
				out = append(out, use{spec, level, held != nil, line, s})
				break
			}
		}
	}
	return out
}

func (u use) title(ctx context.Context) string {
	if l, ok := u.Spec.Line(u.Line.ID); ok {
		return i18n.Say(ctx, l.Title.Msg())
	}
	return u.Line.ID
}

func (u use) level(ctx context.Context) string {
	l, _ := u.Spec.Level(u.Level)
	return i18n.Say(ctx, l.Title.Msg())
}

// inForce are the certificates that count or counted; history are those that were corrected or taken back.
func (v personView) inForce() (out []credential.Certificate) {
	for _, c := range v.Certificates {
		if c.State == credential.Valid {
			out = append(out, c)
		}
	}
	return out
}

func (v personView) history() (out []credential.Certificate) {
	for _, c := range v.Certificates {
		if c.State != credential.Valid {
			out = append(out, c)
		}
	}
	return out
}

// state says whether the person is there, and what they hold.
func (v personView) state(ctx context.Context) string {
	if !v.Here(v.Today()) {
		return i18n.T(ctx, "people.person.left", i18n.A{"day": i18n.From(ctx).Day(v.LeftOn.String())})
	}
	n := 0
	for _, h := range v.Held {
		if h.Until >= v.Today() {
			n++
		}
	}
	return i18n.T(ctx, "people.person.state", i18n.A{"certificates": i18n.M("people.some.certificates", i18n.A{"n": n}), "n": len(v.Uses)})
}

// next says what to do: renew what lapses first, or nothing.
func (v personView) next(ctx context.Context) string {
	if !v.Here(v.Today()) {
		return i18n.T(ctx, "people.person.next_left")
	}
	first := roster.Held{}
	for _, h := range v.Held {
		if h.Until >= v.Today() && h.Until <= v.Today().AddDays(soon) && (first.Code == "" || h.Until < first.Until) {
			first = h
		}
	}
	if first.Code != "" {
		return i18n.T(ctx, "people.person.next_renew", i18n.A{"code": first.Code, "day": i18n.From(ctx).Day(first.Until.String())})
	}
	if len(v.Held) == 0 {
		return i18n.T(ctx, "people.person.next_add")
	}
	return i18n.T(ctx, "people.person.next_calm")
}

// status is the mark beside the name.
func (v personView) status(ctx context.Context) (ui.Tone, string) {
	switch {
	case !v.Here(v.Today()):
		return ui.Neutral, i18n.T(ctx, "people.has_left")
	case v.Registered:
		return ui.Good, i18n.T(ctx, "people.registered")
	}
	return ui.Neutral, i18n.T(ctx, "people.not_registered")
}

func (v personView) facts(ctx context.Context) []ui.Fact {
	return []ui.Fact{
		{Label: i18n.T(ctx, "people.number"), Value: v.Number},
		{Label: i18n.T(ctx, "people.name"), Value: v.PersonView.Name},
		{Label: i18n.T(ctx, "people.email"), Value: v.Email},
		{Label: i18n.T(ctx, "people.bound_on"), Body: ui.Day(v.BoundOn.String())},
		{Label: i18n.T(ctx, "people.left_on"), Body: ui.Day(v.LeftOn.String())},
		{Label: i18n.T(ctx, "people.is_registered"), Body: yesNo(v.Registered)},
		{Label: i18n.T(ctx, "members.people.consent"), Body: consentWord(v.View, v.PersonView.Binding)},
	}
}

// standing is a certificate's state as a tone and words.
func standing(ctx context.Context, v door.View, c credential.Certificate) (ui.Tone, string) {
	if c.State == credential.Superseded {
		return ui.Neutral, i18n.T(ctx, "people.certificate.superseded")
	}
	s := c.Standing(v.Today(), soon)
	return tone(s), i18n.Say(ctx, credential.StandingText(s))
}

// source says whose word a certificate is.
func source(ctx context.Context, c credential.Certificate) string {
	switch c.Source {
	case credential.Import:
		return i18n.T(ctx, "people.source.import")
	case credential.Record:
		return i18n.T(ctx, "people.source.record")
	}
	return i18n.T(ctx, "people.source.manual")
}

// certPath is the address of the certificate's form.
func (v certView) certPath(more string) string {
	if v.Old.ID == "" {
		return v.path("/certificates/new")
	}
	return v.path("/certificates/" + v.Old.ID + more)
}

func certificateTitle(ctx context.Context, v certView) string {
	if v.Old.ID == "" {
		return i18n.T(ctx, "people.certificate.title", i18n.A{"name": v.PersonView.Name})
	}
	return i18n.T(ctx, "people.certificate.correct", i18n.A{"code": v.Old.Code, "name": v.PersonView.Name})
}
