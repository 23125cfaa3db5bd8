package setting_test

import (
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
)

func TestAValueHoldsFromItsInstantOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		admin, ctx, start := w.Vendor(), t.Context(), c.Now()
		fixture.Must(t, w.Setting.Change(ctx, admin, setting.Change{Key: setting.InvitationDays, Value: "5", EffectiveAt: start.Add(time.Hour)}))
		for at, want := range map[time.Time]int{start: 7, start.Add(time.Hour - 1): 7, start.Add(time.Hour): 5, start.AddDate(1, 0, 0): 5} {
			if got, err := setting.Int(ctx, d.Read(), setting.InvitationDays, at); got != want || err != nil {
				t.Errorf("Int(InvitationDays, %v) = %d, %v, want %d", at, got, err, want)
			}
		}
		vs, err := w.Setting.History(ctx, admin, setting.InvitationDays)
		if err != nil || len(vs) != 2 || vs[0].Value != "5" || !vs[0].Planned || vs[1].Value != "7" {
			t.Errorf("History = %+v, %v, want the planned 5 and the default 7", vs, err)
		}
		all, err := w.Setting.List(ctx, admin)
		if err != nil || len(all) != len(setting.Table())+1 {
			t.Errorf("List has %d entries, %v, want every setting and one planned value", len(all), err)
		}
	})
}

func TestAChangeIsRefusedOutOfBoundsInThePastAndForOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		admin := w.Vendor()
		past := c.Now().Add(-time.Second)
		for _, x := range []struct {
			by   actor.Actor
			in   setting.Change
			want fault.Kind
		}{
			{admin, setting.Change{Key: setting.InvitationDays, Value: "0"}, fault.KindInvalid},
			{admin, setting.Change{Key: setting.InvitationDays, Value: "three"}, fault.KindInvalid},
			{admin, setting.Change{Key: setting.CodeLifetime, Value: "10"}, fault.KindInvalid},
			{admin, setting.Change{Key: setting.CodeLifetime, Value: "90m"}, fault.KindInvalid},
			{admin, setting.Change{Key: setting.NoticeDays, Value: "90,,7"}, fault.KindInvalid},
			{admin, setting.Change{Key: setting.InvitationDays, Value: "4", EffectiveAt: past}, fault.KindInvalid},
			{admin, setting.Change{Key: "no.such", Value: "4"}, fault.KindNotFound},
			{w.VendorUser(actor.Reviewer), setting.Change{Key: setting.InvitationDays, Value: "4"}, fault.KindDenied},
			{w.Partner("North"), setting.Change{Key: setting.InvitationDays, Value: "4"}, fault.KindDenied},
			{fixture.Nobody(), setting.Change{Key: setting.InvitationDays, Value: "4"}, fault.KindUnauthenticated},
			{admin, setting.Change{Key: setting.NoticeDays, Value: " 60, 7 "}, ""},
			{admin, setting.Change{Key: setting.CodeLifetime, Value: "5m"}, ""},
			{admin, setting.Change{Key: setting.CodeLifetime, Value: "6m"}, ""},
		} {
			if err := w.Setting.Change(t.Context(), x.by, x.in); fault.KindOf(err) != x.want {
				t.Errorf("Change(%s, %+v) = %v, want kind %q", x.by.Name, x.in, err, x.want)
			}
		}
		if got, err := setting.Ints(t.Context(), d.Read(), setting.NoticeDays, c.Now()); err != nil || len(got) != 2 || got[0] != 60 {
			t.Errorf("Ints = %v, %v, want [60 7]", got, err)
		}
		if got, err := setting.Duration(t.Context(), d.Read(), setting.CodeLifetime, c.Now()); err != nil || got != 6*time.Minute {
			t.Errorf("Duration = %v, %v, want 6m", got, err)
		}
	})
}

func TestEveryDefaultReadsAsItsKindAndHasALabel(t *testing.T) {
	d, err := db.Open(dbtest.SQLite(t), clock.Fake(dbtest.Start).Clock)
	fixture.Must(t, err)
	defer d.Close()
	for _, x := range setting.Table() {
		switch x.Kind {
		case setting.IntKind:
			_, err = setting.Int(t.Context(), d.Read(), x.Key, dbtest.Start)
		case setting.DurationKind:
			_, err = setting.Duration(t.Context(), d.Read(), x.Key, dbtest.Start)
		case setting.ListKind:
			_, err = setting.Ints(t.Context(), d.Read(), x.Key, dbtest.Start)
		}
		if err != nil {
			t.Errorf("default of %s: %v", x.Key, err)
		}
		for _, lang := range i18n.Languages {
			if s := i18n.Text(lang, x.Label); s == "" || s[0] == '?' {
				t.Errorf("label of %s in %s = %q", x.Key, lang, s)
			}
		}
	}
}
