package budget_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/bill"
	"hanse/internal/domain/budget"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/distribution"
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
	"hanse/internal/kit/outbox"
)

// A world has a distributor with a reseller, who has a resale customer with money and a referral one.
type world struct {
	*fixture.World
	t                                               *testing.T
	clock                                           *clock.Manual
	s                                               *budget.Service
	customers                                       *distribution.Service
	bills                                           *bill.Service
	runner                                          *jobs.Runner
	vendor, distributor, reseller, resale, referral actor.Actor
	lines                                           int
	told                                            []string
}

func each(t *testing.T, f func(w *world)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		at, err := time.Parse(time.RFC3339, "2026-11-05T10:00:00+08:00")
		fixture.Must(t, err)
		c.MoveTo(at)
		files, err := blob.New(t.TempDir(), blob.Scan{})
		fixture.Must(t, err)
		w := &world{World: fixture.New(t, d), t: t, clock: c}
		codes := confirm.New(d, w.Login)
		w.customers = distribution.New(distribution.Config{DB: d, Vault: w.Vault, Login: w.Login, Accounts: w.Account, Confirm: codes})
		w.s = budget.New(budget.Config{DB: d, Confirm: codes, Distribution: w.customers})
		w.bills = bill.New(d, files)
		w.runner = w.Runner()
		w.customers.Register(w.runner)
		w.bills.Register(w.runner)
		w.s.Register(w.runner)
		for _, kind := range []string{"budget.reached", "budget.frozen", "budget.renewed", "budget.deleted"} {
			w.runner.On(kind, "test.hear", func(_ context.Context, _ *db.Tx, e outbox.Event) error {
				x, err := outbox.As[budget.Changed](e)
				w.told = append(w.told, fmt.Sprintf("%s %d", x.What, x.Share))
				return err
			})
		}
		fixture.Must(t, w.runner.Prepare(t.Context()))
		w.vendor = w.Vendor()
		w.distributor, w.reseller = w.Partner("Harbour", account.Distributor), w.Partner("North", account.Reseller)
		w.resale, w.referral = w.Customer("Lighthouse"), w.Customer("Tide")
		for _, x := range []account.Association{{Account: w.distributor.Account, Other: w.reseller.Account, Kind: account.ResellerOf},
			{Account: w.reseller.Account, Other: w.resale.Account, Kind: account.Resale}, {Account: w.reseller.Account, Other: w.referral.Account, Kind: account.Referral}} {
			_, err := w.Account.Associate(t.Context(), w.vendor, x)
			fixture.Must(t, err)
		}
		w.drain()
		ledgertest.Give(t, d, w.vendor.Account, w.resale.Account, ledger.Allocated, 100_000)
		c.Advance(48 * time.Hour)
		f(w)
		ledgertest.Balanced(t, d)
	})
}

func (w *world) drain() { w.t.Helper(); fixture.Must(w.t, w.runner.Drain(w.t.Context())) }

// uses has the customer consume so much on a day; then all budgets are looked at.
func (w *world) uses(day, listed, amount string) {
	w.t.Helper()
	w.lines++
	file := "line_id,customer_id,bill_type,service,site,usage_end,list_amount,amount\n" +
		fmt.Sprintf("l%d,%s,5,ecs,cn-north-4,%s,%s,%s\n", w.lines, w.resale.Account, day, listed, amount)
	imp, err := w.bills.ImportNow(w.t.Context(), w.vendor, fmt.Sprintf("c%d.csv", w.lines), strings.NewReader(file), false, nil)
	if err != nil || imp.Added != 1 {
		w.t.Fatalf("import: %+v, %v", imp, err)
	}
	w.drain()
	fixture.Must(w.t, w.s.Look(w.t.Context()))
	w.drain()
}

func (w *world) allowed(minor int64) {
	w.t.Helper()
	_, err := w.s.Allow(w.t.Context(), w.distributor, w.reseller.Account, true, minor)
	fixture.Must(w.t, err)
}

func (w *world) set(k budget.Kind, minor int64, auto bool) (budget.Budget, error) {
	return w.s.Set(w.t.Context(), w.reseller, budget.Setting{Customer: w.resale.Account, Kind: k, Minor: minor, Auto: &auto})
}

func (w *world) frozen() int {
	w.t.Helper()
	c, err := w.customers.Customer(w.t.Context(), w.reseller, "", w.resale.Account)
	fixture.Must(w.t, err)
	return c.Frozen
}

