package treasury_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/payment"
	"hanse/internal/domain/treasury"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/calendar"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
)

// A ground is the module with the people of one story.
type ground struct {
	*treasury.Service
	t          *testing.T
	w          *fixture.World
	d          *db.DB
	clock      *clock.Manual
	pay        *payment.Service
	bank       *payment.Test
	runner     *jobs.Runner
	anna, chen actor.Actor // finance
	north, own actor.Actor // a partner, a customer on its own
	shop       actor.Actor // a resale customer of north
	vendor     string
}

func start(t *testing.T, d *db.DB, c *clock.Manual) *ground {
	t.Helper()
	g := &ground{t: t, d: d, clock: c, w: fixture.New(t, d)}
	files, err := blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	g.bank = payment.NewTest(d, g.w.Vault, "http://portal.example")
	g.pay = payment.New(payment.Config{DB: d, BaseURL: "http://portal.example", Providers: []payment.Provider{g.bank}})
	g.Service = treasury.New(treasury.Config{DB: d, Vault: g.w.Vault, Files: files, Payments: g.pay, Working: calendar.Standard(), Reclaim: g.reclaim})
	g.vendor = g.w.Vendor().Account
	g.anna, g.chen = g.w.VendorUser(actor.VendorFinance), g.w.VendorUser(actor.VendorFinance)
	g.north, g.own, g.shop = g.w.Partner("North"), g.w.Customer("Own"), g.w.Customer("Shop")
	_, err = g.w.Account.Associate(t.Context(), actor.Program("test"), account.Association{Account: g.north.Account, Other: g.shop.Account, Kind: account.Resale})
	fixture.Must(t, err)
	g.runner = g.w.Runner()
	g.pay.Register(g.runner)
	g.Register(g.runner)
	fixture.Must(t, g.runner.Prepare(t.Context()))
	t.Cleanup(func() { ledgertest.Balanced(t, d) })
	return g
}

// reclaim is what the module of funds does, as far as this one needs it.
func (g *ground) reclaim(ctx context.Context, by actor.Actor, in treasury.Return) (number string, err error) {
	err = g.d.Update(ctx, func(tx *db.Tx) error {
		p, err := ledger.Post(ctx, tx, by, ledger.Posting{Book: by.Account, Key: in.Key, Kind: ledger.Reclaim, Verb: "test.reclaim", Moves: []ledger.Move{{
			From: ledger.Place{Owner: in.Customer, Kind: ledger.Allocated, Unit: in.Unit}, To: ledger.Place{Owner: by.Account, Kind: ledger.Cash, Unit: in.Unit}, Minor: in.Minor}}})
		number = p.Number
		return err
	})
	return number, err
}

func (g *ground) transfer(acc, amount, reference string) treasury.NewTopUp {
	return treasury.NewTopUp{Account: acc, Method: treasury.Transfer, Unit: "CNY", Amount: amount, Reference: reference, Payer: "North Ltd",
		ReceivedOn: calendar.DayOf(g.clock.Now()).String()}
}

func (g *ground) enter(acc, amount, reference string) treasury.TopUp {
	g.t.Helper()
	x, err := g.EnterTopUp(g.t.Context(), g.anna, g.transfer(acc, amount, reference), nil)
	fixture.Must(g.t, err)
	return x
}

func (g *ground) has(acc string, k ledger.Kind, minor int64) {
	g.t.Helper()
	ledgertest.Has(g.t, g.d, acc, k, minor)
}

func (g *ground) drain() { g.t.Helper(); fixture.Must(g.t, g.runner.Drain(g.t.Context())) }

func wantKind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if fault.KindOf(err) != want {
		t.Errorf("%s = %v, want %q", what, err, want)
	}
}

func each(t *testing.T, f func(t *testing.T, g *ground)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) { f(t, start(t, d, c)) })
}

func TestATransferBelowTheLimitIsBookedAtOnceAndItsReferenceCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		first := g.enter(g.north.Account, "1,234.50", "ICBC 2026-0001")
		if first.State != treasury.Booked || first.Number == "" {
			t.Fatalf("a small transfer is %s with number %q, want booked", first.State, first.Number)
		}
		g.has(g.north.Account, ledger.Cash, 123450)
		in := g.transfer(g.own.Account, "9.00", "icbc20260001")
		_, err := g.EnterTopUp(t.Context(), g.chen, in, nil)
		wantKind(t, "the same reference again", err, fault.KindInvalid)
		if !strings.Contains(err.Error(), first.ID) && !strings.Contains(fault.Of(err).Fields[0].Msg.Args["id"].(string), first.ID) {
			t.Errorf("the refusal %v doesn't name %s", err, first.ID)
		}
		in = g.transfer(g.north.Account, "5.00", "R2")
		in.Key = g.NewKey("top")
		for range 2 {
			x, err := g.EnterTopUp(t.Context(), g.anna, in, nil)
			if err != nil || x.ID != in.Key {
				t.Fatalf("the same form twice: %v, %v", x.ID, err)
			}
		}
		g.has(g.north.Account, ledger.Cash, 123950)
	})
}

