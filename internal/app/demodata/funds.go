package demodata

import (
	"strings"

	"hanse/internal/domain/batch"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// fundsAreAllocated lets the distributor pass money to its resellers, one by one and from a file with a bad row, and a
// solution provider fund its resale customer and take a part back.
func (s *story) fundsAreAllocated() {
	s.do("connect the books", func() error { return s.Runner.Drain(s.ctx) })
	s.topUp("gulf", "300000.00", "FT26-4471")
	s.topUp("baltic", "100000.00", "LT-2026-118")
	move := func(what, by string, f func(by actor.Actor) error) {
		s.do(what, func() error { return f(s.admins[by]) })
	}
	move("allocate to a reseller", "gulf", func(by actor.Actor) error {
		_, err := s.Funds.Allocate(s.ctx, by, funds.In{To: s.companies["nile"].ID, Minor: 12_500_000, Key: "demo-1", Memo: "First quarter"})
		return err
	})
	var many batch.Batch
	move("upload a batch", "gulf", func(by actor.Actor) (err error) {
		file := "receiver,amount,memo\n" + s.companies["nile"].Name + ",45000.00,Campaign in Cairo\n" + s.companies["cedar"].Name + ",30000.00,Campaign in Beirut\nLevant Partners,8000.00,Not ours any more\n"
		many, err = s.Funds.Many().Upload(s.ctx, by, batch.NewBatch{Work: ledger.Allocate}, "campaigns.csv", strings.NewReader(file))
		return err
	})
	s.do("check the batch", func() error { return s.Runner.Drain(s.ctx) })
	move("confirm the batch", "gulf", func(by actor.Actor) error { return s.Funds.Many().Confirm(s.ctx, by, many.ID, "") })
	s.do("post the batch", func() error { return s.Runner.Drain(s.ctx) })
	move("fund a customer", "baltic", func(by actor.Actor) error {
		_, err := s.Funds.Allocate(s.ctx, by, funds.In{To: s.companies["mekong"].ID, Minor: 6_000_000, Key: "demo-2", Memo: "Paid by invoice 2026-118"})
		return err
	})
	move("take a part back", "baltic", func(by actor.Actor) error {
		_, err := s.Funds.Reclaim(s.ctx, by, funds.In{To: s.companies["mekong"].ID, Minor: 500_000, Key: "demo-3", Memo: "Corrected invoice"})
		return err
	})
}

// topUp enters a bank transfer that has arrived.
func (s *story) topUp(key, amount, reference string) {
	s.do("top up "+key, func() error {
		_, err := s.Treasury.EnterTopUp(s.ctx, s.admins["vendor_finance"], treasury.NewTopUp{Account: s.companies[key].ID, Method: treasury.Transfer, Unit: ledger.CNY,
			Amount: amount, Reference: reference, Payer: s.companies[key].Name, ReceivedOn: calendar.DayOf(s.Clock.Now()).String(), Key: s.Treasury.NewKey("top")}, nil)
		return err
	})
}
