package api_test

import (
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/sla"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

func TestServiceLevelsAreKeptAndReadByTheInterface(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		vendor, north := company(t, a, actor.Vendor, "Vendor"), company(t, a, actor.Partner, "North")
		admin, desk, p := user(t, a, vendor, actor.VendorAdmin), user(t, a, vendor, actor.SupportEngineer), user(t, a, north, actor.PartnerAdmin)
		var c struct {
			ID      string
			Version int64
			Week    []string
		}
		body := map[string]any{"name": "Berlin desk", "zone": "Europe/Berlin", "week": []string{"", "9-12, 13-17"}, "days": map[string]string{"2026-12-24": "9-12"}, "base_version": 0}
		desk.call("POST", "/api/v1/sla/calendars", body).refused(403, "HANSE.DENIED")
		admin.call("POST", "/api/v1/sla/calendars", body).want(201).into(&c)
		if c.Version != 1 || c.Week[1] != "09:00-12:00, 13:00-17:00" {
			t.Errorf("the calendar was made as %+v", c)
		}
		path := "/api/v1/sla/calendars/" + c.ID
		body["base_version"] = 1
		admin.call("PUT", path, body).want(200).into(&c)
		admin.call("PUT", path, body).refused(409, "HANSE.CONFLICT")
		body["week"] = []string{"late"}
		admin.call("POST", "/api/v1/sla/calendars", body).refused(422, "HANSE.INVALID")
		admin.call("POST", "/api/v1/sla/policies", map[string]any{"rules": []any{map[string]any{"plan": "", "severity": "", "calendar_id": "none", "first_response_minutes": 60, "update_minutes": 0, "solution_minutes": 0}}}).refused(422, "HANSE.INVALID")
		admin.call("POST", "/api/v1/sla/policies", map[string]any{"warn_percent": []int{80}, "rules": []any{map[string]any{"plan": "", "severity": "", "calendar_id": c.ID, "first_response_minutes": 60, "update_minutes": 0, "solution_minutes": 0}}}).want(201)
		must(t, a.DB.Update(t.Context(), func(tx *db.Tx) error {
			_, err := sla.Begin(t.Context(), tx, sla.Case{Subject: "TT1", Number: "TT1", Account: north, AccountName: "North", Desk: vendor, Plan: "STANDARD", Severity: "GUIDANCE", Opened: tx.Now})
			return err
		}))
		var r struct {
			Total struct {
				Tickets int64
				Figures []struct {
					Clock string
					Open  int64
				}
			}
		}
		desk.call("GET", "/api/v1/sla/report?by=severity", nil).want(200).into(&r)
		if r.Total.Tickets != 1 || r.Total.Figures[0].Open != 1 {
			t.Errorf("the report: %+v", r)
		}
		desk.call("GET", "/api/v1/sla/report?from=x", nil).refused(422, "HANSE.INVALID")
		for _, path := range []string{"/api/v1/sla/calendars", path, "/api/v1/sla/policies", "/api/v1/sla/report/tickets?outcome=open&plan=STANDARD"} {
			desk.call("GET", path, nil).want(200)
			p.call("GET", path, nil).refused(403, "HANSE.DENIED")
		}
		p.call("GET", "/api/v1/tickets/TT1/clocks", nil).refused(404, "HANSE.NOT_FOUND")
	})
}