func TestEntriesOfATopUpAreRefusedOneByOne(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ok := g.transfer(g.north.Account, "1.00", "R1")
		for field, in := range map[string]func(n *treasury.NewTopUp){
			"amount":      func(n *treasury.NewTopUp) { n.Amount = "1.005" },
			"unit":        func(n *treasury.NewTopUp) { n.Unit = "EUR" },
			"reference":   func(n *treasury.NewTopUp) { n.Reference = " " },
			"payer":       func(n *treasury.NewTopUp) { n.Payer = "" },
			"received_on": func(n *treasury.NewTopUp) { n.ReceivedOn = "2999-01-01" },
			"method":      func(n *treasury.NewTopUp) { n.Method = treasury.Online },
			"remark":      func(n *treasury.NewTopUp) { n.Method = treasury.Bonus },
		} {
			bad := ok
			in(&bad)
			_, err := g.EnterTopUp(t.Context(), g.anna, bad, nil)
			if f := fault.Of(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != field {
				t.Errorf("a wrong %s: %v, want that field alone refused", field, err)
			}
		}
		_, err := g.EnterTopUp(t.Context(), g.anna, g.transfer(g.shop.Account, "1.00", "R9"), nil)
		wantKind(t, "a top-up of a resale customer", err, fault.KindConflict)
		_, err = g.EnterTopUp(t.Context(), g.north, ok, nil)
		wantKind(t, "a top-up by the partner", err, fault.KindDenied)
	})
}

func TestALargeTransferNeedsASecondPersonAndOnlyOneOfTwoApprovals(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		x := g.enter(g.north.Account, "500000.01", "BIG")
		if x.State != treasury.Waiting {
			t.Fatalf("a transfer above the limit is %s, want waiting", x.State)
		}
		g.has(g.north.Account, ledger.Cash, 0)
		_, err := g.ApproveTopUp(t.Context(), g.anna, x.ID, x.Edition)
		wantKind(t, "approval by who entered it", err, fault.KindConflict)
		third := g.w.VendorUser(actor.VendorFinance)
		won := atOnce(func() error { _, err := g.ApproveTopUp(t.Context(), g.chen, x.ID, x.Edition); return err },
			func() error { _, err := g.ApproveTopUp(t.Context(), third, x.ID, x.Edition); return err })
		if won != 1 {
			t.Errorf("%d of two approvals at once won, want 1", won)
		}
		g.has(g.north.Account, ledger.Cash, 50000001)
		y := g.enter(g.north.Account, "600000", "BIG2")
		y, err = g.RejectTopUp(t.Context(), g.chen, y.ID, y.Edition, "Another company's money.")
		if err != nil || y.State != treasury.Rejected {
			t.Errorf("RejectTopUp = %s, %v", y.State, err)
		}
		if z := g.enter(g.own.Account, "600000", "BIG2"); z.State != treasury.Waiting {
			t.Errorf("a rejected reference can't be entered again: %s", z.State)
		}
	})
}

