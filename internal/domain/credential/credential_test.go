package credential

import (
	"sync"
	"testing"

	"hanse/internal/domain/program"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/programs"
)

var catalogue = sync.OnceValue(func() *program.Catalogue {
	lib, err := programs.Library()
	if err != nil {
		panic(err)
	}
	return lib.Catalogue
})

func day(s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestACertificateIsValidThroughItsLastDay(t *testing.T) {
	today := day("2026-03-06")
	for until, want := range map[string]Standing{
		"2026-03-05": StandsExpired, "2026-03-06": StandsExpiring, "2026-04-05": StandsExpiring, "2026-04-06": StandsValid, "": StandsExpired,
	} {
		d := calendar.None
		if until != "" {
			d = day(until)
		}
		if got := StandingOf(d, today, 30); got != want {
			t.Errorf("StandingOf(%q) = %s, want %s", until, got, want)
		}
	}
	if got := (Certificate{State: Revoked, Until: day("2030-01-01")}).Standing(today, 30); got != StandsRevoked {
		t.Errorf("a revoked certificate stands %s", got)
	}
}

func TestWhoseWordCounts(t *testing.T) {
	held := []Certificate{
		{ID: "own", Code: "PMP", IssuedOn: 100, ExpiresOn: 900, SourceAccount: "a", Source: Import, State: Valid},
		{ID: "feed", Code: "H3CSE", IssuedOn: 100, ExpiresOn: 900, SourceAccount: "a", Source: Record, State: Valid},
		{ID: "gone", Code: "H3CIE", IssuedOn: 100, State: Revoked},
		{ID: "was", Code: "H3CNE", IssuedOn: 100, State: Superseded},
	}
	for name, tc := range map[string]struct {
		put  Put
		want Outcome
	}{
		"the same":                         {Put{Code: "PMP", IssuedOn: 100, ExpiresOn: 900, Account: "a"}, Unchanged},
		"the same, expiry not stated":      {Put{Code: "PMP", IssuedOn: 100, Account: "b"}, Unchanged},
		"another issue":                    {Put{Code: "PMP", IssuedOn: 101, Account: "a"}, Added},
		"own word corrected":               {Put{Code: "PMP", IssuedOn: 100, ExpiresOn: 800, Account: "a"}, Corrected},
		"another partner's word":           {Put{Code: "PMP", IssuedOn: 100, ExpiresOn: 800, Account: "b"}, Refused},
		"the vendor over a partner":        {Put{Code: "PMP", IssuedOn: 100, ExpiresOn: 800, Account: "b", Vendor: true}, Corrected},
		"a partner over the vendor's feed": {Put{Code: "H3CSE", IssuedOn: 100, ExpiresOn: 800, Account: "a"}, Refused},
		"revoked":                          {Put{Code: "H3CIE", IssuedOn: 100, Account: "a"}, Refused},
		"corrected away before":            {Put{Code: "H3CNE", IssuedOn: 100, Account: "a"}, Added},
	} {
		if got := Decide(held, tc.put); got.Outcome != tc.want || (tc.want == Refused) == got.Reason.IsZero() {
			t.Errorf("%s: Decide = %+v, want %s", name, got, tc.want)
		}
	}
}

func TestPuttingTwiceAddsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx, s := t.Context(), New(d, catalogue)
		put := Put{Person: "p", Code: "H3CSE", IssuedOn: day("2025-01-10"), Source: Record, Account: "v", Vendor: true}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 4 { // a race ends in a breach of the unique key: the caller tries again
					err := d.Update(ctx, func(tx *db.Tx) error { _, err := s.Put(ctx, tx, put); return err })
					if err == nil || !db.Violates(err) {
						if err != nil {
							t.Errorf("Put: %v", err)
						}
						return
					}
				}
			})
		}
		wg.Wait()
		put.ExpiresOn = day("2027-12-31")
		must(t, d.Update(ctx, func(tx *db.Tx) error { _, err := s.Put(ctx, tx, put); return err }))
		got, err := s.OfPersons(ctx, d.Read(), []string{"p", "q"})
		must(t, err)
		if len(got["p"]) != 1 || got["p"][0].Until != day("2027-12-31") || len(got["q"]) != 0 {
			t.Errorf("OfPersons = %+v, want one until 2027-12-31", got)
		}
		all, err := s.History(ctx, d.Read(), "p")
		must(t, err)
		if len(all) != 2 || all[1].State != Superseded || all[1].Until != day("2028-01-10") {
			t.Errorf("History = %+v, want the first kept with the catalogue's expiry", all)
		}
		n, err := db.One(ctx, d.Read(), db.Int, `SELECT count(*) FROM event WHERE kind = 'credential.certificate_changed'`)
		if err != nil || n != 2 {
			t.Errorf("%d events, %v; want 2", n, err)
		}
	})
}

func TestOnlyWhatIsInForceIsCorrectedOrRevoked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		ctx, s := t.Context(), New(d, catalogue)
		do := func(f func(tx *db.Tx) error) error { return d.Update(ctx, f) }
		put := Put{Person: "p", Code: "PMP", IssuedOn: day("2025-01-10"), Source: Manual, Account: "a"}
		must(t, do(func(tx *db.Tx) error { _, err := s.Put(ctx, tx, put); return err }))
		all, err := s.History(ctx, d.Read(), "p")
		must(t, err)
		crt := all[0].ID
		stranger := put
		stranger.Person = "q"
		put.IssuedOn = day("2025-02-10")
		for name, tc := range map[string]struct {
			err  error
			want fault.Kind
		}{
			"another person's": {do(func(tx *db.Tx) error { return s.Correct(ctx, tx, crt, stranger) }), fault.KindNotFound},
			"revoke another's": {do(func(tx *db.Tx) error { return s.Revoke(ctx, tx, "q", crt, "x") }), fault.KindNotFound},
			"an unknown code":  {do(func(tx *db.Tx) error { return s.Correct(ctx, tx, crt, Put{Person: "p", Code: "X", IssuedOn: 1}) }), fault.KindInvalid},
			"corrected":        {do(func(tx *db.Tx) error { return s.Correct(ctx, tx, crt, put) }), ""},
		} {
			if got := fault.KindOf(tc.err); got != tc.want {
				t.Errorf("%s: %v, want kind %q", name, tc.err, tc.want)
			}
		}
		if err := do(func(tx *db.Tx) error { return s.Revoke(ctx, tx, "p", crt, "x") }); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("Revoke of what was corrected = %v, want conflict", err)
		}
		own, err := s.Own(ctx, actor.Actor{Identity: "i", Kind: actor.Person, Account: "p", Person: "p"})
		if err != nil || len(own) != 2 || own[0].IssuedOn != day("2025-02-10") {
			t.Errorf("Own = %+v, %v", own, err)
		}
		if _, err := s.Own(ctx, actor.Nobody("", "", "")); fault.KindOf(err) != fault.KindUnauthenticated {
			t.Errorf("Own by nobody = %v", err)
		}
	})
}
