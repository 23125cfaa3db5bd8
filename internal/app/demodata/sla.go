package demodata

import (
	"time"

	"hanse/internal/domain/sla"
	"hanse/internal/kit/calendar"
)

// servicesAreAgreed gives the vendor a second working calendar, for customers in Europe, and a policy that also limits
// updates and solutions.
func (s *story) servicesAreAgreed() {
	by := s.admins["vendor_admin"]
	s.do("save a calendar", func() error {
		c := sla.Calendar{Name: "Europe desk", Zone: "Europe/Berlin", Days: map[string][]sla.Hours{}}
		for day := time.Monday; day <= time.Friday; day++ {
			c.Week[day] = []sla.Hours{{From: 8 * 60, To: 12 * 60}, {From: 12*60 + 30, To: 17 * 60}}
		}
		year, _, _ := s.today.Split()
		for _, day := range []calendar.Day{calendar.Date(year, time.December, 25), calendar.Date(year, time.December, 28), calendar.Date(year+1, time.January, 1)} {
			c.Days[day.String()] = nil
		}
		c.Days[calendar.Date(year, time.December, 24).String()] = []sla.Hours{{From: 8 * 60, To: 12 * 60}}
		_, err := s.SLA.SaveCalendar(s.ctx, by, c, 0, time.Time{})
		return err
	})
	s.do("save a policy", func() error {
		p := sla.ShippedPolicy()
		p.Note = "Updates and solutions are limited from now on, first responses stay as they were."
		for i, r := range p.Rules {
			if r.Plan != "" {
				p.Rules[i].Update, p.Rules[i].Solution = r.First*4, r.First*24
			}
		}
		_, err := s.SLA.SavePolicy(s.ctx, by, p)
		return err
	})
}
