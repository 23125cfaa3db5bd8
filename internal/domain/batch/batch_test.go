package batch_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"hanse/internal/domain/account"
	"hanse/internal/domain/batch"
	"hanse/internal/domain/confirm"
	"hanse/internal/domain/fixture"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/blob"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/jobs"
)

const work = "test.greet"

// A world has a partner with a customer, and a work that greets: under a key once.
type world struct {
	*fixture.World
	s       *batch.Service
	runner  *jobs.Runner
	partner actor.Actor
	near    actor.Actor
	done    map[string]int // by key
	broken  int            // how often the work breaks off before it goes on
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{World: fixture.New(t, d), done: map[string]int{}}
	w.partner, w.near = w.Partner("Pier"), w.Customer("Near")
	_, err := w.Account.Associate(t.Context(), w.Vendor(), account.Association{Account: w.partner.Account, Other: w.near.Account, Kind: account.Resale})
	fixture.Must(t, err)
	files, err := blob.New(t.TempDir(), blob.Scan{})
	fixture.Must(t, err)
	w.s = batch.New(batch.Config{DB: d, Files: files, Login: w.login, See: actor.ViewVouchers, Do: actor.IssueVouchers, Code: confirm.Voucher,
		Names: batch.Names{ID: "bat", Subject: "batch", Work: "work", Check: "batch.check", Run: "batch.run", Unknown: "batch.unknown", NoneGood: "batch.none_good", Lines: "batch.lines"},
		Works: []batch.Work{{Name: work,
			Begin: func(_ context.Context, _ actor.Actor, b *batch.Batch) error { b.Unit = "CNY"; return nil },
			Judge: func(context.Context, batch.Batch, []batch.Row) error { return nil },
			Whole: func(context.Context, batch.Batch) (i18n.Msg, error) { return i18n.Msg{}, nil },
			Run:   w.greet}}})
	w.runner = w.Runner()
	w.s.Register(w.runner)
	fixture.Must(t, w.runner.Prepare(t.Context()))
	return w
}

func (w *world) login(_ context.Context, _ db.Querier, name string) (string, bool, error) {
	return w.near.Account, name == "near-login", nil
}

func (w *world) greet(_ context.Context, b batch.Batch, r *batch.Row) error {
	if r.Line == 4 && w.broken > 0 {
		w.broken--
		return errors.New("the power is gone")
	}
	if r.Minor == 300 {
		return fault.Conflict(i18n.M("batch.none_good"))
	}
	w.done[b.Key(r.Line)]++
	r.Made = fmt.Sprint("G", r.Line)
	return nil
}

func each(t *testing.T, test func(t *testing.T, w *world, c *clock.Manual)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) { test(t, newWorld(t, d), c) })
}

func TestABatchThatBreaksOffGoesOnAndDoesEachRowOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world, c *clock.Manual) {
		ctx := t.Context()
		file := "receiver,amount\nNear,1\nnear-login,2\n" + w.near.Account + ",3\nNear,4\nFar,5\n"
		b, err := w.s.Upload(ctx, w.partner, batch.NewBatch{Work: work}, `C:\lists\all.csv`, strings.NewReader(file))
		fixture.Must(t, err)
		fixture.Must(t, w.runner.Drain(ctx))
		fixture.Must(t, w.s.Confirm(ctx, w.partner, b.ID, ""))
		w.broken = 1
		for range 3 {
			fixture.Must(t, w.runner.Drain(ctx))
			c.AdvanceWall(time.Hour)
			c.Advance(time.Hour)
		}
		b, err = w.s.Batch(ctx, w.partner, b.ID)
		if err != nil || b.State != batch.Done || b.FileName != "all.csv" || b.Rows != 5 || b.Bad != 1 || b.Done != 3 || b.Refused != 1 || b.Moved != 700 {
			t.Errorf("afterwards %+v, %v", b, err)
		}
		for key, n := range w.done {
			if n != 1 {
				t.Errorf("%s was done %d times", key, n)
			}
		}
		rows, err := w.s.Rows(ctx, w.partner, b.ID, batch.RowDone, 0, 10)
		if err != nil || len(rows) != 3 || rows[1].Made != "G3" || rows[1].Receiver != w.near.Account {
			t.Errorf("done: %+v, %v", rows, err)
		}
		again, err := w.s.Upload(ctx, w.partner, batch.NewBatch{Work: work}, "all.csv", strings.NewReader(file))
		fixture.Must(t, err)
		fixture.Must(t, w.runner.Drain(ctx))
		again, err = w.s.Batch(ctx, w.partner, again.ID)
		fixture.Must(t, err)
		if same, err := w.s.SameFile(ctx, w.partner, again); same != b.ID || err != nil {
			t.Errorf("the same file: %q, %v, want %s", same, err, b.ID)
		}
	})
}

func TestAnAccountManagerSeesOwnBatchesAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world, _ *clock.Manual) {
		ctx := t.Context()
		lines := []batch.Line{{To: "Near", Amount: "1"}, {To: "", Amount: "x"}}
		theirs, err := w.s.List(ctx, w.partner, batch.NewBatch{Work: work, Lines: lines})
		fixture.Must(t, err)
		if theirs.State != batch.Checked || theirs.Good() != 1 || theirs.Bad != 1 {
			t.Errorf("listed %+v", theirs)
		}
		manager := w.User(w.partner.Account, actor.AccountManager)
		own, err := w.s.List(ctx, manager, batch.NewBatch{Work: work, Lines: lines})
		fixture.Must(t, err)
		list, err := w.s.Batches(ctx, manager, "", 10)
		if err != nil || len(list) != 1 || list[0].ID != own.ID {
			t.Errorf("the manager sees %+v, %v", list, err)
		}
		if _, err := w.s.Rows(ctx, manager, theirs.ID, "", 0, 10); fault.KindOf(err) != fault.KindNotFound {
			t.Errorf("the manager reads another's: %v", err)
		}
		if list, err = w.s.Batches(ctx, w.partner, "", 10); err != nil || len(list) != 2 {
			t.Errorf("the administrator sees %d, %v", len(list), err)
		}
		if _, err := w.s.List(ctx, w.partner, batch.NewBatch{Work: work}); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("a list without lines: %v", err)
		}
	})
}
