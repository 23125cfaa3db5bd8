package demodata

import (
	"time"

	"hanse/internal/domain/entitlement"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
)

// daysAreUsed has a partner with a plan ask for service days: one request is approved, one waits; and a training grows
// out of what it needs.
func (s *story) daysAreUsed() {
	key := s.planned()
	by, support := s.admins[key], s.admins["vendor_support"]
	next := calendar.Standard().AddDays(calendar.DayOf(s.Clock.Now()), 4)
	fair := s.days(key, entitlement.Asking{Unit: entitlement.Event, Dates: entitlement.Dates{First: next, Last: next + 1}, Topic: "Opening of the online fair", Contact: by.Name,
		Email: s.companies[key].Email, Note: "Load about five times the usual from 08:00 on."})
	s.do("approve days", func() error {
		_, err := s.Entitlement.Approve(s.ctx, support, entitlement.Decision{Request: fair.ID, Edition: fair.Edition, Words: "Two experts are on line around the clock on both days."})
		return err
	})
	later := calendar.Standard().AddDays(next, 5)
	s.days(key, entitlement.Asking{Unit: entitlement.Consulting, Dates: entitlement.Dates{First: later, Last: calendar.Standard().AddDays(later, 1)}, Topic: "Moving an order system to the container service",
		Contact: by.Name, Email: s.companies[key].Email})
	s.do("train", func() error {
		n, err := s.Entitlement.StateNeed(s.ctx, by, entitlement.Need{Topic: "Containers for network engineers", Mode: entitlement.Online, People: 4, Contact: by.Name, Email: s.companies[key].Email})
		if err != nil {
			return err
		}
		x, err := s.Entitlement.PlanSession(s.ctx, support, entitlement.Session{TitleEN: "Containers for network engineers", TitleZH: "面向网络工程师的容器入门", Mode: entitlement.Online,
			Place: "https://meet.vendor.example/containers", StartsAt: later.Time().Add(15 * time.Hour), Minutes: 90, Needs: []string{n.ID}})
		if err != nil {
			return err
		}
		return s.Entitlement.Join(s.ctx, by, s.companies[key].ID, x.ID)
	})
}

// planned is a partner whose plan runs; without one the first service partner gets a yearly plan.
func (s *story) planned() string {
	now := s.Clock.Now()
	for _, key := range []string{"siam", "baltic", "kyoto", "lagos"} {
		if p, _, err := entitlement.PlanOf(s.ctx, s.DB.Read(), s.companies[key].ID); err == nil && p.Running(now.AddDate(0, 0, 20)) {
			return key
		}
	}
	s.do("give a plan", func() error {
		return s.DB.Update(s.ctx, func(tx *db.Tx) error {
			return entitlement.OnPlan(s.ctx, tx, s.admins["siam"], entitlement.Plan{Account: s.companies["siam"].ID, Level: entitlement.Standard, From: tx.Now,
				Until: calendar.DayOf(tx.Now).AddYears(1).Time()})
		})
	})
	return "siam"
}

func (s *story) days(key string, in entitlement.Asking) (r entitlement.Request) {
	s.do("ask for days", func() (err error) {
		r, err = s.Entitlement.Ask(s.ctx, s.admins[key], in)
		return err
	})
	return r
}
