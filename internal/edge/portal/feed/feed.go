// Package feed is the vendor's pages of the feeds of exam results and trainings: as of when each speaks, upload, what a
// file says before it counts, progress, lines to correct, and undo.
package feed

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/record"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

type pages struct {
	*site.Site
	records *record.Service
	db      *db.DB
}

const base = "/system/feeds"

// Register adds the pages.
func Register(s *site.Site, records *record.Service, d *db.DB) {
	p := pages{s, records, d}
	s.Page("GET "+base, p.list)
	s.Page("POST "+base, p.upload)
	door.Exports(s, door.Plain, base, p.export)
	for _, f := range []record.Feed{record.Exams, record.Trainings} {
		door.Exports(s, door.Plain, base+"/template/"+string(f), func(r *http.Request, _ door.Door) (door.Table, error) {
			return door.Table{Name: string(f), Header: record.Columns(f), Rows: sheet.Rows(nil)}, site.By(r).May(actor.ViewFeeds)
		})
	}
	s.Page("GET "+base+"/{id}", p.one)
	s.Page("GET "+base+"/{id}/errors.csv", p.errors)
	s.Page("POST "+base+"/{id}/confirm", p.confirm)
	s.Page("GET "+base+"/{id}/cancel", p.ask(cancelPage))
	s.Page("POST "+base+"/{id}/cancel", p.cancel)
	s.Page("GET "+base+"/{id}/undo", p.ask(undoPage))
	s.Page("POST "+base+"/{id}/undo", p.undo)
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error { return p.show(w, r, nil) }

func (p pages) show(w http.ResponseWriter, r *http.Request, refused error) error {
	list, next, err := p.records.Imports(r.Context(), site.By(r), r.URL.Query().Get("after"), 50)
	if err != nil {
		return err
	}
	asOf, err := p.records.AsOf(r.Context(), p.db.Read())
	if err != nil {
		return err
	}
	v := listView{Shell: p.Shell(r, i18n.M("feed.title")), AsOf: asOf, List: list, Next: door.After(r, next), May: site.By(r).Can(actor.ImportRecords)}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, listPage(v))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs, v.Shell.Invalid = errs, true
		return listPage(v)
	})
}

// upload streams the file to the store: it's never whole in memory.
func (p pages) upload(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.ImportRecords); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, record.MaxUpload+1<<20)
	file, err := filePart(r)
	if err != nil {
		return p.show(w, r, err)
	}
	imp, err := p.records.Upload(r.Context(), site.By(r), file.FileName(), file)
	if tooBig(err) || fault.KindOf(err) == fault.KindTooLarge {
		err = tooLarge()
	}
	if err != nil {
		return p.show(w, r, err)
	}
	return p.Go(w, r, base+"/"+imp.ID, i18n.Msg{})
}

// filePart finds the file of a multipart form.
func filePart(r *http.Request) (*multipart.Part, error) {
	parts, err := r.MultipartReader()
	for err == nil {
		var part *multipart.Part
		if part, err = parts.NextPart(); err == nil && part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
	}
	if tooBig(err) {
		return nil, tooLarge()
	}
	if errors.Is(err, io.EOF) || errors.Is(err, http.ErrNotMultipart) || errors.Is(err, http.ErrMissingBoundary) {
		return nil, fault.Invalid("file", i18n.M("feed.no_file"))
	}
	return nil, err
}

func tooLarge() error {
	return fault.Invalid("file", i18n.M("feed.too_large", i18n.A{"megabytes": record.MaxUpload >> 20}))
}

func tooBig(err error) bool {
	var big *http.MaxBytesError
	return errors.As(err, &big)
}

func (p pages) export(r *http.Request, _ door.Door) (door.Table, error) {
	rows := door.Pages(func(after string) ([]record.Import, string, error) {
		return p.records.Imports(r.Context(), site.By(r), after, 200)
	}, func(i record.Import) []string {
		n := func(x int64) string { return strconv.FormatInt(x, 10) }
		return []string{i.ID, string(i.Feed), i.FileName, string(i.State), i.ByName, stamp(i.CreatedAt), stamp(i.FinishedAt), stamp(i.UndoneAt), n(i.Rows),
			n(i.Applied.New), n(i.Applied.Changed), n(i.Applied.Same), n(i.Applied.Revoked), n(i.Applied.Waiting), n(i.Errors)}
	})
	return door.Table{Name: "feeds", Rows: rows, Header: []string{"import", "feed", "file", "state", "by", "created_at", "finished_at", "undone_at", "rows",
		"new", "changed", "same", "revoked", "waiting", "errors"}}, site.By(r).May(actor.ViewFeeds)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

func (p pages) view(r *http.Request) (importView, error) {
	ctx, by := r.Context(), site.By(r)
	imp, err := p.records.Import(ctx, by, r.PathValue("id"))
	if err != nil {
		return importView{}, err
	}
	line, _ := strconv.ParseInt(r.URL.Query().Get("line"), 10, 64) // none is the first page
	wrong, err := p.records.RowErrors(ctx, by, imp.ID, line, perPage)
	return importView{Shell: p.Shell(r, i18n.M("feed.one", i18n.A{"file": imp.FileName})), Import: imp, Wrong: wrong, May: by.Can(actor.ImportRecords)}, err
}

// perPage is how many wrong entries a page shows.
const perPage = 100

func (p pages) one(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, onePage(v))
}

// ask shows a page that asks before something is done.
func (p pages) ask(page func(importView) templ.Component) site.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := site.By(r).May(actor.ImportRecords); err != nil {
			return err
		}
		v, err := p.view(r)
		if err != nil {
			return err
		}
		return p.Show(w, r, http.StatusOK, page(v))
	}
}

func (p pages) errors(w http.ResponseWriter, r *http.Request) error {
	imp, err := p.records.Import(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	p.ToCorrect(w, r, imp.ID, p.records.WriteErrors)
	return nil
}

func (p pages) confirm(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := p.records.Confirm(r.Context(), site.By(r), id); err != nil {
		return err
	}
	return p.Go(w, r, base+"/"+id, i18n.Msg{})
}

func (p pages) cancel(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := p.records.Cancel(r.Context(), site.By(r), id); err != nil {
		return err
	}
	return p.Go(w, r, base+"/"+id, i18n.M("feed.cancelled"))
}

func (p pages) undo(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := p.records.Undo(r.Context(), site.By(r), id); err != nil {
		return err
	}
	return p.Go(w, r, base+"/"+id, i18n.Msg{})
}
