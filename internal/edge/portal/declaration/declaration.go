// Package declaration holds the pages of declared certificates: a person's own, and the reviewers' queue.
package declaration

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/declaration"
	"hanse/internal/domain/program"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	s         *declaration.Service
	catalogue func() *program.Catalogue
	db        *db.DB
}

const (
	own  = "/me/declarations"
	desk = "/declarations" // of one; the queue is with the other queues
)

// Register adds the pages.
func Register(s *site.Site, d *declaration.Service, catalogue func() *program.Catalogue, data *db.DB) {
	p := pages{s, d, catalogue, data}
	s.AddReview(site.Review{Href: "/reviews/declarations", Label: i18n.M("declarations.queue.tab"), Verb: actor.ReviewDeclaration})
	s.Page("GET "+own, p.list)
	s.Page("GET "+own+"/number", p.numberForm)
	s.Page("POST "+own+"/number", p.byNumber)
	s.Page("GET "+own+"/new", p.newForm)
	s.Page("POST "+own+"/new", p.create)
	s.Page("GET "+own+"/{id}", func(w http.ResponseWriter, r *http.Request) error { return p.one(w, r, nil) })
	s.Page("POST "+own+"/{id}", p.save)
	s.Page("POST "+own+"/{id}/files", p.upload)
	s.Page("GET "+own+"/{id}/files/{file}", p.ownFile)
	s.Page("POST "+own+"/{id}/files/{file}/remove", p.remove)
	s.Page("POST "+own+"/{id}/{step}", p.step)
	s.Page("GET /reviews/declarations", p.queue)
	s.Page("GET "+desk+"/{id}", func(w http.ResponseWriter, r *http.Request) error { return p.review(w, r, nil) })
	s.Page("GET "+desk+"/{id}/files/{file}", p.file)
	s.Page("POST "+desk+"/{id}/{step}", p.decide)
}

func (p pages) see(r *http.Request) door.View {
	return door.See(p.Site, r, door.Door{Account: site.By(r).Account})
}

func filterOf(r *http.Request) declaration.Filter {
	q := r.URL.Query()
	return declaration.Filter{State: declaration.State(q.Get("state")), Name: q.Get("name"), Number: q.Get("number"), After: q.Get("after")}
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	rows, next, err := p.s.Own(r.Context(), site.By(r), filterOf(r))
	if err != nil {
		return err
	}
	v := listView{View: p.see(r), rows: rows, after: door.After(r, next), catalogue: p.catalogue()}
	if r.URL.Query().Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

func (p pages) numberForm(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.OwnDeclaration); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, numberPage(p.see(r)))
}

func (p pages) byNumber(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	d, err := p.s.ByNumber(r.Context(), site.By(r), declaration.Entry{Name: r.PostFormValue("name"), Number: r.PostFormValue("number")})
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v := p.see(r)
			v.Errs = errs
			return numberPage(v)
		})
	}
	return p.Go(w, r, own+"/"+d.ID, d.Lookup.Say())
}

func (p pages) newForm(w http.ResponseWriter, r *http.Request) error { return p.showNew(w, r, nil) }

func (p pages) showNew(w http.ResponseWriter, r *http.Request, refused error) error {
	if err := site.By(r).May(actor.OwnDeclaration); err != nil {
		return err
	}
	choices, err := p.s.Choices(r.Context(), p.db.Read(), false)
	if err != nil {
		return err
	}
	page := func(errs []ui.FieldError) templ.Component {
		v := oneView{View: p.see(r), choices: options(r.Context(), choices)}
		v.Errs = errs
		return newPage(v)
	}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, page(nil))
	}
	return p.Refused(w, r, refused, page)
}

// entryOf reads the entries. A day that is none stays empty: the verb says what it needs.
func entryOf(r *http.Request) declaration.Entry {
	day := func(name string) calendar.Day {
		d, err := calendar.ParseOptional(r.PostFormValue(name))
		if err != nil {
			return calendar.None
		}
		return d
	}
	return declaration.Entry{Name: r.PostFormValue("name"), Number: r.PostFormValue("number"), Code: r.PostFormValue("code"),
		IssuedOn: day("issued_on"), ExpiresOn: day("expires_on"), Note: r.PostFormValue("note")}
}

func (p pages) create(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	d, err := p.s.Start(r.Context(), site.By(r), entryOf(r))
	if err != nil {
		return p.showNew(w, r, err)
	}
	return p.Go(w, r, own+"/"+d.ID, i18n.M("declarations.started"))
}

// one shows a person's own, after a refused step with what was refused.
func (p pages) one(w http.ResponseWriter, r *http.Request, refused error) error {
	d, err := p.s.One(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	choices, err := p.s.Choices(r.Context(), p.db.Read(), d.Kind == declaration.ByNumber)
	if err != nil {
		return err
	}
	v := oneView{View: p.see(r), d: d, base: own, now: p.Clock.Now(), choices: options(r.Context(), choices), catalogue: p.catalogue()}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, onePage(v))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return onePage(v)
	})
}

func edition(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("edition"), 10, 64) // what's no number is a stale page
	return n
}

