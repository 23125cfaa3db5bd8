// Package draft is the pages on which a program is changed: drafts with their editor, simulations over the whole
// channel, and publication.
package draft

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"hanse/internal/domain/simulation"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	s *simulation.Service
}

// Register adds the pages.
func Register(s *site.Site, sim *simulation.Service) {
	p := pages{s, sim}
	s.Page("GET /drafts", p.list)
	s.Page("GET /drafts/new", p.newForm)
	s.Page("POST /drafts", p.start)
	s.Page("GET /drafts/{id}", p.edit)
	s.Page("POST /drafts/{id}", p.save)
	s.Page("POST /drafts/{id}/check", p.check)
	s.Page("GET /drafts/{id}/changes", p.changes)
	s.Page("GET /drafts/{id}/history", p.history)
	s.Page("GET /drafts/{id}/history/{edition}", p.savedText)
	s.Page("POST /drafts/{id}/history/{edition}", p.restore)
	s.Page("GET /drafts/{id}/publish", p.publishForm)
	s.Page("POST /drafts/{id}/publish", p.publish)
	s.Page("GET /drafts/{id}/discard", p.discardForm)
	s.Page("POST /drafts/{id}/discard", p.discard)

	s.Page("GET /simulations", p.simulations)
	s.Page("GET /simulations/new", p.askForm)
	s.Page("POST /simulations", p.ask)
	s.Page("GET /simulations/{id}", p.simulation)
	s.Page("POST /simulations/{id}/cancel", p.cancel)
	s.Page("POST /simulations/{id}/resume", p.resume)
	s.Page("GET /simulations/{id}/partners", p.partners)
	s.Page("GET /simulations/{id}/partners/{partner}", p.partner)
	door.Exports(s, door.Plain, "/simulations/{id}/partners", p.exportChanges)
	door.Exports(s, door.Plain, "/simulations/{id}/everybody", p.exportAll)
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	state := simulation.State(r.URL.Query().Get("state"))
	all, next, err := p.s.Drafts(r.Context(), site.By(r), simulation.DraftFilter{State: state, After: r.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	v := listView{View: p.see(r), drafts: all, state: state, next: door.After(r, next)}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

func (p pages) see(r *http.Request, errs ...ui.FieldError) door.View {
	return door.See(p.Site, r, door.Door{}, errs...)
}

func (p pages) newForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.newView(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, newPage(v))
}

func (p pages) newView(r *http.Request, errs ...ui.FieldError) (newView, error) {
	bases, err := p.s.Bases(r.Context(), site.By(r))
	return newView{p.see(r, errs...), bases}, err
}

// start begins a draft from a version or from files.
func (p pages) start(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		return fault.Invalid("source", i18n.M("draft.new.unreadable"))
	}
	n := simulation.NewDraft{Name: r.Form.Get("name"), From: r.Form.Get("from"), Number: r.Form.Get("number")}
	if n.From == "" {
		var err error
		if n.Source, err = fileText(r, "source"); err != nil {
			return err
		}
		if n.Cases, err = fileText(r, "cases"); err != nil {
			return err
		}
	}
	d, err := p.s.StartDraft(r.Context(), site.By(r), n)
	if err != nil {
		v, failed := p.newView(r, site.Errors(r, err)...)
		if failed != nil {
			return failed
		}
		return p.Refused(w, r, err, func([]ui.FieldError) templ.Component { return newPage(v) })
	}
	return p.Go(w, r, "/drafts/"+d.ID, i18n.M("draft.started", i18n.A{"name": d.Name}))
}

// fileText is the text of an uploaded file; "" when none was chosen.
func fileText(r *http.Request, name string) (string, error) {
	f, _, err := r.FormFile(name)
	if err != nil {
		return "", nil // no file was chosen: the verb says so when one is needed
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	return string(b), err
}

func (p pages) edit(w http.ResponseWriter, r *http.Request) error {
	d, err := p.s.Draft(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.showEditor(w, r, http.StatusOK, d, nil)
}

// showEditor shows a draft's text, kept or as it was typed, with what is to be said about it.
func (p pages) showEditor(w http.ResponseWriter, r *http.Request, status int, d simulation.Draft, errs []ui.FieldError) error {
	c, err := p.s.Check(r.Context(), site.By(r), d.Source, d.Cases)
	if err != nil {
		return err
	}
	v := editView{draftView: p.draftView(r, d, errs...), checked: c}
	return p.Show(w, r, status, editPage(v))
}

func (p pages) draftView(r *http.Request, d simulation.Draft, errs ...ui.FieldError) draftView {
	v := draftView{View: p.see(r, errs...), draft: d}
	v.manage = v.Can(actor.ManagePrograms) && d.State == simulation.Open
	return v
}

// save keeps the text, or only checks it: that is the button's choice.
func (p pages) save(w http.ResponseWriter, r *http.Request) error {
	d, edition, err := p.typed(w, r)
	if err != nil {
		return err
	}
	if r.Form.Get("do") == "check" {
		return p.showEditor(w, r, http.StatusOK, d, nil)
	}
	saved, err := p.s.SaveDraft(r.Context(), site.By(r), d.ID, edition, d.Source, d.Cases)
	if k := fault.KindOf(err); k == fault.KindConflict || k == fault.KindInvalid {
		errs := site.Errors(r, err)
		if k == fault.KindConflict {
			errs = []ui.FieldError{{Text: i18n.T(r.Context(), "draft.stale")}}
		}
		return p.showEditor(w, r, map[fault.Kind]int{fault.KindConflict: 409, fault.KindInvalid: 422}[k], d, errs)
	}
	if err != nil {
		return err
	}
	said := i18n.M("draft.saved", i18n.A{"n": saved.Edition})
	if saved.Edition == edition {
		said = i18n.M("draft.same")
	}
	return p.Go(w, r, "/drafts/"+d.ID, said)
}

// typed is the draft of the address with the text of the form, and the edition that was read.
func (p pages) typed(w http.ResponseWriter, r *http.Request) (d simulation.Draft, edition int64, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, 2<<20)
	if err := site.Form(w, r); err != nil {
		return d, 0, err
	}
	if d, err = p.s.Draft(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return d, 0, err
	}
	edition, err = strconv.ParseInt(r.Form.Get("edition"), 10, 64)
	if err != nil {
		edition = 0 // a form of somebody else's making is stale
	}
	d.Source, d.Cases = r.Form.Get("source"), r.Form.Get("cases")
	return d, edition, nil
}

// check answers the editor's script with what is to be said about the text.
func (p pages) check(w http.ResponseWriter, r *http.Request) error {
	d, _, err := p.typed(w, r)
	if err != nil {
		return err
	}
	c, err := p.s.Check(r.Context(), site.By(r), d.Source, d.Cases)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, verdict(editView{draftView: p.draftView(r, d), checked: c}))
}

func (p pages) changes(w http.ResponseWriter, r *http.Request) error {
	d, err := p.s.Draft(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := changesView{draftView: p.draftView(r, d), against: r.URL.Query().Get("against")}
	if v.compared, v.others, err = p.s.CompareDraft(r.Context(), site.By(r), d.ID, v.against); err != nil && fault.KindOf(err) != fault.KindInvalid {
		return err
	}
	if err != nil {
		v.broken = site.Errors(r, err)
	} else if v.compared.Old != nil {
		v.against = v.compared.Old.Ref()
	}
	return p.Show(w, r, http.StatusOK, changesPage(v))
}

func (p pages) history(w http.ResponseWriter, r *http.Request) error {
	d, err := p.s.Draft(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	all, next, err := p.s.Saves(r.Context(), site.By(r), d.ID, r.URL.Query().Get("after"), 50)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, historyPage(historyView{p.draftView(r, d), all, door.After(r, next)}))
}

func (p pages) saved(r *http.Request) (d simulation.Draft, x simulation.Save, err error) {
	if d, err = p.s.Draft(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return d, x, err
	}
	n, err := strconv.ParseInt(r.PathValue("edition"), 10, 64)
	if err != nil {
		return d, x, fault.NotFound()
	}
	x, err = p.s.Save(r.Context(), site.By(r), d.ID, n)
	return d, x, err
}

func (p pages) savedText(w http.ResponseWriter, r *http.Request) error {
	d, x, err := p.saved(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, savedPage(savedView{p.draftView(r, d), x}))
}

// restore makes an earlier text the draft's text again; what stands there now stays in the history.
func (p pages) restore(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	d, x, err := p.saved(r)
	if err != nil {
		return err
	}
	n, err := strconv.ParseInt(r.Form.Get("edition"), 10, 64)
	if err != nil {
		n = 0
	}
	if _, err := p.s.SaveDraft(r.Context(), site.By(r), d.ID, n, x.Source, x.Cases); err != nil {
		return err
	}
	return p.Go(w, r, "/drafts/"+d.ID, i18n.M("draft.restored", i18n.A{"n": x.Edition}))
}

func (p pages) publishView(r *http.Request, errs ...ui.FieldError) (publishView, error) {
	d, err := p.s.Draft(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return publishView{}, err
	}
	ready, err := p.s.Readiness(r.Context(), site.By(r), d.ID)
	return publishView{p.draftView(r, d, errs...), ready}, err
}

func (p pages) publishForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.publishView(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, publishPage(v))
}

func (p pages) publish(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	edition, err := strconv.ParseInt(r.Form.Get("edition"), 10, 64)
	if err != nil {
		edition = 0
	}
	from, err := calendar.ParseDay(strings.TrimSpace(r.Form.Get("from")))
	if err != nil {
		from = calendar.None
	}
	ref, err := p.s.Publish(r.Context(), site.By(r), r.PathValue("id"), edition, from)
	if fault.KindOf(err) == fault.KindInvalid {
		v, failed := p.publishView(r, site.Errors(r, err)...)
		if failed != nil {
			return failed
		}
		return p.Refused(w, r, err, func([]ui.FieldError) templ.Component { return publishPage(v) })
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, "/programs/"+ref, i18n.M("draft.published", i18n.A{"ref": ref, "from": from.String()}))
}

func (p pages) discardForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.ManagePrograms); err != nil {
		return err
	}
	d, err := p.s.Draft(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, discardPage(p.draftView(r, d)))
}

func (p pages) discard(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	edition, err := strconv.ParseInt(r.Form.Get("edition"), 10, 64)
	if err != nil {
		edition = 0
	}
	if err := p.s.DiscardDraft(r.Context(), site.By(r), r.PathValue("id"), edition); err != nil {
		return err
	}
	return p.Go(w, r, "/programs", i18n.M("draft.discarded"))
}
