package treasury

import (
	"context"
	"slices"
	"strings"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/setting"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/audit"
	"hanse/internal/kit/db"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/money"
	"hanse/internal/kit/outbox"
)

// A Watch is from which balance on a company is reminded, and since when it's below.
type Watch struct {
	Account   string
	Unit      string
	Threshold int64
	Own       bool // the company chose it; otherwise it's the setting
	LowSince  time.Time
}

// lookBatch is how many companies one transaction looks at.
const lookBatch = 200

// lookForLow tells partners whose spendable money fell below their threshold: once, until it has risen again.
func (s *Service) lookForLow(ctx context.Context, at time.Time) error {
	var ids []string
	err := account.EachPartner(ctx, s.db.Read(), func(a account.Account) error {
		if a.State == account.Active {
			ids = append(ids, a.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(ids, lookBatch) {
		err := s.db.UpdateAt(ctx, at, func(tx *db.Tx) error { return s.lookAt(ctx, tx, batch) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) lookAt(ctx context.Context, tx *db.Tx, ids []string) error {
	standard, err := setting.Int(ctx, tx, setting.BalanceLow, tx.Now)
	if err != nil {
		return err
	}
	known, err := watches(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, unit := range Units() {
		cash, err := ledger.BalancesOf(ctx, tx, ids, ledger.Cash, unit, "")
		if err != nil {
			return err
		}
		credit, err := ledger.BalancesOf(ctx, tx, ids, ledger.Credit, unit, "")
		if err != nil {
			return err
		}
		for _, id := range ids {
			b, ok := cash[id]
			if !ok || b.Seq == 0 {
				continue // there never was money
			}
			w, ok := known[id+":"+unit]
			if !ok || !w.Own {
				w.Account, w.Unit, w.Threshold = id, unit, int64(standard)*100
			}
			if err := look(ctx, tx, w, b.Available()+credit[id].Available()); err != nil {
				return err
			}
		}
	}
	return nil
}

// look compares one balance with its threshold.
func look(ctx context.Context, tx *db.Tx, w Watch, minor int64) error {
	low := minor < w.Threshold
	if low == !w.LowSince.IsZero() {
		return nil
	}
	if w.LowSince = tx.Now; !low {
		w.LowSince = time.Time{}
	}
	if err := saveWatch(ctx, tx, w); err != nil || !low {
		return err
	}
	return outbox.Append(ctx, tx, BalanceLow{Account: w.Account, Unit: w.Unit, Minor: minor, Threshold: w.Threshold})
}

// Reminder is from which balance on the own company is reminded. Everybody who sees the balance may ask.
func (s *Service) Reminder(ctx context.Context, by actor.Actor, unit string) (w Watch, err error) {
	if err := by.May(actor.ViewFunds); err != nil {
		return w, err
	}
	known, err := watches(ctx, s.db.Read(), []string{by.Account})
	if err != nil {
		return w, err
	}
	if w = known[by.Account+":"+unit]; w.Own {
		return w, nil
	}
	n, err := setting.Int(ctx, s.db.Read(), setting.BalanceLow, s.db.Clock().Now())
	w.Account, w.Unit, w.Threshold = by.Account, unit, int64(n)*100
	return w, err
}

// SetReminder chooses from which balance on the own company is reminded; an empty amount goes back to the setting,
// "0" is never. The company's finance may.
func (s *Service) SetReminder(ctx context.Context, by actor.Actor, unit, amount string) error {
	if err := by.May(actor.PayIn); err != nil {
		return err
	}
	var fs fault.Fields
	checkUnit(&fs, unit)
	w := Watch{Account: by.Account, Unit: unit}
	if amount = strings.TrimSpace(amount); amount != "" {
		n, err := money.Parse(amount)
		if err != nil || n < 0 || n > money.Max {
			fs.Add("below", amount, i18n.M("treasury.field.threshold"))
		}
		w.Threshold, w.Own = n, true
	}
	if err := fs.Err(); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		known, err := watches(ctx, tx, []string{by.Account})
		if err != nil {
			return err
		}
		w.LowSince = known[by.Account+":"+unit].LowSince
		if err := saveWatch(ctx, tx, w); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, actor.PayIn, audit.Subject{Kind: "balance_watch", ID: by.Account, Account: by.Account},
			map[string]any{"unit": unit, "amount": amount})
	})
}
