package equipment_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/equipment"
	"hanse/internal/domain/fixture"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
)

// A base is two partners, a customer of the first, and files from the vendor.
type base struct {
	*fixture.World
	t                             testing.TB
	s                             *equipment.Service
	runner                        *jobs.Runner
	vendor, north, south, harbour actor.Actor
	today                         calendar.Day
}

func newBase(t testing.TB, d *db.DB, c *clock.Manual) *base {
	t.Helper()
	files, err := blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	w := fixture.New(t, d)
	b := &base{World: w, t: t, s: equipment.New(d, files), runner: w.Runner(), vendor: w.Vendor()}
	b.s.Register(b.runner)
	b.north, b.south, b.harbour = w.Partner("North"), w.Partner("South"), w.Customer("Harbour")
	b.today = calendar.DayOf(c.Now())
	fixture.Must(t, d.Update(t.Context(), func(tx *db.Tx) error {
		_, err := account.Relate(t.Context(), tx, b.vendor, actor.Associate, b.south.Account, b.harbour.Account, account.Referral)
		return err
	}))
	return b
}

const head = "Serial number,型号,Project no,Project name,Customer,Ordering partner,Site,Delivery day,维保截止日期\n"

// device is a row: who ordered it, whose it is, until when it's maintained, in days from today.
func (b *base) device(serial, customer, partner string, days int) string {
	return fmt.Sprintf("%s,S6730-H24X6C,P-1,Harbour network,%s,%s,Pier 4,2025-01-15,%s\n", serial, customer, partner, b.today.AddDays(days))
}

func (b *base) take(rows ...string) equipment.Import {
	b.t.Helper()
	imp, err := b.s.ImportNow(b.t.Context(), b.vendor, "e.csv", strings.NewReader(head+strings.Join(rows, "")), false, nil)
	fixture.Must(b.t, err)
	return imp
}

func TestDevicesAreTakenBySerialNumberOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		b, ctx := newBase(t, d, c), t.Context()
		b.s.SetChunk(2)
		rows := []string{b.device("210235A1", "harbour", "North", 100), b.device("210235A2", "Harbour", b.north.Account, 10), b.device("210235A3", "Somebody else", "South", -1)}
		if imp := b.take(rows...); imp.State != equipment.Done || imp.Added != 3 || imp.Changed+imp.Same+imp.Bad != 0 || imp.Rows != 3 {
			t.Fatalf("import %+v, want three devices", imp)
		}
		again, err := b.s.ImportNow(ctx, b.vendor, "e.csv", strings.NewReader(head+strings.Join(rows, "")), false, nil)
		if err != nil || again.Same != 3 || again.Added+again.Changed != 0 || again.State != equipment.Done {
			t.Errorf("the same file again: %+v, %v, want nothing taken", again, err)
		}
		if imp := b.take(b.device("210235a1", "harbour", "North", 465)); imp.Changed != 1 || imp.Added != 0 {
			t.Errorf("maintenance renewed: %+v, want one changed", imp)
		}
		got, err := b.s.Get(ctx, b.north, "210235A1")
		if err != nil || got.MaintainedUntil != b.today.AddDays(465) || got.Customer != b.harbour.Account || got.PartnerName != "North" || got.ProjectName != "Harbour network" {
			t.Errorf("Get = %+v, %v", got, err)
		}
		if p, err := b.s.Project(ctx, b.north, "p-1"); err != nil || p.Devices != 2 || p.Maintained != 2 || p.Title() != "P-1 Harbour network" {
			t.Errorf("Project = %+v, %v, want two of North's devices", p, err)
		}
		if n, err := b.s.Count(ctx, b.north); err != nil || n != (equipment.Counts{All: 2, Maintained: 2, Ending: 1}) {
			t.Errorf("Count = %+v, %v", n, err)
		}
	})
}

