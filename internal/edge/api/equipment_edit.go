package api

import (
	"context"

	"hanse/internal/domain/equipment"
	"hanse/internal/kit/actor"
)

const equipmentProjectsPath = "/api/v1/equipment-projects"

// DeviceIn is a device as its keeper writes it, whole: what is left out is empty.
type DeviceIn struct {
	Product    string `json:"product" maxLength:"512"`
	Project    string `json:"project,omitempty" maxLength:"512" doc:"Number or name of a project that is there"`
	Customer   string `json:"customer,omitempty" maxLength:"512" doc:"Name or account id; one who has no account is kept by name"`
	Partner    string `json:"partner,omitempty" maxLength:"512" doc:"Name or account id of who ordered it; empty = the vendor itself"`
	Site       string `json:"site,omitempty" maxLength:"1024"`
	Delivered  string `json:"delivered_on,omitempty" maxLength:"40" doc:"2026-11-20"`
	Maintained string `json:"maintained_until,omitempty" maxLength:"40" doc:"The last day; empty = no maintenance"`
}

func (d DeviceIn) form(serial string, edition int64) equipment.Form {
	return equipment.Form{Serial: serial, Product: d.Product, Project: d.Project, Customer: d.Customer, Partner: d.Partner, Site: d.Site, Delivered: d.Delivered,
		MaintainedUntil: d.Maintained, Edition: edition}
}

type devicePath struct {
	Serial string `path:"serial" maxLength:"64"`
}

type equipmentProjectPath struct {
	Project string `path:"project" maxLength:"128" doc:"Its key"`
}

func (a *API) equipmentEdits() {
	add(a, Operation{Method: "POST", Path: equipmentPath, ID: "add_equipment", Tag: equipmentTag, Status: 201, Summary: "Enter a device", Verb: actor.EditEquipment},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Serial string `json:"serial_number" maxLength:"512"`
				DeviceIn
			}
		}) (Device, error) {
			i, err := a.Equipment.Add(ctx, by, in.Body.form(in.Body.Serial, 0))
			return a.toDevice(i), err
		})
	add(a, Operation{Method: "PUT", Path: equipmentPath + "/{serial}", ID: "change_equipment", Tag: equipmentTag, Verb: actor.EditEquipment,
		Summary: "Enter what a device says now: maintenance, site, customer, who ordered it"},
		func(ctx context.Context, by actor.Actor, in *struct {
			devicePath
			Body struct {
				DeviceIn
				AtEdition
			}
		}) (Device, error) {
			i, err := a.Equipment.Change(ctx, by, in.Serial, in.Body.form(in.Serial, in.Body.Edition))
			return a.toDevice(i), err
		})
	a.equipmentProjects()
}

func (a *API) equipmentProjects() {
	add(a, Operation{Method: "GET", Path: equipmentProjectsPath + "/{project}", ID: "show_equipment_project", Tag: equipmentTag, Summary: "One project by its key", Verb: actor.ViewEquipment},
		func(ctx context.Context, by actor.Actor, in *equipmentProjectPath) (EquipmentProject, error) {
			p, err := a.Equipment.Project(ctx, by, in.Project)
			return toProject(p), err
		})
	add(a, Operation{Method: "POST", Path: equipmentProjectsPath, ID: "add_equipment_project", Tag: equipmentTag, Status: 201, Summary: "Enter a project", Verb: actor.EditEquipment},
		func(ctx context.Context, by actor.Actor, in *struct {
			Body struct {
				Number   string `json:"project_number,omitempty" maxLength:"512" doc:"A number or a name is needed"`
				Name     string `json:"project_name,omitempty" maxLength:"512"`
				Customer string `json:"customer,omitempty" maxLength:"512" doc:"Name or account id"`
				Partner  string `json:"partner,omitempty" maxLength:"512" doc:"Name or account id of who ordered; empty = the vendor itself"`
			}
		}) (EquipmentProject, error) {
			b := in.Body
			p, err := a.Equipment.AddProject(ctx, by, equipment.ProjectForm{Number: b.Number, Name: b.Name, Customer: b.Customer, Partner: b.Partner})
			return toProject(p), err
		})
	add(a, Operation{Method: "PUT", Path: equipmentProjectsPath + "/{project}", ID: "change_equipment_project", Tag: equipmentTag, Verb: actor.EditEquipment,
		Summary: "Enter what a project says now; its number stays, and the name of one that has none"},
		func(ctx context.Context, by actor.Actor, in *struct {
			equipmentProjectPath
			Body struct {
				Name     string `json:"project_name,omitempty" maxLength:"512"`
				Customer string `json:"customer,omitempty" maxLength:"512"`
				Partner  string `json:"partner,omitempty" maxLength:"512"`
				AtEdition
			}
		}) (EquipmentProject, error) {
			b := in.Body
			p, err := a.Equipment.ChangeProject(ctx, by, in.Project, equipment.ProjectForm{Name: b.Name, Customer: b.Customer, Partner: b.Partner, Edition: b.Edition})
			return toProject(p), err
		})
}