func TestAResellerSetsBudgetsOnlyAsFarAsItsDistributorLets(t *testing.T) {
	each(t, func(w *world) {
		_, err := w.set(budget.Monthly, 50_000, false)
		if fault.KindOf(err) != fault.KindConflict {
			t.Errorf("without leave: %v", err)
		}
		w.allowed(40_000)
		if _, err = w.set(budget.Monthly, 50_000, false); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("more than the distributor gave: %v", err)
		}
		b, err := w.set(budget.Monthly, 40_000, false)
		if err != nil || b.Left() != 40_000 {
			t.Errorf("set %+v, %v", b, err)
		}
		_, err = w.s.Set(t.Context(), w.reseller, budget.Setting{Customer: w.referral.Account, Kind: budget.Monthly, Minor: 100})
		if fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a referral customer gets a budget: %v", err)
		}
		_, err = w.s.Set(t.Context(), w.distributor, budget.Setting{Partner: w.reseller.Account, Customer: w.resale.Account, Kind: "WEEKLY", Minor: 0})
		if f := fault.Of(err); f == nil || len(f.Fields) != 2 {
			t.Errorf("a bad kind and a bad amount: %v, want both fields", err)
		}
		own, err := w.s.Own(t.Context(), w.resale)
		if err != nil || own.Minor != 40_000 {
			t.Errorf("the customer sees %+v, %v", own, err)
		}
		if _, err := w.s.Budget(t.Context(), w.Partner("Stranger"), "", w.resale.Account); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("a stranger sees the budget: %v", err)
		}
		records, err := w.s.Records(t.Context(), w.reseller, budget.RecordFilter{Customer: w.resale.Account})
		if err != nil || len(records) != 1 || records[0].Operation != "SETTING" || records[0].Minor != 40_000 {
			t.Errorf("records %+v, %v", records, err)
		}
	})
}

func TestThresholdsAreToldOnceAndAMonthlyBudgetStartsAnew(t *testing.T) {
	each(t, func(w *world) {
		w.allowed(0)
		_, err := w.set(budget.Monthly, 10_000, true)
		fixture.Must(t, err)
		w.uses("2026-11-06", "80", "74.99")
		if len(w.told) != 0 {
			t.Errorf("74.99 %% tells %v", w.told)
		}
		w.uses("2026-11-06", "1", "0.01")
		fixture.Must(t, w.s.Look(t.Context()))
		w.drain()
		w.uses("2026-11-06", "20", "15.5")
		if got := strings.Join(w.told, ", "); got != "reached 75, reached 90" {
			t.Errorf("told %q", got)
		}
		if w.frozen() != distribution.NotFrozen {
			t.Error("frozen before the budget is used up")
		}
		w.uses("2026-11-06", "20", "9.5")
		if got := strings.Join(w.told[2:], ", "); got != "reached 100, frozen 100" || w.frozen() != distribution.AccountOnly {
			t.Errorf("told %q, frozen %d", got, w.frozen())
		}
		if spent, err := w.s.Exhausted(t.Context(), w.DB.Read(), w.reseller.Account, w.resale.Account, w.clock.Now()); !spent || err != nil {
			t.Errorf("Exhausted = %v, %v", spent, err)
		}
		next, err := time.Parse(time.RFC3339, "2026-12-01T00:00:00+08:00")
		fixture.Must(t, err)
		w.clock.MoveTo(next)
		fixture.Must(t, w.s.Look(t.Context()))
		w.drain()
		if got := strings.Join(w.told[4:], ", "); got != "renewed 0" || w.frozen() != distribution.NotFrozen {
			t.Errorf("in the new month told %q, frozen %d", got, w.frozen())
		}
	})
}

func TestAPackageCountsListPricesFromItsStartAndNeverStartsAnew(t *testing.T) {
	each(t, func(w *world) {
		w.allowed(0)
		w.uses("2026-11-06", "30", "20")
		b, err := w.set(budget.Package, 10_000, false)
		fixture.Must(t, err)
		if b.Used != 0 {
			t.Errorf("used before it began: %d", b.Used)
		}
		w.uses("2026-11-06", "60.000001", "10")
		next, err := time.Parse(time.RFC3339, "2026-12-02T00:00:00+08:00")
		fixture.Must(t, err)
		w.clock.MoveTo(next)
		w.uses("2026-12-01", "50", "10")
		b, err = w.s.Budget(t.Context(), w.reseller, "", w.resale.Account)
		if err != nil || b.Used != 11_001 || !b.Spent() || w.frozen() != distribution.NotFrozen {
			t.Errorf("%+v, %v, frozen %d; want 110.01 used and nobody frozen", b, err, w.frozen())
		}
	})
}

func TestABudgetEndsWithItsAssociationOrByHand(t *testing.T) {
	each(t, func(w *world) {
		w.allowed(0)
		_, err := w.set(budget.Monthly, 10_000, false)
		fixture.Must(t, err)
		fixture.Must(t, w.s.Remove(t.Context(), w.reseller, "", w.resale.Account, ""))
		if err := w.s.Remove(t.Context(), w.reseller, "", w.resale.Account, ""); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("removed twice: %v", err)
		}
		_, err = w.set(budget.Monthly, 20_000, false)
		fixture.Must(t, err)
		r, err := w.customers.Ask(t.Context(), w.reseller, distribution.NewRequest{With: w.resale.Account, Operation: "dissociate", Reason: "They asked.", Acknowledged: true})
		fixture.Must(t, err)
		_, err = w.customers.Answer(t.Context(), w.resale, r.ID, r.Edition, true, "", "")
		fixture.Must(t, err)
		w.drain()
		records, err := w.s.Records(t.Context(), w.reseller, budget.RecordFilter{Customer: w.resale.Account, Operation: "DELETE"})
		if err != nil || len(records) != 2 || records[0].Minor != 20_000 {
			t.Errorf("records %+v, %v; want two ends", records, err)
		}
		if _, err := w.s.Own(t.Context(), w.resale); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("the budget is still there: %v", err)
		}
	})
}
