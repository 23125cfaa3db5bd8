package api

import (
	"context"
	"io"
	"time"

	"hanse/internal/domain/equipment"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/i18n"
)

// Device is one piece of the installed base.
type Device struct {
	Serial       string       `json:"serial_number"`
	Product      string       `json:"product"`
	Project      string       `json:"project_number,omitempty"`
	ProjectName  string       `json:"project_name,omitempty"`
	Customer     string       `json:"customer_id,omitempty" doc:"Absent when the customer isn't an account here"`
	CustomerName string       `json:"customer_name,omitempty"`
	Partner      string       `json:"partner_id,omitempty" doc:"Who ordered it, and serves it while it's maintained; absent = the vendor"`
	PartnerName  string       `json:"partner_name,omitempty"`
	Site         string       `json:"site,omitempty"`
	Delivered    calendar.Day `json:"delivered_on,omitzero" format:"date"`
	Maintained   calendar.Day `json:"maintained_until,omitzero" format:"date" doc:"The last day"`
	State        string       `json:"maintenance" enum:"maintained,ending,ended"`
	ChangedAt    time.Time    `json:"changed_at"`
	Edition      int64        `json:"edition" doc:"Send it back with a change: a stale one is refused"`
}

func (a *API) toDevice(i equipment.Item) Device {
	return Device{i.Serial, i.Product, i.ProjectNumber, i.ProjectName, i.Customer, i.CustomerName, i.Partner, i.PartnerName, i.Site, i.Delivered, i.MaintainedUntil,
		string(i.StateOn(a.Equipment.Today())), i.ChangedAt, i.Edition}
}

// EquipmentProject is what devices were delivered for.
type EquipmentProject struct {
	Key          string `json:"key"`
	Number       string `json:"number,omitempty"`
	Name         string `json:"name,omitempty"`
	Customer     string `json:"customer_id,omitempty"`
	CustomerName string `json:"customer_name,omitempty"`
	Partner      string `json:"partner_id,omitempty"`
	PartnerName  string `json:"partner_name,omitempty"`
	Devices      int64  `json:"devices"`
	Maintained   int64  `json:"maintained"`
	Edition      int64  `json:"edition" doc:"Send it back with a change: a stale one is refused"`
}

func toProject(p equipment.Project) EquipmentProject {
	return EquipmentProject{p.Key, p.Number, p.Name, p.Customer, p.CustomerName, p.Partner, p.PartnerName, p.Devices, p.Maintained, p.Edition}
}

