package demodata

import (
	"fmt"

	"hanse/internal/domain/account"
	"hanse/internal/domain/program"
	"hanse/internal/domain/qualification"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

var machine = actor.Program("demo")

func (s *story) vendorArrives() {
	v := s.open(company{key: "vendor", name: "H3C Partner Service (demonstration)", country: "CN", contact: "Anna Keller", email: "anna.keller@vendor.example"}, actor.Vendor)
	for _, x := range vendorStaff {
		by := s.user(v, x.name, x.email, x.lang, x.role, x.home, x.roles...)
		if x.role != "" {
			s.admins[x.role] = by
		}
	}
}

func (s *story) partnersJoin() {
	for _, c := range partners {
		a := s.open(c, actor.Partner)
		s.admins[c.key] = s.user(a, c.contact, c.email, c.lang, c.role, c.home, actor.PartnerAdmin)
	}
	siam := s.companies["siam"]
	s.user(siam, "Kanya Boonmee", "kanya@siamlink.example", "en", "service_manager", "/people/exits", actor.ServiceManager)
}

func (s *story) peopleCome() {
	// The engineer who can sign in exists before the roster names the address: it finds this person.
	s.engineer("Somchai Wattana", "somchai@siamlink.example")
	for _, c := range partners {
		s.roster(c.key, rosters[c.key])
	}
	var many []engineer
	for i := range 60 {
		given, family := givenNames[i%len(givenNames)], familyNames[i/len(givenNames)]
		many = append(many, engineer{number: fmt.Sprintf("G-%03d", i+10), name: given + " " + family,
			email: fmt.Sprintf("g%03d@gulfhorizon.example", i+10), held: spread(i), plain: i%7 == 0})
	}
	s.roster("gulf", many)
}

// spread gives the distributor's people certificates of every age.
func spread(i int) []held {
	codes := []string{"H3CNE", "H3CNE", "H3CSE", "H3CNE-SECURITY", "H3CNE-X86", "H3CS-IMC", "H3CIE"}
	if i%9 == 8 {
		return nil
	}
	until := 12 + (i*53)%780
	list := []held{has(codes[i%len(codes)], 1095-until, until)}
	if i%10 == 3 {
		list = append(list, has("PMP", 600, 495))
	}
	return list
}

func (s *story) factsAreDeclared() {
	full := qualification.ServiceFacts{Hotline: program.Hotline7x24, IssueTracking: program.TrackingAutomatic, EventsAttended: 4}
	small := qualification.ServiceFacts{Hotline: program.Hotline5x8, HotlineNumber: "+51 1 700 2000", ServiceEmail: "service@partner.example",
		IssueTracking: program.TrackingManual, EventsAttended: 1}
	for key, x := range map[string][3]string{
		"baltic": {"Marius Žukas", "+370 5 200 1000", "service@balticnetcare.example"}, "siam": {"Kanya Boonmee", "+66 2 555 0100", "service@siamlink.example"},
		"kyoto": {"Ren Kobayashi", "+81 75 200 3000", "service@kyotodenki.example"}, "lagos": {"Tunde Bello", "+234 1 200 4000", "service@lagosfibre.example"},
	} {
		f := full
		f.HotlineNumber, f.ServiceEmail = x[1], x[2]
		s.declare(key, f, x[0])
	}
	for key, manager := range map[string]string{"andes": "Lucía Quispe", "ostrava": "Petra Nováková", "sarawak": "Aisyah Rahman", "gulf": "Layla Nasser", "qianjiang": "李伟"} {
		s.declare(key, small, manager)
	}
	credits := small
	credits.Credits = 260
	s.declare("conecta", credits, "Bruno Costa")
}

func (s *story) starsAreGranted() {
	s.travel(296)
	s.grant("conecta", "two-star", "credits")
	s.travel(281)
	s.grant("baltic", "four-star", "certificates")
	s.travel(250)
	s.grant("kyoto", "three-star", "certificates")
	s.travel(200)
	s.grant("gulf", "two-star", "certificates")
	s.travel(120)
	s.grant("siam", "two-star", "certificates")
}

func (s *story) thingsChange() {
	s.travel(58)
	// Somchai passed the senior exam: three stars are in reach since then.
	s.roster("siam", []engineer{{"S-101", "Somchai Wattana", "somchai@siamlink.example", []held{has("H3CSE", 62, 1033)}, false}})
	s.travel(45)
	s.leave("kyoto", "Yui Nakamura")
	s.travel(30)
	s.do("record a critical event", func() error {
		_, err := s.Qualification.RecordCritical(s.ctx, s.admins["vendor_reviewer"], qualification.NewCritical{Partner: s.companies["conecta"].ID,
			Program: "h3c-star", OccurredOn: s.on(-33), Effect: qualification.Note,
			Summary: "A customer's core switch was out of service for nine hours; the hotline did not answer for the first two."})
		return err
	})
	s.reject("sarawak")
}

func (s *story) applicationsWait() {
	s.travel(9)
	ostrava := s.submit("ostrava", "two-star", "certificates")
	s.travel(8)
	lagos := s.submit("lagos", "three-star", "certificates")
	s.travel(7)
	s.returned(ostrava)
	s.start(lagos)
	s.travel(1)
	s.submit("andes", "two-star", "certificates")
	s.draft("nile", "two-star")
	s.register()
}

func (s *story) customersBuy() {
	for _, c := range customers {
		a := s.open(c, actor.Customer)
		s.admins[c.key] = s.user(a, c.contact, c.email, c.lang, c.role, c.home, actor.CustomerAdmin)
	}
	for _, x := range []struct {
		from, to string
		kind     account.Link
	}{{"gulf", "nile", account.ResellerOf}, {"gulf", "cedar", account.ResellerOf}, {"baltic", "mekong", account.Resale}, {"baltic", "hospital", account.Referral}} {
		s.do("associate "+x.to, func() error {
			_, err := s.Account.Associate(s.ctx, s.admins["vendor_admin"], account.Association{Account: s.companies[x.from].ID,
				Other: s.companies[x.to].ID, Kind: x.kind, Since: s.on(-1).String()})
			return err
		})
	}
}

// engineer makes a person who can sign in.
func (s *story) engineer(name, email string) {
	s.do("engineer "+name, func() error {
		id, err := s.Account.CreatePerson(s.ctx, machine, account.NewPerson{Name: name, Email: email, Password: Password, Lang: "en"})
		if err != nil {
			return err
		}
		s.logins["engineer"] = Login{Role: "engineer", Account: name, DomainID: id, Login: email, Password: Password, Home: "/me/certificates"}
		return s.DB.Update(s.ctx, func(tx *db.Tx) error { return s.Roster.AdoptPerson(s.ctx, tx, id, name, email) })
	})
}