// atOnce runs functions side by side and counts those without an error.
func atOnce(fs ...func() error) (won int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, f := range fs {
		wg.Go(func() {
			if f() == nil {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return won
}

func TestAWrongTopUpIsReversedByTwoPeopleAndCanBeEnteredAgain(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ctx := t.Context()
		x := g.enter(g.north.Account, "100", "R1")
		x, err := g.AskReversal(ctx, g.anna, x.ID, x.Edition, "Meant for Own.")
		fixture.Must(t, err)
		_, err = g.DecideReversal(ctx, g.anna, x.ID, x.Edition, true)
		wantKind(t, "a reversal approved by who asked", err, fault.KindConflict)
		x, err = g.DecideReversal(ctx, g.chen, x.ID, x.Edition, true)
		if err != nil || x.State != treasury.Reversed {
			t.Fatalf("DecideReversal = %s, %v", x.State, err)
		}
		g.has(g.north.Account, ledger.Cash, 0)
		g.enter(g.own.Account, "100", "R1")
		g.has(g.own.Account, ledger.Cash, 10000)

		y := g.enter(g.north.Account, "70", "R2")
		_, err = g.Earmark(ctx, g.anna, treasury.NewEarmark{Account: g.north.Account, Unit: "CNY", Amount: "1", Purpose: "Fair"})
		fixture.Must(t, err)
		y, err = g.AskReversal(ctx, g.anna, y.ID, y.Edition, "Twice.")
		fixture.Must(t, err)
		var short *ledger.Refusal
		if _, err = g.DecideReversal(ctx, g.chen, y.ID, y.Edition, true); !errors.As(err, &short) || short.Why != ledger.Short {
			t.Errorf("a reversal of money that's gone: %v, want short", err)
		}
		if y, err = g.DecideReversal(ctx, g.chen, y.ID, y.Edition, false); err != nil || y.State != treasury.Booked {
			t.Errorf("a refused reversal: %s, %v", y.State, err)
		}
	})
}

func TestCreditIsGrantedUsedAfterCashRepaidAndEnded(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ctx := t.Context()
		grant := func(amount string) (treasury.CreditChange, error) {
			return g.SetCredit(ctx, g.anna, treasury.NewCredit{Account: g.north.Account, Unit: "CNY", Amount: amount, Reason: "Annual review"})
		}
		c, err := grant("1000")
		if err != nil || c.State != treasury.ChangeSet {
			t.Fatalf("SetCredit = %s, %v", c.State, err)
		}
		_, err = g.SetCredit(ctx, g.anna, treasury.NewCredit{Account: g.shop.Account, Unit: "CNY", Amount: "1", Reason: "no"})
		wantKind(t, "credit for a resale customer", err, fault.KindConflict)
		if has, err := treasury.HasCredit(ctx, g.d.Read(), g.north.Account); !has || err != nil {
			t.Errorf("HasCredit = %v, %v", has, err)
		}
		g.enter(g.north.Account, "300", "R1")
		sources, err := treasury.Sources(ctx, g.d.Read(), g.north.Account, "CNY", 50000)
		if err != nil || len(sources) != 2 || sources[0].Place.Kind != ledger.Cash || sources[0].Minor != 30000 || sources[1].Minor != 20000 {
			t.Fatalf("Sources = %+v, %v, want all cash and then credit", sources, err)
		}
		if _, err = treasury.Sources(ctx, g.d.Read(), g.north.Account, "CNY", 130001); err == nil {
			t.Error("Sources gave more than cash and credit")
		}
		g.spend(sources)
		o, err := g.Balances(ctx, g.north, g.north.Account)
		if h := o.Unit("CNY"); err != nil || h.CreditLine != 100000 || h.CreditUsed != 20000 || h.CreditFree != 80000 || h.Spendable != 80000 {
			t.Errorf("Balances = %+v, %v", h, err)
		}
		if _, err := grant("100"); err != nil {
			t.Fatal(err)
		}
		if o, _ = g.Balances(ctx, g.north, g.north.Account); o.Unit("CNY").Arrears != 10000 || o.Unit("CNY").CreditFree != 0 {
			t.Errorf("a line below what is used: %+v, want arrears of 100.00", o.Unit("CNY"))
		}
		x := g.enter(g.north.Account, "250", "R2") // repays 200
		g.has(g.north.Account, ledger.Cash, 5000)
		g.has(g.north.Account, ledger.Credit, 0)
		x, err = g.AskReversal(ctx, g.anna, x.ID, x.Edition, "Wrong")
		fixture.Must(t, err)
		_, err = g.DecideReversal(ctx, g.chen, x.ID, x.Edition, true)
		wantKind(t, "reversal into a line that became smaller", err, fault.KindInvalid)
		if _, err := grant("0"); err != nil {
			t.Fatal(err)
		}
		if has, _ := treasury.HasCredit(ctx, g.d.Read(), g.north.Account); has {
			t.Error("an ended line still counts")
		}
		hist, err := g.CreditHistory(ctx, g.north, g.north.Account)
		if err != nil || len(hist) != 3 {
			t.Errorf("CreditHistory has %d changes, %v, want 3", len(hist), err)
		}
	})
}

// spend pays the vendor from the sources of north.
func (g *ground) spend(sources []treasury.Source) {
	g.t.Helper()
	fixture.Must(g.t, g.d.Update(g.t.Context(), func(tx *db.Tx) error {
		p := ledger.Posting{Book: g.north.Account, Kind: ledger.Consume, Verb: "test.spend"}
		for _, s := range sources {
			p.Moves = append(p.Moves, ledger.Move{From: s.Place, To: ledger.Place{Owner: g.vendor, Kind: ledger.Revenue, Unit: s.Place.Unit}, Minor: s.Minor})
		}
		_, err := ledger.Post(g.t.Context(), tx, g.north, p)
		return err
	}))
}

