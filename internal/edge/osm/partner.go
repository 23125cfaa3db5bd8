package osm

import (
	"fmt"
	"math"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/privilege"
	"hanse/internal/domain/sla"
	"hanse/internal/kit/actor"
)

// ownMail is the address at which the program writes to the caller.
func (c *call) ownMail() ([]string, error) {
	r, ok, err := account.RecipientOfUser(c.ctx(), c.api.DB.Read(), c.by.Account, c.by.User)
	if err != nil || !ok || r.Email == "" {
		return []string{}, err
	}
	return []string{r.Email}, nil
}

type wireServing struct {
	ID    string `json:"customer_id"`
	Name  string `json:"customer_name"`
	Zone  string `json:"service_time_zone"`
	Days  string `json:"service_time_day"`
	Hours string `json:"service_time_hour"`
}

// showPartnersServiceInfo names the partner at whose desk the caller's tickets are worked on, and its hours; nobody when
// it's the vendor's own desk. With a ticket's number it's that ticket's desk.
func showPartnersServiceInfo(c *call) (any, error) {
	f := c.query()
	f.arg("case_sub_type_id", mostID)
	f.arg("product_id", mostID)
	no := f.arg("case_id", mostID)
	group := f.group()
	if err := f.err(); err != nil {
		return nil, err
	}
	var out struct {
		Partner *wireServing `json:"partners_service_info,omitempty"`
	}
	id, name, err := c.server(no, group)
	if err != nil || id == "" {
		return out, err
	}
	out.Partner = &wireServing{ID: id, Name: name}
	return out, c.hours(out.Partner)
}

// server is the partner that serves a ticket, or would serve a new one; "" = the vendor does.
func (c *call) server(no string, group bool) (id, name string, err error) {
	if no != "" {
		t, err := c.ticket(no, group)
		if err != nil || t.VendorDesk {
			return "", "", err
		}
		return t.Desk, t.DeskName, nil
	}
	s, err := c.api.Tickets.Serving(c.ctx(), c.by)
	if err != nil || s.Vendor {
		return "", "", err
	}
	return s.Desk, s.Name, nil
}

// hours are those of the desk's calendar: its working days of a week, and the longest working day.
func (c *call) hours(w *wireServing) error {
	now := c.api.DB.Clock().Now()
	cal, err := sla.CalendarOf(c.ctx(), c.api.DB.Read(), now, w.ID)
	if err != nil {
		return err
	}
	w.Zone = offset(cal, now)
	if cal.Always {
		w.Days, w.Hours = "7", "24"
		return nil
	}
	days, most := 0, 0
	for _, day := range cal.Week {
		minutes := 0
		for _, h := range day {
			minutes += h.To - h.From
		}
		if minutes > 0 {
			days++
		}
		most = max(most, minutes)
	}
	w.Days = fmt.Sprint(days)
	w.Hours = strings.TrimSuffix(fmt.Sprintf("%.1f", math.Round(float64(most)/6)/10), ".0")
	return nil
}

// offset is a calendar's zone as an offset of today, such as GMT+08:00.
func offset(cal sla.Calendar, now time.Time) string {
	zone, err := time.LoadLocation(cal.Zone)
	if err != nil { // a stored calendar was checked
		return ""
	}
	return "GMT" + now.In(zone).Format("-07:00")
}

// showPartnersCasesPrivilege tells whether the caller works on its customers' tickets.
func showPartnersCasesPrivilege(c *call) (any, error) {
	return struct {
		Has bool `json:"has_privilege"`
	}{c.by.Kind == actor.Partner && c.by.Can(actor.WorkTickets)}, nil
}

// A wireUser is a user of the company, masked.
type wireUser struct {
	Mobile string `json:"mobile"`
	Email  string `json:"email"`
	ID     string `json:"customer_id"`
	Domain string `json:"domain_id"`
	Name   string `json:"customer_name"`
	Area   string `json:"area_code"`
}

// listSubCustomers lists the company's users to its main users, and themselves to others.
func listSubCustomers(c *call) (any, error) {
	f := c.query()
	name, id := strings.ToLower(f.arg("sub_customer_name", 256)), f.arg("sub_customer_id", mostID)
	if err := f.err(); err != nil {
		return nil, err
	}
	users, err := c.users()
	list := []wireUser{}
	for _, u := range users {
		if strings.Contains(strings.ToLower(u.Name), name) && (id == "" || id == u.ID) {
			list = append(list, wireUser{ID: u.ID, Domain: u.Account, Name: masked(u.Name), Email: maskedMail(u.Email)})
		}
	}
	return struct {
		List []wireUser `json:"sub_customer_infos"`
	}{list}, err
}

func (c *call) users() ([]account.User, error) {
	if !privilege.Main(c.by) {
		u, err := account.UserOf(c.ctx(), c.api.DB.Read(), c.by.Account, c.by.User)
		return []account.User{u}, err
	}
	all, err := c.api.Accounts.Users(c.ctx(), c.by, c.by.Account)
	var out []account.User
	for _, u := range all {
		if u.State == account.UserActive {
			out = append(out, u)
		}
	}
	return out, err
}

// masked keeps the first letter.
func masked(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return ""
	}
	return string(r[0]) + "***"
}

// maskedMail keeps the first letter and what stands behind the sign.
func maskedMail(s string) string {
	name, host, ok := strings.Cut(s, "@")
	if !ok {
		return masked(s)
	}
	return masked(name) + "@" + host
}
