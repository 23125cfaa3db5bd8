package subscription_test

import (
	"context"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/outbox"
)

// bought is a history of one month.
func bought(order string, l rate.Level, when time.Time) rate.History {
	return rate.History{}.Bought(order, rate.Quote{Level: l, Term: rate.Months(1), Row: rate.Price{Level: l, Term: rate.Months(1), Minor: 100}}, rate.Paid{Cash: 100}, when)
}

// begin stores a plan as the orders do.
func begin(t *testing.T, d *db.DB, by actor.Actor, l rate.Level) (s subscription.Subscription, err error) {
	t.Helper()
	err = d.Update(t.Context(), func(tx *db.Tx) error {
		s, err = subscription.Begin(t.Context(), tx, by, by.Account, "Harbour", "CS1", bought("CS1", l, tx.Now))
		return err
	})
	return s, err
}

func TestAnAccountHasOnePlanAndItsStatesComeAtMidnight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		w := fixture.New(t, d)
		w.Vendor()
		s := subscription.New(d)
		r := w.Runner()
		s.Register(r)
		fixture.Must(t, r.Prepare(t.Context()))
		var told []string
		for _, kind := range []string{"plan.grace", "plan.retention", "plan.released"} {
			r.On(kind, "test.hear", func(_ context.Context, tx *db.Tx, e outbox.Event) error {
				told = append(told, tx.Now.In(calendar.Zone).Format("01-02 15:04 ")+e.Kind)
				return nil
			})
		}
		by := w.Partner("Harbour")
		x, err := begin(t, d, by, rate.Standard)
		fixture.Must(t, err)
		if _, err := begin(t, d, by, rate.Premium); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a second plan: %v", err)
		}
		if got := x.NextRenewal(x.Begun); !got.IsZero() {
			t.Errorf("without automatic renewal the next is %v", got)
		}
		want := []struct {
			at    time.Time
			state subscription.State
			level rate.Level
		}{
			{x.Over().Add(-time.Second), subscription.Active, rate.Standard},
			{x.Over(), subscription.Grace, rate.Standard},
			{x.Over().AddDate(0, 0, 7).Add(-time.Second), subscription.Grace, rate.Standard},
			{x.Over().AddDate(0, 0, 7), subscription.Retention, rate.Basic},
			{x.Over().AddDate(0, 0, 22), subscription.Released, rate.Basic},
		}
		for _, m := range want {
			c.MoveTo(m.at)
			fixture.Must(t, r.Drain(t.Context()))
			got, err := subscription.Get(t.Context(), d.Read(), by.Account, x.ID)
			fixture.Must(t, err)
			if got.State != m.state || got.Serves() != m.level {
				t.Errorf("at %v: %s, served at %s; want %s, %s", m.at, got.State, got.Serves(), m.state, m.level)
			}
		}
		if len(told) != 3 {
			t.Errorf("told: %v", told)
		}
		if _, err := begin(t, d, by, rate.Premium); err != nil {
			t.Errorf("a new plan after the release: %v", err)
		}
		all, err := s.List(t.Context(), by, "")
		if err != nil || len(all) != 2 || all[0].Level != rate.Premium {
			t.Errorf("all plans: %+v, %v", all, err)
		}
		stranger := w.Partner("Stranger")
		if _, _, err := s.View(t.Context(), stranger, by.Account); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger looks: %v", err)
		}
	})
}

func TestAccountsOfOneCompanyAreServedThroughTheHighestPlan(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w := fixture.New(t, d)
		w.Vendor()
		master, stranger := w.Partner("Harbour"), w.Partner("Lighthouse")
		made, err := w.Account.CreateSub(t.Context(), master, account.NewSub{Contact: "Mei", Email: "mei@harbour.example", Lang: "en"})
		fixture.Must(t, err)
		w.Account.BindSubs(subscription.Binds)
		sub := master
		sub.Account = made.Account
		x, err := begin(t, d, sub, rate.Standard)
		fixture.Must(t, err)
		if err := w.Account.EndSub(t.Context(), master, made.ID); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a sub-account with a plan leaves: %v", err)
		}
		for _, m := range []struct {
			by   actor.Actor
			want rate.Level
		}{{master, rate.Standard}, {sub, rate.Standard}, {stranger, rate.Basic}} {
			if level, err := subscription.LevelOf(t.Context(), d.Read(), m.by.Account, d.Clock().Now()); err != nil || level != m.want {
				t.Errorf("%s is at level %s, %v", m.by.Name, level, err)
			}
			got, err := subscription.ServedBy(t.Context(), d.Read(), m.by.Account, d.Clock().Now())
			if err != nil || got.Level != m.want {
				t.Errorf("%s is served at %s, %v; want %s", m.by.Name, got.Level, err, m.want)
			}
			if m.want != rate.Basic && (got.Owner != x.Account || got.Plan.ID != x.ID) {
				t.Errorf("served through %+v", got)
			}
		}
	})
}