func TestARaiseAboveTheLimitNeedsASecondPerson(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ctx := t.Context()
		in := treasury.NewCredit{Account: g.north.Account, Unit: "CNY", Amount: "600000", Reason: "Project"}
		c, err := g.SetCredit(ctx, g.anna, in)
		if err != nil || c.State != treasury.ChangeWaiting {
			t.Fatalf("SetCredit = %s, %v, want waiting", c.State, err)
		}
		_, err = g.SetCredit(ctx, g.chen, in)
		wantKind(t, "a second change while one waits", err, fault.KindConflict)
		_, err = g.DecideCredit(ctx, g.anna, c.ID, true, "")
		wantKind(t, "approval by who asked", err, fault.KindConflict)
		third := g.w.VendorUser(actor.VendorFinance)
		decide := func(by actor.Actor, agree bool) func() error {
			return func() error { _, err := g.DecideCredit(ctx, by, c.ID, agree, "Not now."); return err }
		}
		if won := atOnce(decide(g.chen, true), decide(third, false)); won != 1 {
			t.Errorf("%d of an approval and a refusal at once won, want 1", won)
		}
	})
}

func TestEarmarkedMoneyIsApartUntilItIsReleased(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ctx := t.Context()
		g.enter(g.north.Account, "100", "R1")
		e, err := g.Earmark(ctx, g.anna, treasury.NewEarmark{Account: g.north.Account, Unit: "CNY", Amount: "60", Purpose: "Summit"})
		fixture.Must(t, err)
		o, err := g.Balances(ctx, g.north, g.north.Account)
		if h := o.Unit("CNY"); err != nil || h.Allocatable != 4000 || h.Earmarked != 6000 || h.Withdrawable != 4000 {
			t.Errorf("Balances = %+v, %v", h, err)
		}
		_, err = g.Earmark(ctx, g.anna, treasury.NewEarmark{Account: g.north.Account, Unit: "CNY", Amount: "40.01", Purpose: "More"})
		wantKind(t, "more than there is", err, fault.KindInvalid)
		release := func() error { _, err := g.ReleaseEarmark(ctx, g.anna, e.ID, 6000, "10", "Part"); return err }
		if won := atOnce(release, release); won != 1 {
			t.Errorf("%d of two releases from one page won, want 1", won)
		}
		e, err = g.ReleaseEarmark(ctx, g.chen, e.ID, 5000, "50", "Over")
		if err != nil || e.State != treasury.Released {
			t.Errorf("ReleaseEarmark = %s, %v", e.State, err)
		}
		g.has(g.north.Account, ledger.Cash, 10000)
		in := g.transfer(g.north.Account, "20", "D1")
		in.Method = treasury.Deposit
		_, err = g.EnterTopUp(ctx, g.anna, in, nil)
		fixture.Must(t, err)
		bonus := treasury.NewTopUp{Account: g.north.Account, Method: treasury.Bonus, Unit: "CNY", Amount: "7", Remark: "Best newcomer"}
		_, err = g.EnterTopUp(ctx, g.anna, bonus, nil)
		fixture.Must(t, err)
		fixture.Must(t, g.ReleaseDeposit(ctx, g.anna, g.north.Account, "CNY", "5", "Contract ended in part", ""))
		o, _ = g.Balances(ctx, g.anna, g.north.Account)
		if h := o.Unit("CNY"); h.Cash != 10500 || h.Deposit != 1500 || h.Bonus != 700 || len(h.With) != 1 || h.With[0].Owner != g.vendor {
			t.Errorf("Balances = %+v", h)
		}
	})
}

func TestLowBalancesAreToldOnceUntilTheyRise(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		ctx := t.Context()
		g.enter(g.north.Account, "200", "R1")
		fixture.Must(t, g.SetReminder(ctx, g.north, "CNY", "150"))
		day := func() { g.clock.Advance(24 * time.Hour); g.drain() }
		low := func(want bool) {
			t.Helper()
			w, err := g.Reminder(ctx, g.north, "CNY")
			if err != nil || w.LowSince.IsZero() == want || w.Threshold != 15000 {
				t.Errorf("Reminder = %+v, %v, want low %v", w, err, want)
			}
		}
		day()
		low(false)
		e, err := g.Earmark(ctx, g.anna, treasury.NewEarmark{Account: g.north.Account, Unit: "CNY", Amount: "60", Purpose: "x"})
		fixture.Must(t, err)
		day()
		low(true)
		day()
		low(true)
		_, err = g.ReleaseEarmark(ctx, g.anna, e.ID, 6000, "60", "over")
		fixture.Must(t, err)
		day()
		low(false)
		_, err = g.Reminder(ctx, g.w.VendorUser(actor.SupportEngineer), "CNY")
		wantKind(t, "a stranger's look", err, fault.KindDenied)
	})
}

