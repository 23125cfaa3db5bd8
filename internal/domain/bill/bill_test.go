package bill_test

import (
	"bytes"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/bill"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
)

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	fixture.Must(t, err)
	return at
}

// A channel is a distributor with a reseller, who has a resale customer and a referral one.
type channel struct {
	*fixture.World
	t                                               testing.TB
	clock                                           *clock.Manual
	bills                                           *bill.Service
	runner                                          *jobs.Runner
	vendor, distributor, reseller, resale, referral actor.Actor
	files                                           int
}

func newChannel(t testing.TB, d *db.DB, c *clock.Manual) *channel {
	t.Helper()
	c.MoveTo(instant(t, "2026-11-01T00:00:00+08:00"))
	w := fixture.New(t, d)
	files, err := blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	ch := &channel{World: w, t: t, clock: c, vendor: w.Vendor(), bills: bill.New(d, files), runner: w.Runner()}
	ch.bills.Register(ch.runner)
	ch.distributor, ch.reseller = w.Partner("Harbour", account.Distributor), w.Partner("North", account.Reseller)
	ch.resale, ch.referral = w.Customer("Lighthouse"), w.Customer("Tide")
	ch.relate(ch.distributor, ch.reseller, account.ResellerOf)
	ch.relate(ch.reseller, ch.resale, account.Resale)
	ch.relate(ch.reseller, ch.referral, account.Referral)
	return ch
}

func (ch *channel) relate(a, b actor.Actor, k account.Link) {
	ch.t.Helper()
	fixture.Must(ch.t, ch.DB.Update(ch.t.Context(), func(tx *db.Tx) error {
		_, err := account.Relate(ch.t.Context(), tx, ch.vendor, actor.Associate, a.Account, b.Account, k)
		return err
	}))
}

const head = "line_id,customer_id,bill_type,service,site,usage_end,list_amount,amount\n"

// line is a row of a file: who, type, service, day, list price, amount.
func line(id string, who actor.Actor, typ bill.Type, day, listed, amount string) string {
	return fmt.Sprintf("%s,%s,%d,ecs,cn-north-4,%s,%s,%s\n", id, who.Account, typ, day, listed, amount)
}

func (ch *channel) take(rows ...string) bill.Import {
	ch.t.Helper()
	ch.files++
	imp, err := ch.bills.ImportNow(ch.t.Context(), ch.vendor, fmt.Sprintf("c%d.csv", ch.files), strings.NewReader(head+strings.Join(rows, "")), false, nil)
	if err != nil || imp.State != bill.Done {
		ch.t.Fatalf("import: %+v, %v", imp, err)
	}
	return imp
}

func (ch *channel) charge(who actor.Actor, cycle bill.Cycle) bill.Detail {
	ch.t.Helper()
	list, err := ch.bills.Charges(ch.t.Context(), ch.vendor, "", who.Account, cycle)
	fixture.Must(ch.t, err)
	if len(list) != 1 {
		ch.t.Fatalf("%d charges of %s in %s, want 1", len(list), who.Account, cycle)
	}
	return list[0]
}

// moveTo advances the clock and does what is due.
func (ch *channel) moveTo(s string) {
	ch.t.Helper()
	fixture.Must(ch.t, ch.runner.Prepare(ch.t.Context())) // schedules begin here, not weeks before
	ch.clock.MoveTo(instant(ch.t, s))
	fixture.Must(ch.t, ch.runner.Drain(ch.t.Context()))
}

