package matrix_test

import (
	"context"

	"hanse/internal/app/apptest"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
)

var treasuryRows = []row{
	{name: "treasury.FourEyes", verb: actor.ViewTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.FourEyes(ctx, by))
	}},
	{name: "treasury.EnterTopUp", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.EnterTopUp(ctx, by, treasury.NewTopUp{}, nil))
	}},
	{name: "treasury.ApproveTopUp", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.ApproveTopUp(ctx, by, x.of("top_up"), 9))
	}},
	{name: "treasury.RejectTopUp", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.RejectTopUp(ctx, by, x.of("top_up"), 9, "No"))
	}},
	{name: "treasury.AskReversal", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.AskReversal(ctx, by, x.of("top_up"), 9, "Wrong"))
	}},
	{name: "treasury.DecideReversal", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.DecideReversal(ctx, by, x.of("top_up"), 9, true))
	}},
	{name: "treasury.TopUps", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Treasury.TopUps(ctx, by, treasury.TopUpFilter{Account: x.account}))
	}},
	{name: "treasury.TopUp", verb: actor.ViewFunds, only: notManagers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.TopUp(ctx, by, x.of("top_up")))
	}},
	{name: "treasury.OpenEvidence", verb: actor.ViewTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		f, _, err := a.Treasury.OpenEvidence(ctx, by, x.of("top_up"))
		if f != nil {
			f.Close()
		}
		return err
	}},
	{name: "treasury.SetCredit", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.SetCredit(ctx, by, treasury.NewCredit{}))
	}},
	{name: "treasury.DecideCredit", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.DecideCredit(ctx, by, x.of("none"), true, ""))
	}},
	{name: "treasury.CreditLines", verb: actor.ViewTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Treasury.CreditLines(ctx, by, "", 0))
	}},
	{name: "treasury.CreditHistory", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.CreditHistory(ctx, by, x.account))
	}},
	{name: "treasury.WaitingCredit", verb: actor.ViewTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.WaitingCredit(ctx, by, 0))
	}},
	{name: "treasury.CreditOf", verb: actor.ViewTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.CreditOf(ctx, by, x.of("none")))
	}},
	{name: "treasury.Repay", verb: actor.PayIn, open: "pays the own company's credit alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.Repay(ctx, by, "CNY"))
	}},
	{name: "treasury.Earmark", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.Earmark(ctx, by, treasury.NewEarmark{}))
	}},
	{name: "treasury.ReleaseEarmark", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.ReleaseEarmark(ctx, by, x.of("none"), 1, "1", "Over"))
	}},
	{name: "treasury.Earmarks", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Treasury.Earmarks(ctx, by, treasury.EarmarkFilter{Account: x.account}))
	}},
	{name: "treasury.OneEarmark", verb: actor.ViewFunds, only: notManagers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.OneEarmark(ctx, by, x.of("none")))
	}},
	{name: "treasury.ReleaseDeposit", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Treasury.ReleaseDeposit(ctx, by, x.account, "CNY", "1", "Over", "")
	}},
	{name: "treasury.SaveBank", verb: actor.WithdrawFunds, open: "the own company's bank data alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Treasury.SaveBank(ctx, by, treasury.Bank{})
	}},
	{name: "treasury.BankData", verb: actor.WithdrawFunds, open: "the own company's bank data alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.BankData(ctx, by))
	}},
	{name: "treasury.RevealBank", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.RevealBank(ctx, by, x.of("none")))
	}},
	{name: "treasury.Withdraw", verb: actor.WithdrawFunds, open: "the own company's money alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.Withdraw(ctx, by, treasury.NewWithdrawal{}))
	}},
	{name: "treasury.CancelWithdrawal", verb: actor.WithdrawFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.CancelWithdrawal(ctx, by, x.of("none"), 1))
	}},
	{name: "treasury.ApproveWithdrawal", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.ApproveWithdrawal(ctx, by, x.of("none"), 1))
	}},
	{name: "treasury.RejectWithdrawal", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.RejectWithdrawal(ctx, by, x.of("none"), 1, "No"))
	}},
	{name: "treasury.FailWithdrawal", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.FailWithdrawal(ctx, by, x.of("none"), 1, "Sent back"))
	}},
	{name: "treasury.PayWithdrawal", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.PayWithdrawal(ctx, by, x.of("none"), 1, "OUT", "2026-01-01"))
	}},
	{name: "treasury.Withdrawals", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Treasury.Withdrawals(ctx, by, treasury.WithdrawalFilter{Account: x.account}))
	}},
	{name: "treasury.OneWithdrawal", verb: actor.ViewFunds, only: notManagers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.OneWithdrawal(ctx, by, x.of("none")))
	}},
	{name: "treasury.Withdrawable", verb: actor.WithdrawFunds, open: "the own company's top-ups alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.Withdrawable(ctx, by, "CNY"))
	}},
	{name: "treasury.Balances", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.Balances(ctx, by, x.account))
	}},
	{name: "treasury.HowToPay", verb: actor.ViewFunds, open: "the own company alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.HowToPay(ctx, by))
	}},
	{name: "treasury.PayIn", verb: actor.PayIn, open: "the own company alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.PayIn(ctx, by, "CNY", "-1"))
	}},
	{name: "treasury.Reminder", verb: actor.ViewFunds, open: "the own company alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.Reminder(ctx, by, "CNY"))
	}},
	{name: "treasury.SetReminder", verb: actor.PayIn, open: "the own company alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return a.Treasury.SetReminder(ctx, by, "CNY", "-1")
	}},
	{name: "treasury.AskRefund", verb: actor.AnswerRefund, open: "the own company alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return one(a.Treasury.AskRefund(ctx, by, treasury.NewRefund{}))
	}},
	{name: "treasury.BeginRefund", verb: actor.RefundCustomer, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.BeginRefund(ctx, by, treasury.NewRefund{Customer: x.account, Unit: "CNY", Amount: "1"}))
	}},
	{name: "treasury.ReturnMoney", verb: actor.RefundCustomer, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.ReturnMoney(ctx, by, x.of("none"), 1, ""))
	}},
	{name: "treasury.DeclineRefund", verb: actor.RefundCustomer, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.DeclineRefund(ctx, by, x.of("none"), 1, "No"))
	}},
	{name: "treasury.RecordRefund", verb: actor.RefundCustomer, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.RecordRefund(ctx, by, x.of("none"), 1, treasury.PaidRefund{Method: "Bank", On: "2026-01-01", Reference: "OUT"}))
	}},
	{name: "treasury.AnswerRefund", verb: actor.AnswerRefund, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.AnswerRefund(ctx, by, x.of("none"), 1, treasury.RefundConfirmed, ""))
	}},
	{name: "treasury.Refunds", verb: actor.ViewFunds, only: notManagers, open: "the own company's alone", call: func(ctx context.Context, a *apptest.App, by actor.Actor, _ ids) error {
		return two(a.Treasury.Refunds(ctx, by, treasury.RefundFilter{}))
	}},
	{name: "treasury.OneRefund", verb: actor.ViewFunds, only: notManagers, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Treasury.OneRefund(ctx, by, x.of("none")))
	}},
	{name: "payment.Start", verb: actor.PayIn, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		_, err := a.Payment.Start(ctx, by, payment.Wish{Account: x.of("none"), Subject: "top_up:none", Unit: "CNY", Minor: 1, Return: func(string) string { return "/" }}, nil)
		return err
	}},
	{name: "payment.Refund", verb: actor.ManageTreasury, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return a.Payment.Refund(ctx, by, x.of("none"), 1, "key")
	}},
	{name: "payment.List", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return two(a.Payment.List(ctx, by, payment.Filter{Account: x.account}))
	}},
	{name: "payment.One", verb: actor.ViewFunds, call: func(ctx context.Context, a *apptest.App, by actor.Actor, x ids) error {
		return one(a.Payment.One(ctx, by, x.of("none")))
	}},
}

// notManagers leaves channel managers out: they see a company's balances, and no queue of all companies.
func notManagers(by actor.Actor) bool { return !by.Has(actor.ChannelManager) }

// fillTreasury gives the stranger a top-up.
func fillTreasury(w *world, by, _ actor.Actor) {
	t, err := w.a.Treasury.EnterTopUp(w.t.Context(), actor.Actor{Account: by.Account, Kind: actor.Vendor, User: "usr_finance", Name: "Finance", Roles: []actor.Role{actor.VendorFinance}, Via: "session"},
		treasury.NewTopUp{Account: by.Account, Method: treasury.Transfer, Unit: "CNY", Amount: "10.00", Reference: "STRANGE-1", Payer: "Theirs", ReceivedOn: calendar.DayOf(w.a.Clock.Now()).String()}, nil)
	must(w.t, err)
	w.stranger.more["top_up"] = t.ID
}
