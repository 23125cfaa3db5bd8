package equipment

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"hanse/internal/domain/equipment"
	"hanse/internal/edge/portal/door"
	"hanse/internal/edge/portal/site"
	"hanse/internal/edge/portal/ui"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// The addresses of the forms. A device's is no step below the device: a serial number may have any word in it.
const (
	newDevice   = root + "/new"
	editDevice  = root + "/edit/"
	newProject  = projects + "/new"
	editProject = projects + "/edit"
)

func (p pages) registerForms(s *site.Site) {
	s.Page("GET "+newDevice, p.newDevice)
	s.Page("POST "+newDevice, p.addDevice)
	s.Page("GET "+editDevice+"{serial}", p.editDevice)
	s.Page("POST "+editDevice+"{serial}", p.changeDevice)
	s.Page("GET "+newProject, p.newProject)
	s.Page("POST "+newProject, p.addProject)
	s.Page("GET "+editProject, p.editProject)
	s.Page("POST "+editProject, p.changeProject)
}

// newDevice is an empty form; by the way of a project it's one of that project, for its customer, ordered by its partner.
func (p pages) newDevice(w http.ResponseWriter, r *http.Request) error {
	by := site.By(r)
	if err := by.May(actor.EditEquipment); err != nil {
		return err
	}
	v := p.deviceForm(r, equipment.Form{}, "")
	if key := r.URL.Query().Get("project"); key != "" {
		x, err := p.s.Project(r.Context(), by, key)
		if err != nil {
			return err
		}
		v.f = equipment.Form{Project: x.Reference(), Customer: x.CustomerName, Partner: x.PartnerName}
	}
	return p.Show(w, r, http.StatusOK, deviceFormPage(v))
}

func (p pages) deviceForm(r *http.Request, f equipment.Form, serial string) deviceFormView {
	return deviceFormView{View: door.See(p.Site, r, door.Door{}), f: f, serial: serial}
}

// typedDevice is a device as the form has it.
func typedDevice(r *http.Request) equipment.Form {
	v := r.PostFormValue
	return equipment.Form{Serial: v("serial_number"), Product: v("product"), Project: v("project"), Customer: v("customer"), Partner: v("partner"), Site: v("site"),
		Delivered: v("delivered_on"), MaintainedUntil: v("maintained_until"), Edition: edition(r)}
}

// edition is the one that was shown; what is no number fits none.
func edition(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostFormValue("edition"), 10, 64)
	return n
}

func (p pages) addDevice(w http.ResponseWriter, r *http.Request) error {
	return p.saveDevice(w, r, "", p.s.Add, i18n.M("equipment.form.added"))
}

func (p pages) editDevice(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.EditEquipment); err != nil {
		return err
	}
	i, err := p.s.Get(r.Context(), site.By(r), r.PathValue("serial"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, deviceFormPage(p.deviceForm(r, i.Form(), i.Serial)))
}

func (p pages) changeDevice(w http.ResponseWriter, r *http.Request) error {
	serial := r.PathValue("serial")
	return p.saveDevice(w, r, serial, func(ctx context.Context, by actor.Actor, f equipment.Form) (equipment.Item, error) {
		return p.s.Change(ctx, by, serial, f)
	}, i18n.M("equipment.form.changed"))
}

func (p pages) saveDevice(w http.ResponseWriter, r *http.Request, serial string, save func(context.Context, actor.Actor, equipment.Form) (equipment.Item, error), done i18n.Msg) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	f := typedDevice(r)
	i, err := save(r.Context(), site.By(r), f)
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v := p.deviceForm(r, f, serial)
			v.Errs = errs
			return deviceFormPage(v)
		})
	}
	return p.Go(w, r, root+"/"+url.PathEscape(i.Serial), done)
}

func (p pages) newProject(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.EditEquipment); err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, projectFormPage(p.projectForm(r, equipment.ProjectForm{}, "")))
}

func (p pages) projectForm(r *http.Request, f equipment.ProjectForm, key string) projectFormView {
	return projectFormView{View: door.See(p.Site, r, door.Door{}), f: f, key: key}
}

