package demodata

import (
	"bytes"

	"hanse/internal/domain/budget"
	"hanse/internal/domain/delegation"
	"hanse/internal/domain/realname"
	"hanse/internal/kit/actor"
)

// companiesTrustEachOther shows a budget of a resale customer, one person who may act for a customer and one who asks to,
// and two companies that prove their names: one is verified, one waits.
func (s *story) companiesTrustEachOther() {
	baltic, mekong, hospital := s.admins["baltic"], s.admins["mekong"], s.admins["hospital"]
	s.do("a budget", func() error {
		freeze := false
		_, err := s.Budget.Set(s.ctx, baltic, budget.Setting{Customer: mekong.Account, Kind: budget.Monthly, Minor: 2_000_000, Auto: &freeze})
		return err
	})
	asks := func(customer actor.Actor, reason string) (d delegation.Delegation) {
		s.do("ask to act for "+customer.Account, func() (err error) {
			d, err = s.Delegation.Ask(s.ctx, baltic, delegation.Wish{Customer: customer.Account, User: baltic.User, Until: s.on(60).String(), Reason: reason})
			return err
		})
		return d
	}
	given := asks(mekong, "We move your shop's orders to the new project.")
	s.do("let the partner act", func() error {
		_, err := s.Delegation.Approve(s.ctx, mekong, given.ID, given.Version, "")
		return err
	})
	asks(hospital, "We order the exam vouchers that you asked for.")
	proven := s.companyName(mekong, "Mekong Retail Group", "VN", "0312345678")
	s.do("verify a company", func() error { return s.RealName.Approve(s.ctx, s.admins["vendor_reviewer"], proven.ID, proven.Version) })
	s.companyName(s.admins["siam"], "Siam Link Systems Co., Ltd.", "TH", "0105536000315")
	s.do("tell of it", func() error { return s.Runner.Drain(s.ctx) })
}

func (s *story) companyName(by actor.Actor, name, country, number string) (c realname.Case) {
	s.do("company name of "+name, func() error {
		file, err := s.paper()
		if err != nil {
			return err
		}
		c, err = s.RealName.SubmitCompany(s.ctx, by, realname.Submission{Name: name, Country: country, IDType: "foreign_registration", Number: number, FileName: "licence.pdf"}, bytes.NewReader(file))
		return err
	})
	return c
}
