// Package dispute holds the vendor's pages about claims of people: disputes over addresses and candidate ids, and records
// that somebody misses.
package dispute

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/address"
	"hanse/internal/edge/portal/page"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	address *address.Service
}

// Register adds the pages and their two queues among the reviews.
func Register(s *site.Site, a *address.Service) {
	p := pages{s, a}
	s.AddReview(site.Review{Href: "/reviews/disputes", Label: i18n.M("dispute.queue.tab"), Verb: actor.ViewClaims},
		site.Review{Href: "/reviews/records", Label: i18n.M("dispute.records.tab"), Verb: actor.ViewClaims})
	s.Page("GET /reviews/disputes", p.disputes)
	s.Page("GET /disputes/{id}", p.dispute)
	s.Page("POST /disputes/{id}", p.decide)
	s.Page("GET /reviews/records", p.requests)
	s.Page("GET /record-requests/{id}", p.request)
	s.Page("POST /record-requests/{id}", p.handle)
	s.Page("GET /record-requests/{id}/file", p.file)
}

type view struct {
	*site.Site
	r    *http.Request
	Errs []ui.FieldError
	form url.Values
	tabs []ui.Tab
}

func (p pages) view(r *http.Request, errs []ui.FieldError) view {
	return view{p.Site, r, errs, r.PostForm, p.ReviewTabs(r)}
}

func (v view) Value(name string) string { return v.form.Get(name) }
func (v view) Error(name string) string { return site.ErrorOf(v.Errs, name) }
func (v view) may() bool                { return site.By(v.r).Can(actor.HandleClaims) }

func (v view) shell(title i18n.Msg) page.ShellView {
	s := v.Shell(v.r, title)
	s.Invalid = len(v.Errs) > 0
	return s
}

// after is the address of the next page of a list.
func after(r *http.Request, next string) string {
	if next == "" {
		return ""
	}
	q := r.URL.Query()
	q.Set("after", next)
	return r.URL.Path + "?" + q.Encode()
}

func queue(r *http.Request) address.Queue {
	return address.Queue{State: r.URL.Query().Get("state"), After: r.URL.Query().Get("after")}
}

func (p pages) disputes(w http.ResponseWriter, r *http.Request) error {
	list, next, err := p.address.DisputeQueue(r.Context(), site.By(r), queue(r))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, disputesPage(p.view(r, nil), list, after(r, next)))
}

func (p pages) dispute(w http.ResponseWriter, r *http.Request) error { return p.showDispute(w, r, nil) }

func (p pages) showDispute(w http.ResponseWriter, r *http.Request, refused error) error {
	c, err := p.address.Dispute(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	page := func(errs []ui.FieldError) templ.Component { return disputePage(p.view(r, errs), c) }
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

func (p pages) decide(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	err := p.address.DecideDispute(r.Context(), site.By(r), r.PathValue("id"), address.Decision{To: r.PostFormValue("to"),
		Reason: r.PostFormValue("reason"), Revision: revision(r)})
	if err != nil {
		return p.showDispute(w, r, err)
	}
	return p.Go(w, r, "/reviews/disputes", i18n.M("dispute.decided"))
}

// revision is which state of the thing the reader saw; 0 when the form doesn't say.
func revision(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("revision"), 10, 64) // a wrong one is none
	return n
}

func (p pages) requests(w http.ResponseWriter, r *http.Request) error {
	list, next, err := p.address.MissingQueue(r.Context(), site.By(r), queue(r))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, requestsPage(p.view(r, nil), list, after(r, next)))
}

func (p pages) request(w http.ResponseWriter, r *http.Request) error { return p.showRequest(w, r, nil) }

func (p pages) showRequest(w http.ResponseWriter, r *http.Request, refused error) error {
	c, err := p.address.MissingOne(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	page := func(errs []ui.FieldError) templ.Component { return requestPage(p.view(r, errs), c) }
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

func (p pages) handle(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	err := p.address.HandleMissing(r.Context(), site.By(r), r.PathValue("id"), address.MissingState(r.PostFormValue("to")),
		r.PostFormValue("answer"), revision(r))
	if err != nil {
		return p.showRequest(w, r, err)
	}
	return p.Go(w, r, "/reviews/records", i18n.M("dispute.answered"))
}

// file answers the evidence of a missing record.
func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	c, err := p.address.MissingOne(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	if c.Evidence.Hash == "" {
		return fault.NotFound()
	}
	f, err := p.Blobs.Open(c.Evidence.Hash)
	if err != nil {
		return err
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", c.Evidence.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": c.Evidence.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, c.Evidence.Name, c.CreatedAt, f)
	return nil
}

func disputeTone(s address.DisputeState) ui.Tone {
	switch s {
	case address.Open:
		return ui.Warn
	case address.Given:
		return ui.Good
	}
	return ui.Neutral
}

func missingTone(s address.MissingState) ui.Tone {
	switch s {
	case address.MissingOpen:
		return ui.Warn
	case address.MissingAnswered:
		return ui.Info
	case address.MissingResolved, address.MissingArrived:
		return ui.Good
	case address.MissingRefused:
		return ui.Bad
	}
	return ui.Neutral
}

func decisions(ctx context.Context, held bool) []ui.Option {
	out := []ui.Option{{Value: "claimant", Label: i18n.T(ctx, "dispute.to.claimant"), Hint: i18n.T(ctx, "dispute.to.claimant_hint")}}
	if held {
		out = append(out, ui.Option{Value: "holder", Label: i18n.T(ctx, "dispute.to.holder"), Hint: i18n.T(ctx, "dispute.to.holder_hint")})
	}
	return append(out, ui.Option{Value: "reject", Label: i18n.T(ctx, "dispute.to.reject"), Hint: i18n.T(ctx, "dispute.to.reject_hint")})
}

func answers(ctx context.Context) []ui.Option {
	return []ui.Option{
		{Value: string(address.MissingAnswered), Label: i18n.T(ctx, "dispute.answer.open"), Hint: i18n.T(ctx, "dispute.answer.open_hint")},
		{Value: string(address.MissingResolved), Label: i18n.T(ctx, "dispute.answer.resolved"), Hint: i18n.T(ctx, "dispute.answer.resolved_hint")},
		{Value: string(address.MissingRefused), Label: i18n.T(ctx, "dispute.answer.refused"), Hint: i18n.T(ctx, "dispute.answer.refused_hint")},
	}
}

// stateTabs let one look at what is closed.
func stateTabs(ctx context.Context, r *http.Request) []ui.Tab {
	all := r.URL.Query().Get("state") == "all"
	return []ui.Tab{{Href: r.URL.Path, Label: i18n.T(ctx, "dispute.open"), Current: !all},
		{Href: r.URL.Path + "?state=all", Label: i18n.T(ctx, "dispute.all"), Current: all}}
}
