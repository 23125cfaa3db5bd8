package demodata

import (
	"hanse/internal/domain/contract"
	"hanse/internal/domain/order"
	"hanse/internal/domain/rate"
)

// paymentIsAsked has a sub-account ask its master to pay its first plan, and a partner apply for a contract before it
// pays ticket packs.
func (s *story) paymentIsAsked() {
	o := s.orders("gulf_sub", order.Ask{Kind: order.Buy, Level: rate.Standard, Term: rate.Months(1)})
	s.do("ask the master to pay", func() error {
		_, err := s.Order.AskAgent(s.ctx, s.buyer("gulf_sub"), []string{o.No}, "Our budget for tools is with the head office.")
		return err
	})
	o = s.orders("siam", order.Ask{Kind: order.Pack, Packs: 5})
	s.do("apply for a contract", func() error {
		_, err := s.Contract.Apply(s.ctx, s.admins["siam"], contract.Application{Orders: []string{o.No}, Words: "Please name our purchase order 2026-117."})
		return err
	})
}
