package ticket

import (
	"net/http"
	"slices"
	"strconv"

	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// An askView asks before a step, or for a score.
type askView struct {
	door.View
	t      ticket.View
	action ticket.Action
	set    *taxonomy.Set
}

// asked are the steps that have a page of their own: they can't be undone, or take words.
var asked = []ticket.Action{ticket.Cancel, ticket.Close, ticket.Delete}

// ask shows the page before a step.
func (p pages) ask(w http.ResponseWriter, r *http.Request) error {
	v, err := p.asking(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, askPage(v))
}

func (p pages) asking(r *http.Request) (v askView, err error) {
	v = askView{View: p.see(r), action: ticket.Action(r.PathValue("what"))}
	if !slices.Contains(asked, v.action) {
		return v, fault.NotFound()
	}
	if v.t, err = p.own(r); err != nil {
		return v, err
	}
	v.set, err = p.set(r)
	return v, err
}

// own is a ticket that the reader's company opened.
func (p pages) own(r *http.Request) (ticket.View, error) {
	t, err := p.Tickets.Get(r.Context(), site.By(r), r.PathValue("no"))
	if err == nil && t.Side != ticket.Customer {
		err = fault.NotFound()
	}
	return t, err
}

// act takes a step.
func (p pages) act(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	no, what := r.PathValue("no"), ticket.Action(r.PathValue("what"))
	done := map[ticket.Action]i18n.Msg{ticket.Cancel: i18n.M("tickets.done.cancel"), ticket.Close: i18n.M("tickets.done.close"),
		ticket.Press: i18n.M("tickets.done.press"), ticket.Delete: i18n.M("tickets.done.delete")}[what]
	if done.IsZero() {
		return fault.NotFound()
	}
	if _, err := p.own(r); err != nil {
		return err
	}
	seen, _ := strconv.ParseInt(r.PostFormValue("seen"), 10, 64) // what's no number saw nothing
	in := ticket.Deed{Action: what, Seen: seen, Text: r.PostFormValue("text")}
	if what == ticket.Close {
		in.Scores = scores(r)
	}
	if _, err := p.Tickets.Act(r.Context(), site.By(r), no, in); err != nil {
		if slices.Contains(asked, what) && fault.KindOf(err) == fault.KindInvalid {
			return p.askAgain(w, r, err)
		}
		return p.refusedAct(w, r, err)
	}
	if what == ticket.Delete {
		return p.Go(w, r, "/tickets", done)
	}
	return p.Go(w, r, "/tickets/"+no, done)
}

func (p pages) askAgain(w http.ResponseWriter, r *http.Request, refusal error) error {
	v, err := p.asking(r)
	if err != nil {
		return err
	}
	v.Errs = refused(r, refusal)
	return p.Show(w, r, status(refusal), askPage(v))
}

// scores are the points that a form gives, by dimension. What wasn't chosen isn't given.
func scores(r *http.Request) (out []ticket.Scoring) {
	for name := range r.PostForm {
		var dimension int
		if n, err := strconv.Atoi(cutPrefix(name, "score.")); err == nil {
			dimension = n
		} else {
			continue
		}
		if points, err := strconv.ParseInt(r.PostForm.Get(name), 10, 64); err == nil {
			out = append(out, ticket.Scoring{Dimension: dimension, Points: points})
		}
	}
	slices.SortFunc(out, func(a, b ticket.Scoring) int { return a.Dimension - b.Dimension })
	return out
}

func cutPrefix(s, prefix string) string {
	if len(s) <= len(prefix) || s[:len(prefix)] != prefix {
		return ""
	}
	return s[len(prefix):]
}

// scoreForm asks how content somebody was, after the ticket was closed.
func (p pages) scoreForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.scoring(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, scorePage(v))
}

func (p pages) scoring(r *http.Request) (v askView, err error) {
	v = askView{View: p.see(r)}
	if v.t, err = p.own(r); err != nil {
		return v, err
	}
	v.set, err = p.set(r)
	return v, err
}

func (p pages) score(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	no := r.PathValue("no")
	_, err := p.Tickets.Rate(r.Context(), site.By(r), no, r.PostFormValue("text"), scores(r))
	if err == nil {
		return p.Go(w, r, "/tickets/"+no, i18n.M("tickets.done.score"))
	}
	if !shown(err) {
		return err
	}
	v, again := p.scoring(r)
	if again != nil {
		return again
	}
	v.Errs = refused(r, err)
	return p.Show(w, r, status(err), scorePage(v))
}

// points are the choices of one dimension, the best first.
func (v askView) points(d taxonomy.Dimension) (out []ui.Option) {
	step := max(d.Step, 1)
	for n := d.Total; n >= step; n -= step {
		out = append(out, ui.Option{Value: strconv.Itoa(n), Label: v.pointsLabel(n, d.Total)})
	}
	return out
}

func (v askView) pointsLabel(n, of int) string {
	return i18n.T(v.R.Context(), "tickets.points", i18n.A{"n": n, "of": of})
}

// given is what was chosen for a dimension, or given before.
func (v askView) given(d taxonomy.Dimension) string {
	name := "score." + strconv.Itoa(d.ID)
	if v.R.PostForm.Has(name) {
		return v.R.PostForm.Get(name)
	}
	for _, s := range v.t.Scores {
		if s.Dimension == d.ID {
			return strconv.FormatInt(s.Points, 10)
		}
	}
	return ""
}
