package privilege_test

import (
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/privilege"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
)

func TestAPolicyAndGrantsSayWhoMayOpenAndExport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *clock.Manual) {
		w, s, ctx := fixture.New(t, d), privilege.New(d), t.Context()
		admin := w.Partner("Siam Link")
		user, other := w.User(admin.Account, actor.ServiceManager), w.Partner("Niletech")
		may := func(by actor.Actor, k privilege.Kind, want bool, when string) {
			t.Helper()
			if got, err := s.Has(ctx, by, k); err != nil || got != want {
				t.Errorf("%s %s %s: %v, %v; want %v", by.Name, k, when, got, err, want)
			}
		}
		may(user, privilege.Create, true, "without a policy")
		may(user, privilege.Export, false, "without a policy")
		fixture.Must(t, s.Set(ctx, admin, privilege.Create, true))
		fixture.Must(t, s.Set(ctx, admin, privilege.Create, true)) // again changes nothing
		may(user, privilege.Create, false, "under the policy")
		may(admin, privilege.Create, true, "under the policy")
		may(w.User(other.Account, actor.ServiceManager), privilege.Create, true, "under somebody else's policy")
		for _, k := range privilege.Kinds {
			fixture.Must(t, s.Grant(ctx, admin, user.User, k, true))
			fixture.Must(t, s.Grant(ctx, admin, user.User, k, true))
			may(user, k, true, "with a grant")
		}
		if all, err := s.Grants(ctx, admin); err != nil || len(all) != 2 || all[0].GrantedBy != admin.Name {
			t.Errorf("grants %+v, %v", all, err)
		}
		holders, err := s.Holders(ctx, admin)
		if err != nil || len(holders) != 2 {
			t.Fatalf("holders %+v, %v", holders, err)
		}
		for _, h := range holders {
			if main := h.ID == admin.User; !h.Create.May || !h.Export.May || h.Create.Always != main || (h.Export.Granted.User == "") != main {
				t.Errorf("%s holds %+v", h.Name, h)
			}
		}
		if _, err := s.Holders(ctx, user); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a user lists what others may: %v, want Denied", err)
		}
		fixture.Must(t, s.Grant(ctx, admin, user.User, privilege.Export, false))
		may(user, privilege.Export, false, "after it was taken back")
		fixture.Must(t, s.Set(ctx, admin, privilege.Export, true))
		may(user, privilege.Export, true, "when all may")
		if p, err := s.Policy(ctx, user); err != nil || !p.CreateRestricted || !p.ExportForAll || p.ChangedBy != admin.Name {
			t.Errorf("policy %+v, %v", p, err)
		}
		if err := s.Grant(ctx, other, user.User, privilege.Create, true); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("somebody else's user: %v, want NotFound", err)
		}
		if err := s.Set(ctx, user, privilege.Create, false); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a user changes the policy: %v, want Denied", err)
		}
		if err := s.Set(ctx, admin, "delete", false); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("an unknown privilege: %v, want Invalid", err)
		}
	})
}
