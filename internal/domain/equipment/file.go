package equipment

import (
	"strconv"

	"hanse/internal/kit/calendar"
)

// Row is a device as a row of a file: the columns of an import, then the accounts' ids.
func (i Item) Row() []string {
	return []string{i.Serial, i.Product, i.ProjectNumber, i.ProjectName, i.CustomerName, i.PartnerName, i.Site, dayText(i.Delivered), dayText(i.MaintainedUntil), i.Customer, i.Partner}
}

func dayText(d calendar.Day) string {
	if d.IsNone() {
		return ""
	}
	return d.String()
}

// ProjectColumns are the headings of projects as a file.
var ProjectColumns = []string{"project_number", "project_name", "customer", "partner", "devices", "maintained", "customer_id", "partner_id"}

// Row is a project as a row of a file.
func (p Project) Row() []string {
	return []string{p.Number, p.Name, p.CustomerName, p.PartnerName, strconv.FormatInt(p.Devices, 10), strconv.FormatInt(p.Maintained, 10), p.Customer, p.Partner}
}
