package api_test

import (
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/entitlement"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

func TestDaysOfAPlanAreAskedForAndApprovedByTheInterface(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		vendor, north := company(t, a, actor.Vendor, "Vendor"), company(t, a, actor.Partner, "North")
		now := a.Clock.Now()
		must(t, a.DB.Update(t.Context(), func(tx *db.Tx) error {
			return entitlement.OnPlan(t.Context(), tx, cli, entitlement.Plan{Account: north, Level: entitlement.Standard, From: now, Until: now.AddDate(1, 0, 0)})
		}))
		p, desk := user(t, a, north, actor.PartnerAdmin), user(t, a, vendor, actor.SupportEngineer)
		left := func() (n int64) {
			var out struct {
				Units []struct {
					Unit string
					Left int64
				}
			}
			p.call("GET", "/api/v1/plan/units", nil).want(200).into(&out)
			for _, x := range out.Units {
				if x.Unit == "event_day" {
					n = x.Left
				}
			}
			return n
		}
		first := calendar.DayOf(now) + 10
		body := map[string]string{"kind": "event_day", "first_on": first.String(), "last_on": (first + 2).String(), "topic": "Fair", "contact": "Lin Yu", "email": "lin@north.example"}
		var r struct {
			ID, State string
			Days      int64
			Edition   int64
		}
		p.call("POST", "/api/v1/plan/requests?dry_run=true", body).want(201).into(&r)
		if r.Days != 3 || left() != 4 {
			t.Errorf("the dry run takes %d days and leaves %d, want 3 and 4", r.Days, left())
		}
		p.call("POST", "/api/v1/plan/requests", body).want(201).into(&r)
		path := "/api/v1/plan/requests/" + r.ID
		p.call("POST", path+"/approve", map[string]any{"edition": r.Edition}).refused(403, "HANSE.DENIED")
		desk.call("POST", path+"/approve", map[string]any{"edition": r.Edition, "answer": "Fine."}).want(200).into(&r)
		if r.State != "approved" || left() != 1 {
			t.Errorf("approved: %+v, %d left", r, left())
		}
		p.call("POST", "/api/v1/plan/requests", body).refused(409, "HANSE.CONFLICT")
		desk.call("POST", path+"/withdraw", map[string]any{"edition": r.Edition}).refused(403, "HANSE.DENIED")
		for _, path := range []string{"/api/v1/plan/requests", "/api/v1/plan/requests/" + r.ID, "/api/v1/plan/units/event_day/uses", "/api/v1/plan/trainings", "/api/v1/plan/training-needs"} {
			p.call("GET", path, nil).want(200)
		}
		user(t, a, company(t, a, actor.Partner, "South"), actor.PartnerAdmin).call("GET", "/api/v1/plan/requests/"+r.ID, nil).refused(404, "HANSE.NOT_FOUND")
		ledgertest.Balanced(t, a.DB)
	})
}
