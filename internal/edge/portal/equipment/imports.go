package equipment

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/equipment"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

func (p pages) registerImports(s *site.Site) {
	s.Page("GET "+imports, p.imports)
	s.Page("POST "+imports, p.upload)
	door.Exports(s, door.Plain, imports+"/template", func(r *http.Request, _ door.Door) (door.Table, error) {
		return door.Table{Name: "equipment", Header: equipment.Columns(), Rows: sheet.Rows(nil)}, site.By(r).May(actor.ImportEquipment)
	})
	s.Page("GET "+imports+"/{id}", p.importPage)
	s.Page("GET "+imports+"/{id}/errors.csv", p.errors)
	s.Page("POST "+imports+"/{id}/confirm", p.confirm)
	s.Page("POST "+imports+"/{id}/cancel", p.cancel)
}

func (p pages) imports(w http.ResponseWriter, r *http.Request) error {
	return p.showImports(w, r, nil)
}

func (p pages) showImports(w http.ResponseWriter, r *http.Request, refused error) error {
	list, next, err := p.s.Imports(r.Context(), site.By(r), r.URL.Query().Get("after"), 50)
	if err != nil {
		return err
	}
	v := importsView{View: door.See(p.Site, r, door.Door{}), list: list, pager: ui.PagerView{Next: door.After(r, next), Prev: door.FirstOf(r)}}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, importsPage(v))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return importsPage(v)
	})
}

// upload streams the file to the store: it's never whole in memory.
func (p pages) upload(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.ImportEquipment); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, equipment.MaxUpload+1<<20)
	file, err := filePart(r)
	var imp equipment.Import
	if err == nil {
		imp, err = p.s.Upload(r.Context(), site.By(r), file.FileName(), file)
	}
	if big := new(http.MaxBytesError); errors.As(err, &big) || fault.KindOf(err) == fault.KindTooLarge {
		err = fault.Invalid("file", i18n.M("equipment.file.large", i18n.A{"megabytes": equipment.MaxUpload >> 20}))
	}
	if err != nil {
		return p.showImports(w, r, err)
	}
	return p.Go(w, r, imports+"/"+imp.ID, i18n.Msg{})
}

func filePart(r *http.Request) (*multipart.Part, error) {
	parts, err := r.MultipartReader()
	for err == nil {
		var part *multipart.Part
		if part, err = parts.NextPart(); err == nil && part.FormName() == "file" && part.FileName() != "" {
			return part, nil
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, http.ErrNotMultipart) || errors.Is(err, http.ErrMissingBoundary) {
		err = fault.Invalid("file", i18n.M("equipment.file.none"))
	}
	return nil, err
}

func (p pages) importPage(w http.ResponseWriter, r *http.Request) error {
	imp, err := p.s.Import(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	line, _ := strconv.ParseInt(r.URL.Query().Get("line"), 10, 64) // none is the first page
	wrong, err := p.s.RowErrors(r.Context(), site.By(r), imp.ID, line, 100)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, importPage(importView{door.See(p.Site, r, door.Door{}), imp, wrong}))
}

func (p pages) errors(w http.ResponseWriter, r *http.Request) error {
	imp, err := p.s.Import(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	p.ToCorrect(w, r, imp.ID, p.s.WriteErrors)
	return nil
}

func (p pages) confirm(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := p.s.Confirm(r.Context(), site.By(r), id); err != nil {
		return err
	}
	return p.Go(w, r, imports+"/"+id, i18n.M("equipment.import.confirmed"))
}

func (p pages) cancel(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := p.s.Cancel(r.Context(), site.By(r), id); err != nil {
		return err
	}
	return p.Go(w, r, imports+"/"+id, i18n.M("equipment.import.stopped"))
}