func TestFaultsAreRoutedByWhoseTheDeviceIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		b, ctx := newBase(t, d, c), t.Context()
		b.take(b.device("AAAA1", "Harbour", "North", 0), b.device("AAAA2", "Harbour", "North", -1), b.device("AAAA3", "Nobody here", "North", 5), b.device("AAAA4", "Nobody here", "", 5))
		other := b.Customer("Other")
		for _, x := range []struct {
			who                 actor.Actor
			serial              string
			found, maintained   bool
			orderedBy, whatelse string
		}{
			{b.harbour, " aaaa1 ", true, true, b.north.Account, "its customer, on the last day"},
			{b.harbour, "AAAA2", true, false, b.north.Account, "its customer, a day late"},
			{b.north, "AAAA1", true, true, b.north.Account, "who ordered it"},
			{b.south, "AAAA1", true, true, b.north.Account, "who serves its customer now"},
			{b.vendor, "AAAA1", true, true, b.north.Account, "the vendor"},
			{other, "AAAA1", false, false, "", "another's device"},
			{other, "AAAA3", true, true, b.north.Account, "a device of nobody known"},
			{other, "AAAA4", true, true, "", "a device that the vendor sold"},
			{b.harbour, "AAAA9", false, false, "", "no device"},
			{b.harbour, "", false, false, "", "nothing"},
		} {
			i, ok, err := equipment.Find(ctx, d.Read(), x.who.Account, x.serial, b.today)
			if err != nil || ok != x.found || ok && (i.Maintained(b.today) != x.maintained || i.OrderedBy() != x.orderedBy) {
				t.Errorf("%s: Find(%q) = %+v, %t, %v", x.whatelse, x.serial, i, ok, err)
			}
		}
	})
}

func TestEverybodySeesTheirOwnDevicesInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		b, ctx := newBase(t, d, c), t.Context()
		var rows []string
		for i := range 7 {
			rows = append(rows, b.device(fmt.Sprintf("SN-%04d", i), "Harbour", []string{"North", "South"}[i%2], 40*i-41))
		}
		b.take(append(rows, "ZZ99,Antenna,,Tower,Elsewhere,South,Hill,,\n")...)
		list := func(by actor.Actor, f equipment.Filter) string {
			var all []string
			f.Limit = 2
			for {
				part, next, err := b.s.List(ctx, by, f)
				fixture.Must(t, err)
				for _, i := range part {
					all = append(all, strings.TrimPrefix(i.Serial, "SN-000"))
				}
				if f.After = next; next == "" {
					return strings.Join(all, " ")
				}
			}
		}
		for _, x := range []struct {
			by   actor.Actor
			f    equipment.Filter
			want string
		}{
			{b.vendor, equipment.Filter{}, "0 1 2 3 4 5 6 ZZ99"},
			{b.north, equipment.Filter{}, "0 2 4 6"},
			{b.north, equipment.Filter{Partner: b.south.Account}, "0 2 4 6"},
			{b.south, equipment.Filter{}, "1 3 5 ZZ99"},
			{b.harbour, equipment.Filter{}, "0 1 2 3 4 5 6"},
			{b.harbour, equipment.Filter{State: equipment.Ended}, "0 1"},
			{b.harbour, equipment.Filter{State: equipment.Maintained}, "2 3 4 5 6"},
			{b.harbour, equipment.Filter{State: equipment.Ending}, "2 3"},
			{b.south, equipment.Filter{State: equipment.Ended}, "1 ZZ99"},
			{b.vendor, equipment.Filter{Search: "sn-0003"}, "3"},
			{b.vendor, equipment.Filter{Search: "SN-"}, "0 1 2 3 4 5 6"},
			{b.north, equipment.Filter{Search: "SN-0003"}, ""},
			{b.vendor, equipment.Filter{Search: "ante"}, "ZZ99"},
			{b.vendor, equipment.Filter{Search: "elsewhere"}, "ZZ99"},
			{b.vendor, equipment.Filter{Search: "%"}, ""},
			{b.vendor, equipment.Filter{Project: "tower"}, "ZZ99"},
			{b.vendor, equipment.Filter{Customer: b.harbour.Account, Partner: b.south.Account}, "1 3 5"},
		} {
			if got := list(x.by, x.f); got != x.want {
				t.Errorf("List(%s, %+v) = %q, want %q", x.by.Name, x.f, got, x.want)
			}
		}
		if _, err := b.s.Get(ctx, b.north, "ZZ99"); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("another partner's device: %v, want nothing found", err)
		}
		if p, _, err := b.s.Projects(ctx, b.harbour, "", "", 10); err != nil || len(p) != 1 || p[0].Devices != 7 {
			t.Errorf("the customer's projects: %+v, %v, want one of seven devices", p, err)
		}
		if p, _, err := b.s.Projects(ctx, b.vendor, "towe", "", 10); err != nil || len(p) != 1 || p[0].Key != "tower" {
			t.Errorf("projects found: %+v, %v", p, err)
		}
		if _, err := b.s.Upload(ctx, b.north, "e.csv", strings.NewReader(head)); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a partner uploads: %v, want it denied", err)
		}
	})
}

