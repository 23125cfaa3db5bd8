package histories

import (
	"context"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/db"
)

// TestAPlantedFaultIsFound is the negative control: with each of these faults some history goes wrong, and says so.
func TestAPlantedFaultIsFound(t *testing.T) {
	for _, fault := range []string{"twice", "kept", "made"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			w := open(t, "sqlite")
			for n := range 400 {
				if err := w.run(t.Context(), 1, n, fault); err != nil {
					t.Logf("found in history %d: %v", n, err)
					return
				}
			}
			t.Errorf("400 histories didn't find it")
		})
	}
}

// again repeats a request. The fault "twice" forgets that it came before.
func (h *history) again(o *order) error {
	if h.planted == "twice" && o.done {
		_, err := o.do(h.ctx, o.key+" again", o.minor)
		if refused(err) {
			err = nil
		}
		return err
	}
	return h.attempt(o)
}

// forget is the fault "kept": an association ends, and what the partner gave stays where it is.
func (h *history) forget(ctx context.Context, a *ask) error {
	return h.d.Update(ctx, func(tx *db.Tx) error {
		x, err := account.Related(ctx, tx, h.who[a.partner].Account, h.who[a.other].Account, tx.Now)
		if err != nil {
			return err
		}
		if err := ledger.Disconnect(ctx, tx, x.Account, x.Other, ledger.MoneyUnits...); err != nil {
			return err
		}
		return account.Unrelate(ctx, tx, h.who[a.partner], actor.ChangeAssociation, x)
	})
}

// sabotage is the fault "made": a cent from nowhere.
func (h *history) sabotage() error {
	if h.planted != "made" || h.rng.IntN(50) > 0 {
		return nil
	}
	h.note("a cent from nowhere")
	return h.d.Update(h.ctx, func(tx *db.Tx) error {
		_, err := db.Exec(h.ctx, tx, `UPDATE ledger_account SET balance = balance + 1 WHERE account_id = $1 AND kind = 'cash'`, h.who[dist].Account)
		return err
	})
}
