package draft

import (
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/program"
	"hanse/internal/domain/simulation"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

func (p pages) simulations(w http.ResponseWriter, r *http.Request) error {
	all, next, err := p.s.Simulations(r.Context(), site.By(r), simulation.Filter{Draft: r.URL.Query().Get("draft"), After: r.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, simulationsPage(simulationsView{p.see(r), all, door.After(r, next)}))
}

// askView reads what is to be simulated: a draft or a loaded version.
func (p pages) askView(r *http.Request, errs ...ui.FieldError) (askView, error) {
	v := askView{View: p.see(r, errs...), draftID: r.FormValue("draft"), ref: r.FormValue("ref")}
	bases, err := p.s.Bases(r.Context(), site.By(r))
	if err != nil {
		return v, err
	}
	v.name = v.ref
	if v.draftID != "" {
		d, err := p.s.Draft(r.Context(), site.By(r), v.draftID)
		if err != nil {
			return v, err
		}
		v.name, v.ref = d.Name, d.Ref()
	}
	of, _, _ := strings.Cut(v.ref, "@")
	for _, b := range bases {
		if id, _, _ := strings.Cut(b, "@"); id == of && b != v.ref {
			v.others = append(v.others, b)
		}
	}
	if v.draftID == "" && !slices.Contains(bases, v.ref) {
		return v, fault.NotFound()
	}
	return v, nil
}

func (p pages) askForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.askView(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, askPage(v))
}

func (p pages) ask(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	a := simulation.Ask{Draft: r.Form.Get("draft"), Ref: r.Form.Get("ref"), Against: r.Form.Get("against"), For: program.Purpose(r.Form.Get("for"))}
	if a.Draft != "" {
		a.Ref = ""
	}
	at, err := instant(r.Form.Get("at"))
	var m simulation.Simulation
	if err == nil {
		a.At = at
		m, err = p.s.Simulate(r.Context(), site.By(r), a)
	}
	if err != nil {
		v, failed := p.askView(r, site.Errors(r, err)...)
		if failed != nil {
			return failed
		}
		return p.Refused(w, r, err, func([]ui.FieldError) templ.Component { return askPage(v) })
	}
	return p.Go(w, r, "/simulations/"+m.ID, i18n.Msg{})
}

// instant is the first instant of a day; nothing is now.
func instant(text string) (time.Time, error) {
	if text = strings.TrimSpace(text); text == "" {
		return time.Time{}, nil
	}
	d, err := calendar.ParseDay(text)
	if err != nil {
		return time.Time{}, fault.Invalid("at", i18n.M("draft.ask.bad_day"))
	}
	return d.Time(), nil
}

func (p pages) simulation(w http.ResponseWriter, r *http.Request) error {
	v, err := p.runView(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, simulationPage(v))
}

func (p pages) runView(r *http.Request) (v runView, err error) {
	ctx, by := r.Context(), site.By(r)
	v.View = p.see(r)
	if v.m, err = p.s.Simulation(ctx, by, r.PathValue("id")); err != nil {
		return v, err
	}
	v.manage = by.Can(actor.ManagePrograms)
	v.old, v.new, err = p.s.Versions(ctx, v.m)
	if err == nil && v.m.Draft != "" {
		v.draft, err = p.s.Draft(ctx, by, v.m.Draft)
	}
	return v, err
}

func (p pages) cancel(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := p.s.CancelSimulation(r.Context(), site.By(r), id); err != nil {
		return err
	}
	return p.Go(w, r, "/simulations/"+id, i18n.M("draft.run.cancelled"))
}

func (p pages) resume(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := p.s.ResumeSimulation(r.Context(), site.By(r), id); err != nil {
		return err
	}
	return p.Go(w, r, "/simulations/"+id, i18n.Msg{})
}

// filter reads the list's filter from the address.
func filter(r *http.Request) simulation.OutcomeFilter {
	q := r.URL.Query()
	level := func(name string) string {
		switch v := q.Get(name); v {
		case "":
			return simulation.AnyLevel
		case none:
			return ""
		default:
			return v
		}
	}
	return simulation.OutcomeFilter{Effect: simulation.Effect(q.Get("effect")), Line: q.Get("line"), OldLevel: level("old"), NewLevel: level("new"),
		HeldOnly: q.Get("held") != "", After: q.Get("after"), Limit: 50}
}

// none stands for no level in addresses.
const none = "none"

func (p pages) partners(w http.ResponseWriter, r *http.Request) error {
	run, err := p.runView(r)
	if err != nil {
		return err
	}
	f := filter(r)
	all, next, err := p.s.Outcomes(r.Context(), site.By(r), run.m.ID, f)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, partnersPage(partnersView{run, f, all, door.After(r, next)}))
}

func (p pages) partner(w http.ResponseWriter, r *http.Request) error {
	run, err := p.runView(r)
	if err != nil {
		return err
	}
	e, err := p.s.Explain(r.Context(), site.By(r), run.m.ID, r.PathValue("partner"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, partnerPage(newPartnerView(run, e, r.URL.Query().Get("level"))))
}

var outcomeHeader = []string{"partner_id", "partner", "effect", "old_level", "new_level", "deciding_line", "held_level"}

func outcomeRow(o simulation.Outcome) []string {
	return []string{o.Account, o.Name, string(o.Effect), o.OldLevel, o.NewLevel, o.Line, o.Held}
}

func (p pages) exportChanges(r *http.Request, _ door.Door) (door.Table, error) {
	m, err := p.s.Simulation(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return door.Table{}, err
	}
	f := filter(r)
	f.Limit = 500
	return door.Table{Name: "simulation-" + m.Ref, Header: outcomeHeader, Rows: door.Pages(func(after string) ([]simulation.Outcome, string, error) {
		f.After = after
		return p.s.Outcomes(r.Context(), site.By(r), m.ID, f)
	}, outcomeRow)}, nil
}

// exportAll has everybody, evaluated anew at the simulation's instant.
func (p pages) exportAll(r *http.Request, _ door.Door) (door.Table, error) {
	m, err := p.s.Simulation(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "simulation-" + m.Ref + "-everybody", Header: outcomeHeader, Rows: p.everybody(r, m.ID)}, nil
}

func (p pages) everybody(r *http.Request, id string) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		err := p.s.EachOutcome(r.Context(), site.By(r), id, func(o *simulation.Outcome) error {
			if !yield(outcomeRow(*o), nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && err != errStopped {
			yield(nil, err)
		}
	}
}