func TestConsumptionIsTakenOnceAndRoundedOnlyInTotal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ledgertest.Give(t, d, ch.vendor.Account, ch.resale.Account, ledger.Allocated, 10_000)
		c.MoveTo(instant(t, "2026-11-20T12:00:00+08:00"))
		rows := []string{line("a", ch.resale, bill.Use, "2026-11-10", "0.00500001", "0.00400001"), line("b", ch.resale, bill.Use, "2026-11-10", "0.004", "0.004"),
			line("c", ch.resale, bill.Use, "2026-11-11", "20", "12.00000001")}
		imp := ch.take(rows...)
		if imp.Added != 3 || imp.Amount.String() != "12.00800002" {
			t.Errorf("import %+v, want 3 lines of 12.00800002", imp)
		}
		// Three lines rounded by themselves would be 12.00.
		got := ch.charge(ch.resale, "2026-11")
		if got.Due() != 1201 || got.Paid != 1201 || got.Debt != 0 || len(got.Items) != 1 || len(got.Postings) != 1 {
			t.Errorf("charge %+v, want 12.01 due and paid by one posting", got)
		}
		ledgertest.Has(t, d, ch.resale.Account, ledger.Allocated, 10_000-1201)
		again := ch.take(rows...)
		if again.Added != 0 || again.Same != 3 {
			t.Errorf("the same file again: %+v, want 3 that were there", again)
		}
		changed := ch.take(line("a", ch.resale, bill.Use, "2026-11-10", "1", "1"), line("b", ch.referral, bill.Use, "2026-11-10", "0.004", "0.004"))
		if changed.Added != 0 || changed.Bad != 2 {
			t.Errorf("lines that say something else: %+v, want 2 refused", changed)
		}
		errs, err := ch.bills.RowErrors(t.Context(), ch.vendor, changed.ID, 0, 0)
		if err != nil || len(errs) != 2 || errs[0].Column != "line_id" || errs[0].Value != "a" {
			t.Errorf("RowErrors = %+v, %v, want both line ids", errs, err)
		}
		ledgertest.Balanced(t, d)
	})
}

func TestWhatNothingIsThereForIsADebtUntilMoneyComes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ledgertest.Give(t, d, ch.vendor.Account, ch.resale.Account, ledger.Allocated, 3000)
		c.MoveTo(instant(t, "2026-11-20T12:00:00+08:00"))
		ch.take(line("a", ch.resale, bill.Use, "2026-11-10", "100", "80"))
		got := ch.charge(ch.resale, "2026-11")
		if got.Paid != 3000 || got.Debt != 5000 {
			t.Errorf("charge %+v, want 30.00 paid and 50.00 owed", got.Charge)
		}
		ledgertest.Has(t, d, ch.resale.Account, ledger.Allocated, 0)
		ledgertest.Give(t, d, ch.vendor.Account, ch.resale.Account, ledger.Allocated, 6000)
		ch.moveTo("2026-11-21T14:00:00+08:00")
		if got = ch.charge(ch.resale, "2026-11"); got.Debt != 0 || got.Paid != 8000 || len(got.Postings) != 2 {
			t.Errorf("charge %+v after money came, want it paid by two postings", got)
		}
		ledgertest.Has(t, d, ch.resale.Account, ledger.Allocated, 1000)
		ledgertest.Balanced(t, d)
	})
}

func TestACorrectionGivesMoneyBackToWhomItIsDue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ledgertest.Give(t, d, ch.vendor.Account, ch.resale.Account, ledger.Allocated, 10_000)
		ledgertest.Give(t, d, ch.vendor.Account, ch.referral.Account, ledger.Cash, 10_000)
		c.MoveTo(instant(t, "2026-11-20T12:00:00+08:00"))
		ch.take(line("a", ch.resale, bill.Use, "2026-11-10", "50", "50"), line("b", ch.referral, bill.Use, "2026-11-10", "40", "40"))
		ch.take(line("a2", ch.resale, bill.Adjustment, "2026-11-12", "-20", "-20"), line("b2", ch.referral, bill.Compensation, "2026-11-12", "-50", "-50"))
		ledgertest.Has(t, d, ch.resale.Account, ledger.Allocated, 7000)
		ledgertest.Has(t, d, ch.referral.Account, ledger.Cash, 11_000)
		if got := ch.charge(ch.referral, "2026-11"); got.Due() != -1000 || got.Paid != -1000 || got.Debt != 0 {
			t.Errorf("charge %+v, want 10.00 given back altogether", got.Charge)
		}
		ledgertest.Balanced(t, d)
	})
}

