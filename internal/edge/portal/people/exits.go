package people

import (
	"net/http"

	"github.com/a-h/templ"

	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

func (p pages) exits(w http.ResponseWriter, r *http.Request, d door.Door) error {
	list, err := p.qualifications.Exits(r.Context(), site.By(r), d.Account)
	if err != nil {
		return err
	}
	vacancies, err := p.qualifications.Vacancies(r.Context(), site.By(r), d.Account, false)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, exitsPage(exitsView{door.See(p.Site, r, d), list, vacancies, p.qualifications}))
}

func (p pages) exportExits(r *http.Request, d door.Door) (door.Table, error) {
	list, err := p.qualifications.Exits(r.Context(), site.By(r), d.Account)
	t := door.Table{Name: "exits", Header: []string{"person", "name", "reason", "exit_on", "report_due", "reported_at", "note"}}
	var rows [][]string
	for _, x := range list {
		rows = append(rows, []string{x.Person, x.Name, string(x.Reason), x.ExitOn.String(), instant(x.ReportDue), instant(x.ReportedAt), x.Note})
	}
	t.Rows = sheet.Rows(rows)
	return t, err
}

func (p pages) exportVacancies(r *http.Request, d door.Door) (door.Table, error) {
	list, err := p.qualifications.Vacancies(r.Context(), site.By(r), d.Account, false)
	t := door.Table{Name: "vacancies", Header: []string{"qualification", "line", "person", "name", "certificate", "reason", "opened_on", "due", "state", "filled_by", "filled_name"}}
	var rows [][]string
	for _, x := range list {
		rows = append(rows, []string{x.Qualification, x.Line, x.Person, x.Name, x.Code, string(x.Reason), x.OpenedOn.String(), instant(x.Due), x.State, x.FilledBy, x.FilledName})
	}
	t.Rows = sheet.Rows(rows)
	return t, err
}

// exitForm is the first step: who, when, why.
func (p pages) exitForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	r.ParseForm() // an unreadable query is an empty one
	return p.showExitForm(w, r, d, nil)
}

func (p pages) showExitForm(w http.ResponseWriter, r *http.Request, d door.Door, refused error) error {
	if err := site.By(r).May(actor.ReportExit); err != nil {
		return err
	}
	here, err := p.roster.List(r.Context(), site.By(r), d.Account, roster.Filter{Left: "all", Limit: 500})
	if err != nil {
		return err
	}
	v := exitView{View: door.See(p.Site, r, d), People: names(r.Context(), here.Items)}
	if refused == nil {
		return p.Show(w, r, http.StatusOK, exitPage(v))
	}
	return p.Refused(w, r, refused, func(errs []ui.FieldError) templ.Component {
		v.Errs = errs
		return exitPage(v)
	})
}

// exitPreview is the second step: what it costs. It changes nothing, so it's a plain page that can be loaded again.
func (p pages) exitPreview(w http.ResponseWriter, r *http.Request, d door.Door) error {
	r.ParseForm() // an unreadable query is an empty one
	in, err := readExit(r, d)
	if err != nil {
		return p.showExitForm(w, r, d, err)
	}
	preview, err := p.qualifications.PreviewExit(r.Context(), site.By(r), d.Account, in.Person, in.On)
	if fault.KindOf(err) == fault.KindInvalid || fault.KindOf(err) == fault.KindConflict {
		return p.showExitForm(w, r, d, err)
	}
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, previewPage(exitView{door.See(p.Site, r, d), nil, in, preview}))
}

// exit is the third step: the report itself.
func (p pages) exit(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	in, err := readExit(r, d)
	if err != nil {
		return p.showExitForm(w, r, d, err)
	}
	in.Note = r.PostFormValue("note")
	x, err := p.qualifications.ReportExit(r.Context(), site.By(r), in)
	if fault.KindOf(err) == fault.KindInvalid {
		return p.showExitForm(w, r, d, err)
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, d.Path("/people/exits"), i18n.M("people.exit.reported", i18n.A{"name": x.Name}))
}

func readExit(r *http.Request, d door.Door) (in qualification.ExitInput, err error) {
	var fs fault.Fields
	in.Partner, in.Person, in.Reason = d.Account, r.FormValue("person"), qualification.ExitReason(r.FormValue("reason"))
	if in.Person == "" {
		fs.Add("person", "", i18n.M("people.exit.person_missing"))
	}
	if in.On = day(&fs, r, "on"); in.On.IsNone() && len(fs) == 0 {
		fs.Add("on", "", i18n.M("people.exit.day_missing"))
	}
	if in.Reason == "" {
		fs.Add("reason", "", i18n.M("people.exit.reason_missing"))
	}
	return in, fs.Err()
}
