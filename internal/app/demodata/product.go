package demodata

import (
	"hanse/internal/domain/account"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// pricesChange publishes a coming price, runs a promotion, gives a discount coupon, and associates the sub-account of a
// partner that isn't a service partner, so that it can buy.
func (s *story) pricesChange() {
	finance, now := s.admins["vendor_finance"], s.Clock.Now()
	s.do("publish coming prices", func() error {
		c, err := s.Product.NewDraft(s.ctx, finance)
		if err != nil {
			return err
		}
		for i, p := range c.Sheet.Prices {
			if p.Level == rate.Premium && p.Term == rate.Months(1) {
				c.Sheet.Prices[i].Minor = 1_780_000
			}
		}
		c.Note = "Premium by the month costs 800.00 more; yearly prices stay."
		if c, err = s.Product.Save(s.ctx, finance, c); err != nil {
			return err
		}
		_, err = s.Product.Publish(s.ctx, finance, c.Version, c.Edition, calendar.DayOf(now).MonthStart().AddMonths(4).Time())
		return err
	})
	s.do("run a promotion", func() error {
		_, err := s.Product.Grant(s.ctx, finance, product.Offer{Kind: product.Promotion, Names: product.Names{EN: "First year of Premium", ZH: "尊享级首年优惠"},
			Discount: rate.Discount{Mode: rate.Ratio, Ratio: 500}, Levels: []rate.Level{rate.Premium}, Orders: []string{product.OrderNew}, Until: now.AddDate(1, 0, 0), NoReason: true})
		return err
	})
	s.do("give a discount coupon", func() error {
		_, err := s.Product.GrantCoupon(s.ctx, finance, product.Coupon{Account: s.companies["siam"].ID, Names: product.Names{EN: "Welcome back", ZH: "续订礼券"},
			Discount: rate.Discount{Mode: rate.Off, Minor: 50_000}, Orders: []string{product.OrderRenew}, Until: now.AddDate(1, 0, 0),
			Limits: product.Limits{WithPromotion: true, WithVouchers: true}})
		return err
	})
	s.subAccountIsAssociated()
}

// subAccountIsAssociated gives a distributor without the service certification an account with which it can buy.
func (s *story) subAccountIsAssociated() {
	master := s.companies["gulf"]
	var sub account.Account
	s.do("make a sub-account", func() (err error) {
		sub, err = s.Account.CreateAccount(s.ctx, actor.Program("demo"), account.NewAccount{Kind: actor.Customer, Name: "GULF HORIZON  Distribution LLC", Country: "AE",
			Contact: "Omar Saleh", Email: "support@gulfhorizon.example"})
		return err
	})
	if s.err != nil {
		return
	}
	admin := s.user(sub, "Omar Saleh", "support@gulfhorizon.example", "en", "sub_account", "/company/sub-accounts", actor.CustomerAdmin)
	s.admins["gulf_sub"], s.companies["gulf_sub"] = admin, sub
	s.do("associate it", func() error {
		x, err := s.Account.AskSub(s.ctx, s.admins["gulf"], sub.ID, master.Name)
		if err != nil {
			return err
		}
		return s.Account.AnswerSub(s.ctx, admin, x.ID, true)
	})
}
