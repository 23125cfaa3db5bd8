package bill

import (
	"context"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/outbox"
)

// Close makes the bills of the cycles whose lines have ended by an instant: the last one's, and any that nobody made while
// the program didn't run. Made again, it changes nothing. The schedule calls it.
func (s *Service) Close(ctx context.Context, at time.Time) error {
	if err := s.settleAll(ctx, actor.Program("bill")); err != nil {
		return err
	}
	last := OpenCycle(at).Add(-1)
	for cycle := last.Add(-History); cycle <= last; cycle = cycle.Add(1) {
		if err := s.closeCycle(ctx, cycle, at); err != nil {
			return err
		}
	}
	return nil
}

// closeCycle makes first the bills of partners over their customers, then those of distributors over their resellers.
func (s *Service) closeCycle(ctx context.Context, cycle Cycle, at time.Time) error {
	for _, role := range []Role{OverCustomers, OverResellers} {
		for after := ""; ; {
			list, err := s.unbilled(ctx, role, cycle, after)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				break
			}
			for _, partner := range list {
				err := s.db.UpdateAt(ctx, at, func(tx *db.Tx) error { return s.freeze(ctx, tx, partner, cycle, role) })
				if err != nil {
					return err
				}
				after = partner
			}
		}
	}
	return nil
}

func (s *Service) unbilled(ctx context.Context, role Role, cycle Cycle, after string) ([]string, error) {
	if role == OverResellers {
		vendor, err := account.VendorAccount(ctx, s.db.Read())
		if err != nil {
			return nil, err
		}
		return distributorsOf(ctx, s.db.Read(), cycle, vendor.ID, after, 200)
	}
	return partnersOf(ctx, s.db.Read(), cycle, after, 200)
}

// freeze stores a bill with its parts, as it stands.
func (s *Service) freeze(ctx context.Context, tx *db.Tx, partner string, cycle Cycle, role Role) error {
	if _, there, err := readBill(ctx, tx, partner, cycle, role); there || err != nil {
		return err
	}
	b, parts, err := forecast(ctx, tx, partner, cycle, role, tx.Now)
	if err != nil {
		return err
	}
	b.Ready = tx.Now
	fresh, err := insertBill(ctx, tx, b)
	if err != nil || !fresh {
		return err
	}
	if err := insertParts(ctx, tx, b, parts); err != nil {
		return err
	}
	subject := audit.Subject{Kind: "bill", ID: string(cycle), Account: partner}
	if err := audit.Record(ctx, tx, actor.Program("bill"), actor.SettleBills, subject, map[string]any{
		"role": string(role), "due": b.Due, "settlement": b.Settlement.String(), "coupons": b.Coupons, "parts": b.Parts, "lines": b.Lines}); err != nil {
		return err
	}
	return outbox.Append(ctx, tx, Ready{partner, cycle, role, b.Due, b.Payee})
}

// forecast is a bill as the lines make it that came so far.
func forecast(ctx context.Context, q db.Querier, partner string, cycle Cycle, role Role, now time.Time) (b Bill, parts []Part, err error) {
	b = Bill{Partner: partner, Cycle: cycle, Role: role, AsOf: cycle.day().AddMonths(1).AddDays(ReadyDay - 2)}
	if role == OverResellers {
		parts, err = resellerSums(ctx, q, partner, cycle)
	} else {
		parts, err = customerSums(ctx, q, partner, cycle)
	}
	if err != nil {
		return b, nil, err
	}
	if b.TaxRate, err = taxRate(ctx, q, now); err != nil {
		return b, nil, err
	}
	if b.Payee, err = payee(ctx, q, partner, cycle); err != nil {
		return b, nil, err
	}
	b.Parts = int64(len(parts))
	for _, p := range parts {
		b.Lines += p.Lines
		b.Coupons += p.Coupons
		for _, x := range []struct{ to, more *Exact }{{&b.Listed, &p.Listed}, {&b.Discount, &p.Discount}, {&b.Settlement, &p.Amount}} {
			if *x.to, err = x.to.plus(*x.more); err != nil {
				return b, nil, err
			}
		}
	}
	b.Total()
	return b, parts, nil
}

func taxRate(ctx context.Context, q db.Querier, at time.Time) (int64, error) {
	n, err := setting.Int(ctx, q, setting.BillTax, at)
	return int64(n), err
}

// payee is who invoices a partner for a cycle: its distributor at the cycle's end, else the vendor.
func payee(ctx context.Context, q db.Querier, partner string, cycle Cycle) (string, error) {
	_, end := cycle.Bounds()
	x, ok, err := account.DistributorOf(ctx, q, partner, end.Add(-time.Microsecond))
	if err != nil || ok {
		return x.Account, err
	}
	v, err := account.VendorAccount(ctx, q)
	return v.ID, err
}
