package demodata

import (
	"hanse/internal/domain/material"
	"hanse/internal/domain/round"
)

// pathsGoOn: a partner joins the network and is asked to correct a case, another one is invited, and this year's review
// of the service path is open.
func (s *story) pathsGoOn() {
	s.approve(s.start(s.apply("siam", "membership-hcpn", "joined", "")))
	s.returnedMaterial(s.handIn("siam", material.Case, "Campus network moved to the cloud", -40))
	s.do("invite to a path", func() error {
		_, err := s.Path.Invite(s.ctx, s.admins["channel_manager"], s.companies["baltic"].ID, "path-si", "You have built two offerings with us this year. Join the path.")
		return err
	})
	s.do("plan the annual review", func() error {
		year, _, _ := s.today.Split()
		_, err := s.Round.Plan(s.ctx, s.admins["program_manager"], round.Plan{Year: year, Scopes: []round.Scope{{Program: "path-service", Level: "role"}},
			Days: round.Days{OpensOn: s.on(-5), ClosesOn: s.on(22), ChangesUntil: s.on(38), ResultOn: s.on(69)}})
		return err
	})
}

func (s *story) returnedMaterial(m material.Material) {
	s.do("send a material back", func() error {
		_, err := s.Material.Fail(s.ctx, s.admins["vendor_reviewer"], m.ID, m.Edition, []string{"Name the customer's contact and enclose the acceptance report."})
		return err
	})
}
