package review

import (
	"mime/multipart"
	"net/http"
	"slices"
	"strings"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/qualify"
	"hanse/internal/edge/portal/site"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

// maxInspection is the most that the form of an inspection may carry, with its files; inMemory is what is kept
// outside of temporary files.
const (
	maxInspection = 64 << 20
	inMemory      = 1 << 20
)

// askInspect shows the form of an inspection.
func (p pages) askInspect(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.RecordInspection); err != nil {
		return err
	}
	x, err := p.read(r)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, inspectPage(p.see(r), x))
}

// inspect records an inspection with its findings and files.
func (p pages) inspect(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxInspection)
	if err := r.ParseMultipartForm(inMemory); err != nil {
		return fault.New(fault.KindTooLarge, i18n.M("qualify.evidence.too_large"))
	}
	defer r.MultipartForm.RemoveAll()
	x, err := p.read(r)
	if err != nil {
		return err
	}
	day, err := calendar.ParseOptional(r.PostFormValue("inspected_on"))
	if err != nil {
		day = calendar.None // the verb asks for a day
	}
	files, closeAll, err := opened(r.MultipartForm.File["files"])
	if err != nil {
		return err
	}
	defer closeAll()
	_, err = p.q.Inspect(r.Context(), site.By(r), qualification.NewInspection{Partner: x.Account, Program: x.Program, Application: x.ID,
		InspectedOn: day, Inspector: r.PostFormValue("inspector"), Items: p.itemsOf(r, x), Findings: r.PostFormValue("findings"),
		Passed: r.PostFormValue("passed") == "yes"}, files...)
	if err != nil {
		return p.refused(w, r, err, inspectPage)
	}
	return p.Go(w, r, base(x.ID)+"#inspections", i18n.M("reviewpage.inspected"))
}

// itemsOf are the things that were looked at: those without a result weren't.
func (p pages) itemsOf(r *http.Request, x work) (out []qualification.InspectionItem) {
	for _, it := range x.items(r.Context()) {
		if result := r.PostFormValue("result:" + it.what); result != "" {
			out = append(out, qualification.InspectionItem{What: it.what, Result: result, Note: strings.TrimSpace(r.PostFormValue("note:" + it.what))})
		}
	}
	return out
}

func opened(headers []*multipart.FileHeader) (files []qualification.InspectionFile, closeAll func(), err error) {
	var open []multipart.File
	closeAll = func() {
		for _, f := range open {
			f.Close()
		}
	}
	for _, h := range headers {
		f, err := h.Open()
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		open, files = append(open, f), append(files, qualification.InspectionFile{Name: h.Filename, R: f})
	}
	return files, closeAll, nil
}

// inspectionFile opens a file of an inspection.
func (p pages) inspectionFile(w http.ResponseWriter, r *http.Request) error {
	x, err := p.q.Review(r.Context(), site.By(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	f, ref, err := p.q.OpenInspectionFile(r.Context(), site.By(r), x.Account, r.PathValue("inspection"), r.PathValue("hash"))
	if err != nil {
		return err
	}
	defer f.Close()
	qualify.ServeFile(w, r, f, ref.Name, ref.Media, x.ChangedAt)
	return nil
}

// ordered puts reasons into one order, whichever order the browser's entries come in.
func ordered(list []qualification.Reason) []qualification.Reason {
	slices.SortFunc(list, func(a, b qualification.Reason) int { return strings.Compare(a.Field, b.Field) })
	return list
}
