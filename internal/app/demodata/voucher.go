package demodata

import (
	"strings"

	"hanse/internal/domain/batch"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
)

// vouchersAreIssued grants quotas to a distributor and a solution provider; the distributor hands parts to its
// resellers, the provider issues vouchers to its customer, takes one back, and buys a pickup voucher. A large grant
// waits for a second pair of eyes.
func (s *story) vouchersAreIssued() {
	now := s.Clock.Now()
	grant := func(key string, minor int64, l voucher.Limits) (q voucher.Quota) {
		s.do("grant a quota", func() (err error) {
			q, err = s.Voucher.Grant(s.ctx, s.admins["vendor_finance"], voucher.NewQuota{Partner: s.companies[key].ID, Currency: "CNY", Minor: minor,
				ExpireAt: now.AddDate(1, 0, 0), Limits: l, Memo: "Campaign of the year", Key: "demo-quota-" + key})
			return err
		})
		return q
	}
	gulf := grant("gulf", 50_000_000, voucher.Limits{})
	baltic := grant("baltic", 8_000_000, voucher.Limits{FaceMax: 2_000_000, Services: []string{"hws.service.type.ec2", "hws.service.type.obs"}})
	s.do("propose a large quota", func() error {
		_, err := s.Voucher.Grant(s.ctx, s.admins["vendor_finance"], voucher.NewQuota{Partner: s.companies["gulf"].ID, Kind: voucher.Coupon, Currency: "CNY", Minor: 250_000_000,
			ExpireAt: now.AddDate(1, 0, 0), Limits: voucher.Limits{MaxRatio: 5000}, Key: "demo-quota-large"})
		return err
	})
	s.do("hand out quotas", func() error {
		_, err := s.Voucher.Split(s.ctx, s.admins["gulf"], voucher.Split{Quota: gulf.ID, Resellers: []string{s.companies["nile"].ID, s.companies["cedar"].ID}, Minor: 6_000_000, Key: "demo-split"})
		return err
	})
	s.vouchersOf(s.admins["baltic"], baltic, s.companies["mekong"].ID)
	s.vouchersOfAFile(s.admins["baltic"], baltic)
}

// vouchersOfAFile uploads customers and face values, one row of which names nobody; the batch waits to be confirmed.
func (s *story) vouchersOfAFile(by actor.Actor, q voucher.Quota) {
	s.do("upload vouchers", func() error {
		file := "receiver,amount,memo\n" + s.companies["mekong"].ID + ",2500.00,Winter campaign\nKaunas Logistic,1000.00,Winter campaign\n"
		_, err := s.Voucher.Many().Upload(s.ctx, by, batch.NewBatch{Work: voucher.IssueMany, Terms: voucher.Terms{Quota: q.ID}.Text()}, "winter.csv", strings.NewReader(file))
		return err
	})
	s.do("check them", func() error { return s.Runner.Drain(s.ctx) })
}

// vouchersOf gives a customer vouchers, one of which is taken back, and a pickup voucher.
func (s *story) vouchersOf(by actor.Actor, q voucher.Quota, customer string) {
	now := s.Clock.Now()
	made := ""
	for _, x := range []voucher.Issue{
		{Minor: 1_200_000, Key: "demo-v1", Memo: "Start of the project"},
		{Minor: 300_000, Key: "demo-v2", Services: []string{"hws.service.type.obs"}, ExpireAt: now.AddDate(0, 6, 0)},
		{Minor: 150_000, Key: "demo-v3", Memo: "By mistake"},
	} {
		s.do("issue a voucher", func() error {
			x.Quota, x.Customers = q.ID, []string{customer}
			out, err := s.Voucher.Issue(s.ctx, by, x)
			if err == nil {
				made, err = out[0].Made, out[0].Err
			}
			return err
		})
	}
	s.do("reclaim a voucher", func() error {
		_, _, err := s.Voucher.Reclaim(s.ctx, by, voucher.Reclaim{Voucher: made, Remark: "Issued by mistake"})
		return err
	})
	s.do("buy a pickup voucher", func() error {
		_, err := s.Voucher.BuyPickup(s.ctx, by, voucher.NewPickup{Customer: customer, Currency: "CNY", Minor: 500_000, Ratio: 8000, Orders: []string{"new", "renew"},
			ExpireAt: now.AddDate(0, 9, 0), Key: "demo-pickup"})
		return err
	})
}
