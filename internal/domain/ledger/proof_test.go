package ledger_test

import (
	"testing"

	"hanse/internal/domain/ledger"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/jobs"
)

func TestBooksAreProvedWhenAskedAndEveryNight(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		begin(t, d)
		ctx, s, run := t.Context(), ledger.New(d), jobs.NewRunner(d, nil)
		s.Register(run)
		must(t, run.Prepare(ctx))
		auditor := actor.Actor{Kind: actor.Vendor, Account: vendor, User: "usr_2", Name: "Greta", Roles: []actor.Role{actor.Auditor}}
		if _, err := s.Ask(ctx, ann); fault.KindOf(err) != fault.KindDenied && fault.KindOf(err) != fault.KindUnauthenticated {
			t.Errorf("anybody asks for a check: %v", err)
		}
		p, err := s.Ask(ctx, auditor)
		must(t, err)
		if again, err := s.Ask(ctx, auditor); err != nil || again.ID != p.ID {
			t.Errorf("asked twice, two checks: %v", err)
		}
		must(t, run.Drain(ctx))
		p, err = s.Proof(ctx, auditor, p.ID)
		must(t, err)
		if p.State != "sound" || p.Report.Transfers != 1 || p.Report.Head == "" && p.Report.Waiting == 0 || p.AskedBy != "Greta" {
			t.Errorf("the proof is %+v", p)
		}
		must(t, d.Update(ctx, func(tx *db.Tx) error {
			_, err := db.Exec(ctx, tx, `UPDATE ledger_account SET balance = balance + 1 WHERE kind = 'cash' AND account_id = $1`, owner("a"))
			return err
		}))
		c.Advance(nightAndDay)
		must(t, run.Drain(ctx))
		all, err := s.Proofs(ctx, auditor, "", 0)
		must(t, err)
		if len(all) < 2 || all[0].State != "unsound" || len(all[0].Report.Findings) == 0 || all[0].AskedBy != "" {
			t.Errorf("the nightly check: %+v", all)
		}
		must(t, d.Update(ctx, func(tx *db.Tx) error { // mend it for the check at the end
			_, err := db.Exec(ctx, tx, `UPDATE ledger_account SET balance = balance - 1 WHERE kind = 'cash' AND account_id = $1`, owner("a"))
			return err
		}))
	})
}

const nightAndDay = 25 * 60 * 60 * 1e9
