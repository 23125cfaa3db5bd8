package channel

import (
	"errors"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/qualification"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

// eventsView is what the vendor recorded about a partner.
type eventsView struct {
	door.View
	Critical    []qualification.CriticalEvent
	Inspections []qualification.Inspection
	programs    *qualification.Service
}

func (p pages) eventsView(r *http.Request, d door.Door) (v eventsView, err error) {
	v = eventsView{View: door.See(p.Site, r, d), programs: p.qualifications}
	if v.Critical, err = p.qualifications.CriticalEvents(r.Context(), site.By(r), d.Account); err != nil {
		return v, err
	}
	v.Inspections, err = p.qualifications.Inspections(r.Context(), site.By(r), d.Account)
	return v, err
}

func (p pages) events(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.eventsView(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, eventsPage(v))
}

func (p pages) exportEvents(r *http.Request, d door.Door) (door.Table, error) {
	list, err := p.qualifications.CriticalEvents(r.Context(), site.By(r), d.Account)
	var rows [][]string
	for _, x := range list {
		lifted := ""
		if !x.LiftedAt.IsZero() {
			lifted = x.LiftedAt.UTC().Format(time.RFC3339)
		}
		rows = append(rows, []string{x.ID, x.Program, x.OccurredOn.String(), x.Summary, string(x.Effect), x.Until.String(), lifted})
	}
	return door.Table{Name: "critical-events", Rows: sheet.Rows(rows), Header: []string{"event", "program", "occurred_on", "summary",
		"effect", "until", "lifted_at"}}, err
}

func (p pages) exportInspections(r *http.Request, d door.Door) (door.Table, error) {
	list, err := p.qualifications.Inspections(r.Context(), site.By(r), d.Account)
	var rows [][]string
	for _, x := range list {
		rows = append(rows, []string{x.ID, x.Program, x.Application, x.InspectedOn.String(), x.Inspector, strconv.FormatBool(x.Passed),
			x.Findings, strconv.Itoa(len(x.Files))})
	}
	return door.Table{Name: "inspections", Rows: sheet.Rows(rows), Header: []string{"inspection", "program", "application", "inspected_on",
		"inspector", "passed", "findings", "files"}}, err
}

func (p pages) criticalForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.RecordInspection); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, criticalPage(p.formView(r, d, nil)))
}

// formView is a form about a partner that offers the programs.
func (p pages) formView(r *http.Request, d door.Door, errs []ui.FieldError) eventsView {
	return eventsView{View: door.See(p.Site, r, d, errs...), programs: p.qualifications}
}

func (p pages) recordCritical(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	var fs fault.Fields
	in := qualification.NewCritical{Partner: d.Account, Program: r.PostFormValue("program"), OccurredOn: day(&fs, r, "occurred_on"),
		Summary: r.PostFormValue("summary"), Effect: qualification.CriticalEffect(r.PostFormValue("effect")), Until: day(&fs, r, "until")}
	err := fs.Err()
	if err == nil {
		_, err = p.qualifications.RecordCritical(r.Context(), site.By(r), in)
	}
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return criticalPage(p.formView(r, d, errs)) })
	}
	return p.Go(w, r, d.Path("/events"), i18n.M("channel.critical.recorded"))
}

// liftView asks before the effect of an event is taken away.
type liftView struct {
	door.View
	Event qualification.CriticalEvent
}

func (p pages) liftView(r *http.Request, d door.Door) (liftView, error) {
	v, err := p.eventsView(r, d)
	if err != nil {
		return liftView{}, err
	}
	for _, x := range v.Critical {
		if x.ID == r.PathValue("event") {
			return liftView{v.View, x}, nil
		}
	}
	return liftView{}, fault.NotFound()
}

func (p pages) liftForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.RecordInspection); err != nil {
		return err
	}
	v, err := p.liftView(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, liftPage(v))
}

func (p pages) lift(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v, err := p.liftView(r, d)
	if err != nil {
		return err
	}
	err = p.qualifications.LiftCritical(r.Context(), site.By(r), d.Account, v.Event.ID, r.PostFormValue("reason"))
	if fault.KindOf(err) == fault.KindInvalid {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs = errs
			return liftPage(v)
		})
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, d.Path("/events"), i18n.M("channel.critical.lifted"))
}

func (p pages) inspectionForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.RecordInspection); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, inspectionPage(p.formView(r, d, nil)))
}

// maxFiles is how many bytes the files of one inspection may have together.
const maxFiles = 64 << 20

func (p pages) inspect(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.RecordInspection); err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxFiles)
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return fault.New(fault.KindTooLarge, i18n.M("channel.inspection.too_large", i18n.A{"megabytes": maxFiles >> 20}))
		}
		return fault.Invalid("files", i18n.M("channel.inspection.unreadable"))
	}
	defer r.MultipartForm.RemoveAll()
	if err := p.recordInspection(r, d); err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return inspectionPage(p.formView(r, d, errs)) })
	}
	return p.Go(w, r, d.Path("/events"), i18n.M("channel.inspection.recorded"))
}

func (p pages) recordInspection(r *http.Request, d door.Door) error {
	var fs fault.Fields
	in := qualification.NewInspection{Partner: d.Account, Program: r.PostFormValue("program"), InspectedOn: day(&fs, r, "inspected_on"),
		Inspector: r.PostFormValue("inspector"), Findings: r.PostFormValue("findings"), Passed: r.PostFormValue("passed") == "yes", Items: items(r)}
	if r.PostFormValue("passed") == "" {
		fs.Add("passed", "", i18n.M("channel.inspection.passed_missing"))
	}
	if err := fs.Err(); err != nil {
		return err
	}
	files, closeAll, err := opened(r.MultipartForm.File["files"])
	defer closeAll()
	if err != nil {
		return err
	}
	_, err = p.qualifications.Inspect(r.Context(), site.By(r), in, files...)
	return err
}

// items are the rows of the form in which something was looked at.
func items(r *http.Request) (out []qualification.InspectionItem) {
	for i := range inspectionRows {
		n := strconv.Itoa(i)
		x := qualification.InspectionItem{What: r.PostFormValue("what." + n), Result: r.PostFormValue("result." + n), Note: r.PostFormValue("note." + n)}
		if x.Result != "" {
			out = append(out, x)
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
			return nil, closeAll, err
		}
		open = append(open, f)
		files = append(files, qualification.InspectionFile{Name: filepath.Base(h.Filename), R: f})
	}
	return files, closeAll, nil
}

func (p pages) inspectionFile(w http.ResponseWriter, r *http.Request, d door.Door) error {
	f, ref, err := p.qualifications.OpenInspectionFile(r.Context(), site.By(r), d.Account, r.PathValue("inspection"), r.PathValue("file"))
	if err != nil {
		return err
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", ref.Media)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", `attachment; filename="`+asciiName(ref.Name)+`"`)
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// day reads a day from a form; what is none is refused.
func day(fs *fault.Fields, r *http.Request, name string) calendar.Day {
	d, err := calendar.ParseOptional(r.PostFormValue(name))
	if err != nil {
		fs.Add(name, r.PostFormValue(name), i18n.M("channel.day"))
	}
	return d
}
