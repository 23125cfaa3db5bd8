package equipment

import (
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
	"hanse/internal/kit/text"
)

// A Form is a device as somebody types it. Project is the number or name of one that is there; companies are written by
// name or id, "" = none (of a customer), the vendor itself (as who ordered it); days as 2026-11-20.
type Form struct {
	Serial, Product, Project, Customer, Partner, Site, Delivered, MaintainedUntil string
	Edition                                                                       int64 // as it was read; none for a new one
}

// The names of a form's entries in refusals that aren't those of a file's columns.
const (
	projectEntry   = "project"
	deliveredEntry = "delivered_on"
)

// Form is the device as a form shows it before anything is typed.
func (i Item) Form() Form {
	p := Project{Number: i.ProjectNumber, Name: i.ProjectName}
	return Form{i.Serial, i.Product, p.Reference(), i.CustomerName, i.PartnerName, i.Site, dayText(i.Delivered), dayText(i.MaintainedUntil), i.Edition}
}

// Reference is what a form writes for the project: its number, or its name when it has none.
func (p Project) Reference() string {
	if p.Number != "" {
		return p.Number
	}
	return p.Name
}

// Add enters a device. The vendor's administrators, support engineers and channel managers may. Invalid names every entry
// that can't be, also a serial number that is there.
func (s *Service) Add(ctx context.Context, by actor.Actor, f Form) (Item, error) {
	if err := by.May(actor.EditEquipment); err != nil {
		return Item{}, err
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		i, fs, err := f.read(ctx, tx, Item{})
		if err != nil {
			return err
		}
		if _, err := oneItem(ctx, tx, i.fold); err == nil {
			fs.Add(colSerial.name(), f.Serial, i18n.M("equipment.form.serial_taken"))
		} else if !errors.Is(err, db.ErrNoRow) {
			return err
		}
		if err := fs.Err(); err != nil {
			return err
		}
		if err := insertItem(ctx, tx, i); err != nil {
			return taken(err, colSerial.name(), f.Serial, i18n.M("equipment.form.serial_taken"))
		}
		return note(ctx, tx, by, "equipment", i.Serial, map[string]any{"did": "add", "product": i.Product})
	})
	if err != nil {
		return Item{}, err
	}
	return s.Get(ctx, by, f.Serial)
}

// Change enters what a device says now; its serial number stays. Who may is as for Add. NotFound for a serial number that
// isn't there, Invalid as Add, Conflict when somebody, or an import, was faster.
func (s *Service) Change(ctx context.Context, by actor.Actor, serial string, f Form) (Item, error) {
	if err := by.May(actor.EditEquipment); err != nil {
		return Item{}, err
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		old, err := oneItem(ctx, tx, text.Fold(serial))
		if errors.Is(err, db.ErrNoRow) {
			return fault.NotFound()
		}
		if err == nil {
			err = complete(ctx, tx, []Item{old}, func(x []Item) { old = x[0] })
		}
		if err != nil {
			return err
		}
		f.Serial = old.Serial
		i, fs, err := f.read(ctx, tx, old)
		if err == nil {
			err = fs.Err()
		}
		if err != nil {
			return err
		}
		if err := updateItem(ctx, tx, i, f.Edition); err != nil {
			return faster(err)
		}
		return note(ctx, tx, by, "equipment", i.Serial, map[string]any{"did": "change", "changed": changed(old.Row(), i.Row(), Columns())})
	})
	if err != nil {
		return Item{}, err
	}
	return s.Get(ctx, by, serial)
}

// read checks a form as an import checks a row, and finds out who and which project is meant.
func (f Form) read(ctx context.Context, tx *db.Tx, old Item) (Item, fault.Fields, error) {
	p := typed(map[column]string{colSerial: f.Serial, colProduct: f.Product, colCustomer: f.Customer, colPartner: f.Partner, colSite: f.Site,
		colDelivered: f.Delivered, colMaintained: f.MaintainedUntil})
	fs, err := p.resolve(ctx, tx, old)
	if err != nil || strings.TrimSpace(f.Project) == "" {
		return p.Item, fs, err
	}
	project, err := oneProject(ctx, tx, text.Fold(f.Project))
	if errors.Is(err, db.ErrNoRow) {
		fs.Add(projectEntry, f.Project, i18n.M("equipment.form.no_project"))
		return p.Item, fs, nil
	}
	p.Project, p.ProjectNumber, p.ProjectName = project.Key, project.Number, project.Name
	return p.Item, fs, err
}

