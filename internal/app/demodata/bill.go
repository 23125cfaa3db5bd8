package demodata

import (
	"fmt"
	"strings"

	"hanse/internal/domain/account"
	"hanse/internal/domain/bill"
	"hanse/internal/domain/funds"
	"hanse/internal/kit/actor"
)

// pearl is a customer that consumes: one month is paid, the next is more than it has.
var pearl = company{key: "pearl", name: "Pearl Delta Foods", country: "CN", contact: "Chen Jie", email: "chen.jie@pearldelta.example"}

// consumptionBegins brings the first file of the metering, for a customer without funds.
func (s *story) consumptionBegins() {
	a := s.open(pearl, actor.Customer)
	s.admins[pearl.key] = s.user(a, pearl.contact, pearl.email, "zh-Hans", "", "", actor.CustomerAdmin)
	s.do("associate "+pearl.key, func() error {
		_, err := s.Account.Associate(s.ctx, s.admins["vendor_admin"], account.Association{Account: s.companies["baltic"].ID,
			Other: a.ID, Kind: account.Resale, Since: s.on(-75).String()})
		return err
	})
	s.do("connect the books", func() error { return s.Runner.Drain(s.ctx) })
	day := s.on(-s.at - 1).String()
	s.consumption("consumption-1.csv",
		pearlLine("M1-0001", a.ID, 5, "hws.service.type.ec2", "cn-north-4", day, "4800.00", "4320.12345678"),
		pearlLine("M1-0002", a.ID, 5, "hws.service.type.obs", "cn-north-4", day, "311.0704", "311.0704"),
		pearlLine("M1-0003", a.ID, 1, "hws.service.type.rds", "ap-southeast-1", day, "2600.00", "2340.00"),
		pearlLine("M1-0004", a.ID, 5, "hws.service.type.ec2", "cn-north-4", day, "12.5", "minus"))
}

// consumptionGoesOn funds the customer, which pays what it owes, and brings a file that is more than what is left, with a
// correction.
func (s *story) consumptionGoesOn() {
	s.topUp("baltic", "12000.00", "LT-2026-131")
	id := s.companies[pearl.key].ID
	s.do("fund "+pearl.key, func() error {
		_, err := s.Funds.Allocate(s.ctx, s.admins["baltic"], funds.In{To: id, Minor: 1_200_000, Key: "demo-pearl", Memo: "Prepaid, contract 2026-77"})
		return err
	})
	s.do("pay what is owed", func() error { return s.Runner.Drain(s.ctx) })
	s.do("make the bills", func() error { return s.Bill.Close(s.ctx, s.Clock.Now()) })
	day := s.on(-s.at - 1).String()
	s.consumption("consumption-2.csv",
		pearlLine("M2-0001", id, 5, "hws.service.type.ec2", "cn-north-4", day, "7150.00", "6435.00000001"),
		pearlLine("M2-0002", id, 5, "hws.service.type.cdn", "ap-southeast-1", day, "488.2015", "488.2015"),
		pearlLine("M2-0003", id, 16, "hws.service.type.rds", "ap-southeast-1", day, "-150.00", "-150.00"))
}

func pearlLine(id, customer string, kind int, service, site, day, listed, amount string) string {
	return fmt.Sprintf("%s,%s,%d,%s,%s,%s,%s,%s", id, customer, kind, service, site, day, listed, amount)
}

func (s *story) consumption(name string, lines ...string) {
	s.do("import "+name, func() error {
		file := "line_id,customer_id,bill_type,service,site,usage_end,list_amount,amount\n" + strings.Join(lines, "\n") + "\n"
		imp, err := s.Bill.ImportNow(s.ctx, machine, name, strings.NewReader(file), false, nil)
		if err == nil && imp.State != bill.Done {
			err = fmt.Errorf("it ended as %s", imp.State)
		}
		return err
	})
}
