package equipment_test

import (
	"strings"
	"testing"

	"hanse/internal/domain/equipment"
	"hanse/internal/domain/fixture"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

// refused names the entries of a refusal, in order.
func refused(err error) string {
	f := fault.Of(err)
	if f == nil {
		return ""
	}
	names := []string{string(f.Kind)}
	for _, x := range f.Fields {
		names = append(names, x.Name)
	}
	return strings.Join(names, " ")
}

func TestADeviceAndAProjectAreEnteredByAFormAsByAFile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		b, ctx := newBase(t, d, c), t.Context()
		until := b.today.AddDays(30).String()
		p, err := b.s.AddProject(ctx, b.vendor, equipment.ProjectForm{Number: "P-9", Name: "Quay", Customer: "harbour", Partner: "North"})
		if err != nil || p.Key != "p-9" || p.Customer != b.harbour.Account || p.Partner != b.north.Account || p.Edition != 1 {
			t.Fatalf("AddProject = %+v, %v", p, err)
		}
		i, err := b.s.Add(ctx, b.vendor, equipment.Form{Serial: "SN-9", Product: "S6730", Project: "p-9", Customer: "Harbour", Partner: b.north.Account, Site: "Pier 9",
			Delivered: "2025-01-15", MaintainedUntil: until})
		if err != nil || i.Project != "p-9" || i.ProjectName != "Quay" || i.PartnerName != "North" || i.Customer != b.harbour.Account || i.MaintainedUntil.String() != until || i.Edition != 1 {
			t.Fatalf("Add = %+v, %v", i, err)
		}
		if got, ok, err := equipment.Find(ctx, d.Read(), b.harbour.Account, "sn-9", b.today); err != nil || !ok || got.OrderedBy() != b.north.Account {
			t.Errorf("a fault of the device: %+v, %t, %v, want it with who ordered it", got, ok, err)
		}
		f := i.Form()
		f.Partner, f.MaintainedUntil, f.Project = "", "", ""
		changed, err := b.s.Change(ctx, b.vendor, "sn-9", f)
		if err != nil || changed.Partner != "" || !changed.MaintainedUntil.IsNone() || changed.Project != "" || changed.Customer != b.harbour.Account || changed.Edition != 2 {
			t.Errorf("Change = %+v, %v", changed, err)
		}
		if _, err := b.s.Change(ctx, b.vendor, "SN-9", f); refused(err) != string(fault.KindConflict) {
			t.Errorf("the edition of before: %v, want a conflict", err)
		}
		b.take(b.device("SN-9", "Harbour", "North", 10))
		if _, err := b.s.Change(ctx, b.vendor, "SN-9", changed.Form()); refused(err) != string(fault.KindConflict) {
			t.Errorf("after an import: %v, want a conflict", err)
		}
		pf := p.Form()
		pf.Number, pf.Name, pf.Partner = "another", "Quay 2", "South"
		if p, err = b.s.ChangeProject(ctx, b.vendor, "P-9", pf); err != nil || p.Number != "P-9" || p.Name != "Quay 2" || p.Partner != b.south.Account || p.Edition != 2 {
			t.Errorf("ChangeProject = %+v, %v, want its number kept", p, err)
		}
		if _, err := b.s.ChangeProject(ctx, b.vendor, "P-9", pf); refused(err) != string(fault.KindConflict) {
			t.Errorf("a project of before: %v, want a conflict", err)
		}
	})
}

func TestAFormTellsEverythingThatIsWrongAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		b, ctx := newBase(t, d, c), t.Context()
		first, _ := b.Partner("Twin"), b.Partner("Twin")
		b.take(b.device("SN-1", "Harbour", "North", 5), "SN-2,Switch,,Tower,,,,,\n")
		_, err := b.s.Add(ctx, b.vendor, equipment.Form{Serial: "x", Project: "nowhere", Customer: strings.Repeat("0", 32), Partner: "Nobody", Delivered: "2025-13-01", MaintainedUntil: "soon"})
		if want := "invalid serial_number product customer partner delivered_on maintained_until project"; refused(err) != want {
			t.Errorf("Add refuses %q, want %q", refused(err), want)
		}
		if _, err := b.s.Add(ctx, b.vendor, equipment.Form{Serial: "sn-1", Product: "S1", Partner: "Twin"}); refused(err) != "invalid partner serial_number" {
			t.Errorf("a serial number that is there, of one of two: %q", refused(err))
		}
		i, err := b.s.Add(ctx, b.vendor, equipment.Form{Serial: "SN-3", Product: "S1", Partner: first.Account, Customer: "Elsewhere"})
		fixture.Must(t, err)
		f := i.Form()
		f.Site = "Hill"
		if i, err = b.s.Change(ctx, b.vendor, "SN-3", f); err != nil || i.Partner != first.Account || i.Site != "Hill" || i.CustomerName != "Elsewhere" {
			t.Errorf("a company that stays, though another has its name: %+v, %v", i, err)
		}
		for _, x := range []struct {
			f    equipment.ProjectForm
			want string
		}{
			{equipment.ProjectForm{}, "invalid project_number"},
			{equipment.ProjectForm{Number: "p-1"}, "invalid project_number"},
			{equipment.ProjectForm{Name: "tower", Partner: "Nobody"}, "invalid partner project_name"},
			{equipment.ProjectForm{Number: strings.Repeat("9", 65), Name: "x"}, "invalid project_number"},
		} {
			if _, err := b.s.AddProject(ctx, b.vendor, x.f); refused(err) != x.want {
				t.Errorf("AddProject(%+v) refuses %q, want %q", x.f, refused(err), x.want)
			}
		}
		tower, err := b.s.Project(ctx, b.vendor, "tower")
		fixture.Must(t, err)
		if p, err := b.s.ChangeProject(ctx, b.vendor, "tower", equipment.ProjectForm{Name: "Spire", Partner: "North", Edition: tower.Edition}); err != nil || p.Name != "Tower" || p.Partner != b.north.Account {
			t.Errorf("a project known by its name: %+v, %v, want the name kept", p, err)
		}
		if _, err := b.s.Change(ctx, b.vendor, "SN-99", equipment.Form{Product: "S1"}); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("no device: %v, want nothing found", err)
		}
		if _, err := b.s.Change(ctx, b.north, "SN-1", equipment.Form{Product: "S1"}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a partner: %v, want it denied", err)
		}
	})
}