func (p pages) save(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	by, id := site.By(r), r.PathValue("id")
	d, err := p.s.Save(r.Context(), by, id, edition(r), entryOf(r))
	if err != nil {
		return p.one(w, r, err)
	}
	if r.PostFormValue("then") != "submit" {
		return p.Go(w, r, own+"/"+id, i18n.M("declarations.saved"))
	}
	if _, err = p.s.Submit(r.Context(), by, id, d.Edition); err != nil {
		r.PostForm.Set("edition", strconv.FormatInt(d.Edition, 10)) // it was saved: only the missing is refused
		return p.one(w, r, err)
	}
	return p.Go(w, r, own+"/"+id, i18n.M("declarations.submitted"))
}

// step is what a person does besides the entries.
func (p pages) step(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, id := r.Context(), site.By(r), r.PathValue("id")
	var done i18n.Msg
	var err error
	switch r.PathValue("step") {
	case "look":
		var d declaration.Declaration
		d, err = p.s.Look(ctx, by, id, edition(r))
		done = d.Lookup.Say()
	case "withdraw":
		_, err = p.s.Withdraw(ctx, by, id, edition(r))
		done = i18n.M("declarations.withdrawn")
	default:
		return fault.NotFound()
	}
	if err != nil {
		return p.one(w, r, err)
	}
	return p.Go(w, r, own+"/"+id, done)
}

const maxUpload = 256 << 20 // bytes of one request; each file has the setting's limit

// upload stores the chosen files as they stream in; what they show comes before them.
func (p pages) upload(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.Invalid("file", i18n.M("declarations.file.none"))
	}
	role, kept := declaration.Role(""), 0
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p.one(w, r, fault.Invalid("file", i18n.M("declarations.file.broken")))
		}
		if part.FormName() == "role" {
			b, err := io.ReadAll(io.LimitReader(part, 40))
			if err != nil {
				return err
			}
			role = declaration.Role(b)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		if _, err = p.s.AddFile(r.Context(), site.By(r), r.PathValue("id"), role, part.FileName(), part); err != nil {
			return p.one(w, r, err)
		}
		kept++
	}
	if kept == 0 {
		return p.one(w, r, fault.Invalid("file", i18n.M("declarations.file.none")))
	}
	return p.Go(w, r, own+"/"+r.PathValue("id")+"#files", i18n.M("declarations.file.kept", i18n.A{"n": kept}))
}

func (p pages) remove(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := p.s.RemoveFile(r.Context(), site.By(r), id, r.PathValue("file")); err != nil {
		return err
	}
	return p.Go(w, r, own+"/"+id+"#files", i18n.M("declarations.file.removed"))
}

func (p pages) ownFile(w http.ResponseWriter, r *http.Request) error {
	f, x, err := p.s.OwnFile(r.Context(), site.By(r), r.PathValue("id"), r.PathValue("file"))
	return serve(w, r, f, x, err)
}

func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	f, x, err := p.s.OpenFile(r.Context(), site.By(r), r.PathValue("id"), r.PathValue("file"))
	return serve(w, r, f, x, err)
}

// serve sends evidence as a file to keep: a browser must not run what somebody uploaded.
func serve(w http.ResponseWriter, r *http.Request, f *os.File, x declaration.File, err error) error {
	if err != nil {
		return err
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", x.Media)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": x.Name}))
	http.ServeContent(w, r, "", x.AddedAt, f)
	return nil
}

func (p pages) queue(w http.ResponseWriter, r *http.Request) error {
	ctx, by := r.Context(), site.By(r)
	rows, next, err := p.s.Queue(ctx, by, filterOf(r))
	if err != nil {
		return err
	}
	v := queueView{listView: listView{View: p.see(r), after: door.After(r, next), catalogue: p.catalogue()}, tabs: p.ReviewTabs(r), items: rows}
	if r.URL.Query().Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	if v.waiting, v.overdue, err = p.s.QueueCounts(ctx, by); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, queuePage(v))
}

func (p pages) review(w http.ResponseWriter, r *http.Request, refused error) error {
	c, err := p.s.Case(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := oneView{View: p.see(r), d: c.View, c: c, base: desk, now: p.Clock.Now(), catalogue: p.catalogue()}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, reviewPage(v))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return reviewPage(v)
	})
}

// decide is what a reviewer does: each is one verb.
func (p pages) decide(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, id, n, reason := r.Context(), site.By(r), r.PathValue("id"), edition(r), r.PostFormValue("reason")
	var done i18n.Msg
	var err error
	switch r.PathValue("step") {
	case "approve":
		_, err = p.s.Approve(ctx, by, id, n)
		done = i18n.M("declarations.approved")
	case "refuse":
		_, err = p.s.Refuse(ctx, by, id, n, reason)
		done = i18n.M("declarations.refused")
	case "return":
		_, err = p.s.Return(ctx, by, id, n, reason)
		done = i18n.M("declarations.returned")
	case "revoke":
		_, err = p.s.Revoke(ctx, by, id, n, reason)
		done = i18n.M("declarations.revoked")
	default:
		return fault.NotFound()
	}
	if err != nil {
		return p.review(w, r, err)
	}
	return p.Go(w, r, desk+"/"+id, done)
}
