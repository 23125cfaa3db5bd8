package demodata

import (
	"context"
	"net/http"

	"hanse/internal/domain/ledger"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/setting"
	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

// moneyComesAndGoes publishes the vendor's bank account, leaves a top-up and a line of credit to a second person, sets
// money aside, and has a withdrawal, a refund and two online payments on their way.
func (s *story) moneyComesAndGoes() {
	for key, value := range map[setting.Key]string{setting.TopUpHolder: "Northern Cloud Technologies Ltd", setting.TopUpBank: "Harbour Commercial Bank", setting.TopUpBranch: "Marina Branch", setting.TopUpAccount: "8801 2200 4470 0123"} {
		s.do("publish the bank account", func() error {
			return s.Setting.Change(s.ctx, s.admins["vendor_admin"], setting.Change{Key: key, Value: value})
		})
	}
	finance := s.admins["vendor_finance"]
	s.do("a large transfer waits", func() error {
		_, err := s.Treasury.EnterTopUp(s.ctx, finance, treasury.NewTopUp{Account: s.companies["gulf"].ID, Method: treasury.Transfer, Unit: ledger.CNY, Amount: "1200000.00",
			Reference: "FT26-5120", Payer: s.companies["gulf"].Name, ReceivedOn: calendar.DayOf(s.Clock.Now()).String(), Remark: "Second half of the annual plan"}, nil)
		return err
	})
	s.do("a bonus", func() error {
		_, err := s.Treasury.EnterTopUp(s.ctx, finance, treasury.NewTopUp{Account: s.companies["baltic"].ID, Method: treasury.Bonus, Unit: ledger.CNY, Amount: "5000.00", Remark: "Newcomer of the year"}, nil)
		return err
	})
	for _, c := range []struct{ key, amount, reason string }{{"baltic", "200000.00", "Two years without arrears"}, {"gulf", "900000.00", "Campaigns of the second half"}} {
		s.do("grant credit", func() error {
			_, err := s.Treasury.SetCredit(s.ctx, finance, treasury.NewCredit{Account: s.companies[c.key].ID, Unit: ledger.CNY, Amount: c.amount, Reason: c.reason})
			return err
		})
	}
	s.do("set money aside", func() error {
		_, err := s.Treasury.Earmark(s.ctx, finance, treasury.NewEarmark{Account: s.companies["gulf"].ID, Unit: ledger.CNY, Amount: "20000.00", Purpose: "Partner summit in Dubai"})
		return err
	})
	s.withdrawalWaits()
	s.paymentsAreTried()
	s.do("ask for a refund", func() error {
		_, err := s.Treasury.AskRefund(s.ctx, s.admins["mekong"], treasury.NewRefund{Unit: ledger.CNY, Amount: "3000.00", Words: "We close the test environment."})
		return err
	})
}

// withdrawalWaits asks for money back, as a program would: the demonstration can't read its own mail.
func (s *story) withdrawalWaits() {
	by := s.admins["baltic"]
	by.Via = "key"
	s.do("save bank data", func() error {
		return s.Treasury.SaveBank(s.ctx, by, treasury.Bank{Holder: s.companies["baltic"].Name, Name: "Bank of Vilnius", Branch: "Old Town", Number: "LT60 1010 0123 4567 8901"})
	})
	s.do("withdraw", func() error {
		_, err := s.Treasury.Withdraw(s.ctx, by, treasury.NewWithdrawal{Unit: ledger.CNY, Amount: "15000.00"})
		return err
	})
}

// paymentsAreTried has one online payment refused and one whose money comes two days later.
func (s *story) paymentsAreTried() {
	if s.TestBank == nil {
		return
	}
	try := func(by actor.Actor, amount string, c payment.Choice) {
		s.do("pay online", func() error {
			p, err := s.Treasury.PayIn(s.ctx, by, ledger.CNY, amount)
			if err != nil {
				return err
			}
			_, err = s.TestBank.Choose(s.ctx, p.Ref, c, func(ctx context.Context, h http.Header, body []byte) error {
				return s.Payment.Notify(ctx, s.TestBank.Name(), h, body)
			})
			return err
		})
	}
	try(s.admins["baltic"], "5000.00", payment.Decline)
	try(s.admins["baltic"], "8000.00", payment.PayLate)
}