func TestAFrozenCustomerOwesWhatItConsumed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ledgertest.Give(t, d, ch.vendor.Account, ch.resale.Account, ledger.Allocated, 10_000)
		state := func(s ledger.State) {
			fixture.Must(t, d.Update(t.Context(), func(tx *db.Tx) error { return ledger.SetState(t.Context(), tx, ch.resale.Account, s) }))
		}
		state(ledger.Frozen)
		c.MoveTo(instant(t, "2026-11-20T12:00:00+08:00"))
		ch.take(line("a", ch.resale, bill.Use, "2026-11-10", "50", "50"))
		if got := ch.charge(ch.resale, "2026-11"); got.Debt != 5000 {
			t.Errorf("charge %+v, want 50.00 owed", got.Charge)
		}
		state(ledger.Usable)
		ch.moveTo("2026-11-21T14:00:00+08:00")
		if got := ch.charge(ch.resale, "2026-11"); got.Debt != 0 {
			t.Errorf("charge %+v, want it paid", got.Charge)
		}
		ledgertest.Balanced(t, d)
	})
}

func TestBillsAreFrozenOnTheFifthAndLateLinesComeInTheNext(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx := t.Context()
		ledgertest.Give(t, d, ch.vendor.Account, ch.resale.Account, ledger.Allocated, 100_000)
		c.MoveTo(instant(t, "2026-12-04T23:59:00+08:00"))
		ch.take(line("a", ch.resale, bill.Use, "2026-11-10", "100", "80.004"), line("b", ch.referral, bill.Use, "2026-11-10", "9", "9"))
		open, _, err := ch.bills.Bill(ctx, ch.reseller, "", "2026-11", bill.OverCustomers)
		if err != nil || !open.Ready.IsZero() || open.Due != 8000 {
			t.Errorf("before the fifth: %+v, %v, want a forecast of 80.00", open, err)
		}
		ch.moveTo("2026-12-05T12:00:00+08:00")
		late := ch.take(line("a1", ch.resale, bill.Use, "2026-11-30", "0.001", "0.001"), line("d", ch.resale, bill.Use, "2026-12-01", "7", "7"))
		if late.Late != 1 {
			t.Errorf("import %+v, want one late line", late)
		}
		b, parts, err := ch.bills.Bill(ctx, ch.reseller, "", "2026-11", bill.OverCustomers)
		if err != nil || b.Ready.IsZero() || b.Ready.After(b.Cycle.Ready()) || b.Due != 8000 || b.Lines != 1 || b.AsOf.String() != "2026-12-04" || b.Payee != ch.distributor.Account {
			t.Errorf("bill %+v, %v, want 80.00 over one line as of 4 December, from the distributor", b, err)
		}
		if len(parts) != 1 || parts[0].Other != ch.resale.Account || parts[0].Name != "Lighthouse" || parts[0].Paid != 8000 {
			t.Errorf("parts %+v, want the resale customer alone", parts)
		}
		over, parts, err := ch.bills.Bill(ctx, ch.distributor, "", "2026-11", bill.OverResellers)
		if err != nil || over.Due != 8000 || len(parts) != 1 || parts[0].Other != ch.reseller.Account || over.Payee != ch.vendor.Account {
			t.Errorf("the distributor's bill %+v %+v, %v, want 80.00 of its reseller, from the vendor", over, parts, err)
		}
		lines, _, err := ch.bills.Lines(ctx, ch.reseller, bill.LineFilter{Customer: ch.resale.Account, Cycle: "2026-12"})
		if err != nil || len(lines) != 2 || lines[0].ID != "a1" || lines[0].Cycle != "2026-11" || !lines[0].Late() {
			t.Errorf("lines of December %+v, %v, want the late one of November too", lines, err)
		}
		ledgertest.Balanced(t, d)
	})
}

func TestATaxIsAddedBeforeTheOneRounding(t *testing.T) {
	b := bill.Bill{Settlement: exact(t, "100.005"), Coupons: 1000, TaxRate: 600}
	b.Total()
	if b.Tax.String() != "5.4003" || b.Due != 9541 {
		t.Errorf("tax %s, due %d, want 5.4003 and 95.41 (90.005 + 5.4003)", b.Tax, b.Due)
	}
}

