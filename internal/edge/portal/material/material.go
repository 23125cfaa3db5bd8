// Package material holds the pages of cases, business plans, solutions and offerings: the partner's lists and the
// page of one material, and the vendor's queue and decision.
package material

import (
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/material"
	"hanse/internal/domain/program"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

type pages struct {
	*site.Site
	m *material.Service
	// library gives the programs in force: their competencies can be chosen.
	library func() *program.Library
}

// Register adds the pages.
func Register(s *site.Site, m *material.Service, library func() *program.Library) {
	p := pages{s, m, library}
	s.AddReview(site.Review{Href: "/reviews/materials", Label: i18n.M("materials.queue.tab"), Verb: actor.ReviewMaterial})
	for path, kind := range map[string]material.Kind{"/materials": "", "/cases": material.Case, "/plans-of-business": material.BusinessPlan} {
		door.Partner(s, "GET "+path, func(w http.ResponseWriter, r *http.Request, d door.Door) error { return p.list(w, r, d, path, kind) })
		door.Exports(s, door.Partner, path, func(r *http.Request, d door.Door) (door.Table, error) { return p.export(r, d, kind) })
	}
	s.Page("GET /materials/new", p.form)
	s.Page("POST /materials", p.create)
	s.Page("GET /materials/{id}", p.show)
	s.Page("POST /materials/{id}", p.save)
	s.Page("POST /materials/{id}/files", p.upload)
	s.Page("POST /materials/{id}/files/{file}/remove", p.remove)
	s.Page("GET /materials/{id}/files/{file}", p.file)
	s.Page("POST /materials/{id}/{step}", p.step)
	s.Page("GET /reviews/materials", p.queue)
	s.Page("GET /reviews/materials/{id}", p.show)
	s.Page("POST /reviews/materials/{id}/{step}", p.step)
}

func filterOf(r *http.Request, d door.Door, kind material.Kind) material.Filter {
	q := r.URL.Query()
	if kind == "" {
		kind = material.Kind(q.Get("kind"))
	}
	return material.Filter{Account: d.Account, Kind: kind, State: material.State(q.Get("state")), After: q.Get("after")}
}

func (p pages) list(w http.ResponseWriter, r *http.Request, d door.Door, path string, kind material.Kind) error {
	v := listView{View: door.See(p.Site, r, d), path: path, kind: kind, now: p.Clock.Now()}
	rows, next, err := p.m.List(r.Context(), site.By(r), filterOf(r, d, kind))
	if err != nil {
		return err
	}
	v.rows, v.after = rows, door.After(r, next)
	if r.URL.Query().Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

func (p pages) export(r *http.Request, d door.Door, kind material.Kind) (door.Table, error) {
	f := filterOf(r, d, kind)
	f.After, f.Limit = "", 500
	first, next, err := p.m.List(r.Context(), site.By(r), f)
	if err != nil {
		return door.Table{}, err
	}
	read := func(after string) ([]material.Material, string, error) {
		if after == "" {
			return first, next, nil
		}
		f.After = after
		return p.m.List(r.Context(), site.By(r), f)
	}
	return door.Table{Name: "materials", Header: []string{"id", "kind", "title", "state", "version", "passed_version", "customer", "finished_on", "submitted_at", "reasons"},
		Rows: door.Pages(read, row)}, nil
}

func row(m material.Material) []string {
	return []string{m.ID, string(m.Kind), m.Fields.Title, string(m.State), strconv.FormatInt(m.Version, 10), strconv.FormatInt(m.PassedVersion, 10),
		m.Fields.Customer, m.Fields.FinishedOn.String(), door.Instant(m.SubmittedAt), joined(m.Reasons)}
}

// form is the page on which a material is started.
func (p pages) form(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.EditMaterial); err != nil {
		return err
	}
	kind := material.Kind(r.URL.Query().Get("kind"))
	if kind == "" {
		kind = material.Case
	}
	return p.Show(w, r, http.StatusOK, newPage(editView{View: p.see(r), kind: kind, competencies: p.competencies(r)}))
}

func (p pages) see(r *http.Request) door.View {
	return door.See(p.Site, r, door.Door{Account: site.By(r).Account})
}

func (p pages) create(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	by, kind := site.By(r), material.Kind(r.PostFormValue("kind"))
	m, err := p.m.Create(r.Context(), by, material.NewMaterial{Partner: by.Account, Kind: kind, Fields: fieldsOf(r)})
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v := editView{View: p.see(r), kind: kind, competencies: p.competencies(r)}
			v.Errs = errs
			return newPage(v)
		})
	}
	return p.Go(w, r, "/materials/"+m.ID, i18n.M("materials.created"))
}

// fieldsOf reads the entries. A day that is none stays empty: the verb says what it needs.
func fieldsOf(r *http.Request) material.Fields {
	day := func(name string) calendar.Day {
		d, err := calendar.ParseOptional(r.PostFormValue(name))
		if err != nil {
			return calendar.None
		}
		return d
	}
	return material.Fields{Title: r.PostFormValue("title"), Summary: r.PostFormValue("summary"), Competency: r.PostFormValue("competency"),
		Customer: r.PostFormValue("customer"), Industry: r.PostFormValue("industry"), URL: r.PostFormValue("url"),
		HuaweiCloud: r.PostFormValue("huawei_cloud") != "", FinishedOn: day("finished_on"), PeriodFrom: day("period_from"), PeriodUntil: day("period_until")}
}

