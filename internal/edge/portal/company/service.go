package company

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

// serviceView is what a partner declares of its service, with the editions before and the people to choose from.
type serviceView struct {
	companyView
	Facts   qualification.ServiceFacts
	History []qualification.ServiceFacts
	People  []roster.Item
	Users   map[string]string // who changed it: names by user id, where the reader may see them
}

func (p pages) serviceView(r *http.Request, d door.Door) (v serviceView, err error) {
	ctx, by := r.Context(), site.By(r)
	if v.Facts, err = p.qualifications.ServiceFacts(ctx, by, d.Account, time.Time{}); err != nil {
		return v, err
	}
	if v.History, err = p.qualifications.ServiceFactsHistory(ctx, by, d.Account); err != nil {
		return v, err
	}
	here, err := p.roster.List(ctx, by, d.Account, roster.Filter{Limit: 500})
	if err != nil {
		return v, err
	}
	v.People, v.Users = here.Items, map[string]string{}
	if by.Can(actor.ListUsers) {
		users, err := p.Accounts.Users(ctx, by, d.Account)
		if err != nil {
			return v, err
		}
		for _, u := range users {
			v.Users[u.ID] = u.Name
		}
	}
	v.companyView, err = p.company(r, d)
	return v, err
}

func (p pages) service(w http.ResponseWriter, r *http.Request, d door.Door) error {
	v, err := p.serviceView(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, servicePage(v))
}

func (p pages) serviceForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.By(r).May(actor.EditServiceFacts); err != nil {
		return err
	}
	v, err := p.serviceView(r, d)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, serviceFormPage(v))
}

func (p pages) saveService(w http.ResponseWriter, r *http.Request, d door.Door) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	f, err := readFacts(r)
	if err == nil {
		err = p.qualifications.SetFacts(r.Context(), site.By(r), d.Account, f)
	}
	if fault.KindOf(err) == fault.KindInvalid {
		v, failed := p.serviceView(r, d)
		if failed != nil {
			return failed
		}
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v.Errs = errs
			return serviceFormPage(v)
		})
	}
	if err != nil {
		return err
	}
	return p.Go(w, r, d.Path("/company/service"), i18n.M("company.service.saved"))
}

// readFacts reads the form; a row of projects that is empty doesn't count.
func readFacts(r *http.Request) (f qualification.ServiceFacts, err error) {
	var fs fault.Fields
	f.Hotline, f.HotlineNumber = program.Hotline(r.PostFormValue("hotline")), r.PostFormValue("hotline_number")
	f.ServiceEmail, f.ServiceManager = r.PostFormValue("service_email"), r.PostFormValue("service_manager")
	f.IssueTracking = program.Tracking(r.PostFormValue("issue_tracking"))
	f.EventsAttended, f.Credits = count(&fs, r, "events_attended"), count(&fs, r, "credits")
	f.NamedEngineers = r.PostForm["named_engineers"]
	readTeaching(&fs, r, &f)
	for _, g := range qualification.GearCodes() {
		for range min(count(&fs, r, "gear."+g), 1000) {
			f.Laboratory = append(f.Laboratory, g)
		}
	}
	for i := range rowsOf(r) {
		if x, some := readProject(&fs, r, i, len(f.Projects)); some {
			f.Projects = append(f.Projects, x)
		}
	}
	if micros, err := strconv.ParseInt(r.PostFormValue("edition"), 10, 64); err == nil && micros != 0 {
		f.EffectiveAt = time.UnixMicro(micros).UTC()
	}
	return f, fs.Err()
}

// readProject reads the row i of the form. It's the n-th that isn't empty, and stands there when the form is shown
// again: errors speak of that place.
func readProject(fs *fault.Fields, r *http.Request, i, n int) (x qualification.Project, some bool) {
	row := typedRow(r, i)
	if row.empty() {
		return x, false
	}
	at := func(field string) string { return fmt.Sprintf("projects.%d.%s", n, field) }
	price, finished := row.Price, row.Finished
	x.Name = row.Name
	var err error
	if x.ListPriceUSD, err = strconv.ParseInt(strings.ReplaceAll(price, ",", ""), 10, 64); err != nil {
		fs.Add(at("list_price_usd"), price, i18n.M("company.number"))
	}
	if x.FinishedOn, err = calendar.ParseOptional(finished); err != nil {
		fs.Add(at("finished_on"), finished, i18n.M("company.day"))
	}
	return x, true
}

// projectRow is a row of the form as typed.
type projectRow struct{ Name, Price, Finished string }

func (p projectRow) empty() bool { return p == projectRow{} }

func typedRow(r *http.Request, i int) projectRow {
	get := func(field string) string {
		return strings.TrimSpace(r.PostFormValue(fmt.Sprintf("projects.%d.%s", i, field)))
	}
	return projectRow{get("name"), get("list_price_usd"), get("finished_on")}
}

// rowsOf is how many rows of projects the form had.
func rowsOf(r *http.Request) int {
	n := 0
	for n < 200 && r.PostForm.Has(fmt.Sprintf("projects.%d.name", n)) {
		n++
	}
	return n
}

// count reads a number of things; empty is none.
func count(fs *fault.Fields, r *http.Request, name string) int {
	text := strings.TrimSpace(r.PostFormValue(name))
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		fs.Add(name, text, i18n.M("company.number"))
		return 0
	}
	return n
}

func (p pages) exportService(r *http.Request, d door.Door) (door.Table, error) {
	list, err := p.qualifications.ServiceFactsHistory(r.Context(), site.By(r), d.Account)
	var rows [][]string
	for _, f := range list {
		rows = append(rows, []string{f.EffectiveAt.UTC().Format(time.RFC3339), f.ChangedBy, string(f.Hotline), f.HotlineNumber, f.ServiceEmail,
			f.ServiceManager, string(f.IssueTracking), strconv.Itoa(f.EventsAttended), strings.Join(f.NamedEngineers, " "),
			strconv.Itoa(f.Credits), strconv.Itoa(len(f.Projects)), strings.Join(f.Laboratory, " "),
			strings.Join(f.ProjectManagers, " "), strings.Join(f.Languages, " "), strings.Join(f.Branches, " "), strconv.Itoa(len(f.Sites))})
	}
	return door.Table{Name: "service", Rows: sheet.Rows(rows), Header: []string{"effective_at", "changed_by", "hotline", "hotline_number",
		"service_email", "service_manager", "issue_tracking", "events_attended", "named_engineers", "credits", "projects", "laboratory",
		"project_managers", "languages", "branches", "sites"}}, err
}