func exact(t testing.TB, s string) bill.Exact {
	t.Helper()
	e, err := bill.ParseExact(s)
	fixture.Must(t, err)
	return e
}

func TestNobodySeesForeignBills(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx := t.Context()
		other := ch.Partner("Other", account.Reseller)
		c.MoveTo(instant(t, "2026-11-20T12:00:00+08:00"))
		ch.take(line("a", ch.resale, bill.Use, "2026-11-10", "5", "5"))
		if _, _, err := ch.bills.Bill(ctx, other, ch.reseller.Account, "2026-11", bill.OverCustomers); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("another partner's bill: %v, want nothing found", err)
		}
		if b, _, err := ch.bills.Bill(ctx, ch.distributor, ch.reseller.Account, "2026-11", bill.OverCustomers); err != nil || b.Due != 500 {
			t.Errorf("the distributor looks at its reseller's bill: %+v, %v", b, err)
		}
		if lines, _, err := ch.bills.Lines(ctx, other, bill.LineFilter{Customer: ch.resale.Account, Cycle: "2026-11"}); err != nil || len(lines) != 0 {
			t.Errorf("another partner's lines: %v, %v, want none", lines, err)
		}
		if lines, _, err := ch.bills.Lines(ctx, ch.resale, bill.LineFilter{Cycle: "2026-11"}); err != nil || len(lines) != 1 {
			t.Errorf("the customer's own lines: %v, %v, want one", lines, err)
		}
		if _, _, err := ch.bills.Lines(ctx, ch.resale, bill.LineFilter{Customer: ch.referral.Account, Cycle: "2026-11"}); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a customer asks for another's lines: %v, want nothing found", err)
		}
		if _, err := ch.bills.Book(ctx, other, ch.reseller.Account, "2026-11"); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("another's book: %v, want nothing found", err)
		}
		if _, err := ch.bills.Upload(ctx, ch.reseller, "x.csv", strings.NewReader(head), false); fault.KindOf(err) != fault.KindDenied {
			t.Errorf("a partner uploads consumption: %v, want it denied", err)
		}
	})
}

func TestAStatementProvesThatNothingWasLost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ledgertest.Give(t, d, ch.vendor.Account, ch.resale.Account, ledger.Allocated, 10_000)
		c.MoveTo(instant(t, "2026-11-20T12:00:00+08:00"))
		ch.take(line("a", ch.resale, bill.Use, "2026-11-10", "12.5", "12.5"))
		c.MoveTo(instant(t, "2026-12-20T12:00:00+08:00"))
		ch.take(line("b", ch.resale, bill.Use, "2026-12-10", "2.5", "2.5"))
		for _, want := range []struct {
			month            bill.Cycle
			opening, closing int64
			closed           bool
		}{{"2026-11", 0, 8750, true}, {"2026-12", 8750, 8500, false}} {
			st, err := ch.bills.Book(t.Context(), ch.resale, "", want.month)
			if err != nil || !st.Holds() || st.Closed != want.closed || len(st.Rows) != 1 {
				t.Fatalf("statement of %s: %+v, %v", want.month, st, err)
			}
			if r := st.Rows[0]; r.Opening != want.opening || r.Closing != want.closing || r.Opening+r.Income()-r.Expense() != r.Closing {
				t.Errorf("%s: %+v, want from %d to %d", want.month, r, want.opening, want.closing)
			}
		}
		ledgertest.Balanced(t, d)
	})
}

