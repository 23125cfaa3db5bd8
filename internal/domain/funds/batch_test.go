package funds_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"hanse/internal/domain/account"
	"hanse/internal/domain/batch"
	"hanse/internal/domain/fixture"
	"hanse/internal/domain/funds"
	"hanse/internal/domain/ledger"
	"hanse/internal/domain/ledger/ledgertest"
	"hanse/internal/kit/actor"
	"hanse/internal/kit/clock"
	"hanse/internal/kit/db"
	"hanse/internal/kit/dbtest"
	"hanse/internal/kit/fault"
	"hanse/internal/kit/i18n"
	"hanse/internal/kit/sheet"
)

func (ch *channel) drain() {
	ch.t.Helper()
	r := ch.Runner()
	ch.funds.Register(r)
	fixture.Must(ch.t, r.Prepare(ch.t.Context()))
	fixture.Must(ch.t, r.Drain(ch.t.Context()))
}

func (ch *channel) upload(by actor.Actor, in batch.NewBatch, text string) batch.Batch {
	ch.t.Helper()
	b, err := ch.funds.Many().Upload(ch.t.Context(), by, in, "november.csv", strings.NewReader(text))
	fixture.Must(ch.t, err)
	ch.drain()
	return ch.batch(by, b.ID)
}

func (ch *channel) batch(by actor.Actor, id string) batch.Batch {
	ch.t.Helper()
	b, err := ch.funds.Many().Batch(ch.t.Context(), by, id)
	fixture.Must(ch.t, err)
	return b
}

func (ch *channel) rows(by actor.Actor, id string, state batch.RowState) []batch.Row {
	ch.t.Helper()
	rows, err := ch.funds.Many().Rows(ch.t.Context(), by, id, state, 0, 1000)
	fixture.Must(ch.t, err)
	return rows
}

func TestAFileIsCheckedShownAndPostedRowByRow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx := t.Context()
		ch.give(ch.distributor, 100_000)
		b := ch.upload(ch.distributor, batch.NewBatch{Work: ledger.Allocate, Memo: "November"},
			"Allocations of November\nReceiver,Amount,Memo\n"+ch.north.Account+",\"1,00.00\",\nSouth,200.50,urgent\n"+
				"north,300,\nNobody,10,\n,1.005,\n"+ch.resale.Account+",5,\n")
		if b.State != batch.Checked || b.Rows != 6 || b.Bad != 4 || b.Total != 50_050 || !b.Problem.IsZero() {
			t.Fatalf("the checked batch = %+v, want 6 rows, 4 of them bad, 500.50 in all", b)
		}
		ch.has(ch.north, ledger.Cash, 0)
		bad := ch.rows(ch.distributor, b.ID, batch.RowBad)
		for i, want := range []string{"1,00.00", "Nobody", "1.005", ch.resale.Account} {
			if got := i18n.Text(i18n.English, bad[i].Problem); !strings.Contains(got, want) && i != 2 {
				t.Errorf("line %d says %q, want it to name %s", bad[i].Line, got, want)
			}
		}
		fixture.Must(t, ch.funds.Many().Confirm(ctx, ch.distributor, b.ID, ""))
		kind(t, "Confirm again", ch.funds.Many().Confirm(ctx, ch.distributor, b.ID, ""), fault.KindConflict)
		ch.drain()
		b = ch.batch(ch.distributor, b.ID)
		if b.State != batch.Done || b.Done != 2 || b.Refused != 0 || b.Moved != 50_050 {
			t.Errorf("the posted batch = %+v, want 2 rows done, 500.50 moved", b)
		}
		ch.has(ch.north, ledger.Cash, 30_000)
		ch.has(ch.south, ledger.Cash, 20_050)
		for _, r := range ch.rows(ch.distributor, b.ID, batch.RowDone) {
			book, transfer, number := funds.Posted(r)
			x, err := ch.funds.Transfer(ctx, ch.distributor, book, transfer)
			fixture.Must(t, err)
			if x.Minor != r.Minor || x.Number() != number || x.Memo == "" {
				t.Errorf("transfer of line %d = %+v", r.Line, x)
			}
		}
		kind(t, "Batch of a stranger", one(ch.funds.Many().Batch(ctx, ch.north, b.ID)), fault.KindNotFound)
		header, rows := ch.funds.Many().ToCorrect(ctx, d.Read(), b, i18n.English)
		var buf bytes.Buffer
		fixture.Must(t, sheet.WriteCSV(&buf, header, rows))
		again, err := ch.funds.Many().Upload(ctx, ch.distributor, batch.NewBatch{Work: ledger.Allocate}, "to-correct.csv", &buf)
		fixture.Must(t, err)
		ch.drain()
		if again = ch.batch(ch.distributor, again.ID); again.Rows != 4 || again.Bad != 4 {
			t.Errorf("the rows to correct, uploaded again = %+v, want the same 4 bad rows", again)
		}
		kind(t, "Confirm without a good row", ch.funds.Many().Confirm(ctx, ch.distributor, again.ID, ""), fault.KindInvalid)
		ledgertest.Balanced(t, d)
	})
}

func one(_ batch.Batch, err error) error { return err }

