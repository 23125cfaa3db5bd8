package demodata

import (
	"hanse/internal/domain/order"
	"hanse/internal/domain/product"
	"hanse/internal/domain/rate"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/subscription"
	"hanse/internal/kit/actor"
)

// plansAreOffered says who may buy plans, long before somebody does.
func (s *story) plansAreOffered() {
	s.do("who may buy", func() error {
		return s.Setting.Change(s.ctx, s.admins["vendor_admin"], setting.Change{Key: setting.EligiblePrograms, Value: "h3c-star"})
	})
}

// plansAreBought lets the star partners buy plans: one by the month that renews by itself, one by the month that changes
// later, one by the year.
func (s *story) plansAreBought() {
	s.topUp("siam", "42500.00", "FT26-6001")
	s.topUp("baltic", "40000.00", "FT26-6002")
	s.topUp("kyoto", "90000.00", "FT26-6003")
	s.buys("siam", order.Ask{Kind: order.Buy, Level: rate.Standard, Term: rate.Months(1)})
	s.do("renew automatically", func() error {
		_, err := s.Subscription.SetAutoRenew(s.ctx, s.admins["siam"], "", subscription.Auto{On: true})
		return err
	})
	s.buys("baltic", order.Ask{Kind: order.Buy, Level: rate.Standard, Term: rate.Months(2)})
	s.buys("kyoto", order.Ask{Kind: order.Buy, Level: rate.Standard, Term: rate.Years(1)})
}

// plansChange has one partner go up and another give its year back, which finance has to agree to.
func (s *story) plansChange() {
	dropped := s.orders("baltic", order.Ask{Kind: order.Renew, Term: rate.Months(3)})
	s.do("cancel an order", func() error {
		_, err := s.Order.CancelOrders(s.ctx, s.buyer("baltic"), []string{dropped.No})
		return err
	})
	s.buys("baltic", order.Ask{Kind: order.Change, Level: rate.Premium})
	s.orders("kyoto", order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
}

// plansWait leaves an order to pay, and a plan that was given back.
func (s *story) plansWait() {
	s.orders("baltic", order.Ask{Kind: order.Unsubscribe, Cancel: rate.CancelAll})
	s.orders("siam", order.Ask{Kind: order.Pack, Packs: 2})
}

// buyer acts as a program of a company would: the demonstration can't read its own mail for a code.
func (s *story) buyer(key string) actor.Actor {
	by := s.admins[key]
	by.Via = "key"
	return by
}

// orders places an order with everything ticked.
func (s *story) orders(key string, a order.Ask) (o order.Order) {
	s.do("order "+string(a.Kind)+" for "+key, func() error {
		q, err := s.Order.Quote(s.ctx, s.buyer(key), a)
		if err != nil {
			return err
		}
		agreed, err := product.AgreementAt(s.ctx, s.DB.Read(), s.Clock.Now())
		if err != nil {
			return err
		}
		o, err = s.Order.Place(s.ctx, s.buyer(key), order.Placing{Token: q.Token, Agreed: agreed.Version, Confirmed: true, Reason: 3})
		return err
	})
	return o
}

// buys places an order and pays it from the balance.
func (s *story) buys(key string, a order.Ask) {
	o := s.orders(key, a)
	s.do("pay for "+key, func() error {
		_, err := s.Order.Pay(s.ctx, s.buyer(key), order.Paying{Orders: []string{o.No}, Way: order.Balance})
		return err
	})
}