// EquipmentImport is the upload of a file of devices and what becomes of it.
type EquipmentImport struct {
	ID         string    `json:"id"`
	FileName   string    `json:"file_name"`
	Size       int64     `json:"size"`
	SHA256     string    `json:"sha256"`
	State      string    `json:"state" enum:"checking,ready,writing,done,failed,cancelled" doc:"Confirm it when it's ready"`
	By         string    `json:"by"`
	Rows       int64     `json:"rows" doc:"An estimate until the file was read to its end"`
	Position   int64     `json:"position"`
	Added      int64     `json:"added" doc:"What would be added while it's ready, what was added when it's done"`
	Changed    int64     `json:"changed"`
	Same       int64     `json:"same"`
	Refused    int64     `json:"refused"`
	Errors     int64     `json:"errors" doc:"Entries to correct, in all"`
	Failure    string    `json:"failure,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
}

func toEquipmentImport(ctx context.Context) func(equipment.Import) EquipmentImport {
	return func(i equipment.Import) EquipmentImport {
		return EquipmentImport{i.ID, i.FileName, i.Size, i.Hash, string(i.State), i.ByName, i.Rows, i.Position, i.Added, i.Changed, i.Same, i.Bad, i.Errors,
			i18n.Say(ctx, i.Failure), i.CreatedAt, i.FinishedAt}
	}
}

const equipmentPath, equipmentTag = "/api/v1/equipment", "equipment"

func (a *API) equipmentOperations() {
	add(a, Operation{Method: "GET", Path: equipmentPath, ID: "list_equipment", Tag: equipmentTag, Verb: actor.ViewEquipment,
		Summary: "Devices by serial number: all for the vendor, what it ordered for a partner, its own for a customer"},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Search   string `query:"search" maxLength:"128" doc:"Beginning of a serial number, else a part of product, customer or site"`
			Project  string `query:"project" maxLength:"128" doc:"Key of a project"`
			Partner  string `query:"partner" maxLength:"64"`
			Customer string `query:"customer" maxLength:"64" doc:"A partner names itself to see what it has, not what it ordered"`
			State    string `query:"maintenance" enum:"maintained,ending,ended"`
		}) (out struct {
			Devices []Device `json:"equipment"`
			Next    string   `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Equipment.List(ctx, by, equipment.Filter{Search: in.Search, Project: in.Project, Partner: in.Partner, Customer: in.Customer,
				State: equipment.State(in.State), After: in.Cursor, Limit: in.Limit})
			out.Devices, out.Next = each(list, a.toDevice), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: equipmentPath + "/{serial}", ID: "show_equipment", Tag: equipmentTag, Summary: "One device by its serial number", Verb: actor.ViewEquipment},
		func(ctx context.Context, by actor.Actor, in *devicePath) (Device, error) {
			i, err := a.Equipment.Get(ctx, by, in.Serial)
			return a.toDevice(i), err
		})
	add(a, Operation{Method: "GET", Path: equipmentProjectsPath, ID: "list_equipment_projects", Tag: equipmentTag, Summary: "Projects and how many devices each has for the reader", Verb: actor.ViewEquipment},
		func(ctx context.Context, by actor.Actor, in *struct {
			PageIn
			Search string `query:"search" maxLength:"128"`
		}) (out struct {
			Projects []EquipmentProject `json:"projects"`
			Next     string             `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Equipment.Projects(ctx, by, in.Search, in.Cursor, in.Limit)
			out.Projects, out.Next = each(list, toProject), next
			return out, err
		})
	a.equipmentEdits()
	a.equipmentImports()
}

const equipmentImportsPath = "/api/v1/equipment-imports"

type equipmentImportPath struct {
	Import string `path:"import" maxLength:"40"`
}

func (a *API) equipmentImports() {
	const path = equipmentImportsPath
	type importPath = equipmentImportPath
	add(a, Operation{Method: "POST", Path: path, ID: "upload_equipment", Tag: equipmentTag, Status: 202, Verb: actor.ImportEquipment, Takes: []string{typeCSV, typeXLSX, typeForm},
		Summary: "Upload a file of devices; it's compared with what is there, and taken when it's confirmed"},
		func(ctx context.Context, by actor.Actor, in *struct {
			Name string `query:"name" maxLength:"200" doc:"Name of the file, when the body is the file itself"`
		}) (EquipmentImport, error) {
			if err := by.May(actor.ImportEquipment); err != nil {
				return EquipmentImport{}, err // before the file is read
			}
			file, err := upload(ctx, equipment.MaxUpload+1<<20, in.Name)
			if err != nil {
				return EquipmentImport{}, err
			}
			i, err := a.Equipment.Upload(ctx, by, file.name, file)
			return toEquipmentImport(ctx)(i), err
		})
	add(a, Operation{Method: "GET", Path: path, ID: "list_equipment_imports", Tag: equipmentTag, Summary: "Imports of devices, newest first", Verb: actor.ImportEquipment},
		func(ctx context.Context, by actor.Actor, in *PageIn) (out struct {
			Imports []EquipmentImport `json:"imports"`
			Next    string            `json:"next_cursor,omitempty"`
		}, err error) {
			list, next, err := a.Equipment.Imports(ctx, by, in.Cursor, in.Limit)
			out.Imports, out.Next = each(list, toEquipmentImport(ctx)), next
			return out, err
		})
	add(a, Operation{Method: "GET", Path: path + "/{import}", ID: "show_equipment_import", Tag: equipmentTag, Summary: "How far an import is", Verb: actor.ImportEquipment},
		func(ctx context.Context, by actor.Actor, in *importPath) (EquipmentImport, error) {
			i, err := a.Equipment.Import(ctx, by, in.Import)
			return toEquipmentImport(ctx)(i), err
		})
	add(a, Operation{Method: "POST", Path: path + "/{import}/confirm", ID: "confirm_equipment_import", Tag: equipmentTag, Summary: "Take the good rows of an import that is ready", Verb: actor.ImportEquipment},
		func(ctx context.Context, by actor.Actor, in *importPath) (none, error) {
			return none{}, a.Equipment.Confirm(ctx, by, in.Import)
		})
	add(a, Operation{Method: "POST", Path: path + "/{import}/cancel", ID: "cancel_equipment_import", Tag: equipmentTag, Summary: "Drop an import; rows that were taken stay", Verb: actor.ImportEquipment},
		func(ctx context.Context, by actor.Actor, in *importPath) (none, error) {
			return none{}, a.Equipment.Cancel(ctx, by, in.Import)
		})
	a.equipmentErrors()
}

func (a *API) equipmentErrors() {
	const path = equipmentImportsPath
	type importPath = equipmentImportPath
	add(a, Operation{Method: "GET", Path: path + "/{import}/errors", ID: "list_equipment_errors", Tag: equipmentTag, Summary: "Entries to correct, in the order of the file; the first thousand are kept", Verb: actor.ImportEquipment},
		func(ctx context.Context, by actor.Actor, in *struct {
			importPath
			After int64 `query:"after" minimum:"0" doc:"The last line seen"`
			Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		}) (out struct {
			Errors []RowError `json:"errors"`
		}, err error) {
			list, err := a.Equipment.RowErrors(ctx, by, in.Import, in.After, in.Limit)
			out.Errors = each(list, func(e equipment.RowError) RowError {
				return RowError{e.Line, e.Column, e.Value, i18n.Say(ctx, e.Reason), i18n.Say(ctx, e.Remedy)}
			})
			return out, err
		})
	addFile(a, Operation{Method: "GET", Path: path + "/{import}/errors.csv", ID: "download_equipment_errors", Tag: equipmentTag, Verb: actor.ImportEquipment, Gives: []string{typeCSV},
		Summary: "The bad rows with their reasons, to correct and upload again"},
		func(ctx context.Context, by actor.Actor, in *importPath) (document, error) {
			if _, err := a.Equipment.Import(ctx, by, in.Import); err != nil {
				return document{}, err
			}
			return document{name: "errors.csv", media: typeCSV, write: func(w io.Writer) error {
				return a.Equipment.WriteErrors(ctx, by, in.Import, i18n.From(ctx).Lang, w)
			}}, nil
		})
}
