package qualify

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A choice is the page that begins an application: which level, by which track.
type choice struct {
	Now          qualification.ProgramView
	Apply        qualification.Evaluated
	Level, Track string
}

// begin asks for level and track.
func (p pages) begin(w http.ResponseWriter, r *http.Request) error {
	return p.showBegin(w, r, r.PathValue("program"), nil)
}

func (p pages) showBegin(w http.ResponseWriter, r *http.Request, id string, refused error) error {
	d := own(r)
	if err := site.By(r).May(actor.EditApplication); err != nil {
		return err
	}
	c, err := p.choice(r, d, id)
	if err != nil {
		return err
	}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, beginPage(door.See(p.Site, r, d), c))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component { return beginPage(door.See(p.Site, r, d, errs...), c) })
}

func (p pages) choice(r *http.Request, d door.Door, id string) (c choice, err error) {
	if c.Now, err = p.one(r, d, id); err != nil {
		return c, err
	}
	c.Apply, err = p.q.Evaluate(r.Context(), site.By(r), d.Account, id, p.Clock.Now(), program.Apply)
	c.Level, c.Track = r.FormValue("level"), r.FormValue("track")
	if c.Level == "" {
		c.Level = c.Now.Apply.BestLevel
	}
	if next := c.Now.NextLevel; c.Now.Version.Stages && r.FormValue("level") == "" && next != "" {
		c.Level = next
	}
	if c.Level == "" && len(c.Now.Version.Levels) > 0 {
		c.Level = c.Now.Version.Levels[0].ID
	}
	return c, err
}

// levelOptions are the choices, each with what stands in its way.
func levelOptions(ctx context.Context, e *qualification.Evaluated) (out []ui.Option) {
	for _, l := range e.Version.Levels {
		if l.SelfGranted {
			continue // choosing it grants it
		}
		hint := i18n.T(ctx, "qualify.begin.met")
		if gap := gapOf(ctx, &e.Evaluation, l.ID); gap != "" {
			hint = i18n.T(ctx, "qualify.begin.unmet", i18n.A{"gap": gap})
		}
		out = append(out, ui.Option{Value: l.ID, Label: i18n.Say(ctx, l.Title.Msg()), Hint: hint})
	}
	return out
}

// trackOptions are the ways to a level.
func trackOptions(ctx context.Context, v *program.Version) (out []ui.Option) {
	for _, t := range v.AllTracks() {
		out = append(out, ui.Option{Value: t.ID, Label: i18n.Say(ctx, t.Title.Msg())})
	}
	return out
}

// draft begins the application.
func (p pages) draft(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	id := r.PostFormValue("program")
	a, err := p.q.Draft(r.Context(), site.By(r), qualification.DraftInput{Program: id, Level: r.PostFormValue("level"), Track: r.PostFormValue("track")})
	if fault.KindOf(err) == fault.KindConflict {
		// A second click on the same button, or one that somebody else began: go on with that one.
		if x, none := p.one(r, own(r), id); none == nil && x.Open != nil {
			return p.Go(w, r, "/applications/"+x.Open.ID, i18n.M("qualify.begin.open"))
		}
	}
	if err != nil {
		return p.showBegin(w, r, id, err)
	}
	return p.Go(w, r, "/applications/"+a.ID+"/form", i18n.M("qualify.begin.done"))
}