func TestBadRowsAreToldBeforeAnythingIsTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		b, ctx := newBase(t, d, c), t.Context()
		b.Partner("Twin")
		b.Partner("Twin")
		file := head + b.device("GOOD-1", "Harbour", "North", 5) + b.device("good-1", "Harbour", "North", 5) + b.device("x", "Harbour", "North", 5) +
			b.device("BAD-2", "Harbour", "Nobody", 5) + b.device("BAD-3", "Harbour", "twin", 5) + b.device("BAD-4", strings.Repeat("0", 32), "North", 5) +
			"BAD-5,,P-1,,,,,2026-02-30,\n" + "BAD-6,Switch,,,,,,2025-01-15,2024-01-15\n" + b.device("GOOD-2", "", "", 5)
		imp, err := b.s.Upload(ctx, b.vendor, "e.csv", strings.NewReader(file))
		fixture.Must(t, err)
		fixture.Must(t, b.runner.Drain(ctx))
		imp, err = b.s.Import(ctx, b.vendor, imp.ID)
		if err != nil || imp.State != equipment.Ready || imp.Added != 2 || imp.Bad != 7 || imp.Errors != 8 {
			t.Fatalf("checked: %+v, %v, want 2 good rows and 7 bad ones", imp, err)
		}
		if list, _, err := b.s.List(ctx, b.vendor, equipment.Filter{}); err != nil || len(list) != 0 {
			t.Errorf("before the word of the user: %v, %v, want no device", list, err)
		}
		wrong, err := b.s.RowErrors(ctx, b.vendor, imp.ID, 0, 0)
		var told []string
		for _, e := range wrong {
			told = append(told, fmt.Sprint(e.Line, " ", e.Column))
		}
		if want := "3 serial_number|4 serial_number|5 partner|6 partner|7 customer|8 product|8 delivered|9 maintained_until"; err != nil || strings.Join(told, "|") != want {
			t.Errorf("RowErrors = %s, %v, want %s", strings.Join(told, "|"), err, want)
		}
		var buf bytes.Buffer
		fixture.Must(t, b.s.WriteErrors(ctx, b.vendor, imp.ID, "en", &buf))
		if n := strings.Count(buf.String(), "\n"); n != 8 || strings.Contains(buf.String(), "GOOD-2") {
			t.Errorf("file of bad rows has %d lines, want a heading and 7:\n%s", n, buf.String())
		}
		fixture.Must(t, b.s.Confirm(ctx, b.vendor, imp.ID))
		if err := b.s.Confirm(ctx, b.vendor, imp.ID); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("confirmed twice: %v, want a conflict", err)
		}
		fixture.Must(t, b.runner.Drain(ctx))
		imp, err = b.s.Import(ctx, b.vendor, imp.ID)
		if err != nil || imp.State != equipment.Done || imp.Added != 2 || imp.Bad != 7 {
			t.Errorf("taken: %+v, %v", imp, err)
		}
		if err := b.s.Cancel(ctx, b.vendor, imp.ID); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("cancelled when done: %v, want a conflict", err)
		}
		if _, err := b.s.Upload(ctx, b.vendor, "e.csv", strings.NewReader("a,b\n1,2\n")); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a file of something else: %v, want it refused", err)
		}
	})
}

func TestAnImportThatIsBrokenOffGoesOnWhereItWas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		b := newBase(t, d, c)
		b.s.SetChunk(2)
		var rows []string
		for i := range 7 {
			rows = append(rows, b.device(fmt.Sprintf("SN-%04d", i), "Harbour", "North", 5))
		}
		ctx, kill := context.WithCancel(t.Context())
		imp, err := b.s.ImportNow(ctx, b.vendor, "e.csv", strings.NewReader(head+strings.Join(rows, "")), false, func(i equipment.Import) {
			if i.State == equipment.Writing && i.Position == 4 {
				kill()
			}
		})
		if err == nil || imp.ID == "" {
			t.Fatalf("the import that was killed: %+v, %v", imp, err)
		}
		if list, _, err := b.s.List(t.Context(), b.vendor, equipment.Filter{}); err != nil || len(list) != 4 {
			t.Errorf("devices when it was killed: %d, %v, want those of two parts", len(list), err)
		}
		c.Advance(2 * time.Minute)
		c.AdvanceWall(2 * time.Minute)
		fixture.Must(t, b.runner.Drain(t.Context()))
		imp, err = b.s.Import(t.Context(), b.vendor, imp.ID)
		if err != nil || imp.State != equipment.Done || imp.Added != 7 || imp.Bad != 0 {
			t.Errorf("after the job: %+v, %v, want seven devices", imp, err)
		}
	})
}