func TestABatchBeyondTheBalanceSaysSoAndIsNotPosted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx := t.Context()
		ch.give(ch.distributor, 10_000)
		lines := []batch.Line{{To: ch.north.Account, Amount: "60"}, {To: ch.south.Account, Amount: "60.00"}}
		b, err := ch.funds.Many().List(ctx, ch.distributor, batch.NewBatch{Work: ledger.Allocate, Lines: lines})
		fixture.Must(t, err)
		if text := i18n.Text(i18n.English, b.Problem); b.State != batch.Checked || !strings.Contains(text, "120.00") || !strings.Contains(text, "100.00") {
			t.Errorf("List = %+v, want that 120.00 are more than 100.00", b)
		}
		kind(t, "Confirm", ch.funds.Many().Confirm(ctx, ch.distributor, b.ID, ""), fault.KindInvalid)
		ch.give(ch.distributor, 2_000)
		fixture.Must(t, ch.funds.Many().Confirm(ctx, ch.distributor, b.ID, ""))
		// Somebody is faster: what isn't there any more is refused row by row.
		ch.allocate(ch.distributor, funds.In{To: ch.south.Account, Minor: 6_000})
		ch.drain()
		b = ch.batch(ch.distributor, b.ID)
		refused := ch.rows(ch.distributor, b.ID, batch.RowRefused)
		if b.Done != 1 || b.Refused != 1 || b.Moved != 6_000 || len(refused) != 1 || refused[0].Problem.IsZero() {
			t.Errorf("batch = %+v, refused %+v, want one row of each", b, refused)
		}
		ch.has(ch.distributor, ledger.Cash, 0)
		back, err := ch.funds.Many().List(ctx, ch.distributor, batch.NewBatch{Work: ledger.Reclaim,
			Lines: []batch.Line{{To: ch.south.Account, Amount: "60.00"}, {To: ch.south.Account, Amount: "60.01"}, {To: "Tide", Amount: "1"}}})
		fixture.Must(t, err)
		if back.Bad != 2 || back.Total != 6_000 {
			t.Errorf("a list of reclaims = %+v, want one good row of 60.00", back)
		}
		ledgertest.Balanced(t, d)
	})
}

func TestARowThatWasPostedBeforeACrashIsNotPostedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx := t.Context()
		ch.give(ch.distributor, 10_000)
		lines := []batch.Line{{To: ch.north.Account, Amount: "10", Memo: "m"}, {To: ch.south.Account, Amount: "20", Memo: "m"}}
		b, err := ch.funds.Many().List(ctx, ch.distributor, batch.NewBatch{Work: ledger.Allocate, Lines: lines})
		fixture.Must(t, err)
		fixture.Must(t, ch.funds.Many().Confirm(ctx, ch.distributor, b.ID, ""))
		// As if the process had died between the posting and the note of it.
		done := ch.allocate(ch.distributor, funds.In{To: ch.north.Account, Minor: 1_000, Key: b.ID + ":1", Scene: "batch", Memo: "m"})
		ch.drain()
		rows := ch.rows(ch.distributor, b.ID, batch.RowDone)
		if len(rows) != 2 || rows[0].Made != done.Book+" "+done.ID+" "+done.Number {
			t.Errorf("rows = %+v, want both done, the first by transfer %s", rows, done.ID)
		}
		ch.has(ch.north, ledger.Cash, 1_000)
		ch.has(ch.south, ledger.Cash, 2_000)
		ledgertest.Balanced(t, d)
	})
}

func TestAThousandReceiversArePostedTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		ctx := t.Context()
		var text strings.Builder
		text.WriteString("客户,金额,备注\n")
		for i := range 40 {
			x := ch.Customer(fmt.Sprint("Customer ", i))
			ch.relate(ch.north, x, account.Resale)
			for range 30 {
				fmt.Fprintf(&text, "%s,0.%02d,\n", x.Account, i+1)
			}
		}
		ch.give(ch.north, 100_000)
		b := ch.upload(ch.north, batch.NewBatch{Work: ledger.Allocate}, text.String())
		if b.Rows != 1200 || b.Bad != 0 {
			t.Fatalf("batch = %+v, want 1200 good rows", b)
		}
		fixture.Must(t, ch.funds.Many().Confirm(ctx, ch.north, b.ID, ""))
		ch.drain()
		if b = ch.batch(ch.north, b.ID); b.Done != 1200 || b.Moved != 30*820 {
			t.Errorf("batch = %+v, want 1200 rows done, 246.00 moved", b)
		}
		ch.has(ch.north, ledger.Cash, 100_000-30*820)
		ledgertest.Balanced(t, d)
	})
}

func TestAFileWithoutTheColumnsIsRefusedWithWhatToDo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *clock.Manual) {
		ch := newChannel(t, d, c)
		_, err := ch.funds.Many().Upload(t.Context(), ch.north, batch.NewBatch{Work: ledger.Allocate}, "x.csv", strings.NewReader("a,b\n1,2\n"))
		kind(t, "a file of other columns", err, fault.KindInvalid)
		b := ch.upload(ch.north, batch.NewBatch{Work: ledger.Allocate}, "customer,amount\n")
		if b.State != batch.Failed || b.Problem.IsZero() {
			t.Errorf("a file without rows = %+v, want failed with a reason", b)
		}
	})
}
