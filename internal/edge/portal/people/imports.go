package people

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/roster"
	"hanse/internal/domain/rosterfile"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

func (p pages) imports(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.showImports(w, r, d, nil)
}

func (p pages) showImports(w http.ResponseWriter, r *http.Request, d door.Door, refused error) error {
	list, next, err := p.roster.Imports(r.Context(), site.By(r), d.Account, r.URL.Query().Get("after"), 50)
	if err != nil {
		return err
	}
	v := importsView{door.See(p.Site, r, d), list, door.After(r, next)}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, importsPage(v))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return importsPage(v)
	})
}

func (p pages) exportImports(r *http.Request, d door.Door) (door.Table, error) {
	rows := door.Pages(func(after string) ([]roster.Import, string, error) {
		return p.roster.Imports(r.Context(), site.By(r), d.Account, after, 200)
	}, func(i roster.Import) []string {
		n := func(x int64) string { return strconv.FormatInt(x, 10) }
		return []string{i.ID, i.FileName, string(i.State), i.ByName, instant(i.CreatedAt), instant(i.FinishedAt), n(i.Rows),
			n(i.Counts.NewPeople), n(i.Counts.ChangedPeople), n(i.Counts.NewCertificates), n(i.Errors)}
	})
	return door.Table{Name: "imports", Rows: rows, Header: []string{"import", "file", "state", "by", "created_at", "finished_at", "rows",
		"new_people", "changed_people", "new_certificates", "errors"}}, nil
}

// template is an empty roster with the headings in the reader's language, which the import reads in both.
func (p pages) template(r *http.Request, _ door.Door) (door.Table, error) {
	header := rosterfile.Columns()
	if i18n.From(r.Context()).Lang == i18n.Chinese {
		header = headings(r.Context())
	}
	return door.Table{Name: "roster", Header: header, Rows: sheet.Rows(nil)}, nil
}

// upload streams the file to the store: it's never whole in memory.
func (p pages) upload(w http.ResponseWriter, r *http.Request, d door.Door) error {
	r.Body = http.MaxBytesReader(w, r.Body, roster.MaxUpload+1<<20)
	file, err := filePart(r, "file")
	if err != nil {
		return p.showImports(w, r, d, err)
	}
	imp, err := p.roster.Upload(r.Context(), site.By(r), d.Account, file.FileName(), file)
	if tooBig(err) || fault.KindOf(err) == fault.KindTooLarge {
		err = fault.Invalid("file", i18n.M("people.import.too_large", i18n.A{"megabytes": roster.MaxUpload >> 20}))
	}
	if err != nil {
		return p.showImports(w, r, d, err)
	}
	return p.Go(w, r, d.Path("/imports/"+imp.ID), i18n.Msg{})
}

// filePart finds the file of a multipart form.
func filePart(r *http.Request, name string) (*multipart.Part, error) {
	parts, err := r.MultipartReader()
	for err == nil {
		var part *multipart.Part
		if part, err = parts.NextPart(); err == nil && part.FormName() == name && part.FileName() != "" {
			return part, nil
		}
	}
	if tooBig(err) {
		return nil, fault.Invalid(name, i18n.M("people.import.too_large", i18n.A{"megabytes": roster.MaxUpload >> 20}))
	}
	if errors.Is(err, io.EOF) || errors.Is(err, http.ErrNotMultipart) || errors.Is(err, http.ErrMissingBoundary) {
		return nil, fault.Invalid(name, i18n.M("people.import.no_file"))
	}
	return nil, err
}

func tooBig(err error) bool {
	var big *http.MaxBytesError
	return errors.As(err, &big)
}

func (p pages) importPage(w http.ResponseWriter, r *http.Request, d door.Door) error {
	ctx, by := r.Context(), site.By(r)
	imp, err := p.roster.Import(ctx, by, d.Account, r.PathValue("import"))
	if err != nil {
		return err
	}
	line, _ := strconv.ParseInt(r.URL.Query().Get("line"), 10, 64) // none is the first page
	list, err := p.roster.RowErrors(ctx, by, d.Account, imp.ID, line, perPage)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, importPage(importView{door.See(p.Site, r, d), imp, list}))
}

// perPage is how many wrong entries a page shows.
const perPage = 100

func (p pages) importErrors(w http.ResponseWriter, r *http.Request, d door.Door) error {
	imp, err := p.roster.Import(r.Context(), site.By(r), d.Account, r.PathValue("import"))
	if err != nil {
		return err
	}
	if imp.State == roster.Failed || imp.Running() && imp.Errors == 0 {
		return fault.NotFound()
	}
	p.ToCorrect(w, r, imp.ID, func(ctx context.Context, by actor.Actor, importID, lang string, w io.Writer) error {
		return p.roster.WriteErrors(ctx, by, d.Account, importID, lang, w)
	})
	return nil
}

func (p pages) confirmImport(w http.ResponseWriter, r *http.Request, d door.Door) error {
	id := r.PathValue("import")
	if err := p.roster.Confirm(r.Context(), site.By(r), d.Account, id); err != nil {
		return err
	}
	return p.Go(w, r, d.Path("/imports/"+id), i18n.Msg{})
}

func (p pages) cancelForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	imp, err := p.roster.Import(r.Context(), site.By(r), d.Account, r.PathValue("import"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, cancelPage(importView{door.See(p.Site, r, d), imp, nil}))
}

func (p pages) cancelImport(w http.ResponseWriter, r *http.Request, d door.Door) error {
	id := r.PathValue("import")
	if err := p.roster.Cancel(r.Context(), site.By(r), d.Account, id); err != nil {
		return err
	}
	return p.Go(w, r, d.Path("/imports/"+id), i18n.M("people.import.cancelled"))
}