// typed reads entries as those of a row.
func typed(cells map[column]string) parser {
	s := &scanner{seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
	raw := sheet.Row{Cells: make([]string, columns)}
	for c := range columns {
		s.at[c], raw.Cells[c] = int(c), cells[c]
	}
	p := parser{s: s, raw: raw}
	p.item()
	return p
}

// resolve names the accounts, and says everything that is wrong. A company that stands as it stood is the same one, also
// when several have its name.
func (p *parser) resolve(ctx context.Context, q db.Querier, old Item) (fs fault.Fields, err error) {
	asked := p.Item
	if old.Customer != "" && asked.CustomerName == old.CustomerName {
		asked.CustomerName = old.Customer
	}
	if old.Partner != "" && asked.PartnerName == old.PartnerName {
		asked.PartnerName = old.Partner
	}
	who := newDirectory()
	if err := who.learn(ctx, q, []Item{asked}); err != nil {
		return nil, err
	}
	wrong := append(p.errors, who.name(&asked, 0)...)
	slices.SortStableFunc(wrong, func(a, b RowError) int { return int(a.place - b.place) })
	for _, e := range wrong {
		name := e.Column
		if e.place == colDelivered {
			name = deliveredEntry
		}
		fs.Add(name, e.Value, i18n.M("equipment.form.why", i18n.A{"reason": e.Reason, "remedy": e.Remedy}))
	}
	p.Customer, p.Partner = asked.Customer, asked.Partner
	return fs, nil
}

// A ProjectForm is a project as somebody types it; companies as in a Form.
type ProjectForm struct {
	Number, Name, Customer, Partner string
	Edition                         int64 // as it was read; none for a new one
}

// Form is the project as a form shows it before anything is typed.
func (p Project) Form() ProjectForm {
	return ProjectForm{p.Number, p.Name, p.CustomerName, p.PartnerName, p.Edition}
}

// AddProject enters a project, which has a number or a name. Who may is as for Add. Invalid names every entry that can't
// be, also a number that is there.
func (s *Service) AddProject(ctx context.Context, by actor.Actor, f ProjectForm) (Project, error) {
	if err := by.May(actor.EditEquipment); err != nil {
		return Project{}, err
	}
	var p Project
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		var fs fault.Fields
		if p, fs, err = f.read(ctx, tx, Project{}); err != nil {
			return err
		}
		if p.Key == "" && len(fs) == 0 {
			fs.Add(colNumber.name(), "", i18n.M("equipment.form.nameless"))
		}
		if _, err := oneProject(ctx, tx, p.Key); err == nil {
			fs.Add(p.entry(), p.Reference(), i18n.M("equipment.form.project_taken"))
		} else if !errors.Is(err, db.ErrNoRow) {
			return err
		}
		if err := fs.Err(); err != nil {
			return err
		}
		if err := insertProject(ctx, tx, p); err != nil {
			return taken(err, p.entry(), p.Reference(), i18n.M("equipment.form.project_taken"))
		}
		return note(ctx, tx, by, "equipment_project", p.Key, map[string]any{"did": "add", "name": p.Title()})
	})
	if err != nil {
		return Project{}, err
	}
	return s.Project(ctx, by, p.Key)
}

// ChangeProject enters what a project says now. What files know it by stays: its number, or its name when it has none. Its
// devices stay as they are. Who may is as for Add; errors as of Change.
func (s *Service) ChangeProject(ctx context.Context, by actor.Actor, key string, f ProjectForm) (Project, error) {
	if err := by.May(actor.EditEquipment); err != nil {
		return Project{}, err
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		old, err := oneProject(ctx, tx, text.Fold(key))
		if errors.Is(err, db.ErrNoRow) {
			return fault.NotFound()
		}
		list := []Project{old}
		if err == nil {
			err = named(ctx, tx, list)
		}
		if err != nil {
			return err
		}
		if old, f.Number = list[0], old.Number; f.Number == "" {
			f.Name = old.Name
		}
		p, fs, err := f.read(ctx, tx, old)
		if err == nil {
			err = fs.Err()
		}
		if err != nil {
			return err
		}
		p.Key = old.Key
		if err := updateProject(ctx, tx, p, f.Edition); err != nil {
			return faster(err)
		}
		return note(ctx, tx, by, "equipment_project", p.Key, map[string]any{"did": "change", "changed": changed(old.Row()[:4], p.Row()[:4], ProjectColumns[:4])})
	})
	if err != nil {
		return Project{}, err
	}
	return s.Project(ctx, by, key)
}

func (f ProjectForm) read(ctx context.Context, tx *db.Tx, old Project) (Project, fault.Fields, error) {
	p := typed(map[column]string{colSerial: anySerial, colProduct: anySerial, colNumber: f.Number, colProject: f.Name, colCustomer: f.Customer, colPartner: f.Partner})
	fs, err := p.resolve(ctx, tx, Item{Customer: old.Customer, CustomerName: old.CustomerName, Partner: old.Partner, PartnerName: old.PartnerName})
	return Project{Key: p.Project, Number: p.ProjectNumber, Name: p.ProjectName, Customer: p.Customer, CustomerName: p.CustomerName, Partner: p.Partner, PartnerName: p.PartnerName}, fs, err
}

// anySerial stands where a project's form has nothing.
const anySerial = "none"

// entry is the one that a project is known by.
func (p Project) entry() string {
	if p.Number == "" && p.Name != "" {
		return colProject.name()
	}
	return colNumber.name()
}

// named gives projects the names of their accounts.
func named(ctx context.Context, q db.Querier, list []Project) error {
	names, err := account.Names(ctx, q, companies(list))
	for n := range list {
		p := &list[n]
		p.PartnerName = names[p.Partner]
		if name := names[p.Customer]; name != "" {
			p.CustomerName = name
		}
	}
	return err
}

// changed lists the columns in which two rows differ.
func changed(old, now, names []string) (out []string) {
	for n, name := range names {
		if old[n] != now[n] {
			out = append(out, name)
		}
	}
	return out
}

func note(ctx context.Context, tx *db.Tx, by actor.Actor, kind, id string, detail map[string]any) error {
	return audit.Record(ctx, tx, by, actor.EditEquipment, audit.Subject{Kind: kind, ID: id, Account: by.Account}, detail)
}

// taken refuses what somebody entered at the same moment.
func taken(err error, name, value string, why i18n.Msg) error {
	if !errors.Is(err, db.ErrNoRow) {
		return err
	}
	var fs fault.Fields
	fs.Add(name, value, why)
	return fs.Err()
}

// faster says that what was shown isn't what stands there any more.
func faster(err error) error {
	if errors.Is(err, db.ErrNoRow) {
		return fault.Conflict(i18n.M("equipment.form.faster"))
	}
	return err
}