func (p pages) addProject(w http.ResponseWriter, r *http.Request) error {
	return p.saveProject(w, r, "", p.s.AddProject, i18n.M("equipment.form.project_added"))
}

func (p pages) editProject(w http.ResponseWriter, r *http.Request) error {
	if err := site.By(r).May(actor.EditEquipment); err != nil {
		return err
	}
	x, err := p.s.Project(r.Context(), site.By(r), r.URL.Query().Get("project"))
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, projectFormPage(p.projectForm(r, x.Form(), x.Key)))
}

func (p pages) changeProject(w http.ResponseWriter, r *http.Request) error {
	key := r.URL.Query().Get("project")
	return p.saveProject(w, r, key, func(ctx context.Context, by actor.Actor, f equipment.ProjectForm) (equipment.Project, error) {
		return p.s.ChangeProject(ctx, by, key, f)
	}, i18n.M("equipment.form.project_changed"))
}

func (p pages) saveProject(w http.ResponseWriter, r *http.Request, key string, save func(context.Context, actor.Actor, equipment.ProjectForm) (equipment.Project, error), done i18n.Msg) error {
	if err := site.Form(w, r); err != nil {
		return err
	}
	v := r.PostFormValue
	f := equipment.ProjectForm{Number: v("project_number"), Name: v("project_name"), Customer: v("customer"), Partner: v("partner"), Edition: edition(r)}
	x, err := save(r.Context(), site.By(r), f)
	if err != nil {
		return p.Refused(w, r, err, func(errs []ui.FieldError) templ.Component {
			v := p.projectForm(r, f, key)
			v.Errs = errs
			return projectFormPage(v)
		})
	}
	return p.Go(w, r, door.With(root, url.Values{"project": {x.Key}}), done)
}

// deviceFormView is the form of a device; serial is that of one that is there.
type deviceFormView struct {
	door.View
	f      equipment.Form
	serial string
}

func (v deviceFormView) action() string {
	if v.serial == "" {
		return newDevice
	}
	return editDevice + url.PathEscape(v.serial)
}

func (v deviceFormView) title() i18n.Msg {
	if v.serial == "" {
		return i18n.M("equipment.form.new")
	}
	return i18n.M("equipment.form.edit", i18n.A{"name": v.serial})
}

// back is where one goes without saving.
func (v deviceFormView) back() string {
	if v.serial == "" {
		return root
	}
	return root + "/" + url.PathEscape(v.serial)
}

// projectFormView is the form of a project; key is that of one that is there.
type projectFormView struct {
	door.View
	f   equipment.ProjectForm
	key string
}

func (v projectFormView) action() string {
	if v.key == "" {
		return newProject
	}
	return door.With(editProject, url.Values{"project": {v.key}})
}

func (v projectFormView) title() i18n.Msg {
	if v.key == "" {
		return i18n.M("equipment.form.project_new")
	}
	return i18n.M("equipment.form.edit", i18n.A{"name": equipment.Project{Number: v.f.Number, Name: v.f.Name}.Title()})
}

func (v projectFormView) back() string {
	if v.key == "" {
		return projects
	}
	return door.With(root, url.Values{"project": {v.key}})
}

// byName tells whether the project is known by its name, which therefore stays.
func (v projectFormView) byName() bool { return v.key != "" && v.f.Number == "" }

// entry is a line of a form, as it was typed or as it stands.
func entry(v door.View, name, label, value string) ui.FieldView {
	return ui.FieldView{Name: name, Label: label, Value: v.Value(name, value), Error: v.Error(name)}
}

func hinted(f ui.FieldView, hint string) ui.FieldView {
	f.Hint = hint
	return f
}

func required(f ui.FieldView) ui.FieldView {
	f.Required = true
	return f
}

func dated(f ui.FieldView) ui.FieldView {
	f.Type, f.Width = "date", ui.Medium
	return f
}

func fixed(f ui.FieldView, yes bool) ui.FieldView {
	f.ReadOnly = f.ReadOnly || yes
	return f
}
