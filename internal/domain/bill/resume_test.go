package bill_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/bill"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/domain/voucher"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
)

// TestABrokenImportGoesOnWhereItStood breaks an import off after its first part; the job takes the rest, and nothing twice.
func TestABrokenImportGoesOnWhereItStood(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ch.bills.SetChunk(7)
		ledgertest.Give(t, d, ch.vendor.Account, ch.resale.Account, ledger.Allocated, 100_000)
		c.MoveTo(instant(t, "2026-11-20T12:00:00+08:00"))
		fixture.Must(t, ch.runner.Prepare(t.Context()))
		var file strings.Builder
		file.WriteString(head)
		for i := range 40 {
			file.WriteString(line(fmt.Sprint("l", i), ch.resale, bill.Use, "2026-11-10", "1.001", "1.001"))
		}
		ctx, stop := context.WithCancel(t.Context())
		imp, err := ch.bills.ImportNow(ctx, ch.vendor, "c.csv", strings.NewReader(file.String()), false, func(i bill.Import) {
			if i.Position >= 14 {
				stop()
			}
		})
		if err == nil {
			t.Fatalf("the import wasn't broken off: %+v", imp)
		}
		if half, err := ch.bills.Import(t.Context(), ch.vendor, imp.ID); err != nil || half.State != bill.Reading || half.Position != 14 {
			t.Fatalf("broken off: %+v, %v, want 14 rows behind it", half, err)
		}
		c.Advance(2 * time.Minute)
		fixture.Must(t, ch.runner.Drain(t.Context()))
		done, err := ch.bills.Import(t.Context(), ch.vendor, imp.ID)
		if err != nil || done.State != bill.Done || done.Added != 40 || done.Rows != 40 {
			t.Errorf("afterwards: %+v, %v, want all 40 taken", done, err)
		}
		if got := ch.charge(ch.resale, "2026-11"); got.Lines != 40 || got.Due() != 4004 || got.Paid != 4004 || len(got.Postings) != 1 {
			t.Errorf("charge %+v, want 40 lines and one posting of 40.04", got)
		}
		ledgertest.Balanced(t, d)
	})
}

// TestVouchersAreUsedBeforeMoney uses a voucher for the service that it's for, another for the rest, then money; after
// the month's lines have ended, money alone.
func TestVouchersAreUsedBeforeMoney(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx := t.Context()
		finance := ch.VendorUser(actor.VendorFinance)
		vouchers := voucher.New(d, nil)
		provider, customer := ch.Partner("Baltic", account.SolutionProvider), ch.Customer("Mekong")
		ch.relate(provider, customer, account.Resale)
		fixture.Must(t, d.Update(ctx, func(tx *db.Tx) error {
			if err := ledger.Connect(ctx, tx, ch.vendor.Account, provider.Account, ledger.MoneyUnits...); err != nil {
				return err
			}
			return ledger.Connect(ctx, tx, provider.Account, customer.Account, ledger.MoneyUnits...)
		}))
		ledgertest.Give(t, d, ch.vendor.Account, customer.Account, ledger.Allocated, 100_000)
		q, err := vouchers.Grant(ctx, finance, voucher.NewQuota{Partner: provider.Account, Currency: "CNY", Minor: 100_00, ExpireAt: c.Now().AddDate(1, 0, 0), Key: "q"})
		fixture.Must(t, err)
		for i, services := range [][]string{{"hws.service.type.obs"}, nil} {
			_, err := vouchers.Issue(ctx, provider, voucher.Issue{Quota: q.ID, Customers: []string{customer.Account}, Minor: 10_00, Services: services, Key: fmt.Sprint("k", i)})
			fixture.Must(t, err)
		}
		c.MoveTo(instant(t, "2026-11-20T12:00:00+08:00"))
		used := func(id, service, amount string) string {
			return fmt.Sprintf("%s,%s,5,%s,x,2026-11-10,,%s\n", id, customer.Account, service, amount)
		}
		ch.take(used("a", "hws.service.type.obs", "4.00"), used("b", "hws.service.type.ec2", "16.00"))
		got := ch.charge(customer, "2026-11")
		if got.Coupons != 1400 || got.Paid != 600 || got.Debt != 0 || len(got.Postings) != 3 {
			t.Errorf("charge %+v, want 4.00 and 10.00 of vouchers, then 6.00 of money", got)
		}
		ledgertest.Has(t, d, customer.Account, ledger.Allocated, 100_000-600)
		ch.take(used("c", "hws.service.type.obs", "1.00"))
		if got = ch.charge(customer, "2026-11"); got.Coupons != 1500 || got.Paid != 600 {
			t.Errorf("charge %+v after another line, want 1.00 more of the voucher", got.Charge)
		}
		ch.take(fmt.Sprintf("d,%s,16,hws.service.type.ec2,x,2026-11-10,,-8.00\n", customer.Account))
		if got = ch.charge(customer, "2026-11"); got.Coupons != 1500 || got.Paid != 0 || got.Debt != 0 {
			t.Errorf("charge %+v after a correction of 8.00, want the 6.00 of money given back and vouchers kept", got.Charge)
		}
		b, _, err := ch.bills.Bill(ctx, provider, "", "2026-11", bill.OverCustomers)
		if err != nil || b.Settlement.String() != "13.00" || b.Coupons != 1300 || b.Due != 0 {
			t.Errorf("bill %+v, %v, want settlement 13.00, coupons as far as they cover it, and nothing due", b, err)
		}
		ledgertest.Balanced(t, d)
	})
}
