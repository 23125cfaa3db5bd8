// Package equipment holds the pages of the installed base: a company's devices and projects, the vendor's forms for one
// of them, and its imports of what was delivered.
package equipment

import (
	"net/http"

	"hanse/internal/domain/equipment"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
)

type pages struct {
	*site.Site
	s *equipment.Service
}

// The addresses of the lists.
const (
	root     = "/equipment"
	projects = "/equipment/projects"
	imports  = "/equipment/imports"
)

// Register adds the pages.
func Register(s *site.Site, e *equipment.Service) {
	p := pages{s, e}
	door.Any(s, "GET "+root, p.list)
	door.Exports(s, door.Any, root+"/devices", p.export)
	door.Any(s, "GET "+projects, p.projects)
	door.Exports(s, door.Any, projects+"/list", p.exportProjects)
	door.Any(s, "GET "+root+"/{serial}", p.device)
	p.registerForms(s)
	p.registerImports(s)
}

// filter is what the address asks for. By the vendor's door of a company it's that company's.
func filter(r *http.Request, d door.Door) equipment.Filter {
	q := r.URL.Query()
	f := equipment.Filter{Search: q.Get("q"), Project: q.Get("project"), Partner: q.Get("partner"), Customer: q.Get("customer"), State: equipment.State(q.Get("state")), After: q.Get("after"), Limit: 50}
	if d.Vendor && d.Company.Kind == actor.Customer {
		f.Customer = d.Account
	} else if d.Vendor {
		f.Partner = d.Account
	}
	return f
}

func (p pages) list(w http.ResponseWriter, r *http.Request, d door.Door) (err error) {
	ctx, by := r.Context(), site.By(r)
	v := listView{View: door.See(p.Site, r, d), f: filter(r, d), today: p.s.Today()}
	var next string
	if v.items, next, err = p.s.List(ctx, by, v.f); err != nil {
		return err
	}
	if v.counts, err = p.s.Count(ctx, by); err != nil {
		return err
	}
	if v.f.Project != "" {
		if v.project, err = p.s.Project(ctx, by, v.f.Project); err != nil {
			return err
		}
	}
	v.pager = ui.PagerView{Next: door.After(r, next), Prev: door.FirstOf(r)}
	return p.Show(w, r, http.StatusOK, listPage(v))
}

func (p pages) export(r *http.Request, d door.Door) (door.Table, error) {
	ctx, by, f := r.Context(), site.By(r), filter(r, d)
	f.Limit = 1000
	if _, _, err := p.s.List(ctx, by, f); err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "equipment", Header: append(equipment.Columns(), "customer_id", "partner_id"), Rows: door.Pages(func(after string) ([]equipment.Item, string, error) {
		f.After = after
		return p.s.List(ctx, by, f)
	}, equipment.Item.Row)}, nil
}

func (p pages) projects(w http.ResponseWriter, r *http.Request, d door.Door) error {
	q := r.URL.Query()
	v := projectsView{View: door.See(p.Site, r, d), search: q.Get("q")}
	list, next, err := p.s.Projects(r.Context(), p.reader(r, d), v.search, q.Get("after"), 50)
	if err != nil {
		return err
	}
	v.list, v.pager = list, ui.PagerView{Next: door.After(r, next), Prev: door.FirstOf(r)}
	return p.Show(w, r, http.StatusOK, projectsPage(v))
}

// reader is who reads: by the vendor's door of a company it's as the company sees it.
func (p pages) reader(r *http.Request, d door.Door) actor.Actor {
	by := site.By(r)
	if d.Vendor && by.Can(actor.ViewEquipment) {
		by.Account, by.Kind = d.Account, d.Company.Kind
	}
	return by
}

func (p pages) exportProjects(r *http.Request, d door.Door) (door.Table, error) {
	by, search := p.reader(r, d), r.URL.Query().Get("q")
	if _, _, err := p.s.Projects(r.Context(), by, search, "", 1); err != nil {
		return door.Table{}, err
	}
	return door.Table{Name: "projects", Header: equipment.ProjectColumns, Rows: door.Pages(func(after string) ([]equipment.Project, string, error) {
		return p.s.Projects(r.Context(), by, search, after, 200)
	}, equipment.Project.Row)}, nil
}

func (p pages) device(w http.ResponseWriter, r *http.Request, d door.Door) error {
	i, err := p.s.Get(r.Context(), p.reader(r, d), r.PathValue("serial"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, devicePage(deviceView{door.See(p.Site, r, d), i, p.s.Today()}))
}
