package notify

import (
	"hanse/internal/domain/equipment"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/i18n"
)

// equipmentRules tell the vendor what became of a file of devices.
func equipmentRules() []func(*Service) rule {
	return []func(*Service) rule{
		on("equipment.imported", func(x equipment.Imported, vendor string) []Note {
			a := i18n.A{"file": i18n.Raw(x.Name), "added": x.Added, "changed": x.Changed, "bad": x.Bad}
			n := Note{Account: vendor, Roles: []actor.Role{actor.VendorAdmin, actor.SupportEngineer}, Quiet: true, Tone: Good, Link: "/equipment/imports/" + x.Import,
				Title: i18n.M("equipment.note.imported", a), Body: i18n.M("equipment.note.imported.body", a)}
			switch {
			case x.State == equipment.Failed:
				n.Tone, n.Title = Bad, i18n.M("equipment.note.failed", a)
			case x.Bad > 0:
				n.Tone = Warn
			}
			return []Note{n}
		}),
	}
}
