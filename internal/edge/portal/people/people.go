// Package people holds the pages about a partner's people: the roster, one person, exits and vacancies, imports.
package people

import (
	"net/http"

	"hanse/internal/domain/qualification"
	"hanse/internal/domain/roster"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"

	"github.com/a-h/templ"
)

type pages struct {
	*site.Site
	roster         *roster.Service
	qualifications *qualification.Service
}

// Register adds the pages.
func Register(s *site.Site, ro *roster.Service, q *qualification.Service) {
	p := pages{s, ro, q}
	door.Partner(s, "GET /people", p.list)
	door.Exports(s, door.Partner, "/people", p.export)
	door.Partner(s, "GET /people/new", p.newForm)
	door.Partner(s, "POST /people/new", p.create)
	door.Partner(s, "GET /people/{binding}", p.person)
	door.Partner(s, "GET /people/{binding}/edit", p.editForm)
	door.Partner(s, "POST /people/{binding}/edit", p.edit)
	door.Partner(s, "GET /people/{binding}/certificates/new", p.certificateForm)
	door.Partner(s, "POST /people/{binding}/certificates/new", p.certificate)
	door.Partner(s, "GET /people/{binding}/certificates/{certificate}", p.certificateForm)
	door.Partner(s, "POST /people/{binding}/certificates/{certificate}", p.certificate)
	door.Vendor(s, "GET", "/people/{binding}/certificates/{certificate}/revoke", p.revokeForm)
	door.Vendor(s, "POST", "/people/{binding}/certificates/{certificate}/revoke", p.revoke)

	door.Partner(s, "GET /people/exits", p.exits)
	door.Exports(s, door.Partner, "/people/exits", p.exportExits)
	door.Exports(s, door.Partner, "/people/vacancies", p.exportVacancies)
	door.Partner(s, "GET /people/exits/new", p.exitForm)
	door.Partner(s, "GET /people/exits/preview", p.exitPreview)
	door.Partner(s, "POST /people/exits", p.exit)

	door.Partner(s, "GET /imports", p.imports)
	door.Exports(s, door.Partner, "/imports", p.exportImports)
	door.Exports(s, door.Partner, "/imports/template", p.template)
	door.Partner(s, "POST /imports", p.upload)
	door.Partner(s, "GET /imports/{import}", p.importPage)
	door.Partner(s, "GET /imports/{import}/errors.csv", p.importErrors)
	door.Partner(s, "POST /imports/{import}/confirm", p.confirmImport)
	door.Partner(s, "GET /imports/{import}/cancel", p.cancelForm)
	door.Partner(s, "POST /imports/{import}/cancel", p.cancelImport)
}

// months are how far the map of expiries looks ahead.
const months = 12

func (p pages) list(w http.ResponseWriter, r *http.Request, d door.Door) error {
	ctx, by, f := r.Context(), site.By(r), roster.ParseFilter(r.URL.Query())
	found, err := p.roster.List(ctx, by, d.Account, f)
	if err != nil {
		return err
	}
	counts, err := p.roster.Counts(ctx, by, d.Account)
	if err != nil {
		return err
	}
	heat, err := p.roster.Expiries(ctx, by, d.Account, months)
	if err != nil {
		return err
	}
	v := listView{door.See(p.Site, r, d), f, found, counts, heat}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

func (p pages) export(r *http.Request, d door.Door) (door.Table, error) {
	header, rows, err := p.roster.Export(r.Context(), site.By(r), d.Account, roster.ParseFilter(r.URL.Query()))
	return door.Table{Name: "people", Header: header, Rows: rows}, err
}

func (p pages) newForm(w http.ResponseWriter, r *http.Request, d door.Door) error {
	return p.Show(w, r, http.StatusOK, newPage(door.See(p.Site, r, d)))
}

func (p pages) create(w http.ResponseWriter, r *http.Request, d door.Door) error {
	e, err := p.entry(w, r)
	if err != nil {
		return err
	}
	id := ""
	if err = e.errs.Err(); err == nil {
		id, err = p.roster.Bind(r.Context(), site.By(r), d.Account, e.Entry)
	}
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component { return newPage(door.See(p.Site, r, d, errs...)) })
	}
	return p.Go(w, r, d.Path("/people/"+id), i18n.M("people.bound", i18n.A{"name": e.Name}))
}

// typedEntry is a person as a form says it, with what can't be read.
type typedEntry struct {
	roster.Entry
	errs fault.Fields
}

func (p pages) entry(w http.ResponseWriter, r *http.Request) (e typedEntry, err error) {
	if err := site.Form(w, r); err != nil {
		return e, err
	}
	e.Number, e.Name, e.Email = r.PostFormValue("number"), r.PostFormValue("name"), r.PostFormValue("email")
	e.BoundOn = day(&e.errs, r, "bound_on")
	e.Registered = r.PostFormValue("registered") != ""
	return e, nil
}