func (p pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.page(w, r, nil)
}

// page shows a material, after a refused step with what was refused.
func (p pages) page(w http.ResponseWriter, r *http.Request, refused error) error {
	m, err := p.m.Material(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	v := editView{View: p.see(r), kind: m.Kind, m: m, now: p.Clock.Now(), competencies: p.competencies(r)}
	if v.Vendor = site.Vendor(r); v.Vendor {
		if a, err := p.Accounts.View(r.Context(), site.By(r), m.Account); err == nil {
			v.partner = a.Name
		}
	}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, materialPage(v))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return materialPage(v)
	})
}

func (p pages) save(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	by, id := site.By(r), r.PathValue("id")
	m, err := p.m.Save(r.Context(), by, id, edition(r), fieldsOf(r))
	if err != nil {
		return p.page(w, r, err)
	}
	if r.PostFormValue("then") == "submit" {
		if _, err = p.m.Submit(r.Context(), by, id, m.Edition); err != nil {
			r.PostForm.Set("edition", strconv.FormatInt(m.Edition, 10)) // it was saved: only the missing is refused
			return p.page(w, r, err)
		}
		return p.Go(w, r, "/materials/"+id, i18n.M("materials.submitted"))
	}
	return p.Go(w, r, "/materials/"+id, i18n.M("materials.saved"))
}

func edition(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("edition"), 10, 64) // what's no number is a stale page
	return n
}

// step is every change but that of the entries: each is one verb.
func (p pages) step(w http.ResponseWriter, r *http.Request) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	ctx, by, id, n, reasons := r.Context(), site.By(r), r.PathValue("id"), edition(r), r.PostForm["reason"]
	var verb func() (material.Material, error)
	var done i18n.Msg
	switch r.PathValue("step") {
	case "take-back":
		verb, done = func() (material.Material, error) { return p.m.TakeBack(ctx, by, id, n) }, i18n.M("materials.taken_back")
	case "revise":
		verb, done = func() (material.Material, error) { return p.m.Revise(ctx, by, id, n) }, i18n.M("materials.revised")
	case "withdraw":
		verb, done = func() (material.Material, error) { return p.m.Withdraw(ctx, by, id, n) }, i18n.M("materials.withdrawn")
	case "pass":
		verb, done = func() (material.Material, error) { return p.m.Pass(ctx, by, id, n) }, i18n.M("materials.passed")
	case "fail":
		verb, done = func() (material.Material, error) { return p.m.Fail(ctx, by, id, n, reasons) }, i18n.M("materials.failed")
	case "revoke":
		verb, done = func() (material.Material, error) { return p.m.Revoke(ctx, by, id, n, reasons) }, i18n.M("materials.revoked")
	default:
		return fault.NotFound()
	}
	if _, err := verb(); err != nil {
		return p.page(w, r, err)
	}
	if site.Vendor(r) {
		return p.Go(w, r, "/reviews/materials/"+id, done)
	}
	return p.Go(w, r, "/materials/"+id, done)
}

// upload stores the chosen files as they stream in. One refused file doesn't keep the others out.
func (p pages) upload(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 256<<20)
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.Invalid("file", i18n.M("materials.file.none"))
	}
	var refused fault.Fields
	kept := 0
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p.page(w, r, fault.Invalid("file", i18n.M("materials.file.broken")))
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		name := filepath.Base(part.FileName())
		_, err = p.m.AddFile(r.Context(), site.By(r), r.PathValue("id"), name, part)
		switch f := fault.Of(err); {
		case err == nil:
			kept++
		case f == nil || f.Kind != fault.KindInvalid && f.Kind != fault.KindTooLarge:
			return err
		default:
			refused.Add("file", name, i18n.M("materials.file.refused", i18n.A{"name": i18n.Raw(name), "why": f.Msg}))
		}
	}
	if kept == 0 && len(refused) == 0 {
		refused.Add("file", "", i18n.M("materials.file.none"))
	}
	if err := refused.Err(); err != nil {
		return p.page(w, r, err)
	}
	return p.Go(w, r, "/materials/"+r.PathValue("id")+"#files", i18n.M("materials.file.kept", i18n.A{"n": kept}))
}

func (p pages) remove(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := p.m.RemoveFile(r.Context(), site.By(r), id, r.PathValue("file")); err != nil {
		return err
	}
	return p.Go(w, r, "/materials/"+id+"#files", i18n.M("materials.file.removed"))
}

func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	f, x, err := p.m.OpenFile(r.Context(), site.By(r), r.PathValue("id"), r.PathValue("file"))
	if err != nil {
		return err
	}
	defer f.Close()
	qualify.ServeFile(w, r, f, x.Name, x.Media, x.AddedAt)
	return nil
}

func (p pages) queue(w http.ResponseWriter, r *http.Request) error {
	ctx, by, q := r.Context(), site.By(r), r.URL.Query()
	rows, next, err := p.m.Queue(ctx, by, material.QueueFilter{Kind: material.Kind(q.Get("kind")), After: q.Get("after")})
	if err != nil {
		return err
	}
	v := queueView{View: p.see(r), tabs: p.ReviewTabs(r), rows: rows, after: door.After(r, next)}
	if q.Get("after") != "" {
		v.first = door.FirstOf(r)
	}
	if v.waiting, v.overdue, err = p.m.QueueCounts(ctx, by); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, queuePage(v))
}
