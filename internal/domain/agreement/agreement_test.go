package agreement_test

import (
	"testing"

	"hanse/internal/domain/agreement"
	"hanse/internal/domain/fixture"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

func TestTheNewestVersionIsSignedOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w, s, ctx := fixture.New(t, d), agreement.New(d), t.Context()
		vendor, user := w.Vendor(), w.Partner("Siam Link")
		colleague := w.User(user.Account, actor.ServiceManager)
		signed := func(by actor.Actor, want bool) {
			t.Helper()
			if got, err := s.Signed(ctx, by, agreement.Ticket); err != nil || got != want {
				t.Errorf("signed by %s: %v, %v; want %v", by.Name, got, err, want)
			}
		}
		first, err := s.Latest(ctx, user, agreement.Ticket)
		fixture.Must(t, err)
		if first.Version != 1 || first.ID() != 10 || first.BodyEN == "" || first.BodyZH == "" {
			t.Errorf("shipped version %+v", first)
		}
		signed(user, false)
		no, err := s.Sign(ctx, user, first.ID(), "TT1")
		again, err2 := s.Sign(ctx, user, first.ID(), "")
		other, err3 := s.Sign(ctx, colleague, first.ID(), "")
		if err != nil || err2 != nil || err3 != nil || no != 1 || again != no || other != 2 {
			t.Errorf("signatures %d, %d, %d, %v %v %v; want 1, 1, 2", no, again, other, err, err2, err3)
		}
		signed(user, true)
		second, err := s.Publish(ctx, vendor, agreement.Version{Kind: agreement.Ticket, TitleEN: "New", TitleZH: "新版", BodyEN: "Text.", BodyZH: "正文。"})
		fixture.Must(t, err)
		signed(user, false)
		if all, err := s.Mine(ctx, user); err != nil || len(all) != 1 || all[0].Version != 1 || all[0].Relation != "TT1" || all[0].SignedBy != user.Name {
			t.Errorf("what %s signed: %+v, %v", user.Name, all, err)
		}
		if all, err := s.Reached(ctx, vendor); err != nil || len(all) != 1 || all[0] != (agreement.Reach{Kind: agreement.Ticket, Version: 1, Users: 2, Accounts: 1}) {
			t.Errorf("reached: %+v, %v; want two users of one company", all, err)
		}
		if _, err := s.Reached(ctx, user); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a partner counts signatures: %v, want Denied", err)
		}
		if _, err := s.Sign(ctx, user, first.ID(), ""); fault.KindOf(err) != fault.KindConflict {
			t.Errorf("a replaced version: %v, want Conflict", err)
		}
		for _, id := range []int64{second.ID() + 10, 13, 0, 9, -10} {
			if _, err := s.Sign(ctx, user, id, ""); fault.KindOf(err) != fault.KindNotFound {
				t.Errorf("id %d: %v, want NotFound", id, err)
			}
		}
		if all, err := s.Versions(ctx, vendor); err != nil || len(all) != 4 || all[0].Version != 2 {
			t.Errorf("versions %+v, %v", all, err)
		}
		if _, err := s.Publish(ctx, vendor, agreement.Version{Kind: "7"}); len(fault.Of(err).Fields) != 5 {
			t.Errorf("an empty version: %v, want 5 refused entries", err)
		}
		if _, err := s.Publish(ctx, user, agreement.Version{}); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a partner publishes: %v, want Denied", err)
		}
	})
}
