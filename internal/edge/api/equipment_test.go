package api_test

import (
	"testing"

	"hanse/internal/app/apptest"
	"hanse/internal/kit/actor"
)

func TestDevicesAndWhatATicketCanBeAreReadByTheInterface(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		vendor := user(t, a, company(t, a, actor.Vendor, "Vendor"), actor.SupportEngineer)
		north := user(t, a, company(t, a, actor.Partner, "North"), actor.PartnerAdmin)
		harbour := user(t, a, company(t, a, actor.Customer, "Harbour"), actor.CustomerAdmin)
		south := user(t, a, company(t, a, actor.Partner, "South"), actor.PartnerAdmin)

		var set struct {
			ProblemTypes []struct {
				ID        string
				Technical bool
			} `json:"problem_types"`
			Severities []struct{ Code string }
		}
		harbour.call("GET", "/api/v1/taxonomy", nil).want(200).into(&set)
		if len(set.ProblemTypes) < 8 || len(set.Severities) != 5 || set.Severities[0].Code != "CORE_DOWN" {
			t.Errorf("what a ticket can be: %+v", set)
		}
		north.call("GET", "/api/v1/taxonomy/severity", nil).refused(404, "HANSE.NOT_FOUND")
		vendor.call("GET", "/api/v1/taxonomy/severity", nil).want(200)
		north.call("POST", "/api/v1/taxonomy/region/cn-north-9/retire", map[string]any{"edition": 0}).refused(403, "HANSE.DENIED")
		vendor.call("POST", "/api/v1/taxonomy/region/cn-north-9/retire", map[string]any{"edition": 0}).want(204)
		vendor.call("POST", "/api/v1/taxonomy/region/cn-north-9/retire", map[string]any{"edition": 0}).refused(409, "HANSE.CONFLICT")
		vendor.call("POST", "/api/v1/taxonomy/region/cn-north-9/restore", map[string]any{"edition": 1}).want(204)

		var imp struct{ ID, State string }
		vendor.with("Content-Type", "text/csv").call("POST", "/api/v1/equipment-imports?name=e.csv", []byte("serial_number,product,customer,partner,maintained_until\nSN-1000,Switch,Harbour,North,2099-12-31\nSN-1001,Switch,Harbour,Nobody,\n")).want(202).into(&imp)
		a.Drain(t)
		at := "/api/v1/equipment-imports/" + imp.ID
		vendor.call("GET", at, nil).want(200).into(&imp)
		if imp.State != "ready" {
			t.Fatalf("the import is %q, want ready", imp.State)
		}
		for _, path := range []string{at + "/errors", at + "/errors.csv", "/api/v1/equipment-imports", "/api/v1/equipment-projects"} {
			vendor.call("GET", path, nil).want(200)
		}
		vendor.call("POST", at+"/confirm", nil).want(204)
		a.Drain(t)
		vendor.call("POST", at+"/cancel", nil).refused(409, "HANSE.CONFLICT")
		var device struct {
			Partner     string `json:"partner_name"`
			Maintenance string
		}
		harbour.call("GET", "/api/v1/equipment/sn-1000", nil).want(200).into(&device)
		if device.Partner != "North" || device.Maintenance != "maintained" {
			t.Errorf("the device: %+v", device)
		}
		north.call("GET", "/api/v1/equipment?maintenance=maintained", nil).want(200)
		south.call("GET", "/api/v1/equipment/SN-1000", nil).refused(404, "HANSE.NOT_FOUND")
		south.call("GET", at, nil).refused(403, "HANSE.DENIED")

		mail := map[string]any{"way": "mail", "value": "duty@north.example"}
		var need struct {
			Needed bool `json:"code_needed"`
		}
		north.call("POST", "/api/v1/ticket-contacts/need", mail).want(200).into(&need)
		if !need.Needed {
			t.Error("an unknown address needs no code")
		}
		north.call("POST", "/api/v1/ticket-contacts/codes", mail).want(200)
		north.call("POST", "/api/v1/ticket-contacts/codes", mail).refused(429, "HANSE.TOO_MANY")
		north.call("POST", "/api/v1/ticket-contacts", map[string]any{"way": "mail", "value": "duty@north.example", "code": "abcdef"}).refused(422, "HANSE.INVALID")
		north.call("GET", "/api/v1/ticket-contacts", nil).want(200)
	})
}
