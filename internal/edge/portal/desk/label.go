package desk

import (
	"net/http"
	"slices"
	"strconv"

	"hanse/internal/domain/ticket"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// A labelsView is the page of the desk's labels.
type labelsView struct {
	door.View
	labels []ticket.Label
	wrong  int64 // the label whose change was refused; 0 = the new one
}

func (p pages) labels(w http.ResponseWriter, r *http.Request) error {
	return p.showLabels(w, r, http.StatusOK, 0)
}

func (p pages) showLabels(w http.ResponseWriter, r *http.Request, status int, wrong int64, errs ...ui.FieldError) (err error) {
	v := labelsView{View: p.see(r, errs...), wrong: wrong}
	if err := v.By.May(actor.ViewDesk); err != nil {
		return err
	}
	if v.labels, err = p.ownLabels(r.Context(), v.By); err != nil {
		return err
	}
	return p.Show(w, r, status, labelsPage(v))
}

// saveLabel makes a label or changes one.
func (p pages) saveLabel(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	in, save := ticket.Label{Name: r.PostFormValue("name"), Color: r.PostFormValue("color")}, p.Tickets.AddLabel
	if id := r.PostFormValue("id"); id != "" {
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			return fault.NotFound()
		}
		in.ID, save = n, p.Tickets.EditLabel
	}
	saved, err := save(r.Context(), site.By(r), in)
	if err == nil {
		return p.Go(w, r, "/desk/labels", i18n.M("desk.label.saved", i18n.A{"name": saved.Name}))
	}
	if !again(err) {
		return err
	}
	return p.showLabels(w, r, status(err), in.ID, site.Errors(r, err)...)
}

func (p pages) removeLabel(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.NotFound()
	}
	if err := p.Tickets.RemoveLabel(r.Context(), site.By(r), n); err != nil {
		return err
	}
	return p.Go(w, r, "/desk/labels", i18n.M("desk.label.removed"))
}

// value is what was typed for one label; otherwise what it has.
func (v labelsView) value(label int64, name, otherwise string) string {
	if v.wrong != label || len(v.Errs) == 0 {
		return otherwise
	}
	return v.Value(name, otherwise)
}

func (v labelsView) error(label int64, name string) string {
	if v.wrong != label {
		return ""
	}
	return v.Error(name)
}

// errors are the refused entries of one label's form: its fields aren't found by their names alone.
func (v labelsView) errors(label int64) []ui.FieldError {
	if v.wrong != label {
		return nil
	}
	out := make([]ui.FieldError, len(v.Errs))
	for i, e := range v.Errs {
		out[i].Text = e.Text
	}
	return out
}

// relabel gives the ticket the ticked labels and takes the others off.
func (p pages) relabel(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	t, err := p.one(r)
	if err != nil {
		return err
	}
	want := numbers(r.PostForm["label"])
	var on, off []int64
	for _, n := range want {
		if !slices.ContainsFunc(t.Labels, func(l ticket.Label) bool { return l.ID == n }) {
			on = append(on, n)
		}
	}
	for _, l := range t.Labels {
		if !slices.Contains(want, l.ID) {
			off = append(off, l.ID)
		}
	}
	if err := p.Tickets.Relabel(r.Context(), site.By(r), t.No, on, off); err != nil {
		return p.refused(w, r, err)
	}
	return p.Go(w, r, back(r, t.No, ""), i18n.M("desk.done"))
}

// numbers are the ids of ticked labels; what's no number is none that anybody has.
func numbers(values []string) (out []int64) {
	for _, s := range values {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			n = -1
		}
		out = append(out, n)
	}
	return out
}

// ids are the ticked labels of a form: what was sent, or what there is.
func (v textsView) ids(name string, there []int64) (out []string) {
	if v.R.Method == http.MethodPost {
		return v.R.PostForm[name]
	}
	for _, n := range there {
		out = append(out, number(n))
	}
	return out
}

// mayLabel tells whether the reader may put the desk's labels on.
func (v showView) mayLabel() bool {
	return v.works() && v.Can(actor.LabelTickets)
}

// labelled are the ids of the ticket's labels.
func (v showView) labelled() (out []string) {
	for _, l := range v.t.Labels {
		out = append(out, number(l.ID))
	}
	return out
}
