package ticket

import (
	"net/http"
	"net/url"
	"strings"

	"hanse/internal/domain/ticket"
	"hanse/internal/domain/ticketdraft"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/thread"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

func (p pages) again(w http.ResponseWriter, r *http.Request, err error) error {
	if !shown(err) {
		return err
	}
	v, again := p.ready(r, nil)
	if again != nil {
		return again
	}
	if err := p.drafted(r, &v); err != nil {
		return err
	}
	if q, ok := ticket.QuotaOf(err); ok {
		v.spent = &q
	}
	v.Errs = refused(r, err)
	return p.Show(w, r, status(err), newPage(v))
}

func (p pages) drafted(r *http.Request, v *formView) error {
	id := r.PostFormValue("draft")
	if id == "" {
		return nil
	}
	d, err := p.Drafts.Get(r.Context(), site.By(r), id)
	if fault.KindOf(err) == fault.KindNotFound {
		return nil // it went meanwhile: what was typed is here
	}
	v.draft = d
	return err
}

func (p pages) keep(w http.ResponseWriter, r *http.Request, do string) error {
	f := url.Values{}
	for name, values := range r.PostForm {
		if name != "do" && name != "draft" && !strings.HasPrefix(name, "code.") {
			f[name] = values
		}
	}
	title := f.Get("title")
	if title == "" {
		title = thread.Plain(f.Get("body"))
	}
	d, err := p.Drafts.Save(r.Context(), site.By(r), ticketdraft.Draft{ID: r.PostFormValue("draft"), Title: title, Form: f})
	if err != nil {
		return p.again(w, r, err)
	}
	back := "/tickets/new?" + url.Values{"draft": {d.ID}}.Encode()
	switch do {
	case "pack", "plan":
		p.SetReturn(w, r, site.Return{Path: back, Text: i18n.M("tickets.return"), Action: i18n.M("tickets.return.do")})
		if do == "plan" {
			return p.Go(w, r, "/plan/change", i18n.Msg{})
		}
		return p.Go(w, r, "/plan/packs", i18n.Msg{})
	case "type":
		return p.Go(w, r, back+"&step=type", i18n.Msg{})
	}
	return p.Go(w, r, "/tickets", i18n.M("tickets.kept"))
}

func (p pages) drop(w http.ResponseWriter, r *http.Request) error {
	if err := p.Drafts.Drop(r.Context(), site.By(r), r.PathValue("id")); err != nil {
		return err
	}
	return p.Go(w, r, "/tickets", i18n.M("tickets.dropped"))
}

func (p pages) template(w http.ResponseWriter, r *http.Request, id string) error {
	v, err := p.ready(r, nil)
	if err != nil {
		return err
	}
	t, ok := v.set.Template(id)
	if !ok {
		return fault.NotFound()
	}
	body := strings.TrimSpace(r.PostForm.Get("body"))
	if body != "" {
		body += "\n\n"
	}
	body += t.Body.In(i18n.From(r.Context()).Lang)
	r.Form.Set("body", body)
	if err := p.drafted(r, &v); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, newPage(v))
}

func (p pages) refresh(w http.ResponseWriter, r *http.Request) error {
	v, err := p.ready(r, nil)
	if err != nil {
		return err
	}
	if err := p.drafted(r, &v); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, newPage(v))
}
