package demodata

import (
	"hanse/internal/domain/account"
	"hanse/internal/domain/distribution"
	"hanse/internal/kit/actor"
)

// customersAreManaged gives a solution provider an account manager and three more customers: one is frozen, one wants to
// leave; a reseller gets a customer of its own; and an invitation and an announcement are open.
func (s *story) customersAreManaged() {
	baltic, nile := s.admins["baltic"], s.admins["nile"]
	var manager actor.Actor
	s.do("account manager", func() error {
		manager = s.user(s.companies["baltic"], "Greta Paulauskienė", "greta@balticnetcare.example", "en", "account_manager", "/customers", actor.AccountManager)
		return s.err
	})
	kaunas := s.customer(baltic, "kaunas-logistics", "Kaunas Logistics UAB", "LT", "crm-1001")
	riga := s.customer(baltic, "riga-foods", "Riga Foods SIA", "LV", "crm-1002")
	s.customer(nile, "cairo-textiles", "Cairo Textiles SAE", "EG", "n-77")
	s.do("create a customer whose contact is mailed", func() error {
		_, err := s.Distribution.CreateCustomer(s.ctx, baltic, distribution.NewCustomer{Name: "Vilnius Print UAB", Country: "LT", Contact: "Ona Petrauskaitė", Email: "ona@vilniusprint.example",
			Login: "vilnius-print", Model: account.Referral, Manager: manager.User, Lang: "en", Activate: true})
		return err
	})
	s.do("give customers to the account manager", func() error {
		return s.Distribution.Assign(s.ctx, baltic, "", manager.User, []string{s.companies["mekong"].ID, kaunas})
	})
	s.do("label a customer", func() error {
		return s.Distribution.Describe(s.ctx, baltic, "", s.companies["mekong"].ID, "Key account", "V3")
	})
	s.do("freeze a customer", func() error {
		out, err := s.Distribution.Freeze(s.ctx, baltic, distribution.FreezeIn{Customers: []string{riga}, Reason: "Invoice 2026-097 is sixty days overdue."})
		if err == nil {
			err = out[0].Err
		}
		return err
	})
	s.do("a customer wants to leave", func() error {
		_, err := s.Distribution.Ask(s.ctx, s.admins["hospital"], distribution.NewRequest{Operation: distribution.Dissociate, Acknowledged: true,
			Reason: "Our IT is bought by the city from next year on."})
		return err
	})
	s.do("an open link", func() error {
		_, err := s.Distribution.Invite(s.ctx, baltic, distribution.NewInvitation{Kind: account.Resale, Note: "Handed out at the fair in Vilnius.", Manager: manager.User})
		return err
	})
	s.do("announce a customer", func() error {
		_, err := s.Distribution.Announce(s.ctx, baltic, distribution.NewAnnouncement{Company: "Tartu University Hospital", Email: "it@tartuhospital.example"})
		return err
	})
	s.do("tell of it", func() error { return s.Runner.Drain(s.ctx) })
}

func (s *story) customer(by actor.Actor, login, name, country, platform string) (id string) {
	s.do("create "+name, func() error {
		made, err := s.Distribution.CreateCustomer(s.ctx, by, distribution.NewCustomer{Login: login, Name: name, Country: country, XAccountID: platform, XAccountType: "crm"})
		id = made.ID
		return err
	})
	return id
}
