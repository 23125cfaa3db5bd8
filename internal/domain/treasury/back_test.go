package treasury_test

import (
	"testing"

	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
)

func (g *ground) saveBank(by actor.Actor) {
	g.t.Helper()
	fixture.Must(g.t, g.SaveBank(g.t.Context(), by, treasury.Bank{Holder: "North Ltd", Name: "ICBC", Branch: "Hangzhou West Lake", Number: "6222 0000 1234 5678"}))
}

func (g *ground) withdraw(by actor.Actor, amount string, from ...string) treasury.Withdrawal {
	g.t.Helper()
	w, err := g.Withdraw(g.t.Context(), by, treasury.NewWithdrawal{Unit: "CNY", Amount: amount, From: from})
	fixture.Must(g.t, err)
	return w
}

// withdrawable is what north can withdraw.
func (g *ground) withdrawable(want int64) {
	g.t.Helper()
	o, err := g.Balances(g.t.Context(), g.north, g.north.Account)
	if got := o.Unit("CNY").Withdrawable; err != nil || got != want {
		g.t.Errorf("withdrawable %d, %v, want %d", got, err, want)
	}
}

func (g *ground) today() string { return calendar.DayOf(g.clock.Now()).String() }

func TestAWithdrawalHoldsTheMoneyUntilItIsPaidOrComesBack(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ctx := t.Context()
		g.enter(g.north.Account, "100", "R1")
		_, err := g.Withdraw(ctx, g.north, treasury.NewWithdrawal{Unit: "CNY", Amount: "30"})
		wantKind(t, "a first withdrawal without bank data", err, fault.KindConflict)
		g.saveBank(g.north)
		if b, err := g.BankData(ctx, g.north); err != nil || b.Masked != "•••• 5678" {
			t.Errorf("BankData = %+v, %v", b, err)
		}
		_, err = g.Withdraw(ctx, g.shop, treasury.NewWithdrawal{Unit: "CNY", Amount: "30"})
		wantKind(t, "a resale customer's withdrawal", err, fault.KindConflict)
		_, err = g.Withdraw(ctx, g.north, treasury.NewWithdrawal{Unit: "CNY", Amount: "100.01"})
		wantKind(t, "more than was topped up", err, fault.KindInvalid)
		w := g.withdraw(g.north, "30")
		g.withdrawable(7000)
		w, err = g.RejectWithdrawal(ctx, g.anna, w.ID, w.Edition, "Name differs.")
		fixture.Must(t, err)
		g.withdrawable(10000)
		w = g.withdraw(g.north, "40")
		w, err = g.CancelWithdrawal(ctx, g.north, w.ID, w.Edition)
		fixture.Must(t, err)
		g.withdrawable(10000)
		w = g.withdraw(g.north, "60")
		w, err = g.ApproveWithdrawal(ctx, g.anna, w.ID, w.Edition)
		fixture.Must(t, err)
		_, err = g.CancelWithdrawal(ctx, g.north, w.ID, w.Edition)
		wantKind(t, "taking back an approved one", err, fault.KindConflict)
		w, err = g.FailWithdrawal(ctx, g.chen, w.ID, w.Edition, "Account closed.")
		fixture.Must(t, err)
		g.withdrawable(10000)
		w = g.withdraw(g.north, "60")
		w, err = g.ApproveWithdrawal(ctx, g.anna, w.ID, w.Edition)
		fixture.Must(t, err)
		if b, err := g.RevealBank(ctx, g.anna, w.ID); err != nil || b.Number != "6222000012345678" {
			t.Errorf("RevealBank = %+v, %v", b, err)
		}
		w, err = g.PayWithdrawal(ctx, g.anna, w.ID, w.Edition, "OUT-1", g.today())
		if err != nil || w.State != treasury.PaidOut {
			t.Fatalf("PayWithdrawal = %s, %v", w.State, err)
		}
		g.has(g.north.Account, ledger.Cash, 4000)
		g.withdrawable(4000)
		_, err = g.OneWithdrawal(ctx, g.own, w.ID)
		wantKind(t, "a stranger's look", err, fault.KindNotFound)
	})
}

func TestAWithdrawalRacesWithSpendingAndWithItself(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ctx := t.Context()
		g.enter(g.north.Account, "100", "R1")
		g.saveBank(g.north)
		ask := func() error {
			_, err := g.Withdraw(ctx, g.north, treasury.NewWithdrawal{Unit: "CNY", Amount: "60"})
			return err
		}
		spend := func() error {
			return g.d.Update(ctx, func(tx *db.Tx) error {
				_, err := ledger.Post(ctx, tx, g.north, ledger.Posting{Book: g.north.Account, Kind: ledger.Consume, Verb: "test.spend", Moves: []ledger.Move{{
					From: ledger.Place{Owner: g.north.Account, Kind: ledger.Cash, Unit: "CNY"}, To: ledger.Place{Owner: g.vendor, Kind: ledger.Revenue, Unit: "CNY"}, Minor: 6000}}})
				return err
			})
		}
		if won := atOnce(ask, spend, ask); won != 1 {
			t.Errorf("%d of two withdrawals and an expense of 60 each out of 100 won, want 1", won)
		}
	})
}