func TestBadLinesAreToldAndTheGoodOnesTaken(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		c.MoveTo(instant(t, "2026-11-20T12:00:00+08:00"))
		imp := ch.take(
			line("ok", ch.resale, bill.Use, "2026-11-10", "5", "5"),
			line("", ch.resale, bill.Use, "2026-11-10", "5", "5"),
			line("s", ch.resale, bill.Use, "2026-11-10", "5", "-5"),
			line("r", ch.resale, bill.Refund, "2026-11-10", "5", "5"),
			line("f", ch.resale, bill.Use, "2026-11-21", "5", "5"),
			line("o", ch.resale, bill.Use, "2024-11-21", "5", "5"),
			line("t", ch.resale, 7, "2026-11-10", "5", "5"),
			line("d", ch.resale, bill.Use, "2026-11-10", "5", "5.000000001"),
			line("w", actor.Actor{Account: "nobody"}, bill.Use, "2026-11-10", "5", "5"),
			line("ok", ch.resale, bill.Use, "2026-11-10", "5", "5"),
		)
		if imp.Added != 1 || imp.Bad != 8 || imp.Same != 1 {
			t.Errorf("import %+v, want 1 taken, 8 refused, 1 the same", imp)
		}
		var buf bytes.Buffer
		fixture.Must(t, ch.bills.WriteErrors(t.Context(), ch.vendor, imp.ID, "en", &buf))
		if n := strings.Count(buf.String(), "\n"); n != 9 {
			t.Errorf("file of bad lines has %d lines, want a heading and 8:\n%s", n, buf.String())
		}
		dry, err := ch.bills.ImportNow(t.Context(), ch.vendor, "dry.csv", strings.NewReader(head+line("n", ch.resale, bill.Use, "2026-11-10", "5", "5")), true, nil)
		if err != nil || dry.Added != 1 || dry.State != bill.Done {
			t.Errorf("dry run %+v, %v, want one line counted", dry, err)
		}
		if got := ch.charge(ch.resale, "2026-11"); got.Lines != 1 {
			t.Errorf("charge %+v after a dry run, want one line still", got.Charge)
		}
		if _, err := ch.bills.Upload(t.Context(), ch.vendor, "x.csv", strings.NewReader("a,b\n1,2\n"), false); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a file of something else: %v, want it refused", err)
		}
		ledgertest.Balanced(t, d)
	})
}

// TestChargesAgreeWithRationals plays random lines, files, repetitions and money against exact rationals: what is due is
// the exact sum rounded once, what is paid and owed makes it up, and the customer's money never goes below zero.
func TestChargesAgreeWithRationals(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		c.MoveTo(instant(t, "2026-11-20T12:00:00+08:00"))
		for round := range 10 {
			r := rand.New(rand.NewPCG(seed, uint64(round)))
			who := ch.Customer(fmt.Sprint("Customer ", round))
			ch.relate(ch.reseller, who, account.Resale)
			sum, given := new(big.Rat), int64(0)
			var seen []string
			for i := range 1 + r.IntN(5) {
				if money := r.Int64N(500); money > 0 {
					ledgertest.Give(t, d, ch.vendor.Account, who.Account, ledger.Allocated, money)
					given += money
				}
				var rows []string
				for j := range 1 + r.IntN(4) {
					n := r.Int64N(800_000_000) - 300_000_000
					amount := bill.Exact(n)
					rows = append(rows, line(fmt.Sprintf("%d-%d-%d", round, i, j), who, bill.Adjustment, "2026-11-10", amount.String(), amount.String()))
					sum.Add(sum, big.NewRat(n, 100_000_000))
				}
				if len(seen) > 0 && r.IntN(2) == 0 {
					rows = append(rows, seen...)
				}
				seen = append(seen, rows...)
				ch.take(rows...)
			}
			got := ch.charge(who, "2026-11")
			if want := halfUp(sum); got.Due() != want {
				t.Fatalf("due %d, want %d (%s)", got.Due(), want, sum.FloatString(10))
			}
			if got.Coupons+got.Paid+got.Debt != got.Due() && got.Debt > 0 || got.Debt == 0 && got.Paid != got.Due() {
				t.Fatalf("charge %+v: what is paid and owed doesn't make up %d", got.Charge, got.Due())
			}
			ledgertest.Has(t, d, who.Account, ledger.Allocated, given-got.Paid)
			if given-got.Paid < 0 {
				t.Fatalf("allocated %d below zero", given-got.Paid)
			}
		}
		ledgertest.Balanced(t, d)
	})
}

func halfUp(r *big.Rat) int64 {
	n := new(big.Int).Mul(new(big.Int).Abs(r.Num()), big.NewInt(200))
	n.Add(n, r.Denom())
	n.Div(n, new(big.Int).Mul(r.Denom(), big.NewInt(2)))
	return n.Int64() * int64(r.Sign())
}
