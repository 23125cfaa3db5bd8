package demodata

import (
	"bytes"

	"hanse/internal/domain/duty"
)

// dutiesAreDone publishes a policy that two partners read, ships a spare part, and asks for the quarter's reports: one
// has been sent, the others are due.
func (s *story) dutiesAreDone() {
	s.do("publish a policy", func() error {
		file, err := s.paper()
		if err != nil {
			return err
		}
		d, err := s.Duty.Publish(s.ctx, s.admins["vendor_reviewer"], duty.NewDocument{Topic: "spare-parts", TitleEN: "Spare parts: request, exchange, return", TitleZH: "备件申请、更换与返还管理办法",
			Name: "spare-parts-policy.pdf"}, bytes.NewReader(file))
		if err != nil {
			return err
		}
		for _, key := range []string{"baltic", "siam"} {
			if err := s.Duty.Confirm(s.ctx, s.admins[key], s.companies[key].ID, d.ID); err != nil {
				return err
			}
		}
		return nil
	})
	s.partIsShipped()
	s.part("kyoto", duty.Request{Part: "Power supply PSR1200-56A", Quantity: 1, Equipment: "S10506 210235A0QJX", Reason: "One of two power supplies has failed; the switch runs without reserve."})
	s.reportsAreAsked()
}

func (s *story) part(key string, in duty.Request) (r duty.Request) {
	s.do("ask for a part", func() (err error) {
		r, err = s.Duty.Request(s.ctx, s.admins[key], s.companies[key].ID, in)
		return err
	})
	return r
}

func (s *story) partIsShipped() {
	r := s.part("siam", duty.Request{Part: "Fan tray LSQM1FANSA", Quantity: 2, Equipment: "S7506E 210235A1RNB", Customer: "Chao Phraya Hospital",
		Reason: "The lower fan tray reports a fault since Monday; the second is to stay on stock."})
	for _, x := range []struct {
		to    duty.RequestState
		words string
	}{{duty.Accepted, "From the depot in Singapore."}, {duty.Shipped, "Shipped by courier, number 4471 2203."}} {
		s.do("answer a request", func() (err error) {
			r, err = s.Duty.Move(s.ctx, s.admins["vendor_reviewer"], r.ID, r.Edition, x.to, x.words)
			return err
		})
	}
}

func (s *story) reportsAreAsked() {
	period := duty.Period(s.today)
	s.do("ask for reports", func() error {
		if err := s.Duty.Ask(s.ctx, period, s.on(9)); err != nil {
			return err
		}
		return s.Runner.Drain(s.ctx)
	})
	s.do("send a report", func() error {
		by := s.admins["baltic"]
		r, err := s.Duty.Report(s.ctx, by, by.Account, period)
		if err != nil {
			return err
		}
		_, err = s.Duty.Send(s.ctx, by, by.Account, period, r.Edition, duty.Quarter{Projects: 14, Complaints: 1,
			Summary: "Fourteen projects delivered on time. One complaint about a late part: we now keep two fan trays on stock."})
		return err
	})
}
