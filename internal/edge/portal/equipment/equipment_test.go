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
