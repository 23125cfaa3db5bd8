package matrix_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/contact"
	"hanse/internal/domain/equipment"
	"hanse/internal/domain/taxonomy"
	"hanse/internal/kit/actor"
)

const ofTickets = "it's the same for everybody who opens tickets"

var ownContact = contact.Contact{Way: contact.Mail, Value: "duty@own.example"}

// taxonomyRows are the verbs about what a ticket can be, its contacts, and the installed base.
var taxonomyRows = []row{
	{name: "taxonomy.View", verb: actor.ViewTaxonomy, open: ofTickets, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Taxonomy.View(ctx, by))
	}},
	{name: "taxonomy.Editable", verb: actor.ViewTaxonomy, open: "the vendor's staff alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Taxonomy.Editable(ctx, by))
	}},
	{name: "taxonomy.List", verb: actor.ViewTaxonomy, open: "the vendor's staff alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Taxonomy.List(ctx, by, taxonomy.RegionKind, "", 10))
	}},
	{name: "taxonomy.Get", verb: actor.ViewTaxonomy, open: "the vendor's staff alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Taxonomy.Get(ctx, by, taxonomy.ProblemTypeKind, taxonomy.Billing))
	}},
	{name: "taxonomy.Save", verb: actor.ManageTaxonomy, open: "the vendor's staff alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Taxonomy.Save(ctx, by, taxonomy.Entry{Kind: taxonomy.RegionKind, ID: "nowhere"}))
	}},
	{name: "taxonomy.Retire", verb: actor.ManageTaxonomy, open: "the vendor's staff alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Taxonomy.Retire(ctx, by, taxonomy.RegionKind, "nowhere", 0)
	}},
	{name: "taxonomy.Restore", verb: actor.ManageTaxonomy, open: "the vendor's staff alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Taxonomy.Restore(ctx, by, taxonomy.RegionKind, "nowhere", 0)
	}},

	{name: "contact.Need", verb: actor.OwnContacts, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Contact.Need(ctx, by, ownContact))
	}},
	{name: "contact.Send", verb: actor.OwnContacts, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Contact.Send(ctx, by, ownContact))
	}},
	{name: "contact.Check", verb: actor.OwnContacts, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Contact.Check(ctx, by, ownContact, "x"))
	}},
	{name: "contact.List", verb: actor.OwnContacts, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Contact.List(ctx, by, contact.Filter{}, 0, 10))
	}},

	{name: "equipment.List", verb: actor.ViewEquipment, open: "what isn't one's own is an empty list", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Equipment.List(ctx, by, equipment.Filter{Partner: x.account}))
	}},
	{name: "equipment.Count", verb: actor.ViewEquipment, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Equipment.Count(ctx, by))
	}},
	{name: "equipment.Get", verb: actor.ViewEquipment, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Equipment.Get(ctx, by, x.of("device")))
	}},
	{name: "equipment.Projects", verb: actor.ViewEquipment, open: ownCompanyAlone, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Equipment.Projects(ctx, by, "", "", 10))
	}},
	{name: "equipment.Project", verb: actor.ViewEquipment, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Equipment.Project(ctx, by, x.of("project")))
	}},
	{name: "equipment.Add", verb: actor.EditEquipment, open: "it's about the whole channel", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Equipment.Add(ctx, by, equipment.Form{Serial: x.of("device"), Product: "Switch"}))
	}},
	{name: "equipment.Change", verb: actor.EditEquipment, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Equipment.Change(ctx, by, x.of("device"), equipment.Form{Product: "Switch"}))
	}},
	{name: "equipment.AddProject", verb: actor.EditEquipment, open: "it's about the whole channel", call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Equipment.AddProject(ctx, by, equipment.ProjectForm{Number: x.of("project")}))
	}},
	{name: "equipment.ChangeProject", verb: actor.EditEquipment, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Equipment.ChangeProject(ctx, by, x.of("project"), equipment.ProjectForm{}))
	}},
	{name: "equipment.Upload", verb: actor.ImportEquipment, open: "it's about the whole channel", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Equipment.Upload(ctx, by, "e.csv", strings.NewReader("name\nnothing\n")))
	}},
	{name: "equipment.ImportNow", verb: actor.ImportEquipment, open: "it's about the whole channel", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Equipment.ImportNow(ctx, by, "e.csv", strings.NewReader("name\nnothing\n"), true, nil))
	}},
	{name: "equipment.Confirm", verb: actor.ImportEquipment, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Equipment.Confirm(ctx, by, x.of("equipment"))
	}},
	{name: "equipment.Cancel", verb: actor.ImportEquipment, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Equipment.Cancel(ctx, by, x.of("equipment"))
	}},
	{name: "equipment.Import", verb: actor.ImportEquipment, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Equipment.Import(ctx, by, x.of("equipment")))
	}},
	{name: "equipment.Imports", verb: actor.ImportEquipment, open: "it's about the whole channel", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Equipment.Imports(ctx, by, "", 10))
	}},
	{name: "equipment.RowErrors", verb: actor.ImportEquipment, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Equipment.RowErrors(ctx, by, x.of("equipment"), 0, 10))
	}},
	{name: "equipment.WriteErrors", verb: actor.ImportEquipment, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Equipment.WriteErrors(ctx, by, x.of("equipment"), "en", io.Discard)
	}},
}

// fillEquipment gives the stranger a device.
func fillEquipment(w *world, by, _ actor.Actor) {
	imp, err := w.a.Equipment.ImportNow(w.t.Context(), cli, "e.csv", strings.NewReader(fmt.Sprintf("serial_number,product,project_number,customer,partner\nSTRANGE-1,Switch,STRANGE,%s,%s\n", "Their customer", by.Account)), false, nil)
	must(w.t, err)
	w.stranger.more["device"], w.stranger.more["project"], w.stranger.more["equipment"] = "STRANGE-1", "STRANGE", imp.ID
}
