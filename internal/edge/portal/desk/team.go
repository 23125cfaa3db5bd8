package desk

import (
	"context"
	"net/http"

	"hanse/internal/domain/desk"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A teamsView is the page of all teams, or the form of one.
type teamsView struct {
	door.View
	desk.Setup
	t desk.Team // on the form
}

func (p pages) teams(w http.ResponseWriter, r *http.Request) error {
	return p.showTeams(w, r, http.StatusOK)
}

func (p pages) showTeams(w http.ResponseWriter, r *http.Request, status int, errs ...ui.FieldError) error {
	setup, err := p.Desk.Setup(r.Context(), site.By(r))
	if err != nil {
		return err
	}
	return p.Show(w, r, status, teamsPage(teamsView{View: p.see(r, errs...), Setup: setup}))
}

func (v teamsView) state(ctx context.Context) string {
	if len(v.Teams) == 0 {
		return i18n.T(ctx, "desk.teams.none")
	}
	return i18n.T(ctx, "desk.teams.state", i18n.A{"n": len(v.Open()), "people": len(v.Staff)})
}

func (v teamsView) next(ctx context.Context) string {
	for _, t := range v.Teams {
		if t.Fallback {
			return i18n.T(ctx, "desk.teams.rest", i18n.A{"team": t.Name})
		}
	}
	return i18n.T(ctx, "desk.teams.no_rest")
}

func (v teamsView) today() calendar.Day { return calendar.DayOf(v.Site.Clock.Now()) }

// teamNames are the teams of a person.
func (v teamsView) teamNames(p desk.Person) (out []string) {
	for _, id := range p.Teams {
		if t, ok := v.Team(id); ok {
			out = append(out, t.Name)
		}
	}
	return out
}

// mayAway tells whether the reader may change a person's absence.
func (v teamsView) mayAway(p desk.Person) bool {
	return v.Can(actor.ManageDesk) || p.ID == v.By.User && v.Can(actor.WorkTickets)
}

func (v teamsView) memberIDs() (out []string) {
	for _, p := range v.t.Members {
		out = append(out, p.ID)
	}
	return out
}

func (p pages) team(w http.ResponseWriter, r *http.Request) error {
	by := site.By(r)
	if err := by.May(actor.ManageDesk); err != nil {
		return err
	}
	setup, err := p.Desk.Setup(r.Context(), by)
	if err != nil {
		return err
	}
	v := teamsView{View: p.see(r), Setup: setup}
	if id := r.PathValue("id"); id != fresh {
		var ok bool
		if v.t, ok = setup.Team(id); !ok {
			return fault.NotFound()
		}
	}
	return p.Show(w, r, http.StatusOK, teamPage(v))
}

func (p pages) saveTeam(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	in := desk.TeamDraft{ID: r.FormValue("id"), Name: r.FormValue("name"), Lead: r.FormValue("lead"), Members: r.PostForm["members"],
		Fallback: r.FormValue("fallback") != "", Closed: r.FormValue("closed") != "", Edition: edition(r)}
	t, err := p.Desk.SaveTeam(r.Context(), site.By(r), in)
	if err == nil {
		return p.Go(w, r, "/desk/teams", i18n.M("desk.team.saved", i18n.A{"name": t.Name}))
	}
	if !again(err) {
		return err
	}
	setup, failed := p.Desk.Setup(r.Context(), site.By(r))
	if failed != nil {
		return failed
	}
	v := teamsView{View: p.see(r, site.Errors(r, err)...), Setup: setup}
	v.t, _ = setup.Team(in.ID)
	return p.Show(w, r, status(err), teamPage(v))
}

func (p pages) away(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	until := r.FormValue("until")
	if r.FormValue("do") == "back" {
		until = ""
	}
	if err := p.Desk.SetAway(r.Context(), site.By(r), r.FormValue("user"), until); err != nil {
		if again(err) {
			return p.showTeams(w, r, status(err), site.Errors(r, err)...)
		}
		return err
	}
	return p.Go(w, r, "/desk/teams", i18n.M("desk.away.saved"))
}

func (p pages) duty(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if err := p.Desk.SetDuty(r.Context(), site.By(r), r.FormValue("duty"), edition(r)); err != nil {
		if again(err) {
			return p.showTeams(w, r, status(err), site.Errors(r, err)...)
		}
		return err
	}
	return p.Go(w, r, "/desk/teams", i18n.M("desk.duty.saved"))
}
