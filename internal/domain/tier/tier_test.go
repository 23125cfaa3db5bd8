package tier_test

import (
	"testing"
	"time"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/tier"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

type world struct {
	*fixture.World
	t      *testing.T
	clock  *clock.Manual
	s      *tier.Service
	vendor actor.Actor
}

func each(t *testing.T, test func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		c.MoveTo(day("2026-03-05"))
		f := fixture.New(t, d)
		test(&world{World: f, t: t, clock: c, s: tier.New(d), vendor: f.Vendor()})
	})
}

func day(s string) time.Time {
	at, err := time.Parse(time.RFC3339, s+"T10:00:00+08:00")
	if err != nil {
		panic(err)
	}
	return at.UTC()
}

// spends has an owner pay out of its cash, or get back (below zero).
func (w *world) spends(owner string, minor int64) {
	w.t.Helper()
	own, earned := ledger.Place{Owner: owner, Kind: ledger.Cash, Unit: ledger.CNY}, ledger.Place{Owner: w.vendor.Account, Kind: ledger.Revenue, Unit: ledger.CNY}
	p := ledger.Posting{Book: owner, Kind: ledger.Consume, Verb: actor.SettleBills, Moves: []ledger.Move{{From: own, To: earned, Minor: minor}}}
	if minor < 0 {
		p.Kind, p.Moves = ledger.Refund, []ledger.Move{{From: earned, To: own, Minor: -minor}}
	}
	fixture.Must(w.t, w.DB.Update(w.t.Context(), func(tx *db.Tx) error {
		_, err := ledger.Post(w.t.Context(), tx, actor.Program("test"), p)
		return err
	}))
}

// has refreshes at the present and compares an account's tier.
func (w *world) has(owner, name string, grace, retention int) {
	w.t.Helper()
	at := w.DB.Clock().Now()
	fixture.Must(w.t, w.s.Refresh(w.t.Context(), at))
	got, err := tier.Of(w.t.Context(), w.DB.Read(), owner, at)
	fixture.Must(w.t, err)
	if got.Name() != name || got.Grace != grace || got.Retention != retention {
		w.t.Errorf("on %s it's %q %d/%d, want %q %d/%d", at.Format(time.DateOnly), got.Name(), got.Grace, got.Retention, name, grace, retention)
	}
}

func TestATierFollowsSpendingFromYearToYear(t *testing.T) {
	each(t, func(w *world) {
		p := w.Partner("Lighthouse").Account
		ledgertest.Give(t, w.DB, w.vendor.Account, p, ledger.Cash, 100000000)
		w.has(p, "", 7, 15)
		w.spends(p, 850000)
		w.has(p, "V1", 1, 7)
		w.spends(p, 7650000)
		w.has(p, "V3", 7, 7)
		w.spends(p, -8000000)
		w.has(p, "V3", 7, 7)
		w.clock.MoveTo(day("2027-01-01"))
		w.has(p, "V1", 1, 7)
		w.clock.MoveTo(day("2028-06-01"))
		w.has(p, "", 7, 15)
		_, history, err := w.s.Tier(t.Context(), w.vendor, p)
		fixture.Must(t, err)
		var causes []string
		for _, r := range history {
			causes = append(causes, r.Cause)
		}
		if len(causes) != 4 || causes[0] != "year" || causes[3] != "spend" {
			t.Errorf("history %v", causes)
		}
	})
}

func TestTheVendorStatesATierAndLiftsItAgain(t *testing.T) {
	each(t, func(w *world) {
		ctx := t.Context()
		admin := w.Partner("Lighthouse")
		p := admin.Account
		got, err := w.s.State(ctx, w.vendor, tier.Statement{Account: p, Level: 4, Reason: "strategic partner"})
		fixture.Must(t, err)
		if got.Name() != "V4" || got.Earned != tier.None || got.Grace != 7 || got.Retention != 15 {
			t.Errorf("stated: %+v", got)
		}
		w.has(p, "V4", 7, 15)
		if _, err := w.s.State(ctx, w.vendor, tier.Statement{Account: p, Level: 2, Reason: "x", Edition: got.Edition + 5}); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a stale edition: %v", err)
		}
		if _, err := w.s.State(ctx, w.vendor, tier.Statement{Account: p, Level: 6, Edition: got.Edition}); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("V6 without a reason: %v", err)
		}
		if _, err := w.s.State(ctx, admin, tier.Statement{Account: p, Level: 5, Reason: "x"}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a partner states its own: %v", err)
		}
		now, _, err := w.s.Tier(ctx, admin, p)
		fixture.Must(t, err)
		_, err = w.s.State(ctx, w.vendor, tier.Statement{Account: p, Level: tier.None, Reason: "over", Edition: now.Edition})
		fixture.Must(t, err)
		w.has(p, "", 7, 15)
		if _, _, err := w.s.Tier(ctx, w.Partner("Stranger"), p); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger learns: %v", err)
		}
	})
}

func TestDaysComeFromTheSettingsOfTheirTime(t *testing.T) {
	each(t, func(w *world) {
		ctx, p := t.Context(), w.Partner("Lighthouse").Account
		fixture.Must(t, w.Setting.Change(ctx, w.vendor, setting.Change{Key: setting.GraceDefault, Value: "10", EffectiveAt: day("2026-04-01")}))
		for at, want := range map[string]int{"2026-03-31": 7, "2026-04-01": 10} {
			got, err := tier.Of(ctx, w.DB.Read(), p, day(at))
			fixture.Must(t, err)
			if got.Grace != want {
				t.Errorf("grace on %s = %d, want %d", at, got.Grace, want)
			}
		}
	})
}
