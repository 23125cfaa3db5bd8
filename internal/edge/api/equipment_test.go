package api_test

import (
	"net/url"
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

func TestDevicesAndEntriesAreKeptByTheInterface(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *apptest.App) {
		vendor := user(t, a, company(t, a, actor.Vendor, "Vendor"), actor.SupportEngineer)
		north := user(t, a, company(t, a, actor.Partner, "North"), actor.PartnerAdmin)

		const devices, projects = "/api/v1/equipment", "/api/v1/equipment-projects"
		vendor.call("POST", projects, map[string]any{"project_number": "P-1", "partner": "Nobody"}).refused(422, "HANSE.INVALID")
		vendor.call("POST", projects, map[string]any{"project_number": "P-1", "project_name": "Quay", "partner": "North"}).want(201)
		vendor.call("POST", devices, map[string]any{"serial_number": "SN-1", "product": "Switch", "project": "P-1", "partner": "North", "maintained_until": "2099-12-31"}).want(201)
		vendor.call("POST", devices, map[string]any{"serial_number": "sn-1", "product": "Switch"}).refused(422, "HANSE.INVALID")
		var device struct {
			Maintenance, Site string
			Edition           int
		}
		change := map[string]any{"product": "Switch", "site": "Pier 4", "edition": 1}
		vendor.call("PUT", devices+"/SN-1", change).want(200).into(&device)
		if device.Maintenance != "ended" || device.Site != "Pier 4" || device.Edition != 2 {
			t.Errorf("the changed device: %+v, want what was left out empty", device)
		}
		vendor.call("PUT", devices+"/SN-1", change).refused(409, "HANSE.CONFLICT")
		vendor.call("PUT", projects+"/p-1", map[string]any{"project_name": "Quay 2", "edition": 1}).want(200)
		vendor.call("GET", projects+"/p-1", nil).want(200)
		north.call("PUT", devices+"/SN-1", change).refused(403, "HANSE.DENIED")

		const regions, fields = "/api/v1/taxonomy/region", "/api/v1/taxonomy/field"
		seen := map[string]bool{}
		for cursor := "?limit=4"; cursor != ""; {
			var page struct {
				Entries []struct{ ID string }
				Next    string `json:"next_cursor"`
			}
			vendor.call("GET", regions+cursor, nil).want(200).into(&page)
			for _, e := range page.Entries {
				if seen[e.ID] {
					t.Errorf("%s is on two pages", e.ID)
				}
				seen[e.ID] = true
			}
			if cursor = ""; page.Next != "" {
				cursor = "?limit=4&cursor=" + url.QueryEscape(page.Next)
			}
		}
		if len(seen) < 10 {
			t.Errorf("%d regions on all pages", len(seen))
		}
		vendor.call("GET", regions+"?cursor=x", nil).refused(422, "HANSE.INVALID")
		vendor.call("GET", "/api/v1/taxonomy/colour", nil).refused(404, "HANSE.NOT_FOUND")
		rack := map[string]any{"id": "rack", "name": map[string]any{"en": "Rack", "zh": "机柜"}, "place": 900,
			"attributes": map[string]any{"type": 2, "options": []any{map[string]any{"value": "a", "name": map[string]any{"en": "Left", "zh": "左"}}}}}
		var entry struct {
			ID, Kind   string
			Edition    int
			Attributes struct{ Options []struct{ Value string } }
		}
		north.call("POST", fields, rack).refused(403, "HANSE.DENIED")
		vendor.call("POST", fields, rack).want(201).into(&entry)
		if entry.ID != "rack" || entry.Edition != 1 || len(entry.Attributes.Options) != 1 {
			t.Errorf("the added field: %+v", entry)
		}
		vendor.call("POST", fields, rack).refused(422, "HANSE.INVALID")
		delete(rack, "id")
		rack["edition"] = 1
		vendor.call("PUT", fields+"/rack", rack).want(200)
		vendor.call("PUT", fields+"/rack", rack).refused(409, "HANSE.CONFLICT")
		vendor.call("POST", fields+"/rack/retire", map[string]any{"edition": 2}).want(204)
		vendor.call("GET", fields+"/rack", nil).want(200).into(&entry)
		north.call("GET", fields+"/rack", nil).refused(404, "HANSE.NOT_FOUND")
		score := map[string]any{"name": map[string]any{"en": "Tone", "zh": "语气"}, "place": 900, "attributes": map[string]any{"points": 5, "step": 1, "group": "1"}}
		vendor.call("POST", "/api/v1/taxonomy/dimension", score).want(201)
		score["id"] = "77"
		vendor.call("POST", "/api/v1/taxonomy/dimension", score).refused(422, "HANSE.INVALID")
		vendor.call("POST", "/api/v1/taxonomy/severity", map[string]any{"name": score["name"], "place": 1}).refused(409, "HANSE.CONFLICT")
	})
}
