package equipment_test

import (
	"net/url"
	"strings"
	"testing"

	"hanse/internal/edge/portal/equipment"
	"hanse/internal/edge/portal/portaltest"
	"hanse/internal/kit/actor"
)

const file = "Serial number,Product,Project number,Project name,Customer,Partner,Site,Delivered,Maintained until\n" +
	"SN-0001,S6730,P-1,Harbour network,Harbour,North,Pier 4,2025-01-15,2028-01-15\n" +
	"SN-0002,S6730,P-1,Harbour network,Harbour,North,Pier 4,2025-01-15,2025-12-31\n" +
	"SN-0003,AP661,P-2,Tower,Elsewhere,,Hill,,\n" +
	"SN-0004,AP661,P-2,Tower,Elsewhere,Nobody,Hill,,\n"

func TestDevicesAreImportedAndSeenByThoseTheyConcern(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) { equipment.Register(p.Site, p.Equipment) })
	vendor, north, harbour := p.Vendor(), p.Partner("North"), p.Customer("Harbour")
	v := p.As(vendor)
	at := v.Upload("/equipment/imports", url.Values{}, "file", "devices.csv", []byte(file)).Want(200).Path
	portaltest.Check(t, v, at)
	p.Drain()
	if got := v.Get(at).Want(200).Text("#import"); !strings.Contains(got, "3 new, 0 changed, 0 as they are, 1 to correct") || !strings.Contains(got, "Nobody") {
		t.Errorf("the import says %q", got)
	}
	if bad := v.Get(at + "/errors.csv").Want(200).Body; !strings.Contains(bad, "SN-0004") || strings.Contains(bad, "SN-0003") {
		t.Errorf("rows to correct:\n%s", bad)
	}
	portaltest.Check(t, v, at)
	v.Post(at+"/confirm", url.Values{}).Want(200)
	p.Drain()
	if got := v.Get(at).Want(200).Text("#import h1 + span, #import .title"); !strings.Contains(got, "Done") {
		t.Errorf("after the import: %q", got)
	}

	c, k := p.As(north), p.As(harbour)
	if got := c.Get("/equipment").Want(200); got.Doc.Find("#devices-table tbody tr").Length() != 2 || !strings.Contains(got.Text("main"), "2 devices, 1 under maintenance") {
		t.Errorf("the partner sees %q", got.Text("main"))
	}
	if got := k.Get("/equipment?state=ended").Want(200).Text("#devices-table tbody"); !strings.Contains(got, "SN-0002") || strings.Contains(got, "SN-0001") {
		t.Errorf("the customer's devices without maintenance: %q", got)
	}
	if got := k.Get("/equipment/SN-0001").Want(200).Text("main"); !strings.Contains(got, "A fault goes to North") || !strings.Contains(got, "Pier 4") {
		t.Errorf("a device says %q", got)
	}
	if got := v.Get("/equipment?q=sn-0003").Want(200).Doc.Find("#devices-table tbody tr").Length(); got != 1 {
		t.Errorf("%d devices of a serial number, want one", got)
	}
	portaltest.Check(t, v, "/equipment", "/equipment?q=nothing", "/equipment/SN-0003", "/equipment/projects", "/equipment/imports", "/channel/"+north.Account+"/equipment", "/channel/"+north.Account+"/equipment/projects")
	portaltest.Check(t, c, "/equipment", "/equipment?project=p-1", "/equipment/SN-0002", "/equipment/projects")
	portaltest.Check(t, k, "/equipment", "/equipment?q=nothing", "/equipment/SN-0001", "/equipment/projects")
	portaltest.Check(t, p.As(p.Customer("Empty")), "/equipment", "/equipment/projects")
	for _, path := range []string{"/equipment/devices.csv", "/equipment/devices.xlsx", "/equipment/projects/list.csv"} {
		if got := k.Get(path).Want(200); strings.HasSuffix(path, "devices.csv") && strings.Contains(got.Body, "SN-0003") {
			t.Errorf("%s has a foreign device", path)
		}
	}
	v.Get("/equipment/imports/template.csv").Want(200)

	k.Get("/equipment/SN-0003").Want(404)
	c.Get("/equipment/imports").Want(403)
	if got := v.Upload("/equipment/imports", url.Values{}, "file", "x.csv", []byte("a,b\n1,2\n")); got.Status != 422 || !strings.Contains(got.Text("main"), "serial_number") {
		t.Errorf("a file of something else: %d %q", got.Status, got.Text("main"))
	}
	if got := p.As(p.VendorUser(actor.Auditor)).Get("/equipment").Want(200); strings.Contains(got.Text("main"), "Equipment imports") {
		t.Error("an auditor is led to imports")
	}
}

