package ticket

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/contact"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/domain/ticket"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// An editView is the page of what somebody adds to a ticket: labels, related tickets, whom to reach and to copy.
type editView struct {
	door.View
	t      ticket.View
	labels []ticket.Label
	set    *taxonomy.Set
	codes  map[string]bool
	sent   string
}

func (p pages) edit(w http.ResponseWriter, r *http.Request) error {
	v, err := p.editing(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, editPage(v))
}

func (p pages) editing(r *http.Request) (v editView, err error) {
	ctx, by := r.Context(), site.By(r)
	v = editView{View: p.see(r), codes: map[string]bool{}}
	if v.t, err = p.own(r); err != nil {
		return v, err
	}
	if v.labels, _, err = p.Tickets.Labels(ctx, by, ticket.LabelFilter{Limit: 100}); err != nil {
		return v, err
	}
	if v.set, err = p.set(r); err != nil || r.Method != http.MethodPost {
		return v, err
	}
	for _, x := range ways {
		if c, ok := contactOf(r.PostForm, x.name, x.way); ok {
			need, err := p.Contacts.Need(ctx, by, c)
			if err != nil {
				return v, err
			}
			v.codes[x.name] = need.Needed
		}
	}
	return v, nil
}

// save changes one part of the page.
func (p pages) save(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if _, err := p.own(r); err != nil {
		return err
	}
	var err error
	switch r.PathValue("what") {
	case "labels":
		err = p.saveLabels(r)
	case "relate":
		err = p.Tickets.Relate(r.Context(), site.By(r), r.PathValue("no"), words(strings.ToUpper(r.PostFormValue("other"))))
	case "unrelate":
		err = p.Tickets.Unrelate(r.Context(), site.By(r), r.PathValue("no"), r.PostFormValue("other"))
	case "contact":
		if name, ok := strings.CutPrefix(r.PostFormValue("do"), "code:"); ok {
			return p.editCode(w, r, name)
		}
		err = p.saveContact(r)
	default:
		return fault.NotFound()
	}
	if err == nil {
		return p.Go(w, r, "/tickets/"+r.PathValue("no")+"/edit", i18n.M("tickets.edit.done"))
	}
	return p.editAgain(w, r, err)
}

func (p pages) editAgain(w http.ResponseWriter, r *http.Request, refusal error) error {
	if !shown(refusal) {
		return refusal
	}
	v, err := p.editing(r)
	if err != nil {
		return err
	}
	v.Errs = refused(r, refusal)
	return p.Show(w, r, status(refusal), editPage(v))
}

// saveLabels gives the ticket the ticked labels and takes the others away.
func (p pages) saveLabels(r *http.Request) error {
	t, err := p.own(r)
	if err != nil {
		return err
	}
	has, want := map[int64]bool{}, map[int64]bool{}
	for _, l := range t.Labels {
		has[l.ID] = true
	}
	var add, remove []int64
	for _, text := range r.PostForm["label"] {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fault.NotFound()
		}
		if want[n] = true; !has[n] {
			add = append(add, n)
		}
	}
	for n := range has {
		if !want[n] {
			remove = append(remove, n)
		}
	}
	if len(remove) > 0 {
		if err := p.Tickets.Unlabel(r.Context(), site.By(r), t.No, remove); err != nil {
			return err
		}
	}
	if len(add) == 0 {
		return nil
	}
	return p.Tickets.Label(r.Context(), site.By(r), t.No, add)
}

// saveContact changes whom to reach and who gets copies.
func (p pages) saveContact(r *http.Request) error {
	wrong, err := p.codes(r)
	if err != nil {
		return err
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	f, cc := r.PostForm, words(r.PostFormValue("cc"))
	in := ticket.ContactEdit{CC: &cc, Contact: &ticket.Contact{Mobile: f.Get("contact.mobile"), AreaCode: f.Get("contact.area"), Mail: f.Get("contact.mail"), RemindTime: remind(f)}}
	_, err = p.Tickets.SetContact(r.Context(), site.By(r), r.PathValue("no"), in)
	return err
}

func (p pages) editCode(w http.ResponseWriter, r *http.Request, name string) error {
	for _, x := range ways {
		if x.code != "code."+name {
			continue
		}
		c, err := contact.Parse(x.way, r.PostForm.Get(x.name), r.PostForm.Get("contact.area"))
		if err == nil {
			_, err = p.Contacts.Send(r.Context(), site.By(r), c)
		}
		if err != nil {
			return p.editAgain(w, r, fieldOf(x.name, err))
		}
		v, err := p.editing(r)
		if err != nil {
			return err
		}
		v.sent = x.name
		return p.Show(w, r, http.StatusOK, editPage(v))
	}
	return fault.NotFound()
}

// A labelsView is the page of an account's labels.
type labelsView struct {
	door.View
	labels []ticket.Label
	wrong  int64 // the label whose change was refused; 0 = the new one
}

func (p pages) labels(w http.ResponseWriter, r *http.Request) error {
	return p.labelled(w, r, 0, nil)
}

func (p pages) labelled(w http.ResponseWriter, r *http.Request, wrong int64, refusal error) (err error) {
	if refusal != nil && !shown(refusal) {
		return refusal
	}
	v := labelsView{View: p.see(r), wrong: wrong}
	if v.labels, _, err = p.Tickets.Labels(r.Context(), v.By, ticket.LabelFilter{Limit: 100}); err != nil {
		return err
	}
	if refusal == nil {
		return p.Show(w, r, http.StatusOK, labelsPage(v))
	}
	return p.Refused(w, r, refusal, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return labelsPage(v)
	})
}

func (p pages) addLabel(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	if _, err := p.Tickets.AddLabel(r.Context(), site.By(r), ticket.Label{Name: r.PostFormValue("name"), Color: r.PostFormValue("color")}); err != nil {
		return p.labelled(w, r, 0, err)
	}
	return p.Go(w, r, "/tickets/labels", i18n.M("tickets.labels.added"))
}

func (p pages) editLabel(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	n, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.NotFound()
	}
	if _, err := p.Tickets.EditLabel(r.Context(), site.By(r), ticket.Label{ID: n, Name: r.PostFormValue("name"), Color: r.PostFormValue("color")}); err != nil {
		return p.labelled(w, r, n, err)
	}
	return p.Go(w, r, "/tickets/labels", i18n.M("tickets.labels.saved"))
}

func (p pages) removeLabel(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.NotFound()
	}
	if err := p.Tickets.RemoveLabel(r.Context(), site.By(r), n); err != nil {
		return err
	}
	return p.Go(w, r, "/tickets/labels", i18n.M("tickets.labels.removed"))
}

// fieldID is the id of an entry of one label's form.
func fieldID(name string, label int64) string {
	return "l-" + name + "-" + strconv.FormatInt(label, 10)
}

// errors are the refused entries of one label's form.
func (v labelsView) errors(label int64) []ui.FieldError {
	if v.wrong != label || len(v.Errs) == 0 {
		return nil
	}
	if label == 0 {
		return v.Errs
	}
	out := make([]ui.FieldError, len(v.Errs)) // the fields of a label aren't found by their names alone
	for i, e := range v.Errs {
		out[i].Text = e.Text
	}
	return out
}

func (v labelsView) error(label int64, name string) string {
	if v.wrong != label {
		return ""
	}
	return v.Error(name)
}

func (v labelsView) value(label int64, name, otherwise string) string {
	if v.wrong != label || len(v.Errs) == 0 {
		return otherwise
	}
	return v.Value(name, otherwise)
}