func TestWhatCameOnlineGoesBackThroughTheProvider(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ctx := t.Context()
		p := g.payIn(g.own, "50")
		g.choose(p, payment.Pay)
		w := g.withdraw(g.own, "20") // without bank data
		w, err := g.ApproveWithdrawal(ctx, g.anna, w.ID, w.Edition)
		fixture.Must(t, err)
		if _, err = g.PayWithdrawal(ctx, g.anna, w.ID, w.Edition, "", g.today()); err != nil {
			t.Fatal(err)
		}
		now, err := payment.Get(ctx, g.d.Read(), p.Account, p.ID)
		if err != nil || now.Refunded != 2000 {
			t.Errorf("%d refunded, %v, want 2000", now.Refunded, err)
		}
		fixture.Must(t, g.pay.Refund(ctx, g.anna, p.ID, 2000, w.ID+":"+w.Parts[0].TopUp)) // again: nothing more
		wantKind(t, "more than was paid", g.pay.Refund(ctx, g.anna, p.ID, 3001, "other"), fault.KindConflict)
		if now, _ = payment.Get(ctx, g.d.Read(), p.Account, p.ID); now.Refunded != 2000 {
			t.Errorf("%d refunded after a repetition, want 2000", now.Refunded)
		}
		g.has(g.own.Account, ledger.Cash, 3000)
	})
}

func TestALargeWithdrawalIsPaidBySomebodyElseThanWhoApproved(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ctx := t.Context()
		x := g.enter(g.north.Account, "700000", "R1")
		_, err := g.ApproveTopUp(ctx, g.chen, x.ID, x.Edition)
		fixture.Must(t, err)
		g.saveBank(g.north)
		w := g.withdraw(g.north, "600000")
		w, err = g.ApproveWithdrawal(ctx, g.anna, w.ID, w.Edition)
		fixture.Must(t, err)
		_, err = g.PayWithdrawal(ctx, g.anna, w.ID, w.Edition, "OUT", g.today())
		wantKind(t, "paid by who approved", err, fault.KindConflict)
		if _, err = g.PayWithdrawal(ctx, g.chen, w.ID, w.Edition, "OUT", g.today()); err != nil {
			t.Error(err)
		}
	})
}

// allocate gives the resale customer money of its partner.
func (g *ground) allocate(minor int64) {
	g.t.Helper()
	g.enter(g.north.Account, "500", "FOR-SHOP")
	fixture.Must(g.t, g.d.Update(g.t.Context(), func(tx *db.Tx) error {
		if err := ledger.Connect(g.t.Context(), tx, g.north.Account, g.shop.Account, "CNY"); err != nil {
			return err
		}
		_, err := ledger.Post(g.t.Context(), tx, g.north, ledger.Posting{Book: g.north.Account, Kind: ledger.Allocate, Verb: "test.allocate", Moves: []ledger.Move{{
			From: ledger.Place{Owner: g.north.Account, Kind: ledger.Cash, Unit: "CNY"}, To: ledger.Place{Owner: g.shop.Account, Kind: ledger.Allocated, Unit: "CNY"}, Minor: minor}}})
		return err
	}))
}

func TestAResaleCustomerGetsMoneyBackThroughItsPartner(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ctx := t.Context()
		g.allocate(20000)
		_, err := g.AskRefund(ctx, g.own, treasury.NewRefund{Unit: "CNY", Amount: "1"})
		wantKind(t, "a customer without partner", err, fault.KindConflict)
		r, err := g.AskRefund(ctx, g.shop, treasury.NewRefund{Unit: "CNY", Amount: "80", Words: "We stop one project."})
		fixture.Must(t, err)
		_, err = g.OneRefund(ctx, g.own, r.ID)
		wantKind(t, "a stranger's look", err, fault.KindNotFound)
		back := func() error { _, err := g.ReturnMoney(ctx, g.north, r.ID, r.Edition, ""); return err }
		if won := atOnce(back, back); won != 1 {
			t.Errorf("%d of two returns at once won, want 1", won)
		}
		g.has(g.shop.Account, ledger.Allocated, 12000)
		g.has(g.north.Account, ledger.Cash, 38000)
		r, err = g.RecordRefund(ctx, g.north, r.ID, r.Edition+1, treasury.PaidRefund{Method: "Bank transfer", On: g.today(), Reference: "OUT-7"})
		fixture.Must(t, err)
		_, err = g.AnswerRefund(ctx, g.shop, r.ID, r.Edition, treasury.RefundDisputed, "")
		wantKind(t, "a dispute without words", err, fault.KindInvalid)
		r, err = g.AnswerRefund(ctx, g.shop, r.ID, r.Edition, treasury.RefundDisputed, "Nothing has arrived.")
		fixture.Must(t, err)
		r, err = g.RecordRefund(ctx, g.north, r.ID, r.Edition, treasury.PaidRefund{Method: "Bank transfer", On: g.today(), Reference: "OUT-8"})
		fixture.Must(t, err)
		r, err = g.AnswerRefund(ctx, g.shop, r.ID, r.Edition, treasury.RefundConfirmed, "")
		if err != nil || r.State != treasury.RefundConfirmed || r.Number == "" {
			t.Errorf("AnswerRefund = %+v, %v", r, err)
		}
		_, err = g.BeginRefund(ctx, g.w.Partner("South"), treasury.NewRefund{Customer: g.shop.Account, Unit: "CNY", Amount: "1"})
		wantKind(t, "another partner's customer", err, fault.KindNotFound)
	})
}