func TestOneDeviceAndOneProjectAreEnteredByForms(t *testing.T) {
	p := portaltest.New(t, func(p *portaltest.Portal) { equipment.Register(p.Site, p.Equipment) })
	vendor, north := p.Vendor(), p.Partner("North")
	p.Customer("Harbour")
	v := p.As(vendor)
	v.Get("/equipment/projects").Want(200)
	bad := v.Post("/equipment/projects/new", url.Values{"customer": {"Harbour"}, "partner": {"Nobody"}})
	if bad.Status != 422 || bad.Doc.Find("#f-customer").AttrOr("value", "") != "Harbour" || bad.Doc.Find("#e-project_number").Length()+bad.Doc.Find("#e-partner").Length() == 0 {
		t.Errorf("a project without a name: %d %q", bad.Status, bad.Text("main"))
	}
	if got := v.Post("/equipment/projects/new", url.Values{"project_number": {"P-1"}, "project_name": {"Quay"}, "customer": {"Harbour"}, "partner": {"North"}}).Want(200); !strings.Contains(got.Text("h1"), "P-1 Quay") {
		t.Errorf("after adding a project: %s %q", got.Path, got.Text("h1"))
	}
	form := v.Get("/equipment/new?project=p-1").Want(200)
	for name, want := range map[string]string{"project": "P-1", "customer": "Harbour", "partner": "North", "serial_number": ""} {
		if got := form.Doc.Find("#f-"+name).AttrOr("value", "none"); !strings.EqualFold(got, want) {
			t.Errorf("the form of a project's device has %s = %q, want %q", name, got, want)
		}
	}
	typed := url.Values{"serial_number": {"x"}, "product": {""}, "project": {"P-1"}, "customer": {"Harbour"}, "partner": {"Nobody"}, "site": {"Pier 4"}, "maintained_until": {"2099-12-31"}}
	bad = v.Post("/equipment/new", typed)
	if bad.Status != 422 || bad.Doc.Find("#f-site").AttrOr("value", "") != "Pier 4" || bad.Doc.Find("#e-serial_number, #e-product, #e-partner").Length() != 3 {
		t.Errorf("three mistakes: %d %q", bad.Status, bad.Text("main"))
	}
	typed.Set("serial_number", "SN/7")
	typed.Set("product", "S6730")
	typed.Set("partner", "north")
	if got := v.Post("/equipment/new", typed).Want(200); got.Path != "/equipment/SN%2F7" && got.Path != "/equipment/SN/7" || !strings.Contains(got.Text("main"), "A fault goes to North") {
		t.Errorf("after adding: %s %q", got.Path, got.Text("main"))
	}
	at := "/equipment/edit/SN%2F7"
	if got := v.Get(at).Want(200).Doc; got.Find("#f-serial_number[readonly]").Length() != 1 || got.Find("#f-maintained_until").AttrOr("value", "") != "2099-12-31" || got.Find("input[name=edition]").AttrOr("value", "") != "1" {
		t.Errorf("the form of a device: %q", got.Find("main").Text())
	}
	typed.Set("edition", "1")
	typed.Set("partner", "")
	if got := v.Post(at, typed).Want(200); !strings.Contains(got.Text("main"), "A fault goes to the vendor") {
		t.Errorf("after the change: %q", got.Text("main"))
	}
	typed.Set("site", "Hill")
	if got := v.Post(at, typed); got.Status != 409 || got.Doc.Find("#f-site").AttrOr("value", "") != "Hill" {
		t.Errorf("a stale form: %d %q, want a conflict with what was typed", got.Status, got.Text("main"))
	}
	if got := v.Post("/equipment/projects/edit?project=p-1", url.Values{"edition": {"1"}, "project_name": {"Quay 2"}, "customer": {"Harbour"}, "partner": {"North"}}).Want(200); !strings.Contains(got.Text("h1"), "P-1 Quay 2") {
		t.Errorf("after changing a project: %q", got.Text("h1"))
	}
	portaltest.Check(t, v, "/equipment/new", "/equipment/new?project=p-1", at, "/equipment/projects/new", "/equipment/projects/edit?project=p-1")
	c := p.As(north)
	if got := c.Get("/equipment/projects").Want(200); got.Doc.Find(`a[href="/equipment/projects/new"]`).Length() != 0 {
		t.Error("a partner is led to the form of a project")
	}
	for _, path := range []string{"/equipment/new", at, "/equipment/projects/new", "/equipment/projects/edit?project=p-1"} {
		c.Get(path).Want(403)
	}
	c.Post(at, typed).Want(403)
}
