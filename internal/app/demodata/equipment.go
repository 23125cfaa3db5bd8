package demodata

import (
	"fmt"
	"strings"

	"hanse/internal/domain/equipment"
)

// fleet is what was delivered to one site: serial numbers count up from first. The customer is a company of the story, or a
// name that isn't an account here; days are after the present.
type fleet struct {
	product, serial, number, project, customer, partner, site string
	first, count, delivered, maintained                       int
}

var delivered = []fleet{
	{"S6730-H24X6C core switch", "210235A3X1H", "PRJ-2025-0417", "Campus renewal", "hospital", "baltic", "Building A, equipment room 1", 101, 4, -420, 676},
	{"AP661 access point", "210235C7W2K", "PRJ-2025-0417", "Campus renewal", "hospital", "baltic", "Building A, floors 1 to 6", 11, 24, -420, 676},
	{"F5080 firewall", "210231F5Q8M", "PRJ-2023-0102", "Perimeter", "hospital", "baltic", "Building B, equipment room 2", 7, 2, -1050, 41},
	{"SR6608 router", "210235R6S0P", "PRJ-2024-0891", "Branch network", "mekong", "nile", "Ho Chi Minh City, data centre", 31, 2, -610, 485},
	{"MSR3610 branch router", "210235M3B9T", "PRJ-2024-0891", "Branch network", "mekong", "nile", "40 shops", 400, 40, -600, 495},
	{"R4900 G5 server", "210235S4G5V", "PRJ-2022-0033", "Warehouse system", "mekong", "baltic", "Da Nang, warehouse", 1, 6, -1400, -305},
	{"S5560X access switch", "210235A5X6N", "PRJ-2026-0008", "Plant network", "Riga Shipyard", "", "Hall 3", 71, 8, -130, 965},
	{"X10536 storage array", "210235Z1D5E", "", "", "pearl", "", "Guangzhou, main building", 3, 1, -700, -5},
}

// equipmentIsDelivered brings the installed base, and a second file that waits for somebody's word.
func (s *story) equipmentIsDelivered() {
	var rows []string
	for _, f := range delivered {
		for n := range f.count {
			rows = append(rows, s.device(f, n, f.maintained))
		}
	}
	s.do("deliver equipment", func() error {
		imp, err := s.Equipment.ImportNow(s.ctx, machine, "deliveries.csv", equipmentFile(rows), false, nil)
		if err == nil && imp.State != equipment.Done {
			err = fmt.Errorf("it ended as %s", imp.State)
		}
		return err
	})
	renewal := []string{s.device(delivered[2], 0, 41+365), s.device(delivered[2], 1, 41+365), "210231F5Q8M00009,F5080 firewall,,,,Nordic Uplink AS,,,2026-02-30"}
	s.do("upload a renewal", func() error {
		_, err := s.Equipment.Upload(s.ctx, s.admins["vendor_admin"], "renewals.csv", equipmentFile(renewal))
		return err
	})
	s.do("check the renewal", func() error { return s.Runner.Drain(s.ctx) })
}

// device is the row of the n-th of some devices.
func (s *story) device(f fleet, n, maintained int) string {
	name := func(key string) string {
		if a, ok := s.companies[key]; ok {
			return a.ID
		}
		return key
	}
	return fmt.Sprintf("%s%05d,%s,%s,%s,%s,%s,%q,%s,%s", f.serial, f.first+n, f.product, f.number, f.project, name(f.customer), name(f.partner), f.site, s.on(f.delivered), s.on(maintained))
}

func equipmentFile(rows []string) *strings.Reader {
	return strings.NewReader(strings.Join(equipment.Columns(), ",") + "\n" + strings.Join(rows, "\n") + "\n")
}