func (g *ground) payIn(by actor.Actor, amount string) payment.Payment {
	g.t.Helper()
	p, err := g.PayIn(g.t.Context(), by, "CNY", amount)
	fixture.Must(g.t, err)
	if p.State != payment.Pending || !strings.HasPrefix(p.PayURL, "http://portal.example/test-bank/") {
		g.t.Fatalf("PayIn = %+v", p)
	}
	return p
}

func (g *ground) choose(p payment.Payment, c payment.Choice) {
	g.t.Helper()
	_, err := g.bank.Choose(g.t.Context(), p.Ref, c, func(ctx context.Context, h http.Header, b []byte) error { return g.pay.Notify(ctx, "test", h, b) })
	fixture.Must(g.t, err)
}

func (g *ground) state(p payment.Payment, want payment.State) {
	g.t.Helper()
	now, err := payment.Get(g.t.Context(), g.d.Read(), p.Account, p.ID)
	if err != nil || now.State != want {
		g.t.Errorf("payment is %s, %v, want %s", now.State, err, want)
	}
}

func TestAPaymentIsBookedOnceWhateverTheProviderSends(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		sum := int64(0)
		for _, x := range []struct {
			choice payment.Choice
			end    payment.State
		}{{payment.Pay, payment.Paid}, {payment.Decline, payment.Failed}, {payment.PayTwice, payment.Paid}, {payment.Reorder, payment.Paid}} {
			p := g.payIn(g.north, "10")
			g.choose(p, x.choice)
			g.state(p, x.end)
			if x.end == payment.Paid {
				sum += 1000
			}
			g.has(g.north.Account, ledger.Cash, sum)
		}
		_, err := g.PayIn(t.Context(), g.shop, "CNY", "10")
		wantKind(t, "online payment of a resale customer", err, fault.KindConflict)
	})
}

func TestNotificationsAtOnceAndForgedOnesBookNothingTwice(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		p := g.payIn(g.own, "10")
		var h http.Header
		var body []byte
		_, err := g.bank.Choose(t.Context(), p.Ref, payment.Pay, func(_ context.Context, hh http.Header, b []byte) error { h, body = hh, b; return nil })
		fixture.Must(t, err)
		forged := h.Clone()
		forged.Set("Webhook-Id", "ntf_other")
		wantKind(t, "another id", g.pay.Notify(t.Context(), "test", forged, body), fault.KindUnauthenticated)
		wantKind(t, "another body", g.pay.Notify(t.Context(), "test", h, []byte(strings.Replace(string(body), "1000", "9000", 1))), fault.KindUnauthenticated)
		notify := func() error { return g.pay.Notify(t.Context(), "test", h, body) }
		if won := atOnce(notify, notify, notify, notify); won != 4 {
			t.Errorf("%d of 4 notifications were taken well, want all", won)
		}
		g.has(g.own.Account, ledger.Cash, 1000)
		g.clock.AdvanceWall(6 * time.Minute)
		wantKind(t, "a notification of six minutes ago", notify(), fault.KindUnauthenticated)
	})
}

func TestMoneyThatComesLateOrUnannouncedIsFoundByAsking(t *testing.T) {
	each(t, func(t *testing.T, g *ground) {
		quiet, late, never := g.payIn(g.north, "10"), g.payIn(g.north, "20"), g.payIn(g.north, "40")
		g.choose(quiet, payment.PayQuiet)
		g.choose(late, payment.PayLate)
		g.clock.Advance(6 * time.Minute)
		g.drain()
		g.has(g.north.Account, ledger.Cash, 1000)
		g.clock.Advance(24 * time.Hour)
		g.drain()
		g.state(late, payment.Expired)
		g.state(never, payment.Expired)
		g.clock.Advance(30 * time.Hour)
		g.drain()
		g.state(late, payment.Paid)
		g.has(g.north.Account, ledger.Cash, 3000)
		g.clock.Advance(20 * 24 * time.Hour)
		g.drain()
		g.state(never, payment.Expired)
	})
}
